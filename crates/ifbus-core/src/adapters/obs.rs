//! OBS Studio, by obs-ws5.

use crate::adapter::{Adapter, Capabilities, Capability, Command, EventStream, Health, Identity, Outcome, Production};
use crate::adapters::common;
use crate::bus::Connect;
use crate::error::Error;
use crate::event::Kind;
use crate::id::InstanceId;
use async_trait::async_trait;
use ifbus_link::{Error as LinkError, Reconnect};
use obs_ws5::request::{GetVersion, Raw};
use obs_ws5::{Builder, Client, Event, StatusCode, event};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// An OBS to connect to.
#[derive(Debug, Clone)]
pub struct Obs {
    address: String,
    builder: Builder,
}

impl Obs {
    /// The OBS at `ws://host:4455` with this password.
    pub fn new(address: &str, password: impl Into<SecretString>) -> Self {
        Self::with(address, Client::builder(address).password(password))
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
impl Connect for Obs {
    async fn connect(&self, id: InstanceId, name: Arc<str>) -> Result<Arc<dyn Adapter>, Error> {
        let identity = Identity::new(id, name, "OBS Studio", &*self.address);
        let client = self.builder.clone().connect().await.map_err(|error| translate(&identity, error))?;
        // what this OBS can do is its own to say; one that is not ready yet says it later
        let commands =
            client.send(GetVersion::new()).await.map(|version| version.available_requests).unwrap_or_default();
        Ok(Arc::new(ObsAdapter { identity, client, commands }))
    }
}

#[derive(Debug)]
struct ObsAdapter {
    identity: Identity,
    client: Client,
    commands: Vec<String>,
}

fn translate(identity: &Identity, error: obs_ws5::Error) -> Error {
    match error {
        obs_ws5::Error::Link(error) => common::link_error(identity, &error),
        obs_ws5::Error::Rejected { code, .. } => {
            Error::rejected(&*identity.name, Some(code.code().to_string()), error.to_string())
        }
        obs_ws5::Error::NotConfirmed { .. } => {
            Error::Connection { instance: identity.name.to_string(), message: error.to_string(), sent: true }
        }
        other => Error::rejected(&*identity.name, None, other.to_string()),
    }
}

fn kind(event: &Event) -> Kind {
    if let Some(change) = event.decode::<event::RecordStateChanged>() {
        return Kind::Recording { active: change.output_active, file: change.output_path };
    }
    if let Some(change) = event.decode::<event::StreamStateChanged>() {
        return Kind::Streaming { active: change.output_active };
    }
    if let Some(change) = event.decode::<event::VirtualcamStateChanged>() {
        return Kind::VirtualCamera { active: change.output_active };
    }
    if let Some(change) = event.decode::<event::CurrentProgramSceneChanged>() {
        return Kind::Scene { program: change.scene_name };
    }
    if let Some(change) = event.decode::<event::InputMuteStateChanged>() {
        return Kind::Audio { input: change.input_name, muted: change.input_muted };
    }
    Kind::Custom { name: event.event_type.clone() }
}

#[async_trait]
impl Adapter for ObsAdapter {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn capabilities(&self) -> Capabilities {
        [Capability::Scenes, Capability::Streaming, Capability::Recording, Capability::VirtualCamera].into()
    }

    async fn health(&self) -> Health {
        let started = Instant::now();
        match self.client.send(GetVersion::new()).await {
            Ok(version) => Health::good(
                started.elapsed(),
                format!("OBS Studio {} (obs-websocket {})", version.obs_version, version.obs_web_socket_version),
            ),
            Err(error) => Health::bad(error.to_string()),
        }
    }

    fn is_connected(&self) -> bool {
        self.client.connection().borrow().is_ready()
    }

    fn events(&self) -> EventStream {
        common::events(&self.identity, self.client.events(), self.client.connection(), |event| {
            let data = event.data.as_ref().and_then(|data| data.to_value().ok()).unwrap_or_default();
            (kind(&event), event.event_type, data)
        })
    }

    fn commands(&self) -> Vec<String> {
        self.commands.clone()
    }

    async fn execute(&self, command: Command) -> Result<Outcome, Error> {
        let started = Instant::now();
        let mut request = Raw::new(&*command.name);
        if !command.params.is_empty() {
            request = request.with_data(Value::Object(command.params));
        }
        if let Some(within) = command.within {
            request = request.within(within);
        }
        let value = match self.stop(&command.name, command.within).await {
            Some(answer) => self.said(answer)?,
            None => {
                let answer = self.client.request(request).await.map_err(|error| match error.code() {
                    Some(StatusCode::UnknownRequestType) => self.no_such_command(&command.name),
                    _ => translate(&self.identity, error),
                })?;
                match answer {
                    Some(payload) => {
                        payload.to_value().map_err(|error| Error::rejected(&*self.identity.name, None, error))?
                    }
                    None => Value::Null,
                }
            }
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

impl ObsAdapter {
    fn said<T>(&self, result: Result<T, obs_ws5::Error>) -> Result<T, Error> {
        result.map_err(|error| translate(&self.identity, error))
    }

    /// Commands that OBS answers before their output has stopped: they are over when it has, since a start that comes meanwhile is
    /// accepted and forgotten. None for every other command.
    async fn stop(&self, command: &str, within: Option<Duration>) -> Option<Result<Value, obs_ws5::Error>> {
        let client = &self.client;
        let done = async {
            Some(match command {
                "StopRecord" => client.record().stop().await.map(|file| json!({"outputPath": file.output_path})),
                "StopStream" => client.stream().stop().await.map(|()| Value::Null),
                "StopVirtualCam" => client.virtual_cam().stop().await.map(|()| Value::Null),
                _ => return None,
            })
        };
        let Some(within) = within else { return done.await };
        let late = |_| Some(Err(LinkError::Timeout { sent: true, after: within }.into()));
        timeout(within, done).await.unwrap_or_else(late)
    }
}

#[async_trait]
impl Production for ObsAdapter {
    fn instance(&self) -> &str {
        &self.identity.name
    }

    async fn program(&self) -> Result<String, Error> {
        self.said(self.client.scenes().program().await)
    }

    async fn set_program(&self, name: &str) -> Result<(), Error> {
        self.said(self.client.scenes().set_program(name).await)
    }

    async fn stream(&self, on: bool) -> Result<(), Error> {
        let stream = self.client.stream();
        self.said(if on { stream.start().await } else { stream.stop().await })
    }

    async fn is_streaming(&self) -> Result<bool, Error> {
        self.said(self.client.stream().status().await).map(|status| status.output_active)
    }

    async fn record(&self, on: bool) -> Result<Option<String>, Error> {
        if on {
            return self.said(self.client.record().start().await).map(|recording| recording.output_path);
        }
        self.said(self.client.record().stop().await).map(|stopped| stopped.output_path)
    }

    async fn is_recording(&self) -> Result<bool, Error> {
        self.said(self.client.record().status().await).map(|status| status.output_active)
    }

    async fn virtual_camera(&self, on: bool) -> Result<(), Error> {
        let camera = self.client.virtual_cam();
        self.said(if on { camera.start().await } else { camera.stop().await })
    }
}
