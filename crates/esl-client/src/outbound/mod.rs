//! Outbound: FreeSWITCH dials us, one connection for each call.

mod call;
mod digits;

pub use call::Call;
pub use digits::Digits;

use crate::client::Client;
use crate::codec::{Codec, Limits};
use crate::config::{Builder, settings};
use crate::error::Error;
use crate::event::Encoding;
use crate::intent::{Intent, Selection};
use crate::session::{EslSession, Login, Outbound};
use ifbus_link::{BoxedIo, Io, KeepAlive, Link, Once, Reconnect, StreamWire, Subscription, Tap};
use std::any::Any;
use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

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
    /// How many calls may be served at once. Further ones wait in the system's queue. Default 1,024.
    pub fn calls(mut self, calls: usize) -> Self {
        self.calls = calls.clamp(1, Semaphore::MAX_PERMITS);
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
        Ok(Listener { socket: TcpListener::bind(address).await?, settings: self })
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
    settings: ListenerBuilder,
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

    /// The next call.
    ///
    /// # Errors
    /// The system's words, as [`Error::Unexpected`]; [`Error::Link`] if the peer does not say whose call it is.
    pub async fn next(&self) -> Result<Call, Error> {
        loop {
            let (io, peer) =
                self.socket.accept().await.map_err(|error| Error::unexpected("accept", error.to_string()))?;
            if self.settings.allow.as_ref().is_none_or(|allow| allow(peer)) {
                let _ = io.set_nodelay(true);
                return self.settings.accept(io).await;
            }
        }
    }

    /// Serves each call by a task of its own, for ever. A handler that fails or panics ends its own call and no other, and is
    /// logged; one that ends by [`Error::HungUp`] at the level `debug`, since callers hang up.
    ///
    /// # Errors
    /// None: the system's refusals to accept are logged, and it goes on.
    pub async fn serve<H, F, T, E>(self, handler: H) -> Result<(), Error>
    where
        H: Fn(Call) -> F + Send + Sync + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Display + Send + 'static,
    {
        self.serve_until(handler, std::future::pending()).await
    }

    /// As [`serve`](Self::serve), until `stop` is ready: then no call is taken any more, those that run may go on for the time
    /// of [`ListenerBuilder::drain`], and what is left is closed. When it returns nothing is left running.
    ///
    /// # Errors
    /// None.
    pub async fn serve_until<H, F, T, E>(self, handler: H, stop: impl Future<Output = ()>) -> Result<(), Error>
    where
        H: Fn(Call) -> F + Send + Sync + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Display + Send + 'static,
    {
        let Self { socket, settings } = self;
        let (handler, settings) = (Arc::new(handler), Arc::new(settings));
        let places = Arc::new(Semaphore::new(settings.calls));
        let (kill, killed) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let taken = async {
                // the semaphore is never closed
                let place = Arc::clone(&places).acquire_owned().await.ok();
                (place, socket.accept().await)
            };
            let (place, accepted) = tokio::select! {
                biased;
                () = &mut stop => break,
                Some(_) = tasks.join_next() => continue,
                taken = taken => taken,
            };
            let (io, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a call");
                    // out of descriptors: at once again would be a busy loop
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            if settings.allow.as_ref().is_some_and(|allow| !allow(peer)) {
                tracing::warn!(%peer, "not allowed to connect");
                continue;
            }
            let _ = io.set_nodelay(true);
            let (handler, settings, killed) = (Arc::clone(&handler), Arc::clone(&settings), killed.clone());
            tasks.spawn(async move {
                let _place = place;
                one(&settings, io, &*handler, killed).await;
            });
        }
        drop(socket);
        let drained = tokio::time::timeout(settings.drain, async { while tasks.join_next().await.is_some() {} }).await;
        if drained.is_err() {
            kill.send_replace(true);
            while tasks.join_next().await.is_some() {}
        }
        Ok(())
    }
}

/// Whether a handler ended because the caller had gone: no failure, callers do. Its error may be ours, or ours in a box.
fn is_hung_up(error: &dyn Any) -> bool {
    let boxed = || {
        let sync = error.downcast_ref::<Box<dyn std::error::Error + Send + Sync>>();
        let send = error.downcast_ref::<Box<dyn std::error::Error + Send>>();
        let sync = sync.and_then(|error| error.downcast_ref());
        sync.or_else(|| send.and_then(|error| error.downcast_ref()))
    };
    matches!(error.downcast_ref().or_else(boxed), Some(Error::HungUp { .. }))
}

/// One connection, from its beginning to its end.
async fn one<H, F, T, E>(settings: &ListenerBuilder, io: impl Io, handler: &H, mut killed: watch::Receiver<bool>)
where
    H: Fn(Call) -> F,
    F: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Display + Send + 'static,
{
    let accepted = tokio::select! {
        accepted = settings.accept(io) => accepted,
        _ = killed.wait_for(|killed| *killed) => return,
    };
    let call = match accepted {
        Ok(call) => call,
        Err(error) => {
            tracing::debug!(%error, "a connection that brings no call");
            return;
        }
    };
    let (client, uuid) = (call.client().clone(), call.uuid().to_owned());
    // a task of its own, so that its panic is only its own
    let mut task = tokio::spawn(handler(call));
    let ended = tokio::select! {
        ended = &mut task => Some(ended),
        _ = killed.wait_for(|killed| *killed) => None,
    };
    match ended {
        Some(Ok(Ok(_))) => {}
        Some(Ok(Err(error))) if is_hung_up(&error) => {
            tracing::debug!(call = uuid, %error, "the caller has gone before the handler of the call was done");
        }
        Some(Ok(Err(error))) => tracing::warn!(call = uuid, %error, "the handler of a call failed"),
        Some(Err(error)) => tracing::error!(call = uuid, %error, "the handler of a call panicked"),
        None => task.abort(),
    }
    client.close().await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cause::HangupCause;

    #[test]
    fn a_caller_who_goes_is_no_failure() {
        let gone = || Error::hung_up("execute playback", HangupCause::OriginatorCancel);
        let send: Box<dyn std::error::Error + Send> = Box::new(gone());
        let sync: Box<dyn std::error::Error + Send + Sync> = gone().into();
        assert!(is_hung_up(&gone()) && is_hung_up(&send) && is_hung_up(&sync));
        let other: Box<dyn std::error::Error + Send + Sync> = "x".into();
        assert!(!is_hung_up(&Error::rejected("x", "-ERR y")) && !is_hung_up(&"x") && !is_hung_up(&other));
    }
}
