//! The server's side of a WebSocket, byte by byte, and the recordings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// Every recording, as (name, rows).
pub(crate) fn transcripts() -> Vec<(String, Vec<Value>)> {
    let mut found = Vec::new();
    for version in ["5.1.0", "5.5.2", "5.7.4"] {
        for entry in std::fs::read_dir(data().join(version)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                let text = std::fs::read_to_string(&path).unwrap();
                let rows = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                found.push((format!("{version}/{}", path.file_stem().unwrap().to_string_lossy()), rows));
            }
        }
    }
    assert!(found.len() > 35, "the recordings are missing");
    found
}

pub(crate) fn gunzip(name: &str) -> Vec<u8> {
    let file = std::fs::File::open(data().join(name)).unwrap();
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}

/// The message of a row: its bytes, and whether it is text.
pub(crate) fn message(row: &Value) -> Option<(Bytes, bool)> {
    if let Some(text) = row["text"].as_str() {
        return Some((Bytes::copy_from_slice(text.as_bytes()), true));
    }
    row["b64"].as_str().map(|text| (BASE64.decode(text).unwrap().into(), false))
}

/// The messages of one connection that the server sent.
pub(crate) fn from_server(rows: &[Value], conn: u64) -> Vec<(Bytes, bool)> {
    rows.iter().filter(|row| row["dir"] == "s2c" && row["conn"] == conn).filter_map(message).collect()
}

/// One unmasked frame, as a server sends it.
pub(crate) fn frame(message: &[u8], text: bool) -> Vec<u8> {
    let mut bytes = vec![0x80 | if text { 1 } else { 2 }];
    match message.len() {
        n @ 0..=125 => bytes.push(n as u8),
        n @ 126..=65_535 => {
            bytes.push(126);
            bytes.extend((n as u16).to_be_bytes());
        }
        n => {
            bytes.push(127);
            bytes.extend((n as u64).to_be_bytes());
        }
    }
    bytes.extend(message);
    bytes
}

/// Answers the upgrade on the server's side.
pub(crate) async fn upgrade(io: &mut DuplexStream) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(io.read_u8().await.unwrap());
    }
    let request = String::from_utf8(request).unwrap();
    let header = |name: &str| {
        let line = request.lines().find(|line| line.to_ascii_lowercase().starts_with(name)).unwrap();
        line.split_once(": ").unwrap().1.to_owned()
    };
    let reply = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {}\r\nSec-WebSocket-Protocol: {}\r\n\r\n",
        derive_accept_key(header("sec-websocket-key").as_bytes()),
        header("sec-websocket-protocol"),
    );
    io.write_all(reply.as_bytes()).await.unwrap();
}
