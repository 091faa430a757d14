//! The handle that people hold.

use crate::action::{Action, FromReply, Raw, Response};
use crate::calls::{CallEvent, Calls, Shared};
use crate::codec::{Incoming, Outgoing};
use crate::config::Builder;
use crate::error::Error;
use crate::event::{Event, EventSet};
use crate::mask::EventMask;
use crate::reply::Reply;
use crate::server::Server;
use crate::session::{AmiSession, Ask, ItemSink, Notice, Settings, Standing};
use crate::stream::Items;
use ifbus_link::{ConnectionState, Events, Link, Open, Picked, Stats, Wire};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// A stream of events; made by [`Client::events`] and its kin.
pub type EventStream<T> = Picked<Notice, fn(Notice) -> Option<T>>;

/// A connection to one Asterisk. Cheap to clone; the last clone that is dropped closes it in the background.
#[derive(Clone)]
pub struct Client {
    pub(crate) link: Link<AmiSession>,
    server: watch::Receiver<Arc<Server>>,
    calls: Shared,
    settings: Arc<Builder>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("link", &self.link).finish_non_exhaustive()
    }
}

fn event_of(notice: Notice) -> Option<Event> {
    match notice {
        Notice::Event(event) => Some(event),
        Notice::Call(_) => None,
    }
}

fn is_event(notice: &Notice) -> bool {
    matches!(notice, Notice::Event(_))
}

impl Client {
    /// Connects and logs in: `ami://user:secret@host[:5038]`, or `amis://` for TLS on port 5039. User and secret are
    /// percent-encoded.
    ///
    /// # Errors
    /// As [`Builder::connect`].
    pub async fn connect(url: &str) -> Result<Self, Error> {
        Self::builder(url).connect().await
    }

    /// The settings of a client of the Asterisk at this address: a URL as [`connect`](Self::connect) takes, `host` or
    /// `host:port`.
    pub fn builder(address: &str) -> Builder {
        Builder::new(address)
    }

    pub(crate) async fn connect_by<O>(
        builder: Builder,
        settings: Settings,
        opener: O,
        calls: Shared,
    ) -> Result<Self, Error>
    where
        O: Open,
        O::Wire: Wire<In = Incoming, Out = Outgoing>,
    {
        let (told, server) = watch::channel(Arc::new(Server::default()));
        let session = AmiSession::new(settings, told, calls.clone());
        let link = Link::connect(session, opener, builder.link.clone()).await?;
        Ok(Self { link, server, calls, settings: Arc::new(builder) })
    }

    pub(crate) fn lazy<O>(builder: Builder, settings: Settings, opener: O, calls: Shared) -> Self
    where
        O: Open,
        O::Wire: Wire<In = Incoming, Out = Outgoing>,
    {
        let (told, server) = watch::channel(Arc::new(Server::default()));
        let session = AmiSession::new(settings, told, calls.clone());
        let link = Link::lazy(session, opener, builder.link.clone());
        Self { link, server, calls, settings: Arc::new(builder) }
    }

    /// What the server said of itself at the last login.
    #[must_use]
    pub fn server(&self) -> Arc<Server> {
        Arc::clone(&self.server.borrow())
    }

    /// Sends an action and reads its answer, lists whole.
    ///
    /// # Errors
    /// [`Error::Rejected`] with Asterisk's words; [`Error::Link`] for a lost connection, a deadline, or what must not be sent (a
    /// line break in a value, a login of the user's); [`Error::TooLarge`] for an answer over the limits.
    ///
    /// # Cancel safety
    /// A future dropped before its first byte is written is never sent. Later its answer is thrown away.
    pub async fn send<A: Action>(&self, action: A) -> Result<A::Reply, Error> {
        let within = self.settings.link.request_timeout;
        self.send_within(action, within).await
    }

