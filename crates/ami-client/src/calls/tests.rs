//! The reducer against recorded calls, step by step beside a plain account of the same bytes.

mod damage;
mod recordings;
mod states;

use super::*;
use recordings::{file, files, frames, streams};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Each leg's name and call, as an accountant would note it: made by Newchannel, renamed, hung up.
#[derive(Default)]
struct Account {
    names: BTreeMap<String, String>,
    calls: HashMap<String, String>,
    /// The bridge of each leg that is in one; parking and waiting are none.
    bridges: BTreeMap<String, String>,
}

impl Account {
    fn note(&mut self, frame: &Frame, legacy: bool) {
        let get = |name: &str| frame.get(name).unwrap_or_default().into_owned();
        match &*String::from_utf8_lossy(frame.event_name()) {
            "Newchannel" => {
                self.names.insert(get("Uniqueid"), get("Channel"));
            }
            "Rename" => {
                if let Some(name) = self.names.get_mut(&get("Uniqueid")) {
                    *name = get("Newname");
                }
            }
            "Hangup" => {
                self.names.remove(&get("Uniqueid"));
                self.bridges.remove(&get("Uniqueid"));
            }
            "BridgeEnter" if get("BridgeTechnology") != "holding_bridge" => {
                self.bridges.insert(get("Uniqueid"), get("BridgeUniqueid"));
            }
            "BridgeLeave" if self.bridges.get(&get("Uniqueid")) == Some(&get("BridgeUniqueid")) => {
                self.bridges.remove(&get("Uniqueid"));
            }
            "BridgeMerge" => {
                for bridge in self.bridges.values_mut().filter(|bridge| **bridge == get("FromBridgeUniqueid")) {
                    *bridge = get("ToBridgeUniqueid");
                }
            }
            _ => {}
        }
        if legacy {
            if frame.event_name() == b"CEL" {
                self.calls.insert(get("UniqueID"), get("LinkedID"));
            }
            return;
        }
        if !current::concerns(frame.event_name()) {
            return;
        }
        for header in frame.iter() {
            let name = header.name();
            if let Some(prefix) = name.strip_suffix("Linkedid") {
                self.calls.insert(get(&format!("{prefix}Uniqueid")), header.value().into_owned());
            }
        }
    }

    /// The live legs by call.
    fn by_call(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut calls: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for uniqueid in self.names.keys() {
            let call = self.calls.get(uniqueid).unwrap_or(uniqueid);
            calls.entry(call.clone()).or_default().insert(uniqueid.clone());
        }
        calls
    }
}

fn tracked(shared: &Shared) -> BTreeMap<String, BTreeSet<String>> {
    let tracker = shared.lock();
    let legs = |call: &Arc<Call>| call.legs.iter().map(|leg| leg.uniqueid.to_string()).collect();
    tracker.store.calls().map(|call| (call.id.to_string(), legs(call))).collect()
}

fn bridges(shared: &Shared) -> BTreeMap<String, String> {
    let tracker = shared.lock();
    let legs = tracker.store.calls().flat_map(|call| call.legs.iter());
    legs.filter_map(|leg| Some((leg.uniqueid.to_string(), leg.bridge.as_ref()?.to_string()))).collect()
}

fn names(shared: &Shared) -> BTreeMap<String, String> {
    let tracker = shared.lock();
    let legs = tracker.store.calls().flat_map(|call| call.legs.iter());
    legs.map(|leg| (leg.uniqueid.to_string(), leg.channel.to_string())).collect()
}

/// Follows a stream; each step of calls is held against the account, and each event against the state.
fn follow(label: &str, bytes: &[u8], legacy: bool, each_step: bool) -> (Shared, Vec<CallEvent>) {
    let shared = Shared::default();
    shared.set_legacy(legacy);
    shared.listen();
    let (mut account, mut told) = (Account::default(), Vec::new());
    let mut live: BTreeMap<Arc<str>, Arc<Call>> = BTreeMap::new();
    for frame in frames(bytes).iter().filter(|frame| frame.kind() == crate::frame::FrameKind::Event) {
        account.note(frame, legacy);
        let mut changes = Vec::new();
        shared.apply(frame, Instant::now(), &mut changes);
        for change in &changes {
            // the stream of events alone gives the same picture
            match change {
                CallEvent::Started(call) => {
                    live.insert(Arc::clone(&call.id), Arc::clone(call));
                }
                CallEvent::Changed(call) => {
                    let before = live.insert(Arc::clone(&call.id), Arc::clone(call));
                    assert_ne!(before.as_ref(), Some(call), "{label}: nothing has changed by {frame:?}");
                }
                CallEvent::Merged { from, into } => {
                    live.remove(from);
                    live.insert(Arc::clone(&into.id), Arc::clone(into));
                }
                CallEvent::Ended(call) => {
                    assert_eq!((call.state, call.legs.len()), (CallState::Terminated, 0));
                    assert!(live.remove(&call.id).is_some(), "{label}: {} ended and was not known", call.id);
                }
            }
        }
        told.extend(changes);
        if each_step {
            assert_eq!(names(&shared), account.names, "{label}: {frame:?}");
            if !legacy {
                assert_eq!(tracked(&shared), account.by_call(), "{label}: {frame:?}");
                assert_eq!(bridges(&shared), account.bridges, "{label}: {frame:?}");
            }
        }
    }
    let states: BTreeMap<Arc<str>, CallState> =
        shared.lock().store.calls().map(|call| (Arc::clone(&call.id), call.state)).collect();
    let live: BTreeMap<_, _> = live.into_iter().map(|(id, call)| (id, call.state)).collect();
    assert_eq!(live, states, "{label}");
    assert_eq!(names(&shared), account.names, "{label}");
    if !legacy {
        assert_eq!(tracked(&shared), account.by_call(), "{label}");
    }
    (shared, told)
}

