//! The lists of names: words, actions, events, answers of many messages, and the table of what has a type.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{
    super::names::{pascal, structure},
    Generator, head,
};

impl Generator {
    pub(super) fn values(&self) -> String {
        let mut text = head("The words of the protocol.");
        text.push_str("use super::words;\n\nwords! {\n");
        for (name, values) in &self.enums {
            let _ = writeln!(text, "    {name} {{");
            for value in values {
                let given = self.overlay.variants.get(name).and_then(|names| names.get(value)).cloned();
                let variant = given.unwrap_or_else(|| pascal(value));
                let _ = writeln!(text, "        {variant} = {value:?},");
            }
            text.push_str("    }\n");
        }
        text.push_str("}\n");
        text
    }

    pub(super) fn catalogue(&self) -> String {
        let mut text = head("The names of all actions and events, and which action is answered by which list.");
        let mut names = |about: &str, constant: &str, names: Vec<&str>| {
            let _ = writeln!(text, "/// {about}\npub const {constant}: [&str; {}] = [", names.len());
            for name in names {
                let _ = writeln!(text, "    {name:?},");
            }
            text.push_str("];\n\n");
        };
        names(
            "The actions of Asterisk 22, each a type of [`action`](crate::action).",
            "ACTIONS",
            self.modern.actions.iter().map(|action| action.name.as_str()).collect(),
        );
        names(
            "The events that Asterisk 22 documents, each a type of [`event`](crate::event).",
            "EVENTS",
            self.modern.events.iter().map(|event| event.name.as_str()).collect(),
        );
        names(
            "Actions of Asterisk 1.8 to 11 that 22 no longer has, each a type of [`action::legacy`](crate::action::legacy).",
            "LEGACY_ACTIONS",
            self.legacy
                .actions
                .iter()
                .map(|action| action.name.as_str())
                .filter(|name| !self.is_current(name))
                .collect(),
        );
        let old: BTreeSet<&str> = self
            .legacy
            .events
            .iter()
            .map(|event| event.name.as_str())
            .filter(|name| self.old_views.contains_key(&name.to_ascii_lowercase()))
            .collect();
        names(
            "Events of Asterisk 1.8 to 11 that are other ones today, each a type of [`event::legacy`](crate::event::legacy).",
            "LEGACY_EVENTS",
            old.into_iter().collect(),
        );
        let mut lists: Vec<(&String, &Vec<String>)> =
            self.overlay.lists.iter().filter_map(|(name, list)| Some((name, list.as_ref()?))).collect();
        // the client looks them up in this order
        lists.sort_by_key(|(name, _)| (name.len(), name.to_ascii_lowercase()));
        let _ = writeln!(
            text,
            "/// Actions that are answered by a list of events: the action, the event that ends the list, its items.\npub const LISTS: [(&str, &str, &[&str]); {}] = [",
            lists.len()
        );
        for (name, list) in lists {
            if let [end, items @ ..] = list.as_slice() {
                let _ = writeln!(text, "    ({name:?}, {end:?}, &{items:?}),");
            }
        }
        text.push_str("];\n\n");
        let silent = &self.overlay.silent;
        let _ = writeln!(
            text,
            "/// Actions of Asterisk 1.8 to 11 that may be answered without `Response:`, by plain text or by nothing.\npub const SILENT: [&str; {}] = {silent:?};",
            silent.len()
        );
        text
    }

    pub(super) fn coverage(&self) -> String {
        let (actions, events) = (&self.modern.actions, &self.modern.events);
        let mut text = format!(
            "<!-- Written by `cargo xtask generate`: do not edit. -->\n\n**{0} of {0} actions and {1} of {1} events of Asterisk 22 have a type.** Beyond these: {2} events that Asterisk sends without documenting them, {3} actions and {4} events of Asterisk 1.8 to 11.\n\n| module | actions |\n|---|---|\n",
            actions.len(),
            events.len(),
            self.overlay.seen_events.len(),
            self.legacy.actions.iter().filter(|action| !self.is_current(&action.name)).count(),
            self.old_views.len(),
        );
        let mut modules: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for action in actions {
            let link = format!("[`{}`](crate::action::{})", action.name, structure(&action.name));
            modules.entry(&action.module).or_default().push(link);
        }
        for (module, names) in modules {
            let _ = writeln!(text, "| {module} | {} |", names.join(" "));
        }
        text.push_str("\n| class | events |\n|---|---|\n");
        let mut classes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for event in events {
            let class = event.class.trim_start_matches("EVENT_FLAG_").to_ascii_lowercase();
            let link = format!("[`{}`](crate::event::{})", event.name, structure(&event.name));
            classes.entry(class).or_default().push(link);
        }
        for (class, names) in classes {
            let _ = writeln!(text, "| {class} | {} |", names.join(" "));
        }
        text
    }
}
