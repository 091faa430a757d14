//! The handle of a link.

use crate::call::{Call, Calls};
use crate::config::{LinkConfig, deadline};
use crate::driver::{Asked, Command, Driver};
use crate::error::Error;
use crate::events::{Events, Fanout, Subscription};
use crate::session::Session;
use crate::state::{ConnectionState, Counters, Stats};
use crate::wire::{Open, Wire};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, Span};

type CallOf<S> = Call<<S as Session>::Question, <S as Session>::Answer>;

/// What the handles and the driver share.
pub(crate) struct Shared<S: Session> {
    pub(crate) config: LinkConfig,
    pub(crate) counters: Arc<Counters>,
    pub(crate) fanout: Fanout<S::Event>,
    /// Free places among the pending. A handle takes one for each request; the driver gives it back.
    pub(crate) places: Semaphore,
    /// Where the driver finds who answers questions.
    pub(crate) desk: Mutex<Option<mpsc::Sender<CallOf<S>>>>,
}

/// A connection that stands, or is being made to stand again. Cheap to clone; the last clone that is dropped closes it in the
/// background.
pub struct Link<S: Session> {
    commands: mpsc::UnboundedSender<Command<S>>,
    state: watch::Receiver<ConnectionState>,
    shared: Arc<Shared<S>>,
}

impl<S: Session> Clone for Link<S> {
    fn clone(&self) -> Self {
        Self { commands: self.commands.clone(), state: self.state.clone(), shared: Arc::clone(&self.shared) }
    }
}

impl<S: Session> std::fmt::Debug for Link<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("protocol", &self.shared.config.protocol)
            .field("state", &*self.state.borrow())
            .finish()
    }
}

impl<S: Session> Link<S> {
    /// Connects and logs in. The first attempt decides: if it fails, so does this, and nothing is left running. Afterwards the
    /// link reconnects as its settings say.
    ///
    /// # Errors
    /// [`Error::Connect`] with every address that was tried; [`Error::Refused`] with the server's words;
    /// [`Error::ConnectionLost`] when the connection broke during the login.
    pub async fn connect<O: Open<Wire: Wire<In = S::In, Out = S::Out>>>(
        session: S,
        opener: O,
        config: LinkConfig,
    ) -> Result<Self, Error> {
        let link = Self::start(session, opener, config, true);
        link.ready().await?;
        Ok(link)
    }

    /// Starts without waiting: requests wait, within their deadlines, until the connection stands. Must be called on a tokio
    /// runtime.
    pub fn lazy<O: Open<Wire: Wire<In = S::In, Out = S::Out>>>(session: S, opener: O, config: LinkConfig) -> Self {
        Self::start(session, opener, config, false)
    }

    fn start<O: Open<Wire: Wire<In = S::In, Out = S::Out>>>(
        session: S,
        opener: O,
        config: LinkConfig,
        first_decides: bool,
    ) -> Self {
        let counters = Arc::new(Counters::new(config.protocol));
        let span = tracing::debug_span!("ifbus.link", protocol = config.protocol);
        let (commands, receiver) = mpsc::unbounded_channel();
        let (state, watch) = watch::channel(ConnectionState::Connecting { attempt: 1 });
        let shared = Arc::new(Shared {
            fanout: Fanout::new(Arc::clone(&counters)),
            counters,
            places: Semaphore::new(config.pending.min(Semaphore::MAX_PERMITS)),
            desk: Mutex::new(None),
            config,
        });
        let driver = Driver::new(session, opener, Arc::clone(&shared), receiver, state);
        tokio::spawn(driver.run(first_decides).instrument(span));
        Self { commands, state: watch, shared }
    }

    /// Waits until the login is done.
    ///
    /// # Errors
    /// What ended the link for good.
    pub async fn ready(&self) -> Result<(), Error> {
        let mut state = self.state.clone();
        match state.wait_for(|state| state.is_ready() || state.is_closed()).await.as_deref() {
            Ok(ConnectionState::Closed { error }) => Err(error.clone()),
            Ok(_) => Ok(()),
            Err(_) => Err(self.over()),
        }
    }

