//! The names that a protocol has: the files in `xtask/catalogues`, one per client.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context as _, Result};

use crate::cargo;

/// A client crate and what is counted of it.
pub(super) struct Client {
    pub(super) name: &'static str,
    /// Its file in `xtask/catalogues`, without `.json`.
    pub(super) catalogue: &'static str,
    pub(super) kinds: &'static [Kind],
    /// Its tests against the simulator, in the test target `it`.
    pub(super) simulator_tests: &'static [&'static str],
    /// The environment variable that names a real server.
    pub(super) variable: &'static str,
    /// What `cargo xtask servers` calls the real server, if it can start one.
    pub(super) server: Option<&'static str>,
}

/// One kind of names.
pub(super) struct Kind {
    /// As it is shown.
    pub(super) name: &'static str,
    /// The lists of the catalogue that make it up.
    pub(super) lists: &'static [&'static str],
    /// Where the types are and what they look like.
    pub(super) typed: Typed,
}

/// How the names that have types are found.
pub(super) enum Typed {
    /// `Name -> Reply {` in the files of this folder.
    Requests(&'static str),
    /// `Name: INTENT {` in this file.
    Events(&'static str),
    /// `Cow::Borrowed("name")` in the files of these folders.
    Commands(&'static str),
    /// `Raw::new("Name")` and `Raw::new(format!("Name{number}"))` in the files of this folder.
    Functions(&'static str),
    /// `Type = "Name"` and ` {` or ` -> Reply {` in this file: what `cargo xtask generate` writes.
    Generated(&'static str),
    /// The quoted lines of this list in the client's catalogue: the commands that have methods.
    Listed(&'static str, &'static str),
    /// The names in the tables of this file that have a link to the crate: what `cargo xtask generate` writes, and rustdoc checks.
    Linked(&'static str),
    /// What vmix-api reads into a `Change`.
    Activators,
}

const YATE: &str = "crates/yate-extmodule/src/coverage.md";

pub(super) const CRATES: [Client; 6] = [
    Client {
        name: "obs-ws5",
        catalogue: "obs-ws5",
        kinds: &[
            Kind { name: "requests", lists: &["requests"], typed: Typed::Requests("crates/obs-ws5/src/request") },
            Kind { name: "events", lists: &["events"], typed: Typed::Events("crates/obs-ws5/src/event.rs") },
        ],
        simulator_tests: &["sim::"],
        variable: "IFBUS_OBS",
        server: Some("obs"),
    },
    Client {
        name: "vmix-api",
        catalogue: "vmix-api",
        kinds: &[
            Kind { name: "functions", lists: &["functions"], typed: Typed::Functions("crates/vmix-api/src/request") },
            Kind { name: "commands", lists: &["commands"], typed: Typed::Commands("crates/vmix-api/src/request") },
            Kind { name: "activators", lists: &["activators", "global activators"], typed: Typed::Activators },
        ],
        simulator_tests: &["sim::", "faults::", "http::"],
        variable: "IFBUS_VMIX",
        server: None,
    },
    Client {
        name: "ha-client",
        catalogue: "ha-client",
        kinds: &[Kind {
            name: "commands",
            lists: &["commands"],
            typed: Typed::Commands("crates/ha-client/src/request"),
        }],
        simulator_tests: &["sim::", "faults::", "rest::"],
        variable: "IFBUS_HA",
        server: Some("homeassistant"),
    },
    Client {
        name: "ami-client",
        catalogue: "ami",
        kinds: &[
            Kind {
                name: "actions",
                lists: &["actions"],
                typed: Typed::Generated("crates/ami-client/src/action/generated.rs"),
            },
            Kind {
                name: "events",
                lists: &["events"],
                typed: Typed::Generated("crates/ami-client/src/event/generated.rs"),
            },
        ],
        simulator_tests: &["sim::"],
        variable: "IFBUS_AMI",
        server: Some("asterisk"),
    },
    Client {
        name: "esl-client",
        catalogue: "esl",
        kinds: &[
            Kind {
                name: "events",
                lists: &["event_names"],
                typed: Typed::Generated("crates/esl-client/src/event/typed.rs"),
            },
            Kind {
                name: "api commands",
                lists: &["api_commands"],
                typed: Typed::Listed("crates/esl-client/src/catalogue.rs", "TYPED_API_COMMANDS"),
            },
        ],
        simulator_tests: &["sim::"],
        variable: "IFBUS_FREESWITCH",
        server: None,
    },
    Client {
        name: "yate-extmodule",
        catalogue: "yate",
        kinds: &[
            Kind { name: "commands", lists: &["commands"], typed: Typed::Linked(YATE) },
            Kind { name: "messages", lists: &["messages"], typed: Typed::Linked(YATE) },
            Kind { name: "console commands", lists: &["console_commands"], typed: Typed::Linked(YATE) },
        ],
        simulator_tests: &["sim::"],
        variable: "IFBUS_YATE",
        server: None,
    },
];

/// The lists of a catalogue by their names.
pub(super) type Names = BTreeMap<String, Vec<String>>;

/// Reads the catalogue of a client.
pub(super) fn load(client: &Client) -> Result<Names> {
    let path = cargo::root().join("xtask/catalogues").join(format!("{}.json", client.catalogue));
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let catalogue: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text)?;
    let wanted = |name: &String| client.kinds.iter().any(|kind| kind.lists.contains(&name.as_str()));
    // An entry is a name, or an object that has one.
    let name = |entry: &serde_json::Value| {
        let name = entry.as_str().or_else(|| entry.get("name")?.as_str());
        name.map(str::to_owned).with_context(|| format!("{}: {entry} has no name", path.display()))
    };
    let lists = catalogue.into_iter().filter(|(list, _)| wanted(list));
    lists
        .map(|(list, entries)| {
            let entries = entries.as_array().with_context(|| format!("{}: {list} is no list", path.display()))?;
            Ok((list, entries.iter().map(name).collect::<Result<_>>()?))
        })
        .collect()
}

impl Kind {
    /// All its names.
    pub(super) fn names(&self, names: &Names) -> Result<BTreeSet<String>> {
        let mut all = BTreeSet::new();
        for list in self.lists {
            all.extend(names.get(*list).with_context(|| format!("the catalogue has no {list}"))?.iter().cloned());
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_names_and_none_twice() {
        for client in &CRATES {
            let lists = load(client).unwrap();
            for kind in client.kinds {
                let count: usize = kind.lists.iter().map(|list| lists[*list].len()).sum();
                assert_eq!(kind.names(&lists).unwrap().len(), count, "{} {}", client.name, kind.name);
                assert!(count > 0);
            }
        }
    }
}
