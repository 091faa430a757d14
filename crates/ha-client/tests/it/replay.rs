//! What real servers sent, through the codec and the mirror.

use flate2::read::GzDecoder;
use ha_client::codec::{self, Message};
use ha_client::{Entities, FromEvent, Json, State, StateChanged};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn read(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut plain = Vec::new();
        GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
        return plain;
    }
    bytes
}

/// The texts of unmasked, unfragmented WebSocket frames.
fn frames(bytes: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = bytes;
    while let [first, length, ..] = rest {
        let (head, length) = match length {
            126 => (4, usize::from(u16::from_be_bytes(rest[2..4].try_into().unwrap()))),
            127 => (10, usize::try_from(u64::from_be_bytes(rest[2..10].try_into().unwrap())).unwrap()),
            short => (2, usize::from(*short)),
        };
        match *first {
            0x81 => texts.push(String::from_utf8(rest[head..head + length].to_vec()).unwrap()),
            0x89 => {} // a ping
            other => panic!("a frame that begins with {other:#x}"),
        }
        rest = &rest[head + length..];
    }
    texts
}

fn messages(text: &str) -> Vec<Message> {
    let mut messages = Vec::new();
    codec::decode(text.into(), |message| messages.push(message)).unwrap();
    messages
}

/// Holds what was decoded against what serde reads of the same text.
fn compare(text: &str) -> Vec<Message> {
    let read: Value = serde_json::from_str(text).unwrap();
    let expected = match read {
        Value::Array(all) => all,
        one => vec![one],
    };
    let messages = messages(text);
    assert_eq!(messages.len(), expected.len(), "{text}");
    for (message, expected) in messages.iter().zip(expected) {
        let field = |name: &str| expected.get(name).cloned().unwrap_or_default();
        let version = |found: &str| assert_eq!(Value::from(found), field("ha_version"));
        let kind = match message {
            Message::AuthRequired { version: found, .. } => (version(found), "auth_required").1,
            Message::AuthOk { version: found, .. } => (version(found), "auth_ok").1,
            Message::AuthInvalid { message, .. } => {
                assert_eq!(Value::from(message.as_str()), field("message"));
                "auth_invalid"
            }
            Message::Event { id, event, .. } => {
                assert_eq!((Value::from(*id), event.value()), (field("id"), field("event")));
                "event"
            }
            Message::Pong { id, .. } => {
                assert_eq!(Value::from(*id), field("id"));
                "pong"
            }
            Message::Result { id, outcome, .. } => {
                let number = match field("id") {
                    Value::String(text) => text.parse().ok(),
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                    Value::Number(number) => number.as_u64().or_else(|| {
                        number.as_f64().filter(|n| n.fract() == 0.0 && (0.0..1e15).contains(n)).map(|n| n as u64)
                    }),
                    _ => None,
                };
                assert_eq!(*id, number, "{text}");
                assert_eq!(Value::from(outcome.is_ok()), field("success"));
                match outcome {
                    Ok(json) => assert_eq!(json.value(), field("result")),
                    Err(failure) => {
                        assert_eq!(Value::from(failure.code.as_str()), field("error")["code"]);
                        assert_eq!(Value::from(failure.message.as_str()), field("error")["message"]);
                        assert_eq!(
                            failure.translation_key.clone().map_or(Value::Null, Value::from),
                            field("error").get("translation_key").cloned().unwrap_or_default()
                        );
                    }
                }
                "result"
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(Value::from(kind), field("type"));
    }
    messages
}

#[test]
fn every_recorded_conversation() {
    let mut rows = 0;
    for version in ["2024.3.3", "2026.2.3"] {
        for entry in std::fs::read_dir(data(version)).unwrap() {
            let path = entry.unwrap().path();
            if !path.to_str().unwrap().contains(".jsonl") {
                continue;
            }
            for line in read(&path).split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                let row: Value = serde_json::from_slice(line).unwrap();
                // a compressed or cut message has no text
                let text = row["text"].as_str().filter(|_| row["dir"] == "s2c" && row["op"] == "text");
                if let Some(text) = text.filter(|_| row.get("truncated_from").is_none()) {
                    compare(text);
                    rows += 1;
                }
            }
        }
    }
    assert!(rows > 500, "{rows}");
}

/// Decodes a capture whole, holds one frame of `sample` against serde, and hands each event on.
fn replay(name: &str, sample: usize, mut each: impl FnMut(Json)) -> usize {
    let mut count = 0;
    for (i, text) in frames(&read(&data(&format!("2026.2.3/{name}.raw.gz")))).iter().enumerate() {
        for message in if i % sample == 0 { compare(text) } else { messages(text) } {
            count += 1;
            match message {
                Message::Event { event, .. } => each(event),
                Message::Result { outcome: Ok(_), .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
    count
}

/// The entity of a `state_changed`, without decoding it.
fn entity_of(event: &Json) -> String {
    let (_, rest) = event.text().split_once(r#""entity_id":""#).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

fn mirror(name: &str) -> (Vec<Arc<State>>, usize) {
    let mut entities = Entities::default();
    let mut first = true;
    let mut changes = 0;
    replay(name, 10, |event| {
        entities.apply(&event, first, |_| changes += 1);
        first = false;
    });
    (entities.all(), changes)
}

/// The same bursts, recorded on two connections at once.
#[test]
fn coalesced_and_plain_give_the_same_mirror() {
    let (coalesced, changes) = mirror("burst-entities-coalesced");
    let (plain, _) = mirror("burst-entities-plain");
    assert_eq!((coalesced.len(), changes), (1000, 21_000));
    assert_eq!(coalesced, plain);
    assert!(coalesced.iter().any(|state| state.state != "0"));
}

/// The same changes, compressed and in full, recorded on two connections at once.
#[test]
fn compressed_and_full_changes_agree() {
    let mut latest = BTreeMap::new();
    replay("state-changed-plain", 50, |event| {
        latest.insert(entity_of(&event), event);
    });
    let mut latest: BTreeMap<_, _> = latest
        .into_iter()
        .map(|(entity_id, event)| {
            let changed = StateChanged::from_event(event);
            let new = changed.new_state.unwrap();
            assert_eq!((&*changed.entity_id, &changed.context), (&*new.entity_id, &new.context));
            assert!(changed.old_state.is_some() && changed.time_fired == new.last_updated);
            (entity_id, new)
        })
        .collect();
    let (mirrored, changes) = mirror("entities-plain");
    assert!(changes > 17_000 && latest.len() > 900, "{changes} {}", latest.len());
    for state in mirrored {
        if let Some(mut full) = latest.remove(&*state.entity_id) {
            full.last_reported = None;
            assert_eq!(*state, full);
        }
    }
    assert!(latest.is_empty(), "{:?}", latest.keys());
}

#[test]
fn a_burst_of_full_changes() {
    let mut counters = BTreeMap::new();
    let count =
        replay("burst-state-changed-coalesced", 12, |event| *counters.entry(entity_of(&event)).or_insert(0) += 1);
    counters.retain(|id, _| id.starts_with("counter."));
    // two results, and one event that was none of the counters'
    assert_eq!((count, counters.len()), (20_003, 1000));
    assert!(counters.values().all(|changes| *changes == 20));
}

#[test]
fn a_large_read_of_all_states() {
    let text = String::from_utf8(read(&data("2026.2.3/get-states-2000.json.gz"))).unwrap();
    let messages = compare(&text);
    let [Message::Result { outcome: Ok(json), .. }] = &messages[..] else { panic!() };
    let states: Vec<State> = json.parse().unwrap();
    assert_eq!(states.len(), 2130);
    assert!(states.iter().all(|state| state.last_updated.is_some() && state.context.id.len() == 26));
}
