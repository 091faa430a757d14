//! A channel: what is known of it, and the headers that tell of it.

use super::asking::Asking;
use super::event::Event;
use super::recording::Recording;
use std::collections::VecDeque;
use std::time::Instant;
use tokio::sync::oneshot;

/// The states of a channel, as far as calls here come into them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Init = 1,
    Routing = 2,
    SoftExecute = 3,
    Execute = 4,
    ExchangeMedia = 5,
    Park = 6,
    ConsumeMedia = 7,
    Hangup = 10,
    Reporting = 11,
    Destroy = 12,
    None = 13,
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Init => "CS_INIT",
            Self::Routing => "CS_ROUTING",
            Self::SoftExecute => "CS_SOFT_EXECUTE",
            Self::Execute => "CS_EXECUTE",
            Self::ExchangeMedia => "CS_EXCHANGE_MEDIA",
            Self::Park => "CS_PARK",
            Self::ConsumeMedia => "CS_CONSUME_MEDIA",
            Self::Hangup => "CS_HANGUP",
            Self::Reporting => "CS_REPORTING",
            Self::Destroy => "CS_DESTROY",
            Self::None => "CS_NONE",
        }
    }
}

/// An application that is to run, with whoever waits for its end.
#[derive(Debug, Default)]
pub(super) struct Job {
    pub(super) name: String,
    pub(super) data: String,
    pub(super) uuid: Option<String>,
    pub(super) uuid_name: Option<String>,
    pub(super) lock: bool,
    pub(super) loops: i64,
    pub(super) done: Option<oneshot::Sender<()>>,
}

impl Job {
    pub(super) fn new(name: &str, data: &str) -> Self {
        Self { name: name.to_owned(), data: data.to_owned(), loops: 1, ..Self::default() }
    }
}

/// An application that runs.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) job: Job,
    pub(super) uuid: String,
    pub(super) since: Instant,
    /// It came from outside the dialplan.
    pub(super) queued: bool,
}

/// Why somebody is called: which of the calls that are being made it is a leg of.
#[derive(Debug, Clone)]
pub(super) enum Purpose {
    Originate(u64),
    /// The `bridge` of this channel.
    Bridge(String, u64),
}

impl Purpose {
    pub(super) fn call(&self) -> u64 {
        match self {
            Self::Originate(call) | Self::Bridge(_, call) => *call,
        }
    }
}

