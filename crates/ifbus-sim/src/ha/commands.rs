//! The commands of the WebSocket: their parameters checked, and what they give.

use serde_json::{Map, Value, json};

use super::ids::USER;
use super::schema::{self, Pairs, expected, extra, missing, repr};
use super::services::{CallError, TARGETS};
use super::subscriptions::{Filter, Patterns, Trigger, TriggerOn};
use super::version::Version;

/// A command whose parameters are in order.
pub(super) enum Command {
    Ping,
    GetStates,
    GetConfig,
    GetServices,
    CurrentUser,
    SupportedFeatures { coalesce: bool },
    CallService { domain: String, service: String, data: Map<String, Value>, respond: bool },
    SubscribeEvents(Option<String>),
    SubscribeEntities(Filter),
    SubscribeTrigger(Vec<Trigger>),
    Unsubscribe(u64),
    FireEvent { kind: String, data: Value },
    ExtractFromTarget(Map<String, Value>),
}

type Checked<T> = Result<T, CallError>;

fn bad<T>(message: impl Into<String>) -> Checked<T> {
    Err(CallError { code: "invalid_format", message: message.into(), translation: None })
}

/// Reads a command, of which `map` is what there is beside the type; `None` if there is none of that type.
pub(super) fn read(version: Version, kind: &str, map: Map<String, Value>, text: &str) -> Option<Checked<Command>> {
    let plain = |command: Command| {
        // The id.
        if map.len() == 1 {
            return Ok(command);
        }
        if version.is_old() {
            return only(&map, &[]).map(|()| command);
        }
        let pairs = serde_json::from_str::<Pairs>(text).map(|p| p.0).unwrap_or_default();
        bad(format!("extra keys not allowed. Got {}", schema::repr_pairs(pairs.iter().map(|(k, v)| (k, v)))))
    };
    let read = match kind {
        "ping" => plain(Command::Ping),
        "get_states" => plain(Command::GetStates),
        "get_config" => plain(Command::GetConfig),
        "get_services" => plain(Command::GetServices),
        "auth/current_user" => plain(Command::CurrentUser),
        "supported_features" => supported_features(&map),
        "call_service" => call_service(map),
        "subscribe_events" => subscribe_events(map),
        "subscribe_entities" => subscribe_entities(map),
        "subscribe_trigger" => subscribe_trigger(&map),
        "unsubscribe_events" => unsubscribe(&map),
        "fire_event" => fire_event(map),
        "extract_from_target" => extract(map),
        _ => return None,
    };
    Some(read.map_err(|fault| CallError { message: version.words(fault.message), ..fault }))
}

/// Refuses keys beyond those named; the id is always there.
fn only(map: &Map<String, Value>, keys: &[&str]) -> Checked<()> {
    match map.iter().find(|(k, _)| k.as_str() != "id" && !keys.contains(&k.as_str())) {
        Some((key, value)) => bad(extra(key, value)),
        None => Ok(()),
    }
}

/// Takes text out of the map.
fn text(map: &mut Map<String, Value>, key: &str) -> Checked<Option<String>> {
    match map.remove(key) {
        None => Ok(None),
        Some(Value::String(s)) => Ok(Some(s)),
        Some(other) => bad(expected("str", key, &other)),
    }
}

fn required_text(map: &mut Map<String, Value>, key: &str) -> Checked<String> {
    text(map, key)?.map_or_else(|| bad(missing(key)), Ok)
}

fn dict(map: &mut Map<String, Value>, key: &str) -> Checked<Map<String, Value>> {
    match map.remove(key) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(o)) => Ok(o),
        Some(other) => bad(expected("dict", key, &other)),
    }
}

