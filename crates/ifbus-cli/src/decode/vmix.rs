//! vMix: lines and documents from the server, command lines to it.

use super::Stream;
use super::frame::Frame;
use super::http;
use super::node::Node;
use bytes::{Buf, BytesMut};
use ifbus_link::Codec as _;
use std::collections::VecDeque;
use vmix_api::request::{Command, function};
use vmix_api::{Codec, Event, Light, Line, Show};

/// The longest command line that is read, in bytes; the client takes lines of this length from vMix.
const LINE: usize = 1 << 20;
/// Queries of a text whose answer is looked out for.
const QUERIES: usize = 1000;

/// What vMix says.
#[derive(Default)]
pub(super) struct Replies {
    codec: Codec,
    buffer: BytesMut,
    /// Where the buffer begins.
    front: u64,
    /// Where the frame begins that the codec has seen a part of.
    begun: Option<u64>,
    /// Per `XMLTEXT` that waits for its answer: whether that is a secret.
    queries: VecDeque<bool>,
    dead: bool,
}

impl Replies {
    fn die(&mut self, frame: Frame) -> Frame {
        self.dead = true;
        self.buffer = BytesMut::new();
        Frame { fatal: true, ..frame }
    }

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

    fn shown(&mut self, frame: &vmix_api::Frame) -> Frame {
        use vmix_api::Frame as Reply;
        let (kind, status) = match frame {
            Reply::Ok(_) => ("ok", Some(Node::from("OK"))),
            Reply::Error(_) => ("error", Some(Node::from("ER"))),
            Reply::Sized { body, .. } => ("sized", Some(Node::from(body.bytes().len()))),
            Reply::Http(line) => {
                let frame = Frame::new("http").field("line", Node::of_bytes(line.bytes()));
                return self.die(frame.error("this is a web server; the TCP API of vMix is on port 8099"));
            }
            _ => ("other", None),
        };
        let line = frame.line();
        let mut shown = Frame::new(kind).field("command", Node::of_bytes(line.word()));
        if let Some(status) = status {
            shown = shown.field("status", status);
        }
        shown = shown.field("text", Node::of_bytes(line.text_bytes()));
        let secret = line.word() == b"XMLTEXT" && self.queries.pop_front().unwrap_or(false);
        if let Reply::Sized { line, body, .. } = frame {
            shown = sized(shown, line, body);
        } else {
            shown.body = Event::pushed(frame).map(pushed);
        }
        shown.secret = secret;
        shown
    }
}

fn sized(frame: Frame, line: &Line, body: &vmix_api::Body) -> Frame {
    if line.word() == b"XML" { document(frame, body.trimmed()) } else { frame.body(Node::of_bytes(body.trimmed())) }
}

/// The show that a state document tells of.
pub(super) fn document(frame: Frame, document: &[u8]) -> Frame {
    match Show::from_xml(document) {
        Ok(show) => frame.body(summary(&show, document.len())),
        Err(error) => frame.body(Node::map([("bytes", document.len().into())])).error(error.to_string()),
    }
}

fn pushed(event: Event) -> Node {
    match event {
        Event::Tally(tally) => Node::map([
            ("inputs", tally.len().into()),
            ("program", tally.with(Light::Program).collect::<Vec<_>>().into()),
            ("preview", tally.with(Light::Preview).collect::<Vec<_>>().into()),
        ]),
        Event::Act(act) => {
            Node::map([("name", act.name().into()), ("input", act.input().into()), ("value", act.value().into())])
        }
        _ => Node::Null,
    }
}

/// What a show is, in short; no secret is in it.
fn summary(show: &Show, bytes: usize) -> Node {
    let inputs = show.inputs.iter().map(|input| {
        Node::map([
            ("number", input.number.into()),
            ("key", input.key.as_str().into()),
            ("type", input.kind.as_str().into()),
            ("title", input.title.as_str().into()),
            ("state", input.state.as_str().into()),
        ])
    });
    let overlays = show
        .overlays
        .iter()
        .filter_map(|overlay| Some(Node::map([("number", overlay.number.into()), ("input", overlay.input?.into())])));
    let unknown = show.unknown.iter().map(|(name, _)| name.as_str());
    Node::map([
        ("bytes", bytes.into()),
        ("version", show.version.as_str().into()),
        ("edition", show.edition.as_deref().into()),
        ("preset", show.preset.as_deref().into()),
        ("inputs", Node::List(inputs.collect())),
        ("overlays", Node::List(overlays.collect())),
        ("preview", show.preview.into()),
        ("active", show.active.into()),
        ("fadeToBlack", show.fade_to_black.into()),
        ("recording", show.recording.on.into()),
        ("external", show.external.into()),
        ("streaming", show.streaming.on.into()),
        ("playList", show.play_list.into()),
        ("multiCorder", show.multi_corder.into()),
        ("fullscreen", show.fullscreen.into()),
        ("mixes", show.mixes.len().into()),
        ("outputs", show.outputs.len().into()),
        ("audio", show.audio.len().into()),
        ("unknown", unknown.collect::<Vec<_>>().into()),
    ])
}

