//! One message of the server's, kept whole: its bytes and where its lines stand.

use crate::lines::Lines;
use bytes::Bytes;
use std::borrow::Cow;
use std::fmt;

/// One message: the bytes as they came, and the place of each line.
///
/// Nothing is dropped: repeated headers (`Variable`, `ChanVariable`, `Output`), their order, empty values, lines without a
/// colon and bytes that are not UTF-8 are all there. Cheap to clone. It keeps the buffer alive that it was read into; hold
/// [`detached`](Frame::detached) copies for long.
#[derive(Clone)]
pub struct Frame {
    bytes: Bytes,
    /// Its empty line is not among them.
    lines: Lines,
    /// Where the raw output of an old `Command` ends, which begins behind the last line; 0 elsewhere.
    output: u32,
}

/// What a message is, by its first two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameKind {
    /// It begins with `Event:` (or with `ActionID:` and then `Event:`, as Asterisk 11 writes some list items).
    Event,
    /// It begins with `Response:`.
    Response,
    /// Plain text, which some actions of Asterisk 1.8 to 11 answer with.
    Other,
}

/// One header; the value has neither the blank behind the colon nor the line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// The name; empty for a line without a colon.
    pub name: &'a [u8],
    /// The value, as bytes: UTF-8 in most installations, but Asterisk passes on what it gets.
    pub value: &'a [u8],
}

impl<'a> Header<'a> {
    /// The name as text; bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        text(self.name)
    }

    /// The value as text; bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn value(&self) -> Cow<'a, str> {
        text(self.value)
    }
}

/// The value behind a colon: one blank is dropped in front, the line end and one stray LF behind.
pub(crate) fn value(line: &[u8], colon: usize) -> &[u8] {
    let value = line.get(colon + 1..).unwrap_or_default();
    value.strip_prefix(b" ").unwrap_or(value)
}

pub(crate) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\r\n").unwrap_or(line);
    // some error texts end in a LF of their own (Asterisk 11 to 22)
    line.strip_suffix(b"\n").unwrap_or(line)
}

impl Frame {
    /// `lines` holds where each line begins, and where the last one ends.
    pub(crate) fn new(bytes: Bytes, lines: &[u32], output: u32) -> Self {
        Self { bytes, lines: lines.into(), output }
    }

    /// Reads one message: headers up to the first empty line, or to the end.
    #[must_use]
    pub fn parse(bytes: impl Into<Bytes>) -> Self {
        let bytes: Bytes = bytes.into();
        let mut lines = vec![0];
        let mut start = 0;
        for at in memchr::memchr_iter(b'\n', &bytes) {
            let line = bytes.get(start..=at).unwrap_or_default();
            if !line.ends_with(b"\r\n") && line != b"\n" {
                continue;
            }
            if line.len() <= 2 {
                break;
            }
            start = at + 1;
            lines.push(u32::try_from(start).unwrap_or(u32::MAX));
        }
        if start == 0 && !bytes.is_empty() {
            lines.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        }
        Self::new(bytes, &lines, 0)
    }

