//! The reducer: one message after the other.

use super::{CallEvent, Leg, LegState, Shared, State};
use crate::cdr::seconds;
use crate::received::Received;
use crate::status::ModuleStatus;
use std::collections::HashSet;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

/// Modules whose channels never announce themselves, and never hang up by a message of their own.
const SILENT: &[&str] =
    &["tone", "wave", "conf", "moh", "mux", "fork", "tonedetect", "callgen", "park", "q-in", "q-out"];

/// Keeps the calls of one connection.
pub(crate) struct Tracker {
    shared: Shared,
    /// Channels of which a message came since the status was asked for: the list knows less of them.
    seen: Option<HashSet<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Startup,
    Connected,
    Disconnected,
    Hangup,
    Execute,
    Progress,
    Ringing,
    Answered,
    Update,
    Cdr,
}

impl Kind {
    fn of(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"chan.startup" => Self::Startup,
            b"chan.connected" => Self::Connected,
            b"chan.disconnected" => Self::Disconnected,
            b"chan.hangup" => Self::Hangup,
            b"call.execute" => Self::Execute,
            b"call.progress" => Self::Progress,
            b"call.ringing" => Self::Ringing,
            b"call.answered" => Self::Answered,
            b"call.update" => Self::Update,
            b"call.cdr" => Self::Cdr,
            _ => return None,
        })
    }
}

fn state_of(status: &str) -> LegState {
    match status {
        "answered" => LegState::Answered,
        "ringing" => LegState::Ringing,
        "progressing" => LegState::Progressing,
        _ => LegState::Down,
    }
}

impl Tracker {
    pub(crate) fn new(shared: Shared) -> Self {
        Self { shared, seen: None }
    }

    fn change(&self, change: impl FnOnce(&mut State) -> Vec<CallEvent>) -> Vec<CallEvent> {
        let mut state = self.shared.state.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut state)
    }

    /// The connection is gone.
    pub(crate) fn lost(&mut self) {
        self.seen = None;
        self.change(|state| {
            state.stale = true;
            // another run of the engine counts its channels anew
            state.gone.clear();
            Vec::new()
        });
    }

    /// The status is about to be asked for.
    pub(crate) fn listing(&mut self) {
        self.seen.get_or_insert_default();
    }

    /// The answer to `engine.status` of all modules.
    pub(crate) fn list(&mut self, text: &str) -> Vec<CallEvent> {
        let seen = self.seen.take().unwrap_or_default();
        let modules = ModuleStatus::parse_all(text);
        let mut listed = HashSet::new();
        self.change(|state| {
            state.stale = false;
            let mut events = Vec::new();
            for module in modules.iter().filter(|module| !SILENT.contains(&module.name())) {
                for item in &module.items {
                    let (Some(status), Some(peer)) = (module.field(item, "Status"), module.field(item, "Peer")) else {
                        continue;
                    };
                    listed.insert(item.0.clone());
                    if seen.contains(&item.0) || state.gone.contains(&item.0) {
                        continue; // a message knows more
                    }
                    let known = state.legs.contains_key(&item.0);
                    let leg = state.legs.entry(item.0.clone()).or_default();
                    leg.id.clone_from(&item.0);
                    module.name().clone_into(&mut leg.module);
                    status.clone_into(&mut leg.status);
                    leg.state = leg.state.max(state_of(status));
                    module.field(item, "Address").unwrap_or_default().clone_into(&mut leg.address);
                    leg.peer = Some(peer.to_owned()).filter(|peer| !peer.is_empty());
                    events.push(if known { CallEvent::Changed(leg.clone()) } else { CallEvent::Started(leg.clone()) });
                }
            }
            let lost = |id: &&String| !listed.contains(id.as_str()) && !seen.contains(*id);
            let lost: Vec<String> = state.legs.keys().filter(lost).cloned().collect();
            for id in lost {
                events.extend(state.end(&id).map(CallEvent::Ended));
                // the list may lag: should it be heard of, it was there after all
                state.gone.remove(&id);
            }
            if !self.shared.listened.load(Ordering::Relaxed) {
                events.clear();
            }
            events
        })
    }

    /// A message that was watched.
    pub(crate) fn apply(&mut self, message: &Received) -> Vec<CallEvent> {
        let [_, _, name, _] = message.head();
        let Some(kind) = Kind::of(name) else { return Vec::new() };
        let key = if kind == Kind::Cdr { "chan" } else { "id" };
        let Some(id) = message.get(key).filter(|id| !id.is_empty()) else { return Vec::new() };
        if let Some(seen) = &mut self.seen
            && !seen.contains(&*id)
        {
            seen.insert(id.clone().into_owned());
        }
        let listened = self.shared.listened.load(Ordering::Relaxed);
        self.change(|state| reduce(state, &id, kind, message, listened).into_iter().collect())
    }
}