fn supported_features(map: &Map<String, Value>) -> Checked<Command> {
    only(map, &["features"])?;
    let Some(features) = map.get("features") else { return bad(missing("features")) };
    let Some(features) = features.as_object() else { return bad(expected("dict", "features", features)) };
    if let Some((name, value)) = features.iter().find(|(_, v)| !v.is_i64() && !v.is_u64()) {
        let got = repr(value);
        return bad(format!("expected int for dictionary value @ data['features']['{name}']. Got {got}"));
    }
    let coalesce = features.get("coalesce_messages").and_then(Value::as_i64).is_some_and(|n| n > 0);
    Ok(Command::SupportedFeatures { coalesce })
}

fn target(map: &mut Map<String, Value>) -> Checked<Map<String, Value>> {
    let target = dict(map, "target")?;
    for (key, value) in &target {
        if !TARGETS.contains(&key.as_str()) {
            return bad(format!("extra keys not allowed @ data['target']['{key}']. Got {}", repr(value)));
        }
        let special = matches!(value.as_str(), Some("all" | "none"));
        if key == "entity_id" && !special && schema::entity_ids(value).is_none() {
            let got = repr(value);
            let why = format!("not a valid value for dictionary value @ data['target']['entity_id']. Got {got}");
            return bad(why);
        }
    }
    Ok(target)
}

fn call_service(mut map: Map<String, Value>) -> Checked<Command> {
    only(&map, &["domain", "service", "service_data", "target", "return_response"])?;
    let (domain, service) = (required_text(&mut map, "domain")?, required_text(&mut map, "service")?);
    let mut data = dict(&mut map, "service_data")?;
    data.append(&mut target(&mut map)?);
    let respond = match map.get("return_response") {
        None => false,
        Some(Value::Bool(b)) => *b,
        Some(other) => return bad(expected("bool", "return_response", other)),
    };
    Ok(Command::CallService { domain, service, data, respond })
}

fn subscribe_events(mut map: Map<String, Value>) -> Checked<Command> {
    only(&map, &["event_type"])?;
    Ok(Command::SubscribeEvents(text(&mut map, "event_type")?.filter(|kind| kind != "*")))
}

fn subscribe_entities(mut map: Map<String, Value>) -> Checked<Command> {
    only(&map, &["entity_ids", "include", "exclude"])?;
    let ids = match map.get("entity_ids") {
        None => None,
        Some(value) => match schema::entity_ids(value) {
            Some(ids) => Some(ids),
            None => {
                let wrong = match value {
                    Value::Array(list) => list.iter().find(|v| schema::entity_ids(v).is_none()).unwrap_or(value),
                    other => other,
                };
                let name = wrong.as_str().map_or_else(|| repr(wrong), str::to_owned);
                let got = repr(value);
                return bad(format!(
                    "Entity ID {name} is an invalid entity ID for dictionary value @ data['entity_ids']. Got {got}"
                ));
            }
        },
    };
    Ok(Command::SubscribeEntities(Filter {
        ids,
        include: patterns(&mut map, "include")?,
        exclude: patterns(&mut map, "exclude")?,
    }))
}

