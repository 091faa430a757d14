//! The recordings of a real FreeSWITCH 1.11.2, and another way to read them: slow, simple, and written apart from the codec.

use ifbus_testing::recorded::{self, Row};
use std::collections::BTreeMap;

/// A file of recorded bytes, unpacked.
pub(crate) fn data(name: &str) -> Vec<u8> {
    recorded::file(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR")))
}

/// The names of all transcripts.
pub(crate) fn transcripts() -> Vec<String> {
    let folder = std::fs::read_dir(format!("{}/tests/data", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        names.filter_map(|name| name.trim_end_matches(".gz").strip_suffix(".jsonl").map(str::to_owned)).collect();
    names.sort();
    assert_eq!(names.len(), 42);
    names
}

pub(crate) fn rows(name: &str) -> Vec<Row> {
    recorded::rows(&data(&format!("{name}.jsonl")))
}

/// What the server sent, by connection.
pub(crate) fn sent_by_server(name: &str) -> BTreeMap<u64, Vec<u8>> {
    let connections = recorded::connections(&data(&format!("{name}.jsonl")));
    let sent = connections.into_iter().map(|(conn, connection)| (conn, connection.from_server));
    sent.filter(|(_, bytes)| !bytes.is_empty()).collect()
}

/// A frame as it is read without the codec: header lines, body.
pub(crate) type Plain = (Vec<(String, String)>, Vec<u8>);

/// Reads frames by the letter of the description: lines up to an empty one, then Content-Length bytes.
pub(crate) fn read_plainly(mut bytes: &[u8]) -> Vec<Plain> {
    let mut frames = Vec::new();
    loop {
        while bytes.first() == Some(&b'\n') {
            bytes = &bytes[1..];
        }
        let Some(end) = bytes.windows(2).position(|two| two == b"\n\n") else { return frames };
        let headers = headers(&bytes[..end]);
        bytes = &bytes[end + 2..];
        let is = |name: &str| headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.clone());
        let is_channel = headers[0].0 == "Event-Name";
        let is_reply = is("Content-Type").is_some_and(|kind| kind == "command/reply");
        let length =
            is("Content-Length").filter(|_| !is_channel && !is_reply).map_or(0, |length| length.parse().unwrap());
        let (body, rest) = bytes.split_at(length);
        frames.push((headers, body.to_vec()));
        bytes = rest;
    }
}

/// `Name: value` lines.
pub(crate) fn headers(block: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(block);
    let lines = text.split('\n').filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned()))
    });
    lines.collect()
}

/// Undoes percent-encoding, one byte after the other.
pub(crate) fn undone(value: &str) -> String {
    let bytes = value.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex
            .filter(|hex| hex.bytes().all(|c| c.is_ascii_hexdigit()))
            .map(|hex| u8::from_str_radix(hex, 16).unwrap())
        {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
