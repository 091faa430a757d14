//! The handle that people hold.

use crate::address::Base;
use crate::config::Builder;
use crate::entities::EntityChange;
use crate::error::Error;
use crate::event::{Event, Rendered, Triggered, TypedEvent};
use crate::json::Json;
use crate::names;
use crate::request::{
    self, CallService, Config, CurrentUser, Fired, GetConfig, GetCurrentUser, GetServices, GetStates, Ping, Raw,
    RenderTemplate, Request, Services, Subscribe, SubscribeEvents, SubscribeTrigger,
};
use crate::service::ServiceCall;
use crate::session::{Ask, Command, HomeSession, News, Shared};
use crate::state::State;
use crate::stream::{EventStream, Ownership};
use ifbus_link::ws::{WsIn, WsOut};
use ifbus_link::{ConnectionState, Delivery, Link, Open, Stats, Subscription, Wire};
use secrecy::SecretString;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// A connection to one Home Assistant. Cheap to clone; the last clone that is dropped closes it in the background.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) link: Link<HomeSession>,
    pub(crate) runtime: Handle,
    shared: Arc<Shared>,
    next_key: AtomicU64,
    queue: Subscription,
    mirrored: bool,
    check_targets: bool,
    #[cfg(feature = "rest")]
    rest: crate::rest::Rest,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("version", &self.version())
            .field("link", &self.inner.link)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Connects to `http://ha.local:8123` (or `https`, `ws`, `wss`; the base path of a reverse proxy is kept) with a long-lived
    /// access token, and fills the mirror of all entities.
    ///
    /// # Errors
    /// As [`Builder::connect`].
    pub async fn connect(address: impl Into<String>, token: impl Into<SecretString>) -> Result<Self, Error> {
        Self::builder(address, token).connect().await
    }

    /// The settings of a client. An address without a scheme means `http`, without a port then 8123.
    pub fn builder(address: impl Into<String>, token: impl Into<SecretString>) -> Builder {
        Builder::new(address, token)
    }

    pub(crate) async fn connect_with<O>(builder: &Builder, base: Base, opener: O) -> Result<Self, Error>
    where
        O: Open,
        O::Wire: Wire<In = WsIn, Out = WsOut>,
    {
        let (session, shared) = session(builder);
        let link = Link::connect(session, opener, builder.link.clone()).await?;
        Ok(Self::over_link(link, shared, builder, base))
    }

    pub(crate) fn lazy_with<O>(builder: &Builder, base: Base, opener: O) -> Self
    where
        O: Open,
        O::Wire: Wire<In = WsIn, Out = WsOut>,
    {
        let (session, shared) = session(builder);
        let link = Link::lazy(session, opener, builder.link.clone());
        Self::over_link(link, shared, builder, base)
    }

    fn over_link(link: Link<HomeSession>, shared: Arc<Shared>, builder: &Builder, base: Base) -> Self {
        let inner = Inner {
            link,
            runtime: Handle::current(),
            shared,
            next_key: AtomicU64::new(1),
            queue: builder.queue,
            mirrored: builder.entities,
            check_targets: builder.check_targets,
            #[cfg(feature = "rest")]
            rest: crate::rest::Rest::new(base, builder),
        };
        #[cfg(not(feature = "rest"))]
        drop(base);
        Self { inner: Arc::new(inner) }
    }

    /// Waits until the client is logged in and the mirror is full: after [`Builder::connect_lazy`], or after a loss.
    ///
    /// # Errors
    /// What ended the client for good.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.inner.link.ready().await?)
    }

    /// The server's version, `2026.2.3`; empty before the first login.
    #[must_use]
    pub fn version(&self) -> Arc<str> {
        self.inner.shared.version()
    }

    /// Sends a typed command.
    ///
    /// # Errors
    /// [`Error::Link`] with what happened to the request; [`Error::Rejected`] with Home Assistant's words.
    ///
    /// # Cancel safety
    /// A future dropped before the command's first byte is written is never sent.
    pub async fn send<R: Request>(&self, request: R) -> Result<R::Reply, Error> {
        let within = request.within();
        self.exchange(request, within).await
    }

    /// Sends a typed command with a deadline of its own.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_within<R: Request>(&self, request: R, within: Duration) -> Result<R::Reply, Error> {
        self.exchange(request, Some(within)).await
    }

    /// Sends any command, as JSON with its `type`: `json!({"type": "config/area_registry/list"})`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn request(&self, command: Value) -> Result<Value, Error> {
        self.send(Raw::from_json(command)?).await
    }

    async fn exchange<R: Request>(&self, request: R, within: Option<Duration>) -> Result<R::Reply, Error> {
        let name = request.kind();
        let body = request::body(&request, &name)?;
        drop(request);
        let json = self.ask(Ask::Command(Command { name: name.clone(), body }), within, &name).await?;
        serde_json::from_str(json.text()).map_err(|error| Error::unexpected(&name, &error))
    }

    async fn ask(&self, ask: Ask, within: Option<Duration>, name: &str) -> Result<Json, Error> {
        let within = within.unwrap_or_else(|| self.inner.link.config().request_timeout);
        self.inner.link.request_within(ask, within).await?.map_err(|failure| Error::rejected(name, failure))
    }

    /// Opens a subscription, which lives as long as the stream: it is restored after a reconnect, and ended when the stream is
    /// dropped.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn subscribe<R: Subscribe>(&self, request: R) -> Result<EventStream<R::Event>, Error> {
        let name = request.kind();
        let body = request::body(&request, &name)?;
        drop(request);
        let key = self.inner.next_key.fetch_add(1, Ordering::Relaxed);
        // first the queue, then the command: no event can slip by
        let events = self.inner.link.subscribe_where(
            self.inner.queue,
            move |news| matches!(news, News::Event { key: of, .. } | News::Ended { key: of, .. } if *of == key),
        );
        let ownership = Ownership::new(&self.inner);
        let command = Command { name: name.clone(), body };
        self.ask(Ask::Subscribe { key, owner: ownership.watch(), command }, None, &name).await?;
        Ok(EventStream::of_subscription(events, ownership, &name))
    }

    /// Every event of the bus; for administrators. At a busy house this is a lot: [`entity_changes`](Self::entity_changes) has
    /// the states at a ninth of the bytes.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn events(&self) -> Result<EventStream<Event>, Error> {
        self.subscribe(SubscribeEvents::all()).await
    }

    /// Events of one type that has a Rust type: [`StateChanged`](crate::StateChanged).
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn events_of<E: TypedEvent>(&self) -> Result<EventStream<E>, Error> {
        self.subscribe(SubscribeEvents::<E>::of()).await
    }

    /// Events of the type of this name.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn events_named(&self, event_type: impl Into<String>) -> Result<EventStream<Event>, Error> {
        self.subscribe(SubscribeEvents::named(event_type.into())).await
    }

    /// A trigger as automations have it, watched by the server; for administrators:
    /// `json!({"platform": "numeric_state", "entity_id": "sensor.studio_temperature", "above": 25})`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn trigger(&self, trigger: impl Into<Value>) -> Result<EventStream<Triggered>, Error> {
        self.subscribe(SubscribeTrigger::new(trigger)).await
    }

    /// A template that is rendered now and at each change of what it uses. Never build its text from data of others.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn render_template(&self, template: impl Into<String>) -> Result<EventStream<Rendered>, Error> {
        self.subscribe(RenderTemplate::new(template)).await
    }

    /// Calls a service; await what this gives: `home.call_service("light", "turn_on").entity("light.key_light").await`.
    pub fn call_service(&self, domain: impl Into<String>, service: impl Into<String>) -> ServiceCall {
        ServiceCall::new(self.clone(), CallService::new(domain, service), self.inner.check_targets)
    }

    /// All states, read anew. The mirror ([`entities`](Self::entities)) has them without asking.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn states(&self) -> Result<Vec<State>, Error> {
        self.send(GetStates::new()).await
    }

    /// The configuration of the core, with its state (`RUNNING`).
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn config(&self) -> Result<Config, Error> {
        self.send(GetConfig::new()).await
    }

    /// All services by domain and name.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn services(&self) -> Result<Services, Error> {
        self.send(GetServices::new()).await
    }

    /// Who the token belongs to.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn current_user(&self) -> Result<CurrentUser, Error> {
        self.send(GetCurrentUser::new()).await
    }

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn ping(&self) -> Result<(), Error> {
        self.send(Ping::new()).await
    }

    /// Fires an event with this JSON object as data; for administrators.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn fire_event(&self, event_type: impl Into<String>, data: impl Into<Value>) -> Result<Fired, Error> {
        self.send(request::FireEvent::new(event_type).data(data)).await
    }

    /// One entity, as the mirror has it: no request. While there is no connection it is as of the loss:
    /// [`is_stale`](Self::is_stale).
    #[must_use]
    pub fn entity(&self, entity_id: &str) -> Option<Arc<State>> {
        self.inner.shared.mirror.read().get(entity_id)
    }

    /// All entities, sorted by id.
    #[must_use]
    pub fn entities(&self) -> Vec<Arc<State>> {
        self.inner.shared.mirror.read().all()
    }

    /// Whether the mirror does not follow the server: before the first login, without a connection, or if it is switched off.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.inner.shared.mirror.read().stale
    }

    /// Every change of the mirror from now on. Those of a gap are told as well, as one change each, behind
    /// [`Delivery::Reconnected`].
    #[must_use]
    pub fn entity_changes(&self) -> EventStream<EntityChange> {
        let events = self.inner.link.subscribe_where(self.inner.queue, |news| matches!(news, News::Entity(_)));
        EventStream::of_news(events, entity_change)
    }

    /// Every change of one entity from now on.
    #[must_use]
    pub fn changes_of(&self, entity_id: impl Into<String>) -> EventStream<EntityChange> {
        let id = entity_id.into();
        let wanted = move |news: &News| matches!(news, News::Entity(change) if *change.entity_id == *id);
        EventStream::of_news(self.inner.link.subscribe_where(self.inner.queue, wanted), entity_change)
    }

    /// Messages of kinds that this version does not know, whole.
    #[must_use]
    pub fn unknown_messages(&self) -> EventStream<Json> {
        let events = self.inner.link.subscribe_where(self.inner.queue, |news| matches!(news, News::Unknown(_)));
        EventStream::of_news(events, |news| match news {
            News::Unknown(json) => Some(json),
            _ => None,
        })
    }

    /// Waits until an entity is as wanted: at once if it is so already. Every change is looked at, none is skipped, and a state
    /// from before a lost connection does not count.
    ///
    /// # Errors
    /// [`Error::NotReached`] with its last state; what ended the client; that the mirror is switched off.
    pub async fn wait_for(
        &self,
        entity_id: &str,
        wanted: impl Fn(&State) -> bool + Send,
        within: Duration,
    ) -> Result<Arc<State>, Error> {
        names::check_entity_id(entity_id)?;
        self.needs_mirror()?;
        let mut changes = self.changes_of(entity_id);
        let now = || {
            let entities = self.inner.shared.mirror.read();
            entities.get(entity_id).filter(|state| !entities.stale && wanted(state))
        };
        let watching = async {
            if let Some(state) = now() {
                return Ok(state);
            }
            loop {
                let state = match changes.recv().await {
                    Some(Delivery::Event(change)) => change.new.filter(|state| wanted(state)),
                    Some(_) => now(),
                    None => return Err(self.over()),
                };
                if let Some(state) = state {
                    return Ok(state);
                }
            }
        };
        tokio::time::timeout(within, watching).await.unwrap_or_else(|_| {
            let last = self.entity(entity_id).map(|state| state.state.as_str().into());
            Err(Error::NotReached { entity_id: entity_id.into(), waited: within, last })
        })
    }

    fn over(&self) -> Error {
        match &*self.inner.link.state().borrow() {
            ConnectionState::Closed { error } => error.clone().into(),
            _ => ifbus_link::Error::Closed.into(),
        }
    }

    fn needs_mirror(&self) -> Result<(), Error> {
        if self.inner.mirrored {
            return Ok(());
        }
        Err(Error::argument("entities", "this needs the mirror, which the builder has switched off"))
    }

    /// Refuses an entity that the mirror does not know.
    pub(crate) fn check_known(&self, entity_id: &str) -> Result<(), Error> {
        self.needs_mirror()?;
        let entities = self.inner.shared.mirror.read();
        if entities.get(entity_id).is_some() {
            return Ok(());
        }
        let likeness = |id: &str| strsim::normalized_damerau_levenshtein(id, entity_id);
        let closest = entities.ids().map(|id| (likeness(id), id)).max_by(|one, other| one.0.total_cmp(&other.0));
        let suggestion = closest.filter(|(likeness, _)| *likeness >= 0.6).map(|(_, id)| id.into());
        Err(Error::UnknownEntity { entity_id: entity_id.into(), suggestion })
    }

    /// The REST API, at the same address with the same token.
    #[cfg(feature = "rest")]
    #[must_use]
    pub fn rest(&self) -> &crate::rest::Rest {
        &self.inner.rest
    }

    /// A watch of the connection's state.
    #[must_use]
    pub fn connection(&self) -> watch::Receiver<ConnectionState> {
        self.inner.link.state()
    }

    /// What the connection has done so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.inner.link.stats()
    }

    /// Closes the connection and waits until it is closed. Pending requests end with an error, streams end.
    pub async fn close(&self) {
        self.inner.link.close().await;
    }
}

fn session(builder: &Builder) -> (HomeSession, Arc<Shared>) {
    let shared = Arc::new(Shared::default());
    let session = HomeSession::new(builder.token.clone(), Arc::clone(&shared), builder.entities, builder.coalesce);
    (session, shared)
}

fn entity_change(news: News) -> Option<EntityChange> {
    match news {
        News::Entity(change) => Some(change),
        _ => None,
    }
}
