//! What calls there are: a reducer over the events, before the fan-out, so that it is right whatever the subscribers do.
//!
//! Events of one channel can come out of order (FreeSWITCH delivers them from several threads): an older one never undoes a
//! newer one, and a channel that is gone does not come back.

use crate::cause::HangupCause;
use crate::event::Event;
use crate::intent::Selection;
use crate::lists::{CallRow, ChannelRow, Rows};
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

/// The session's side.
#[derive(Debug)]
pub(crate) struct Tracker {
    state: Arc<RwLock<State>>,
    version: watch::Sender<u64>,
    /// The channels of which an event came since the connection began, until the lists have been read: these lag behind.
    seen: Option<HashSet<String>>,
}

impl Tracker {
    /// The tracker, and the view of it.
    pub(crate) fn pair() -> (Self, Calls) {
        let state = Arc::new(RwLock::new(State { stale: true, ..State::default() }));
        let (version, watch) = watch::channel(0);
        (Self { state: Arc::clone(&state), version, seen: Some(HashSet::new()) }, Calls { state, version: watch })
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
        self.version.send_modify(|version| *version += 1);
    }

    pub(crate) fn lost(&mut self) {
        self.seen = Some(HashSet::new());
        self.change(|state| state.stale = true);
    }

    /// Takes an event. Those of no channel change nothing.
    pub(crate) fn event(&mut self, event: &Event) {
        let Some(name) = event.get_last("Event-Name") else { return };
        let Some(kind) = Kind::of(name.raw()) else { return };
        let Some(uuid) = event.unique_id().filter(|uuid| !uuid.is_empty()) else { return };
        if let Some(seen) = &mut self.seen {
            seen.insert(uuid.clone().into_owned());
        }
        self.change(|state| apply(state, &uuid, kind, event));
    }

    /// The answer to `show channels as json`, after a connect.
    pub(crate) fn channels(&mut self, body: &[u8]) {
        let Ok(rows) = Rows::<ChannelRow>::parse(body) else { return };
        let listed: HashSet<&str> = rows.rows.iter().map(|row| &*row.uuid).collect();
        let seen = self.seen.clone().unwrap_or_default();
        self.change(|state| {
            let lost = |uuid: &&String| !listed.contains(uuid.as_str()) && !seen.contains(*uuid);
            let lost: Vec<String> = state.legs.keys().filter(lost).cloned().collect();
            for uuid in &lost {
                state.end(uuid);
                // the list lags behind: should an event of it come, it was there after all
                state.gone.remove(uuid);
            }
            for row in rows.rows.clone() {
                // FreeSWITCH leaves rows without a uuid behind, and lists for a moment what has gone; an event knows more
                if row.uuid.is_empty() || state.gone.contains(&row.uuid) || seen.contains(&row.uuid) {
                    continue;
                }
                let leg = state.legs.entry(row.uuid.clone()).or_default();
                row.fill(leg);
            }
        });
    }

    /// The answer to `show calls as json`, after the channels.
    pub(crate) fn bridges(&mut self, body: &[u8]) {
        let rows = Rows::<CallRow>::parse(body).unwrap_or_default();
        let seen = self.seen.take().unwrap_or_default();
        self.change(|state| {
            state.stale = false;
            for row in rows.rows.iter().filter(|row| !row.uuid.is_empty() && !row.b_uuid.is_empty()) {
                for (leg, other) in [(&row.uuid, &row.b_uuid), (&row.b_uuid, &row.uuid)] {
                    if state.gone.contains(other) {
                        continue;
                    }
                    if let Some(leg) =
                        state.legs.get_mut(leg).filter(|leg| !seen.contains(&leg.uuid) || leg.bridge_sequence == 0)
                    {
                        leg.bridged_to = Some(other.clone());
                    }
                }
            }
        });
    }
}

impl ChannelRow {
    /// Writes what a row of the list says over what was known before a gap.
    fn fill(self, leg: &mut Leg) {
        leg.state = match &*self.callstate {
            "ACTIVE" | "HELD" | "UNHELD" => LegState::Active,
            "EARLY" => LegState::Early,
            "RINGING" | "RING_WAIT" => LegState::Ringing,
            "HANGUP" => LegState::Hangup,
            _ => LegState::Down,
        };
        leg.held = self.callstate == "HELD";
        leg.outbound = self.direction == "outbound";
        leg.created = self.created_epoch.parse::<u64>().unwrap_or(0).saturating_mul(1_000_000).max(leg.created);
        leg.call_uuid = if self.call_uuid.is_empty() { self.uuid.clone() } else { self.call_uuid };
        leg.uuid = self.uuid;
        leg.name = self.name;
        leg.caller_name = self.cid_name;
        leg.caller_number = self.cid_num;
        leg.destination = self.dest;
        leg.bridged_to = None;
    }
}

/// The events that change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    State,
    Progress,
    Hold,
    Unhold,
    Park,
    Unpark,
    Bridge,
    Unbridge,
    Hangup,
    Destroy,
    Renamed,
}

