//! The protocol's state machine: connect, correlation, what is restored after a loss. No I/O, no clock.

use crate::calls::{self, CallEvent, Tracker};
use crate::codec::{Line, Outgoing, id_of};
use crate::config::Role;
use crate::message::{check_length, head_of_answer};
use crate::received::Received;
use bytes::Bytes;
use ifbus_link::{Actions, Error as LinkError, Lost, Refusal, RefusalKind, Session, Slot};
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// What the engine said of itself at the last connect.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Server {
    /// `6.4.1`.
    pub version: String,
    /// `devel1`; empty for a release.
    pub release: String,
    /// The node's name.
    pub nodename: String,
    /// The run of the engine: another one after each start.
    pub runid: String,
    /// The longest line that it takes, in bytes with its end; one less is safe.
    pub bufsize: usize,
    /// How long it waits for an answer of ours; `None`: for ever.
    pub timeout: Option<Duration>,
}

/// What the subscribers get.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Notice {
    /// A message that is watched, after its dispatch.
    Message(Received),
    /// What happened to a call.
    Call(Arc<CallEvent>),
    /// Something that was in force before a reconnect and could not be restored: the command, `install:50:call.route`.
    NotRestored(Arc<str>),
    /// A line that the engine did not understand, or that this side does not; secrets redacted.
    Stray(Arc<str>),
}

/// A command that is answered by a line of its name. Its text has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Install { name: String, priority: u32, filter: Option<Bytes> },
    Uninstall { name: String },
    Watch { name: String },
    Unwatch { name: String },
    SetLocal { name: String, value: String },
}

impl Command {
    fn verb(&self) -> &'static str {
        match self {
            Self::Install { .. } => "install",
            Self::Uninstall { .. } => "uninstall",
            Self::Watch { .. } => "watch",
            Self::Unwatch { .. } => "unwatch",
            Self::SetLocal { .. } => "setlocal",
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Install { name, .. }
            | Self::Uninstall { name }
            | Self::Watch { name }
            | Self::Unwatch { name }
            | Self::SetLocal { name, .. } => name,
        }
    }

    /// The line without its end.
    fn line(&self) -> Vec<u8> {
        let mut line = format!("%%>{}:", self.verb()).into_bytes();
        match self {
            Self::Install { name, priority, filter } => {
                line.extend_from_slice(format!("{priority}:{name}").as_bytes());
                line.extend_from_slice(filter.as_deref().unwrap_or_default());
            }
            Self::SetLocal { name, value } => line.extend_from_slice(format!("{name}:{value}").as_bytes()),
            Self::Uninstall { name } | Self::Watch { name } | Self::Unwatch { name } => {
                line.extend_from_slice(name.as_bytes());
            }
        }
        line
    }

    /// The value that an answer to this brings; `None`: it answers something else.
    fn value_in<'a>(&self, verb: &[u8], middle: &'a [u8]) -> Option<&'a [u8]> {
        if verb != self.verb().as_bytes() {
            return None;
        }
        let name = self.name().as_bytes();
        match self {
            Self::Install { .. } | Self::Uninstall { .. } => {
                let at = memchr::memchr(b':', middle)?;
                let (priority, own) = middle.split_at_checked(at)?;
                (own.get(1..)? == name).then_some(priority)
            }
            Self::Watch { .. } | Self::Unwatch { .. } => (middle == name).then_some(&[]),
            Self::SetLocal { .. } => middle.strip_prefix(name)?.strip_prefix(b":"),
        }
    }
}

/// A command that waits for its answer.
struct Expected {
    command: Command,
    whose: Whose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Of the login: what the engine says of itself, and the settings.
    Login,
    /// Of the login: something that was in force before.
    Restored,
    /// A caller's.
    Caller(Slot),
    /// Nobody waits for it any more, or it was a ping.
    Nobody,
}

/// What a caller asks.
#[derive(Debug)]
pub(crate) enum Ask {
    /// A message, everything behind the identifier.
    Message(Bytes),
    /// The same, that nobody waits for.
    Emit(Bytes),
    Command(Command),
    /// `output` or `debug`: a line that is not answered.
    Line(Bytes),
    /// A handler stands: questions of a script that came before it may be put.
    Release,
}

/// What the caller gets.
#[derive(Debug)]
pub(crate) enum Response {
    Message(Received),
    Command { ok: bool, value: String },
    NotUnderstood(Bytes),
    TooLarge,
    Done,
}

