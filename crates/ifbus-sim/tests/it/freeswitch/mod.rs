//! The simulated FreeSWITCH, by raw sockets, beside what the real one was seen to send.

mod dialing;
mod outbound;
mod recorded;
mod recording;
mod sessions;

use crate::util::soon;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::read::GzDecoder;
use ifbus_sim::freeswitch::FreeSwitchSim;
use serde_json::Value;
use std::collections::VecDeque;
use std::io::Read as _;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A frame: its header block and its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Frame {
    pub(super) fn get<'a>(&'a self, name: &str) -> &'a str {
        lines(&self.head).into_iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    pub(super) fn reply(&self) -> &str {
        self.get("Reply-Text")
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn is_event(&self) -> bool {
        self.get("Content-Type").starts_with("text/event-")
    }
}

pub(super) fn lines(text: &str) -> Vec<(&str, &str)> {
    text.split('\n').filter_map(|line| line.split_once(": ")).collect()
}

/// The first frame of these bytes, and how long it is.
pub(super) fn frame(bytes: &[u8]) -> Option<(Frame, usize)> {
    let skipped = bytes.iter().take_while(|byte| **byte == b'\n').count();
    let rest = &bytes[skipped..];
    let end = rest.windows(2).position(|pair| pair == b"\n\n")?;
    let head = String::from_utf8_lossy(&rest[..end]).into_owned();
    let data = head.starts_with("Event-Name: CHANNEL_DATA");
    let length = lines(&head).into_iter().find(|(key, _)| *key == "Content-Length" && !data);
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    let body = rest.get(end + 2..end + 2 + length)?.to_vec();
    Some((Frame { head, body }, skipped + end + 2 + length))
}

/// A connection of which nothing is hidden.
pub(super) struct Esl {
    pub(super) socket: TcpStream,
    pub(super) buffer: Vec<u8>,
    /// Events that came before an answer.
    pub(super) kept: VecDeque<Frame>,
}

impl Esl {
    pub(super) async fn connect(addr: SocketAddr) -> Self {
        Self { socket: TcpStream::connect(addr).await.unwrap(), buffer: Vec::new(), kept: VecDeque::new() }
    }

    pub(super) async fn login(addr: SocketAddr) -> Self {
        let mut esl = Self::connect(addr).await;
        assert_eq!(esl.next().await.unwrap().head, "Content-Type: auth/request");
        assert_eq!(esl.ask("auth ClueCon\n\n").await.reply(), "+OK accepted");
        esl
    }

    pub(super) async fn send(&mut self, text: impl AsRef<[u8]>) {
        self.socket.write_all(text.as_ref()).await.unwrap();
    }

    /// The next frame that was not yet looked at.
    pub(super) async fn any(&mut self) -> Option<Frame> {
        match self.kept.pop_front() {
            Some(frame) => Some(frame),
            None => self.next().await,
        }
    }

    pub(super) async fn next(&mut self) -> Option<Frame> {
        soon(async {
            loop {
                if let Some((found, length)) = frame(&self.buffer) {
                    self.buffer.drain(..length);
                    return Some(found);
                }
                match self.socket.read_buf(&mut self.buffer).await {
                    Ok(count) if count > 0 => {}
                    _ => return None,
                }
            }
        })
        .await
    }

    /// Sends a command; its answer, whatever events come before it.
    pub(super) async fn ask(&mut self, text: impl AsRef<[u8]>) -> Frame {
        self.send(text).await;
        loop {
            let frame = self.next().await.expect("an answer");
            if !frame.is_event() && frame.get("Content-Type") != "log/data" {
                return frame;
            }
            self.kept.push_back(frame);
        }
    }

    pub(super) async fn api(&mut self, command: &str) -> String {
        let frame = self.ask(format!("api {command}\n\n")).await;
        assert_eq!(frame.get("Content-Type"), "api/response", "{command}: {frame:?}");
        frame.text()
    }

    /// The next plain event of this name: its headers.
    pub(super) async fn event(&mut self, name: &str) -> Event {
        loop {
            let frame = self.any().await.unwrap_or_else(|| panic!("ended before {name}"));
            if frame.is_event() {
                let event = event(&frame);
                if event.get("Event-Name") == name {
                    return event;
                }
            }
        }
    }

