//! The end of calls.

use super::engine::{Engine, Out};
use super::message::Message;
use super::switch::Channel;
use crate::knobs::lock;
use std::time::Duration;

/// How a channel stands that was dropped for no reason.
const DROPPED: &str = "dropped";

impl Engine {
    pub(super) fn drop_by_message(&self, module: &str, message: &Message) -> bool {
        let Some(id) = message.get("id").map(|id| String::from_utf8_lossy(id).into_owned()) else {
            // every call: nobody says that it has handled it
            let mine = |channel: &&Channel| channel.module == module && channel.module != "tone";
            let ids: Vec<String> =
                lock(&self.state).switch.channels.values().filter(mine).map(|channel| channel.id.clone()).collect();
            for id in ids {
                self.drop_later(&id, DROPPED);
            }
            return false;
        };
        if self.channel(&id).is_none_or(|channel| channel.module != module) {
            return false;
        }
        if module == "conf" {
            return self.drop_leg(id);
        }
        let reason =
            message.get("reason").map_or_else(|| DROPPED.into(), |reason| String::from_utf8_lossy(reason).into_owned());
        self.drop_later(&id, &reason)
    }

    /// Takes a channel away; what is to be told of it comes after the message that is at hand.
    fn drop_later(&self, id: &str, reason: &str) -> bool {
        let Some(gone) = self.take(id) else { return false };
        let reason = reason.to_owned();
        if let Some(engine) = self.weak.upgrade() {
            tokio::spawn(async move {
                tokio::time::sleep(Duration::ZERO).await;
                engine.tell_gone(gone, Some(&reason)).await;
            });
        }
        true
    }

    /// Ends a channel: dropped for a reason, or hung up by who is on it.
    pub(super) async fn drop_channel(&self, id: &str, reason: Option<&str>) -> bool {
        let Some(gone) = self.take(id) else { return false };
        self.tell_gone(gone, reason).await;
        true
    }

    /// The channel, and the one that it was connected with.
    pub(super) fn take(&self, id: &str) -> Option<(Channel, Option<Channel>)> {
        let mut state = lock(&self.state);
        state.switch.cdr(id);
        let mut channel = state.switch.channels.remove(id)?;
        channel.last_peer = channel.peer.take();
        let peer = channel.last_peer.as_ref().and_then(|peer| state.switch.channels.remove(peer));
        let peer = peer.map(|mut peer| {
            peer.last_peer = peer.peer.take();
            peer
        });
        Some((channel, peer))
    }

    async fn tell_gone(&self, (mut channel, peer): (Channel, Option<Channel>), reason: Option<&str>) {
        if let Some(reason) = reason {
            reason.clone_into(&mut channel.status);
        } else {
            self.tell_hangup(&channel).await;
        }
        let room = peer.iter().chain([&channel]).find(|leg| leg.module == "conf").map(|leg| leg.address.clone());
        if let Some(mut peer) = peer {
            // a drop without a reason has a status only
            let told = reason.filter(|reason| *reason != DROPPED);
            let message = Message::new("chan.disconnected").with("id", &peer.id);
            let message = told.iter().fold(message, |message, reason| message.with("reason", reason));
            self.tell_disconnected(&peer, peer.describe(message)).await;
            if peer.module == "sip" {
                if let Some(reason) = reason {
                    reason.clone_into(&mut peer.status);
                }
                self.tell_hangup(&peer).await;
                self.emit(peer.record("finalize", self.runid)).await;
            }
        }
        if reason.is_some() {
            self.tell_hangup(&channel).await;
        }
        if channel.module != "external" {
            self.emit(channel.record("finalize", self.runid)).await;
        }
        if let Some(room) = room {
            self.end_lonely(&room).await;
        }
    }

    pub(super) async fn tell_hangup(&self, channel: &Channel) {
        if channel.module == "external" {
            return self.close_external(&channel.id);
        }
        self.emit(channel.message("chan.hangup")).await;
    }

    pub(super) async fn tell_disconnected(&self, peer: &Channel, message: Message) {
        if peer.module == "external" {
            let asked = lock(&self.state)
                .clients
                .values()
                .any(|client| client.local.disconnected && client.local.id.as_deref() == Some(&peer.id));
            if asked {
                let message = Message::new("chan.disconnected").with("id", &peer.id);
                self.emit(message.with("module", "external").with("address", "ext")).await;
            }
            return self.close_external(&peer.id);
        }
        self.emit(message).await;
    }

    /// The client that is this channel is let go.
    fn close_external(&self, id: &str) {
        let client = lock(&self.state)
            .clients
            .iter()
            .find(|(_, client)| client.local.id.as_deref() == Some(id))
            .map(|(id, _)| *id);
        if let Some(client) = client {
            self.send(client, Out::Close);
        }
    }
}
