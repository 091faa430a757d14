//! Against the simulated Yate: it asks us for the way, and gets an answer whatever we do.

use ifbus_sim::yate::YateSim;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::timeout;
use yate_extmodule::{Builder, Client, Delivery, Error, LinkError, Message, Reconnect, Routed, rmanager};

const SOON: Duration = Duration::from_secs(10);

fn client(sim: &YateSim) -> Builder {
    let quick = Reconnect::forever().steps(Duration::from_millis(5), Duration::from_millis(50));
    Client::builder(&sim.addr().to_string()).tap(ifbus_testing::wire_log()).reconnect(quick)
}

/// What is to be so with any Yate is so with this one.
mod as_with_a_real_one {
    use crate::scenarios::{Yate, tests};
    use ifbus_sim::yate::YateSim;

    async fn simulated() -> Option<(Yate, YateSim)> {
        let sim = YateSim::builder().manager_password("test-secret").start().await.unwrap();
        let (address, console) = (sim.addr().to_string(), sim.manager_addr().to_string());
        Some((Yate { address, console: Some(console), password: Some("test-secret".into()) }, sim))
    }

    tests!(simulated().await);
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let waited = timeout(SOON, async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what}"));
}

#[tokio::test]
async fn a_handler_shows_the_way_and_the_call_is_followed() {
    let sim = YateSim::start().await.unwrap();
    let yate = client(&sim).track_calls(true).connect().await.unwrap();
    // the engine does not ask the module that the message is from
    let router = client(&sim).connect().await.unwrap();
    let asked = Arc::new(AtomicU32::new(0));
    let handler = router.handle("call.route").priority(20).with(Arc::clone(&asked), |asked, m| async move {
        asked.fetch_add(1, Ordering::Relaxed);
        Ok(if m.get("called").as_deref() == Some("700") { m.handled("tone/dial") } else { m.pass() })
    });
    let handler = handler.await.unwrap();
    let routed = yate.route("1", "700").await.unwrap();
    assert!(matches!(&routed, Routed::To { target, .. } if target == "tone/dial"), "{routed:?}");
    let mut cdrs = yate.cdrs().await.unwrap();
    let channel = sim.dial_in("100", "700").await;
    let calls = yate.calls();
    until("the call is seen", || calls.leg(&channel).is_some()).await;
    assert!(sim.hang_up(&channel).await);
    until("its end is seen", || calls.leg(&channel).is_none()).await;
    let cdr = timeout(SOON, cdrs.recv()).await.unwrap().unwrap();
    assert!(matches!(cdr, Delivery::Event(_)), "{cdr:?}");
    // another number goes the switch's own way
    assert!(matches!(yate.route("1", "99991001").await.unwrap(), Routed::To { .. }));
    assert!(asked.load(Ordering::Relaxed) >= 3);
    handler.uninstall().await.unwrap();
}

#[tokio::test]
async fn the_engine_gets_its_answer_whatever_a_handler_does() {
    let sim = YateSim::start().await.unwrap();
    let yate = client(&sim).connect().await.unwrap();
    let handler = yate.handle("app.ask").timeout(Duration::from_millis(50)).on(|m| async move {
        match m.get("do").as_deref() {
            Some("panic") => panic!("on purpose"),
            Some("hang") => std::future::pending().await,
            Some("error") => Err("on purpose".into()),
            _ => Ok(m.handled("yes")),
        }
    });
    let handler = handler.await.unwrap();
    for what in ["panic", "hang", "error"] {
        let (handled, _) = timeout(SOON, sim.emit("app.ask", &[("do", what)])).await.expect("it stalls the switch");
        assert!(!handled, "{what}");
    }
    let (handled, answer) = sim.emit("app.ask", &[("do", "")]).await;
    assert!(handled && answer == b"yes");
    assert_eq!(handler.stats().answered, 1);
}

#[tokio::test]
async fn what_is_dangerous_is_refused_here() {
    let sim = YateSim::start().await.unwrap();
    let yate = client(&sim).connect().await.unwrap();
    let everything = yate.send(Message::new("call.drop")).await;
    assert!(matches!(&everything, Err(Error::Link(LinkError::InvalidArgument { .. }))), "{everything:?}");
    assert!(!yate.server().version.is_empty());
    let echoed = yate.send(Message::new("app.echo").set("a", "1\r\n%%>quit:\u{1}")).await.unwrap();
    assert_eq!(echoed.get("a").as_deref(), Some("1\r\n%%>quit:\u{1}"), "escaped, there and back");
}

