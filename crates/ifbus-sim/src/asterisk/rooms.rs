//! Where channels meet and wait: bridges, conferences, parking lots, queues.

use super::channel::Channel;
use super::mask::{AGENT, CALL};
use super::message::Message;
use super::world::{World, epoch};
use std::time::{Duration, Instant};
use uuid::Uuid;

#[derive(Debug)]
pub(super) struct Bridge {
    pub(super) id: String,
    kind: &'static str,
    technology: &'static str,
    creator: &'static str,
    name: String,
    pub(super) channels: Vec<String>,
}

impl Bridge {
    /// Whether it is where BridgeWait lets channels wait under this name.
    pub(super) fn is_holding(&self, name: &str) -> bool {
        self.creator == "BridgeWait" && self.name == name
    }

    pub(super) fn snapshot(&self, message: &mut Message) {
        message.put("BridgeUniqueid", &self.id);
        message.put("BridgeType", self.kind);
        message.put("BridgeTechnology", self.technology);
        message.put("BridgeCreator", self.creator);
        message.put("BridgeName", &self.name);
        message.put("BridgeNumChannels", self.channels.len());
        message.put("BridgeVideoSourceMode", "none");
    }
}

#[derive(Debug)]
pub(super) struct Conference {
    pub(super) bridge: String,
    /// Uniqueid, admin, muted.
    pub(super) members: Vec<(String, bool, bool)>,
    pub(super) locked: bool,
    pub(super) recording: Option<String>,
}

#[derive(Debug)]
pub(super) struct Parked {
    pub(super) channel: String,
    pub(super) space: u32,
    pub(super) since: Instant,
    pub(super) timeout: u64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    pub(super) members: Vec<Member>,
    /// Uniqueids, in order, and since when.
    pub(super) callers: Vec<(String, Option<Instant>)>,
    pub(super) completed: u32,
    pub(super) abandoned: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) interface: String,
    pub(super) name: String,
    pub(super) state_interface: String,
    pub(super) dynamic: bool,
    pub(super) penalty: u32,
    pub(super) taken: u32,
    pub(super) last_call: u64,
    pub(super) last_pause: u64,
    pub(super) login: u64,
    pub(super) in_call: bool,
    pub(super) paused: bool,
    pub(super) reason: String,
}

impl Member {
    pub(super) fn new(interface: &str, name: &str, dynamic: bool) -> Self {
        Self {
            interface: interface.to_owned(),
            name: if name.is_empty() { interface.to_owned() } else { name.to_owned() },
            state_interface: interface.to_owned(),
            dynamic,
            penalty: 0,
            taken: 0,
            last_call: 0,
            last_pause: 0,
            login: epoch(),
            in_call: false,
            paused: false,
            reason: String::new(),
        }
    }

    /// What stands in lists and in events, with the two names that differ between them.
    pub(super) fn fields(&self, queue: &str, names: (&str, &str), event: bool, message: &mut Message) {
        message.put("Queue", queue);
        message.put(names.0, &self.name);
        message.put(names.1, &self.interface);
        message.put("StateInterface", &self.state_interface);
        message.put("Membership", if self.dynamic { "dynamic" } else { "static" });
        message.put("Penalty", self.penalty);
        message.put("CallsTaken", self.taken);
        message.put("LastCall", self.last_call);
        message.put("LastPause", self.last_pause);
        message.put("LoginTime", self.login);
        message.put("InCall", u8::from(self.in_call));
        message.put("Status", if self.in_call { 2 } else { 1 });
        message.put("Paused", u8::from(self.paused));
        message.put("PausedReason", &self.reason);
        if event {
            message.put("Ringinuse", 1);
        }
        message.put("Wrapuptime", 0);
    }
}

impl World {
    pub(super) fn tell_bridge(&mut self, name: &'static str, bridge: &str, id: Option<&str>) {
        self.emit(name, CALL, |world, message| {
            if let Some(bridge) = world.bridges.get(bridge) {
                bridge.snapshot(message);
            }
            if let Some(channel) = id.and_then(|id| world.channels.get(id)) {
                channel.snapshot("", message);
            }
        });
        if let (Some(id), Some(technology)) = (id, self.bridges.get(bridge).map(|bridge| bridge.technology)) {
            self.record(name, id, &[("bridge", bridge), ("technology", technology)]);
        }
    }

