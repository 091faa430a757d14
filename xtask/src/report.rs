//! Steps, each under a heading, and one summary of them all.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Result;

/// The steps so far.
#[derive(Default)]
pub(crate) struct Report(Vec<Row>);

struct Row {
    name: String,
    took: Duration,
    /// Why it failed, if it did.
    failure: Option<String>,
}

impl Report {
    /// Runs one step under its heading. A failure is kept for the summary, and the next step runs all the same.
    pub(crate) fn step(&mut self, name: &str, run: impl FnOnce() -> Result<()>) {
        println!("\n=== {name}");
        let since = Instant::now();
        let failure = run().err().map(|error| format!("{error:#}"));
        let took = since.elapsed();
        let outcome = if failure.is_none() { "passed" } else { "FAILED" };
        println!("=== {name}: {outcome} after {:.1} s", took.as_secs_f32());
        if let Some(failure) = &failure {
            println!("{failure}");
        }
        self.0.push(Row { name: name.to_owned(), took, failure });
    }

    /// Prints the summary; its last line is `N passed, N failed`.
    pub(crate) fn finish(&self) -> ExitCode {
        println!("\n{}", self.summary());
        if self.0.iter().all(|row| row.failure.is_none()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn summary(&self) -> String {
        let width = self.0.iter().map(|row| row.name.len()).max().unwrap_or_default().max(4);
        let mut text = format!("{:width$}  result  seconds\n", "step");
        for row in &self.0 {
            let outcome = if row.failure.is_none() { "passed" } else { "FAILED" };
            let why = row.failure.as_deref().and_then(|why| why.lines().next()).unwrap_or_default();
            let line = format!("{:width$}  {outcome}  {:7.1}  {why}", row.name, row.took.as_secs_f32());
            text += line.trim_end();
            text.push('\n');
        }
        let failed = self.0.iter().filter(|row| row.failure.is_some()).count();
        text + &format!("{} passed, {failed} failed", self.0.len() - failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_ends_with_the_numbers_and_a_failure_stops_nothing() {
        let mut report = Report::default();
        report.step("one", || Ok(()));
        report.step("second", || anyhow::bail!("it rained\nall day"));
        report.step("3", || Ok(()));
        let summary = report.summary();
        assert!(summary.contains("second  FAILED      0.0  it rained\n"), "{summary}");
        assert!(summary.ends_with("\n2 passed, 1 failed"), "{summary}");
    }
}