fn every_transcript(version: &str, legacy: bool) -> usize {
    let mut followed = 0;
    for path in files(version) {
        let label = path.display().to_string();
        if !label.contains(".jsonl") || label.contains("/injection") || label.contains("http-") {
            continue;
        }
        for (connection, bytes) in streams(&ifbus_testing::recorded::file(&path)) {
            follow(&format!("{label} {connection}"), &bytes, legacy, true);
            followed += 1;
        }
    }
    followed
}

#[test]
fn every_transcript_of_asterisk_22_is_followed_exactly() {
    assert!(every_transcript("22.10", false) > 40);
}

#[test]
fn every_transcript_of_asterisk_16_is_followed_exactly() {
    assert!(every_transcript("16.28", false) > 40);
}

#[test]
fn every_transcript_of_asterisk_11_is_followed_exactly() {
    assert!(every_transcript("11.25.3", true) > 40);
}

#[test]
fn every_transcript_of_asterisk_1_8_is_followed_exactly() {
    assert!(every_transcript("1.8.32.3", true) > 40);
}

#[test]
fn a_thousand_calls_come_and_go() {
    let (shared, told) = follow("1000 calls", &file("22.10", "events-1000-calls"), false, false);
    let count = |wanted: fn(&&CallEvent) -> bool| told.iter().filter(wanted).count();
    assert_eq!(count(|event| matches!(event, CallEvent::Started(_))), 1000);
    assert_eq!(count(|event| matches!(event, CallEvent::Ended(_))), 1000);
    assert!(shared.lock().store.calls().next().is_none());
}

#[test]
fn busy_servers_are_followed() {
    let (shared, _) = follow("1200 calls", &file("22.10", "events-1200-busy-calls"), false, false);
    assert_eq!(shared.lock().store.calls().len(), 1200);
    let (shared, _) = follow("400 calls", &file("16.28", "events-400-busy-calls"), false, false);
    assert_eq!(shared.lock().store.calls().len(), 0);
}

/// Half of the originates dial a second pair of Local channels, which belongs to the same call.
#[test]
fn hundreds_of_calls_of_old_servers() {
    for (version, name, originated) in [("1.8.32.3", "events-300-calls", 300), ("11.25.3", "events-400-calls", 400)] {
        let bytes = file(version, name);
        let (shared, told) = follow(name, &bytes, true, false);
        let ended = told.iter().filter(|event| matches!(event, CallEvent::Ended(_))).count();
        let up = shared.lock().store.calls().len();
        assert_eq!(ended + up, originated, "{version}");
    }
}

/// Up to 11 only CEL tells the Linkedid, where it is on. Legs that it puts in one call must be in one of ours.
#[test]
fn old_servers_group_calls_as_their_own_records_do() {
    for version in ["11.25.3", "1.8.32.3"] {
        let mut pairs = 0;
        for path in files(version) {
            let label = path.display().to_string();
            if !label.contains(".jsonl") || label.contains("/injection") {
                continue;
            }
            for (_, bytes) in streams(&ifbus_testing::recorded::file(&path)) {
                let mut linked: HashMap<String, String> = HashMap::new();
                let shared = Shared::default();
                shared.set_legacy(true);
                shared.listen();
                let mut ours: HashMap<String, Arc<str>> = HashMap::new();
                let mut merged: HashMap<Arc<str>, Arc<str>> = HashMap::new();
                for frame in frames(&bytes) {
                    if frame.event_name() == b"CEL" {
                        let get = |name: &str| frame.get(name).unwrap_or_default().into_owned();
                        linked.insert(get("UniqueID"), get("LinkedID"));
                    }
                    let mut changes = Vec::new();
                    shared.apply(&frame, Instant::now(), &mut changes);
                    for change in changes {
                        if let CallEvent::Merged { from, into } = &change {
                            merged.insert(Arc::clone(from), Arc::clone(&into.id));
                        }
                        for leg in &change.call().legs {
                            ours.insert(leg.uniqueid.to_string(), Arc::clone(&change.call().id));
                        }
                    }
                }
                let root = |uniqueid: &str| {
                    let mut id = Arc::clone(ours.get(uniqueid)?);
                    while let Some(next) = merged.get(&id) {
                        id = Arc::clone(next);
                    }
                    Some(id)
                };
                for (uniqueid, linkedid) in &linked {
                    if uniqueid != linkedid
                        && let (Some(one), Some(other)) = (root(uniqueid), root(linkedid))
                    {
                        pairs += 1;
                        assert_eq!(one, other, "{label}: {uniqueid} and {linkedid}");
                    }
                }
                // and the other way, but for two calls that an AMI Bridge made one, which CEL goes on to count as two
                for (a, call) in &linked {
                    for (b, _) in linked.iter().filter(|(b, other)| a < *b && call != *other) {
                        let bridged = label.contains("masquerade-local-bridge");
                        assert!(bridged || root(a).is_none() || root(a) != root(b), "{label}: {a} and {b}");
                    }
                }
            }
        }
        assert!(pairs > 70, "{version}: {pairs}");
    }
}
