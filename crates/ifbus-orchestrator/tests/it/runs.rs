//! Runs, on a paused clock.

use crate::fake::{bus, done};
use ifbus_orchestrator::{Profile, Progress, Report, Run, StepOutcome};
use std::time::Duration;
use tokio::time::Instant;

fn profile(steps: &str) -> Profile {
    Profile::parse("p.toml", &format!("name = \"x\"\n{steps}")).unwrap()
}

/// A step that sets `key` on `a`, checks it, and takes it back.
fn step(name: &str, more: &str) -> String {
    format!(
        r#"
[[step]]
name = "{name}"
instance = "a"
run = [{{ command = "set", params = {{ key = "{name}" }} }}]
fact = [{{ says = "{name} is set", read = {{ command = "get", params = {{ key = "{name}" }} }}, is = true }}]
{more}
[step.undo]
run = [{{ command = "set", params = {{ key = "{name}", value = false }} }}]
fact = [{{ says = "{name} is not set", read = {{ command = "get", params = {{ key = "{name}" }} }}, is = false }}]
"#
    )
}

fn failing(name: &str, command: &str, more: &str) -> String {
    format!("[[step]]\nname = \"{name}\"\ninstance = \"b\"\nrun = [{{ command = \"{command}\" }}]\n{more}\n")
}

fn outcomes(report: &Report) -> Vec<(&str, &str)> {
    let name = |outcome: &StepOutcome| match outcome {
        StepOutcome::Done => "done",
        StepOutcome::AlreadySo(_) => "already",
        StepOutcome::FailedGoingOn(_) => "going on",
        StepOutcome::Failed(_) => "failed",
        StepOutcome::Skipped => "skipped",
        _ => "?",
    };
    report.steps.iter().map(|step| (step.step.as_str(), name(&step.outcome))).collect()
}

#[tokio::test(start_paused = true)]
async fn side_by_side_where_nothing_is_between_and_back_in_reverse() {
    let (bus, log) = bus().await;
    let steps = [step("one", ""), step("two", ""), step("three", "after = [\"one\", \"two\"]")].concat();
    let profile = profile(&steps);
    profile.check(&bus).unwrap();
    let started = Instant::now();
    let mut seen = Vec::new();
    let mut run = Run::new(&bus, &profile);
    let report = run
        .up(&mut |progress| {
            if let Progress::Started { step, .. } = progress {
                seen.push(step.to_owned());
            }
        })
        .await;
    assert_eq!(started.elapsed().as_millis(), 20, "two of 10 ms side by side, then one");
    assert_eq!(seen, ["one", "two", "three"]);
    assert!(report.is_ok());
    assert_eq!(report.summary("on air"), "on air: 3 of 3 steps ok, 3 facts verified");
    log.lock().unwrap().clear();
    let report = run.down(&mut |_| {}).await;
    assert_eq!(report.summary("off air"), "off air: 3 of 3 steps ok, 3 facts verified");
    assert_eq!(done(&log)[..2], ["a.set three", "a has three"], "what came last goes first");
    assert!(run.down(&mut |_| {}).await.steps.is_empty(), "nothing is left to take back");
}

