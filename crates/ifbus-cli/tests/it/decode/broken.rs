//! Cut, garbled and hostile input: told where, and never a panic.

use super::{file, frames, gunzip, options, recorded, text, websocket};
use ifbus_cli::decode::decode;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::{self, Read};

/// Gives at most `n` bytes at a time.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(into.len());
        self.0.read(&mut into[..n])
    }
}

#[test]
fn the_pieces_of_the_input_do_not_matter() {
    for (protocol, path) in [
        ("obs", "obs-ws5/tests/data/5.7.4/msgpack.jsonl"),
        ("ha", "ha-client/tests/data/2026.2.3/ws-12-coalesce.jsonl"),
        ("vmix", "vmix-api/tests/data/tcp-fragmented.jsonl"),
        ("vmix", "vmix-api/tests/data/state-003-inputs.xml"),
        ("obs", "obs-ws5/tests/data/5.7.4/batch-parallel-1000.json.gz"),
    ] {
        let bytes = std::fs::read(recorded(path)).unwrap();
        let (whole, summary) = text(&[protocol], &bytes[..]);
        assert!(summary.frames > 0 && !summary.fatal, "{path}");
        for n in [1, 7, 4096] {
            assert_eq!(text(&[protocol], Drip(&bytes, n)), (whole.clone(), summary), "{path} by {n}");
        }
    }
    for (protocol, path) in [
        ("obs", "obs-ws5/tests/data/5.7.4/events-60s.json.raw.gz"),
        ("obs", "obs-ws5/tests/data/5.7.4/events-60s.msgpack.raw.gz"),
        ("vmix", "vmix-api/tests/data/xml-poll-stream.raw.gz"),
        ("vmix", "vmix-api/tests/data/acts-tally-stream.raw.gz"),
    ] {
        let bytes = gunzip(path);
        let bytes = &bytes[..bytes.len().min(200_000)];
        let whole = text(&[protocol], bytes);
        for n in [1, 3, 1009] {
            assert_eq!(text(&[protocol], Drip(bytes, n)), whole, "{path} by {n}");
        }
    }
}

#[test]
fn a_cut_says_where_the_last_message_begins() {
    let mut bytes = Vec::new();
    let mut begins = Vec::new();
    for message in [&br#"{"op":2,"d":{"negotiatedRpcVersion":1}}"#[..], br#"{"op":7,"d":{}}"#, br#"{"op":9,"d":{}}"#] {
        begins.push(bytes.len());
        bytes.extend(websocket(0x81, message));
    }
    let vmix = b"VERSION OK 29\r\n\r\nTALLY OK 12\r\nXML 5\r\n<a/>\nACTS OK Input 1 1\r\n";
    for (protocol, bytes, begins) in [("obs", &bytes[..], &begins[..]), ("vmix", vmix, &[0, 17, 30, 42])] {
        for cut in 1..bytes.len() {
            let (frames, summary) = frames(&[protocol], &bytes[..cut]);
            let begin = begins.iter().rev().find(|begin| **begin < cut).unwrap();
            let last = frames.last().unwrap();
            let whole = begins.contains(&cut) || (protocol == "vmix" && (15..=17).contains(&cut));
            if whole && cut != 16 {
                assert!(!summary.fatal, "{protocol} cut at {cut}: {last}");
                continue;
            }
            assert_eq!((&last["kind"], summary.fatal), (&json!("truncated"), true), "{protocol} cut at {cut}: {last}");
            // a line end of which a half is there is no message yet
            let begin = if protocol == "vmix" && cut == 16 { 15 } else { *begin };
            assert_eq!(last["offset"], json!(begin), "{protocol} cut at {cut}: {last}");
        }
    }
    let (frames, summary) = file(&["vmix"], "vmix-api/tests/data/tcp-eof-mid-body.jsonl");
    let last = frames.last().unwrap();
    assert_eq!((&last["kind"], &last["offset"], summary.fatal), (&json!("truncated"), &json!(67), true));
}

#[test]
fn a_cut_archive_gives_what_it_holds() {
    let path = "vmix-api/tests/data/acts-tally-stream.raw.gz";
    let packed = std::fs::read(recorded(path)).unwrap();
    let (frames, summary) = frames(&["vmix"], &packed[..packed.len() / 2]);
    let last = frames.last().unwrap();
    assert!(frames.len() > 10_000 && summary.fatal && last["kind"] == "input", "{last}");
    let (frames, summary) = super::frames(&["vmix"], &packed[..15]);
    assert!(frames.len() == 1 && summary.fatal, "{frames:?}");
}

