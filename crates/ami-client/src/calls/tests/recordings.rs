//! What the recorded servers sent.

use crate::codec::{Codec, Incoming, Limits};
use crate::frame::Frame;
use bytes::BytesMut;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

pub(super) fn files(version: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(version);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

pub(super) fn read(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
        return plain;
    }
    bytes
}

pub(super) fn file(version: &str, name: &str) -> Vec<u8> {
    let path = files(version).into_iter().find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(name));
    read(&path.unwrap())
}

/// What the server sent on each connection of a transcript.
pub(super) fn streams(text: &[u8]) -> BTreeMap<u64, Vec<u8>> {
    use base64::Engine;
    let mut streams: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let row: serde_json::Value = serde_json::from_slice(line).unwrap();
        if row["dir"] == "s2c" {
            let stream = streams.entry(row["conn"].as_u64().unwrap_or(1)).or_default();
            match (row["text"].as_str(), row["b64"].as_str()) {
                (Some(text), _) => stream.extend_from_slice(text.as_bytes()),
                (None, Some(code)) => {
                    stream.extend_from_slice(&base64::engine::general_purpose::STANDARD.decode(code).unwrap());
                }
                _ => {}
            }
        }
    }
    streams
}

pub(super) fn frames(bytes: &[u8]) -> Vec<Frame> {
    let mut codec = if bytes.starts_with(b"Asterisk Call Manager") {
        Codec::new(Limits::default())
    } else {
        Codec::without_banner(Limits::default())
    };
    let mut buffer = BytesMut::from(bytes);
    let mut frames = Vec::new();
    while let Some(incoming) = codec.decode(&mut buffer).unwrap() {
        if let Incoming::Message(frame) = incoming {
            frames.push(frame);
        }
    }
    frames
}
