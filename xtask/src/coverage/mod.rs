//! `cargo xtask coverage`: how much of each protocol a client has types for, and how much of it was seen on the wire.
//!
//! Three columns, three witnesses. *typed*: the crate's source. *simulated* and *real*: the wire tap of the links that the
//! client's tests opened to the simulator and to a real server (`ifbus_testing::wire_log`). A name counts if it
//! crossed the wire in a run whose tests passed, and was answered by anything but "unknown".

mod catalogue;
mod typed;
mod wire;

use std::{
    collections::BTreeSet,
    process::{Command, ExitCode},
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::cargo;
use catalogue::{CRATES, Client};

/// Which clients, and in what form.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Clients; all of them if none is named.
    #[arg(value_parser = CRATES.map(|client| client.name))]
    names: Vec<String>,
    /// One JSON object per crate and kind instead of the table.
    #[arg(long)]
    json: bool,
    /// List the names of the catalogue that have no type, or that no test has sent.
    #[arg(long, conflicts_with = "json")]
    missing: bool,
}

/// One line of the table.
struct Row {
    client: &'static str,
    kind: &'static str,
    catalogue: BTreeSet<String>,
    typed: BTreeSet<String>,
    simulated: BTreeSet<String>,
    /// None: no real server is there.
    real: Option<BTreeSet<String>>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut rows = Vec::new();
    let mut failed = false;
    for client in
        CRATES.iter().filter(|client| args.names.is_empty() || args.names.iter().any(|name| name == client.name))
    {
        let simulated = log(client, &mut simulator_tests(client))?;
        let real = match real_tests(client)? {
            // The others are still worth a look, but nothing counts of a run that failed.
            Some(mut tests) => log(client, &mut tests)
                .inspect_err(|error| {
                    eprintln!("{error:#}");
                    failed = true;
                })
                .ok(),
            None => None,
        };
        let names = catalogue::load(client)?;
        for kind in client.kinds {
            let catalogue = kind.names(&names)?;
            let typed = typed::names(client, kind, &names)?;
            let seen = |frames: &[wire::Frame]| -> Result<BTreeSet<String>> {
                Ok(wire::names(client, kind.name, frames)?.intersection(&catalogue).cloned().collect())
            };
            let row = Row {
                client: client.name,
                kind: kind.name,
                typed,
                simulated: seen(&simulated)?,
                real: real.as_deref().map(seen).transpose()?,
                catalogue,
            };
            if args.json {
                println!("{}", row.json());
            }
            rows.push(row);
        }
    }
    if !args.json {
        print!("{}", table(&rows));
    }
    if args.missing {
        rows.iter().for_each(Row::tell_missing);
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The tests of a client that speak to its simulator.
fn simulator_tests(client: &Client) -> Command {
    let mut tests = cargo::cargo();
    tests.args(["test", "--quiet", "-p", client.name, "--test", "it", "--"]);
    tests.args(client.simulator_tests);
    tests
}

/// The tests of a client against a real server; none if there is no such server.
fn real_tests(client: &Client) -> Result<Option<Command>> {
    let mut tests = cargo::cargo();
    tests.args(["test", "--quiet", "-p", client.name, "--features", "real-server"]);
    tests.args(["--test", "real", "--", "--test-threads=1"]);
    if std::env::var_os(client.variable).is_some() {
        return Ok(Some(tests));
    }
    #[cfg(target_os = "linux")]
    if let Some(server) = client.server {
        let env = crate::servers::control::env(&crate::servers::control::pick(&[server.to_owned()]))?;
        if env.iter().any(|(name, _)| *name == client.variable) {
            tests.envs(env);
            return Ok(Some(tests));
        }
    }
    Ok(None)
}

/// Runs tests that must pass; gives what their links logged.
fn log(client: &Client, tests: &mut Command) -> Result<Vec<wire::Frame>> {
    let file = std::env::temp_dir().join(format!("ifbus-wire-{}-{}.log", client.name, std::process::id()));
    let _ = std::fs::remove_file(&file);
    tests.env("IFBUS_WIRE_LOG", &file);
    // The table alone goes to standard output.
    let output = tests.output().context("cargo test")?;
    let log = std::fs::read(&file).unwrap_or_default();
    let _ = std::fs::remove_file(&file);
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("the tests of {} do not pass, so nothing counts:\n{}", client.name, String::from_utf8_lossy(&said));
    }
    if log.is_empty() {
        bail!("the tests of {} passed, but logged no frame", client.name);
    }
    wire::frames(&log)
}

impl Row {
    fn json(&self) -> Value {
        json!({
            "crate": self.client,
            "kind": self.kind,
            "catalogue": self.catalogue.len(),
            "typed": self.typed.len(),
            "simulated": self.simulated.len(),
            "real": self.real.as_ref().map(BTreeSet::len),
        })
    }

    fn tell_missing(&self) {
        let list = |what: &str, have: &BTreeSet<String>| {
            let missing: Vec<_> = self.catalogue.difference(have).map(String::as_str).collect();
            println!("\n{} {} {what} ({}): {}", self.client, self.kind, missing.len(), missing.join(" "));
        };
        list("without a type", &self.typed);
        list("never sent to the simulator", &self.simulated);
        if let Some(real) = &self.real {
            list("never sent to a real server", real);
        }
    }
}

fn table(rows: &[Row]) -> String {
    let head = ["crate", "kind", "catalogue", "typed", "simulated", "real"].map(str::to_owned);
    let cells = rows.iter().map(|row| {
        [
            row.client.to_owned(),
            row.kind.to_owned(),
            row.catalogue.len().to_string(),
            row.typed.len().to_string(),
            row.simulated.len().to_string(),
            row.real.as_ref().map_or_else(|| "-".to_owned(), |real| real.len().to_string()),
        ]
    });
    let mut text = String::new();
    for [client, kind, catalogue, typed, simulated, real] in std::iter::once(head).chain(cells) {
        text += &format!("{client:14} {kind:18} {catalogue:>9} {typed:>6} {simulated:>9} {real:>5}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_not_there_is_no_zero() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let row = Row {
            client: "obs-ws5",
            kind: "events",
            catalogue: set(&["a", "b", "c"]),
            typed: set(&["a", "b"]),
            simulated: set(&["a"]),
            real: None,
        };
        assert_eq!(
            row.json(),
            json!({ "crate": "obs-ws5", "kind": "events", "catalogue": 3, "typed": 2, "simulated": 1, "real": null })
        );
        assert!(table(&[row]).ends_with("        3      2         1     -\n"));
    }
}