    /// Sends a request with the configured deadline.
    ///
    /// # Errors
    /// Every pending request ends with its reply or with exactly one error; it is never sent twice.
    ///
    /// # Cancel safety
    /// A future dropped before the request's first byte is written is never sent. Later its reply is thrown away, and it counts
    /// among the pending until the reply or the deadline.
    pub fn request(&self, request: S::Request) -> impl Future<Output = Result<S::Reply, Error>> {
        self.request_within(request, self.shared.config.request_timeout)
    }

    /// Sends a request with a deadline of its own, which covers the waiting for a connection too.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    pub async fn request_within(&self, request: S::Request, within: Duration) -> Result<S::Reply, Error> {
        if !tracing::enabled!(tracing::Level::DEBUG) {
            return self.exchange(request, within, None).await;
        }
        let name = S::name(&request);
        let id = tracing::field::Empty;
        let span = tracing::debug_span!("ifbus.request", protocol = self.shared.config.protocol, request = %name, id);
        // boxed, so that the way without a span does not carry the room for it
        Box::pin(self.exchange(request, within, Some(Box::new(span.clone()))).instrument(span)).await
    }

    async fn exchange(
        &self,
        request: S::Request,
        within: Duration,
        span: Option<Box<Span>>,
    ) -> Result<S::Reply, Error> {
        self.shared.counters.requests.add(1);
        let left = match self.shared.places.try_acquire() {
            Ok(place) => {
                place.forget();
                Ok(within)
            }
            Err(_) => self.wait_for_place(within).await,
        };
        let result = match left {
            Ok(left) => {
                let (reply, answer) = oneshot::channel();
                let _ = self.commands.send(Command::Request(Asked { request, reply, within, left, span }));
                // a command that finds no driver is dropped, and the sender of its reply with it
                answer.await.unwrap_or_else(|_| Err(self.over()))
            }
            Err(error) => Err(error),
        };
        if let Err(error) = &result {
            self.shared.counters.errors.add(1);
            tracing::debug!(%error, "request failed");
        }
        result
    }

    /// Waits for a place among the pending; what is left of `within` then.
    async fn wait_for_place(&self, within: Duration) -> Result<Duration, Error> {
        let by = deadline(Instant::now(), within);
        match timeout_at(by, self.shared.places.acquire()).await {
            Ok(Ok(place)) => {
                place.forget();
                Ok(by.saturating_duration_since(Instant::now()))
            }
            Ok(Err(_)) => Err(self.over()),
            Err(_) => Err(Error::Timeout { sent: false, after: within }),
        }
    }

    /// A stream of all events from now on. It registers before this returns: subscribe first, then send what makes events come.
    pub fn subscribe(&self, setting: Subscription) -> Events<S::Event> {
        self.shared.fanout.subscribe(setting, None)
    }

    /// A stream of the events that `wanted` lets pass. It runs on the driver's task, before the event is queued: it must be
    /// quick, and must not panic.
    pub fn subscribe_where(
        &self,
        setting: Subscription,
        wanted: impl Fn(&S::Event) -> bool + Send + Sync + 'static,
    ) -> Events<S::Event> {
        self.shared.fanout.subscribe(setting, Some(Box::new(wanted)))
    }

    /// The questions of the server's from now on; at most `capacity` wait, further ones get their default answer at once. A
    /// second call takes the place of the first.
    pub fn calls(&self, capacity: usize) -> Calls<S::Question, S::Answer> {
        let (sender, receiver) = mpsc::channel(capacity.max(1));
        let mut desk = self.shared.desk.lock().unwrap_or_else(PoisonError::into_inner);
        // a driver that is gone empties the desk no more
        *desk = Some(sender).filter(|_| !self.commands.is_closed());
        Calls(receiver)
    }

    /// A watch of the connection's state.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<ConnectionState> {
        self.state.clone()
    }

    /// What this link has done so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.counters.read()
    }

    /// The settings.
    pub fn config(&self) -> &LinkConfig {
        &self.shared.config
    }

    /// Logs off, flushes, closes and waits until the driver is done. Requests that are pending end with an error. Calling it
    /// twice, or on a link that is over, does nothing.
    pub async fn close(&self) {
        let _ = self.commands.send(Command::Close);
        let mut state = self.state.clone();
        // the sender is dropped with the driver's task, after its wire
        while state.changed().await.is_ok() {}
    }

    /// What a request gets that comes too late.
    fn over(&self) -> Error {
        match &*self.state.borrow() {
            ConnectionState::Closed { error } => error.clone(),
            _ => Error::Closed,
        }
    }
}
