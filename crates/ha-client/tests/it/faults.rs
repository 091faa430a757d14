//! Against the simulated Home Assistant at its worst.

use crate::peer::{builder, event, gap, home, soon, state};
use ha_client::request::Ping;
use ha_client::{
    Client, ConnectionState, Delivery, Error, KeepAlive, LinkError, Reconnect, Retry, State, StateChanged,
};
use ifbus_sim::ha::HomeSim;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn a_wrong_token_is_told_at_once_and_tried_once() {
    let sim = HomeSim::start().await.unwrap();
    let error = soon(Client::builder(sim.url(), "wrong").connect()).await.unwrap_err();
    let Error::Link(LinkError::Refused(refusal)) = &error else { panic!("{error}") };
    assert_eq!(refusal.message, "Invalid access token or password");
    assert_eq!(error.retry(), Retry::Never);
    let lazy = Client::builder(sim.url(), "wrong").connect_lazy().unwrap();
    assert!(matches!(soon(lazy.ping()).await, Err(Error::Link(LinkError::Refused(_)))));
    assert!(matches!(soon(lazy.wait_for("light.x", |_| true, Duration::from_secs(60))).await, Err(Error::Link(_))));
    assert_eq!(sim.knobs().accepted(), 2);
}

#[tokio::test]
async fn everything_comes_back_after_a_loss() {
    let (sim, home) = home().await;
    let mut changed = home.events_of::<StateChanged>().await.unwrap();
    let mut mine = home.events_named("ifbus_test").await.unwrap();
    let mut mirror = home.entity_changes();
    sim.knobs().refuse(true);
    sim.knobs().disconnect_all();
    state(&home, |state| !state.is_ready()).await;
    assert!(home.is_stale() && home.entity("light.key_light").unwrap().is_off());
    // it was off when we last heard of it: that is no answer now
    let error = home.wait_for("light.key_light", State::is_off, Duration::from_millis(30)).await.unwrap_err();
    assert!(matches!(error, Error::NotReached { .. }), "{error}");
    // what happens meanwhile is told as one change each
    sim.set_state("light.key_light", "on", json!({}));
    sim.set_state("light.key_light", "on", json!({"brightness": 9}));
    sim.knobs().refuse(false);
    soon(home.ready()).await.unwrap();
    assert!(!home.is_stale() && home.entity("light.key_light").unwrap().is_on());
    gap(&mut mirror).await;
    let missed = event(&mut mirror).await;
    assert_eq!(&*missed.entity_id, "light.key_light");
    assert!(missed.old.unwrap().is_off());
    assert_eq!(missed.new.unwrap().attribute("brightness"), Some(&json!(9)));
    // the subscriptions stand again, before anything is asked now
    home.fire_event("ifbus_test", json!({})).await.unwrap();
    gap(&mut mine).await;
    assert_eq!(event(&mut mine).await.event_type, "ifbus_test");
    sim.set_state("switch.monitor_wall", "on", Value::Null);
    gap(&mut changed).await;
    assert_eq!(&*event(&mut changed).await.entity_id, "switch.monitor_wall");
    assert_eq!(home.stats().reconnects, 1);
}

#[tokio::test]
async fn a_restart() {
    let (sim, home) = home().await;
    let mut mine = home.events_named("ifbus_test").await.unwrap();
    home.call_service("light", "turn_on").entity("light.key_light").await.unwrap();
    sim.restart().await.unwrap();
    // what waits for a state does not take one from before
    home.wait_for("light.key_light", State::is_off, Duration::from_secs(10)).await.unwrap();
    home.fire_event("ifbus_test", json!({})).await.unwrap();
    gap(&mut mine).await;
    // the one that went down may have taken us once more
    while !matches!(soon(mine.recv()).await.unwrap(), Delivery::Event(_)) {}
}

#[tokio::test]
async fn a_request_under_a_loss_says_whether_it_was_sent() {
    let sim = HomeSim::start().await.unwrap();
    let home = builder(&sim).reconnect(Reconnect::never()).connect().await.unwrap();
    sim.knobs().reply_delay(Duration::from_secs(30));
    let call = home.call_service("light", "turn_on").entity("light.key_light");
    let cut = async {
        while sim.calls().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        sim.knobs().disconnect_all();
    };
    let (reply, ()) = soon(async { tokio::join!(call.send(), cut) }).await;
    let error = reply.unwrap_err();
    assert!(matches!(error, Error::Link(LinkError::ConnectionLost { sent: true, .. })), "{error}");
    assert_eq!(error.retry(), Retry::OutcomeUnknown);
    state(&home, ConnectionState::is_closed).await;
    assert!(soon(home.ping()).await.is_err());
}

#[tokio::test]
async fn deadlines_and_late_replies() {
    let (sim, home) = home().await;
    sim.knobs().drop_replies(1);
    let error = home.send_within(Ping::new(), Duration::from_millis(50)).await.unwrap_err();
    assert!(matches!(error, Error::Link(LinkError::Timeout { sent: true, .. })), "{error}");
    sim.knobs().reply_delay(Duration::from_millis(100));
    let late = home.call_service("light", "turn_on").entity("light.key_light").within(Duration::from_millis(30)).await;
    assert!(matches!(late, Err(Error::Link(LinkError::Timeout { sent: true, .. }))));
    sim.knobs().reply_delay(Duration::ZERO);
    soon(home.ping()).await.unwrap();
    assert_eq!(home.stats().reconnects, 0);
}

