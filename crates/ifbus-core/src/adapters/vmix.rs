//! vMix, by vmix-api.

use crate::adapter::{Adapter, Capabilities, Capability, Command, EventStream, Health, Identity, Outcome, Production};
use crate::adapters::common;
use crate::bus::Connect;
use crate::error::Error;
use crate::event::Kind;
use crate::id::InstanceId;
use async_trait::async_trait;
use ifbus_link::Reconnect;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use vmix_api::function;

use vmix_api::{Act, Builder, Change, Client, Event, Light};

/// A vMix to connect to.
#[derive(Debug, Clone)]
pub struct Vmix {
    address: String,
    builder: Builder,
}

impl Vmix {
    /// The vMix at `host` or `host:8099`.
    pub fn new(address: &str) -> Self {
        Self::with(address, Client::builder(address))
    }

    /// With all settings of the client.
    pub fn with(address: &str, builder: Builder) -> Self {
        Self { address: address.to_owned(), builder }
    }

    /// What follows a lost connection, instead of the client's default.
    pub fn reconnect(mut self, reconnect: Reconnect) -> Self {
        self.builder = self.builder.reconnect(reconnect);
        self
    }
}

#[async_trait]
impl Connect for Vmix {
    async fn connect(&self, id: InstanceId, name: Arc<str>) -> Result<Arc<dyn Adapter>, Error> {
        let identity = Identity::new(id, name, "vMix", &*self.address);
        let client = self.builder.clone().connect().await.map_err(|error| translate(&identity, error))?;
        Ok(Arc::new(VmixAdapter { identity, client }))
    }
}

#[derive(Debug)]
struct VmixAdapter {
    identity: Identity,
    client: Client,
}

fn translate(identity: &Identity, error: vmix_api::Error) -> Error {
    match error {
        vmix_api::Error::Link(error) => common::link_error(identity, &error),
        other => Error::rejected(&*identity.name, None, other.to_string()),
    }
}

/// The queries of the TCP API, beside its functions.
const QUERIES: [&str; 6] = ["ACTS", "PING", "TALLY", "VERSION", "XML", "XMLTEXT"];

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => other.to_string(),
    }
}

fn lights(tally: &vmix_api::Tally) -> Kind {
    Kind::Tally { program: tally.with(Light::Program).collect(), preview: tally.with(Light::Preview).collect() }
}

fn change(act: &Act) -> Kind {
    match act.change() {
        Change::Recording(active) => Kind::Recording { active, file: None },
        Change::Streaming(active) => Kind::Streaming { active },
        _ => Kind::Custom { name: act.name().to_owned() },
    }
}

fn event(event: Event) -> (Kind, String, Value) {
    match event {
        Event::Tally(tally) => {
            let data = tally.iter().map(|light| match light {
                Light::Off => 0,
                Light::Program => 1,
                Light::Preview => 2,
                Light::Other(digit) => digit,
                _ => u8::MAX,
            });
            (lights(&tally), "TALLY".to_owned(), data.collect::<Vec<_>>().into())
        }
        Event::Act(act) => {
            let data = json!({"name": act.name(), "input": act.input(), "value": act.value()});
            (change(&act), "ACTS".to_owned(), data)
        }
        other => (Kind::Custom { name: "unknown".to_owned() }, "unknown".to_owned(), format!("{other:?}").into()),
    }
}

impl VmixAdapter {
    fn said<T>(&self, result: Result<T, vmix_api::Error>) -> Result<T, Error> {
        result.map_err(|error| translate(&self.identity, error))
    }

    fn missing(&self, field: &str) -> Error {
        Error::invalid_argument(&*self.identity.name, field, "is missing")
    }