    fn tell_conference(&mut self, name: &'static str, room: &str, id: Option<&str>, rest: &[(&str, &str)]) {
        self.emit(name, CALL, |world, message| {
            message.put("Conference", room);
            let bridge = world.conferences.get(room).and_then(|conference| world.bridges.get(&conference.bridge));
            if let Some(bridge) = bridge {
                bridge.snapshot(message);
            }
            if let Some(channel) = id.and_then(|id| world.channels.get(id)) {
                channel.snapshot("", message);
            }
            rest.iter().for_each(|(key, value)| message.put(key, value));
        });
    }

    pub(super) fn new_bridge(
        &mut self,
        kind: &'static str,
        technology: &'static str,
        of: (&'static str, &str),
    ) -> String {
        let id = Uuid::from_u128(u128::from(fastrand::u64(..)) << 64 | u128::from(fastrand::u64(..))).to_string();
        let bridge =
            Bridge { id: id.clone(), kind, technology, creator: of.0, name: of.1.to_owned(), channels: Vec::new() };
        self.bridges.insert(id.clone(), bridge);
        self.tell_bridge("BridgeCreate", &id, None);
        id
    }

    pub(super) fn enter(&mut self, bridge: &str, id: &str) {
        if let (Some(bridge), Some(channel)) = (self.bridges.get_mut(bridge), self.channels.get_mut(id)) {
            bridge.channels.push(id.to_owned());
            channel.bridge = Some(bridge.id.clone());
        }
        self.tell_bridge("BridgeEnter", bridge, Some(id));
    }

    /// Puts these channels together, out of whatever bridge they were in.
    pub(super) fn bridge(&mut self, ids: &[&str]) {
        let bridge = self.new_bridge("basic", "simple_bridge", ("<unknown>", "<unknown>"));
        for id in ids {
            self.stop_music(id);
            self.leave_bridge(id, true);
            if let Some(channel) = self.channels.get_mut(*id) {
                channel.turn += 1;
            }
            self.enter(&bridge, id);
        }
    }

    /// Leaves the bridge; who is left alone in a basic one leaves too and, unless `gently`, hangs up.
    pub(super) fn leave_bridge(&mut self, id: &str, gently: bool) {
        let Some(bridge) = self.channels.get_mut(id).and_then(|channel| channel.bridge.take()) else { return };
        let left = |world: &mut Self, id: &str| {
            if let Some(bridge) = world.bridges.get_mut(&bridge) {
                bridge.channels.retain(|channel| channel != id);
            }
            world.tell_bridge("BridgeLeave", &bridge, Some(id));
        };
        left(self, id);
        let Some(kept) = self.bridges.get(&bridge) else { return };
        if kept.kind != "basic" {
            return;
        }
        let others = kept.channels.clone();
        if others.len() < 2 {
            for other in &others {
                if let Some(channel) = self.channels.get_mut(other) {
                    channel.bridge = None;
                }
                left(self, other);
            }
            self.tell_bridge("BridgeDestroy", &bridge, None);
            self.bridges.remove(&bridge);
            if !gently {
                others.iter().for_each(|other| self.hang_up(other, 16));
            }
        }
    }

    /// Out of everything: a bridge, a conference, a queue, a parking lot.
    pub(super) fn leave_rooms(&mut self, id: &str) {
        if let Some(room) = self.channels.get_mut(id).and_then(|channel| channel.conference.take()) {
            self.leave_conference(id, &room);
        }
        self.leave_bridge(id, false);
        self.leave_queue(id, true);
        self.parked.retain(|parked| parked.channel != id);
    }

    pub(super) fn join_conference(&mut self, id: &str, room: &str, admin: bool) {
        let first = !self.conferences.contains_key(room);
        if first {
            let bridge = self.new_bridge("base", "softmix", ("ConfBridge", room));
            let conference = Conference { bridge, members: Vec::new(), locked: false, recording: None };
            self.conferences.insert(room.to_owned(), conference);
        }
        let Some(conference) = self.conferences.get_mut(room) else { return };
        if conference.locked && !admin {
            return self.hang_up(id, 16);
        }
        conference.members.push((id.to_owned(), admin, false));
        let bridge = conference.bridge.clone();
        if let Some(channel) = self.channels.get_mut(id) {
            channel.conference = Some(room.to_owned());
        }
        self.enter(&bridge, id);
        if first {
            self.tell_conference("ConfbridgeStart", room, None, &[]);
        }
        let admin = if admin { "Yes" } else { "No" };
        self.tell_conference("ConfbridgeJoin", room, Some(id), &[("Admin", admin), ("Muted", "No")]);
    }

    fn leave_conference(&mut self, id: &str, room: &str) {
        let Some(conference) = self.conferences.get_mut(room) else { return };
        let admin = conference.members.iter().any(|(member, admin, _)| member == id && *admin);
        conference.members.retain(|(member, ..)| member != id);
        let (empty, bridge) = (conference.members.is_empty(), conference.bridge.clone());
        self.leave_bridge(id, true);
        self.tell_conference("ConfbridgeLeave", room, Some(id), &[("Admin", if admin { "Yes" } else { "No" })]);
        if empty {
            self.tell_conference("ConfbridgeEnd", room, None, &[]);
            self.conferences.remove(room);
            self.tell_bridge("BridgeDestroy", &bridge, None);
            self.bridges.remove(&bridge);
        }
    }

    /// Mutes or unmutes one member by the name of its channel, or `all`. False: nobody of that name is there.
    pub(super) fn mute_conference(&mut self, room: &str, who: &str, mute: bool) -> bool {
        let named = |world: &Self, id: &str| world.channels.get(id).is_some_and(|channel| channel.name == who);
        let Some(conference) = self.conferences.get(room) else { return false };
        let chosen: Vec<(String, bool)> = conference
            .members
            .iter()
            .filter(|(id, ..)| who == "all" || named(self, id))
            .map(|(id, admin, _)| (id.clone(), *admin))
            .collect();
        for (id, admin) in &chosen {
            if let Some(conference) = self.conferences.get_mut(room) {
                conference.members.iter_mut().filter(|(member, ..)| member == id).for_each(|member| member.2 = mute);
            }
            let name = if mute { "ConfbridgeMute" } else { "ConfbridgeUnmute" };
            self.tell_conference(name, room, Some(id), &[("Admin", if *admin { "Yes" } else { "No" })]);
        }
        !chosen.is_empty()
    }

    /// Starts or ends the recording of a conference; the error is the server's text.
    pub(super) fn record_conference(&mut self, room: &str, file: Option<&str>) -> Result<(), &'static str> {
        let conference = self.conferences.get_mut(room).ok_or("No Conference by that name found.")?;
        match (file, &conference.recording) {
            (Some(_), Some(_)) => return Err("Conference is already being recorded."),
            (None, None) => return Err("Internal error while stopping recording."),
            (file, _) => conference.recording = file.map(str::to_owned),
        }
        let name = if file.is_some() { "ConfbridgeRecord" } else { "ConfbridgeStopRecord" };
        self.tell_conference(name, room, None, &[]);
        Ok(())
    }

