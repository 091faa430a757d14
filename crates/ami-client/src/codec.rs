//! Bytes to messages and back. No I/O, no clock.
//!
//! A message is lines of `Key: value` ended by CR LF, closed by an empty line. A LF without CR belongs to the value that it
//! stands in, but right behind a line end it is an empty line (Asterisk 18.19 and 20.4 end CoreShowChannelMap so). The output
//! of `Command` before Asterisk 14 is raw text up to `--END COMMAND--`.

use crate::action::Outline;
use crate::frame::Frame;
use crate::newlines::Newlines;
use bytes::{Buf, BytesMut};
use ifbus_link::Lost;
use memchr::memmem;

/// How much the client takes from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Limits {
    /// The largest message, in bytes. A larger one is skipped, and the action that it answers gets
    /// [`Error::TooLarge`](crate::Error::TooLarge). Default 16 MiB: a `Command` or `GetConfig` of 100 kB is common.
    pub message: usize,
    /// The most lines of one message. Default 262,144.
    pub lines: usize,
    /// The largest answer of many messages (an event list), in bytes; of a list that is read as a stream, what may wait.
    /// Default 64 MiB: 2,400 channels have 1 MB.
    pub list: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { message: 16 << 20, lines: 1 << 18, list: 64 << 20 }
    }
}

impl Limits {
    /// The largest message, in bytes.
    pub fn message(mut self, bytes: usize) -> Self {
        self.message = bytes.clamp(1024, u32::MAX as usize / 2);
        self
    }

    /// The most lines of one message.
    pub fn lines(mut self, lines: usize) -> Self {
        self.lines = lines.max(16);
        self
    }

    /// The largest answer of many messages, in bytes.
    pub fn list(mut self, bytes: usize) -> Self {
        self.list = bytes;
        self
    }
}

/// What the server sends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Incoming {
    /// The first line of a connection, without its end.
    Banner(String),
    /// A message.
    Message(Frame),
    /// A message over the limit, of which only the first lines were kept.
    #[non_exhaustive]
    TooLarge {
        /// The first lines, at most 4 kB of them.
        head: Frame,
        /// How many bytes it had.
        bytes: u64,
    },
}

/// The longest banner. Asterisk's has 30 bytes; a web page is not read to its end.
const BANNER: usize = 1024;
/// How much of a message over the limit is kept.
const HEAD: usize = 4 << 10;
const END_COMMAND: &[u8] = b"--END COMMAND--\r\n\r\n";
const FOLLOWS: &[u8] = b"Response: Follows\r\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Banner,
    /// Between messages and in one.
    Headers,
    /// In the raw output of an old `Command`, which begins there.
    Output(usize),
    /// In a message over the limit; so many bytes of it are gone.
    Skip {
        gone: u64,
        output: bool,
    },
}

/// What stands at the front.
enum Scan {
    /// A part of a message.
    Open,
    /// A message, or a stray empty line, that ends there.
    End(usize),
    /// The first line of an old `Command`'s answer.
    Follows,
    /// More than a message may have, looked at up to there.
    TooLarge(usize),
}

enum Step {
    Again,
    Done(Option<Incoming>),
}

/// The framing of AMI.
#[derive(Debug)]
pub struct Codec {
    limits: Limits,
    mode: Mode,
    /// Bytes at the front of the buffer that have been looked at.
    scanned: usize,
    /// Where the lines of the message begin, counted from the front of the buffer.
    lines: Vec<u32>,
    head: Option<Frame>,
    end_command: memmem::Finder<'static>,
}

