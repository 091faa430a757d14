//! The state machine of one connection: banner, subscriptions, one request at a time, and the mirror of the show.
//!
//! Replies carry no id (vMix manual, TCP API): the next frame with the right first word answers, and the next command leaves
//! after it. What the session itself asks (subscriptions, the document, pings) goes the same way, ahead of what callers ask.

mod redact;

use crate::codec::Frame;
use crate::event::{Act, Event, Tally, Unknown};
use crate::request::{Answer, Command, Expect};
use crate::show::{self, Show};
use ifbus_link::{Actions, Lost, Refusal, RefusalKind, Session, Slot};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Silence after the connect until the session asks for the version itself: a web server says nothing before it is asked.
const BANNER_GRACE: Duration = Duration::from_millis(1500);
/// Activators that are remembered for the document that may not know of them yet.
const RECENT: usize = 4096;

/// How the session behaves.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) tally: bool,
    pub(crate) acts: bool,
    pub(crate) mirror: bool,
    /// The least time between two readings of the document that the session asks for.
    pub(crate) reread_after: Duration,
    /// The longest time between two readings.
    pub(crate) reread_every: Option<Duration>,
    /// How long after a push the document may still say the old thing.
    pub(crate) settle: Duration,
    /// The deadline of what the session asks.
    pub(crate) patience: Duration,
}

/// A command on its way, and whether its caller still waits.
pub(crate) struct Submission {
    pub(crate) command: Command,
    pub(crate) caller: Weak<()>,
}

/// Whose a command is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Caller(Slot),
    /// A step of the login.
    Login,
    /// A reading of the document.
    Reread,
    Ping,
}

struct Current {
    owner: Owner,
    expect: Expect,
    secret: bool,
    since: Instant,
}

/// What the server was seen to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ping {
    Untried,
    Asked,
    Works,
    /// One `PING` found no answer: clients know another question that works.
    Fails,
}

pub(crate) struct VmixSession {
    settings: Settings,
    show: watch::Sender<Arc<Show>>,
    /// Says how many documents were read.
    readings: watch::Sender<u64>,
    /// The banner has come.
    greeted: bool,
    banner_by: Option<Instant>,
    /// Commands of the login that are not sent yet.
    login: VecDeque<Command>,
    ready: bool,
    current: Option<Current>,
    waiting: VecDeque<(Slot, Submission)>,
    recent: VecDeque<(Instant, Act)>,
    /// The document may say more than the mirror, since then.
    dirty: bool,
    read_at: Option<Instant>,
    reading_took: Duration,
    ping: Ping,
}

impl VmixSession {
    pub(crate) fn new(settings: Settings, show: watch::Sender<Arc<Show>>, readings: watch::Sender<u64>) -> Self {
        Self {
            settings,
            show,
            readings,
            greeted: false,
            banner_by: None,
            login: VecDeque::new(),
            ready: false,
            current: None,
            waiting: VecDeque::new(),
            recent: VecDeque::new(),
            dirty: false,
            read_at: None,
            reading_took: Duration::ZERO,
            ping: Ping::Untried,
        }
    }

    fn mark_stale(&self) {
        self.show.send_if_modified(|show| {
            let fresh = !show.stale;
            if fresh {
                Arc::make_mut(show).stale = true;
            }
            fresh
        });
    }

    fn put(&mut self, owner: Owner, command: Command, actions: &mut Actions<Self>) {
        self.current = Some(Current {
            owner,
            expect: command.expect().clone(),
            secret: command.secret_reply(),
            since: actions.now(),
        });
        match owner {
            Owner::Caller(slot) => actions.send_request(slot, command),
            _ => actions.send(command),
        }
    }

    /// Sends what is next, if nothing is on its way.
    fn advance(&mut self, actions: &mut Actions<Self>) {
        if self.current.is_some() || !self.greeted {
            return;
        }
        if let Some(command) = self.login.pop_front() {
            return self.put(Owner::Login, command, actions);
        }
        if !self.ready {
            self.ready = true;
            actions.ready();
        }
        while let Some((slot, submission)) = self.waiting.pop_front() {
            if submission.caller.strong_count() > 0 {
                return self.put(Owner::Caller(slot), submission.command, actions);
            }
            actions.fail(slot, ifbus_link::Error::Closed); // nobody waits any more, and nothing was sent
        }
        if self.reread_at().is_some_and(|at| at <= actions.now()) {
            self.put(Owner::Reread, xml(), actions);
        }
    }

    /// When the document is to be read again.
    fn reread_at(&self) -> Option<Instant> {
        let read_at = self.read_at.filter(|_| self.settings.mirror && self.ready)?;
        // a big show takes vMix long: it gets twenty times as much peace
        let least = self.settings.reread_after.max(self.reading_took * 20);
        if self.dirty {
            return Some(read_at + least);
        }
        self.settings.reread_every.map(|every| read_at + every.max(least))
    }

