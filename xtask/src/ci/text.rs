//! What the tracked files may not say: the folders of one machine, and where its packages come from.

use std::fs;

use anyhow::{Context as _, Result, bail};

use super::fail_on;
use crate::cargo::root;

/// Folders at the root of somebody's machine, in which nobody else has anything.
const FOLDERS: [&str; 4] = ["home", "root", "work", "Users"];

pub(super) fn check() -> Result<()> {
    let output = std::process::Command::new("git")
        // A checkout may belong to another user than the one who runs this, as in containers.
        .args(["-c", "safe.directory=*", "ls-files", "-z"])
        .current_dir(root())
        .output()
        .context("git ls-files")?;
    if !output.status.success() {
        bail!("git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    }
    let mut complaints = Vec::new();
    for path in String::from_utf8_lossy(&output.stdout).split('\0').filter(|path| !path.is_empty()) {
        // Recorded bytes are what they are.
        if path.contains("/data/") {
            continue;
        }
        // A file that is not text, or that was removed and not committed yet, says nothing.
        let Ok(text) = fs::read_to_string(root().join(path)) else { continue };
        for (number, line) in text.lines().enumerate() {
            if let Some(what) = fault(path, line) {
                complaints.push(format!("{path}:{}: {what}", number + 1));
            }
        }
    }
    fail_on(&complaints)
}

/// What is wrong with a line of a file, if anything.
fn fault(path: &str, line: &str) -> Option<String> {
    if let Some(folder) = FOLDERS.iter().find(|folder| names_folder(line, folder)) {
        return Some(format!("names a machine's folder, /{folder}"));
    }
    let is_private = |source: &str| !source.contains("registry+https://github.com/rust-lang/crates.io-index");
    if path.ends_with("Cargo.lock") && line.starts_with("source = ") && is_private(line) {
        return Some(format!("takes a package from elsewhere than crates.io: {line}"));
    }
    if path.ends_with("config.toml") && (line.starts_with("[source.") || line.starts_with("[registries")) {
        return Some("sets a registry, which is each machine's own affair".to_owned());
    }
    None
}

/// Whether a path that begins with this folder is in the line; a folder further down, or part of an address, is not meant.
fn names_folder(line: &str, folder: &str) -> bool {
    let wanted = format!("/{folder}/");
    let begins = |at: usize| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || "._-~}/*".contains(letter))
    };
    line.match_indices(&wanted).any(|(at, _)| begins(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Built from parts, so that this file passes its own check.
    fn path(parts: [&str; 2]) -> String {
        format!("let x = \"/{}/{}\";", parts[0], parts[1])
    }

    #[test]
    fn folders_of_a_machine_are_found() {
        for folder in FOLDERS {
            assert!(fault("a.rs", &path([folder, "me"])).is_some(), "{folder}");
        }
        for fine in ["https://example.org/work/me", "~/work/x", "root/etc/x", "${HOME}/work/x", "/usr/share/x"] {
            assert_eq!(fault("a.rs", fine), None, "{fine}");
        }
    }

    #[test]
    fn other_registries_are_found() {
        assert!(fault("Cargo.lock", "source = \"registry+https://example.org/index\"").is_some());
        assert!(fault("Cargo.lock", "source = \"registry+https://github.com/rust-lang/crates.io-index\"").is_none());
        assert!(fault(".cargo/config.toml", "[source.crates-io]").is_some());
    }
}
