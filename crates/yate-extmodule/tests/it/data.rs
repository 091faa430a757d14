//! The recordings.

use ifbus_testing::recorded::{self, Connection};
use std::collections::BTreeMap;

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

pub(crate) fn file(name: &str) -> Vec<u8> {
    recorded::file(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR")))
}

/// What went over each connection of a recording, in each direction (`c2s`, `s2c`).
pub(crate) fn streams(name: &str) -> BTreeMap<(u64, &'static str), Vec<u8>> {
    let connections = recorded::connections(&file(&format!("{name}.jsonl")));
    let both = |(conn, connection): (u64, Connection)| {
        [((conn, "c2s"), connection.to_server), ((conn, "s2c"), connection.from_server)]
    };
    connections.into_iter().flat_map(both).collect()
}

/// Three lines at a time, each line once in front: a codec that keeps nothing over two lines is cut everywhere by these.
pub(crate) fn windows(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = stream.iter().enumerate().filter(|(_, byte)| matches!(byte, b'\n' | 0)).map(|(at, _)| at + 1);
    let ends: Vec<usize> = [0].into_iter().chain(ends).chain([stream.len()]).collect();
    (0..ends.len().saturating_sub(1)).map(move |first| &stream[ends[first]..ends[(first + 3).min(ends.len() - 1)]])
}
