//! A simulated Home Assistant: REST and WebSocket on one port.
//!
//! It answers as Home Assistant Core 2026.2.3 was recorded to, or as 2024.3.3 if told to be that old. The house has a small studio: `light.key_light`,
//! `light.fill_light`, `light.on_air_sign` (all with colour), `camera.studio_front`, `camera.studio_side`,
//! `switch.monitor_wall`, `binary_sensor.studio_motion`, `sensor.studio_temperature`, `input_boolean.on_air`,
//! `lock.studio_door`, `scene.interview` and `counter.takes`. There are no areas, devices, floors or labels, and there
//! is one user, an owner. Templates, history, registries and cameras' pictures are not simulated.

mod color;
mod commands;
mod compressed;
mod ids;
mod rest;
mod results;
mod schema;
mod services;
mod store;
mod subscriptions;
mod version;
mod ws;

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::{broadcast, watch};

use crate::knobs::{Knobs, Seen, lock};
use crate::net::{Server, SimStream};
use ids::Context;
use services::{CallError, Later};
use store::{Event, State, Store};
pub use version::Version;

/// How many events may wait for a session. The real one cuts a session at that number too.
const BACKLOG: usize = 4096;

struct Shared {
    config: HomeBuilder,
    knobs: Knobs,
    seen: Seen,
    store: Mutex<Store>,
    /// To the sessions that have a subscription.
    events: broadcast::Sender<Arc<Event>>,
    /// Changes when the server quits.
    stopping: watch::Sender<()>,
}

impl Shared {
    fn read<T>(&self, read: impl FnOnce(&Store) -> T) -> T {
        read(&lock(&self.store))
    }

    /// Changes the house, and tells everybody.
    fn change<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        let mut store = lock(&self.store);
        let result = change(&mut store);
        for event in store.events.drain(..) {
            let _ = self.events.send(Arc::new(event));
        }
        result
    }

    /// Calls a service; what it changed, and what is still to come.
    fn call(
        &self,
        domain: &str,
        service: &str,
        data: &Arc<Map<String, Value>>,
        context: &Context,
        respond: bool,
    ) -> Result<(Vec<Arc<State>>, Option<Later>), CallError> {
        self.seen.push(&[domain, ".", service].concat());
        if respond && services::find(domain, service).is_some() {
            let why = "An action which does not return responses can't be called with return_response=True";
            return Err(CallError {
                code: "service_validation_error",
                message: format!("Validation error: {why}"),
                translation: Some((
                    "service_does_not_support_response",
                    json!({"return_response": "return_response=True"}),
                )),
            });
        }
        let delay = self.config.lock_delay;
        self.change(|store| services::call(store, domain, service, data, context, delay))
            .map_err(|fault| CallError { message: self.config.version.words(fault.message), ..fault })
    }

    /// What `get_config` and `/api/config` give.
    fn house(&self) -> Value {
        let mut house = json!({
            "allowlist_external_dirs": ["/config/media", "/config/www"],
            "allowlist_external_urls": [],
            "components": components(),
            "config_dir": "/config",
            "config_source": "yaml",
            "country": "GB",
            "currency": "GBP",
            "debug": false,
            "elevation": 10,
            "external_url": null,
            "internal_url": null,
            "language": "en",
            "latitude": 51.5,
            "location_name": "Studio Test",
            "longitude": -0.12,
            "radius": 100,
            "recovery_mode": false,
            "safe_mode": false,
            "state": "RUNNING",
            "time_zone": "UTC",
            "unit_system": {
                "length": "km",
                "accumulated_precipitation": "mm",
                "area": "m²",
                "mass": "g",
                "pressure": "Pa",
                "temperature": "°C",
                "volume": "L",
                "wind_speed": "m/s",
            },
            "version": self.config.version.to_string(),
            "whitelist_external_dirs": ["/config/media", "/config/www"],
        });
        if self.config.version.is_old()
            && let Some(map) = house.as_object_mut()
        {
            map.remove("debug");
            map.remove("radius");
            if let Some(units) = map.get_mut("unit_system").and_then(Value::as_object_mut) {
                units.remove("area");
            }
        }
        house
    }
}

fn components() -> Value {
    json!([
        "api",
        "auth",
        "binary_sensor",
        "camera",
        "counter",
        "homeassistant",
        "http",
        "input_boolean",
        "light",
        "lock",
        "persistent_notification",
        "scene",
        "sensor",
        "switch",
        "websocket_api",
    ])
}

/// How a simulated Home Assistant is to be. Made by [`HomeSim::builder`].
#[derive(Clone)]
#[must_use]
pub struct HomeBuilder {
    bind: SocketAddr,
    token: String,
    version: Version,
    lock_delay: Duration,
    auth_time: Duration,
}

impl std::fmt::Debug for HomeBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HomeBuilder").field("bind", &self.bind).field("token", &"[redacted]").finish_non_exhaustive()
    }
}

