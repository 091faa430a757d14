//! States and services.

use crate::request::Request;
use crate::state::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// All states that the user may see: a full read; the mirror has the same without asking.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct GetStates {}

impl GetStates {
    /// The request.
    #[must_use]
    pub fn new() -> Self {
        Self {}
    }
}

impl Request for GetStates {
    type Reply = Vec<State>;

    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed("get_states")
    }
}

/// All services, with what they take.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct GetServices {}

impl GetServices {
    /// The request.
    #[must_use]
    pub fn new() -> Self {
        Self {}
    }
}

/// Services by domain and name.
pub type Services = BTreeMap<String, BTreeMap<String, Service>>;

impl Request for GetServices {
    type Reply = Services;

    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed("get_services")
    }
}

/// What a service takes and gives.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct Service {
    /// Its fields, with `required`, `example`, `selector`.
    pub fields: Map<String, Value>,
    /// What it can be aimed at; absent: it takes no target.
    pub target: Option<Value>,
    /// Present if it gives a response; `{"optional": false}`: it must be asked for.
    pub response: Option<Value>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}
