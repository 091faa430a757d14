//! Yate: lines of the module protocol, in both directions, and of the console.

use super::Stream;
use super::frame::Frame;
use super::node::Node;
use bytes::{Buf, BytesMut};
use yate_extmodule::rmanager::{self, Line as Said};
use yate_extmodule::{Answer, Codec, Line, Received};

/// The longest command to the console that is read, in bytes.
const COMMAND: usize = 1 << 20;

pub(super) use yate_extmodule::redact::is_secret;

/// Takes the next frame off a buffer.
trait Take: Default {
    fn take(&mut self, buffer: &mut BytesMut) -> Option<Frame>;
    /// Bytes at the front of the buffer that belong to no frame.
    fn blank(buffer: &[u8]) -> usize;
}

/// Lines, however they are taken.
#[derive(Default)]
pub(super) struct Lines<T> {
    codec: T,
    buffer: BytesMut,
    /// Where the buffer begins.
    front: u64,
    /// Where the line begins that the codec has seen a part of.
    begun: Option<u64>,
    dead: bool,
}

pub(super) type Module = Lines<Codec>;
pub(super) type Console = Lines<rmanager::Codec>;
pub(super) type Commands = Lines<Command>;

impl<T: Take> Stream for Lines<T> {
    fn feed(&mut self, bytes: &[u8]) {
        if !self.dead {
            self.buffer.extend_from_slice(bytes);
        }
    }

    fn next(&mut self) -> Option<Frame> {
        if self.begun.is_none() {
            // as the codec does, so that a frame's offset is that of its first byte
            let blank = T::blank(&self.buffer);
            self.buffer.advance(blank);
            self.front += blank as u64;
        }
        if self.dead || (self.begun.is_none() && matches!(&*self.buffer, b"" | b"\r")) {
            return None;
        }
        let begin = *self.begun.get_or_insert(self.front);
        let before = self.buffer.len();
        let frame = self.codec.take(&mut self.buffer);
        self.front += (before - self.buffer.len()) as u64;
        let frame = frame?;
        self.begun = None;
        self.dead = frame.fatal;
        Some(frame.at(begin))
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
        Some(Frame::fatal("truncated", format!("the last line is cut off after {seen} bytes")).at(begin))
    }
}

/// The head's fields and the parameters; the return value is the body.
fn message(message: &Received) -> Frame {
    let kind = match (message.is_question(), message.id().is_empty()) {
        (true, _) => "message",
        (false, true) => "watched",
        (false, false) => "answer",
    };
    let mut frame = Frame::new(kind).field("id", Node::of_bytes(&message.id()));
    frame = match message.time() {
        Some(time) => frame.field("time", time),
        None if message.is_question() => frame,
        None => frame.field("handled", message.is_handled()),
    };
    frame = frame.field("name", &*message.name());
    frame.secret = message.is("user.auth");
    for param in message.params() {
        let value = if param.is_deletion() { Node::Null } else { Node::of_bytes(&param.bytes()) };
        frame.fields.push((Node::from(&*param.name()), value));
    }
    let value = message.ret_bytes();
    if value.is_empty() { frame } else { frame.body(Node::of_bytes(&value)) }
}

fn answer(answer: &Answer) -> Frame {
    let frame = Frame::new("command_answer").field("command", Node::of_bytes(answer.command()));
    if answer.command() == b"quit" {
        return frame;
    }
    frame.field("about", Node::of_bytes(answer.middle())).field("ok", answer.is_ok())
}

/// A line of the client's: `%%>install:50:call.route`, with its fields as they stand.
fn command(line: &[u8]) -> Frame {
    let Some(rest) = line.strip_prefix(b"%%>") else {
        return Frame::new("other").body(Node::of_bytes(line));
    };
    let at = memchr::memchr(b':', rest).unwrap_or(rest.len());
    let (verb, rest) = rest.split_at_checked(at).unwrap_or_default();
    if verb == b"message" {
        return Frame::new("other").body(Node::of_bytes(line));
    }
    Frame::new("command")
        .field("command", Node::of_bytes(verb))
        .field("about", Node::of_bytes(rest.get(1..).unwrap_or_default()))
}

impl Take for Codec {
    fn take(&mut self, buffer: &mut BytesMut) -> Option<Frame> {
        Some(match self.decode(buffer)? {
            Line::Message(said) => message(&said),
            Line::Answer(said) => answer(&said),
            Line::ErrorIn(line) => Frame::new("error_in").body(Node::of_bytes(&line)),
            Line::TooLong { head, bytes, .. } => {
                command(&head).error(format!("a line of {bytes} bytes, which is over the limit"))
            }
            Line::Other(line) => command(&line),
            _ => Frame::new("unknown"),
        })
    }

    fn blank(buffer: &[u8]) -> usize {
        let mut rest = buffer;
        while let [b'\r', b'\n', after @ ..] | [b'\n' | 0, after @ ..] = rest {
            rest = after;
        }
        buffer.len() - rest.len()
    }
}

impl Take for rmanager::Codec {
    fn take(&mut self, buffer: &mut BytesMut) -> Option<Frame> {
        Some(match self.decode(buffer)? {
            Said::Message(said) => message(&said),
            Said::Text(line) => match line.strip_prefix(b"%%=") {
                Some(result) => Frame::new("result").body(Node::of_bytes(result)),
                None => Frame::new("text").body(Node::of_bytes(&line)),
            },
            Said::TooLong => Frame::new("text").error("a line over the limit"),
            _ => Frame::new("unknown"),
        })
    }

    fn blank(_: &[u8]) -> usize {
        0
    }
}

/// Commands to the console, which end with CR or LF; some keys act at once.
#[derive(Default)]
pub(super) struct Command;

impl Take for Command {
    fn take(&mut self, buffer: &mut BytesMut) -> Option<Frame> {
        if let [key @ (3 | 4), ..] = **buffer {
            buffer.advance(1);
            return Some(Frame::new("key").field("code", u64::from(key)));
        }
        let Some(end) = memchr::memchr2(b'\n', b'\r', buffer).filter(|end| *end <= COMMAND) else {
            return (buffer.len() > COMMAND)
                .then(|| Frame::fatal("malformed", format!("a command of more than {COMMAND} bytes")));
        };
        let line = buffer.split_to(end + 1);
        let line = line.get(..end).unwrap_or_default();
        let at = memchr::memchr(b' ', line).unwrap_or(line.len());
        let (verb, rest) = line.split_at_checked(at).unwrap_or_default();
        let mut frame = Frame::new("command").field("command", Node::of_bytes(verb));
        if let Some(rest) = rest.get(1..).filter(|rest| !rest.is_empty()) {
            frame = frame.field("text", Node::of_bytes(rest));
            frame.secret = verb == b"auth";
        }
        Some(frame)
    }

    fn blank(buffer: &[u8]) -> usize {
        buffer.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count()
    }
}

/// A single line.
pub(super) fn line(mut stream: impl Stream, mut bytes: Vec<u8>) -> Frame {
    if !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    stream.feed(&bytes);
    stream.next().unwrap_or_else(|| Frame::fatal("input", "holds no line"))
}
