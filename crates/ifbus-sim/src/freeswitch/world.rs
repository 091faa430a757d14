//! The switch: its channels, its clock, and how what happens is told.

use super::builder::Phone;
use super::channel::{Channel, Profile, State, Times};
use super::clock::{gmt, micros, stamp, uuid};
use super::dialing::Dialing;
use super::event::Event;
use super::origin;
use super::rooms::Conference;
use super::schedule::{OWN_TASKS, Task};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What goes to every connection; each takes what it asked for.
#[derive(Debug, Clone)]
pub(super) enum News {
    Event(Arc<Event>),
    Log(Arc<LogLine>),
    /// The server goes: with these words, or without any.
    Gone(Option<&'static str>),
}

#[derive(Debug)]
pub(super) struct LogLine {
    pub(super) level: u8,
    pub(super) channel: u8,
    pub(super) file: &'static str,
    pub(super) function: &'static str,
    pub(super) line: u16,
    pub(super) uuid: String,
    pub(super) text: String,
}

/// Something that is to happen later.
pub(super) type Later = (Duration, Box<dyn FnOnce(&mut World) + Send>);

/// A listener that a call dials.
#[derive(Debug, Clone)]
pub(super) struct Dial {
    pub(super) uuid: String,
    pub(super) application: String,
    pub(super) addr: SocketAddr,
    pub(super) full: bool,
    pub(super) asynchronous: bool,
}

pub(super) struct World {
    /// Counts the restarts.
    pub(super) run: u64,
    pub(super) core: String,
    pub(super) started: Instant,
    pub(super) extensions: BTreeMap<String, Vec<(String, String)>>,
    pub(super) phones: BTreeMap<String, Phone>,
    pub(super) channels: BTreeMap<String, Channel>,
    /// The channels in the order in which they came.
    pub(super) order: Vec<String>,
    pub(super) conferences: BTreeMap<String, Conference>,
    pub(super) members: u32,
    pub(super) globals: BTreeMap<String, String>,
    pub(super) hashes: BTreeMap<String, String>,
    /// Tasks that wait, by their numbers.
    pub(super) scheduled: BTreeMap<u32, Task>,
    pub(super) tasks: u32,
    /// The calls that are being made, by their numbers.
    pub(super) dialing: BTreeMap<u64, Dialing>,
    pub(super) dialled: u64,
    pub(super) sessions: u64,
    pub(super) peak: usize,
    pub(super) news: Vec<News>,
    pub(super) later: Vec<Later>,
    pub(super) dials: Vec<Dial>,
    sequence: u64,
}

impl World {
    pub(super) fn new(
        run: u64,
        extensions: BTreeMap<String, Vec<(String, String)>>,
        phones: BTreeMap<String, Phone>,
        heartbeat: Duration,
    ) -> Self {
        let mut world = Self {
            run,
            core: uuid(),
            started: Instant::now(),
            extensions,
            phones,
            channels: BTreeMap::new(),
            order: Vec::new(),
            conferences: BTreeMap::new(),
            members: 0,
            globals: BTreeMap::from([("hold_music".into(), "tone_stream://%(1000,500,440);loops=-1".into())]),
            hashes: BTreeMap::new(),
            scheduled: BTreeMap::new(),
            tasks: OWN_TASKS,
            dialing: BTreeMap::new(),
            dialled: 0,
            sessions: 0,
            peak: 0,
            news: Vec::new(),
            later: Vec::new(),
            dials: Vec::new(),
            sequence: 500,
        };
        world.after(heartbeat, move |world| world.heartbeat(heartbeat));
        world
    }

    pub(super) fn after(&mut self, delay: Duration, what: impl FnOnce(&mut Self) + Send + 'static) {
        self.later.push((delay, Box::new(what)));
    }

    pub(super) fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// The headers that every event has.
    pub(super) fn common(&self, event: &mut Event, origin: (&'static str, &'static str, u16), sequence: u64) {
        let now = micros();
        let name = event.name.clone();
        event.headers.reserve(90);
        event.put("Event-Name", name);
        event.put("Core-UUID", &self.core);
        event.put("FreeSWITCH-Hostname", HOST);
        event.put("FreeSWITCH-Switchname", HOST);
        event.put("FreeSWITCH-IPv4", "127.0.0.1");
        event.put("FreeSWITCH-IPv6", "::1");
        event.put("Event-Date-Local", stamp(now));
        event.put("Event-Date-GMT", gmt(now));
        event.put("Event-Date-Timestamp", now);
        event.put("Event-Calling-File", origin.0);
        event.put("Event-Calling-Function", origin.1);
        event.put("Event-Calling-Line-Number", origin.2);
        event.put("Event-Sequence", sequence);
    }

