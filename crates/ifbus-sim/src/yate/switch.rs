//! The channels of the engine, and what is told of them.

use super::message::Message;
use std::collections::BTreeMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

#[derive(Debug, Clone)]
pub(super) struct Channel {
    pub(super) id: String,
    pub(super) module: &'static str,
    pub(super) status: String,
    pub(super) address: String,
    pub(super) billid: String,
    pub(super) peer: Option<String>,
    pub(super) last_peer: Option<String>,
    pub(super) answered: bool,
    pub(super) outgoing: bool,
    pub(super) caller: String,
    pub(super) called: String,
    /// The number of its call record, once there is one.
    pub(super) cdr: Option<u64>,
    pub(super) since: Instant,
    pub(super) time: String,
    pub(super) ringing: Option<Instant>,
    pub(super) talking: Option<Instant>,
}

#[derive(Debug, Default)]
pub(super) struct Switch {
    pub(super) channels: BTreeMap<String, Channel>,
    /// How many channels each driver has had.
    pub(super) totals: BTreeMap<&'static str, u64>,
    bills: u64,
    cdrs: u64,
}

impl Switch {
    /// A new channel of a driver.
    pub(super) fn add(&mut self, module: &'static str, runid: u64, outgoing: bool) -> Channel {
        let total = self.totals.entry(module).or_default();
        *total += 1;
        let id = match module {
            // the real ones are all called the same, until they are renamed
            "external" if !self.channels.contains_key("ExtModule") => "ExtModule".to_owned(),
            "external" => format!("ExtModule/{total}"),
            _ => format!("{module}/{total}"),
        };
        // the leg of a conference has the bill of who is in it
        self.bills += u64::from(module != "conf");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Channel {
            id,
            module,
            status: if outgoing { "outgoing" } else { "incoming" }.into(),
            address: String::new(),
            billid: format!("{runid}-{}", self.bills),
            peer: None,
            last_peer: None,
            answered: false,
            outgoing,
            caller: String::new(),
            called: String::new(),
            cdr: None,
            since: Instant::now(),
            time: format!("{}.{:03}", now.as_secs(), now.subsec_millis()),
            ringing: None,
            talking: None,
        }
    }

    pub(super) fn insert(&mut self, channel: Channel) {
        self.channels.insert(channel.id.clone(), channel);
    }

    pub(super) fn rename(&mut self, old: &str, new: &str) {
        let Some(mut channel) = self.channels.remove(old) else { return };
        new.clone_into(&mut channel.id);
        if let Some(peer) = channel.peer.as_ref().and_then(|peer| self.channels.get_mut(peer)) {
            peer.peer = Some(new.to_owned());
        }
        self.insert(channel);
    }

    pub(super) fn connect(&mut self, a: &str, b: &str) {
        for (id, other) in [(a, b), (b, a)] {
            if let Some(channel) = self.channels.get_mut(id) {
                channel.peer = Some(other.to_owned());
            }
        }
    }

    /// The number of a channel's call record.
    pub(super) fn cdr(&mut self, id: &str) -> Option<u64> {
        let channel = self.channels.get_mut(id)?;
        if channel.cdr.is_none() {
            self.cdrs += 1;
            channel.cdr = Some(self.cdrs);
        }
        channel.cdr
    }
}

impl Channel {
    /// Adds what every message of a channel says of it.
    pub(super) fn describe(&self, mut message: Message) -> Message {
        message.set(b"module", self.module.as_bytes());
        message.set(b"status", self.status.as_bytes());
        let list = [
            ("address", Some(self.address.clone()).filter(|address| !address.is_empty())),
            ("billid", Some(self.billid.clone()).filter(|billid| !billid.is_empty())),
            ("peerid", self.peer.clone()),
            ("lastpeerid", self.last_peer.clone()),
        ];
        for (name, value) in list {
            if let Some(value) = value {
                message.set(name.as_bytes(), value.as_bytes());
            }
        }
        message.set(b"answered", if self.answered { b"true" } else { b"false" });
        message.set(b"direction", if self.outgoing { b"outgoing" } else { b"incoming" });
        message
    }

    pub(super) fn message(&self, name: &str) -> Message {
        self.describe(Message::new(name).with("id", &self.id))
    }

    /// Its call record.
    pub(super) fn record(&self, operation: &str, runid: u64) -> Message {
        let span = |since: Option<Instant>, until: Option<Instant>| {
            let until = until.unwrap_or_else(Instant::now);
            format!("{:.3}", since.map_or(0.0, |since| until.saturating_duration_since(since).as_secs_f64()))
        };
        // the record of a dumb channel is begun before anything is known of it
        let unknown = operation == "initialize" && self.module != "sip" && !self.outgoing;
        let direction = if self.outgoing { "outgoing" } else { "incoming" };
        let mut message = Message::new("call.cdr")
            .with("time", &self.time)
            .with("chan", &self.id)
            .with("cdrid", self.cdr.unwrap_or_default().to_string())
            .with("runid", runid.to_string())
            .with("operation", operation)
            .with("direction", if unknown { "unknown" } else { direction })
            .with("duration", span(Some(self.since), None))
            .with("billtime", span(self.talking, None))
            .with("ringtime", span(self.ringing, self.talking))
            .with("status", if unknown { "unknown" } else { &self.status });
        if !unknown {
            message = message.with("external", if self.outgoing { &self.called } else { &self.caller });
        }
        message = message.with("cdrwrite", "true");
        let who = |message: Message| {
            let message = message.with("caller", &self.caller);
            if self.called.is_empty() { message } else { message.with("called", &self.called) }
        };
        if self.module == "sip" {
            return who(message.with("address", &self.address).with("billid", &self.billid));
        }
        let message = who(message);
        if unknown || self.billid.is_empty() { message } else { message.with("billid", &self.billid) }
    }
}
