//! The arguments of `originate`: quoting, variables in braces, the target and what is to become of it.

use super::channel::Goal;
use std::time::Duration;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) variables: Vec<(String, String)>,
    pub(super) endpoint: String,
}

pub(super) struct Originate {
    pub(super) target: Target,
    pub(super) goal: Goal,
    pub(super) caller: (Option<String>, Option<String>),
    pub(super) timeout: Option<Duration>,
}

/// Words between spaces; what stands between single quotes is together, the quotes stay.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.push(c);
            }
            ' ' if !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn unquoted(text: &str) -> String {
    let inner = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    inner.unwrap_or(text).replace("\\'", "'")
}

/// `{a=1,b='x y'}endpoint`. `None`: a brace is open.
pub(super) fn target(text: &str) -> Option<Target> {
    let mut rest = text;
    let mut variables = Vec::new();
    while let Some(open) = rest.chars().next().filter(|c| matches!(c, '{' | '[' | '<')) {
        let close = match open {
            '{' => '}',
            '[' => ']',
            _ => '>',
        };
        let inside = rest.strip_prefix(open)?;
        let (list, after) = inside.split_once(close)?;
        let (separator, list) = match list.strip_prefix("^^").and_then(|list| list.split_at_checked(1)) {
            Some((separator, list)) => (separator.chars().next().unwrap_or(','), list),
            None => (',', list),
        };
        for pair in split(list, separator) {
            if let Some((name, value)) = pair.split_once('=') {
                variables.push((name.trim().to_owned(), unquoted(value)));
            }
        }
        rest = after;
    }
    Some(Target { variables, endpoint: rest.to_owned() })
}

/// Parts between separators, except in quotes or behind a backslash.
fn split(list: &str, separator: char) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut quoted = false;
    let mut chars = list.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&separator) => part.extend(chars.next()),
            '\'' => {
                quoted = !quoted;
                part.push(c);
            }
            c if c == separator && !quoted => parts.push(std::mem::take(&mut part)),
            c => part.push(c),
        }
    }
    parts.push(part);
    parts
}

/// What `originate` was given. `Err`: the cause that the server would name, or nothing for its usage.
pub(super) fn originate(text: &str) -> Result<Originate, Option<&'static str>> {
    let words = words(text);
    let (Some(first), Some(second)) = (words.first(), words.get(1)) else { return Err(None) };
    // a space that is not quoted tears the braces apart, and the server dials what is left
    let whole = if first.starts_with('\'') { unquoted(first) } else { first.clone() };
    let target = target(&whole).ok_or(Some("DESTINATION_OUT_OF_ORDER"))?;
    let word = |at: usize| words.get(at).map(|word| unquoted(word)).filter(|word| word != "undef");
    let goal = match unquoted(second).strip_prefix('&') {
        Some(application) => {
            let (name, rest) = application.split_once('(').unwrap_or((application, ""));
            Goal::Application(name.to_owned(), rest.strip_suffix(')').unwrap_or(rest).to_owned())
        }
        None => Goal::Exten(
            unquoted(second),
            word(2).unwrap_or_else(|| "XML".into()),
            word(3).unwrap_or_else(|| "default".into()),
        ),
    };
    let timeout = word(6).and_then(|word| word.parse().ok()).map(Duration::from_secs);
    Ok(Originate { target, goal, caller: (word(4), word(5)), timeout })
}
