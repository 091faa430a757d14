//! The handle that people hold.

use crate::codec::{Hello, Payload, Response};
use crate::config::Builder;
use crate::error::Error;
use crate::event::{Event, EventData, EventSubscription};
use crate::request::{Batch, Raw, Request};
use crate::session::{Answer, Ask, ObsSession};
use crate::status::StatusCode;
use crate::{codec, request};
use ifbus_link::ws::{WsIn, WsOut};
use ifbus_link::{ConnectionState, Events, Link, Open, Stats, Wire};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The first and the longest pause before asking again while OBS is not ready.
const NOT_READY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(400));

/// A connection to one OBS. Cheap to clone; the last clone that is dropped closes it.
#[derive(Clone)]
pub struct Client {
    link: Link<ObsSession>,
    hello: watch::Receiver<Option<Arc<Hello>>>,
    settings: Arc<Builder>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("url", &self.settings.url).field("link", &self.link).finish()
    }
}

impl Client {
    /// Connects and logs in with default settings. The address is `ws://host:port`, `host:port` or `host` (port 4455).
    ///
    /// # Errors
    /// See [`Builder::connect`].
    pub async fn connect(address: &str, password: impl Into<SecretString>) -> Result<Self, Error> {
        Self::builder(address).password(password).connect().await
    }

    /// The settings of a client of the OBS at this address.
    pub fn builder(address: &str) -> Builder {
        Builder::new(address)
    }

    pub(crate) async fn connect_with<O>(settings: Builder, opener: O) -> Result<Self, Error>
    where
        O: Open,
        O::Wire: Wire<In = WsIn, Out = WsOut>,
    {
        let (session, hello) = Self::session(&settings);
        let link = Link::connect(session, opener, settings.link.clone()).await?;
        Ok(Self { link, hello, settings: Arc::new(settings) })
    }

    pub(crate) fn lazy_with<O>(settings: Builder, opener: O) -> Self
    where
        O: Open,
        O::Wire: Wire<In = WsIn, Out = WsOut>,
    {
        let (session, hello) = Self::session(&settings);
        let link = Link::lazy(session, opener, settings.link.clone());
        Self { link, hello, settings: Arc::new(settings) }
    }

    fn session(settings: &Builder) -> (ObsSession, watch::Receiver<Option<Arc<Hello>>>) {
        let (sender, hello) = watch::channel(None);
        (ObsSession::new(settings.encoding, settings.password.clone(), settings.events, sender), hello)
    }

    /// Sends a request and decodes its reply.
    ///
    /// # Errors
    /// [`Error::Rejected`] with OBS's code and words; [`Error::Link`] for a lost connection or a deadline.
    ///
    /// # Cancel safety
    /// As [`Link::request`]: dropped before its first byte is written, the request is never sent.
    pub async fn send<R: Request>(&self, request: R) -> Result<R::Reply, Error> {
        self.send_within(request, self.settings.link.request_timeout).await
    }

