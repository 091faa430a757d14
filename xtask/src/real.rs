//! `cargo xtask real`: the clients' tests against real servers.
//!
//! Such a test lives in the test target `real` of its client, behind the feature `real-server`, and reads the address of
//! the server from the environment; see `cargo xtask servers env`.

use std::process::ExitCode;

use anyhow::Result;

/// The servers that a client has tests for, and that client.
const TESTED: [(&str, &str); 3] = [("obs", "obs-ws5"), ("homeassistant", "ha-client"), ("asterisk", "ami-client")];

/// Which servers.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Servers; all that have tests if none is named.
    #[arg(value_parser = TESTED.map(|(server, _)| server))]
    names: Vec<String>,
    /// Run only the tests with this in their name.
    #[arg(long)]
    filter: Option<String>,
    /// End the servers afterwards.
    #[arg(long)]
    down: bool,
}

#[cfg(target_os = "linux")]
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    use std::time::Duration;

    use crate::{cargo, report::Report, servers::control};

    let mut report = Report::default();
    for (server, client) in TESTED {
        if !args.names.is_empty() && !args.names.iter().any(|name| name == server) {
            continue;
        }
        report.step(&format!("{client} against {server}"), || {
            let servers = control::pick(&[server.to_owned()]);
            let env = control::up(&servers)?;
            let mut test = cargo::cargo();
            test.args(["test", "-p", client, "--features", "real-server", "--test", "real"])
                .envs(env)
                .env("IFBUS_HA_MAY_RESTART", "1")
                .env("IFBUS_AMI_MAY_RESTART", "1");
            // One at a time: a server has one program scene, one recording, one lamp of each name.
            test.args(["--", "--test-threads=1"]).args(&args.filter);
            let result = cargo::run(&mut test, Duration::from_secs(15 * 60));
            if args.down {
                control::down(&servers)?;
            }
            result
        });
    }
    Ok(report.finish())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn run(_: &Args) -> Result<ExitCode> {
    anyhow::bail!("the servers are installed from Debian packages: run this on Debian 12")
}
