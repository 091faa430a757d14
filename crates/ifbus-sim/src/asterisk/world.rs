//! The switch: its channels, what happens to them, and the events that tell of it.

use super::channel::{Application, Channel, DOWN, Phone, Purpose, RING};
use super::dialplan::Added;
use super::mask::{self, CALL, DIALPLAN};
use super::message::Message;
use super::records::{CALLED, Record};
use super::rooms::{Bridge, Conference, Parked, Queue};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// One event, as it goes to every session that may have it.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) class: u32,
    pub(super) name: &'static str,
    pub(super) text: Arc<str>,
}

/// What is to happen to a channel later, if nothing else has happened to it meanwhile.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Resume,
    Ring,
    Answer,
    GiveUp,
    /// It was refused: the failure is told and it is gone.
    Refuse {
        status: &'static str,
        reason: u8,
        cause: u8,
    },
}

/// A step, its channel, and the turn of the channel in which it was decided.
pub(super) type Later = (Duration, String, u64, Step);

pub(super) struct World {
    /// Counts the restarts.
    pub(super) run: u64,
    pub(super) booted: Instant,
    pub(super) extensions: BTreeMap<String, Vec<Application>>,
    pub(super) added: Added,
    /// Files that are not there.
    pub(super) missing: Vec<String>,
    /// Whether CDR and CEL are told.
    pub(super) records: bool,
    pub(super) phones: BTreeMap<String, Phone>,
    pub(super) channels: BTreeMap<String, Channel>,
    pub(super) bridges: BTreeMap<String, Bridge>,
    pub(super) conferences: BTreeMap<String, Conference>,
    pub(super) queues: BTreeMap<String, Queue>,
    pub(super) parked: Vec<Parked>,
    pub(super) database: BTreeMap<(String, String), String>,
    pub(super) globals: BTreeMap<String, String>,
    pub(super) calls: u64,
    pub(super) events: Vec<Event>,
    pub(super) later: Vec<Later>,
    /// Synchronous Originates that are done: their ticket, and whether they were answered.
    pub(super) done: Vec<(u64, bool)>,
    serial: u64,
    locals: u64,
}

