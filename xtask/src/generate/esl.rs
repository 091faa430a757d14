//! `esl-client`: views of the core's events, and lists of what FreeSWITCH knows, from `catalogues/esl.json`.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Generated;

const CATALOGUE: &str = include_str!("../../catalogues/esl.json");

#[derive(Deserialize)]
struct Catalogue {
    event_names: Vec<String>,
    api_commands: Vec<Api>,
    headers_seen: BTreeMap<String, Seen>,
}

#[derive(Deserialize)]
struct Api {
    name: String,
    syntax: String,
    module: String,
}

#[derive(Deserialize)]
struct Seen {
    headers: BTreeMap<String, f64>,
}

/// Headers that the events carry by the documentation of FreeSWITCH and its sources, where the recordings hold too few.
const MORE: &[(&str, &[&str])] = &[
    ("CHANNEL_APPLICATION", &["Application", "Application-Data"]),
    ("DETECTED_SPEECH", &["Speech-Type"]),
    ("DETECTED_TONE", &["Detected-Tone"]),
    ("MESSAGE_WAITING", &["MWI-Messages-Waiting", "MWI-Message-Account", "MWI-Voice-Message"]),
    ("MODULE_LOAD", &["type", "name", "key", "filename"]),
    ("MODULE_UNLOAD", &["type", "name", "key", "filename"]),
    ("ADD_SCHEDULE", &["Task-ID", "Task-Desc", "Task-Group", "Task-Runtime"]),
    ("DEL_SCHEDULE", &["Task-ID", "Task-Desc", "Task-Group", "Task-Runtime"]),
    ("EXE_SCHEDULE", &["Task-ID", "Task-Desc", "Task-Group", "Task-Runtime"]),
    ("STARTUP", &["Event-Info"]),
    ("CALL_SECURE", &["secure_type"]),
    ("TRAP", &["Condition"]),
];

/// The common subclasses of `CUSTOM`: the view, the subclass, its headers.
const SUBCLASSES: &[(&str, &str, &[&str])] = &[
    (
        "ConferenceMaintenance",
        "conference::maintenance",
        &[
            "Action",
            "Conference-Name",
            "Conference-Size",
            "Conference-Ghosts",
            "Conference-Profile-Name",
            "Conference-Unique-ID",
            "Conference-Domain",
            "Member-ID",
            "Member-Type",
            "Member-Ghost",
            "Floor",
            "Hear",
            "See",
            "Speak",
            "Talking",
            "Hold",
            "Video",
            "Mute-Detect",
            "Energy-Level",
            "Current-Energy",
            "Volume-Level",
            "File",
            "Async",
            "Path",
            "Digits",
            "Old-ID",
            "New-ID",
            "Old-Conference-Name",
            "New-Conference-Name",
            "Result",
            "Peer-UUID",
            "Job-UUID",
            "Milliseconds-Elapsed",
            "Samples-Out",
            "Record-File-Size",
            "Other-Recordings",
        ],
    ),
    (
        "SofiaRegister",
        "sofia::register",
        &[
            "profile-name",
            "from-user",
            "from-host",
            "contact",
            "call-id",
            "status",
            "expires",
            "to-user",
            "to-host",
            "network-ip",
            "network-port",
            "username",
            "realm",
            "user-agent",
            "presence-hosts",
            "rpid",
        ],
    ),
    (
        "SofiaUnregister",
        "sofia::unregister",
        &[
            "profile-name",
            "from-user",
            "from-host",
            "contact",
            "call-id",
            "expires",
            "network-ip",
            "network-port",
            "username",
            "realm",
            "user-agent",
            "rpid",
        ],
    ),
    ("SofiaExpire", "sofia::expire", &["profile-name", "user", "host", "contact", "expires", "user-agent", "realm"]),
    ("SofiaGatewayState", "sofia::gateway_state", &["Gateway", "State", "Ping-Status", "Phrase", "Status"]),
    (
        "CallcenterInfo",
        "callcenter::info",
        &[
            "CC-Queue",
            "CC-Action",
            "CC-Agent",
            "CC-Agent-System",
            "CC-Agent-UUID",
            "CC-Agent-Status",
            "CC-Agent-State",
            "CC-Member-UUID",
            "CC-Member-Session-UUID",
            "CC-Member-CID-Name",
            "CC-Member-CID-Number",
            "CC-Member-Joined-Time",
            "CC-Member-Leaving-Time",
            "CC-Cause",
            "CC-Cancel-Reason",
            "CC-Hangup-Cause",
            "CC-Count",
            "CC-Selection",
        ],
    ),
    (
        "VoicemailMaintenance",
        "vm::maintenance",
        &[
            "VM-Action",
            "VM-User",
            "VM-Domain",
            "VM-Caller-ID-Name",
            "VM-Caller-ID-Number",
            "VM-File-Path",
            "VM-Message-Len",
            "VM-Timestamp",
            "VM-Flags",
            "VM-Folder",
            "VM-UUID",
            "VM-Main-User",
        ],
    ),
];