/// The settings of a session.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) role: Role,
    pub(crate) bufsize: usize,
    pub(crate) engine_timeout: Option<Duration>,
    pub(crate) handler_timeout: Duration,
    pub(crate) track: bool,
    pub(crate) locals: Vec<(String, String)>,
}

/// Questions of a script that wait for the first handler.
const HELD: usize = 64;
const STATUS: &[u8] = b"status";
/// What holds for a channel, not for a connection.
const FLEETING: [&str; 4] = ["id", "reason", "disconnected", "restart"];

pub(crate) struct YateSession {
    settings: Settings,
    /// Stands before the number in the identifiers of our messages, so that no other program's and no engine's is like it.
    token: String,
    told: watch::Sender<Arc<Server>>,
    server: Server,
    limit: Arc<AtomicUsize>,
    tracker: Option<Tracker>,
    // what a connection knows
    expected: VecDeque<Expected>,
    login: usize,
    ready: bool,
    questions: HashMap<u64, Received>,
    next_question: u64,
    held: Option<(Vec<u64>, Instant)>,
    // what the user wants
    released: bool,
    installs: Vec<Command>,
    watches: Vec<String>,
    locals: Vec<(String, String)>,
}

impl YateSession {
    pub(crate) fn new(
        settings: Settings,
        token: String,
        told: watch::Sender<Arc<Server>>,
        limit: Arc<AtomicUsize>,
        calls: calls::Shared,
    ) -> Self {
        Self {
            tracker: settings.track.then(|| Tracker::new(calls)),
            locals: settings.locals.clone(),
            settings,
            token,
            told,
            server: Server::default(),
            limit,
            expected: VecDeque::new(),
            login: 0,
            ready: false,
            questions: HashMap::new(),
            next_question: 1,
            held: None,
            released: false,
            installs: Vec::new(),
            watches: Vec::new(),
        }
    }

    fn command(&mut self, command: Command, whose: Whose, actions: &mut Actions<Self>) {
        let line = Outgoing { head: command.line(), body: Bytes::new() };
        match whose {
            Whose::Caller(slot) => actions.send_request(slot, line),
            _ => actions.send(line),
        }
        self.login += usize::from(matches!(whose, Whose::Login | Whose::Restored));
        self.expected.push_back(Expected { command, whose });
    }

    fn set_local(&mut self, name: &str, value: String, whose: Whose, actions: &mut Actions<Self>) {
        self.command(Command::SetLocal { name: name.to_owned(), value }, whose, actions);
    }

