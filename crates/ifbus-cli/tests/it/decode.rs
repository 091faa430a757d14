//! `ifbus decode` over what was recorded: every frame is there, and each says what the bytes say.

mod ami;
mod broken;
mod command;
mod esl;
mod secrets;
mod yate;

use clap::Parser as _;
use flate2::read::GzDecoder;
use ifbus_cli::decode::{Options, Summary, decode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file of the crates' recordings.
fn recorded(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn options(arguments: &[&str]) -> Options {
    Options::try_parse_from([&["decode"], arguments, &["-"]].concat()).unwrap()
}

fn text(arguments: &[&str], input: impl Read) -> (String, Summary) {
    let mut out = Vec::new();
    let summary = decode(&options(arguments), input, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), summary)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn frames(arguments: &[&str], input: impl Read) -> (Vec<Value>, Summary) {
    let (text, summary) = text(arguments, input);
    let frames = lines(&text);
    assert_eq!(frames.len() as u64, summary.frames);
    (frames, summary)
}

fn file(arguments: &[&str], path: &str) -> (Vec<Value>, Summary) {
    let path = recorded(path);
    frames(arguments, std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn gunzip(path: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(std::fs::File::open(recorded(path)).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn counted<'a>(words: impl Iterator<Item = &'a Value>) -> BTreeMap<&'a str, u64> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word.as_str().unwrap()).or_default() += 1;
    }
    counts
}

fn kinds(frames: &[Value]) -> BTreeMap<&str, u64> {
    counted(frames.iter().map(|frame| &frame["kind"]))
}

/// The first field of this name.
fn field<'a>(frame: &'a Value, name: &str) -> &'a Value {
    let fields = frame["fields"].as_array().unwrap();
    fields.iter().find(|pair| pair[0] == name).map_or(&Value::Null, |pair| &pair[1])
}

/// A frame of a WebSocket server.
fn websocket(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..126 => bytes.push(u8::try_from(length).unwrap()),
        length @ 126..65536 => {
            bytes.push(126);
            bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        length => {
            bytes.push(127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(payload);
    bytes
}

/// Where the frames behind an upgrade begin, by the lengths in their heads.
fn beginnings(bytes: &[u8]) -> Vec<u64> {
    let mut at = memchr::memmem::find(bytes, b"\r\n\r\n").unwrap() + 4;
    let mut found = vec![0];
    while at < bytes.len() {
        found.push(at as u64);
        at += match bytes[at + 1] {
            126 => 4 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]])),
            length => 2 + usize::from(length),
        };
    }
    found
}

#[test]
fn every_frame_of_obs_is_read_in_both_encodings() {
    for (path, events) in [("json", 9_844), ("msgpack", 9_839)] {
        let path = format!("obs-ws5/tests/data/5.7.4/events-60s.{path}.raw.gz");
        let (frames, summary) = file(&["obs"], &path);
        assert_eq!((summary.errors, summary.fatal), (0, false));
        let expected = BTreeMap::from([("event", events), ("hello", 1), ("http_response", 1), ("identified", 1)]);
        assert_eq!(kinds(&frames), expected);
        let offsets: Vec<_> = frames.iter().map(|frame| frame["offset"].as_u64().unwrap()).collect();
        assert_eq!(offsets, beginnings(&gunzip(&path)));
        for event in frames.iter().filter(|frame| frame["kind"] == "event") {
            // what stands there, and what the client makes of it
            assert_eq!(field(event, "op"), 5);
            let d = field(event, "d");
            for name in ["eventType", "eventIntent", "eventData"] {
                assert_eq!(event["body"][name], d[name], "{event}");
            }
        }
    }
}

/// How many rows of a transcript are messages, and how many have something else to tell.
fn rows(path: &Path) -> u64 {
    let text = std::fs::read_to_string(path).unwrap();
    let is_message = |row: &Value| {
        let has = |name: &str| row.get(name).is_some_and(|value| !value.is_null());
        let unfinished = row["fin"] == false;
        let closed = has("close") && row["close"] != 1006;
        let payload = has("text") || has("b64") || has("rsv1");
        row["dir"] != "note" && !unfinished && (payload || closed || has("method") || has("status"))
    };
    lines(&text).iter().skip(1).filter(|row| is_message(row)).count() as u64
}

