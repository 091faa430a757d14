//! Conferences.

use super::channel::Channel;
use super::clock::{micros, uuid};
use super::dial_string;
use super::event::Event;
use super::world::World;
use std::time::Duration;

#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: u32,
    pub(super) channel: String,
    pub(super) mute: bool,
    pub(super) deaf: bool,
    pub(super) hold: bool,
    pub(super) volume_in: i32,
    pub(super) volume_out: i32,
    pub(super) energy: i32,
}

#[derive(Debug)]
pub(super) struct Conference {
    pub(super) uuid: String,
    pub(super) profile: String,
    pub(super) since: u64,
    /// Newest first, as the lists have them.
    pub(super) members: Vec<Member>,
    pub(super) floor: Option<u32>,
    pub(super) locked: bool,
    pub(super) pin: String,
    pub(super) recording: Option<(String, bool)>,
    pub(super) variables: Vec<(String, String)>,
}

type Origin = (&'static str, &'static str, u16);

const MEMBER_ADD: Origin = ("conference_member.c", "conference_member_add", 962);
const MEMBER_DEL: Origin = ("conference_member.c", "conference_member_del", 1355);
const FLOOR: Origin = ("conference_member.c", "conference_member_set_floor_holder", 1158);
const NEW: Origin = ("mod_conference.c", "conference_new", 3848);
const DESTROY: Origin = ("mod_conference.c", "conference_thread_run", 863);

impl Conference {
    fn headers(&self, room: &str, event: &mut Event) {
        event.put("Conference-Name", room);
        event.put("Conference-Domain", "test.local");
        event.put("Conference-Size", self.members.len());
        event.put("Conference-Ghosts", 0);
        event.put("Conference-Profile-Name", &self.profile);
        event.put("Conference-Unique-ID", &self.uuid);
        for (name, value) in &self.variables {
            event.put(name.clone(), value);
        }
    }
}

impl Member {
    fn headers(&self, channel: Option<&Channel>, floor: bool, event: &mut Event) {
        event.put("Floor", floor);
        if let Some(channel) = channel {
            channel.state_headers(event);
            Channel::read_codec(event);
            Channel::write_codec(event);
            channel.profile_headers("Caller", event);
        }
        event.put("Video", false);
        event.put("Hear", !self.deaf);
        event.put("See", true);
        event.put("Speak", !self.mute);
        event.put("Talking", false);
        event.put("Mute-Detect", false);
        event.put("Hold", self.hold);
        event.put("Member-ID", self.id);
        event.put("Member-Type", "member");
        event.put("Member-Ghost", false);
        event.put("Energy-Level", self.energy);
        event.put("Current-Energy", 0);
    }
}

impl World {
    /// A `conference::maintenance` event of a room, perhaps of one member.
    pub(super) fn tell_room(
        &mut self,
        room: &str,
        member: Option<u32>,
        action: &str,
        origin: Origin,
        rest: &[(&'static str, String)],
    ) {
        let mut event = self.custom("conference::maintenance", origin);
        let Some(conference) = self.conferences.get(room) else { return };
        conference.headers(room, &mut event);
        // the floor says what it does before who has it
        let early = action == "floor-change";
        if early {
            event.put("Action", action);
            let old = rest.iter().find(|(name, _)| *name == "Old-ID").map_or("none", |(_, value)| value);
            event.put("Old-ID", old);
            if member.is_some() {
                conference.headers(room, &mut event);
            }
        }
        if let Some(member) = member.and_then(|id| conference.members.iter().find(|member| member.id == id)) {
            member.headers(self.channels.get(&member.channel), conference.floor == Some(member.id), &mut event);
        }
        let last = matches!(action, "transfer" | "play-file-done");
        if !early && !last {
            event.put("Action", action);
        }
        for (name, value) in rest.iter().filter(|(name, _)| *name != "Old-ID") {
            event.put(*name, value);
        }
        if last {
            event.put("Action", action);
        }
        self.fire(event);
    }

    pub(super) fn join_conference(&mut self, id: &str, room: &str, profile: &str) {
        if !self.conferences.contains_key(room) {
            let conference = Conference {
                uuid: uuid(),
                profile: profile.to_owned(),
                since: micros(),
                members: Vec::new(),
                floor: None,
                locked: false,
                pin: String::new(),
                recording: None,
                variables: Vec::new(),
            };
            self.conferences.insert(room.to_owned(), conference);
            self.tell_room(room, None, "conference-create", NEW, &[]);
        }
        self.members += 1;
        let member = Member {
            id: self.members,
            channel: id.to_owned(),
            mute: false,
            deaf: false,
            hold: false,
            volume_in: 0,
            volume_out: 0,
            energy: 100,
        };
        let number = member.id;
        if let Some(conference) = self.conferences.get_mut(room) {
            conference.members.insert(0, member);
        }
        if let Some(channel) = self.channels.get_mut(id) {
            channel.conference = Some(room.to_owned());
            channel.set("conference_name", room);
            channel.set("conference_member_id", number.to_string());
        }
        self.tell_room(room, Some(number), "add-member", MEMBER_ADD, &[]);
        if self.conferences.get(room).is_some_and(|conference| conference.floor.is_none()) {
            self.give_floor(room, Some(number));
        }
    }

    fn give_floor(&mut self, room: &str, to: Option<u32>) {
        let Some(conference) = self.conferences.get_mut(room) else { return };
        let old = std::mem::replace(&mut conference.floor, to);
        let text = |id: Option<u32>| id.map_or_else(|| "none".to_owned(), |id| id.to_string());
        self.tell_room(room, to, "floor-change", FLOOR, &[("Old-ID", text(old)), ("New-ID", text(to))]);
    }

    pub(super) fn leave_conference(&mut self, id: &str) {
        let Some(room) = self.channels.get_mut(id).and_then(|channel| channel.conference.take()) else { return };
        let Some(conference) = self.conferences.get_mut(&room) else { return };
        let Some(at) = conference.members.iter().position(|member| member.channel == id) else { return };
        let member = conference.members.remove(at);
        let had_floor = conference.floor == Some(member.id);
        let next = conference.members.first().map(|member| member.id);
        // the size is already without the one who leaves
        let mut event = self.custom("conference::maintenance", MEMBER_DEL);
        if let Some(conference) = self.conferences.get(&room) {
            conference.headers(&room, &mut event);
            member.headers(self.channels.get(id), false, &mut event);
            event.put("Action", "del-member");
            self.fire(event);
        }
        if had_floor {
            self.give_floor(&room, next);
        }
        if next.is_none() {
            self.tell_room(&room, None, "conference-destroy", DESTROY, &[]);
            self.conferences.remove(&room);
        }
    }

    /// `conference NAME dial …`; the channel that is called.
    pub(super) fn dial_into(
        &mut self,
        room: &str,
        endpoint: &str,
        caller: &(String, String),
    ) -> Result<DialIn, &'static str> {
        let calls = dial_string::dial_string(endpoint).map_err(|_| "DESTINATION_OUT_OF_ORDER")?;
        let (tx, rx) = tokio::sync::oneshot::channel();
        let goal = super::channel::Goal::Application("conference".into(), format!("{room}@default"));
        let wish = super::dialing::Wish::Originate(tx, goal);
        let uuid = self.dial(calls, caller.clone(), wish, Duration::from_secs(60))?;
        Ok(DialIn { uuid, answer: rx })
    }
}

pub(super) struct DialIn {
    pub(super) uuid: String,
    pub(super) answer: tokio::sync::oneshot::Receiver<String>,
}