#[tokio::test]
async fn a_restart_restores_handlers_and_watches() {
    let sim = YateSim::start().await.unwrap();
    let yate = client(&sim).connect().await.unwrap();
    let handler = yate.handle("app.ask").on(|m| async move { Ok(m.handled("again")) });
    let _handler = handler.await.unwrap();
    let mut seen = yate.messages_of("app.seen").await.unwrap();
    let mut connection = yate.connection();
    sim.restart().await.unwrap();
    // what is asked before it is noticed is lost with the connection
    timeout(SOON, connection.changed()).await.unwrap().unwrap();
    timeout(SOON, yate.ping()).await.unwrap().unwrap();
    assert_eq!(sim.emit("app.ask", &[]).await, (true, b"again".to_vec()));
    sim.emit("app.seen", &[("n", "1")]).await;
    let mut gap = false;
    loop {
        match timeout(SOON, seen.recv()).await.unwrap().unwrap() {
            Delivery::Event(message) => {
                assert_eq!(message.get("n").as_deref(), Some("1"));
                break;
            }
            Delivery::Reconnected { .. } => gap = true,
            other => panic!("{other:?}"),
        }
    }
    assert!(gap, "the gap is told before what came after it");
}

#[tokio::test]
async fn users_are_registered_and_everything_is_watched() {
    let sim = YateSim::builder().timer(Duration::from_millis(20)).start().await.unwrap();
    let yate = client(&sim).connect().await.unwrap();
    assert!(yate.watch("").await.unwrap());
    let mut all = yate.messages();
    let called = sim.dial_in("alice", "1001").await;
    let mut missing: Vec<&str> = [
        ["engine.timer", "call.preroute", "call.route", "call.execute", "chan.startup", "chan.connected"],
        ["call.ringing", "call.answered", "call.cdr", "chan.disconnected", "chan.hangup", "call.drop"],
    ]
    .concat();
    while !missing.is_empty() {
        if let Delivery::Event(message) = timeout(SOON, all.recv()).await.expect("nothing came").unwrap() {
            if message.is("call.answered") {
                assert!(yate.drop_call(&called, None).await.unwrap());
                sim.emit("call.drop", &[("id", "none")]).await;
            }
            missing.retain(|name| !message.is(name));
        }
    }
    assert!(yate.unwatch("").await.unwrap());
    yate.register("1001", "sip", "sip/sip:1001@10.0.0.7", Duration::from_secs(60)).await.unwrap();
    let users = yate.status(Some("regfile")).await.unwrap();
    assert_eq!(users[0].items, [("1001".to_owned(), vec!["sip/sip:1001@10.0.0.7".to_owned()])]);
    yate.unregister("1001").await.unwrap();
    let stranger = yate.register("nobody", "sip", "sip/x", Duration::from_secs(60)).await;
    assert!(matches!(stranger, Err(Error::NotHandled { .. })), "{stranger:?}");
    let state = yate.send(Message::new("monitor.query").set("name", "state")).await.unwrap();
    assert_eq!(state.get("value").as_deref(), Some("active"));
    let password = yate.send(Message::new("user.auth").set("username", "1001")).await.unwrap();
    assert_eq!(password.ret_value(), "test-secret");
    assert!(yate.send(Message::new("chan.control").set("targetid", "none")).await.is_ok_and(|m| !m.is_handled()));
}

#[tokio::test]
async fn the_console_controls() {
    let sim = YateSim::start().await.unwrap();
    let console = rmanager::Client::builder(&sim.manager_addr().to_string()).tap(ifbus_testing::wire_log());
    let console = console.connect().await.unwrap();
    assert!(matches!(console.control("none", "mute", &[]).await, Err(Error::Console { .. })));
    console.reload(Some("regexroute")).await.unwrap();
    let made = console.call("dumb/", "99991001").await.unwrap();
    assert!(console.drop_call(&made, None).await.unwrap());
    assert!(sim.channels().is_empty());
    console.drop_all_calls().await.unwrap();
    for (line, said) in [("date", "seconds"), ("debug level 5", "Debug level: 5"), ("restart", "no supervisor")] {
        assert!(console.command(line).await.unwrap().first().contains(said), "{line}");
    }
}
