//! FreeSWITCH: frames from the server, commands to it.

use super::Stream;
use super::frame::Frame;
use super::node::Node;
use bytes::{Buf, BytesMut};
use esl_client::{Block, Codec, Encoding, Event};
use ifbus_link::Codec as _;

/// The longest command that is read, in bytes: FreeSWITCH takes less.
const COMMAND: usize = 10 << 20;

/// Whether a header or variable of this name is a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "sip_auth_response", "passwd", "vm-password"].iter().any(|secret| name.contains(secret))
        || name.ends_with("_pin")
}

/// What FreeSWITCH says.
#[derive(Default)]
pub(super) struct Frames {
    codec: Codec,
    buffer: BytesMut,
    /// Where the buffer begins.
    front: u64,
    /// Where the frame begins that the codec has seen a part of.
    begun: Option<u64>,
    dead: bool,
}

fn headers<'a>(frame: Frame, block: &'a Block) -> Frame {
    let fields = block.iter().map(|(name, value): (&'a [u8], &'a [u8])| (Node::of_bytes(name), Node::of_bytes(value)));
    Frame { fields: fields.collect(), ..frame }
}

fn block(kind: &'static str, block: &Block) -> Frame {
    let frame = headers(Frame::new(kind), block);
    if block.body().is_empty() { frame } else { frame.body(Node::of_bytes(block.body())) }
}

/// An event's headers are its fields, its body is the body.
fn event(kind: &'static str, event: &Event) -> Frame {
    let fields = event.iter().map(|(name, value)| (Node::from(name.into_owned()), Node::of_bytes(&value.bytes())));
    let mut frame = Frame { fields: fields.collect(), ..Frame::new(kind) };
    if let Some(body) = event.body() {
        frame = frame.body(Node::of_bytes(&body));
    }
    if event.is_whole() { frame } else { frame.error("the event cannot be read to its end") }
}

fn shown(frame: &esl_client::Frame) -> Frame {
    use esl_client::Frame as Said;
    let kind = frame.kind();
    match frame {
        Said::Event(said) | Said::Channel(said) => event(kind, said),
        Said::AuthRequest(said)
        | Said::Reply(said)
        | Said::Response(said)
        | Said::Log(said)
        | Said::Notice(said)
        | Said::Rejection(said)
        | Said::Other(said) => block(kind, said),
        Said::Oversized { head, length, .. } => {
            headers(Frame::new(kind), head).error(format!("a body of {length} bytes, which is over the limit"))
        }
        _ => Frame::new(kind),
    }
}

/// A single event, as `uuid_dump` prints it.
pub(super) fn message(bytes: Vec<u8>) -> Frame {
    let (kind, encoding) = match bytes.trim_ascii_start().first() {
        Some(b'{') => ("text/event-json", Encoding::Json),
        Some(b'<') => ("text/event-xml", Encoding::Xml),
        _ => ("text/event-plain", Encoding::Plain),
    };
    event(kind, &Event::parse(bytes, encoding))
}

impl Stream for Frames {
    fn feed(&mut self, bytes: &[u8]) {
        if !self.dead {
            self.buffer.extend_from_slice(bytes);
        }
    }

    fn next(&mut self) -> Option<Frame> {
        if self.dead {
            return None;
        }
        if self.begun.is_none() {
            // as the codec does, so that a frame's offset is that of its first byte
            let blank = self.buffer.iter().take_while(|byte| **byte == b'\n').count();
            self.buffer.advance(blank);
            self.front += blank as u64;
            if self.buffer.is_empty() {
                return None;
            }
        }
        let begin = *self.begun.get_or_insert(self.front);
        let before = self.buffer.len();
        let result = self.codec.decode(&mut self.buffer);
        self.front += (before - self.buffer.len()) as u64;
        match result {
            Ok(Some(frame)) => {
                self.begun = None;
                Some(shown(&frame).at(begin))
            }
            Ok(None) => None,
            Err(lost) => {
                self.dead = true;
                self.buffer = BytesMut::new();
                Some(Frame::fatal("malformed", lost.to_string()).at(begin))
            }
        }
    }

