//! `yate-extmodule`: what the protocol has, and what the crate has for it, from `catalogues/yate.json`.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::fmt::Write as _;

use super::Generated;

const CATALOGUE: &str = include_str!("../../catalogues/yate.json");

#[derive(Deserialize)]
struct Catalogue {
    commands: Vec<Entry>,
    messages: Vec<Entry>,
    console_commands: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    what: String,
    /// Paths below the crate; none: by its name.
    #[serde(default)]
    by: Vec<String>,
}

/// One table. The links are checked by rustdoc, so that what is not there cannot stand here.
fn table(out: &mut String, heading: &str, entries: &[Entry], by_name: &str) -> Result<()> {
    let typed = entries.iter().filter(|entry| !entry.by.is_empty()).count();
    writeln!(out, "\n**{typed} of {} {heading}**\n\n| name | what | by |\n|---|---|---|", entries.len())?;
    for Entry { name, what, by } in entries {
        let link = |path: &String| format!("[`{path}`](crate::{path})");
        let by = if by.is_empty() { by_name.to_owned() } else { by.iter().map(link).collect::<Vec<_>>().join(" ") };
        writeln!(out, "| `{name}` | {what} | {by} |")?;
    }
    Ok(())
}

/// The generated files.
pub(super) fn generate() -> Result<Vec<Generated>> {
    let catalogue: Catalogue = serde_json::from_str(CATALOGUE).context("catalogues/yate.json")?;
    let mut out = String::from("<!-- Written by `cargo xtask generate`: do not edit. -->\n");
    table(&mut out, "commands of the external module protocol have a method:", &catalogue.commands, "")?;
    let by_name = "by name";
    table(
        &mut out,
        "messages of the engine and its usual modules have one; any other goes by its name:",
        &catalogue.messages,
        by_name,
    )?;
    table(
        &mut out,
        "commands of the console have one; any other, also of modules, goes by its name:",
        &catalogue.console_commands,
        by_name,
    )?;
    Ok(vec![("crates/yate-extmodule/src/coverage.md", out)])
}