    fn greet(&mut self, frame: &Frame, actions: &mut Actions<Self>) {
        match frame {
            Frame::Ok(line) if line.word() == b"VERSION" => {
                self.greeted = true;
                self.banner_by = None;
                let version = line.text().trim().to_owned();
                self.show.send_modify(|show| Arc::make_mut(show).version = version);
                if self.settings.tally {
                    self.login.push_back(subscribe("TALLY"));
                }
                if self.settings.acts {
                    self.login.push_back(subscribe("ACTS"));
                }
                if self.settings.mirror {
                    self.login.push_back(xml());
                }
                self.advance(actions);
            }
            Frame::Http(_) => actions.refuse(Refusal::new(
                RefusalKind::WrongService,
                None,
                "this is a web port; the TCP API of vMix is on port 8099, unless it is forwarded",
            )),
            other => {
                let said: String = other.line().to_string().chars().take(60).flat_map(char::escape_default).collect();
                actions.refuse(Refusal::new(
                    RefusalKind::WrongService,
                    None,
                    format!("expected the banner of vMix, \"VERSION OK …\", but got \"{said}\""),
                ));
            }
        }
    }

    /// The command on its way is answered by this frame.
    fn complete(&mut self, frame: Frame, actions: &mut Actions<Self>) {
        let Some(current) = self.current.take() else { return };
        let show = match (&current.expect, &frame) {
            (Expect::Xml, Frame::Sized { body, .. }) => {
                self.reading_took = actions.now() - current.since;
                Some(self.read_document(body.trimmed(), actions.now()))
            }
            _ => None,
        };
        match current.owner {
            Owner::Caller(slot) => actions.reply(slot, Answer { frame, show }),
            Owner::Login | Owner::Reread => {
                if let Frame::Error(line) = &frame {
                    tracing::warn!(reply = %line, "vMix refused what the mirror needs");
                }
                if let Some(Err(wrong)) = show {
                    tracing::warn!(%wrong, "the state document cannot be read");
                }
                if current.expect == Expect::Xml {
                    // also after a refusal: not again at once
                    self.read_at = Some(actions.now());
                }
            }
            Owner::Ping => self.ping = Ping::Works,
        }
        self.advance(actions);
    }

    fn read_document(&mut self, document: &[u8], now: Instant) -> Result<Arc<Show>, String> {
        self.read_at = Some(now);
        self.dirty = false;
        let mut new = show::parse(document)?;
        let before = Arc::clone(&self.show.borrow());
        new.inherit(&before);
        // what was pushed a moment ago is newer than the document, unless the inputs are other ones
        while self.recent.front().is_some_and(|(at, _)| *at + self.settings.settle < now) {
            self.recent.pop_front();
        }
        let same_inputs = new.inputs.len() == before.inputs.len()
            && new.inputs.iter().zip(&before.inputs).all(|(new, old)| new.key == old.key);
        if same_inputs {
            for (_, act) in &self.recent {
                // read it once more, when vMix has settled
                self.dirty |= new.apply(act);
            }
        } else {
            self.recent.clear();
        }
        let new = Arc::new(new);
        self.show.send_replace(Arc::clone(&new));
        self.readings.send_modify(|readings| *readings += 1);
        Ok(new)
    }

    fn tally(&mut self, tally: Tally, actions: &mut Actions<Self>) {
        if self.settings.mirror {
            // with inputs added, removed or replaced, numbers and keys are others
            self.dirty |= tally.len() != self.show.borrow().inputs.len();
            self.show.send_if_modified(|show| {
                show.tally.as_ref() != Some(&tally) && Arc::make_mut(show).apply_tally(tally.clone())
            });
        }
        actions.event(Event::Tally(tally));
    }

    fn act(&mut self, act: Act, actions: &mut Actions<Self>) {
        use crate::event::Change::{Overlay, Recording, Streaming};
        if self.settings.mirror {
            // these say only half of it
            self.dirty |= matches!(act.change(), Overlay { .. } | Recording(_) | Streaming(_));
            // what can be read in two ways is left to the document
            let unclear = act.change() == Streaming(false) && self.show.borrow().streaming.is_several();
            if !unclear {
                self.show.send_if_modified(|show| Arc::make_mut(show).apply(&act));
                if self.recent.len() >= RECENT {
                    self.recent.pop_front();
                }
                self.recent.push_back((actions.now(), act.clone()));
            }
        }
        actions.event(Event::Act(act));
    }

    /// Whether the frame answers the command on its way.
    fn answers(&self, frame: &Frame, act: Option<&Act>) -> bool {
        let Some(current) = &self.current else { return false };
        match &current.expect {
            Expect::Word(word) => frame.word() == word.as_bytes(),
            Expect::Tally => frame.word() == b"TALLY",
            Expect::Xml => frame.word() == b"XML",
            Expect::Acts { name, input } => match act {
                Some(act) => act.name() == name && input.is_none_or(|input| act.input() == Some(input)),
                None => frame.word() == b"ACTS",
            },
        }
    }
}

