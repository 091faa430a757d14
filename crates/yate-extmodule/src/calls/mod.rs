//! What calls there are: a reducer over the messages that are watched, before the fan-out, so that it is right whatever the
//! subscribers do.

mod tracker;

pub(crate) use tracker::Tracker;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Channels that are remembered after their end.
const ENDED: usize = 1024;

/// What the tracker watches.
pub(crate) const WATCHED: &[&str] = &[
    "chan.startup",
    "chan.connected",
    "chan.disconnected",
    "chan.hangup",
    "call.execute",
    "call.progress",
    "call.ringing",
    "call.answered",
    "call.update",
    "call.cdr",
];

/// What a channel is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum LegState {
    /// It has been made.
    #[default]
    Down,
    /// There is progress, or sound before the answer.
    Progressing,
    /// It rings.
    Ringing,
    /// It has been answered.
    Answered,
    /// It has been hung up.
    Hangup,
}

/// A channel: one leg of a call. Only channels that announce themselves (`chan.startup`) are legs: those of sip, dumb, analog and
/// the like, not those of tone, wave, conf and moh, which stand on the other side of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Leg {
    /// The channel: `sip/12`.
    pub id: String,
    /// The module that it belongs to.
    pub module: String,
    /// `incoming` (towards Yate) or `outgoing`.
    pub direction: String,
    /// The other end's address, where the module says it.
    pub address: String,
    /// What ties the legs of a call.
    pub billid: String,
    /// The caller's number. It may come from a stranger.
    pub caller: String,
    /// The caller's name. It may come from a stranger.
    pub callername: String,
    /// What was called.
    pub called: String,
    /// The channel that it is connected to: another leg, or a tone, a file, a conference.
    pub peer: Option<String>,
    /// What it is doing.
    pub state: LegState,
    /// The engine's own word for it: `incoming`, `ringing`, `answered`, or why it ended.
    pub status: String,
    /// Why it ended, where the engine says it.
    pub reason: String,
    /// When it began, since 1970; zero: not known (cdrbuild says it).
    pub time: Duration,
    /// How long it lasted; zero until its record is complete.
    pub duration: Duration,
    /// How long it was answered; zero until its record is complete.
    pub billtime: Duration,
}

/// A call: the legs that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// The billid of its first leg, or that leg's id.
    pub id: String,
    /// Its legs, by their ids.
    pub legs: Vec<Leg>,
}

impl Call {
    /// What the call is doing: what its furthest leg is.
    #[must_use]
    pub fn state(&self) -> LegState {
        self.legs.iter().map(|leg| leg.state).max().unwrap_or_default()
    }
}

/// What happened to a leg, which is as it is then.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallEvent {
    /// It is new.
    Started(Leg),
    /// Something of it is different now.
    Changed(Leg),
    /// It is gone.
    Ended(Leg),
}

#[derive(Debug, Default)]
struct State {
    legs: HashMap<String, Leg>,
    ended: VecDeque<Leg>,
    /// The ids of `ended` in this run of the engine.
    gone: HashSet<String>,
    /// The connection was lost, and the status has not been read since.
    stale: bool,
}

impl State {
    fn end(&mut self, id: &str) -> Option<Leg> {
        let mut leg = self.legs.remove(id)?;
        leg.state = LegState::Hangup;
        leg.peer = None;
        self.gone.insert(leg.id.clone());
        self.ended.push_back(leg.clone());
        if self.ended.len() > ENDED
            && let Some(oldest) = self.ended.pop_front()
        {
            self.gone.remove(&oldest.id);
        }
        Some(leg)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Board {
    state: RwLock<State>,
    listened: AtomicBool,
}

/// The tracker writes it, the handles read it.
pub(crate) type Shared = Arc<Board>;

impl Board {
    /// Somebody wants to hear what changes.
    pub(crate) fn listen(&self) {
        self.listened.store(true, Ordering::Relaxed);
    }
}

/// The calls that are up; made by [`Client::calls`](crate::Client::calls). No request: it reads what the connection keeps.
#[derive(Debug, Clone)]
pub struct Calls(Shared);

impl Calls {
    pub(crate) fn new(shared: Shared) -> Self {
        Self(shared)
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.0.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many legs are up.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read(|state| state.legs.len())
    }

    /// Whether no leg is up.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the connection was lost and the engine's status has not been read since: what this says is from before.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.read(|state| state.stale)
    }

    /// A leg that is up.
    #[must_use]
    pub fn leg(&self, id: &str) -> Option<Leg> {
        self.read(|state| state.legs.get(id).cloned())
    }

    /// All legs that are up, by their ids.
    #[must_use]
    pub fn legs(&self) -> Vec<Leg> {
        let mut legs: Vec<Leg> = self.read(|state| state.legs.values().cloned().collect());
        legs.sort_by(|a, b| a.id.cmp(&b.id));
        legs
    }

    /// The legs that ended last, the oldest first; at most 1,024.
    #[must_use]
    pub fn ended(&self) -> Vec<Leg> {
        self.read(|state| state.ended.iter().cloned().collect())
    }

    /// All calls that are up: legs that share a billid or are connected to each other.
    #[must_use]
    pub fn list(&self) -> Vec<Call> {
        let mut calls: Vec<Vec<Leg>> = Vec::new();
        // where a billid, a channel or the peer of one has been seen
        let mut place: HashMap<String, usize> = HashMap::new();
        for leg in self.legs() {
            let keys = [Some(format!("b{}", leg.billid)).filter(|key| key.len() > 1), Some(format!("i{}", leg.id))];
            let peer = leg.peer.as_ref().map(|peer| format!("i{peer}"));
            let keys: Vec<String> = keys.into_iter().flatten().chain(peer).collect();
            let found: Vec<usize> = keys.iter().filter_map(|key| place.get(key).copied()).collect();
            let at = found.iter().copied().min().unwrap_or(calls.len());
            if at == calls.len() {
                calls.push(Vec::new());
            }
            for other in found.into_iter().filter(|other| *other != at) {
                let moved = calls.get_mut(other).map(std::mem::take).unwrap_or_default();
                place.values_mut().filter(|place| **place == other).for_each(|place| *place = at);
                if let Some(call) = calls.get_mut(at) {
                    call.extend(moved);
                }
            }
            place.extend(keys.into_iter().map(|key| (key, at)));
            if let Some(call) = calls.get_mut(at) {
                call.push(leg);
            }
        }
        let id = |leg: &Leg| if leg.billid.is_empty() { leg.id.clone() } else { leg.billid.clone() };
        calls.into_iter().filter_map(|legs| Some(Call { id: id(legs.first()?), legs })).collect()
    }
}

#[cfg(test)]
mod tests;
