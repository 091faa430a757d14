//! Running cargo, and what it knows of the workspace.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

/// The answer of `cargo metadata`, as far as we read it.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_members: Vec<String>,
    pub(crate) resolve: Option<Resolve>,
}

/// The tree of what is really built, with all features on all systems.
#[derive(Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

#[derive(Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) rust_version: Option<String>,
    #[serde(default)]
    pub(crate) dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) targets: Vec<Target>,
    /// An empty list is `publish = false`.
    pub(crate) publish: Option<Vec<String>>,
    pub(crate) description: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) readme: Option<String>,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    #[serde(default)]
    pub(crate) categories: Vec<String>,
    #[serde(default)]
    pub(crate) metadata: serde_json::Value,
}

#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// None, `dev` or `build`.
    pub(crate) kind: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

impl Package {
    /// Whether it is never published.
    pub(crate) fn is_private(&self) -> bool {
        self.publish.as_ref().is_some_and(Vec::is_empty)
    }
}

impl Metadata {
    /// Asks cargo, with all features on.
    pub(crate) fn load() -> Result<Self> {
        let output = cargo()
            .args(["metadata", "--format-version", "1", "--all-features"])
            .stderr(Stdio::inherit())
            .output()
            .context("cargo metadata")?;
        if !output.status.success() {
            bail!("cargo metadata failed ({})", output.status);
        }
        serde_json::from_slice(&output.stdout).context("the answer of cargo metadata")
    }

    /// Our own packages, by name.
    pub(crate) fn members(&self) -> Vec<&Package> {
        let mut members: Vec<_> = self.packages.iter().filter(|one| self.workspace_members.contains(&one.id)).collect();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        members
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Package> {
        self.members().into_iter().find(|member| member.name == name)
    }
}

/// The cargo that runs us, to be run in the workspace with nothing to read.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
    ours.parent().unwrap_or(ours).to_owned()
}

/// Runs a command whose output streams through. When the time is over it is ended with everything that it started.
///
/// # Errors
/// When it cannot be started, fails or takes too long.
pub(crate) fn run(command: &mut Command, deadline: Duration) -> Result<()> {
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    let words = words.join(" ");
    println!("$ cargo {words}");
    let mark = format!("{}-{words}", std::process::id());
    let mut child = command.env(MARK, &mark).spawn().with_context(|| words.clone())?;
    let since = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("cargo {words} failed ({status})");
            }
            return Ok(());
        }
        if since.elapsed() > deadline {
            #[cfg(target_os = "linux")]
            crate::process::kill(&format!("{MARK}={mark}"))?;
            // Fails if it is gone already, which is what we want.
            let _ = child.kill();
            child.wait()?;
            bail!("cargo {words} was ended after {} s", deadline.as_secs());
        }
        sleep(Duration::from_millis(20));
    }
}

/// The environment variable that marks all the processes of one command.
const MARK: &str = "IFBUS_XTASK_COMMAND";

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn late_command_ends_with_everything_that_it_started() {
        let since = Instant::now();
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 31 & sleep 32"]);
        let error = run(&mut command, Duration::from_millis(200)).unwrap_err().to_string();
        assert!(error.ends_with("was ended after 0 s"), "{error}");
        assert!(since.elapsed() < Duration::from_secs(3));
        let mark = format!("{MARK}={}--c sleep 31 & sleep 32", std::process::id());
        assert!(crate::process::marked(&mark).is_empty());
    }

    #[test]
    fn failure_is_told() {
        let error = run(Command::new("false").arg("x"), Duration::from_secs(5)).unwrap_err().to_string();
        assert_eq!(error, "cargo x failed (exit status: 1)");
    }
}
