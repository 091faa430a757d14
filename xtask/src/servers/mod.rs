//! `cargo xtask servers`: real servers on this machine, for tests.
//!
//! Each is installed once into the user's cache folder (and from Debian packages), configured afresh at every start, and
//! runs under a supervisor of ours until `down`. Only loopback, and `test-secret` everywhere.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

#[cfg(target_os = "linux")]
mod apt;
#[cfg(target_os = "linux")]
mod asterisk;
#[cfg(target_os = "linux")]
pub(crate) mod control;
#[cfg(target_os = "linux")]
mod home;
#[cfg(target_os = "linux")]
mod homeassistant;
#[cfg(target_os = "linux")]
mod http;
#[cfg(target_os = "linux")]
mod kamailio;
#[cfg(target_os = "linux")]
mod obs;

/// The servers that can be named, in the order in which they are started.
pub(crate) const NAMES: [&str; 4] = ["obs", "homeassistant", "asterisk", "kamailio"];

/// What to do with which servers.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Install what is missing, start, wait until requests are answered, print the environment for the tests.
    Up(Names),
    /// End the servers and everything they started.
    Down(Names),
    /// End the servers and start them again.
    Restart(Names),
    /// End the servers by SIGKILL, as if the plug were pulled.
    Kill(Names),
    /// Show which servers run, since when, and where.
    Status(Names),
    /// Print the environment for the tests, as lines for a shell: `eval "$(cargo xtask servers env)"`.
    Env(Names),
    /// Show the end of the servers' logs.
    Logs {
        #[command(flatten)]
        names: Names,
        /// How many lines of each.
        #[arg(short = 'n', long, default_value_t = 40)]
        lines: usize,
    },
    /// Run one server until it ends; `up` starts this in the background.
    #[command(hide = true)]
    Supervise {
        #[arg(value_parser = NAMES)]
        name: String,
    },
}

/// Some servers by name, or all of them.
#[derive(clap::Args)]
struct Names {
    /// Servers; all of them if none is named.
    #[arg(value_parser = NAMES)]
    names: Vec<String>,
}

#[cfg(target_os = "linux")]
pub(crate) fn run(args: Args) -> Result<ExitCode> {
    let pick = |names: Names| control::pick(&names.names);
    match args.action {
        Action::Up(names) => control::print_env(&control::up(&pick(names))?),
        Action::Down(names) => control::down(&pick(names))?,
        Action::Restart(names) => {
            let servers = pick(names);
            control::down(&servers)?;
            control::print_env(&control::up(&servers)?);
        }
        Action::Kill(names) => control::kill(&pick(names))?,
        Action::Status(names) => control::status(&pick(names))?,
        Action::Env(names) => control::print_env(&control::env(&pick(names))?),
        Action::Logs { names, lines } => control::logs(&pick(names), lines)?,
        Action::Supervise { name } => return control::supervise(&name),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn run(_: Args) -> Result<ExitCode> {
    anyhow::bail!("the servers are installed from Debian packages: run this on Debian 12")
}
