//! AMI: messages from the server, actions to it.

use super::Stream;
use super::frame::Frame;
use super::node::Node;
use ami_client::{Codec, FrameKind, Incoming, Limits};
use bytes::{Buf, BytesMut};

/// The longest action that is read, in bytes: Asterisk takes 128 lines of about 1 kB, recordings try more.
const ACTION: usize = 1 << 20;

/// What the server says.
pub(super) struct Messages {
    codec: Codec,
    buffer: BytesMut,
    /// Where the buffer begins.
    front: u64,
    /// Nothing has been decoded yet: a banner may come.
    fresh: bool,
    /// Bytes at the front that belong to a message that has begun.
    begun: Option<u64>,
    dead: bool,
}

impl Default for Messages {
    fn default() -> Self {
        Self {
            codec: Codec::without_banner(Limits::default()),
            buffer: BytesMut::new(),
            front: 0,
            fresh: true,
            begun: None,
            dead: false,
        }
    }
}

const BANNER: &[u8] = b"Asterisk Call Manager/";

fn fields(shown: Frame, message: &ami_client::Frame) -> Frame {
    message.iter().fold(shown, |mut shown, header| {
        shown.fields.push((Node::of_bytes(header.name), Node::of_bytes(header.value)));
        shown
    })
}

fn shown(incoming: &Incoming) -> Frame {
    match incoming {
        Incoming::Banner(line) => Frame::new("banner").field("line", line.as_str()),
        Incoming::Message(message) => {
            let kind = match message.kind() {
                FrameKind::Event => "event",
                FrameKind::Response => "response",
                _ => "text",
            };
            let frame = fields(Frame::new(kind), message);
            match message.command_output() {
                Some(output) => {
                    frame.body(Node::List(output.split(|byte| *byte == b'\n').map(Node::of_bytes).collect()))
                }
                None => frame,
            }
        }
        Incoming::TooLarge { head, bytes, .. } => {
            fields(Frame::new("too_large"), head).error(format!("a message of {bytes} bytes is over the limit"))
        }
        _ => Frame::new("unknown"),
    }
}

/// A single message.
pub(super) fn message(bytes: &[u8]) -> Frame {
    let mut messages = Messages::default();
    messages.feed(bytes);
    messages.next().or_else(|| messages.end()).unwrap_or_else(|| Frame::fatal("input", "holds no message"))
}

impl Messages {
    /// Passes over empty lines, as the codec does, so that a frame's offset is that of its first byte.
    fn skip_blank(&mut self) {
        loop {
            let blank = match self.buffer.get(..2) {
                Some(b"\r\n") => 2,
                _ => usize::from(self.buffer.first() == Some(&b'\n')),
            };
            if blank == 0 {
                return;
            }
            self.buffer.advance(blank);
            self.front += blank as u64;
        }
    }
}

impl Stream for Messages {
    fn feed(&mut self, bytes: &[u8]) {
        if !self.dead {
            self.buffer.extend_from_slice(bytes);
        }
    }

    fn next(&mut self) -> Option<Frame> {
        if self.dead {
            return None;
        }
        if self.fresh {
            let known = self.buffer.len().min(BANNER.len());
            if self.buffer.get(..known) != BANNER.get(..known) {
                self.fresh = false; // a capture that begins later
            } else if known < BANNER.len() {
                return None;
            } else {
                self.fresh = false;
                self.codec = Codec::new(Limits::default());
            }
        } else if self.begun.is_none() {
            self.skip_blank();
        }
        if matches!(&*self.buffer, b"" | b"\r") && self.begun.is_none() {
            return None;
        }
        let begin = *self.begun.get_or_insert(self.front);
        let before = self.buffer.len();
        let result = self.codec.decode(&mut self.buffer);
        self.front += (before - self.buffer.len()) as u64;
        match result {
            Ok(Some(incoming)) => {
                self.begun = None;
                Some(shown(&incoming).at(begin))
            }
            Ok(None) => None,
            Err(lost) => {
                self.dead = true;
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
        Some(Frame::fatal("truncated", format!("the last message is cut off after {seen} bytes")).at(begin))
    }
}

/// What is said to the server, read as Asterisk does: a LF ends a line, an empty line the action.
#[derive(Default)]
pub(super) struct Actions {
    buffer: BytesMut,
    front: u64,
    dead: bool,
}

impl Stream for Actions {
    fn feed(&mut self, bytes: &[u8]) {
        if !self.dead {
            self.buffer.extend_from_slice(bytes);
        }
    }

    fn next(&mut self) -> Option<Frame> {
        let mut shown = Frame::new("action").at(self.front);
        let mut rest: &[u8] = &self.buffer;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at_checked(end + 1)?;
            let line = line.trim_ascii_end();
            rest = after;
            if line.is_empty() {
                let taken = self.buffer.len() - rest.len();
                self.buffer.advance(taken);
                self.front += taken as u64;
                if shown.fields.is_empty() {
                    shown = shown.error("an empty line, which Asterisk takes for an action without a name");
                }
                return Some(shown);
            }
            let (name, value) = match memchr::memchr(b':', line).and_then(|at| line.split_at_checked(at)) {
                Some((name, value)) => (name, value.get(1..).unwrap_or_default().trim_ascii_start()),
                None => (&b""[..], line),
            };
            shown.fields.push((Node::of_bytes(name), Node::of_bytes(value)));
        }
        if self.buffer.len() > ACTION {
            self.dead = true;
            self.buffer = BytesMut::new();
            return Some(Frame::fatal("malformed", format!("an action of more than {ACTION} bytes")).at(self.front));
        }
        None
    }

    fn end(&mut self) -> Option<Frame> {
        let left = self.buffer.len();
        if left == 0 || self.dead {
            return None;
        }
        self.dead = true;
        Some(Frame::fatal("truncated", format!("the last action is cut off after {left} bytes")).at(self.front))
    }
}
