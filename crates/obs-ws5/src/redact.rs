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

/// The address of a streaming server without its login and its query, which hold secrets where they are.
#[must_use]
pub fn address(text: &str) -> String {
    let (shown, query) = text.split_once('?').map_or((text, ""), |(address, _)| (address, "?[redacted]"));
    let Some((scheme, rest)) = shown.split_once("://") else { return format!("{shown}{query}") };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://[redacted]@{host}{path}{query}"),
        None => format!("{scheme}://{rest}{query}"),
    }
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
                } else if name == "server"
                    && let Value::String(text) = value
                {
                    *text = address(text);
                } else {
                    walk(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(walk),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_server_keeps_its_login_to_itself() {
        let shown = value(
            json!({"streamServiceSettings": {"server": "rtmp://u:x1y2@h:1935/app?streamkey=x1y2", "key": "x1y2"}}),
        );
        let settings = &shown["streamServiceSettings"];
        assert_eq!(settings["server"], "rtmp://[redacted]@h:1935/app?[redacted]");
        assert_eq!(settings["key"], "[redacted]");
        for plain in ["rtmp://live.twitch.tv/app", "auto", "srt://h:9000/a@b", ""] {
            assert_eq!(address(plain), plain);
        }
    }
}
