//! The state machine of one connection: login, correlation by order, jobs, executions, subscriptions, the tracker.
//!
//! Replies carry no id: FreeSWITCH answers each command once, in order, so that the oldest one that waits is the one that is
//! answered. One whose caller has gone stays as a tombstone until its answer comes.

mod events;
mod login;
mod outbound;
mod parts;

use crate::calls::Tracker;
use crate::cause::HangupCause;
use crate::codec::Frame;
use crate::command::Command;
use crate::event::Event;
use crate::intent::{Change, Intent, Selection};
use ifbus_link::{Actions, Lost, Refusal, RefusalKind, Session, Slot};
pub(crate) use login::{Auth, Login, Outbound};
pub(crate) use parts::{Ask, News, Reply, What};
use parts::{Owner, Phase, Sent};
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How the session lives.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Silence after which the server is asked; `None`: never.
    pub(crate) idle: Option<Duration>,
    /// How much longer than its deadline an answer may take before the server counts as dead.
    pub(crate) grace: Duration,
}

/// What the handle sees of the session.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) server: std::sync::RwLock<Arc<crate::Server>>,
    /// The channel of an outbound connection, as `connect` gave it.
    pub(crate) channel: OnceLock<Event>,
}

pub(crate) struct EslSession {
    login: Login,
    settings: Settings,
    intent: Intent,
    phase: Phase,
    sent: VecDeque<Sent>,
    jobs: HashMap<String, Slot>,
    executions: HashMap<String, (Slot, String)>,
    /// The words by which the server refuses the events that jobs end by: none would ever end.
    deaf: Option<String>,
    /// Per change that is under way: whether a step of it was refused.
    refused: HashMap<Slot, Frame>,
    heard: Instant,
    shared: Arc<Shared>,
    tracker: Option<Tracker>,
    hangup: watch::Sender<Option<HangupCause>>,
}

impl EslSession {
    pub(crate) fn new(login: Login, settings: Settings, intent: Intent, tracker: Option<Tracker>) -> Self {
        Self {
            login,
            settings,
            intent,
            phase: Phase::Login,
            sent: VecDeque::new(),
            jobs: HashMap::new(),
            executions: HashMap::new(),
            deaf: None,
            refused: HashMap::new(),
            heard: Instant::now(),
            shared: Arc::default(),
            tracker,
            hangup: watch::Sender::new(None),
        }
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    pub(crate) fn hangup(&self) -> watch::Receiver<Option<HangupCause>> {
        self.hangup.subscribe()
    }

    fn push(&mut self, owner: Owner, patience: Duration, now: Instant) {
        self.sent.push_back(Sent { owner, patience, since: now });
    }

    /// Sends what the session itself wants to know.
    fn chore(&mut self, owner: Owner, command: Command, actions: &mut Actions<Self>) {
        self.push(owner, self.settings.grace, actions.now());
        actions.send(command);
    }

    /// An answer came: to the oldest command that waits.
    fn answered(&mut self, frame: Frame, actions: &mut Actions<Self>) {
        let Some(Sent { owner, .. }) = self.sent.pop_front() else {
            actions.event(News::Other(frame));
            return;
        };
        match owner {
            Owner::Caller(slot) => actions.reply(slot, Reply::Frame(frame)),
            Owner::Job(slot, uuid) => match is_ok(&frame) {
                true => drop(self.jobs.insert(uuid, slot)),
                false => actions.reply(slot, Reply::Frame(frame)),
            },
            Owner::Execute(slot, uuid, channel) => match is_ok(&frame) {
                true => drop(self.executions.insert(uuid, (slot, channel))),
                false => actions.reply(slot, Reply::Frame(frame)),
            },
            Owner::Change(slot, last) => self.changed(slot, last, frame, actions),
            Owner::Gone | Owner::Ping | Owner::Chore => {}
            Owner::Auth => self.logged_in(&frame, actions),
            Owner::Connect => self.connected(frame, actions),
            Owner::Version | Owner::Own | Owner::Restore | Owner::Channels | Owner::Bridges => {
                match owner {
                    Owner::Version => self.login.note_version(&frame, &self.shared),
                    Owner::Own => self.deaf = (!is_ok(&frame)).then(|| words(&frame).into_owned()),
                    Owner::Channels => self.tracker.iter_mut().for_each(|tracker| tracker.channels(body(&frame))),
                    Owner::Bridges => self.tracker.iter_mut().for_each(|tracker| tracker.bridges(body(&frame))),
                    _ if !is_ok(&frame) => {
                        tracing::warn!(answer = %words(&frame), "FreeSWITCH does not restore a subscription");
                    }
                    _ => {}
                }
                self.restored(actions);
            }
        }
    }

    fn changed(&mut self, slot: Slot, last: Option<Change>, frame: Frame, actions: &mut Actions<Self>) {
        if !is_ok(&frame) {
            self.refused.entry(slot).or_insert_with(|| frame.clone());
        }
        let Some(change) = last else { return };
        match self.refused.remove(&slot) {
            Some(refusal) => actions.reply(slot, Reply::Frame(refusal)),
            None => {
                self.intent.apply(&change);
                actions.reply(slot, Reply::Frame(frame));
            }
        }
    }

    /// One of the session's own commands is answered.
    fn restored(&mut self, actions: &mut Actions<Self>) {
        if let Phase::Restoring(left) = self.phase {
            match left.saturating_sub(1) {
                0 => {
                    self.phase = Phase::Ready;
                    actions.ready();
                }
                left => self.phase = Phase::Restoring(left),
            }
        }
    }
}

/// Whether an answer says yes. What has no prefix is data, and that is a yes too.
pub(crate) fn is_ok(frame: &Frame) -> bool {
    match frame {
        Frame::Reply(reply) => !reply.get("Reply-Text").unwrap_or_default().starts_with(b"-"),
        Frame::Channel(_) | Frame::Response(_) => true,
        _ => false,
    }
}

/// The words of an answer.
pub(crate) fn words(frame: &Frame) -> Cow<'_, str> {
    match frame {
        Frame::Reply(reply) => reply.get_text("Reply-Text").unwrap_or_default(),
        Frame::Response(response) => response.text(),
        _ => Cow::Borrowed(""),
    }
}

