use super::*;
use crate::codec::{Codec, Line};
use bytes::BytesMut;

fn fed(bytes: &[u8], from: usize) -> (Calls, Vec<CallEvent>) {
    let shared = Shared::default();
    shared.listen();
    let mut tracker = Tracker::new(Arc::clone(&shared));
    let mut codec = Codec::default();
    let mut buffer = BytesMut::from(bytes);
    let mut events = Vec::new();
    for line in std::iter::from_fn(|| codec.decode(&mut buffer)).skip(from) {
        if let Line::Message(message) = line {
            events.extend(tracker.apply(&message));
        }
    }
    (Calls::new(shared), events)
}

#[test]
fn fifteen_hundred_calls_are_followed_to_their_end() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/watch-all-calls.raw.gz");
    let bytes = ifbus_testing::recorded::file(path);
    let (calls, events) = fed(&bytes, 0);
    assert_eq!(calls.legs(), []);
    assert_eq!(calls.ended().len(), ENDED);
    let count = |wanted: fn(&CallEvent) -> bool| events.iter().filter(|event| wanted(event)).count();
    assert_eq!(count(|event| matches!(event, CallEvent::Started(_))), 1499);
    assert_eq!(count(|event| matches!(event, CallEvent::Ended(_))), 1499);
    // the first of them, as its lines say
    let Some(CallEvent::Ended(first)) = events.iter().find(|e| matches!(e, CallEvent::Ended(_))) else { panic!() };
    assert_eq!(
        (first.id.as_str(), first.status.as_str(), first.billid.as_str()),
        ("dumb/9", "test:done", "1795380959-12")
    );
    assert_eq!((first.caller.as_str(), first.called.as_str()), ("1001", "99991002"));
    let last = calls.ended().pop().unwrap();
    assert!(!last.duration.is_zero() && !last.time.is_zero());
}

#[test]
fn a_leg_is_what_its_messages_say() {
    let said = b"%%<message::false:chan.startup::id=sip/1:module=sip:status=incoming:address=10.0.0.7:billid=1-1:direction=incoming:caller=a\n\
        %%<message::false:chan.connected::id=sip/1:peerid=sip/2:status=incoming\n\
        %%<message::false:chan.startup::id=sip/2:module=sip:status=outgoing:billid=1-1\n\
        %%<message::false:call.ringing::id=sip/2:status=ringing:peerid=sip/1\n\
        %%<message::false:call.answered::id=sip/2:status=answered:peerid=sip/1\n";
    let (calls, _) = fed(said, 0);
    let list = calls.list();
    assert_eq!(
        (list.len(), list[0].id.as_str(), list[0].legs.len(), list[0].state()),
        (1, "1-1", 2, LegState::Answered)
    );
    let leg = calls.leg("sip/1").unwrap();
    assert_eq!((leg.peer.as_deref(), leg.state, leg.status.as_str()), (Some("sip/2"), LegState::Down, "incoming"));
    let more = [
        &said[..],
        b"%%<message::false:chan.disconnected::id=sip/1:lastpeerid=sip/2\n\
        %%<message::false:chan.hangup::id=sip/2:reason=busy\n\
        %%<message::false:call.cdr::chan=sip/2:operation=finalize:duration=2.5:billtime=1.25:time=100.5\n\
        %%<message::false:chan.startup::id=sip/2:module=sip\n",
    ]
    .concat();
    let (calls, events) = fed(&more, 0);
    assert_eq!((calls.len(), calls.leg("sip/1").unwrap().peer), (1, None));
    let ended = calls.ended().pop().unwrap();
    assert_eq!((ended.reason.as_str(), ended.duration.as_millis(), ended.billtime.as_millis()), ("busy", 2500, 1250));
    assert!(matches!(events.last(), Some(CallEvent::Ended(_))), "a late startup does not bring it back");
}

#[test]
fn legs_that_meet_are_one_call() {
    let said = b"%%<message::false:chan.startup::id=a/1:billid=1\n%%<message::false:chan.startup::id=a/2:billid=2\n\
        %%<message::false:chan.startup::id=a/3:billid=3\n%%<message::false:chan.connected::id=a/3:peerid=a/1\n\
        %%<message::false:chan.startup::id=a/4:billid=2\n";
    let (calls, _) = fed(said, 0);
    let ids: Vec<Vec<String>> =
        calls.list().into_iter().map(|call| call.legs.into_iter().map(|leg| leg.id).collect()).collect();
    assert_eq!(ids, [vec!["a/1", "a/3"], vec!["a/2", "a/4"]]);
}

fn heard(line: &str) -> crate::Received {
    let Line::Message(message) = Line::parse(line.to_owned().into()) else { panic!("{line}") };
    message
}

#[test]
fn a_message_knows_more_than_a_list_that_was_asked_for_before_it() {
    let shared = Shared::default();
    let mut tracker = Tracker::new(Arc::clone(&shared));
    tracker.listing();
    tracker.apply(&heard("%%<message::false:chan.startup::id=sip/5:status=answered:peerid=sip/6"));
    tracker.list("name=sip,format=Status|Address|Peer;chans=1;sip/5=incoming||tone/1");
    let leg = Calls::new(shared).leg("sip/5").unwrap();
    assert_eq!((leg.status.as_str(), leg.peer.as_deref()), ("answered", Some("sip/6")));
}

#[test]
fn another_run_of_the_engine_counts_its_channels_anew() {
    let shared = Shared::default();
    let mut tracker = Tracker::new(Arc::clone(&shared));
    let calls = Calls::new(shared);
    for _ in 0..2 {
        tracker.apply(&heard("%%<message::false:chan.startup::id=sip/1"));
        assert_eq!(calls.len(), 1);
        tracker.apply(&heard("%%<message::false:chan.hangup::id=sip/1"));
        assert_eq!(calls.len(), 0);
        tracker.lost();
        assert!(calls.is_stale());
    }
}
