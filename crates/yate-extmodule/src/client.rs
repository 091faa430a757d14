//! The handle that people hold.

use crate::calls::{CallEvent, Calls, Shared};
use crate::cdr::{Cdr, CdrOperation};
use crate::codec::{Line, Outgoing};
use crate::config::Builder;
use crate::dispatch::{Table, dispatch};
use crate::error::Error;
use crate::escape::escape;
use crate::handle::{HandlerBuilder, check_name};
use crate::kick::Kicker;
use crate::message::Message;
use crate::received::Received;
use crate::session::{Ask, Command, Installs, Notice, Response, Server, Settings, YateSession};
use ifbus_link::{ConnectionState, Link, Open, Picked, Stats, Wire};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;
use tokio::sync::watch;

/// A stream of events; made by [`Client::messages`] and its kin.
pub type EventStream<T> = Picked<Notice, fn(Notice) -> Option<T>>;

/// A connection to one Yate. Cheap to clone; the last clone that is dropped closes it in the background.
#[derive(Clone)]
pub struct Client {
    link: Link<YateSession>,
    server: watch::Receiver<Arc<Server>>,
    calls: Shared,
    table: Arc<Table>,
    settings: Arc<Builder>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("link", &self.link).finish_non_exhaustive()
    }
}

/// Questions that wait for the dispatcher, which never waits itself.
const QUESTIONS: usize = 4096;

fn message_of(notice: Notice) -> Option<Received> {
    match notice {
        Notice::Message(message) => Some(message),
        _ => None,
    }
}

impl Client {
    /// Connects: `10.0.0.5:5040`, `yate://host:port`, `unix:/run/yate/ext.sock`. The protocol has no port of its own: it is what
    /// `extmodule.conf` says. It has no login and no encryption either: bind the listener to loopback or a unix socket.
    ///
    /// # Errors
    /// As [`Builder::connect`].
    pub async fn connect(address: &str) -> Result<Self, Error> {
        Self::builder(address).connect().await
    }

    /// The settings of a client of the Yate at this address, which [`connect`](Self::connect) describes.
    pub fn builder(address: &str) -> Builder {
        Builder::new(address)
    }

    /// The session, and what becomes the client once there is a link.
    fn prepare(builder: &Builder, settings: Settings) -> (YateSession, impl FnOnce(Link<YateSession>) -> Self + use<>) {
        let (told, server) = watch::channel(Arc::new(Server::default()));
        let calls = Shared::default();
        let limit = Arc::new(AtomicUsize::new(8192));
        // identifiers that nobody guesses: one like the engine's own would take the channel of its message
        let token = format!("{:016x}", RandomState::new().build_hasher().finish());
        let installs = Installs::default();
        let known = Arc::clone(&installs);
        let session = YateSession::new(settings, token, told, Arc::clone(&limit), Arc::clone(&calls), known);
        let settings = Arc::new(builder.clone());
        let finish = move |link: Link<YateSession>| {
            let table = Arc::new(Table::new(installs, Kicker::new(server.clone())));
            tokio::spawn(dispatch(link.calls(QUESTIONS), Arc::clone(&table), limit));
            Self { link, server, calls, table, settings }
        };
        (session, finish)
    }

    pub(crate) async fn connect_by<O>(builder: &Builder, settings: Settings, opener: O) -> Result<Self, Error>
    where
        O: Open,
        O::Wire: Wire<In = Line, Out = Outgoing>,
    {
        let (session, finish) = Self::prepare(builder, settings);
        Ok(finish(Link::connect(session, opener, builder.link.clone()).await?))
    }

    pub(crate) fn lazy<O>(builder: &Builder, settings: Settings, opener: O) -> Self
    where
        O: Open,
        O::Wire: Wire<In = Line, Out = Outgoing>,
    {
        let (session, finish) = Self::prepare(builder, settings);
        finish(Link::lazy(session, opener, builder.link.clone()))
    }

    /// What the engine said of itself at the last connect.
    #[must_use]
    pub fn server(&self) -> Arc<Server> {
        Arc::clone(&self.server.borrow())
    }

    pub(crate) fn table(&self) -> &Arc<Table> {
        &self.table
    }

    pub(crate) fn handler_timeout(&self) -> Duration {
        self.settings.handler_timeout
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        self.settings.link.request_timeout
    }

    pub(crate) async fn ask(&self, ask: Ask) -> Result<Response, Error> {
        let within = self.settings.link.request_timeout;
        self.ask_within(ask, within).await
    }

    async fn ask_within(&self, ask: Ask, within: Duration) -> Result<Response, Error> {
        match self.link.request_within(ask, within).await? {
            Response::NotUnderstood(line) => {
                let shown = crate::redact::line(&line);
                Err(Error::NotUnderstood { line: String::from_utf8_lossy(&shown).into() })
            }
            Response::TooLarge => Err(Error::TooLarge { limit: self.settings.max_line }),
            response => Ok(response),
        }
    }

    pub(crate) fn odd(request: &str, response: &Response) -> Error {
        Error::unexpected(request, format!("{response:?}"))
    }

