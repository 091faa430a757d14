//! The state machine of one AMI session. No I/O.

mod login;
mod pending;

pub(crate) use pending::ItemSink;

use crate::action::{Outline, Raw};
use crate::calls::{CallEvent, Shared};
use crate::codec::{Incoming, Outgoing, Token};
use crate::event::Event;
use crate::frame::{Frame, FrameKind};
use crate::mask::EventMask;
use crate::redact;
use crate::reply::Reply;
use crate::server::Server;
use bytes::BytesMut;
use ifbus_link::{Actions, Lost, Session, Slot};
use login::Phase;
use memchr::memmem;
use pending::{Entry, Last, Owner, Pending, Taken};
use secrecy::SecretString;
use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::convert::Infallible;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// What a handle asks for.
pub(crate) struct Ask {
    pub(crate) outline: Outline,
    /// Wait for the event that says how an originate ended.
    pub(crate) outcome: bool,
    // boxed: few have them, and what is asked for is moved often
    pub(crate) sink: Option<Box<ItemSink>>,
    pub(crate) standing: Option<Box<Standing>>,
}

/// What holds from now on, and is restored after a reconnect.
#[derive(Debug, Clone)]
pub(crate) enum Standing {
    Mask(EventMask),
    Filter(Raw),
}

/// What subscribers get, before a stream picks its part of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Notice {
    /// An event of the server's.
    Event(Event),
    /// What it means for a call.
    Call(CallEvent),
}

/// How to log in, and what to do then.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) user: String,
    pub(crate) secret: SecretString,
    pub(crate) md5: bool,
    pub(crate) mask: EventMask,
    pub(crate) filters: Vec<Raw>,
    pub(crate) track: bool,
    pub(crate) boot_grace: Duration,
    /// How long the server's first line may take.
    pub(crate) greeting: Duration,
    pub(crate) encrypted: bool,
    pub(crate) list_limit: usize,
}

pub(crate) struct AmiSession {
    settings: Settings,
    phase: Phase,
    /// In front of each identifier of this connection: other sessions see our identifiers, and count as we do.
    token: Token,
    /// Finds it in a message.
    finder: memmem::Finder<'static>,
    /// The last identifier of an action of our own.
    own: u64,
    pending: Pending,
    server: Server,
    told: watch::Sender<Arc<Server>>,
    boot: login::Boot,
    /// The server's first line is waited for until then.
    banner_by: Option<Instant>,
    calls: Shared,
    changes: Vec<CallEvent>,
}

/// Identifiers of our own actions begin here; those of callers' are their slots.
const OWN: u64 = 1 << 62;
/// What stands in front of an identifier.
const ACTION_ID: &[u8] = b"ActionID: ";

impl AmiSession {
    pub(crate) fn new(settings: Settings, told: watch::Sender<Arc<Server>>, calls: Shared) -> Self {
        Self {
            pending: Pending::new(settings.list_limit),
            settings,
            phase: Phase::Banner,
            token: [0; 17],
            finder: memmem::Finder::new("").into_owned(),
            own: OWN,
            server: Server::default(),
            told,
            boot: login::Boot::default(),
            banner_by: None,
            calls,
            changes: Vec::new(),
        }
    }

    /// The identifier of ours that a message carries.
    fn id_of(&self, frame: &Frame) -> Option<u64> {
        // answers have it on their second line; elsewhere it may stand on any: nothing else has our token, and one search is
        // quicker than a look at each line
        self.id_in(frame.second_line()).or_else(|| {
            let bytes = frame.bytes();
            self.finder.find_iter(bytes).find_map(|at| {
                let (before, line) = bytes.split_at_checked(at.checked_sub(ACTION_ID.len())?)?;
                self.id_in(line).filter(|_| before.is_empty() || before.ends_with(b"\r\n"))
            })
        })
    }

