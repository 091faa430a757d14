//! The requests: one table, and how their fields are checked.

mod general;
mod inputs;
mod items;
mod outputs;
mod scenes;
mod transitions;

use serde_json::{Map, Value, json};

use super::Version;
use super::state::State;

/// A request that failed: a status code and, mostly, a comment.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: u16,
    pub(super) comment: Option<String>,
}

impl Failure {
    pub(super) fn bare(code: u16) -> Self {
        Self { code, comment: None }
    }

    pub(super) fn new(code: u16, comment: impl Into<String>) -> Self {
        Self { code, comment: Some(comment.into()) }
    }
}

/// The response data, or `None` where the request has none.
pub(super) type Answer = Result<Option<Value>, Failure>;

/// One request under way.
pub(super) struct Call<'a> {
    pub(super) state: &'a mut State,
    data: Option<&'a Map<String, Value>>,
    /// How many messages the session has taken and given.
    pub(super) traffic: (u64, u64),
}

type Handler = fn(&mut Call<'_>) -> Answer;

/// A row of the table: name, first version that knows it, what runs it.
type Row = (&'static str, Version, Handler);

const V5: Version = Version(5, 0, 0);

/// Every request that is simulated. `Sleep` is done by the session, outside a batch it is refused.
const TABLES: &[&[Row]] =
    &[general::TABLE, scenes::TABLE, items::TABLE, inputs::TABLE, outputs::TABLE, transitions::TABLE];

/// The names that a server of that version gives as available.
pub(super) fn available(version: Version) -> impl Iterator<Item = &'static str> {
    TABLES.iter().copied().flatten().filter(move |(_, since, _)| *since <= version).map(|(name, _, _)| *name)
}

/// Runs a request by its name.
pub(super) fn run(state: &mut State, name: &str, data: Option<&Map<String, Value>>, traffic: (u64, u64)) -> Answer {
    if state.not_ready > 0 {
        state.not_ready -= 1;
        return Err(Failure::new(207, "OBS is not ready to perform the request."));
    }
    if name.is_empty() {
        return Err(Failure::new(203, "Your request's `requestType` may not be empty."));
    }
    let version = state.version;
    let row = TABLES.iter().copied().flatten().find(|(n, since, _)| *n == name && *since <= version);
    let Some((_, _, handler)) = row else {
        return Err(Failure::new(204, "Your request type is not valid."));
    };
    handler(&mut Call { state, data, traffic })
}

impl Call<'_> {
    /// A field that is there and not null.
    fn optional(&self, field: &str) -> Option<&Value> {
        self.data?.get(field).filter(|v| !v.is_null())
    }

    fn required(&self, field: &str) -> Result<&Value, Failure> {
        if self.data.is_none() {
            return Err(Failure::new(301, "Your request data is missing or invalid (non-object)"));
        }
        self.optional(field).ok_or_else(|| Failure::new(300, format!("Your request is missing the `{field}` field.")))
    }

    fn string(&self, field: &str) -> Result<String, Failure> {
        let text = self.required(field)?.as_str().ok_or_else(|| wrong_type(field, "a string"))?;
        if text.is_empty() { Err(empty(field)) } else { Ok(text.to_owned()) }
    }

    fn boolean(&self, field: &str) -> Result<bool, Failure> {
        self.required(field)?.as_bool().ok_or_else(|| wrong_type(field, "boolean"))
    }

    fn boolean_or(&self, field: &str, default: bool) -> Result<bool, Failure> {
        if self.optional(field).is_some() { self.boolean(field) } else { Ok(default) }
    }

    fn number(&self, field: &str, min: f64, max: f64) -> Result<f64, Failure> {
        let n = self.required(field)?.as_f64().ok_or_else(|| wrong_type(field, "a number"))?;
        if n < min {
            return Err(Failure::new(402, format!("The field value of `{field}` is below the minimum of `{min:.6}`")));
        }
        if n > max {
            return Err(Failure::new(402, format!("The field value of `{field}` is above the maximum of `{max:.6}`")));
        }
        Ok(n)
    }

    /// A whole number of at least zero.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn count(&self, field: &str) -> Result<u64, Failure> {
        Ok(self.number(field, 0.0, f64::INFINITY)? as u64)
    }

    fn object(&self, field: &str, may_be_empty: bool) -> Result<Map<String, Value>, Failure> {
        let map = self.required(field)?.as_object().ok_or_else(|| wrong_type(field, "an object"))?;
        if map.is_empty() && !may_be_empty { Err(empty(field)) } else { Ok(map.clone()) }
    }

    /// The UUID of the source that `{what}Uuid` or `{what}Name` gives; a UUID wins over a name.
    fn source(&self, what: &str) -> Result<String, Failure> {
        let (name, uuid) = (format!("{what}Name"), format!("{what}Uuid"));
        if self.state.version.has_uuids() && self.optional(&uuid).is_some() {
            let wanted = self.string(&uuid)?;
            return if self.state.scene(&wanted).is_some() || self.state.inputs.iter().any(|i| i.uuid == wanted) {
                Ok(wanted)
            } else {
                Err(Failure::new(600, format!("No source was found by the UUID of `{wanted}`.")))
            };
        }
        if self.state.version.has_uuids() && self.optional(&name).is_none() {
            return Err(Failure::new(300, self.one_of(&name, &uuid)));
        }
        let wanted = self.string(&name)?;
        let scene = self.state.scenes.iter().find(|s| s.name == wanted).map(|s| s.uuid.clone());
        let input = || self.state.inputs.iter().find(|i| i.name == wanted).map(|i| i.uuid.clone());
        scene.or_else(input).ok_or_else(|| {
            let place = if self.state.version.has_canvases() { " within the canvas `Main`" } else { "" };
            Failure::new(600, format!("No source was found by the name of `{wanted}`{place}."))
        })
    }

    fn one_of(&self, name: &str, uuid: &str) -> String {
        let canvas = if self.state.version.has_canvases() { " with optional `canvasUuid`" } else { "" };
        format!("Your request must contain at least one of the following fields: `{name}`{canvas} or `{uuid}`.")
    }

    /// The UUID of the scene that the request names.
    fn scene(&self) -> Result<String, Failure> {
        let uuid = self.source("scene")?;
        if self.state.scene(&uuid).is_none() {
            return Err(Failure::new(602, "The specified source is not a scene."));
        }
        Ok(uuid)
    }

    /// The place of the input that the request names.
    fn input(&mut self) -> Result<&mut super::state::Input, Failure> {
        let uuid = self.source("input")?;
        let input = self.state.inputs.iter_mut().find(|i| i.uuid == uuid);
        input.ok_or_else(|| Failure::new(602, "The specified source is not an input."))
    }

    /// The same, if the input has sound.
    fn audio_input(&mut self) -> Result<&mut super::state::Input, Failure> {
        let input = self.input()?;
        if input.kind.audio { Ok(input) } else { Err(Failure::new(604, "The specified input does not support audio.")) }
    }
}

fn wrong_type(field: &str, what: &str) -> Failure {
    Failure::new(401, format!("The field value of `{field}` must be {what}."))
}

fn empty(field: &str) -> Failure {
    Failure::new(403, format!("The field value of `{field}` must not be empty."))
}

/// The `requestStatus` of an answer, and its data if it has some.
pub(super) fn status(answer: Answer) -> (Value, Option<Value>) {
    match answer {
        Ok(data) => (json!({"code": 100, "result": true}), data),
        Err(Failure { code, comment: Some(comment) }) => {
            (json!({"code": code, "comment": comment, "result": false}), None)
        }
        Err(Failure { code, comment: None }) => (json!({"code": code, "result": false}), None),
    }
}
