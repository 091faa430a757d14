//! `cargo xtask sim-check`: other people's clients against our simulators.
//!
//! Each peer goes through a session that we wrote for it, and what it sees of a simulator is compared with what it sees of
//! the real server, or with what it saw when that was last recorded; see `xtask/peers/README.md`.

mod diff;
mod mask;
mod peer;
mod real;
mod session;
mod sims;

use std::{fs, path::PathBuf, process::ExitCode, thread};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use peer::{Installed, PEERS, Peer};
use real::Real;
use sims::Sim;

/// How many differences are printed for one peer. After so many the first ones matter.
const MOST_TOLD: usize = 60;

/// Which peers, and how.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Peers, or servers and all that speak to them; all of them if none is named.
    #[arg(value_parser = names())]
    names: Vec<String>,
    /// Write down what each peer sees of the real server, restarting it; compare with that.
    #[arg(long)]
    record: bool,
    /// Compare with what is written down even if the real server runs.
    #[arg(long, conflicts_with = "record")]
    stored: bool,
}

/// What can be named.
fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = PEERS.iter().flat_map(|peer| [peer.name, peer.server]).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// One peer, one simulator.
struct Row {
    peer: &'static str,
    what: String,
    against: String,
    outcome: Result<Outcome>,
}

struct Outcome {
    equal: usize,
    differences: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let wanted = |peer: &&'static Peer| {
        args.names.is_empty() || args.names.iter().any(|name| name == peer.name || name == peer.server)
    };
    let mut servers: Vec<_> = PEERS.iter().map(|peer| peer.server).collect();
    servers.dedup();
    // Side by side, but one at a time with each real server, which has only one programme.
    let rows: Vec<Row> = thread::scope(|scope| {
        let peers_of = |server| PEERS.iter().filter(wanted).filter(move |peer| peer.server == server);
        let runs: Vec<_> = servers
            .iter()
            .map(|server| {
                let peers: Vec<_> = peers_of(*server).collect();
                scope.spawn(move || peers.into_iter().flat_map(|peer| check(peer, args)).collect::<Vec<_>>())
            })
            .collect();
        runs.into_iter().flat_map(|run| run.join().unwrap_or_default()).collect()
    });
    for row in &rows {
        tell(row);
    }
    println!("{}", summary(&rows));
    let is_fine = rows.iter().all(|row| row.outcome.as_ref().is_ok_and(|outcome| outcome.differences.is_empty()));
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Everything that there is to check with one peer.
fn check(peer: &'static Peer, args: &Args) -> Vec<Row> {
    let row = |what: &str, against: &str, outcome| Row {
        peer: peer.name,
        what: what.into(),
        against: against.into(),
        outcome,
    };
    let installed = match peer.install() {
        Ok(installed) => installed,
        Err(error) => return vec![row("install", "", Err(error))],
    };
    let (expected, against) = match expectation(peer, &installed, args) {
        Ok(expectation) => expectation,
        Err(error) => return vec![row("expectation", "", Err(error))],
    };
    let version = version_in(&expected);
    let name = format!("{} {}", peer.server, version.as_deref().unwrap_or_default());
    let compared = with_sim(peer, &installed, version.as_deref()).map(|seen| {
        let comparison = diff::compare(&expected, &seen);
        Outcome { equal: comparison.equal, differences: comparison.differences }
    });
    let mut rows = vec![row(&name, &against, compared)];
    // It knows no server as old as the packaged one: what it says of a new one tells more, even with nothing beside it.
    if peer.name == "obws" {
        let newest = with_sim(peer, &installed, Some("5.7.4")).map(|seen| {
            let differences = seen.iter().filter(|line| is_misread(line)).map(|line| format!("not understood: {line}"));
            let differences: Vec<_> = differences.collect();
            Outcome { equal: seen.len() - differences.len(), differences }
        });
        rows.push(row("obs 5.7.4", "its own types", newest));
    }
    rows
}

/// What the peer is to see, and where that is from.
fn expectation(peer: &Peer, installed: &Installed<'_>, args: &Args) -> Result<(Vec<Value>, String)> {
    let path = peer.folder().join("expected.jsonl");
    let real = if args.stored { None } else { Real::find(peer.server) };
    let Some(real) = real else {
        if args.record && can_start(peer.server) {
            bail!("no real {0} runs: cargo xtask servers up {0}", peer.server);
        }
        let stored = read(&path)?;
        return Ok((stored.lines, if stored.is_written { "written" } else { "recorded" }.to_owned()));
    };
    let restarts = args.record && real.is_ours();
    let mut lines = session::run(session_with(installed, real.env(), restarts).as_mut(), || real.restart())
        .with_context(|| format!("with the real {}", peer.server))?;
    if !restarts {
        // A server that others may be using is not restarted.
        lines.extend(read(&path)?.lines.into_iter().filter(is_restart));
    }
    if args.record {
        write(&path, &lines)?;
        return Ok((lines, "recorded now".to_owned()));
    }
    Ok((lines, "real".to_owned()))
}

