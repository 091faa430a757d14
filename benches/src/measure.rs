//! Taking the time, the CPU and the memory, and saying what came of it.

use std::time::Instant;

/// One sample: units done, the time they took, and what this thread used of the CPU.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Units in a second.
    pub rate: f64,
    /// CPU of the client's thread for a unit, in ns.
    pub cpu: f64,
}

/// Runs `work`, which gives the number of units that it did. The client must live on the thread that calls.
pub fn sample(work: impl FnOnce() -> usize) -> Sample {
    let (start, cpu) = (Instant::now(), cpu_ns());
    let units = work() as f64;
    Sample { rate: units / start.elapsed().as_secs_f64(), cpu: (cpu_ns() - cpu) / units }
}

/// Nanoseconds that this thread was on a CPU; 0 where the system does not tell.
fn cpu_ns() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(0.0)
}

/// Resident memory of this process in bytes; `None` where the system does not tell.
#[must_use]
pub fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? << 10)
}

/// The value in the middle.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A row of the table: what, the measured value, its target.
pub fn row(what: &str, detail: &str, value: f64, target: Option<f64>, at_least: bool) {
    let verdict = match target {
        None => String::new(),
        Some(target) => {
            let met = if at_least { value >= target } else { value < target };
            format!("{}{target:<6} {}", if at_least { "≥" } else { "<" }, if met { "met" } else { "NOT MET" })
        }
    };
    println!("{what:<44} {value:>8.2}  {verdict:<16} {detail}");
}
