//! Outbound: FreeSWITCH dials us, one connection for each call.

mod arrivals;
mod call;
mod digits;
mod serve;

pub use call::Call;
pub use digits::Digits;

use crate::client::Client;
use crate::codec::{Codec, Limits};
use crate::config::{Builder, settings};
use crate::error::Error;
use crate::event::Encoding;
use crate::intent::{Intent, Selection};
use crate::session::{EslSession, Login, Outbound};
use arrivals::Arrivals;
use ifbus_link::{BoxedIo, Io, KeepAlive, Link, Once, Reconnect, StreamWire, Subscription, Tap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio::sync::Mutex;

/// How calls are taken; made by [`Listener::builder`].
#[derive(Clone)]
#[must_use]
pub struct ListenerBuilder {
    client: Builder,
    linger: Option<Duration>,
    calls: usize,
    drain: Duration,
    keep_alive: Option<KeepAlive>,
    allow: Option<Arc<dyn Fn(SocketAddr) -> bool + Send + Sync>>,
}

impl std::fmt::Debug for ListenerBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListenerBuilder")
            .field("linger", &self.linger)
            .field("calls", &self.calls)
            .field("drain", &self.drain)
            .finish_non_exhaustive()
    }
}

impl Default for ListenerBuilder {
    fn default() -> Self {
        let client = Builder::new("outbound", String::new().into()).reconnect(Reconnect::never());
        Self {
            client,
            linger: Some(Duration::from_secs(10)),
            calls: 1024,
            drain: Duration::from_secs(10),
            keep_alive: Some(KeepAlive::default()),
            allow: None,
        }
    }
}

impl ListenerBuilder {
    /// How many calls may be served at once, with those that are on their way. Further ones wait in the system's queue. Default
    /// 1,024.
    pub fn calls(mut self, calls: usize) -> Self {
        self.calls = calls.max(1);
        self
    }

    /// How long a connection is kept after the hangup, so that no event of it is lost; `None`: not at all. It works where the
    /// dialplan says `full`. Default 10 s.
    pub fn linger(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.linger = time.into();
        self
    }

    /// How long running calls may go on after the end of [`Listener::serve_until`]. Default 10 s.
    pub fn drain(mut self, time: Duration) -> Self {
        self.drain = time;
        self
    }

    /// Which peers may connect: there is no login. Default: all that reach the address.
    pub fn allow(mut self, allow: impl Fn(SocketAddr) -> bool + Send + Sync + 'static) -> Self {
        self.allow = Some(Arc::new(allow));
        self
    }

    /// How events are written. Default: plain.
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.client = self.client.encoding(encoding);
        self
    }

    /// The deadline of a command. Default 10 s.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.client = self.client.request_timeout(timeout);
        self
    }

    /// The deadline of an execution that sets none itself. Default 120 s.
    pub fn job_timeout(mut self, timeout: Duration) -> Self {
        self.client = self.client.job_timeout(timeout);
        self
    }

    /// How long a new connection may take to say whose call it is. Default 10 s.
    pub fn login_timeout(mut self, timeout: Duration) -> Self {
        self.client = self.client.login_timeout(timeout);
        self
    }

    /// As [`Builder::keep_alive`].
    pub fn keep_alive(mut self, keep_alive: impl Into<Option<KeepAlive>>) -> Self {
        self.keep_alive = keep_alive.into();
        self
    }

    /// How streams of a call's events queue. Default: 4,096 events, the oldest are dropped.
    pub fn event_queue(mut self, queue: Subscription) -> Self {
        self.client = self.client.event_queue(queue);
        self
    }

    /// How much is taken from FreeSWITCH.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.client = self.client.limits(limits);
        self
    }

    /// Sees every frame.
    pub fn tap(mut self, tap: Arc<dyn Tap>) -> Self {
        self.client = self.client.tap(tap);
        self
    }

    /// Listens at an address. There is no login: choose one that only FreeSWITCH reaches, or [`allow`](Self::allow).
    ///
    /// # Errors
    /// The system's words.
    pub async fn bind(self, address: impl ToSocketAddrs) -> std::io::Result<Listener> {
        let socket = TcpListener::bind(address).await?;
        Ok(Listener { socket, settings: Arc::new(self), arrivals: Mutex::default() })
    }

    /// Takes a call over a stream that stands already: a tunnel, a test.
    ///
    /// # Errors
    /// [`Error::Link`] if the peer does not say whose call it is.
    pub async fn accept(&self, io: impl Io) -> Result<Call, Error> {
        let wire = StreamWire::new(Box::new(io) as BoxedIo, Codec::new(self.client.limits));
        let linger = self.linger.map(|time| u32::try_from(time.as_secs().max(1)).unwrap_or(u32::MAX));
        let login = Login::Outbound(Outbound { linger, encoding: self.client.encoding });
        let intent = Intent::new(self.client.encoding, Selection::new());
        let session = EslSession::new(login, settings(self.keep_alive), intent, None);
        let (shared, hangup) = (session.shared(), session.hangup());
        let link = Link::connect(session, Once::new(wire), self.client.link.clone()).await?;
        Call::new(Client::over(link, shared, None, &self.client), hangup)
    }
}

/// Waits for FreeSWITCH to dial us: the application `socket host:port async full` of the dialplan does.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    settings: Arc<ListenerBuilder>,
    /// Whoever asks for the next call drives all of them.
    arrivals: Mutex<Arrivals>,
}

impl Listener {
    /// Listens at an address, usually port 8084, with the default settings.
    ///
    /// # Errors
    /// The system's words.
    pub async fn bind(address: impl ToSocketAddrs) -> std::io::Result<Self> {
        Self::builder().bind(address).await
    }

    /// The settings of a listener.
    pub fn builder() -> ListenerBuilder {
        ListenerBuilder::default()
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system's words.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// The next call. Connections say side by side whose call they are, and calls are given out as they become ready. A
    /// connection that brings none is logged at the level `debug`, and is no error: one that says nothing is closed after the time
    /// of [`ListenerBuilder::login_timeout`]. At most as many as [`ListenerBuilder::calls`] are on their way at once; the calls
    /// that were given out are not counted.
    ///
    /// # Errors
    /// The system's words, as [`Error::Unexpected`], if nothing can be accepted any more, or for want of descriptors.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped: what has connected goes on by itself, and the next one gives it out. Connections
    /// are accepted only while there is one.
    pub async fn next(&self) -> Result<Call, Error> {
        let mut arrivals = self.arrivals.lock().await;
        let call = arrivals.next(&self.socket, &self.settings, self.settings.calls).await;
        call.map_err(|error| Error::unexpected("accept", error.to_string()))
    }
}