#[tokio::test]
async fn a_peer_that_is_gone_without_a_word() {
    let sim = HomeSim::start().await.unwrap();
    let keep = KeepAlive::new(Duration::from_millis(50), Duration::from_millis(50));
    let home = builder(&sim).keep_alive(Some(keep)).connect().await.unwrap();
    // a quiet one that answers pings stays
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(home.stats().reconnects, 0);
    sim.knobs().freeze(true);
    let started = Instant::now();
    state(&home, |state| !state.is_ready()).await;
    assert!(started.elapsed() < Duration::from_secs(2));
    sim.knobs().freeze(false);
    soon(home.ready()).await.unwrap();
}

#[tokio::test]
async fn servers_that_never_speak() {
    let sim = HomeSim::start().await.unwrap();
    sim.knobs().silent(true);
    let started = Instant::now();
    let error = builder(&sim).connect_timeout(Duration::from_millis(100)).connect().await.unwrap_err();
    assert!(matches!(error, Error::Link(LinkError::Connect(_))), "{error}");
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn byte_by_byte() {
    let sim = HomeSim::start().await.unwrap();
    sim.knobs().chunk(Some(1));
    let home = soon(builder(&sim).connect()).await.unwrap();
    assert_eq!(soon(home.states()).await.unwrap().len(), home.entities().len());
}

#[tokio::test]
async fn cut_in_the_middle_again_and_again() {
    let (sim, home) = home().await;
    let mut mine = home.events_named("ifbus_test").await.unwrap();
    for bytes in [10, 200, 700, 3000] {
        sim.knobs().cut_after(Some(bytes));
        sim.knobs().disconnect_all();
        let attempts = sim.knobs().accepted();
        soon(async {
            while sim.knobs().accepted() < attempts + 3 {
                let _ = home.send_within(Ping::new(), Duration::from_millis(20)).await;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
    }
    sim.knobs().cut_after(None);
    sim.knobs().disconnect_all();
    soon(home.ready()).await.unwrap();
    soon(async {
        while home.fire_event("ifbus_test", json!({})).await.is_err() {}
        while !matches!(mine.recv().await.unwrap(), Delivery::Event(_)) {}
    })
    .await;
}

#[tokio::test]
async fn what_must_not_be_sent_is_not() {
    let (sim, home) = home().await;
    for call in [
        home.call_service("light\r\n", "turn_on"),
        home.call_service("light", "turn_on\0"),
        home.call_service("light", "turn_on").entity("light.x\",\"id\":1"),
        home.call_service("light", "turn_on").area("a\nb"),
    ] {
        assert!(matches!(call.await, Err(Error::Link(LinkError::InvalidArgument { .. }))));
    }
    // inside of data it is data
    let nasty = "line\r\n\0 \"quoted\" \u{2028} {\"id\":1}";
    home.fire_event("x", json!({"a": nasty})).await.unwrap();
    sim.set_state("sensor.nasty", nasty, json!({"+": {"a": nasty}}));
    let state = home.wait_for("sensor.nasty", |state| state.state == nasty, Duration::from_secs(5)).await.unwrap();
    assert_eq!(state.attribute("+"), Some(&json!({"a": nasty})));
    assert!(sim.calls().is_empty());
}

#[tokio::test]
async fn a_ban_is_called_by_its_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let banning = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 2048];
        let _ = stream.read(&mut request).await.unwrap();
        let answer = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 14\r\nConnection: close\r\n\r\n403: Forbidden";
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let _ = stream.read(&mut request).await;
    });
    let error = soon(Client::connect(address, "x")).await.unwrap_err().to_string();
    assert!(error.contains("403") && error.contains("ip_bans.yaml"), "{error}");
    banning.await.unwrap();
}

#[tokio::test]
async fn a_tunnel() {
    let sim = HomeSim::start().await.unwrap();
    let stream = TcpStream::connect(sim.addr()).await.unwrap();
    let home = Client::builder("https://far.example/base", sim.token()).from_io(stream).await;
    // the simulator knows no base path
    assert!(home.unwrap_err().to_string().contains("404"));
    let stream = TcpStream::connect(sim.addr()).await.unwrap();
    let home = Client::builder("https://far.example", sim.token()).from_io(stream).await.unwrap();
    home.ping().await.unwrap();
    sim.knobs().disconnect_all();
    state(&home, ConnectionState::is_closed).await;
}

#[tokio::test]
async fn a_client_that_is_dropped_leaves_nothing() {
    let (sim, home) = home().await;
    let mut stream = home.events_named("x").await.unwrap();
    drop(home);
    assert!(soon(stream.recv()).await.is_none());
    soon(async {
        while sim.knobs().connections() > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}