#[test]
fn a_websocket_goes_on_after_an_error_where_it_can() {
    let ok = websocket(0x81, br#"{"op":2,"d":{}}"#);
    let mut masked = websocket(0x81, b"");
    masked[1] |= 0x80;
    masked.extend([0; 4]);
    for (wrong, said) in [
        (websocket(0x81, b"no JSON"), "expected"),
        (websocket(0x82, &[0xc1]), "MessagePack"),
        (websocket(0x81, &[0xff]), "UTF-8"),
        (websocket(0xc1, b"{}"), "bits"),
        (websocket(0x80, b"{}"), "ontinue"),
        (websocket(0x09, b""), "ragment"),
        (websocket(0x89, &[0; 126]), "ontrol"),
        (masked, "asked"),
    ] {
        let bytes = [&ok[..], &wrong, &ok].concat();
        let (frames, summary) = frames(&["obs"], &bytes[..]);
        assert_eq!((frames.len(), summary.fatal), (3, false), "{frames:?}");
        let error = frames[1]["error"].as_str().unwrap();
        assert!(error.to_lowercase().contains(&said.to_lowercase()), "{error}: {said}");
        assert_eq!(frames[1]["offset"], json!(ok.len()));
        assert_eq!((&frames[2]["kind"], &frames[2]["offset"]), (&json!("identified"), &json!(ok.len() + wrong.len())));
    }
}

#[test]
fn an_error_forgets_the_message_that_was_begun() {
    let ok = websocket(0x81, br#"{"op":2,"d":{}}"#);
    let bytes = [&websocket(0x01, b"{")[..], &ok, &ok].concat();
    let (frames, _) = frames(&["obs"], &bytes[..]);
    assert_eq!((&frames[0]["kind"], &frames[0]["offset"]), (&json!("frame"), &json!(3)), "{frames:?}");
    assert_eq!((&frames[1]["kind"], &frames[1]["offset"]), (&json!("identified"), &json!(3 + ok.len())), "{frames:?}");
}

#[test]
fn what_cannot_be_delimited_ends_it() {
    let ok = websocket(0x81, br#"{"op":2,"d":{}}"#);
    let huge = [0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0];
    for (protocol, wrong) in [
        ("obs", &websocket(0x83, b"x")[..]),
        ("obs", &huge),
        ("vmix", b"XML 99999999999999999999\r\n"),
        ("vmix", b"HTTP/1.0 400 Bad Request\r\n"),
    ] {
        let ok: &[u8] = if protocol == "obs" { &ok } else { b"VERSION OK 29\r\n" };
        let bytes = [ok, wrong, ok].concat();
        let (frames, summary) = frames(&[protocol], &bytes[..]);
        assert_eq!((frames.len(), summary.fatal), (2, true), "{frames:?}");
        assert_eq!(frames[1]["offset"], json!(ok.len()), "{frames:?}");
        assert!(frames[1]["error"].is_string(), "{frames:?}");
    }
    let (frames, summary) = frames(&["ha"], &b"HTTP/1.1 403 Forbidden\r\nX: 1\r\nX: 2\r\n\r\nno"[..]);
    assert_eq!((frames.len(), summary.fatal), (1, true));
    let fields = json!([["status", 403], ["reason", "Forbidden"], ["X", "1"], ["X", "2"]]);
    assert_eq!(frames[0]["fields"], fields);
    let (_, summary) = super::frames(&["vmix"], io::repeat(b'x').take(3 << 20));
    assert!(summary.fatal && summary.frames == 1);
}

#[test]
fn messages_come_in_fragments_of_any_length() {
    let long = format!(r#"{{"op":5,"d":{{"eventType":"{}"}}}}"#, "x".repeat(70_000));
    let (first, rest) = long.as_bytes().split_at(200);
    let mut bytes = b"HTTP/1.1 101 Switching Protocols\r\n\r\n".to_vec();
    let begin = bytes.len();
    bytes.extend(websocket(0x01, first));
    let ping = bytes.len();
    bytes.extend(websocket(0x89, b"are you there"));
    bytes.extend(websocket(0x80, rest));
    let last = bytes.len();
    bytes.extend(websocket(0x88, b"\x03\xe9bye"));
    bytes.extend(websocket(0x81, b"{}"));
    let (frames, _) = frames(&["obs"], &bytes[..]);
    let kinds: Vec<_> = frames.iter().map(|frame| frame["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["http_response", "ping", "event", "close", "frame"]);
    assert_eq!((&frames[1]["offset"], &frames[2]["offset"]), (&json!(ping), &json!(begin)));
    assert_eq!(frames[1]["body"], "are you there");
    assert_eq!(
        (&frames[3]["offset"], &frames[3]["fields"]),
        (&json!(last), &json!([["code", 1001], ["reason", "bye"]]))
    );
    assert!(frames[4]["error"].as_str().unwrap().contains("clos"), "{}", frames[4]);
    // the end within a message
    let (frames, summary) = super::frames(&["obs"], &bytes[..ping]);
    let end = frames.last().unwrap();
    assert_eq!((&end["kind"], &end["offset"], summary.fatal), (&json!("truncated"), &json!(begin), true));
}

#[test]
fn a_recording_says_what_is_wrong_with_it() {
    let (frames, summary) = file(&["vmix"], "vmix-api/tests/data/tcp-wrong-port-8088.jsonl");
    let last = frames.last().unwrap();
    assert!(summary.fatal && last["error"].as_str().unwrap().contains("8099"), "{last}");
    let (frames, summary) = file(&["vmix"], "obs-ws5/tests/data/5.7.4/login-ok.jsonl");
    assert_eq!(frames[0]["error"], "a recording of obs-ws5, not of vmix");
    assert!(summary.fatal);
    let (frames, _) = file(&["ha"], "ha-client/tests/data/2026.2.3/ws-15-deflate.jsonl");
    let compressed =
        frames.iter().filter(|frame| frame["error"].as_str().is_some_and(|e| e.contains("permessage-deflate")));
    assert_eq!(compressed.count(), 4);
    let rows = concat!(
        r#"{"protocol":"obs-ws5","transport":"websocket"}"#,
        "\nnot a row\n\n",
        r#"{"conn":1,"dir":"s2c","b64":"*"}"#,
        "\n",
        r#"{"conn":1,"dir":"s2c","text":"{\"op\":2,\"d\":{}}"}"#
    );
    let (frames, summary) = super::frames(&["obs"], rows.as_bytes());
    let told: Vec<_> = frames.iter().map(|frame| (&frame["kind"], &frame["row"])).collect();
    assert_eq!(told, [(&json!("row"), &json!(2)), (&json!("row"), &json!(4)), (&json!("identified"), &json!(5))]);
    assert_eq!((summary.errors, summary.fatal), (2, false));
    let (frames, summary) = super::frames(&["obs"], &rows.as_bytes()[..rows.len() - 10]);
    assert_eq!((&frames[2]["kind"], summary.errors, summary.fatal), (&json!("row"), 3, true), "it was cut");
    assert_eq!(text(&["obs"], io::empty()).0, "");
}

#[test]
fn deep_nesting_is_told_and_not_followed() {
    let json = format!(r#"{{"id":1,"type":"event","event":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let (frames, _) = frames(&["ha"], json.as_bytes());
    assert_eq!(frames[0]["kind"], "event"); // the client keeps it as it is, until somebody asks
    assert!(frames[0]["error"].as_str().unwrap().contains("recursion"), "{}", frames[0]["error"]);
    let packed = [&[0x82, 0xa2, b'o', b'p', 5, 0xa1, b'd'][..], &[0x91; 100_000], &[0xc0]].concat();
    let (frames, _) = super::frames(&["obs", "--format", "message"], &packed[..]);
    assert!(frames[0]["error"].as_str().unwrap().contains("nested"), "{}", frames[0]["error"]);
}

fn check(arguments: &[&str], bytes: &[u8]) {
    let mut out = Vec::new();
    decode(&options(arguments), bytes, &mut out).unwrap();
    for line in out.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let frame: Value = serde_json::from_slice(line).unwrap();
        assert!(frame["offset"].as_u64().unwrap() <= bytes.len() as u64 + 1, "{frame}");
        assert!(frame["kind"].is_string() && frame["fields"].is_array(), "{frame}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn garbage_never_panics(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        protocol in prop::sample::select(vec!["obs", "ha", "vmix"]),
        format in prop::sample::select(vec!["raw", "transcript", "message"]),
    ) {
        check(&[protocol], &bytes);
        check(&[protocol, "--format", format], &bytes);
    }

    #[test]
    fn garbage_in_sound_frames_never_panics(
        messages in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..40)), 0..8),
        protocol in prop::sample::select(vec!["obs", "ha"]),
    ) {
        let bytes: Vec<u8> = messages.iter().flat_map(|(first, payload)| websocket(*first & 0x8f, payload)).collect();
        check(&[protocol], &bytes);
    }

    #[test]
    fn a_garbled_recording_never_panics(at in 0.0..1.0f64, byte: u8, which in 0..4usize) {
        let (protocol, path) = [
            ("obs", "obs-ws5/tests/data/5.7.4/msgpack.jsonl"),
            ("ha", "ha-client/tests/data/2026.2.3/ws-12-coalesce.jsonl"),
            ("vmix", "vmix-api/tests/data/tcp-encoding.jsonl"),
            ("ha", "ifbus-cli/tests/data/ha/rest-09-auth-flow.jsonl"),
        ][which];
        let mut bytes = std::fs::read(recorded(path)).unwrap();
        let at = (bytes.len() as f64 * at) as usize;
        bytes[at] = byte;
        check(&[protocol], &bytes);
        check(&[protocol, "--format", "raw"], &bytes);
    }
}