fn body(frame: &Frame) -> &[u8] {
    match frame {
        Frame::Response(response) => response.body(),
        _ => &[],
    }
}

impl Session for EslSession {
    type In = Frame;
    type Out = Command;
    type Request = Ask;
    type Reply = Reply;
    type Event = News;
    type Question = Infallible;
    type Answer = Infallible;

    fn opened(&mut self, actions: &mut Actions<Self>) {
        self.heard = actions.now();
        self.phase = Phase::Login;
        self.begin(actions);
    }

    fn handle(&mut self, input: Frame, actions: &mut Actions<Self>) {
        self.heard = actions.now();
        match input {
            Frame::Event(event) => self.event(event, actions),
            Frame::Reply(_) | Frame::Response(_) | Frame::Channel(_) => self.answered(input, actions),
            Frame::Log(line) => actions.event(News::Log(line)),
            Frame::Notice(notice) => self.notice(notice, actions),
            Frame::AuthRequest(_) => self.auth_requested(actions),
            Frame::Rejection(words) => {
                let words = words.text().trim().to_owned();
                actions.refuse(Refusal::new(RefusalKind::NotAllowed, None, words));
            }
            // an answer that is too long answers too
            Frame::Oversized { ref head, .. } if head.get("Content-Type") == Some(b"api/response") => {
                self.answered(input, actions);
            }
            Frame::Oversized { .. } | Frame::Other(_) => self.strange(input, actions),
        }
    }

