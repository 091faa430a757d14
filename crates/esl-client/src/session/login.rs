//! How a connection begins: inbound with a login, outbound with `connect`.

use super::{EslSession, Owner, Phase, Shared, is_ok, words};
use crate::codec::Frame;
use crate::command::{Command, checked};
use ifbus_link::{Actions, Lost, Refusal, RefusalKind};
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Arc, PoisonError};

/// Who logs in.
#[derive(Clone)]
pub(crate) struct Auth {
    /// `user@domain`, for `userauth`.
    pub(crate) user: Option<String>,
    pub(crate) password: SecretString,
}

impl Auth {
    pub(crate) fn command(&self) -> Result<Command, crate::Error> {
        let password = self.password.expose_secret();
        checked("password", password)?;
        if password.is_empty() {
            // FreeSWITCH would say "command not found"
            return Err(crate::Error::invalid("password", "it is empty"));
        }
        Ok(match &self.user {
            Some(user) => {
                checked("user", user)?;
                Command::line("userauth", &format!("{user}:{password}"))?.secret()
            }
            None => Command::line("auth", password)?.secret(),
        })
    }
}

/// How an outbound connection begins.
#[derive(Debug, Clone)]
pub(crate) struct Outbound {
    /// Seconds for which the connection is kept after the hangup, where the server can.
    pub(crate) linger: Option<u32>,
    pub(crate) encoding: crate::Encoding,
}

/// Which side dialed.
pub(crate) enum Login {
    Inbound(Auth),
    Outbound(Outbound),
}

impl Login {
    pub(crate) fn is_outbound(&self) -> bool {
        matches!(self, Self::Outbound(_))
    }

    /// A command that costs the server next to nothing.
    pub(super) fn ping(&self) -> Option<Command> {
        match self {
            Self::Inbound(_) => Command::line("api", "uptime"),
            // allowed on every outbound connection, with no effect (`-ERR missing value.`)
            Self::Outbound(_) => Command::line("divert_events", ""),
        }
        .ok()
    }

    pub(super) fn note_version(&self, frame: &Frame, shared: &Shared) {
        if let Frame::Response(response) = frame {
            note(shared, |server| server.banner = response.text().trim().to_owned());
        }
    }
}

fn note(shared: &Shared, change: impl FnOnce(&mut crate::Server)) {
    let mut server = shared.server.write().unwrap_or_else(PoisonError::into_inner);
    change(Arc::make_mut(&mut server));
}

impl EslSession {
    pub(super) fn begin(&mut self, actions: &mut Actions<Self>) {
        if self.login.is_outbound() {
            // the first command of all: any other one's answer would be swallowed
            if let Ok(connect) = Command::line("connect", "") {
                self.chore(Owner::Connect, connect, actions);
            }
        }
    }

    pub(super) fn auth_requested(&mut self, actions: &mut Actions<Self>) {
        let Login::Inbound(auth) = &self.login else { return };
        if self.phase != Phase::Login || !self.sent.is_empty() {
            return;
        }
        match auth.command() {
            Ok(command) => self.chore(Owner::Auth, command, actions),
            Err(error) => actions.refuse(Refusal::new(RefusalKind::Credentials, None, error.to_string())),
        }
    }

    pub(super) fn logged_in(&mut self, frame: &Frame, actions: &mut Actions<Self>) {
        if !is_ok(frame) {
            let words = words(frame);
            let message = words.strip_prefix("-ERR ").unwrap_or(&words);
            actions.refuse(Refusal::new(RefusalKind::Credentials, None, message));
            return;
        }
        if let Frame::Reply(reply) = frame {
            let list = |name: &str| reply.get_text(name).map(std::borrow::Cow::into_owned);
            note(&self.shared, |server| {
                server.allowed_events = list("Allowed-Events");
                server.allowed_api = list("Allowed-API");
                server.allowed_log = list("Allowed-LOG").map(|allowed| allowed == "true");
            });
        }
        let mut steps = Vec::new();
        steps.extend(Command::line("api", "version").ok().map(|command| (Owner::Version, command)));
        match self.intent.restore() {
            Ok(commands) => {
                let own = usize::from(self.intent.has_own());
                let owners = (0..).map(|at| if at < own { Owner::Own } else { Owner::Restore });
                steps.extend(owners.zip(commands));
            }
            Err(error) => actions.disconnect(Lost::protocol(error.to_string())),
        }
        if self.tracker.is_some() {
            for (owner, list) in [(Owner::Channels, "show channels as json"), (Owner::Bridges, "show calls as json")] {
                steps.extend(Command::line("api", list).ok().map(|command| (owner, command)));
            }
        }
        self.phase = Phase::Restoring(steps.len());
        for (owner, command) in steps {
            self.chore(owner, command, actions);
        }
    }

    /// A frame that nothing is known of.
    pub(super) fn strange(&mut self, frame: Frame, actions: &mut Actions<Self>) {
        if self.phase == Phase::Login && self.sent.is_empty() && !self.login.is_outbound() {
            let first = frame.bytes().split(|byte| *byte == b'\n').next().unwrap_or_default();
            let words = String::from_utf8_lossy(first);
            let words: String = words.trim().chars().filter(|c| !c.is_control()).take(80).collect();
            actions.refuse(Refusal::new(RefusalKind::WrongService, None, words));
            return;
        }
        actions.event(super::News::Other(frame));
    }
}
