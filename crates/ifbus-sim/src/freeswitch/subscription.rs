//! What a connection wants to hear of.

use super::event::{Event, Format, NAMES};
use regex_lite::Regex;
use std::collections::BTreeSet;

/// What `myevents` brings.
const OF_A_CALL: &[&str] = &[
    "CALL_UPDATE",
    "CHANNEL_ANSWER",
    "CHANNEL_APPLICATION",
    "CHANNEL_BRIDGE",
    "CHANNEL_CREATE",
    "CHANNEL_EXECUTE",
    "CHANNEL_EXECUTE_COMPLETE",
    "CHANNEL_HANGUP",
    "CHANNEL_HANGUP_COMPLETE",
    "CHANNEL_HOLD",
    "CHANNEL_ORIGINATE",
    "CHANNEL_OUTGOING",
    "CHANNEL_PARK",
    "CHANNEL_PROGRESS",
    "CHANNEL_PROGRESS_MEDIA",
    "CHANNEL_STATE",
    "CHANNEL_UNBRIDGE",
    "CHANNEL_UNHOLD",
    "CHANNEL_UNPARK",
    "DTMF",
    "PLAYBACK_START",
    "PLAYBACK_STOP",
];

/// Subclasses that modules have registered.
const SUBCLASSES: &[&str] =
    &["conference::maintenance", "conference::cdr", "sofia::register", "sofia::unregister", "sofia::expire"];

/// What an account may subscribe to; nothing here is everything.
pub(super) type Allowed = Option<Vec<String>>;

#[derive(Default)]
pub(super) struct Subscription {
    format: Option<Format>,
    all: bool,
    names: BTreeSet<&'static str>,
    subclasses: BTreeSet<String>,
    filters: Vec<Filter>,
    /// The call whose events it has asked for.
    my_events: Option<String>,
    /// Whether anything was ever asked for since the last `noevents`.
    listening: bool,
}

struct Filter {
    header: String,
    text: String,
    test: Test,
}

enum Test {
    Is(String),
    IsNot(String),
    Matches(Regex),
}

/// The name of an event in a subscription: any thirteen characters before it are not looked at.
fn name(word: &str) -> Option<&'static str> {
    let find = |word: &str| NAMES.iter().find(|name| name.eq_ignore_ascii_case(word)).copied();
    find(word).or_else(|| find(word.get("SWITCH_EVENT_".len()..)?))
}

impl Subscription {
    pub(super) fn format(&self) -> Format {
        self.format.unwrap_or(Format::Plain)
    }

    /// `event …`; the text of the answer.
    pub(super) fn event(&mut self, words: &str, allowed: &Allowed) -> String {
        let mut subclass = false;
        let mut found = false;
        for (at, word) in words.split_ascii_whitespace().enumerate() {
            if at == 0
                && let Some(format) = Format::parse(word)
            {
                self.format = Some(format);
                continue;
            }
            let permitted =
                |word: &str| allowed.as_ref().is_none_or(|list| list.iter().any(|one| one.eq_ignore_ascii_case(word)));
            if subclass {
                if !permitted(word) {
                    return "-ERR permission denied".into();
                }
                self.subclasses.insert(word.to_owned());
                found = true;
                continue;
            }
            let Some(name) = name(word) else { continue };
            if !permitted(name) {
                return "-ERR permission denied".into();
            }
            found = true;
            match name {
                "ALL" => {
                    self.all = true;
                    self.subclasses.extend(SUBCLASSES.iter().map(|name| (*name).to_owned()));
                }
                "CUSTOM" => {
                    subclass = true;
                    self.names.insert(name);
                }
                name => {
                    self.names.insert(name);
                }
            }
        }
        if !found {
            return "-ERR no keywords supplied".into();
        }
        self.listening = true;
        format!("+OK event listener enabled {}", self.format().name())
    }

