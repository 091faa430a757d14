//! Text frames to messages and back. No I/O, no clock.
//!
//! Facts from Home Assistant 2024.3 and 2026.2: a frame is one message or, once `coalesce_messages` is on, an array of them; the
//! order of the keys differs (events have their id last); the id of an error may be `null`, a string or a float.

mod outline;

use crate::json::Json;
pub use crate::redact::{is_secret, redact};
pub use ifbus_link::ws::Utf8Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A message from the server. What it carries is not decoded yet.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Message {
    /// The server's first word.
    #[non_exhaustive]
    AuthRequired {
        /// `YYYY.M.P`, with a suffix for beta and development versions; empty if absent.
        version: String,
    },
    /// The token is accepted.
    #[non_exhaustive]
    AuthOk {
        /// As in [`AuthRequired`](Self::AuthRequired).
        version: String,
    },
    /// The token is not accepted; the server closes next.
    #[non_exhaustive]
    AuthInvalid {
        /// Why, in Home Assistant's words.
        message: String,
    },
    /// The answer to a command.
    #[non_exhaustive]
    Result {
        /// The command's id; `None` where the server could not read it.
        id: Option<u64>,
        /// What it gave, or why not.
        outcome: Result<Json, Failure>,
    },
    /// Something for a subscription.
    #[non_exhaustive]
    Event {
        /// The id of the command that subscribed.
        id: u64,
        /// What happened.
        event: Json,
    },
    /// The answer to a ping.
    #[non_exhaustive]
    Pong {
        /// The ping's id.
        id: u64,
    },
    /// A message of a kind that this version does not know, whole.
    Unknown(Json),
}

/// Why a command failed, as the server says it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct Failure {
    /// `not_found`, `unauthorized`, `invalid_format`, …: an open set.
    #[serde(deserialize_with = "text")]
    pub code: String,
    /// In words. It may repeat what was sent.
    #[serde(deserialize_with = "text")]
    pub message: String,
    /// The key of a translated text, such as `service_not_found`.
    #[serde(deserialize_with = "optional_text")]
    pub translation_key: Option<String>,
}

/// A string, or whatever stands there, as JSON text.
fn text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    optional_text(from).map(Option::unwrap_or_default)
}

fn optional_text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match serde_json::Value::deserialize(from)? {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text),
        other => Some(other.to_string()),
    })
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    success: Option<bool>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    ha_version: Option<&'a RawValue>,
}

/// Gives every message of a text frame to `sink`, in order.
///
/// # Errors
/// Where the frame is no JSON: what is wrong with it.
pub fn decode(frame: Utf8Bytes, mut sink: impl FnMut(Message)) -> Result<(), String> {
    let whole = Json::whole(frame);
    if let Some(outline) = outline::event(whole.text()).filter(|outline| outline.rest.is_empty()) {
        sink(Message::Event { id: outline.id, event: whole.part(outline.event) });
        return Ok(());
    }
    if whole.text().trim_start().starts_with('[') {
        if let Some(messages) = messages(&whole) {
            messages.into_iter().for_each(sink);
            return Ok(());
        }
        // in one pass where all of them are known
        let envelopes: Option<Vec<Envelope<'_>>> = whole.borrow();
        let messages: Option<Vec<Message>> =
            envelopes.and_then(|all| all.into_iter().map(|envelope| known(&envelope, &whole)).collect());
        if let Some(messages) = messages {
            messages.into_iter().for_each(sink);
            return Ok(());
        }
        let parts: Vec<&RawValue> = serde_json::from_str(whole.text()).map_err(|error| error.to_string())?;
        for part in parts {
            sink(message(whole.part(part.get())));
        }
        return Ok(());
    }
    // one scan for both: what is no message may still be JSON, and is kept as such
    match message(whole) {
        Message::Unknown(json) => {
            let _: &RawValue = serde_json::from_str(json.text()).map_err(|error| error.to_string())?;
            sink(Message::Unknown(json));
        }
        message => sink(message),
    }
    Ok(())
}

/// The messages of an array that is written as the server writes it.
fn messages(whole: &Json) -> Option<Vec<Message>> {
    let mut messages = Vec::new();
    let mut rest = whole.text().strip_prefix('[')?;
    loop {
        if let Some(outline) = outline::event(rest) {
            messages.push(Message::Event { id: outline.id, event: whole.part(outline.event) });
            rest = outline.rest;
        } else {
            let (other, behind) = rest.split_at_checked(outline::value(rest)?)?;
            messages.push(message(whole.part(other)));
            rest = behind;
        }
        if rest == "]" {
            return Some(messages);
        }
        rest = rest.strip_prefix(',')?;
    }
}

fn message(json: Json) -> Message {
    let known = json.borrow().and_then(|envelope| known(&envelope, &json));
    known.unwrap_or(Message::Unknown(json))
}

/// The message in this envelope, which was borrowed from `json`.
fn known(envelope: &Envelope<'_>, json: &Json) -> Option<Message> {
    let words = |raw: Option<&RawValue>| raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    Some(match &*envelope.kind {
        "event" => Message::Event { id: envelope.id.and_then(lenient)?, event: json.part(envelope.event?.get()) },
        "result" => Message::Result {
            id: envelope.id.and_then(lenient),
            outcome: if envelope.success? {
                Ok(envelope.result.map(|raw| json.part(raw.get())).unwrap_or_default())
            } else {
                let raw = envelope.error.map_or("{}", RawValue::get);
                let mut failure: Failure = serde_json::from_str(raw)
                    .unwrap_or_else(|_| Failure { message: raw.to_owned(), ..Failure::default() });
                failure.message = redact(&failure.message).into_owned();
                Err(failure)
            },
        },
        "pong" => Message::Pong { id: envelope.id.and_then(lenient)? },
        "auth_required" => Message::AuthRequired { version: words(envelope.ha_version) },
        "auth_ok" => Message::AuthOk { version: words(envelope.ha_version) },
        "auth_invalid" => Message::AuthInvalid { message: redact(&words(envelope.message)).into_owned() },
        _ => return None,
    })
}

