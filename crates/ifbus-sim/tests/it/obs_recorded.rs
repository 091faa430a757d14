//! The client's rows of recordings of the real server, played to the simulator; its answers compared with the real.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ifbus_sim::obs::{ObsBuilder, ObsSim};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::util::{Ws, connections, obs_auth, shape_fault};

/// What differs on purpose.
struct Leave {
    /// Requests by id whose answers depend on what was done to that OBS before.
    requests: &'static [&'static str],
}

async fn play(file: &str, builder: ObsBuilder, leave: &Leave) {
    let sim = builder.start().await.unwrap();
    let mut compared = 0;
    for rows in connections(&format!("obs/{file}")) {
        compared += play_connection(file, &sim, &rows, leave).await;
    }
    assert!(compared > 0, "{file}: nothing was compared");
}

async fn play_connection(file: &str, sim: &ObsSim, rows: &[Value], leave: &Leave) -> usize {
    let offered = rows[0]["headers"]["Sec-WebSocket-Protocol"].as_str();
    let (mut ws, chosen) = Ws::connect(sim.addr(), "/", offered).await;
    assert_eq!(chosen.as_deref(), rows[1]["headers"]["Sec-WebSocket-Protocol"].as_str(), "{file}: subprotocol");
    let mut compared = 0;
    let mut hello = Value::Null;
    let mut skipped: Vec<Value> = Vec::new();
    // UUIDs of that OBS, and what they are here.
    let mut uuids: Vec<(String, String)> = Vec::new();
    for row in &rows[2..] {
        let conn = &row["conn"];
        if row["dir"] == "c2s" {
            if let Some(code) = row.get("close") {
                assert_eq!(code, 1000);
                soon_close(&mut ws).await;
            } else if let Some(b64) = row["b64"].as_str() {
                // The proof is the only part that must be another one.
                let mut bytes = BASE64.decode(b64).unwrap();
                let mark = b"authentication\xd9\x2c";
                if let Some(at) = bytes.windows(mark.len()).position(|w| w == mark) {
                    let proof = obs_auth("test-secret", &hello);
                    let start = at + mark.len();
                    bytes[start..start + 44].copy_from_slice(proof.as_bytes());
                }
                ws.send(Message::binary(bytes)).await;
            } else {
                let mut text = row["text"].as_str().unwrap().to_owned();
                for (there, here) in &uuids {
                    text = text.replace(there, here);
                }
                let parsed: Value = serde_json::from_str(&text).unwrap_or_default();
                if unknown_here(sim, &parsed).await {
                    skipped.push(parsed["d"]["requestId"].clone());
                    continue;
                }
                let proof = parsed["d"]["authentication"].as_str().filter(|p| p.len() == 44);
                match proof.filter(|_| file != "login-wrong-password.jsonl") {
                    Some(proof) => ws.text(&text.replace(proof, &obs_auth("test-secret", &hello))).await,
                    None => ws.text(&text).await,
                }
            }
            continue;
        }
        if let Some(code) = row.get("close") {
            let (got, reason) = ws.closed().await;
            assert_eq!(json!(got), *code, "{file} {conn}: {reason}");
            let wanted = row["reason"].as_str().unwrap();
            // The words of the real parser are only followed as far as its position.
            let end = wanted.find("parse error at").unwrap_or(wanted.len());
            assert_eq!(reason[..end.min(reason.len())], wanted[..end], "{file} {conn}");
            compared += 1;
            continue;
        }
        let wanted = decode(row);
        if wanted["op"] == 5 || skipped.contains(&wanted["d"]["requestId"]) {
            continue;
        }
        let got = loop {
            let got = match ws.next().await {
                Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
                Some(Message::Binary(bytes)) => unpack(&bytes),
                other => panic!("{file} {conn}: {other:?} instead of {wanted}"),
            };
            if got["op"] != 5 {
                break got;
            }
        };
        if wanted["op"] == 0 {
            hello = got.clone();
        }
        assert_eq!(wanted["op"], got["op"], "{file} {conn}: {got} instead of {wanted}");
        let id = &wanted["d"]["requestId"];
        if leave.requests.contains(&id.as_str().unwrap_or_default()) {
            continue;
        }
        let (w, g) = (&wanted["d"], &got["d"]);
        assert_eq!(w["requestStatus"], g["requestStatus"], "{file} {conn} {id}");
        assert_eq!(w["requestId"], g["requestId"], "{file} {conn}");
        for (w, g) in w["results"].as_array().into_iter().flatten().zip(g["results"].as_array().into_iter().flatten()) {
            assert_eq!(w["requestStatus"], g["requestStatus"], "{file} {conn} {id}");
            assert_eq!(w["requestId"], g["requestId"], "{file} {conn} {id}");
        }
        assert_eq!(shape_fault("d", w, g), None, "{file} {conn} {id}");
        for field in ["sceneUuid", "inputUuid"] {
            if let (Some(there), Some(here)) = (w["responseData"][field].as_str(), g["responseData"][field].as_str()) {
                uuids.push((there.to_owned(), here.to_owned()));
            }
        }
        compared += 1;
    }
    compared
}

async fn soon_close(ws: &mut Ws) {
    let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
    let _ = crate::util::soon(ws.0.close(Some(frame))).await;
}

/// Whether the message asks for something that is real, and not simulated.
async fn unknown_here(sim: &ObsSim, message: &Value) -> bool {
    let Some(kind) = message["d"]["requestType"].as_str().filter(|_| message["op"] == 6) else { return false };
    let invented = ["", "NoSuchRequest", "getversion", "Nope"];
    !invented.contains(&kind) && !known(sim).await.iter().any(|k| k == kind)
}

