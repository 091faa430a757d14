//! Lets the contenders take turns, and says what came of it: one JSON object per row.

use crate::{
    contender::{CONTENDERS, Placement},
    flow, limits,
};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Lines, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// So often everybody takes a turn, after one to warm up.
pub(crate) const REPETITIONS: usize = 7;

/// Exchanges of each loop in a turn, with 1 and with 64 in flight.
const EXCHANGES: [(usize, usize); 2] = [(1, 2000), (64, 200)];

/// What a client of ours must reach: of what (the limit, the first of the contenders, or the peer, the last of them), at which
/// task (1 in flight, 64 in flight, events).
struct Target {
    of_peer: bool,
    at: usize,
    least: f64,
}

fn targets(name: &str) -> Vec<Target> {
    let of_limit = |at, least| Target { of_peer: false, at, least };
    let of_peer = |at, least| Target { of_peer: true, at, least };
    match name {
        "obs-ws5" | "ha-client" => vec![of_limit(0, 0.8), of_limit(1, 0.85)],
        "ami-client" | "esl-client" => vec![of_limit(0, 0.8), of_peer(0, 1.0), of_peer(1, 3.0), of_peer(2, 8.0)],
        _ => Vec::new(),
    }
}

pub(crate) fn run(only: Option<&str>) -> Result<()> {
    let this = std::env::current_exe()?;
    for (protocol, names) in CONTENDERS.iter().filter(|(protocol, _)| only.is_none_or(|only| only == *protocol)) {
        for placement in Placement::ALL {
            let mut desk = Process::start(&this, &["desk", placement.name()])?;
            let addresses: Value = serde_json::from_str(&desk.line()?).context("the desk")?;
            let address = &addresses[protocol];
            let port = u16::try_from(address["port"].as_u64().context("the desk's port")?)?;
            let events = address["events"].as_u64().context("the desk's events")?;
            compete(protocol, names, &port.to_string(), placement, events)?;
            if placement == Placement::OwnCore {
                limits::run(protocol, port)?;
            }
        }
    }
    if only.is_none_or(|only| only == "flow") {
        let mut flow = Process::start(&std::env::current_exe()?, &["steps"])?;
        row(&flow::row(&serde_json::from_str(&flow.line()?)?)?);
    }
    Ok(())
}

/// Prints a row at once, so that whoever watches sees that it goes on.
pub(crate) fn row(row: &Value) {
    println!("{row}");
    let _ = std::io::stdout().flush();
}

/// What one contender did in all its turns.
struct Turns {
    process: Process,
    /// Units per second, by task and turn.
    rates: Vec<Vec<f64>>,
    delivered: Vec<f64>,
    /// Percent of the events that the client said it had lost.
    told: Vec<f64>,
    peak: Option<u64>,
}

