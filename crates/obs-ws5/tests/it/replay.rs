//! Every recorded message through the codec: nothing lost, nothing misread.

use crate::peer::{from_server, gunzip, message, transcripts};
use bytes::Bytes;
use obs_ws5::codec::{Incoming, Response, decode};
use obs_ws5::{Encoding, Payload};
use serde_json::{Map, Value, json};

fn put(tree: &mut Map<String, Value>, name: &str, payload: Option<&Payload>) {
    if let Some(payload) = payload {
        tree.insert(name.into(), payload.to_value().unwrap());
    }
}

fn response(response: &Response) -> Value {
    let mut status = json!({"code": response.status.code.code(), "result": response.status.result});
    if let Some(comment) = &response.status.comment {
        status["comment"] = json!(comment);
    }
    let mut tree = Map::from_iter([
        ("requestType".to_owned(), json!(response.request_type)),
        ("requestStatus".to_owned(), status),
    ]);
    if let Some(id) = &response.request_id {
        tree.insert("requestId".into(), json!(id));
    }
    put(&mut tree, "responseData", response.data.as_ref());
    tree.into()
}

/// Writes a decoded message as the server writes it; what decoding lost is missing.
fn rebuild(incoming: &Incoming) -> Value {
    match incoming {
        Incoming::Hello(hello) => {
            let mut d = json!({"obsWebSocketVersion": hello.obs_web_socket_version, "rpcVersion": hello.rpc_version});
            if let Some(version) = &hello.obs_studio_version {
                d["obsStudioVersion"] = json!(version);
            }
            if let Some(challenge) = &hello.authentication {
                d["authentication"] = json!({"challenge": challenge.challenge, "salt": challenge.salt});
            }
            json!({"op": 0, "d": d})
        }
        Incoming::Identified { rpc_version, .. } => json!({"op": 2, "d": {"negotiatedRpcVersion": rpc_version}}),
        Incoming::Event(event) => {
            let mut d = Map::from_iter([
                ("eventType".to_owned(), json!(event.event_type)),
                ("eventIntent".to_owned(), json!(event.intent)),
            ]);
            put(&mut d, "eventData", event.data.as_ref());
            json!({"op": 5, "d": d})
        }
        Incoming::Response(one) => json!({"op": 7, "d": response(one)}),
        Incoming::BatchResponse { request_id, results, .. } => {
            json!({"op": 9, "d": {"requestId": request_id, "results": results.iter().map(response).collect::<Vec<_>>()}})
        }
        other => panic!("{other:?}"),
    }
}

/// Ids come back as text; the recordings hold others too.
fn ids_as_text(tree: &mut Value) {
    let batch = tree["op"] == 9;
    if let Some(Value::Object(d)) = tree.get_mut("d") {
        if let Some(Value::Array(results)) = d.get_mut("results") {
            results.iter_mut().filter_map(Value::as_object_mut).for_each(|result| id_as_text(result, false));
        }
        id_as_text(d, batch);
    }
}

fn id_as_text(object: &mut Map<String, Value>, keep_null: bool) {
    match object.get_mut("requestId") {
        Some(Value::Null) if !keep_null => drop(object.remove("requestId")),
        Some(id) if !id.is_string() && !id.is_null() => *id = Value::String(id.to_string()),
        _ => {}
    }
}

fn whole(bytes: &Bytes, encoding: Encoding) -> Value {
    match encoding {
        Encoding::Json => serde_json::from_slice(bytes).unwrap(),
        Encoding::MsgPack => rmp_serde::from_slice(bytes).unwrap(),
    }
}

#[test]
fn every_recorded_message_is_read_whole() {
    let mut count = 0;
    for (name, rows) in transcripts() {
        for row in rows.iter().filter(|row| row["dir"] == "s2c") {
            let Some((bytes, text)) = message(row) else { continue };
            let encoding = if text { Encoding::Json } else { Encoding::MsgPack };
            let incoming = decode(encoding, &bytes).unwrap_or_else(|error| panic!("{name}: {error}: {row}"));
            let mut expected = whole(&bytes, encoding);
            ids_as_text(&mut expected);
            assert_eq!(rebuild(&incoming), expected, "{name}");
            count += 1;
        }
    }
    assert!(count > 1000, "{count}");
}

#[test]
fn cut_messages_are_errors_and_never_panic() {
    for (name, rows) in transcripts() {
        for (bytes, text) in from_server(&rows, 1).into_iter().take(6) {
            let encoding = if text { Encoding::Json } else { Encoding::MsgPack };
            for cut in (0..bytes.len()).step_by(1 + bytes.len() / 200) {
                assert!(decode(encoding, &bytes.slice(..cut)).is_err(), "{name} cut at {cut}");
            }
        }
    }
}

#[test]
fn a_batch_of_a_thousand() {
    let bytes = Bytes::from(gunzip("5.7.4/batch-parallel-1000.json.gz"));
    let incoming = decode(Encoding::Json, &bytes).unwrap();
    assert_eq!(rebuild(&incoming), whole(&bytes, Encoding::Json));
    let Incoming::BatchResponse { results, .. } = incoming else { panic!() };
    assert_eq!(results.len(), 1000);
}

/// The payloads of the frames in raw server bytes, read by hand: the judge of the WebSocket layer.
fn frames(raw: &[u8]) -> Vec<&[u8]> {
    let start = raw.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let (mut rest, mut found) = (&raw[start..], Vec::new());
    while rest.len() >= 2 {
        let (length, header) = match rest[1] {
            126 => (usize::from(u16::from_be_bytes([rest[2], rest[3]])), 4),
            127 => panic!("no frame of the recording is so long"),
            n => (usize::from(n), 2),
        };
        if rest.len() < header + length {
            break;
        }
        found.push(&rest[header..header + length]);
        rest = &rest[header + length..];
    }
    found
}

#[test]
fn a_minute_of_everything_in_both_encodings() {
    let mut counts = Vec::new();
    for (file, encoding) in [("json", Encoding::Json), ("msgpack", Encoding::MsgPack)] {
        let raw = gunzip(&format!("5.7.4/events-60s.{file}.raw.gz"));
        let mut events = 0;
        for payload in frames(&raw) {
            let bytes = Bytes::copy_from_slice(payload);
            let incoming = decode(encoding, &bytes).unwrap();
            assert_eq!(rebuild(&incoming), whole(&bytes, encoding));
            events += u32::from(matches!(incoming, Incoming::Event(_)));
        }
        counts.push(events);
    }
    assert_eq!(counts[0], 9844, "as counted when it was recorded");
    assert!(counts[1] > 9000, "{counts:?}");
}

#[test]
fn nesting_without_end_is_an_error() {
    for (encoding, opening) in [(Encoding::Json, &b"["[..]), (Encoding::MsgPack, &[0x91][..])] {
        let mut bytes = match encoding {
            Encoding::Json => br#"{"op":5,"d":{"eventType":"x","eventData":"#.to_vec(),
            Encoding::MsgPack => b"\x82\xa2op\x05\xa1d\x82\xa9eventType\xa1x\xa9eventData".to_vec(),
        };
        bytes.extend(opening.repeat(100_000));
        assert!(decode(encoding, &bytes.into()).is_err(), "{encoding:?}");
    }
}