impl HomeBuilder {
    /// Where to listen: a free port of 127.0.0.1 unless set.
    pub fn bind(mut self, addr: SocketAddr) -> Self {
        self.bind = addr;
        self
    }

    /// The access token; `"test-secret-jwt"` unless set.
    pub fn token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    /// The version of Home Assistant, such as `"2024.3.3"`. `"2026.2.3"` unless set; text that is no version is ignored.
    pub fn version(mut self, version: &str) -> Self {
        if let Ok(version) = version.parse() {
            self.version = version;
        }
        self
    }

    /// How long a lock takes to turn: 50 ms unless set (2 s on the demo platform of the real one).
    pub fn lock_delay(mut self, delay: Duration) -> Self {
        self.lock_delay = delay;
        self
    }

    /// How long a WebSocket may wait with its login: 10 s unless set, as on the real one.
    pub fn auth_time(mut self, limit: Duration) -> Self {
        self.auth_time = limit;
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn start(self) -> io::Result<HomeSim> {
        let (bind, version) = (self.bind, self.version);
        let shared = Arc::new(Shared {
            config: self,
            knobs: Knobs::default(),
            seen: Seen::default(),
            store: Mutex::new(Store::studio(version)),
            events: broadcast::Sender::new(BACKLOG),
            stopping: watch::Sender::new(()),
        });
        let server = Server::start(bind, shared.knobs.clone(), serve(&shared)).await?;
        Ok(HomeSim { shared, server })
    }
}

type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

fn serve(shared: &Arc<Shared>) -> impl Fn(SimStream) -> Serving + Send + 'static {
    let shared = Arc::clone(shared);
    move |stream| Box::pin(rest::serve(Arc::clone(&shared), stream))
}

/// An entity's state as it is now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entity {
    /// Such as `light.key_light`.
    pub entity_id: String,
    /// Such as `on`.
    pub state: String,
    /// Its attributes.
    pub attributes: Map<String, Value>,
    /// The id of the context that wrote it.
    pub context_id: String,
}

/// A simulated Home Assistant. Dropping it closes its port and every connection.
pub struct HomeSim {
    shared: Arc<Shared>,
    server: Server,
}

impl std::fmt::Debug for HomeSim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HomeSim").field("addr", &self.addr()).finish_non_exhaustive()
    }
}

impl HomeSim {
    /// Starts one as it comes: token `test-secret-jwt`, a free port of 127.0.0.1.
    ///
    /// # Errors
    /// No port can be listened on.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Starts one to order.
    pub fn builder() -> HomeBuilder {
        HomeBuilder {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: "test-secret-jwt".to_owned(),
            version: Version(2026, 2, 3),
            lock_delay: Duration::from_millis(50),
            auth_time: Duration::from_secs(10),
        }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.addr())
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// The access token that it takes.
    pub fn token(&self) -> &str {
        &self.shared.config.token
    }

    /// Its faults.
    pub fn knobs(&self) -> &Knobs {
        &self.shared.knobs
    }

    /// The services that were called, as `domain.service`, unknown ones too; at most the last 10,000.
    pub fn calls(&self) -> Vec<String> {
        self.shared.seen.list()
    }

    /// An entity as it is now.
    pub fn entity(&self, id: &str) -> Option<Entity> {
        self.shared.read(|store| {
            store.get(id).map(|s| Entity {
                entity_id: s.entity_id.to_string(),
                state: s.state.clone(),
                attributes: (*s.attributes).clone(),
                context_id: s.context.id.to_string(),
            })
        })
    }

    /// Sets an entity's state as a device does, with an event that all subscribers hear. `attributes` is an object that
    /// replaces all there were; null keeps them.
    #[allow(clippy::needless_pass_by_value)]
    pub fn set_state(&self, id: &str, state: &str, attributes: Value) {
        self.shared.change(|store| {
            let attributes = match attributes {
                Value::Object(map) => map.into(),
                _ => store.get(id).map(|s| s.attributes.clone()).unwrap_or_default(),
            };
            store.set(id, state, attributes, false, &Context::of_nobody());
        });
    }

    /// Fires an event as something in the house does.
    pub fn fire(&self, event_type: &str, data: Value) {
        self.shared.change(|store| store.fire(event_type.to_owned(), data, "LOCAL", &Context::of_nobody()));
    }

    /// Quits and starts again on the same port: close 1000 with no reason, and everything as at the beginning.
    ///
    /// # Errors
    /// The port was taken by somebody else meanwhile.
    pub async fn restart(&self) -> io::Result<()> {
        self.stop().await;
        *lock(&self.shared.store) = Store::studio(self.shared.config.version);
        self.server.restart(serve(&self.shared)).await
    }

    /// Quits: close 1000 with no reason, and the port is closed.
    pub async fn stop(&self) {
        self.server.stop_listening().await;
        self.shared.stopping.send_replace(());
        self.server.drained(Duration::from_millis(300)).await;
        self.server.stop().await;
        self.server.drained(Duration::from_secs(1)).await;
    }
}
