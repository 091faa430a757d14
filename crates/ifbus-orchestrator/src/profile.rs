//! What a profile says.

use crate::check::{Problem, Problems};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// A name, with its place in the file.
pub type Named = toml::Spanned<String>;

/// A plan of steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its steps, in the order in which people read them.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// Values for `${name}` in parameters.
    #[serde(default)]
    pub variables: Map<String, Value>,
    #[serde(skip)]
    pub(crate) source: Source,
}

/// The text that a profile was read from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Source {
    pub(crate) file: Arc<str>,
    pub(crate) text: Arc<str>,
}

impl Source {
    pub(crate) fn problem(&self, at: usize, message: impl Into<String>) -> Problem {
        let before = self.text.get(..at).unwrap_or_default();
        Problem { file: self.file.to_string(), line: before.matches('\n').count() + 1, message: message.into() }
    }
}

/// One step: commands to one instance.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Step {
    /// Its name, unique in the profile.
    pub name: Named,
    /// What it does, for people.
    #[serde(default)]
    pub title: Option<String>,
    /// The instance that its commands go to.
    pub instance: Named,
    /// Its commands, one after the other.
    pub run: Vec<Action>,
    /// Steps that must be done before.
    #[serde(default)]
    pub after: Vec<Named>,
    /// The limit for all of its commands together. Default 10 s.
    #[serde(default = "default_deadline", deserialize_with = "duration")]
    pub deadline: Duration,
    /// How often a command that was certainly not carried out is sent again. Default 0.
    #[serde(default)]
    pub retries: u32,
    /// What follows if it fails.
    #[serde(default)]
    pub on_failure: OnFailure,
    /// What is true once it is done.
    #[serde(default, rename = "fact")]
    pub facts: Vec<Fact>,
    /// What takes it back.
    #[serde(default)]
    pub undo: Option<Undo>,
}

/// What takes a step back.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Undo {
    /// What it does, for people.
    #[serde(default)]
    pub title: Option<String>,
    /// Its commands, one after the other.
    pub run: Vec<Action>,
    /// What is true once it is done.
    #[serde(default, rename = "fact")]
    pub facts: Vec<Fact>,
}

/// One native command.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Action {
    /// The protocol's name of it.
    pub command: Named,
    /// Its parameters.
    #[serde(default)]
    pub params: Map<String, Value>,
    /// What must be true before the next command is sent: for commands that servers accept before they are done.
    #[serde(default)]
    pub until: Option<Box<Fact>>,
}

/// Something that can be asked for through the server's own protocol.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fact {
    /// What it says, for people.
    pub says: String,
    /// The command that reads it.
    pub read: Action,
    /// Where in the answer: a JSON pointer such as `/attributes/rgb_color`; empty for all of it.
    #[serde(default)]
    pub at: String,
    /// What stands there.
    #[serde(flatten)]
    pub expect: Expectation,
}

/// What a fact expects.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// This value; numbers are compared as numbers.
    Is(Value),
    /// Anything but this value.
    #[serde(alias = "is_not")]
    IsNot(Value),
}

/// What follows a step that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OnFailure {
    /// Nothing new is begun, and the whole has failed. The default.
    #[default]
    Stop,
    /// The rest goes on; the whole does not fail for it.
    Continue,
    /// What was done is taken back, and the whole has failed.
    RollBack,
}

fn default_deadline() -> Duration {
    Duration::from_secs(10)
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let Value::String(text) = value else {
        return Err(serde::de::Error::custom(format!("{value} is not a duration such as \"5s\" or \"300ms\"")));
    };
    humantime::parse_duration(&text).map_err(|error| {
        serde::de::Error::custom(format!("{text:?} is not a duration such as \"5s\" or \"300ms\": {error}"))
    })
}

