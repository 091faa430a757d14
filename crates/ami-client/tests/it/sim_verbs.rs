//! Hold and play against the simulated Asterisk.

use ami_client::action::{self, Originate};
use ami_client::{
    CallRecord, CallState, Client, Delivery, Error, HoldEnd, Leg, LinkError, Play, PlayEnd, Reason, event, values,
};
use ifbus_sim::asterisk::AsteriskSim;
use std::time::Duration;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(10);

async fn client(sim: &AsteriskSim, user: &str) -> Client {
    let builder = Client::builder(&sim.addr().to_string()).login(user, "test-secret");
    builder.tap(ifbus_testing::wire_log()).connect().await.unwrap()
}

async fn up() -> (AsteriskSim, Client) {
    let sim = AsteriskSim::builder().missing_sound("no-such-file").start().await.unwrap();
    let pbx = client(&sim, "admin").await;
    (sim, pbx)
}

async fn until(pbx: &Client, mut is_so: impl FnMut(&Client) -> bool) {
    let mut news = pbx.call_events();
    let waiting = async {
        while !is_so(pbx) {
            news.recv().await.expect("the connection stands");
        }
    };
    timeout(SOON, waiting).await.expect("it becomes so");
}

/// A phone that has called a Local channel, and who it talks with.
async fn bridged(pbx: &Client) -> (String, String) {
    let call = pbx.originate(Originate::new("PJSIP/101").to("default", "dialwait", "1")).await.unwrap();
    let partner = |pbx: &Client| {
        let whole = pbx.calls().by_channel(&call.channel)?;
        let partner = whole.legs().find(|leg| leg.bridge.is_some() && *leg.channel != *call.channel)?;
        whole.leg(&call.channel)?.bridge.as_ref().map(|_| partner.channel.to_string())
    };
    until(pbx, |pbx| partner(pbx).is_some()).await;
    let called = partner(pbx).unwrap();
    (call.channel, called)
}

fn leg(pbx: &Client, channel: &str) -> Leg {
    pbx.calls().by_channel(channel).unwrap().leg(channel).unwrap().clone()
}

fn state(pbx: &Client, channel: &str) -> CallState {
    pbx.calls().by_channel(channel).unwrap().state
}

#[tokio::test]
async fn a_call_is_held_and_resumed() {
    let (sim, pbx) = up().await;
    let (caller, called) = bridged(&pbx).await;
    for (holder, other, music) in [(&caller, &called, Some("jazz")), (&called, &caller, None)] {
        let mut starts = pbx.events_of::<event::MusicOnHoldStart>();
        let held = pbx.hold(holder, music).await.unwrap();
        assert_eq!((held.channel(), held.peer()), (holder.as_str(), other.as_str()));
        let start = timeout(SOON, starts.recv()).await.unwrap().unwrap().event().unwrap();
        assert_eq!((&*start.channel(), &*start.class()), (other.as_str(), music.unwrap_or("default")));
        assert_eq!(state(&pbx, holder), CallState::OnHold);
        let (ours, theirs) = (leg(&pbx, holder), leg(&pbx, other));
        assert!(ours.held && !ours.on_hold && ours.bridge.is_none(), "{ours:?}");
        assert!(theirs.on_hold && !theirs.held && theirs.bridge.is_none(), "{theirs:?}");
        let newcomer = client(&sim, "admin").await;
        timeout(SOON, newcomer.ready()).await.unwrap().unwrap();
        newcomer.channels().await.unwrap();
        assert_eq!(state(&newcomer, holder), CallState::OnHold);
        let again = pbx.hold(holder, None).await.unwrap_err();
        assert!(matches!(again, Error::NotBridged { peers: 0, .. }), "{again}");
        held.resume().await.unwrap();
        assert_eq!(state(&pbx, holder), CallState::Connected);
        assert!(leg(&pbx, holder).bridge.is_some() && leg(&pbx, holder).bridge == leg(&pbx, other).bridge);
        newcomer.close().await;
        let newcomer = client(&sim, "admin").await;
        newcomer.channels().await.unwrap();
        assert_eq!(state(&newcomer, holder), CallState::Connected);
    }
    pbx.hangup(&called, 16).await.unwrap();
    until(&pbx, |pbx| pbx.calls().is_empty()).await;
    assert!(sim.channels().is_empty());
}