    /// The identifier of a message of ours; `None`: of somebody else's.
    fn own<'a>(&self, id: &'a [u8]) -> Option<&'a [u8]> {
        id.strip_prefix(self.token.as_bytes())?.strip_prefix(b".")
    }

    fn slot_of(&self, id: &[u8]) -> Option<Slot> {
        std::str::from_utf8(self.own(id)?).ok()?.parse().ok().map(Slot::from_id)
    }

    fn answered(&mut self, verb: &[u8], middle: &[u8], ok: bool, actions: &mut Actions<Self>) -> bool {
        let found = self.expected.iter().enumerate().find_map(|(at, expected)| {
            Some((at, String::from_utf8_lossy(expected.command.value_in(verb, middle)?).into_owned()))
        });
        let Some((at, value)) = found else { return false };
        let Some(expected) = self.expected.remove(at) else { return false };
        match expected.whose {
            Whose::Nobody => {
                // the caller went, but the engine did it; a handler that nobody stands behind must go
                if let (Command::Install { name, .. }, true) = (&expected.command, ok) {
                    let name = name.clone();
                    self.command(Command::Uninstall { name }, Whose::Nobody, actions);
                } else {
                    self.remember(expected.command, ok);
                }
            }
            Whose::Caller(slot) => {
                self.remember(expected.command, ok);
                actions.reply(slot, Response::Command { ok, value });
            }
            Whose::Login => {
                self.learn(expected.command.name(), value, ok);
                self.login_step(actions);
            }
            Whose::Restored => {
                if !ok && matches!(expected.command, Command::Install { .. } | Command::SetLocal { .. }) {
                    let line = String::from_utf8_lossy(&expected.command.line()).replacen("%%>", "", 1);
                    actions.event(Notice::NotRestored(line.into()));
                }
                self.login_step(actions);
            }
        }
        true
    }

    /// What is in force, to be restored after a loss.
    fn remember(&mut self, command: Command, ok: bool) {
        match command {
            Command::Install { .. } if ok => self.installs.push(command),
            // false: it was watched before
            Command::Watch { name } if !self.watches.contains(&name) => self.watches.push(name),
            Command::SetLocal { name, value } if ok && !value.is_empty() && !FLEETING.contains(&name.as_str()) => {
                self.locals.retain(|(own, _)| *own != name);
                self.locals.push((name, value));
            }
            _ => {}
        }
    }

    fn learn(&mut self, name: &str, value: String, ok: bool) {
        let server = &mut self.server;
        match name {
            "bufsize" => {
                if let Some(bufsize) = value.parse().ok().filter(|size| *size > 0) {
                    server.bufsize = bufsize;
                    self.limit.store(bufsize, Ordering::Relaxed);
                }
            }
            "timeout" => {
                let millis = value.parse::<i64>().unwrap_or(10_000);
                server.timeout = u64::try_from(millis).ok().filter(|millis| *millis > 0).map(Duration::from_millis);
            }
            "engine.version" if ok => server.version = value,
            "engine.release" if ok => server.release = value,
            "engine.nodename" if ok => server.nodename = value,
            "runid" if ok => server.runid = value,
            _ => {}
        }
    }

    fn login_step(&mut self, actions: &mut Actions<Self>) {
        self.login -= 1;
        if self.login == 0 && !self.ready {
            self.ready = true;
            self.told.send_replace(Arc::new(self.server.clone()));
            if let Some(tracker) = &mut self.tracker {
                tracker.listing();
                let head = format!("%%>message:{}.", self.token).into_bytes();
                let body = [STATUS, b":0:engine.status::details=true"].concat().into();
                actions.send(Outgoing { head, body });
            }
            actions.ready();
        }
    }

    fn message(&mut self, message: Received, actions: &mut Actions<Self>) {
        if message.is_question() {
            return self.question(message, actions);
        }
        let [id, ..] = message.head();
        if id.is_empty() {
            return self.watched(message, actions);
        }
        if self.own(id) == Some(STATUS) {
            self.tell_calls(actions, |tracker| tracker.list(&message.ret_value()));
        } else if let Some(slot) = self.slot_of(id) {
            actions.reply(slot, Response::Message(message));
        }
    }

    fn watched(&mut self, message: Received, actions: &mut Actions<Self>) {
        self.tell_calls(actions, |tracker| tracker.apply(&message));
        if self.watches.iter().any(|name| name.is_empty() || message.is(name)) {
            actions.event(Notice::Message(message));
        }
    }

    fn tell_calls(&mut self, actions: &mut Actions<Self>, change: impl FnOnce(&mut Tracker) -> Vec<CallEvent>) {
        if let Some(tracker) = &mut self.tracker {
            for event in change(tracker) {
                actions.event(Notice::Call(Arc::new(event)));
            }
        }
    }

    /// How long a handler may take: the engine goes on without us after its own time.
    fn answer_within(&self) -> Duration {
        let engine = self.server.timeout.map(|timeout| timeout.mul_f64(0.9));
        engine.into_iter().chain([self.settings.handler_timeout]).min().unwrap_or(self.settings.handler_timeout)
    }

    fn question(&mut self, message: Received, actions: &mut Actions<Self>) {
        let token = self.next_question;
        self.next_question += 1;
        let within = self.answer_within();
        self.questions.insert(token, message.clone());
        if self.settings.role == Role::Script && !self.released {
            let (held, _) = self.held.get_or_insert_with(|| (Vec::new(), actions.now() + within));
            if held.len() < HELD {
                held.push(token);
            } else {
                self.answer_default(token, actions);
            }
            return;
        }
        actions.ask(token, message, within);
    }

    /// The message goes on as it came, to the next handler.
    fn answer_default(&mut self, token: u64, actions: &mut Actions<Self>) {
        if let Some(question) = self.questions.remove(&token) {
            let [id, ..] = question.head();
            actions.send(Outgoing { head: head_of_answer(id, false), body: Bytes::new() });
        }
    }

    fn release(&mut self, actions: &mut Actions<Self>) {
        self.released = true;
        let within = self.answer_within();
        for token in self.held.take().map(|(held, _)| held).unwrap_or_default() {
            if let Some(question) = self.questions.get(&token) {
                actions.ask(token, question.clone(), within);
            }
        }
    }

    fn not_understood(&mut self, line: Bytes, actions: &mut Actions<Self>) {
        if line.starts_with(b"%%>connect") {
            return; // the listener has a role of its own: the connection stands
        }
        if let Some(at) = self.expected.iter().position(|expected| expected.command.line() == line)
            && let Some(expected) = self.expected.remove(at)
        {
            match expected.whose {
                Whose::Caller(slot) => actions.reply(slot, Response::NotUnderstood(line)),
                // an older engine that lacks it: go on without
                Whose::Login | Whose::Restored => self.login_step(actions),
                Whose::Nobody => {}
            }
            return;
        }
        if line.starts_with(b"%%>message:")
            && let Some(slot) = id_of(&line).and_then(|id| self.slot_of(id))
        {
            return actions.reply(slot, Response::NotUnderstood(line));
        }
        self.stray(&line, actions);
    }

    fn stray(&mut self, line: &[u8], actions: &mut Actions<Self>) {
        let shown = crate::redact::line(line.get(..line.len().min(1024)).unwrap_or_default());
        let text = String::from_utf8_lossy(&shown);
        if !self.ready && !line.starts_with(b"%%") {
            let said: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
            return actions.refuse(Refusal::new(RefusalKind::WrongService, None, said));
        }
        actions.event(Notice::Stray(text.into()));
    }

    /// A line that could not be taken or read: whoever waits for it is told, the engine too.
    fn broken(&mut self, head: &Bytes, too_long: bool, actions: &mut Actions<Self>) {
        match id_of(head) {
            Some(id) if head.starts_with(b"%%>message:") => {
                actions.send(Outgoing { head: head_of_answer(id, false), body: Bytes::new() });
            }
            Some(id) if too_long && head.starts_with(b"%%<message:") => {
                if self.own(id) == Some(STATUS) {
                    self.tell_calls(actions, |tracker| tracker.list(""));
                }
                if let Some(slot) = self.slot_of(id) {
                    return actions.reply(slot, Response::TooLarge);
                }
            }
            _ => {}
        }
        self.stray(head, actions);
    }
}