    /// All bytes of the message, without the empty line behind it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.end()).unwrap_or_default()
    }

    fn end(&self) -> usize {
        (self.lines.last().copied().unwrap_or(0).max(self.output) as usize).min(self.bytes.len())
    }

    /// A copy that holds its own bytes, not the buffer that it was read into.
    #[must_use]
    pub fn detached(&self) -> Self {
        Self { bytes: Bytes::copy_from_slice(&self.bytes), ..self.clone() }
    }

    /// How many lines it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len().saturating_sub(1)
    }

    /// Whether it has no line at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The lines, each with its end.
    pub(crate) fn raw_lines(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.lines.windows(2).map(|ends| match ends {
            [start, end] => self.bytes.get(*start as usize..*end as usize).unwrap_or_default(),
            _ => &[],
        })
    }

    /// All headers, in order.
    pub fn iter(&self) -> impl Iterator<Item = Header<'_>> {
        self.raw_lines().map(|line| {
            let line = without_end(line);
            match memchr::memchr(b':', line) {
                // a channel's variable (`ChanVariable(Local/a:b@c;1): N=v`): the channel's name may hold colons
                Some(first) if line.starts_with(b"ChanVariable(") => {
                    let colon = memchr::memmem::find(line, b"): ").map_or(first, |at| at + 1);
                    Header { name: line.get(..colon).unwrap_or_default(), value: value(line, colon) }
                }
                Some(colon) => Header { name: line.get(..colon).unwrap_or_default(), value: value(line, colon) },
                None => Header { name: &[], value: line },
            }
        })
    }

    /// The first value of a header, whatever the case of its name.
    #[must_use]
    pub fn get_bytes(&self, name: &str) -> Option<&[u8]> {
        let name = name.as_bytes();
        self.raw_lines().find_map(|line| Self::value_if(line, name))
    }

    fn value_if<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
        // the colon stands where it must, or the line is passed over unread
        let (found, rest) = line.split_at_checked(name.len())?;
        // most are written as asked, and comparing without a look at the case is much quicker
        if rest.first() == Some(&b':') && (found == name || found.eq_ignore_ascii_case(name)) {
            return Some(value(without_end(line), name.len()));
        }
        None
    }

    /// The first value of a header as text, whatever the case of its name; bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get_bytes(name).map(text)
    }

    /// All values of a header, in order.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
        self.raw_lines().filter_map(|line| Self::value_if(line, name.as_bytes())).map(text)
    }

    /// The first value of a header as a number; `None` where it is absent or no number.
    #[must_use]
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        std::str::from_utf8(self.get_bytes(name)?).ok()?.trim().parse().ok()
    }

    /// The channel variables that the server adds (`channelvars` in manager.conf), as channel or snapshot prefix, name and
    /// value: `ChanVariable: N=v` and `DestChanVariable: N=v` (12 and later), `ChanVariable(SIP/a-1): N=v` (up to 11, and some
    /// events later).
    pub fn channel_variables(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>, Cow<'_, str>)> {
        self.iter().filter_map(|header| {
            let of = match header.name.strip_suffix(b"ChanVariable") {
                Some(prefix) => prefix,
                None => header.name.strip_prefix(b"ChanVariable(")?.strip_suffix(b")")?,
            };
            let (name, value) = split(header.value, b'=');
            Some((text(of), text(name), text(value)))
        })
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> FrameKind {
        let mut lines = self.raw_lines();
        let first = lines.next().unwrap_or_default();
        if first.starts_with(b"Event:") {
            return FrameKind::Event;
        }
        if first.starts_with(b"Response:") {
            return FrameKind::Response;
        }
        let second = lines.next().unwrap_or_default();
        match () {
            () if !first.starts_with(b"ActionID:") => FrameKind::Other,
            () if second.starts_with(b"Event:") => FrameKind::Event,
            () if second.starts_with(b"Response:") => FrameKind::Response,
            () => FrameKind::Other,
        }
    }

    /// The name of an event, else empty.
    #[must_use]
    pub fn event_name(&self) -> &[u8] {
        let named = |line| Self::value_if(line, b"Event");
        let mut lines = self.raw_lines();
        let first = lines.next().unwrap_or_default();
        match named(first) {
            Some(name) => name,
            None if first.starts_with(b"ActionID:") => lines.next().and_then(named).unwrap_or_default(),
            None => &[],
        }
    }

    /// What the server says to an action: `Success`, `Error`, `Goodbye`; empty for other messages.
    #[must_use]
    pub(crate) fn response(&self) -> &[u8] {
        // it is the first line of nearly every answer, and asked for several times
        let [_, end, ..] = *self.lines else { return &[] };
        let line = self.bytes.get(..end as usize).and_then(|line| line.strip_suffix(b"\r\n")).unwrap_or_default();
        match line.strip_prefix(b"Response: ") {
            Some(said) => said,
            None => self.raw_lines().take(2).find_map(|line| Self::value_if(line, b"Response")).unwrap_or_default(),
        }
    }

    /// The line behind the first, with its end.
    pub(crate) fn second_line(&self) -> &[u8] {
        let [_, start, end, ..] = *self.lines else { return &[] };
        self.bytes.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The text of an old `Command` (Asterisk 1.8 to 13), as it came, without the marker behind it; `None` for every other
    /// message. [`CommandOutput`](crate::CommandOutput) reads both forms.
    #[must_use]
    pub fn command_output(&self) -> Option<&[u8]> {
        let end = self.lines.last().copied().unwrap_or(0) as usize;
        (self.output as usize > end).then(|| self.bytes.get(end..self.output as usize).unwrap_or_default())
    }
}

/// Bytes as text; those that are not UTF-8 become U+FFFD. Nearly all are UTF-8, and telling that first is much quicker.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// What stands before and behind the first such byte.
pub(crate) fn split(bytes: &[u8], at: u8) -> (&[u8], &[u8]) {
    match memchr::memchr(at, bytes) {
        Some(place) => (bytes.get(..place).unwrap_or_default(), bytes.get(place + 1..).unwrap_or_default()),
        None => (bytes, &[]),
    }
}

impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes() && *self.lines == *other.lines && self.output == other.output
    }
}

impl Eq for Frame {}

/// The message as the server wrote it, secrets redacted.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&crate::redact::frame(self)))
    }
}
