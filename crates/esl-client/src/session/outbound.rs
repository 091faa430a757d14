//! The beginning of an outbound connection, after `connect` has been answered.

use super::{EslSession, Login, Owner, Phase};
use crate::codec::Frame;
use crate::command::Command;
use ifbus_link::{Actions, Lost};

impl EslSession {
    pub(super) fn connected(&mut self, frame: Frame, actions: &mut Actions<Self>) {
        let Frame::Channel(channel) = frame else {
            actions.disconnect(Lost::protocol("the server did not answer connect with a channel"));
            return;
        };
        let Login::Outbound(settings) = &self.login else { return };
        let mut steps = Vec::new();
        // without `full` there is no linger, and the events of the hangup can be lost
        if channel.get("Control").is_some_and(|control| control == "full")
            && let Some(seconds) = settings.linger
        {
            steps.extend(Command::line("linger", &seconds.to_string()));
        }
        steps.extend(Command::line("myevents", settings.encoding.as_str()));
        let _ = self.shared.channel.set(channel);
        self.phase = Phase::Restoring(steps.len());
        for command in steps {
            self.chore(Owner::Restore, command, actions);
        }
    }
}
