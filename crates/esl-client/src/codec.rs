//! Bytes to frames and back.
//!
//! A frame is a header block, an empty line, and as many bytes as its `Content-Length` says (`mod_event_socket`, FreeSWITCH
//! 1.6 to 1.11). The codec remembers how far it has looked: no byte is looked at twice, however the bytes are cut.

use crate::block::{Block, lines, value_of};
use crate::command::Command;
use crate::event::{Encoding, Event};
use bytes::{Buf, BytesMut};
use ifbus_link::Lost;

/// How much is taken from a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Limits {
    /// Bytes of a header block. Default 1 MiB. A longer one ends the connection, since nothing tells where it would end.
    pub head: usize,
    /// Lines of a header block. Default 16,384.
    pub lines: usize,
    /// Bytes of a body. Default 64 MiB. A longer one is passed over, and the stream goes on.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: 1 << 20, lines: 16_384, body: 64 << 20 }
    }
}

impl Limits {
    /// Sets the largest header block, in bytes.
    pub fn head(mut self, bytes: usize) -> Self {
        self.head = bytes.min(u32::MAX as usize / 2);
        self
    }

    /// Sets the largest number of header lines.
    pub fn lines(mut self, lines: usize) -> Self {
        self.lines = lines;
        self
    }

    /// Sets the largest body, in bytes.
    pub fn body(mut self, bytes: usize) -> Self {
        self.body = bytes.min(u32::MAX as usize / 2);
        self
    }
}

/// What FreeSWITCH sends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Frame {
    /// `auth/request`: it wants a login.
    AuthRequest(Block),
    /// `command/reply`: the answer to a command; its words are in `Reply-Text`.
    Reply(Block),
    /// `api/response`: the answer to `api`; its words are the body.
    Response(Block),
    /// The answer to `connect`: the whole channel.
    Channel(Event),
    /// An event.
    Event(Event),
    /// `log/data`: a line of the log.
    Log(Block),
    /// `text/disconnect-notice`: the end, or with `Content-Disposition: linger` the end of the call only.
    Notice(Block),
    /// `text/rude-rejection`: an access list does not let this address in.
    Rejection(Block),
    /// A body over the limit was passed over.
    #[non_exhaustive]
    Oversized {
        /// The header block.
        head: Block,
        /// The length of its body, in bytes.
        length: u64,
    },
    /// Of a kind that is not known, or of none.
    Other(Block),
}

impl Frame {
    /// Its `Content-Type`, as far as it is known.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AuthRequest(_) => "auth/request",
            Self::Reply(_) => "command/reply",
            Self::Response(_) => "api/response",
            Self::Channel(_) => "channel",
            Self::Event(event) => match event.encoding() {
                Encoding::Plain => "text/event-plain",
                Encoding::Json => "text/event-json",
                Encoding::Xml => "text/event-xml",
            },
            Self::Log(_) => "log/data",
            Self::Notice(_) => "text/disconnect-notice",
            Self::Rejection(_) => "text/rude-rejection",
            Self::Oversized { .. } => "oversized",
            Self::Other(_) => "other",
        }
    }

    /// All of its bytes; of an oversized one the header block.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Channel(event) | Self::Event(event) => event.frame_bytes(),
            Self::AuthRequest(block)
            | Self::Reply(block)
            | Self::Response(block)
            | Self::Log(block)
            | Self::Notice(block)
            | Self::Rejection(block)
            | Self::Oversized { head: block, .. }
            | Self::Other(block) => block.bytes(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    AuthRequest,
    Reply,
    Response,
    Channel,
    Event(Encoding),
    Log,
    Notice,
    Rejection,
    Other,
}

impl Kind {
    fn of(content_type: &[u8]) -> Self {
        match content_type {
            b"text/event-plain" => Self::Event(Encoding::Plain),
            b"text/event-json" => Self::Event(Encoding::Json),
            b"text/event-xml" => Self::Event(Encoding::Xml),
            b"command/reply" => Self::Reply,
            b"api/response" => Self::Response,
            b"log/data" => Self::Log,
            b"auth/request" => Self::AuthRequest,
            b"text/disconnect-notice" => Self::Notice,
            b"text/rude-rejection" => Self::Rejection,
            _ => Self::Other,
        }
    }
}

