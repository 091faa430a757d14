//! The console's lines: telnet's own bytes taken out, messages told from text.

use crate::codec::MAX_LINE;
use crate::received::Received;
use bytes::{Buf, Bytes, BytesMut};
use ifbus_link::Lost;

const IAC: u8 = 0xFF;

/// A line of the console, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Line {
    /// In machine mode: a message after its dispatch, as the module protocol writes it.
    Message(Received),
    /// Anything else.
    Text(Bytes),
    /// A line over the limit, which has been skipped.
    TooLong,
}

/// A command on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub(crate) line: String,
    pub(crate) secret: bool,
}

/// The framing of the console: lines ended by LF, CRs at either side dropped.
#[derive(Debug, Default)]
pub struct Codec {
    scanned: usize,
    skipping: bool,
}

impl Codec {
    /// Takes the next line off the front; `None`: more bytes are needed.
    pub fn decode(&mut self, buffer: &mut BytesMut) -> Option<Line> {
        let unseen = buffer.get(self.scanned..).unwrap_or_default();
        let Some(at) = memchr::memchr(b'\n', unseen) else {
            self.scanned = buffer.len();
            if self.scanned > MAX_LINE {
                self.skipping = true;
                self.scanned = 0;
                buffer.clear();
            }
            return None;
        };
        let end = self.scanned + at;
        self.scanned = 0;
        if std::mem::take(&mut self.skipping) || end > MAX_LINE {
            buffer.advance(end + 1);
            return Some(Line::TooLong);
        }
        let mut line = buffer.split_to(end + 1).freeze();
        line.truncate(end);
        let line = cleaned(line);
        Some(match Received::parse(line.clone()) {
            Some(message) => Line::Message(message),
            None => Line::Text(line),
        })
    }
}

/// Without telnet's commands, and without what the line itself wiped out by backspaces.
fn cleaned(line: Bytes) -> Bytes {
    let mut line = if memchr::memchr(IAC, &line).is_some() { without_telnet(&line).into() } else { line };
    if let Some(at) = memchr::memrchr(8, &line) {
        line.advance(at + 1);
    }
    while line.ends_with(b"\r") {
        line.truncate(line.len() - 1);
    }
    while line.starts_with(b"\r") {
        line.advance(1);
    }
    line
}

fn without_telnet(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut bytes = line.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != IAC {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            // a byte of text
            Some(IAC) => out.push(IAC),
            // WILL, WONT, DO, DONT and their option
            Some(251..=254) => {
                bytes.next();
            }
            // a subnegotiation, up to its end
            Some(250) => while bytes.next().is_some_and(|byte| byte != 240) {},
            _ => {}
        }
    }
    out
}

impl ifbus_link::Codec for Codec {
    type In = Line;
    type Out = Outgoing;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Line>, Lost> {
        Ok(Self::decode(self, buffer))
    }

    fn encode(&mut self, command: Outgoing, buffer: &mut BytesMut) {
        buffer.extend_from_slice(command.line.as_bytes());
        buffer.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telnet_is_taken_out() {
        let greeting =
            b"\xff\xfb\x03\xff\xfb\x01\xff\xfd\x1f\r         \x08\x08\x08\x08\x08\x08\x08\x08\x08\rYATE ready\r\n\
            a\xff\xffb\xff\xfa\x1f\x00\x50\xff\xf0c\r\n\xff";
        for size in [1, 2, 3, 100] {
            let (mut codec, mut buffer, mut got) = (Codec::default(), BytesMut::new(), Vec::new());
            for part in greeting.chunks(size) {
                buffer.extend_from_slice(part);
                got.extend(std::iter::from_fn(|| codec.decode(&mut buffer)));
            }
            assert_eq!(got, [Line::Text("YATE ready".into()), Line::Text(b"a\xffbc".as_slice().into())]);
        }
    }

    #[test]
    fn a_line_over_the_limit_is_skipped() {
        let (mut codec, mut buffer) = (Codec::default(), BytesMut::new());
        for _ in 0..5 {
            buffer.extend_from_slice(&vec![b'x'; 1 << 20]);
            assert_eq!(codec.decode(&mut buffer), None);
        }
        assert!(buffer.len() <= 1 << 20);
        buffer.extend_from_slice(b"\nnext\r\n");
        assert_eq!(codec.decode(&mut buffer), Some(Line::TooLong));
        assert_eq!(codec.decode(&mut buffer), Some(Line::Text("next".into())));
    }
}
