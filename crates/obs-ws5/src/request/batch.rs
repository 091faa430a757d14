//! Several requests in one message.

use crate::Error;
use crate::request::{Raw, check_name};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::time::Duration;

/// How OBS goes through a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Execution {
    /// One after the other. The default.
    #[default]
    SerialRealtime,
    /// One after the other, in the render thread, within one frame unless it sleeps.
    SerialFrame,
    /// Side by side, in any order. On hosts with three cores or more OBS stamps the results with the wrong requests
    /// (obs-websocket issue 1317, seen on 5.7.4): count failures, trust no single result. OBS hangs for good when as many
    /// parallel batches run at once as it has cores: send one at a time.
    Parallel,
}

impl Serialize for Execution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(match self {
            Self::SerialRealtime => 0,
            Self::SerialFrame => 1,
            Self::Parallel => 2,
        })
    }
}

/// Several requests in one message, answered by one message when the last is done.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "a batch does nothing until it is sent"]
pub struct Batch {
    execution_type: Execution,
    halt_on_failure: bool,
    requests: Vec<Entry>,
    #[serde(skip)]
    deadline: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    request_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_data: Option<Value>,
}

impl Batch {
    /// An empty batch, serial, going on after failures.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a request.
    pub fn with(mut self, request: Raw) -> Self {
        let (request_type, request_data) = request.into_parts();
        self.requests.push(Entry { request_type, request_data });
        self
    }

    /// Sets how OBS goes through it.
    pub fn execution(mut self, execution: Execution) -> Self {
        self.execution_type = execution;
        self
    }

    /// Stops after the first failure: the results are fewer than the requests. Parallel batches ignore it.
    pub fn halt_on_failure(mut self, halt: bool) -> Self {
        self.halt_on_failure = halt;
        self
    }

    /// Sets a deadline of its own.
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        self.requests.iter().try_for_each(|entry| check_name(&entry.request_type))
    }
}
