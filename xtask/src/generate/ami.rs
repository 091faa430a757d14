//! `ami-client`'s actions, events, values and lists, from the catalogues of Asterisk 22 and of 1.8 and 11.

mod tables;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::{Generated, names::structure, overlay::Overlay};

const FOLDER: [&str; 7] = [
    "crates/ami-client/src/action/generated.rs",
    "crates/ami-client/src/action/generated_legacy.rs",
    "crates/ami-client/src/event/generated.rs",
    "crates/ami-client/src/event/generated_legacy.rs",
    "crates/ami-client/src/values/generated.rs",
    "crates/ami-client/src/generated_catalogue.rs",
    "crates/ami-client/src/coverage.md",
];

#[derive(Deserialize)]
struct Catalogue {
    snapshot_fields: BTreeMap<String, Vec<String>>,
    actions: Vec<Action>,
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Action {
    name: String,
    #[serde(default)]
    module: String,
    #[serde(default)]
    parameters: Vec<Parameter>,
    #[serde(default)]
    since: Vec<String>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    required: bool,
    #[serde(default)]
    values: Vec<String>,
}

#[derive(Deserialize)]
struct Event {
    name: String,
    class: String,
    #[serde(default)]
    parameters: Vec<Parameter>,
    #[serde(default)]
    since: Vec<String>,
    #[serde(default)]
    snapshots: Vec<Snapshot>,
}

#[derive(Deserialize, PartialEq, Eq, Clone)]
struct Snapshot {
    kind: String,
    prefix: String,
}

#[derive(Deserialize)]
struct Legacy {
    actions: Vec<LegacyAction>,
    events: Vec<LegacyEvent>,
}

#[derive(Deserialize)]
struct LegacyAction {
    name: String,
    versions: Vec<String>,
    #[serde(default)]
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
struct LegacyEvent {
    name: String,
    versions: Vec<String>,
    headers: Vec<String>,
}

struct Generator {
    overlay: Overlay,
    modern: Catalogue,
    legacy: Legacy,
    /// Name and values of each enumeration, in the order of the catalogue.
    enums: BTreeMap<String, Vec<String>>,
    /// Views of current events and of old ones, lower case, and the names of their structs.
    views: BTreeMap<String, String>,
    old_views: BTreeMap<String, String>,
}

pub(super) fn generate() -> Result<Vec<Generated>> {
    let mut generator = Generator {
        overlay: Overlay::read()?,
        modern: serde_json::from_str(include_str!("../../catalogues/ami.json")).context("ami.json")?,
        legacy: serde_json::from_str(include_str!("../../catalogues/ami-legacy.json")).context("ami-legacy.json")?,
        enums: BTreeMap::new(),
        views: BTreeMap::new(),
        old_views: BTreeMap::new(),
    };
    let events = generator.events();
    let old_events = generator.old_events();
    let actions = generator.actions();
    let old_actions = generator.old_actions();
    let texts =
        [actions, old_actions, events, old_events, generator.values(), generator.catalogue(), generator.coverage()];
    Ok(FOLDER.into_iter().zip(texts).collect())
}

fn head(about: &str) -> String {
    format!(
        "//! {about}\n//!\n//! Written by `cargo xtask generate` from the catalogues in `xtask/catalogues`: do not edit.\n//! It is a table, and as long as the protocol is.\n\n"
    )
}

/// Names that stand for themselves in every message.
const COMMON: [&str; 5] = ["ActionID", "EventList", "Privilege", "Timestamp", "*"];
const KEYWORDS: [&str; 12] =
    ["type", "async", "match", "move", "ref", "self", "use", "where", "loop", "in", "box", "final"];

impl Generator {
    fn field(&self, name: &str) -> String {
        let field = self.overlay.field(name);
        if KEYWORDS.contains(&field.as_str()) { format!("{field}_") } else { field }
    }

    /// Whether the values are yes and no, in one of their spellings.
    fn is_flag(values: &[String]) -> bool {
        let mut words: Vec<String> = values.iter().map(|value| value.to_ascii_lowercase()).collect();
        words.sort();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        [["no", "yes"], ["off", "on"], ["false", "true"], ["0", "1"], ["disabled", "enabled"]]
            .iter()
            .any(|flag| words == flag)
    }