fn compete(protocol: &str, names: &[&str], port: &str, placement: Placement, events: u64) -> Result<()> {
    let this = std::env::current_exe()?;
    let place = [port, placement.name()];
    let mut tasks: Vec<String> =
        EXCHANGES.iter().map(|(in_flight, each)| format!("exchange {in_flight} {each}")).collect();
    tasks.push(format!("events {events}"));
    let mut all = Vec::new();
    for name in names {
        let process = Process::contender(&this, name, place)?;
        all.push(Turns {
            process,
            rates: vec![Vec::new(); tasks.len()],
            delivered: Vec::new(),
            told: Vec::new(),
            peak: None,
        });
    }
    for turn in 0..=REPETITIONS {
        for (at, task) in tasks.iter().enumerate() {
            for (name, turns) in names.iter().zip(&mut all) {
                let said = turns.process.ask(task).with_context(|| format!("{name}: {task}"))?;
                let units = said["units"].as_f64().context("units")?;
                turns.peak = said["peak_kib"].as_u64();
                if turn == 0 {
                    continue;
                }
                turns.rates[at].push(units / said["seconds"].as_f64().context("seconds")?);
                if task.starts_with("events") {
                    let percent = |count: f64| 100.0 * count / events as f64;
                    turns.delivered.push(percent(units));
                    turns.told.push(percent(said["told"].as_f64().unwrap_or_default()));
                }
            }
        }
    }
    let counting = this.with_file_name(format!("allocations{}", std::env::consts::EXE_SUFFIX));
    let limit = all.first().context("no contenders")?.rates.clone();
    let peer = all.last().context("no contenders")?.rates.clone();
    for (name, turns) in names.iter().zip(all) {
        let beside = |other: &[Vec<f64>], at: usize| {
            let pairs = turns.rates[at].iter().zip(&other[at]);
            median(pairs.map(|(ours, other)| ours / other).collect())
        };
        let share = |at: usize| beside(&limit, at);
        let rate = |at: usize| median(turns.rates[at].clone());
        let shares = [share(0), share(1)];
        let targets: Vec<Value> = targets(name)
            .into_iter()
            // left to the system, the limit and a client may stand differently: a share is luck then
            .filter(|target| target.of_peer || placement == Placement::OwnCore)
            .map(|Target { of_peer, at, least }| {
                let value = beside(if of_peer { &peer } else { &limit }, at);
                let of = if of_peer { names[names.len() - 1] } else { names[0] };
                let what = format!("of {of}, {}", ["1 in flight", "64 in flight", "events"][at]);
                json!({ "what": what, "value": value, "at_least": least, "met": value >= least })
            })
            .collect();
        let possible = |value: f64| (value > 0.0).then_some(value);
        let (allocations_per_request, allocations_per_event) = allocations(&counting, name, place, events)?;
        row(&json!({
            "kind": "contender",
            "protocol": protocol,
            "contender": name,
            "threads": placement.name(),
            "limit": names[0],
            "requests_1": rate(0),
            "share_1": shares[0],
            "requests_64": possible(rate(1)),
            "share_64": possible(shares[1]),
            "events": rate(2),
            "share_events": share(2),
            "delivered_percent": median(turns.delivered),
            "told_lost_percent": median(turns.told),
            "peak_kib": turns.peak,
            "allocations_per_request": allocations_per_request,
            "allocations_per_event": allocations_per_event,
            "targets": targets,
        }));
    }
    Ok(())
}

/// Allocations and reallocations for a request and for an event, from a contender with an allocator that counts.
fn allocations(program: &Path, name: &str, place: [&str; 2], events: u64) -> Result<(f64, f64)> {
    const REQUESTS: u64 = 500;
    let mut process = Process::contender(program, name, place)?;
    let (exchange, flood) = (format!("exchange 1 {REQUESTS}"), format!("events {events}"));
    let mut count =
        |task: &str| -> Result<f64> { process.ask(task)?["allocations"].as_f64().context("it counts no allocations") };
    // The first time buffers grow.
    count(&exchange)?;
    count(&flood)?;
    Ok((count(&exchange)? / REQUESTS as f64, count(&flood)? / events as f64))
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// A process of ours that answers each line with a line, and ends when its standard input does.
struct Process {
    child: Child,
    to: Option<ChildStdin>,
    from: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(program: &PathBuf, arguments: &[&str]) -> Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| program.display().to_string())?;
        let from = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        Ok(Self { to: child.stdin.take(), child, from })
    }

    fn contender(program: &Path, name: &str, [port, placement]: [&str; 2]) -> Result<Self> {
        let mut process = Self::start(&program.to_path_buf(), &["contender", name, port, placement])?;
        if process.line().with_context(|| name.to_owned())? != "ready" {
            bail!("{name} is not ready");
        }
        Ok(process)
    }

    fn line(&mut self) -> Result<String> {
        Ok(self.from.next().context("it ended")??)
    }

    fn ask(&mut self, task: &str) -> Result<Value> {
        writeln!(self.to.as_mut().context("no standard input")?, "{task}")?;
        Ok(serde_json::from_str(&self.line()?)?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.to.take());
        let _ = self.child.wait();
    }
}
