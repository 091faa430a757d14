//! Against the simulated Asterisk: a day's work, and what goes wrong on one.

use ami_client::action::Originate;
use ami_client::values::DeviceState;
use ami_client::{Builder, CallState, Client, Delivery, Error, Failure, LinkError, OneOf2, Reason, Reconnect, event};
use ifbus_sim::asterisk::{AsteriskSim, Generation};
use std::time::Duration;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(10);

fn client(sim: &AsteriskSim) -> Builder {
    let quick = Reconnect::forever().steps(Duration::from_millis(5), Duration::from_millis(50));
    Client::builder(&sim.addr().to_string())
        .login("admin", "test-secret")
        .reconnect(quick)
        .tap(ifbus_testing::wire_log())
}

async fn up() -> (AsteriskSim, Client) {
    let sim = AsteriskSim::start().await.unwrap();
    let pbx = client(&sim).connect().await.unwrap();
    (sim, pbx)
}

/// Waits until what the tracker knows is so.
async fn until(pbx: &Client, mut is_so: impl FnMut(&Client) -> bool) {
    let mut news = pbx.call_events();
    timeout(SOON, async {
        while !is_so(pbx) {
            news.recv().await.expect("the connection stands");
        }
    })
    .await
    .expect("it becomes so");
}

/// Restarts the switch, and waits until the client has noticed: what is asked before that is lost with the connection.
async fn restart(sim: &AsteriskSim, pbx: &Client) {
    let mut connection = pbx.connection();
    sim.restart().await.unwrap();
    timeout(SOON, connection.changed()).await.expect("it is noticed").unwrap();
}

#[tokio::test]
async fn one_stream_tells_of_several_kinds() {
    let (_sim, pbx) = up().await;
    let mut events = pbx.events_of::<(event::Newchannel, event::Hangup)>();
    let call = pbx.originate(Originate::new("PJSIP/101").application("Wait").data("60")).await.unwrap();
    let Some(Delivery::Event(OneOf2::First(channel))) = timeout(SOON, events.recv()).await.unwrap() else { panic!() };
    assert_eq!(channel.channel(), call.channel);
    pbx.hangup(&call.channel, 16).await.unwrap();
    let Some(Delivery::Event(OneOf2::Second(hangup))) = timeout(SOON, events.recv()).await.unwrap() else { panic!() };
    assert_eq!(hangup.channel(), call.channel);
}

#[tokio::test]
async fn a_call_is_made_followed_and_ended() {
    let (sim, pbx) = up().await;
    let mut hangups = pbx.events_of::<event::Hangup>();
    let call = pbx.originate(Originate::new("PJSIP/101").to("default", "dialwait", "1")).await.unwrap();
    assert!(call.channel.starts_with("PJSIP/101-"), "{}", call.channel);
    let whole = |call: &ami_client::Call| call.legs().count() == 3 && call.state == CallState::Connected;
    until(&pbx, |pbx| pbx.calls().by_channel(&call.channel).is_some_and(|call| whole(&call))).await;
    // what the simulator has, the tracker has
    let mut names: Vec<String> = sim.channels().into_iter().map(|channel| channel.name).collect();
    names.sort();
    let mut followed: Vec<String> = pbx
        .calls()
        .list()
        .iter()
        .flat_map(|call| call.legs().map(|leg| leg.channel.to_string()).collect::<Vec<_>>())
        .collect();
    followed.sort();
    assert_eq!(followed, names);
    assert!(sim.hold(&call.channel, true));
    until(&pbx, |pbx| pbx.calls().by_channel(&call.channel).is_some_and(|call| call.state == CallState::OnHold)).await;
    assert!(sim.hold(&call.channel, false));
    until(&pbx, |pbx| pbx.calls().by_channel(&call.channel).is_some_and(|call| call.state == CallState::Connected))
        .await;
    pbx.hangup(&call.channel, 17).await.unwrap();
    until(&pbx, |pbx| pbx.calls().is_empty()).await;
    let mut causes = Vec::new();
    while causes.len() < 3 {
        let Some(Delivery::Event(end)) = timeout(SOON, hangups.recv()).await.unwrap() else { panic!("a hangup") };
        causes.push((end.channel().into_owned(), end.cause()));
    }
    assert!(causes.contains(&(call.channel.clone(), Some(17))), "{causes:?}");
    assert!(sim.channels().is_empty());
}

#[tokio::test]
async fn calls_that_fail_say_why() {
    let (_sim, pbx) = up().await;
    let echo = |channel: &str| Originate::new(channel).run("Echo", "");
    for (channel, reason) in [("PJSIP/102", Failure::Busy), ("Local/congestion@x/n", Failure::Congestion)] {
        match pbx.originate(echo(channel)).await.unwrap_err() {
            Error::NotAnswered { failure, .. } => assert_eq!(failure, reason, "{channel}"),
            other => panic!("{channel}: {other}"),
        }
    }
    let refused = pbx.originate(echo("no slash")).await.unwrap_err();
    assert!(refused.to_string().contains("Invalid channel"), "{refused}");
    let gone = pbx.hangup("PJSIP/101-99", 16).await.unwrap_err();
    assert_eq!(gone.reason(), Some(Reason::NotFound), "{gone}");
    assert!(pbx.calls().is_empty());
}

