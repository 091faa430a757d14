//! How a simulated Asterisk is to be.

use super::channel::{Application, Phone};
use super::rooms::{Member, Queue};
#[cfg(feature = "tls")]
use super::tls::Identity;
use super::world::World;
use super::{AsteriskSim, BACKLOG, DECISIONS, Generation, Shared, mask, serve, session};
use crate::knobs::{Knobs, Seen};
use crate::net::Server;
use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::broadcast;

#[derive(Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) secret: String,
    pub(super) read: u32,
    pub(super) write: u32,
    pub(super) filters: Vec<String>,
}

/// How a simulated Asterisk is to be. Made by [`AsteriskSim::builder`].
#[derive(Clone)]
#[must_use]
pub struct AsteriskBuilder {
    pub(super) bind: SocketAddr,
    pub(super) generation: Generation,
    pub(super) accounts: Vec<Account>,
    pub(super) extensions: BTreeMap<String, Vec<Application>>,
    pub(super) phones: BTreeMap<String, Phone>,
    pub(super) queues: BTreeMap<String, Queue>,
    pub(super) missing: Vec<String>,
    pub(super) records: bool,
    #[cfg(feature = "tls")]
    pub(super) tls: bool,
    pub(super) boot_time: Duration,
    pub(super) auth_timeout: Duration,
    pub(super) refusal_delay: Duration,
}

impl std::fmt::Debug for AsteriskBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AsteriskBuilder").field("bind", &self.bind).finish_non_exhaustive()
    }
}

impl AsteriskBuilder {
    /// Where it listens: a free port of 127.0.0.1 unless set.
    pub fn bind(mut self, addr: SocketAddr) -> Self {
        self.bind = addr;
        self
    }

    /// Whether it listens on a second port, a free one, by TLS: [`AsteriskSim::tls_addr`], with a certificate of its own,
    /// [`AsteriskSim::certificate`]. No unless set.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: bool) -> Self {
        self.tls = tls;
        self
    }

    /// Which Asterisk it is; [`Generation::Modern`] unless set.
    pub fn generation(mut self, generation: Generation) -> Self {
        self.generation = generation;
        self
    }

    /// Adds an account, or takes the place of the one with its name. The rights are as in `manager.conf`: `all`, `no`, or
    /// classes between commas.
    pub fn account(mut self, name: &str, secret: &str, read: &str, write: &str) -> Self {
        self.accounts.retain(|account| account.name != name);
        let (read, write) = (mask::rights(read), mask::rights(write));
        self.accounts.push(Account { name: name.into(), secret: secret.into(), read, write, filters: Vec::new() });
        self
    }

    /// An `eventfilter` of the account that was added last: an expression over the text of the event, `!` in front excludes.
    pub fn event_filter(mut self, filter: &str) -> Self {
        if let Some(account) = self.accounts.last_mut() {
            account.filters.push(filter.into());
        }
        self
    }

    /// Adds an extension to the dialplan; the context does not matter.
    pub fn extension(mut self, name: &str, plan: &[Application]) -> Self {
        self.extensions.insert(name.into(), plan.to_vec());
        self
    }

    /// Adds a phone, by the name that `Dial` and `Originate` have for it.
    pub fn phone(mut self, name: &str, phone: Phone) -> Self {
        self.phones.insert(name.into(), phone);
        self
    }

    /// Adds a queue with these members.
    pub fn queue(mut self, name: &str, members: &[&str]) -> Self {
        let members = members.iter().map(|interface| Member::new(interface, "", false)).collect();
        self.queues.insert(name.into(), Queue { members, ..Queue::default() });
        self
    }

    /// Whether it tells records: `Cdr` for each channel that no other one called, `CEL` for all that happens to channels. Off unless
    /// set, as in a fresh Asterisk.
    pub fn records(mut self, on: bool) -> Self {
        self.records = on;
        self
    }

    /// A file that `Playback` does not find; all others are there, and 200 ms long.
    pub fn missing_sound(mut self, file: &str) -> Self {
        self.missing.push(file.into());
        self
    }

    /// How long after the start it says `FullyBooted`; logins work before. Zero unless set.
    pub fn boot_time(mut self, time: Duration) -> Self {
        self.boot_time = time;
        self
    }

    /// How long a connection may stay without a login; 30 s unless set.
    pub fn auth_timeout(mut self, time: Duration) -> Self {
        self.auth_timeout = time;
        self
    }

    /// How long a refused login waits for its answer; 1 s, as the real server, unless set.
    pub fn refusal_delay(mut self, time: Duration) -> Self {
        self.refusal_delay = time;
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn start(self) -> io::Result<AsteriskSim> {
        let (events, _) = broadcast::channel(BACKLOG);
        let (done, _) = broadcast::channel(DECISIONS);
        let knobs = Knobs::default();
        let shared = Arc::new(Shared {
            world: Mutex::new(self.world(1)),
            config: self,
            knobs: knobs.clone(),
            seen: Seen::default(),
            events,
            done,
            tickets: AtomicU64::new(1),
        });
        let server = Server::start(shared.config.bind, knobs, serve(&shared)).await?;
        #[cfg(feature = "tls")]
        let tls = if shared.config.tls {
            let addr = shared.config.bind.ip();
            let identity = Identity::new(addr)?;
            let knobs = shared.knobs.clone();
            let server = Server::start((addr, 0).into(), knobs, super::tls::serve(&shared, &identity)).await?;
            Some((server, identity))
        } else {
            None
        };
        shared.boot();
        Ok(AsteriskSim {
            shared,
            server,
            #[cfg(feature = "tls")]
            tls,
        })
    }

    pub(super) fn world(&self, run: u64) -> World {
        let (extensions, phones) = (self.extensions.clone(), self.phones.clone());
        let mut world = World::new(run, extensions, phones, self.queues.clone(), self.missing.clone());
        world.records = self.records;
        world
    }
}