impl Session for YateSession {
    type In = Line;
    type Out = Outgoing;
    type Request = Ask;
    type Reply = Response;
    type Event = Notice;
    type Question = Received;
    type Answer = Bytes;

    fn opened(&mut self, actions: &mut Actions<Self>) {
        self.server = Server { bufsize: 8192, timeout: Some(Duration::from_secs(10)), ..Server::default() };
        if let Some(connect) = self.settings.role.connect() {
            actions.send(Outgoing { head: connect.to_vec(), body: Bytes::new() });
        }
        self.set_local("bufsize", self.settings.bufsize.to_string(), Whose::Login, actions);
        let timeout = self.settings.engine_timeout.map(|timeout| timeout.as_millis().to_string());
        self.set_local("timeout", timeout.unwrap_or_default(), Whose::Login, actions);
        for name in ["engine.release", "engine.nodename", "runid"] {
            self.set_local(name, String::new(), Whose::Login, actions);
        }
        for (name, value) in self.locals.clone() {
            self.set_local(&name, value, Whose::Restored, actions);
        }
        let tracked = if self.tracker.is_some() { calls::WATCHED } else { &[] };
        let tracked = tracked.iter().map(|name| (*name).to_owned());
        let wanted =
            self.watches.iter().filter(|name| !calls::WATCHED.contains(&name.as_str()) || self.tracker.is_none());
        let watches: Vec<String> = tracked.chain(wanted.cloned()).collect();
        for name in watches {
            self.command(Command::Watch { name }, Whose::Restored, actions);
        }
        for install in self.installs.clone() {
            self.command(install, Whose::Restored, actions);
        }
        // last: its answer says that all before it has been done
        self.set_local("engine.version", String::new(), Whose::Login, actions);
    }

    fn handle(&mut self, line: Line, actions: &mut Actions<Self>) {
        match line {
            Line::Message(message) => self.message(message, actions),
            Line::Answer(answer) => {
                let known = self.answered(answer.command(), answer.middle(), answer.is_ok(), actions);
                if !known && answer.command() != b"quit" {
                    self.stray(answer.line(), actions);
                }
            }
            Line::ErrorIn(line) => self.not_understood(line, actions),
            Line::TooLong { head, .. } => self.broken(&head, true, actions),
            Line::Other(line) => self.broken(&line, false, actions),
        }
    }

    fn submit(&mut self, slot: Slot, request: Ask, actions: &mut Actions<Self>) {
        let limit = self.limit.load(Ordering::Relaxed);
        let line = match request {
            Ask::Message(body) => {
                Outgoing { head: format!("%%>message:{}.{}", self.token, slot.id()).into_bytes(), body }
            }
            Ask::Emit(body) => Outgoing { head: b"%%>message:".to_vec(), body },
            Ask::Line(body) => Outgoing { head: Vec::new(), body },
            Ask::Release => {
                self.release(actions);
                return actions.reply(slot, Response::Done);
            }
            Ask::Command(command) => return self.user_command(slot, command, limit, actions),
        };
        if let Err(error) = checked("message", line.head.len() + line.body.len(), limit) {
            return actions.fail(slot, error);
        }
        let awaited = line.head.len() > b"%%>message:".len();
        actions.send_request(slot, line);
        if !awaited {
            actions.reply(slot, Response::Done);
        }
    }

