//! The accept loop, and the stream through which the knobs act on every byte.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
#[cfg(all(unix, feature = "yate"))]
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep};

use crate::knobs::{Knobs, Link, lock};

/// What a connection is made of: a socket, or a pair of pipes.
trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A connection whose bytes pass the knobs.
pub(crate) struct SimStream {
    io: Box<dyn Io>,
    knobs: Knobs,
    link: Arc<Link>,
    id: u64,
    sent: u64,
    /// A piece has just left: let the peer run before the next one.
    breathe: bool,
}

impl SimStream {
    fn new(io: Box<dyn Io>, knobs: Knobs, id: u64) -> Self {
        let link = knobs.enter(id);
        Self { io, knobs, link, id, sent: 0, breathe: false }
    }
}

impl Drop for SimStream {
    fn drop(&mut self) {
        self.knobs.leave(self.id);
    }
}

impl AsyncRead for SimStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.knobs.frozen() {
            this.link.reader.register(cx.waker());
            if this.knobs.frozen() {
                return Poll::Pending;
            }
        }
        Pin::new(&mut this.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for SimStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.knobs.frozen() {
            this.link.writer.register(cx.waker());
            if this.knobs.frozen() {
                return Poll::Pending;
            }
        }
        if std::mem::take(&mut this.breathe) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let mut piece = buf;
        if let Some(size) = this.knobs.chunk_size() {
            piece = piece.get(..size).unwrap_or(piece);
        }
        if let Some(limit) = this.knobs.cut_limit() {
            let left = usize::try_from(limit.saturating_sub(this.sent)).unwrap_or(usize::MAX);
            if left == 0 {
                // The connection's task drops this stream as soon as it hears of it.
                this.link.cut.notify_one();
                return Poll::Pending;
            }
            piece = piece.get(..left).unwrap_or(piece);
        }
        let written = std::task::ready!(Pin::new(&mut this.io).poll_write(cx, piece))?;
        this.sent = this.sent.saturating_add(u64::try_from(written).unwrap_or(0));
        this.breathe = this.knobs.chunk_size().is_some();
        if this.knobs.cut_limit().is_some_and(|limit| this.sent >= limit) {
            this.link.cut.notify_one();
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

/// An address to listen at.
pub(crate) trait Place: Clone + Send + Sync + 'static {
    type Listener: Listener;

    /// Listens; an address that leaves the choice of a port is the chosen one then.
    fn bind(&mut self) -> impl Future<Output = io::Result<Self::Listener>> + Send;
}

pub(crate) trait Listener: Send + 'static {
    type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    fn accept(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

impl Place for SocketAddr {
    type Listener = TcpListener;

    async fn bind(&mut self) -> io::Result<TcpListener> {
        let listener = TcpListener::bind(*self).await?;
        *self = listener.local_addr()?;
        Ok(listener)
    }
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    async fn accept(&self) -> io::Result<TcpStream> {
        let (tcp, peer) = Self::accept(self).await?;
        tracing::debug!(%peer, "accepted");
        // Small pieces must leave when they are written.
        let _ = tcp.set_nodelay(true);
        Ok(tcp)
    }
}

/// What is left of a socket that nobody listens at is taken away.
#[cfg(all(unix, feature = "yate"))]
impl Place for std::path::PathBuf {
    type Listener = UnixListener;

    async fn bind(&mut self) -> io::Result<UnixListener> {
        if std::os::unix::net::UnixStream::connect(&self)
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
        {
            std::fs::remove_file(&self)?;
        }
        UnixListener::bind(self)
    }
}

#[cfg(all(unix, feature = "yate"))]
impl Listener for UnixListener {
    type Stream = UnixStream;

    async fn accept(&self) -> io::Result<UnixStream> {
        Self::accept(self).await.map(|(stream, _)| stream)
    }
}

/// A listening socket and its connections. Dropping it ends all of them.
pub(crate) struct Server<P: Place = SocketAddr> {
    addr: P,
    knobs: Knobs,
    listening: Mutex<Option<JoinHandle<()>>>,
    open: Arc<Mutex<JoinSet<()>>>,
}

impl<P: Place> Server<P> {
    /// Listens on `addr` and gives each connection to `serve`.
    pub(crate) async fn start<S, F>(mut addr: P, knobs: Knobs, serve: S) -> io::Result<Self>
    where
        S: Fn(SimStream) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = addr.bind().await?;
        let open = Arc::new(Mutex::new(JoinSet::new()));
        let task = tokio::spawn(accept(listener, knobs.clone(), Arc::clone(&open), serve));
        Ok(Self { addr, knobs, listening: Mutex::new(Some(task)), open })
    }

    pub(crate) fn addr(&self) -> P {
        self.addr.clone()
    }

    /// Closes the socket and every connection, and listens again on the same port.
    pub(crate) async fn restart<S, F>(&self, serve: S) -> io::Result<()>
    where
        S: Fn(SimStream) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.stop().await;
        let listener = rebind(self.addr.clone()).await?;
        let task = tokio::spawn(accept(listener, self.knobs.clone(), Arc::clone(&self.open), serve));
        *lock(&self.listening) = Some(task);
        Ok(())
    }

    /// Closes the socket; the connections live on. A server that quits does this first: a client that comes back while the
    /// others are still being told must not find a server that is about to go.
    pub(crate) async fn stop_listening(&self) {
        let task = lock(&self.listening).take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
        }
    }

    /// Closes the socket and every connection.
    pub(crate) async fn stop(&self) {
        self.stop_listening().await;
        let mut open = std::mem::take(&mut *lock(&self.open));
        open.shutdown().await;
    }

    /// Waits until no connection is left, or until `limit` has passed.
    pub(crate) async fn drained(&self, limit: Duration) {
        let end = Instant::now() + limit;
        while self.knobs.connections() > 0 && Instant::now() < end {
            sleep(Duration::from_millis(2)).await;
        }
    }
}

