//! Our clients, other people's and the limits of the machine, on the same bytes in the same run: `cargo xtask bench`.
//!
//! Three kinds of processes: the *desk* plays the servers, with canned answers and recorded events, so that no server's own
//! speed is measured; each *contender* is a process of its own, so that its memory is; the *referee* lets them take turns.

mod contender;
mod desk;
mod flow;
mod home;
mod limits;
mod obs;
mod phone;
mod recorded;
mod referee;
mod vmix;

use anyhow::{Context as _, Result};

/// Runs the part that the arguments name. `allocations` tells how many allocations there have been, where they are counted.
///
/// # Errors
/// What could not be started, or what a contender could not do.
pub fn run(allocations: Option<fn() -> usize>) -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("desk") => desk::run(&arguments.next().context("which placement?")?),
        Some("contender") => {
            let name = arguments.next().context("which contender?")?;
            contender::run(&name, &arguments.collect::<Vec<_>>(), allocations)
        }
        Some("steps") => flow::run(),
        only => referee::run(only),
    }
}
