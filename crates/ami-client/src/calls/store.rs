//! Legs and calls, and what has changed.

use super::{Call, CallEvent, CallState, Leg, Party};
use crate::values::ChannelState;
use foldhash::{HashMap, HashMapExt as _};
use std::sync::Arc;
use std::time::SystemTime;

/// The most channels that are followed: Asterisk itself gives up long before.
pub(super) const LEGS: usize = 100_000;
/// The longest value that is kept of a channel, in bytes: Asterisk's own names end at 80, caller names at 256.
pub(super) const VALUE: usize = 1024;

#[derive(Debug)]
pub(super) struct Store {
    calls: HashMap<Arc<str>, Arc<Call>>,
    /// The call of each leg.
    legs: HashMap<Arc<str>, Arc<str>>,
    /// The Uniqueid of each channel's name.
    names: HashMap<Box<str>, Arc<str>>,
    /// Calls that are not what was told last.
    dirty: Vec<Arc<str>>,
    told: Vec<CallEvent>,
    pub(super) now: SystemTime,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            calls: HashMap::new(),
            legs: HashMap::new(),
            names: HashMap::new(),
            dirty: Vec::new(),
            told: Vec::new(),
            now: SystemTime::UNIX_EPOCH,
        }
    }
}

impl Store {
    pub(super) fn calls(&self) -> impl ExactSizeIterator<Item = &Arc<Call>> {
        self.calls.values()
    }

    pub(super) fn call(&self, id: &str) -> Option<&Arc<Call>> {
        self.calls.get(id)
    }

    pub(super) fn of(&self, uniqueid: &str) -> Option<&Arc<Call>> {
        self.calls.get(self.legs.get(uniqueid)?)
    }

    pub(super) fn by_name(&self, channel: &str) -> Option<&Arc<Call>> {
        self.of(self.names.get(channel)?)
    }

    pub(super) fn uniqueid_of(&self, channel: &str) -> Option<Arc<str>> {
        self.names.get(channel).cloned()
    }

    pub(super) fn uniqueids(&self) -> Vec<Arc<str>> {
        self.legs.keys().cloned().collect()
    }

    pub(super) fn leg(&self, uniqueid: &str) -> Option<&Leg> {
        self.of(uniqueid)?.legs.iter().find(|leg| &*leg.uniqueid == uniqueid)
    }

    /// Changes a leg; `change` says whether that is worth telling.
    pub(super) fn change(&mut self, uniqueid: &str, change: impl FnOnce(&mut Leg) -> bool) {
        let Some(id) = self.legs.get(uniqueid) else { return };
        let Some(call) = self.calls.get_mut(id) else { return };
        let call = Arc::make_mut(call);
        let Some(leg) = call.legs.iter_mut().find(|leg| &*leg.uniqueid == uniqueid) else { return };
        if change(leg) {
            self.dirty.push(Arc::clone(id));
        }
    }

    /// Changes a call; `change` says whether that is worth telling.
    pub(super) fn change_call(&mut self, uniqueid: &str, change: impl FnOnce(&mut Call) -> bool) {
        let Some(id) = self.legs.get(uniqueid) else { return };
        if self.calls.get_mut(id).is_some_and(|call| change(Arc::make_mut(call))) {
            self.dirty.push(Arc::clone(id));
        }
    }

    /// Adds a leg to a call, which is made if there is none. A leg that is there stays.
    pub(super) fn add(&mut self, uniqueid: &str, channel: &str, call: &str) {
        if uniqueid.is_empty() || self.legs.contains_key(uniqueid) {
            return;
        }
        if self.legs.len() >= LEGS {
            tracing::warn!(channels = LEGS, "too many channels to follow: do filters keep Hangup away?");
            return;
        }
        let uniqueid: Arc<str> = uniqueid.into();
        let id = self.call_for(call);
        let leg = Leg {
            uniqueid: Arc::clone(&uniqueid),
            channel: channel.into(),
            state: ChannelState::Down,
            caller: Party::default(),
            connected: Party::default(),
            account: "".into(),
            context: "".into(),
            exten: "".into(),
            bridge: None,
            conference: None,
            held: false,
            on_hold: false,
            waiting: false,
            parked: None,
            dialed: false,
            created: self.now,
            answered: None,
            hanging_up: false,
            hidden: false,
        };
        if let Some(call) = self.calls.get_mut(&id) {
            Arc::make_mut(call).legs.push(leg);
        }
        self.names.insert(channel.into(), Arc::clone(&uniqueid));
        self.legs.insert(uniqueid, Arc::clone(&id));
        self.dirty.push(id);
    }

