//! From the banner to the moment at which actions may be sent.

use super::pending::Owner;
use super::{AmiSession, Settings};
use crate::action::Raw;
use crate::error::Reason;
use crate::mask::EventMask;
use crate::reply::Reply;
use crate::server::Server;
use ifbus_link::{Actions, Lost, Refusal, RefusalKind};
use md5::{Digest, Md5};
use secrecy::ExposeSecret;
use std::fmt::Write;
use std::sync::Arc;
use tokio::time::Instant;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Banner,
    Login,
    /// Logged in; filters and the list of channels are under way.
    Settling,
    /// Settled, but the server has not said that it has started whole.
    Booting,
    Ready,
}

/// What is known of how this server tells that it has started.
#[derive(Debug, Default)]
pub(super) struct Boot {
    /// It told us on an earlier connection: it will again.
    told_before: bool,
    /// It did not: this user may not read it.
    never_told: bool,
    /// Waited for until then.
    pub(super) by: Option<Instant>,
}

/// Lower-case hexadecimal: Asterisk refuses capitals.
pub(super) fn md5_key(challenge: &[u8], secret: &str) -> String {
    let digest = Md5::new().chain_update(challenge).chain_update(secret).finalize();
    digest.iter().fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn login(settings: &Settings) -> Raw {
    Raw::new("Login").set("Username", settings.user.clone()).set("Events", settings.mask.wire())
}

impl AmiSession {
    /// The server's first line did not come in time. What waits for us to speak first is no AMI.
    pub(super) fn no_greeting(&self, actions: &mut Actions<Self>) {
        let other = if self.settings.encrypted { "a port without TLS (ami://)" } else { "a TLS port (amis://)" };
        let within = self.settings.greeting;
        actions.disconnect(Lost::protocol(format!("no greeting within {within:?}: it is not AMI, or {other}")));
    }

    pub(super) fn banner(&mut self, line: &str, actions: &mut Actions<Self>) {
        self.banner_by = None;
        let Some(server) = Server::read(line) else {
            let shown: String = line.chars().take(80).collect();
            let why = format!("it begins with \"{shown}\", which is no Asterisk Call Manager");
            actions.refuse(Refusal::new(RefusalKind::WrongService, None, why));
            return;
        };
        self.pending.legacy = server.version.is_legacy();
        self.calls.set_legacy(server.version.is_legacy());
        self.server = server;
        self.phase = Phase::Login;
        if self.settings.md5 {
            self.send_own(Owner::Challenge, Raw::new("Challenge").set("AuthType", "MD5"), actions);
        } else {
            let raw = login(&self.settings).set("Secret", self.settings.secret.expose_secret());
            self.send_own(Owner::Login, raw, actions);
        }
    }

    /// An answer to one of our own actions.
    pub(super) fn login_step(&mut self, owner: Owner, reply: &Reply, actions: &mut Actions<Self>) {
        let response = &reply.response;
        let message = response.get("Message").unwrap_or_default();
        let success = response.get_bytes("Response") == Some(b"Success");
        match owner {
            Owner::Challenge | Owner::Login if !success => {
                // another session of the same user, or the server, may be gone in a moment
                let passing = Reason::of(&message) == Reason::ShuttingDown || message.contains("Already In Use");
                if passing {
                    actions.disconnect(Lost::protocol(&*message));
                } else {
                    actions.refuse(Refusal::new(RefusalKind::Credentials, None, message));
                }
            }
            Owner::Challenge => {
                let challenge = response.get_bytes("Challenge").unwrap_or_default();
                let key = md5_key(challenge, self.settings.secret.expose_secret());
                let raw = login(&self.settings).set("AuthType", "MD5").set("Key", key);
                self.send_own(Owner::Login, raw, actions);
            }
            Owner::Login => {
                self.phase = Phase::Settling;
                for filter in self.settings.filters.clone() {
                    self.send_own(Owner::Filter, filter, actions);
                }
                if self.settings.track && self.settings.mask != EventMask::NONE {
                    self.send_own(Owner::Channels, Raw::new("CoreShowChannels"), actions);
                } else {
                    self.send_own(Owner::Fence, Raw::new("Ping"), actions);
                }
            }
            Owner::Filter if !success => {
                tracing::warn!(reason = %message, needs = "system", "a filter was refused: all events come");
            }
            Owner::Channels => {
                if success && reply.over().is_none() {
                    self.calls.resync(reply.items(), actions.now(), &mut self.changes);
                } else {
                    tracing::warn!(
                        reason = %message,
                        needs = "system or reporting",
                        "the channels cannot be listed: calls are known from now on only"
                    );
                }
                self.settled(actions);
            }
            Owner::Fence => self.settled(actions),
            _ => {}
        }
    }

    fn settled(&mut self, actions: &mut Actions<Self>) {
        let readable = self.settings.mask.contains(EventMask::SYSTEM);
        if self.server.fully_booted || self.boot.never_told || !readable || self.settings.boot_grace.is_zero() {
            self.ready(actions);
            return;
        }
        self.phase = Phase::Booting;
        // a server that told us before is waited for as long as a login may take
        if !self.boot.told_before {
            self.boot.by = actions.now().checked_add(self.settings.boot_grace);
        }
    }

    fn ready(&mut self, actions: &mut Actions<Self>) {
        self.boot.by = None;
        self.phase = Phase::Ready;
        self.told.send_replace(Arc::new(self.server.clone()));
        actions.ready();
    }

    /// `FullyBooted` came.
    pub(super) fn booted(&mut self, actions: &mut Actions<Self>) {
        self.server.fully_booted = true;
        self.boot.told_before = true;
        match self.phase {
            Phase::Booting => self.ready(actions),
            Phase::Ready => {
                self.told.send_replace(Arc::new(self.server.clone()));
            }
            _ => {}
        }
    }

    /// It did not come in time.
    pub(super) fn not_told(&mut self, actions: &mut Actions<Self>) {
        if self.phase == Phase::Booting {
            self.boot.never_told = true;
            self.ready(actions);
        }
    }
}
