//! The handle.

use crate::codec::Frame;
use crate::config::{Builder, Parts, Rules};
use crate::error::Error;
use crate::event::{Act, Event, EventKind, Tally};
use crate::request::{self, Answer, Command, Request, function::Function};
use crate::session::{Submission, VmixSession};
use crate::show::Show;
use ifbus_link::{ConnectionState, Events, Link, Open, Picked, Stats, Subscription, Wire};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A connection to one vMix. Cheap to clone; the last clone that is dropped closes it in the background.
#[derive(Clone)]
pub struct Client {
    link: Link<VmixSession>,
    show: watch::Receiver<Arc<Show>>,
    pub(crate) readings: watch::Receiver<u64>,
    events: Subscription,
    pub(crate) rules: Rules,
    #[cfg(feature = "http")]
    http: crate::http::HttpBuilder,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("link", &self.link).finish_non_exhaustive()
    }
}

/// What stands on both sides of the driver.
struct Mirror {
    session: VmixSession,
    show: watch::Receiver<Arc<Show>>,
    readings: watch::Receiver<u64>,
}

impl Mirror {
    fn new(parts: &Parts) -> Self {
        let (sender, show) = watch::channel(Arc::new(Show { stale: true, ..Show::default() }));
        let (counter, readings) = watch::channel(0);
        Self { session: VmixSession::new(parts.settings.clone(), sender, counter), show, readings }
    }
}

impl Client {
    /// Connects to the vMix at `address`: a host, or `host:port`; the port is 8099 unless told.
    ///
    /// # Errors
    /// As [`Builder::connect`].
    pub async fn connect(address: &str) -> Result<Self, Error> {
        Self::builder(address).connect().await
    }

    /// The settings for a client of the vMix at `address`.
    pub fn builder(address: &str) -> Builder {
        Builder::new(address)
    }

    pub(crate) async fn connect_by<O>(parts: &Parts, opener: O) -> Result<Self, Error>
    where
        O: Open,
        O::Wire: Wire<In = Frame, Out = Command>,
    {
        let Mirror { session, show, readings } = Mirror::new(parts);
        let link = Link::connect(session, opener, parts.link.clone()).await?;
        Ok(Self::new(parts, link, show, readings))
    }

    pub(crate) fn lazy<O>(parts: &Parts, opener: O) -> Self
    where
        O: Open,
        O::Wire: Wire<In = Frame, Out = Command>,
    {
        let Mirror { session, show, readings } = Mirror::new(parts);
        let link = Link::lazy(session, opener, parts.link.clone());
        Self::new(parts, link, show, readings)
    }

    fn new(
        parts: &Parts,
        link: Link<VmixSession>,
        show: watch::Receiver<Arc<Show>>,
        readings: watch::Receiver<u64>,
    ) -> Self {
        Self {
            link,
            show,
            readings,
            events: parts.events,
            rules: parts.rules,
            #[cfg(feature = "http")]
            http: parts.http.clone(),
        }
    }

    /// Sends a function or a query, with the configured deadline.
    ///
    /// # Errors
    /// [`Error::Link`] for an unknown or dangerous function (nothing was sent), a lost connection or a late answer;
    /// [`Error::Rejected`] if vMix says `ER`.
    ///
    /// # Cancel safety
    /// A future dropped before the request is written is never sent.
    pub async fn send<R: Request>(&self, request: R) -> Result<R::Reply, Error> {
        let within = self.link.config().request_timeout;
        self.send_within(request, within).await
    }

