//! Commands that open subscriptions.

use crate::error::Error;
use crate::event::{Event, FromEvent, Rendered, Triggered, TypedEvent};
use crate::json::Json;
use crate::names;
use crate::request::{Request, Subscribe};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::marker::PhantomData;

/// Events of the bus: of one type or of all. Who is no administrator gets `state_changed` and little else.
#[derive(Debug, Clone, Serialize)]
#[must_use]
pub struct SubscribeEvents<E = Event> {
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<Cow<'static, str>>,
    #[serde(skip)]
    read_as: PhantomData<fn() -> E>,
}

impl SubscribeEvents {
    /// Events of every type.
    pub fn all() -> Self {
        Self { event_type: None, read_as: PhantomData }
    }

    /// Events of this type.
    pub fn named(event_type: impl Into<Cow<'static, str>>) -> Self {
        Self { event_type: Some(event_type.into()), read_as: PhantomData }
    }
}

impl<E: TypedEvent> SubscribeEvents<E> {
    /// Events of the type `E`.
    pub fn of() -> Self {
        Self { event_type: Some(Cow::Borrowed(E::EVENT_TYPE)), read_as: PhantomData }
    }
}

impl<E: FromEvent> Request for SubscribeEvents<E> {
    type Reply = Value;

    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed("subscribe_events")
    }

    fn check(&self) -> Result<(), Error> {
        self.event_type.as_deref().map_or(Ok(()), names::check_event_type)
    }
}

impl<E: FromEvent> Subscribe for SubscribeEvents<E> {
    type Event = E;
}

/// The compressed stream of states, as it comes; the client's mirror reads it for you.
#[derive(Debug, Clone, Default, Serialize)]
#[must_use]
pub struct SubscribeEntities {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entity_ids: Vec<String>,
}

impl SubscribeEntities {
    /// All entities.
    pub fn all() -> Self {
        Self::default()
    }

    /// These entities; none means all.
    pub fn only<I: IntoIterator<Item: Into<String>>>(ids: I) -> Self {
        Self { entity_ids: ids.into_iter().map(Into::into).collect() }
    }
}

impl Request for SubscribeEntities {
    type Reply = Value;

    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed("subscribe_entities")
    }

    fn check(&self) -> Result<(), Error> {
        self.entity_ids.iter().try_for_each(|id| names::check_entity_id(id))
    }
}

impl Subscribe for SubscribeEntities {
    type Event = Json;
}

/// A trigger as automations have it, watched by the server; for administrators.
#[derive(Debug, Clone, Serialize)]
#[must_use]
pub struct SubscribeTrigger {
    trigger: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    variables: Option<Value>,
}

impl SubscribeTrigger {
    /// One trigger or a list of them. The key `platform` works with every version, `trigger` only with newer ones.
    pub fn new(trigger: impl Into<Value>) -> Self {
        Self { trigger: trigger.into(), variables: None }
    }

    /// `platform: state`: this entity's state becomes `to`.
    pub fn state(entity_id: &str, to: &str) -> Self {
        Self::new(serde_json::json!({"platform": "state", "entity_id": entity_id, "to": to}))
    }

    /// Variables for its templates.
    pub fn variables(mut self, variables: impl Into<Value>) -> Self {
        self.variables = Some(variables.into());
        self
    }
}

impl Request for SubscribeTrigger {
    type Reply = Value;

    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed("subscribe_trigger")
    }
}

impl Subscribe for SubscribeTrigger {
    type Event = Triggered;
}

/// A template that the server renders now and at each change of what it uses. Never build its text from data of others: pass
/// them as variables.
#[derive(Debug, Clone, Serialize)]
#[must_use]
pub struct RenderTemplate {
    template: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    variables: Option<Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    strict: bool,
    report_errors: bool,
}

impl RenderTemplate {
    /// This template. Its errors come as events; Home Assistant sends some of them twice.
    pub fn new(template: impl Into<String>) -> Self {
        Self { template: template.into(), variables: None, strict: false, report_errors: true }
    }

    /// Its variables, a JSON object.
    pub fn variables(mut self, variables: impl Into<Value>) -> Self {
        self.variables = Some(variables.into());
        self
    }

    /// Makes a name that is not defined an error.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }
}

impl Request for RenderTemplate {
    type Reply = Value;

    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed("render_template")
    }
}

impl Subscribe for RenderTemplate {
    type Event = Rendered;
}
