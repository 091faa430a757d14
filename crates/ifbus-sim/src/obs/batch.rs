//! Request batches: in order, or all at once.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::sleep;

use super::requests::{self, Answer, Failure};
use super::session::Close;
use super::{Shared, Version};

/// A batch whose message was well-formed.
pub(super) struct Batch {
    id: Value,
    entries: Vec<Value>,
    execution: u64,
    halt: bool,
    variables: Map<String, Value>,
}

const SERIAL_FRAME: u64 = 1;
const PARALLEL: u64 = 2;
/// How long a frame takes at 30 a second.
const FRAME: Duration = Duration::from_micros(33_333);

impl Batch {
    pub(super) fn read(d: &Map<String, Value>) -> Result<Self, Close> {
        let given = |field: &str| d.get(field).filter(|v| !v.is_null());
        let id = d.get("requestId").ok_or_else(|| Close::new(4003, "Your payload data is missing a `requestId`."))?;
        let entries =
            d.get("requests").ok_or_else(|| Close::new(4003, "Your payload data is missing a `requests`."))?;
        let entries = entries.as_array().ok_or_else(|| Close::new(4004, "Your `requests` is not an array."))?;
        let execution = match given("executionType") {
            None => 0,
            Some(v) => v.as_u64().ok_or_else(|| Close::new(4004, "Your `executionType` is not a number."))?,
        };
        if execution > PARALLEL {
            return Err(Close::new(4005, "Your `executionType` has an invalid value."));
        }
        let halt = match given("haltOnFailure") {
            None => false,
            Some(v) => v.as_bool().ok_or_else(|| Close::new(4004, "Your `haltOnFailure` is not a boolean."))?,
        };
        let variables = given("variables").and_then(Value::as_object).cloned().unwrap_or_default();
        if execution == PARALLEL && !variables.is_empty() {
            return Err(Close::new(4012, "Variables are not supported in Parallel mode."));
        }
        Ok(Self { id: id.clone(), entries: entries.clone(), execution, halt, variables })
    }

    /// Runs it to its end; the `d` of op 9.
    ///
    /// A parallel batch is run in order too: that is one of the orders that a real one shows.
    pub(super) async fn run(mut self, shared: Arc<Shared>, traffic: (u64, u64)) -> Value {
        let mut results = Vec::new();
        for entry in std::mem::take(&mut self.entries) {
            let name = entry.get("requestType").and_then(Value::as_str).unwrap_or_default().to_owned();
            let data = self.data_of(&entry);
            let answer = match name.as_str() {
                "Sleep" if self.execution != PARALLEL => self.sleep(&data).await,
                _ => shared.request(&name, data.as_ref(), traffic),
            };
            if let Ok(Some(data)) = &answer {
                self.keep(&entry, data);
            }
            let failed = answer.is_err();
            results.push(result_of(&entry, &name, answer, shared.version()));
            if failed && self.halt && self.execution != PARALLEL {
                break;
            }
        }
        json!({"requestId": self.id, "results": results})
    }

    /// The entry's data, with the variables that it asks for.
    fn data_of(&self, entry: &Value) -> Option<Map<String, Value>> {
        let own = entry.get("requestData").and_then(Value::as_object).cloned();
        let Some(wanted) = entry.get("inputVariables").and_then(Value::as_object) else { return own };
        let mut data = own.unwrap_or_default();
        for (field, variable) in wanted {
            if let Some(value) = variable.as_str().and_then(|name| self.variables.get(name)) {
                data.insert(field.clone(), value.clone());
            }
        }
        Some(data)
    }

    fn keep(&mut self, entry: &Value, data: &Value) {
        let Some(wanted) = entry.get("outputVariables").and_then(Value::as_object) else { return };
        for (variable, field) in wanted {
            if let Some(value) = field.as_str().and_then(|field| data.get(field)) {
                self.variables.insert(variable.clone(), value.clone());
            }
        }
    }

    async fn sleep(&self, data: &Option<Map<String, Value>>) -> Answer {
        let (field, max, unit) = if self.execution == SERIAL_FRAME {
            ("sleepFrames", 10_000.0, FRAME)
        } else {
            ("sleepMillis", 50_000.0, Duration::from_millis(1))
        };
        let Some(data) = data else {
            return Err(Failure::new(301, "Your request data is missing or invalid (non-object)"));
        };
        let Some(given) = data.get(field).filter(|v| !v.is_null()) else {
            return Err(Failure::new(300, format!("Your request is missing the `{field}` field.")));
        };
        let Some(n) = given.as_f64() else {
            return Err(Failure::new(401, format!("The field value of `{field}` must be a number.")));
        };
        if n < 0.0 {
            return Err(Failure::new(402, format!("The field value of `{field}` is below the minimum of `0.000000`")));
        }
        if n > max {
            return Err(Failure::new(402, format!("The field value of `{field}` is above the maximum of `{max:.6}`")));
        }
        sleep(unit.mul_f64(n)).await;
        Ok(None)
    }
}

fn result_of(entry: &Value, name: &str, answer: Answer, version: Version) -> Value {
    let (status, data) = requests::status(answer);
    let mut result = json!({"requestStatus": status, "requestType": name});
    if let Some(map) = result.as_object_mut() {
        if let Some(id) = entry.get("requestId").filter(|id| !id.is_null()) {
            map.insert("requestId".to_owned(), id.clone());
        }
        if let Some(data) = data.and_then(|d| version.trim(d)) {
            map.insert("responseData".to_owned(), data);
        }
    }
    result
}
