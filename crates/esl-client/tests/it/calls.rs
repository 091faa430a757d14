//! The tracker against recorded calls: at the end it knows what the bytes say, and at every moment it is whole.

use crate::peer::{Peer, SOON, builder, reply, response};
use crate::recorded::{data, headers, read_plainly, sent_by_server, undone};
use esl_client::{Calls, Client, HangupCause, LegState};
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::timeout;

const EMPTY: &str = "{\"row_count\": 0}\n";

/// A tracking client, which finds these lists.
async fn tracking(channels: &str, bridges: &str) -> (Client, Peer) {
    tracking_while("", channels, bridges).await
}

/// The same, with events that come before the lists.
async fn tracking_while(events_before: &str, channels: &str, bridges: &str) -> (Client, Peer) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let mut peer = Peer::new(theirs);
    let login = async {
        peer.say("Content-Type: auth/request\n\n").await;
        peer.answer("auth ClueCon", reply("+OK accepted")).await;
        peer.answer("api version", response("x")).await;
        let events = peer.command().await;
        assert!(events.starts_with("event plain BACKGROUND_JOB CALL_UPDATE CHANNEL_ANSWER "), "{events}");
        peer.say(reply("+OK event listener enabled plain")).await;
        peer.say(events_before).await;
        peer.answer("api show channels as json", response(channels)).await;
        peer.answer("api show calls as json", response(bridges)).await;
    };
    let (client, ()) = tokio::join!(builder().track_calls(true).from_io(ours), login);
    (client.unwrap(), peer)
}

/// The plain events of a recording, as frames, without what else is in it.
fn events(bytes: &[u8]) -> Vec<(BTreeMap<String, String>, Vec<u8>)> {
    let frames = read_plainly(bytes).into_iter();
    let events = frames.filter(|(head, _)| head.iter().any(|(_, value)| value == "text/event-plain"));
    events
        .map(|(_, body)| {
            let end = body.windows(2).position(|two| two == b"\n\n").unwrap();
            let fields = headers(&body[..end]).into_iter().map(|(name, value)| (name, undone(&value))).collect();
            let frame =
                [format!("Content-Length: {}\nContent-Type: text/event-plain\n\n", body.len()).as_bytes(), &body]
                    .concat();
            (fields, frame)
        })
        .collect()
}

async fn settled(calls: &Calls, client: &Client, peer: &mut Peer) {
    // an answer comes after all events before it
    let (done, ()) = tokio::join!(client.api("echo", ""), peer.answer("api echo", response("x")));
    done.unwrap();
    assert!(!calls.is_stale());
}

#[tokio::test]
async fn a_recorded_bridge_is_followed_to_its_end() {
    let (client, mut peer) = tracking(EMPTY, EMPTY).await;
    let calls = client.calls().unwrap().clone();
    let recorded = events(&sent_by_server("bridge-events")[&1]);
    const FIRST: &str = "22222222-2222-4222-8222-222222222206";
    let (mut bridged, mut known) = (false, BTreeSet::new());
    for (fields, frame) in &recorded {
        peer.say(frame).await;
        settled(&calls, &client, &mut peer).await;
        let (name, uuid) = (&*fields["Event-Name"], &*fields["Unique-ID"]);
        let leg = calls.leg(uuid).unwrap();
        known.insert(uuid.to_owned());
        match name {
            "CHANNEL_BRIDGE" => {
                let (a, b) = (&fields["Bridge-A-Unique-ID"], &fields["Bridge-B-Unique-ID"]);
                assert_eq!(calls.leg(a).unwrap().bridged_to.as_ref(), Some(b));
                assert_eq!(calls.leg(b).unwrap().bridged_to.as_ref(), Some(a));
                let call = calls.calls().into_iter().find(|call| call.legs.iter().any(|leg| leg.uuid == *a)).unwrap();
                assert!(
                    call.is_bridged() && call.legs.iter().any(|leg| leg.uuid == *b) && call.state() == LegState::Active
                );
                bridged = true;
            }
            "CHANNEL_UNBRIDGE" => assert_eq!(leg.bridged_to, None),
            "CHANNEL_ANSWER" => assert_eq!((leg.state, leg.answered > 0), (LegState::Active, true)),
            "CHANNEL_HANGUP" => {
                assert_eq!((leg.state, leg.cause), (LegState::Hangup, Some(HangupCause::NormalClearing)));
            }
            "CHANNEL_DESTROY" => assert!(!calls.legs().iter().any(|leg| leg.uuid == uuid)),
            _ => {}
        }
    }
    assert!(bridged && calls.is_empty() && calls.calls().is_empty());
    let ended: BTreeSet<_> = calls.ended().into_iter().map(|leg| leg.uuid).collect();
    assert_eq!(ended, known);
    let first = calls.leg(FIRST).unwrap();
    assert!(first.outbound && first.created > 0 && first.ended >= first.answered && first.answered >= first.created);
    assert_eq!(first.cause, Some(HangupCause::NormalClearing));
}