impl Stream for Replies {
    fn expect(&mut self, secret: bool) {
        if self.queries.len() < QUERIES {
            self.queries.push_back(secret);
        }
    }

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
            self.skip_blank();
            if matches!(&*self.buffer, b"" | b"\r") {
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
                Some(self.shown(&frame).at(begin))
            }
            Ok(None) => None,
            Err(lost) => Some(self.die(Frame::new("malformed").error(lost.to_string())).at(begin)),
        }
    }

    fn end(&mut self) -> Option<Frame> {
        let left = self.buffer.len();
        if self.dead || (left == 0 && self.begun.is_none()) {
            return None;
        }
        let begin = self.begun.unwrap_or(self.front);
        let seen = self.front + left as u64 - begin;
        Some(
            self.die(Frame::new("truncated").error(format!("the last message is cut off after {seen} bytes")))
                .at(begin),
        )
    }
}

/// What is said to vMix.
#[derive(Default)]
pub(super) struct Commands {
    buffer: BytesMut,
    front: u64,
    /// Queries since they were asked for last.
    queries: Vec<bool>,
    dead: bool,
}

impl Commands {
    fn shown(&mut self, line: &[u8]) -> Frame {
        let (word, rest) = split(line);
        if word == b"FUNCTION" {
            let (name, query) = split(rest);
            let frame = Frame::new("function").field("function", Node::of_bytes(name));
            return parameters(frame, name, query);
        }
        if word == b"XMLTEXT" {
            let path = String::from_utf8_lossy(rest);
            let secret = Command::raw("XMLTEXT", &path).is_ok_and(|command| command.secret_reply());
            self.queries.push(secret);
        }
        let frame = Frame::new("command").field("command", Node::of_bytes(word));
        if rest.is_empty() { frame } else { frame.field("arguments", Node::of_bytes(rest)) }
    }
}

/// The parameters of a function; the value of some is a secret.
pub(super) fn parameters(mut frame: Frame, name: &[u8], query: &[u8]) -> Frame {
    frame.fields.extend(http::parameters(query));
    frame.secret = function::has_secret(&String::from_utf8_lossy(name));
    frame
}

fn split(line: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b' ', line).and_then(|at| line.split_at_checked(at)) {
        Some((word, rest)) => (word, rest.get(1..).unwrap_or_default()),
        None => (line, b""),
    }
}

impl Stream for Commands {
    fn queries(&mut self) -> Vec<bool> {
        std::mem::take(&mut self.queries)
    }

    fn feed(&mut self, bytes: &[u8]) {
        if !self.dead {
            self.buffer.extend_from_slice(bytes);
        }
    }

    fn next(&mut self) -> Option<Frame> {
        loop {
            let Some(end) = memchr::memchr(b'\n', &self.buffer).filter(|end| *end <= LINE) else {
                if self.buffer.len() > LINE {
                    self.dead = true;
                    self.buffer = BytesMut::new();
                    return Some(Frame::fatal("malformed", format!("a line of more than {LINE} bytes")).at(self.front));
                }
                return None;
            };
            let begin = self.front;
            let line = self.buffer.split_to(end + 1);
            self.front += line.len() as u64;
            let line = line.trim_ascii_end();
            if !line.is_empty() {
                return Some(self.shown(line).at(begin));
            }
        }
    }

    fn end(&mut self) -> Option<Frame> {
        let left = self.buffer.len();
        if left == 0 {
            return None;
        }
        self.dead = true;
        self.buffer = BytesMut::new();
        Some(Frame::fatal("truncated", format!("the last line is cut off after {left} bytes")).at(self.front))
    }
}
