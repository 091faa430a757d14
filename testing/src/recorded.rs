//! The recordings of real servers: transcripts, of which each line is a JSON object, and captures of bytes.
// what is wrong with a recording is wrong with the test
#![allow(clippy::expect_used, clippy::panic)]

use base64::Engine as _;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

/// The bytes of a file; unpacked if its name ends with `.gz`, or if it is there with that ending alone.
///
/// # Panics
/// It cannot be read.
#[must_use]
pub fn file(path: impl AsRef<Path>) -> Vec<u8> {
    let path = path.as_ref();
    let is_packed = path.extension().is_some_and(|extension| extension == "gz");
    match std::fs::read(path) {
        Ok(bytes) if !is_packed => bytes,
        Ok(packed) => {
            let mut bytes = Vec::new();
            flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut bytes).expect("a packed file");
            bytes
        }
        Err(error) if is_packed => panic!("{}: {error}", path.display()),
        Err(_) => file(format!("{}.gz", path.display())),
    }
}

/// One row of a transcript: who says something on which connection, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The connection, from 1.
    pub conn: u64,
    /// The server says it.
    pub from_server: bool,
    /// What is said; `None`: the end of the stream, or another event of the connection.
    pub bytes: Option<Vec<u8>>,
}

/// The rows of a transcript; its head, which tells of the recording, is none.
///
/// # Panics
/// It is no transcript.
#[must_use]
pub fn rows(transcript: &[u8]) -> Vec<Row> {
    let lines = transcript.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let values = lines.map(|line| serde_json::from_slice::<Value>(line).expect("a line of a transcript"));
    let row = |value: Value| {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let coded = |text: &str| base64::engine::general_purpose::STANDARD.decode(text).expect("base64");
        Some(Row {
            from_server: text("dir")? == "s2c",
            conn: value.get("conn").and_then(Value::as_u64).unwrap_or(1),
            bytes: text("text").map(|text| text.as_bytes().to_vec()).or_else(|| text("b64").map(coded)),
        })
    };
    values.filter_map(row).collect()
}

/// What went over one connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connection {
    /// What the client sent.
    pub to_server: Vec<u8>,
    /// What the server sent.
    pub from_server: Vec<u8>,
}

/// A transcript as the streams of its connections.
#[must_use]
pub fn connections(transcript: &[u8]) -> BTreeMap<u64, Connection> {
    let mut all = BTreeMap::<u64, Connection>::new();
    for row in rows(transcript) {
        let connection = all.entry(row.conn).or_default();
        let stream = if row.from_server { &mut connection.from_server } else { &mut connection.to_server };
        stream.extend(row.bytes.unwrap_or_default());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_is_read_by_rows_and_by_connections() {
        let text = b"{\"server\": \"x\"}\n\
            {\"t_ms\": 1, \"conn\": 2, \"dir\": \"c2s\", \"text\": \"a\\n\"}\n\
            {\"conn\": 2, \"dir\": \"s2c\", \"b64\": \"/w==\"}\n\
            {\"dir\": \"s2c\", \"eof\": true}\n";
        let end = Row { conn: 1, from_server: true, bytes: None };
        assert_eq!(rows(text).len(), 3);
        assert_eq!(rows(text).last(), Some(&end));
        let two = Connection { to_server: b"a\n".to_vec(), from_server: vec![0xff] };
        assert_eq!(connections(text), [(1, Connection::default()), (2, two)].into());
    }
}