#[tokio::test]
async fn hold_park_and_the_state_of_recorded_channels() {
    let (client, mut peer) = tracking(EMPTY, EMPTY).await;
    let calls = client.calls().unwrap().clone();
    for (fields, frame) in events(&sent_by_server("call-control")[&1]) {
        peer.say(&frame).await;
        settled(&calls, &client, &mut peer).await;
        let Some(leg) = fields.get("Unique-ID").and_then(|uuid| calls.leg(uuid)) else { continue };
        match &*fields["Event-Name"] {
            "CHANNEL_HOLD" => assert!(leg.held),
            "CHANNEL_PARK" => assert!(leg.parked),
            "CHANNEL_UNPARK" => assert!(!leg.parked),
            "CHANNEL_BRIDGE" => assert!(leg.bridged_to.is_some() && !leg.parked),
            "CHANNEL_HANGUP" => {
                assert_eq!(leg.cause.unwrap().as_str(), fields["Hangup-Cause"]);
            }
            _ => {}
        }
    }
}

/// What the bytes say at their end, told without the tracker: per channel its last event by Event-Sequence.
fn at_the_end(recorded: &[(BTreeMap<String, String>, Vec<u8>)]) -> (BTreeSet<String>, BTreeSet<String>) {
    let of = |name: &str| -> BTreeSet<String> {
        let events = recorded.iter().filter(|(fields, _)| fields["Event-Name"] == name);
        events.filter_map(|(fields, _)| fields.get("Unique-ID").cloned()).collect()
    };
    let tracked: BTreeSet<String> = NAMES.iter().flat_map(|name| of(name)).collect();
    let live = tracked.difference(&of("CHANNEL_DESTROY")).cloned().collect();
    (live, of("CHANNEL_ANSWER"))
}

const NAMES: [&str; 8] = [
    "CHANNEL_CREATE",
    "CHANNEL_ANSWER",
    "CHANNEL_CALLSTATE",
    "CHANNEL_STATE",
    "CHANNEL_PARK",
    "CHANNEL_ORIGINATE",
    "CHANNEL_OUTGOING",
    "CALL_UPDATE",
];

#[tokio::test]
async fn a_thousand_channels_out_of_order_are_counted_right() {
    let (client, mut peer) = tracking(EMPTY, EMPTY).await;
    let calls = client.calls().unwrap().clone();
    let recorded = events(&data("events-plain-1000ch.raw"));
    let (live, answered) = at_the_end(&recorded);
    for (_, frame) in &recorded {
        peer.say(frame).await;
    }
    settled(&calls, &client, &mut peer).await;
    let legs = calls.legs();
    assert_eq!(legs.iter().map(|leg| leg.uuid.clone()).collect::<BTreeSet<_>>(), live);
    for leg in &legs {
        if answered.contains(&leg.uuid) {
            assert!(leg.state >= LegState::Active && leg.answered > 0, "{leg:?}");
        }
    }
    // and in any other order of whole runs: an older event undoes nothing
    let (client, mut peer) = tracking(EMPTY, EMPTY).await;
    let backwards = client.calls().unwrap().clone();
    for (_, frame) in recorded.iter().rev() {
        peer.say(frame).await;
    }
    settled(&backwards, &client, &mut peer).await;
    for leg in &legs {
        let other = backwards.leg(&leg.uuid).unwrap();
        assert_eq!(
            (leg.state, leg.answered, leg.created),
            (other.state, other.answered, other.created),
            "{}",
            leg.uuid
        );
    }
}