fn transcripts(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(recorded(folder)).unwrap().map(|entry| entry.unwrap().path());
    let found: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
    assert!(!found.is_empty(), "{folder}");
    found
}

#[test]
fn a_row_of_a_websocket_is_a_frame() {
    let folders = ["5.1.0", "5.5.2", "5.7.4"].map(|version| ("obs", format!("obs-ws5/tests/data/{version}")));
    let homes = ["ifbus-cli/tests/data/ha", "ha-client/tests/data/2024.3.3", "ha-client/tests/data/2026.2.3"];
    for (protocol, folder) in folders.into_iter().chain(homes.map(|folder| ("ha", folder.to_owned()))) {
        for path in transcripts(&folder) {
            let (frames, summary) = frames(&[protocol], std::fs::File::open(&path).unwrap());
            assert_eq!((frames.len() as u64, summary.fatal), (rows(&path), false), "{}", path.display());
            // the clients read all that the servers sent, and which no recorder cut
            for frame in frames.iter().filter(|frame| frame["dir"] == "s2c") {
                let error = frame["error"].as_str().unwrap_or("recording");
                assert!(error.contains("recording") || error.contains("permessage-deflate"), "{frame}");
            }
        }
    }
}

#[test]
fn clients_are_read_too() {
    let (frames, _) = file(&["obs"], "obs-ws5/tests/data/5.7.4/msgpack.jsonl");
    let sent: Vec<_> = frames.iter().filter(|frame| frame["dir"] == "c2s").cloned().collect();
    let kinds = kinds(&sent);
    assert_eq!(kinds["http_request"], 1, "{kinds:?}");
    assert_eq!(kinds["identify"], 1, "{kinds:?}");
    assert!(kinds["request"] > 5 && kinds["batch"] >= 1, "{kinds:?}");
    let request = sent.iter().find(|frame| frame["kind"] == "request").unwrap();
    assert_eq!((&request["conn"], field(request, "op")), (&json!(1), &json!(6)));
    assert!(field(request, "d")["requestType"].is_string());

    // what a client should not send is shown as far as it can be
    let (frames, summary) = file(&["obs"], "obs-ws5/tests/data/5.7.4/msgpack-errors.jsonl");
    assert_eq!((summary.errors, summary.fatal), (4, false));
    let wrong: Vec<_> =
        frames.iter().filter(|frame| frame.get("error").is_some()).map(|frame| &frame["body"]).collect();
    assert_eq!(wrong, [&json!({"b64": "wQ=="}), &json!(""), &json!([1, 2, 3]), &json!({"b64": "gqJvcAY="})]);
}

#[test]
fn a_single_document_is_a_message() {
    let (frames, summary) = file(&["obs"], "obs-ws5/tests/data/5.7.4/batch-parallel-1000.json.gz");
    assert_eq!(kinds(&frames), BTreeMap::from([("batch_response", 1)]));
    assert!(!summary.fatal);
    let results = frames[0]["body"]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1000);
    assert_eq!(field(&frames[0], "d")["results"].as_array().unwrap().len(), 1000);

    let (frames, _) = file(&["vmix"], "vmix-api/tests/data/state-030-inputs.xml");
    assert_eq!((&frames[0]["kind"], &frames[0]["body"]["bytes"]), (&json!("document"), &json!(18_525)));
    assert_eq!(frames[0]["body"]["inputs"].as_array().unwrap().len(), 30);

    let packed = [0x82, 0xa2, b'o', b'p', 2, 0xa1, b'd', 0x80]; // it begins as a binary WebSocket frame does
    assert_eq!(
        kinds(&self::frames(&["obs", "--format", "message"], &packed[..]).0),
        BTreeMap::from([("identified", 1)])
    );
}

