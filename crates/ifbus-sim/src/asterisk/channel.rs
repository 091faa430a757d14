//! Channels, and what an extension of the dialplan does with them.

use super::message::Message;
use super::records::Record;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// One step of an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Application {
    /// Answers the channel.
    Answer,
    /// Tells the caller that it rings.
    Ringing,
    /// Waits, then goes on.
    Wait(Duration),
    /// Stays for ever: music, an echo, a long talk.
    Stay,
    /// Refuses the call as busy (cause 17).
    Busy,
    /// Refuses the call as congested (cause 34).
    Congestion,
    /// Hangs up with this cause (Q.850).
    Hangup(u8),
    /// Calls a channel, `PJSIP/101` or `Local/100@default/n`, for that long, and bridges it.
    Dial(String, Duration),
    /// Joins a conference, as an admin or not.
    ConfBridge(String, bool),
    /// Waits in a queue until a member answers.
    Queue(String),
    /// Parks the call.
    Park,
    /// Sets a channel variable.
    Set(String, String),
    /// Plays a file, and sets `PLAYBACKSTATUS`: `FAILED` for one that is not there.
    Playback(String),
    /// Waits in the holding bridge of this name, with music of this class (`""`: the default one) or in silence.
    BridgeWait(String, Option<String>),
    /// Listens to a channel, by its name or Uniqueid, and whispers to it, until either ends.
    ChanSpy(String),
    /// Goes on at this priority of the extension if the condition holds.
    GotoIf(bool, u32),
    /// Does nothing.
    NoOp,
    /// An application and its data as the dialplan has them: variables are put in when it runs.
    Written(String, String),
}

impl Application {
    /// What the actions Originate and Redirect name; `None`: there is no such application.
    pub(super) fn parse(name: &str, data: &str) -> Option<Self> {
        let mut arguments = data.split(',');
        let first = arguments.next().unwrap_or_default().to_owned();
        let seconds = |text: &str| text.parse().ok().map(Duration::from_secs_f64);
        Some(match name.to_ascii_lowercase().as_str() {
            "answer" => Self::Answer,
            "ringing" => Self::Ringing,
            "wait" => Self::Wait(seconds(&first).unwrap_or(Duration::ZERO)),
            "playback" | "background" => Self::Playback(first),
            "bridgewait" => {
                let entertainment = arguments.nth(1).unwrap_or_default();
                let class = entertainment.rsplit_once("m(").and_then(|(_, class)| class.strip_suffix(')'));
                let music = entertainment.starts_with("e(m)").then(|| class.unwrap_or_default().to_owned());
                Self::BridgeWait(first, music)
            }
            "chanspy" => Self::ChanSpy(data.to_owned()),
            "gotoif" => {
                let (condition, priority) = data.split_once('?')?;
                Self::GotoIf(!matches!(condition.trim(), "" | "0"), priority.split(':').next()?.parse().ok()?)
            }
            "noop" => Self::NoOp,
            "echo" | "musiconhold" | "milliwatt" => Self::Stay,
            "busy" => Self::Busy,
            "congestion" => Self::Congestion,
            "hangup" => Self::Hangup(first.parse().unwrap_or(16)),
            "dial" => {
                let timeout = arguments.next().and_then(seconds).unwrap_or(Duration::from_secs(3600));
                Self::Dial(first, timeout)
            }
            "confbridge" => Self::ConfBridge(first, arguments.nth(1).is_some_and(|user| user.contains("admin"))),
            "queue" => Self::Queue(first),
            "park" => Self::Park,
            "set" => first.split_once('=').map(|(name, value)| Self::Set(name.to_owned(), value.to_owned()))?,
            _ => return None,
        })
    }

    /// Its name and its data as `Newexten` shows them.
    pub(super) fn show(&self) -> (&'static str, String) {
        match self {
            Self::Answer => ("Answer", String::new()),
            Self::Ringing => ("Ringing", String::new()),
            Self::Wait(time) => ("Wait", time.as_secs_f64().to_string()),
            Self::Stay => ("MusicOnHold", "default".to_owned()),
            Self::Busy => ("Busy", String::new()),
            Self::Congestion => ("Congestion", String::new()),
            Self::Hangup(cause) => ("Hangup", cause.to_string()),
            Self::Dial(to, timeout) => ("Dial", format!("{to},{}", timeout.as_secs())),
            Self::ConfBridge(name, admin) => {
                let user = if *admin { "admin_user" } else { "default_user" };
                ("ConfBridge", format!("{name},default_bridge,{user}"))
            }
            Self::Queue(name) => ("Queue", name.clone()),
            Self::Park => ("Park", String::new()),
            Self::Set(name, value) => ("Set", format!("{name}={value}")),
            Self::Playback(file) => ("Playback", file.clone()),
            Self::BridgeWait(name, Some(class)) => ("BridgeWait", format!("{name},participant,e(m)m({class})")),
            Self::BridgeWait(name, None) => ("BridgeWait", format!("{name},participant,e(s)")),
            Self::ChanSpy(data) => ("ChanSpy", data.clone()),
            Self::GotoIf(holds, priority) => ("GotoIf", format!("{}?{priority}", u8::from(*holds))),
            Self::NoOp => ("NoOp", String::new()),
            Self::Written(_, data) => ("NoOp", data.clone()),
        }
    }
}

