//! JSON and MessagePack as obs-websocket writes them: keys sorted, floats in the shortest form with a point.

use serde_json::{Map, Value};
use tokio_tungstenite::tungstenite::Message;

use super::msgpack;
use super::session::Close;

/// How a session's messages are written. Chosen by the WebSocket subprotocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Encoding {
    Json,
    MsgPack,
}

impl Encoding {
    /// The first name in the client's list that the server knows.
    pub(super) fn choose(offered: &str) -> Option<(Self, &'static str)> {
        offered.split(',').find_map(|name| match name.trim() {
            "obswebsocket.json" => Some((Self::Json, "obswebsocket.json")),
            "obswebsocket.msgpack" => Some((Self::MsgPack, "obswebsocket.msgpack")),
            _ => None,
        })
    }

    pub(super) fn encode(self, value: &Value) -> Message {
        match self {
            Self::Json => {
                let mut text = String::new();
                write_json(&mut text, value);
                Message::text(text)
            }
            Self::MsgPack => {
                let mut bytes = Vec::new();
                msgpack::write(&mut bytes, value);
                Message::binary(bytes)
            }
        }
    }

    pub(super) fn decode(self, message: &Message) -> Result<Value, Close> {
        match (self, message) {
            (Self::Json, Message::Text(text)) => serde_json::from_str(text).map_err(|e| json_error(text, &e)),
            (Self::MsgPack, Message::Binary(bytes)) => {
                msgpack::read(bytes).map_err(|e| Close::new(4002, format!("Unable to decode MsgPack: {e}")))
            }
            (Self::Json, _) => {
                Err(Close::new(4002, "Your session encoding is set to Json, but a binary message was received."))
            }
            (Self::MsgPack, _) => {
                Err(Close::new(4002, "Your session encoding is set to MsgPack, but a text message was received."))
            }
        }
    }
}

/// The words of the parser of the real server, as far as they can be told from here.
fn json_error(text: &str, error: &serde_json::Error) -> Close {
    let (line, column) = (error.line().max(1), error.column());
    let (column, what) = if text.is_empty() {
        (1, "attempting to parse an empty input; check that your input string or stream contains the expected JSON")
    } else if error.is_eof() {
        (column + 1, "syntax error while parsing object key - unexpected end of input; expected string literal")
    } else {
        (column + 1, "syntax error while parsing value - invalid literal")
    };
    let at = format!("[json.exception.parse_error.101] parse error at line {line}, column {column}: {what}");
    Close::new(4002, format!("Unable to decode Json: {at}"))
}

fn write_json(out: &mut String, value: &Value) {
    match value {
        Value::Number(n) if n.is_f64() => match n.as_f64() {
            Some(f) => write_float(out, f),
            None => out.push_str("null"),
        },
        Value::Array(list) => {
            out.push('[');
            for (i, item) in list.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_json(out, item);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (i, (key, item)) in sorted(map).into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key).to_string());
                out.push(':');
                write_json(out, item);
            }
            out.push('}');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

/// A map in alphabetical order, whatever order serde_json was built to keep.
pub(super) fn sorted(map: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut pairs: Vec<_> = map.iter().map(|(k, v)| (k.as_str(), v)).collect();
    pairs.sort_unstable_by_key(|(k, _)| *k);
    pairs
}

/// Plain digits for 1e-4 up to 1e15, an exponent of at least two digits and with its sign beyond.
fn write_float(out: &mut String, f: f64) {
    if f == 0.0 {
        out.push_str(if f.is_sign_negative() { "-0.0" } else { "0.0" });
        return;
    }
    let shortest = format!("{f:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..15).contains(&exponent) {
        let plain = f.to_string();
        out.push_str(&plain);
        if !plain.contains('.') {
            out.push_str(".0");
        }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("{mantissa}e{sign}{:02}", exponent.abs()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(v: &Value) -> String {
        let mut out = String::new();
        write_json(&mut out, v);
        out
    }

    #[test]
    fn floats_look_like_the_real_ones() {
        let seen = ["0.0", "-0.0", "1.0", "-6.020600318908691", "9.999999747378752e-06", "5e-324", "0.0001", "20.0"];
        for s in seen {
            let f: f64 = s.parse().unwrap();
            assert_eq!(text(&json!(f)), s);
        }
        assert_eq!(text(&json!(885_858_041_856.0)), "885858041856.0");
        assert_eq!(text(&json!(1.5e300)), "1.5e+300");
    }

    #[test]
    fn keys_are_sorted_and_text_is_raw() {
        assert_eq!(text(&json!({"b": "é\n\u{1}", "a": [1, null]})), "{\"a\":[1,null],\"b\":\"é\\n\\u0001\"}");
    }
}