    async fn query(&self, name: &str, params: &Map<String, Value>) -> Result<Value, Error> {
        let parameter = |name: &str| params.get(name).map(text);
        let client = &self.client;
        match name {
            "VERSION" => self.said(client.version().await).map(Value::from),
            "PING" => self.said(client.ping().await).map(|()| Value::from("PONG")),
            "TALLY" => self.said(client.tally().await).map(|tally| event(Event::Tally(tally)).2),
            "XMLTEXT" => {
                let path = parameter("Path").ok_or_else(|| self.missing("Path"))?;
                self.said(client.xml_text(&path).await).map(Value::from)
            }
            "ACTS" => {
                let name = parameter("Name").ok_or_else(|| self.missing("Name"))?;
                let input = parameter("Input").and_then(|input| input.parse().ok());
                self.said(client.acts(&name, input).await).map(|act| event(Event::Act(act)).2)
            }
            _ => {
                let show = self.said(client.refresh().await)?;
                let inputs = show.inputs.iter();
                let inputs = inputs.map(
                    |input| json!({"number": input.number, "key": input.key, "title": input.title, "type": input.kind}),
                );
                Ok(json!({
                    "version": show.version, "edition": show.edition, "preset": show.preset, "active": show.active, "preview": show.preview,
                    "recording": show.recording.on, "streaming": show.streaming.on, "external": show.external, "fadeToBlack": show.fade_to_black,
                    "inputs": inputs.collect::<Vec<_>>(),
                }))
            }
        }
    }

    async fn function(&self, command: &Command) -> Result<Value, Error> {
        let mut function = function::Raw::new(command.name.clone());
        for (name, value) in &command.params {
            function = function.param(name.clone(), text(value));
        }
        let sent = match command.within {
            Some(within) => self.client.send_within(function, within).await,
            None => self.client.send(function).await,
        };
        self.said(sent)?;
        Ok(Value::Null)
    }
}

#[async_trait]
impl Adapter for VmixAdapter {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn capabilities(&self) -> Capabilities {
        [Capability::Scenes, Capability::Streaming, Capability::Recording, Capability::Overlays, Capability::Tally]
            .into()
    }

    async fn health(&self) -> Health {
        let started = Instant::now();
        match self.client.version().await {
            Ok(version) => Health::good(started.elapsed(), format!("vMix {version}")),
            Err(error) => Health::bad(error.to_string()),
        }
    }

    fn is_connected(&self) -> bool {
        self.client.connection().borrow().is_ready()
    }

    fn events(&self) -> EventStream {
        common::events(&self.identity, self.client.events(), self.client.connection(), event)
    }

    fn commands(&self) -> Vec<String> {
        function::names().chain(QUERIES).map(str::to_owned).collect()
    }

    async fn execute(&self, command: Command) -> Result<Outcome, Error> {
        let started = Instant::now();
        let value = if QUERIES.contains(&command.name.as_str()) {
            let within = command.within.unwrap_or(Duration::from_secs(10));
            let late = |_| Error::Timeout { instance: self.identity.name.to_string(), after: within, sent: true };
            tokio::time::timeout(within, self.query(&command.name, &command.params)).await.map_err(late)??
        } else if function::is_known(&command.name) {
            self.function(&command).await?
        } else {
            return Err(self.no_such_command(&command.name));
        };
        Ok(Outcome::new(command.request, value, started.elapsed()))
    }

    async fn close(&self) {
        self.client.close().await;
    }

    fn production(&self) -> Option<&dyn Production> {
        Some(self)
    }
}

#[async_trait]
impl Production for VmixAdapter {
    fn instance(&self) -> &str {
        &self.identity.name
    }

    async fn program(&self) -> Result<String, Error> {
        let show = self.said(self.client.refresh().await)?;
        let active = show.inputs.iter().find(|input| Some(input.number) == show.active);
        Ok(active.map(|input| input.title.clone()).unwrap_or_default())
    }

    async fn set_program(&self, name: &str) -> Result<(), Error> {
        self.said(self.client.set_active(name).await).map(|_| ())
    }

    async fn stream(&self, on: bool) -> Result<(), Error> {
        let client = &self.client;
        self.said(if on { client.start_streaming(None).await } else { client.stop_streaming(None).await }).map(|_| ())
    }

    async fn is_streaming(&self) -> Result<bool, Error> {
        self.said(self.client.refresh().await).map(|show| show.streaming.on)
    }

    async fn record(&self, on: bool) -> Result<Option<String>, Error> {
        let client = &self.client;
        let show = self.said(if on { client.start_recording().await } else { client.stop_recording().await })?;
        Ok(show.recording.files.first().cloned())
    }

    async fn is_recording(&self) -> Result<bool, Error> {
        self.said(self.client.refresh().await).map(|show| show.recording.on)
    }
}
