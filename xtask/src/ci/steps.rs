//! The steps, in order.

use std::{process::Command, time::Duration};

use anyhow::{Context as _, Result};

use super::{Step, deps, package, text};
use crate::cargo::{self, Metadata};

/// All steps, in the order in which they run.
pub(super) const STEPS: [Step; 12] = [
    Step { name: "format", about: "rustfmt would change nothing", run: format },
    Step { name: "generated", about: "generated files are what would be written", run: generated },
    Step { name: "text", about: "no tracked file names a machine's folders or a private registry", run: text::check },
    Step { name: "deps", about: "arrows between our crates, Rust versions, one crypto provider", run: deps::check },
    Step { name: "package", about: "each crate is fit to be published", run: package::check },
    Step { name: "clippy", about: "no warning in any target with all features", run: clippy },
    Step { name: "alone", about: "clients and link compile alone, with and without their features", run: alone },
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
    crate::generate(true)
}

fn clippy() -> Result<()> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    cargo::run(&mut cargo(&arguments), 12 * MINUTE)
}

/// What people get who add one crate to their own project: other features than in the workspace as a whole.
fn alone() -> Result<()> {
    let metadata = Metadata::load()?;
    for name in deps::CLIENTS.into_iter().chain([deps::LINK]) {
        cargo::run(&mut cargo(&["check", "-p", name]), 5 * MINUTE)?;
        cargo::run(&mut cargo(&["check", "-p", name, "--no-default-features"]), 5 * MINUTE)?;
    }
    let link = metadata.member(deps::LINK).context("no package ifbus-link")?;
    for feature in link.features.keys().filter(|feature| *feature != "default") {
        let arguments = ["check", "-p", deps::LINK, "--no-default-features", "--features", feature];
        cargo::run(&mut cargo(&arguments), 5 * MINUTE)?;
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
    cargo::run(&mut cargo(&["build", "--workspace", "--examples"]), 8 * MINUTE)?;
    for package in Metadata::load()?.members() {
        for example in package.targets.iter().filter(|target| target.kind.iter().any(|kind| kind == "example")) {
            let arguments = ["run", "--quiet", "-p", &package.name, "--example", &example.name];
            cargo::run(&mut cargo(&arguments), MINUTE)?;
        }
    }
    Ok(())
}

/// In the development profile: what is already built serves, and whether they compile does not depend on it.
fn benches() -> Result<()> {
    cargo::run(&mut cargo(&["bench", "--workspace", "--no-run", "--profile", "dev"]), 8 * MINUTE)
}
