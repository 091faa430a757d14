//! Lets the contenders take turns, and says what came of it: one JSON object per row.

use crate::{contender::CONTENDERS, flow, limits};
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

/// The threads of a contender's runtime: most programs have several, on which each exchange goes from one to the other.
const THREADS: [u8; 2] = [1, 2];

/// Over WebSocket, what a client of ours must reach of the bare one, with 1 and with 64 in flight.
const SHARES: [f64; 2] = [0.8, 0.85];

pub(crate) fn run(only: Option<&str>) -> Result<()> {
    let mut desk = Process::start(&std::env::current_exe()?, &["desk"])?;
    let addresses: Value = serde_json::from_str(&desk.line()?).context("the desk")?;
    for (protocol, names) in CONTENDERS.iter().filter(|(protocol, _)| only.is_none_or(|only| only == *protocol)) {
        let address = &addresses[protocol];
        let port = address["port"].as_u64().context("the desk's port")?.to_string();
        let events = address["events"].as_u64().context("the desk's events")?;
        for threads in THREADS {
            compete(protocol, names, &port, threads, events)?;
        }
        limits::run(protocol, port.parse()?)?;
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

fn compete(protocol: &str, names: &[&str], port: &str, threads: u8, events: u64) -> Result<()> {
    let this = std::env::current_exe()?;
    let place = [port, &threads.to_string()];
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
    for (name, turns) in names.iter().zip(all) {
        let share = |at: usize| {
            let pairs = turns.rates[at].iter().zip(&limit[at]);
            median(pairs.map(|(ours, limit)| ours / limit).collect())
        };
        let rate = |at: usize| median(turns.rates[at].clone());
        let shares = [share(0), share(1)];
        let ours = ["obs-ws5", "ha-client"].contains(name); // over WebSocket
        let targets: Vec<Value> = EXCHANGES
            .iter()
            .zip(SHARES.iter().zip(shares))
            .filter(|_| ours)
            .map(|((in_flight, _), (target, share))| {
                let what = format!("share of {} with {in_flight} in flight", names[0]);
                json!({ "what": what, "value": share, "at_least": target, "met": share >= *target })
            })
            .collect();
        let possible = |value: f64| (value > 0.0).then_some(value);
        let (allocations_per_request, allocations_per_event) = allocations(&counting, name, place, events)?;
        row(&json!({
            "kind": "contender",
            "protocol": protocol,
            "contender": name,
            "threads": threads,
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

    fn contender(program: &Path, name: &str, [port, threads]: [&str; 2]) -> Result<Self> {
        let mut process = Self::start(&program.to_path_buf(), &["contender", name, port, threads])?;
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