impl Profile {
    /// Reads a profile; `file` is its name in error messages.
    ///
    /// # Errors
    /// Every mistake, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problems> {
        let source = Source { file: file.into(), text: text.into() };
        let mut profile: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            // in the words of the format, not of the library that reads it
            let message = match error.message() {
                said if said.contains("enum Expectation") => "a fact says what stands there: `is = …` or `is-not = …`",
                said if said.contains("missing field `step`") => "there is no step: a `[[step]]` begins one",
                said => said,
            };
            Problems(vec![source.problem(at, message)])
        })?;
        profile.source = source;
        let problems = profile.mistakes();
        if problems.is_empty() { Ok(profile) } else { Err(Problems(problems)) }
    }

    /// Sets variables; others keep what the profile says.
    #[must_use]
    pub fn with_variables(mut self, variables: impl IntoIterator<Item = (String, Value)>) -> Self {
        self.variables.extend(variables);
        self
    }

    /// What a step does, or what taking it back does, for people.
    #[must_use]
    pub fn title(&self, step: &Step, back: bool) -> String {
        let there = step.title.as_deref().unwrap_or(step.name.get_ref());
        match step.undo.as_ref().and_then(|undo| undo.title.as_deref()).filter(|_| back) {
            Some(title) => self.fill_text(title),
            None if back => format!("taken back: {}", self.fill_text(there)),
            None => self.fill_text(there),
        }
    }

    /// The place of a step of this name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name.get_ref() == name)
    }

    /// For each step, those that it waits for.
    pub(crate) fn needs(&self) -> Vec<Vec<usize>> {
        self.steps
            .iter()
            .map(|step| step.after.iter().filter_map(|name| self.position(name.get_ref())).collect())
            .collect()
    }

    /// The parameters of an action, with its variables put in.
    pub(crate) fn fill(&self, params: &Map<String, Value>) -> Map<String, Value> {
        params.iter().map(|(name, value)| (name.clone(), self.put_in(value))).collect()
    }

    /// A text with the variables put in.
    pub(crate) fn fill_text(&self, text: &str) -> String {
        match self.put_in(&Value::from(text)) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    pub(crate) fn put_in(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                if !text.contains("${") {
                    return value.clone();
                }
                // the whole of a string becomes the variable's value, whatever its type
                if let Some(value) =
                    text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).and_then(|n| self.variables.get(n))
                {
                    return value.clone();
                }
                let mut text = text.clone();
                for (name, value) in &self.variables {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    text = text.replace(&format!("${{{name}}}"), &value);
                }
                Value::String(text)
            }
            Value::Array(items) => items.iter().map(|item| self.put_in(item)).collect(),
            Value::Object(fields) => Value::Object(self.fill(fields)),
            other => other.clone(),
        }
    }

    /// What is wrong with the profile by itself.
    fn mistakes(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut problem = |at: &Named, message: String| problems.push(self.source.problem(at.span().start, message));
        if self.steps.is_empty() {
            return vec![self.source.problem(0, "there is no step: a `[[step]]` begins one")];
        }
        let nested: Vec<&str> = self
            .variables
            .iter()
            .filter(|(_, value)| value.to_string().contains("${"))
            .map(|(name, _)| name.as_str())
            .collect();
        if !nested.is_empty() {
            let message = format!("a variable is not put into another one; there is ${{…}} in: {}", nested.join(", "));
            return vec![self.source.problem(0, message)];
        }
        let mut seen = BTreeSet::new();
        let names: Vec<&str> = self.steps.iter().map(|step| step.name.get_ref().as_str()).collect();
        for step in &self.steps {
            let name = step.name.get_ref();
            if !seen.insert(name) {
                problem(&step.name, format!("there are two steps {name:?}"));
            }
            if step.run.is_empty() {
                problem(&step.name, format!("the step {name:?} has no command"));
            }
            for other in &step.after {
                if !names.contains(&other.get_ref().as_str()) {
                    let hint = ifbus_core::did_you_mean(other.get_ref(), names.iter().copied())
                        .map(|like| format!(" Did you mean {like}?"))
                        .unwrap_or_default();
                    problem(
                        other,
                        format!(
                            "the step {name:?} comes after {:?}, which is no step; there are: {}.{hint}",
                            other.get_ref(),
                            names.join(", ")
                        ),
                    );
                }
            }
            let titles = [step.title.as_deref(), step.undo.as_ref().and_then(|undo| undo.title.as_deref())];
            for variable in self.unknown_variables(&titles.map(Value::from)) {
                problem(&step.name, format!("the title of the step {name:?} {variable}"));
            }
            for action in step.actions() {
                for variable in self.unknown_variables(action.params.values()) {
                    problem(&action.command, format!("the step {name:?} {variable}"));
                }
            }
            for fact in step.all_facts() {
                let (Expectation::Is(expected) | Expectation::IsNot(expected)) = &fact.expect;
                for variable in self.unknown_variables([&Value::from(fact.says.as_str()), expected]) {
                    problem(&fact.read.command, format!("a fact of the step {name:?} {variable}"));
                }
                if !fact.at.is_empty() && !fact.at.starts_with('/') {
                    let at = &fact.at;
                    problem(
                        &fact.read.command,
                        format!(
                            "a fact of the step {name:?} looks at {at:?}, which must begin with a slash: \"/{at}\""
                        ),
                    );
                }
            }
        }
        if problems.is_empty()
            && let Some(step) = self.cycle()
        {
            let name = step.name.get_ref();
            problems.push(self.source.problem(
                step.name.span().start,
                format!("the step {name:?} waits for itself, by way of the steps that it comes after"),
            ));
        }
        problems
    }

    /// The variables in these values that nobody has set, each with what exists instead.
    fn unknown_variables<'a>(&self, values: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        values.into_iter().for_each(|value| variables(value, &mut found));
        found.retain(|name| name.as_ref().map_or(true, |name| !self.variables.contains_key(name)));
        let known: Vec<&str> = self.variables.keys().map(String::as_str).collect();
        let told = |name: Result<String, String>| {
            let name = match name {
                Ok(name) => name,
                Err(rest) => return format!("has ${{{rest}, and no brace that closes it"),
            };
            let hint = ifbus_core::did_you_mean(&name, known.iter().copied());
            let hint = hint.map(|like| format!(". Did you mean {like}?")).unwrap_or_default();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            format!("uses ${{{name}}}, which is no variable; there are: {known}{hint}")
        };
        found.into_iter().map(told).collect()
    }

    /// A step that waits for itself.
    fn cycle(&self) -> Option<&Step> {
        let needs = self.needs();
        let mut done = BTreeSet::new();
        loop {
            let before = done.len();
            for (step, needs) in needs.iter().enumerate() {
                if needs.iter().all(|need| done.contains(need)) {
                    done.insert(step);
                }
            }
            if done.len() == before {
                break;
            }
        }
        self.steps.iter().enumerate().find(|(step, _)| !done.contains(step)).map(|(_, step)| step)
    }
}

