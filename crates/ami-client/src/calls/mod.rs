//! The calls of the server, followed through its events.
//!
//! A call is all channels of one `Linkedid` (Asterisk 12 and later); before that its legs are told to belong together by
//! `Dial`, `Bridge`, masquerades and the names of Local channels. It is kept by the connection's task, before any subscriber
//! sees an event, so that it is whole whatever they do; after a gap the list of channels sets it right again.

mod current;
mod legacy;
mod store;
#[cfg(test)]
mod tests;

use crate::frame::Frame;
use crate::values::ChannelState;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use store::Store;
use tokio::time::Instant;

/// What a call is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum CallState {
    /// A channel is there.
    #[default]
    Created,
    /// Another party is being called.
    Dialing,
    /// The other party's phone rings.
    Ringing,
    /// A party calls, and the dialplan has not answered.
    Incoming,
    /// Parties talk, or one with an application.
    Connected,
    /// A party holds, or is parked.
    OnHold,
    /// A transfer is under way.
    Transferring,
    /// The end is asked for.
    HangingUp,
    /// Over.
    Terminated,
}

/// A name and a number; empty where Asterisk says `<unknown>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Party {
    /// The number.
    pub number: Box<str>,
    /// The name.
    pub name: Box<str>,
}

/// One channel of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leg {
    /// What names it for its life (from 12 on; up to 11 a masquerade moves a party to another).
    pub uniqueid: Arc<str>,
    /// Its name now.
    pub channel: Box<str>,
    /// What the channel does.
    pub state: ChannelState,
    /// Who calls.
    pub caller: Party,
    /// The other side.
    pub connected: Party,
    /// The account code.
    pub account: Box<str>,
    /// The dialplan's context and extension, as last told.
    pub context: Box<str>,
    /// See [`context`](Self::context).
    pub exten: Box<str>,
    /// The bridge that it is in (12 and later), or the Uniqueid of its partner (up to 11).
    pub bridge: Option<Box<str>>,
    /// The conference that it is in.
    pub conference: Option<Box<str>>,
    /// Whether its party holds: its phone said so, or [`Client::hold`](crate::Client::hold) did it for the channel.
    pub held: bool,
    /// Whether its party hears music since [`Client::hold`](crate::Client::hold) put it on hold, of this client or another.
    pub on_hold: bool,
    /// The parking space that it is in.
    pub parked: Option<Box<str>>,
    /// Whether it is being called by another leg, and has not answered.
    pub dialed: bool,
    /// When it was made, by this machine's clock.
    pub created: SystemTime,
    /// When it was answered, by this machine's clock.
    pub answered: Option<SystemTime>,
    /// Whether its end is asked for.
    pub hanging_up: bool,
    /// Whether it holds since [`Client::hold`](crate::Client::hold) did it.
    waiting: bool,
    /// A zombie or a helper of a masquerade: no party.
    hidden: bool,
}

impl Leg {
    /// Whether it waits since it was made to hold, or is held so; whether that is news.
    fn wait(&mut self, waiting: bool, on_hold: bool) -> bool {
        let news = (self.waiting, self.on_hold) != (waiting, on_hold);
        if self.waiting != waiting {
            self.held = waiting;
        }
        (self.waiting, self.on_hold) = (waiting, on_hold);
        news
    }
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// Its `Linkedid`; up to Asterisk 11 the Uniqueid of its first leg.
    pub id: Arc<str>,
    /// What it is doing.
    pub state: CallState,
    legs: Vec<Leg>,
    /// When its first leg was made, by this machine's clock.
    pub started: SystemTime,
    /// When its first leg was answered.
    pub answered: Option<SystemTime>,
    /// When its last leg hung up.
    pub ended: Option<SystemTime>,
    /// The cause of its last hangup (Q.850: 16 normal, 17 busy, 19 no answer).
    pub cause: Option<u32>,
    /// That cause in Asterisk's words.
    pub cause_text: Box<str>,
    /// The transfers so far.
    pub transfers: u32,
    transferring: bool,
}

impl Call {
    /// Its legs, oldest first, without zombies and helpers of masquerades.
    pub fn legs(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| !leg.hidden)
    }

    /// The leg on this channel.
    #[must_use]
    pub fn leg(&self, channel: &str) -> Option<&Leg> {
        self.legs().find(|leg| &*leg.channel == channel)
    }
}

