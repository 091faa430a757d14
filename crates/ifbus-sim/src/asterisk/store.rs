//! The actions on the database and on states.

use super::actions::{item, listed, nothing};
use super::message::{Message, Request};
use super::world::World;

/// `None`: it is none of them.
pub(super) fn run(world: &mut World, action: &str, request: &Request) -> Option<String> {
    let done = |text: &str| Some(Message::success(request, text).end());
    let (family, key) = (request.some("Family"), request.some("Key"));
    match action {
        "dbput" => {
            let Some(family) = family else { return Some(nothing(request, "No family specified")) };
            let Some(key) = key else { return Some(nothing(request, "No key specified")) };
            let value = request.get("Val").unwrap_or_default().to_owned();
            world.database.insert((family.to_owned(), key.to_owned()), value);
            done("Updated database successfully")
        }
        "dbget" => {
            let Some(family) = family else { return Some(nothing(request, "No family specified.")) };
            let Some(key) = key else { return Some(nothing(request, "No key specified.")) };
            let Some(value) = world.database.get(&(family.to_owned(), key.to_owned())) else {
                return Some(nothing(request, "Database entry not found"));
            };
            let message = Message::default().with("Event", "DBGetResponse").with("Family", family).with("Key", key);
            let message = message.with("Val", value).id(request.action_id());
            listed(request, "Result will follow", vec![message], "DBGetComplete")
        }
        "dbgettree" => {
            let mut items = Vec::new();
            for ((of, key), value) in &world.database {
                if family.is_none_or(|family| family == of) {
                    let message = Message::default().with("Event", "DBGetTreeResponse");
                    let message = message.with("Key", format_args!("/{of}/{key}")).with("Val", value);
                    items.push(message.id(request.action_id()));
                }
            }
            listed(request, "Result will follow", items, "DBGetTreeComplete")
        }
        "dbdel" => {
            let entry = (family.unwrap_or_default().to_owned(), key.unwrap_or_default().to_owned());
            match world.database.remove(&entry) {
                Some(_) => done("Key deleted successfully"),
                None => Some(nothing(request, "Database entry could not be deleted")),
            }
        }
        "dbdeltree" => {
            let before = world.database.len();
            world.database.retain(|(of, key_of), _| {
                Some(of.as_str()) != family || key.is_some_and(|key| !key_of.starts_with(key))
            });
            if world.database.len() == before {
                return Some(nothing(request, "Database entry not found"));
            }
            done("Key tree deleted successfully")
        }
        "devicestatelist" => {
            let mut items = Vec::new();
            for phone in world.phones.keys() {
                let message = item("DeviceStateChange", request).with("Device", phone);
                items.push(message.with("State", state(world, phone)));
            }
            listed(request, "Device State Changes will follow", items, "DeviceStateListComplete")
        }
        "extensionstate" => {
            let Some(exten) = request.some("Exten") else { return Some(nothing(request, "Extension not specified")) };
            let known = world.extensions.contains_key(exten);
            let reply = Message::success(request, "Extension Status").with("Exten", exten);
            let reply = reply.with("Context", request.some("Context").unwrap_or("default")).with("Hint", "");
            let (status, text) = if known { (0, "Idle") } else { (-1, "Unknown") };
            Some(reply.with("Status", status).with("StatusText", text).end())
        }
        _ => None,
    }
}

/// Whether a phone is in use.
pub(super) fn state(world: &World, phone: &str) -> &'static str {
    let busy = world.channels.values().any(|channel| channel.device() == phone);
    if busy { "INUSE" } else { "NOT_INUSE" }
}