impl Step {
    /// Every command that it may send.
    pub(crate) fn actions(&self) -> impl Iterator<Item = &Action> {
        fn all<'a>(run: &'a [Action], facts: &'a [Fact]) -> impl Iterator<Item = &'a Action> {
            let until = run.iter().filter_map(|action| action.until.as_deref());
            run.iter().chain(facts.iter().chain(until).map(|fact| &fact.read))
        }
        all(&self.run, &self.facts).chain(self.undo.iter().flat_map(|undo| all(&undo.run, &undo.facts)))
    }

    /// Every fact that it may ask for.
    pub(crate) fn all_facts(&self) -> impl Iterator<Item = &Fact> {
        fn all<'a>(run: &'a [Action], facts: &'a [Fact]) -> impl Iterator<Item = &'a Fact> {
            facts.iter().chain(run.iter().filter_map(|action| action.until.as_deref()))
        }
        all(&self.run, &self.facts).chain(self.undo.iter().flat_map(|undo| all(&undo.run, &undo.facts)))
    }
}

/// The names of all variables in a value; `Err`: one is not closed, with the rest of its text.
fn variables(value: &Value, found: &mut BTreeSet<Result<String, String>>) {
    match value {
        Value::String(text) => {
            let name =
                |part: &str| part.split_once('}').map_or_else(|| Err(part.to_owned()), |(name, _)| Ok(name.to_owned()));
            found.extend(text.split("${").skip(1).map(name));
        }
        Value::Array(items) => items.iter().for_each(|item| variables(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| variables(field, found)),
        _ => {}
    }
}
