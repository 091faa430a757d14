//! The steps, in order.

use std::{process::Command, time::Duration};

use anyhow::Result;

use super::{Step, deps, package, text};
use crate::cargo::{self, Metadata, Target};

/// All steps, in the order in which they run.
pub(super) const STEPS: [Step; 12] = [
    Step { name: "format", about: "rustfmt would change nothing", run: format },
    Step { name: "generated", about: "generated files are what would be written", run: generated },
    Step { name: "text", about: "no tracked file names a machine's folders or a private registry", run: text::check },
    Step { name: "deps", about: "arrows between our crates, Rust versions, one crypto provider", run: deps::check },
    Step { name: "package", about: "each crate is fit to be published", run: package::check },
    Step { name: "clippy", about: "no warning in any target with all features", run: clippy },
    Step { name: "alone", about: "each library compiles alone, without features and with each of them", run: alone },
    Step { name: "docs", about: "the documentation has no warning", run: docs },
    Step { name: "test", about: "unit and integration tests", run: test },
    Step { name: "doctest", about: "examples in the documentation", run: doctest },
    Step { name: "examples", about: "each example runs without an argument and ends well", run: examples },
    Step { name: "benches", about: "benchmarks compile", run: benches },
];

const MINUTE: Duration = Duration::from_secs(60);

/// A cargo that sees none of the variables by which tests find real servers, so that every machine does the same.
fn cargo(arguments: &[&str]) -> Command {
    let mut command = cargo::cargo();
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("IFBUS_") {
            command.env_remove(name);
        }
    }
    command
}

fn format() -> Result<()> {
    cargo::run(&mut cargo(&["fmt", "--all", "--check"]), 2 * MINUTE)
}

fn generated() -> Result<()> {
    crate::generate::run(true)
}

fn clippy() -> Result<()> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    cargo::run(&mut cargo(&arguments), 12 * MINUTE)
}

/// What people get who add one crate to their own project: other features than in the workspace as a whole.
fn alone() -> Result<()> {
    for package in Metadata::load()?.members() {
        if !package.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "lib")) || package.is_private() {
            continue;
        }
        let name = package.name.as_str();
        cargo::run(&mut cargo(&["check", "-p", name]), 5 * MINUTE)?;
        cargo::run(&mut cargo(&["check", "-p", name, "--no-default-features"]), 5 * MINUTE)?;
        // The tests that this one switches on are built with all others.
        for feature in package.features.keys().filter(|feature| !["default", "real-server"].contains(&feature.as_str()))
        {
            let arguments = ["check", "-p", name, "--no-default-features", "--features", feature];
            cargo::run(&mut cargo(&arguments), 5 * MINUTE)?;
        }
    }
    Ok(())
}

fn docs() -> Result<()> {
    let mut command = cargo(&["doc", "--no-deps", "--workspace", "--all-features"]);
    cargo::run(command.env("RUSTDOCFLAGS", "-D warnings"), 8 * MINUTE)
}

fn test() -> Result<()> {
    let arguments = ["test", "--workspace", "--all-features", "--lib", "--bins", "--tests", "--no-fail-fast"];
    cargo::run(&mut cargo(&arguments), 15 * MINUTE)
}

fn doctest() -> Result<()> {
    cargo::run(&mut cargo(&["test", "--workspace", "--all-features", "--doc", "--no-fail-fast"]), 8 * MINUTE)
}

fn examples() -> Result<()> {
    for package in Metadata::load()?.members() {
        let is_example = |target: &&Target| target.kind.iter().any(|kind| kind == "example");
        let examples: Vec<_> = package.targets.iter().filter(is_example).collect();
        if examples.is_empty() {
            continue;
        }
        let package = ["-p", package.name.as_str(), "--all-features"];
        cargo::run(cargo(&["build", "--examples"]).args(package), 8 * MINUTE)?;
        for example in examples {
            cargo::run(cargo(&["run", "--quiet"]).args(package).args(["--example", &example.name]), MINUTE)?;
        }
    }
    Ok(())
}

/// In the development profile: what is already built serves, and whether they compile does not depend on it.
fn benches() -> Result<()> {
    cargo::run(&mut cargo(&["bench", "--workspace", "--no-run", "--profile", "dev"]), 8 * MINUTE)
}
