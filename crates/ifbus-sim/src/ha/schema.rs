//! The words in which Home Assistant refuses what it was sent: Python's way to write a value, and its checks.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// An object with its keys in the order in which they came.
pub(super) struct Pairs(pub(super) Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Pairs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// A value as Python's `repr` writes it.
pub(super) fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(n) => n.to_string(),
        Value::String(s) => repr_str(s),
        Value::Array(list) => format!("[{}]", list.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => repr_pairs(map.iter()),
    }
}

/// An object as Python writes a dict.
pub(super) fn repr_pairs<'a>(pairs: impl Iterator<Item = (&'a String, &'a Value)>) -> String {
    let pairs: Vec<_> = pairs.map(|(k, v)| format!("{}: {}", repr_str(k), repr(v))).collect();
    format!("{{{}}}", pairs.join(", "))
}

fn repr_str(s: &str) -> String {
    let quote = if s.contains('\'') && !s.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in s.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

pub(super) fn missing(key: &str) -> String {
    format!("required key not provided @ data['{key}']. Got None")
}

pub(super) fn extra(key: &str, value: &Value) -> String {
    format!("extra keys not allowed @ data['{key}']. Got {}", repr(value))
}

pub(super) fn expected(what: &str, key: &str, value: &Value) -> String {
    format!("expected {what} for dictionary value @ data['{key}']. Got {}", repr(value))
}

/// Whether text is an entity id: two words of `a-z`, `0-9` and single inner underscores, with a dot between.
pub(super) fn is_entity_id(text: &str) -> bool {
    let word = |word: &str| {
        // A letter or a digit must stand before each underscore, and at the end.
        let mut solid = false;
        let fits = word.bytes().all(|b| {
            let before = std::mem::replace(&mut solid, b != b'_');
            b.is_ascii_lowercase() || b.is_ascii_digit() || (b == b'_' && before)
        });
        fits && solid
    };
    text.split_once('.').is_some_and(|(domain, object)| word(domain) && word(object))
}

/// The entity ids that a string with commas or a list gives; `None` if one of them is none.
pub(super) fn entity_ids(value: &Value) -> Option<Vec<String>> {
    let words: Vec<String> = match value {
        Value::String(s) => s.split(',').map(|w| w.trim().to_lowercase()).collect(),
        Value::Array(list) => list.iter().map(|v| v.as_str().map(str::to_lowercase)).collect::<Option<_>>()?,
        _ => return None,
    };
    words.iter().all(|w| is_entity_id(w)).then_some(words)
}
