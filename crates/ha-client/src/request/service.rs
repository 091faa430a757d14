//! Calling services.

use crate::error::Error;
use crate::names;
use crate::request::Request;
use crate::state::Context;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::time::Duration;

/// Calls a service (an action, in newer words): `light.turn_on`.
///
/// Home Assistant answers when the service is done: a lock may take seconds, a script as long as it runs; so the deadline is 60 s
/// unless the call sets another. The states that the call changed come before its reply, on the same connection.
#[derive(Debug, Clone, Serialize)]
#[must_use]
pub struct CallService {
    domain: String,
    service: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    service_data: Map<String, Value>,
    #[serde(skip_serializing_if = "Target::is_empty")]
    target: Target,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    return_response: bool,
    /// A datum that could not be written as JSON.
    #[serde(skip)]
    fault: Option<String>,
    #[serde(skip)]
    within: Duration,
}

#[derive(Debug, Clone, Default, Serialize)]
struct Target {
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "one_or_many")]
    entity_id: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    device_id: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    area_id: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    floor_id: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    label_id: Vec<String>,
}

/// One as it is, many as a list: `all` is taken only as it is (2026.2).
fn one_or_many<S: serde::Serializer>(ids: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    match ids {
        [one] => one.serialize(serializer),
        many => many.serialize(serializer),
    }
}

impl Target {
    fn is_empty(&self) -> bool {
        [&self.entity_id, &self.device_id, &self.area_id, &self.floor_id, &self.label_id]
            .iter()
            .all(|ids| ids.is_empty())
    }
}

impl CallService {
    /// The service `domain.service`, with neither target nor data.
    pub fn new(domain: impl Into<String>, service: impl Into<String>) -> Self {
        Self {
            domain: domain.into(),
            service: service.into(),
            service_data: Map::new(),
            target: Target::default(),
            return_response: false,
            fault: None,
            within: Duration::from_secs(60),
        }
    }

    /// Adds an entity to the target; `all` alone means all of the service's.
    pub fn entity(mut self, id: impl Into<String>) -> Self {
        self.target.entity_id.push(id.into());
        self
    }

    /// Adds entities to the target.
    pub fn entities<I: IntoIterator<Item: Into<String>>>(mut self, ids: I) -> Self {
        self.target.entity_id.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Adds all entities of a device.
    pub fn device(mut self, id: impl Into<String>) -> Self {
        self.target.device_id.push(id.into());
        self
    }

    /// Adds all entities of an area.
    pub fn area(mut self, id: impl Into<String>) -> Self {
        self.target.area_id.push(id.into());
        self
    }

    /// Adds all entities of a floor; Home Assistant 2024.4 and newer.
    pub fn floor(mut self, id: impl Into<String>) -> Self {
        self.target.floor_id.push(id.into());
        self
    }

    /// Adds all entities with a label; Home Assistant 2024.4 and newer.
    pub fn label(mut self, id: impl Into<String>) -> Self {
        self.target.label_id.push(id.into());
        self
    }

    /// Sets one datum of the service: `brightness`, `rgb_color`.
    pub fn data(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        match serde_json::to_value(value) {
            Ok(value) => {
                self.service_data.insert(name, value);
            }
            Err(_) => self.fault = Some(name),
        }
        self
    }

    /// Asks for the service's response. A service that has none refuses then, one that must be asked refuses otherwise.
    pub fn return_response(mut self) -> Self {
        self.return_response = true;
        self
    }

    /// Sets the deadline. Default 60 s.
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    /// The entities that are named one by one.
    pub(crate) fn named_entities(&self) -> impl Iterator<Item = &str> {
        self.target.entity_id.iter().map(String::as_str).filter(|id| id.contains('.'))
    }
}

impl Request for CallService {
    type Reply = ServiceReply;

    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed("call_service")
    }

    fn check(&self) -> Result<(), Error> {
        names::check_slug("domain", &self.domain)?;
        names::check_slug("service", &self.service)?;
        if let Some(name) = &self.fault {
            return Err(Error::argument(name.clone(), "it cannot be written as JSON"));
        }
        let target = &self.target;
        target.entity_id.iter().try_for_each(|id| names::check_target(id))?;
        if target.entity_id.len() > 1 && target.entity_id.iter().any(|id| matches!(&**id, "all" | "none")) {
            return Err(Error::argument("entity_id", "all and none stand alone"));
        }
        for (field, ids) in [
            ("device_id", &target.device_id),
            ("area_id", &target.area_id),
            ("floor_id", &target.floor_id),
            ("label_id", &target.label_id),
        ] {
            ids.iter().try_for_each(|id| names::check_id(field, id))?;
        }
        Ok(())
    }

    fn within(&self) -> Option<Duration> {
        Some(self.within)
    }
}

/// A service is done.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ServiceReply {
    /// The context of the call; every state that it changed has the same.
    #[serde(default)]
    pub context: Context,
    /// What the service gave, if it was asked.
    #[serde(default)]
    pub response: Option<Value>,
}
