//! `cargo xtask bench`: our clients beside other people's and beside the limits of this machine, in one run.
//!
//! The measuring is done by the package in `benches/peers`, which no other command builds, and by `cargo bench`. This puts
//! their rows together. Absolute figures swing with the machine and its load: the shares are what to read.

mod link;
mod table;

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{ExitCode, Stdio},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::cargo;

/// What `cargo bench` measures.
const LINK: &str = "link";

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// One part: the clients of one server, the flow of the demo, the connection driver. All of them if none is named.
    #[arg(value_parser = ["obs", "homeassistant", "vmix", "asterisk", "freeswitch", "flow", LINK])]
    name: Option<String>,
    /// One JSON object per row instead of the table.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let name = args.name.as_deref();
    let mut rows = Vec::new();
    let mut take = |row: Value| {
        if args.json {
            println!("{row}");
        } else {
            table::progress(&row);
        }
        rows.push(row);
    };
    if name != Some(LINK) {
        peers(name, &mut take)?;
    }
    if name.is_none_or(|name| name == LINK) {
        link::rows()?.into_iter().for_each(&mut take);
    }
    if !args.json {
        print!("{}", table::text(&rows));
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds the package of the peers and runs it.
fn peers(name: Option<&str>, take: &mut impl FnMut(Value)) -> Result<()> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| cargo::root().join("target"), PathBuf::from);
    let target = target.join("peers-bench");
    let mut build = cargo::cargo();
    build.args(["build", "--release", "--manifest-path", "benches/peers/Cargo.toml", "--target-dir"]);
    // What is built is told on standard error, so that standard output has the rows alone.
    let status = build.arg(&target).stdout(Stdio::null()).status().context("cargo build")?;
    if !status.success() {
        bail!("the package benches/peers cannot be built ({status}): it needs a way to the crates of the peers");
    }
    let program = target.join("release").join(format!("ifbus-peers-bench{}", std::env::consts::EXE_SUFFIX));
    let mut child = std::process::Command::new(&program)
        .args(name)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| program.display().to_string())?;
    let stdout = child.stdout.take().context("no standard output")?;
    for line in BufReader::new(stdout).lines() {
        take(serde_json::from_str(&line?).context("a row")?);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("the measuring failed ({status})");
    }
    Ok(())
}
