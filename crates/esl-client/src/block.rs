//! A frame's header block, and what stands in its body: one piece of bytes and the places of its lines.

use bytes::Bytes;
use std::borrow::Cow;

/// A frame: its header lines as they came, and its body.
///
/// Header values of frames are not encoded; only those of events are.
#[derive(Clone, PartialEq, Eq)]
pub struct Block {
    bytes: Bytes,
    /// Where each header line ends (the place of its line feed).
    lines: Box<[u32]>,
    /// Where the body begins.
    body: u32,
}

impl Block {
    pub(crate) fn new(bytes: Bytes, lines: &[u32], body: usize) -> Self {
        Self { bytes, lines: lines.into(), body: u32::try_from(body).unwrap_or(u32::MAX) }
    }

    /// All of its bytes, as they came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The body, which may be empty.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.bytes.get(self.body as usize..).unwrap_or_default()
    }

    /// The body, which shares the frame's memory.
    #[must_use]
    pub fn body_bytes(&self) -> Bytes {
        let at = (self.body as usize).min(self.bytes.len());
        self.bytes.slice(at..)
    }

    /// The body as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.body())
    }

    /// The value of the first header of this name, whatever its case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        lines(&self.bytes, 0, &self.lines).find_map(|line| value_of(line, name.as_bytes()))
    }

    /// The value of the first header of this name as text.
    #[must_use]
    pub fn get_text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(String::from_utf8_lossy)
    }

    /// All headers in the order of the wire, duplicates too. Lines without a colon are passed over.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        lines(&self.bytes, 0, &self.lines).filter_map(split)
    }
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let headers = self.iter().map(|(name, value)| (String::from_utf8_lossy(name), String::from_utf8_lossy(value)));
        f.debug_map().entries(headers).entry(&"body", &self.body().len()).finish()
    }
}

/// The lines that end at these places, the first of which begins at `start`.
pub(crate) fn lines<'a>(
    bytes: &'a [u8],
    start: usize,
    ends: &'a [u32],
) -> impl DoubleEndedIterator<Item = &'a [u8]> + ExactSizeIterator {
    (0..ends.len()).map(move |i| {
        let from = i.checked_sub(1).and_then(|before| ends.get(before)).map_or(start, |end| *end as usize + 1);
        ends.get(i).and_then(|end| bytes.get(from..*end as usize)).unwrap_or_default()
    })
}

/// The value of a line if it has this name: compared in place, no colon is searched for.
pub(crate) fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = line.split_at_checked(name.len())?;
    let (colon, value) = rest.split_first()?;
    (*colon == b':' && head.eq_ignore_ascii_case(name)).then(|| trimmed(value))
}

/// Name and value of a line; `None`: it has no colon.
pub(crate) fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', line)?;
    let (name, rest) = line.split_at_checked(colon)?;
    Some((name, trimmed(rest.get(1..)?)))
}

/// Without the one space that the server writes after the colon: further ones belong to the value.
fn trimmed(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_in_place() {
        let bytes = Bytes::from_static(b"Content-Type: a/b\nreply-text:  two: x\nodd\n: empty\nX:\n\nbody");
        let ends: Vec<u32> = memchr::memchr_iter(b'\n', &bytes).map(|at| at as u32).take(5).collect();
        let block = Block::new(bytes, &ends, 54);
        assert_eq!(block.get("content-type"), Some(&b"a/b"[..]));
        assert_eq!(block.get("Reply-Text"), Some(&b" two: x"[..]));
        assert_eq!((block.get("Reply"), block.get("odd"), block.get("X")), (None, None, Some(&b""[..])));
        assert_eq!((block.iter().count(), block.body()), (4, &b"body"[..]));
    }
}
