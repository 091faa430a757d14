//! As much of HTTP/1.1 as a simulated server needs, with every byte of the answer in its hands.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::net::SimStream;

/// Bytes asked for in one read of a WebSocket. It clears as many before each, and requests are small.
#[cfg(any(feature = "obs", feature = "ha"))]
pub(crate) const READ_BUFFER: usize = 4096;

/// A request line with its headers.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: String,
    #[cfg(any(feature = "vmix", feature = "ha"))]
    target: String,
    headers: Vec<(String, String)>,
}

/// Why there is no request.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The peer is gone.
    Closed,
    /// What came is not HTTP, or not within bounds.
    Malformed,
}

impl From<io::Error> for Trouble {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

impl Head {
    /// A header's value, by its name without regard to case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Whether a header's comma-separated list holds a word.
    #[cfg(any(feature = "obs", feature = "ha"))]
    pub(crate) fn lists(&self, name: &str, word: &str) -> bool {
        self.header(name).is_some_and(|v| v.split(',').any(|w| w.trim().eq_ignore_ascii_case(word)))
    }

    /// The target without its query.
    #[cfg(any(feature = "vmix", feature = "ha"))]
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// What follows the question mark, empty if none does.
    #[cfg(any(feature = "vmix", feature = "ha"))]
    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, q)| q)
    }

    /// The client's key, if this asks for a WebSocket.
    #[cfg(any(feature = "obs", feature = "ha"))]
    pub(crate) fn websocket_key(&self) -> Option<&str> {
        let asks = self.lists("connection", "upgrade") && self.lists("upgrade", "websocket");
        self.header("sec-websocket-key").filter(|_| asks && self.method == "GET")
    }
}

const MAX_HEAD: usize = 64 * 1024;
const MAX_HEADERS: usize = 100;

/// Reads up to the empty line. What follows it stays in `buf`.
pub(crate) async fn read_head(stream: &mut SimStream, buf: &mut Vec<u8>) -> Result<Head, Trouble> {
    loop {
        let mut space = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut space);
        match request.parse(buf) {
            Ok(httparse::Status::Complete(size)) => {
                let text = |v: &[u8]| String::from_utf8_lossy(v).into_owned();
                let head = Head {
                    method: request.method.unwrap_or_default().to_owned(),
                    #[cfg(any(feature = "vmix", feature = "ha"))]
                    target: request.path.unwrap_or_default().to_owned(),
                    headers: request.headers.iter().map(|h| (h.name.to_owned(), text(h.value))).collect(),
                };
                buf.drain(..size);
                return Ok(head);
            }
            Ok(httparse::Status::Partial) if buf.len() < MAX_HEAD => {}
            Ok(httparse::Status::Partial) | Err(_) => return Err(Trouble::Malformed),
        }
        if stream.read_buf(buf).await? == 0 {
            return Err(Trouble::Closed);
        }
    }
}

/// Reads the body that the head announces, by length or in chunks, up to `limit` bytes.
#[cfg(feature = "ha")]
pub(crate) async fn read_body(
    stream: &mut SimStream,
    buf: &mut Vec<u8>,
    head: &Head,
    limit: usize,
) -> Result<Vec<u8>, Trouble> {
    if head.lists("transfer-encoding", "chunked") {
        return read_chunks(stream, buf, limit).await;
    }
    let Some(length) = head.header("content-length") else { return Ok(Vec::new()) };
    let length: usize = length.trim().parse().map_err(|_| Trouble::Malformed)?;
    if length > limit {
        return Err(Trouble::Malformed);
    }
    fill(stream, buf, length).await?;
    Ok(buf.drain(..length).collect())
}

#[cfg(feature = "ha")]
async fn read_chunks(stream: &mut SimStream, buf: &mut Vec<u8>, limit: usize) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    loop {
        match httparse::parse_chunk_size(buf) {
            Ok(httparse::Status::Complete((start, size))) => {
                let size = usize::try_from(size).map_err(|_| Trouble::Malformed)?;
                if size > limit.saturating_sub(body.len()) {
                    return Err(Trouble::Malformed);
                }
                // Each chunk, the empty last one too, ends with CR LF. Trailers are not expected.
                fill(stream, buf, start + size + 2).await?;
                body.extend(buf.drain(..start + size + 2).skip(start).take(size));
                if size == 0 {
                    return Ok(body);
                }
            }
            Ok(httparse::Status::Partial) => fill(stream, buf, buf.len() + 1).await?,
            Err(_) => return Err(Trouble::Malformed),
        }
    }
}

#[cfg(feature = "ha")]
async fn fill(stream: &mut SimStream, buf: &mut Vec<u8>, size: usize) -> Result<(), Trouble> {
    while buf.len() < size {
        if stream.read_buf(buf).await? == 0 {
            return Err(Trouble::Closed);
        }
    }
    Ok(())
}

/// Writes a head, given without its empty line, and a body.
pub(crate) async fn send(stream: &mut SimStream, head: &str, body: &[u8]) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(head.len() + 4 + body.len());
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes.extend_from_slice(body);
    stream.write_all(&bytes).await?;
    stream.flush().await
}
