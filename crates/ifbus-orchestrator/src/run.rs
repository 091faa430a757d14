//! Running a profile: up, and back down in reverse.

use crate::fact;
use crate::profile::{Action, Fact, OnFailure, Profile, Step};
use crate::report::{FactReport, Progress, Report, StepOutcome, StepReport};
use futures_util::future::{BoxFuture, FutureExt, join_all};
use futures_util::stream::{FuturesUnordered, StreamExt};
use ifbus_core::{Bus, Command, Error, Retry};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a fact may take to become true.
const FACT_WITHIN: Duration = Duration::from_secs(5);

/// The same for a fact that was true before: a server that has just come back may still be starting.
const RECHECK_WITHIN: Duration = Duration::from_secs(3);

/// Whether a step must be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Not begun, or certainly without effect.
    Untouched,
    /// Begun: it may have had its effect.
    Begun,
}

/// One run of a profile on a bus.
///
/// # Cancel safety
/// A future of [`up`](Run::up) may be dropped at any time (Ctrl-C): [`down`](Run::down) then takes back every step that had
/// been begun.
#[derive(Debug)]
pub struct Run<'a> {
    bus: &'a Bus,
    profile: &'a Profile,
    marks: Vec<Mark>,
}

type Ran = (usize, Result<Performed, Error>, Duration);
type OnProgress<'a> = &'a mut (dyn FnMut(Progress<'_>) + Send);

/// What came of the commands of a step.
#[derive(Default)]
struct Performed {
    /// The server refused with these words, but the facts hold.
    already: Option<String>,
    /// What it answered to the last command.
    answer: Value,
}

/// What one pass over the steps does with each.
struct Job<'a> {
    actions: &'a [Action],
    facts: &'a [Fact],
}

impl<'a> Run<'a> {
    /// A run that has not begun.
    #[must_use]
    pub fn new(bus: &'a Bus, profile: &'a Profile) -> Self {
        Self { bus, profile, marks: vec![Mark::Untouched; profile.steps.len()] }
    }

    /// Runs all steps, side by side where nothing is between them, then asks for the facts of those that are done.
    pub async fn up(&mut self, progress: OnProgress<'_>) -> Report {
        let jobs = self.profile.steps.iter().map(|step| Some(Job { actions: &step.run, facts: &step.facts })).collect();
        let mut report = self.pass(jobs, self.profile.needs(), false, progress).await;
        let wants_back = |step: &StepReport| {
            let policy =
                self.profile.position(&step.step).and_then(|at| self.profile.steps.get(at)).map(|step| step.on_failure);
            matches!(step.outcome, StepOutcome::Failed(_)) && policy == Some(OnFailure::RollBack)
        };
        if report.steps.iter().any(wants_back) {
            self.down(progress).await;
            report.rolled_back = true;
            return report;
        }
        self.verify(&mut report, |step| &step.facts, progress).await;
        report
    }

    /// Takes back what was begun, in reverse; goes on whatever fails.
    pub async fn down(&mut self, progress: OnProgress<'_>) -> Report {
        let jobs: Vec<Option<Job<'a>>> = self
            .profile
            .steps
            .iter()
            .zip(&self.marks)
            .map(|(step, mark)| match (&step.undo, mark) {
                (Some(undo), Mark::Begun) => Some(Job { actions: &undo.run, facts: &undo.facts }),
                _ => None,
            })
            .collect();
        let mut needs = vec![Vec::new(); jobs.len()];
        for (step, before) in self.profile.needs().iter().enumerate() {
            for before in before {
                if let Some(needs) = needs.get_mut(*before) {
                    needs.push(step);
                }
            }
        }
        let mut report = self.pass(jobs, needs, true, progress).await;
        self.verify(&mut report, |step| step.undo.as_ref().map_or(&[], |undo| &undo.facts), progress).await;
        report
    }

    /// Asks again, once, for the facts of what has been done and not taken back; on this instance only, if one is named.
    pub async fn recheck(&self, instance: Option<&str>) -> Vec<FactReport> {
        let (bus, profile) = (self.bus, self.profile);
        let begun =
            profile.steps.iter().zip(&self.marks).filter(|(_, mark)| **mark == Mark::Begun).map(|(step, _)| step);
        let begun = begun.filter(|step| instance.is_none_or(|instance| instance == step.instance.get_ref()));
        let facts = begun.flat_map(|step| step.facts.iter().map(move |fact| (step, fact)));
        join_all(
            facts.map(|(step, fact)| fact::verify(bus, profile, step.instance.get_ref(), fact, RECHECK_WITHIN).boxed()),
        )
        .await
    }

    /// One pass: each job once those that it needs are over.
    async fn pass(
        &mut self,
        jobs: Vec<Option<Job<'a>>>,
        needs: Vec<Vec<usize>>,
        back: bool,
        progress: OnProgress<'_>,
    ) -> Report {
        let started = Instant::now();
        let (bus, profile) = (self.bus, self.profile);
        let mut waiting: BTreeSet<usize> =
            (0..jobs.len()).filter(|at| jobs.get(*at).is_some_and(Option::is_some)).collect();
        let mut over: BTreeSet<usize> = (0..jobs.len()).filter(|at| !waiting.contains(at)).collect();
        let mut running: FuturesUnordered<BoxFuture<'a, Ran>> = FuturesUnordered::new();
        let mut reports: Vec<Option<StepReport>> = jobs.iter().map(|_| None).collect();
        let mut stopped = false;
        let lengths = lengths(&jobs, &needs);
        let describe = |at: usize, outcome, answer, took| {
            let step = profile.steps.get(at)?;
            let job = jobs.get(at)?.as_ref()?;
            Some(StepReport {
                step: step.name.get_ref().clone(),
                title: if back { step.undo_title() } else { step.title().to_owned() },
                instance: step.instance.get_ref().clone(),
                commands: job.actions.iter().map(|action| action.command.get_ref().clone()).collect(),
                outcome,
                answer,
                took,
            })
        };
        loop {
            let free = |at: &usize| needs.get(*at).is_none_or(|needs| needs.iter().all(|need| over.contains(need)));
            let mut ready: Vec<usize> =
                if stopped { Vec::new() } else { waiting.iter().copied().filter(free).collect() };
            ready.sort_by_key(|at| std::cmp::Reverse(lengths.get(*at)));
            for at in ready {
                waiting.remove(&at);
                let (Some(step), Some(Some(job))) = (profile.steps.get(at), jobs.get(at)) else { continue };
                if let Some(mark) = self.marks.get_mut(at) {
                    *mark = Mark::Begun;
                }
                progress(Progress::Started { step: step.name.get_ref(), at: started.elapsed() });
                let (actions, facts) = (job.actions, job.facts);
                running.push(
                    async move {
                        let begun = Instant::now();
                        let result = perform(bus, profile, step, actions, facts).await;
                        (at, result, begun.elapsed())
                    }
                    .boxed(),
                );
            }
            let Some((at, result, took)) = running.next().await else { break };
            over.insert(at);
            let policy = profile.steps.get(at).map(|step| step.on_failure).unwrap_or_default();
            let mut answer = Value::Null;
            let (outcome, mark) = match result {
                Ok(done) => {
                    answer = done.answer;
                    let outcome = done.already.map_or(StepOutcome::Done, StepOutcome::AlreadySo);
                    (outcome, if back { Mark::Untouched } else { Mark::Begun })
                }
                Err(error) => {
                    // a refusal had no effect, if it was the first command; anything else may have had one
                    let single = jobs.get(at).and_then(Option::as_ref).is_some_and(|job| job.actions.len() == 1);
                    let untouched = !back && single && error.retry() != Retry::OutcomeUnknown;
                    let mark = if untouched { Mark::Untouched } else { Mark::Begun };
                    if back || policy == OnFailure::Continue {
                        let outcome = if back && policy != OnFailure::Continue {
                            StepOutcome::Failed(error)
                        } else {
                            StepOutcome::FailedGoingOn(error)
                        };
                        (outcome, mark)
                    } else {
                        stopped = true;
                        (StepOutcome::Failed(error), mark)
                    }
                }
            };
            if let Some(place) = self.marks.get_mut(at) {
                *place = mark;
            }
            let report = describe(at, outcome, answer, took);
            if let Some(report) = &report {
                progress(Progress::Finished { report, at: started.elapsed() });
            }
            if let Some(place) = reports.get_mut(at) {
                *place = report;
            }
        }
        for at in waiting {
            let report = describe(at, StepOutcome::Skipped, Value::Null, Duration::ZERO);
            if let Some(report) = &report {
                progress(Progress::Finished { report, at: started.elapsed() });
            }
            if let Some(place) = reports.get_mut(at) {
                *place = report;
            }
        }
        Report {
            steps: reports.into_iter().flatten().collect(),
            facts: Vec::new(),
            took: started.elapsed(),
            rolled_back: false,
        }
    }

    /// Asks for the facts of the steps that are done, all at once.
    async fn verify(&self, report: &mut Report, facts: impl Fn(&'a Step) -> &'a [Fact], progress: OnProgress<'_>) {
        let (bus, profile) = (self.bus, self.profile);
        let done = report.steps.iter().filter(|step| step.is_ok()).filter_map(|step| profile.position(&step.step));
        let wanted = done
            .filter_map(|at| profile.steps.get(at))
            .flat_map(|step| facts(step).iter().map(move |fact| (step, fact)));
        let looks = wanted
            .map(|(step, wanted)| fact::verify(bus, profile, step.instance.get_ref(), wanted, FACT_WITHIN).boxed());
        report.facts = join_all(looks).await;
        for report in &report.facts {
            progress(Progress::Fact { report });
        }
    }
}

/// How many commands stand between the start of each job and the end of the last that waits for it. Of several jobs that may
/// start, the one with the most behind it goes first: it decides how long the whole takes.
fn lengths(jobs: &[Option<Job<'_>>], needs: &[Vec<usize>]) -> Vec<usize> {
    let own = |job: &Option<Job<'_>>| job.as_ref().map_or(0, |job| job.actions.len());
    let mut lengths: Vec<usize> = jobs.iter().map(own).collect();
    // as often as the longest chain can be long: the profile has been checked for circles
    for _ in 0..jobs.len() {
        for (after, needs) in needs.iter().enumerate() {
            let behind = lengths.get(after).copied().unwrap_or(0);
            for before in needs {
                let before_own = jobs.get(*before).map_or(0, own);
                if let Some(length) = lengths.get_mut(*before) {
                    *length = (*length).max(before_own + behind);
                }
            }
        }
    }
    lengths
}

/// Sends the commands of a step, one after the other, within its deadline.
async fn perform(
    bus: &Bus,
    profile: &Profile,
    step: &Step,
    actions: &[Action],
    facts: &[Fact],
) -> Result<Performed, Error> {
    let started = Instant::now();
    let left = || step.deadline.saturating_sub(started.elapsed());
    let instance = step.instance.get_ref();
    let (mut refused, mut answer) = (None, Value::Null);
    for action in actions {
        let mut retries = step.retries;
        let mut pause = Duration::from_millis(100);
        loop {
            let command = Command::new(action.command.get_ref()).params(profile.fill(&action.params)).within(left());
            match bus.execute(instance, command).await {
                Ok(outcome) => {
                    answer = outcome.value;
                    if let Some(wanted) = &action.until {
                        let seen = fact::verify(bus, profile, instance, wanted, left()).await;
                        if let Some(instead) = seen.instead {
                            let message = format!(
                                "{} was accepted, but it is not true that {}: {instead}",
                                action.command.get_ref(),
                                wanted.says
                            );
                            return Err(Error::rejected(instance, None, message));
                        }
                    }
                    break;
                }
                Err(error) if error.retry() == Retry::Later && retries > 0 && pause < left() => {
                    retries -= 1;
                    sleep(pause).await;
                    pause *= 2;
                }
                Err(error @ Error::Rejected { .. }) if !facts.is_empty() => {
                    refused = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
    }
    let Some(refusal) = refused else { return Ok(Performed { already: None, answer }) };
    for wanted in facts {
        match fact::look(bus, profile, instance, wanted, left().max(Duration::from_millis(100))).await {
            Ok(None) => {}
            _ => return Err(refusal),
        }
    }
    Ok(Performed { already: Some(refusal.to_string()), answer })
}
