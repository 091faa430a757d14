//! The services, and how a call is checked and done.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::color;
use super::ids::{Context, Stamp};
use super::schema;
use super::store::{State, Store};

/// Why a call failed, as WebSocket tells it.
#[derive(Debug)]
pub(super) struct CallError {
    pub(super) code: &'static str,
    pub(super) message: String,
    /// `translation_key`, `translation_placeholders`, `translation_domain`.
    pub(super) translation: Option<(&'static str, Value)>,
}

impl CallError {
    fn format(message: impl Into<String>) -> Self {
        Self { code: "invalid_format", message: message.into(), translation: None }
    }

    fn validation(message: &str, key: &'static str, placeholders: Value) -> Self {
        let message = format!("Validation error: {message}");
        Self { code: "service_validation_error", message, translation: Some((key, placeholders)) }
    }

    /// Whether REST blames the caller (400) or itself (500).
    pub(super) fn is_callers(&self) -> bool {
        matches!(self.code, "invalid_format" | "not_found")
    }
}

/// What a call still has to do when its time has come.
#[derive(Debug)]
pub(super) struct Later {
    pub(super) delay: Duration,
    entities: Vec<String>,
    state: &'static str,
}

/// A service: its domain and name, its fields with what they must be, whether it acts on entities.
pub(super) struct Service {
    pub(super) domain: &'static str,
    pub(super) name: &'static str,
    fields: &'static [(&'static str, Kind)],
    targets: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Any,
    Int,
    /// Numbers, each from 0 to one of these.
    Colour(&'static [u16]),
}

const ON: &[(&str, Kind)] = &[
    ("brightness", Kind::Int),
    ("brightness_pct", Kind::Int),
    ("rgb_color", Kind::Colour(color::RGB)),
    ("hs_color", Kind::Colour(color::HS)),
    ("color_name", Kind::Any),
    ("transition", Kind::Any),
    ("flash", Kind::Any),
    ("effect", Kind::Any),
];
const OFF: &[(&str, Kind)] = &[("transition", Kind::Any), ("flash", Kind::Any)];
const NONE: &[(&str, Kind)] = &[];
const CODE: &[(&str, Kind)] = &[("code", Kind::Any)];
const NOTE: &[(&str, Kind)] = &[("message", Kind::Any), ("title", Kind::Any), ("notification_id", Kind::Any)];

const fn on(domain: &'static str, name: &'static str, fields: &'static [(&'static str, Kind)]) -> Service {
    Service { domain, name, fields, targets: true }
}

const SERVICES: &[Service] = &[
    on("light", "turn_on", ON),
    on("light", "turn_off", OFF),
    on("light", "toggle", ON),
    on("switch", "turn_on", NONE),
    on("switch", "turn_off", NONE),
    on("switch", "toggle", NONE),
    on("camera", "turn_on", NONE),
    on("camera", "turn_off", NONE),
    on("input_boolean", "turn_on", NONE),
    on("input_boolean", "turn_off", NONE),
    on("input_boolean", "toggle", NONE),
    on("scene", "turn_on", &[("transition", Kind::Any)]),
    on("lock", "lock", CODE),
    on("lock", "unlock", CODE),
    on("lock", "open", CODE),
    on("counter", "increment", NONE),
    on("counter", "decrement", NONE),
    on("counter", "reset", NONE),
    on("homeassistant", "turn_on", ON),
    on("homeassistant", "turn_off", OFF),
    on("homeassistant", "toggle", ON),
    Service { domain: "persistent_notification", name: "create", fields: NOTE, targets: false },
    Service {
        domain: "persistent_notification",
        name: "dismiss",
        fields: &[("notification_id", Kind::Any)],
        targets: false,
    },
];

pub(super) const TARGETS: [&str; 5] = ["entity_id", "device_id", "area_id", "floor_id", "label_id"];

/// A service by its names.
pub(super) fn find(domain: &str, name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|s| s.domain == domain && s.name == name)
}

/// All services, as `get_services` lists them.
pub(super) fn list() -> Map<String, Value> {
    let mut domains = Map::new();
    for service in SERVICES {
        let fields: Map<_, _> = service.fields.iter().map(|(n, _)| ((*n).to_owned(), json!({}))).collect();
        let mut entry = json!({"fields": fields});
        if let (true, Some(entry)) = (service.targets, entry.as_object_mut()) {
            entry.insert("target".to_owned(), json!({"entity": [{"domain": [service.domain]}]}));
        }
        let domain = domains.entry(service.domain).or_insert_with(|| json!({}));
        if let Some(domain) = domain.as_object_mut() {
            domain.insert(service.name.to_owned(), entry);
        }
    }
    domains
}

