//! What is said first on a connection, and what the engine says of itself.

use super::command::{Command, Whose};
use super::{STATUS, YateSession};
use crate::calls;
use crate::codec::Outgoing;
use bytes::Bytes;
use ifbus_link::Actions;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// What the engine said of itself at the last connect.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Server {
    /// `6.4.1`.
    pub version: String,
    /// `devel1`; empty for a release.
    pub release: String,
    /// The node's name.
    pub nodename: String,
    /// The run of the engine: another one after each start.
    pub runid: String,
    /// The longest line that it takes, in bytes with its end; one less is safe.
    pub bufsize: usize,
    /// How long it waits for an answer of ours; `None`: for ever.
    pub timeout: Option<Duration>,
}

impl YateSession {
    /// All at once: the engine answers in the order of the lines.
    pub(super) fn log_in(&mut self, actions: &mut Actions<Self>) {
        self.server = Server { bufsize: 8192, timeout: Some(Duration::from_secs(10)), ..Server::default() };
        if let Some(connect) = self.settings.role.connect() {
            actions.send(Outgoing { head: connect.to_vec(), body: Bytes::new() });
        }
        self.set_local("bufsize", self.settings.bufsize.to_string(), Whose::Login, actions);
        let timeout = self.settings.engine_timeout.map(|timeout| timeout.as_millis().to_string());
        self.set_local("timeout", timeout.unwrap_or_default(), Whose::Login, actions);
        for name in ["engine.release", "engine.nodename", "runid"] {
            self.set_local(name, String::new(), Whose::Login, actions);
        }
        for (name, value) in self.locals.clone() {
            self.set_local(&name, value, Whose::Restored, actions);
        }
        let tracked = if self.tracker.is_some() { calls::WATCHED } else { &[] };
        let tracked = tracked.iter().map(|name| (*name).to_owned());
        let wanted =
            self.watches.iter().filter(|name| !calls::WATCHED.contains(&name.as_str()) || self.tracker.is_none());
        let watches: Vec<String> = tracked.chain(wanted.cloned()).collect();
        for name in watches {
            self.command(Command::Watch { name }, Whose::Restored, actions);
        }
        let installs = self.installs().clone();
        for install in installs {
            self.command(install, Whose::Restored, actions);
        }
        // last: its answer says that all before it has been done
        self.set_local("engine.version", String::new(), Whose::Login, actions);
    }

    pub(super) fn learn(&mut self, name: &str, value: &str, ok: bool) {
        let server = &mut self.server;
        match name {
            "bufsize" => {
                if let Some(bufsize) = value.parse().ok().filter(|size| *size > 0) {
                    server.bufsize = bufsize;
                    self.limit.store(bufsize, Ordering::Relaxed);
                }
            }
            "timeout" => {
                let millis = value.parse::<i64>().unwrap_or(10_000);
                server.timeout = u64::try_from(millis).ok().filter(|millis| *millis > 0).map(Duration::from_millis);
            }
            "engine.version" if ok => value.clone_into(&mut server.version),
            "engine.release" if ok => value.clone_into(&mut server.release),
            "engine.nodename" if ok => value.clone_into(&mut server.nodename),
            "runid" if ok => value.clone_into(&mut server.runid),
            _ => {}
        }
    }

    pub(super) fn login_step(&mut self, actions: &mut Actions<Self>) {
        self.login -= 1;
        if self.login == 0 && !self.ready {
            self.ready = true;
            self.told.send_replace(Arc::new(self.server.clone()));
            if let Some(tracker) = &mut self.tracker {
                tracker.listing();
                let head = format!("%%>message:{}.", self.token).into_bytes();
                let body = [STATUS, b":0:engine.status::details=true"].concat().into();
                actions.send(Outgoing { head, body });
            }
            actions.ready();
        }
    }
}
