//! What an entity is: its state, its attributes, when they changed and what changed them.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The state of one entity. Cloning it copies neither its attributes nor its name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
#[serde(from = "Wire")]
pub struct State {
    /// Its id: `light.key_light`. Empty only in an event that somebody forged.
    pub entity_id: Arc<str>,
    /// Its state, always text: `on`, `21.4`, `unavailable`; may be empty.
    pub state: String,
    /// Everything else: `brightness`, `friendly_name`, `unit_of_measurement`. Integers above 64 bits are floats here.
    pub attributes: Arc<Map<String, Value>>,
    /// When `state` last changed.
    pub last_changed: Option<SystemTime>,
    /// When anything of it last changed.
    pub last_updated: Option<SystemTime>,
    /// When it was last written, with or without a change; Home Assistant 2024.4 and newer, and never in the mirror.
    pub last_reported: Option<SystemTime>,
    /// What changed it last.
    pub context: Context,
}

impl State {
    /// Whether it is `on`.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.state == "on"
    }

    /// Whether it is `off`.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.state == "off"
    }

    /// Whether it has a state at all: neither `unavailable` nor `unknown`.
    #[must_use]
    pub fn is_available(&self) -> bool {
        !matches!(&*self.state, "unavailable" | "unknown")
    }

    /// The state as a number, if it is one: of a sensor, a counter, an input_number.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        self.state.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// The part of the id before the dot: `light`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.entity_id.split_once('.').map_or("", |(domain, _)| domain)
    }

    /// The name for people, or the id where there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.attribute("friendly_name").and_then(Value::as_str).unwrap_or(&self.entity_id)
    }

    /// One attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name)
    }
}

/// What caused a change: ties effects to the call that set them off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, Deserialize)]
#[non_exhaustive]
#[serde(from = "ContextWire")]
pub struct Context {
    /// A ULID of 26 characters.
    pub id: String,
    /// The context that led to this one: of the trigger of an automation.
    pub parent_id: Option<String>,
    /// Who did it: 32 hex digits.
    pub user_id: Option<String>,
}

/// Anybody who may fire events can forge one: nothing is promised, whatever is missing or of another kind is left out.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Wire {
    entity_id: Value,
    state: Value,
    attributes: Value,
    last_changed: Value,
    last_updated: Value,
    last_reported: Value,
    context: Value,
}

impl From<Wire> for State {
    fn from(wire: Wire) -> Self {
        Self {
            entity_id: text(wire.entity_id).unwrap_or_default().into(),
            state: text(wire.state).unwrap_or_default(),
            attributes: match wire.attributes {
                Value::Object(attributes) => Arc::new(attributes),
                _ => Arc::default(),
            },
            last_changed: timestamp(&wire.last_changed),
            last_updated: timestamp(&wire.last_updated),
            last_reported: timestamp(&wire.last_reported),
            context: context(wire.context),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ContextWire {
    id: Value,
    parent_id: Value,
    user_id: Value,
}

impl From<ContextWire> for Context {
    fn from(wire: ContextWire) -> Self {
        Self { id: text(wire.id).unwrap_or_default(), parent_id: text(wire.parent_id), user_id: text(wire.user_id) }
    }
}

pub(crate) fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

pub(crate) fn context(value: Value) -> Context {
    serde_json::from_value(value).unwrap_or_default()
}

/// ISO 8601 with an offset, as REST and events have it.
pub(crate) fn timestamp(value: &Value) -> Option<SystemTime> {
    OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok().map(Into::into)
}

/// Seconds since 1970, as the compressed states have it; to the microsecond, rounded as the server (Python) does it for the
/// other form of the same time.
pub(crate) fn epoch(seconds: f64) -> Option<SystemTime> {
    let whole = Duration::try_from_secs_f64(seconds.trunc()).ok()?;
    let micros = Duration::try_from_secs_f64((seconds.fract() * 1e6).round_ties_even()).ok()? / 1_000_000;
    SystemTime::UNIX_EPOCH.checked_add(whole.checked_add(micros)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_as_the_server_writes_it() {
        let state: State = serde_json::from_str(
            r#"{"entity_id":"sensor.studio_temperature","state":"21.4","attributes":{"friendly_name":"Studio","n":12345678901234567890},
            "last_changed":"2026-11-22T20:45:07.161555+00:00","last_reported":"2026-11-22T20:45:08+00:00","last_updated":"2026-11-22T20:45:07.161555+00:00",
            "context":{"id":"01M82G2S6S24F52WXMGZVVXCYP","parent_id":null,"user_id":"6c5b"},"novelty":1}"#,
        )
        .unwrap();
        assert_eq!((state.domain(), state.name(), state.number()), ("sensor", "Studio", Some(21.4)));
        assert_eq!(state.attribute("n").unwrap().to_string(), "12345678901234567890");
        assert_eq!(state.last_changed, epoch(1_795_380_307.161_555));
        assert_eq!(state.context.user_id.as_deref(), Some("6c5b"));
        assert!(state.is_available() && !state.is_on() && !state.is_off());
    }

    #[test]
    fn forged_states_are_no_error() {
        for forged in ["{}", r#"{"state":42,"attributes":[],"context":"x","last_changed":"yesterday"}"#] {
            let state: State = serde_json::from_str(forged).unwrap();
            assert_eq!((&*state.entity_id, &*state.state, state.last_changed), ("", "", None));
        }
        assert_eq!((epoch(-1.0), epoch(f64::NAN), epoch(f64::MAX)), (None, None, None));
    }
}