/// A call under way.
pub(super) struct Call<'a> {
    store: &'a mut Store,
    context: &'a Context,
    data: &'a Map<String, Value>,
    /// Every state that the call wrote, in its order.
    pub(super) changed: Vec<Arc<State>>,
}

/// Runs a service. What it changed, and what remains to be done after a while.
pub(super) fn call(
    store: &mut Store,
    domain: &str,
    name: &str,
    data: &Arc<Map<String, Value>>,
    context: &Context,
    lock_delay: Duration,
) -> Result<(Vec<Arc<State>>, Option<Later>), CallError> {
    let Some(service) = find(domain, name) else {
        return Err(CallError {
            code: "not_found",
            message: format!("Service {domain}.{name} not found."),
            translation: Some(("service_not_found", json!({"domain": domain, "service": name}))),
        });
    };
    service.check(data)?;
    store.called(service.domain, service.name, data, context);
    let mut call = Call { store, context, data, changed: Vec::new() };
    let later = call.run(service, lock_delay)?;
    Ok((call.changed, later))
}

/// The rest of a call.
pub(super) fn finish(store: &mut Store, later: &Later, context: &Context) -> Vec<Arc<State>> {
    let none = Map::new();
    let mut call = Call { store, context, data: &none, changed: Vec::new() };
    for id in &later.entities {
        call.state(id, later.state);
    }
    call.changed
}

impl Service {
    fn check(&self, data: &Map<String, Value>) -> Result<(), CallError> {
        for (key, value) in data {
            if self.targets && TARGETS.contains(&key.as_str()) {
                continue;
            }
            let Some((_, kind)) = self.fields.iter().find(|(name, _)| name == key) else {
                return Err(CallError::format(format!("extra keys not allowed @ data['{key}']")));
            };
            match kind {
                Kind::Any => {}
                Kind::Int => {
                    if integer(value).is_none() {
                        let why = format!("expected int for dictionary value @ data['{key}']");
                        return Err(CallError::format(why));
                    }
                }
                Kind::Colour(limits) => color::check(key, value, limits).map_err(CallError::format)?,
            }
        }
        if self.domain == "persistent_notification" && self.name == "create" && !data.contains_key("message") {
            return Err(CallError::format("required key not provided @ data['message']"));
        }
        if self.targets && !TARGETS.iter().any(|t| data.contains_key(*t)) {
            let list = TARGETS.join(", ");
            return Err(CallError::format(format!("must contain at least one of {list}.")));
        }
        Ok(())
    }
}

/// What Python's `int()` makes of it.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().map(|f| f as i64)),
        Value::String(s) => s.trim().parse().ok(),
        Value::Bool(b) => Some(i64::from(*b)),
        _ => None,
    }
}