/// 7, "7" and 7.0 are 7; what is no such number is none.
fn lenient(raw: &RawValue) -> Option<u64> {
    let text = raw.get().trim_matches('"');
    let text = text.strip_suffix(".0").unwrap_or(text);
    text.parse().ok()
}

/// A command: `body` is a JSON object that has at least its `type`.
pub(crate) fn command(id: u64, body: &str) -> Utf8Bytes {
    let fields = body.strip_prefix('{').unwrap_or(body);
    format!("{{\"id\":{id},{fields}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Message> {
        let mut messages = Vec::new();
        decode(text.into(), |message| messages.push(message)).unwrap();
        messages
    }

    #[test]
    fn the_order_of_keys_does_not_matter() {
        let [Message::Event { id: 2, event }] = &all(r#"{"type":"event","event":{"a":[1, "}"]},"id":2}"#)[..] else {
            panic!()
        };
        assert_eq!(event.text(), r#"{"a":[1, "}"]}"#);
        let [Message::Event { id: 2, .. }] = &all(r#"{"id":2,"event":{},"type":"event"}"#)[..] else { panic!() };
    }

    #[test]
    fn an_array_is_many_messages_in_one_memory() {
        let frame = r#"[{"id":1,"type":"result","success":true,"result":null},{"type":"event","event":7,"id":3},{"id":4,"type":"pong"},5]"#;
        let messages = all(frame);
        assert_eq!(messages.len(), 4);
        assert!(matches!(&messages[0], Message::Result { id: Some(1), outcome: Ok(json) } if json.text() == "null"));
        assert!(matches!(&messages[1], Message::Event { id: 3, event } if event.text() == "7"));
        assert!(matches!(messages[2], Message::Pong { id: 4 }));
        assert!(matches!(&messages[3], Message::Unknown(json) if json.text() == "5"));
        assert!(all("[]").is_empty());
    }

    #[test]
    fn an_array_in_the_servers_own_form_is_read_alike() {
        let event = |n: u32| format!(r#"{{"type":"event","event":{{"n":{n}}},"id":{n}}}"#);
        let others =
            [r#"{"id":4,"type":"pong"}"#, r#"{"id":5,"type":"novelty"}"#, r#"{"type":"event","id":6,"event":[]}"#, "7"];
        let each: Vec<String> = (1..4).map(event).chain(others.map(str::to_owned)).collect();
        let alone: Vec<Message> = each.iter().flat_map(|text| all(text)).collect();
        assert!(matches!(&alone[2], Message::Event { id: 3, event } if event.text() == r#"{"n":3}"#));
        for order in 0..each.len() {
            let (mut each, mut alone) = (each.clone(), alone.clone());
            each.rotate_left(order);
            alone.rotate_left(order);
            let compact = format!("[{}]", each.join(","));
            assert!(messages(&Json::whole(compact.as_str().into())).is_some());
            assert_eq!(all(&compact), alone);
            let loose = format!(" [{} ] ", each.join(" , "));
            assert!(messages(&Json::whole(loose.as_str().into())).is_none());
            assert_eq!(all(&loose), alone);
        }
        for broken in ["[{},]", "[{}", "[{}]]", "[{}{}]", "[{},x]"] {
            let text = broken.replace("{}", &event(1));
            assert!(decode(text.as_str().into(), |_| panic!("{text}")).is_err(), "{text}");
        }
    }

    #[test]
    fn broken_ids_do_not_break_the_connection() {
        for (id, read) in
            [("null", None), ("0", Some(0)), ("\"7\"", Some(7)), ("7.0", Some(7)), ("-1", None), ("[]", None)]
        {
            let text = format!(
                r#"{{"id":{id},"type":"result","success":false,"error":{{"code":"invalid_format","message":"x","translation_placeholders":null}}}}"#
            );
            let [Message::Result { id: found, outcome: Err(failure) }] = &all(&text)[..] else { panic!("{id}") };
            assert_eq!((*found, &*failure.code, &*failure.message), (read, "invalid_format", "x"));
        }
    }

    #[test]
    fn what_is_unknown_is_kept_and_what_is_no_json_is_said() {
        for text in [r#"{"type":"novelty","x":1}"#, r#"{"type":5}"#, "{}", "3", r#"{"type":"result"}"#] {
            assert!(matches!(&all(text)[..], [Message::Unknown(json)] if json.text() == text), "{text}");
        }
        for text in ["", "hello", "[1,", "{\"type\":\"pong\",\"id\":1", "{} {}"] {
            assert!(decode(text.into(), |_| panic!()).is_err(), "{text}");
        }
        // deep nesting must not overflow the stack
        let deep = format!(r#"{{"id":1,"type":"event","event":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert!(matches!(&all(&deep)[..], [Message::Event { event, .. }] if event.value().is_null()));
    }

    #[test]
    fn an_error_of_another_shape_is_kept_as_text() {
        let [Message::Result { outcome: Err(failure), .. }] =
            &all(r#"{"id":1,"type":"result","success":false,"error":{"code":404,"message":null}}"#)[..]
        else {
            panic!()
        };
        assert_eq!((&*failure.code, &*failure.message), ("404", ""));
    }

    #[test]
    fn commands_begin_with_their_id() {
        assert_eq!(command(7, r#"{"type":"ping"}"#).as_str(), r#"{"id":7,"type":"ping"}"#);
    }
}
