//! What the actions do, by their lower-case names.

use super::mask::{self, AGENT, CALL, COMMAND, CONFIG, ORIGINATE, REPORTING, SYSTEM, USER};
use super::message::{Message, Request, list};
use super::session::Rights;
use super::{Generation, Shared, calls, queues, room_actions};
use crate::knobs::lock;
use std::sync::Arc;

/// What comes of an action.
pub(super) enum Outcome {
    Reply(String),
    /// The reply follows when the call with this ticket is decided.
    Wait(u64),
    /// The session ends without a word.
    Gone,
}

/// Each action that this server has: its name, and the rights of which any one is enough.
const ACTIONS: [(&str, u32); 65] = [
    ("AbsoluteTimeout", SYSTEM | CALL),
    ("Atxfer", CALL),
    ("BlindTransfer", CALL),
    ("Bridge", CALL),
    ("BridgeInfo", 0),
    ("BridgeKick", 0),
    ("BridgeList", 0),
    ("Challenge", 0),
    ("Command", COMMAND),
    ("ConfbridgeKick", CALL),
    ("ConfbridgeList", REPORTING),
    ("ConfbridgeListRooms", REPORTING),
    ("ConfbridgeLock", CALL),
    ("ConfbridgeMute", CALL),
    ("ConfbridgeStartRecord", SYSTEM),
    ("ConfbridgeStopRecord", SYSTEM),
    ("ConfbridgeUnlock", CALL),
    ("ConfbridgeUnmute", CALL),
    ("CoreSettings", SYSTEM | REPORTING),
    ("CoreShowChannels", SYSTEM | REPORTING),
    ("CoreStatus", SYSTEM | REPORTING),
    ("DBDel", SYSTEM),
    ("DBDelTree", SYSTEM),
    ("DBGet", SYSTEM | REPORTING),
    ("DBGetTree", SYSTEM | REPORTING),
    ("DBPut", SYSTEM),
    ("DeviceStateList", CALL | REPORTING),
    ("DialplanExtensionAdd", SYSTEM),
    ("DialplanExtensionRemove", SYSTEM),
    ("Events", 0),
    ("ExtensionState", CALL | REPORTING),
    ("Filter", SYSTEM),
    ("Getvar", CALL | REPORTING),
    ("Hangup", SYSTEM | CALL),
    ("ListCommands", 0),
    ("Login", 0),
    ("Logoff", 0),
    ("MixMonitor", SYSTEM),
    ("MixMonitorMute", SYSTEM),
    ("ModuleCheck", SYSTEM),
    ("MuteAudio", SYSTEM),
    ("Originate", ORIGINATE),
    ("Park", CALL),
    ("ParkedCalls", 0),
    ("Parkinglots", 0),
    ("Ping", 0),
    ("PlayDTMF", CALL),
    ("QueueAdd", AGENT),
    ("QueueLog", AGENT),
    ("QueuePause", AGENT),
    ("QueuePenalty", AGENT),
    ("QueueRemove", AGENT),
    ("QueueReset", 0),
    ("QueueStatus", 0),
    ("QueueSummary", 0),
    ("Redirect", CALL),
    ("Reload", SYSTEM | CONFIG),
    ("SendText", CALL),
    ("Setvar", CALL),
    ("ShowDialPlan", CONFIG | REPORTING),
    ("Status", SYSTEM | CALL | REPORTING),
    ("StopMixMonitor", SYSTEM | CALL),
    ("UserEvent", USER),
    ("WaitEvent", 0),
    ("CoreShowChannelMap", SYSTEM | REPORTING),
];

