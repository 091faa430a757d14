//! The command `ifbus`.

use clap::{Parser, Subcommand};
use ifbus_cli::{decode, demo};
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

/// Studios and phone platforms from the command line.
#[derive(Debug, Parser)]
#[command(name = "ifbus", version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Takes a studio on air and off again: simulated, or real where you name a server.
    Demo(Box<demo::Options>),
    /// Shows recorded bytes as the client sees them: one JSON object per frame.
    Decode(decode::Options),
}

fn main() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("IFBUS_LOG").unwrap_or_else(|_| "error".into()))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            return ExitCode::from(2);
        }
    };
    let result = runtime.block_on(async {
        match args.command {
            Command::Demo(options) => demo::run(*options).await,
            Command::Decode(options) => decode::run(&options),
        }
    });
    result.unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr(), "error: {error:#}");
        ExitCode::from(2)
    })
}
