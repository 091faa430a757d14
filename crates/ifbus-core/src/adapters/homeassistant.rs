//! Home Assistant, by ha-client.

use crate::adapter::{
    Adapter, Capabilities, Capability, Command, Entity, EventStream, Health, HomeAutomation, Identity, Outcome,
};
use crate::adapters::common;
use crate::bus::Connect;
use crate::error::{Error, did_you_mean};
use crate::event::Kind;
use crate::id::InstanceId;
use async_trait::async_trait;
use futures_util::future::try_join_all;
use ha_client::{Builder, Client, EntityChange, State};
use ifbus_link::Reconnect;
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A Home Assistant to connect to.
#[derive(Debug, Clone)]
pub struct HomeAssistant {
    address: String,
    builder: Builder,
}

impl HomeAssistant {
    /// The Home Assistant at `http://host:8123` with this long-lived access token.
    pub fn new(address: &str, token: impl Into<SecretString>) -> Self {
        Self::with(address, Client::builder(address, token))
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
impl Connect for HomeAssistant {
    async fn connect(&self, id: InstanceId, name: Arc<str>) -> Result<Arc<dyn Adapter>, Error> {
        let identity = Identity::new(id, name, "Home Assistant", &*self.address);
        let client = self.builder.clone().connect().await.map_err(|error| translate(&identity, &error))?;
        let mut adapter = HomeAdapter { identity, client, commands: Vec::new() };
        // a user without rights cannot list the services: any name may be one then
        if let Ok(services) = adapter.client.services().await {
            let names =
                services.iter().flat_map(|(domain, of)| of.keys().map(move |service| format!("{domain}.{service}")));
            adapter.commands = names.chain(QUERIES.map(str::to_owned)).collect();
        }
        Ok(Arc::new(adapter))
    }
}

#[derive(Debug)]
struct HomeAdapter {
    identity: Identity,
    client: Client,
    commands: Vec<String>,
}

/// Beside the services: commands that read.
const QUERIES: [&str; 4] = ["get_config", "get_state", "get_states", "ping"];

/// What of a command's parameters says where it goes; everything else is data of the service.
const TARGET: [&str; 5] = ["entity_id", "device_id", "area_id", "floor_id", "label_id"];

fn translate(identity: &Identity, error: &ha_client::Error) -> Error {
    match error {
        ha_client::Error::Link(error) => common::link_error(identity, error),
        ha_client::Error::Rejected { code, .. } => {
            Error::rejected(&*identity.name, Some(code.to_string()), error.to_string())
        }
        _ => Error::rejected(&*identity.name, None, error.to_string()),
    }
}

fn entity(state: &State) -> Entity {
    Entity::new(&*state.entity_id, &*state.state, state.attributes.clone().into())
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text.split(',').map(|part| part.trim().to_owned()).collect(),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn change(change: &EntityChange) -> (Kind, String, Value) {
    let state = change.new.as_ref().map(|state| state.state.to_string());
    let data = json!({"attributes": change.new.as_ref().map(|state| &*state.attributes)});
    (Kind::Entity { entity: change.entity_id.to_string(), state }, "entity".to_owned(), data)
}

impl HomeAdapter {
    fn said<T>(&self, result: Result<T, ha_client::Error>) -> Result<T, Error> {
        result.map_err(|error| translate(&self.identity, &error))
    }

    async fn one(&self, id: &str) -> Result<Entity, Error> {
        match self.client.rest().state(id).await {
            Ok(Some(state)) => Ok(entity(&state)),
            Ok(None) => {
                let known = self.client.entities();
                let hint = did_you_mean(id, known.iter().map(|state| &*state.entity_id))
                    .map(|like| format!("; did you mean {like}?"));
                Err(Error::rejected(
                    &*self.identity.name,
                    Some("404".to_owned()),
                    format!("Home Assistant has no entity {id:?}{}", hint.unwrap_or_default()),
                ))
            }
            Err(error) => self.said(Err(error)),
        }
    }

    /// One entity as it is; of several, `state` is what they have in common, or `mixed`.
    async fn read(&self, ids: &[String]) -> Result<Value, Error> {
        let entities = try_join_all(ids.iter().map(|id| self.one(id))).await?;
        let Some((first, rest)) = entities.split_first() else {
            return Err(Error::invalid_argument(&*self.identity.name, "entity_id", "is missing"));
        };
        if rest.is_empty() {
            return Ok(json!({"entity_id": first.id, "state": first.state, "attributes": first.attributes}));
        }
        let common = if rest.iter().all(|other| other.state == first.state) { &*first.state } else { "mixed" };
        Ok(json!({"state": common, "entities": entities}))
    }

    async fn call(&self, command: &Command) -> Result<Value, Error> {
        let Some((domain, service)) = command.name.split_once('.') else {
            return Err(self.no_such_command(&command.name));
        };
        let mut call = self.client.call_service(domain, service);
        // where the mirror can tell (it is there, and not stale): Home Assistant itself reports success for an entity that it does
        // not have, and does nothing
        if !self.client.is_stale() && !self.client.entities().is_empty() {
            call = call.check_targets();
        }
        for (name, value) in &command.params {
            if !TARGET.contains(&name.as_str()) {
                call = call.data(name, value);
                continue;
            }
            let ids = texts(value);
            if ids.is_empty() {
                let reason = format!("{value} is no name, nor a list of names");
                return Err(Error::invalid_argument(&*self.identity.name, name, reason));
            }
            for id in ids {
                call = match name.as_str() {
                    "entity_id" => call.entity(id),
                    "device_id" => call.device(id),
                    "area_id" => call.area(id),
                    "floor_id" => call.floor(id),
                    _ => call.label(id),
                };
            }
        }
        if let Some(within) = command.within {
            call = call.within(within);
        }
        let reply = match call.await {
            Err(ha_client::Error::Rejected { translation_key: Some(key), .. }) if &*key == "service_not_found" => {
                return Err(self.no_such_command(&command.name));
            }
            reply => self.said(reply)?,
        };
        Ok(reply.response.unwrap_or_default())
    }
}

#[async_trait]
impl Adapter for HomeAdapter {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn capabilities(&self) -> Capabilities {
        [Capability::Entities].into()
    }

    async fn health(&self) -> Health {
        let started = Instant::now();
        match self.client.config().await {
            Ok(config) if config.state == "RUNNING" => {
                Health::good(started.elapsed(), format!("Home Assistant {}", config.version))
            }
            Ok(config) => Health::bad(format!("Home Assistant {} is {}", config.version, config.state)),
            Err(error) => Health::bad(error.to_string()),
        }
    }

    fn is_connected(&self) -> bool {
        self.client.connection().borrow().is_ready()
    }

    fn events(&self) -> EventStream {
        common::events(&self.identity, self.client.entity_changes(), self.client.connection(), |event| change(&event))
    }

    fn commands(&self) -> Vec<String> {
        self.commands.clone()
    }

    async fn execute(&self, command: Command) -> Result<Outcome, Error> {
        let started = Instant::now();
        let within = command.within.unwrap_or(Duration::from_secs(10));
        let query = async {
            match command.name.as_str() {
                "get_state" => self.read(&command.params.get("entity_id").map(texts).unwrap_or_default()).await,
                "get_states" => {
                    let states = self.said(self.client.states().await)?;
                    Ok(json!(states.iter().map(entity).collect::<Vec<_>>()))
                }
                "get_config" => {
                    let config = self.said(self.client.config().await)?;
                    Ok(json!({"version": config.version, "state": config.state, "location_name": config.location_name}))
                }
                _ => self.said(self.client.ping().await).map(|()| Value::Null),
            }
        };
        let value = if QUERIES.contains(&command.name.as_str()) {
            let late = |_| Error::timeout(&*self.identity.name, within, true);
            tokio::time::timeout(within, query).await.map_err(late)??
        } else {
            self.call(&command).await?
        };
        Ok(Outcome::new(command.request, value, started.elapsed()))
    }

    async fn close(&self) {
        self.client.close().await;
    }

    fn home_automation(&self) -> Option<&dyn HomeAutomation> {
        Some(self)
    }
}

#[async_trait]
impl HomeAutomation for HomeAdapter {
    fn instance(&self) -> &str {
        &self.identity.name
    }

    async fn act(&self, service: &str, entities: &[&str], data: Map<String, Value>) -> Result<(), Error> {
        let command = Command::new(service).params(data).param("entity_id", entities.to_vec());
        self.call(&command).await.map(|_| ())
    }

    async fn entity(&self, id: &str) -> Result<Entity, Error> {
        self.one(id).await
    }

    async fn entities(&self) -> Result<Vec<Entity>, Error> {
        self.said(self.client.states().await).map(|states| states.iter().map(entity).collect())
    }
}