    /// The identifier of ours on the line that this begins with.
    fn id_in(&self, line: &[u8]) -> Option<u64> {
        let mut id = None;
        for byte in line.strip_prefix(ACTION_ID)?.strip_prefix(&self.token)? {
            if *byte == b'\r' {
                return id;
            }
            let digit = char::from(*byte).to_digit(16)?;
            id = Some(id.unwrap_or(0u64).checked_mul(16)? + u64::from(digit));
        }
        None
    }

    /// Sends an action of our own.
    fn send_own(&mut self, owner: Owner, raw: Raw, actions: &mut Actions<Self>) {
        match raw.outline() {
            Ok(outline) => {
                self.own += 1;
                self.pending.insert(self.own, Entry::new(owner, outline.name()));
                actions.send(Outgoing { action: outline, token: self.token, id: self.own });
            }
            // user and secret have been checked, filters too
            Err(error) => actions.disconnect(Lost::protocol(error.to_string())),
        }
    }

    fn message(&mut self, frame: Frame, actions: &mut Actions<Self>) {
        // looked for in each line of each event: only where somebody waits
        let id = if self.pending.is_empty() { None } else { self.id_of(&frame) };
        let kind = frame.kind();
        let taken = match kind {
            FrameKind::Event => {
                let name = frame.event_name();
                self.seen(name, &frame, actions);
                let outcome = name == b"OriginateResponse";
                if outcome {
                    actions.event(Notice::Event(Event::new(frame.clone())));
                }
                match self.pending.event(id, frame) {
                    Taken::No(_) if outcome => return,
                    taken => taken,
                }
            }
            FrameKind::Response => self.response(id, frame),
            FrameKind::Other => self.pending.text(frame),
        };
        match taken {
            Taken::No(frame) if kind == FrameKind::Event => actions.event(Notice::Event(Event::new(frame))),
            Taken::No(frame) => tracing::debug!(lines = frame.len(), "a message that answers nothing"),
            Taken::Part => {}
            Taken::Done(id, last) => self.finish(id, last, actions),
        }
        for change in self.changes.drain(..) {
            actions.event(Notice::Call(change));
        }
    }

    /// An event, before anybody else sees it.
    fn seen(&mut self, name: &[u8], frame: &Frame, actions: &mut Actions<Self>) {
        if name == b"FullyBooted" {
            self.booted(actions);
        }
        if self.settings.track {
            self.calls.apply(frame, actions.now(), &mut self.changes);
        }
    }

    fn response(&mut self, id: Option<u64>, frame: Frame) -> Taken {
        let said = frame.response();
        // what is left of an action that was cut in two
        let stray = || frame.get_bytes("Message") == Some(b"Missing action in request");
        if id.is_none() && frame.get_bytes("ActionID").is_some() || said == b"Error" && stray() {
            return Taken::No(frame);
        }
        let success = said == b"Success";
        match self.pending.answers(id) {
            Some(id) => self.pending.response(id, success, frame),
            None => Taken::No(frame),
        }
    }

    fn finish(&mut self, id: u64, last: Last, actions: &mut Actions<Self>) {
        if let Some((of, reply)) = self.pending.finish(id, last) {
            self.answered(of, reply, actions);
        }
    }

    fn answered(&mut self, of: pending::Answered, reply: Reply, actions: &mut Actions<Self>) {
        if let Some(standing) = of.on_success
            && reply.response.response() != b"Error"
        {
            match *standing {
                Standing::Mask(mask) => self.settings.mask = mask,
                Standing::Filter(filter) => self.settings.filters.push(filter),
            }
        }
        match of.owner {
            Owner::Caller(slot) => actions.reply(slot, reply),
            Owner::Nobody | Owner::KeepAlive => {}
            Owner::Behind(id) => {
                if let Taken::Done(id, last) = self.pending.passed(id) {
                    self.finish(id, last, actions);
                }
            }
            owner => self.login_step(owner, &reply, actions),
        }
    }

    fn too_large(&mut self, head: &Frame, bytes: u64, actions: &mut Actions<Self>) {
        let response = head.kind() == FrameKind::Response;
        tracing::warn!(bytes, response, "a message over the limit was skipped");
        let id = if response { self.pending.answers(self.id_of(head)) } else { self.id_of(head) };
        if let Some(id) = id
            && let Taken::Done(id, last) = self.pending.too_large(id, response)
        {
            self.finish(id, last, actions);
        }
    }
}