#[tokio::test]
async fn a_hangup_on_hold_is_an_outcome() {
    let (sim, pbx) = up().await;
    for peer_ends in [true, false] {
        let (caller, called) = bridged(&pbx).await;
        let mut held = pbx.hold(&caller, None).await.unwrap();
        let (ends, stays) = if peer_ends { (&called, &caller) } else { (&caller, &called) };
        assert!(timeout(Duration::ZERO, held.ended()).await.is_err(), "nobody has hung up");
        assert!(sim.hang_up(ends, 17));
        match timeout(SOON, held.ended()).await.unwrap().unwrap() {
            HoldEnd::PeerHungUp { cause: Some(17), .. } if peer_ends => {}
            HoldEnd::HungUp { cause: Some(17), .. } if !peer_ends => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(state(&pbx, stays), CallState::OnHold);
        let error = held.resume().await.unwrap_err();
        assert!(matches!(&error, Error::HungUp { channel, cause: Some(17), .. } if **channel == **ends), "{error}");
        pbx.hangup(stays, 16).await.unwrap();
        until(&pbx, |pbx| pbx.calls().is_empty()).await;
    }
    // one that is found out by resuming
    let (caller, called) = bridged(&pbx).await;
    let held = pbx.hold(&caller, None).await.unwrap();
    assert!(sim.hang_up(&called, 16));
    let error = held.resume().await.unwrap_err();
    assert!(matches!(&error, Error::HungUp { channel, .. } if **channel == *called), "{error}");
    pbx.hangup(&caller, 16).await.unwrap();
    // sent elsewhere, and bridged again by somebody else
    let (caller, called) = bridged(&pbx).await;
    let mut held = pbx.hold(&caller, None).await.unwrap();
    pbx.bridge(&caller, &called).await.unwrap();
    assert_eq!(timeout(SOON, held.ended()).await.unwrap().unwrap(), HoldEnd::Left);
    let mut held = pbx.hold(&caller, None).await.unwrap();
    pbx.redirect(&called, ami_client::Destination::new("default", "wait")).await.unwrap();
    assert_eq!(timeout(SOON, held.ended()).await.unwrap().unwrap(), HoldEnd::Left);
    // a restart that nobody saw
    let mut held = {
        let (caller, _) = bridged(&pbx).await;
        pbx.hold(&caller, None).await.unwrap()
    };
    sim.restart().await.unwrap();
    let end = timeout(SOON, held.ended()).await.unwrap().unwrap();
    assert!(matches!(end, HoldEnd::HungUp { cause: None, .. }), "{end:?}");
}

#[tokio::test]
async fn the_extensions_are_made_or_named() {
    let (sim, pbx) = up().await;
    let (caller, called) = bridged(&pbx).await;
    // a reload takes them away, and each use brings them back
    for _ in 0..2 {
        pbx.hold(&caller, None).await.unwrap().resume().await.unwrap();
        pbx.action("Reload", &[("Module", "pbx_config")]).await.unwrap();
    }
    let narrow = client(&sim, "callonly").await;
    let error = narrow.hold(&caller, None).await.unwrap_err();
    assert!(matches!(&error, Error::Dialplan { .. }), "{error:?}");
    assert!(error.to_string().contains("Permission denied") && error.to_string().contains("`system`"), "{error}");
    assert!(leg(&pbx, &called).bridge.is_some(), "the call is as it was");
    let named =
        |user: &str| Client::builder(&sim.addr().to_string()).login(user, "test-secret").dialplan_context("mine");
    let admin = named("admin").connect().await.unwrap();
    let error = admin.hold(&caller, None).await.unwrap_err();
    assert_eq!(error.to_string(), "no extensions for this in the context mine: Did not find extension ifbus-hold@mine");
    for (exten, data) in [
        ("ifbus-hold", "ifbus-hold-${UNIQUEID},participant,e(m)m(${IFBUS_MUSIC})"),
        ("ifbus-wait", "ifbus-wait-${UNIQUEID},participant,e(s)"),
    ] {
        let add = action::DialplanExtensionAdd::new("mine", exten, "1", "BridgeWait").application_data(data);
        pbx.send(add).await.unwrap();
    }
    // one who may not look trusts the user
    for client in [admin, named("callonly").connect().await.unwrap()] {
        let held = client.hold(&caller, None).await.unwrap();
        assert_eq!(&*leg(&pbx, &called).context, "mine");
        held.resume().await.unwrap();
    }
    assert!(matches!(
        pbx.hold(&caller, Some("a),e(s")).await.unwrap_err(),
        Error::Link(LinkError::InvalidArgument { .. })
    ));
}

#[tokio::test]
async fn a_file_is_played_into_a_call() {
    let (sim, pbx) = up().await;
    let (caller, called) = bridged(&pbx).await;
    for (play, options) in [(Play::new("hello-world"), "quwES"), (Play::from("a&b \"c\"").to_both(), "quBES")] {
        let mut spies = pbx.events_of::<event::ChanSpyStart>();
        let mut outcomes = pbx.events_of::<event::OriginateResponse>();
        let mut playing = pbx.play(&caller, play).await.unwrap();
        let Some(Delivery::Event(spy)) = timeout(SOON, spies.recv()).await.unwrap() else { panic!("a spy") };
        assert_eq!(spy.spyee().channel(), caller);
        let asked = timeout(SOON, outcomes.recv()).await.unwrap().unwrap().event().unwrap();
        assert_eq!(asked.data(), format!("{},{options}", leg(&pbx, &caller).uniqueid));
        assert_eq!(timeout(SOON, playing.finished()).await.unwrap().unwrap(), PlayEnd::Finished);
        assert_eq!(playing.finished().await.unwrap(), PlayEnd::Finished, "it stays so");
        playing.stop().await.unwrap();
    }
    let mut playing = pbx.play(&called, "tt-monkeys").await.unwrap();
    playing.stop().await.unwrap();
    assert_eq!(timeout(SOON, playing.finished()).await.unwrap().unwrap(), PlayEnd::Stopped);
    for name in ["no-such-file"] {
        let error = pbx.play(&caller, name).await.unwrap_err();
        assert!(matches!(&error, Error::NotPlayed { file, .. } if **file == *name), "{error}");
    }
    for name in ["", "a,skip", "a\nb"] {
        let error = pbx.play(&caller, name).await.unwrap_err();
        assert!(matches!(error, Error::Link(LinkError::InvalidArgument { .. })), "{error}");
    }
    let absent = pbx.play("PJSIP/nobody-1", "hello-world").await.unwrap_err();
    assert_eq!(absent.reason(), Some(Reason::NotFound), "{absent}");
    assert_eq!(absent.to_string(), "Asterisk refused play: No such channel: PJSIP/nobody-1");
    let absent = pbx.hold("PJSIP/nobody-1", None).await.unwrap_err();
    assert_eq!(absent.reason(), Some(Reason::NotFound), "{absent}");
    assert_eq!(absent.to_string(), "Asterisk refused hold: No such channel: PJSIP/nobody-1");
    // the channel ends before the file
    let mut playing = pbx.play(&caller, "hello-world").await.unwrap();
    assert!(sim.hang_up(&caller, 16));
    let error = timeout(SOON, playing.finished()).await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::HungUp { channel, cause: Some(16), .. } if **channel == *caller), "{error}");
    until(&pbx, |pbx| pbx.calls().is_empty()).await;
    assert!(sim.channels().is_empty(), "{:?}", sim.channels());
}