impl Session for VmixSession {
    type In = Frame;
    type Out = Command;
    type Request = Submission;
    type Reply = Answer;
    type Event = Event;
    type Question = Infallible;
    type Answer = Infallible;

    fn opened(&mut self, actions: &mut Actions<Self>) {
        self.banner_by = Some(actions.now() + BANNER_GRACE);
    }

    fn submit(&mut self, slot: Slot, request: Submission, actions: &mut Actions<Self>) {
        self.waiting.push_back((slot, request));
        self.advance(actions);
    }

    fn handle(&mut self, frame: Frame, actions: &mut Actions<Self>) {
        if !self.greeted {
            return self.greet(&frame, actions);
        }
        let pushed = Event::pushed(&frame);
        let act = if let Some(Event::Act(act)) = &pushed { Some(act) } else { None };
        let answers = self.answers(&frame, act);
        match (&frame, pushed) {
            (_, Some(Event::Tally(tally))) => self.tally(tally, actions),
            (_, Some(Event::Act(act))) => self.act(act, actions),
            // a late answer to the question of the login
            (Frame::Ok(line), None) if line.word() == b"VERSION" => {}
            _ if answers => {}
            _ => actions.event(Event::Unknown(Unknown::new(&frame))),
        }
        if answers {
            self.complete(frame, actions);
        } else {
            self.advance(actions);
        }
    }

    fn expired(&mut self, slot: Slot, sent: bool, actions: &mut Actions<Self>) {
        if sent {
            // its late answer would be taken for the answer to the next command of the same word
            actions.disconnect(Lost::protocol("an answer is overdue, and the next one could not be told from it"));
            return;
        }
        self.waiting.retain(|(waiting, _)| *waiting != slot);
        if self.current.as_ref().is_some_and(|current| current.owner == Owner::Caller(slot)) {
            self.current = None;
            self.advance(actions);
        }
    }

    fn ping(&mut self, actions: &mut Actions<Self>) {
        if self.current.is_some() {
            return; // whatever answers that will do
        }
        let word = Cow::Borrowed(if self.ping == Ping::Fails { "XMLTEXT" } else { "PING" });
        let path = if self.ping == Ping::Fails { "vmix/version" } else { "" };
        if self.ping == Ping::Untried {
            self.ping = Ping::Asked;
        }
        self.put(Owner::Ping, Command::new(word.clone(), path, Expect::Word(word)), actions);
    }

    fn goodbye(&mut self, actions: &mut Actions<Self>) {
        actions.send(Command::new(Cow::Borrowed("QUIT"), "", Expect::Word(Cow::Borrowed("QUIT"))));
    }

    fn lost(&mut self) {
        if self.ping == Ping::Asked {
            self.ping = Ping::Fails;
        }
        self.mark_stale();
        self.greeted = false;
        self.banner_by = None;
        self.login.clear();
        self.ready = false;
        self.current = None;
        self.waiting.clear();
        self.recent.clear();
        self.dirty = false;
        self.read_at = None;
    }

    fn timeout(&self) -> Option<Instant> {
        match &self.current {
            _ if self.banner_by.is_some() => self.banner_by,
            // callers' own are the link's affair
            Some(Current { owner: Owner::Caller(_), .. }) => None,
            Some(current) => Some(current.since + self.settings.patience),
            None => self.reread_at(),
        }
    }

    fn handle_timeout(&mut self, actions: &mut Actions<Self>) {
        if let Some(at) = self.banner_by {
            if at <= actions.now() {
                self.banner_by = None;
                actions.send(Command::new(Cow::Borrowed("VERSION"), "", Expect::Word(Cow::Borrowed("VERSION"))));
            }
            return;
        }
        let late = self.current.as_ref().is_some_and(|current| {
            !matches!(current.owner, Owner::Caller(_)) && current.since + self.settings.patience <= actions.now()
        });
        if late {
            actions.disconnect(Lost::protocol("vMix does not answer"));
        } else {
            self.advance(actions);
        }
    }

    fn name(request: &Submission) -> Cow<'static, str> {
        request.command.name_shared()
    }

    fn show_in(&self, frame: &Frame) -> Vec<u8> {
        let secret = self.current.as_ref().is_some_and(|current| current.secret);
        redact::frame(frame, secret)
    }

    fn show_out(&self, command: &Command) -> Vec<u8> {
        format!("{command}\r\n").into_bytes()
    }
}

impl Drop for VmixSession {
    /// The link is over: what is shown from now on is what was last known.
    fn drop(&mut self) {
        self.mark_stale();
    }
}

fn subscribe(what: &str) -> Command {
    Command::new(Cow::Borrowed("SUBSCRIBE"), what, Expect::Word(Cow::Borrowed("SUBSCRIBE")))
}

fn xml() -> Command {
    Command::new(Cow::Borrowed("XML"), "", Expect::Xml)
}

#[cfg(test)]
mod tests;
