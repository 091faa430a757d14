//! Against the simulated FreeSWITCH: calls made, followed and lost, both ways.

use esl_client::event::{ChannelAnswer, ChannelHangupComplete};
use esl_client::{
    Builder, Client, Delivery, Error, Execute, HangupCause, LegState, LinkError, Listener, OneOf2, Originate,
    Reconnect, Rejection, Selection,
};
use ifbus_sim::freeswitch::{FreeSwitchSim, OutboundOptions};
use std::time::Duration;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(10);

fn client(sim: &FreeSwitchSim) -> Builder {
    let quick = Reconnect::forever().steps(Duration::from_millis(5), Duration::from_millis(50));
    Client::builder(&sim.addr().to_string(), "ClueCon").reconnect(quick).tap(ifbus_testing::wire_log())
}

/// Waits until it is so; the tracker tells of each change by an event.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let waited = timeout(SOON, async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what}"));
}

#[tokio::test]
async fn a_call_is_made_followed_and_ended() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let client = client(&sim).track_calls(true).connect().await.unwrap();
    client.subscribe(Selection::all()).await.unwrap();
    let mut hangups = client.events_of::<ChannelHangupComplete>();
    let channel = client.originate(Originate::new("loopback/9196/default").application("park", "")).await.unwrap();
    let calls = client.calls().unwrap();
    until("the leg is up", || calls.leg(&channel).is_some_and(|leg| leg.state == LegState::Active)).await;
    client.set_variable(&channel, "note", "a b").await.unwrap();
    assert_eq!(client.variable(&channel, "note").await.unwrap().as_deref(), Some("a b"));
    assert_eq!(client.variable(&channel, "none").await.unwrap(), None);
    let error = client.set_variable(&channel, "note", "a\n\napi shutdown").await.unwrap_err();
    assert!(matches!(&error, Error::Link(LinkError::InvalidArgument { .. })), "{error}");
    assert_eq!(client.channels().await.unwrap().len(), sim.channels().len());
    assert!(client.exists(&channel).await.unwrap());
    client.send_dtmf(&channel, "12#").await.unwrap();
    // a uuid that is taken makes a call all the same, under another
    let again = client.originate(Originate::new("loopback/9196/default").uuid(&*channel)).await.unwrap();
    assert_ne!(again, channel);
    client.hangup(&again, HangupCause::NormalClearing).await.unwrap();
    assert!(sim.hang_up(&channel, "USER_BUSY"));
    loop {
        let Some(Delivery::Event(end)) = timeout(SOON, hangups.recv()).await.unwrap() else { continue };
        if end.unique_id().as_deref() == Some(&*channel) {
            break;
        }
    }
    until("nothing is left", || calls.is_empty()).await;
    let error = client.originate(Originate::new("error/USER_BUSY").application("park", "")).await.unwrap_err();
    assert_eq!(error.to_string(), "FreeSWITCH refused bgapi originate: USER_BUSY");
    assert!(client.status().await.is_ok());
    assert!(client.api("nope", "").await.unwrap_err().to_string().contains("nope"));
}

#[tokio::test]
async fn one_stream_tells_of_several_kinds() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let client = client(&sim).connect().await.unwrap();
    client.subscribe(Selection::all()).await.unwrap();
    let mut events = client.events_of::<(ChannelAnswer, ChannelHangupComplete)>();
    let channel = client.originate(Originate::new("null/x")).await.unwrap();
    assert!(sim.hang_up(&channel, "USER_BUSY"));
    let Some(Delivery::Event(OneOf2::First(answer))) = timeout(SOON, events.recv()).await.unwrap() else { panic!() };
    assert_eq!(answer.unique_id().as_deref(), Some(&*channel));
    let Some(Delivery::Event(OneOf2::Second(end))) = timeout(SOON, events.recv()).await.unwrap() else { panic!() };
    assert_eq!(end.hangup_cause(), Some(HangupCause::UserBusy));
}

#[tokio::test]
async fn jobs_come_back_under_their_own_names() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let client = client(&sim).connect().await.unwrap();
    let jobs = (0..20).map(|number| {
        let client = client.clone();
        async move { client.bgapi("echo", &format!("job {number}")).await }
    });
    for (number, answer) in futures_util::future::join_all(jobs).await.into_iter().enumerate() {
        assert_eq!(answer.unwrap().trim_end(), format!("job {number}"));
    }
}

#[tokio::test]
async fn the_server_dials_us() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let listener = Listener::bind("127.0.0.1:0").await.unwrap();
    let uuid = sim.dial_out(listener.local_addr().unwrap(), OutboundOptions::default());
    let call = timeout(SOON, listener.next()).await.unwrap().unwrap();
    assert_eq!(call.uuid(), uuid);
    call.answer().await.unwrap();
    call.play("a.wav").await.unwrap();
    call.hangup(HangupCause::NormalClearing).await.unwrap();
    until("the call is over", || sim.channels().iter().all(|channel| channel.uuid != uuid)).await;
}

