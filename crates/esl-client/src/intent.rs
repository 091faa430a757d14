//! What the user wants of the event socket: kept over reconnects, since the server forgets it with the connection.

use crate::catalogue::EVENT_NAMES;
use crate::command::{Command, Draft, word};
use crate::error::Error;
use crate::event::Encoding;
use std::collections::BTreeSet;

/// A choice of events: names of the core (`CHANNEL_ANSWER`), and subclasses of `CUSTOM` (`conference::maintenance`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct Selection {
    pub(crate) names: BTreeSet<String>,
    pub(crate) subclasses: BTreeSet<String>,
}

impl Selection {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every event, subclasses too.
    pub fn all() -> Self {
        Self::new().name("ALL")
    }

    /// Adds an event name of the core. `ALL`: every event.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.names.insert(name.into().to_ascii_uppercase());
        self
    }

    /// Adds names.
    pub fn names<I: IntoIterator<Item: Into<String>>>(self, names: I) -> Self {
        names.into_iter().fold(self, Self::name)
    }

    /// Adds a subclass of `CUSTOM`. FreeSWITCH compares the whole: there are no wildcards.
    pub fn custom(mut self, subclass: impl Into<String>) -> Self {
        self.subclasses.insert(subclass.into());
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.subclasses.is_empty()
    }

    /// Refuses what the server would pass over without a word, or read as something else.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.is_empty() {
            return Err(Error::invalid("events", "there is none"));
        }
        for name in &self.names {
            if !EVENT_NAMES.contains(&name.as_str()) {
                let near = format!(
                    "{name:?} is no event of the core, which FreeSWITCH would pass over without a word; several are an array, and \
                     subclasses go by Selection::new().custom(..)"
                );
                return Err(Error::invalid("events", near));
            }
        }
        self.subclasses.iter().try_for_each(|subclass| word("subclass", subclass))
    }

    /// As the `event` and `nixevent` commands take it: `CUSTOM` last, since every word after it is a subclass.
    fn words(&self) -> String {
        let mut words: Vec<&str> = self.names.iter().map(String::as_str).filter(|name| *name != "CUSTOM").collect();
        if !self.subclasses.is_empty() || self.names.contains("CUSTOM") {
            words.push("CUSTOM");
            words.extend(self.subclasses.iter().map(String::as_str));
        }
        words.join(" ")
    }

    fn merge(&mut self, other: &Self) {
        self.names.extend(other.names.iter().cloned());
        self.subclasses.extend(other.subclasses.iter().cloned());
    }

    fn take_away(&mut self, other: &Self) {
        if other.names.contains("ALL") {
            // FreeSWITCH keeps the subclasses then
            self.names.clear();
            return;
        }
        if !other.names.is_empty() && self.names.remove("ALL") {
            self.names.extend(EVENT_NAMES.iter().filter(|name| **name != "ALL").map(|name| (*name).to_owned()));
        }
        self.names.retain(|name| !other.names.contains(name));
        self.subclasses.retain(|subclass| !other.subclasses.contains(subclass));
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for Selection {
    fn from(names: [S; N]) -> Self {
        Self::new().names(names)
    }
}

impl From<&str> for Selection {
    fn from(name: &str) -> Self {
        Self::new().name(name)
    }
}

/// A change of what is wanted, which counts once the server has agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Subscribe(Selection),
    Unsubscribe(Selection),
    UnsubscribeAll,
    Filter(String, String),
    Unfilter(String, Option<String>),
    UnfilterAll,
    Log(u8),
    NoLog,
}

impl Change {
    /// What it is called in errors and spans: the command that a user would say.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Subscribe(_) => "event",
            Self::Unsubscribe(_) => "nixevent",
            Self::UnsubscribeAll => "noevents",
            Self::Filter(..) => "filter",
            Self::Unfilter(..) | Self::UnfilterAll => "filter delete",
            Self::Log(_) => "log",
            Self::NoLog => "nolog",
        }
    }
}

/// All that is wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Intent {
    pub(crate) encoding: Encoding,
    user: Selection,
    /// What the session itself lives by.
    own: Selection,
    filters: Vec<(String, String)>,
    log: Option<u8>,
}

impl Intent {
    pub(crate) fn new(encoding: Encoding, own: Selection) -> Self {
        Self { encoding, own, ..Self::default() }
    }

