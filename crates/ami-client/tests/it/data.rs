//! The recordings.

use ami_client::{Codec, Frame, Incoming, Limits};
use bytes::BytesMut;
use ifbus_testing::recorded;
use std::path::{Path, PathBuf};

pub(crate) const VERSIONS: [&str; 4] = ["1.8.32.3", "11.25.3", "16.28", "22.10"];

pub(crate) fn files(version: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(version);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Every stream of a server's, with a name: transcripts, captures, and bodies of AMI over HTTP.
pub(crate) fn streams(version: &str) -> Vec<(String, Vec<u8>)> {
    let mut streams = Vec::new();
    for path in files(version) {
        let label = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
        if label.ends_with(".raw.gz") {
            streams.push((label, recorded::file(&path)));
        } else if label.contains("http-") {
            let text = String::from_utf8(recorded::file(&path)).unwrap();
            for (i, row) in text.lines().enumerate() {
                let row: serde_json::Value = serde_json::from_str(row).unwrap();
                if row["headers"]["Content-type"] == "text/plain" {
                    streams.push((format!("{label} {i}"), row["text"].as_str().unwrap().as_bytes().to_vec()));
                }
            }
        } else if label.contains(".jsonl") {
            for (number, connection) in recorded::connections(&recorded::file(&path)) {
                streams.push((format!("{label} {number}"), connection.from_server));
            }
        }
    }
    streams
}

pub(crate) fn stream(version: &str, name: &str, connection: u64) -> Vec<u8> {
    let file = files(version).into_iter().find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(name));
    recorded::connections(&recorded::file(file.unwrap())).remove(&connection).unwrap().from_server
}

pub(crate) fn codec(bytes: &[u8]) -> Codec {
    if bytes.starts_with(b"Asterisk Call Manager") {
        Codec::new(Limits::default())
    } else {
        Codec::without_banner(Limits::default())
    }
}

/// Decodes what comes in pieces of this size; what is left over is cut or hostile.
pub(crate) fn decode(bytes: &[u8], piece: usize) -> (Vec<Incoming>, BytesMut) {
    let mut codec = codec(bytes);
    let mut buffer = BytesMut::new();
    let mut all = Vec::new();
    for piece in bytes.chunks(piece) {
        buffer.extend_from_slice(piece);
        while let Some(incoming) = codec.decode(&mut buffer).unwrap() {
            all.push(incoming);
        }
    }
    (all, buffer)
}

pub(crate) fn frames(bytes: &[u8]) -> Vec<Frame> {
    decode(bytes, bytes.len().max(1)).0.into_iter().filter_map(frame).collect()
}

pub(crate) fn frame(incoming: Incoming) -> Option<Frame> {
    match incoming {
        Incoming::Message(frame) => Some(frame),
        _ => None,
    }
}