    /// All events up to and with the last of that many of this name.
    pub(super) async fn events_to(&mut self, name: &str, mut count: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while count > 0 {
            let frame = self.any().await.unwrap_or_else(|| panic!("ended before {name}: {events:?}"));
            if !frame.is_event() {
                continue;
            }
            let event = event(&frame);
            count -= usize::from(event.get("Event-Name") == name);
            events.push(event);
        }
        events
    }

    pub(super) async fn is_over(&mut self) -> bool {
        while self.next().await.is_some() {}
        self.buffer.is_empty()
    }
}

#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Event {
    pub(super) fn get(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub(super) fn names(&self) -> Vec<&str> {
        // the simulator has no patterns in its dialplan
        let names = self.headers.iter().map(|(name, _)| name.as_str());
        names.filter(|name| *name != "variable_DP_MATCH").collect()
    }
}

pub(super) fn event(frame: &Frame) -> Event {
    assert_eq!(frame.get("Content-Type"), "text/event-plain");
    let text = frame.text();
    let (head, body) = text.split_once("\n\n").expect("an empty line");
    let decode = |(name, value): (&str, &str)| (name.to_owned(), percent(value));
    Event { headers: lines(head).into_iter().map(decode).collect(), body: body.to_owned() }
}

pub(super) fn percent(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex.filter(|_| byte == b'%') {
            Some(decoded) => {
                out.push(decoded);
                rest = &after[2..];
            }
            None => {
                out.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// One side's bytes in a recording, in order, with those of the client between.
pub(super) enum Recorded {
    Command(Vec<u8>),
    Frame(Frame),
}

pub(super) fn recorded(name: &str) -> Vec<Recorded> {
    let path = format!("{}/tests/data/freeswitch/{name}.jsonl.gz", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let mut out = Vec::new();
    let mut buffer = Vec::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let bytes = match (row["text"].as_str(), row["b64"].as_str()) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Some(text)) => BASE64.decode(text).unwrap(),
            _ => continue,
        };
        if row["dir"] == "c2s" {
            out.push(Recorded::Command(bytes));
            continue;
        }
        buffer.extend_from_slice(&bytes);
        while let Some((found, length)) = frame(&buffer) {
            buffer.drain(..length);
            out.push(Recorded::Frame(found));
        }
    }
    out
}

pub(super) fn recorded_events(name: &str) -> Vec<Event> {
    let frames = recorded(name).into_iter().filter_map(|row| match row {
        Recorded::Frame(frame) if frame.get("Content-Type") == "text/event-plain" => Some(event(&frame)),
        _ => None,
    });
    frames.collect()
}

/// Ids, times and counters, which are never the same, taken out.
pub(super) fn plain(text: &str) -> String {
    let uuid = regex_lite::Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap();
    let changing = regex_lite::Regex::new(
        "(Event-Date-Local|Event-Date-GMT|Event-Date-Timestamp|Event-Sequence)(: |\":\"|>)[^\\n\"<]*",
    )
    .unwrap();
    let length = regex_lite::Regex::new("^Content-Length: [0-9]+\nContent-Type: text/event").unwrap();
    let text = uuid.replace_all(text, "UUID");
    let text = changing.replace_all(&text, "$1");
    length.replace_all(&text, "Content-Type: text/event").into_owned()
}

pub(super) fn whole(frame: &Frame) -> String {
    plain(&format!("{}\n\n{}", frame.head, frame.text()))
}

/// Sends what the recorded client sent, and compares the answers, and the events if `events`.
pub(super) async fn replay(name: &str, skipped: &[&str], events: bool) {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::connect(sim.addr()).await;
    let mut compares = true;
    let mut count = 0;
    for row in recorded(name) {
        match row {
            Recorded::Command(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                compares = !skipped.iter().any(|skipped| text.starts_with(skipped));
                if compares {
                    esl.send(&bytes).await;
                }
            }
            Recorded::Frame(frame) if compares && (events || !frame.is_event()) => {
                let got = esl.next().await.unwrap_or_else(|| panic!("{name}: ended before {}", whole(&frame)));
                assert_eq!(whole(&got), whole(&frame), "{name}");
                count += 1;
            }
            Recorded::Frame(_) => {}
        }
    }
    assert!(count > 5, "{name}: nothing to compare");
}
