//! What the recorded servers sent.

use crate::codec::{Codec, Incoming, Limits};
use crate::frame::Frame;
use bytes::BytesMut;
use ifbus_testing::recorded;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(super) fn files(version: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(version);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

pub(super) fn file(version: &str, name: &str) -> Vec<u8> {
    let path = files(version).into_iter().find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(name));
    recorded::file(path.unwrap())
}

/// What the server sent on each connection of a transcript.
pub(super) fn streams(text: &[u8]) -> BTreeMap<u64, Vec<u8>> {
    let connections = recorded::connections(text).into_iter();
    connections.map(|(number, connection)| (number, connection.from_server)).collect()
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
