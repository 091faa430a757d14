//! The handle that people hold.

use crate::calls::Calls;
use crate::codec::Frame;
use crate::command::{Command, checked};
use crate::config::Builder;
use crate::error::Error;
use crate::event::{Event, EventSet};
use crate::message::{Execute, Execution, SendEvent};
use crate::session::{Ask, EslSession, News, Reply, Shared, What, is_ok, words};
use crate::stream::{self, EventStream};
use bytes::Bytes;
use ifbus_link::{ConnectionState, Link, Open, Stats, Subscription, Wire};
use secrecy::SecretString;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// What the server said of itself at the login.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Server {
    /// `FreeSWITCH Version 1.11.2-release+git… (git 3f13ad1 …)`; empty if the user may not ask.
    pub banner: String,
    /// Of `userauth`: the events that the user may have, `all` or a list.
    pub allowed_events: Option<String>,
    /// Of `userauth`: the API commands that the user may use, `all` or a list.
    pub allowed_api: Option<String>,
    /// Of `userauth`: whether the user may have the log.
    pub allowed_log: Option<bool>,
}

impl Server {
    /// The version, `1.11.2-release`; empty if it is not known.
    #[must_use]
    pub fn version(&self) -> &str {
        let version = self.banner.strip_prefix("FreeSWITCH Version ").unwrap_or_default();
        version.split(['+', ' ', '~']).next().unwrap_or_default()
    }
}

/// A connection to one FreeSWITCH. Cheap to clone; the last clone that is dropped closes it in the background.
#[derive(Clone)]
pub struct Client {
    pub(crate) link: Link<EslSession>,
    pub(crate) shared: Arc<Shared>,
    calls: Option<Calls>,
    pub(crate) queue: Subscription,
    pub(crate) job_timeout: Duration,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("link", &self.link).finish_non_exhaustive()
    }
}

impl Client {
    /// Connects by a URL: `esl://[user@domain:]password@host[:8021]`.
    ///
    /// # Errors
    /// As [`Builder::connect`].
    pub async fn connect(url: &str) -> Result<Self, Error> {
        Builder::from_url(url)?.connect().await
    }

    /// The settings for a client of the FreeSWITCH at `address`: a host, or `host:port`; the port is 8021 unless told.
    pub fn builder(address: &str, password: impl Into<SecretString>) -> Builder {
        Builder::new(address, password.into())
    }

    /// The settings that a URL gives.
    ///
    /// # Errors
    /// It is none of the form `esl://[user@domain:]password@host[:8021]`.
    pub fn builder_from_url(url: &str) -> Result<Builder, Error> {
        Builder::from_url(url)
    }

    pub(crate) async fn connect_by<O>(builder: &Builder, opener: O) -> Result<Self, Error>
    where
        O: Open,
        O::Wire: Wire<In = Frame, Out = Command>,
    {
        let (session, calls) = builder.session()?;
        let shared = session.shared();
        let link = Link::connect(session, opener, builder.link.clone()).await?;
        Ok(Self::over(link, shared, calls, builder))
    }

    pub(crate) fn lazy<O>(builder: &Builder, opener: O) -> Result<Self, Error>
    where
        O: Open,
        O::Wire: Wire<In = Frame, Out = Command>,
    {
        let (session, calls) = builder.session()?;
        let shared = session.shared();
        let link = Link::lazy(session, opener, builder.link.clone());
        Ok(Self::over(link, shared, calls, builder))
    }

    pub(crate) fn over(link: Link<EslSession>, shared: Arc<Shared>, calls: Option<Calls>, builder: &Builder) -> Self {
        Self { link, shared, calls, queue: builder.queue, job_timeout: builder.job_timeout }
    }

