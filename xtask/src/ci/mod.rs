//! `cargo xtask ci`: every check that a change has to pass, the same on a laptop as in CI.
//!
//! The steps stand in the order of what fails soonest. A failed step stops no other, so that one run tells all there is to
//! mend. Tests against real servers are built but skip themselves: see `cargo xtask real`.

mod deps;
mod package;
mod steps;
mod text;

use std::process::ExitCode;

use anyhow::Result;

use crate::report::Report;

/// Which steps.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Run only these steps, separated by commas.
    #[arg(long, value_delimiter = ',', value_parser = steps::STEPS.map(|step| step.name))]
    only: Vec<String>,
    /// Show the steps and run none.
    #[arg(long)]
    list: bool,
}

/// One check.
pub(crate) struct Step {
    name: &'static str,
    /// What it makes sure of.
    about: &'static str,
    run: fn() -> Result<()>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    if args.list {
        for step in steps::STEPS {
            println!("{:10} {}", step.name, step.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut report = Report::default();
    for step in steps::STEPS {
        if args.only.is_empty() || args.only.iter().any(|name| name == step.name) {
            report.step(step.name, step.run);
        }
    }
    Ok(report.finish())
}

/// Fails with a line for each of the complaints, if there is one.
fn fail_on(complaints: &[String]) -> Result<()> {
    for complaint in complaints {
        println!("{complaint}");
    }
    match complaints {
        [] => Ok(()),
        [one] => anyhow::bail!("{one}"),
        [first, ..] => anyhow::bail!("{} complaints, the first: {first}", complaints.len()),
    }
}
