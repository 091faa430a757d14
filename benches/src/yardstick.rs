//! What a careful program without the features of a client reaches: one task, a map of who waits, a bounded queue of events.
//! No deadlines, no reconnect, no report of loss, no spans.

use crate::frame::{Frame, Splitter};
use bytes::BytesMut;
use std::collections::HashMap;
use std::fmt::Write as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

type Waiting = (&'static str, oneshot::Sender<Frame>);

/// The handle of the task.
#[derive(Debug, Clone)]
pub struct Yardstick(mpsc::Sender<Waiting>);

impl Yardstick {
    /// Starts the task; events come out of the receiver, and a full one holds the reader back.
    #[must_use]
    pub fn start(socket: TcpStream) -> (Self, mpsc::Receiver<Frame>) {
        let (requests, inbox) = mpsc::channel(1024);
        let (events, stream) = mpsc::channel(4096);
        tokio::spawn(work(socket, inbox, events));
        (Self(requests), stream)
    }

    /// One exchange; `None` when the connection is gone.
    pub async fn request(&self, body: &'static str) -> Option<Frame> {
        let (reply, answer) = oneshot::channel();
        self.0.send((body, reply)).await.ok()?;
        answer.await.ok()
    }
}

async fn work(socket: TcpStream, mut inbox: mpsc::Receiver<Waiting>, events: mpsc::Sender<Frame>) {
    let (mut from, mut to) = tokio::io::split(socket);
    let (mut input, mut output) = (BytesMut::with_capacity(256 << 10), BytesMut::with_capacity(64 << 10));
    let mut waiting = HashMap::new();
    let mut taken = Vec::with_capacity(256);
    let (splitter, mut last) = (Splitter::default(), 0_u64);
    loop {
        input.reserve(64 << 10);
        tokio::select! {
            biased;
            read = from.read_buf(&mut input) => {
                if read.unwrap_or(0) == 0 {
                    return;
                }
                while let Some(frame) = splitter.next(&mut input) {
                    if !frame.is_reply() {
                        if events.send(frame).await.is_err() {
                            return;
                        }
                    } else if let Some(reply) = frame.id().and_then(|id| waiting.remove(&id)) {
                        let reply: oneshot::Sender<Frame> = reply;
                        let _ = reply.send(frame);
                    }
                }
            }
            count = inbox.recv_many(&mut taken, 256) => {
                if count == 0 {
                    return;
                }
                for (body, reply) in taken.drain(..) {
                    last += 1;
                    let _ = write!(output, "{body}ActionID: {last}\r\n\r\n");
                    waiting.insert(last, reply);
                }
                if to.write_all(&output).await.is_err() {
                    return;
                }
                output.clear();
            }
        }
    }
}