    /// What the server said of itself at the last login.
    #[must_use]
    pub fn server(&self) -> Arc<Server> {
        Arc::clone(&self.shared.server.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) async fn ask(&self, what: What, within: Duration) -> Result<Reply, Error> {
        match self.link.request_within(Ask { what, within }, within).await? {
            Reply::Invalid(error) => Err(error),
            reply => Ok(reply),
        }
    }

    pub(crate) fn patience(&self) -> Duration {
        self.link.config().request_timeout
    }

    /// Sends a command and gives what answers it, a refusal too.
    pub(crate) async fn exchange(&self, command: Command, within: Duration) -> Result<Frame, Error> {
        let name = command.name().to_owned();
        match self.ask(What::Command(command), within).await? {
            Reply::Frame(Frame::Oversized { length, .. }) => {
                Err(Error::unexpected(&name, format!("an answer of {length} bytes, which is over the limit")))
            }
            Reply::Frame(frame) => Ok(frame),
            _ => Err(Error::unexpected(&name, "an event")),
        }
    }

    /// Sends a command that is answered by `+OK` or `-ERR`, and gives the words of the `+OK`.
    pub(crate) async fn order(&self, command: Command) -> Result<String, Error> {
        let name = command.name().to_owned();
        let frame = self.exchange(command, self.patience()).await?;
        agreed(&name, &frame)
    }

    /// Sends any command of the event socket, as one line, and gives the answer as it came: `Reply-Text` in a
    /// [`Frame::Reply`], a body in a [`Frame::Response`]. What it changes is not restored after a reconnect.
    ///
    /// # Errors
    /// [`Error::Link`]; an invalid argument for `auth` and `exit`, which the client does itself, and for `getvar`, whose answer
    /// is not framed: a value that a caller chose could pass for another answer. [`variable`](Self::variable) is sound.
    pub async fn command(&self, line: &str) -> Result<Frame, Error> {
        checked("command", line)?;
        let verb = line.split(' ').next().unwrap_or_default().to_ascii_lowercase();
        // FreeSWITCH compares the beginnings only
        let own = ["auth", "userauth", "exit", "...", "getvar"].iter().any(|own| verb.starts_with(own));
        if verb.is_empty() || own {
            return Err(Error::invalid("command", "the client does this itself, or it cannot be done safely"));
        }
        self.exchange(Command::raw(line)?, self.patience()).await
    }

    /// Runs an API command and gives what it prints.
    ///
    /// FreeSWITCH does nothing else for this connection meanwhile: what may take long goes by [`bgapi`](Self::bgapi).
    ///
    /// # Errors
    /// [`Error::Rejected`] for `-ERR`, `-USAGE` and the like, with FreeSWITCH's own words.
    ///
    /// # Cancel safety
    /// A future dropped before the command is written is never sent.
    pub async fn api(&self, name: &str, arguments: &str) -> Result<String, Error> {
        self.api_within(name, arguments, self.patience()).await
    }

    /// As [`api`](Self::api), with a deadline of its own.
    ///
    /// # Errors
    /// As [`api`](Self::api).
    pub async fn api_within(&self, name: &str, arguments: &str, within: Duration) -> Result<String, Error> {
        let body = self.api_bytes(name, arguments, within).await?;
        printed("api", name, &body)
    }

    /// Runs an API command and gives the bytes that it prints, whatever they say.
    ///
    /// # Errors
    /// [`Error::Rejected`] only where the user may not run it.
    pub async fn api_bytes(&self, name: &str, arguments: &str, within: Duration) -> Result<Bytes, Error> {
        let command = Command::api("api", name, arguments)?.finish()?;
        match self.exchange(command, within).await? {
            Frame::Response(response) => Ok(response.body_bytes()),
            other => Err(Error::rejected(&format!("api {name}"), &words(&other))),
        }
    }

    /// Runs an API command in the background and waits for what it prints, while other commands go on. The event that carries
    /// it is matched by its Job-UUID, whatever the order.
    ///
    /// # Errors
    /// As [`api`](Self::api). A connection that is lost meanwhile loses the result: FreeSWITCH keeps none.
    pub async fn bgapi(&self, name: &str, arguments: &str) -> Result<String, Error> {
        self.bgapi_within(name, arguments, self.job_timeout).await
    }

    /// As [`bgapi`](Self::bgapi), with a deadline of its own.
    ///
    /// # Errors
    /// As [`bgapi`](Self::bgapi).
    pub async fn bgapi_within(&self, name: &str, arguments: &str, within: Duration) -> Result<String, Error> {
        let uuid = new_uuid();
        let command = Command::api("bgapi", name, arguments)?.header("Job-UUID", &uuid)?.finish()?;
        match self.ask(What::Job(command, uuid), within).await? {
            Reply::Event(event) => printed("bgapi", name, &event.body().unwrap_or_default()),
            Reply::Frame(frame) => Err(Error::rejected(&format!("bgapi {name}"), &words(&frame))),
            _ => Err(Error::unexpected(name, "no job")),
        }
    }

    /// Runs an application on a channel and waits for its end, by `CHANNEL_EXECUTE_COMPLETE`.
    ///
    /// An application that FreeSWITCH does not know hangs the channel up.
    ///
    /// # Errors
    /// [`Error::HungUp`] if the channel is hung up before the end; where the application ends the call itself (`hangup`,
    /// `transfer`, `bridge` and the like) only if its own end is not told. [`Error::Rejected`] if there is no such channel.
    pub async fn execute(&self, channel: &str, execute: Execute) -> Result<Execution, Error> {
        let within = execute.within.unwrap_or(self.job_timeout);
        let name = execute.name();
        let uuid = new_uuid();
        let command = execute.command(Some(channel), &uuid)?;
        let what = What::Execute { command, uuid, channel: channel.to_owned() };
        Execution::of(&name, self.ask(what, within).await?)
    }

    /// Hands an application to a channel and does not wait for its end. FreeSWITCH's yes means that it is queued.
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn queue(&self, channel: &str, execute: Execute) -> Result<(), Error> {
        self.order(execute.command(Some(channel), &new_uuid())?).await.map(drop)
    }

    /// Fires an event, and gives its Event-UUID.
    ///
    /// # Errors
    /// [`Error::Link`] also for a header that would become another line.
    pub async fn send_event(&self, event: SendEvent) -> Result<String, Error> {
        self.order(event.command()?).await
    }

    /// A stream of all events from now on that FreeSWITCH sends to this connection.
    pub fn events(&self) -> EventStream<Event> {
        self.events_where(|_| true)
    }

    /// A stream of the events that `wanted` lets pass. It runs on the connection's task, for each event before it is queued: it
    /// must be quick, and must not panic, which would end the connection for good.
    pub fn events_where(&self, wanted: impl Fn(&Event) -> bool + Send + Sync + 'static) -> EventStream<Event> {
        let wanted = move |news: &News| matches!(news, News::Event(event) if wanted(event));
        EventStream::new(self.link.subscribe_where(self.queue, wanted), stream::event)
    }

    /// A stream of the events of one kind, or of several in a tuple: see [`EventSet`]. [`subscribe`](Self::subscribe) makes
    /// FreeSWITCH send them.
    pub fn events_of<K: EventSet>(&self) -> EventStream<K::Item> {
        let wanted = |news: &News| matches!(news, News::Event(event) if K::matches(event));
        EventStream::new(self.link.subscribe_where(self.queue, wanted), stream::kind::<K>)
    }

    /// The calls, where [`Builder::track_calls`](crate::Builder::track_calls) is on.
    #[must_use]
    pub fn calls(&self) -> Option<&Calls> {
        self.calls.as_ref()
    }

    /// A watch of the connection's state.
    #[must_use]
    pub fn connection(&self) -> watch::Receiver<ConnectionState> {
        self.link.state()
    }

    /// Waits until the client is logged in, after [`Builder::connect_lazy`](crate::Builder::connect_lazy) or a loss.
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

    /// Says `exit`, closes and waits until that is done. Commands that are pending end with an error.
    pub async fn close(&self) {
        self.link.close().await;
    }
}

pub(crate) fn new_uuid() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// The words of a `+OK`, or the refusal.
pub(crate) fn agreed(name: &str, frame: &Frame) -> Result<String, Error> {
    let words = words(frame);
    if !is_ok(frame) || words.starts_with('-') {
        return Err(Error::rejected(name, &words));
    }
    Ok(words.strip_prefix("+OK").unwrap_or(&words).trim().to_owned())
}

/// What an API command printed, or the refusal that it is.
fn printed(how: &str, name: &str, body: &[u8]) -> Result<String, Error> {
    let text = String::from_utf8_lossy(body);
    let refused = ["-ERR", "-USAGE", "-STUN"].iter().any(|prefix| text.starts_with(prefix));
    // these print both a yes and a no
    let half = matches!(name, "load" | "reload" | "unload" | "bgapi")
        .then(|| text.lines().find(|line| line.starts_with("-ERR")));
    let sofia = name == "sofia" && (text.starts_with("Invalid ") || text.starts_with("Unknown Command"));
    match half.flatten() {
        Some(line) => Err(Error::rejected(&format!("{how} {name}"), line)),
        None if refused || sofia => Err(Error::rejected(&format!("{how} {name}"), &text)),
        None => Ok(text.into_owned()),
    }
}