    fn enumeration(&mut self, owner: &str, name: &str, values: &[String]) -> String {
        let known = self.overlay.enum_name(owner, name);
        let extra = self.overlay.extra_values.get(&known).cloned().unwrap_or_default();
        let all = self.enums.entry(known.clone()).or_default();
        for value in values.iter().chain(&extra) {
            if !all.iter().any(|found| found.eq_ignore_ascii_case(value)) {
                all.push(value.clone());
            }
        }
        known
    }

    /// How an event's header is read: the reader and what it gives.
    fn reader(&mut self, owner: &str, name: &str, values: &[String]) -> String {
        if self.overlay.repeats(owner, name) {
            return "all(Vec<Cow<'_, str>>)".into();
        }
        let values = if values.is_empty() { self.overlay.seen_values(owner, name).to_vec() } else { values.to_vec() };
        if values.is_empty() {
            return match self.overlay.event_type(owner, name) {
                Some("secs") => "secs(Option<Duration>)".into(),
                Some("millis") => "millis(Option<Duration>)".into(),
                Some("micros") => "micros(Option<Duration>)".into(),
                Some("clock") => "clock(Option<Duration>)".into(),
                Some("flag") => "flag(Option<bool>)".into(),
                None | Some("text") => "text(Cow<'_, str>)".into(),
                Some(number) => format!("number(Option<{number}>)"),
            };
        }
        if Self::is_flag(&values) {
            return "flag(Option<bool>)".into();
        }
        format!("word(Option<values::{}>)", self.enumeration(owner, name, &values))
    }

    fn view(
        &mut self,
        text: &mut String,
        name: &str,
        about: &str,
        fields: &[(String, Vec<String>)],
        snapshots: &[Snapshot],
    ) {
        let _ = writeln!(text, "    #[doc = {about:?}]\n    {} = {name:?} {{", structure(name));
        let mut used = BTreeSet::new();
        for (header, values) in fields {
            let field = self.field(header);
            if used.insert(field.clone()) {
                let reader = self.reader(name, header, values);
                let _ = writeln!(text, "        {field} {header:?} {reader},");
            }
        }
        if snapshots.iter().any(|snapshot| snapshot.kind == "channel_snapshot" && snapshot.prefix.is_empty()) {
            for header in ["Channel", "Uniqueid", "Linkedid"] {
                let field = self.field(header);
                if used.insert(field.clone()) {
                    let _ = writeln!(text, "        {field} {header:?} text(Cow<'_, str>),");
                }
            }
        }
        text.push_str("    } [");
        let mut seen = Vec::new();
        for snapshot in snapshots {
            if seen.contains(snapshot) {
                continue;
            }
            seen.push(snapshot.clone());
            let prefix = self.overlay.field(&snapshot.prefix);
            let (kind, method) = match (snapshot.kind.as_str(), prefix.as_str()) {
                ("channel_snapshot", "") => ("channel", "snapshot".to_owned()),
                ("channel_snapshot", prefix) => ("channel", prefix.to_owned()),
                (_, "") => ("bridge", "bridge".to_owned()),
                (_, prefix) => ("bridge", format!("{prefix}_bridge")),
            };
            let mut method = method;
            while !used.insert(method.clone()) {
                method.push_str("_channel");
            }
            let _ = write!(text, "{method} {kind}({:?}), ", snapshot.prefix);
        }
        text.push_str("]\n");
    }