fn reduce(state: &mut State, id: &str, kind: Kind, message: &Received, listened: bool) -> Option<CallEvent> {
    if kind == Kind::Startup && !state.legs.contains_key(id) && !state.gone.contains(id) {
        let mut leg = Leg { id: id.to_owned(), ..Leg::default() };
        describe(&mut leg, kind, message);
        let event = listened.then(|| CallEvent::Started(leg.clone()));
        state.legs.insert(leg.id.clone(), leg);
        return event;
    }
    let Some(leg) = state.legs.get_mut(id) else {
        // the record of a channel is complete a moment after its end
        let mut ended = state.ended.iter_mut().rev();
        if let Some(leg) = ended.find(|leg| leg.id == id).filter(|_| kind == Kind::Cdr) {
            record(leg, message);
        }
        return None;
    };
    let before = listened.then(|| leg.clone());
    describe(leg, kind, message);
    if kind == Kind::Hangup {
        let leg = state.end(id)?;
        return listened.then_some(CallEvent::Ended(leg));
    }
    before.filter(|before| before != leg).map(|_| CallEvent::Changed(leg.clone()))
}

/// What a `call.cdr` says that nothing else does.
fn record(leg: &mut Leg, message: &Received) {
    let complete = message.get("operation").is_some_and(|operation| operation == "finalize");
    for param in message.params() {
        let value = param.value();
        match &*param.name() {
            "time" => leg.time = seconds(&value),
            "duration" if complete => leg.duration = seconds(&value),
            "billtime" if complete => leg.billtime = seconds(&value),
            "caller" if leg.caller.is_empty() => leg.caller = value.into_owned(),
            "called" if leg.called.is_empty() => leg.called = value.into_owned(),
            "billid" if leg.billid.is_empty() => leg.billid = value.into_owned(),
            "reason" if leg.reason.is_empty() => leg.reason = value.into_owned(),
            _ => {}
        }
    }
}

fn describe(leg: &mut Leg, kind: Kind, message: &Received) {
    if kind == Kind::Cdr {
        return record(leg, message);
    }
    if kind == Kind::Execute && !message.is_handled() {
        return; // it was not connected to anything
    }
    for param in message.params() {
        // most parameters are none of ours: their values are not decoded
        let field = match &*param.name() {
            "module" if kind != Kind::Execute => &mut leg.module,
            "direction" => &mut leg.direction,
            "address" => &mut leg.address,
            "billid" => &mut leg.billid,
            "caller" => &mut leg.caller,
            "callername" => &mut leg.callername,
            "called" => &mut leg.called,
            "reason" => &mut leg.reason,
            "status" => {
                leg.state = leg.state.max(state_of(&param.value()));
                &mut leg.status
            }
            "answered" => {
                if param.value() == "true" {
                    leg.state = leg.state.max(LegState::Answered);
                }
                continue;
            }
            "peerid" => {
                if kind != Kind::Disconnected {
                    leg.peer = Some(param.value().into_owned()).filter(|peer| !peer.is_empty());
                }
                continue;
            }
            _ => continue,
        };
        let value = param.value();
        if *field != value {
            *field = value.into_owned();
        }
    }
    let reached = match kind {
        Kind::Disconnected => {
            leg.peer = None;
            LegState::Down
        }
        Kind::Progress => LegState::Progressing,
        Kind::Ringing => LegState::Ringing,
        Kind::Answered => LegState::Answered,
        _ => LegState::Down,
    };
    leg.state = leg.state.max(reached);
}
