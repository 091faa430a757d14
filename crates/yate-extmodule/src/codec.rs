//! Bytes to lines and back. No I/O, no clock.

use crate::received::{HEAD, Received};
use crate::redact;
use bytes::{Buf, Bytes, BytesMut};
use ifbus_link::Lost;

/// The longest line that is taken from the engine unless told: the engine has no limit.
pub const MAX_LINE: usize = 4 << 20;
/// How much of a line over the limit is kept.
const KEPT: usize = 1024;

/// A line of the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Line {
    /// `%%>message` or `%%<message`.
    Message(Received),
    /// The answer to another command: `%%<install:50:call.route:true`.
    Answer(Answer),
    /// `Error in: ` and the line that the engine did not understand.
    ErrorIn(Bytes),
    /// A line over the limit: its beginning. The rest has been skipped.
    #[non_exhaustive]
    TooLong {
        /// The first bytes.
        head: Bytes,
        /// How many bytes it had.
        bytes: u64,
    },
    /// Anything else, also a message that cannot be read.
    Other(Bytes),
}

/// The answer to `install`, `uninstall`, `watch`, `unwatch`, `setlocal` or `quit`. Its fields are not escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer(Bytes);

impl Answer {
    /// The line, without its end.
    #[must_use]
    pub fn line(&self) -> &Bytes {
        &self.0
    }

    /// `install`, `watch`, …
    #[must_use]
    pub fn command(&self) -> &[u8] {
        self.0.get(3..).unwrap_or_default().split(|byte| *byte == b':').next().unwrap_or_default()
    }

    /// What stands between the command and the success: `50:call.route`.
    #[must_use]
    pub fn middle(&self) -> &[u8] {
        let rest = self.0.get(3 + self.command().len() + 1..).unwrap_or_default();
        rest.get(..memchr::memrchr(b':', rest).unwrap_or(0)).unwrap_or_default()
    }

    /// The last field.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.0.ends_with(b":true")
    }
}

impl Line {
    /// Reads a line without its end, of either side.
    #[must_use]
    pub fn parse(line: Bytes) -> Self {
        if let Some(wrong) = line.strip_prefix(b"Error in: ") {
            return Self::ErrorIn(line.slice_ref(wrong));
        }
        if let Some(message) = Received::parse(line.clone()) {
            return Self::Message(message);
        }
        if line.starts_with(b"%%<") && !line.starts_with(b"%%<message") {
            return Self::Answer(Answer(line));
        }
        Self::Other(line)
    }

    /// The line as it may be shown, secrets redacted.
    #[must_use]
    pub fn redacted(&self) -> Vec<u8> {
        match self {
            Self::Message(message) => message.redacted(),
            Self::Answer(answer) => answer.0.to_vec(),
            Self::ErrorIn(line) => [b"Error in: ", redact::line(line).as_slice()].concat(),
            Self::TooLong { head, .. } => redact::line(head),
            Self::Other(line) => redact::line(line),
        }
    }
}

/// The identifier of a message of which only the beginning is there or readable, as it stands.
pub(crate) fn id_of(line: &[u8]) -> Option<&[u8]> {
    let rest = line.get(HEAD..)?;
    rest.get(..memchr::memchr(b':', rest)?)
}

/// A line to be sent, checked before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub(crate) head: Vec<u8>,
    pub(crate) body: Bytes,
}

impl Outgoing {
    /// The line without its end, secrets redacted.
    #[must_use]
    pub fn redacted(&self) -> Vec<u8> {
        redact::line(&[self.head.as_slice(), &self.body].concat())
    }
}

/// The framing: lines ended by LF, as the engine reads them too: a NUL ends a line, a CR before the end is dropped, empty lines
/// are skipped.
#[derive(Debug)]
pub struct Codec {
    limit: usize,
    /// Bytes at the front of the buffer that have been looked at.
    scanned: usize,
    /// The beginning of a line over the limit, and how many bytes of it are gone.
    skipping: Option<(Bytes, u64)>,
}

impl Default for Codec {
    fn default() -> Self {
        Self::new(MAX_LINE)
    }
}

