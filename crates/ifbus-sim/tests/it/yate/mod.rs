//! The simulated Yate, by raw sockets, beside what the real one was seen to send.

mod calls;
mod manager;
mod modules;
#[cfg(unix)]
mod programs;
mod rooms;

use crate::util::soon;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::read::GzDecoder;
use ifbus_sim::yate::YateSim;
use serde_json::Value;
use std::collections::VecDeque;
use std::io::Read as _;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection of which nothing is hidden.
pub(super) struct Lines {
    pub(super) socket: TcpStream,
    pub(super) buffer: Vec<u8>,
    /// What came before an answer.
    pub(super) kept: VecDeque<String>,
}

/// Bytes as text in which each byte is one character.
pub(super) fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

impl Lines {
    pub(super) async fn connect(addr: SocketAddr) -> Self {
        Self { socket: TcpStream::connect(addr).await.unwrap(), buffer: Vec::new(), kept: VecDeque::new() }
    }

    pub(super) async fn global(addr: SocketAddr) -> Self {
        let mut lines = Self::connect(addr).await;
        lines.send("%%>connect:global\n").await;
        assert_eq!(lines.ask("%%>setlocal:engine.version:").await, "%%<setlocal:engine.version:6.4.1:true");
        lines
    }

    pub(super) async fn send(&mut self, text: impl AsRef<[u8]>) {
        self.socket.write_all(text.as_ref()).await.unwrap();
    }

    /// The next line, without its end.
    pub(super) async fn next(&mut self) -> Option<String> {
        soon(async {
            loop {
                if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = self.buffer.drain(..=end).collect();
                    return Some(latin(line[..end].strip_suffix(b"\r").unwrap_or(&line[..end])));
                }
                match self.socket.read_buf(&mut self.buffer).await {
                    Ok(count) if count > 0 => {}
                    _ => return None,
                }
            }
        })
        .await
    }

    /// Sends a line; the next line that is no notification.
    pub(super) async fn ask(&mut self, line: &str) -> String {
        self.send(format!("{line}\n")).await;
        loop {
            let line = self.next().await.expect("an answer");
            if !line.starts_with("%%<message::") {
                return line;
            }
            self.kept.push_back(line);
        }
    }

    /// The next notification of this message.
    pub(super) async fn told(&mut self, name: &str) -> Told {
        loop {
            let line = match self.kept.pop_front() {
                Some(line) => line,
                None => self.next().await.unwrap_or_else(|| panic!("ended before {name}")),
            };
            if let Some(told) = Told::parse(&line).filter(|told| told.name == name) {
                return told;
            }
        }
    }

    pub(super) async fn is_over(&mut self) -> bool {
        while self.next().await.is_some() {}
        true
    }
}

/// A message that a watcher was told of, or an answer.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) handled: bool,
    pub(super) name: String,
    pub(super) ret: String,
    pub(super) params: Vec<(String, String)>,
}

impl Told {
    pub(super) fn parse(line: &str) -> Option<Self> {
        let mut fields = line.strip_prefix("%%<message:")?.split(':').skip(1);
        let handled = fields.next()? == "true";
        let (name, ret) = (fields.next()?.to_owned(), fields.next()?.to_owned());
        let pair = |field: &str| field.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(Self { handled, name, ret, params: fields.filter_map(pair).collect() })
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// All but what changes from one call to the next.
    pub(super) fn shape(&self) -> String {
        let fixed = |name: &str| !matches!(name, "time" | "cdrid" | "runid" | "billid" | "duration" | "handlers");
        let params = self.params.iter().map(|(name, value)| format!("{name}={}", if fixed(name) { value } else { "" }));
        format!("{} {} {} {}", self.name, self.handled, self.ret, params.collect::<Vec<_>>().join(":"))
    }
}

pub(super) fn recorded(name: &str) -> Vec<(u64, bool, Vec<u8>)> {
    let path = format!("{}/tests/data/yate/{name}.jsonl.gz", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let mut rows = Vec::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let bytes = match (row["text"].as_str(), row["b64"].as_str()) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Some(text)) => BASE64.decode(text).unwrap(),
            _ => continue,
        };
        rows.push((row["conn"].as_u64().unwrap(), row["dir"] == "c2s", bytes));
    }
    rows
}

/// Sends what the recorded client sent, and compares every line; `skipped` commands are not sent.
pub(super) async fn replay(name: &str, skipped: &[&str]) {
    let sim = YateSim::builder().timer(Duration::from_secs(3600)).start().await.unwrap();
    let mut lines = Lines::connect(sim.addr()).await;
    let mut answer = Vec::new();
    let mut sends = true;
    let mut count = 0;
    let runid = regex_lite::Regex::new("runid:[0-9]+").unwrap();
    for (_, ours, bytes) in recorded(name) {
        if ours {
            let text = latin(&bytes);
            sends = !skipped.iter().any(|skipped| text.contains(skipped));
            if sends {
                lines.send(&bytes).await;
            }
            continue;
        }
        answer.extend_from_slice(&bytes);
        while let Some(end) = answer.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = answer.drain(..=end).collect();
            if !sends {
                continue;
            }
            let wanted = latin(&line[..end]);
            let got = lines.next().await.unwrap_or_else(|| panic!("{name}: ended before {wanted}"));
            // the simulator has fewer modules, but each is where it is
            let plain = |line: &str| -> String {
                let fields = line.split(':').filter(|field| !field.starts_with("handlers=")).collect::<Vec<_>>();
                runid.replace_all(&fields.join(":"), "runid").into_owned()
            };
            assert_eq!(plain(&got), plain(&wanted), "{name}");
            count += 1;
        }
    }
    assert!(count > 20, "{name}: nothing to compare");
}

/// The id of a message that a handler is asked.
pub(super) fn id(line: &str) -> &str {
    line.strip_prefix("%%>message:").unwrap_or_else(|| panic!("no request: {line}")).split(':').next().unwrap()
}