async fn known(sim: &ObsSim) -> Vec<String> {
    let mut ws = crate::util::obs(sim.addr(), 0).await;
    let answer = ws.ask("GetVersion", Value::Null).await;
    let list = answer["responseData"]["availableRequests"].as_array().unwrap().clone();
    list.iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

fn decode(row: &Value) -> Value {
    match row["b64"].as_str() {
        Some(b64) => unpack(&BASE64.decode(b64).unwrap()),
        None => serde_json::from_str(row["text"].as_str().unwrap()).unwrap(),
    }
}

/// As much of MessagePack as the recordings hold.
fn unpack(bytes: &[u8]) -> Value {
    fn take<'a>(b: &mut &'a [u8], n: usize) -> &'a [u8] {
        let (head, rest) = b.split_at(n);
        *b = rest;
        head
    }
    fn uint(b: &mut &[u8], n: usize) -> u64 {
        take(b, n).iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }
    fn value(b: &mut &[u8]) -> Value {
        let tag = take(b, 1)[0];
        let size = match tag {
            0x80..=0x9f => u64::from(tag & 15),
            0xa0..=0xbf => u64::from(tag & 31),
            0xd9 => uint(b, 1),
            0xda | 0xdc | 0xde => uint(b, 2),
            0xdb | 0xdd | 0xdf => uint(b, 4),
            _ => 0,
        };
        match tag {
            0x00..=0x7f => json!(tag),
            0xe0..=0xff => json!(i8::from_be_bytes([tag])),
            0x80..=0x8f | 0xde | 0xdf => (0..size).map(|_| (value(b).as_str().unwrap().to_owned(), value(b))).collect(),
            0x90..=0x9f | 0xdc | 0xdd => (0..size).map(|_| value(b)).collect(),
            0xa0..=0xbf | 0xd9..=0xdb => json!(std::str::from_utf8(take(b, size as usize)).unwrap()),
            0xc0 => Value::Null,
            0xc2 => json!(false),
            0xc3 => json!(true),
            0xca => json!(f64::from(f32::from_be_bytes(take(b, 4).try_into().unwrap()))),
            0xcb => json!(f64::from_be_bytes(take(b, 8).try_into().unwrap())),
            0xcc => json!(uint(b, 1)),
            0xcd => json!(uint(b, 2)),
            0xce => json!(uint(b, 4)),
            0xcf => json!(uint(b, 8)),
            0xd0 => json!(i8::from_be_bytes(take(b, 1).try_into().unwrap())),
            0xd1 => json!(i16::from_be_bytes(take(b, 2).try_into().unwrap())),
            0xd2 => json!(i32::from_be_bytes(take(b, 4).try_into().unwrap())),
            0xd3 => json!(i64::from_be_bytes(take(b, 8).try_into().unwrap())),
            other => panic!("tag {other:#x}"),
        }
    }
    let mut rest = bytes;
    let all = value(&mut rest);
    assert!(rest.is_empty());
    all
}

const NONE: Leave = Leave { requests: &[] };

#[tokio::test]
async fn login() {
    for file in ["login-ok.jsonl", "login-wrong-password.jsonl", "login-errors.jsonl"] {
        play(file, ObsSim::builder(), &NONE).await;
    }
}

#[tokio::test]
async fn broken_messages_close_with_the_real_reasons() {
    play("protocol-errors.jsonl", ObsSim::builder(), &NONE).await;
    play("msgpack-errors.jsonl", ObsSim::builder(), &NONE).await;
}

#[tokio::test]
async fn requests_of_any_form() {
    play("request-id-forms.jsonl", ObsSim::builder(), &NONE).await;
    play("reidentify.jsonl", ObsSim::builder(), &NONE).await;
}

#[tokio::test]
async fn batches() {
    play("batch-serial-realtime.jsonl", ObsSim::builder(), &NONE).await;
    play("batch-serial-frame.jsonl", ObsSim::builder(), &NONE).await;
}

#[tokio::test]
async fn message_pack() {
    // The screenshot and the transform are not simulated.
    play("msgpack.jsonl", ObsSim::builder(), &Leave { requests: &["r9", "r12"] }).await;
}

#[tokio::test]
async fn general_requests() {
    // A vendor's plugin was there.
    let leave = Leave { requests: &["r8", "r9", "r11"] };
    play("general.jsonl", ObsSim::builder(), &leave).await;
}

#[tokio::test]
async fn scenes() {
    play("scenes.jsonl", ObsSim::builder().scenes(["Scene"]), &NONE).await;
}

#[tokio::test]
async fn studio_mode() {
    play("ui.jsonl", ObsSim::builder().scenes(["Scene"]), &NONE).await;
}

#[tokio::test]
async fn transitions() {
    play("transitions.jsonl", ObsSim::builder().scenes(["Scene", "Target"]), &NONE).await;
}

#[tokio::test]
async fn inputs() {
    // The real one still finds for a moment what was just removed.
    let leave = Leave { requests: &["r81"] };
    play("inputs.jsonl", ObsSim::builder().scenes(["Scene"]).inputs([]), &leave).await;
}

#[tokio::test]
async fn an_old_version() {
    let builder = ObsSim::builder().version("5.1.0").scenes(["Scene"]).inputs([]).virtual_camera(false);
    // The recording's start took longer there.
    play("session-5.1.0.jsonl", builder, &Leave { requests: &["r28", "r29"] }).await;
}