#[test]
fn duplicates_stay_where_they_stand() {
    let (frames, _) = frames(&["ha"], &br#"{"id":1,"type":"pong","x":[{"b":1,"a":2,"b":3}],"x":null,"id":1}"#[..]);
    let expected = json!([["id", 1], ["type", "pong"], ["x", [{"b": 3, "a": 2}]], ["x", null], ["id", 1]]);
    assert_eq!(frames[0]["fields"], expected);
    let (text, _) = text(&["obs"], &br#"{"op":5,"d":{"z":1,"z":2,"a":3},"op":9}"#[..]);
    assert!(text.contains(r#""fields":[["op",5],["d",{"z":1,"z":2,"a":3}],["op",9]]"#), "{text}");
}

#[test]
fn the_streams_of_home_assistant_are_read_whole() {
    for (name, kinds) in [
        ("burst-entities-coalesced", &[("coalesced", 21), ("ping", 1)][..]),
        ("entities-plain", &[("event", 17_989), ("ping", 1), ("result", 1)]),
    ] {
        let (frames, summary) = file(&["ha"], &format!("ha-client/tests/data/2026.2.3/{name}.raw.gz"));
        assert_eq!((summary.errors, summary.fatal), (0, false), "{name}");
        assert_eq!(self::kinds(&frames), kinds.iter().copied().collect(), "{name}");
        for event in frames.iter().filter(|frame| frame["kind"] == "event") {
            assert_eq!((&event["body"]["event"], &event["body"]["id"]), (field(event, "event"), field(event, "id")));
        }
    }
    let (frames, _) = file(&["ha"], "ha-client/tests/data/2026.2.3/get-states-2000.json.gz");
    assert_eq!((frames.len(), field(&frames[0], "result").as_array().unwrap().len()), (1, 2_130));
}

#[test]
fn messages_in_an_array_are_one_frame() {
    let (frames, _) = file(&["ha"], "ha-client/tests/data/2026.2.3/ws-12-coalesce.jsonl");
    let first = frames.iter().find(|frame| frame["kind"] == "coalesced" && frame["dir"] == "s2c").unwrap();
    let messages = first["body"].as_array().unwrap();
    assert!(messages.len() > 3);
    assert_eq!(messages[0]["kind"], "result");
    assert_eq!(messages[0]["fields"], json!([["id", 1], ["type", "result"], ["success", true], ["result", null]]));
    assert_eq!(messages[0]["body"], json!({"id": 1, "result": null}));
    assert!(messages.iter().any(|message| message["kind"] == "event" && message["body"]["event"].is_object()));
}

#[test]
fn the_streams_of_vmix_have_what_their_counts_say() {
    let counts = std::fs::read(recorded("vmix-api/tests/data/raw-counts.json")).unwrap();
    let counts: BTreeMap<String, Value> = serde_json::from_slice(&counts).unwrap();
    assert_eq!(counts.len(), 2);
    for (name, expected) in counts {
        let (frames, summary) = file(&["vmix"], &format!("vmix-api/tests/data/{name}"));
        assert_eq!((json!(summary.frames), summary.errors), (expected["messages"].clone(), 0), "{name}");
        let commands = counted(frames.iter().map(|frame| field(frame, "command")));
        assert_eq!(json!(commands), expected["by_command"], "{name}");
        let bodies = frames.iter().filter(|frame| frame["kind"] == "sized").map(|frame| field(frame, "status"));
        assert_eq!(json!(bodies.clone().count()), expected["bodies"], "{name}");
        assert_eq!(json!(bodies.map(|length| length.as_u64().unwrap()).sum::<u64>()), expected["body_bytes"], "{name}");
        // each frame begins where a line does
        let bytes = gunzip(&format!("vmix-api/tests/data/{name}"));
        for frame in &frames {
            let at = usize::try_from(frame["offset"].as_u64().unwrap()).unwrap();
            assert!(bytes[at..].starts_with(field(frame, "command").as_str().unwrap().as_bytes()), "{frame}");
        }
    }
}

#[test]
fn commands_to_vmix_are_decoded() {
    let (frames, summary) = file(&["vmix"], "vmix-api/tests/data/tcp-encoding.jsonl");
    assert_eq!(summary.errors, 0);
    let functions: Vec<_> = frames.iter().filter(|frame| frame["kind"] == "function").collect();
    assert_eq!(
        functions[0]["fields"],
        json!([
            ["function", "SetText"],
            ["Input", "Lower Third 3"],
            ["SelectedName", "Headline.Text"],
            ["Value", "H&M + Co 100%"]
        ])
    );
    assert_eq!((functions[0]["offset"].clone(), functions[1]["offset"].clone()), (json!(0), json!(101)));
    assert_eq!(functions[1]["fields"][4], json!(["", "M retail"])); // a raw ampersand ends the value
    assert_eq!(field(functions[2], "Value"), "1 1");
    let rubbish = "{\"protocol\":\"vmix-tcp\",\"transport\":\"tcp\"}\n{\"conn\":1,\"dir\":\"c2s\",\"text\":\"FUNCTION X A=%FF\\r\\n\"}\n";
    assert_eq!(field(&self::frames(&["vmix"], rubbish.as_bytes()).0[0], "A"), &json!({"b64": "/w=="}));
}

#[test]
fn a_message_in_many_pieces_is_one() {
    let (frames, summary) = file(&["vmix"], "vmix-api/tests/data/tcp-fragmented.jsonl");
    assert_eq!(summary.errors, 0);
    let said: Vec<_> = frames.iter().filter(|frame| frame["dir"] == "s2c").collect();
    let words: Vec<_> = said.iter().map(|frame| field(frame, "command").as_str().unwrap()).collect();
    assert_eq!(words, ["VERSION", "XMLTEXT", "XML", "TALLY", "ACTS", "ACTS", "FUNCTION"]);
    assert_eq!(field(said[1], "text"), "Réalisation – 東京 🎥");
    assert_eq!((&said[2]["body"]["bytes"], &said[2]["body"]["version"]), (&json!(97), &json!("29.0.0.49")));
    assert_eq!(said[3]["body"], json!({"inputs": 2, "program": [1], "preview": [2]}));
    assert_eq!(said[4]["body"], json!({"name": "Input", "input": 1, "value": "1"}));
    let (frames, _) = file(&["vmix"], "vmix-api/tests/data/tcp-xmltext.jsonl");
    assert!(frames.iter().any(|frame| frame["body"] == "Line one\r\nLine two – æøå"), "{frames:?}");
}

#[test]
fn http_is_shown_with_its_parameters() {
    let (frames, _) = file(&["vmix"], "vmix-api/tests/data/http-functions.jsonl");
    assert_eq!(frames[0]["fields"], json!([["method", "GET"], ["path", "/api/"], ["Function", "Cut"]]));
    assert_eq!(
        (field(&frames[1], "status"), &frames[1]["body"]),
        (&json!(200), &json!("Function completed successfully."))
    );
    let (frames, _) = file(&["vmix"], "vmix-api/tests/data/http-state.jsonl");
    assert_eq!(frames[1]["body"]["inputs"].as_array().unwrap().len(), 3);
    assert_eq!(frames[3]["body"]["inputs"].as_array().unwrap().len(), 3); // with an XML declaration
}

#[test]
fn bytes_of_nothing_or_of_another_protocol_get_a_hint() {
    let folder = std::env::temp_dir().join(format!("ifbus-decode-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (text, hint) in [("", "nothing in it: it is empty"), ("GET / HTTP/1.1\r\n", "are the bytes another's?")] {
        let path = folder.join("recording.raw");
        std::fs::write(&path, text).unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_ifbus"))
            .args(["decode", "vmix"])
            .arg(&path)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("recording.raw: ") && said.contains(hint), "{said}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