#[derive(Debug, Default)]
enum State {
    /// In the header block; so many bytes of it have been looked at.
    #[default]
    Head,
    /// Waiting for the body of this frame: its whole length, where its body begins.
    Body { kind: Kind, head: usize, whole: usize },
    /// Passing over a body: what is left of it.
    Skip { head: Block, length: u64, left: u64 },
}

/// The codec of an event socket.
#[derive(Debug, Default)]
pub struct Codec {
    limits: Limits,
    state: State,
    scanned: usize,
    /// The ends of the header lines so far.
    ends: Vec<u32>,
    /// Whether the first line is still to come, and tells whether this is an event socket.
    greeting: bool,
}

impl Codec {
    /// A codec with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// One for the first bytes of a connection: a first line that is no header comes as a frame of its own, at once. A server of
    /// another kind says a line and waits, and the empty line would never come.
    pub(crate) fn greeted(limits: Limits) -> Self {
        Self { greeting: true, ..Self::new(limits) }
    }

    /// The first line, if it has come and is no header.
    fn foreign(&mut self, buffer: &mut BytesMut) -> Option<Frame> {
        if !self.greeting {
            return None;
        }
        let start = buffer.iter().take_while(|byte| **byte == b'\n').count();
        let length = memchr::memchr(b'\n', buffer.get(start..)?)?;
        self.greeting = false;
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let mut after = buffer.get(start..)?.iter().skip_while(|byte| is_name(byte));
        if after.next() == Some(&b':') {
            return None;
        }
        self.begin_anew();
        buffer.advance(start);
        let line = buffer.split_to(length + 1).freeze();
        // within the limit, as the rest of the head
        Some(Frame::Other(Block::new(line, &[length as u32], length + 1)))
    }

    /// Looks for the end of the header block. `None`: it has not come.
    fn head(&mut self, buffer: &mut BytesMut) -> Result<Option<usize>, Lost> {
        if self.scanned == 0 {
            // empty lines between frames mean nothing
            let blank = buffer.iter().take_while(|byte| **byte == b'\n').count();
            buffer.advance(blank);
        }
        let mut start = self.ends.last().map_or(0, |end| *end as usize + 1);
        for at in memchr::memchr_iter(b'\n', buffer.get(self.scanned..).unwrap_or_default()) {
            let end = self.scanned + at;
            if end == start {
                self.within(end)?;
                return Ok(Some(end + 1));
            }
            self.ends.push(end as u32);
            start = end + 1;
        }
        self.scanned = buffer.len();
        self.within(buffer.len())?;
        Ok(None)
    }

    fn within(&self, length: usize) -> Result<(), Lost> {
        if length > self.limits.head {
            return Err(Lost::malformed(format!("a header block of more than {} bytes", self.limits.head)));
        }
        if self.ends.len() > self.limits.lines {
            return Err(Lost::malformed(format!("a header block of more than {} lines", self.limits.lines)));
        }
        Ok(())
    }

    /// What the header block says: the frame's kind, and the length of its body.
    fn sort(&self, buffer: &[u8]) -> Result<(Kind, u64), Lost> {
        let (mut kind, mut length) = (None, None);
        for (i, line) in lines(buffer, 0, &self.ends).enumerate() {
            if i == 0 && value_of(line, b"Event-Name").is_some() {
                // the answer to `connect` has no body, whatever its variables are called
                return Ok((Kind::Channel, 0));
            }
            // the first of each counts: what comes later may be a value that pretends to be a header
            if kind.is_none()
                && let Some(value) = value_of(line, b"Content-Type")
            {
                kind = Some(Kind::of(value.trim_ascii()));
            } else if length.is_none()
                && let Some(value) = value_of(line, b"Content-Length")
            {
                length = Some(value);
            }
        }
        let kind = kind.unwrap_or(Kind::Other);
        let length = match length {
            // none of these has a body
            _ if matches!(kind, Kind::Reply | Kind::AuthRequest) => 0,
            None => 0,
            Some(digits) => std::str::from_utf8(digits.trim_ascii())
                .ok()
                .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
                .and_then(|digits| digits.parse().ok())
                .ok_or_else(|| Lost::malformed("a Content-Length that is no number"))?,
        };
        Ok((kind, length))
    }