    /// Sends a request with a deadline of its own.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_within<R: Request>(&self, request: R, within: Duration) -> Result<R::Reply, Error> {
        let name = R::TYPE;
        let data = codec::encode(self.settings.encoding, &request)
            .map_err(|reason| Error::argument(name, format!("cannot be encoded: {reason}")))?;
        let response = self.ask(Cow::Borrowed(name), Some(data), within).await?;
        decode_reply(name, response.data.as_ref())
    }

    /// Sends any request by its name; gives what OBS gives, undecoded.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn request(&self, request: Raw) -> Result<Option<Payload>, Error> {
        request::check_name(request.name())?;
        let data = match request.data() {
            Some(data) => Some(codec::encode(self.settings.encoding, data).map_err(|reason| {
                Error::argument(request.name().to_owned(), format!("cannot be encoded: {reason}"))
            })?),
            None => None,
        };
        let within = request.deadline().unwrap_or(self.settings.link.request_timeout);
        Ok(self.ask(Cow::Owned(request.name().to_owned()), data, within).await?.data)
    }

    async fn ask(&self, name: Cow<'static, str>, data: Option<Vec<u8>>, within: Duration) -> Result<Response, Error> {
        let started = Instant::now();
        let mut pause = NOT_READY.0;
        loop {
            let left = within.saturating_sub(started.elapsed());
            let ask = Ask::Request { name: name.clone(), data: data.clone() };
            let Answer::Response(response) = self.link.request_within(ask, left).await? else {
                return Err(unexpected(&name, "the answer to something else"));
            };
            if response.status.result {
                return Ok(response);
            }
            let again = self.settings.retry_not_ready && response.status.code == StatusCode::NotReady;
            if !again || started.elapsed() + pause >= within {
                return Err(Error::Rejected {
                    request: name.as_ref().into(),
                    code: response.status.code,
                    comment: response.status.comment.map(Into::into),
                });
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(NOT_READY.1);
        }
    }

    /// Sends several requests as one message. The results stand in the order of the requests, except in parallel batches: see
    /// [`Batch`].
    ///
    /// # Errors
    /// Of the batch as a whole; each request's own outcome is in its result.
    pub async fn batch(&self, batch: Batch) -> Result<Vec<Response>, Error> {
        batch.check()?;
        let fields = codec::encode(self.settings.encoding, &batch)
            .map_err(|reason| Error::argument("batch", format!("cannot be encoded: {reason}")))?;
        let within = batch.deadline().unwrap_or(self.settings.link.request_timeout);
        match self.link.request_within(Ask::Batch { fields }, within).await? {
            Answer::Batch(results) => Ok(results),
            _ => Err(unexpected("RequestBatch", "the answer to something else")),
        }
    }

    /// Changes which events OBS sends, now and after each reconnect.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn subscribe(&self, events: EventSubscription) -> Result<(), Error> {
        match self.link.request(Ask::Reidentify { events }).await? {
            Answer::Identified => Ok(()),
            _ => Err(unexpected("Reidentify", "the answer to something else")),
        }
    }

    /// All events from now on.
    pub fn events(&self) -> Events<Event> {
        self.link.subscribe(self.settings.queue)
    }

    /// The events of one kind from now on, decoded. The kind must be among the subscribed ones
    /// ([`Builder::events`], [`Client::subscribe`]).
    pub fn events_of<T: EventData>(&self) -> TypedEvents<T> {
        let events = self.link.subscribe_where(self.settings.queue, |event: &Event| event.event_type == T::TYPE);
        events.pick(|event| event.decode::<T>())
    }

    /// What OBS said when it was last connected to: its versions.
    #[must_use]
    pub fn server(&self) -> Option<Arc<Hello>> {
        self.hello.borrow().clone()
    }

    /// A watch of the connection's state.
    #[must_use]
    pub fn connection(&self) -> watch::Receiver<ConnectionState> {
        self.link.state()
    }

    /// Waits until the connection stands, after [`Builder::connect_lazy`] or a loss.
    ///
    /// # Errors
    /// What ended the client for good.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.link.ready().await?)
    }

    /// What this client has done so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.link.stats()
    }

    /// Closes the connection and waits until it is closed.
    pub async fn close(&self) {
        self.link.close().await;
    }

    /// Waits for an event of which `decide` makes a result; asks `poll` now and then, since the events may not be subscribed,
    /// or lost in a reconnect.
    pub(crate) async fn confirm<T: EventData, R, P: Future<Output = Result<Option<R>, Error>>>(
        &self,
        mut events: TypedEvents<T>,
        what: &'static str,
        mut decide: impl FnMut(T) -> Option<R>,
        poll: impl Fn() -> P,
    ) -> Result<R, Error> {
        let started = Instant::now();
        let waited = self.settings.link.request_timeout;
        loop {
            let left = waited.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(Error::NotConfirmed { what, waited });
            }
            match tokio::time::timeout(left.min(Duration::from_millis(250)), events.recv()).await {
                Ok(Some(delivery)) => {
                    if let Some(result) = delivery.event().and_then(&mut decide) {
                        return Ok(result);
                    }
                }
                Ok(None) => return Err(ifbus_link::Error::Closed.into()),
                Err(_) => {
                    if let Some(result) = poll().await? {
                        return Ok(result);
                    }
                }
            }
        }
    }
}

/// A stream of decoded events of one kind.
pub type TypedEvents<T> = ifbus_link::Picked<Event, fn(Event) -> Option<T>>;

fn unexpected(request: &str, reason: &str) -> Error {
    Error::Unexpected { request: request.into(), reason: reason.into() }
}

fn decode_reply<T: DeserializeOwned>(name: &str, data: Option<&Payload>) -> Result<T, Error> {
    match data {
        Some(data) => data.decode(),
        // a request without a reply, or one whose fields are all optional
        None => serde_json::from_str("{}").map_err(|error| error.to_string()),
    }
    .map_err(|reason| unexpected(name, &reason))
}
