//! What a WebSocket session hears, and in which form.

use std::sync::Arc;

use serde::Serialize;
use serde_json::json;

use super::compressed;
use super::store::{Change, Event, State};

/// One subscription.
pub(super) struct Subscription {
    /// Events up to this number are past.
    pub(super) since: u64,
    /// Whether its result has left; until then its events wait behind it.
    pub(super) live: bool,
    pub(super) what: What,
}

pub(super) enum What {
    /// Events of a kind, or all.
    Events(Option<String>),
    /// Compressed states.
    Entities(Filter),
    /// Changes of a state.
    Triggers(Vec<Trigger>),
}

/// An event on its way, its keys in the order of the real one.
#[derive(Serialize)]
struct Message<E> {
    r#type: &'static str,
    event: E,
    id: u64,
}

/// Which entities a compressed stream is about; an empty part says nothing.
#[derive(Default)]
pub(super) struct Filter {
    pub(super) ids: Option<Vec<String>>,
    pub(super) include: Option<Patterns>,
    pub(super) exclude: Option<Patterns>,
}

#[derive(Default)]
pub(super) struct Patterns {
    pub(super) domains: Vec<String>,
    pub(super) entities: Vec<String>,
    pub(super) globs: Vec<String>,
}

/// A trigger of the platform `state`, `numeric_state` or `event`.
pub(super) struct Trigger {
    pub(super) id: String,
    pub(super) idx: String,
    pub(super) on: TriggerOn,
}

pub(super) enum TriggerOn {
    State {
        entities: Vec<String>,
        from: Option<Vec<String>>,
        to: Option<Vec<String>>,
    },
    /// A number that comes above the one and below the other bound.
    Number {
        entities: Vec<String>,
        above: Option<f64>,
        below: Option<f64>,
    },
    Event(String),
}

impl Patterns {
    fn matches(&self, id: &str) -> bool {
        let domain = id.split('.').next().unwrap_or_default();
        self.domains.iter().any(|d| d == domain)
            || self.entities.iter().any(|e| e == id)
            || self.globs.iter().any(|g| glob(g.as_bytes(), id.as_bytes()))
    }
}

impl Filter {
    pub(super) fn passes(&self, id: &str) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.iter().any(|i| i == id))
            && self.include.as_ref().is_none_or(|p| p.matches(id))
            && !self.exclude.as_ref().is_some_and(|p| p.matches(id))
    }
}

/// `*` stands for any text, `?` for one character. A mismatch goes back to the last star only: no pattern takes
/// longer than its length times that of the text.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == b'?' || text.get(t) == Some(c) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                t = from + 1;
            }
        }
    }
    pattern.get(p..).is_none_or(|rest| rest.iter().all(|c| *c == b'*'))
}

impl Subscription {
    /// The messages that an event makes for it.
    pub(super) fn hear(&self, id: u64, event: &Event) -> Option<String> {
        if event.seq <= self.since {
            return None;
        }
        match &self.what {
            What::Events(kind) => {
                let hears = kind.as_ref().is_none_or(|k| *k == event.kind);
                hears.then(|| format!(r#"{{"type":"event","event":{},"id":{id}}}"#, event.json()))
            }
            What::Entities(filter) => {
                let change = event.change().filter(|c| filter.passes(&c.entity_id))?;
                let message = Message { r#type: "event", event: compressed::of_change(change), id };
                serde_json::to_string(&message).ok()
            }
            What::Triggers(list) => {
                let variables = list.iter().find_map(|t| t.fire(event))?;
                let context = serde_json::to_string(&event.context).unwrap_or_default();
                let inner = format!(r#"{{"variables":{{"trigger":{variables}}},"context":{context}}}"#);
                Some(format!(r#"{{"id":{id},"type":"event","event":{inner}}}"#))
            }
        }
    }
}

impl Trigger {
    fn fire(&self, event: &Event) -> Option<String> {
        let (id, idx) = (json!(self.id), json!(self.idx));
        let head = |platform: &str| format!(r#""id":{id},"idx":{idx},"alias":null,"platform":"{platform}""#);
        match &self.on {
            TriggerOn::Event(kind) if *kind == event.kind => {
                let description = json!(format!("event '{kind}'"));
                let head = head("event");
                Some(format!(r#"{{{head},"event":{},"description":{description}}}"#, event.json()))
            }
            TriggerOn::Event(_) => None,
            TriggerOn::State { entities, from, to } => {
                let change = event.change().filter(|c| entities.iter().any(|id| **id == *c.entity_id))?;
                let word = |s: &Option<Arc<State>>| s.as_ref().map(|s| s.state.clone());
                let (old, new) = (word(&change.old), word(&change.new));
                let meets = |wanted: &Option<Vec<String>>, got: &Option<String>| {
                    wanted.as_ref().is_none_or(|w| got.as_ref().is_some_and(|g| w.contains(g)))
                };
                // With a wanted state only a change of the state itself counts.
                let named = from.is_some() || to.is_some();
                if !meets(from, &old) || !meets(to, &new) || (named && old == new) {
                    return None;
                }
                let (head, tail) = (head("state"), told(change, "state of"));
                Some(format!(r#"{{{head},{tail},"for":null,"attribute":null}}"#))
            }
            TriggerOn::Number { entities, above, below } => {
                let change = event.change().filter(|c| entities.iter().any(|id| **id == *c.entity_id))?;
                let within = |s: &Option<Arc<State>>| {
                    let number = s.as_ref().and_then(|s| s.state.parse::<f64>().ok());
                    number.is_some_and(|n| above.is_none_or(|a| n > a) && below.is_none_or(|b| n < b))
                };
                // Only the crossing counts.
                if within(&change.old) || !within(&change.new) {
                    return None;
                }
                let (head, tail) = (head("numeric_state"), told(change, "numeric state of"));
                let (above, below) = (json!(above), json!(below));
                Some(format!(r#"{{{head},"below":{below},"above":{above},{tail},"for":null}}"#))
            }
        }
    }
}

/// The part of a trigger that tells of an entity's change.
fn told(change: &Change, what: &str) -> String {
    let text = |s: &Option<Arc<State>>| {
        s.as_deref().map_or_else(|| "null".to_owned(), |s| serde_json::to_string(s).unwrap_or_default())
    };
    let (id, from, to) = (json!(change.entity_id), text(&change.old), text(&change.new));
    let description = json!(format!("{what} {}", change.entity_id));
    format!(r#""entity_id":{id},"from_state":{from},"to_state":{to},"description":{description}"#)
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn globs() {
        let fits = |p: &str, t: &str| glob(p.as_bytes(), t.as_bytes());
        assert!(fits("input_*.*", "input_boolean.on_air") && fits("*", "") && fits("l?ght.*", "light.key_light"));
        assert!(fits("*light", "light.key_light") && !fits("*light", "light.key") && !fits("", "x") && !fits("x", ""));
        // In the time that a naive one would need, the stars burn out.
        assert!(!fits(&"*a".repeat(10_000), &"a".repeat(9_999)));
    }
}