impl Codec {
    /// Lines of up to `limit` bytes, at least 1,024; longer ones are skipped.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit: limit.clamp(KEPT, u32::MAX as usize / 2), scanned: 0, skipping: None }
    }

    /// Takes the next line off the front; `None`: more bytes are needed.
    pub fn decode(&mut self, buffer: &mut BytesMut) -> Option<Line> {
        loop {
            let unseen = buffer.get(self.scanned..).unwrap_or_default();
            let Some(at) = memchr::memchr2(b'\n', 0, unseen) else {
                self.scanned = buffer.len();
                if self.scanned > self.limit {
                    self.skip(buffer);
                }
                return None;
            };
            let end = self.scanned + at;
            self.scanned = 0;
            if let Some((head, gone)) = self.skipping.take() {
                buffer.advance(end + 1);
                return Some(Line::TooLong { head, bytes: gone + end as u64 });
            }
            if end > self.limit {
                let head = Bytes::copy_from_slice(buffer.get(..KEPT).unwrap_or_default());
                buffer.advance(end + 1);
                return Some(Line::TooLong { head, bytes: end as u64 });
            }
            let mut line = buffer.split_to(end + 1).freeze();
            line.truncate(end);
            if line.ends_with(b"\r") {
                line.truncate(end - 1);
            }
            if !line.is_empty() {
                return Some(Line::parse(line));
            }
        }
    }

    fn skip(&mut self, buffer: &mut BytesMut) {
        let gone = buffer.len() as u64;
        match &mut self.skipping {
            Some((_, before)) => *before += gone,
            None => {
                let head = Bytes::copy_from_slice(buffer.get(..KEPT).unwrap_or_default());
                self.skipping = Some((head, gone));
            }
        }
        buffer.clear();
        self.scanned = 0;
    }
}

impl ifbus_link::Codec for Codec {
    type In = Line;
    type Out = Outgoing;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Line>, Lost> {
        Ok(Self::decode(self, buffer))
    }

    fn encode(&mut self, line: Outgoing, buffer: &mut BytesMut) {
        buffer.reserve(line.head.len() + line.body.len() + 1);
        buffer.extend_from_slice(&line.head);
        buffer.extend_from_slice(&line.body);
        buffer.extend_from_slice(b"\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(codec: &mut Codec, bytes: &[u8]) -> Vec<Line> {
        let mut buffer = BytesMut::from(bytes);
        std::iter::from_fn(|| codec.decode(&mut buffer)).collect()
    }

    #[test]
    fn a_line_over_the_limit_is_skipped_and_the_next_one_read() {
        let long = [b"%%<message:7:true:x::a=".as_slice(), &[b'x'; 5000], b"\n%%<quit\n"].concat();
        for chunk in [1, 7, 1024, 10_000] {
            let mut codec = Codec::new(2048);
            let mut buffer = BytesMut::new();
            let mut got = Vec::new();
            let mut most = 0;
            for part in long.chunks(chunk) {
                buffer.extend_from_slice(part);
                got.extend(std::iter::from_fn(|| codec.decode(&mut buffer)));
                most = most.max(buffer.len());
            }
            assert_eq!(got.len(), 2, "{chunk}");
            let Line::TooLong { head, bytes } = &got[0] else { panic!("{got:?}") };
            assert_eq!((id_of(head), *bytes), (Some(&b"7"[..]), 5023));
            assert!(matches!(&got[1], Line::Answer(answer) if answer.command() == b"quit"));
            assert!(chunk > 2048 || most <= 2048 + chunk);
        }
    }

    #[test]
    fn line_ends_are_the_engines() {
        let got = lines(&mut Codec::default(), b"\n\r\n\0%%<watch:a:b:true\r\nhello\0%%<setlocal:x:1:2:false\n%%<q");
        let [Line::Answer(watch), Line::Other(other), Line::Answer(set)] = got.as_slice() else { panic!("{got:?}") };
        assert_eq!((watch.command(), watch.middle(), watch.is_ok()), (&b"watch"[..], &b"a:b"[..], true));
        assert_eq!(&other[..], b"hello");
        assert_eq!((set.middle(), set.is_ok()), (&b"x:1:2"[..], false));
    }

    #[test]
    fn empty_fields_are_no_parameters() {
        let Line::Message(message) = Line::parse(Bytes::from("%%<message:i:true:x:::a=1::b=:c:")) else { panic!() };
        let params: Vec<_> = message.params().map(|p| (p.name().into_owned(), p.value().into_owned())).collect();
        assert_eq!(params, [("a".into(), "1".into()), ("b".into(), String::new()), ("c".into(), String::new())]);
    }

    #[test]
    fn a_message_that_cannot_be_read_is_kept_whole() {
        for wrong in
            ["%%>message:a:1:x", "%%<message:a", "%%>message:a:1:x::b=%", "%%<message:a:true:x::%q=1", "%%>message"]
        {
            assert!(matches!(Line::parse(Bytes::from(wrong)), Line::Other(_)), "{wrong}");
        }
    }
}