#[tokio::test]
async fn a_prompt_that_the_caller_did_not_hear_is_not_played() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let client = client(&sim).connect().await.unwrap();
    let long = || Execute::new("playback").argument("tone_stream://%(60000,0,440)");
    let channel = client.originate(Originate::new("loopback/9196/default")).await.unwrap();
    let (played, ()) = tokio::join!(client.execute(&channel, long()), async {
        until("it plays", || sim.variable(&channel, "current_application").as_deref() == Some("playback")).await;
        assert!(sim.hang_up(&channel, "USER_BUSY"));
    });
    let error = played.unwrap_err();
    assert!(matches!(&error, Error::HungUp { cause: HangupCause::UserBusy, .. }), "{error}");
    for full in [true, false] {
        let listener = Listener::bind("127.0.0.1:0").await.unwrap();
        let uuid = sim.dial_out(listener.local_addr().unwrap(), OutboundOptions::new().full(full));
        let call = timeout(SOON, listener.next()).await.unwrap().unwrap();
        let (played, ()) = tokio::join!(call.play("tone_stream://%(60000,0,440)"), async {
            until("it plays", || sim.variable(&uuid, "current_application").as_deref() == Some("playback")).await;
            assert!(sim.hang_up(&uuid, "ORIGINATOR_CANCEL"));
        });
        let error = played.unwrap_err();
        assert!(matches!(&error, Error::HungUp { cause: HangupCause::OriginatorCancel, .. }), "{full}: {error}");
    }
    // the application that hangs up has done what it was told
    let channel = client.originate(Originate::new("loopback/9196/default")).await.unwrap();
    client.execute(&channel, Execute::new("hangup").argument("USER_BUSY")).await.unwrap();
}

#[tokio::test]
async fn a_caller_whom_nobody_answers_stays_if_the_call_goes_on() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let listener = Listener::bind("127.0.0.1:0").await.unwrap();
    for (full, goes_on) in [(true, true), (false, true), (true, false)] {
        sim.dial_out(listener.local_addr().unwrap(), OutboundOptions::new().full(full));
        let call = timeout(SOON, listener.next()).await.unwrap().unwrap();
        call.answer().await.unwrap();
        if goes_on {
            call.set_variable("continue_on_fail", "true").await.unwrap();
        }
        let busy = call.bridge("user/1002").await.unwrap_err();
        assert_eq!(busy.rejection(), Some(&Rejection::Cause(HangupCause::UserBusy)), "{busy}");
        if goes_on {
            call.play("a.wav").await.unwrap();
            call.hangup(HangupCause::NoAnswer).await.unwrap();
        }
        let cause = if goes_on { HangupCause::NoAnswer } else { HangupCause::UserBusy };
        assert_eq!(timeout(SOON, call.finished()).await.unwrap().unwrap(), cause);
    }
}

#[tokio::test]
async fn a_bridge_ends_well_or_by_the_caller_who_does_not_wait() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let listener = Listener::bind("127.0.0.1:0").await.unwrap();
    let bridged = |uuid: &str| sim.channels().iter().any(|channel| channel.uuid == uuid && channel.bridged.is_some());
    let rings = || sim.channels().iter().any(|channel| !channel.inbound && !channel.answered);
    for phone in ["1001", "1003"] {
        let uuid = sim.dial_out(listener.local_addr().unwrap(), OutboundOptions::new());
        let call = timeout(SOON, listener.next()).await.unwrap().unwrap();
        let endpoint = format!("user/{phone}");
        let (ended, ()) = tokio::join!(call.bridge(&endpoint), async {
            until("somebody is called", || if phone == "1001" { bridged(&uuid) } else { rings() }).await;
            assert!(sim.hang_up(&uuid, "NORMAL_CLEARING"));
        });
        match ended {
            Ok(ended) => assert_eq!((phone, ended.hangup_cause()), ("1001", Some(HangupCause::NormalClearing))),
            Err(Error::HungUp { .. }) => assert_eq!(phone, "1003"),
            Err(error) => panic!("{phone}: {error}"),
        }
    }
}

#[tokio::test]
async fn digits_are_asked_for_until_they_are_right() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let listener = Listener::bind("127.0.0.1:0").await.unwrap();
    let uuid = sim.dial_out(listener.local_addr().unwrap(), OutboundOptions::new());
    let call = timeout(SOON, listener.next()).await.unwrap().unwrap();
    call.answer().await.unwrap();
    let mut events = call.events();
    let ask = || call.play_and_get_digits("a.wav").min(4).max(4).pattern("^1").invalid_file("b.wav");
    // wrong, then by a break of the prompt
    let (digits, ()) = tokio::join!(ask().tries(2), async {
        for (file, keys) in [("a.wav", "2000"), ("b.wav", ""), ("a.wav", "1001")] {
            loop {
                let Some(Delivery::Event(event)) = timeout(SOON, events.recv()).await.unwrap() else { continue };
                if event.is("PLAYBACK_START") && event.text("Playback-File-Path") == file {
                    break;
                }
            }
            sim.press(&uuid, keys);
        }
    });
    assert_eq!(digits.unwrap(), "1001");
    // too few, ended by the key for that, and none at all
    let ask = || ask().timeout(Duration::from_millis(20));
    let running =
        || sim.channels().iter().any(|channel| channel.applications.iter().any(|a| a == "play_and_get_digits"));
    let (digits, ()) = tokio::join!(ask(), async {
        until("it asks", running).await;
        sim.press(&uuid, "1#");
    });
    assert_eq!(digits.unwrap(), "");
    assert_eq!(timeout(SOON, ask().tries(2)).await.unwrap().unwrap(), "");
    let (digits, ()) = tokio::join!(ask(), async {
        until("it asks", running).await;
        sim.hang_up(&uuid, "ORIGINATOR_CANCEL");
    });
    assert!(matches!(digits, Err(Error::HungUp { .. })), "{digits:?}");
}