    pub(super) fn event(&mut self, name: &'static str) -> Event {
        let mut event = Event::named(name);
        let sequence = self.next_sequence();
        self.common(&mut event, origin::of(name), sequence);
        event
    }

    /// An api command was carried out.
    pub(super) fn tell_api(&mut self, sequence: u64, name: &str, data: &str) {
        let mut event = Event::named("API");
        self.common(&mut event, origin::of("API"), sequence);
        event.put("API-Command", name);
        if !data.is_empty() {
            event.put("API-Command-Argument", data);
        }
        self.fire(event);
    }

    /// Ends all calls and connections; `properly` is with a farewell.
    pub(super) fn shut_down(&mut self, properly: bool) {
        if properly {
            let mut event = self.event("SHUTDOWN");
            event.put("Event-Info", "System Shutting Down");
            self.fire(event);
            self.hang_up_all("SYSTEM_SHUTDOWN");
        }
        self.news.push(News::Gone(properly.then_some(super::jobs::SHUT_DOWN)));
    }

    /// An event of a subclass, which comes before everything else.
    pub(super) fn custom(&mut self, subclass: &str, origin: (&'static str, &'static str, u16)) -> Event {
        let mut event = Event::named("CUSTOM");
        event.put("Event-Subclass", subclass);
        let sequence = self.next_sequence();
        self.common(&mut event, origin, sequence);
        event
    }

    pub(super) fn fire(&mut self, event: Event) {
        self.news.push(News::Event(Arc::new(event)));
    }