impl<P: Place> Drop for Server<P> {
    fn drop(&mut self) {
        if let Some(task) = lock(&self.listening).take() {
            task.abort();
        }
        lock(&self.open).abort_all();
    }
}

/// The port may be held for a moment by what is just closing.
async fn rebind<P: Place>(mut addr: P) -> io::Result<P::Listener> {
    let end = Instant::now() + Duration::from_secs(2);
    loop {
        match addr.bind().await {
            Err(e) if e.kind() == io::ErrorKind::AddrInUse && Instant::now() < end => {
                sleep(Duration::from_millis(5)).await;
            }
            other => return other,
        }
    }
}

async fn accept<S, F>(listener: impl Listener, knobs: Knobs, open: Arc<Mutex<JoinSet<()>>>, serve: S)
where
    S: Fn(SimStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        let Ok(io) = listener.accept().await else {
            // Out of descriptors, most likely; they come back.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        let id = knobs.count();
        if knobs.refuses() {
            continue;
        }
        let stream = SimStream::new(Box::new(io), knobs.clone(), id);
        let link = Arc::clone(&stream.link);
        let mut open = lock(&open);
        // What has ended is swept out here, so that the set does not grow with every connection that ever was.
        while open.try_join_next().is_some() {}
        if knobs.is_silent() {
            open.spawn(until_cut(link, listen_only(stream)));
        } else {
            open.spawn(until_cut(link, serve(stream)));
        }
    }
}

/// Connects to a listener and gives it to `serve`; what that returns, or `None` if the knobs cut the connection.
#[cfg(feature = "freeswitch")]
pub(crate) async fn dial<S, F>(addr: SocketAddr, knobs: Knobs, serve: S) -> io::Result<Option<F::Output>>
where
    S: FnOnce(SimStream) -> F,
    F: Future,
{
    let tcp = TcpStream::connect(addr).await?;
    let _ = tcp.set_nodelay(true);
    Ok(over(tcp, knobs, serve).await)
}

/// Gives a connection that is there to `serve`; what that returns, or `None` if the knobs cut it.
#[cfg(any(feature = "freeswitch", all(unix, feature = "yate")))]
pub(crate) async fn over<S, F>(
    io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    knobs: Knobs,
    serve: S,
) -> Option<F::Output>
where
    S: FnOnce(SimStream) -> F,
    F: Future,
{
    let id = knobs.count();
    let stream = SimStream::new(Box::new(io), knobs, id);
    let link = Arc::clone(&stream.link);
    tokio::select! {
        served = serve(stream) => Some(served),
        () = link.cut.notified() => None,
    }
}

async fn until_cut(link: Arc<Link>, serve: impl Future<Output = ()>) {
    tokio::select! {
        () = serve => {}
        () = link.cut.notified() => {}
    }
}

async fn listen_only(mut stream: SimStream) {
    drain(&mut stream).await;
}

/// Reads until the peer's end and throws it away.
pub(crate) async fn drain(stream: &mut SimStream) {
    let mut sink = [0; 4096];
    while stream.read(&mut sink).await.is_ok_and(|n| n > 0) {}
}