pub(super) fn epoch() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl World {
    pub(super) fn new(
        run: u64,
        extensions: BTreeMap<String, Vec<Application>>,
        phones: BTreeMap<String, Phone>,
        queues: BTreeMap<String, Queue>,
        missing: Vec<String>,
    ) -> Self {
        Self {
            run,
            booted: Instant::now(),
            extensions,
            added: Added::new(),
            missing,
            records: false,
            phones,
            queues,
            channels: BTreeMap::new(),
            bridges: BTreeMap::new(),
            conferences: BTreeMap::new(),
            parked: Vec::new(),
            database: BTreeMap::new(),
            globals: BTreeMap::new(),
            calls: 0,
            events: Vec::new(),
            later: Vec::new(),
            done: Vec::new(),
            serial: 0,
            locals: 0,
        }
    }

    /// An event with these fields behind its name and class.
    pub(super) fn emit(&mut self, name: &'static str, class: u32, fill: impl FnOnce(&Self, &mut Message)) {
        let mut message =
            Message::default().with("Event", name).with("Privilege", format_args!("{},all", mask::name(class)));
        fill(self, &mut message);
        self.events.push(Event { class, name, text: message.end().into() });
    }

    /// An event about a channel: its snapshot and what follows.
    pub(super) fn tell(&mut self, name: &'static str, id: &str, rest: &[(&str, &str)]) {
        let class = if matches!(name, "Newexten" | "VarSet") { DIALPLAN } else { CALL };
        self.emit(name, class, |world, message| {
            if let Some(channel) = world.channels.get(id) {
                channel.snapshot("", message);
            }
            rest.iter().for_each(|(key, value)| message.put(key, value));
        });
        self.record(name, id, rest);
    }

    /// An event of a Dial: who is called, perhaps by whom, and how it stands.
    pub(super) fn tell_dial(&mut self, name: &'static str, dest: &str, last: (&str, &str)) {
        self.emit(name, CALL, |world, message| {
            let Some(dest) = world.channels.get(dest) else { return };
            if let Some(Purpose::Dial { caller, .. }) = &dest.purpose
                && let Some(caller) = world.channels.get(caller)
            {
                caller.snapshot("", message);
            }
            dest.snapshot("Dest", message);
            message.put(last.0, last.1);
        });
    }

    pub(super) fn after(&mut self, delay: Duration, id: &str, step: Step) {
        if let Some(channel) = self.channels.get(id) {
            self.later.push((delay, id.to_owned(), channel.turn, step));
        }
    }

    /// A timer has come.
    pub(super) fn step(&mut self, id: &str, turn: u64, step: &Step) {
        if self.channels.get(id).is_none_or(|channel| channel.turn != turn) {
            return;
        }
        match step {
            Step::Resume => {
                if self.channels.get(id).is_some_and(|channel| channel.application.0 == "Playback") {
                    self.tell_cel("STREAM_END", id, "");
                    self.set_variable(id, "PLAYBACKSTATUS", "SUCCESS");
                }
                self.run_plan(id);
            }
            Step::Ring => self.outgoing_rings(id),
            Step::Answer => self.outgoing_answers(id),
            Step::GiveUp => self.outgoing_fails(id, "NOANSWER", 3, 0),
            Step::Refuse { status, reason, cause } => self.outgoing_fails(id, status, *reason, *cause),
        }
    }

    /// By its name, or by its Uniqueid as the server allows, too.
    pub(super) fn by_name(&self, name: &str) -> Option<&Channel> {
        self.channels.values().find(|channel| channel.name == name).or_else(|| self.channels.get(name))
    }

    /// The next Uniqueid: the second, and a number that counts up.
    fn unique(&mut self) -> String {
        let id = format!("{}.{}", epoch(), self.serial);
        self.serial += 1;
        id
    }

    fn new_channel(&mut self, name: String, id: String, linked: &str, state: u8, exten: (&str, &str)) -> String {
        self.calls += 1;
        let channel = Channel {
            name,
            uniqueid: id.clone(),
            linkedid: linked.to_owned(),
            state,
            caller: Default::default(),
            connected: Default::default(),
            account: String::new(),
            context: exten.0.to_owned(),
            exten: exten.1.to_owned(),
            priority: 1,
            told: 1,
            application: ("", String::new()),
            variables: Vec::new(),
            since: Instant::now(),
            other: None,
            bridge: None,
            plan: VecDeque::new(),
            turn: 0,
            purpose: None,
            dialing: None,
            conference: None,
            queue: None,
            called_as: "",
            record: Some(Record::new()),
            waits_in: None,
            music: false,
            spies_on: None,
            recordings: Vec::new(),
            muted: false,
        };
        self.channels.insert(id.clone(), channel);
        id
    }

    /// A channel of a phone that dials an extension.
    pub(super) fn dialled_in(&mut self, phone: &str, exten: &str) -> String {
        let id = self.unique();
        let number = self.locals;
        self.locals += 1;
        self.new_channel(format!("{phone}-{number:08x}"), id.clone(), &id, RING, ("default", exten))
    }

    /// Calls a channel. `None`: there is no such technology, phone or extension.
    pub(super) fn call(
        &mut self,
        target: &str,
        ids: (Option<&str>, Option<&str>),
        purpose: Purpose,
        timeout: Duration,
        prepare: impl Fn(&mut Channel),
    ) -> Option<String> {
        let (technology, resource) = target.split_once('/')?;
        let linked = match &purpose {
            Purpose::Dial { caller, .. } => self.channels.get(caller).map(|caller| caller.linkedid.clone()),
            Purpose::Originate(_) => None,
        };
        let first = ids.0.map_or_else(|| self.unique(), str::to_owned);
        let linked = linked.unwrap_or_else(|| first.clone());
        let id = if technology.eq_ignore_ascii_case("local") {
            let (place, options) = resource.split_once('/').unwrap_or((resource, ""));
            let (exten, context) = place.split_once('@').unwrap_or((place, "default"));
            let plan = self.extension(context, exten);
            let second = ids.1.map_or_else(|| self.unique(), str::to_owned);
            let name = |half: u8, number: u64| format!("Local/{place}-{number:08x};{half}");
            let number = self.locals;
            self.locals += 1;
            let one = self.new_channel(name(1, number), first, &linked, DOWN, (context, exten));
            let two = self.new_channel(name(2, number), second, &linked, RING, (context, exten));
            for (half, other) in [(&one, &two), (&two, &one)] {
                if let Some(channel) = self.channels.get_mut(half) {
                    prepare(channel);
                    channel.other = Some(other.clone());
                }
                self.tell("Newchannel", half, &[]);
            }
            let Some(plan) = plan else {
                // there is no such extension, and the server finds out with both halves in its hands
                self.part(&one);
                self.hang_up(&one, 0);
                self.hang_up(&two, 0);
                return None;
            };
            if let Some(channel) = self.channels.get_mut(&two) {
                channel.plan = plan.into();
            }
            let optimize = if options.contains('n') { "No" } else { "Yes" };
            self.emit("LocalBridge", CALL, |world, message| {
                for (prefix, half) in [("LocalOne", &one), ("LocalTwo", &two)] {
                    if let Some(channel) = world.channels.get(half) {
                        channel.snapshot(prefix, message);
                    }
                }
                message.put("Context", context);
                message.put("Exten", exten);
                message.put("LocalOptimization", optimize);
            });
            // the dialplan runs a moment later, on a thread of its own
            self.after(Duration::ZERO, &two, Step::Resume);
            one
        } else {
            let phone = *self.phones.get(target)?;
            let number = self.locals;
            self.locals += 1;
            let id = self.new_channel(format!("{target}-{number:08x}"), first, &linked, DOWN, ("default", ""));
            if let Some(channel) = self.channels.get_mut(&id) {
                prepare(channel);
            }
            self.tell("Newchannel", &id, &[]);
            match phone {
                Phone::Answers(after) => {
                    self.after(Duration::ZERO, &id, Step::Ring);
                    self.after(after, &id, Step::Answer);
                }
                Phone::Rings => self.after(Duration::ZERO, &id, Step::Ring),
                Phone::Busy => {
                    self.after(Duration::ZERO, &id, Step::Refuse { status: "BUSY", reason: 5, cause: 17 });
                }
            }
            id
        };
        let dialed_by = match &purpose {
            Purpose::Dial { caller, .. } => Some(caller.clone()),
            Purpose::Originate(_) => None,
        };
        let name = self.channels.get(&id).map(|channel| channel.name.clone());
        if let Some(record) = dialed_by.and_then(|caller| self.channels.get_mut(&caller)?.record.as_mut()) {
            record.destination = name;
        }
        if let Some(channel) = self.channels.get_mut(&id) {
            // one that another channel calls stands in that channel's record
            let dialed = matches!(purpose, Purpose::Dial { .. });
            channel.called_as = if dialed { "AppDial" } else { "AppDial2" };
            channel.record = channel.record.take().filter(|_| !dialed);
            channel.application = (channel.called_as, CALLED.to_owned());
            channel.purpose = Some(purpose);
        }
        self.tell_dial("DialBegin", &id, ("DialString", resource));
        self.after(timeout, &id, Step::GiveUp);
        Some(id)
    }

    pub(super) fn set_state(&mut self, id: &str, state: u8) -> bool {
        let Some(channel) = self.channels.get_mut(id).filter(|channel| channel.state != state) else { return false };
        channel.state = state;
        self.tell("Newstate", id, &[]);
        true
    }

    /// The channel at the other end of a Local pair, if somebody is calling it.
    pub(super) fn called_half(&self, id: &str) -> Option<String> {
        let other = self.channels.get(id)?.other.clone()?;
        self.channels.get(&other)?.purpose.as_ref()?;
        Some(other)
    }

    pub(super) fn set_variable(&mut self, id: &str, name: &str, value: &str) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        channel.variables.retain(|(key, _)| key != name);
        channel.variables.push((name.to_owned(), value.to_owned()));
        self.tell("VarSet", id, &[("Variable", name), ("Value", &escaped(value))]);
    }
}

/// A value as `VarSet` shows it.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\\' | '"' | '\'' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            c => text.push(c),
        }
    }
    text
}
