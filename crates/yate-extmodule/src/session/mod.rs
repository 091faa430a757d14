//! The protocol's state machine: connect, correlation, what is restored after a loss. No I/O, no clock.

mod command;
mod login;
mod questions;

pub(crate) use command::Command;
pub use login::Server;

use crate::calls::{self, CallEvent, Tracker};
use crate::codec::{Line, Outgoing, id_of};
use crate::config::Role;
use crate::dispatch::{Answer, Question};
use crate::message::{check_length, head_of_answer};
use crate::received::Received;
use bytes::Bytes;
use command::{Expected, Whose};
use ifbus_link::{Actions, Error as LinkError, Lost, Refusal, RefusalKind, Session, Slot};
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

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

/// What is installed, to be installed again after a loss. Shared with whoever removes a handler while there is no connection.
pub(crate) type Installs = Arc<Mutex<Vec<Command>>>;

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

const STATUS: &[u8] = b"status";

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
    installs: Installs,
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
        installs: Installs,
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
            installs,
            watches: Vec::new(),
        }
    }

    fn installs(&self) -> MutexGuard<'_, Vec<Command>> {
        self.installs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The identifier of a message of ours; `None`: of somebody else's.
    fn own<'a>(&self, id: &'a [u8]) -> Option<&'a [u8]> {
        id.strip_prefix(self.token.as_bytes())?.strip_prefix(b".")
    }

    fn slot_of(&self, id: &[u8]) -> Option<Slot> {
        std::str::from_utf8(self.own(id)?).ok()?.parse().ok().map(Slot::from_id)
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
    type Question = Question;
    type Answer = Answer;

    fn opened(&mut self, actions: &mut Actions<Self>) {
        self.log_in(actions);
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

    fn answer(&mut self, token: u64, answer: Option<Answer>, actions: &mut Actions<Self>) {
        match answer {
            Some(answer) => {
                if self.questions.remove(&token).is_some() {
                    actions.send(Outgoing { head: Vec::new(), body: answer.sent() });
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

#[cfg(test)]
mod tests;