fn patterns(map: &mut Map<String, Value>, key: &str) -> Checked<Option<Patterns>> {
    if !map.contains_key(key) {
        return Ok(None);
    }
    let parts = dict(map, key)?;
    let list = |name: &str| match parts.get(name) {
        Some(Value::String(s)) => vec![s.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    Ok(Some(Patterns { domains: list("domains"), entities: list("entities"), globs: list("entity_globs") }))
}

fn subscribe_trigger(map: &Map<String, Value>) -> Checked<Command> {
    only(map, &["trigger", "variables"])?;
    let Some(given) = map.get("trigger") else { return bad(missing("trigger")) };
    let list = given.as_array().cloned().unwrap_or_else(|| vec![given.clone()]);
    let triggers = list.iter().enumerate().map(|(i, t)| trigger(map, i, t)).collect::<Checked<_>>()?;
    Ok(Command::SubscribeTrigger(triggers))
}

fn trigger(map: &Map<String, Value>, idx: usize, given: &Value) -> Checked<Trigger> {
    let platform = given.get("platform").or_else(|| given.get("trigger")).and_then(Value::as_str).unwrap_or_default();
    let words = |key: &str| match given.get(key) {
        Some(Value::String(s)) => Some(vec![s.clone()]),
        Some(Value::Array(list)) => Some(list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()),
        _ => None,
    };
    let on = match platform {
        "state" => {
            let Some(entities) = given.get("entity_id").and_then(schema::entity_ids) else {
                return bad(missing("entity_id"));
            };
            TriggerOn::State { entities, from: words("from"), to: words("to") }
        }
        "numeric_state" => {
            let Some(entities) = given.get("entity_id").and_then(schema::entity_ids) else {
                return bad(missing("entity_id"));
            };
            let bound = |key: &str| given.get(key).and_then(Value::as_f64);
            let (above, below) = (bound("above"), bound("below"));
            if above.is_none() && below.is_none() {
                return bad("must contain at least one of below, above.");
            }
            TriggerOn::Number { entities, above, below }
        }
        "event" => match given.get("event_type").and_then(Value::as_str) {
            Some(kind) => TriggerOn::Event(kind.to_owned()),
            None => return bad(missing("event_type")),
        },
        other => {
            let id = map.get("id").map(repr).unwrap_or_default();
            let list = format!("[{}]", repr(given));
            let got = format!("{{'id': {id}, 'type': 'subscribe_trigger', 'trigger': {list}}}");
            return bad(format!("Invalid trigger '{other}' specified. Got {got}"));
        }
    };
    let idx = idx.to_string();
    let id = given.get("id").and_then(Value::as_str).map_or_else(|| idx.clone(), str::to_owned);
    Ok(Trigger { id, idx, on })
}

fn unsubscribe(map: &Map<String, Value>) -> Checked<Command> {
    only(map, &["subscription"])?;
    match map.get("subscription") {
        None => bad(missing("subscription")),
        Some(value) => match value.as_u64() {
            Some(id) => Ok(Command::Unsubscribe(id)),
            None => bad(expected("int", "subscription", value)),
        },
    }
}

fn fire_event(mut map: Map<String, Value>) -> Checked<Command> {
    only(&map, &["event_type", "event_data"])?;
    let kind = required_text(&mut map, "event_type")?;
    let data = Value::Object(dict(&mut map, "event_data")?);
    if kind.chars().count() > 64 {
        let words = json!({"value": kind, "property_name": "event_type", "max_length": "64"});
        return Err(CallError {
            code: "home_assistant_error",
            message: format!("Value {kind} for property event_type has a maximum length of 64 characters"),
            translation: Some(("max_length_exceeded", words)),
        });
    }
    Ok(Command::FireEvent { kind, data })
}

fn extract(mut map: Map<String, Value>) -> Checked<Command> {
    only(&map, &["target", "expand_group"])?;
    if !map.contains_key("target") {
        return bad(missing("target"));
    }
    Ok(Command::ExtractFromTarget(target(&mut map)?))
}

/// What `extract_from_target` gives: there are no areas, devices, floors or labels here.
pub(super) fn extracted(target: &Map<String, Value>) -> Value {
    let words = |key: &str| match target.get(key) {
        Some(Value::String(s)) => vec![s.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    json!({
        "referenced_entities": target.get("entity_id").and_then(schema::entity_ids).unwrap_or_default(),
        "referenced_devices": [],
        "referenced_areas": [],
        "missing_devices": words("device_id"),
        "missing_areas": words("area_id"),
        "missing_floors": words("floor_id"),
        "missing_labels": words("label_id"),
    })
}

pub(super) fn current_user() -> Value {
    json!({
        "id": USER,
        "name": "Test Owner",
        "is_owner": true,
        "is_admin": true,
        "credentials": [{"auth_provider_type": "homeassistant", "auth_provider_id": null}],
        "mfa_modules": [{"id": "totp", "name": "Authenticator app", "enabled": false}],
    })
}
