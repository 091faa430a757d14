//! The REST API, and the way to the WebSocket.

use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::ids::Context;
use super::services::{self, CallError};
use super::store::State;
use super::{Shared, schema, ws};
use crate::http::{self, Head, Trouble};
use crate::net::SimStream;

const MAX_BODY: usize = 16 * 1024 * 1024;
/// How long a connection may be idle.
const IDLE: Duration = Duration::from_secs(75);
const AGENT: &str = "Python/3.13 aiohttp/3.13.3";

/// An answer: status line tail, content type, further headers, body.
struct Answer {
    status: &'static str,
    kind: &'static str,
    headers: String,
    body: String,
}

impl Answer {
    fn json(status: &'static str, body: impl Into<String>) -> Self {
        Self { status, kind: "application/json", headers: String::new(), body: body.into() }
    }

    fn ok(body: impl Into<String>) -> Self {
        Self::json("200 OK", body)
    }

    fn message(status: &'static str, message: &str) -> Self {
        Self::json(status, json!({"message": message}).to_string())
    }

    /// What the framework itself says: `404: Not Found`.
    fn plain(status: &'static str) -> Self {
        let body = status.replacen(' ', ": ", 1);
        Self { status, kind: "text/plain; charset=utf-8", headers: String::new(), body }
    }

    fn not_allowed(allow: &str) -> Self {
        Self { headers: format!("Allow: {allow}\r\n"), ..Self::plain("405 Method Not Allowed") }
    }

    fn trouble() -> Self {
        Self {
            body: "500 Internal Server Error\n\nServer got itself in trouble".to_owned(),
            ..Self::plain("500 Internal Server Error")
        }
    }

    /// An unhandled exception names the server and ends the connection.
    fn closes(&self) -> bool {
        self.status.starts_with("500")
    }

    fn head(&self) -> String {
        let Self { status, kind, headers, body } = self;
        let length = body.len();
        let tail = if self.closes() { format!("Server: {AGENT}\r\nConnection: close") } else { "Server: ".to_owned() };
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{headers}Content-Length: {length}\r\n{tail}")
    }
}

pub(super) async fn serve(shared: Arc<Shared>, mut stream: SimStream) {
    let mut buf = Vec::new();
    let mut stopping = shared.stopping.subscribe();
    loop {
        let head = tokio::select! {
            head = timeout(IDLE, http::read_head(&mut stream, &mut buf)) => head,
            _ = stopping.changed() => return,
        };
        let head = match head {
            Ok(Ok(head)) => head,
            Ok(Err(Trouble::Malformed)) => {
                let head = format!(
                    "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 11\r\n\
                     Server: {AGENT}"
                );
                let _ = http::send(&mut stream, &head, b"Bad Request").await;
                return;
            }
            Ok(Err(Trouble::Closed)) | Err(_) => return,
        };
        if head.path() == "/api/websocket"
            && let Some(key) = head.websocket_key()
        {
            let accept = derive_accept_key(key.as_bytes());
            let answer = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\
                 Sec-WebSocket-Accept: {accept}\r\nServer: {AGENT}"
            );
            if http::send(&mut stream, &answer, b"").await.is_ok() {
                ws::serve(shared, stopping, stream, buf).await;
            }
            return;
        }
        if head.lists("expect", "100-continue") && http::send(&mut stream, "HTTP/1.1 100 Continue", b"").await.is_err()
        {
            return;
        }
        let answer = match http::read_body(&mut stream, &mut buf, &head, MAX_BODY).await {
            Ok(body) => answer(&shared, &head, &body).await,
            Err(Trouble::Malformed) => Answer::plain("413 Request Entity Too Large"),
            Err(Trouble::Closed) => return,
        };
        if shared.knobs.swallow() {
            continue;
        }
        shared.knobs.wait().await;
        let body: &[u8] = if head.method == "HEAD" { b"" } else { answer.body.as_bytes() };
        let sent = http::send(&mut stream, &answer.head(), body).await;
        if sent.is_err() || answer.closes() || head.lists("connection", "close") {
            return;
        }
    }
}