/// What a phone does that is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phone {
    /// Rings, answers after that long, and hangs up only when the other does.
    Answers(Duration),
    /// Rings for ever.
    Rings,
    /// Is busy.
    Busy,
}

pub(super) const DOWN: u8 = 0;
pub(super) const RING: u8 = 4;
pub(super) const RINGING: u8 = 5;
pub(super) const UP: u8 = 6;
pub(super) const BUSY: u8 = 7;

fn state_name(state: u8) -> &'static str {
    let names = ["Down", "Rsrvd", "OffHook", "Dialing", "Ring", "Ringing", "Up", "Busy"];
    names.get(usize::from(state)).copied().unwrap_or("Unknown")
}

/// Why a channel is being called.
#[derive(Debug, Clone)]
pub(super) enum Purpose {
    /// Somebody's Originate.
    Originate(Box<Originate>),
    /// Another channel's Dial or Queue: that channel's Uniqueid, and the member if it is a queue.
    Dial { caller: String, member: Option<String> },
}

/// What is to come of an Originate.
#[derive(Debug, Clone)]
pub(super) struct Originate {
    pub(super) action_id: Option<String>,
    /// As the request named it.
    pub(super) channel: String,
    pub(super) chosen_id: bool,
    pub(super) goal: Goal,
    /// Asynchronous ones are told by an event, the others by their reply, which waits under this number.
    pub(super) ticket: Option<u64>,
}

#[derive(Debug, Clone)]
pub(super) enum Goal {
    Exten { context: String, exten: String, priority: String },
    Application { name: String, data: String },
}

#[derive(Debug)]
pub(super) struct Channel {
    pub(super) name: String,
    pub(super) uniqueid: String,
    pub(super) linkedid: String,
    pub(super) state: u8,
    pub(super) caller: (String, String),
    pub(super) connected: (String, String),
    pub(super) account: String,
    pub(super) context: String,
    pub(super) exten: String,
    pub(super) priority: u32,
    /// The priority that is running.
    pub(super) told: u32,
    pub(super) application: (&'static str, String),
    pub(super) variables: Vec<(String, String)>,
    pub(super) since: Instant,
    /// The other half of a Local channel.
    pub(super) other: Option<String>,
    pub(super) bridge: Option<String>,
    pub(super) plan: VecDeque<Application>,
    /// Counts what it was told to do, so that a timer of before knows that it is late.
    pub(super) turn: u64,
    /// Why it is being called; `None` once it has answered, or if nobody calls it.
    pub(super) purpose: Option<Purpose>,
    /// The channel that it is calling.
    pub(super) dialing: Option<String>,
    pub(super) conference: Option<String>,
    pub(super) queue: Option<String>,
    /// What it shows as its application while it is called and answered: `AppDial2` by an Originate, `AppDial` by another channel.
    pub(super) called_as: &'static str,
    /// What its record says, if it has one.
    pub(super) record: Option<Record>,
    /// The holding bridge that its application waits in.
    pub(super) waits_in: Option<String>,
    pub(super) music: bool,
    /// The channel that it spies on.
    pub(super) spies_on: Option<String>,
    /// The ids of its recordings, and whether they are muted.
    pub(super) recordings: Vec<String>,
    pub(super) muted: bool,
}

fn or_unknown(text: &str) -> &str {
    if text.is_empty() { "<unknown>" } else { text }
}

impl Channel {
    /// The fourteen fields that stand in most events, each with the prefix in front.
    pub(super) fn snapshot(&self, prefix: &str, message: &mut Message) {
        let mut put = |key: &str, value: &str| message.put(&format!("{prefix}{key}"), value);
        put("Channel", &self.name);
        put("ChannelState", &self.state.to_string());
        put("ChannelStateDesc", state_name(self.state));
        put("CallerIDNum", or_unknown(&self.caller.0));
        put("CallerIDName", or_unknown(&self.caller.1));
        put("ConnectedLineNum", or_unknown(&self.connected.0));
        put("ConnectedLineName", or_unknown(&self.connected.1));
        put("Language", "en");
        put("AccountCode", &self.account);
        put("Context", &self.context);
        put("Exten", &self.exten);
        put("Priority", &self.told.to_string());
        put("Uniqueid", &self.uniqueid);
        put("Linkedid", &self.linkedid);
    }

    pub(super) fn caller_num(&self) -> &str {
        or_unknown(&self.caller.0)
    }

    pub(super) fn caller_name(&self) -> &str {
        or_unknown(&self.caller.1)
    }

    /// `Local/100@default` of `Local/100@default-00000001;2`.
    pub(super) fn device(&self) -> &str {
        self.name.rsplit_once('-').map_or(self.name.as_str(), |(device, _)| device)
    }

    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The text of a hangup cause (Q.850) as `Cause-txt` has it.
pub(super) fn cause_text(cause: u8) -> &'static str {
    match cause {
        1 => "Unallocated (unassigned) number",
        16 => "Normal Clearing",
        17 => "User busy",
        18 => "No user responding",
        19 => "User alerting, no answer",
        20 => "Subscriber absent",
        21 => "Call Rejected",
        31 => "Normal, unspecified",
        34 => "Circuit/channel congestion",
        38 => "Network out of order",
        127 => "Interworking, unspecified",
        _ => "Unknown",
    }
}