#[tokio::test]
async fn rooms_queues_and_values() {
    let (sim, pbx) = up().await;
    let room = pbx.conference("1000");
    assert!(pbx.conferences().await.unwrap().is_empty(), "an error of the server's is an empty list");
    let member = room.invite(Originate::new("PJSIP/101")).await.unwrap();
    sim.dial_in("PJSIP/7", "777", "conf").unwrap();
    assert_eq!(room.list().await.unwrap().len(), 2);
    room.mute(&member.channel).await.unwrap();
    room.unmute(&member.channel).await.unwrap();
    room.lock().await.unwrap();
    room.unlock().await.unwrap();
    room.start_recording(Some("/tmp/a.wav")).await.unwrap();
    assert!(room.start_recording(None).await.is_err(), "it is being recorded");
    room.stop_recording().await.unwrap();
    room.kick(&member.channel).await.unwrap();
    assert_eq!(room.list().await.unwrap().len(), 1);

    sim.dial_in("PJSIP/8", "888", "emptyqueue").unwrap();
    let queues = pbx.queues(Some("empty")).await.unwrap();
    assert_eq!((queues.len(), queues[0].callers.len()), (1, 1));
    pbx.queue_add("empty", "PJSIP/103").await.unwrap();
    pbx.queue_pause("PJSIP/103", true, Some("empty"), Some("tea: break")).await.unwrap();
    assert_eq!(pbx.queues(Some("empty")).await.unwrap()[0].members.len(), 1);
    pbx.queue_remove("empty", "PJSIP/103").await.unwrap();

    pbx.db_put("fam", "key", "a: b").await.unwrap();
    assert_eq!(pbx.db_get("fam", "key").await.unwrap().as_deref(), Some("a: b"));
    assert_eq!(pbx.db_get("fam", "none").await.unwrap(), None);
    pbx.db_del("fam", "key").await.unwrap();
    let channel = sim.dial_in("PJSIP/9", "999", "echo").unwrap();
    pbx.set_variable(Some(&channel), "X", "1 = \"one\"").await.unwrap();
    assert_eq!(pbx.variable(Some(&channel), "X").await.unwrap(), "1 = \"one\"");
    let error = pbx.set_variable(Some(&channel), "X", "1\r\nAction: Logoff").await.unwrap_err();
    assert!(matches!(&error, Error::Link(LinkError::InvalidArgument { .. })), "{error}");
    let recording = pbx.record(&channel, "a.wav").await.unwrap();
    recording.pause().await.unwrap();
    recording.resume().await.unwrap();
    recording.stop().await.unwrap();
    pbx.play_dtmf(&channel, '5').await.unwrap();
    pbx.redirect(&channel, ami_client::Destination::new("default", "wait")).await.unwrap();
    pbx.park(&channel, None).await.unwrap();
    assert_eq!(pbx.channels().await.unwrap().len(), sim.channels().len());
    assert!(pbx.command("core show version").await.unwrap().text().contains("Asterisk"));
    pbx.user_event("Note", &[("Text", "x")]).await.unwrap();
    pbx.ping().await.unwrap();
    pbx.set_device_state("Custom:lamp", DeviceState::Ringing).await.unwrap();
    assert_eq!(pbx.device_state("Custom:lamp").await.unwrap(), DeviceState::Ringing);
    assert_eq!(pbx.device_state("PJSIP/999").await.unwrap(), DeviceState::Unlisted("".into()));
    assert!(matches!(
        pbx.set_device_state("lamp", "BANANA").await,
        Err(Error::Link(LinkError::InvalidArgument { .. }))
    ));
    let refused = pbx.set_variable(None, "DEVICE_STATE(Custom:lamp)", "BANANA").await.unwrap_err();
    assert!(refused.to_string().contains("Variable not set"), "{refused}");
    assert!(pbx.reload(Some("nope")).await.unwrap_err().to_string().contains("No such module"));
}

#[tokio::test]
async fn a_restart_is_survived_and_told() {
    let sim = AsteriskSim::builder().boot_time(Duration::from_millis(50)).start().await.unwrap();
    let pbx = client(&sim).connect().await.unwrap();
    sim.dial_in("PJSIP/7", "777", "echo").unwrap();
    until(&pbx, |pbx| pbx.calls().len() == 1).await;
    let mut events = pbx.events_of::<event::Newchannel>();
    restart(&sim, &pbx).await;
    // the first action after it waits until the server is booted
    assert!(timeout(SOON, pbx.channels()).await.unwrap().unwrap().is_empty());
    until(&pbx, |pbx| pbx.calls().is_empty() && pbx.calls().is_synchronized()).await;
    sim.dial_in("PJSIP/8", "888", "echo").unwrap();
    let first = timeout(SOON, events.recv()).await.unwrap().unwrap();
    assert!(matches!(first, Delivery::Reconnected { .. }), "{first:?}");
    let Some(Delivery::Event(channel)) = timeout(SOON, events.recv()).await.unwrap() else { panic!("a channel") };
    assert!(channel.channel().starts_with("PJSIP/8-"));
    assert_eq!(pbx.stats().reconnects, 1);
}

