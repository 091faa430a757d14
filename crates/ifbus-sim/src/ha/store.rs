//! The entities, and the events that their changes make.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::ids::{Context, Stamp};
use super::version::Version;

/// One entity's state.
#[derive(Clone, Debug, Serialize)]
pub(super) struct State {
    pub(super) entity_id: Arc<str>,
    pub(super) state: String,
    pub(super) attributes: Arc<Map<String, Value>>,
    pub(super) last_changed: Stamp,
    /// Only newer versions tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_reported: Option<Stamp>,
    pub(super) last_updated: Stamp,
    pub(super) context: Context,
}

/// What happened to an entity. No old state: it is new. No new state: it is gone.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) entity_id: Arc<str>,
    pub(super) old: Option<Arc<State>>,
    pub(super) new: Option<Arc<State>>,
}

/// An event on the bus.
#[derive(Debug)]
pub(super) struct Event {
    /// Counts all events; a subscription hears those after its start.
    pub(super) seq: u64,
    pub(super) kind: Cow<'static, str>,
    pub(super) context: Context,
    what: What,
    origin: &'static str,
    time_fired: Stamp,
    /// Written by the first who hears it, for all; most events are heard in their short form or not at all.
    json: OnceLock<String>,
}

#[derive(Debug)]
enum What {
    /// What the house itself tells of its entities; an event of that name may be forged by anybody.
    Change(Change),
    /// What it tells of a call, likewise; read only if anybody hears it.
    Call(ServiceCall),
    Given(Value),
}

impl Event {
    /// What happened to an entity.
    pub(super) fn change(&self) -> Option<&Change> {
        match &self.what {
            What::Change(change) => Some(change),
            What::Call(_) | What::Given(_) => None,
        }
    }

    /// The event object.
    pub(super) fn json(&self) -> &str {
        self.json.get_or_init(|| match &self.what {
            What::Change(Change { entity_id, old, new }) => {
                self.write(ChangeJson { entity_id, old_state: old.as_deref(), new_state: new.as_deref() })
            }
            What::Call(call) => self.write(call),
            What::Given(data) => self.write(data),
        })
    }

    fn write(&self, data: impl Serialize) -> String {
        let event = EventJson {
            event_type: &self.kind,
            data,
            origin: self.origin,
            time_fired: self.time_fired,
            context: &self.context,
        };
        serde_json::to_string(&event).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct EventJson<'a, D> {
    event_type: &'a str,
    data: D,
    origin: &'a str,
    time_fired: Stamp,
    context: &'a Context,
}

#[derive(Debug, Serialize)]
struct ServiceCall {
    domain: &'static str,
    service: &'static str,
    service_data: Arc<Map<String, Value>>,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    entity_id: &'a str,
    old_state: Option<&'a State>,
    new_state: Option<&'a State>,
}

/// What a lamp remembers while it is off.
#[derive(Debug)]
pub(super) struct Lamp {
    pub(super) brightness: i64,
    pub(super) rgb: [u8; 3],
}

impl Default for Lamp {
    fn default() -> Self {
        Self { brightness: 255, rgb: [255; 3] }
    }
}

/// The entities and the events not yet told.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) lamps: BTreeMap<Arc<str>, Lamp>,
    is_old: bool,
    entities: BTreeMap<Arc<str>, Arc<State>>,
    pub(super) seq: u64,
    pub(super) events: Vec<Event>,
}