    /// Sends a function or a query, with a deadline that covers the waiting too.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_within<R: Request>(&self, request: R, within: Duration) -> Result<R::Reply, Error> {
        let answer = self.exchange(request.command()?, within).await?;
        request.reply(answer)
    }

    /// Sends any command but a function, and gives the answer as it came.
    ///
    /// # Errors
    /// As [`send`](Self::send), but for `ER`, which is an answer here.
    pub async fn request(&self, command: Command) -> Result<Frame, Error> {
        Ok(self.exchange(command, self.link.config().request_timeout).await?.frame)
    }

    async fn exchange(&self, command: Command, within: Duration) -> Result<Answer, Error> {
        if command.is_dangerous() && !self.rules.allow_dangerous {
            return Err(Error::invalid("function", DANGEROUS));
        }
        // the session sees by this whether somebody still waits
        let caller = Arc::new(());
        let submission = Submission { command, caller: Arc::downgrade(&caller) };
        let answer = self.link.request_within(submission, within).await;
        drop(caller);
        Ok(answer?)
    }

    /// The show as last known; `stale` says whether it is current. No request.
    #[must_use]
    pub fn show(&self) -> Arc<Show> {
        Arc::clone(&self.show.borrow())
    }

    /// A watch of the show. It coalesces: who is slow sees the latest.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Arc<Show>> {
        self.show.clone()
    }

    /// Reads the whole state document, and gives the show as of now.
    ///
    /// # Errors
    /// As [`send`](Self::send); [`Error::Unexpected`] for a document that cannot be read.
    pub async fn refresh(&self) -> Result<Arc<Show>, Error> {
        self.send_within(request::Xml::new(), self.rules.xml_timeout).await
    }

    /// One text of the state document, by its path: `vmix/inputs/input[1]/@title`.
    ///
    /// # Errors
    /// As [`send`](Self::send); [`Error::Rejected`] if there is no such entry.
    pub async fn xml_text(&self, path: &str) -> Result<String, Error> {
        self.send(request::XmlText::new(path)).await
    }

    /// Asks for the tally of all inputs.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn tally(&self) -> Result<Tally, Error> {
        self.send(request::Tally::new()).await
    }

    /// Asks for the state of an activator.
    ///
    /// # Errors
    /// As [`send`](Self::send); [`Error::Rejected`] for an unknown one.
    pub async fn acts(&self, name: &str, input: Option<u32>) -> Result<Act, Error> {
        let acts = request::Acts::new(name);
        self.send(match input {
            Some(input) => acts.input(input),
            None => acts,
        })
        .await
    }

    /// Asks for the version of vMix: four numbers.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn version(&self) -> Result<String, Error> {
        self.send(request::Version::new()).await
    }

    /// Asks whether vMix is there.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn ping(&self) -> Result<(), Error> {
        self.send(request::Ping::new()).await
    }

    /// A stream of all events from now on. Subscribe first, then send what makes events come.
    pub fn events(&self) -> Events<Event> {
        self.link.subscribe(self.events)
    }

    /// A stream of the events that `wanted` lets pass. It runs on the connection's task, for each event before it is queued: it must be
    /// quick, and must not panic, which would end the connection for good.
    pub fn events_where(&self, wanted: impl Fn(&Event) -> bool + Send + Sync + 'static) -> Events<Event> {
        self.link.subscribe_where(self.events, wanted)
    }

    /// A stream of the events of one kind: [`Tally`], [`Act`].
    pub fn events_of<T: EventKind>(&self) -> Picked<Event, fn(Event) -> Option<T>> {
        self.events_where(|event| T::pick(event).is_some()).pick(|event| T::pick(&event))
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

    /// A client of the HTTP API on the same host, with this client's settings.
    ///
    /// # Errors
    /// As [`HttpBuilder::build`](crate::HttpBuilder::build).
    #[cfg(feature = "http")]
    pub fn http(&self) -> Result<crate::Http, Error> {
        self.http.clone().build()
    }

    /// Says `QUIT`, closes and waits until that is done. Requests that are pending end with an error.
    pub async fn close(&self) {
        self.link.close().await;
    }

    pub(crate) async fn call(&self, function: impl Function) -> Result<(), Error> {
        self.send(function.raw().clone()).await
    }
}

pub(crate) const DANGEROUS: &str =
    "it runs code or types keys on the vMix host; allow_dangerous(true) of the builder allows it";
