//! Events: one envelope, one enum of kinds, and the native event whole.

use crate::call::CallState;
use crate::id::{CallId, EventId, InstanceId, RequestId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use time::OffsetDateTime;

/// One event on the bus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// Its identifier; they sort by time.
    pub id: EventId,
    /// When the bus saw it, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub time: OffsetDateTime,
    /// Where it comes from.
    pub instance: InstanceId,
    /// The instance's name.
    pub source: Arc<str>,
    /// The command that caused it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// What happened.
    pub kind: Kind,
    /// The server's own event, whole; absent where the bus made the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native: Option<Native>,
}

impl Event {
    /// An event of now.
    #[must_use]
    pub fn new(instance: InstanceId, source: Arc<str>, kind: Kind) -> Self {
        let (id, time) = (EventId::new(), OffsetDateTime::now_utc());
        Self { id, time, instance, source, request: None, kind, native: None }
    }

    /// Adds the server's own event.
    #[must_use]
    pub fn with_native(mut self, name: impl Into<String>, data: Value) -> Self {
        self.native = Some(Native { name: name.into(), data });
        self
    }

    /// Adds the command that caused it.
    #[must_use]
    pub fn caused_by(mut self, request: RequestId) -> Self {
        self.request = Some(request);
        self
    }
}

/// A server's own event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Native {
    /// Its name in the protocol.
    pub name: String,
    /// Its data.
    pub data: Value,
}

/// What happened. Words are those that the platforms have in common; the details are in [`Event::native`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// A call changed its state.
    Call {
        /// The call.
        call: CallId,
        /// Its state now.
        state: CallState,
    },
    /// Somebody calls.
    IncomingCall {
        /// The call.
        call: CallId,
        /// Who.
        from: String,
        /// Whom.
        to: String,
    },
    /// A key was pressed.
    Dtmf {
        /// In this call.
        call: CallId,
        /// `0` to `9`, `A` to `D`, `*`, `#`.
        digit: char,
    },
    /// A telephone registered or went away.
    Registration {
        /// The address of record.
        account: String,
        /// Whether it is registered now.
        registered: bool,
    },
    /// Somebody joined or left a conference.
    Conference {
        /// The conference.
        name: String,
        /// Who.
        member: String,
        /// Whether he is in now.
        joined: bool,
    },
    /// A recording started, paused or stopped.
    Recording {
        /// Whether it records now.
        active: bool,
        /// The file, where it is known.
        file: Option<String>,
    },
    /// A stream started or stopped.
    Streaming {
        /// Whether it runs now.
        active: bool,
    },
    /// The virtual camera started or stopped.
    VirtualCamera {
        /// Whether it runs now.
        active: bool,
    },
    /// Another scene or input is on program.
    Scene {
        /// Its name.
        program: String,
    },
    /// What is on air and what is on preview changed.
    Tally {
        /// Inputs on program, by number.
        program: Vec<u32>,
        /// Inputs on preview, by number.
        preview: Vec<u32>,
    },
    /// An overlay went on or off.
    Overlay {
        /// Its number, from 1.
        channel: u32,
        /// Whether it is on.
        active: bool,
    },
    /// An input was muted or unmuted.
    Audio {
        /// The input.
        input: String,
        /// Whether it is muted now.
        muted: bool,
    },
    /// A thing in the house changed its state.
    Entity {
        /// Its identifier, such as `light.on_air_sign`.
        entity: String,
        /// Its state now; absent if it is gone.
        state: Option<String>,
    },
    /// A server was found.
    Discovery {
        /// What it is.
        platform: String,
        /// Where it is.
        address: String,
    },
    /// The connection to the instance changed.
    Connection {
        /// Whether it stands now.
        connected: bool,
        /// What happened, in words.
        detail: String,
    },
    /// Events are missing here: the reader was too slow, or the connection was lost.
    Gap {
        /// How many, where that is known.
        missed: Option<u64>,
    },
    /// A command was carried out, or refused.
    Command {
        /// Its name.
        name: String,
        /// Whether it was carried out.
        ok: bool,
    },
    /// Something went wrong that no command waited for.
    Error {
        /// What, in words.
        message: String,
    },
    /// A native event that has no common word; or another adapter's own kind.
    Custom {
        /// Its name.
        name: String,
    },
}
