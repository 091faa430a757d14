//! Damaged recordings, and channels without end.

use super::super::*;
use super::recordings::{file, frames, streams};

/// Legs and calls point at each other, whatever came.
fn is_sound(shared: &Shared) {
    let tracker = shared.lock();
    let mut legs = 0;
    for call in tracker.store.calls() {
        assert!(!call.legs.is_empty(), "{call:?}");
        for leg in &call.legs {
            legs += 1;
            assert_eq!(tracker.store.of(&leg.uniqueid).unwrap().id, call.id);
        }
    }
    assert_eq!(tracker.store.uniqueids().len(), legs);
}

#[test]
fn damaged_recordings_leave_no_broken_calls() {
    for (version, name, legacy) in [
        ("22.10", "dial-transfer", false),
        ("22.10", "bridge-redirect-transfer", false),
        ("11.25.3", "transfer-attended", true),
        ("1.8.32.3", "parking", true),
        ("11.25.3", "injection", true),
    ] {
        let streams = streams(&file(version, name));
        let whole = streams.values().max_by_key(|bytes| bytes.len()).unwrap();
        for seed in 0..12 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut bytes = whole.clone();
            for _ in 0..bytes.len() / 400 {
                let at = random.usize(..bytes.len());
                match random.u8(..4) {
                    0 => bytes[at] = random.u8(..),
                    1 => drop(bytes.drain(at..bytes.len().min(at + 40))),
                    2 => bytes.splice(at..at, *b"\r\n").for_each(drop),
                    _ => bytes.swap(at, random.usize(..whole.len() / 2)),
                }
            }
            let shared = Shared::default();
            shared.set_legacy(legacy);
            shared.listen();
            let mut changes = Vec::new();
            let frames = frames(&bytes);
            for frame in &frames {
                shared.apply(frame, Instant::now(), &mut changes);
            }
            is_sound(&shared);
            shared.resync(&frames, Instant::now(), &mut changes);
            is_sound(&shared);
            shared.resync(&[], Instant::now(), &mut changes);
            assert!(shared.lock().store.calls().next().is_none());
        }
    }
}

#[test]
fn memory_is_bounded_where_no_channel_ever_ends() {
    let shared = Shared::default();
    let mut changes = Vec::new();
    for i in 0..store::LEGS + 10 {
        let text = format!("Event: Newchannel\r\nChannel: x/{i}\r\nUniqueid: {i}.1\r\nLinkedid: {i}.1\r\n\r\n");
        shared.apply(&Frame::parse(text), Instant::now(), &mut changes);
    }
    assert_eq!((Calls::new(shared).channels(), changes.len()), (store::LEGS, 0));
}
