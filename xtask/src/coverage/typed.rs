//! The names that a crate has types for, as its source says.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, Result, bail};
use bytes::BytesMut;
use ifbus_link::Codec as _;

use super::catalogue::{Client, Kind, Names, Typed};
use crate::cargo;

/// The names of the catalogue that have types.
///
/// # Errors
/// A type whose name the catalogue does not have, and no types at all: then it is this module that no longer fits the source.
pub(super) fn names(client: &Client, kind: &Kind, lists: &Names) -> Result<BTreeSet<String>> {
    let catalogue = kind.names(lists)?;
    let (found, strict) = match kind.typed {
        Typed::Requests(folder) => (scan(folder, request)?, true),
        Typed::Events(file) => (scan(file, event)?, true),
        // Other text is borrowed as well.
        Typed::Commands(folder) => (scan(folder, |line| quoted_after(line, "Cow::Borrowed("))?, false),
        Typed::Functions(folder) => (scan(folder, function)?, true),
        Typed::Generated(file) => (scan(file, generated)?, false),
        Typed::Listed(file, list) => (listed(file, list)?, true),
        Typed::Linked(file) => (linked(file, kind)?, true),
        Typed::Activators => (activators(lists)?, true),
    };
    let mut typed = BTreeSet::new();
    for found in found {
        let before = typed.len();
        typed.extend(catalogue.iter().filter(|name| fits(name, &found)).cloned());
        if strict && typed.len() == before && !catalogue.iter().any(|name| fits(name, &found)) {
            bail!("{}: {found} is typed, but no name of the {} in the catalogue", client.name, kind.name);
        }
    }
    if typed.is_empty() {
        bail!("{}: no type was found for any of the {}", client.name, kind.name);
    }
    Ok(typed)
}

/// What `find` finds in the lines of a file, or of all files below a folder; comments and tests are passed over.
fn scan(path: &str, find: fn(&str) -> Option<&str>) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for text in sources(&cargo::root().join(path))? {
        let code = text.lines().take_while(|line| *line != "#[cfg(test)]").map(str::trim);
        found.extend(code.filter(|line| !line.starts_with("//")).filter_map(find).map(str::to_owned));
    }
    Ok(found)
}

fn sources(path: &Path) -> Result<Vec<String>> {
    let context = || path.display().to_string();
    if path.is_file() {
        return Ok(vec![fs::read_to_string(path).with_context(context)?]);
    }
    let mut texts = Vec::new();
    for entry in fs::read_dir(path).with_context(context)? {
        let path = entry?.path();
        if path.is_dir() || path.extension().is_some_and(|extension| extension == "rs") {
            texts.extend(sources(&path)?);
        }
    }
    Ok(texts)
}

/// `StartRecord` of `StartRecord -> Accepted {}`.
fn request(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once(" -> ")?;
    (is_name(name) && rest.contains('{')).then_some(name)
}

/// `ExitStarted` of `ExitStarted: GENERAL {}`.
fn event(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once(": ")?;
    let (intent, _) = rest.split_once(" {")?;
    let is_constant = !intent.is_empty() && intent.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    (is_name(name) && is_constant).then_some(name)
}

/// `Cut` of `Raw::new("Cut")`, `Stinger{number}` of `Raw::new(format!("Stinger{number}"))`.
fn function(line: &str) -> Option<&str> {
    quoted_after(line, "Raw::new(").or_else(|| quoted_after(line, "Raw::new(format!("))
}

/// `AGI` of `AGI = "AGI" -> Response {`, `CLONE` of `CloneEvent = "CLONE" {`.
fn generated(line: &str) -> Option<&str> {
    let (kind, _) = line.split_once(" = ")?;
    (is_name(kind) && line.contains('{')).then(|| quoted_after(line, " = ")).flatten()
}

/// The literals of a list of names, one in each line.
fn listed(file: &str, list: &str) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(cargo::root().join(file)).with_context(|| file.to_owned())?;
    let begin = format!("pub const {list}: ");
    let lines = text.lines().skip_while(|line| !line.starts_with(&begin)).take_while(|line| *line != "];");
    Ok(lines.filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",").map(str::to_owned)).collect())
}

/// The names with links in the table whose heading ends the kind's name.
fn linked(file: &str, kind: &Kind) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(cargo::root().join(file)).with_context(|| file.to_owned())?;
    let of = match kind.name {
        "console commands" => " commands of the console ",
        "messages" => " messages of the engine ",
        _ => " commands of the external module protocol ",
    };
    let rows = text.lines().skip_while(|line| !(line.starts_with("**") && line.contains(of))).skip(1);
    let rows = rows.take_while(|line| !line.starts_with("**")).filter(|row| row.contains("](crate::"));
    Ok(rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next().map(str::to_owned)).collect())
}

/// The literal that stands straight after `before`.
fn quoted_after<'a>(line: &'a str, before: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(before)?;
    rest.strip_prefix('"')?.split('"').next()
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a name is what was found, where `{…}` stands for a number.
fn fits(name: &str, found: &str) -> bool {
    let Some((before, rest)) = found.split_once('{') else { return name == found };
    let Some((_, after)) = rest.split_once('}') else { return false };
    let number = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The activators that the client reads into a change of the show.
fn activators(lists: &Names) -> Result<BTreeSet<String>> {
    let mut typed = BTreeSet::new();
    for (list, line) in [("activators", " 1 0"), ("global activators", " 0")] {
        for name in lists.get(list).into_iter().flatten() {
            let mut bytes = BytesMut::from(format!("ACTS OK {name}{line}\r\n").as_bytes());
            let mut codec = vmix_api::Codec::new(vmix_api::Limits::default());
            let frame = codec.decode(&mut bytes).ok().flatten().with_context(|| format!("ACTS OK {name}"))?;
            if let Some(vmix_api::Event::Act(act)) = vmix_api::Event::pushed(&frame)
                && act.change() != vmix_api::Change::Other
            {
                typed.insert(name.clone());
            }
        }
    }
    Ok(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_found() {
        assert_eq!(request("StartRecord -> Accepted {}"), Some("StartRecord"));
        assert_eq!(request("pub fn start(&self) -> Result<(), Error> {"), None);
        assert_eq!(event("ExitStarted: GENERAL {}"), Some("ExitStarted"));
        assert_eq!(event("output_state: OutputState,"), None);
        assert_eq!(function(r#"Cut() = Raw::new("Cut"); input, mix"#), Some("Cut"));
        assert_eq!(function(r#"Stinger(number: u8) = Raw::new(format!("Stinger{number}"));"#), Some("Stinger{number}"));
        assert_eq!(function("Effect(name: impl Into<String>) = Raw::new(name);"), None);
    }

    #[test]
    fn number_stands_for_a_number_only() {
        assert!(fits("Stinger8", "Stinger{number}"));
        assert!(!fits("Stinger", "Stinger{number}"));
        assert!(!fits("OverlayInput1In", "OverlayInput{channel}"));
        assert!(fits("OverlayInput1In", "OverlayInput{channel}In"));
    }
}
