//! A studio goes live: lights and cameras (Home Assistant), scene and stream (vMix), virtual camera and backup recording (OBS),
//! ON AIR sign (Home Assistant); every fact is then verified through the servers' own protocols, and the studio goes off air
//! again in reverse.
//!
//! ```text
//! cargo run --example live_streaming_studio                                       # simulated
//! cargo run --example live_streaming_studio -- --obs ws://studio-pc:4455 --on-air 30s
//! cargo run --example live_streaming_studio -- --real                             # the servers that IFBUS_OBS, … name
//! ```
//!
//! The seven steps are a profile: `crates/ifbus-cli/src/profiles/live-production.toml`. Copy it, change it, and run it with
//! `--profile FILE`.

use clap::Parser;
use ifbus_cli::demo::{self, Options};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    demo::run(Options::parse()).await.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}