    pub(super) fn park(&mut self, id: &str, _lot: &str) {
        let space = (701..).find(|space| self.parked.iter().all(|parked| parked.space != *space)).unwrap_or(701);
        self.leave_bridge(id, true);
        if let Some(channel) = self.channels.get_mut(id) {
            channel.plan.clear();
            channel.turn += 1;
        }
        self.parked.push(Parked { channel: id.to_owned(), space, since: Instant::now(), timeout: 45 });
        self.emit("ParkedCall", CALL, |world, message| {
            if let Some(parked) = world.parked.last() {
                parked.fields(world, message);
            }
        });
    }

    /// A channel waits in a queue; false: there is no such queue.
    pub(super) fn join_queue(&mut self, id: &str, name: &str) -> bool {
        let Some(queue) = self.queues.get_mut(name) else { return false };
        if queue.callers.iter().any(|(caller, _)| caller == id) {
            // it has waited on
            self.call_members(id);
            return true;
        }
        queue.callers.push((id.to_owned(), Some(Instant::now())));
        let count = queue.callers.len().to_string();
        if let Some(channel) = self.channels.get_mut(id) {
            channel.queue = Some(name.to_owned());
        }
        self.emit("QueueCallerJoin", AGENT, |world, message| {
            if let Some(channel) = world.channels.get(id) {
                channel.snapshot("", message);
            }
            message.put("Queue", name);
            message.put("Position", &count);
            message.put("Count", &count);
        });
        self.call_members(id);
        true
    }

