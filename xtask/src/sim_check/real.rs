//! The real servers, if they run: ours, or one that the environment names.

use std::time::Duration;

use anyhow::{Result, bail};

/// How long a system holds a connection that has ended.
const LINGER: Duration = Duration::from_secs(80);

/// A real server that runs.
pub(super) struct Real {
    server: &'static str,
    env: Vec<(String, String)>,
    /// Whether it is one of `cargo xtask servers`, which may be restarted.
    is_ours: bool,
}

/// How the environment of the tests is called in a session.
const NAMES: [(&str, &str, &str); 10] = [
    ("obs", "IFBUS_OBS", "PEER_URL"),
    ("obs", "IFBUS_OBS_PASSWORD", "PEER_PASSWORD"),
    ("homeassistant", "IFBUS_HA", "PEER_URL"),
    ("homeassistant", "IFBUS_HA_TOKEN", "PEER_TOKEN"),
    ("asterisk", "IFBUS_AMI", "PEER_ADDRESS"),
    ("asterisk", "IFBUS_AMI_USER", "PEER_USER"),
    ("asterisk", "IFBUS_AMI_PASSWORD", "PEER_PASSWORD"),
    ("freeswitch", "IFBUS_FREESWITCH", "PEER_ADDRESS"),
    ("freeswitch", "IFBUS_FREESWITCH_PASSWORD", "PEER_PASSWORD"),
    ("yate", "IFBUS_YATE", "PEER_ADDRESS"),
];

impl Real {
    /// The server by this name, if it runs and can be found.
    pub(super) fn find(server: &'static str) -> Option<Self> {
        let wanted: Vec<_> = NAMES.iter().filter(|(of, _, _)| *of == server).collect();
        let given = wanted.iter().map(|(_, name, ours)| {
            Some(((*ours).to_owned(), std::env::var(name).ok().filter(|value| !value.is_empty())?))
        });
        if let Some(env) = given.collect::<Option<Vec<_>>>().filter(|env| !env.is_empty()) {
            return Some(Self { server, env, is_ours: false });
        }
        let env = running(server);
        let found = wanted.iter().map(|(_, name, ours)| {
            let (_, value) = env.iter().find(|(known, _)| known == name)?;
            Some(((*ours).to_owned(), value.clone()))
        });
        let env = found.collect::<Option<Vec<_>>>().filter(|env| !env.is_empty())?;
        Some(Self { server, env, is_ours: true })
    }

    /// Whether it may be restarted.
    pub(super) fn is_ours(&self) -> bool {
        self.is_ours
    }

    /// What a session needs to find it.
    pub(super) fn env(&self) -> Vec<(String, String)> {
        self.env.clone()
    }

    #[cfg(target_os = "linux")]
    pub(super) fn restart(&self) -> Result<()> {
        use std::{thread::sleep, time::Instant};

        use crate::servers::control;

        if !self.is_ours() {
            bail!("{} is not one of `cargo xtask servers`, which alone are restarted", self.server);
        }
        let servers = control::pick(&[self.server.to_owned()]);
        control::down(&servers)?;
        // OBS cannot have its port again while the system still holds a connection of before.
        let since = Instant::now();
        loop {
            match control::up(&servers) {
                Ok(_) => return Ok(()),
                Err(error) if since.elapsed() > LINGER => return Err(error),
                Err(_) => sleep(Duration::from_secs(1)),
            }
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn restart(&self) -> Result<()> {
        bail!("{} cannot be restarted here ({})", self.server, self.is_ours())
    }
}

#[cfg(target_os = "linux")]
fn running(server: &str) -> Vec<(&'static str, String)> {
    use crate::servers::{NAMES, control};

    if !NAMES.contains(&server) {
        return Vec::new();
    }
    control::env(&control::pick(&[server.to_owned()])).unwrap_or_default()
}

#[cfg(not(target_os = "linux"))]
fn running(_: &str) -> Vec<(&'static str, String)> {
    Vec::new()
}
