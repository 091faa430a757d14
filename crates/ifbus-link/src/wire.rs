//! What carries frames: a byte stream under a codec, a WebSocket, a datagram socket.

use crate::error::{ConnectError, Lost};
use bytes::{Buf, BytesMut};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A connection that carries whole messages.
///
/// What [`push`](Wire::push) takes is kept in a buffer of the wire's and leaves by [`poll_flush`](Wire::poll_flush), so that many
/// messages become one write. The two counters tell the driver which of them has reached the socket.
pub trait Wire: Send + 'static {
    /// What comes in.
    type In: Send + 'static;
    /// What goes out.
    type Out: Send + 'static;

    /// Reads once and appends every whole message. `Ready(Ok)` also when no message is complete yet: call again.
    ///
    /// # Errors
    /// How the connection ended. Messages that came before the end have been appended.
    fn poll_recv(&mut self, cx: &mut Context<'_>, into: &mut Vec<Self::In>) -> Poll<Result<(), Lost>>;

    /// Encodes one message behind what waits already.
    ///
    /// # Errors
    /// If the connection is beyond use.
    fn push(&mut self, message: Self::Out) -> Result<(), Lost>;

    /// Units (bytes, datagrams) ever pushed.
    fn queued(&self) -> u64;

    /// Units that reached the socket.
    fn written(&self) -> u64;

    /// Takes the units from `start` to `end` back, all of them unwritten; later ones move down. False: cannot.
    fn retract(&mut self, start: u64, end: u64) -> bool;

    /// Writes what waits. Ready when all of it has reached the socket.
    ///
    /// # Errors
    /// How the connection ended.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>>;

    /// Says farewell and closes. What was pushed has been flushed before.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// Makes connections: again after each loss, or just one.
pub trait Open: Send + 'static {
    /// What a connection is.
    type Wire: Wire;

    /// Starts one attempt.
    fn open(&mut self) -> OpenFuture<Self::Wire>;

    /// Whether another attempt can follow; false for a stream that was handed over.
    fn can_reopen(&self) -> bool {
        true
    }
}

/// One attempt to connect.
pub type OpenFuture<W> = Pin<Box<dyn Future<Output = Result<W, ConnectError>> + Send>>;

/// A byte stream of any kind.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// A byte stream of any kind, boxed.
pub type BoxedIo = Box<dyn Io>;

/// One given wire, never opened again: an accepted connection, a tunnel, a test.
#[derive(Debug)]
pub struct Once<W>(Option<W>);

impl<W> Once<W> {
    /// This wire, once.
    pub fn new(wire: W) -> Self {
        Self(Some(wire))
    }
}

impl<W: Wire> Open for Once<W> {
    type Wire = W;

    fn open(&mut self) -> OpenFuture<W> {
        let gone = || ConnectError::new("a given stream", Vec::new(), Duration::ZERO);
        Box::pin(std::future::ready(self.0.take().ok_or_else(gone)))
    }

    fn can_reopen(&self) -> bool {
        self.0.is_some()
    }
}

/// Bytes to frames and back. No I/O, no clock.
pub trait Codec: Send + 'static {
    /// What comes in.
    type In: Send + 'static;
    /// What goes out.
    type Out: Send + 'static;

    /// Takes the next whole frame off the front; `None`: more bytes are needed. Keeps its own mark of how far it has looked,
    /// so that no byte is looked at twice.
    ///
    /// # Errors
    /// What makes the rest of the stream unreadable; it ends the connection. What can be skipped is no error but a frame that
    /// says so.
    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Self::In>, Lost>;

    /// Appends a frame. Values have been checked before: this cannot fail.
    fn encode(&mut self, message: Self::Out, buffer: &mut BytesMut);
}

/// Smallest and largest size of one read. It doubles while reads fill the buffer and halves while they do not.
const READ_MIN: usize = 4 << 10;
const READ_MAX: usize = 256 << 10;
/// Frames taken in one turn, so that whoever reads the events gets his.
const BURST: usize = 256;
/// How much may stay reserved for output between writes.
const WRITE_KEEP: usize = 64 << 10;

/// A byte stream under a codec.
pub struct StreamWire<C, I = BoxedIo> {
    io: I,
    codec: C,
    input: BytesMut,
    read_size: usize,
    /// The last turn left frames behind.
    more: bool,
    output: Outbox,
}

