//! Bytes to frames and back. No I/O, no clock.
//!
//! A message of vMix's is one line `WORD status text`, ended by CR LF. A status of digits announces that many bytes of data
//! behind the line; they include the CR LF that vMix puts behind a document (vMix manual, TCP API; seen on vMix 29).

use crate::request::Command;
use bytes::{Buf, Bytes, BytesMut};
use ifbus_link::Lost;
use std::borrow::Cow;
use std::fmt;

/// How much the client takes from the server before it gives the connection up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Limits {
    /// The longest line, in bytes. Default 1 MiB: a tally line of vMix's takes at most 1,011 bytes, the text of a title may
    /// be longer.
    pub line: usize,
    /// The largest body, in bytes. Default 16 MiB; real documents have between 4 kB and some hundred kB.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line: 1 << 20, body: 16 << 20 }
    }
}

impl Limits {
    /// The longest line and the largest body, in bytes.
    pub fn new(line: usize, body: usize) -> Self {
        Self { line, body }
    }
}

/// A line as it came, without its line end.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    bytes: Bytes,
    /// Where the first word ends, and where the text behind the status begins.
    word: usize,
    text: usize,
}

impl Line {
    /// The whole line.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The first word: the command that the line belongs to.
    #[must_use]
    pub fn word(&self) -> &[u8] {
        self.bytes.get(..self.word).unwrap_or_default()
    }

    /// What follows the status, as bytes.
    #[must_use]
    pub fn text_bytes(&self) -> &[u8] {
        self.bytes.get(self.text..).unwrap_or_default()
    }

    /// What follows the status; bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.text_bytes())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.bytes))
    }
}

/// Says the word and the length only: the text may hold a secret.
impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} … ({} bytes)", String::from_utf8_lossy(self.word()), self.bytes.len())
    }
}

/// One message of vMix's, kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Frame {
    /// `WORD OK text`.
    Ok(Line),
    /// `WORD ER text`.
    Error(Line),
    /// `WORD n text` and the `n` bytes behind it.
    #[non_exhaustive]
    Sized {
        /// The line in front.
        line: Line,
        /// The data, with the line end that vMix counts.
        body: Body,
    },
    /// `HTTP/…`: this is a web server.
    Http(Line),
    /// A line of another shape.
    Other(Line),
}

/// The data of a sized message, as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Body(Bytes);

impl Body {
    /// All bytes, with the line end that vMix counts.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// The bytes without the white space at the end.
    #[must_use]
    pub fn trimmed(&self) -> &[u8] {
        self.0.trim_ascii_end()
    }
}

/// Says the length only: a document holds the passwords of video calls.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Frame {
    /// The line, or the line in front of the data.
    #[must_use]
    pub fn line(&self) -> &Line {
        match self {
            Self::Ok(line) | Self::Error(line) | Self::Http(line) | Self::Other(line) | Self::Sized { line, .. } => {
                line
            }
        }
    }

    /// The first word.
    #[must_use]
    pub fn word(&self) -> &[u8] {
        self.line().word()
    }

    /// A copy that holds its own bytes, not the buffer that it was read into.
    pub(crate) fn detached(&self) -> Self {
        let copy = |line: &Line| Line { bytes: Bytes::copy_from_slice(&line.bytes), ..*line };
        match self {
            Self::Ok(line) => Self::Ok(copy(line)),
            Self::Error(line) => Self::Error(copy(line)),
            Self::Http(line) => Self::Http(copy(line)),
            Self::Other(line) => Self::Other(copy(line)),
            Self::Sized { line, body } => Self::Sized { line: copy(line), body: Body(Bytes::copy_from_slice(&body.0)) },
        }
    }

    /// What vMix says: the data of a sized message, else the text behind the status.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Sized { body, .. } => String::from_utf8_lossy(body.trimmed()),
            _ => self.line().text(),
        }
    }
}

/// The framing of vMix's TCP API.
#[derive(Debug, Default)]
pub struct Codec {
    limits: Limits,
    /// Bytes at the front of the buffer in which no line end was found.
    scanned: usize,
    /// A line whose data has not come whole, and how long the data is.
    head: Option<(Line, usize)>,
}

enum Status {
    Ok,
    Error,
    Sized(usize),
    Other,
}

impl Codec {
    /// A codec with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Takes the next line off the front, without its end.
    fn take_line(&mut self, buffer: &mut BytesMut) -> Result<Option<Bytes>, Lost> {
        let unseen = buffer.get(self.scanned..).unwrap_or_default();
        let Some(end) = memchr::memchr(b'\n', unseen).map(|at| self.scanned + at) else {
            self.scanned = buffer.len();
            if self.scanned > self.limits.line {
                return Err(Lost::malformed(format!("a line of more than {} bytes", self.limits.line)));
            }
            return Ok(None);
        };
        if end > self.limits.line {
            return Err(Lost::malformed(format!("a line of more than {} bytes", self.limits.line)));
        }
        self.scanned = 0;
        let mut line = buffer.split_to(end).freeze();
        buffer.advance(1);
        if line.last() == Some(&b'\r') {
            line.truncate(line.len() - 1);
        }
        Ok(Some(line))
    }

    /// Takes the data that a line announced.
    fn take_body(&mut self, buffer: &mut BytesMut) -> Option<Frame> {
        let (line, length) = self.head.take_if(|(_, length)| buffer.len() >= *length)?;
        let body = Body(buffer.split_to(length).freeze());
        Some(Frame::Sized { line, body })
    }
}

fn read_line(bytes: Bytes) -> (Line, Status) {
    let word = memchr::memchr(b' ', &bytes).unwrap_or(bytes.len());
    let rest = bytes.get(word + 1..).unwrap_or_default();
    let status_end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
    let status = match rest.get(..status_end).unwrap_or_default() {
        b"OK" => Status::Ok,
        b"ER" => Status::Error,
        digits if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => Status::Sized(
            digits.iter().fold(0, |n: usize, digit| n.saturating_mul(10).saturating_add(usize::from(digit - b'0'))),
        ),
        _ => Status::Other,
    };
    let text = match status {
        Status::Other => word + 1,
        _ => word + 1 + status_end + 1,
    };
    let text = text.min(bytes.len());
    (Line { bytes, word, text }, status)
}

impl ifbus_link::Codec for Codec {
    type In = Frame;
    type Out = Command;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Frame>, Lost> {
        loop {
            if self.head.is_some() {
                return Ok(self.take_body(buffer));
            }
            let Some(bytes) = self.take_line(buffer)? else { return Ok(None) };
            if bytes.is_empty() {
                continue; // an empty line says nothing
            }
            let web = bytes.starts_with(b"HTTP/");
            let (line, status) = read_line(bytes);
            return Ok(Some(match status {
                // its status is no length: 400 bytes will never come
                _ if web => Frame::Http(line),
                Status::Ok => Frame::Ok(line),
                Status::Error => Frame::Error(line),
                Status::Other => Frame::Other(line),
                Status::Sized(length) if length > self.limits.body => {
                    return Err(Lost::malformed(format!(
                        "a body of {length} bytes, the limit is {} bytes",
                        self.limits.body
                    )));
                }
                Status::Sized(length) => {
                    self.head = Some((line, length));
                    continue;
                }
            }));
        }
    }

    fn encode(&mut self, command: Command, buffer: &mut BytesMut) {
        buffer.extend_from_slice(command.line().as_bytes());
        buffer.extend_from_slice(b"\r\n");
    }
}