    fn call_for(&mut self, id: &str) -> Arc<str> {
        if let Some(call) = self.calls.get(id) {
            return Arc::clone(&call.id);
        }
        let id: Arc<str> = id.into();
        let call = Arc::new(Call {
            id: Arc::clone(&id),
            state: CallState::Created,
            legs: Vec::with_capacity(2),
            started: self.now,
            answered: None,
            ended: None,
            cause: None,
            cause_text: "".into(),
            transfers: 0,
            transferring: false,
        });
        self.calls.insert(Arc::clone(&id), call);
        self.told.push(CallEvent::Started(self.placeholder(&id)));
        id
    }

    /// What is told of a new call is filled in when all of the event has been read.
    fn placeholder(&self, id: &str) -> Arc<Call> {
        self.calls.get(id).cloned().unwrap_or_else(|| {
            Arc::new(Call {
                id: id.into(),
                state: CallState::Created,
                legs: Vec::new(),
                started: self.now,
                answered: None,
                ended: None,
                cause: None,
                cause_text: "".into(),
                transfers: 0,
                transferring: false,
            })
        })
    }

    pub(super) fn rename(&mut self, uniqueid: &str, new: &str) {
        let Some((known, id)) = self.legs.get_key_value(uniqueid) else { return };
        let (known, id) = (Arc::clone(known), Arc::clone(id));
        let Some(call) = self.calls.get_mut(&id) else { return };
        if let Some(leg) = Arc::make_mut(call).legs.iter_mut().find(|leg| leg.uniqueid == known) {
            let old = std::mem::replace(&mut leg.channel, new.into());
            // the name may be another's by now
            if self.names.get(&old).is_some_and(|owner| *owner == known) {
                self.names.remove(&old);
            }
            self.names.insert(new.into(), known);
            self.dirty.push(id);
        }
    }

    /// A leg belongs to this call now.
    pub(super) fn move_leg(&mut self, uniqueid: &str, to: &str) {
        let Some((known, from)) = self.legs.get_key_value(uniqueid) else { return };
        if &**from == to || to.is_empty() {
            return;
        }
        let (known, from) = (Arc::clone(known), Arc::clone(from));
        let id = self.call_for(to);
        let mut moved = None;
        let mut left = None;
        if let Some(call) = self.calls.get_mut(&from) {
            let call = Arc::make_mut(call);
            moved = call.legs.iter().position(|leg| leg.uniqueid == known).map(|at| call.legs.remove(at));
            left = call.legs.is_empty().then_some((call.started, call.answered, call.transfers, call.transferring));
        }
        if let (Some(leg), Some(call)) = (moved, self.calls.get_mut(&id)) {
            let call = Arc::make_mut(call);
            call.legs.push(leg);
            if let Some((started, answered, transfers, transferring)) = left {
                call.started = call.started.min(started);
                call.answered = [call.answered, answered].into_iter().flatten().min();
                call.transfers = call.transfers.max(transfers);
                call.transferring |= transferring;
            }
        }
        self.legs.insert(known, Arc::clone(&id));
        if left.is_some() {
            self.calls.remove(&from);
            self.told.push(CallEvent::Merged { from: Arc::clone(&from), into: self.placeholder(&id) });
        } else {
            self.dirty.push(from);
        }
        self.dirty.push(id);
    }

    /// The legs of two calls are of one, which keeps the older name.
    pub(super) fn merge(&mut self, one: &str, other: &str) {
        let (Some(a), Some(b)) = (self.of(one), self.of(other)) else { return };
        if a.id == b.id {
            return;
        }
        let older = (a.started, order(&a.id)) <= (b.started, order(&b.id));
        let (keep, gone) = if older { (a, b) } else { (b, a) };
        let keep = Arc::clone(&keep.id);
        let legs: Vec<Arc<str>> = gone.legs.iter().map(|leg| Arc::clone(&leg.uniqueid)).collect();
        for leg in legs {
            self.move_leg(&leg, &keep);
        }
    }

    /// Parties change places: up to Asterisk 11 a masquerade moves a party to another Uniqueid. Relations stay.
    pub(super) fn swap_parties(&mut self, one: &str, other: &str) {
        let (Some(a), Some(b)) = (self.leg(one).cloned(), self.leg(other).cloned()) else { return };
        let take = |leg: &mut Leg, from: Leg| {
            leg.caller = from.caller;
            leg.connected = from.connected;
            leg.account = from.account;
            leg.held = from.held;
            leg.state = from.state;
            leg.created = from.created;
            leg.answered = from.answered;
            leg.hidden = from.hidden;
            true
        };
        self.change(one, |leg| take(leg, b));
        self.change(other, |leg| take(leg, a));
    }

