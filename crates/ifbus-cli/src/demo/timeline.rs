//! What happens, line by line.

use ifbus_orchestrator::{FactReport, Profile, Progress, Report, Run, StepOutcome, StepReport};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Prints each step as it begins and ends, and each fact.
pub(crate) struct Timeline {
    name: usize,
    instance: usize,
    title: usize,
    /// On the way back.
    back: bool,
    /// The steps that have begun and are not over, with their beginnings.
    running: Mutex<Vec<(String, Instant)>>,
}

impl Timeline {
    pub(crate) fn new(profile: &Profile, back: bool) -> Self {
        let width =
            |text: &dyn Fn(&ifbus_orchestrator::Step) -> usize| profile.steps.iter().map(text).max().unwrap_or(0);
        Self {
            name: width(&|step| step.name.get_ref().chars().count()),
            instance: width(&|step| step.instance.get_ref().chars().count()),
            title: width(&|step| {
                [false, true].map(|back| profile.title(step, back).chars().count()).into_iter().max().unwrap_or(0)
            }),
            back,
            running: Mutex::default(),
        }
    }

    fn running(&self) -> MutexGuard<'_, Vec<(String, Instant)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn show(&self, progress: &Progress<'_>) {
        match progress {
            Progress::Started { step, at, .. } => {
                self.running().push(((*step).to_owned(), Instant::now()));
                say!("{} … {step}", stamp(*at));
            }
            Progress::Finished { report, at, .. } => {
                self.running().retain(|(step, _)| *step != report.step);
                self.step(report, *at);
            }
            Progress::Fact { report, .. } => Self::fact(report),
            _ => {}
        }
    }

    /// Says what is waited for.
    pub(crate) fn waiting(&self) {
        let running = self.running();
        for (step, since) in running.iter() {
            say!("          … {step} has not been answered for {:.0} s", since.elapsed().as_secs_f64());
        }
        if running.is_empty() {
            say!("          … asking whether all of it is true");
        }
    }

    fn step(&self, report: &StepReport, at: Duration) {
        let (mark, note) = match &report.outcome {
            // where a recording lies is worth a line in any log
            StepOutcome::Done => (
                '✔',
                report
                    .answer
                    .pointer("/outputPath")
                    .and_then(serde_json::Value::as_str)
                    .map(|file| format!("  {file}"))
                    .unwrap_or_default(),
            ),
            StepOutcome::AlreadySo(words) if self.back => ('✔', format!("  it was so already ({words})")),
            StepOutcome::AlreadySo(words) => {
                ('✔', format!("  it was so already ({words}); it ends with the show all the same"))
            }
            StepOutcome::FailedGoingOn(error) => ('✘', format!("  {error}; going on, as the profile says")),
            StepOutcome::Failed(error) => ('✘', format!("  {error}")),
            StepOutcome::Skipped => ('–', "  not begun, since another step failed".to_owned()),
            _ => ('?', String::new()),
        };
        let (name, instance, title) = (self.name, self.instance, self.title);
        say!(
            "{} {mark} {:<name$}  {:<instance$}  {:<title$}  {:>8}  {}{note}",
            stamp(at),
            report.step,
            report.instance,
            report.title,
            milliseconds(report.took),
            report.commands.join(" → "),
        );
    }

    /// One fact.
    pub(crate) fn fact(report: &FactReport) {
        match &report.instead {
            None => say!("          ✓ {}  ({})", report.says, report.instance),
            Some(instead) => say!("          ✗ NOT TRUE: {}  ({}): {instead}", report.says, report.instance),
        }
    }

    /// What is still on air, and what would end it.
    pub(crate) fn left(&self, profile: &Profile, run: &Run<'_>) {
        for step in run.begun() {
            let (instance, title) = (step.instance.get_ref(), profile.title(step, false));
            match &step.undo {
                Some(undo) => {
                    let commands: Vec<&str> = undo.run.iter().map(|action| action.command.get_ref().as_str()).collect();
                    say!("NOT taken back, look at it: {title}  ({instance}; {} ends it)", commands.join(" → "));
                }
                None => say!("left as it is, since the profile has no undo for it: {title}  ({instance})"),
            }
        }
    }

    pub(crate) fn summary(&self, phase: &str, report: &Report) -> String {
        let back = if report.rolled_back { "taken back, since a step failed that asks for it\n" } else { "" };
        format!("{back}{} in {}\n{}", "steps done", milliseconds(report.took), report.summary(phase))
    }
}

fn stamp(at: Duration) -> String {
    format!("{:>9}", milliseconds(at))
}

fn milliseconds(time: Duration) -> String {
    if time < Duration::from_millis(10) {
        format!("{:.1} ms", time.as_secs_f64() * 1000.0)
    } else {
        format!("{} ms", time.as_millis())
    }
}
