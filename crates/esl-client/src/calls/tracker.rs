//! The session's side of the view: what an event or a list changes.

use super::{Calls, Leg, LegState, State};
use crate::event::Event;
use crate::lists::{CallRow, ChannelRow, Rows};
use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

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
