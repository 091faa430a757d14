//! Any command by its name.

use crate::error::Error;
use crate::json::Json;
use crate::request::{Request, Subscribe};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Any command, by its `type`; also one that opens a subscription.
#[derive(Debug, Clone)]
#[must_use]
pub struct Raw {
    kind: Cow<'static, str>,
    fields: Map<String, Value>,
}

impl Raw {
    /// The command of this type: `config/area_registry/list`.
    pub fn new(kind: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: kind.into(), fields: Map::new() }
    }

    /// Adds a field.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    /// From a whole JSON object, as the documentation of a command shows it; an `id` in it is left out.
    ///
    /// # Errors
    /// If it is no object with a `type`.
    pub fn from_json(json: Value) -> Result<Self, Error> {
        let Value::Object(mut fields) = json else {
            return Err(Error::argument("command", "it must be a JSON object"));
        };
        fields.remove("id");
        match fields.remove("type") {
            Some(Value::String(kind)) if !kind.is_empty() => Ok(Self { kind: kind.into(), fields }),
            _ => Err(Error::argument("type", "it must be text: the command's name")),
        }
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields.serialize(serializer)
    }
}

impl Request for Raw {
    type Reply = Value;

    fn kind(&self) -> Cow<'static, str> {
        self.kind.clone()
    }

    fn check(&self) -> Result<(), Error> {
        for taken in ["id", "type"] {
            if self.fields.contains_key(taken) {
                return Err(Error::argument(taken, "it is set by the client"));
            }
        }
        Ok(())
    }
}

impl Subscribe for Raw {
    type Event = Json;
}