/// What an originated channel does once it is answered.
#[derive(Debug, Clone)]
pub(super) enum Goal {
    Application(String, String),
    Exten(String, String, String),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Profile {
    pub(super) dialplan: String,
    pub(super) caller: (String, String),
    pub(super) original: (String, String),
    pub(super) callee: (String, String),
    pub(super) ani: String,
    pub(super) destination: String,
    pub(super) rdnis: Option<String>,
    pub(super) context: String,
    pub(super) index: u32,
    pub(super) created: u64,
    pub(super) logical: Option<&'static str>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Times {
    pub(super) created: u64,
    pub(super) answered: u64,
    pub(super) progress: u64,
    pub(super) hangup: u64,
    pub(super) bridged: u64,
    pub(super) last_hold: u64,
}

#[derive(Debug)]
pub(super) struct Channel {
    pub(super) uuid: String,
    pub(super) name: String,
    pub(super) inbound: bool,
    pub(super) source: &'static str,
    pub(super) state: State,
    /// Where it is going, which is what the number of its state says.
    pub(super) next: State,
    pub(super) callstate: &'static str,
    pub(super) answered: bool,
    pub(super) cause: Option<&'static str>,
    pub(super) hit_dialplan: bool,
    pub(super) call_uuid: String,
    pub(super) profile: Profile,
    pub(super) times: Times,
    pub(super) variables: Vec<(String, String)>,
    /// The other half of a loopback pair.
    pub(super) other: Option<String>,
    /// Whom it is bridged with, and whether it is the one that called.
    pub(super) bridge: Option<(String, bool)>,
    pub(super) purpose: Option<Purpose>,
    pub(super) plan: VecDeque<Job>,
    pub(super) queue: VecDeque<Job>,
    pub(super) stack: Vec<Running>,
    pub(super) parked: bool,
    pub(super) held: bool,
    pub(super) recordings: Vec<Recording>,
    pub(super) conference: Option<String>,
    /// The question of its `play_and_get_digits`.
    pub(super) asking: Option<Asking>,
}

impl Channel {
    pub(super) fn direction(&self) -> &'static str {
        if self.inbound { "inbound" } else { "outbound" }
    }

    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.variable(name).is_some_and(super::dial_string::is_true)
    }

    /// Sets a variable, which comes last then; an empty value unsets it. An array of one is that one, and one of none is none.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        let mut value = value.into();
        self.variables.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        while let Some(list) = value.strip_prefix("ARRAY::").filter(|list| !list.contains("|:")) {
            value = list.to_owned();
        }
        if !value.is_empty() {
            self.variables.push((name.to_owned(), value));
        }
    }

    pub(super) fn is_hung_up(&self) -> bool {
        self.cause.is_some()
    }

    /// `Channel-State` to the codecs.
    pub(super) fn state_headers(&self, event: &mut Event) {
        event.put("Channel-State", self.state.name());
        event.put("Channel-Call-State", self.callstate);
        event.put("Channel-State-Number", if self.next == State::None { 0 } else { self.next as u8 });
        event.put("Channel-Name", &self.name);
        event.put("Unique-ID", &self.uuid);
        event.put("Call-Direction", self.direction());
        event.put("Presence-Call-Direction", self.direction());
        event.put("Channel-HIT-Dialplan", self.hit_dialplan);
        event.put("Channel-Call-UUID", &self.call_uuid);
        let answer = if self.is_hung_up() {
            "hangup"
        } else if self.answered {
            "answered"
        } else {
            "ringing"
        };
        event.put("Answer-State", answer);
        if let Some(cause) = self.cause {
            event.put("Hangup-Cause", cause);
        }
    }

    pub(super) fn read_codec(event: &mut Event) {
        event.put("Channel-Read-Codec-Name", "L16");
        event.put("Channel-Read-Codec-Rate", 8000);
        event.put("Channel-Read-Codec-Bit-Rate", 128_000);
    }

    pub(super) fn write_codec(event: &mut Event) {
        event.put("Channel-Write-Codec-Name", "L16");
        event.put("Channel-Write-Codec-Rate", 8000);
        event.put("Channel-Write-Codec-Bit-Rate", 128_000);
    }

    /// `Caller-…`, or with another prefix the same of another leg.
    pub(super) fn profile_headers(&self, prefix: &'static str, event: &mut Event) {
        let profile = &self.profile;
        let logical = profile.logical.unwrap_or_else(|| self.direction());
        let mut put = |name: &str, value: &dyn ToString| event.put(format!("{prefix}-{name}"), value.to_string());
        put("Direction", &self.direction());
        put("Logical-Direction", &logical);
        put("Dialplan", &profile.dialplan);
        let ids = [
            ("Caller-ID-Name", &profile.caller.0),
            ("Caller-ID-Number", &profile.caller.1),
            ("Orig-Caller-ID-Name", &profile.original.0),
            ("Orig-Caller-ID-Number", &profile.original.1),
            ("Callee-ID-Name", &profile.callee.0),
            ("Callee-ID-Number", &profile.callee.1),
            ("ANI", &profile.ani),
            ("Destination-Number", &profile.destination),
        ];
        for (name, value) in ids {
            if !value.is_empty() {
                put(name, value);
            }
        }
        put("Unique-ID", &self.uuid);
        put("Source", &self.source);
        put("Context", &profile.context);
        if let Some(rdnis) = &profile.rdnis {
            put("RDNIS", rdnis);
        }
        put("Channel-Name", &self.name);
        if prefix != "Other-Leg" {
            put("Profile-Index", &profile.index);
        }
        put("Profile-Created-Time", &profile.created);
        let times = &self.times;
        let list = [
            ("Channel-Created-Time", times.created),
            ("Channel-Answered-Time", times.answered),
            ("Channel-Progress-Time", times.progress),
            ("Channel-Progress-Media-Time", 0),
            ("Channel-Hangup-Time", times.hangup),
            ("Channel-Transfer-Time", 0),
            ("Channel-Resurrect-Time", 0),
            ("Channel-Bridged-Time", times.bridged),
            ("Channel-Last-Hold", times.last_hold),
            ("Channel-Hold-Accum", 0),
        ];
        for (name, value) in list {
            put(name, &value);
        }
        put("Screen-Bit", &true);
        put("Privacy-Hide-Name", &false);
        put("Privacy-Hide-Number", &false);
    }

    pub(super) fn variable_headers(&self, event: &mut Event) {
        for (name, value) in &self.variables {
            event.put(format!("variable_{name}"), value);
        }
    }

    /// What a finished call leaves in its variables.
    pub(super) fn account(&mut self, stamp: impl Fn(u64) -> String) {
        let times = self.times.clone();
        let cause = self.cause.unwrap_or("NORMAL_CLEARING");
        let last_app = self.variable("current_application").unwrap_or_default().to_owned();
        self.set("hangup_cause", cause);
        self.set("hangup_cause_q850", super::causes::number(cause).to_string());
        self.set("digits_dialed", "none");
        let stamps = [
            ("start_stamp", times.created),
            ("profile_start_stamp", self.profile.created),
            ("answer_stamp", times.answered),
            ("bridge_stamp", times.bridged),
            ("progress_stamp", times.progress),
            ("end_stamp", times.hangup),
        ];
        for (name, time) in stamps {
            if time > 0 {
                self.set(name, stamp(time));
            }
        }
        let epochs = [
            ("start", times.created),
            ("profile_start", self.profile.created),
            ("answer", times.answered),
            ("bridge", times.bridged),
            ("last_hold", times.last_hold),
        ];
        for (name, time) in epochs {
            self.epochs(name, time);
        }
        for name in ["hold_accum_seconds", "hold_accum_usec", "hold_accum_ms"] {
            self.set(name, "0");
        }
        for (name, time) in
            [("resurrect", 0), ("progress", times.progress), ("progress_media", 0), ("end", times.hangup)]
        {
            self.epochs(name, time);
        }
        self.set("last_app", last_app);
        let (name, number) = self.profile.caller.clone();
        self.set("caller_id", if name.is_empty() { number } else { format!("\"{name}\" <{number}>") });
        let between = |from: u64, to: u64| if from == 0 { 0 } else { to.saturating_sub(from) };
        let spans = [
            ("duration", between(times.created, times.hangup)),
            ("bill", between(times.answered, times.hangup)),
            ("progress", between(times.created, times.progress)),
            ("answer", between(times.created, times.answered)),
            ("wait", between(times.created, times.bridged)),
            ("progress_media", 0),
            ("flow_bill", between(times.answered, times.hangup)),
        ];
        for (unit, divisor) in [("sec", 1_000_000), ("msec", 1000), ("usec", 1)] {
            for (name, span) in spans {
                let name = match (name, unit) {
                    ("duration", "sec") => "duration".to_owned(),
                    ("duration", "msec") => "mduration".to_owned(),
                    ("duration", _) => "uduration".to_owned(),
                    (name, unit) => format!("{name}{unit}"),
                };
                self.set(&name, (span / divisor).to_string());
            }
        }
        if self.other.is_some() || self.source == "mod_loopback" {
            self.set("is_loopback", "1");
        }
    }

    fn epochs(&mut self, name: &str, time: u64) {
        self.set(&format!("{name}_epoch"), (time / 1_000_000).to_string());
        self.set(&format!("{name}_uepoch"), time.to_string());
    }
}