async fn answer(shared: &Arc<Shared>, head: &Head, body: &[u8]) -> Answer {
    let path = head.path();
    let decoded: Vec<String> = path
        .strip_prefix("/api/")
        .map(|rest| rest.split('/').map(|p| percent_decode_str(p).decode_utf8_lossy().into_owned()).collect())
        .unwrap_or_default();
    let parts: Vec<&str> = decoded.iter().map(String::as_str).collect();
    let allow = match parts.as_slice() {
        ["" | "config" | "components" | "events" | "services" | "states" | "websocket"] | ["core", "state"] => {
            "GET,OPTIONS"
        }
        ["states", id] if !id.is_empty() => "DELETE,GET,OPTIONS,POST",
        ["events", kind] if !kind.is_empty() => "OPTIONS,POST",
        ["services", domain, service] if !domain.is_empty() && !service.is_empty() => "OPTIONS,POST",
        // Not known comes before not allowed.
        _ => return Answer::plain("404 Not Found"),
    };
    let method = head.method.as_str();
    if method == "OPTIONS" {
        return Answer::plain("403 Forbidden");
    }
    if !allow.split(',').any(|m| m == method) {
        return Answer::not_allowed(allow);
    }
    if head.header("authorization").and_then(|v| v.strip_prefix("Bearer ")) != Some(&shared.config.token) {
        return Answer::plain("401 Unauthorized");
    }
    match (method, parts.as_slice()) {
        (_, [""]) => Answer::message("200 OK", "API running."),
        (_, ["config"]) => Answer::ok(shared.house().to_string()),
        (_, ["components"]) => Answer::ok(super::components().to_string()),
        (_, ["core", "state"]) => Answer::ok(
            r#"{"state":"RUNNING","recorder_state":{"migration_in_progress":false,"migration_is_live":false}}"#,
        ),
        (_, ["events"]) => Answer::ok(r#"[{"event":"*","listener_count":1}]"#),
        (_, ["services"]) => {
            let row = |(domain, services)| json!({"domain": domain, "services": services});
            Answer::ok(services::list().into_iter().map(row).collect::<Value>().to_string())
        }
        (_, ["states"]) => Answer::ok(shared.read(|store| {
            let states: Vec<_> = store.all().map(|s| &**s).collect();
            serde_json::to_string(&states).unwrap_or_default()
        })),
        ("GET", ["states", id]) => match shared.read(|store| store.get(id).cloned()) {
            Some(state) => Answer::ok(written(&state)),
            None => Answer::message("404 Not Found", "Entity not found."),
        },
        ("POST", ["states", id]) => set_state(shared, id, path, body),
        ("DELETE", ["states", id]) => {
            let context = Context::of_user();
            if shared.change(|store| store.remove(id, &context)) {
                Answer::message("200 OK", "Entity removed.")
            } else {
                Answer::message("404 Not Found", "Entity not found.")
            }
        }
        (_, ["events", kind]) => fire_event(shared, kind, body),
        (_, ["services", domain, service]) => call(shared, head, domain, service, body).await,
        _ => Answer::plain("400 Bad Request"),
    }
}

fn written(state: &State) -> String {
    serde_json::to_string(state).unwrap_or_default()
}

/// A body's value: null for an empty one; an error for what is no JSON.
fn parse(body: &[u8]) -> Result<Value, Answer> {
    let Ok(text) = std::str::from_utf8(body) else { return Err(Answer::trouble()) };
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(text).map_err(|_| Answer::message("400 Bad Request", "Invalid JSON specified."))
}

fn set_state(shared: &Arc<Shared>, id: &str, path: &str, body: &[u8]) -> Answer {
    let refuse = |why| Answer::message("400 Bad Request", why);
    let data = match parse(body) {
        Ok(Value::Object(data)) => data,
        Ok(_) => return refuse("State data should be a JSON object."),
        Err(answer) => return answer,
    };
    let state = match data.get("state") {
        None | Some(Value::Null) => return refuse("No state specified."),
        Some(Value::String(s)) => s.clone(),
        Some(other) => schema::repr(other),
    };
    let attributes = match data.get("attributes") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(map)) => map.clone(),
        Some(_) => return Answer::trouble(),
    };
    let force = data.get("force_update").and_then(Value::as_bool).unwrap_or(false);
    let id = id.to_lowercase();
    if !schema::is_entity_id(&id) {
        return refuse("Invalid entity ID specified.");
    }
    if state.chars().count() > 255 {
        return refuse("Invalid state specified.");
    }
    let context = Context::of_user();
    let (status, state) = shared.change(|store| {
        let status = if store.get(&id).is_some() { "200 OK" } else { "201 Created" };
        store.set(&id, &state, attributes.into(), force, &context);
        (status, store.get(&id).cloned())
    });
    let body = state.map(|s| written(&s)).unwrap_or_default();
    Answer { headers: format!("Location: {path}\r\n"), ..Answer::json(status, body) }
}

fn fire_event(shared: &Arc<Shared>, kind: &str, body: &[u8]) -> Answer {
    let data = match parse(body) {
        Ok(Value::Null) => json!({}),
        Ok(data @ Value::Object(_)) => data,
        Ok(_) => return Answer::message("400 Bad Request", "Event data should be a JSON object"),
        Err(answer) if answer.closes() => return answer,
        Err(_) => return Answer::message("400 Bad Request", "Event data should be valid JSON."),
    };
    if kind.chars().count() > 64 {
        return Answer::trouble();
    }
    shared.change(|store| store.fire(kind.to_owned(), data, "REMOTE", &Context::of_user()));
    Answer::message("200 OK", &format!("Event {kind} fired."))
}

async fn call(shared: &Arc<Shared>, head: &Head, domain: &str, service: &str, body: &[u8]) -> Answer {
    let data = match parse(body) {
        Ok(Value::Object(data)) => Arc::new(data),
        Ok(Value::Null) => Arc::default(),
        Ok(_) => return Answer::plain("400 Bad Request"),
        Err(answer) if answer.closes() => return answer,
        Err(_) => return Answer::message("400 Bad Request", "Data should be valid JSON."),
    };
    // Any value asks for it, `false` too.
    let respond = head.query().split('&').any(|p| p.split('=').next() == Some("return_response"));
    if respond && services::find(domain, service).is_some() {
        let why = "Service does not support responses. Remove return_response from request.";
        return Answer::message("400 Bad Request", why);
    }
    let context = Context::of_user();
    let mut changed = Vec::new();
    match shared.call(domain, service, &data, &context, false) {
        Err(CallError { code: "not_found", .. }) => return Answer::plain("400 Bad Request"),
        Err(fault) if fault.is_callers() => return Answer::plain("400 Bad Request"),
        Err(_) => return Answer::trouble(),
        Ok((first, later)) => {
            changed.extend(first);
            if let Some(later) = later {
                sleep(later.delay).await;
                changed.extend(shared.change(|store| services::finish(store, &later, &context)));
            }
        }
    }
    let changed: Vec<_> = changed.iter().map(|s| &**s).collect();
    Answer::ok(serde_json::to_string(&changed).unwrap_or_default())
}
