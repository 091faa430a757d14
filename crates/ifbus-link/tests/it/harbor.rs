//! Where the links of the tests dial: connections in memory, made as the test has planned, and everything that passed noted.

use crate::chat::{Chat, Lines};
use ifbus_link::{Attempt, ConnectError, ConnectionState, Error, Link, LinkConfig, Open, OpenFuture, StreamWire};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream, ReadBuf};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// How one dial goes.
#[derive(Clone, Copy)]
pub(crate) enum Plan {
    /// It stands, until so many bytes have been written or read by the link.
    Stands { write_cut: usize, read_cut: usize },
    /// Nobody is there.
    Refused,
    /// No answer at all.
    Hangs,
}

pub(crate) const STANDS: Plan = Plan::Stands { write_cut: usize::MAX, read_cut: usize::MAX };

/// What one connection saw.
#[derive(Default)]
pub(crate) struct Log {
    /// Bytes that the transport took.
    pub(crate) written: Vec<u8>,
    pub(crate) read: usize,
    pub(crate) write_calls: usize,
    /// The transport takes bytes but passes them on only with the second flush, as TLS under a full socket does.
    pub(crate) lazy_flush: bool,
    held: Vec<u8>,
    asked_to_flush: bool,
    pub(crate) dropped: bool,
}

#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) plans: VecDeque<Plan>,
    /// When each dial began.
    pub(crate) dials: Vec<Instant>,
    /// One for each connection.
    pub(crate) logs: Vec<Arc<Mutex<Log>>>,
}

pub(crate) struct Harbor {
    pub(crate) notes: Arc<Mutex<Notes>>,
    arrivals: mpsc::UnboundedReceiver<DuplexStream>,
    dialer: Option<Dialer>,
}

pub(crate) struct Dialer {
    notes: Arc<Mutex<Notes>>,
    arrivals: mpsc::UnboundedSender<DuplexStream>,
    buffer: usize,
    lazy_flush: bool,
}

impl Harbor {
    /// Connections that hold so many bytes each way.
    pub(crate) fn new(buffer: usize) -> Self {
        let (sender, arrivals) = mpsc::unbounded_channel();
        let notes = Arc::<Mutex<Notes>>::default();
        let dialer = Dialer { notes: Arc::clone(&notes), arrivals: sender, buffer, lazy_flush: false };
        Self { notes, arrivals, dialer: Some(dialer) }
    }

    pub(crate) fn plan(self, plans: impl IntoIterator<Item = Plan>) -> Self {
        self.notes.lock().unwrap().plans.extend(plans);
        self
    }

    pub(crate) fn lazy_flush(mut self) -> Self {
        self.dialer.as_mut().unwrap().lazy_flush = true;
        self
    }

    pub(crate) fn dialer(&mut self) -> Dialer {
        self.dialer.take().unwrap()
    }

    pub(crate) async fn accept(&mut self) -> Peer {
        Peer(BufReader::new(soon(self.arrivals.recv()).await.expect("the link is over")))
    }

    pub(crate) fn dials(&self) -> usize {
        self.notes.lock().unwrap().dials.len()
    }

    pub(crate) fn log(&self, connection: usize) -> Arc<Mutex<Log>> {
        Arc::clone(&self.notes.lock().unwrap().logs[connection])
    }

    pub(crate) fn written(&self, connection: usize) -> String {
        String::from_utf8(self.log(connection).lock().unwrap().written.clone()).unwrap()
    }

    /// A link that stands, and its peer, logged in.
    pub(crate) async fn up(&mut self, session: Chat, config: LinkConfig) -> (Link<Chat>, Peer) {
        let dialer = self.dialer();
        let (link, peer) = tokio::join!(Link::connect(session, dialer, config), async {
            let mut peer = self.accept().await;
            peer.login().await;
            peer
        });
        (link.unwrap(), peer)
    }

    /// Answers everything on all connections from now on.
    pub(crate) fn serve(mut self) -> Arc<Mutex<Notes>> {
        let notes = Arc::clone(&self.notes);
        tokio::spawn(async move {
            while let Some(io) = self.arrivals.recv().await {
                tokio::spawn(Peer(BufReader::new(io)).serve());
            }
        });
        notes
    }
}

/// A limit for what must come; the clock is paused in most tests, so that it costs nothing.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(600), future).await.expect("it never came")
}

/// Waits for a state of the link.
pub(crate) async fn state(link: &Link<Chat>, wanted: impl FnMut(&ConnectionState) -> bool) -> ConnectionState {
    soon(link.state().wait_for(wanted)).await.expect("the link is over").clone()
}

/// Lets every task run until it waits. Only for a paused clock: it advances when all wait.
pub(crate) async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

pub(crate) fn config() -> LinkConfig {
    let mut config = LinkConfig::new("chat");
    config.server = "harbor:1".into();
    config.keep_alive = None;
    config
}

