//! The folder of one server in the user's cache: its installation, its files, its log and what we know of its processes.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    net::{Ipv4Addr, TcpListener, UdpSocket},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::process::{Process, listener_on, marked};

/// One port of a server: the environment variable that sets it, and what it is otherwise.
pub(crate) struct Port {
    pub(crate) variable: &'static str,
    pub(crate) default: u16,
}

/// The ports that a server was started with, by variable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ports(BTreeMap<String, u16>);

impl Ports {
    /// Reads them from the environment.
    pub(crate) fn choose(ports: &[Port]) -> Result<Self> {
        let one = |port: &Port| match std::env::var(port.variable) {
            Ok(text) => text.parse().with_context(|| format!("{}={text} is no port", port.variable)),
            Err(_) => Ok(port.default),
        };
        ports.iter().map(|port| Ok((port.variable.to_owned(), one(port)?))).collect::<Result<_>>().map(Self)
    }

    pub(crate) fn get(&self, variable: &str) -> Result<u16> {
        self.0.get(variable).copied().with_context(|| format!("{variable} is not known: start the server again"))
    }

    /// Fails with one sentence if another program listens on one of them.
    pub(crate) fn check_free(&self) -> Result<()> {
        for (variable, port) in &self.0 {
            let address = (Ipv4Addr::LOCALHOST, *port);
            if TcpListener::bind(address).is_err() || UdpSocket::bind(address).is_err() {
                let by = listener_on(*port).map(|pid| format!(" by process {pid}")).unwrap_or_default();
                bail!("port {port} is in use{by}; end that, or choose another port with {variable}");
            }
        }
        Ok(())
    }
}

/// What `up` writes for the supervisor, and for everyone who asks later.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Started {
    pub(crate) ports: Ports,
    /// Seconds since 1970.
    pub(crate) at: u64,
}

/// The environment variable that marks every process of a server; its value is the server's folder.
const MARK: &str = "IFBUS_SERVER_HOME";

/// The folder of one server.
pub(crate) struct Home(PathBuf);

impl Home {
    /// `ifbus/servers/NAME` in the user's cache folder, made if need be.
    pub(crate) fn of(name: &str) -> Result<Self> {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = match cache {
            Some(cache) => cache,
            None => std::env::home_dir().context("neither XDG_CACHE_HOME nor HOME is set")?.join(".cache"),
        };
        let path = cache.join("ifbus/servers").join(name);
        fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The variable and its value in the environment of all the server's processes.
    pub(crate) fn mark_variable(&self) -> (&'static str, &Path) {
        (MARK, &self.0)
    }

    /// The mark by which [`crate::process`] finds them.
    pub(crate) fn mark(&self) -> String {
        format!("{MARK}={}", self.0.display())
    }

    pub(crate) fn join(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    /// Keeps every other invocation away from this server for as long as the file is held.
    pub(crate) fn lock(&self) -> Result<File> {
        let file = File::create(self.join("lock"))?;
        if file.try_lock().is_err() {
            eprintln!("waiting for another task with {}", self.0.display());
            file.lock()?;
        }
        Ok(file)
    }

    /// The server's log, where everything that it and its supervisor print goes.
    pub(crate) fn log(&self) -> PathBuf {
        self.join("log")
    }

    /// Opens the log to write at its end.
    pub(crate) fn log_file(&self) -> Result<File> {
        Ok(OpenOptions::new().create(true).append(true).open(self.log())?)
    }

    /// The last lines of the log.
    pub(crate) fn log_tail(&self, count: usize) -> String {
        let text = fs::read(self.log()).unwrap_or_default();
        tail(&String::from_utf8_lossy(&text), count).to_owned()
    }

    pub(crate) fn started(&self) -> Result<Started> {
        self.read("started.json").context("the server was never started")
    }

    pub(crate) fn set_started(&self, started: &Started) -> Result<()> {
        self.write_json("started.json", started)
    }

    /// The server's own process, if it lives and is really ours.
    pub(crate) fn main(&self) -> Option<Process> {
        self.read("main.json").ok().filter(|process| marked(&self.mark()).contains(process))
    }

    pub(crate) fn set_main(&self, process: Process) -> Result<()> {
        self.write_json("main.json", &process)
    }

    /// Writes a file below this folder, with the folders above it.
    pub(crate) fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    }

    /// Writes a file that only the user can read.
    pub(crate) fn write_secret(&self, path: &str, text: &str) -> Result<()> {
        use std::io::Write;
        let path = self.join(path);
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&path)?;
        // The mode above counts only for a new file.
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        file.write_all(text.as_bytes()).with_context(|| format!("writing {}", path.display()))
    }

    /// The text of a file below this folder, if it is there.
    pub(crate) fn read_text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.join(path)).ok()
    }

    /// Removes a file or a folder with all that is in it; fine if it is not there.
    pub(crate) fn remove(&self, path: &str) -> Result<()> {
        let path = self.join(path);
        let result = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match result {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("removing {}", path.display()))
            }
            _ => Ok(()),
        }
    }

    fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        Ok(serde_json::from_str(&fs::read_to_string(self.join(path))?)?)
    }

    /// Written whole or not at all: others read these files at any time.
    fn write_json<T: Serialize>(&self, path: &str, value: &T) -> Result<()> {
        let new = self.join(&format!("{path}.new"));
        fs::write(&new, serde_json::to_string(value)?)?;
        Ok(fs::rename(new, self.join(path))?)
    }
}

/// The last `count` lines of a text.
fn tail(text: &str, count: usize) -> &str {
    let end = text.trim_end();
    let cut = end.rmatch_indices('\n').nth(count.saturating_sub(1)).map_or(0, |(at, _)| at + 1);
    end.get(cut..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tail_is_whole_lines() {
        assert_eq!(tail("a\nb\nc\n", 2), "b\nc");
        assert_eq!(tail("a\nb\nc\n", 9), "a\nb\nc");
        assert_eq!(tail("", 2), "");
    }

    #[test]
    fn taken_port_is_named_with_its_holder_and_the_way_out() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let ports = Ports::choose(&[Port { variable: "IFBUS_TEST_UNSET_PORT", default: port }]).unwrap();
        let error = ports.check_free().unwrap_err().to_string();
        let pid = std::process::id();
        assert_eq!(
            error,
            format!(
                "port {port} is in use by process {pid}; end that, or choose another port with IFBUS_TEST_UNSET_PORT"
            )
        );
        drop(listener);
        // a program that another test starts in this moment holds it until it has become that program
        let by = std::time::Instant::now() + std::time::Duration::from_secs(5);
        while let Err(error) = ports.check_free() {
            assert!(std::time::Instant::now() < by, "{error}");
            std::thread::yield_now();
        }
    }
}
