//! The frames of the line protocol: `Name: value` lines ended by CRLF, closed by an empty line.

use bytes::{Bytes, BytesMut};
use memchr::{memchr, memchr_iter, memmem};

/// A frame as it came, and where its headers stand.
#[derive(Debug, Clone)]
pub struct Frame {
    text: Bytes,
    /// Start of the name, its colon, end of the line.
    headers: Vec<[u32; 3]>,
}

impl Frame {
    /// Finds the headers; copies nothing.
    #[must_use]
    pub fn new(text: Bytes) -> Self {
        let mut headers = Vec::with_capacity(16);
        let mut line = 0;
        for end in memchr_iter(b'\n', &text) {
            if let Some(colon) = memchr(b':', &text[line..end]) {
                headers.push([line as u32, (line + colon) as u32, end as u32]);
            }
            line = end + 1;
        }
        Self { text, headers }
    }

    /// The value of a header, without regard to the case of its name.
    #[must_use]
    pub fn header(&self, name: &[u8]) -> Option<&[u8]> {
        let place = |at: &[u32; 3]| (at[0] as usize, at[1] as usize, at[2] as usize);
        self.headers.iter().map(place).find_map(|(start, colon, end)| {
            self.text[start..colon].eq_ignore_ascii_case(name).then(|| self.text[colon + 1..end].trim_ascii())
        })
    }

    /// Whether it answers a request.
    #[must_use]
    pub fn is_reply(&self) -> bool {
        self.text.starts_with(b"Response")
    }

    /// The number of the request that it answers.
    #[must_use]
    pub fn id(&self) -> Option<u64> {
        std::str::from_utf8(self.header(b"ActionID")?).ok()?.parse().ok()
    }
}

/// Takes whole frames off a buffer.
#[derive(Debug)]
pub struct Splitter(memmem::Finder<'static>);

impl Default for Splitter {
    fn default() -> Self {
        Self(memmem::Finder::new(b"\r\n\r\n"))
    }
}

impl Splitter {
    /// The next whole frame.
    pub fn next(&self, buffer: &mut BytesMut) -> Option<Frame> {
        let end = self.0.find(buffer)? + 4;
        Some(Frame::new(buffer.split_to(end).freeze()))
    }
}