impl Default for Codec {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Codec {
    /// For a connection that begins with the banner.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            mode: Mode::Banner,
            scanned: 0,
            lines: Vec::with_capacity(64),
            head: None,
            end_command: memmem::Finder::new(END_COMMAND),
        }
    }

    /// For bytes from the middle of a connection: a capture, AMI over HTTP.
    #[must_use]
    pub fn without_banner(limits: Limits) -> Self {
        Self { mode: Mode::Headers, ..Self::new(limits) }
    }

    /// Takes the next message off the front; `None`: more bytes are needed.
    ///
    /// # Errors
    /// If the first line is too long to be a banner.
    pub fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Incoming>, Lost> {
        loop {
            match self.mode {
                Mode::Banner => return self.banner(buffer),
                Mode::Headers => match self.headers(buffer) {
                    Step::Again => {}
                    Step::Done(done) => return Ok(done),
                },
                Mode::Output(start) => {
                    let done = self.output(buffer, start);
                    if done.is_some() || matches!(self.mode, Mode::Output(_)) {
                        return Ok(done);
                    }
                }
                Mode::Skip { gone, output } => return Ok(self.skip(buffer, gone, output)),
            }
        }
    }

    fn banner(&mut self, buffer: &mut BytesMut) -> Result<Option<Incoming>, Lost> {
        let Some(end) = memchr::memchr(b'\n', buffer) else {
            if buffer.len() > BANNER {
                return Err(Lost::malformed("the first line is too long to be a banner of Asterisk"));
            }
            return Ok(None);
        };
        let line = buffer.split_to(end + 1);
        self.mode = Mode::Headers;
        Ok(Some(Incoming::Banner(String::from_utf8_lossy(line.trim_ascii_end()).into_owned())))
    }

    fn headers(&mut self, buffer: &mut BytesMut) -> Step {
        match self.scan(buffer) {
            Scan::Open if buffer.len() > self.limits.message => {
                let seen = buffer.len();
                Step::Done(self.begin_skip(buffer, seen, false))
            }
            Scan::Open => {
                self.scanned = buffer.len();
                Step::Done(None)
            }
            Scan::End(end) if self.lines.is_empty() => {
                buffer.advance(end); // a stray empty line
                self.scanned = 0;
                Step::Again
            }
            Scan::End(end) => {
                let bytes = buffer.split_to(end).freeze();
                let frame = Frame::new(bytes, &self.lines, 0);
                self.lines.clear();
                self.scanned = 0;
                Step::Done(Some(Incoming::Message(frame)))
            }
            Scan::Follows => {
                self.lines.push(FOLLOWS.len() as u32);
                self.mode = Mode::Output(0);
                self.scanned = FOLLOWS.len();
                Step::Again
            }
            Scan::TooLarge(seen) => Step::Done(self.begin_skip(buffer, seen, false)),
        }
    }

    /// Looks for line ends, each byte once.
    fn scan(&mut self, bytes: &[u8]) -> Scan {
        let from = self.scanned;
        let mut start = self.lines.last().copied().unwrap_or(0) as usize;
        for at in Newlines::new(bytes.get(from..).unwrap_or_default()) {
            let at = from + at;
            if at == start || (at == start + 1 && bytes.get(start) == Some(&b'\r')) {
                return Scan::End(at + 1); // an empty line
            }
            if bytes.get(at - 1) != Some(&b'\r') {
                continue; // it belongs to the value
            }
            if start == 0 {
                self.lines.push(0);
                if bytes.get(..=at) == Some(FOLLOWS) {
                    return Scan::Follows;
                }
            }
            start = at + 1;
            // the limit of a message fits
            self.lines.push(start as u32);
            if self.lines.len() > self.limits.lines || start > self.limits.message {
                return Scan::TooLarge(start);
            }
        }
        Scan::Open
    }

    /// The lines `Privilege` and `ActionID`, then raw text up to the marker.
    fn output(&mut self, buffer: &mut BytesMut, mut start: usize) -> Option<Incoming> {
        while start == 0 {
            let line_start = self.lines.last().copied().unwrap_or(0) as usize;
            let rest = buffer.get(line_start..).unwrap_or_default();
            let end = memchr::memchr(b'\n', rest);
            let line = rest.get(..end.map_or(rest.len(), |end| end + 1)).unwrap_or_default();
            let wanted: &[u8] = if self.lines.len() == 2 { b"Privilege: " } else { b"ActionID: " };
            let known = line.len().min(wanted.len());
            if self.lines.len() > 3 || line.get(..known) != wanted.get(..known) {
                start = line_start;
                if start == 0 {
                    return None; // cannot be: two lines are there
                }
            } else if end.is_none() {
                if rest.len() > self.limits.message {
                    let seen = buffer.len();
                    return self.begin_skip(buffer, seen, true);
                }
                return None; // not enough to tell
            } else {
                self.lines.push((line_start + line.len()) as u32);
            }
        }
        self.mode = Mode::Output(start);
        let from = self.scanned.max(start).saturating_sub(END_COMMAND.len() - 1).max(start);
        match self.end_command.find(buffer.get(from..).unwrap_or_default()) {
            Some(at) if from + at > self.limits.message => self.begin_skip(buffer, from + at, true),
            Some(at) => {
                let bytes = buffer.split_to(from + at + END_COMMAND.len()).freeze();
                let frame = Frame::new(bytes, &self.lines, (from + at) as u32);
                self.reset();
                Some(Incoming::Message(frame))
            }
            None if buffer.len() > self.limits.message => {
                let seen = buffer.len().saturating_sub(END_COMMAND.len() - 1).max(start);
                self.begin_skip(buffer, seen, true)
            }
            None => {
                self.scanned = buffer.len();
                None
            }
        }
    }

    fn reset(&mut self) {
        self.mode = Mode::Headers;
        self.lines.clear();
        self.scanned = 0;
    }

    /// Keeps the head of a message over the limit, and lets the bytes up to `seen` go.
    fn begin_skip(&mut self, buffer: &mut BytesMut, seen: usize, output: bool) -> Option<Incoming> {
        self.lines.retain(|line| (*line as usize) <= HEAD);
        let end = self.lines.last().copied().unwrap_or(0);
        let head = buffer.get(..end as usize).unwrap_or_default();
        self.head = Some(Frame::new(bytes::Bytes::copy_from_slice(head), &self.lines, 0));
        // the last two bytes may be half of an empty line
        let gone = if output { seen } else { seen.saturating_sub(2) };
        buffer.advance(gone);
        self.reset();
        self.mode = Mode::Skip { gone: gone as u64, output };
        self.skip(buffer, gone as u64, output)
    }

    fn skip(&mut self, buffer: &mut BytesMut, gone: u64, output: bool) -> Option<Incoming> {
        let (end, keep) = if output {
            (self.end_command.find(buffer).map(|at| at + END_COMMAND.len()), END_COMMAND.len() - 1)
        } else {
            (memmem::find(buffer, b"\n\r\n").map(|at| at + 3), 2)
        };
        let taken = end.unwrap_or_else(|| buffer.len().saturating_sub(keep));
        buffer.advance(taken);
        let gone = gone + taken as u64;
        self.mode = Mode::Skip { gone, output };
        end?;
        self.reset();
        self.head.take().map(|head| Incoming::TooLarge { head, bytes: gone })
    }
}

