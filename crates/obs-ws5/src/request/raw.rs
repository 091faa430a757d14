//! Any request by its name.

use crate::Error;
use serde_json::{Map, Value};
use std::time::Duration;

/// A request by its name, with fields by their names: for requests of newer servers and of plugins.
///
/// ```
/// use obs_ws5::request::Raw;
/// let request = Raw::new("SetInputMute").field("inputName", "Mic").field("inputMuted", true);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a request does nothing until it is sent"]
pub struct Raw {
    name: String,
    data: Option<Value>,
    deadline: Option<Duration>,
}

impl Raw {
    /// A request without fields.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), data: None, deadline: None }
    }

    /// Adds a field.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        match self.data.get_or_insert_with(|| Value::Object(Map::new())) {
            Value::Object(fields) => {
                fields.insert(name.into(), value.into());
            }
            other => *other = Value::Object(Map::from_iter([(name.into(), value.into())])),
        }
        self
    }

    /// Sets all of the data; OBS takes anything that is no object for "no data".
    pub fn with_data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    /// Sets a deadline of its own.
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn data(&self) -> Option<&Value> {
        self.data.as_ref()
    }

    pub(crate) fn into_parts(self) -> (String, Option<Value>) {
        (self.name, self.data)
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.deadline
    }
}

/// Names are ASCII letters and digits: nothing that would need an escape.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(Error::argument("request type", "must be letters and digits"));
    }
    Ok(())
}