    fn events(&mut self) -> String {
        let mut text = head("The events of Asterisk 12 to 22.");
        text.push_str(
            "use super::events;\nuse crate::values;\nuse std::borrow::Cow;\nuse std::time::Duration;\n\nevents! {\n",
        );
        let events = std::mem::take(&mut self.modern.events);
        for event in &events {
            let class = event.class.trim_start_matches("EVENT_FLAG_").to_ascii_lowercase();
            let since = event.since.first().map(|since| format!(", since Asterisk {since}")).unwrap_or_default();
            let class = if class == "class" { "call".to_owned() } else { class };
            let about = format!("`{}`, of the class `{class}`{since}.", event.name);
            let mut fields: Vec<(String, Vec<String>)> =
                event.parameters.iter().map(|parameter| (parameter.name.clone(), parameter.values.clone())).collect();
            let seen = self.overlay.seen_headers.get(&event.name).cloned().unwrap_or_default();
            fields.extend(seen.into_iter().map(|header| (header, Vec::new())));
            fields.retain(|(header, _)| header != "EventList");
            let mut snapshots = event.snapshots.clone();
            if event.name == "ParkedCallSwap" || event.name.starts_with("ParkedCall") {
                // a list item and a call that is picked up at once have both
                snapshots.dedup();
            }
            self.views.insert(event.name.to_ascii_lowercase(), structure(&event.name));
            self.view(&mut text, &event.name, &about, &fields, &snapshots);
        }
        self.modern.events = events;
        for (name, headers) in self.overlay.seen_events.clone() {
            let whole = headers.iter().any(|header| header == "*");
            let fields: Vec<_> =
                headers.into_iter().filter(|header| header != "*").map(|header| (header, Vec::new())).collect();
            let snapshot = Snapshot { kind: "channel_snapshot".into(), prefix: String::new() };
            let about = format!("`{name}`: not in Asterisk's documentation, seen from 16.28 or 22.10.");
            self.views.insert(name.to_ascii_lowercase(), structure(&name));
            self.view(&mut text, &name, &about, &fields, if whole { std::slice::from_ref(&snapshot) } else { &[] });
        }
        text.push_str("}\n");
        text
    }

    /// What a current view can read, lower case.
    fn known_headers(&self, name: &str) -> Option<BTreeSet<String>> {
        let mut known = BTreeSet::new();
        if let Some(event) = self.modern.events.iter().find(|event| event.name.eq_ignore_ascii_case(name)) {
            known.extend(event.parameters.iter().map(|parameter| parameter.name.clone()));
            for snapshot in &event.snapshots {
                let fields = self.modern.snapshot_fields.get(&snapshot.kind).map(Vec::as_slice).unwrap_or_default();
                known.extend(fields.iter().map(|field| format!("{}{field}", snapshot.prefix)));
            }
            known.extend(self.overlay.seen_headers.get(&event.name).cloned().unwrap_or_default());
        } else {
            known.extend(self.overlay.seen_events.get(name)?.iter().cloned());
        }
        Some(known.into_iter().map(|header| header.to_ascii_lowercase()).collect())
    }

    fn old_events(&mut self) -> String {
        let mut text = head("The events of Asterisk 1.8 to 11 that are no longer sent, or have other headers now.");
        text.push_str(
            "use super::events;\nuse crate::values;\nuse std::borrow::Cow;\nuse std::time::Duration;\n\nevents! {\n",
        );
        let mut merged: BTreeMap<String, (BTreeSet<String>, Vec<String>)> = BTreeMap::new();
        for event in &self.legacy.events {
            let (versions, headers) = merged.entry(event.name.clone()).or_default();
            versions.extend(event.versions.iter().cloned());
            for header in event.headers.iter().filter(|header| !COMMON.contains(&header.as_str())) {
                if !headers.iter().any(|found| found.eq_ignore_ascii_case(header)) {
                    headers.push(header.clone());
                }
            }
        }
        for (name, (versions, headers)) in merged {
            let known = self.known_headers(&name);
            let differs =
                known.is_none_or(|known| headers.iter().any(|header| !known.contains(&header.to_ascii_lowercase())));
            if !differs {
                continue;
            }
            let versions: Vec<String> = versions.into_iter().collect();
            let about = format!("`{name}` as Asterisk {} sends it.", versions.join(" and "));
            let fields: Vec<_> = headers.into_iter().map(|header| (header, Vec::new())).collect();
            self.old_views.insert(name.to_ascii_lowercase(), structure(&name));
            self.view(&mut text, &name, &about, &fields, &[]);
        }
        text.push_str("}\n");
        text
    }

