//! What subscriptions deliver.

use crate::attributes::Attributes;
use crate::error::Error;
use crate::json::Json;
use crate::lenient::{Lax, Lenient, Text, ignore, value};
use crate::state::{Context, ContextWire, State, StateWire, time};
use serde::de::{Deserialize, MapAccess};
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;
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
    pub entity_id: Arc<str>,
    /// What it was; `None`: it was added.
    pub old_state: Option<State>,
    /// What it is; `None`: it was removed.
    pub new_state: Option<State>,
    /// Where the event was fired.
    pub origin: Origin,
    /// When.
    pub time_fired: Option<SystemTime>,
    /// What caused it.
    pub context: Context,
    /// The whole event as it came.
    pub raw: Json,
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

/// An event with its data as a `D`.
#[derive(Default)]
struct EventWire<'a, D> {
    event_type: Text<'a>,
    data: D,
    origin: Text<'a>,
    time_fired: Text<'a>,
    context: ContextWire<'a>,
}

impl<'a, D: Deserialize<'a> + Default> Lenient<'a> for EventWire<'a, D> {
    fn field<A: MapAccess<'a>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "event_type" => self.event_type = value(map)?,
            "data" => self.data = map.next_value()?,
            "origin" => self.origin = value(map)?,
            "time_fired" => self.time_fired = value(map)?,
            "context" => self.context = value(map)?,
            _ => ignore(map)?,
        }
        Ok(())
    }
}

/// What cannot be read at all is an event of which nothing is known.
fn read<'a, D: Deserialize<'a> + Default>(raw: &'a Json) -> EventWire<'a, D> {
    raw.borrow().map(|Lax(wire)| wire).unwrap_or_default()
}

fn origin(text: Text<'_>) -> Origin {
    match text.unwrap_or_default() {
        local if local == "LOCAL" => Origin::Local,
        remote if remote == "REMOTE" => Origin::Remote,
        other => Origin::Other(other.into_owned()),
    }
}

impl FromEvent for Event {
    fn from_event(raw: Json) -> Self {
        let wire = read::<Option<&RawValue>>(&raw);
        Self {
            event_type: wire.event_type.unwrap_or_default().into_owned(),
            data: wire.data.map(|data| raw.part(data.get())).unwrap_or_default(),
            origin: origin(wire.origin),
            time_fired: time(&wire.time_fired),
            context: wire.context.into_context(None),
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

#[derive(Default)]
struct ChangeWire<'a> {
    entity_id: Text<'a>,
    old_state: Option<StateWire<'a>>,
    new_state: Option<StateWire<'a>>,
}

impl<'a> Lenient<'a> for ChangeWire<'a> {
    fn field<A: MapAccess<'a>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "entity_id" => self.entity_id = value(map)?,
            "old_state" => self.old_state = value(map)?,
            "new_state" => self.new_state = value(map)?,
            _ => ignore(map)?,
        }
        Ok(())
    }
}

impl FromEvent for StateChanged {
    /// In one pass. The new state mostly has the context of the event, and what did not change of the old one: that is kept once.
    fn from_event(raw: Json) -> Self {
        let wire = read::<Lax<ChangeWire<'_>>>(&raw);
        let Lax(change) = wire.data;
        let entity_id: Arc<str> = change.entity_id.as_deref().unwrap_or_default().into();
        let context = wire.context.into_context(None);
        let state = |state: StateWire<'_>, like: Option<&Attributes>| {
            state.into_state(Some(&entity_id), Some(&context), |raw| Attributes::read(raw, like))
        };
        let new_state = change.new_state.map(|new| state(new, None));
        let old_state = change.old_state.map(|old| state(old, new_state.as_ref().map(|new| &new.attributes)));
        let (origin, time_fired) = (origin(wire.origin), time(&wire.time_fired));
        Self { entity_id, old_state, new_state, origin, time_fired, context, raw }
    }
}

impl StateChanged {
    /// The event around it, read anew.
    #[must_use]
    pub fn event(&self) -> Event {
        Event::from_event(self.raw.clone())
    }
}

impl TypedEvent for StateChanged {
    const EVENT_TYPE: &'static str = "state_changed";
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
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
            from_state: serde_json::from_value(field("from_state")).ok(),
            to_state: serde_json::from_value(field("to_state")).ok(),
            context: event.get("context").and_then(|context| Context::deserialize(context).ok()).unwrap_or_default(),
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
mod tests;