/// What a header holds, where it is not text.
const FORMS: &[(&str, &[&str])] = &[
    (
        "number",
        &[
            "DTMF-Duration",
            "Session-Count",
            "Session-Per-Sec",
            "Session-Per-Sec-Last",
            "Session-Per-Sec-Max",
            "Session-Per-Sec-FiveMin",
            "Session-Peak-Max",
            "Session-Peak-FiveMin",
            "Session-Since-Startup",
            "Max-Sessions",
            "Uptime-msec",
            "Task-ID",
            "Task-Runtime",
            "Conference-Size",
            "Conference-Ghosts",
            "Member-ID",
            "Energy-Level",
            "Current-Energy",
            "Old-ID",
            "New-ID",
            "Milliseconds-Elapsed",
            "Samples-Out",
            "Record-File-Size",
            "Other-Recordings",
            "expires",
            "network-port",
            "channel-read-codec-rate",
            "channel-read-codec-bit-rate",
            "CC-Count",
            "CC-Member-Joined-Time",
            "CC-Member-Leaving-Time",
            "VM-Message-Len",
            "VM-Timestamp",
        ],
    ),
    ("float", &["Idle-CPU"]),
    ("flag", &["Floor", "Hear", "See", "Speak", "Talking", "Hold", "Video", "Mute-Detect", "Member-Ghost", "Async"]),
];

/// The methods of `Client` and of `Call` that stand for API commands.
const VERBS: &[(&str, &str)] = &[
    ("conference", "conference"),
    ("originate", "originate"),
    ("show", "channels`, `bridged_calls`, `registrations"),
    ("sofia", "sofia_status"),
    ("status", "status"),
    ("uuid_answer", "answer"),
    ("uuid_audio", "mute"),
    ("uuid_break", "break_media"),
    ("uuid_bridge", "bridge"),
    ("uuid_broadcast", "play"),
    ("uuid_dump", "dump"),
    ("uuid_exists", "exists"),
    ("uuid_getvar", "variable"),
    ("uuid_hold", "hold`, `unhold"),
    ("uuid_kill", "hangup"),
    ("uuid_park", "park"),
    ("uuid_record", "record"),
    ("uuid_send_dtmf", "send_dtmf"),
    ("uuid_setvar", "set_variable"),
    ("uuid_transfer", "transfer"),
];

/// Headers that every event has, or every event of a channel: accessors of `Event` give them.
fn is_common(header: &str) -> bool {
    const COMMON: &[&str] = &[
        "Answer-State",
        "Call-Direction",
        "Unique-ID",
        "Hangup-Cause",
        "Core-UUID",
        "Content-Length",
        "Command",
        "Event-UUID",
        "Event-Subclass",
    ];
    let prefixes = [
        "FreeSWITCH-Hostname",
        "FreeSWITCH-Switchname",
        "FreeSWITCH-IPv",
        "Event-Calling-",
        "Event-Date-",
        "Event-Name",
        "Event-Sequence",
        "Caller-",
        "Channel-",
        "Other-Leg-",
        "variable_",
        "Presence-",
    ];
    header.is_empty() || COMMON.contains(&header) || prefixes.iter().any(|prefix| header.starts_with(prefix))
}

fn form(header: &str) -> &'static str {
    FORMS.iter().find(|(_, headers)| headers.contains(&header)).map_or("text", |(form, _)| form)
}

/// `Application-UUID` is `application_uuid`; what Rust has taken already gets another name.
fn method(header: &str) -> String {
    let name = header.to_ascii_lowercase().replace('-', "_");
    match name.as_str() {
        "type" => "module_type".to_owned(),
        "name" => "module_name".to_owned(),
        "async" => "is_async".to_owned(),
        _ => name,
    }
}

/// `CHANNEL_ANSWER` is `ChannelAnswer`.
fn view(event: &str) -> String {
    if event == "CLONE" {
        return "CloneEvent".to_owned();
    }
    event
        .split('_')
        .flat_map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            [first.to_owned(), rest.to_ascii_lowercase()]
        })
        .collect()
}

fn accessors<'a>(headers: impl Iterator<Item = &'a str>, out: &mut String) -> Result<()> {
    for header in headers {
        writeln!(out, "        {}: {} {header:?},", method(header), form(header))?;
    }
    Ok(())
}

