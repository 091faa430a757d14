//! The answers to the commands of the WebSocket, as text.

use serde::Serialize;
use serde_json::{Value, json};

use super::ids::Context;
use super::services::CallError;

/// The result of a call; the services here respond nothing.
#[derive(Serialize)]
pub(super) struct Called<'a> {
    pub(super) context: &'a Context,
}

#[derive(Serialize)]
struct Success<'a, R> {
    id: u64,
    r#type: &'static str,
    success: bool,
    result: &'a R,
}

/// What a command gave.
pub(super) fn success(id: u64, result: &impl Serialize) -> String {
    serde_json::to_string(&Success { id, r#type: "result", success: true, result }).unwrap_or_default()
}

/// Why a command gave nothing.
pub(super) fn error(id: &Value, fault: &CallError) -> String {
    let (code, message) = (json!(fault.code), json!(fault.message));
    let translation = fault.translation.as_ref().map_or_else(String::new, |(key, words)| {
        format!(r#","translation_key":"{key}","translation_placeholders":{words},"translation_domain":"homeassistant""#)
    });
    let error = format!(r#"{{"code":{code},"message":{message}{translation}}}"#);
    format!(r#"{{"id":{id},"type":"result","success":false,"error":{error}}}"#)
}