    fn end(&mut self) -> Option<Frame> {
        let left = self.buffer.len();
        if self.dead || (left == 0 && self.begun.is_none()) {
            return None;
        }
        self.dead = true;
        let begin = self.begun.unwrap_or(self.front);
        let seen = self.front + left as u64 - begin;
        self.buffer = BytesMut::new();
        Some(Frame::fatal("truncated", format!("the last frame is cut off after {seen} bytes")).at(begin))
    }
}

/// What is said to FreeSWITCH.
#[derive(Default)]
pub(super) struct Commands {
    buffer: BytesMut,
    front: u64,
    /// How far no end was found.
    looked: usize,
    dead: bool,
}

impl Commands {
    /// The end of the head, and where the body begins: after an empty line, with or without carriage returns.
    fn head(&mut self) -> Option<usize> {
        let from = self.looked.saturating_sub(3);
        for at in memchr::memchr_iter(b'\n', self.buffer.get(from..)?) {
            let end = from + at;
            match self.buffer.get(end + 1..) {
                Some([b'\n', ..]) => return Some(end + 2),
                Some([b'\r', b'\n', ..]) => return Some(end + 3),
                _ => {}
            }
        }
        self.looked = self.buffer.len();
        None
    }

    fn shown(command: &[u8], body: &[u8]) -> Frame {
        let mut lines = command.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
        let line = lines.next().unwrap_or_default();
        let at = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (verb, rest) = line.split_at_checked(at).unwrap_or_default();
        let login = verb.eq_ignore_ascii_case(b"auth") || verb.eq_ignore_ascii_case(b"userauth");
        let mut frame = Frame::new("command").field("command", Node::of_bytes(verb));
        if let Some(rest) = rest.get(1..).filter(|rest| !rest.is_empty()) {
            let words = String::from_utf8_lossy(rest);
            let mut words = words.split(' ');
            let pin = words.next() == Some("conference") && words.nth(1) == Some("pin");
            let secret = login || pin;
            frame = frame.field(if secret { "text" } else { "arguments" }, Node::of_bytes(rest));
            frame.secret = secret;
        }
        for line in lines.filter(|line| !line.is_empty()) {
            let at = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
            let (name, value) = line.split_at_checked(at).unwrap_or_default();
            let value = value.get(1..).unwrap_or_default().trim_ascii_start();
            frame.fields.push((Node::of_bytes(name), Node::of_bytes(value)));
        }
        if body.is_empty() { frame } else { frame.body(Node::of_bytes(body)) }
    }

    /// The length of the body that the head announces.
    fn body(head: &[u8]) -> usize {
        let mut lengths = head.rsplit(|byte| *byte == b'\n').filter_map(|line| {
            let (name, value) = line.split_at_checked(b"content-length:".len())?;
            name.eq_ignore_ascii_case(b"content-length:").then(|| String::from_utf8_lossy(value).trim().parse().ok())?
        });
        lengths.next().unwrap_or(0)
    }
}

impl Stream for Commands {
    fn feed(&mut self, bytes: &[u8]) {
        if !self.dead {
            self.buffer.extend_from_slice(bytes);
        }
    }

    fn next(&mut self) -> Option<Frame> {
        if self.looked == 0 {
            let blank = self.buffer.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            self.buffer.advance(blank);
            self.front += blank as u64;
        }
        let head = self.head();
        let whole = head.and_then(|head| head.checked_add(Self::body(self.buffer.get(..head)?)));
        if self.buffer.len() > COMMAND || whole.is_some_and(|whole| whole > COMMAND) {
            self.dead = true;
            self.buffer = BytesMut::new();
            return Some(Frame::fatal("malformed", format!("a command of more than {COMMAND} bytes")).at(self.front));
        }
        let (head, whole) = (head?, whole?);
        if self.buffer.len() < whole {
            return None;
        }
        let command = self.buffer.split_to(whole);
        let begin = self.front;
        self.front += whole as u64;
        self.looked = 0;
        let (head, body) = command.split_at_checked(head)?;
        Some(Self::shown(head, body).at(begin))
    }

    fn end(&mut self) -> Option<Frame> {
        let left = self.buffer.len();
        if left == 0 {
            return None;
        }
        self.dead = true;
        self.buffer = BytesMut::new();
        Some(Frame::fatal("truncated", format!("the last command is cut off after {left} bytes")).at(self.front))
    }
}