    /// Rings the first free member for a caller who waits.
    pub(super) fn call_members(&mut self, id: &str) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        let Some(name) = channel.queue.clone() else { return };
        // who finds nobody comes back to the queue after a while
        channel.plan.push_front(super::channel::Application::Queue(name.clone()));
        channel.plan.truncate(16);
        let free = |queue: &Queue| queue.members.iter().find(|member| !member.paused && !member.in_call).cloned();
        let Some(member) = self.queues.get(&name).and_then(free) else { return };
        let Some(channel) = self.channels.get_mut(id) else { return };
        channel.plan.pop_front();
        if !self.dial(id, &member.interface, Duration::from_secs(5), Some(member.interface.clone())) {
            return;
        }
        let dest = self.channels.get(id).and_then(|channel| channel.dialing.clone()).unwrap_or_default();
        self.tell_agent("AgentCalled", id, &dest, &name, &member, &[]);
    }

    fn tell_agent(
        &mut self,
        event: &'static str,
        caller: &str,
        dest: &str,
        queue: &str,
        member: &Member,
        rest: &[(&str, &str)],
    ) {
        self.emit(event, AGENT, |world, message| {
            for (prefix, id) in [("", caller), ("Dest", dest)] {
                if let Some(channel) = world.channels.get(id) {
                    channel.snapshot(prefix, message);
                }
            }
            message.put("Queue", queue);
            message.put("Interface", &member.interface);
            message.put("MemberName", &member.name);
            rest.iter().for_each(|(key, value)| message.put(key, value));
        });
    }

    pub(super) fn member_answered(&mut self, caller: &str, dest: &str, interface: &str) {
        let Some(name) = self.channels.get(caller).and_then(|channel| channel.queue.clone()) else { return };
        let Some(queue) = self.queues.get_mut(&name) else { return };
        queue.completed += 1;
        let Some(member) = queue.members.iter_mut().find(|member| member.interface == interface) else { return };
        member.taken += 1;
        member.last_call = epoch();
        let member = member.clone();
        self.leave_queue(caller, false);
        self.tell_agent("AgentConnect", caller, dest, &name, &member, &[("HoldTime", "0"), ("RingTime", "0")]);
    }

    fn leave_queue(&mut self, id: &str, abandoned: bool) {
        let Some(name) = self.channels.get_mut(id).and_then(|channel| channel.queue.take()) else { return };
        let Some(queue) = self.queues.get_mut(&name) else { return };
        let Some(at) = queue.callers.iter().position(|(caller, _)| caller == id) else { return };
        queue.callers.remove(at);
        queue.abandoned += u32::from(abandoned);
        let (position, count) = ((at + 1).to_string(), queue.callers.len().to_string());
        let tell = |world: &mut Self, event: &'static str, rest: &[(&str, &str)]| {
            world.emit(event, AGENT, |world, message| {
                if let Some(channel) = world.channels.get(id) {
                    channel.snapshot("", message);
                }
                message.put("Queue", &name);
                message.put("Position", &position);
                rest.iter().for_each(|(key, value)| message.put(key, value));
            });
        };
        if abandoned {
            tell(self, "QueueCallerAbandon", &[("OriginalPosition", &position), ("HoldTime", "0")]);
        }
        tell(self, "QueueCallerLeave", &[("Count", &count)]);
    }

    /// An event about a member of a queue.
    pub(super) fn tell_member(&mut self, event: &'static str, queue: &str, member: &Member) {
        self.emit(event, AGENT, |_, message| member.fields(queue, ("MemberName", "Interface"), true, message));
    }
}

impl Parked {
    pub(super) fn fields(&self, world: &World, message: &mut Message) {
        if let Some(channel) = world.channels.get(&self.channel) {
            channel.snapshot("Parkee", message);
        }
        message.put("ParkerDialString", world.channels.get(&self.channel).map_or("", Channel::device));
        message.put("Parkinglot", "default");
        message.put("ParkingSpace", self.space);
        message.put("ParkingTimeout", self.timeout);
        message.put("ParkingDuration", self.since.elapsed().as_secs());
    }
}