    /// How an action's parameter is written: the writer and what it takes.
    fn writer(&mut self, owner: &str, parameter: &Parameter) -> String {
        let name = &parameter.name;
        if let Some(known) = self.overlay.action_type(owner, name) {
            return match known {
                "text" => "text(impl Into<String>)".into(),
                "millis" | "secs" => format!("{known}(Duration)"),
                "true_false" | "yes_no" | "on_off" | "one_zero" => format!("{known}(bool)"),
                number => format!("number({number})"),
            };
        }
        if parameter.values.is_empty() || self.overlay.is_plain(owner, name) {
            return "text(impl Into<String>)".into();
        }
        let values = parameter.values.clone();
        format!("word(impl Into<values::{}>)", self.enumeration(owner, name, &values))
    }

    /// What an action gives.
    fn reply(&self, name: &str) -> String {
        if name == "Command" {
            return "CommandOutput".into();
        }
        let Some(Some(list)) = self.overlay.lists.get(name) else { return "Response".into() };
        let item = match list.as_slice() {
            [_, one] => {
                let item = one.to_ascii_lowercase();
                match (self.views.get(&item), self.old_views.get(&item)) {
                    (Some(view), _) => format!("event::{view}"),
                    (None, Some(view)) => format!("event::legacy::{view}"),
                    (None, None) => "event::Event".into(),
                }
            }
            _ => "event::Event".into(),
        };
        if name == "Hangup" { "Response".into() } else { format!("List<{item}>") }
    }

    fn action(&mut self, text: &mut String, name: &str, about: &str, parameters: &[Parameter]) {
        let reply = self.reply(name);
        let _ = writeln!(text, "    #[doc = {about:?}]\n    {} = {name:?} -> {reply} {{", structure(name));
        let own = |parameter: &&Parameter| parameter.name != "ActionID" && !self.overlay.skips(name, &parameter.name);
        let parameters: Vec<&Parameter> = parameters.iter().filter(own).collect();
        for (required, open, close) in [(true, "(", ")"), (false, "[", "]")] {
            let _ = writeln!(text, "        {open}");
            for parameter in parameters.iter().filter(|parameter| parameter.required == required) {
                let way = if self.overlay.repeats(name, &parameter.name) { "add" } else { "set" };
                let (field, writer) = (self.field(&parameter.name), self.writer(name, parameter));
                let _ = writeln!(text, "            {way} {field} {:?} {writer},", parameter.name);
            }
            let _ = writeln!(text, "        {close}");
        }
        text.push_str("        {");
        for (header, value) in self.overlay.defaults.get(name).into_iter().flatten() {
            let _ = write!(text, "{header:?} = {value:?}, ");
        }
        text.push_str("}\n    }\n");
    }

    fn actions(&mut self) -> String {
        let mut text = head("The actions of Asterisk 22.");
        text.push_str("use super::{CommandOutput, List, Response, actions};\nuse crate::{event, values};\nuse std::time::Duration;\n\nactions! {\n");
        let actions = std::mem::take(&mut self.modern.actions);
        for action in &actions {
            let module = if action.module == "builtin" { "the core" } else { &action.module };
            let since = action.since.join(", ");
            let about = format!("`{}` of {module}, since Asterisk {since}.", action.name);
            self.action(&mut text, &action.name, &about, &action.parameters);
        }
        self.modern.actions = actions;
        text.push_str("}\n");
        text
    }

    fn is_current(&self, name: &str) -> bool {
        self.modern.actions.iter().any(|action| action.name.eq_ignore_ascii_case(name))
    }

    fn old_actions(&mut self) -> String {
        let mut text = head("The actions of Asterisk 1.8 to 11 (some of them to 20) that 22 no longer has.");
        text.push_str("use super::{List, Response, actions};\nuse crate::event;\n\nactions! {\n");
        let actions = std::mem::take(&mut self.legacy.actions);
        for action in &actions {
            if self.is_current(&action.name) {
                continue;
            }
            let about = format!("`{}`, seen in Asterisk {}.", action.name, action.versions.join(" and "));
            self.action(&mut text, &action.name, &about, &action.parameters);
        }
        self.legacy.actions = actions;
        text.push_str("}\n");
        text
    }
}