#[tokio::test]
async fn records_of_calls_are_read() {
    let sim = AsteriskSim::builder().records(true).start().await.unwrap();
    let pbx = client(&sim, "admin").await;
    let mut records = pbx.events_of::<event::Cdr>();
    let mut steps = pbx.events_where(|event| event.is("CEL"));
    let dial = Originate::new("PJSIP/101").to("default", "dialring", "1").caller_id("\"Ann\" <777>");
    let call = pbx.originate(dial).await.unwrap();
    until(&pbx, |pbx| pbx.calls().by_channel(&call.channel).is_some_and(|call| call.legs().count() == 2)).await;
    assert!(sim.hang_up(&call.channel, 16));
    let record = timeout(SOON, records.recv()).await.unwrap().unwrap().event().unwrap();
    let record = CallRecord::from(&record);
    assert_eq!((&*record.channel, &*record.source, &*record.destination), (&*call.channel, "777", "dialring"));
    assert!(record.destination_channel.starts_with("PJSIP/103-"), "{record:?}");
    assert_eq!(record.disposition, Some(values::Disposition::Answered));
    let mut names = Vec::new();
    while names.last().is_none_or(|name| name != "LINKEDID_END") {
        let step = timeout(SOON, steps.recv()).await.unwrap().unwrap().event().unwrap();
        if step.get("UniqueID").is_some_and(|id| id == call.uniqueid) {
            names.push(step.get("EventName").unwrap().into_owned());
        }
    }
    assert_eq!(names, ["CHAN_START", "ANSWER", "HANGUP", "CHAN_END", "LINKEDID_END"]);
}
