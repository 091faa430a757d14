//! Channels that wait in a holding bridge, and channels that listen to others and whisper to them.

use super::channel::Channel;
use super::mask::CALL;
use super::world::World;

impl World {
    /// A channel waits in the holding bridge of this name, with music of a class or in silence.
    pub(super) fn wait_in_bridge(&mut self, id: &str, name: &str, music: Option<&str>) {
        let found = self.bridges.values().find(|bridge| bridge.is_holding(name)).map(|bridge| bridge.id.clone());
        let bridge = found.unwrap_or_else(|| self.new_bridge("base", "holding_bridge", ("BridgeWait", name)));
        if let Some(channel) = self.channels.get_mut(id) {
            channel.waits_in = Some(bridge.clone());
        }
        self.enter(&bridge, id);
        if let Some(class) = music {
            let class = if class.is_empty() { "default" } else { class };
            if let Some(channel) = self.channels.get_mut(id) {
                channel.music = true;
            }
            self.tell("MusicOnHoldStart", id, &[("Class", class)]);
        }
    }

    pub(super) fn stop_music(&mut self, id: &str) {
        if self.channels.get_mut(id).is_some_and(|channel| std::mem::take(&mut channel.music)) {
            self.tell("MusicOnHoldStop", id, &[]);
        }
    }

    /// The channel does something else than to wait: its holding bridge goes when nobody waits in it. Until then it stays, though
    /// the action Bridge has taken the channel out.
    pub(super) fn end_wait(&mut self, id: &str) {
        let Some(bridge) = self.channels.get_mut(id).and_then(|channel| channel.waits_in.take()) else { return };
        if !self.channels.values().any(|channel| channel.waits_in.as_ref() == Some(&bridge)) {
            self.tell_bridge("BridgeDestroy", &bridge, None);
            self.bridges.remove(&bridge);
        }
    }

    /// A channel listens to another, by its name or Uniqueid, and whispers to it; false: there is none.
    pub(super) fn spy(&mut self, id: &str, target: &str) -> bool {
        let Some(target) = self.by_name(target).map(|channel| channel.uniqueid.clone()) else { return false };
        self.tell_spy("ChanSpyStart", id, &target);
        if let Some(channel) = self.channels.get_mut(id) {
            channel.spies_on = Some(target);
        }
        true
    }

    fn tell_spy(&mut self, name: &'static str, spyer: &str, spyee: &str) {
        self.emit(name, CALL, |world, message| {
            for (prefix, id) in [("Spyer", spyer), ("Spyee", spyee)] {
                if let Some(channel) = world.channels.get(id) {
                    channel.snapshot(prefix, message);
                }
            }
        });
    }

    /// A channel ends: it spies no more, and those who spied on it are given back, for they end after it.
    pub(super) fn end_spying(&mut self, id: &str) -> Vec<String> {
        if let Some(target) = self.channels.get_mut(id).and_then(|channel| channel.spies_on.take()) {
            self.tell_spy("ChanSpyStop", id, &target);
        }
        let spies = |channel: &&Channel| channel.spies_on.as_deref() == Some(id);
        let spies: Vec<String> = self.channels.values().filter(spies).map(|channel| channel.uniqueid.clone()).collect();
        for spy in &spies {
            if let Some(channel) = self.channels.get_mut(spy) {
                channel.spies_on = None;
            }
            self.tell_spy("ChanSpyStop", spy, id);
        }
        spies
    }

    /// Sends channels to other places at once. Each shows its new place with what it still does; the application at the new
    /// place is not told, since the place is.
    pub(super) fn redirect(&mut self, places: &[(&str, &str, &str, u32)]) {
        for (id, context, exten, priority) in places {
            let plan = self.extension(context, exten).unwrap_or_default();
            let Some(channel) = self.channels.get_mut(*id) else { continue };
            (*context).clone_into(&mut channel.context);
            (*exten).clone_into(&mut channel.exten);
            (channel.priority, channel.told) = (*priority, *priority);
            channel.plan = plan.into_iter().skip(priority.saturating_sub(1) as usize).collect();
            channel.turn += 1;
            let (name, data) = channel.application.clone();
            self.tell("Newexten", id, &[("Extension", exten), ("Application", name), ("AppData", &data)]);
        }
        for (id, ..) in places {
            self.stop_music(id);
            self.leave_bridge(id, true);
            self.end_wait(id);
        }
        for (id, ..) in places {
            self.run_plan_from(id, true);
        }
    }
}