/// Whether `cargo xtask servers` knows the server. Of the others what is written down stands until somebody names a real one.
fn can_start(server: &str) -> bool {
    crate::servers::NAMES.contains(&server)
}

fn with_sim(peer: &Peer, installed: &Installed<'_>, version: Option<&str>) -> Result<Vec<Value>> {
    let sim = Sim::start(peer.server, version)?;
    session::run(session_with(installed, sim.env(), true).as_mut(), || sim.restart())
}

fn session_with(installed: &Installed<'_>, env: Vec<(String, String)>, restarts: bool) -> Box<std::process::Command> {
    let mut session = installed.session();
    session.envs(env).env("PEER_RESTARTS", if restarts { "1" } else { "0" });
    Box::new(session)
}

fn is_restart(line: &Value) -> bool {
    line.get("step").and_then(Value::as_str).is_some_and(|step| step.starts_with("restart"))
}

fn is_misread(line: &Value) -> bool {
    line.get("error").and_then(Value::as_str) == Some("misread")
}

/// The version of the server that the peer was told at its login.
fn version_in(lines: &[Value]) -> Option<String> {
    let login = lines.iter().find(|line| line.get("step").and_then(Value::as_str) == Some("login"))?;
    ["version", "banner"].iter().find_map(|name| login.get(name)?.as_str()).map(str::to_owned)
}

/// What `expected.jsonl` holds.
struct Stored {
    lines: Vec<Value>,
    /// It begins with a comment that says from what it was written, by hand: no session has seen it of a real server.
    is_written: bool,
}

fn read(path: &PathBuf) -> Result<Stored> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    stored(&text).with_context(|| path.display().to_string())
}

fn stored(text: &str) -> Result<Stored> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let lines = lines.map(|(at, line)| {
        let line = serde_json::from_str(line).with_context(|| format!("line {}", at + 1))?;
        Ok(mask::mask(&line))
    });
    Ok(Stored { lines: lines.collect::<Result<_>>()?, is_written: text.starts_with('#') })
}

fn write(path: &PathBuf, lines: &[Value]) -> Result<()> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(path, text).with_context(|| path.display().to_string())
}

fn tell(row: &Row) {
    match &row.outcome {
        Ok(outcome) if outcome.differences.is_empty() => {}
        Ok(outcome) => {
            let told: Vec<_> = outcome.differences.iter().take(MOST_TOLD).map(String::as_str).collect();
            println!("\n=== {}: {} against {}\n{}", row.peer, row.what, row.against, told.join("\n"));
            if outcome.differences.len() > MOST_TOLD {
                println!("and {} more", outcome.differences.len() - MOST_TOLD);
            }
        }
        Err(error) => println!("\n=== {}: {}\n{error:#}", row.peer, row.what),
    }
}

/// A table; its last line is `N passed, N failed`.
fn summary(rows: &[Row]) -> String {
    let mut text = format!(
        "\n{:12}  {:24}  {:14}  {:>5}  {:>11}  result\n",
        "peer", "simulator of", "compared with", "equal", "differences"
    );
    let mut failed = 0;
    for row in rows {
        let (equal, differences, result) = match &row.outcome {
            Ok(outcome) if outcome.differences.is_empty() => (outcome.equal, 0, "passed"),
            Ok(outcome) => (outcome.equal, outcome.differences.len(), "FAILED"),
            Err(_) => (0, 0, "FAILED"),
        };
        failed += usize::from(result == "FAILED");
        text +=
            &format!("{:12}  {:24}  {:14}  {equal:5}  {differences:11}  {result}\n", row.peer, row.what, row.against);
    }
    text + &format!("{} passed, {failed} failed", rows.len() - failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn difference_and_error_both_fail() {
        let row = |outcome| Row { peer: "p", what: "w".into(), against: "a".into(), outcome };
        let fine = Outcome { equal: 3, differences: Vec::new() };
        let other = Outcome { equal: 2, differences: vec!["x".into()] };
        let rows = [row(Ok(fine)), row(Ok(other)), row(Err(anyhow::anyhow!("no network")))];
        assert!(summary(&rows).ends_with("\n1 passed, 2 failed"));
    }

    #[test]
    fn comments_say_that_it_was_written_by_hand() {
        let read = stored("# From the recordings.\n\n# login.jsonl\n{\"step\": \"login\"}\n").unwrap();
        assert!(read.is_written);
        assert_eq!(read.lines, [serde_json::json!({"step": "login"})]);
        assert!(!stored("{\"step\": \"login\"}\n").unwrap().is_written);
        assert!(format!("{:#}", stored("# x\n{").err().unwrap()).starts_with("line 2"));
    }

    #[test]
    fn version_is_that_of_the_login() {
        let lines = [serde_json::json!({"step": "wrong"}), serde_json::json!({"step": "login", "version": "5.1.0"})];
        assert_eq!(version_in(&lines).as_deref(), Some("5.1.0"));
    }
}
