//! The end of a channel, and of what hangs on it.

use super::channel::State;
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
        self.stop_dialing_for(id);
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
        self.unschedule_group(id);
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
        let purpose = self.channels.get_mut(id).and_then(|channel| channel.purpose.take());
        if let Some(purpose) = purpose {
            self.leg_failed(purpose.call(), id, cause);
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
}
