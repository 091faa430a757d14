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
    let number = problems(&format!("{GOOD}deadline = 5\n"));
    assert!(number.starts_with("p.toml:6: ") && number.contains("5 is not a duration such as"), "{number}");
    let empty = problems("name = \"x\"\n");
    assert!(empty.contains("there is no step: a `[[step]]` begins one"), "{empty}");
    assert_eq!(problems("name = \"x\"\nstep = []\n"), "p.toml:1: there is no step: a `[[step]]` begins one");
    let fact = problems(&format!("{GOOD}fact = [{{ says = \"it\", read = {{ command = \"get\" }} }}]\n"));
    assert!(fact.contains("`is = …` or `is-not = …`"), "{fact}");
    let nested = problems(&GOOD.replace("[[step]]", "[variables]\na = \"x${b}\"\n[[step]]"));
    assert!(nested.contains("a variable is not put into another one; there is ${…} in: a"), "{nested}");
    let title = problems(&format!("{GOOD}title = \"scene ${{scene}}\"\n"));
    assert_eq!(title, "p.toml:3: the title of the step \"one\" uses ${scene}, which is no variable; there are: none");
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

#[test]
fn facts_are_looked_at_as_closely_as_commands() {
    let steps = GOOD.strip_prefix("name = \"x\"\n").unwrap();
    let fact = |says: &str, at: &str, expect: &str| {
        let fact =
            format!("fact = [{{ says = \"{says}\", read = {{ command = \"get\" }}, at = \"{at}\", {expect} }}]\n");
        format!("name = \"x\"\n[variables]\nlamp = 1\n{steps}{fact}")
    };
    Profile::parse("p.toml", &fact("lamp ${lamp}", "/on", "is = [\"${lamp}\"]")).unwrap();
    let unknown = |variable: &str| {
        format!("p.toml:8: a fact of the step \"one\" uses ${{{variable}}}, which is no variable; there are: lamp")
    };
    assert_eq!(problems(&fact("lamp ${lmap}", "/on", "is = 1")), unknown("lmap") + ". Did you mean lamp?");
    assert_eq!(problems(&fact("x", "/on", "is = { a = [\"${zzz}\"] }")), unknown("zzz"));
    let open = problems(&fact("x", "/on", "is-not = \"${lamp\""));
    assert_eq!(open, "p.toml:8: a fact of the step \"one\" has ${lamp, and no brace that closes it");
    let place = problems(&fact("x", "on", "is = 1"));
    assert_eq!(place, "p.toml:8: a fact of the step \"one\" looks at \"on\", which must begin with a slash: \"/on\"");
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
