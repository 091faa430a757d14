//! The actions on bridges, conferences and parking lots.

use super::actions::{item, listed, nothing};
use super::message::{Message, Request};
use super::world::World;

/// The actions on bridges, conferences and parking lots; `None`: it is none of them.
pub(super) fn run(world: &mut World, action: &str, request: &Request) -> Option<String> {
    let done = |text: &str| Some(Message::success(request, text).end());
    let room = request.some("Conference").unwrap_or_default().to_owned();
    let absent = !world.conferences.contains_key(&room);
    match action {
        "bridgelist" => {
            let items = world.bridges.values().map(|bridge| {
                let mut message = item("BridgeListItem", request);
                bridge.snapshot(&mut message);
                message
            });
            listed(request, "Bridge listing will follow", items.collect(), "BridgeListComplete")
        }
        "bridgeinfo" => {
            let Some(id) = request.some("BridgeUniqueid") else {
                return Some(nothing(request, "BridgeUniqueid must be provided"));
            };
            let Some(bridge) = world.bridges.get(id) else {
                return Some(nothing(request, "Specified BridgeUniqueid not found"));
            };
            let items = bridge.channels.iter().filter_map(|id| {
                let mut message = item("BridgeInfoChannel", request);
                world.channels.get(id)?.snapshot("", &mut message);
                Some(message)
            });
            listed(request, "Bridge channel listing will follow", items.collect(), "BridgeInfoComplete")
        }
        "bridgekick" => match request.some("Channel").and_then(|name| world.by_name(name)) {
            Some(channel) => {
                let id = channel.uniqueid.clone();
                world.leave_bridge(&id, false);
                world.hang_up(&id, 16);
                done("Channel has been kicked")
            }
            None => Some(nothing(request, "Channel does not exist")),
        },
        "confbridgelistrooms" => {
            if world.conferences.is_empty() {
                return Some(nothing(request, "No active conferences."));
            }
            let items = world.conferences.iter().map(|(name, conference)| {
                let marked = conference.members.iter().filter(|(_, admin, _)| *admin).count();
                let message = item("ConfbridgeListRooms", request).with("Conference", name);
                let message = message.with("Parties", conference.members.len()).with("Marked", marked);
                message.with("Locked", if conference.locked { "Yes" } else { "No" }).with("Muted", "No")
            });
            let items = items.collect();
            listed(request, "Confbridge conferences will follow", items, "ConfbridgeListRoomsComplete")
        }
        name if name.starts_with("confbridge") && absent => Some(nothing(
            request,
            if world.conferences.is_empty() { "No active conferences." } else { "No Conference by that name found." },
        )),
        "confbridgelist" => {
            let yes = |yes: bool| if yes { "Yes" } else { "No" };
            let items = world.conferences.get(&room)?.members.iter().filter_map(|(id, admin, muted)| {
                let channel = world.channels.get(id)?;
                let mut message = item("ConfbridgeList", request).with("Conference", &room);
                for (key, value) in [("Admin", *admin), ("MarkedUser", *admin), ("WaitMarked", false)] {
                    message.put(key, yes(value));
                }
                for (key, value) in [("EndMarked", false), ("EndMarkedAny", false), ("Waiting", false)] {
                    message.put(key, yes(value));
                }
                message.put("Muted", yes(*muted));
                message.put("Talking", "No");
                message.put("AnsweredTime", channel.since.elapsed().as_secs());
                channel.snapshot("", &mut message);
                Some(message)
            });
            listed(request, "Confbridge user list will follow", items.collect(), "ConfbridgeListComplete")
        }
        "confbridgemute" | "confbridgeunmute" => {
            let mute = action == "confbridgemute";
            if world.mute_conference(&room, request.get("Channel").unwrap_or_default(), mute) {
                done(if mute { "User muted" } else { "User unmuted" })
            } else {
                Some(nothing(request, "No Channel by that name found in Conference."))
            }
        }
        "confbridgekick" => {
            let who = request.get("Channel").unwrap_or_default().to_owned();
            let members = world.conferences.get(&room)?.members.clone();
            let named = |world: &World, id: &str| world.channels.get(id).is_some_and(|channel| channel.name == who);
            let chosen: Vec<_> = members.iter().filter(|(id, ..)| who == "all" || named(world, id)).collect();
            if chosen.is_empty() {
                return Some(nothing(request, "No Channel by that name found in Conference."));
            }
            chosen.iter().for_each(|(id, ..)| world.hang_up(id, 16));
            done(if who == "all" { "All participants kicked" } else { "User kicked" })
        }
        "confbridgelock" | "confbridgeunlock" => {
            let locked = action == "confbridgelock";
            world.conferences.get_mut(&room)?.locked = locked;
            done(if locked { "Conference locked" } else { "Conference unlocked" })
        }
        "confbridgestartrecord" | "confbridgestoprecord" => {
            let start = action == "confbridgestartrecord";
            let file = start.then(|| request.some("RecordFile").unwrap_or("confbridge.wav"));
            match world.record_conference(&room, file) {
                Ok(()) => done(if start { "Conference Recording Started." } else { "Conference Recording Stopped." }),
                Err(text) => Some(nothing(request, text)),
            }
        }
        "parkedcalls" => {
            let items = world.parked.iter().map(|parked| {
                let mut message = Message::default().with("Event", "ParkedCall");
                parked.fields(world, &mut message);
                message.id(request.action_id())
            });
            listed(request, "Parked calls will follow", items.collect(), "ParkedCallsComplete")
        }
        "parkinglots" => {
            let lot = item("Parkinglot", request).with("Name", "default").with("StartSpace", 701);
            let lot = lot.with("StopSpace", 720).with("Timeout", 45);
            listed(request, "Parking lots will follow", vec![lot], "ParkinglotsComplete")
        }
        _ => None,
    }
}
