//! The end of a channel, and of what hangs on it.

use super::channel::{Purpose, State};
use super::clock::{micros, stamp};
use super::world::World;

impl World {
    pub(super) fn hang_up(&mut self, id: &str, cause: &'static str) {
        if self.begin_hangup(id, cause) {
            self.finish_hangup(id, cause);
        }
    }

    /// Marks it, and tells. False: it was marked before.
    fn begin_hangup(&mut self, id: &str, cause: &'static str) -> bool {
        let Some(channel) = self.channels.get_mut(id).filter(|channel| !channel.is_hung_up()) else { return false };
        channel.cause = Some(cause);
        channel.next = State::Hangup;
        channel.times.hangup = micros();
        channel.plan.clear();
        channel.queue.clear();
        let text = format!("Hangup {} [{}] [{cause}]", channel.name, channel.state.name());
        self.tell("CHANNEL_HANGUP", id);
        self.log(5, 0, ("mod_dptools.c", "hangup_function", 1374), id, text);
        true
    }

    fn finish_hangup(&mut self, id: &str, cause: &'static str) {
        self.leave_conference(id);
        let mut left_alone = None;
        let bridge = self.channels.get(id).and_then(|channel| channel.bridge.clone());
        if let Some((peer, caller)) = bridge {
            let ends = caller && self.begin_hangup(&peer, cause);
            self.unbridge(id);
            if ends {
                self.finish_hangup(&peer, cause);
            } else if !caller {
                left_alone = Some(peer);
            }
        }
        self.fail_call(id, cause);
        self.cancel_calls_of(id);
        self.end_applications(id);
        self.state(id, State::Hangup, State::Hangup);
        self.callstate(id, "HANGUP");
        self.stop_recordings(id);
        let other = self.channels.get_mut(id).and_then(|channel| channel.other.take());
        let other = other.filter(|other| self.begin_hangup(other, cause));
        self.state(id, State::Reporting, State::Reporting);
        if let Some(channel) = self.channels.get_mut(id) {
            channel.account(stamp);
        }
        // this one says its cause before its state too
        self.tell_with("CHANNEL_HANGUP_COMPLETE", id, &[("Hangup-Cause", cause)], &[]);
        if let Some(other) = other {
            self.finish_hangup(&other, cause);
        }
        if let Some(channel) = self.channels.get_mut(id) {
            channel.next = State::Destroy;
        }
        self.tell("CHANNEL_DESTROY", id);
        self.state(id, State::Destroy, State::Destroy);
        self.channels.remove(id);
        self.order.retain(|known| known != id);
        if let Some(peer) = left_alone {
            self.bridge_over(&peer, cause);
        }
    }

    /// Whoever called it hears that it failed.
    fn fail_call(&mut self, id: &str, cause: &'static str) {
        match self.channels.get_mut(id).and_then(|channel| channel.purpose.take()) {
            Some(Purpose::Originate(answer, _)) => {
                let _ = answer.send(format!("-ERR {cause}\n"));
            }
            Some(Purpose::Bridge(caller)) => {
                if let Some(channel) = self.channels.get_mut(&caller) {
                    channel.set("originate_disposition", cause);
                    channel.set("last_bridge_hangup_cause", cause);
                }
                let ended = caller.clone();
                self.after(std::time::Duration::ZERO, move |world| world.bridge_failed(&ended, cause));
            }
            None => {}
        }
    }

    /// What it was calling is not wanted any more.
    fn cancel_calls_of(&mut self, id: &str) {
        let calls = |purpose: &Option<Purpose>| matches!(purpose, Some(Purpose::Bridge(caller)) if caller == id);
        let called: Vec<String> = self
            .channels
            .values()
            .filter(|channel| calls(&channel.purpose))
            .map(|channel| channel.uuid.clone())
            .collect();
        for called in called {
            if let Some(channel) = self.channels.get_mut(&called) {
                channel.purpose = None;
            }
            self.hang_up(&called, "ORIGINATOR_CANCEL");
        }
    }

    /// What it runs ends with it, the innermost first.
    pub(super) fn end_applications(&mut self, id: &str) {
        while let Some(running) = self.channels.get_mut(id).and_then(|channel| channel.stack.pop()) {
            if running.job.name == "playback" {
                self.playback_stopped(id, &running.job.data, "break");
            }
            self.unpark(id);
            self.complete(id, running, "_none_");
        }
        self.unpark(id);
    }

    fn stop_recordings(&mut self, id: &str) {
        let list = self.channels.get_mut(id).map(|channel| std::mem::take(&mut channel.recordings)).unwrap_or_default();
        for path in list {
            self.recording_stopped(id, &path);
        }
    }
}
