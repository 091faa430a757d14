//! What an adapter is, and what a platform may be able to do.

use crate::error::{Error, did_you_mean};
use crate::event::Event;
use crate::id::{CallId, InstanceId, RequestId};
use async_trait::async_trait;
use futures_core::Stream;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Events of an adapter or of the bus. It ends when the adapter is closed.
pub type EventStream = Pin<Box<dyn Stream<Item = Event> + Send>>;

/// Who an adapter is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Identity {
    /// Its identifier.
    pub id: InstanceId,
    /// Its name on this bus.
    pub name: Arc<str>,
    /// What it is: `OBS Studio`, `vMix`, `Home Assistant`.
    pub platform: String,
    /// Where it is, without credentials.
    pub address: String,
}

impl Identity {
    /// Who an adapter is.
    pub fn new(id: InstanceId, name: Arc<str>, platform: impl Into<String>, address: impl Into<String>) -> Self {
        Self { id, name, platform: platform.into(), address: address.into() }
    }
}

/// One thing that a platform may be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Capability {
    /// Make and end calls.
    Calls,
    /// Hold conferences.
    Conferences,
    /// Switch scenes or inputs.
    Scenes,
    /// Stream.
    Streaming,
    /// Record.
    Recording,
    /// Put out a virtual camera.
    VirtualCamera,
    /// Show overlays.
    Overlays,
    /// Tell what is on air.
    Tally,
    /// Switch and read things in the house.
    Entities,
}

/// What a platform can do.
pub type Capabilities = BTreeSet<Capability>;

/// How an instance is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Health {
    /// Whether the connection stands and the server answers.
    pub ok: bool,
    /// The round trip of the question, where it was answered.
    pub latency: Option<Duration>,
    /// In words: the server's version and state, or what is wrong.
    pub detail: String,
}

impl Health {
    /// An instance that answers.
    pub fn good(latency: Duration, detail: impl Into<String>) -> Self {
        Self { ok: true, latency: Some(latency), detail: detail.into() }
    }

    /// One that does not.
    pub fn bad(detail: impl Into<String>) -> Self {
        Self { ok: false, latency: None, detail: detail.into() }
    }
}

/// A native command, by the protocol's own name.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
#[must_use]
pub struct Command {
    /// The protocol's name: `StartRecord`, `light.turn_on`, `Originate`.
    pub name: String,
    /// Its parameters, by the protocol's names.
    pub params: Map<String, Value>,
    /// Its identifier.
    pub request: RequestId,
    /// Its deadline; the client's own where there is none.
    pub within: Option<Duration>,
}

// parameters may hold secrets: names only
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command").field("name", &self.name).field("request", &self.request).finish_non_exhaustive()
    }
}

impl Command {
    /// A command without parameters.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), params: Map::new(), request: RequestId::new(), within: None }
    }

    /// Adds a parameter.
    pub fn param(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }

    /// Sets all parameters.
    pub fn params(mut self, params: Map<String, Value>) -> Self {
        self.params = params;
        self
    }

    /// Sets a deadline.
    pub fn within(mut self, within: Duration) -> Self {
        self.within = Some(within);
        self
    }
}

/// What came of a command that was carried out.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// The command's identifier.
    pub request: RequestId,
    /// What the server answered; null where it answers nothing.
    pub value: Value,
    /// How long it took.
    pub took: Duration,
}

impl Outcome {
    /// What came of a command.
    #[must_use]
    pub fn new(request: RequestId, value: Value, took: Duration) -> Self {
        Self { request, value, took }
    }
}

/// One server on the bus. Other people's adapters implement it too.
#[async_trait]
pub trait Adapter: Send + Sync + fmt::Debug {
    /// Who it is.
    fn identity(&self) -> &Identity;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Asks the server how it is.
    async fn health(&self) -> Health;

    /// Whether the connection stands.
    fn is_connected(&self) -> bool;

    /// Its events from now on.
    fn events(&self) -> EventStream;

    /// The names of its native commands, as far as they are known; empty where any name may be one.
    fn commands(&self) -> Vec<String> {
        Vec::new()
    }

    /// Carries out a native command.
    async fn execute(&self, command: Command) -> Result<Outcome, Error>;

    /// Closes the connection and waits for that.
    async fn close(&self);

    /// Its telephony, if it has any.
    fn telephony(&self) -> Option<&dyn Telephony> {
        None
    }

    /// Its production, if it has any.
    fn production(&self) -> Option<&dyn Production> {
        None
    }

