//! What an entity is: its state, its attributes, when they changed and what changed them.

use crate::attributes::Attributes;
use crate::lenient::{Lax, Lenient, Text, ignore, value};
use crate::timestamp::timestamp;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

/// The state of one entity. It keeps nothing of the message that it came in.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct State {
    /// Its id: `light.key_light`. Empty only in an event that somebody forged.
    pub entity_id: Arc<str>,
    /// Its state, always text: `on`, `21.4`, `unavailable`; may be empty.
    pub state: String,
    /// Everything else: `brightness`, `friendly_name`, `unit_of_measurement`.
    pub attributes: Attributes,
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

/// What caused a change: ties effects to the call that set them off. Cloning it copies no text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
#[non_exhaustive]
pub struct Context {
    /// A ULID of 26 characters.
    pub id: Arc<str>,
    /// The context that led to this one: of the trigger of an automation.
    pub parent_id: Option<Arc<str>>,
    /// Who did it: 32 hex digits.
    pub user_id: Option<Arc<str>>,
}

/// A state in full. Anybody who may fire events can forge one: nothing is promised, whatever is missing or of another kind is
/// left out. `A`: its attributes, as text or decoded.
#[derive(Default)]
pub(crate) struct StateWire<'a, A = Option<&'a RawValue>> {
    entity_id: Text<'a>,
    state: Text<'a>,
    attributes: A,
    last_changed: Text<'a>,
    last_updated: Text<'a>,
    last_reported: Text<'a>,
    context: ContextWire<'a>,
}

impl<'a, A: Deserialize<'a> + Default> Lenient<'a> for Option<StateWire<'a, A>> {
    fn object() -> Self {
        Some(StateWire::default())
    }

    fn field<M: MapAccess<'a>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error> {
        let state = self.get_or_insert_default();
        match name {
            "entity_id" => state.entity_id = value(map)?,
            "state" => state.state = value(map)?,
            "attributes" => state.attributes = map.next_value()?,
            "last_changed" => state.last_changed = value(map)?,
            "last_updated" => state.last_updated = value(map)?,
            "last_reported" => state.last_reported = value(map)?,
            "context" => state.context = value(map)?,
            _ => ignore(map)?,
        }
        Ok(())
    }
}

impl<'a, A> StateWire<'a, A> {
    /// What is the same in `like` or in the context around it is shared with them.
    pub(crate) fn into_state(
        self,
        entity_id: Option<&Arc<str>>,
        context: Option<&Context>,
        attributes: impl FnOnce(A) -> Attributes,
    ) -> State {
        let last_changed = time(&self.last_changed);
        // mostly the same text
        let last_updated = time_like(&self.last_updated, &self.last_changed, last_changed);
        let last_reported = time_like(&self.last_reported, &self.last_updated, last_updated);
        State {
            entity_id: shared(self.entity_id.as_deref().unwrap_or_default(), entity_id),
            state: self.state.unwrap_or_default().into_owned(),
            attributes: attributes(self.attributes),
            last_changed,
            last_updated,
            last_reported,
            context: self.context.into_context(context),
        }
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // attributes as text can be read from JSON text alone: not from a `Value`, nor inside `#[serde(flatten)]`
        let Lax(wire) = Lax::<Option<StateWire<'de, Value>>>::deserialize(from)?;
        let wire = wire.ok_or_else(|| D::Error::custom("a state must be an object"))?;
        Ok(wire.into_state(None, None, |attributes| match attributes {
            Value::Object(map) => map.into(),
            _ => Attributes::default(),
        }))
    }
}

/// A context, or (of compressed states only) its id alone.
#[derive(Default)]
pub(crate) struct ContextWire<'a> {
    pub(crate) bare: Text<'a>,
    /// Those that are there, whatever they are.
    pub(crate) id: Option<Text<'a>>,
    pub(crate) parent_id: Option<Text<'a>>,
    pub(crate) user_id: Option<Text<'a>>,
}

impl<'de: 'a, 'a> Lenient<'de> for ContextWire<'a> {
    fn text(text: Cow<'de, str>) -> Self {
        Self { bare: Some(text), ..Self::default() }
    }

    fn field<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => self.id = Some(value(map)?),
            "parent_id" => self.parent_id = Some(value(map)?),
            "user_id" => self.user_id = Some(value(map)?),
            _ => ignore(map)?,
        }
        Ok(())
    }
}

impl ContextWire<'_> {
    /// What is the same in `like` is shared with it.
    pub(crate) fn into_context(self, like: Option<&Context>) -> Context {
        let id = |id: Option<Text<'_>>, like: Option<&Arc<str>>| Some(shared(id.flatten()?.as_ref(), like));
        Context {
            id: id(self.id, like.map(|like| &like.id)).unwrap_or_default(),
            parent_id: id(self.parent_id, like.and_then(|like| like.parent_id.as_ref())),
            user_id: id(self.user_id, like.and_then(|like| like.user_id.as_ref())),
        }
    }

    /// As an update has it: what it does not name stays.
    pub(crate) fn merged_into(self, old: &Context) -> Context {
        let text = |text: Cow<'_, str>| Arc::from(&*text);
        let named =
            |named: Option<Text<'_>>, old: &Option<Arc<str>>| named.map_or_else(|| old.clone(), |id| id.map(text));
        Context {
            id: self.bare.or_else(|| self.id.flatten()).map_or_else(|| Arc::clone(&old.id), text),
            parent_id: named(self.parent_id, &old.parent_id),
            user_id: named(self.user_id, &old.user_id),
        }
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Lax::<ContextWire<'de>>::deserialize(from).map(|Lax(wire)| wire.into_context(None))
    }
}

/// The same text in the same memory, if `like` is that.
fn shared(text: &str, like: Option<&Arc<str>>) -> Arc<str> {
    like.filter(|like| &***like == text).map_or_else(|| text.into(), Arc::clone)
}

pub(crate) fn time(text: &Text<'_>) -> Option<SystemTime> {
    text.as_deref().and_then(timestamp)
}

fn time_like(text: &Text<'_>, like: &Text<'_>, time_of_like: Option<SystemTime>) -> Option<SystemTime> {
    if text == like { time_of_like } else { time(text) }
}

#[cfg(test)]
mod tests;