/// Runs an action of somebody who is logged in.
pub(super) fn run(shared: &Arc<Shared>, session: &mut Rights, action: &str, request: &Request) -> Outcome {
    let Some((_, rights)) = ACTIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(action)) else {
        let name = request.get("Action").unwrap_or_default();
        let text = format!("Invalid/unknown command: {name}. Use Action: ListCommands to show available commands.");
        return Outcome::Reply(Message::error(request, &text).end());
    };
    if *rights != 0 && rights & session.write == 0 {
        return Outcome::Reply(Message::error(request, "Permission denied").end());
    }
    let answer = match action {
        "originate" => return calls::originate(shared, request),
        "command" if request.get("Command").is_some_and(|command| command.starts_with("core stop")) => {
            shared.change(|world| {
                world.emit("Shutdown", SYSTEM, |_, message| {
                    message.put("Shutdown", "Cleanly");
                    message.put("Restart", "False");
                });
            });
            return Outcome::Gone;
        }
        "events" => events(session, request),
        "filter" => filter(session, request),
        _ => shared.change(|world| {
            calls::run(world, action, request)
                .or_else(|| room_actions::run(world, action, request))
                .or_else(|| queues::run(world, action, request))
                .or_else(|| super::store::run(world, action, request))
                .or_else(|| super::dialplan::run(world, action, request))
        }),
    };
    Outcome::Reply(answer.unwrap_or_else(|| plain(shared, session, action, request)))
}

fn events(session: &mut Rights, request: &Request) -> Option<String> {
    let Some(text) = request.some("EventMask") else {
        return Some(Message::error(request, "Invalid event mask").end());
    };
    session.mask = mask::mask(text);
    let on = if session.mask == 0 { "Off" } else { "On" };
    Some(Message::response("Success", request.action_id()).with("Events", on).end())
}

fn filter(session: &mut Rights, request: &Request) -> Option<String> {
    if !request.get("Operation").is_some_and(|operation| operation.eq_ignore_ascii_case("add")) {
        return Some(Message::error(request, "Unknown operation").end());
    }
    let added = session.filters.add(request.get("Filter").unwrap_or_default(), request.some("MatchCriteria"));
    Some(added.map_or_else(|text| Message::error(request, text), |()| Message::success(request, "Success")).end())
}

/// What needs no state of the calls.
fn plain(shared: &Arc<Shared>, session: &Rights, action: &str, request: &Request) -> String {
    let success = |text: &str| Message::success(request, text);
    match action {
        "ping" => {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            success("").with("Ping", "Pong").with("Timestamp", format_args!("{:.6}", now.as_secs_f64()))
        }
        "coresettings" => {
            let generation = shared.config.generation;
            [
                ("AMIversion", generation.ami_version()),
                ("AsteriskVersion", generation.asterisk_version()),
                ("SystemName", ""),
                ("CoreMaxCalls", "4000"),
                ("CoreMaxLoadAvg", "0.000000"),
                ("CoreRunUser", ""),
                ("CoreRunGroup", ""),
                ("CoreMaxFilehandles", "60000"),
                ("CoreRealTimeEnabled", "No"),
                ("CoreCDRenabled", "No"),
                ("CoreHTTPenabled", "No"),
            ]
            .into_iter()
            .fold(success(""), |message, (key, value)| message.with(key, value))
        }
        "corestatus" => {
            let world = lock(&shared.world);
            [("CoreStartupDate", "2026-01-01"), ("CoreStartupTime", "00:00:00")]
                .into_iter()
                .chain([("CoreReloadDate", "2026-01-01"), ("CoreReloadTime", "00:00:00")])
                .fold(success(""), |message, (key, value)| message.with(key, value))
                .with("CoreCurrentCalls", world.channels.len() / 2)
                .with("CoreProcessedCalls", world.calls / 2)
        }
        "listcommands" => ACTIONS.iter().fold(success(""), |message, (name, rights)| {
            let visible = *rights == 0 || rights & session.write != 0;
            if visible { message.with(name, "A command of this server.  (Priv: <none>)") } else { message }
        }),
        "command" => return command(shared, request),
        "userevent" => return user_event(shared, request),
        // of what this server is made of, as far as its names go
        "reload" if request.some("Module").is_some_and(|module| !is_module(module)) => {
            Message::error(request, "No such module")
        }
        "reload" => {
            // a reload of the dialplan takes away what was added to it
            if request.some("Module").is_none_or(|module| module.starts_with("pbx_config")) {
                shared.change(|world| world.added.clear());
            }
            success("Module Reloaded")
        }
        "modulecheck" => success("").with("Version", ""),
        "waitevent" => return format!("{}{}", success("Waiting for Event completed.").end(), wait_complete(request)),
        _ => success(""),
    }
    .end()
}