impl Session for AmiSession {
    type In = Incoming;
    type Out = Outgoing;
    type Request = Ask;
    type Reply = Reply;
    type Event = Notice;
    type Question = Infallible;
    type Answer = Infallible;

    fn opened(&mut self, actions: &mut Actions<Self>) {
        // the server speaks first
        self.phase = Phase::Banner;
        self.banner_by = actions.now().checked_add(self.settings.greeting);
        // keys that the system drew: nobody can tell the next from what was seen
        let token = RandomState::new().build_hasher().finish();
        self.token = format!("{token:016x}-").into_bytes().try_into().unwrap_or([b'-'; 17]);
        self.finder = memmem::Finder::new(&self.token).into_owned();
        self.pending.clear();
    }

    fn handle(&mut self, input: Incoming, actions: &mut Actions<Self>) {
        match input {
            Incoming::Banner(line) => self.banner(&line, actions),
            Incoming::Message(frame) => self.message(frame, actions),
            Incoming::TooLarge { head, bytes } => self.too_large(&head, bytes, actions),
        }
    }

    fn submit(&mut self, slot: Slot, ask: Ask, actions: &mut Actions<Self>) {
        let id = slot.id();
        let mut entry = Entry::new(Owner::Caller(slot), ask.outline.name());
        entry = entry.with_outcome(ask.outcome).with_sink(ask.sink);
        entry.on_success = ask.standing;
        let fence = self.pending.legacy && entry.is_silent();
        self.pending.insert(id, entry);
        actions.send_request(slot, Outgoing { action: ask.outline, token: self.token, id });
        if fence {
            self.send_own(Owner::Behind(id), Raw::new("Ping"), actions);
        }
    }

    fn expired(&mut self, slot: Slot, sent: bool, _: &mut Actions<Self>) {
        if sent {
            self.pending.abandon(slot.id());
        } else {
            self.pending.remove(slot.id());
        }
    }

    fn ping(&mut self, actions: &mut Actions<Self>) {
        self.send_own(Owner::KeepAlive, Raw::new("Ping"), actions);
    }

    fn goodbye(&mut self, actions: &mut Actions<Self>) {
        self.send_own(Owner::Nobody, Raw::new("Logoff"), actions);
    }

    fn lost(&mut self) {
        self.phase = Phase::Banner;
        self.pending.clear();
        self.boot.by = None;
        self.banner_by = None;
        self.calls.lost();
    }

    fn timeout(&self) -> Option<Instant> {
        self.banner_by.or(self.boot.by)
    }

    fn handle_timeout(&mut self, actions: &mut Actions<Self>) {
        match self.banner_by.take() {
            Some(_) => self.no_greeting(actions),
            None => self.not_told(actions),
        }
    }

    fn name(ask: &Ask) -> Cow<'static, str> {
        Cow::Owned(ask.outline.name().to_owned())
    }

    fn show_in(&self, input: &Incoming) -> Vec<u8> {
        match input {
            Incoming::Banner(line) => format!("{line}\r\n").into_bytes(),
            Incoming::Message(frame) => {
                let mut shown = redact::frame(frame);
                shown.extend_from_slice(if frame.command_output().is_some() {
                    b"--END COMMAND--\r\n\r\n"
                } else {
                    b"\r\n"
                });
                shown
            }
            Incoming::TooLarge { head, bytes } => {
                let mut shown = redact::frame(head);
                shown.extend_from_slice(format!("… {bytes} bytes\r\n\r\n").as_bytes());
                shown
            }
        }
    }

    fn show_out(&self, output: &Outgoing) -> Vec<u8> {
        let mut whole = BytesMut::new();
        output.write(&mut whole);
        let mut shown = redact::frame(&Frame::parse(whole));
        shown.extend_from_slice(b"\r\n");
        shown
    }
}