impl<C: Codec, I: Io> StreamWire<C, I> {
    /// Frames `io` with `codec`.
    pub fn new(io: I, codec: C) -> Self {
        Self { io, codec, input: BytesMut::new(), read_size: READ_MIN, more: false, output: Outbox::default() }
    }
}

impl<C: Codec, I: Io> Wire for StreamWire<C, I> {
    type In = C::In;
    type Out = C::Out;

    fn poll_recv(&mut self, cx: &mut Context<'_>, into: &mut Vec<C::In>) -> Poll<Result<(), Lost>> {
        if !std::mem::take(&mut self.more) {
            if self.input.capacity() - self.input.len() < self.read_size / 2 {
                self.input.reserve(self.read_size);
            }
            let room = self.input.capacity() - self.input.len();
            let read = ready!(pin!(self.io.read_buf(&mut self.input)).poll(cx))?;
            if read == 0 {
                return Poll::Ready(Err(Lost::Eof { mid_frame: !self.input.is_empty() }));
            }
            if read >= room {
                self.read_size = (self.read_size * 2).min(READ_MAX);
            } else if read < self.read_size / 4 {
                self.read_size = (self.read_size / 2).max(READ_MIN);
            }
        }
        while let Some(frame) = self.codec.decode(&mut self.input)? {
            into.push(frame);
            if into.len() >= BURST {
                self.more = true;
                break;
            }
        }
        Poll::Ready(Ok(()))
    }

    fn push(&mut self, message: C::Out) -> Result<(), Lost> {
        self.codec.encode(message, &mut self.output.bytes);
        Ok(())
    }

    fn queued(&self) -> u64 {
        self.output.queued()
    }

    fn written(&self) -> u64 {
        self.output.written
    }

    fn retract(&mut self, start: u64, end: u64) -> bool {
        self.output.retract(start, end)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        self.output.poll_write_to(&mut self.io, cx)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        pin!(self.io.shutdown()).poll(cx).map(|_| ())
    }
}

/// Bytes on their way out, with the count of those that left.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub(crate) bytes: BytesMut,
    pub(crate) written: u64,
    /// The stream took it all, but may hold it back still: TLS does.
    unflushed: bool,
}

impl Outbox {
    pub(crate) fn queued(&self) -> u64 {
        self.written + self.bytes.len() as u64
    }

    pub(crate) fn poll_write_to<I: Io>(&mut self, io: &mut I, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        if self.bytes.is_empty() && !self.unflushed {
            return Poll::Ready(Ok(()));
        }
        self.unflushed = true;
        while self.bytes.has_remaining() {
            let written = ready!(Pin::new(&mut *io).poll_write(cx, &self.bytes))?;
            if written == 0 {
                return Poll::Ready(Err(Lost::Eof { mid_frame: false }));
            }
            self.bytes.advance(written);
            self.written += written as u64;
        }
        if self.bytes.capacity() > WRITE_KEEP {
            self.bytes = BytesMut::new();
        }
        ready!(Pin::new(io).poll_flush(cx))?;
        self.unflushed = false;
        Poll::Ready(Ok(()))
    }

    /// Removes the bytes from `start` to `end`, counted as [`Wire::queued`] counts.
    pub(crate) fn retract(&mut self, start: u64, end: u64) -> bool {
        let place = |at: u64| at.checked_sub(self.written).and_then(|at| usize::try_from(at).ok());
        let (Some(from), Some(to)) = (place(start), place(end)) else { return false };
        if from > to || to > self.bytes.len() {
            return false;
        }
        let mut tail = self.bytes.split_off(from);
        tail.advance(to - from);
        self.bytes.unsplit(tail);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retracted_message_leaves_its_neighbours_whole() {
        let mut outbox = Outbox { bytes: BytesMut::from(&b"aaabbbccc"[..]), written: 100, unflushed: false };
        assert!(outbox.retract(103, 106));
        assert_eq!((&outbox.bytes[..], outbox.queued()), (&b"aaaccc"[..], 106));
        assert!(!outbox.retract(99, 103), "what has been written cannot be taken back");
        assert!(!outbox.retract(103, 107), "nor what was never there");
        assert_eq!(&outbox.bytes[..], b"aaaccc");
    }
}