    fn expired(&mut self, slot: Slot, sent: bool, _: &mut Actions<Self>) {
        if let Some(at) = self.expected.iter().position(|expected| expected.whose == Whose::Caller(slot)) {
            if !sent {
                self.expected.remove(at);
            } else if let Some(expected) = self.expected.get_mut(at) {
                expected.whose = Whose::Nobody;
            }
        }
    }

    fn answer(&mut self, token: u64, answer: Option<Bytes>, actions: &mut Actions<Self>) {
        match answer {
            Some(line) => {
                if self.questions.remove(&token).is_some() {
                    actions.send(Outgoing { head: Vec::new(), body: line });
                }
            }
            None => self.answer_default(token, actions),
        }
    }

    fn ping(&mut self, actions: &mut Actions<Self>) {
        self.set_local("engine.version", String::new(), Whose::Nobody, actions);
    }

    fn goodbye(&mut self, actions: &mut Actions<Self>) {
        let tokens: Vec<u64> = self.questions.keys().copied().collect();
        for token in tokens {
            self.answer_default(token, actions);
        }
        actions.send(Outgoing { head: b"%%>quit".to_vec(), body: Bytes::new() });
    }

    fn lost(&mut self) {
        self.expected.clear();
        self.login = 0;
        self.ready = false;
        self.questions.clear();
        self.held = None;
        self.limit.store(8192, Ordering::Relaxed);
        if let Some(tracker) = &mut self.tracker {
            tracker.lost();
        }
    }

    fn timeout(&self) -> Option<Instant> {
        self.held.as_ref().map(|(_, by)| *by)
    }

    fn handle_timeout(&mut self, actions: &mut Actions<Self>) {
        if self.held.as_ref().is_some_and(|(_, by)| *by <= actions.now()) {
            for token in self.held.take().map(|(held, _)| held).unwrap_or_default() {
                self.answer_default(token, actions);
            }
        }
    }

    fn name(request: &Ask) -> Cow<'static, str> {
        match request {
            Ask::Message(body) | Ask::Emit(body) => {
                let name = body.split(|byte| *byte == b':').nth(2).unwrap_or_default();
                Cow::Owned(String::from_utf8_lossy(name).into_owned())
            }
            Ask::Command(command) => Cow::Borrowed(command.verb()),
            Ask::Line(_) => Cow::Borrowed("output"),
            Ask::Release => Cow::Borrowed("release"),
        }
    }

    fn show_in(&self, line: &Line) -> Vec<u8> {
        line.redacted()
    }

    fn show_out(&self, line: &Outgoing) -> Vec<u8> {
        line.redacted()
    }
}

fn checked(field: &'static str, length: usize, limit: usize) -> Result<(), LinkError> {
    check_length(field, length, limit).map_err(|error| match error {
        crate::Error::Link(error) => error,
        other => LinkError::ConnectionLost { sent: false, why: Lost::protocol(other.to_string()) },
    })
}

impl YateSession {
    fn user_command(&mut self, slot: Slot, command: Command, limit: usize, actions: &mut Actions<Self>) {
        if let Err(error) = checked(command.verb(), command.line().len(), limit) {
            return actions.fail(slot, error);
        }
        let done = |ok| Response::Command { ok, value: String::new() };
        let tracked = |name: &str| self.tracker.is_some() && calls::WATCHED.contains(&name);
        match &command {
            // watched for the calls: only the subscribers change
            Command::Watch { name } if tracked(name) => {
                let new = !self.watches.contains(name);
                if new {
                    self.watches.push(name.clone());
                }
                return actions.reply(slot, done(new));
            }
            Command::Unwatch { name } => {
                let tracked = tracked(name);
                let before = self.watches.len();
                self.watches.retain(|own| own != name);
                if tracked {
                    return actions.reply(slot, done(self.watches.len() < before));
                }
            }
            // whatever comes of it, it is not wanted again
            Command::Uninstall { name } => {
                self.installs.retain(|own| own.name() != name);
            }
            _ => {}
        }
        self.command(command, Whose::Caller(slot), actions);
    }
}

#[cfg(test)]
mod tests;
