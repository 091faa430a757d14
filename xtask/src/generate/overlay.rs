//! What the catalogue of AMI does not say: `xtask/catalogues/ami-overlay.json`.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// The overlay.
#[derive(Deserialize)]
pub(super) struct Overlay {
    renames: BTreeMap<String, String>,
    skip: BTreeMap<String, Vec<String>>,
    repeated: Vec<String>,
    pub(super) defaults: BTreeMap<String, BTreeMap<String, String>>,
    plain: Vec<String>,
    types: BTreeMap<String, String>,
    action_types: BTreeMap<String, String>,
    enums: BTreeMap<String, String>,
    pub(super) variants: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) extra_values: BTreeMap<String, Vec<String>>,
    seen_values: BTreeMap<String, Vec<String>>,
    /// The end of an action's list, and its items.
    pub(super) lists: BTreeMap<String, Option<Vec<String>>>,
    pub(super) silent: Vec<String>,
    pub(super) seen_events: BTreeMap<String, Vec<String>>,
    pub(super) seen_headers: BTreeMap<String, Vec<String>>,
}

fn find<'a, T>(map: &'a BTreeMap<String, T>, owner: &str, name: &str) -> Option<&'a T> {
    map.get(&format!("{owner}.{name}")).or_else(|| map.get(name))
}

impl Overlay {
    pub(super) fn read() -> Result<Self> {
        serde_json::from_str(include_str!("../../catalogues/ami-overlay.json")).context("ami-overlay.json")
    }

    /// The Rust name of a header.
    pub(super) fn field(&self, name: &str) -> String {
        self.renames.get(name).cloned().unwrap_or_else(|| super::names::snake(name))
    }

    pub(super) fn skips(&self, owner: &str, name: &str) -> bool {
        self.skip.get(owner).is_some_and(|names| names.iter().any(|skipped| skipped == name))
    }

    pub(super) fn repeats(&self, owner: &str, name: &str) -> bool {
        self.repeated.contains(&format!("{owner}.{name}"))
    }

    /// Whether the values that the catalogue lists are no enumeration.
    pub(super) fn is_plain(&self, owner: &str, name: &str) -> bool {
        self.plain.contains(&format!("{owner}.{name}"))
    }

    pub(super) fn event_type(&self, owner: &str, name: &str) -> Option<&str> {
        find(&self.types, owner, name).map(String::as_str)
    }

    pub(super) fn action_type(&self, owner: &str, name: &str) -> Option<&str> {
        find(&self.action_types, owner, name).map(String::as_str)
    }

    pub(super) fn enum_name(&self, owner: &str, name: &str) -> String {
        find(&self.enums, owner, name).cloned().unwrap_or_else(|| super::names::structure(&format!("{owner}{name}")))
    }

    pub(super) fn seen_values(&self, owner: &str, name: &str) -> &[String] {
        self.seen_values.get(&format!("{owner}.{name}")).map(Vec::as_slice).unwrap_or_default()
    }
}
