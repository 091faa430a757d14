//! What single calls go through, and what a list of channels sets right.

use super::super::*;
use super::recordings::{file, frames, streams};
use super::{follow, names, tracked};

fn history(version: &str, name: &str, legacy: bool) -> Vec<(String, Vec<CallState>)> {
    let mut calls: Vec<(String, Vec<CallState>)> = Vec::new();
    let streams = streams(&file(version, name));
    let (_, told) = follow(name, streams.values().max_by_key(|bytes| bytes.len()).unwrap(), legacy, true);
    for event in told {
        let call = event.call();
        if let CallEvent::Merged { from, .. } = &event {
            calls.retain(|(id, _)| **id != **from);
        }
        match calls.iter_mut().find(|(id, _)| **id == *call.id) {
            Some((_, states)) if states.last() == Some(&call.state) => {}
            Some((_, states)) => states.push(call.state),
            None => calls.push((call.id.to_string(), vec![call.state])),
        }
    }
    calls
}

/// What each recorded call went through, read from the bytes with `ami-legacy.md`'s order of events beside them.
#[test]
fn calls_go_through_their_states() {
    let expect = |version: &str, name: &str, legacy: bool, expected: &[&str]| {
        let short = |state: &CallState| match state {
            CallState::Created => "created",
            CallState::Dialing => "dialing",
            CallState::Ringing => "ringing",
            CallState::Incoming => "incoming",
            CallState::Connected => "connected",
            CallState::OnHold => "hold",
            CallState::Transferring => "transferring",
            CallState::HangingUp => "hanging",
            CallState::Terminated => "over",
        };
        let found: Vec<String> = history(version, name, legacy)
            .into_iter()
            .map(|(_, states)| states.iter().map(short).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(found, expected, "{version} {name}");
    };
    let basic = "created incoming dialing ringing connected hanging over";
    expect("11.25.3", "call-sip-basic", true, &[basic]);
    // 1.8 has no HangupRequest
    expect("1.8.32.3", "call-sip-basic", true, &["created incoming dialing ringing connected over"]);
    expect(
        "11.25.3",
        "call-sip-outcomes",
        true,
        &[
            basic,
            "created incoming dialing ringing incoming hanging over", // busy
            "created incoming hanging over",                          // not registered
            basic,                                                    // two destinations, one answers
            "created incoming dialing ringing incoming hanging over", // no answer
            "created incoming dialing ringing hanging over",          // the caller gives up
        ],
    );
    let held = "created incoming ringing connected hold connected hold connected hanging over";
    expect("11.25.3", "hold", true, &[held]);
    expect(
        "11.25.3",
        "transfer-attended",
        true,
        &["created incoming dialing ringing connected hold connected hanging over", basic, basic],
    );
    expect(
        "11.25.3",
        "parking",
        true,
        &[
            "created incoming dialing ringing connected hold connected hanging over", // retrieved
            "created incoming ringing connected hold connected ringing connected hanging over", // back to the origin
            "created incoming connected hold hanging over",                           // the parked caller gives up
            "created incoming connected hanging over",
        ],
    );
    expect(
        "22.10",
        "dial-transfer",
        false,
        &[
            "created dialing connected dialing connected transferring connected hanging over",
            "created dialing ringing hanging over",
        ],
    );
    expect(
        "22.10",
        "originate-async",
        false,
        &[
            "created dialing connected hanging over",
            "created dialing hanging over",
            "created dialing hanging over",
            "created dialing hanging over",
            "created dialing over",
            "created dialing ringing over",
            "created dialing over",
        ],
    );
}

#[test]
fn calls_end_with_their_cause() {
    let causes = |version: &str, name: &str, legacy: bool| -> Vec<(Option<u32>, String)> {
        let streams = streams(&file(version, name));
        let (_, told) = follow(name, streams.values().max_by_key(|bytes| bytes.len()).unwrap(), legacy, false);
        let ended = told.into_iter().filter_map(|event| match event {
            CallEvent::Ended(call) => Some((call.cause, call.cause_text.to_string())),
            _ => None,
        });
        ended.collect()
    };
    let outcomes = causes("11.25.3", "call-sip-outcomes", true);
    let cause = |number: u32, text: &str| (Some(number), text.to_owned());
    assert!(outcomes.contains(&cause(16, "Normal Clearing")), "{outcomes:?}");
    assert!(outcomes.contains(&cause(17, "User busy")), "{outcomes:?}");
    assert!(outcomes.contains(&cause(20, "Subscriber absent")), "{outcomes:?}");
}

/// The list of channels, in the middle of things, gives what the events gave.
#[test]
fn a_list_of_channels_sets_all_right() {
    for (version, name, legacy) in [("22.10", "dial-transfer", false), ("16.28", "dial-transfer", false)] {
        let streams = streams(&file(version, name));
        let all = frames(streams.values().max_by_key(|bytes| bytes.len()).unwrap());
        let whole = Shared::default();
        whole.set_legacy(legacy);
        let mut changes = Vec::new();
        for frame in &all {
            whole.apply(frame, Instant::now(), &mut changes);
            let live = tracked(&whole);
            let names = names(&whole);
            let item = |call: &str, uniqueid: &String| {
                let channel = &names[uniqueid];
                Frame::parse(format!(
                    "Event: CoreShowChannel\r\nChannel: {channel}\r\nUniqueid: {uniqueid}\r\nLinkedid: {call}\r\n\r\n"
                ))
            };
            let list: Vec<Frame> = live
                .iter()
                .flat_map(|(call, legs)| legs.iter().map(|leg| item(call, leg)).collect::<Vec<_>>())
                .collect();
            let fresh = Shared::default();
            // a call that is no more, which no event told of
            fresh.apply(
                &Frame::parse("Event: Newchannel\r\nChannel: SIP/gone-1\r\nUniqueid: 1.1\r\nLinkedid: 1.1\r\n\r\n"),
                Instant::now(),
                &mut changes,
            );
            fresh.resync(&list, Instant::now(), &mut changes);
            assert_eq!(tracked(&fresh), live, "{version} {name} at {frame:?}");
            assert!(Calls::new(fresh.clone()).is_synchronized());
            fresh.lost();
            assert!(!Calls::new(fresh).is_synchronized());
        }
    }
}