impl Call<'_> {
    fn run(&mut self, service: &Service, lock_delay: Duration) -> Result<Option<Later>, CallError> {
        let entities = self.entities(service.domain)?;
        match (service.domain, service.name) {
            ("lock", "open") => {
                if let Some(id) = entities.first() {
                    let why = format!("Entity {id} does not support action lock.open");
                    let words = json!({"domain": "lock", "service": "open", "entity_id": id});
                    return Err(CallError::validation(&why, "service_not_supported", words));
                }
            }
            ("lock", name) => {
                let (now, then) = if name == "lock" { ("locking", "locked") } else { ("unlocking", "unlocked") };
                for id in &entities {
                    self.state(id, now);
                }
                if !entities.is_empty() {
                    return Ok(Some(Later { delay: lock_delay, entities, state: then }));
                }
            }
            ("scene", _) => entities.iter().for_each(|id| self.scene(id)),
            ("counter", name) => entities.iter().for_each(|id| self.counter(id, name)),
            (_, name) => entities.iter().for_each(|id| self.switch(id, name)),
        }
        Ok(None)
    }

    /// The entities that are there, of those that the call names. The others are passed over in silence.
    fn entities(&self, domain: &str) -> Result<Vec<String>, CallError> {
        let fits = |id: &str| {
            let of = id.split('.').next().unwrap_or_default();
            of == domain || (domain == "homeassistant" && matches!(of, "light" | "switch" | "camera" | "input_boolean"))
        };
        let known = |id: &String| fits(id) && self.store.get(id).is_some();
        match self.data.get("entity_id") {
            None => Ok(Vec::new()),
            Some(Value::String(s)) if s == "none" => Ok(Vec::new()),
            Some(Value::String(s)) if s == "all" => {
                Ok(self.store.all().map(|s| s.entity_id.to_string()).filter(|id| fits(id)).collect())
            }
            Some(value) => match schema::entity_ids(value) {
                Some(ids) => Ok(ids.into_iter().filter(known).collect()),
                None => Err(CallError::format("not a valid value for dictionary value @ data['entity_id']")),
            },
        }
    }

    fn write(&mut self, id: &str, state: &str, attributes: Arc<Map<String, Value>>) {
        self.changed.extend(self.store.set(id, state, attributes, false, self.context));
    }

    /// Another state with the same attributes.
    fn state(&mut self, id: &str, state: &str) {
        let attributes = self.store.get(id).map(|s| s.attributes.clone()).unwrap_or_default();
        self.write(id, state, attributes);
    }

    fn switch(&mut self, id: &str, name: &str) {
        let was_on = || self.store.get(id).is_some_and(|s| s.state == "on");
        let on = if name == "toggle" { !was_on() } else { name == "turn_on" };
        match id.split('.').next() {
            Some("light") => self.light(id, on),
            // A camera that is on streams, one that is off is idle: so does the demo camera.
            Some("camera") => self.state(id, if on { "streaming" } else { "idle" }),
            _ => self.state(id, if on { "on" } else { "off" }),
        }
    }

    fn light(&mut self, id: &str, on: bool) {
        let asked = |key: &str| self.data.get(key).and_then(integer);
        let percent = asked("brightness_pct").map(|p| (p.clamp(0, 100) * 255 + 50) / 100);
        let brightness = asked("brightness").or(percent).map(|b| b.clamp(0, 255));
        let rgb = color::asked(self.data);
        self.set_light(id, on && brightness != Some(0), brightness, rgb);
    }

    /// Sets a lamp. What is not asked for is as it was when the lamp was last on.
    fn set_light(&mut self, id: &str, on: bool, brightness: Option<i64>, rgb: Option<[u8; 3]>) {
        let Some(now) = self.store.get(id).cloned() else { return };
        let mut attributes = (*now.attributes).clone();
        let values = if on {
            let lamp = self.store.lamps.entry(Arc::clone(&now.entity_id)).or_default();
            lamp.brightness = brightness.unwrap_or(lamp.brightness);
            lamp.rgb = rgb.unwrap_or(lamp.rgb);
            let rgb = json!(lamp.rgb);
            [
                ("color_mode", json!("rgb")),
                ("brightness", json!(lamp.brightness)),
                ("hs_color", color::hs(&rgb)),
                ("xy_color", color::xy(&rgb)),
                ("rgb_color", rgb),
            ]
        } else {
            ["color_mode", "brightness", "hs_color", "xy_color", "rgb_color"].map(|key| (key, Value::Null))
        };
        for (key, value) in values {
            match attributes.get_mut(key) {
                Some(place) => *place = value,
                None => drop(attributes.insert(key.to_owned(), value)),
            }
        }
        self.write(id, if on { "on" } else { "off" }, attributes.into());
    }

    fn scene(&mut self, id: &str) {
        self.state(id, &Stamp::now().to_string());
        let members = self.store.get(id).and_then(|s| s.attributes.get("entity_id")).cloned().unwrap_or_default();
        for member in schema::entity_ids(&members).unwrap_or_default() {
            let brightness = if member == "light.key_light" { 200 } else { 90 };
            self.set_light(&member, true, Some(brightness), None);
        }
    }

    fn counter(&mut self, id: &str, name: &str) {
        let Some(now) = self.store.get(id) else { return };
        let value: i64 = now.state.parse().unwrap_or(0);
        let step = now.attributes.get("step").and_then(Value::as_i64).unwrap_or(1);
        let initial = now.attributes.get("initial").and_then(Value::as_i64).unwrap_or(0);
        let next = match name {
            "increment" => value.saturating_add(step),
            "decrement" => value.saturating_sub(step),
            _ => initial,
        };
        self.state(id, &next.to_string());
    }
}
