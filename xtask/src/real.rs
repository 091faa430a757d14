//! `cargo xtask real`: the clients' tests against real servers.
//!
//! Such a test lives in the test target `real` of its client, behind the feature `real-server`, and reads the address of
//! the server from the environment; see `cargo xtask servers env`.

use std::{
    process::{Command, ExitCode},
    time::Duration,
};

use anyhow::{Result, bail};
use clap::builder::PossibleValuesParser;

use crate::{cargo, report::Report};

/// How long the tests of one client may take, with their build.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The servers that are installed here, and the clients that have tests for them.
const TESTED: [(&str, &str); 3] = [("obs", "obs-ws5"), ("homeassistant", "ha-client"), ("asterisk", "ami-client")];

/// Those that no package has, with the variable that names one which runs somewhere.
const NAMED: [(&str, &str, &str); 2] =
    [("freeswitch", "esl-client", "IFBUS_FREESWITCH"), ("yate", "yate-extmodule", "IFBUS_YATE")];

/// Which servers.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Servers; all that have tests if none is named. freeswitch and yate are not started: IFBUS_FREESWITCH and IFBUS_YATE say
    /// where they are.
    #[arg(value_parser = PossibleValuesParser::new(TESTED.map(|(name, _)| name).into_iter().chain(NAMED.map(|(name, ..)| name))))]
    names: Vec<String>,
    /// Run only the tests with this in their name.
    #[arg(long)]
    filter: Option<String>,
    /// End the servers afterwards.
    #[arg(long)]
    down: bool,
}

impl Args {
    fn wants(&self, server: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|name| name == server)
    }
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut report = Report::default();
    installed(args, &mut report)?;
    for (server, client, variable) in NAMED.into_iter().filter(|(server, ..)| args.wants(server)) {
        let address = std::env::var(variable).ok().filter(|address| !address.is_empty());
        let missing =
            format!("no {server} is named: set {variable} to the address of one, such as {}", example(server));
        match address {
            Some(address) => report.step(&format!("{client} against {server} at {address}"), || {
                cargo::run(&mut tests(client, args), PATIENCE)
            }),
            // whoever asks for it is to know that nothing was tested
            None if args.names.is_empty() => println!("{client}: not run, {missing}"),
            None => report.step(&format!("{client} against {server}"), || bail!(missing)),
        }
    }
    Ok(report.finish())
}

fn example(server: &str) -> &'static str {
    if server == "yate" { "127.0.0.1:5040" } else { "127.0.0.1:8021" }
}

/// The tests of a client against what the environment names.
fn tests(client: &str, args: &Args) -> Command {
    let mut test = cargo::cargo();
    test.args(["test", "-p", client, "--features", "real-server", "--test", "real"]);
    // One at a time: a server has one program scene, one recording, one lamp of each name.
    test.args(["--", "--test-threads=1"]).args(&args.filter);
    test
}

#[cfg(target_os = "linux")]
fn installed(args: &Args, report: &mut Report) -> Result<()> {
    use crate::servers::control;

    for (server, client) in TESTED.into_iter().filter(|(server, _)| args.wants(server)) {
        report.step(&format!("{client} against {server}"), || {
            let servers = control::pick(&[server.to_owned()]);
            let env = control::up(&servers)?;
            let mut test = tests(client, args);
            test.envs(env).env("IFBUS_HA_MAY_RESTART", "1").env("IFBUS_AMI_MAY_RESTART", "1");
            let result = cargo::run(&mut test, PATIENCE);
            if args.down {
                control::down(&servers)?;
            }
            result
        });
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn installed(args: &Args, _: &mut Report) -> Result<()> {
    if TESTED.into_iter().any(|(server, _)| args.wants(server)) {
        bail!("the servers are installed from Debian packages ({}): run this on Debian 12", args.down);
    }
    Ok(())
}
