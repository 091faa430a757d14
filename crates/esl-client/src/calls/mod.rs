//! What calls there are: a reducer over the events, before the fan-out, so that it is right whatever the subscribers do.
//!
//! Events of one channel can come out of order (FreeSWITCH delivers them from several threads): an older one never undoes a
//! newer one, and a channel that is gone does not come back.

mod tracker;

pub(crate) use tracker::Tracker;

use crate::cause::HangupCause;
use crate::intent::Selection;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// Channels that are remembered after their end.
const ENDED: usize = 1024;

/// What the tracker needs to see.
pub(crate) fn needed() -> Selection {
    Selection::from([
        "CHANNEL_CREATE",
        "CHANNEL_PROGRESS",
        "CHANNEL_PROGRESS_MEDIA",
        "CHANNEL_ANSWER",
        "CHANNEL_CALLSTATE",
        "CHANNEL_HOLD",
        "CHANNEL_UNHOLD",
        "CHANNEL_PARK",
        "CHANNEL_UNPARK",
        "CHANNEL_BRIDGE",
        "CHANNEL_UNBRIDGE",
        "CHANNEL_HANGUP",
        "CHANNEL_HANGUP_COMPLETE",
        "CHANNEL_DESTROY",
        "CHANNEL_UUID",
        "CALL_UPDATE",
    ])
}

/// What a channel is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum LegState {
    /// It has been made.
    #[default]
    Down,
    /// It rings.
    Ringing,
    /// There is sound before the answer.
    Early,
    /// It has been answered.
    Active,
    /// It has been hung up.
    Hangup,
}

/// A channel: one leg of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Leg {
    /// `Unique-ID`.
    pub uuid: String,
    /// `Channel-Call-UUID`: the call that it was made for.
    pub call_uuid: String,
    /// `Channel-Name`: `sofia/internal/1000@10.0.0.5`.
    pub name: String,
    /// Whether FreeSWITCH made the call, towards this side.
    pub outbound: bool,
    /// The caller's name. It may come from a stranger.
    pub caller_name: String,
    /// The caller's number. It may come from a stranger.
    pub caller_number: String,
    /// What was dialed.
    pub destination: String,
    /// What it is doing.
    pub state: LegState,
    /// Whether it is on hold.
    pub held: bool,
    /// Whether it is parked.
    pub parked: bool,
    /// The leg that it is bridged to.
    pub bridged_to: Option<String>,
    /// The leg that made it, or that it made.
    pub other_leg: Option<String>,
    /// When it was made, in microseconds since 1970; 0: not known.
    pub created: u64,
    /// When it was answered, in microseconds since 1970; 0: it was not.
    pub answered: u64,
    /// When it was hung up, in microseconds since 1970; 0: it was not.
    pub ended: u64,
    /// Why it was hung up.
    pub cause: Option<HangupCause>,
    sequence: u64,
    bridge_sequence: u64,
    hold_sequence: u64,
    park_sequence: u64,
}

/// A call: the legs that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrackedCall {
    /// The uuid of the leg that it began with, as far as that is known.
    pub id: String,
    /// Its legs, the oldest first.
    pub legs: Vec<Leg>,
}

impl TrackedCall {
    /// What the call is doing: what its furthest leg is.
    #[must_use]
    pub fn state(&self) -> LegState {
        self.legs.iter().map(|leg| leg.state).max().unwrap_or_default()
    }

    /// Whether two of its legs hear each other.
    #[must_use]
    pub fn is_bridged(&self) -> bool {
        self.legs.iter().any(|leg| leg.bridged_to.is_some())
    }
}

#[derive(Debug, Default)]
struct State {
    legs: HashMap<String, Leg>,
    ended: VecDeque<Leg>,
    /// The uuids of `ended`, and of nothing else.
    gone: HashSet<String>,
    /// The connection was lost, and the lists have not been read since.
    stale: bool,
}

