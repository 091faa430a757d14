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

/// Whether a step must be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Not begun, or certainly without effect.
    Untouched,
    /// Begun and cut short, or its outcome is unknown: the server may still be at it.
    Open,
    /// It had its effect.
    Done,
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

type Ran = (usize, Result<Performed, Failed>, Duration);
type OnProgress<'a> = &'a mut (dyn FnMut(Progress<'_>) + Send);

/// What came of the commands of a step.
#[derive(Default)]
struct Performed {
    /// The server refused with these words, but the facts hold.
    already: Option<String>,
    /// What it answered to the last command.
    answer: Value,
}

/// Why a step failed, and whether it may have had an effect all the same.
struct Failed {
    error: Error,
    touched: bool,
}

/// What one pass over the steps does with each.
#[derive(Clone, Copy)]
struct Job<'a> {
    actions: &'a [Action],
    facts: &'a [Fact],
    /// On the way back: the facts of a step whose outcome is open. A server that is still at it refuses to take it back, as if
    /// nothing had been done.
    open: &'a [Fact],
    back: bool,
    /// On the way back: it had its effect, which is still there if this fails.
    done: bool,
}

impl<'a> Run<'a> {
    /// A run that has not begun.
    #[must_use]
    pub fn new(bus: &'a Bus, profile: &'a Profile) -> Self {
        Self { bus, profile, marks: vec![Mark::Untouched; profile.steps.len()] }
    }

    /// Runs all steps, side by side where nothing is between them, then asks for the facts of those that are done.
    pub async fn up(&mut self, progress: OnProgress<'_>) -> Report {
        let job =
            |step: &'a Step| Some(Job { actions: &step.run, facts: &step.facts, open: &[], back: false, done: false });
        let jobs = self.profile.steps.iter().map(job).collect();
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
                (_, Mark::Untouched) | (None, _) => None,
                (Some(undo), mark) => {
                    let open: &[Fact] = if *mark == Mark::Open { &step.facts } else { &[] };
                    let done = *mark == Mark::Done;
                    Some(Job { actions: &undo.run, facts: &undo.facts, open, back: true, done })
                }
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

    /// The steps that have been begun and not taken back: what they did may still be so.
    pub fn begun(&self) -> impl Iterator<Item = &'a Step> {
        let begun = self.profile.steps.iter().zip(&self.marks).filter(|(_, mark)| **mark != Mark::Untouched);
        begun.map(|(step, _)| step).collect::<Vec<_>>().into_iter()
    }

    /// Asks again for the facts of what has been done and not taken back, on this instance only if one is named. A fact that does
    /// not hold is asked for until it does or this time is over: a server that has just come back may still be starting.
    pub async fn recheck(&self, instance: Option<&str>, within: Duration) -> Vec<FactReport> {
        let (bus, profile) = (self.bus, self.profile);
        let begun = self.begun().filter(|step| instance.is_none_or(|instance| instance == step.instance.get_ref()));
        let facts = begun.flat_map(|step| step.facts.iter().map(move |fact| (step, fact)));
        join_all(facts.map(|(step, fact)| fact::verify(bus, profile, step.instance.get_ref(), fact, within).boxed()))
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
                title: profile.title(step, back),
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
                    *mark = Mark::Open;
                }
                progress(Progress::Started { step: step.name.get_ref(), at: started.elapsed() });
                let job = *job;
                running.push(
                    async move {
                        let begun = Instant::now();
                        let result = perform(bus, profile, step, job).await;
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
                    (outcome, if back { Mark::Untouched } else { Mark::Done })
                }
                Err(Failed { error, touched }) => {
                    let mark = if back || touched { Mark::Open } else { Mark::Untouched };
                    // that a step may fail says nothing of what it did when it did not
                    let may_fail = policy == OnFailure::Continue
                        && !jobs.get(at).and_then(Option::as_ref).is_some_and(|job| job.done);
                    stopped |= !back && !may_fail;
                    let outcome = if may_fail { StepOutcome::FailedGoingOn(error) } else { StepOutcome::Failed(error) };
                    (outcome, mark)
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

/// Sends the commands of a step, one after the other, within its deadline. On the way there the first that is refused ends it,
/// unless it is the last and the facts say that it is so already; on the way back all are sent whatever is refused.
async fn perform(bus: &Bus, profile: &Profile, step: &Step, job: Job<'_>) -> Result<Performed, Failed> {
    let started = Instant::now();
    let left = || fact::readable(step.deadline.saturating_sub(started.elapsed()));
    let instance = step.instance.get_ref();
    let (mut refused, mut answer) = (None, Value::Null);
    let (mut touched, mut open) = (false, job.open);
    for (at, action) in job.actions.iter().enumerate() {
        let mut retries = step.retries;
        let mut pause = Duration::from_millis(100);
        loop {
            let command = Command::new(action.command.get_ref()).params(profile.fill(&action.params)).within(left());
            match bus.execute(instance, command).await {
                Ok(outcome) => {
                    (answer, touched) = (outcome.value, true);
                    if let Some(wanted) = &action.until {
                        let seen = fact::verify(bus, profile, instance, wanted, left()).await;
                        if let Some(instead) = seen.instead {
                            let message = format!(
                                "{} was accepted, but it is not true that {}: {instead}",
                                action.command.get_ref(),
                                profile.fill_text(&wanted.says)
                            );
                            return Err(Failed { error: Error::rejected(instance, None, message), touched });
                        }
                    }
                    break;
                }
                Err(error) if error.retry() == Retry::Later && retries > 0 && pause < left() => {
                    retries -= 1;
                    sleep(pause).await;
                    pause *= 2;
                }
                // it may have come too early: once the step is done it can be taken back
                Err(Error::Rejected { .. }) if !open.is_empty() => {
                    all_hold(bus, profile, instance, std::mem::take(&mut open), FACT_WITHIN.min(left())).await;
                }
                Err(error @ Error::Rejected { .. })
                    if !job.facts.is_empty() && (job.back || at + 1 == job.actions.len()) =>
                {
                    refused.get_or_insert(error);
                    break;
                }
                Err(error) => {
                    touched |= error.retry() == Retry::OutcomeUnknown;
                    return Err(Failed { error, touched });
                }
            }
        }
    }
    let Some(error) = refused else { return Ok(Performed { already: None, answer }) };
    for wanted in job.facts {
        match fact::look(bus, profile, instance, wanted, left().max(Duration::from_millis(100))).await {
            Ok(None) => {}
            _ => return Err(Failed { error, touched }),
        }
    }
    Ok(Performed { already: Some(error.to_string()), answer })
}

/// Waits until all these facts hold, or the time is over.
async fn all_hold(bus: &Bus, profile: &Profile, instance: &str, facts: &[Fact], within: Duration) {
    join_all(facts.iter().map(|wanted| fact::verify(bus, profile, instance, wanted, within).boxed())).await;
}
