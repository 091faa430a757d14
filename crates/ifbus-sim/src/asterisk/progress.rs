//! How a call goes on: it rings, is answered, fails, and ends.

use super::channel::{Application, Channel, Goal, Originate, Purpose, RINGING, UP, cause_text};
use super::mask::CALL;
use super::world::{Step, World};
use std::time::Duration;

impl World {
    /// Calls `to` for a channel; false: it cannot be called.
    pub(super) fn dial(&mut self, id: &str, to: &str, timeout: Duration, member: Option<String>) -> bool {
        let caller = self.channels.get(id).map(|channel| channel.caller.clone()).unwrap_or_default();
        let purpose = Purpose::Dial { caller: id.to_owned(), member };
        let Some(dest) = self.call(to, (None, None), purpose, timeout, |channel| channel.connected = caller.clone())
        else {
            return false;
        };
        if let Some(channel) = self.channels.get_mut(id) {
            channel.dialing = Some(dest);
        }
        true
    }

    pub(super) fn answer(&mut self, id: &str) {
        if self.set_state(id, UP)
            && let Some(called) = self.called_half(id)
        {
            self.outgoing_answers(&called);
        }
    }

    pub(super) fn outgoing_rings(&mut self, id: &str) {
        if !self.set_state(id, RINGING) {
            return;
        }
        self.tell_dial("DialState", id, ("DialStatus", "RINGING"));
        let caller = match self.channels.get(id).and_then(|channel| channel.purpose.as_ref()) {
            Some(Purpose::Dial { caller, .. }) => caller.clone(),
            _ => return,
        };
        if let Some(called) = self.called_half(&caller) {
            self.outgoing_rings(&called);
        }
    }

    pub(super) fn outgoing_answers(&mut self, id: &str) {
        self.set_state(id, UP);
        self.tell_dial("DialEnd", id, ("DialStatus", "ANSWER"));
        let Some(channel) = self.channels.get_mut(id) else { return };
        channel.turn += 1;
        match channel.purpose.take() {
            Some(Purpose::Originate(originate)) => {
                self.originated(&originate, Some(id), 4);
                self.start_goal(id, &originate.goal);
            }
            Some(Purpose::Dial { caller, member }) => {
                if let Some(caller) = self.channels.get_mut(&caller) {
                    caller.dialing = None;
                    caller.turn += 1;
                    // it is told when the application ends
                    caller.variables.retain(|(name, _)| name != "DIALSTATUS");
                    caller.variables.push(("DIALSTATUS".into(), "ANSWER".into()));
                }
                if let Some(member) = member {
                    self.member_answered(&caller, id, &member);
                }
                self.answer(&caller);
                self.bridge(&[id, &caller]);
            }
            None => {}
        }
    }

    /// The called one will not answer: whoever called is told, and it is gone.
    pub(super) fn outgoing_fails(&mut self, id: &str, status: &'static str, reason: u8, cause: u8) {
        self.give_up(id, status, reason);
        self.hang_up(id, cause);
    }

    pub(super) fn give_up(&mut self, id: &str, status: &'static str, reason: u8) {
        if self.channels.get(id).is_none_or(|channel| channel.purpose.is_none()) {
            return;
        }
        self.tell_dial("DialEnd", id, ("DialStatus", status));
        match self.channels.get_mut(id).and_then(|channel| channel.purpose.take()) {
            Some(Purpose::Originate(originate)) => self.originated(&originate, Some(id), reason),
            Some(Purpose::Dial { caller, .. }) => {
                if let Some(channel) = self.channels.get_mut(&caller) {
                    channel.dialing = None;
                    if let Some(record) = &mut channel.record {
                        record.status = status;
                    }
                }
                self.set_variable(&caller, "DIALSTATUS", status);
                if let Some(channel) = self.channels.get(&caller) {
                    if channel.queue.is_some() {
                        self.after(Duration::from_millis(200), &caller, Step::Resume);
                        self.call_members(&caller);
                    } else {
                        self.after(Duration::ZERO, &caller, Step::Resume);
                    }
                }
            }
            None => {}
        }
    }

    /// A dialplan refuses the call that it was to answer.
    pub(super) fn refuse(&mut self, id: &str, status: &'static str, reason: u8, cause: u8) {
        match self.called_half(id) {
            Some(called) => {
                self.give_up(&called, status, reason);
                // the halves part here: each has a cause of its own
                self.part(id);
                self.tell("HangupRequest", id, &[("Cause", "0")]);
                self.hang_up(&called, 0);
            }
            None => self.set_variable(id, "HANGUPCAUSE", &cause.to_string()),
        }
        self.hang_up(id, cause);
    }