impl State {
    fn end(&mut self, uuid: &str) {
        let Some(mut leg) = self.legs.remove(uuid) else { return };
        leg.state = LegState::Hangup;
        leg.bridged_to = None;
        self.gone.insert(leg.uuid.clone());
        self.ended.push_back(leg);
        if self.ended.len() > ENDED
            && let Some(oldest) = self.ended.pop_front()
        {
            self.gone.remove(&oldest.uuid);
        }
        for other in self.legs.values_mut().filter(|other| other.bridged_to.as_deref() == Some(uuid)) {
            other.bridged_to = None;
        }
    }
}

/// The calls of one FreeSWITCH, as its events tell them. Cheap to clone; made by
/// [`Builder::track_calls`](crate::Builder::track_calls).
#[derive(Debug, Clone)]
pub struct Calls {
    state: Arc<RwLock<State>>,
    version: watch::Receiver<u64>,
}

impl Calls {
    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many channels there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read(|state| state.legs.len())
    }

    /// Whether there is no channel.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the connection was lost, and what is known may have changed since.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.read(|state| state.stale)
    }

    /// One channel; also one that is gone, while it is among the last 1,024.
    #[must_use]
    pub fn leg(&self, uuid: &str) -> Option<Leg> {
        self.read(|state| {
            state.legs.get(uuid).or_else(|| state.ended.iter().rev().find(|leg| leg.uuid == uuid)).cloned()
        })
    }

    /// All channels, in no order.
    #[must_use]
    pub fn legs(&self) -> Vec<Leg> {
        self.read(|state| state.legs.values().cloned().collect())
    }

    /// The channels that have gone, the last 1,024, the oldest first.
    #[must_use]
    pub fn ended(&self) -> Vec<Leg> {
        self.read(|state| state.ended.iter().cloned().collect())
    }

    /// All calls: channels that are bridged, or of which one made the other, are one.
    #[must_use]
    pub fn calls(&self) -> Vec<TrackedCall> {
        let mut legs = self.legs();
        legs.sort_by(|a, b| (a.created, &a.uuid).cmp(&(b.created, &b.uuid)));
        let places: HashMap<&str, usize> = legs.iter().enumerate().map(|(at, leg)| (&*leg.uuid, at)).collect();
        let mut roots: Vec<usize> = (0..legs.len()).collect();
        let root = |roots: &[usize], mut at: usize| {
            while let Some(up) = roots.get(at).filter(|up| **up != at) {
                at = *up;
            }
            at
        };
        for (at, leg) in legs.iter().enumerate() {
            let kin = [leg.bridged_to.as_deref(), leg.other_leg.as_deref(), Some(&*leg.call_uuid)];
            for other in kin.into_iter().flatten().filter_map(|uuid| places.get(uuid)) {
                let (a, b) = (root(&roots, at), root(&roots, *other));
                // the older one leads
                if let Some(root) = roots.get_mut(a.max(b)) {
                    *root = a.min(b);
                }
            }
        }
        let homes: Vec<usize> = (0..legs.len()).map(|at| root(&roots, at)).collect();
        let mut calls: Vec<TrackedCall> = Vec::new();
        let mut place_of: HashMap<usize, usize> = HashMap::new();
        for (leg, home) in legs.into_iter().zip(homes) {
            let at = *place_of.entry(home).or_insert(calls.len());
            match calls.get_mut(at) {
                Some(call) => call.legs.push(leg),
                None => calls.push(TrackedCall { id: leg.uuid.clone(), legs: vec![leg] }),
            }
        }
        calls
    }

    /// A watch that changes with every change. It coalesces: who is slow sees the latest.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.version.clone()
    }

    /// Waits until the calls are as `wanted` says.
    pub async fn wait_until(&self, mut wanted: impl FnMut(&Self) -> bool) {
        let mut version = self.version.clone();
        loop {
            version.mark_unchanged();
            if wanted(self) || version.changed().await.is_err() {
                return;
            }
        }
    }
}