    /// An event of a channel, with what comes before its state, and what behind everything.
    pub(super) fn tell_with(
        &mut self,
        name: &'static str,
        id: &str,
        before: &[(&'static str, &str)],
        after: &[(&'static str, &str)],
    ) {
        let mut event = self.event(name);
        self.fill(&mut event, id, before);
        for (key, value) in after {
            event.put(*key, value);
        }
        self.fire(event);
    }

    pub(super) fn tell(&mut self, name: &'static str, id: &str) {
        self.tell_with(name, id, &[], &[]);
    }

    pub(super) fn fill(&self, event: &mut Event, id: &str, before: &[(&'static str, &str)]) {
        for (key, value) in before {
            event.put(*key, value);
        }
        let Some(channel) = self.channels.get(id) else { return };
        channel.state_headers(event);
        Channel::read_codec(event);
        Channel::write_codec(event);
        channel.profile_headers("Caller", event);
        self.other_leg(channel, event);
        let bare = matches!(&*event.name, "CHANNEL_STATE" | "CHANNEL_CALLSTATE" | "CHANNEL_OUTGOING" | "DTMF");
        if !bare {
            channel.variable_headers(event);
        }
    }

    /// `Other-Leg-…`: whom it is bridged with, or by whom it was called.
    fn other_leg(&self, channel: &Channel, event: &mut Event) {
        let peer = match (&channel.bridge, &channel.purpose) {
            (Some((peer, caller)), _) => Some((peer, if *caller { "originatee" } else { "originator" })),
            (None, Some(super::channel::Purpose::Bridge(caller, _))) => Some((caller, "originator")),
            _ => None,
        };
        if let Some((peer, kind)) = peer
            && let Some(peer) = self.channels.get(peer)
        {
            event.put("Other-Type", kind);
            peer.profile_headers("Other-Leg", event);
        }
    }

    /// All that is known of a channel, as `uuid_dump` and `connect` have it.
    pub(super) fn data(&mut self, id: &str, outbound: bool) -> Event {
        let mut event = self.event("CHANNEL_DATA");
        if outbound && let Some(channel) = self.channels.get(id) {
            channel.profile_headers("Channel", &mut event);
        }
        self.fill(&mut event, id, &[]);
        event
    }

    /// A new running state, told; `next` is where it goes on to.
    pub(super) fn state(&mut self, id: &str, state: State, next: State) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        (channel.state, channel.next) = (state, next);
        self.tell("CHANNEL_STATE", id);
    }

    pub(super) fn callstate(&mut self, id: &str, callstate: &'static str) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        let old = std::mem::replace(&mut channel.callstate, callstate);
        if old == callstate {
            return;
        }
        let number = match callstate {
            "RINGING" => "2",
            "EARLY" => "3",
            "ACTIVE" => "4",
            "HELD" => "5",
            "HANGUP" => "7",
            "UNHELD" => "8",
            _ => "0",
        };
        let before = [("Original-Channel-Call-State", old), ("Channel-Call-State-Number", number)];
        self.tell_with("CHANNEL_CALLSTATE", id, &before, &[]);
    }

    pub(super) fn log(
        &mut self,
        level: u8,
        channel: u8,
        origin: (&'static str, &'static str, u16),
        uuid: &str,
        text: String,
    ) {
        let (file, function, line) = origin;
        let line = LogLine { level, channel, file, function, line, uuid: uuid.to_owned(), text };
        self.news.push(News::Log(Arc::new(line)));
    }

    /// A new channel, not yet told of.
    pub(super) fn add(&mut self, id: String, name: &str, inbound: bool, source: &'static str, profile: Profile) {
        let now = micros();
        self.sessions += 1;
        let mut channel = Channel {
            uuid: id.clone(),
            name: name.to_owned(),
            inbound,
            source,
            state: State::None,
            next: State::Init,
            callstate: "DOWN",
            answered: false,
            cause: None,
            hit_dialplan: false,
            call_uuid: id.clone(),
            profile: Profile { index: 1, created: now, ..profile },
            times: Times { created: now, ..Times::default() },
            variables: Vec::new(),
            other: None,
            bridge: None,
            purpose: None,
            plan: Default::default(),
            queue: Default::default(),
            stack: Vec::new(),
            parked: false,
            held: false,
            recordings: Vec::new(),
            conference: None,
            asking: None,
        };
        channel.set("direction", channel.direction());
        if inbound {
            channel.set("uuid", &*id);
            channel.set("call_uuid", &*id);
        } else {
            channel.set("is_outbound", "true");
        }
        channel.set("session_id", self.sessions.to_string());
        if inbound {
            channel.set("channel_name", name);
        }
        for (name, value) in
            [("read_codec", "L16"), ("read_rate", "8000"), ("write_codec", "L16"), ("write_rate", "8000")]
        {
            channel.set(name, value);
        }
        if !inbound {
            channel.set("channel_name", name);
            channel.set("uuid", &*id);
            channel.set("call_uuid", &*id);
        }
        self.order.push(id.clone());
        self.channels.insert(id, channel);
        self.peak = self.peak.max(self.channels.len());
    }

    /// What the codecs of a channel that is just made are told with.
    pub(super) fn tell_codecs(&mut self, id: &str, name: &str, inbound: bool) {
        let direction = if inbound { "inbound" } else { "outbound" };
        for write in [false, true] {
            let mut event = Event::named("CODEC");
            let origin = if write {
                ("switch_core_codec.c", "switch_core_session_set_write_codec", 471)
            } else {
                ("switch_core_codec.c", "switch_core_session_set_read_codec", 300)
            };
            let sequence = self.next_sequence();
            self.common(&mut event, origin, sequence);
            event.put("Channel-State", "CS_NONE");
            event.put("Channel-Call-State", "DOWN");
            event.put("Channel-State-Number", 0);
            event.put("Channel-Name", name);
            event.put("Unique-ID", id);
            event.put("Call-Direction", direction);
            event.put("Presence-Call-Direction", direction);
            event.put("Channel-HIT-Dialplan", false);
            event.put("Channel-Call-UUID", id);
            event.put("Answer-State", "ringing");
            Channel::read_codec(&mut event);
            if write {
                Channel::write_codec(&mut event);
                event.put("Channel-Write-Codec-Name", "L16");
                event.put("Channel-Write-Codec-Rate", 8000);
                event.put("Channel-Write-codec-bit-rate", 128_000);
            } else {
                event.put("channel-read-codec-name", "L16");
                event.put("channel-read-codec-rate", 8000);
                event.put("channel-read-codec-bit-rate", 128_000);
            }
            self.fire(event);
        }
    }

    fn heartbeat(&mut self, interval: Duration) {
        let mut event = self.event("HEARTBEAT");
        let up = self.started.elapsed();
        event.put("Event-Info", "System Ready");
        event.put("Up-Time", super::api::up_time(up));
        event.put("FreeSWITCH-Version", VERSION);
        event.put("Uptime-msec", up.as_millis());
        event.put("Session-Count", self.channels.len());
        event.put("Max-Sessions", 5000);
        event.put("Session-Per-Sec", 2000);
        event.put("Session-Per-Sec-Last", 0);
        event.put("Session-Per-Sec-Max", 0);
        event.put("Session-Per-Sec-FiveMin", 0);
        event.put("Session-Since-Startup", self.sessions);
        event.put("Session-Peak-Max", self.peak);
        event.put("Session-Peak-FiveMin", self.peak);
        event.put("Idle-CPU", "96.666667");
        self.fire(event);
        self.after(interval, move |world| world.heartbeat(interval));
    }
}

pub(super) const HOST: &str = "fs-test";
pub(super) const VERSION: &str = "1.11.2-release+git~20260809T162310Z~3f13ad1b1d~64bit";
