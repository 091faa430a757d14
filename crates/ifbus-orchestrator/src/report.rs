//! What came of a run.

use ifbus_core::Error;
use std::time::Duration;

/// What happens while a profile runs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// A step begins.
    #[non_exhaustive]
    Started {
        /// The step's name.
        step: &'a str,
        /// Since the run began.
        at: Duration,
    },
    /// A step is over.
    #[non_exhaustive]
    Finished {
        /// What came of it.
        report: &'a StepReport,
        /// Since the run began.
        at: Duration,
    },
    /// A fact was asked for.
    #[non_exhaustive]
    Fact {
        /// What came of it.
        report: &'a FactReport,
    },
}

/// What came of a step.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum StepOutcome {
    /// Done.
    Done,
    /// The server refused, but what was wanted is true already; with its words.
    AlreadySo(String),
    /// It failed, and the profile goes on without it.
    FailedGoingOn(Error),
    /// It failed.
    Failed(Error),
    /// It was not begun, since another one had failed.
    Skipped,
}

/// One step of a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StepReport {
    /// The step's name.
    pub step: String,
    /// What it does, for people.
    pub title: String,
    /// Its instance.
    pub instance: String,
    /// The commands that it sends, by name.
    pub commands: Vec<String>,
    /// What came of it.
    pub outcome: StepOutcome,
    /// What the server answered to the last command; null where it answered nothing.
    pub answer: serde_json::Value,
    /// How long it took.
    pub took: Duration,
}

impl StepReport {
    /// Whether what it should do is done.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        matches!(self.outcome, StepOutcome::Done | StepOutcome::AlreadySo(_))
    }

    /// The error, if it failed.
    #[must_use]
    pub const fn error(&self) -> Option<&Error> {
        match &self.outcome {
            StepOutcome::Failed(error) | StepOutcome::FailedGoingOn(error) => Some(error),
            _ => None,
        }
    }
}

/// One fact that was asked for.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FactReport {
    /// The instance that was asked.
    pub instance: String,
    /// What it says.
    pub says: String,
    /// What stood there instead, if it did not hold.
    pub instead: Option<String>,
    /// How long it took until it held, or was given up.
    pub took: Duration,
}

impl FactReport {
    pub(crate) fn new(instance: &str, says: String, instead: Option<String>, took: Duration) -> Self {
        Self { instance: instance.to_owned(), says, instead, took }
    }

    /// Whether it holds.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.instead.is_none()
    }
}

/// What came of a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The steps, in the order of the profile.
    pub steps: Vec<StepReport>,
    /// The facts of the steps that are done.
    pub facts: Vec<FactReport>,
    /// How long the steps took, first to last, without the facts.
    pub took: Duration,
    /// Whether it was taken back, since a step that asks for that failed.
    pub rolled_back: bool,
}

impl Report {
    /// Whether everything worked that the profile demands: every step but those that may fail, and every fact of what was done.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        let failed = |step: &StepReport| matches!(step.outcome, StepOutcome::Failed(_) | StepOutcome::Skipped);
        !self.steps.iter().any(failed) && self.facts.iter().all(FactReport::holds)
    }

    /// One line: `on air: 6 of 7 steps ok, 6 facts verified`.
    #[must_use]
    pub fn summary(&self, phase: &str) -> String {
        let ok = self.steps.iter().filter(|step| step.is_ok()).count();
        let verified = self.facts.iter().filter(|fact| fact.holds()).count();
        let missing = self.facts.len() - verified;
        let missing = if missing == 0 { String::new() } else { format!(", {missing} facts NOT true") };
        format!("{phase}: {ok} of {} steps ok, {verified} facts verified{missing}", self.steps.len())
    }
}