    /// Whether the session subscribes something for itself; that is then the first command of [`restore`](Self::restore).
    pub(crate) fn has_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// Whether the ends of jobs are subscribed.
    pub(crate) fn hears_jobs(&self) -> bool {
        let any = |selection: &Selection| ["BACKGROUND_JOB", "ALL"].iter().any(|name| selection.names.contains(*name));
        any(&self.own) || any(&self.user)
    }

    /// Adds what the session itself needs; gives the command for what was not subscribed yet.
    pub(crate) fn need(&mut self, own: &Selection) -> Option<Command> {
        let mut missing = own.clone();
        missing.names.retain(|name| !self.own.names.contains(name));
        missing.subclasses.retain(|subclass| !self.own.subclasses.contains(subclass));
        if missing.is_empty() {
            return None;
        }
        self.own.merge(&missing);
        self.event(&missing).ok()
    }

    fn event(&self, selection: &Selection) -> Result<Command, Error> {
        Command::line("event", &format!("{} {}", self.encoding.as_str(), selection.words()))
    }

    /// The commands that make the change. The session's own events stay subscribed, and pass every filter.
    pub(crate) fn commands(&self, change: &Change) -> Result<Vec<Command>, Error> {
        let own_filters = || self.own.names.iter().map(|name| filter("Event-Name", name));
        Ok(match change {
            Change::Subscribe(selection) => vec![self.event(selection)?],
            Change::Unsubscribe(selection) => {
                let mut commands = vec![Command::line("nixevent", &selection.words())?];
                let all = selection.names.contains("ALL");
                if !self.own.is_empty() && (all || selection.names.iter().any(|name| self.own.names.contains(name))) {
                    commands.push(self.event(&self.own)?);
                }
                commands
            }
            Change::UnsubscribeAll => {
                // with something subscribed, so that it cannot fail
                let mut commands = vec![self.event(&Selection::from("HEARTBEAT"))?, Command::line("noevents", "")?];
                if !self.own.is_empty() {
                    commands.push(self.event(&self.own)?);
                }
                commands
            }
            Change::Filter(header, value) => {
                let mut commands = Vec::new();
                if self.filters.is_empty() {
                    commands = own_filters().collect::<Result<_, _>>()?;
                }
                commands.push(filter(header, value)?);
                commands
            }
            Change::Unfilter(header, value) => {
                let line = match value {
                    Some(value) => format!("delete {header} {value}"),
                    None => format!("delete {header}"),
                };
                let mut commands = vec![Command::line("filter", &line)?];
                let mut after = self.clone();
                after.apply(change);
                if after.filters.is_empty() {
                    commands.push(Command::line("filter", "delete all")?);
                } else if header.eq_ignore_ascii_case("Event-Name") {
                    for own in own_filters() {
                        commands.push(own?);
                    }
                }
                commands
            }
            Change::UnfilterAll => vec![Command::line("filter", "delete all")?],
            Change::Log(level) => vec![Command::line("log", &level.to_string())?],
            Change::NoLog => vec![Command::line("nolog", "")?],
        })
    }

    /// Takes note of a change that the server has made.
    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::Subscribe(selection) => self.user.merge(selection),
            Change::Unsubscribe(selection) => self.user.take_away(selection),
            Change::UnsubscribeAll => self.user = Selection::default(),
            Change::Filter(header, value) => {
                let new = (header.clone(), value.clone());
                if !self.filters.contains(&new) {
                    self.filters.push(new);
                }
            }
            Change::Unfilter(header, value) => self
                .filters
                .retain(|(of, is)| !of.eq_ignore_ascii_case(header) || value.as_ref().is_some_and(|value| value != is)),
            Change::UnfilterAll => self.filters.clear(),
            Change::Log(level) => self.log = Some(*level),
            Change::NoLog => self.log = None,
        }
    }

    /// The commands that make a new connection what the last one was.
    pub(crate) fn restore(&self) -> Result<Vec<Command>, Error> {
        let mut commands = Vec::new();
        // apart, so that a user who may not have one of the others has these
        for selection in [&self.own, &self.user] {
            if !selection.is_empty() {
                commands.push(self.event(selection)?);
            }
        }
        if !self.filters.is_empty() {
            for name in &self.own.names {
                commands.push(filter("Event-Name", name)?);
            }
        }
        for (header, value) in &self.filters {
            commands.push(filter(header, value)?);
        }
        if let Some(level) = self.log {
            commands.push(Command::line("log", &level.to_string())?);
        }
        Ok(commands)
    }
}