/// What the identifiers of one connection begin with: sixteen digits and a hyphen.
pub(crate) type Token = [u8; 17];

/// A checked action on its way out, with its identifier.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub(crate) action: Outline,
    pub(crate) token: Token,
    /// The rest of the identifier, in hexadecimal.
    pub(crate) id: u64,
}

impl Outgoing {
    pub(crate) fn write(&self, buffer: &mut BytesMut) {
        self.action.write(buffer, 64);
        buffer.extend_from_slice(b"ActionID: ");
        buffer.extend_from_slice(&self.token);
        let mut digits = [0; 16];
        let (mut rest, mut begin) = (self.id, 16);
        for digit in digits.iter_mut().rev() {
            let value = (rest & 15) as u8;
            *digit = if value < 10 { b'0' + value } else { b'a' - 10 + value };
            begin -= 1;
            rest >>= 4;
            if rest == 0 {
                break;
            }
        }
        buffer.extend_from_slice(digits.get(begin..).unwrap_or_default());
        buffer.extend_from_slice(b"\r\n\r\n");
    }
}

impl ifbus_link::Codec for Codec {
    type In = Incoming;
    type Out = Outgoing;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Incoming>, Lost> {
        Self::decode(self, buffer)
    }

    fn encode(&mut self, message: Outgoing, buffer: &mut BytesMut) {
        message.write(buffer);
    }
}
