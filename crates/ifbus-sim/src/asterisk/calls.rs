//! The actions on channels.

use super::Shared;
use super::actions::{Outcome, item, listed, nothing};
use super::channel::{Channel, Goal, Originate, Purpose};
use super::message::{Message, Request};
use super::store::state;
use super::world::World;
use std::sync::Arc;
use std::time::Duration;

/// What the state of a device of one's own may be set to.
const DEVICE_STATES: [&str; 9] =
    ["UNKNOWN", "NOT_INUSE", "INUSE", "BUSY", "INVALID", "UNAVAILABLE", "RINGING", "RINGINUSE", "ONHOLD"];

/// The longest channel id that a request may choose.
const MAX_UNIQUEID: usize = 149;

pub(super) fn originate(shared: &Arc<Shared>, request: &Request) -> Outcome {
    let refuse = |text: &str| Outcome::Reply(Message::error(request, text).end());
    let Some(channel) = request.some("Channel") else { return refuse("Channel not specified") };
    if !channel.contains('/') {
        return refuse("Invalid channel");
    }
    let ids = (request.some("ChannelId"), request.some("OtherChannelId"));
    if [ids.0, ids.1].into_iter().flatten().any(|id| id.len() > MAX_UNIQUEID) {
        return refuse("Uniqueid length exceeds maximum of 149");
    }
    let Ok(timeout) = request.some("Timeout").map_or(Ok(30_000), str::parse) else { return refuse("Invalid timeout") };
    let goal = if let Some(name) = request.some("Application") {
        Goal::Application { name: name.to_owned(), data: request.get("Data").unwrap_or_default().to_owned() }
    } else if let (Some(exten), Some(context), Some(priority)) =
        (request.some("Exten"), request.some("Context"), request.some("Priority"))
    {
        if priority.parse::<u32>().is_err() {
            return refuse("Invalid priority");
        }
        let text = |text: &str| text.to_owned();
        Goal::Exten { context: text(context), exten: text(exten), priority: text(priority) }
    } else {
        return refuse("Originate with 'Exten' requires 'Context' and 'Priority'");
    };
    let ticket = match request.some("Async") {
        Some(text) if ["true", "yes", "1", "on"].iter().any(|yes| text.eq_ignore_ascii_case(yes)) => None,
        _ => Some(shared.ticket()),
    };
    let originate = Originate {
        action_id: request.action_id().map(str::to_owned),
        channel: channel.to_owned(),
        chosen_id: ids.0.is_some(),
        goal,
        ticket,
    };
    let variables: Vec<(String, String)> = request
        .all("Variable")
        .flat_map(variables)
        .filter_map(|pair| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect();
    let caller = request.some("CallerID").map(caller_id).unwrap_or_default();
    let account = request.get("Account").unwrap_or_default().to_owned();
    shared.change(|world| {
        if let Goal::Exten { context, exten, .. } = &originate.goal
            && world.extension(context, exten).is_none()
        {
            return refuse("Extension does not exist.");
        }
        let taken = ids.0.is_some_and(|id| world.channels.contains_key(id));
        let purpose = Purpose::Originate(Box::new(originate.clone()));
        let prepare = |channel: &mut Channel| {
            channel.variables.clone_from(&variables);
            channel.caller.clone_from(&caller);
            channel.account.clone_from(&account);
        };
        let called =
            if taken { None } else { world.call(channel, ids, purpose, Duration::from_millis(timeout), prepare) };
        match (called, ticket) {
            (None, Some(_)) => return refuse("Originate failed"),
            (None, None) => world.originated(&originate, None, 0),
            (Some(_), _) => {}
        }
        ticket.map_or_else(
            || Outcome::Reply(Message::success(request, "Originate successfully queued").end()),
            Outcome::Wait,
        )
    })
}

/// Pairs between commas; quotes keep a comma, and a backslash what is behind it.
fn variables(list: &str) -> Vec<String> {
    let (mut pairs, mut quoted, mut chars) = (vec![String::new()], false, list.chars());
    while let Some(c) = chars.next() {
        match (c, pairs.last_mut()) {
            ('"', _) => quoted = !quoted,
            (',', _) if !quoted => pairs.push(String::new()),
            ('\\', Some(pair)) => pair.extend(chars.next()),
            (c, Some(pair)) => pair.push(c),
            (_, None) => {}
        }
    }
    pairs
}

/// `"Name" <number>`, or a number alone.
fn caller_id(text: &str) -> (String, String) {
    let Some((name, number)) = text.split_once('<') else { return (text.to_owned(), String::new()) };
    (number.trim_end_matches('>').to_owned(), name.trim().trim_matches('"').to_owned())
}

/// The channel that a header names; the error is the answer.
fn channel(world: &World, request: &Request, header: &str, missing: &str, gone: &str) -> Result<String, String> {
    let Some(name) = request.some(header) else { return Err(Message::error(request, missing).end()) };
    let text = gone.replace("{}", name);
    world.by_name(name).map(|channel| channel.uniqueid.clone()).ok_or_else(|| Message::error(request, &text).end())
}

/// The actions on channels; `None`: it is none of them.
pub(super) fn run(world: &mut World, action: &str, request: &Request) -> Option<String> {
    let done = |text: &str| Some(Message::success(request, text).end());
    let needed = |world: &World, gone: &str| channel(world, request, "Channel", "No channel specified", gone);
    /// Takes what was found, or answers with what is wrong.
    macro_rules! found {
        ($found:expr) => {
            match $found {
                Ok(found) => found,
                Err(answer) => return Some(answer),
            }
        };
    }
    match action {
        "coreshowchannels" => {
            let items = world.channels.values().map(|channel| {
                let mut message = item("CoreShowChannel", request);
                channel.snapshot("", &mut message);
                let age = channel.since.elapsed().as_secs();
                message.put("Application", channel.application.0);
                message.put("ApplicationData", &channel.application.1);
                message.put("Duration", format_args!("{:02}:{:02}:{:02}", age / 3600, age / 60 % 60, age % 60));
                message.put("BridgeId", channel.bridge.as_deref().unwrap_or_default());
                message
            });
            listed(request, "Channels will follow", items.collect(), "CoreShowChannelsComplete")
        }
        "coreshowchannelmap" => {
            let id = found!(needed(world, "Could not get channel snapshot"));
            let linked = world.channels.get(&id)?.linkedid.clone();
            let connected = world.channels.values().filter(|other| other.linkedid == linked && other.uniqueid != id);
            let items =
                connected.map(|other| item("CoreShowChannelMap", request).with("ConnectedChannel", &other.name));
            listed(request, "Channel map will follow", items.collect(), "CoreShowChannelMapComplete")
        }
        "status" => {
            let one = match request.some("Channel") {
                Some(_) => Some(found!(needed(world, "No such channel"))),
                None => None,
            };
            let chosen =
                world.channels.values().filter(|channel| one.as_ref().is_none_or(|id| *id == channel.uniqueid));
            let items = chosen.map(|channel| {
                let mut message = Message::default().with("Event", "Status").with("Privilege", "Call");
                channel.snapshot("", &mut message);
                message.put("Type", channel.name.split('/').next().unwrap_or_default());
                message.put("Application", channel.application.0);
                message.put("Data", &channel.application.1);
                message.put("Seconds", channel.since.elapsed().as_secs());
                for name in request.some("Variables").unwrap_or_default().split(',').filter(|name| !name.is_empty()) {
                    message.put("Variable", format_args!("{name}={}", channel.variable(name).unwrap_or("(null)")));
                }
                message.id(request.action_id())
            });
            listed(request, "Channel status will follow", items.collect(), "StatusComplete")
        }
        "hangup" => {
            if let Some(pattern) = request.some("Channel").and_then(|name| name.strip_prefix('/')?.strip_suffix('/')) {
                return hang_up_all(world, pattern, request);
            }
            let id = found!(needed(world, "No such channel"));
            let cause = request.some("Cause").and_then(|cause| cause.parse().ok()).unwrap_or(16u8);
            world.tell("SoftHangupRequest", &id, &[("Cause", &cause.to_string())]);
            world.hang_up(&id, cause);
            done("Channel Hungup")
        }
        "redirect" => {
            let Some(exten) = request.some("Exten") else { return Some(nothing(request, "Extension not specified")) };
            let Some(context) = request.some("Context") else { return Some(nothing(request, "Context not specified")) };
            let id = found!(channel(world, request, "Channel", "Channel not specified", "Channel does not exist: {}"));
            let extra = request.some("ExtraChannel").and_then(|name| Some(world.by_name(name)?.uniqueid.clone()));
            if let Some(name) = request.some("ExtraChannel").filter(|_| extra.is_none()) {
                return Some(nothing(request, &format!("ExtraChannel does not exist: {name}")));
            }
            let both = extra.is_some();
            let priority = |name: &str| request.some(name).and_then(|text| text.parse().ok()).unwrap_or(1);
            let mut places = vec![(id.as_str(), context, exten, priority("Priority"))];
            if let Some(extra) = &extra {
                let other = |name: &str, same| request.some(name).unwrap_or(same);
                let place = (other("ExtraContext", context), other("ExtraExten", exten));
                places.push((extra, place.0, place.1, priority("ExtraPriority")));
            }
            world.redirect(&places);
            done(if both { "Dual Redirect successful" } else { "Redirect successful" })
        }
        "blindtransfer" => {
            let Some(exten) = request.some("Exten") else { return Some(nothing(request, "No extension specified")) };
            let id = found!(needed(world, "Channel specified does not exist"));
            let context = request.some("Context").unwrap_or("default");
            blind_transfer(world, &id, context, exten);
            done("Transfer succeeded")
        }
        "atxfer" => {
            found!(needed(world, "Channel specified does not exist"));
            if request.some("Exten").is_none() {
                return Some(nothing(request, "No extension specified"));
            }
            done("Atxfer successfully queued")
        }
        "bridge" => {
            let one = found!(channel(
                world,
                request,
                "Channel1",
                "Missing channel parameter in request",
                "Channel1 does not exist: {}"
            ));
            let two = found!(channel(
                world,
                request,
                "Channel2",
                "Missing channel parameter in request",
                "Channel2 does not exist: {}"
            ));
            world.bridge(&[&one, &two]);
            done("Channels have been bridged")
        }
        "park" => {
            let id = found!(channel(world, request, "Channel", "Channel not specified", "Channel does not exist: {}"));
            world.park(&id, "default");
            // the text ends in a line feed of its own
            done("Park successful\n")
        }
        "setvar" => {
            let Some(name) = request.some("Variable") else { return Some(nothing(request, "No variable specified")) };
            let value = request.get("Value").unwrap_or_default();
            if request.some("Channel").is_some() {
                let id = found!(needed(world, "No such channel"));
                world.set_variable(&id, name, value);
            } else if name.starts_with("DEVICE_STATE(Custom:") && !DEVICE_STATES.contains(&value) {
                return Some(nothing(request, "Variable not set"));
            } else {
                world.globals.insert(name.to_owned(), value.to_owned());
            }
            done("Variable Set")
        }
        "getvar" => {
            let Some(name) = request.some("Variable") else { return Some(nothing(request, "No variable specified")) };
            let value = if request.some("Channel").is_some() {
                let id = found!(needed(world, "No such channel"));
                world.channels.get(&id).map(|channel| world.value(channel, name))
            } else {
                let phone = name.strip_prefix("DEVICE_STATE(").and_then(|name| name.strip_suffix(')'));
                let phone = phone.filter(|phone| world.phones.contains_key(*phone));
                phone.map(|phone| state(world, phone).to_owned()).or_else(|| world.globals.get(name).cloned())
            };
            let reply = Message::response("Success", request.action_id()).with("Variable", name);
            Some(reply.with("Value", value.unwrap_or_default()).end())
        }
        "mixmonitor" => {
            let id = found!(needed(world, "No such channel"));
            let monitor = format!("{:#x}", 0x7f00_0000_0000_u64 + world.calls * 16);
            world.channels.get_mut(&id)?.recordings.push(monitor.clone());
            world.tell("MixMonitorStart", &id, &[]);
            Some(Message::response("Success", request.action_id()).with("MixMonitorID", monitor).end())
        }
        "stopmixmonitor" => {
            let id = found!(needed(world, "No such channel"));
            let recordings = &mut world.channels.get_mut(&id)?.recordings;
            let wanted = request.some("MixMonitorID");
            let before = recordings.len();
            recordings.retain(|recording| wanted.is_some_and(|wanted| wanted != recording));
            if recordings.len() == before {
                return Some(nothing(request, "Could not stop monitoring channel"));
            }
            world.tell("MixMonitorStop", &id, &[]);
            done("")
        }
        "mixmonitormute" => {
            let id = found!(needed(world, "No such channel"));
            let state = request.get("State").unwrap_or("1").to_owned();
            world.channels.get_mut(&id)?.muted = state != "0";
            let direction = request.get("Direction").unwrap_or("both").to_owned();
            world.tell("MixMonitorMute", &id, &[("Direction", &direction), ("State", &state)]);
            done("")
        }
        "playdtmf" => {
            let id = found!(needed(world, "Channel not found"));
            let digit = request.get("Digit").unwrap_or_default().to_owned();
            let length = request.some("Duration").unwrap_or("100").to_owned();
            dtmf(world, &id, &digit, &length);
            done("DTMF successfully queued")
        }
        "sendtext" | "muteaudio" | "absolutetimeout" => {
            found!(needed(world, "No such channel"));
            done(match action {
                "sendtext" => "Success",
                "absolutetimeout" => "Timeout Set",
                _ => "",
            })
        }
        _ => None,
    }
}

fn hang_up_all(world: &mut World, pattern: &str, request: &Request) -> Option<String> {
    let Ok(regex) = regex_lite::Regex::new(pattern) else {
        return Some(nothing(request, "Regex format invalid"));
    };
    let chosen = world.channels.values().filter(|channel| regex.is_match(&channel.name));
    let chosen: Vec<(String, String)> =
        chosen.map(|channel| (channel.uniqueid.clone(), channel.name.clone())).collect();
    let mut items = Vec::new();
    for (id, name) in chosen {
        let message = Message::default().with("Event", "ChannelHungup").with("Channel", name);
        items.push(message.id(request.action_id()));
        if world.channels.contains_key(&id) {
            world.tell("SoftHangupRequest", &id, &[("Cause", "16")]);
            world.hang_up(&id, 16);
        }
    }
    listed(request, "Channels hung up will follow", items, "ChannelsHungupListComplete")
}

fn dtmf(world: &mut World, id: &str, digit: &str, length: &str) {
    for (name, rest) in [("DTMFBegin", None), ("DTMFEnd", Some(("DurationMs", length)))] {
        world.emit(name, super::mask::DTMF, |world, message| {
            if let Some(channel) = world.channels.get(id) {
                channel.snapshot("", message);
            }
            message.put("Digit", digit);
            if let Some((key, value)) = rest {
                message.put(key, value);
            }
            message.put("Direction", "Sent");
        });
    }
}

/// Whoever talks with the channel goes to the extension; the channel itself is hung up.
fn blind_transfer(world: &mut World, id: &str, context: &str, exten: &str) {
    let bridge = world.channels.get(id).and_then(|channel| channel.bridge.clone());
    let peers = bridge.as_ref().and_then(|bridge| world.bridges.get(bridge)).map(|bridge| bridge.channels.clone());
    let peer = peers.unwrap_or_default().into_iter().find(|other| other != id);
    world.emit("BlindTransfer", super::mask::CALL, |world, message| {
        message.put("Result", "Success");
        for (prefix, id) in [("Transferer", Some(id)), ("Transferee", peer.as_deref())] {
            if let Some(channel) = id.and_then(|id| world.channels.get(id)) {
                channel.snapshot(prefix, message);
            }
        }
        if let Some(bridge) = bridge.as_ref().and_then(|bridge| world.bridges.get(bridge)) {
            bridge.snapshot(message);
        }
        message.put("IsExternal", "Yes");
        message.put("Context", context);
        message.put("Extension", exten);
    });
    world.leave_bridge(id, true);
    if let Some(peer) = peer {
        world.go(&peer, context, exten, 1);
    }
    world.tell("SoftHangupRequest", id, &[("Cause", "16")]);
    world.hang_up(id, 16);
}

/// A phone dials an extension; its channel's Uniqueid, or `None` if there is no such extension.
pub(super) fn dial_in(world: &mut World, phone: &str, caller: &str, exten: &str) -> Option<String> {
    let plan = world.extensions.get(exten)?.clone();
    let id = world.dialled_in(phone, exten);
    let channel = world.channels.get_mut(&id)?;
    channel.plan = plan.into();
    channel.caller = (caller.to_owned(), String::new());
    world.tell("Newchannel", &id, &[]);
    world.run_plan(&id);
    Some(id)
}
