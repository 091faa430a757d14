//! The servers: the same for every contender, each connection on a plain thread of its own.

use crate::cores;
use futures_util::{SinkExt, StreamExt};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;

/// An event of ordinary size.
const EVENT: &str = "Event: Newchannel\r\nPrivilege: call,all\r\nChannel: PJSIP/101-00000a1b\r\nChannelState: 4\r\n\
    ChannelStateDesc: Ring\r\nCallerIDNum: 101\r\nCallerIDName: Studio\r\nConnectedLineNum: <unknown>\r\nLanguage: en\r\n\
    Context: default\r\nExten: 700\r\nPriority: 1\r\nUniqueid: 1763850000.42\r\nLinkedid: 1763850000.42\r\n\r\n";

/// How many events a request for them brings.
pub const FLOOD: usize = 20_000;

/// A server of the line protocol: answers each frame; `Action: Flood` brings [`FLOOD`] events first.
#[must_use]
pub fn lines() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        cores::server();
        for socket in listener.incoming() {
            std::thread::spawn(move || serve_lines(&socket.unwrap()));
        }
    });
    address
}

fn serve_lines(socket: &TcpStream) {
    socket.set_nodelay(true).unwrap();
    let mut from = BufReader::with_capacity(64 << 10, socket);
    let mut to = socket;
    let flood = EVENT.repeat(100);
    let (mut line, mut id, mut wants_events) = (Vec::new(), Vec::new(), false);
    let mut out = Vec::new();
    loop {
        line.clear();
        if from.read_until(b'\n', &mut line).unwrap_or(0) == 0 {
            return;
        }
        if let Some(value) = line.strip_prefix(b"ActionID: ") {
            id = value.to_vec();
        } else if line == b"Action: Flood\r\n" {
            wants_events = true;
        } else if line == b"\r\n" {
            if std::mem::take(&mut wants_events) {
                for _ in 0..FLOOD / 100 {
                    if to.write_all(flood.as_bytes()).is_err() {
                        return;
                    }
                }
            }
            out.extend_from_slice(b"Response: Success\r\nActionID: ");
            out.extend_from_slice(&id);
            out.extend_from_slice(b"Ping: Pong\r\nTimestamp: 1763850000.123456\r\n\r\n");
        }
        // one write for all that came in one read
        if from.buffer().is_empty() && !out.is_empty() {
            if to.write_all(&out).is_err() {
                return;
            }
            out.clear();
        }
    }
}

/// A WebSocket server that sends every message back.
#[must_use]
pub fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        cores::server();
        for socket in listener.incoming() {
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(serve_echo(socket.unwrap()));
            });
        }
    });
    address
}

async fn serve_echo(socket: TcpStream) {
    socket.set_nonblocking(true).unwrap();
    socket.set_nodelay(true).unwrap();
    let socket = tokio::net::TcpStream::from_std(socket).unwrap();
    let Ok(socket) = tokio_tungstenite::accept_async(socket).await else { return };
    let (mut to, from) = socket.split();
    let mut from = from.ready_chunks(64);
    while let Some(messages) = from.next().await {
        for message in messages {
            let Some(message) = message.ok().filter(Message::is_text) else { return };
            if to.feed(message).await.is_err() {
                return;
            }
        }
        if to.flush().await.is_err() {
            return;
        }
    }
}