    fn submit(&mut self, slot: Slot, Ask { what, within }: Ask, actions: &mut Actions<Self>) {
        let now = actions.now();
        match what {
            What::Command(command) => {
                self.push(Owner::Caller(slot), within, now);
                actions.send_request(slot, command);
            }
            What::Job(command, uuid) => {
                if let Some(words) = &self.deaf {
                    let request = "event BACKGROUND_JOB, by which jobs end: the user's allowed events need it";
                    let error = crate::Error::rejected(request, words);
                    return actions.reply(slot, Reply::Invalid(error));
                }
                if !self.login.is_outbound() && !self.intent.hears_jobs() {
                    let error =
                        crate::Error::invalid("jobs", "BACKGROUND_JOB is not subscribed: the end would never be heard");
                    return actions.reply(slot, Reply::Invalid(error));
                }
                self.push(Owner::Job(slot, uuid), within, now);
                actions.send_request(slot, command);
            }
            What::Execute { command, uuid, channel } => {
                let needed =
                    Selection::from(["CHANNEL_EXECUTE_COMPLETE", "CHANNEL_HANGUP_COMPLETE", "CHANNEL_DESTROY"]);
                // an outbound connection has `myevents`
                if !self.login.is_outbound()
                    && let Some(event) = self.intent.need(&needed)
                {
                    self.chore(Owner::Chore, event, actions);
                }
                self.push(Owner::Execute(slot, uuid, channel), within, now);
                actions.send_request(slot, command);
            }
            What::Change(change) => match self.intent.commands(&change) {
                Err(error) => actions.reply(slot, Reply::Invalid(error)),
                Ok(commands) => {
                    let mut change = Some(change);
                    let last = commands.len().saturating_sub(1);
                    for (i, command) in commands.into_iter().enumerate() {
                        let change = if i == last { change.take() } else { None };
                        self.push(Owner::Change(slot, change), within, now);
                        actions.send_request(slot, command);
                    }
                }
            },
        }
    }

    fn expired(&mut self, slot: Slot, sent: bool, _: &mut Actions<Self>) {
        self.jobs.retain(|_, of| *of != slot);
        self.executions.retain(|_, (of, _)| *of != slot);
        self.refused.remove(&slot);
        let is = |owner: &Owner| match owner {
            Owner::Caller(of) | Owner::Job(of, _) | Owner::Execute(of, ..) | Owner::Change(of, _) => *of == slot,
            _ => false,
        };
        if sent {
            self.sent.iter_mut().filter(|sent| is(&sent.owner)).for_each(|sent| sent.owner = Owner::Gone);
        } else {
            self.sent.retain(|sent| !is(&sent.owner));
        }
    }

    fn goodbye(&mut self, actions: &mut Actions<Self>) {
        if let Ok(exit) = Command::line("exit", "") {
            self.chore(Owner::Gone, exit, actions);
        }
    }

    fn lost(&mut self) {
        self.phase = Phase::Login;
        self.sent.clear();
        self.jobs.clear();
        self.executions.clear();
        self.refused.clear();
        if let Some(tracker) = &mut self.tracker {
            tracker.lost();
        }
    }

    fn timeout(&self) -> Option<Instant> {
        if self.phase != Phase::Ready {
            return None; // the link keeps the login's time
        }
        match self.sent.front() {
            Some(head) => {
                Some(self.heard.max(head.since) + head.patience.saturating_add(self.settings.grace).min(YEAR))
            }
            None => self.settings.idle.map(|idle| self.heard + idle.min(YEAR)),
        }
    }

    fn handle_timeout(&mut self, actions: &mut Actions<Self>) {
        if self.timeout().is_none_or(|at| at > actions.now()) {
            return;
        }
        match self.sent.front() {
            // a command that takes long holds all others back: only its own time tells a slow server from a dead one
            Some(head) => actions.disconnect(Lost::Silent(head.patience.saturating_add(self.settings.grace))),
            None => {
                if let Some(ping) = self.login.ping() {
                    self.chore(Owner::Ping, ping, actions);
                }
            }
        }
    }

    fn name(request: &Ask) -> Cow<'static, str> {
        match &request.what {
            What::Command(command) | What::Job(command, _) | What::Execute { command, .. } => {
                Cow::Owned(command.name().to_owned())
            }
            What::Change(change) => Cow::Borrowed(change.name()),
        }
    }

    fn show_in(&self, input: &Frame) -> Vec<u8> {
        input.bytes().to_vec()
    }

    fn show_out(&self, output: &Command) -> Vec<u8> {
        output.shown()
    }
}

const YEAR: Duration = Duration::from_secs(31_536_000);

#[cfg(test)]
mod tests;