    fn finish(&mut self, kind: Kind, head: usize, whole: usize, buffer: &mut BytesMut) -> Frame {
        let bytes = buffer.split_to(whole.min(buffer.len())).freeze();
        let frame = match kind {
            Kind::Event(encoding) => Frame::Event(Event::in_frame(bytes, head, encoding)),
            Kind::Channel => Frame::Channel(Event::in_head(bytes, &self.ends)),
            kind => {
                let block = Block::new(bytes, &self.ends, head);
                match kind {
                    Kind::AuthRequest => Frame::AuthRequest(block),
                    Kind::Reply => Frame::Reply(block),
                    Kind::Response => Frame::Response(block),
                    Kind::Log => Frame::Log(block),
                    Kind::Notice => Frame::Notice(block),
                    Kind::Rejection => Frame::Rejection(block),
                    Kind::Channel | Kind::Event(_) | Kind::Other => Frame::Other(block),
                }
            }
        };
        self.begin_anew();
        frame
    }

    fn begin_anew(&mut self) {
        self.state = State::Head;
        self.scanned = 0;
        self.ends.clear();
    }
}

impl ifbus_link::Codec for Codec {
    type In = Frame;
    type Out = Command;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Frame>, Lost> {
        loop {
            match &mut self.state {
                State::Head => {
                    if let Some(line) = self.foreign(buffer) {
                        return Ok(Some(line));
                    }
                    let Some(head) = self.head(buffer)? else { return Ok(None) };
                    let (kind, length) = self.sort(buffer)?;
                    self.state = if length > self.limits.body as u64 {
                        let head = Block::new(buffer.split_to(head).freeze(), &self.ends, head);
                        State::Skip { head, length, left: length }
                    } else {
                        // within the limit, which is a usize
                        State::Body { kind, head, whole: head + length as usize }
                    };
                }
                State::Body { kind, head, whole } => {
                    if buffer.len() < *whole {
                        return Ok(None);
                    }
                    let (kind, head, whole) = (*kind, *head, *whole);
                    return Ok(Some(self.finish(kind, head, whole, buffer)));
                }
                State::Skip { head, length, left } => {
                    let here = buffer.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    buffer.advance(here);
                    *left -= here as u64;
                    if *left > 0 {
                        return Ok(None);
                    }
                    let frame = Frame::Oversized { head: head.clone(), length: *length };
                    self.begin_anew();
                    return Ok(Some(frame));
                }
            }
        }
    }

    fn encode(&mut self, command: Command, buffer: &mut BytesMut) {
        buffer.extend_from_slice(command.bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ifbus_link::Codec as _;

    /// The kinds of the frames in these bytes, given byte for byte.
    fn kinds(mut codec: Codec, bytes: &[u8]) -> Vec<&'static str> {
        let (mut buffer, mut kinds) = (BytesMut::new(), Vec::new());
        for byte in bytes {
            buffer.extend_from_slice(&[*byte]);
            while let Some(frame) = codec.decode(&mut buffer).unwrap() {
                kinds.push(frame.kind());
            }
        }
        kinds
    }

    #[test]
    fn only_the_first_line_of_a_connection_must_be_a_header() {
        let greeting = b"\n\nContent-Type: auth/request\n\n";
        let greeted = || Codec::greeted(Limits::default());
        assert_eq!(kinds(greeted(), greeting), ["auth/request"]);
        assert_eq!(kinds(greeted(), b"\nno header: at all\nContent-Type: auth/request\n\n"), ["other", "auth/request"]);
        let later = b"Content-Type: auth/request\n\nno header\nContent-Type: auth/request\n\n";
        assert_eq!(kinds(greeted(), later), ["auth/request"; 2]);
        // what begins in the middle of a stream is not asked
        assert_eq!(kinds(Codec::default(), b"no header\nContent-Type: auth/request\n\n"), ["auth/request"]);
    }
}
