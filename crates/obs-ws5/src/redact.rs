//! What must not be seen: in Debug output, logs, recordings.

use serde_json::Value;

/// Fields whose values are secrets, or together with another one betray a secret; `imageData` is what the screen shows.
const SECRET: [&str; 8] =
    ["authentication", "challenge", "salt", "key", "password", "bearer_token", "imageData", "stream_key"];

/// Whether the value of a field of this name is a secret, or betrays one.
#[must_use]
pub fn is_secret(field: &str) -> bool {
    SECRET.contains(&field)
}

/// The tree with every secret replaced.
pub(crate) fn value(mut tree: Value) -> Value {
    walk(&mut tree);
    tree
}

fn walk(tree: &mut Value) {
    match tree {
        Value::Object(fields) => {
            for (name, value) in fields {
                if is_secret(name) && !value.is_null() {
                    *value = Value::String("[redacted]".to_owned());
                } else {
                    walk(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(walk),
        _ => {}
    }
}