/// What happened to a call; the call as it is then.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CallEvent {
    /// It is new.
    Started(Arc<Call>),
    /// Its state, or that of a leg, is another.
    Changed(Arc<Call>),
    /// It is part of another call now.
    #[non_exhaustive]
    Merged {
        /// The call that is no more.
        from: Arc<str>,
        /// The call that has its legs.
        into: Arc<Call>,
    },
    /// It is over; the call holds no leg any more, but its times and its cause.
    Ended(Arc<Call>),
}

impl CallEvent {
    /// The call.
    #[must_use]
    pub fn call(&self) -> &Arc<Call> {
        match self {
            Self::Started(call) | Self::Changed(call) | Self::Ended(call) | Self::Merged { into: call, .. } => call,
        }
    }
}

/// The view that the session keeps and the handles read.
#[derive(Debug, Clone)]
pub(crate) struct Shared(Arc<Mutex<Tracker>>);

/// The reducer.
#[derive(Debug)]
pub(crate) struct Tracker {
    store: Store,
    legacy: bool,
    masquerade: Option<legacy::Masquerade>,
    synchronized: bool,
    /// Whether anybody ever asked for what happens to calls: telling it costs a copy of the call each time.
    heard: bool,
    anchor: (Instant, SystemTime),
}

impl Default for Shared {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Tracker {
            store: Store::default(),
            legacy: false,
            masquerade: None,
            synchronized: false,
            heard: false,
            anchor: (Instant::now(), SystemTime::now()),
        })))
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Tracker> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on somebody hears what happens to calls.
    pub(crate) fn listen(&self) {
        self.lock().heard = true;
    }

    pub(crate) fn set_legacy(&self, legacy: bool) {
        self.lock().legacy = legacy;
    }

    pub(crate) fn apply(&self, frame: &Frame, now: Instant, changes: &mut Vec<CallEvent>) {
        let name = frame.event_name();
        if !current::concerns(name) && !legacy::concerns(name) {
            return;
        }
        let mut tracker = self.lock();
        let tracker = &mut *tracker;
        tracker.set_time(now);
        if tracker.legacy {
            legacy::apply(&mut tracker.store, &mut tracker.masquerade, name, frame);
        } else {
            current::apply(&mut tracker.store, name, frame);
        }
        tracker.store.tell(tracker.heard.then_some(changes));
    }

    /// The channels as the server lists them.
    pub(crate) fn resync(&self, items: &[Frame], now: Instant, changes: &mut Vec<CallEvent>) {
        let mut tracker = self.lock();
        let tracker = &mut *tracker;
        tracker.set_time(now);
        tracker.masquerade = None;
        if tracker.legacy {
            legacy::resync(&mut tracker.store, items);
        } else {
            current::resync(&mut tracker.store, items);
        }
        tracker.synchronized = true;
        tracker.store.tell(tracker.heard.then_some(changes));
    }

    pub(crate) fn lost(&self) {
        self.lock().synchronized = false;
    }
}

impl Tracker {
    fn set_time(&mut self, now: Instant) {
        self.store.now = self.anchor.1 + now.saturating_duration_since(self.anchor.0);
    }
}

/// The calls that are up; made by [`Client::calls`](crate::Client::calls). No request; cheap to clone.
#[derive(Debug, Clone)]
pub struct Calls(Shared);

impl Calls {
    pub(crate) fn new(shared: Shared) -> Self {
        Self(shared)
    }

    /// All calls.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Call>> {
        self.0.lock().store.calls().cloned().collect()
    }

    /// How many calls there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.lock().store.calls().len()
    }

    /// Whether there is no call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many channels there are, without zombies and helpers of masquerades.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.0.lock().store.calls().map(|call| call.legs().count()).sum()
    }

    /// The call with this id (`Linkedid`).
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Arc<Call>> {
        self.0.lock().store.call(id).cloned()
    }

    /// The call that a channel belongs to, by its name.
    #[must_use]
    pub fn by_channel(&self, channel: &str) -> Option<Arc<Call>> {
        self.0.lock().store.by_name(channel).cloned()
    }

    /// The call that a channel belongs to, by its Uniqueid.
    #[must_use]
    pub fn by_uniqueid(&self, uniqueid: &str) -> Option<Arc<Call>> {
        self.0.lock().store.of(uniqueid).cloned()
    }

    /// Whether it is known that this is what the server has: false while there is no connection, and where the user may not
    /// list channels.
    #[must_use]
    pub fn is_synchronized(&self) -> bool {
        self.0.lock().synchronized
    }
}
