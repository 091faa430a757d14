//! The recordings.

use base64::Engine as _;
use flate2::read::GzDecoder;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

/// Every recording of the module protocol.
pub(crate) const MODULE: &[&str] = &[
    "bad-connect",
    "call-execute-dumb",
    "channel-role",
    "conference",
    "connect-and-basics",
    "disconnect-while-handling",
    "engine-status",
    "filters",
    "install-and-answer",
    "install-no-answer",
    "line-too-long",
    "messages-basic",
    "script-control",
    "script-stdio-channel",
    "sip-call-events",
];

fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", name].iter().collect()
}

pub(crate) fn unzipped(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(std::fs::File::open(path(name)).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

/// What went over each connection of a recording, in each direction (`c2s`, `s2c`).
pub(crate) fn streams(name: &str) -> BTreeMap<(u64, String), Vec<u8>> {
    let text = std::fs::read(path(&format!("{name}.jsonl"))).unwrap_or_else(|_| unzipped(&format!("{name}.jsonl.gz")));
    let mut streams = BTreeMap::<_, Vec<u8>>::new();
    for row in String::from_utf8(text).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let Some(direction) = row["dir"].as_str() else { continue };
        let stream = streams.entry((row["conn"].as_u64().unwrap(), direction.to_owned())).or_default();
        if let Some(text) = row["text"].as_str() {
            stream.extend_from_slice(text.as_bytes());
        } else if let Some(coded) = row["b64"].as_str() {
            stream.extend(base64::engine::general_purpose::STANDARD.decode(coded).unwrap());
        }
    }
    streams
}

/// Three lines at a time, each line once in front: a codec that keeps nothing over two lines is cut everywhere by these.
pub(crate) fn windows(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = stream.iter().enumerate().filter(|(_, byte)| matches!(byte, b'\n' | 0)).map(|(at, _)| at + 1);
    let ends: Vec<usize> = [0].into_iter().chain(ends).chain([stream.len()]).collect();
    (0..ends.len().saturating_sub(1)).map(move |first| &stream[ends[first]..ends[(first + 3).min(ends.len() - 1)]])
}