impl Kind {
    fn of(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"CHANNEL_CREATE"
            | b"CHANNEL_ANSWER"
            | b"CHANNEL_CALLSTATE"
            | b"CHANNEL_STATE"
            | b"CALL_UPDATE"
            | b"CHANNEL_PROGRESS_MEDIA"
            | b"CHANNEL_ORIGINATE"
            | b"CHANNEL_OUTGOING" => Self::State,
            b"CHANNEL_PROGRESS" => Self::Progress,
            b"CHANNEL_HOLD" => Self::Hold,
            b"CHANNEL_UNHOLD" => Self::Unhold,
            b"CHANNEL_PARK" => Self::Park,
            b"CHANNEL_UNPARK" => Self::Unpark,
            b"CHANNEL_BRIDGE" => Self::Bridge,
            b"CHANNEL_UNBRIDGE" => Self::Unbridge,
            b"CHANNEL_HANGUP" | b"CHANNEL_HANGUP_COMPLETE" => Self::Hangup,
            b"CHANNEL_DESTROY" => Self::Destroy,
            b"CHANNEL_UUID" => Self::Renamed,
            _ => return None,
        })
    }
}

/// Newer than what is known of this; sequences begin anew with the server.
fn newer(known: &mut u64, sequence: u64) -> bool {
    let newer = sequence >= *known;
    *known = (*known).max(sequence);
    newer
}

fn apply(state: &mut State, uuid: &str, kind: Kind, event: &Event) {
    let sequence = event.sequence().unwrap_or(u64::MAX);
    if kind == Kind::Renamed
        && let Some(old) = event.get("Old-Unique-ID").map(|old| old.text().into_owned()).filter(|old| old != uuid)
        && let Some(mut leg) = state.legs.remove(&old)
    {
        for other in state.legs.values_mut().filter(|other| other.bridged_to.as_ref() == Some(&old)) {
            other.bridged_to = Some(uuid.to_owned());
        }
        uuid.clone_into(&mut leg.uuid);
        state.legs.insert(uuid.to_owned(), leg);
    }
    if state.gone.contains(uuid) {
        // late: it can only tell more of the end
        if let Some(leg) = state.ended.iter_mut().rev().find(|leg| leg.uuid == uuid) {
            describe(leg, event, false);
        }
        return;
    }
    let leg = state.legs.entry(uuid.to_owned()).or_insert_with(|| Leg { uuid: uuid.to_owned(), ..Leg::default() });
    let fresh = newer(&mut leg.sequence, sequence);
    describe(leg, event, fresh);
    match kind {
        Kind::State | Kind::Renamed => {}
        Kind::Progress => leg.state = leg.state.max(LegState::Ringing),
        Kind::Hold | Kind::Unhold => {
            if newer(&mut leg.hold_sequence, sequence) {
                leg.held = kind == Kind::Hold;
            }
        }
        Kind::Park | Kind::Unpark => {
            if newer(&mut leg.park_sequence, sequence) {
                leg.parked = kind == Kind::Park;
            }
        }
        Kind::Hangup => leg.state = LegState::Hangup,
        Kind::Bridge | Kind::Unbridge => bridge(state, kind, sequence, event),
        Kind::Destroy => state.end(uuid),
    }
}

fn bridge(state: &mut State, kind: Kind, sequence: u64, event: &Event) {
    let leg = |name: &str| event.get(name).map(|uuid| uuid.text().into_owned()).filter(|uuid| !uuid.is_empty());
    let (Some(a), Some(b)) = (leg("Bridge-A-Unique-ID"), leg("Bridge-B-Unique-ID")) else { return };
    for (leg, other) in [(&a, &b), (&b, &a)] {
        if state.gone.contains(other) {
            continue;
        }
        let Some(leg) = state.legs.get_mut(leg) else { continue };
        if newer(&mut leg.bridge_sequence, sequence) {
            if kind == Kind::Bridge {
                leg.bridged_to = Some(other.clone());
                leg.parked = false;
            } else if leg.bridged_to.as_ref() == Some(other) {
                leg.bridged_to = None;
            }
        }
    }
}

/// What every event of a channel says of it. An older event only fills what is not known.
fn describe(leg: &mut Leg, event: &Event, fresh: bool) {
    let fill = |field: &mut String, header: &str| {
        if (fresh || field.is_empty())
            && let Some(value) = event.get(header)
        {
            value.text().as_ref().clone_into(field);
        }
    };
    fill(&mut leg.call_uuid, "Channel-Call-UUID");
    fill(&mut leg.name, "Channel-Name");
    fill(&mut leg.caller_name, "Caller-Caller-ID-Name");
    fill(&mut leg.caller_number, "Caller-Caller-ID-Number");
    fill(&mut leg.destination, "Caller-Destination-Number");
    if leg.created == 0 || fresh {
        leg.outbound = event.get("Call-Direction").is_some_and(|direction| direction == "outbound");
    }
    if fresh && let Some(other) = event.other_leg().filter(|other| !other.is_empty()) {
        leg.other_leg = Some(other.into_owned());
    }
    let time = |field: &mut u64, header: &str| {
        if let Some(at) = event.number(header).filter(|at| *at > 0) {
            *field = at;
        }
    };
    time(&mut leg.created, "Caller-Channel-Created-Time");
    time(&mut leg.answered, "Caller-Channel-Answered-Time");
    time(&mut leg.ended, "Caller-Channel-Hangup-Time");
    if let Some(cause) = event.hangup_cause() {
        leg.cause = Some(cause);
    }
    let state = match event.answer_state().as_deref() {
        Some("hangup") => LegState::Hangup,
        Some("answered") => LegState::Active,
        Some("early") => LegState::Early,
        _ if event.call_state().as_deref() == Some("RINGING") => LegState::Ringing,
        _ => LegState::Down,
    };
    // a channel only ever goes forward
    leg.state = leg.state.max(state);
}
