//! Debian packages on this machine.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Installs the packages that are missing. Needs root only then.
///
/// # Errors
/// One sentence that says what to do, when apt is not there, the user is not root or a package cannot be had.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let missing: Vec<_> = packages.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let wanted = missing.join(" ");
    if !has("apt-get") {
        bail!("these packages are missing and there is no apt-get to install them: {wanted}; use Debian 12");
    }
    if !rustix::process::geteuid().is_root() {
        bail!("these packages are missing; install them as root: apt-get install --no-install-recommends {wanted}");
    }
    eprintln!("installing {wanted}");
    if apt_get("install", &missing).is_ok() {
        return Ok(());
    }
    // Most failures are a list of packages that is missing or old.
    apt_get("update", &[])?;
    apt_get("install", &missing)
        .with_context(|| format!("apt-get cannot install {wanted}; the recipes are for Debian 12"))
}

/// Whether a command is on the PATH.
pub(crate) fn has(command: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(command).is_file()))
}

/// The mirror that this machine's apt uses.
pub(crate) fn mirror() -> Result<String> {
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(SITE)", "Created-By: Packages"])
        .output()
        .context("apt-get indextargets")?;
    let text = String::from_utf8_lossy(&output.stdout);
    // The security archive has no other suites.
    let site = text.lines().find(|line| !line.is_empty() && !line.contains("security"));
    site.map(str::to_owned).context("apt knows no Debian mirror; see /etc/apt/sources.list")
}

fn apt_get(verb: &str, packages: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    // Another apt may be at work: wait for its lock.
    command.args(["-qq", "-y", "-o", "DPkg::Lock::Timeout=300", verb, "--no-install-recommends"]).args(packages);
    // Hundreds of lines that nobody reads unless it fails.
    let output = command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).output().context("apt-get")?;
    if !output.status.success() {
        eprintln!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("apt-get {verb} failed ({})", output.status);
    }
    Ok(())
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}
