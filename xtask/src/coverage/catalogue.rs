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
    /// What vmix-api reads into a `Change`.
    Activators,
}

pub(super) const CRATES: [Client; 3] = [
    Client {
        name: "obs-ws5",
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
        kinds: &[
            Kind { name: "functions", lists: &["functions"], typed: Typed::Functions("crates/vmix-api/src/request") },
            Kind { name: "commands", lists: &["commands"], typed: Typed::Commands("crates/vmix-api/src/request") },
            Kind { name: "activators", lists: &["activators", "global activators"], typed: Typed::Activators },
        ],
        simulator_tests: &["sim::", "faults::", "http::"],
        variable: "VMIX_ADDRESS",
        server: None,
    },
    Client {
        name: "ha-client",
        kinds: &[Kind {
            name: "commands",
            lists: &["commands"],
            typed: Typed::Commands("crates/ha-client/src/request"),
        }],
        simulator_tests: &["sim::", "faults::", "rest::"],
        variable: "IFBUS_HA",
        server: Some("homeassistant"),
    },
];

/// The lists of a catalogue by their names.
pub(super) type Names = BTreeMap<String, Vec<String>>;

/// Reads the catalogue of a client.
pub(super) fn load(client: &str) -> Result<Names> {
    let path = cargo::root().join("xtask/catalogues").join(format!("{client}.json"));
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut lists: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text)?;
    // Where the names are from, for people.
    lists.remove("from");
    lists.into_iter().map(|(name, list)| Ok((name, serde_json::from_value(list)?))).collect()
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
            let lists = load(client.name).unwrap();
            for kind in client.kinds {
                let count: usize = kind.lists.iter().map(|list| lists[*list].len()).sum();
                assert_eq!(kind.names(&lists).unwrap().len(), count, "{} {}", client.name, kind.name);
                assert!(count > 0);
            }
        }
    }
}