#[tokio::test]
async fn the_lists_make_up_for_a_gap() {
    let row = |uuid: &str, state: &str| {
        format!(
            "{{\"uuid\":\"{uuid}\",\"direction\":\"inbound\",\"created_epoch\":\"1795380477\",\"callstate\":\"{state}\",\"name\":\"sofia/x\",\"cid_num\":\"1000\",\"dest\":\"5000\",\"call_uuid\":\"a\"}}"
        )
    };
    // a row without a uuid is one that the server forgot
    let channels =
        format!("{{\"row_count\":3,\"rows\":[{},{},{}]}}", row("a", "ACTIVE"), row("b", "HELD"), row("", ""));
    let bridges = r#"{"row_count":1,"rows":[{"uuid":"a","b_uuid":"b"}]}"#;
    let (client, mut peer) = tracking(&channels, bridges).await;
    let calls = client.calls().unwrap().clone();
    assert_eq!(calls.len(), 2);
    let (a, b) = (calls.leg("a").unwrap(), calls.leg("b").unwrap());
    assert_eq!(
        (a.state, &*a.caller_number, a.bridged_to.as_deref(), a.held),
        (LegState::Active, "1000", Some("b"), false)
    );
    assert_eq!((b.held, b.bridged_to.as_deref()), (true, Some("a")));
    assert_eq!(calls.calls().len(), 1);
    let gone = crate::peer::event(
        &[("Event-Name", "CHANNEL_DESTROY"), ("Unique-ID", "b"), ("Hangup-Cause", "USER_BUSY")],
        None,
    );
    let late =
        crate::peer::event(&[("Event-Name", "CHANNEL_STATE"), ("Unique-ID", "b"), ("Answer-State", "hangup")], None);
    peer.say(gone + &late).await;
    timeout(SOON, calls.wait_until(|calls| calls.len() == 1)).await.unwrap();
    settled(&calls, &client, &mut peer).await;
    assert_eq!((calls.len(), calls.leg("a").unwrap().bridged_to), (1, None));
    assert_eq!(calls.leg("b").unwrap().cause, Some(HangupCause::UserBusy));
    drop(peer);
    client.close().await;
    assert!(calls.is_stale());
}

#[tokio::test]
async fn an_older_event_undoes_nothing() {
    let (client, mut peer) = tracking(EMPTY, EMPTY).await;
    let calls = client.calls().unwrap().clone();
    let event = |name: &str, sequence: u32, more: &[(&str, &str)]| {
        let sequence = sequence.to_string();
        let all = [&[("Event-Name", name), ("Unique-ID", "a"), ("Event-Sequence", &*sequence)], more].concat();
        crate::peer::event(&all, None)
    };
    let bridge = [("Bridge-A-Unique-ID", "a"), ("Bridge-B-Unique-ID", "b")];
    peer.say(event("CHANNEL_HOLD", 10, &[("Caller-Caller-ID-Number", "new")])).await;
    peer.say(event("CHANNEL_UNHOLD", 9, &[("Caller-Caller-ID-Number", "old")])).await;
    peer.say(event("CHANNEL_PARK", 20, &[]) + &event("CHANNEL_UNPARK", 19, &[])).await;
    peer.say(event("CHANNEL_BRIDGE", 30, &bridge) + &event("CHANNEL_UNBRIDGE", 29, &bridge)).await;
    settled(&calls, &client, &mut peer).await;
    let leg = calls.leg("a").unwrap();
    assert_eq!((leg.held, leg.bridged_to.as_deref(), &*leg.caller_number), (true, Some("b"), "new"));
    // a channel that takes another uuid takes its place with it
    peer.say(crate::peer::event(
        &[("Event-Name", "CHANNEL_UUID"), ("Unique-ID", "c"), ("Old-Unique-ID", "a"), ("Event-Sequence", "31")],
        None,
    ))
    .await;
    settled(&calls, &client, &mut peer).await;
    assert!(calls.leg("a").is_none() && calls.leg("c").unwrap().held);
}

#[tokio::test]
async fn events_know_more_than_a_list_that_lags() {
    let event = |name: &str, uuid: &str| {
        crate::peer::event(
            &[("Event-Name", name), ("Unique-ID", uuid), ("Answer-State", "answered"), ("Event-Sequence", "5")],
            None,
        )
    };
    let before = event("CHANNEL_ANSWER", "new")
        + &event("CHANNEL_HOLD", "held")
        + &event("CHANNEL_CREATE", "gone")
        + &event("CHANNEL_DESTROY", "gone");
    let row = |uuid: &str| format!("{{\"uuid\":\"{uuid}\",\"callstate\":\"RINGING\"}}");
    let channels = format!("{{\"row_count\":3,\"rows\":[{},{},{}]}}", row("held"), row("gone"), row("listed"));
    let (client, _peer) =
        tracking_while(&before, &channels, r#"{"row_count":1,"rows":[{"uuid":"listed","b_uuid":"gone"}]}"#).await;
    let calls = client.calls().unwrap();
    let mut found: Vec<_> =
        calls.legs().into_iter().map(|leg| (leg.uuid, leg.state, leg.held, leg.bridged_to)).collect();
    found.sort();
    assert_eq!(
        found,
        [
            ("held".to_owned(), LegState::Active, true, None),
            ("listed".to_owned(), LegState::Ringing, false, None),
            ("new".to_owned(), LegState::Active, false, None)
        ]
    );
}