    pub(super) fn remove(&mut self, uniqueid: &str, cause: Option<u32>, cause_text: &str) {
        let Some((known, id)) = self.legs.remove_entry(uniqueid) else { return };
        let Some(call) = self.calls.get_mut(&id) else { return };
        let whole = Arc::make_mut(call);
        if let Some(at) = whole.legs.iter().position(|leg| leg.uniqueid == known) {
            let leg = whole.legs.remove(at);
            if self.names.get(&leg.channel).is_some_and(|owner| *owner == known) {
                self.names.remove(&leg.channel);
            }
            if !leg.hidden && cause.is_some() {
                whole.cause = cause;
                whole.cause_text = cause_text.into();
            }
        }
        if !whole.legs.is_empty() {
            // who transferred has gone
            whole.transferring = false;
            self.dirty.push(id);
            return;
        }
        whole.state = CallState::Terminated;
        whole.ended = Some(self.now);
        if let Some(call) = self.calls.remove(&id) {
            self.told.push(CallEvent::Ended(call));
        }
    }

    /// Brings the states up to date, and hands over what has happened since the last time where somebody hears it.
    pub(super) fn tell(&mut self, changes: Option<&mut Vec<CallEvent>>) {
        if self.dirty.is_empty() && self.told.is_empty() {
            return;
        }
        self.dirty.sort_unstable();
        self.dirty.dedup();
        let mut dirty = std::mem::take(&mut self.dirty);
        for id in &dirty {
            if let Some(call) = self.calls.get_mut(id) {
                let call = Arc::make_mut(call);
                call.answered = call.answered.or_else(|| call.legs.iter().filter_map(|leg| leg.answered).min());
                // a call does not begin again: its last leg but one is gone
                call.state = Some(state(call)).filter(|now| *now != CallState::Created).unwrap_or(call.state);
            }
        }
        let Some(changes) = changes else {
            self.told.clear();
            dirty.clear();
            self.dirty = dirty;
            return;
        };
        let mut named: Vec<Arc<str>> = Vec::new();
        for told in std::mem::take(&mut self.told) {
            let now = |call: &Arc<Call>| self.calls.get(&call.id).unwrap_or(call).clone();
            match told {
                CallEvent::Started(call) => {
                    named.push(Arc::clone(&call.id));
                    changes.push(CallEvent::Started(now(&call)));
                }
                CallEvent::Merged { from, into } => {
                    named.push(Arc::clone(&into.id));
                    changes.push(CallEvent::Merged { from, into: now(&into) });
                }
                other => changes.push(other),
            }
        }
        for id in dirty.iter().filter(|id| !named.contains(id)) {
            if let Some(call) = self.calls.get(id) {
                changes.push(CallEvent::Changed(Arc::clone(call)));
            }
        }
    }
}

/// Puts a value there; whether that is news.
pub(super) fn put<T: PartialEq>(place: &mut T, value: T) -> bool {
    let news = *place != value;
    *place = value;
    news
}

/// The order in which Asterisk made channels: the count behind the second of a Uniqueid.
fn order(uniqueid: &str) -> (u64, u64) {
    let plain = uniqueid.rsplit('-').next().unwrap_or(uniqueid);
    let (second, count) = plain.split_once('.').unwrap_or((plain, "0"));
    (second.parse().unwrap_or(0), count.parse().unwrap_or(0))
}

/// What a call is doing, by what its legs do.
fn state(call: &Call) -> CallState {
    let legs = || call.legs.iter().filter(|leg| !leg.hidden);
    if legs().all(|leg| leg.hanging_up || leg.state == ChannelState::Busy) {
        return CallState::HangingUp;
    }
    if call.transferring {
        return CallState::Transferring;
    }
    if legs().any(|leg| leg.held || leg.on_hold || leg.parked.is_some()) {
        return CallState::OnHold;
    }
    if legs().any(|leg| leg.bridge.is_some() || leg.conference.is_some()) {
        return CallState::Connected;
    }
    let ringing = |leg: &Leg| leg.state == ChannelState::Ringing;
    if legs().any(ringing) {
        return CallState::Ringing;
    }
    if legs().any(|leg| leg.dialed || leg.state == ChannelState::Dialing) {
        return CallState::Dialing;
    }
    if legs().any(|leg| leg.state == ChannelState::Up) {
        return CallState::Connected;
    }
    match legs().find(|leg| leg.state == ChannelState::Ring) {
        // the far half of a Local channel is ours: we call
        Some(leg) if leg.channel.ends_with(";2") => CallState::Dialing,
        Some(_) => CallState::Incoming,
        None => CallState::Created,
    }
}