    /// The halves of a Local pair no longer know each other.
    pub(super) fn part(&mut self, id: &str) {
        let other = self.channels.get_mut(id).and_then(|channel| channel.other.take());
        if let Some(other) = other.and_then(|other| self.channels.get_mut(&other)) {
            other.other = None;
        }
    }

    /// Tells what came of an Originate.
    pub(super) fn originated(&mut self, originate: &Originate, id: Option<&str>, reason: u8) {
        if let Some(ticket) = originate.ticket {
            return self.done.push((ticket, reason == 4));
        }
        self.emit("OriginateResponse", CALL, |world, message| {
            if let Some(action_id) = &originate.action_id {
                message.put("ActionID", action_id);
            }
            let channel = id.and_then(|id| world.channels.get(id));
            let answered = channel.filter(|_| reason == 4);
            message.put("Response", if reason == 4 { "Success" } else { "Failure" });
            message.put("Channel", answered.map_or(originate.channel.as_str(), |channel| &channel.name));
            match &originate.goal {
                Goal::Exten { context, exten, .. } => {
                    message.put("Context", context);
                    message.put("Exten", exten);
                }
                Goal::Application { name, data } => {
                    message.put("Application", name);
                    message.put("Data", data);
                }
            }
            message.put("Reason", reason);
            let known = channel.filter(|_| reason == 4 || originate.chosen_id);
            message.put("Uniqueid", known.map_or("<unknown>", |channel| &channel.uniqueid));
            message.put("CallerIDNum", channel.map_or("<unknown>", Channel::caller_num));
            message.put("CallerIDName", channel.map_or("<unknown>", Channel::caller_name));
        });
    }

    pub(super) fn start_goal(&mut self, id: &str, goal: &Goal) {
        match goal {
            Goal::Exten { context, exten, priority } => {
                self.go(id, context, exten, priority.parse().unwrap_or(1));
            }
            Goal::Application { name, data } => {
                if let Some(channel) = self.channels.get_mut(id) {
                    channel.plan = Application::parse(name, data).into_iter().collect();
                }
                self.run_plan(id);
            }
        }
    }

    /// Sends a channel to an extension.
    pub(super) fn go(&mut self, id: &str, context: &str, exten: &str, priority: u32) {
        let plan = self.extension(context, exten).unwrap_or_default();
        if let Some(channel) = self.channels.get_mut(id) {
            context.clone_into(&mut channel.context);
            exten.clone_into(&mut channel.exten);
            channel.priority = priority;
            channel.plan = plan.into_iter().skip(priority.saturating_sub(1) as usize).collect();
        }
        self.run_plan(id);
    }

    /// Ends a channel, and what hangs on it.
    pub(super) fn hang_up(&mut self, id: &str, cause: u8) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        channel.turn += 1;
        channel.plan.clear();
        if let Some(dest) = channel.dialing.take() {
            self.tell_dial("DialEnd", &dest, ("DialStatus", "CANCEL"));
            if let Some(dest) = self.channels.get_mut(&dest) {
                dest.purpose = None;
            }
            self.hang_up(&dest, 0);
        }
        let (status, reason) = match cause {
            17 => ("BUSY", 5),
            34 => ("CONGESTION", 8),
            _ => ("CHANUNAVAIL", 0),
        };
        self.give_up(id, status, reason);
        let spies = self.end_spying(id);
        self.stop_music(id);
        self.leave_rooms(id);
        self.end_wait(id);
        let other = self.channels.get(id).and_then(|channel| channel.other.clone());
        if let Some(other) = other.filter(|other| self.channels.contains_key(other)) {
            self.tell("HangupRequest", &other, &[("Cause", &cause.to_string())]);
        }
        if self.channels.get(id).is_some_and(|channel| !channel.recordings.is_empty()) {
            self.tell("MixMonitorStop", id, &[]);
        }
        self.tell("Hangup", id, &[("Cause", &cause.to_string()), ("Cause-txt", cause_text(cause))]);
        let Some(channel) = self.channels.remove(id) else { return };
        let device = channel.device().to_owned();
        if !self.channels.values().any(|channel| channel.device() == device) {
            self.emit("DeviceStateChange", CALL, |_, message| {
                message.put("Device", &device);
                message.put("State", "NOT_INUSE");
            });
        }
        if let Some(other) = channel.other.filter(|other| self.channels.contains_key(other)) {
            if let Some(other) = self.channels.get_mut(&other) {
                other.other = None;
            }
            self.hang_up(&other, cause);
        }
        for spy in spies {
            self.hang_up(&spy, 0);
        }
    }
}
