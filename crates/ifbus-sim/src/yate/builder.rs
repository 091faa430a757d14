//! How a simulated Yate is to be.

use super::engine::Engine;
use super::{Shared, YateSim, manage, serve};
use crate::knobs::{Knobs, Seen};
use crate::net::Server;
use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
#[cfg(unix)]
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

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

/// How a simulated Yate is to be. Made by [`YateSim::builder`].
#[derive(Clone)]
#[must_use]
pub struct YateBuilder {
    pub(super) bind: SocketAddr,
    pub(super) manager: SocketAddr,
    /// Numbers and where they lead; what begins with `-` and has a reason behind it leads nowhere.
    pub(super) routes: BTreeMap<String, String>,
    pub(super) phones: BTreeMap<String, Phone>,
    pub(super) users: BTreeMap<String, String>,
    pub(super) admin: Option<String>,
    pub(super) timer: Duration,
    #[cfg(unix)]
    pub(super) unix: Option<PathBuf>,
    #[cfg(unix)]
    pub(super) programs: BTreeMap<String, PathBuf>,
}

impl std::fmt::Debug for YateBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("YateBuilder").field("bind", &self.bind).finish_non_exhaustive()
    }
}

impl YateBuilder {
    /// Where it listens for external modules: a free port of 127.0.0.1 unless set.
    pub fn bind(mut self, addr: SocketAddr) -> Self {
        self.bind = addr;
        self
    }

    /// Where its telnet manager listens: a free port of 127.0.0.1 unless set.
    pub fn bind_manager(mut self, addr: SocketAddr) -> Self {
        self.manager = addr;
        self
    }

    /// Listens for external modules at a unix socket, too.
    #[cfg(unix)]
    pub fn unix(mut self, path: impl Into<PathBuf>) -> Self {
        self.unix = Some(path.into());
        self
    }

    /// Allows a program to be started: for a call to `external/MODE/NAME ARGUMENT`, or by `external start NAME ARGUMENT`. Others
    /// are not, whoever asks. The modes `play`, `record` and `playrec`, with sound, are for Linux only: it hears silence, and
    /// what it plays is heard by nobody.
    #[cfg(unix)]
    pub fn program(mut self, name: &str, path: impl Into<PathBuf>) -> Self {
        self.programs.insert(name.into(), path.into());
        self
    }

    /// Routes a number to a dial string, as `tone/dial`.
    pub fn route(mut self, number: &str, to: &str) -> Self {
        self.routes.insert(number.into(), to.into());
        self
    }

    /// Refuses a number for a reason, as `offline`.
    pub fn refuse(mut self, number: &str, error: &str) -> Self {
        self.routes.insert(number.into(), format!("-{error}"));
        self
    }

    /// Adds a phone, routed at its number, and called as `sip/sip:NUMBER@…`.
    pub fn phone(mut self, number: &str, phone: Phone) -> Self {
        self.phones.insert(number.into(), phone);
        self.route(number, &format!("sip/sip:{number}@127.0.0.1"))
    }

    /// Adds a user, whose password `user.auth` tells.
    pub fn user(mut self, name: &str, password: &str) -> Self {
        self.users.insert(name.into(), password.into());
        self
    }

    /// The password of the telnet manager; there is none unless set.
    pub fn manager_password(mut self, password: &str) -> Self {
        self.admin = Some(password.into());
        self
    }

    /// How long it is from one `engine.timer` to the next; 1 s unless set.
    pub fn timer(mut self, time: Duration) -> Self {
        self.timer = time.max(Duration::from_millis(1));
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// An address cannot be bound.
    pub async fn start(self) -> io::Result<YateSim> {
        let (knobs, seen) = (Knobs::default(), Arc::new(Seen::default()));
        let engine = Engine::start(self.clone(), Arc::clone(&seen), knobs.clone());
        let shared = Arc::new(Shared { config: self, knobs: knobs.clone(), seen, engine: Mutex::new(engine) });
        let server = Server::start(shared.config.bind, knobs.clone(), serve(&shared)).await?;
        let manager = Server::start(shared.config.manager, knobs.clone(), manage(&shared)).await?;
        #[cfg(unix)]
        let unix = match shared.config.unix.clone() {
            Some(path) => Some(Server::start(path, knobs, serve(&shared)).await?),
            None => None,
        };
        Ok(YateSim {
            shared,
            server,
            manager,
            #[cfg(unix)]
            unix,
        })
    }
}

impl Default for YateBuilder {
    fn default() -> Self {
        let bare = Self {
            bind: (Ipv4Addr::LOCALHOST, 0).into(),
            manager: (Ipv4Addr::LOCALHOST, 0).into(),
            routes: BTreeMap::new(),
            phones: BTreeMap::new(),
            users: BTreeMap::new(),
            admin: None,
            timer: Duration::from_secs(1),
            #[cfg(unix)]
            unix: None,
            #[cfg(unix)]
            programs: BTreeMap::new(),
        };
        bare.route("99991001", "tone/dial")
            .route("99991002", "tone/busy")
            .refuse("nobody", "offline")
            .phone("1001", Phone::Answers(Duration::from_millis(20)))
            .phone("1002", Phone::Busy)
            .user("1001", "test-secret")
    }
}
