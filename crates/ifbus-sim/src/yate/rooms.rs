//! Conferences: rooms whose legs are channels of the module conf.

use super::engine::Engine;
use super::message::Message;
use super::switch::Channel;
use crate::knobs::lock;

impl Engine {
    /// How many are in a room.
    fn users(&self, room: &str) -> usize {
        let state = lock(&self.state);
        state.switch.channels.values().filter(|channel| channel.module == "conf" && channel.address == room).count()
    }

    /// Brings a channel to a room; the leg that it has there.
    async fn join(&self, caller: &Channel, room: &str, reason: Option<&str>) -> String {
        let leg = self.create("conf", true, |channel| {
            room.clone_into(&mut channel.address);
            channel.billid.clone_from(&caller.billid);
        });
        self.connect(&caller.id, &leg.id, reason).await;
        leg.id
    }

    /// A call to `conf/NAME`.
    pub(super) async fn execute_conference(&self, message: &mut Message) -> bool {
        let callto = message.text("callto");
        let (Some(room), Some(caller)) = (callto.strip_prefix("conf/"), self.channel(&message.text("id"))) else {
            return false;
        };
        let newroom = self.users(room) == 0;
        let leg = self.join(&caller, room, None).await;
        message.set(b"peerid", leg.as_bytes());
        message.set(b"room", callto.as_bytes());
        self.describe_room(room, newroom, message);
        true
    }

    fn describe_room(&self, room: &str, newroom: bool, message: &mut Message) {
        message.set(b"newroom", newroom.to_string().as_bytes());
        message.set(b"users", self.users(room).to_string().as_bytes());
    }

    /// `call.conference`: the channel whose message it is moves to the room, and so does the one that it was connected with.
    pub(super) async fn conference(&self, message: &mut Message) -> bool {
        let named = message.text("room");
        let Some(room) = named.strip_prefix("conf/").filter(|room| !room.is_empty()) else { return false };
        let newroom = self.users(room) == 0;
        let Some(channel) = message.channel.as_ref().and_then(|id| self.channel(id)) else {
            if newroom {
                return false;
            }
            self.describe_room(room, false, message);
            return message.get("record").is_some();
        };
        if channel.module == "conf" {
            return false;
        }
        let peer = channel.peer.as_ref().and_then(|peer| self.channel(peer));
        if peer.as_ref().is_some_and(|peer| peer.module == "conf" && peer.address == room) {
            return true;
        }
        let leg = self.join(&channel, room, Some("conference")).await;
        message.set(b"peerid", leg.as_bytes());
        match peer {
            // its leg goes, and may leave another one alone
            Some(old) if old.module == "conf" => {
                lock(&self.state).switch.channels.remove(&old.id);
                self.leave_later(old.address);
            }
            Some(peer) => {
                self.join(&peer, room, Some("conference")).await;
            }
            None => {}
        }
        self.describe_room(room, newroom, message);
        true
    }

    /// Somebody has left a room: the last one is not kept there.
    fn leave_later(&self, room: String) {
        if let Some(engine) = self.weak.upgrade() {
            tokio::spawn(async move { engine.end_lonely(&room).await });
        }
    }

    pub(super) async fn end_lonely(&self, room: &str) {
        let legs = self.legs(room);
        if legs.len() == 1 {
            self.end_legs(legs).await;
        }
    }

    fn legs(&self, room: &str) -> Vec<String> {
        let state = lock(&self.state);
        let legs = state.switch.channels.values().filter(|leg| leg.module == "conf" && leg.address == room);
        legs.map(|leg| leg.id.clone()).collect()
    }

    async fn end_legs(&self, legs: Vec<String>) {
        for leg in legs {
            let Some((leg, Some(channel))) = self.take(&leg) else { continue };
            self.tell_disconnected(&channel, channel.message("chan.disconnected").with("reason", "hangup")).await;
            self.tell_hangup(&channel).await;
            if channel.module != "external" {
                self.emit(channel.record("finalize", self.runid)).await;
            }
            Box::pin(self.end_lonely(&leg.address)).await;
        }
    }

    /// `call.drop` of a whole room. Whether there is one.
    pub(super) fn drop_room(&self, id: &str) -> bool {
        let legs = id.strip_prefix("conf/").map(|room| self.legs(room)).unwrap_or_default();
        !legs.is_empty() && self.end_legs_later(legs)
    }

    /// `call.drop` of one leg.
    pub(super) fn drop_leg(&self, id: String) -> bool {
        self.end_legs_later(vec![id])
    }

    fn end_legs_later(&self, legs: Vec<String>) -> bool {
        if let Some(engine) = self.weak.upgrade() {
            tokio::spawn(async move { engine.end_legs(legs).await });
        }
        true
    }
}
