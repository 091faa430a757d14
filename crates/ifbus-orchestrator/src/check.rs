//! A profile against the bus that it shall run on, before anything is done.

use crate::fact;
use crate::profile::{OnFailure, Profile, Step};
use futures_util::future::join_all;
use ifbus_core::{Bus, did_you_mean};
use std::fmt;
use std::time::Duration;

/// How long an instance may take to say what it knows.
const PATIENCE: Duration = Duration::from_secs(5);

/// One mistake in a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what exists instead.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// All mistakes in a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            fmt::Display::fmt(problem, f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl Profile {
    /// Whether the bus has every instance and every command that this profile names.
    ///
    /// # Errors
    /// Every one that it has not, with file, line and what exists instead.
    pub fn check(&self, bus: &Bus) -> Result<(), Problems> {
        let problems: Vec<Problem> = self.steps.iter().flat_map(|step| self.check_step(step, bus)).collect();
        if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
    }

    /// Asks for every fact once, whether it holds or not: what an instance does not have (an entity, an input) shows so before
    /// anything is switched. Steps that may fail (`on_failure = "continue"`) are left out.
    ///
    /// # Errors
    /// Every fact that could not be asked for, with file, line and the server's words.
    pub async fn ask(&self, bus: &Bus) -> Result<(), Problems> {
        let needed = self.steps.iter().filter(|step| step.on_failure != OnFailure::Continue);
        let facts = needed.flat_map(|step| step.all_facts().map(move |fact| (step, fact)));
        let asked = facts.map(|(step, fact)| async move {
            let error = fact::look(bus, self, step.instance.get_ref(), fact, PATIENCE).await.err()?;
            let message = format!(
                "the step {:?}: whether {} cannot be asked: {error}",
                step.name.get_ref(),
                self.fill_text(&fact.says)
            );
            Some(self.source.problem(fact.read.command.span().start, message))
        });
        let problems: Vec<Problem> = join_all(asked).await.into_iter().flatten().collect();
        if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
    }

    fn check_step(&self, step: &Step, bus: &Bus) -> Vec<Problem> {
        let adapter = match bus.instance(step.instance.get_ref()) {
            Ok(adapter) => adapter,
            Err(error) => {
                let message = format!("the step {:?}: {error}", step.name.get_ref());
                return vec![self.source.problem(step.instance.span().start, message)];
            }
        };
        let known = adapter.commands();
        if known.is_empty() {
            return Vec::new(); // any name may be one
        }
        let unknown = step.actions().filter(|action| !known.contains(action.command.get_ref()));
        unknown
            .map(|action| {
                let command = action.command.get_ref();
                let hint = did_you_mean(command, known.iter().map(String::as_str))
                    .map_or_else(|| format!("it has {} others", known.len()), |like| format!("did you mean {like}?"));
                let platform = &adapter.identity().platform;
                let message =
                    format!("the step {:?}: {platform} has no command {command:?}; {hint}", step.name.get_ref());
                self.source.problem(action.command.span().start, message)
            })
            .collect()
    }
}
