//! The bus: named instances, one stream of events, commands by instance name, health of all.

use crate::adapter::{Adapter, Command, EventStream, Health, HomeAutomation, Outcome, Production, Telephony};
use crate::error::{Error, did_you_mean};
use crate::id::InstanceId;
use async_trait::async_trait;
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Makes the connection to one server.
#[async_trait]
pub trait Connect: Send + Sync {
    /// Connects; the adapter is called `name`, and identified by `id`.
    async fn connect(&self, id: InstanceId, name: Arc<str>) -> Result<Arc<dyn Adapter>, Error>;
}

/// Collects what shall be on a bus.
#[derive(Default)]
#[must_use]
pub struct BusBuilder {
    connectors: Vec<(String, InstanceId, Box<dyn Connect>)>,
    adapters: Vec<Arc<dyn Adapter>>,
}

impl fmt::Debug for BusBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.connectors.iter().map(|(name, ..)| name)).finish()
    }
}

/// Instances that could not be connected to, each with its reason.
#[derive(Debug, Clone)]
pub struct ConnectFailures(pub Vec<(String, Error)>);

impl fmt::Display for ConnectFailures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, error)) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            // most errors name the instance themselves
            let text = error.to_string();
            if text.starts_with(&format!("{name}: ")) { f.write_str(&text)? } else { write!(f, "{name}: {text}")? }
        }
        Ok(())
    }
}

impl std::error::Error for ConnectFailures {}

impl BusBuilder {
    /// Adds a server under a name.
    pub fn add(self, name: impl Into<String>, connector: impl Connect + 'static) -> Self {
        self.add_as(name, InstanceId::new(), connector)
    }

    /// Adds a server under a name, with the identifier that a configuration keeps for it.
    pub fn add_as(mut self, name: impl Into<String>, id: InstanceId, connector: impl Connect + 'static) -> Self {
        self.connectors.push((name.into(), id, Box::new(connector)));
        self
    }

    /// Adds an adapter that stands already.
    pub fn add_adapter(mut self, adapter: Arc<dyn Adapter>) -> Self {
        self.adapters.push(adapter);
        self
    }

    /// Connects to all at once.
    ///
    /// # Errors
    /// Every instance that failed, with its reason; those that stood are closed again.
    pub async fn connect(self) -> Result<Bus, ConnectFailures> {
        let (bus, failures) = self.connect_available().await;
        if failures.0.is_empty() {
            return Ok(bus);
        }
        bus.close().await;
        Err(failures)
    }

    /// Connects to all at once, and goes on with those that answered.
    pub async fn connect_available(self) -> (Bus, ConnectFailures) {
        let mut instances: BTreeMap<Arc<str>, Arc<dyn Adapter>> = BTreeMap::new();
        let mut failures = Vec::new();
        let attempts = self.connectors.into_iter().map(|(name, id, connector)| async move {
            let result = connector.connect(id, Arc::from(name.as_str())).await;
            (name, result)
        });
        let connected = join_all(attempts).await;
        let given = self.adapters.into_iter().map(|adapter| (adapter.identity().name.to_string(), Ok(adapter)));
        for (name, result) in connected.into_iter().chain(given) {
            match result {
                Ok(adapter) if instances.contains_key(name.as_str()) => {
                    adapter.close().await;
                    let message = format!("two instances are called {name:?}");
                    failures.push((name, Error::configuration(message)));
                }
                Ok(adapter) => {
                    instances.insert(Arc::from(name), adapter);
                }
                Err(error) => failures.push((name, error)),
            }
        }
        (Bus { instances: Arc::new(instances) }, ConnectFailures(failures))
    }
}

/// Named instances under one interface. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bus {
    instances: Arc<BTreeMap<Arc<str>, Arc<dyn Adapter>>>,
}

impl Bus {
    /// A bus to be.
    pub fn builder() -> BusBuilder {
        BusBuilder::default()
    }

    /// The names of all instances, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.instances.keys().map(|name| &**name)
    }

    /// All instances.
    pub fn instances(&self) -> impl Iterator<Item = &Arc<dyn Adapter>> {
        self.instances.values()
    }

    /// One instance.
    ///
    /// # Errors
    /// [`Error::Configuration`] with the names that exist.
    pub fn instance(&self, name: &str) -> Result<&Arc<dyn Adapter>, Error> {
        self.instances.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.names().collect();
            let hint = did_you_mean(name, known.iter().copied())
                .map(|like| format!(" Did you mean {like}?"))
                .unwrap_or_default();
            Error::configuration(format!("there is no instance {name:?}; there are: {}.{hint}", known.join(", ")))
        })
    }

    /// Carries out a native command on one instance.
    ///
    /// # Errors
    /// What the instance says; [`Error::Configuration`] if there is none of this name.
    pub async fn execute(&self, instance: &str, command: Command) -> Result<Outcome, Error> {
        self.instance(instance)?.execute(command).await
    }

    /// The telephony of an instance.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it has none.
    pub fn telephony(&self, instance: &str) -> Result<&dyn Telephony, Error> {
        self.instance(instance)?
            .telephony()
            .ok_or_else(|| self.lacks(instance, "telephony", |adapter| adapter.telephony().is_some()))
    }

    /// The production of an instance.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it has none.
    pub fn production(&self, instance: &str) -> Result<&dyn Production, Error> {
        self.instance(instance)?
            .production()
            .ok_or_else(|| self.lacks(instance, "production", |adapter| adapter.production().is_some()))
    }

    /// The home automation of an instance.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it has none.
    pub fn home_automation(&self, instance: &str) -> Result<&dyn HomeAutomation, Error> {
        let has = |adapter: &dyn Adapter| adapter.home_automation().is_some();
        self.instance(instance)?.home_automation().ok_or_else(|| self.lacks(instance, "home automation", has))
    }

    fn lacks(&self, instance: &str, what: &str, has: impl Fn(&dyn Adapter) -> bool) -> Error {
        let others: Vec<&str> =
            self.instances.iter().filter(|(_, adapter)| has(&***adapter)).map(|(name, _)| &**name).collect();
        let instead = (!others.is_empty()).then(|| format!("these have: {}", others.join(", ")));
        Error::unsupported(instance, format!("it has no {what}"), instead)
    }

    /// The events of all instances from now on, in the order in which they arrive. It ends when all are closed.
    #[must_use]
    pub fn events(&self) -> EventStream {
        stream::select_all(self.instances.values().map(|adapter| adapter.events())).boxed()
    }

    /// How all instances are, asked at once.
    pub async fn health(&self) -> Vec<(Arc<str>, Health)> {
        join_all(self.instances.iter().map(|(name, adapter)| async move { (Arc::clone(name), adapter.health().await) }))
            .await
    }

    /// Closes all instances.
    pub async fn close(&self) {
        join_all(self.instances.values().map(|adapter| adapter.close())).await;
    }
}