    /// Sends an action with a deadline of its own.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_within<A: Action>(&self, action: A, within: Duration) -> Result<A::Reply, Error> {
        let raw = action.into_raw();
        let name = raw.name.clone();
        A::Reply::from_reply(&name, self.exchange(raw, within, false, None).await?)
    }

    /// Sends any action by its name: `client.action("QueueReset", &[("Queue", "support")])`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn action(&self, name: impl Into<String>, headers: &[(&str, &str)]) -> Result<Response, Error> {
        let raw = headers.iter().fold(Raw::new(name.into()), |raw, (name, value)| raw.add((*name).to_owned(), *value));
        self.send(raw).await
    }

    /// Sends an action and gives its list item by item, as the server sends it. What waits to be read is bounded by
    /// [`Limits::list`](crate::Limits::list); past it the stream ends with [`Error::TooLarge`], and the reading of others goes
    /// on.
    ///
    /// # Errors
    /// Of the action itself, here or as the last item of the stream.
    pub fn stream<A: Action>(&self, action: A) -> Items {
        let raw = action.into_raw();
        let name = raw.name().to_owned();
        let (items, receiver) = mpsc::unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let sink = ItemSink { items, waiting: Arc::clone(&waiting) };
        let client = self.clone();
        let within = self.settings.link.request_timeout;
        let end = Box::pin(async move {
            let reply = client.exchange(raw, within, false, Some(Box::new(sink))).await?;
            Reply::from_reply(&name, reply).map(|reply| reply.into_list().2.map(Event::new))
        });
        Items::new(receiver, waiting, end)
    }

    pub(crate) async fn exchange(
        &self,
        raw: Raw,
        within: Duration,
        outcome: bool,
        sink: Option<Box<ItemSink>>,
    ) -> Result<Reply, Error> {
        let standing = match raw.name() {
            name if name.eq_ignore_ascii_case("Events") => {
                Some(Box::new(Standing::Mask(EventMask::parse(raw.get("EventMask").unwrap_or_default()))))
            }
            name if name.eq_ignore_ascii_case("Filter") => Some(Box::new(Standing::Filter(raw.clone()))),
            _ => None,
        };
        let outline = raw.asked()?;
        Ok(self.link.request_within(Ask { outline, outcome, sink, standing }, within).await?)
    }

    /// The context of the user's own that has the extensions of the verbs.
    pub(crate) fn own_dialplan(&self) -> Option<&str> {
        self.settings.dialplan.as_deref()
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        self.settings.link.request_timeout
    }

    /// Which events the server sends from now on, also after a reconnect.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn set_events(&self, mask: EventMask) -> Result<(), Error> {
        self.send(crate::action::Events::new(mask.wire())).await.map(|_| ())
    }

    /// Adds a filter of events: a regular expression (POSIX extended) over the text of an event, or `!` and one for those that
    /// shall not come. With any that include, only what they match comes. Asterisk can neither list nor remove a filter; it is
    /// set again after a reconnect. Calls are followed by the events that still come. Since Asterisk 10; needs the right `system`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn add_filter(&self, filter: impl Into<String>) -> Result<(), Error> {
        self.send(Raw::new("Filter").set("Operation", "Add").set("Filter", filter)).await.map(|_| ())
    }

    /// A stream of all events from now on. Subscribe first, then send what makes events come.
    #[must_use]
    pub fn events(&self) -> EventStream<Event> {
        self.link.subscribe_where(self.settings.queue, is_event).pick(event_of)
    }

    /// A stream of the events that `wanted` lets pass. It runs on the connection's task: it must be quick, and must not panic.
    pub fn events_where(&self, wanted: impl Fn(&Event) -> bool + Send + Sync + 'static) -> EventStream<Event> {
        let wanted = move |notice: &Notice| matches!(notice, Notice::Event(event) if wanted(event));
        self.link.subscribe_where(self.settings.queue, wanted).pick(event_of)
    }

    /// A stream of the events of one kind, [`event::Hangup`](crate::event::Hangup), or of several in a tuple: see [`EventSet`].
    #[must_use]
    pub fn events_of<T: EventSet>(&self) -> EventStream<T::Item> {
        let wanted = |notice: &Notice| matches!(notice, Notice::Event(event) if T::matches(event));
        self.link.subscribe_where(self.settings.queue, wanted).pick(|notice| T::pick(&event_of(notice)?))
    }

    /// The calls that are up. No request.
    #[must_use]
    pub fn calls(&self) -> Calls {
        Calls::new(self.calls.clone())
    }

    /// A stream of what happens to calls: the call as it is then.
    #[must_use]
    pub fn call_events(&self) -> EventStream<CallEvent> {
        self.calls.listen();
        let events: Events<Notice> = self.link.subscribe_where(self.settings.queue, |notice| !is_event(notice));
        events.pick(|notice| match notice {
            Notice::Call(event) => Some(event),
            Notice::Event(_) => None,
        })
    }

    /// Asks whether the server is there; how long the answer took.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn ping(&self) -> Result<Duration, Error> {
        let started = tokio::time::Instant::now();
        self.send(crate::action::Ping::new()).await?;
        Ok(started.elapsed())
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

    /// Logs off, closes and waits until that is done. Actions that are pending end with an error.
    pub async fn close(&self) {
        self.link.close().await;
    }
}