#[tokio::test]
async fn a_message_is_left_for_somebody() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let listener = Listener::bind("127.0.0.1:0").await.unwrap();
    for by_key in [true, false] {
        let uuid = sim.dial_out(listener.local_addr().unwrap(), OutboundOptions::new());
        let call = timeout(SOON, listener.next()).await.unwrap().unwrap();
        call.answer().await.unwrap();
        call.play("leave-a-message.wav").await.unwrap();
        call.set_variable("playback_terminators", "#").await.unwrap();
        let record = Execute::new("record").argument("/srv/vm/1.wav 60");
        let records = || sim.channels().iter().any(|channel| channel.recordings == ["/srv/vm/1.wav"]);
        let (left, ()) = tokio::join!(call.execute(record), async {
            until("it records", records).await;
            assert!(if by_key { sim.press(&uuid, "#") } else { sim.hang_up(&uuid, "NORMAL_CLEARING") });
        });
        let left = match left {
            Ok(left) if by_key => left,
            Err(Error::HungUp { ended: Some(ended), .. }) if !by_key => *ended,
            other => panic!("{other:?}"),
        };
        assert!(left.variable("record_ms").is_some_and(|ms| ms.parse::<u32>().is_ok()), "{left:?}");
        call.hangup(HangupCause::NormalClearing).await.unwrap();
    }
}

#[tokio::test]
async fn whatever_is_asked_of_a_caller_who_has_gone_tells_the_cause() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let listener = Listener::bind("127.0.0.1:0").await.unwrap();
    for full in [true, false] {
        let uuid = sim.dial_out(listener.local_addr().unwrap(), OutboundOptions::new().full(full));
        let call = timeout(SOON, listener.next()).await.unwrap().unwrap();
        call.answer().await.unwrap();
        assert!(sim.hang_up(&uuid, "ORIGINATOR_CANCEL"));
        timeout(SOON, call.finished()).await.unwrap().unwrap();
        until("the channel is gone", || sim.channels().iter().all(|channel| channel.uuid != uuid)).await;
        let results = [
            ("play", call.play("a.wav").await.map(drop)),
            ("queue", call.queue(Execute::new("playback").argument("a.wav")).await),
            ("set", call.set_variable("a", "b").await),
            ("get", call.variable("a").await.map(drop)),
            ("transfer", call.transfer("9196").await),
            ("digits", call.play_and_get_digits("a.wav").await.map(drop)),
            ("bridge", call.bridge("user/1001").await.map(drop)),
        ];
        for (what, result) in results {
            let cause = match &result {
                Err(Error::HungUp { cause, .. }) => Some(cause),
                _ => None,
            };
            assert_eq!(cause, Some(&HangupCause::OriginatorCancel), "{what}, full: {full}: {result:?}");
        }
        // but what is wanted has come to be, and its cause stays
        call.hangup(HangupCause::UserBusy).await.unwrap();
        assert_eq!(call.hangup_cause(), Some(HangupCause::OriginatorCancel));
    }
}

#[tokio::test]
async fn a_wrong_password_and_a_closed_door_are_told_apart() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let wrong = Client::builder(&sim.addr().to_string(), "wrong").connect().await.unwrap_err();
    assert!(matches!(&wrong, Error::Link(LinkError::Refused(_))) && !wrong.is_access_denied(), "{wrong}");
    sim.deny(true);
    let denied = client(&sim).connect().await.unwrap_err();
    assert!(denied.is_access_denied(), "{denied}");
}

#[tokio::test]
async fn a_restart_is_survived_and_told() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let client = client(&sim).track_calls(true).connect().await.unwrap();
    client.subscribe(Selection::all()).await.unwrap();
    sim.dial_in("1001", "9196").unwrap();
    let calls = client.calls().unwrap().clone();
    until("the call is known", || !calls.is_empty()).await;
    let mut events = client.events();
    sim.restart().await.unwrap();
    loop {
        let delivery = timeout(SOON, events.recv()).await.unwrap().unwrap();
        if matches!(delivery, Delivery::Reconnected { .. }) {
            break;
        }
    }
    until("its end is found out", || calls.is_empty()).await;
    sim.dial_in("1001", "9196").unwrap();
    until("the subscription was restored", || !calls.is_empty()).await;
    assert_eq!(client.stats().reconnects, 1);
}