    /// Sends a message and waits for its way through the engine: the answer has all parameters as they are then, and whether a
    /// module handled it. Unhandled is no error: the engine says so of most notifications.
    ///
    /// Messages that are on their way together may overtake each other: wait for the answer where the order matters.
    ///
    /// # Errors
    /// [`Error::Link`] for a lost connection, a deadline, or a value that must not be sent, among them a `call.drop` without an
    /// id, which drops every call: see [`drop_all_calls`](Self::drop_all_calls).
    ///
    /// # Cancel safety
    /// A future dropped before its first byte is written is never sent. Later its answer is thrown away.
    pub async fn send(&self, message: Message) -> Result<Received, Error> {
        self.send_within(message, self.settings.link.request_timeout).await
    }

    /// Sends a message with a deadline of its own: a `call.execute` may take as long as the phone rings.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_within(&self, message: Message, within: Duration) -> Result<Received, Error> {
        check_drop(&message)?;
        self.deliver(&message, within).await
    }

    pub(crate) async fn deliver(&self, message: &Message, within: Duration) -> Result<Received, Error> {
        match self.ask_within(Ask::Message(message.body()?), within).await? {
            Response::Message(received) => Ok(received),
            other => Err(Self::odd(message.name(), &other)),
        }
    }

    /// Sends a message that nobody answers; done once it is on its way.
    ///
    /// # Errors
    /// As [`send`](Self::send). What the engine does not understand comes as a [`Notice::Stray`].
    pub async fn emit(&self, message: Message) -> Result<(), Error> {
        check_drop(&message)?;
        self.ask(Ask::Emit(message.body()?)).await.map(|_| ())
    }

    /// A handler of the messages of this name: `yate.handle("call.route").priority(50).on(|m| async move { Ok(m.pass()) })`. It
    /// stays until [`HandlerHandle::uninstall`](crate::HandlerHandle::uninstall) or [`uninstall`](Self::uninstall), also across
    /// reconnects. Messages of this client itself are not given to it unless `set_local("reenter", "true")`.
    pub fn handle(&self, name: impl Into<String>) -> HandlerBuilder<'_> {
        HandlerBuilder::new(self, name.into())
    }

    /// Watches the messages of this name, or all with an empty one: they come as events after their dispatch, also after a
    /// reconnect. This client's own are not among them unless `set_local("selfwatch", "true")`. Whether it is new.
    ///
    /// # Errors
    /// [`Error::Link`] for a name with a colon or a control character, or a lost connection.
    pub async fn watch(&self, name: &str) -> Result<bool, Error> {
        check_name("message name", name)?;
        self.local_line(Command::Watch { name: name.to_owned() }).await.map(|(ok, _)| ok)
    }

    /// Watches no more, for all subscribers of this client. Whether it was watched.
    ///
    /// # Errors
    /// As [`watch`](Self::watch).
    pub async fn unwatch(&self, name: &str) -> Result<bool, Error> {
        check_name("message name", name)?;
        self.local_line(Command::Unwatch { name: name.to_owned() }).await.map(|(ok, _)| ok)
    }

    async fn local_line(&self, command: Command) -> Result<(bool, String), Error> {
        match self.ask(Ask::Command(command)).await? {
            Response::Command { ok, value } => Ok((ok, value)),
            other => Err(Self::odd("command", &other)),
        }
    }

    /// Changes a setting of this connection, and again after a reconnect; the value that is in force then. Names: `timeout`,
    /// `timebomb`, `maxqueue`, `reenter`, `selfwatch`, `setdata`, `settime`, `trackparam`, `debuglevel`, `debugname`; with a
    /// channel `id`, `reason` and `disconnected`, which are not set again.
    ///
    /// # Errors
    /// [`Error::Refused`] if the engine does not know it or it is read only; [`Error::Link`] for a name or value with a line
    /// break or a NUL, an empty value (which would ask), a lost connection.
    pub async fn set_local(&self, name: &str, value: &str) -> Result<String, Error> {
        if value.is_empty() {
            return Err(Error::invalid("value", "is empty, which asks in place of setting"));
        }
        let (ok, value) = self.local_command(name, value).await?;
        if ok { Ok(value) } else { Err(refused(name)) }
    }

    /// Asks for a setting, or for what the engine is: `engine.version`, `engine.nodename`, `config.SECTION.KEY` of yate.conf,
    /// `loaded.MODULE` (`true` or `false`).
    ///
    /// # Errors
    /// As [`set_local`](Self::set_local).
    pub async fn local(&self, name: &str) -> Result<String, Error> {
        let (ok, value) = self.local_command(name, "").await?;
        if ok { Ok(value) } else { Err(refused(name)) }
    }

    async fn local_command(&self, name: &str, value: &str) -> Result<(bool, String), Error> {
        if name.is_empty() {
            return Err(Error::invalid("name", "is empty"));
        }
        check_name("name", name)?;
        if let Some(at) = value.bytes().position(|byte| byte < 0x20) {
            return Err(Error::invalid(name.to_owned(), format!("holds a control character at byte {at}")));
        }
        self.local_line(Command::SetLocal { name: name.to_owned(), value: value.to_owned() }).await
    }

    /// Writes a line to the engine's log.
    ///
    /// # Errors
    /// [`Error::Link`] for a text with a control character, which the engine would not read as one line, or a lost connection.
    pub async fn output(&self, text: &str) -> Result<(), Error> {
        if let Some(at) = text.bytes().position(|byte| byte < 0x20) {
            return Err(Error::invalid("text", format!("holds a control character at byte {at}")));
        }
        self.ask(Ask::Line(format!("%%>output:{text}").into())).await.map(|_| ())
    }

    /// Writes to the engine's log at a level from 0 (fails) to 10 (all); what is above the engine's own level does not show.
    ///
    /// # Errors
    /// As [`output`](Self::output), for a NUL; line breaks are carried.
    pub async fn debug(&self, level: u8, text: &str) -> Result<(), Error> {
        if text.contains('\0') {
            return Err(Error::invalid("text", "holds a NUL, which Yate cannot carry"));
        }
        let mut line = format!("%%>debug:{}:", level.min(10)).into_bytes();
        escape(text.as_bytes(), &mut line);
        self.ask(Ask::Line(line.into())).await.map(|_| ())
    }

    /// A stream of all messages that are watched, from now on.
    #[must_use]
    pub fn messages(&self) -> EventStream<Received> {
        self.link.subscribe_where(self.settings.queue, |notice| matches!(notice, Notice::Message(_))).pick(message_of)
    }

    /// A stream of the messages that `wanted` lets pass, of those that are watched. It runs on the connection's task, for each
    /// message before it is queued: it must be quick, and must not panic, which would end the connection for good.
    pub fn messages_where(&self, wanted: impl Fn(&Received) -> bool + Send + Sync + 'static) -> EventStream<Received> {
        let wanted = move |notice: &Notice| matches!(notice, Notice::Message(message) if wanted(message));
        self.link.subscribe_where(self.settings.queue, wanted).pick(message_of)
    }

    /// Watches the messages of this name, and gives them as a stream.
    ///
    /// # Errors
    /// As [`watch`](Self::watch).
    pub async fn messages_of(&self, name: &str) -> Result<EventStream<Received>, Error> {
        let own = name.to_owned();
        let stream = self.messages_where(move |message| message.is(&own));
        self.watch(name).await?;
        Ok(stream)
    }

    /// A stream of everything, also of what could not be restored after a reconnect and of lines that were not understood.
    #[must_use]
    pub fn notices(&self) -> EventStream<Notice> {
        self.link.subscribe(self.settings.queue).pick(Some)
    }

    /// Watches `call.cdr`, and gives the complete records of channels that ended. Needs the module cdrbuild.
    ///
    /// # Errors
    /// As [`watch`](Self::watch).
    pub async fn cdrs(&self) -> Result<EventStream<Cdr>, Error> {
        let complete = |notice: &Notice| match notice {
            Notice::Message(message) => {
                message.is("call.cdr") && message.get_bytes("operation").is_some_and(|word| *word == *b"finalize")
            }
            _ => false,
        };
        let stream: EventStream<Cdr> = self
            .link
            .subscribe_where(self.settings.queue, complete)
            .pick(|notice| Cdr::of(&message_of(notice)?).filter(|cdr| cdr.operation == CdrOperation::Finalize));
        self.watch("call.cdr").await?;
        Ok(stream)
    }

    /// The calls that are up. No request. Empty unless the builder was told to [`track_calls`](Builder::track_calls).
    #[must_use]
    pub fn calls(&self) -> Calls {
        Calls::new(Arc::clone(&self.calls))
    }

    /// A stream of what happens to calls; it needs [`track_calls`](Builder::track_calls) too.
    #[must_use]
    pub fn call_events(&self) -> EventStream<CallEvent> {
        self.calls.listen();
        let events = self.link.subscribe_where(self.settings.queue, |notice| matches!(notice, Notice::Call(_)));
        events.pick(|notice| match notice {
            Notice::Call(event) => Some(Arc::unwrap_or_clone(event)),
            _ => None,
        })
    }

    /// Asks whether the engine is there; how long the answer took.
    ///
    /// # Errors
    /// A lost connection or a deadline.
    pub async fn ping(&self) -> Result<Duration, Error> {
        let started = tokio::time::Instant::now();
        self.local_command("runid", "").await?;
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

    /// Answers what is open, says `quit`, closes and waits until that is done. Requests that are pending end with an error.
    pub async fn close(&self) {
        self.link.close().await;
    }
}

fn refused(name: &str) -> Error {
    Error::Refused { command: "setlocal", name: name.into(), why: "unknown or read only" }
}

/// A `call.drop` without an id drops every call of the engine.
fn check_drop(message: &Message) -> Result<(), Error> {
    let named = |own: &[u8]| own == b"call.drop";
    let masked = message.get("message").is_some_and(named) && message.name() == "chan.masquerade";
    if (named(message.name().as_bytes()) || masked) && message.get("id").is_none_or(|id| id.trim_ascii().is_empty()) {
        return Err(Error::invalid("id", "is missing: without one, call.drop drops every call"));
    }
    Ok(())
}
