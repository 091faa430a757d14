//! What differs from run to run is masked, so that what must not differ can be compared.
//!
//! Identifiers and times are numbered within a line: two that are equal stay equal, and two that differ still differ.

use serde_json::Value;

/// Fields whose value is an accident of the run, and what stands for it.
const ACCIDENTS: [(&str, &str); 12] = [
    ("challenge", "<secret>"),
    ("salt", "<secret>"),
    ("access_token", "<secret>"),
    ("entity_picture", "<secret>"),
    ("outputPath", "<path>"),
    ("recordDirectory", "<path>"),
    ("outputBytes", "<counter>"),
    ("outputDuration", "<counter>"),
    ("outputTimecode", "<counter>"),
    ("outputTotalFrames", "<counter>"),
    ("obsVersion", "<version>"),
    ("obsStudioVersion", "<version>"),
];

/// Fields that hold a time as seconds since 1970.
const SECONDS: [&str; 2] = ["lc", "lu"];

/// Masks one line.
pub(super) fn mask(line: &Value) -> Value {
    Masker::default().value(line)
}

#[derive(Default)]
struct Masker {
    ids: Vec<String>,
    times: Vec<String>,
}

impl Masker {
    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), self.field(name, value))).collect()
            }
            Value::Array(list) => list.iter().map(|one| self.value(one)).collect(),
            Value::String(text) if is_id(text) => number("id", &mut self.ids, text),
            Value::String(text) if is_time(text) => number("time", &mut self.times, text),
            other => other.clone(),
        }
    }

    fn field(&mut self, name: &str, value: &Value) -> Value {
        if value.is_null() {
            return Value::Null;
        }
        if let Some((_, stands)) = ACCIDENTS.iter().find(|(accident, _)| *accident == name) {
            return Value::from(*stands);
        }
        if SECONDS.contains(&name) && value.is_number() {
            return number("time", &mut self.times, &value.to_string());
        }
        self.value(value)
    }
}

fn number(what: &str, known: &mut Vec<String>, text: &str) -> Value {
    let place = known.iter().position(|one| one == text).unwrap_or_else(|| {
        known.push(text.to_owned());
        known.len() - 1
    });
    Value::from(format!("<{what} {}>", place + 1))
}

/// A UUID with or without its dashes, or a ULID.
fn is_id(text: &str) -> bool {
    let is_hex = |letter: char| letter.is_ascii_hexdigit() || letter == '-';
    match text.len() {
        26 => {
            text.starts_with('0') && text.chars().all(|letter| letter.is_ascii_digit() || letter.is_ascii_uppercase())
        }
        32 | 36 => text.chars().all(is_hex),
        _ => false,
    }
}

/// A time as Home Assistant writes it.
fn is_time(text: &str) -> bool {
    let letters: Vec<_> = text.bytes().collect();
    letters.len() >= 20
        && [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':')].iter().all(|(at, wanted)| letters.get(*at) == Some(wanted))
        && letters.iter().take(4).all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_ones_stay_equal() {
        let line = json!({"context": {"id": "01M82SM0BFR5FDWJKZF9FCS4F7", "parent_id": null},
            "other": ["01M82SM0BFR5FDWJKZF9FCS4F7", "01M82SM03AYH7R6KRGHDTYAYG1", "d7a1ad23-bd74-fc0b-5707-c97c2a91dca0"],
            "at": "2026-11-22T23:31:48.719796+00:00", "lc": 1795390299.144588, "lu": 1795390299.144588});
        let wanted = json!({"context": {"id": "<id 1>", "parent_id": null}, "other": ["<id 1>", "<id 2>", "<id 3>"],
            "at": "<time 1>", "lc": "<time 2>", "lu": "<time 2>"});
        assert_eq!(mask(&line), wanted);
    }

    #[test]
    fn what_is_no_accident_is_kept() {
        let line = json!({"step": "Scene", "outputPath": null, "outputActive": true, "n": 2.5, "text": "2026-11-22"});
        assert_eq!(mask(&line), line);
        assert_eq!(mask(&json!({"outputPath": "/tmp/x.mkv", "n": 1.0})), json!({"outputPath": "<path>", "n": 1.0}));
    }
}
