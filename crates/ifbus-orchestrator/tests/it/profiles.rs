//! Profiles with mistakes: every one is told, with file, line and what exists instead.

use crate::fake;
use ifbus_orchestrator::Profile;

fn problems(text: &str) -> String {
    Profile::parse("p.toml", text).unwrap_err().to_string()
}

const GOOD: &str = r#"name = "x"
[[step]]
name = "one"
instance = "a"
run = [{ command = "set" }]
"#;

#[test]
fn text_that_is_no_profile() {
    assert!(problems("name = ").starts_with("p.toml:1: "), "{}", problems("name = "));
    let unknown = problems(&format!("{GOOD}dead_line = \"5s\"\n"));
    assert!(
        unknown.starts_with("p.toml:6: ") && unknown.contains("dead_line") && unknown.contains("deadline"),
        "{unknown}"
    );
    let duration = problems(&format!("{GOOD}deadline = \"soon\"\n"));
    assert!(duration.starts_with("p.toml:6: ") && duration.contains("\"5s\""), "{duration}");
    let policy = problems(&format!("{GOOD}on_failure = \"explode\"\n"));
    assert!(policy.starts_with("p.toml:6: ") && policy.contains("roll-back"), "{policy}");
}

#[test]
fn steps_that_do_not_fit_together() {
    let unknown = problems(&format!("{GOOD}after = [\"oen\"]\n"));
    assert_eq!(
        unknown,
        "p.toml:6: the step \"one\" comes after \"oen\", which is no step; there are: one. Did you mean one?"
    );
    let itself = problems(&format!("{GOOD}after = [\"one\"]\n"));
    assert!(itself.starts_with("p.toml:3: ") && itself.contains("waits for itself"), "{itself}");
    let twice = problems(&format!("{GOOD}{}", GOOD.split_once('\n').unwrap().1));
    assert_eq!(twice, "p.toml:7: there are two steps \"one\"");
    let variable =
        problems(&GOOD.replace("{ command = \"set\" }", "{ command = \"set\", params = { key = \"${k}\" } }"));
    assert_eq!(variable, "p.toml:5: the step \"one\" uses ${k}, which is no variable; there are: none");
    let idle = problems(&GOOD.replace("[{ command = \"set\" }]", "[]"));
    assert_eq!(idle, "p.toml:3: the step \"one\" has no command");
}

#[tokio::test]
async fn names_that_the_bus_does_not_have() {
    let (bus, log) = fake::bus().await;
    let text = GOOD.replace("\"a\"", "\"aa\"");
    let problems = Profile::parse("p.toml", &text).unwrap().check(&bus).unwrap_err().to_string();
    assert_eq!(problems, "p.toml:4: the step \"one\": there is no instance \"aa\"; there are: a, b.");
    let text = GOOD.replace("\"set\"", "\"sett\"") + "undo = { run = [{ command = \"zzzzzzz\" }] }\n";
    let problems = Profile::parse("p.toml", &text).unwrap().check(&bus).unwrap_err().to_string();
    assert_eq!(
        problems,
        "p.toml:5: the step \"one\": Fake has no command \"sett\"; did you mean set?\n\
         p.toml:6: the step \"one\": Fake has no command \"zzzzzzz\"; it has 8 others"
    );
    assert!(fake::done(&log).is_empty(), "a check does nothing");
}