/// Whether and how a request was lost.
pub(crate) fn lost_sent(result: &Result<String, Error>) -> Option<bool> {
    match result {
        Err(Error::ConnectionLost { sent, .. }) => Some(*sent),
        _ => None,
    }
}

pub(crate) fn timed_out_sent(result: &Result<String, Error>) -> Option<bool> {
    match result {
        Err(Error::Timeout { sent, .. }) => Some(*sent),
        _ => None,
    }
}

impl Open for Dialer {
    type Wire = StreamWire<Lines, Transport>;

    fn open(&mut self) -> OpenFuture<Self::Wire> {
        let mut notes = self.notes.lock().unwrap();
        notes.dials.push(Instant::now());
        let (write_cut, read_cut) = match notes.plans.pop_front().unwrap_or(STANDS) {
            Plan::Stands { write_cut, read_cut } => (write_cut, read_cut),
            Plan::Hangs => return Box::pin(std::future::pending()),
            Plan::Refused => {
                let said = Attempt::new(None, "connection refused");
                return Box::pin(async { Err(ConnectError::new("harbor", vec![said], Duration::ZERO)) });
            }
        };
        let (ours, theirs) = tokio::io::duplex(self.buffer);
        let log = Arc::new(Mutex::new(Log { lazy_flush: self.lazy_flush, ..Log::default() }));
        notes.logs.push(Arc::clone(&log));
        let _ = self.arrivals.send(theirs);
        let transport = Transport { io: ours, log, write_cut, read_cut };
        Box::pin(async { Ok(StreamWire::new(transport, Lines::default())) })
    }
}

/// The link's end of a connection.
pub(crate) struct Transport {
    io: DuplexStream,
    log: Arc<Mutex<Log>>,
    write_cut: usize,
    read_cut: usize,
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.log.lock().unwrap().dropped = true;
    }
}

fn reset() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionReset)
}

impl AsyncRead for Transport {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let log = Arc::clone(&self.log);
        let left = self.read_cut - log.lock().unwrap().read;
        if left == 0 || log.lock().unwrap().written.len() >= self.write_cut {
            return Poll::Ready(Err(reset()));
        }
        let mut part = buffer.take(left);
        std::task::ready!(Pin::new(&mut self.io).poll_read(cx, &mut part))?;
        let read = part.filled().len();
        // the part is the head of the buffer's free space, and initialized so far
        let bytes = part.filled().to_vec();
        buffer.put_slice(&bytes);
        log.lock().unwrap().read += read;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Transport {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let log = Arc::clone(&self.log);
        let mut log = log.lock().unwrap();
        let left = self.write_cut - log.written.len();
        if left == 0 || log.read >= self.read_cut {
            return Poll::Ready(Err(reset()));
        }
        let bytes = &bytes[..bytes.len().min(left)];
        let taken = if log.lazy_flush {
            log.held.extend_from_slice(bytes);
            bytes.len()
        } else {
            std::task::ready!(Pin::new(&mut self.io).poll_write(cx, bytes))?
        };
        log.write_calls += 1;
        log.written.extend_from_slice(&bytes[..taken]);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let log = Arc::clone(&self.log);
        let mut log = log.lock().unwrap();
        if !log.held.is_empty() {
            if !std::mem::replace(&mut log.asked_to_flush, true) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let held = std::mem::take(&mut log.held);
            log.asked_to_flush = false;
            assert!(matches!(Pin::new(&mut self.io).poll_write(cx, &held), Poll::Ready(Ok(n)) if n == held.len()));
        }
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// The server's end of a connection.
pub(crate) struct Peer(pub BufReader<DuplexStream>);

impl Peer {
    /// The next line; `None` at the end.
    pub(crate) async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = soon(self.0.read_line(&mut line)).await.unwrap();
        (read > 0).then(|| line.trim_end_matches('\n').to_owned())
    }

    pub(crate) async fn expect(&mut self, line: &str) {
        assert_eq!(self.line().await.as_deref(), Some(line));
    }

    pub(crate) async fn say(&mut self, line: &str) {
        soon(self.0.write_all(format!("{line}\n").as_bytes())).await.expect("the link has hung up");
    }

    pub(crate) async fn login(&mut self) {
        self.expect("login secret").await;
        self.say("ok").await;
    }

    /// Logs in and answers each request in capitals, until the end.
    pub(crate) async fn serve(mut self) {
        let mut line = String::new();
        loop {
            line.clear();
            if self.0.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            let reply = match line.trim_end().split_once(' ') {
                Some(("login", _)) => "ok\n".to_owned(),
                Some((id, words)) if line.ends_with('\n') => format!("= {id} {}\n", words.to_uppercase()),
                _ if line == "ping\n" => "pong\n".to_owned(),
                _ => continue,
            };
            if self.0.write_all(reply.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}