impl Store {
    pub(super) fn get(&self, id: &str) -> Option<&Arc<State>> {
        self.entities.get(id)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<State>> {
        self.entities.values()
    }

    /// Fires an event of any kind.
    pub(super) fn fire(
        &mut self,
        kind: impl Into<Cow<'static, str>>,
        data: Value,
        origin: &'static str,
        context: &Context,
    ) {
        self.push(kind.into(), What::Given(data), origin, context);
    }

    /// Tells that a service is called.
    pub(super) fn called(
        &mut self,
        domain: &'static str,
        service: &'static str,
        data: &Arc<Map<String, Value>>,
        context: &Context,
    ) {
        let call = ServiceCall { domain, service, service_data: Arc::clone(data) };
        self.push("call_service".into(), What::Call(call), "LOCAL", context);
    }

    fn push(&mut self, kind: Cow<'static, str>, what: What, origin: &'static str, context: &Context) {
        // A change is told as of the moment of the change.
        let time_fired = match &what {
            What::Change(Change { new: Some(new), .. }) => new.last_updated,
            _ => Stamp::now(),
        };
        self.seq += 1;
        let (context, json) = (context.clone(), OnceLock::new());
        self.events.push(Event { seq: self.seq, kind, context, what, origin, time_fired, json });
    }

    /// Writes a state; whether that made it another one. The same once more is no change, unless forced.
    pub(super) fn set(
        &mut self,
        id: &str,
        state: &str,
        attributes: Arc<Map<String, Value>>,
        force: bool,
        context: &Context,
    ) -> Option<Arc<State>> {
        let old = self.entities.get(id).cloned();
        let same_state = old.as_ref().is_some_and(|o| o.state == state) && !force;
        let same = |o: &Arc<State>| Arc::ptr_eq(&o.attributes, &attributes) || o.attributes == attributes;
        if same_state && old.as_ref().is_some_and(same) {
            return None;
        }
        let now = Stamp::now();
        let entity_id = old.as_ref().map_or_else(|| Arc::from(id), |o| Arc::clone(&o.entity_id));
        let new = Arc::new(State {
            entity_id: Arc::clone(&entity_id),
            state: state.to_owned(),
            attributes,
            last_changed: old.as_ref().filter(|_| same_state).map_or(now, |o| o.last_changed),
            last_reported: (!self.is_old).then_some(now),
            last_updated: now,
            context: context.clone(),
        });
        self.entities.insert(Arc::clone(&entity_id), Arc::clone(&new));
        self.tell(Change { entity_id, old, new: Some(Arc::clone(&new)) }, context);
        Some(new)
    }

    /// Takes an entity away; whether there was one.
    pub(super) fn remove(&mut self, id: &str, context: &Context) -> bool {
        let Some(old) = self.entities.remove(id) else { return false };
        self.tell(Change { entity_id: Arc::clone(&old.entity_id), old: Some(old), new: None }, context);
        true
    }

    fn tell(&mut self, change: Change, context: &Context) {
        self.push("state_changed".into(), What::Change(change), "LOCAL", context);
    }

    /// A house with a small studio.
    pub(super) fn studio(version: Version) -> Self {
        let mut store = Self { is_old: version.is_old(), ..Self::default() };
        let context = Context::of_nobody();
        for (id, state, attributes) in studio() {
            let attributes = attributes.as_object().cloned().unwrap_or_default();
            store.set(id, state, attributes.into(), false, &context);
        }
        store.events.clear();
        store
    }
}

fn light(name: &str) -> Value {
    json!({
        "supported_color_modes": ["rgb"],
        "color_mode": null,
        "brightness": null,
        "hs_color": null,
        "rgb_color": null,
        "xy_color": null,
        "friendly_name": name,
        "supported_features": 32,
    })
}

fn camera(id: &str, name: &str) -> Value {
    let token = format!("{:032x}{:032x}", fastrand::u128(..), fastrand::u128(..));
    let picture = format!("/api/camera_proxy/{id}?token={token}");
    json!({"access_token": token, "entity_picture": picture, "friendly_name": name, "supported_features": 3})
}

fn studio() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("light.key_light", "off", light("Key Light")),
        ("light.fill_light", "off", light("Fill Light")),
        ("light.on_air_sign", "off", light("On Air Sign")),
        ("camera.studio_front", "idle", camera("camera.studio_front", "Studio Front")),
        ("camera.studio_side", "idle", camera("camera.studio_side", "Studio Side")),
        ("switch.monitor_wall", "off", json!({"friendly_name": "Monitor Wall"})),
        ("binary_sensor.studio_motion", "off", json!({"device_class": "motion", "friendly_name": "Studio Motion"})),
        (
            "sensor.studio_temperature",
            "21.4",
            json!({"unit_of_measurement": "°C", "device_class": "temperature", "friendly_name": "Studio Temperature"}),
        ),
        ("input_boolean.on_air", "off", json!({"editable": false, "icon": "mdi:broadcast", "friendly_name": "ON AIR"})),
        ("lock.studio_door", "locked", json!({"friendly_name": "Studio Door", "supported_features": 0})),
        (
            "scene.interview",
            "unknown",
            json!({
                "entity_id": ["light.key_light", "light.fill_light"],
                "id": "interview",
                "friendly_name": "Interview",
            }),
        ),
        ("counter.takes", "0", json!({"editable": false, "initial": 0, "step": 1, "friendly_name": "Takes"})),
    ]
}