#[tokio::test]
async fn wrong_secrets_and_narrow_rights() {
    let sim = AsteriskSim::builder().refusal_delay(Duration::from_millis(10)).start().await.unwrap();
    let error = client(&sim).login("admin", "wrong").connect().await.unwrap_err();
    assert!(matches!(&error, Error::Link(LinkError::Refused(_))), "{error}");
    assert_eq!(sim.knobs().accepted(), 1, "no second attempt");
    let reader = client(&sim).login("reader", "test-secret").connect().await.unwrap();
    let denied = reader.originate(Originate::new("PJSIP/101").run("Echo", "")).await.unwrap_err();
    assert_eq!(denied.reason(), Some(Reason::PermissionDenied), "{denied}");
}

#[tokio::test]
async fn the_old_command_form_is_read() {
    let sim = AsteriskSim::builder().generation(Generation::Legacy).start().await.unwrap();
    let pbx = client(&sim).connect().await.unwrap();
    assert_eq!(pbx.server().version.to_string(), "1.3");
    assert!(pbx.command("core show version").await.unwrap().text().contains("11.25.3"));
}

#[tokio::test]
async fn hundreds_of_calls_are_followed_exactly() {
    let (sim, pbx) = up().await;
    sim.load(300, 2000, "wait");
    until(&pbx, |pbx| {
        pbx.calls().channels() == 600 && pbx.calls().list().iter().all(|c| c.state == CallState::Connected)
    })
    .await;
    assert_eq!(pbx.calls().len(), 300);
    let ended = pbx.send(ami_client::action::Hangup::new("/^Local/")).await;
    assert!(ended.is_ok(), "{ended:?}");
    until(&pbx, |pbx| pbx.calls().is_empty()).await;
    assert_eq!(pbx.stats().lagged, 0);
}

#[tokio::test]
async fn cut_anywhere_every_action_ends_once() {
    let sim = AsteriskSim::start().await.unwrap();
    for cut in (1..700).step_by(23) {
        sim.knobs().cut_after(Some(cut));
        let pbx = client(&sim).request_timeout(Duration::from_secs(5)).connect_lazy().unwrap();
        let outcome = timeout(SOON, pbx.send_within(ami_client::action::Ping::new(), Duration::from_millis(100)));
        match outcome.await.expect("it hangs") {
            Ok(_)
            | Err(Error::Link(
                LinkError::ConnectionLost { .. } | LinkError::Timeout { .. } | LinkError::NotConnected { .. },
            )) => {}
            Err(other) => panic!("cut after {cut}: {other}"),
        }
        sim.knobs().cut_after(None);
        sim.knobs().disconnect_all();
        assert!(pbx.ping().await.is_ok() || pbx.ping().await.is_ok(), "cut after {cut}: no recovery");
    }
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn tls_is_the_same_switch_for_who_trusts_it() {
    let sim = AsteriskSim::builder().tls(true).start().await.unwrap();
    let address = sim.tls_addr().unwrap();
    let config = ami_client::TlsConfig::new().ca_pem(sim.certificate().unwrap().as_bytes()).unwrap();
    let builder = Client::builder(&format!("amis://{address}")).login("admin", "test-secret");
    let quick = Reconnect::forever().steps(Duration::from_millis(5), Duration::from_millis(50));
    let pbx = builder.clone().tls(config.build().unwrap()).reconnect(quick).connect().await.unwrap();
    let plain = client(&sim).connect().await.unwrap();
    let call = plain.originate(Originate::new("PJSIP/101").run("Echo", "")).await.unwrap();
    until(&pbx, |pbx| pbx.calls().by_channel(&call.channel).is_some()).await;
    restart(&sim, &pbx).await;
    assert!(timeout(SOON, pbx.channels()).await.unwrap().unwrap().is_empty());
    until(&pbx, |pbx| pbx.calls().is_empty()).await;
    pbx.close().await;
    let untrusted = timeout(SOON, builder.connect()).await.unwrap().unwrap_err();
    assert!(matches!(&untrusted, Error::Link(LinkError::Connect(_) | LinkError::Refused(_))), "{untrusted}");
    // plain bytes are not understood there
    let deaf =
        Client::builder(&address.to_string()).login("admin", "test-secret").login_timeout(Duration::from_millis(500));
    let no_banner = deaf.reconnect(Reconnect::never()).connect().await;
    assert!(no_banner.is_err());
}
