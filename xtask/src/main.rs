//! The project's own tasks: `cargo xtask help`.

mod bench;
mod cargo;
mod ci;
mod coverage;
mod generate;
mod json;
#[cfg(target_os = "linux")]
mod process;
mod real;
mod report;
mod servers;
mod sim_check;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The project's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every check that a change has to pass, the same on a laptop as in CI.
    Ci(ci::Args),
    /// Install, start and stop real servers on this machine, for tests.
    Servers(servers::Args),
    /// Run the clients' tests against real servers, starting those that are not running.
    Real(real::Args),
    /// Run other people's clients against the simulators, and compare with what they see of the real servers.
    SimCheck(sim_check::Args),
    /// Measure our clients beside other people's and beside the limits of this machine: minutes on an idle machine, once built.
    ///
    /// Builds the peers (obws, hass-rs, vmix-core), which nothing else does. Contenders take turns, and medians are shown.
    /// Every share is of the limit that was measured in the same turn: a bare WebSocket, a bare socket. Targets are marked
    /// met or not; one that is not met does not fail the command.
    Bench(bench::Args),
    /// Count how much of each protocol's catalogue has types, and how much crossed the wire in tests that passed.
    ///
    /// Runs the tests of the clients against the simulators, and against those real servers that run or that the environment
    /// names (see `servers` and `real`). The catalogues are the files in `xtask/catalogues`.
    Coverage(coverage::Args),
    /// Write the files that are generated from the protocol catalogues.
    Generate {
        /// Write nothing; fail if a file is not what would be written.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> std::process::ExitCode {
    match run(Cli::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<std::process::ExitCode> {
    match task {
        Task::Ci(args) => ci::run(&args),
        Task::Servers(args) => servers::run(args),
        Task::Real(args) => real::run(&args),
        Task::SimCheck(args) => sim_check::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Coverage(args) => coverage::run(&args),
        Task::Generate { check } => {
            generate::run(check)?;
            Ok(std::process::ExitCode::SUCCESS)
        }
    }
}