impl Default for AsteriskBuilder {
    fn default() -> Self {
        use Application::{Answer, Busy, ConfBridge, Congestion, Dial, Hangup, Park, Queue, Ringing, Stay, Wait};
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        let bare = Self {
            bind: (Ipv4Addr::LOCALHOST, 0).into(),
            generation: Generation::Modern,
            accounts: Vec::new(),
            extensions: BTreeMap::new(),
            phones: BTreeMap::new(),
            queues: BTreeMap::new(),
            missing: Vec::new(),
            records: false,
            #[cfg(feature = "tls")]
            tls: false,
            boot_time: Duration::ZERO,
            auth_timeout: Duration::from_secs(30),
            refusal_delay: session::REFUSAL,
        };
        bare.account("admin", "test-secret", "all", "all")
            .account("reader", "test-secret", "all", "no")
            .account("callonly", "test-secret", "call", "call")
            .extension("wait", &[Answer, Wait(minutes(10))])
            .extension("short", &[Answer, Wait(Duration::from_millis(50)), Hangup(16)])
            .extension("echo", &[Answer, Stay])
            .extension("ring", &[Ringing, Wait(minutes(10))])
            .extension("busy", &[Busy])
            .extension("congestion", &[Congestion])
            .extension("conf", &[ConfBridge("1000".into(), false)])
            .extension("confadmin", &[ConfBridge("1000".into(), true)])
            .extension("queue", &[Answer, Queue("support".into())])
            .extension("emptyqueue", &[Answer, Queue("empty".into())])
            .extension("park", &[Park])
            .extension("dialwait", &[Dial("Local/wait@default".into(), Duration::from_secs(20)), Hangup(16)])
            .extension("dialring", &[Dial("PJSIP/103".into(), Duration::from_secs(3)), Hangup(16)])
            .phone("PJSIP/101", Phone::Answers(Duration::from_millis(20)))
            .phone("PJSIP/102", Phone::Busy)
            .phone("PJSIP/103", Phone::Rings)
            .queue("support", &["PJSIP/101"])
            .queue("empty", &[])
    }
}