/// Whether a module may be called so: a core part, or one of Asterisk's kinds.
fn is_module(name: &str) -> bool {
    const CORE: [&str; 15] = [
        "acl",
        "ccss",
        "cdr",
        "cel",
        "dnsmgr",
        "dsp",
        "enum",
        "extconfig",
        "features",
        "http",
        "indications",
        "logger",
        "manager",
        "plc",
        "udptl",
    ];
    const KINDS: [&str; 9] = ["app_", "bridge_", "cdr_", "cel_", "chan_", "codec_", "func_", "pbx_", "res_"];
    CORE.contains(&name) || KINDS.iter().any(|kind| name.starts_with(kind))
}

fn wait_complete(request: &Request) -> String {
    Message::default().with("Event", "WaitEventComplete").id(request.action_id()).end()
}

/// Console commands: a few that clients ask; the others are unknown to this console too.
fn command(shared: &Arc<Shared>, request: &Request) -> String {
    let Some(command) = request.some("Command") else {
        return Message::error(request, "No command provided").end();
    };
    let generation = shared.config.generation;
    let (known, lines) = match command {
        "core show version" => (true, vec![format!("Asterisk {} on a x86_64", generation.asterisk_version())]),
        "core show channels" => {
            let world = lock(&shared.world);
            let names = world.channels.values().map(|channel| channel.name.clone());
            let total = world.channels.len();
            (true, names.chain([format!("{total} active channels"), format!("{} active calls", total / 2)]).collect())
        }
        "core show uptime" => {
            (true, vec![format!("System uptime: {} seconds", lock(&shared.world).booted.elapsed().as_secs())])
        }
        _ => {
            let text =
                format!("No such command '{command}' (type 'core show help {command}' for other possible commands)");
            (false, vec![text])
        }
    };
    match generation {
        Generation::Modern => {
            let kind = if known { "Success" } else { "Error" };
            let head = Message::response(kind, request.action_id()).with("Message", "Command output follows");
            lines.iter().fold(head, |message, line| message.with("Output", line)).end()
        }
        // the old form has lines that are no headers, up to a marker
        Generation::Legacy => {
            let head = Message::default().with("Response", "Follows").with("Privilege", "Command");
            let mut text = head.id(request.action_id()).end();
            text.truncate(text.len() - 2);
            lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
            text + "--END COMMAND--\r\n\r\n"
        }
    }
}

/// Copies every header, the ActionID too, to all who may read such events.
fn user_event(shared: &Arc<Shared>, request: &Request) -> String {
    let name = request.get("UserEvent").unwrap_or_default();
    shared.change(|world| {
        world.emit("UserEvent", USER, |_, message| {
            message.put("UserEvent", name);
            let skipped = |key: &str| ["action", "userevent"].iter().any(|skip| key.eq_ignore_ascii_case(skip));
            request.headers().filter(|(key, _)| !skipped(key)).for_each(|(key, value)| message.put(key, value));
        });
    });
    Message::success(request, "Event Sent").end()
}

/// A list without items that this server answers as an error.
pub(super) fn nothing(request: &Request, text: &str) -> String {
    Message::error(request, text).end()
}

pub(super) fn listed(request: &Request, text: &str, items: Vec<Message>, complete: &str) -> Option<String> {
    Some(list(request, text, items, complete))
}

/// An item of a list: the event's name and the ActionID in front.
pub(super) fn item(name: &str, request: &Request) -> Message {
    Message::default().with("Event", name).id(request.action_id())
}
