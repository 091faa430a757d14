//! The project's own tasks: `cargo xtask help`.

mod cargo;
mod ci;
mod generate;
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
        Task::Generate { check } => {
            generate::run(check)?;
            Ok(std::process::ExitCode::SUCCESS)
        }
    }
}