fn filter(header: &str, value: &str) -> Result<Command, Error> {
    word("header", header)?;
    if value.is_empty() {
        return Err(Error::invalid("value", "it is empty"));
    }
    Draft::new("filter", &format!("{header} {value}"))?.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(commands: Result<Vec<Command>, Error>) -> Vec<String> {
        commands.unwrap().iter().map(|command| String::from_utf8_lossy(command.bytes()).trim_end().to_owned()).collect()
    }

    #[test]
    fn subclasses_stand_last_and_unknown_names_are_refused() {
        let selection = Selection::new().custom("b::c").names(["channel_answer", "CUSTOM"]).custom("a::b");
        assert_eq!(selection.words(), "CHANNEL_ANSWER CUSTOM a::b b::c");
        assert!(Selection::from("CHANNEL_ANSWERED").check().is_err());
        for name in ["a\nb", "CHANNEL_ANSWER DTMF", "CUSTOM sofia::register"] {
            let error = Selection::from(name).check().unwrap_err();
            assert!(
                matches!(&error, Error::Link(ifbus_link::Error::InvalidArgument { field, .. }) if field == "events")
            );
            let words = error.to_string();
            assert!(!words.contains('\n') && words.contains("Selection::new().custom(..)"), "{words}");
            assert!(words.contains(&format!("{:?}", name.to_ascii_uppercase())), "{words}");
        }
        assert!(Selection::new().custom("a b").check().is_err());
        assert!(Selection::new().check().is_err());
    }

    #[test]
    fn what_was_agreed_is_restored() {
        let mut intent = Intent::new(Encoding::Json, Selection::from("BACKGROUND_JOB"));
        for change in [
            Change::Subscribe(Selection::from(["HEARTBEAT", "DTMF"]).custom("sofia::register")),
            Change::Unsubscribe(Selection::from("DTMF")),
            Change::Filter("Unique-ID".into(), "u1".into()),
            Change::Filter("Unique-ID".into(), "u2".into()),
            Change::Unfilter("unique-id".into(), Some("u1".into())),
            Change::Log(7),
        ] {
            intent.apply(&change);
        }
        assert_eq!(
            lines(intent.restore()),
            [
                "event json BACKGROUND_JOB",
                "event json HEARTBEAT CUSTOM sofia::register",
                "filter Event-Name BACKGROUND_JOB",
                "filter Unique-ID u2",
                "log 7"
            ]
        );
        intent.apply(&Change::UnfilterAll);
        intent.apply(&Change::NoLog);
        intent.apply(&Change::UnsubscribeAll);
        assert_eq!(lines(intent.restore()), ["event json BACKGROUND_JOB"]);
    }

    #[test]
    fn the_sessions_own_events_stay() {
        let mut intent = Intent::new(Encoding::Plain, Selection::from("BACKGROUND_JOB"));
        let filter = Change::Filter("Unique-ID".into(), "u1".into());
        assert_eq!(lines(intent.commands(&filter)), ["filter Event-Name BACKGROUND_JOB", "filter Unique-ID u1"]);
        intent.apply(&filter);
        let undo = Change::Unfilter("Unique-ID".into(), None);
        assert_eq!(lines(intent.commands(&undo)), ["filter delete Unique-ID", "filter delete all"]);
        assert_eq!(
            lines(intent.commands(&Change::UnsubscribeAll)),
            ["event plain HEARTBEAT", "noevents", "event plain BACKGROUND_JOB"]
        );
        assert_eq!(
            lines(intent.commands(&Change::Unsubscribe(Selection::all()))),
            ["nixevent ALL", "event plain BACKGROUND_JOB"]
        );
        intent.apply(&Change::Subscribe(Selection::all()));
        intent.apply(&Change::Unsubscribe(Selection::from("DTMF")));
        let restored = lines(intent.restore());
        assert!(
            restored[1].contains("CHANNEL_ANSWER") && !restored[1].contains("DTMF") && !restored[1].contains(" ALL")
        );
        assert!(intent.need(&Selection::from("BACKGROUND_JOB")).is_none());
        let more = intent.need(&Selection::from(["BACKGROUND_JOB", "CHANNEL_DESTROY"])).unwrap();
        assert_eq!(more.bytes(), b"event plain CHANNEL_DESTROY\n\n");
    }
}
