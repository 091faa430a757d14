//! A hand-held Yate: reads lines and says what it is told.

use ifbus_link::{BoxedIo, Open, OpenFuture, StreamWire};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use yate_extmodule::{Builder, Client, Codec, Reconnect};

/// Longer than anything here takes.
pub(crate) const SOON: Duration = Duration::from_secs(10);

pub(crate) struct Peer {
    io: DuplexStream,
    input: Vec<u8>,
}

impl Peer {
    pub(crate) fn new(io: DuplexStream) -> Self {
        Self { io, input: Vec::new() }
    }

    /// The next line; `None`: the client has gone.
    pub(crate) async fn try_line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.input.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.input.drain(..=end).collect();
                return Some(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            let mut chunk = [0; 4096];
            let read = timeout(SOON, self.io.read(&mut chunk)).await.expect("the client says nothing").unwrap_or(0);
            if read == 0 {
                return None;
            }
            self.input.extend_from_slice(&chunk[..read]);
        }
    }

    pub(crate) async fn line(&mut self) -> String {
        self.try_line().await.expect("the client has gone")
    }

    /// Waits for exactly this line.
    pub(crate) async fn expect(&mut self, line: &str) {
        assert_eq!(self.line().await, line);
    }

    pub(crate) async fn say(&mut self, line: impl AsRef<[u8]>) {
        // in two pieces, as the engine does it
        self.io.write_all(line.as_ref()).await.unwrap();
        self.io.write_all(b"\n").await.unwrap();
    }

    pub(crate) async fn say_raw(&mut self, bytes: impl AsRef<[u8]>) {
        self.io.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Waits for this line and answers it.
    pub(crate) async fn answer(&mut self, line: &str, answer: &str) {
        self.expect(line).await;
        self.say(answer).await;
    }

    /// A message of the client's: its identifier, and what follows it.
    pub(crate) async fn message(&mut self) -> (String, String) {
        let line = self.line().await;
        let rest = line.strip_prefix("%%>message:").unwrap_or_else(|| panic!("{line}"));
        let (id, rest) = rest.split_once(':').unwrap();
        (id.to_owned(), rest.to_owned())
    }

    /// Waits for a message and answers it with this behind its identifier.
    pub(crate) async fn answer_message(&mut self, message: &str, answer: &str) {
        let (id, rest) = self.message().await;
        assert_eq!(rest, message);
        self.say(format!("%%<message:{id}:{answer}")).await;
    }

    /// The exchange after a connect, with what was in force before in its place.
    pub(crate) async fn log_in_with(&mut self, restored: &[(&str, &str)]) {
        self.expect("%%>connect:global").await;
        self.settings(restored).await;
    }

    pub(crate) async fn settings(&mut self, restored: &[(&str, &str)]) {
        self.answer("%%>setlocal:bufsize:65536", "%%<setlocal:bufsize:65536:true").await;
        self.answer("%%>setlocal:timeout:", "%%<setlocal:timeout:10000:true").await;
        self.answer("%%>setlocal:engine.release:", "%%<setlocal:engine.release:devel1:true").await;
        self.answer("%%>setlocal:engine.nodename:", "%%<setlocal:engine.nodename:yatehost:true").await;
        self.answer("%%>setlocal:runid:", "%%<setlocal:runid:1795380571:true").await;
        for (line, answer) in restored {
            self.answer(line, answer).await;
        }
        self.answer("%%>setlocal:engine.version:", "%%<setlocal:engine.version:6.4.1:true").await;
    }

    pub(crate) async fn log_in(&mut self) {
        self.log_in_with(&[]).await;
    }
}

pub(crate) fn builder() -> Builder {
    Client::builder("127.0.0.1:5040").tap(ifbus_testing::wire_log())
}

/// A client and its engine, connected.
pub(crate) async fn pair_with(builder: Builder) -> (Client, Peer) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let mut peer = Peer::new(theirs);
    let (client, ()) = tokio::join!(builder.from_io(ours), peer.log_in());
    (client.unwrap(), peer)
}

pub(crate) async fn pair() -> (Client, Peer) {
    pair_with(builder()).await
}

/// Opens one in-memory connection after the other.
pub(crate) struct Again(pub(crate) mpsc::UnboundedSender<DuplexStream>);

impl Open for Again {
    type Wire = StreamWire<Codec>;

    fn open(&mut self) -> OpenFuture<Self::Wire> {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let _ = self.0.send(theirs);
        Box::pin(async move { Ok(StreamWire::new(Box::new(ours) as BoxedIo, Codec::default())) })
    }
}

pub(crate) struct Peers(mpsc::UnboundedReceiver<DuplexStream>);

impl Peers {
    pub(crate) async fn next(&mut self) -> Peer {
        Peer::new(timeout(SOON, self.0.recv()).await.expect("nobody connects").unwrap())
    }
}

/// A client that dials again, and the engines that it finds.
pub(crate) async fn redialing(builder: Builder) -> (Client, Peer, Peers) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let mut peers = Peers(receiver);
    let quick = Reconnect::forever().steps(Duration::from_millis(1), Duration::from_millis(1));
    let log_in = async {
        let mut peer = peers.next().await;
        peer.log_in().await;
        peer
    };
    let (client, peer) = tokio::join!(builder.reconnect(quick).connect_by(Again(sender)), log_in);
    (client.unwrap(), peer, peers)
}
