//! What subscriptions deliver.

use crate::error::Error;
use crate::json::Json;
use crate::state::{Context, State, context, text, timestamp};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::time::SystemTime;

/// An event of Home Assistant's bus. Those of unknown types are like all others; nothing is promised about the fields of one
/// that somebody fired by hand.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// `state_changed`, `call_service`, or whatever was fired; at most 64 characters.
    pub event_type: String,
    /// What it carries, not decoded.
    pub data: Json,
    /// Where it was fired.
    pub origin: Origin,
    /// When.
    pub time_fired: Option<SystemTime>,
    /// What caused it.
    pub context: Context,
    /// The whole event as it came.
    pub raw: Json,
}

/// Where an event was fired.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// In Home Assistant itself, or over a WebSocket.
    Local,
    /// Over REST.
    Remote,
    /// Another word of the server's.
    Other(String),
}

/// An entity's state changed, in full: about nine times the bytes of the mirror's
/// [`EntityChange`](crate::EntityChange), which knows the same.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StateChanged {
    /// Which entity; empty only if forged.
    pub entity_id: String,
    /// What it was; `None`: it was added.
    pub old_state: Option<State>,
    /// What it is; `None`: it was removed.
    pub new_state: Option<State>,
    /// The event around it.
    pub event: Event,
}

/// A trigger fired.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Triggered {
    /// The trigger's own id, by default its index as text; `None` for some kinds (template).
    pub id: Option<String>,
    /// Its kind: `state`, `event`, `numeric_state`.
    pub platform: String,
    /// The entity, of kinds that have one.
    pub entity_id: Option<String>,
    /// The entity's state before; `None` also for the first state after a start of Home Assistant.
    pub from_state: Option<State>,
    /// The entity's state that fired it.
    pub to_state: Option<State>,
    /// All that the trigger says of itself (`variables.trigger`).
    pub trigger: Value,
    /// What caused it.
    pub context: Context,
}

/// A template has been rendered anew.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rendered {
    /// The result in its own type (a number, a list), or Home Assistant's words on why there is none.
    pub result: Result<Value, String>,
    /// What it listens to: `all`, `entities`, `domains`, `time`.
    pub listeners: Value,
}

/// What the events of a subscription are read as. Reading cannot fail: fields that are missing or strange are left out.
pub trait FromEvent: Sized + Send + 'static {
    /// Reads one event of a subscription.
    fn from_event(event: Json) -> Self;
}

/// An event type that has a Rust type of its own.
pub trait TypedEvent: FromEvent {
    /// Its name in Home Assistant.
    const EVENT_TYPE: &'static str;
}

/// As it came.
impl FromEvent for Json {
    fn from_event(event: Json) -> Self {
        event
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct EventWire<'a> {
    event_type: Value,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    origin: Value,
    time_fired: Value,
    context: Value,
}

impl FromEvent for Event {
    fn from_event(raw: Json) -> Self {
        let wire: EventWire<'_> = raw.borrow().unwrap_or_default();
        Self {
            event_type: text(wire.event_type).unwrap_or_default(),
            data: wire.data.map(|data| raw.part(data)).unwrap_or_default(),
            origin: match text(wire.origin).unwrap_or_default() {
                local if local == "LOCAL" => Origin::Local,
                remote if remote == "REMOTE" => Origin::Remote,
                other => Origin::Other(other),
            },
            time_fired: timestamp(&wire.time_fired),
            context: context(wire.context),
            raw,
        }
    }
}

impl Event {
    /// Decodes what it carries.
    ///
    /// # Errors
    /// [`Error::Unexpected`] if it is no `T`.
    pub fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T, Error> {
        self.data.parse()
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct StateChangedWire {
    entity_id: Value,
    old_state: Value,
    new_state: Value,
}

impl FromEvent for StateChanged {
    fn from_event(raw: Json) -> Self {
        let event = Event::from_event(raw);
        let wire: StateChangedWire = event.data.borrow().unwrap_or_default();
        Self {
            entity_id: text(wire.entity_id).unwrap_or_default(),
            old_state: state(wire.old_state),
            new_state: state(wire.new_state),
            event,
        }
    }
}

impl TypedEvent for StateChanged {
    const EVENT_TYPE: &'static str = "state_changed";
}

fn state(value: Value) -> Option<State> {
    value.is_object().then(|| serde_json::from_value(value).ok()).flatten()
}

impl FromEvent for Triggered {
    fn from_event(raw: Json) -> Self {
        let mut event = raw.value();
        let trigger = event.pointer_mut("/variables/trigger").map(Value::take).unwrap_or_default();
        let field = |name: &str| trigger.get(name).cloned().unwrap_or_default();
        Self {
            id: text(field("id")),
            platform: text(field("platform")).unwrap_or_default(),
            entity_id: text(field("entity_id")),
            from_state: state(field("from_state")),
            to_state: state(field("to_state")),
            context: context(event.get_mut("context").map(Value::take).unwrap_or_default()),
            trigger,
        }
    }
}

impl FromEvent for Rendered {
    fn from_event(raw: Json) -> Self {
        let mut event = raw.value();
        let mut take = |name: &str| event.get_mut(name).map(Value::take);
        let listeners = take("listeners").unwrap_or_default();
        let result = match (take("error"), take("result")) {
            (Some(error), _) => Err(text(error).unwrap_or_default()),
            (None, result) => Ok(result.unwrap_or_default()),
        };
        Self { result, listeners }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn forged_events_are_no_error() {
        for forged in [
            json!(null),
            json!("x"),
            json!({}),
            json!({"event_type": 5, "data": null, "origin": [], "time_fired": 1, "context": null}),
            json!({"event_type": "state_changed", "data": {"entity_id": null, "old_state": 1, "new_state": {"state": null}}}),
        ] {
            let raw = Json::from(&forged);
            let changed = StateChanged::from_event(raw.clone());
            assert_eq!(changed.entity_id, "");
            assert_eq!(changed.old_state, None);
            assert_eq!(changed.event.raw, raw);
            let triggered = Triggered::from_event(raw.clone());
            assert_eq!((triggered.platform, triggered.id), (String::new(), None));
            assert_eq!(Rendered::from_event(raw).result, Ok(Value::Null));
        }
    }

    #[test]
    fn an_event_keeps_its_data_undecoded() {
        let event = Event::from_event(Json::from(&json!({
            "event_type": "ifbus_test", "data": {"a": [1]}, "origin": "REMOTE", "time_fired": "2026-11-22T20:45:07.161555+00:00",
            "context": {"id": "C"}, "novelty": true
        })));
        assert_eq!(
            (&*event.event_type, event.data.text(), &event.origin),
            ("ifbus_test", r#"{"a":[1]}"#, &Origin::Remote)
        );
        assert_eq!(&*event.context.id, "C");
        assert!(event.time_fired.is_some() && event.raw.text().contains("novelty"));
    }
}