fn typed(catalogue: &Catalogue) -> Result<String> {
    let mut out = String::from(
        "//! Views of the core's events and of the common subclasses, with the headers that are theirs.\n//!\n\
         //! Generated by `cargo xtask generate` from `xtask/catalogues/esl.json`: do not edit.\n\n\
         use super::kind::views;\n\nviews! {\n",
    );
    for event in catalogue.event_names.iter().filter(|name| *name != "ALL") {
        writeln!(out, "    {} = {event:?} {{", view(event))?;
        if event != "CUSTOM" {
            let seen = catalogue.headers_seen.get(event).into_iter().flat_map(|seen| seen.headers.keys());
            let more = MORE.iter().filter(|(of, _)| of == event).flat_map(|(_, headers)| *headers).copied();
            let headers = seen.map(String::as_str).filter(|header| !is_common(header)).chain(more);
            accessors(headers, &mut out)?;
        }
        out.push_str("    }\n");
    }
    for (view, subclass, headers) in SUBCLASSES {
        writeln!(out, "    {view} = \"CUSTOM\" / {subclass:?} {{")?;
        accessors(headers.iter().copied(), &mut out)?;
        out.push_str("    }\n");
    }
    out.push_str("}\n");
    Ok(out)
}

fn lists(catalogue: &Catalogue) -> Result<String> {
    let views = catalogue.event_names.len() - 1;
    let mut out = format!(
        "//! What FreeSWITCH 1.11.2 knows, and what of it this crate has by a type or a method of its own.\n//!\n\
         //! Generated by `cargo xtask generate` from `xtask/catalogues/esl.json`: do not edit.\n//!\n\
         //! | kind | known | typed | the others |\n//! |---|---|---|---|\n\
         //! | events of the core | {} | {views} views in [`event`](crate::event) | `ALL` is a word of the `event` command |\n\
         //! | subclasses of `CUSTOM` | any | {} views in [`event`](crate::event) | [`Event`](crate::Event), whole |\n\
         //! | API commands | {} | {} by methods | by name: [`Client::api`](crate::Client::api), [`Client::bgapi`](crate::Client::bgapi) |\n//!\n\
         //! API commands with methods of [`Client`](crate::Client):\n//!\n//! | command | method |\n//! |---|---|\n",
        catalogue.event_names.len(),
        SUBCLASSES.len(),
        catalogue.api_commands.len(),
        VERBS.len(),
    );
    for (command, method) in VERBS {
        writeln!(out, "//! | `{command}` | `{method}` |")?;
    }
    let _ = write!(
        out,
        "\n/// The event names of the core, as the `event` command takes them.\npub const EVENT_NAMES: [&str; {}] = [\n",
        catalogue.event_names.len()
    );
    for name in &catalogue.event_names {
        writeln!(out, "    {name:?},")?;
    }
    writeln!(out, "];\n\n/// The subclasses that have views.\npub const SUBCLASSES: [&str; {}] = [", SUBCLASSES.len())?;
    for (_, subclass, _) in SUBCLASSES {
        writeln!(out, "    {subclass:?},")?;
    }
    out.push_str(
        "];\n\n/// An API command.\n#[derive(Debug, Clone, Copy, PartialEq, Eq)]\n#[non_exhaustive]\npub struct ApiCommand {\n\
         \x20   /// Its name.\n    pub name: &'static str,\n\
         \x20   /// Its arguments, in FreeSWITCH's own words; may be empty.\n    pub syntax: &'static str,\n\
         \x20   /// The module that has it.\n    pub module: &'static str,\n}\n\n",
    );
    writeln!(
        out,
        "/// The API commands of FreeSWITCH 1.11.2 with its usual modules, as `show api` lists them.\n\
         pub const API_COMMANDS: [ApiCommand; {}] = [",
        catalogue.api_commands.len()
    )?;
    for Api { name, syntax, module } in &catalogue.api_commands {
        writeln!(out, "    ApiCommand {{ name: {name:?}, syntax: {syntax:?}, module: {module:?} }},")?;
    }
    writeln!(
        out,
        "];\n\n/// The API commands that have methods of their own.\npub const TYPED_API_COMMANDS: [&str; {}] = [",
        VERBS.len()
    )?;
    for (command, _) in VERBS {
        writeln!(out, "    {command:?},")?;
    }
    out.push_str("];\n");
    Ok(out)
}

/// The generated files.
pub(super) fn generate() -> Result<Vec<Generated>> {
    let catalogue: Catalogue = serde_json::from_str(CATALOGUE).context("catalogues/esl.json")?;
    Ok(vec![
        ("crates/esl-client/src/event/typed.rs", typed(&catalogue)?),
        ("crates/esl-client/src/catalogue.rs", lists(&catalogue)?),
    ])
}
