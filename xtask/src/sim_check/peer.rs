//! The peers: where they come from, how they are installed, and how their sessions are started.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::cargo;

/// Somebody else's client.
pub(super) struct Peer {
    /// Its name, which is also that of its folder in `xtask/peers`.
    pub(super) name: &'static str,
    /// What it speaks to.
    pub(super) server: &'static str,
    from: From,
}

/// Who installs it, from the lock file in its folder.
#[derive(Clone, Copy)]
enum From {
    Pip,
    Npm,
    Cargo,
}

pub(super) const PEERS: [Peer; 8] = [
    Peer { name: "simpleobsws", server: "obs", from: From::Pip },
    Peer { name: "obws", server: "obs", from: From::Cargo },
    Peer { name: "hass-client", server: "homeassistant", from: From::Pip },
    Peer { name: "node-vmix", server: "vmix", from: From::Npm },
    Peer { name: "panoramisk", server: "asterisk", from: From::Pip },
    Peer { name: "asterisk-rs-ami", server: "asterisk", from: From::Cargo },
    Peer { name: "python-yate", server: "yate", from: From::Pip },
    Peer { name: "greenswitch", server: "freeswitch", from: From::Pip },
];

impl Peer {
    /// Our files for it: its lock file, its session, what the session is expected to see.
    pub(super) fn folder(&self) -> PathBuf {
        cargo::root().join("xtask/peers").join(self.name)
    }

    /// Installs it if that was not done, or not with these versions; returns what its sessions are started with.
    pub(super) fn install(&self) -> Result<Installed<'_>> {
        let home = cache()?.join(self.name);
        fs::create_dir_all(&home).with_context(|| home.display().to_string())?;
        let wanted = self.lock()?;
        let mark = home.join("installed");
        let is_new = !fs::read(&mark).is_ok_and(|installed| installed == wanted);
        if is_new {
            eprintln!("{}: installing into {}", self.name, home.display());
        }
        match self.from {
            From::Pip if is_new => self.pip(&home)?,
            From::Npm if is_new => self.npm(&home)?,
            // Its session is part of the program, so that cargo has to see whether it is fresh.
            From::Cargo => self.cargo(&home)?,
            From::Pip | From::Npm => {}
        }
        fs::write(&mark, wanted).with_context(|| mark.display().to_string())?;
        Ok(Installed { peer: self, home })
    }

    /// The file that pins the versions.
    fn lock(&self) -> Result<Vec<u8>> {
        let name = match self.from {
            From::Pip => "requirements.txt",
            From::Npm => "package-lock.json",
            From::Cargo => "Cargo.lock",
        };
        let path = self.folder().join(name);
        fs::read(&path).with_context(|| path.display().to_string())
    }

    fn pip(&self, home: &Path) -> Result<()> {
        let venv = home.join("venv");
        run(Command::new(PYTHON).args(["-m", "venv", "--clear"]).arg(&venv), "Python 3 with its venv module")?;
        let requirements = self.folder().join("requirements.txt");
        let mut pip = Command::new(in_venv(&venv, "python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"]);
        run(pip.arg(requirements), "pip, and a way to its packages")
    }

    fn npm(&self, home: &Path) -> Result<()> {
        for name in ["package.json", "package-lock.json"] {
            fs::copy(self.folder().join(name), home.join(name)).with_context(|| name.to_owned())?;
        }
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.args(["ci", "--loglevel=error", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(home);
        run(&mut npm, "npm, and a way to its packages")
    }

    fn cargo(&self, home: &Path) -> Result<()> {
        let mut build = cargo::cargo();
        build.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(self.folder().join("Cargo.toml"));
        run(build.arg("--target-dir").arg(home.join("target")), "a way to the crates")
    }
}

/// A peer that can be used.
pub(super) struct Installed<'peer> {
    peer: &'peer Peer,
    home: PathBuf,
}

impl Installed<'_> {
    /// The command that is a session.
    pub(super) fn session(&self) -> Command {
        let folder = self.peer.folder();
        match self.peer.from {
            From::Pip => {
                let mut python = Command::new(in_venv(&self.home.join("venv"), "python"));
                python.arg(folder.join("session.py")).env("PYTHONDONTWRITEBYTECODE", "1");
                // Beside the folders lies what the sessions in Python share.
                python.env("PYTHONPATH", folder.join(".."));
                python
            }
            From::Npm => {
                let mut node = Command::new("node");
                node.arg(folder.join("session.mjs")).env("PEER_MODULES", self.home.join("node_modules"));
                node
            }
            From::Cargo => Command::new(self.home.join("target/debug").join(format!("{}-session", self.peer.name))),
        }
    }
}

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

fn in_venv(venv: &Path, program: &str) -> PathBuf {
    venv.join(if cfg!(windows) { "Scripts" } else { "bin" }).join(program)
}

/// `ifbus/peers` in the user's cache folder.
fn cache() -> Result<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = match cache {
        Some(cache) => cache,
        None => std::env::home_dir().context("neither XDG_CACHE_HOME nor HOME is set")?.join(".cache"),
    };
    Ok(cache.join("ifbus/peers"))
}

fn run(command: &mut Command, needs: &str) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) => bail!("this needs {needs}: {program}: {error}"),
    };
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        let is_reason = |line: &&str| line.to_lowercase().contains("error");
        let why = words.lines().find(is_reason).or_else(|| words.lines().last()).unwrap_or_default();
        bail!("this needs {needs}: {program} failed ({}): {why}", output.status);
    }
    Ok(())
}