#[tokio::test(start_paused = true)]
async fn a_failure_stops_what_has_not_begun() {
    let (bus, log) = bus().await;
    let steps = [failing("bad", "refuse", ""), step("next", "after = [\"bad\"]"), step("beside", "")].concat();
    let profile = profile(&steps);
    let mut run = Run::new(&bus, &profile);
    let report = run.up(&mut |_| {}).await;
    assert_eq!(outcomes(&report), [("bad", "failed"), ("next", "skipped"), ("beside", "done")]);
    assert!(!report.is_ok());
    assert_eq!(report.steps[0].error().unwrap().to_string(), "b: no, says the server");
    assert_eq!(report.summary("on air"), "on air: 1 of 3 steps ok, 1 facts verified");
    assert!(!done(&log).iter().any(|entry| entry.contains("next")));
    let report = run.down(&mut |_| {}).await;
    assert_eq!(outcomes(&report), [("beside", "done")], "only what was done is taken back");
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_may_be_goes_on() {
    let (bus, _) = bus().await;
    let steps =
        [failing("camera", "refuse", "on_failure = \"continue\""), step("next", "after = [\"camera\"]")].concat();
    let profile = profile(&steps);
    let report = Run::new(&bus, &profile).up(&mut |_| {}).await;
    assert_eq!(outcomes(&report), [("camera", "going on"), ("next", "done")]);
    assert!(report.is_ok(), "the profile does not demand it");
    assert_eq!(report.summary("on air"), "on air: 1 of 2 steps ok, 1 facts verified");
}

#[tokio::test(start_paused = true)]
async fn a_step_that_may_fail_must_be_taken_back_once_it_has_not() {
    let (bus, _) = bus().await;
    let steps = "[[step]]\nname = \"tape\"\ntitle = \"tape ${n}\"\ninstance = \"a\"\non_failure = \"continue\"\n\
                 run = [{ command = \"set\", params = { key = \"tape\" } }]\nundo = { run = [{ command = \"refuse\" }] }\n\
                 [variables]\nn = 7\n";
    let profile = profile(steps);
    let mut run = Run::new(&bus, &profile);
    let report = run.up(&mut |_| {}).await;
    assert_eq!(report.steps[0].title, "tape 7");
    assert!(report.is_ok());
    let report = run.down(&mut |_| {}).await;
    assert_eq!((outcomes(&report), report.is_ok()), (vec![("tape", "failed")], false));
    assert_eq!(run.begun().map(|step| step.name.get_ref().as_str()).collect::<Vec<_>>(), ["tape"]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_takes_everything_back_if_asked_to() {
    let (bus, log) = bus().await;
    let steps = [step("one", ""), failing("bad", "refuse", "after = [\"one\"]\non_failure = \"roll-back\"")].concat();
    let profile = profile(&steps);
    let mut run = Run::new(&bus, &profile);
    let report = run.up(&mut |_| {}).await;
    assert!(report.rolled_back && !report.is_ok());
    assert_eq!(done(&log).last().unwrap(), "a has one");
    assert!(run.down(&mut |_| {}).await.steps.is_empty());
}

#[tokio::test(start_paused = true)]
async fn deadlines_end_a_step_and_retries_only_what_was_not_sent() {
    let (bus, log) = bus().await;
    let text = failing("stuck", "hang", "deadline = \"2s\"\nretries = 5\n");
    let started = Instant::now();
    let report = Run::new(&bus, &profile(&text)).up(&mut |_| {}).await;
    assert_eq!(started.elapsed(), Duration::from_secs(2));
    assert_eq!(
        report.steps[0].error().unwrap().to_string(),
        "b: no answer within 2s; the command was sent, its outcome is unknown"
    );
    assert_eq!(done(&log).len(), 1, "it may have been carried out: never sent again");

    let report = Run::new(&bus, &profile(&failing("flaky", "flaky", "retries = 2"))).up(&mut |_| {}).await;
    assert!(report.is_ok(), "{report:?}");
    let report = Run::new(&bus, &profile(&failing("flaky", "refuse", "retries = 2"))).up(&mut |_| {}).await;
    assert!(!report.is_ok());
    assert_eq!(
        done(&log).iter().filter(|entry| entry.contains("refuse")).count(),
        1,
        "a refusal is not asked for again"
    );
}

#[tokio::test(start_paused = true)]
async fn refused_because_it_is_so_already() {
    let (bus, _) = bus().await;
    Run::new(&bus, &profile(&step("lamp", ""))).up(&mut |_| {}).await;
    let fact =
        "fact = [{ says = \"the lamp is on\", read = { command = \"get\", params = { key = \"lamp\" } }, is = true }]";
    let again = failing("lamp", "refuse", fact).replace("\"b\"", "\"a\"");
    let report = Run::new(&bus, &profile(&again)).up(&mut |_| {}).await;
    assert_eq!(outcomes(&report), [("lamp", "already")]);
    let elsewhere = failing("lamp", "refuse", fact);
    let report = Run::new(&bus, &profile(&elsewhere)).up(&mut |_| {}).await;
    assert_eq!(outcomes(&report), [("lamp", "failed")], "b has no lamp");
}

#[tokio::test(start_paused = true)]
async fn until_holds_the_next_command_back() {
    let (bus, log) = bus().await;
    let until = |is: &str| {
        format!(
            r#"
[[step]]
name = "load"
instance = "a"
deadline = "1s"
[[step.run]]
command = "set"
params = {{ key = "preset", value = "x" }}
until = {{ says = "it is loaded", read = {{ command = "get", params = {{ key = "preset" }} }}, is = "{is}" }}
[[step.run]]
command = "set"
params = {{ key = "take" }}
"#
        )
    };
    let report = Run::new(&bus, &profile(&until("x"))).up(&mut |_| {}).await;
    assert!(report.is_ok(), "{report:?}");
    log.lock().unwrap().clear();
    let report = Run::new(&bus, &profile(&until("y"))).up(&mut |_| {}).await;
    let error = report.steps[0].error().unwrap().to_string();
    assert_eq!(error, "a: set was accepted, but it is not true that it is loaded: found \"x\", expected \"y\"");
    assert!(!done(&log).iter().any(|entry| entry.contains("take")));
}

#[tokio::test(start_paused = true)]
async fn a_fact_that_is_not_true_fails_the_run() {
    let (bus, _) = bus().await;
    let fact = "fact = [{ says = \"pigs fly\", read = { command = \"get\", params = { key = \"pigs\" } }, is = true }]";
    let report = Run::new(&bus, &profile(&failing("pigs", "slow", fact))).up(&mut |_| {}).await;
    assert!(!report.is_ok());
    assert_eq!(report.facts[0].instead.as_deref(), Some("found false, expected true"));
    assert_eq!(report.summary("on air"), "on air: 1 of 1 steps ok, 0 facts verified, 1 facts NOT true");
}

#[tokio::test(start_paused = true)]
async fn interrupted_in_the_middle_everything_begun_is_taken_back() {
    let (bus, log) = bus().await;
    let steps = [step("one", ""), step("two", "after = [\"one\"]"), step("three", "after = [\"two\"]")].concat();
    let profile = profile(&steps);
    let mut run = Run::new(&bus, &profile);
    let cut = tokio::time::timeout(Duration::from_millis(15), run.up(&mut |_| {})).await;
    assert!(cut.is_err(), "it was in the second step");
    log.lock().unwrap().clear();
    let report = run.down(&mut |_| {}).await;
    assert_eq!(outcomes(&report), [("one", "done"), ("two", "done")]);
    assert_eq!(done(&log)[0], "a.set two");
    assert!(report.is_ok());
}

const RUNS: &str = r#"fact = [{ says = "it runs", read = { command = "get", params = { key = "tape" } }, is = true }]"#;
const RUNS_NOT: &str =
    r#"fact = [{ says = "it runs not", read = { command = "get", params = { key = "tape" } }, is = false }]"#;

fn tape(run: &str, more: &str, undo: &str) -> String {
    format!(
        "[[step]]\nname = \"tape\"\ninstance = \"a\"\nrun = [{run}]\n{more}\n[step.undo]\nrun = [{undo}]\n{RUNS_NOT}\n"
    )
}

#[tokio::test(start_paused = true)]
async fn what_is_still_beginning_is_ended_once_it_runs() {
    let (bus, log) = bus().await;
    let text = tape(
        r#"{ command = "begin", params = { key = "tape" } }"#,
        RUNS,
        r#"{ command = "end", params = { key = "tape" } }"#,
    );
    let profile = profile(&text);
    let mut run = Run::new(&bus, &profile);
    assert!(tokio::time::timeout(Duration::from_millis(500), run.up(&mut |_| {})).await.is_err());
    // refused at first, as if it did not run
    let report = run.down(&mut |_| {}).await;
    assert_eq!(outcomes(&report), [("tape", "done")]);
    assert_eq!(done(&log), ["a.begin tape", "a.end tape", "a.end tape"]);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(
        Run::new(&bus, &profile).recheck(None, Duration::from_secs(3)).await.is_empty() && report.is_ok(),
        "{report:?}"
    );
    assert_eq!(report.facts.len(), 1);
    // one that never ran is so already, once that is sure
    let mut run = Run::new(&bus, &profile);
    assert!(tokio::time::timeout(Duration::from_millis(500), run.up(&mut |_| {})).await.is_err());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let tape = [("key".to_owned(), "tape".into())].into_iter().collect();
    bus.execute("a", ifbus_core::Command::new("end").params(tape)).await.unwrap();
    assert_eq!(outcomes(&run.down(&mut |_| {}).await), [("tape", "already")]);
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_is_taken_back_whatever_came_of_it() {
    let (bus, log) = bus().await;
    let until = r#"{ command = "set", params = { key = "tape" }, until = { says = "pigs fly", read = { command = "get", params = { key = "pigs" } }, is = true } }"#;
    let undo = r#"{ command = "set", params = { key = "tape", value = false } }"#;
    let profile = profile(&tape(until, "deadline = \"1s\"", undo));
    let mut run = Run::new(&bus, &profile);
    assert_eq!(outcomes(&run.up(&mut |_| {}).await), [("tape", "failed")]);
    assert_eq!(outcomes(&run.down(&mut |_| {}).await), [("tape", "done")]);
    assert_eq!(done(&log).iter().filter(|entry| *entry == "a.set tape").count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_a_step_on_the_way_there_and_not_on_the_way_back() {
    let (bus, log) = bus().await;
    let (refuse, set) = (r#"{ command = "refuse" }"#, r#"{ command = "set", params = { key = "tape" } }"#);
    let undo = format!("{refuse}, {}", r#"{ command = "set", params = { key = "tape", value = false } }"#);
    // though the fact is true, the first of the commands has not been carried out
    Run::new(&bus, &profile(&step("tape", ""))).up(&mut |_| {}).await;
    log.lock().unwrap().clear();
    let text = tape(&format!("{refuse}, {set}"), RUNS, &undo);
    let refused = profile(&text);
    let mut run = Run::new(&bus, &refused);
    assert_eq!(outcomes(&run.up(&mut |_| {}).await), [("tape", "failed")]);
    assert_eq!(done(&log), ["a.refuse "], "and nothing was sent behind it");
    assert!(run.down(&mut |_| {}).await.steps.is_empty(), "it had no effect");
    let refused = profile(&tape(set, RUNS, &undo));
    let mut run = Run::new(&bus, &refused);
    assert!(run.up(&mut |_| {}).await.is_ok());
    log.lock().unwrap().clear();
    assert_eq!(outcomes(&run.down(&mut |_| {}).await), [("tape", "already")]);
    assert_eq!(done(&log)[..2], ["a.refuse ".to_owned(), "a.set tape".to_owned()]);
}

#[tokio::test(start_paused = true)]
async fn what_is_on_air_is_looked_at_again_until_it_is_taken_back() {
    let (bus, _) = bus().await;
    let profile = profile(&step("lamp", ""));
    let mut run = Run::new(&bus, &profile);
    assert!(run.recheck(None, Duration::from_secs(3)).await.is_empty());
    run.up(&mut |_| {}).await;
    let facts = run.recheck(Some("a"), Duration::from_secs(3)).await;
    assert!(facts.len() == 1 && facts[0].holds(), "{facts:?}");
    assert!(run.recheck(Some("b"), Duration::from_secs(3)).await.is_empty());
    let off = [("key".to_owned(), "lamp".into()), ("value".to_owned(), false.into())].into_iter().collect();
    bus.execute("a", ifbus_core::Command::new("set").params(off)).await.unwrap();
    assert_eq!(
        run.recheck(None, Duration::from_secs(3)).await[0].instead.as_deref(),
        Some("found false, expected true")
    );
    run.down(&mut |_| {}).await;
    assert!(run.recheck(None, Duration::from_secs(3)).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_taken_back_is_named() {
    let (bus, _) = bus().await;
    let failing_undo = tape(r#"{ command = "slow" }"#, "", r#"{ command = "hang" }"#);
    let profile = profile(&[failing("bell", "slow", ""), failing_undo].concat());
    let mut run = Run::new(&bus, &profile);
    assert!(run.up(&mut |_| {}).await.is_ok());
    assert!(!run.down(&mut |_| {}).await.is_ok());
    let begun: Vec<_> = run.begun().map(|step| (step.name.get_ref().as_str(), step.undo.is_some())).collect();
    assert_eq!(begun, [("bell", false), ("tape", true)]);
}

#[tokio::test(start_paused = true)]
async fn of_steps_that_may_start_the_one_with_the_most_commands_behind_it_goes_first() {
    let (bus, log) = bus().await;
    let long = failing("long", "slow", "").replace("run = [", "run = [{ command = \"slow\" }, ");
    // alone: 1 command; long: 2; chain: 1 of its own and 2 that wait for it
    let steps = [
        step("alone", ""),
        long,
        step("chain", ""),
        step("then", "after = [\"chain\"]"),
        step("last", "after = [\"then\"]"),
    ];
    let profile = profile(&steps.concat());
    let mut run = Run::new(&bus, &profile);
    assert!(run.up(&mut |_| {}).await.is_ok());
    assert_eq!(done(&log)[..3], ["a.set chain", "b.slow ", "a.set alone"]);
}
