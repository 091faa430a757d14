//! How a simulated FreeSWITCH is to be.

use super::world::World;
use super::{BACKLOG, FreeSwitchSim, Shared, serve};
use crate::knobs::{Knobs, Seen};
use crate::net::Server;
use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::broadcast;

/// What a phone does when it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phone {
    /// It rings at once, and answers after that time.
    Answers(Duration),
    /// It rings until the caller gives up.
    Rings,
    /// It is busy.
    Busy,
}

/// A user of the directory who may come to the event socket.
#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) password: String,
    pub(super) events: Option<Vec<String>>,
    pub(super) api: Option<Vec<String>>,
    pub(super) log: bool,
}

impl Account {
    /// Whether these are its words: `USER@DOMAIN:PASSWORD` or `USER:PASSWORD@DOMAIN`.
    pub(super) fn is(&self, words: &str) -> bool {
        let Self { name, domain, password, .. } = self;
        words == format!("{name}@{domain}:{password}") || words == format!("{name}:{password}@{domain}")
    }
}

/// How a simulated FreeSWITCH is to be. Made by [`FreeSwitchSim::builder`].
#[derive(Clone)]
#[must_use]
pub struct FreeSwitchBuilder {
    pub(super) bind: SocketAddr,
    pub(super) password: String,
    pub(super) accounts: Vec<Account>,
    pub(super) extensions: BTreeMap<String, Vec<(String, String)>>,
    pub(super) phones: BTreeMap<String, Phone>,
    pub(super) auth_timeout: Duration,
    pub(super) heartbeat: Duration,
}

impl std::fmt::Debug for FreeSwitchBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FreeSwitchBuilder").field("bind", &self.bind).finish_non_exhaustive()
    }
}

impl FreeSwitchBuilder {
    /// Where it listens: a free port of 127.0.0.1 unless set.
    pub fn bind(mut self, addr: SocketAddr) -> Self {
        self.bind = addr;
        self
    }

    /// The password of the event socket; `ClueCon` unless set.
    pub fn password(mut self, password: &str) -> Self {
        self.password = password.into();
        self
    }

    /// Adds a user for `userauth`, or takes the place of the one of that name. The events (subclasses are named like events)
    /// and the api commands are lists between commas, or `all`.
    pub fn user(mut self, name: &str, domain: &str, password: &str, events: &str, api: &str, log: bool) -> Self {
        let list = |text: &str| (text != "all").then(|| text.split(',').map(str::to_owned).collect());
        self.accounts.retain(|account| account.name != name || account.domain != domain);
        self.accounts.push(Account {
            name: name.into(),
            domain: domain.into(),
            password: password.into(),
            events: list(events),
            api: list(api),
            log,
        });
        self
    }

    /// Adds an extension to the dialplan: applications and their data, as they run. The context does not matter.
    pub fn extension(mut self, name: &str, plan: &[(&str, &str)]) -> Self {
        let plan = plan.iter().map(|(name, data)| ((*name).to_owned(), (*data).to_owned())).collect();
        self.extensions.insert(name.into(), plan);
        self
    }

    /// Adds a phone: `user/NAME` and `sofia/internal/NAME` call it.
    pub fn phone(mut self, name: &str, phone: Phone) -> Self {
        self.phones.insert(name.into(), phone);
        self
    }

    /// How long a connection may stay without a command; 25 s unless set.
    pub fn auth_timeout(mut self, time: Duration) -> Self {
        self.auth_timeout = time;
        self
    }

    /// How long it is from one `HEARTBEAT` to the next; 20 s unless set.
    pub fn heartbeat(mut self, time: Duration) -> Self {
        self.heartbeat = time.max(Duration::from_millis(1));
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn start(self) -> io::Result<FreeSwitchSim> {
        let (news, _) = broadcast::channel(BACKLOG);
        let knobs = Knobs::default();
        let shared = Arc::new(Shared {
            world: Mutex::new(self.world(1)),
            config: self,
            knobs: knobs.clone(),
            seen: Seen::default(),
            news,
            denies: AtomicBool::new(false),
        });
        let server = Server::start(shared.config.bind, knobs, serve(&shared)).await?;
        // what the new world wants to do later is begun
        shared.change(|_| {});
        Ok(FreeSwitchSim { shared, server })
    }

    pub(super) fn world(&self, run: u64) -> World {
        World::new(run, self.extensions.clone(), self.phones.clone(), self.heartbeat)
    }
}

impl Default for FreeSwitchBuilder {
    fn default() -> Self {
        let bare = Self {
            bind: (Ipv4Addr::LOCALHOST, 0).into(),
            password: "ClueCon".into(),
            accounts: Vec::new(),
            extensions: BTreeMap::new(),
            phones: BTreeMap::new(),
            auth_timeout: Duration::from_secs(25),
            heartbeat: Duration::from_secs(20),
        };
        let music = "tone_stream://%(1000,500,440);loops=-1";
        bare.user("1000", "test.local", "test-secret", "all", "all", true)
            .user(
                "1001",
                "test.local",
                "test-secret",
                "HEARTBEAT,CHANNEL_CREATE,CUSTOM,conference::maintenance",
                "status,version,bgapi,uptime",
                false,
            )
            .extension("9196", &[("answer", ""), ("echo", "")])
            .extension("9664", &[("answer", ""), ("playback", music)])
            .extension("5900", &[("answer", ""), ("park", "")])
            .extension("sleep300", &[("answer", ""), ("sleep", "300"), ("hangup", "")])
            .extension("short", &[("answer", ""), ("sleep", "20"), ("hangup", "")])
            .extension("busy", &[("hangup", "USER_BUSY")])
            .extension("ring", &[("ring_ready", ""), ("sleep", "600000")])
            .extension(
                "bridge",
                &[("answer", ""), ("set", "hangup_after_bridge=true"), ("bridge", "loopback/9196/default")],
            )
            .extension("dial1001", &[("bridge", "user/1001")])
            .extension("conf", &[("answer", ""), ("conference", "3000@default")])
            .extension("rec", &[("answer", ""), ("record_session", "/srv/rec/session.wav"), ("echo", "")])
            .phone("1001", Phone::Answers(Duration::from_millis(20)))
            .phone("1002", Phone::Busy)
            .phone("1003", Phone::Rings)
    }
}
