//! The system itself: ping, configuration, user, events of one's own.

use crate::error::Error;
use crate::names;
use crate::request::Request;
use crate::state::Context;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Asks for a sign of life.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct Ping {}

impl Ping {
    /// The request.
    #[must_use]
    pub fn new() -> Self {
        Self {}
    }
}

impl Request for Ping {
    type Reply = ();

    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed("ping")
    }
}

/// The configuration of the core.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct GetConfig {}

impl GetConfig {
    /// The request.
    #[must_use]
    pub fn new() -> Self {
        Self {}
    }
}

impl Request for GetConfig {
    type Reply = Config;

    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed("get_config")
    }
}

/// The configuration of the core.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct Config {
    /// `YYYY.M.P`, with a suffix for beta and development versions.
    pub version: String,
    /// `NOT_RUNNING`, `STARTING`, `RUNNING`, `STOPPING`, `FINAL_WRITE`, `STOPPED`: an open set.
    pub state: String,
    /// The name of the house.
    pub location_name: String,
    /// IANA name: `Europe/Stockholm`.
    pub time_zone: String,
    /// What is loaded: `light`, `demo.light`.
    pub components: Vec<String>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Who the token belongs to.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct GetCurrentUser {}

impl GetCurrentUser {
    /// The request.
    #[must_use]
    pub fn new() -> Self {
        Self {}
    }
}

impl Request for GetCurrentUser {
    type Reply = CurrentUser;

    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed("auth/current_user")
    }
}

/// Who the token belongs to.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct CurrentUser {
    /// 32 hex digits; the `user_id` of contexts.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Whether it is the owner.
    pub is_owner: bool,
    /// Whether it may do everything: subscribe to all events and triggers, fire events, set raw states.
    pub is_admin: bool,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Fires an event on Home Assistant's bus; for administrators. A subscription of one's own sees it before the reply.
#[derive(Debug, Clone, Serialize)]
#[must_use]
pub struct FireEvent {
    event_type: String,
    #[serde(skip_serializing_if = "Value::is_null")]
    event_data: Value,
}

impl FireEvent {
    /// An event of this type, at most 64 characters, without data.
    pub fn new(event_type: impl Into<String>) -> Self {
        Self { event_type: event_type.into(), event_data: Value::Null }
    }

    /// Sets its data, a JSON object.
    pub fn data(mut self, data: impl Into<Value>) -> Self {
        self.event_data = data.into();
        self
    }
}

impl Request for FireEvent {
    type Reply = Fired;

    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed("fire_event")
    }

    fn check(&self) -> Result<(), Error> {
        names::check_event_type(&self.event_type)
    }
}

/// An event has been fired.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct Fired {
    /// Its context; what an automation does because of it has this one's id as `parent_id`.
    pub context: Context,
}