    /// `nixevent …`; the text of the answer.
    pub(super) fn nix(&mut self, words: &str) -> String {
        let mut subclass = false;
        let mut found = false;
        for word in words.split_ascii_whitespace() {
            if subclass {
                self.subclasses.remove(word);
                found = true;
                continue;
            }
            let Some(name) = name(word) else { continue };
            found = true;
            if name == "CUSTOM" {
                subclass = true;
                continue;
            }
            if name == "ALL" {
                self.names.clear();
                self.all = false;
                continue;
            }
            if std::mem::take(&mut self.all) {
                self.names.extend(NAMES.iter().filter(|name| **name != "ALL"));
            }
            self.names.remove(name);
        }
        (if found { "+OK events nixed" } else { "-ERR no keywords supplied" }).into()
    }

    /// `noevents`; the text of the answer.
    pub(super) fn none(&mut self) -> String {
        if !std::mem::take(&mut self.listening) {
            return "-ERR not listening for events".into();
        }
        self.all = false;
        self.names.clear();
        self.subclasses.clear();
        self.my_events = None;
        "+OK no longer listening for events".into()
    }

    /// `myevents`; whether it was not asked for before.
    pub(super) fn my_events(&mut self, uuid: &str, format: Option<Format>) -> bool {
        if self.my_events.is_some() {
            return false;
        }
        self.format = format.or(self.format);
        self.my_events = Some(uuid.to_owned());
        self.listening = true;
        true
    }

    /// `filter …`; the text of the answer.
    pub(super) fn filter(&mut self, words: &str) -> String {
        let words = words.trim_start_matches(' ');
        let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
        if verb.eq_ignore_ascii_case("delete") {
            let (header, value) = rest.split_once(' ').unwrap_or((rest, ""));
            if header.is_empty() {
                return "-ERR invalid syntax".into();
            }
            if header.eq_ignore_ascii_case("all") {
                self.filters.clear();
            } else {
                self.filters.retain(|filter| {
                    !filter.header.eq_ignore_ascii_case(header) || !(value.is_empty() || filter.text == value)
                });
            }
            return format!("+OK filter deleted. [{header}][{value}]");
        }
        let (header, value) =
            if verb.eq_ignore_ascii_case("add") { rest.split_once(' ').unwrap_or((rest, "")) } else { (verb, rest) };
        if header.is_empty() || value.is_empty() {
            return "-ERR invalid syntax".into();
        }
        let pattern = value.strip_prefix('/').map(|rest| rest.strip_suffix('/').unwrap_or(rest));
        let test = match (pattern.map(Regex::new), value.strip_prefix('-')) {
            (Some(Ok(pattern)), _) => Test::Matches(pattern),
            (_, Some(value)) => Test::IsNot(value.to_owned()),
            _ => Test::Is(value.strip_prefix('+').unwrap_or(value).to_owned()),
        };
        self.filters.push(Filter { header: header.to_owned(), text: value.to_owned(), test });
        format!("+OK filter added. [{header}]=[{value}]")
    }

    /// Whether this event is to be sent.
    pub(super) fn wants(&self, event: &Event) -> bool {
        (self.subscribed(event) || self.is_mine(event)) && self.passes(event)
    }

    fn subscribed(&self, event: &Event) -> bool {
        if self.all {
            return true;
        }
        if event.name == "CUSTOM" {
            return match event.get("Event-Subclass") {
                Some(subclass) => self.subclasses.contains(subclass),
                None => self.names.contains("CUSTOM"),
            };
        }
        self.names.contains(&*event.name)
    }

    fn is_mine(&self, event: &Event) -> bool {
        let Some(uuid) = self.my_events.as_deref() else { return false };
        if event.name == "BACKGROUND_JOB" {
            return event.get("Job-Owner-UUID") == Some(uuid);
        }
        OF_A_CALL.contains(&&*event.name) && event.unique_id() == Some(uuid)
    }

    fn passes(&self, event: &Event) -> bool {
        let mut passes = self.filters.is_empty();
        for filter in &self.filters {
            let Some(value) = event.get(&filter.header) else { continue };
            match &filter.test {
                Test::Is(text) => passes |= value.eq_ignore_ascii_case(text),
                Test::IsNot(text) if value.eq_ignore_ascii_case(text) => return false,
                Test::IsNot(_) => {}
                Test::Matches(pattern) => passes |= pattern.is_match(value),
            }
        }
        passes
    }
}
