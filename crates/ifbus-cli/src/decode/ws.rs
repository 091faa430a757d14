//! The WebSocket frames of a server, as the client's own WebSocket reads them, and where each begins.

use super::Stream;
use super::frame::Frame;
use super::http;
use super::node::Node;
use bytes::{Buf, Bytes, BytesMut};
use std::io::{self, Cursor, Read, Write};
use tungstenite::error::{Error, ProtocolError};
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::OpCode;
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tungstenite::{Message, Utf8Bytes};

/// The largest message, in bytes: the default of the clients.
const MESSAGE: usize = 64 << 20;
/// The longest answer to the upgrade, in bytes.
const HEAD: usize = 64 << 10;

/// A whole message.
pub(super) enum Data {
    Text(Utf8Bytes),
    Binary(Bytes),
}

/// Bytes from a server: the answer to the upgrade, if it is there, and frames.
pub(super) struct WebSocket {
    read: fn(Data) -> Frame,
    context: WebSocketContext,
    buffer: BytesMut,
    /// Where the buffer begins.
    front: u64,
    /// Frames have begun: no answer to an upgrade can come.
    framed: bool,
    /// Where the message begins whose fragments are being collected.
    message: Option<u64>,
    dead: bool,
}

impl WebSocket {
    /// `read` reads a message.
    pub(super) fn new(read: fn(Data) -> Frame) -> Self {
        Self { read, context: context(), buffer: BytesMut::new(), front: 0, framed: false, message: None, dead: false }
    }

    fn take(&mut self, length: usize) -> BytesMut {
        let length = length.min(self.buffer.len());
        self.front += length as u64;
        self.buffer.split_to(length)
    }

    fn die(&mut self, kind: &'static str, error: impl Into<String>) -> Frame {
        self.dead = true;
        self.buffer = BytesMut::new();
        Frame::fatal(kind, error).at(self.front)
    }

    /// The answer to the upgrade; `Err(())` where there is none.
    fn head(&mut self) -> Result<Option<Frame>, ()> {
        let same = self.buffer.len().min(5);
        if self.buffer.get(..same) != b"HTTP/".get(..same) {
            return Err(());
        }
        if same < 5 {
            return Ok(None);
        }
        match http::response_head(&self.buffer) {
            Ok(Some((frame, length, status))) => {
                self.framed = true;
                let mut frame = frame.at(self.front);
                self.take(length);
                if status != 101 {
                    self.dead = true;
                    frame.fatal = true;
                    frame = frame.error("the server did not accept the upgrade to a WebSocket");
                }
                Ok(Some(frame))
            }
            Ok(None) if self.buffer.len() <= HEAD => Ok(None),
            Ok(None) => Ok(Some(self.die("http_response", "its head is too long"))),
            Err(error) => Ok(Some(self.die("http_response", error))),
        }
    }

    /// Hands one whole frame to the WebSocket; `None` if the message goes on in another one.
    fn handle(&mut self, begin: u64, bytes: &[u8], header: &FrameHeader) -> Option<Frame> {
        if matches!(header.opcode, OpCode::Data(_)) {
            self.message.get_or_insert(begin);
        }
        let data = match self.context.read(&mut Piece(bytes)) {
            Ok(Message::Text(text)) => Data::Text(text),
            Ok(Message::Binary(bytes)) => Data::Binary(bytes),
            Ok(Message::Ping(data)) => return Some(Frame::new("ping").body(Node::of_bytes(&data)).at(begin)),
            Ok(Message::Pong(data)) => return Some(Frame::new("pong").body(Node::of_bytes(&data)).at(begin)),
            Ok(Message::Close(reason)) => {
                let (code, words) = reason
                    .as_ref()
                    .map_or((None, ""), |reason| (Some(u32::from(u16::from(reason.code))), &*reason.reason));
                return Some(close(code, words).at(begin));
            }
            Ok(Message::Frame(_)) => return None,
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => return None,
            Err(error) => {
                if !matches!(error, Error::Protocol(ProtocolError::ReceivedAfterClosing)) {
                    self.context = context(); // a client ends the connection here; the next frame may be sound
                }
                self.message = None;
                return Some(Frame::new("frame").error(error.to_string()).at(begin));
            }
        };
        Some((self.read)(data).at(self.message.take().unwrap_or(begin)))
    }
}

/// A close frame.
pub(super) fn close(code: Option<u32>, reason: &str) -> Frame {
    Frame::new("close").field("code", code).field("reason", reason)
}

fn context() -> WebSocketContext {
    let config = WebSocketConfig::default()
        .read_buffer_size(16 << 10)
        .max_message_size(Some(MESSAGE))
        .max_frame_size(Some(MESSAGE));
    WebSocketContext::new(Role::Client, Some(config))
}

impl Stream for WebSocket {
    fn feed(&mut self, bytes: &[u8]) {
        if !self.dead {
            self.buffer.extend_from_slice(bytes);
        }
    }

    fn next(&mut self) -> Option<Frame> {
        if self.dead {
            return None;
        }
        if !self.framed && !self.buffer.is_empty() {
            match self.head() {
                Ok(frame) => return frame,
                Err(()) => self.framed = true,
            }
        }
        loop {
            let mut cursor = Cursor::new(&self.buffer);
            let (header, payload) = match FrameHeader::parse(&mut cursor) {
                Ok(Some(found)) => found,
                Ok(None) => return None,
                Err(error) => return Some(self.die("frame", error.to_string())),
            };
            let header_length = usize::try_from(cursor.position()).unwrap_or(usize::MAX);
            let Some(payload) = usize::try_from(payload).ok().filter(|length| *length <= MESSAGE) else {
                let error = format!("a frame of {payload} bytes; the clients take no more than {MESSAGE}");
                return Some(self.die("frame", error));
            };
            let length = header_length + payload;
            if self.buffer.len() < length {
                return None;
            }
            let begin = self.front;
            let bytes = self.take(length);
            if let Some(frame) = self.handle(begin, &bytes, &header) {
                return Some(frame);
            }
        }
    }

    fn end(&mut self) -> Option<Frame> {
        let left = self.buffer.remaining();
        if self.dead || (left == 0 && self.message.is_none()) {
            return None;
        }
        let begin = self.message.unwrap_or(self.front);
        let mut frame = self.die(
            "truncated",
            match self.message {
                Some(_) => "the last message is not finished".to_owned(),
                None => format!("the last frame is cut off after {left} bytes"),
            },
        );
        frame.offset = begin;
        Some(frame)
    }
}

/// The bytes of one frame as a stream; what is written to it goes nowhere.
struct Piece<'a>(&'a [u8]);

impl Read for Piece<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() { Err(io::ErrorKind::WouldBlock.into()) } else { self.0.read(into) }
    }
}

impl Write for Piece<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
