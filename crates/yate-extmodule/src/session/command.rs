//! Commands that are answered by a line of their name, and what waits for those answers.

use super::{Notice, Response, YateSession, checked};
use crate::calls;
use crate::codec::Outgoing;
use bytes::Bytes;
use ifbus_link::{Actions, Slot};

/// What holds for a channel, not for a connection.
const FLEETING: [&str; 4] = ["id", "reason", "disconnected", "restart"];

/// A command that is answered by a line of its name. Its text has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Install { name: String, priority: u32, filter: Option<Bytes> },
    Uninstall { name: String },
    Watch { name: String },
    Unwatch { name: String },
    SetLocal { name: String, value: String },
}

impl Command {
    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::Install { .. } => "install",
            Self::Uninstall { .. } => "uninstall",
            Self::Watch { .. } => "watch",
            Self::Unwatch { .. } => "unwatch",
            Self::SetLocal { .. } => "setlocal",
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Install { name, .. }
            | Self::Uninstall { name }
            | Self::Watch { name }
            | Self::Unwatch { name }
            | Self::SetLocal { name, .. } => name,
        }
    }

    /// The line without its end.
    pub(super) fn line(&self) -> Vec<u8> {
        let mut line = format!("%%>{}:", self.verb()).into_bytes();
        match self {
            Self::Install { name, priority, filter } => {
                line.extend_from_slice(format!("{priority}:{name}").as_bytes());
                line.extend_from_slice(filter.as_deref().unwrap_or_default());
            }
            Self::SetLocal { name, value } => line.extend_from_slice(format!("{name}:{value}").as_bytes()),
            Self::Uninstall { name } | Self::Watch { name } | Self::Unwatch { name } => {
                line.extend_from_slice(name.as_bytes());
            }
        }
        line
    }

    /// The value that an answer to this brings; `None`: it answers something else.
    fn value_in<'a>(&self, verb: &[u8], middle: &'a [u8]) -> Option<&'a [u8]> {
        if verb != self.verb().as_bytes() {
            return None;
        }
        let name = self.name().as_bytes();
        match self {
            Self::Install { .. } | Self::Uninstall { .. } => {
                let at = memchr::memchr(b':', middle)?;
                let (priority, own) = middle.split_at_checked(at)?;
                (own.get(1..)? == name).then_some(priority)
            }
            Self::Watch { .. } | Self::Unwatch { .. } => (middle == name).then_some(&[]),
            Self::SetLocal { .. } => middle.strip_prefix(name)?.strip_prefix(b":"),
        }
    }
}

/// A command that waits for its answer.
pub(super) struct Expected {
    pub(super) command: Command,
    pub(super) whose: Whose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// Of the login: what the engine says of itself, and the settings.
    Login,
    /// Of the login: something that was in force before.
    Restored,
    /// A caller's.
    Caller(Slot),
    /// Nobody waits for it any more, or it was a ping.
    Nobody,
}

impl YateSession {
    pub(super) fn command(&mut self, command: Command, whose: Whose, actions: &mut Actions<Self>) {
        let line = Outgoing { head: command.line(), body: Bytes::new() };
        match whose {
            Whose::Caller(slot) => actions.send_request(slot, line),
            _ => actions.send(line),
        }
        self.login += usize::from(matches!(whose, Whose::Login | Whose::Restored));
        self.expected.push_back(Expected { command, whose });
    }

    pub(super) fn set_local(&mut self, name: &str, value: String, whose: Whose, actions: &mut Actions<Self>) {
        self.command(Command::SetLocal { name: name.to_owned(), value }, whose, actions);
    }

    pub(super) fn answered(&mut self, verb: &[u8], middle: &[u8], ok: bool, actions: &mut Actions<Self>) -> bool {
        let found = self.expected.iter().enumerate().find_map(|(at, expected)| {
            Some((at, String::from_utf8_lossy(expected.command.value_in(verb, middle)?).into_owned()))
        });
        let Some((at, value)) = found else { return false };
        let Some(expected) = self.expected.remove(at) else { return false };
        if let Command::SetLocal { name, .. } = &expected.command {
            // also what a user changes holds for our deadlines and lines
            self.learn(name, &value, ok);
            let server = &self.server;
            self.told.send_if_modified(|told| {
                let changed = self.ready && **told != *server;
                if changed {
                    *told = server.clone().into();
                }
                changed
            });
        }
        match expected.whose {
            Whose::Nobody => {
                // the caller went, but the engine did it; a handler that nobody stands behind must go
                if let (Command::Install { name, .. }, true) = (&expected.command, ok) {
                    let name = name.clone();
                    self.command(Command::Uninstall { name }, Whose::Nobody, actions);
                } else {
                    self.remember(expected.command, ok);
                }
            }
            Whose::Caller(slot) => {
                self.remember(expected.command, ok);
                actions.reply(slot, Response::Command { ok, value });
            }
            Whose::Login => {
                self.login_step(actions);
            }
            Whose::Restored => {
                if !ok && matches!(expected.command, Command::Install { .. } | Command::SetLocal { .. }) {
                    let line = String::from_utf8_lossy(&expected.command.line()).replacen("%%>", "", 1);
                    actions.event(Notice::NotRestored(line.into()));
                }
                self.login_step(actions);
            }
        }
        true
    }

    /// What is in force, to be restored after a loss.
    fn remember(&mut self, command: Command, ok: bool) {
        match command {
            Command::Install { .. } if ok => self.installs().push(command),
            // false: it was watched before
            Command::Watch { name } if !self.watches.contains(&name) => self.watches.push(name),
            Command::SetLocal { name, value } if ok && !value.is_empty() && !FLEETING.contains(&name.as_str()) => {
                self.locals.retain(|(own, _)| *own != name);
                self.locals.push((name, value));
            }
            _ => {}
        }
    }

    pub(super) fn user_command(&mut self, slot: Slot, command: Command, limit: usize, actions: &mut Actions<Self>) {
        if let Err(error) = checked(command.verb(), command.line().len(), limit) {
            return actions.fail(slot, error);
        }
        let done = |ok| Response::Command { ok, value: String::new() };
        let tracked = |name: &str| self.tracker.is_some() && calls::WATCHED.contains(&name);
        match &command {
            // watched for the calls: only the subscribers change
            Command::Watch { name } if tracked(name) => {
                let new = !self.watches.contains(name);
                if new {
                    self.watches.push(name.clone());
                }
                return actions.reply(slot, done(new));
            }
            Command::Unwatch { name } => {
                let tracked = tracked(name);
                let before = self.watches.len();
                self.watches.retain(|own| own != name);
                if tracked {
                    return actions.reply(slot, done(self.watches.len() < before));
                }
            }
            // whatever comes of it, it is not wanted again
            Command::Uninstall { name } => {
                self.installs().retain(|own| own.name() != name);
            }
            _ => {}
        }
        self.command(command, Whose::Caller(slot), actions);
    }
}