    /// Its home automation, if it has any.
    fn home_automation(&self) -> Option<&dyn HomeAutomation> {
        None
    }

    /// The error for a command that this platform does not have.
    fn no_such_command(&self, name: &str) -> Error {
        let known = self.commands();
        let instead = did_you_mean(name, known.iter().map(String::as_str)).map(|like| format!("did you mean {like}?"));
        let Identity { name: instance, platform, .. } = self.identity();
        Error::unsupported(&**instance, format!("{platform} has no command {name:?}"), instead)
    }
}

macro_rules! unsupported {
    ($self:ident, $what:literal) => {
        Err(Error::unsupported($self.instance(), concat!("this platform cannot ", $what), None))
    };
}

/// Whom to call, from where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Dial {
    /// The party that is called first.
    pub from: String,
    /// The party that is called then.
    pub to: String,
}

impl Dial {
    /// A call from here …
    pub fn from(party: impl Into<String>) -> Self {
        Self { from: party.into(), to: String::new() }
    }

    /// … to there.
    pub fn to(mut self, party: impl Into<String>) -> Self {
        self.to = party.into();
        self
    }
}

/// What telephone switches can do.
#[async_trait]
pub trait Telephony: Send + Sync {
    /// The instance's name, for errors.
    fn instance(&self) -> &str;

    /// Makes a call.
    async fn originate(&self, dial: Dial) -> Result<CallId, Error> {
        let _ = dial;
        unsupported!(self, "make calls")
    }

    /// Ends a call.
    async fn hangup(&self, call: CallId) -> Result<(), Error> {
        let _ = call;
        unsupported!(self, "end calls")
    }

    /// Sends a call to somebody else.
    async fn transfer(&self, call: CallId, to: &str) -> Result<(), Error> {
        let _ = (call, to);
        unsupported!(self, "transfer calls")
    }

    /// Lets a call wait, or takes it back.
    async fn hold(&self, call: CallId, on: bool) -> Result<(), Error> {
        let _ = (call, on);
        unsupported!(self, "hold calls")
    }
}

/// What video mixers can do.
#[async_trait]
pub trait Production: Send + Sync {
    /// The instance's name, for errors.
    fn instance(&self) -> &str;

    /// What is on program.
    async fn program(&self) -> Result<String, Error> {
        unsupported!(self, "tell what is on program")
    }

    /// Puts a scene or an input on program.
    async fn set_program(&self, name: &str) -> Result<(), Error> {
        let _ = name;
        unsupported!(self, "switch scenes")
    }

    /// Starts or stops streaming; returns when it does.
    async fn stream(&self, on: bool) -> Result<(), Error> {
        let _ = on;
        unsupported!(self, "stream")
    }

    /// Whether it streams.
    async fn is_streaming(&self) -> Result<bool, Error> {
        unsupported!(self, "stream")
    }

    /// Starts or stops recording; returns when it does. Gives the file, where it is known.
    async fn record(&self, on: bool) -> Result<Option<String>, Error> {
        let _ = on;
        unsupported!(self, "record")
    }

    /// Whether it records.
    async fn is_recording(&self) -> Result<bool, Error> {
        unsupported!(self, "record")
    }

    /// Starts or stops the virtual camera.
    async fn virtual_camera(&self, on: bool) -> Result<(), Error> {
        let _ = on;
        unsupported!(self, "put out a virtual camera")
    }
}

/// A thing in the house.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entity {
    /// Its identifier, such as `light.on_air_sign`.
    pub id: String,
    /// Its state, such as `on`.
    pub state: String,
    /// What else is known of it.
    pub attributes: Map<String, Value>,
}

impl Entity {
    /// A thing in the house.
    pub fn new(id: impl Into<String>, state: impl Into<String>, attributes: Map<String, Value>) -> Self {
        Self { id: id.into(), state: state.into(), attributes }
    }
}

/// What home automation can do.
#[async_trait]
pub trait HomeAutomation: Send + Sync {
    /// The instance's name, for errors.
    fn instance(&self) -> &str;

    /// Does something to these entities: `("light.turn_on", ["light.key_light"], {"brightness": 200})`.
    async fn act(&self, service: &str, entities: &[&str], data: Map<String, Value>) -> Result<(), Error>;

    /// One entity.
    async fn entity(&self, id: &str) -> Result<Entity, Error>;

    /// All entities.
    async fn entities(&self) -> Result<Vec<Entity>, Error>;
}
