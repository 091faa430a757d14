//! FreeSWITCH's event socket: every recording is read to its end, and each frame says what the bytes say.

use super::{field, file, frames, kinds, recorded, text};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[test]
fn every_recording_is_read_without_an_error() {
    let mut total = BTreeMap::<String, u64>::new();
    for entry in std::fs::read_dir(recorded("esl-client/tests/data")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (frames, summary) = frames(&["esl"], std::fs::File::open(&path).unwrap());
        assert_eq!((summary.errors, summary.fatal), (0, false), "{name}");
        if name.contains(".jsonl") {
            for (kind, count) in kinds(&frames) {
                *total.entry(kind.to_owned()).or_default() += count;
            }
        }
    }
    // counted apart, by another program over the same bytes
    let counted = [
        ("text/event-plain", 406),
        ("text/event-json", 53),
        ("text/event-xml", 51),
        ("log/data", 21),
        ("text/rude-rejection", 1),
    ];
    for (kind, count) in counted {
        assert_eq!(total[kind], count, "{kind}");
    }
    assert_eq!(total["command/reply"] + total["channel"], 325);
    assert!(total["command"] > 400, "{total:?}");
}

#[test]
fn events_show_every_header_and_their_body() {
    let (frames, summary) = file(&["esl"], "esl-client/tests/data/events-plain-1000ch.raw.gz");
    assert_eq!((summary.frames, summary.fatal), (7745, false));
    let headers: usize = frames
        .iter()
        .filter(|frame| frame["kind"] == "text/event-plain")
        .map(|frame| frame["fields"].as_array().unwrap().len())
        .sum();
    assert_eq!(headers, 455_717);
    let (frames, _) = file(&["esl"], "esl-client/tests/data/bgapi.jsonl");
    let job = frames.iter().find(|frame| field(frame, "Event-Name") == "BACKGROUND_JOB").unwrap();
    assert!(job["body"].is_string() && field(job, "Job-UUID").is_string(), "{job}");
}

#[test]
fn commands_are_read_with_headers_and_body() {
    let row = |dir: &str, text: &str| json!({"conn": 1, "dir": dir, "text": text}).to_string() + "\n";
    let bytes = json!({"protocol": "esl", "transport": "tcp"}).to_string()
        + "\n"
        + &row("c2s", "\r\n\nauth Hush-1\n\nsendevent NOTIFY\r\nContent-Length: 3\r\nA:  b\r\n\r\nx\n")
        + &row("c2s", "yapi conference 1 pin 4711\n\nuserauth 1@x:Hush-2\n\nexit")
        + &row("s2c", "Content-Type: api/response\nContent-Length: 9\n\ncut");
    let (hidden, summary) = text(&["esl"], bytes.as_bytes());
    assert!(summary.fatal && !hidden.contains("Hush") && !hidden.contains("4711"), "{hidden}");
    assert_eq!(text(&["esl", "--show-secrets"], bytes.as_bytes()).0.matches("Hush").count(), 2);
    let frames: Vec<Value> = hidden.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (field(&frames[1], "A"), &frames[1]["body"], &frames[1]["offset"]),
        (&json!("b"), &json!("x\ny"), &json!(16))
    );
    let cut: Vec<_> = frames.iter().filter(|frame| frame["kind"] == "truncated").collect();
    assert_eq!(cut.len(), 2, "{hidden}");
    let (frames, summary) = super::frames(&["esl"], &b"Content-Type: api/response\nContent-Length: x\n\n"[..]);
    assert_eq!((&frames[0]["kind"], summary.fatal), (&json!("malformed"), true));
    let (frames, _) =
        super::frames(&["esl", "--format", "message"], &br#"{"Event-Name":"X","A":"1","A":"2","_body":"b"}"#[..]);
    assert_eq!((frames[0]["fields"].as_array().unwrap().len(), &frames[0]["body"]), (3, &json!("b")));
}
