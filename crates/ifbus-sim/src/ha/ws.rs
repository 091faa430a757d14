//! One WebSocket session: login, and then commands and events until somebody closes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval_at, sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use super::commands::{self, Command};
use super::compressed;
use super::ids::Context;
use super::results::{Called, error, success};
use super::schema::{missing, repr};
use super::services::{self, CallError};
use super::store::Event;
use super::subscriptions::{Filter, Subscription, What};
use super::{BACKLOG, Shared};
use crate::goodbye;
use crate::net::SimStream;
use crate::outbox::Outbox;

/// A message of this size and above is refused.
const MAX_MESSAGE: usize = 4 * 1024 * 1024 - 1;
const GOODBYE: Duration = Duration::from_secs(10);
/// How often a client that does not read is looked at.
const PATIENCE: Duration = Duration::from_millis(20);
const HEARTBEAT: Duration = Duration::from_secs(55);
/// Calls under way in one session; beyond that it stops reading.
const MAX_JOBS: usize = 256;
/// What one coalesced message holds at most.
const MAX_COALESCED: usize = 4096;

/// Text on its way out, and the subscription that hears events from then on.
struct Out {
    text: String,
    opens: Option<u64>,
}

struct Session {
    shared: Arc<Shared>,
    ws: WebSocketStream<SimStream>,
    stopping: watch::Receiver<()>,
    /// Only while there are subscriptions.
    events: Option<broadcast::Receiver<Arc<Event>>>,
    outbox: Outbox<Out>,
    calls: JoinSet<String>,
    subscriptions: BTreeMap<u64, Subscription>,
    last_id: u64,
    coalesce: bool,
}

pub(super) async fn serve(shared: Arc<Shared>, stopping: watch::Receiver<()>, stream: SimStream, rest: Vec<u8>) {
    let config = WebSocketConfig::default()
        .read_buffer_size(crate::http::READ_BUFFER)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
        .accept_unmasked_frames(true);
    let ws = WebSocketStream::from_partially_read(stream, rest, Role::Server, Some(config)).await;
    let mut session = Session {
        ws,
        stopping,
        events: None,
        outbox: Outbox::new(shared.knobs.clone()),
        calls: JoinSet::new(),
        subscriptions: BTreeMap::new(),
        last_id: 0,
        coalesce: false,
        shared,
    };
    let code = if session.login().await { session.run().await } else { Some(1000) };
    if let Some(code) = code {
        goodbye::close(session.ws, code, "", GOODBYE).await;
    }
}

impl Session {
    async fn login(&mut self) -> bool {
        let version = self.shared.config.version;
        let hello = format!(r#"{{"type":"auth_required","ha_version":"{version}"}}"#);
        if self.send(hello).await.is_err() {
            return false;
        }
        let limit = self.shared.config.auth_time;
        let Ok(Some(Ok(Message::Text(text)))) = timeout(limit, self.ws.next()).await else { return false };
        let Ok(message) = serde_json::from_str::<Value>(&text) else { return false };
        let refusal = match auth_fault(&message) {
            Some(fault) => format!("Auth message incorrectly formatted: {fault}"),
            None if message.get("access_token").and_then(Value::as_str) == Some(&self.shared.config.token) => {
                let text = format!(r#"{{"type":"auth_ok","ha_version":"{version}"}}"#);
                return self.send(text).await.is_ok();
            }
            None => "Invalid access token or password".to_owned(),
        };
        let refusal = json!(refusal);
        let _ = self.send(format!(r#"{{"type":"auth_invalid","message":{refusal}}}"#)).await;
        false
    }

    /// Runs until the end; the code to close with, `None` if the client has closed or gone.
    async fn run(&mut self) -> Option<u16> {
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        loop {
            let busy = self.outbox.is_full() || self.calls.len() >= MAX_JOBS;
            // Events first: those that a call made come before its result.
            let mut ready = Vec::new();
            tokio::select! {
                biased;
                event = heard(&mut self.events) => match event {
                    Ok(event) => self.hear(&event, &mut ready),
                    Err(_) => return Some(1000),
                },
                _ = self.stopping.changed() => return Some(1000),
                out = self.outbox.next() => self.leave(out, &mut ready),
                Some(Ok(text)) = self.calls.join_next(), if !self.calls.is_empty() => self.reply(text),
                _ = heartbeat.tick() => self.ws.send(Message::Ping(Default::default())).await.ok()?,
                message = self.ws.next(), if !busy => match message {
                    Some(Ok(Message::Text(text))) => {
                        if !self.on_text(&text) {
                            return Some(1000);
                        }
                    }
                    Some(Ok(Message::Binary(bytes))) if bytes.is_empty() => return Some(1000),
                    Some(Ok(_)) => {}
                    Some(Err(WsError::Capacity(CapacityError::MessageTooLong { .. }))) => return Some(goodbye::TOO_LARGE),
                    Some(Err(WsError::Utf8(_))) => return Some(1007),
                    Some(Err(WsError::Protocol(_))) => return Some(1002),
                    None | Some(Err(_)) => return None,
                },
            }
            if self.coalesce {
                let goes_on = self.gather(&mut ready);
                match ready.len() {
                    0 => {}
                    1 => self.send(ready.concat()).await.ok()?,
                    _ => self.send(format!("[{}]", ready.join(","))).await.ok()?,
                }
                if !goes_on {
                    return Some(1000);
                }
            } else {
                for text in ready {
                    self.send(text).await.ok()?;
                }
            }
        }
    }

    /// Takes along whatever else could leave now; whether the session goes on.
    fn gather(&mut self, ready: &mut Vec<String>) -> bool {
        while ready.len() < MAX_COALESCED {
            match self.events.as_mut().map_or(Err(TryRecvError::Empty), broadcast::Receiver::try_recv) {
                Ok(event) => self.hear(&event, ready),
                Err(TryRecvError::Empty) => match self.outbox.ready() {
                    Some(out) => self.leave(out, ready),
                    None => return true,
                },
                Err(_) => return false,
            }
        }
        true
    }

    /// Sends; gives up on a client that does not read while more events gather than a session may have waiting.
    async fn send(&mut self, text: String) -> Result<(), WsError> {
        let sending = self.ws.send(Message::text(text));
        tokio::pin!(sending);
        loop {
            tokio::select! {
                biased;
                sent = &mut sending => return sent,
                () = sleep(PATIENCE) => {
                    if self.events.as_ref().is_some_and(|events| events.len() >= BACKLOG) {
                        return Err(WsError::ConnectionClosed);
                    }
                }
            }
        }
    }

    fn hear(&mut self, event: &Event, ready: &mut Vec<String>) {
        for (id, subscription) in &self.subscriptions {
            let Some(text) = subscription.hear(*id, event) else { continue };
            // Triggers run on their own, and are heard of after the result of what set them off.
            if subscription.live && !matches!(subscription.what, What::Triggers(_)) {
                ready.push(text);
            } else {
                self.outbox.follow(Out { text, opens: None });
            }
        }
    }

    fn leave(&mut self, out: Out, ready: &mut Vec<String>) {
        if let Some(subscription) = out.opens.and_then(|id| self.subscriptions.get_mut(&id)) {
            subscription.live = true;
        }
        if !out.text.is_empty() {
            ready.push(out.text);
        }
    }

    fn reply(&mut self, text: String) {
        self.outbox.reply(Out { text, opens: None });
    }

    /// Takes a message; whether the session goes on.
    fn on_text(&mut self, text: &str) -> bool {
        let list = text.trim_ascii_start().starts_with('[').then(|| serde_json::from_str::<Vec<&RawValue>>(text));
        let Some(Ok(list)) = list else {
            let message = serde_json::from_str(text);
            // What cannot be kept may be JSON all the same: a number beyond all bounds, half of a pair of surrogates.
            let is_json = message.is_ok() || serde_json::from_str::<&RawValue>(text).is_ok();
            if is_json {
                self.on_command(message.ok(), text);
            }
            return is_json;
        };
        for raw in list {
            self.on_command(serde_json::from_str(raw.get()).ok(), raw.get());
            // The real one cuts a client that has more replies than that to come, and sends it none of them.
            if self.outbox.len() > BACKLOG {
                return false;
            }
        }
        true
    }

    fn on_command(&mut self, message: Option<Value>, text: &str) {
        let wrong = |code| CallError { code, message: "Message incorrectly formatted.".to_owned(), translation: None };
        let Some(Value::Object(mut map)) = message else {
            return self.reply(error(&json!(0), &wrong("invalid_format")));
        };
        let given = map.get("id").cloned().unwrap_or_default();
        let (Some(id), Some(Value::String(kind))) = (given.as_u64().filter(|id| *id > 0), map.remove("type")) else {
            return self.reply(error(&given, &wrong("invalid_format")));
        };
        if id <= self.last_id {
            let message = "Identifier values have to increase.".to_owned();
            return self.reply(error(&given, &CallError { message, ..wrong("id_reuse") }));
        }
        match commands::read(self.shared.config.version, &kind, map, text) {
            // A type that is not known leaves its id free.
            None => {
                let message = "Unknown command.".to_owned();
                self.reply(error(&given, &CallError { message, ..wrong("unknown_command") }));
            }
            Some(command) => {
                self.last_id = id;
                match command {
                    Ok(command) => self.run_command(id, command),
                    Err(fault) => self.reply(error(&given, &fault)),
                }
            }
        }
    }

    fn run_command(&mut self, id: u64, command: Command) {
        let text = match command {
            Command::Ping => format!(r#"{{"id":{id},"type":"pong"}}"#),
            Command::GetStates => self.shared.read(|store| success(id, &store.all().collect::<Vec<_>>())),
            Command::GetConfig => success(id, &self.shared.house()),
            Command::GetServices => success(id, &services::list()),
            Command::CurrentUser => success(id, &commands::current_user()),
            Command::ExtractFromTarget(target) => success(id, &commands::extracted(&target)),
            Command::SupportedFeatures { coalesce } => {
                self.coalesce = coalesce;
                success(id, &())
            }
            Command::FireEvent { kind, data } => {
                let context = Context::of_user();
                self.shared.change(|store| store.fire(kind, data, "LOCAL", &context));
                success(id, &Called { context: &context })
            }
            Command::Unsubscribe(which) => {
                if self.subscriptions.remove(&which).is_none() {
                    let message = "Subscription not found.".to_owned();
                    return self.reply(error(&json!(id), &CallError { code: "not_found", message, translation: None }));
                }
                if self.subscriptions.is_empty() {
                    self.events = None;
                }
                success(id, &())
            }
            Command::SubscribeEvents(kind) => return self.subscribe(id, What::Events(kind)),
            Command::SubscribeTrigger(list) => return self.subscribe(id, What::Triggers(list)),
            Command::SubscribeEntities(filter) => return self.subscribe(id, What::Entities(filter)),
            Command::CallService { domain, service, data, respond } => {
                return self.call(id, &domain, &service, &data.into(), respond);
            }
        };
        self.reply(text);
    }

    fn subscribe(&mut self, id: u64, what: What) {
        let none = Filter::default();
        // States and the number of the last event are taken together: nothing is lost or told twice.
        let (since, first) = self.shared.read(|store| {
            let filter = if let What::Entities(filter) = &what { filter } else { &none };
            let wanted = matches!(what, What::Entities(_));
            self.events.get_or_insert_with(|| self.shared.events.subscribe());
            let first = wanted.then(|| serde_json::to_string(&compressed::all(store, filter)).unwrap_or_default());
            (store.seq, first)
        });
        self.subscriptions.insert(id, Subscription { since, live: false, what });
        self.reply(success(id, &()));
        let text = first.map(|first| format!(r#"{{"id":{id},"type":"event","event":{first}}}"#)).unwrap_or_default();
        self.outbox.follow(Out { text, opens: Some(id) });
    }

    fn call(&mut self, id: u64, domain: &str, service: &str, data: &Arc<Map<String, Value>>, respond: bool) {
        let context = Context::of_user();
        let called = match self.shared.call(domain, service, data, &context, respond) {
            Ok((_, later)) => later,
            Err(fault) => return self.reply(error(&json!(id), &fault)),
        };
        let text = success(id, &Called { context: &context });
        match called {
            None => self.reply(text),
            Some(later) => {
                let shared = Arc::clone(&self.shared);
                self.calls.spawn(async move {
                    sleep(later.delay).await;
                    shared.change(|store| services::finish(store, &later, &context));
                    text
                });
            }
        }
    }
}

/// The next event, for a session that hears any.
async fn heard(events: &mut Option<broadcast::Receiver<Arc<Event>>>) -> Result<Arc<Event>, RecvError> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}

/// What is wrong with the form of an auth message.
fn auth_fault(message: &Value) -> Option<String> {
    let Some(map) = message.as_object() else {
        return Some(format!("expected a dictionary. Got {}", repr(message)));
    };
    let mut faults = Vec::new();
    for (key, value) in map {
        if key != "type" && key != "access_token" {
            faults.push(format!("extra keys not allowed @ data['{key}']. Got {}", repr(value)));
        }
    }
    match map.get("type") {
        None => faults.push(missing("type")),
        Some(kind) if kind != "auth" => {
            faults.push(format!("not a valid value for dictionary value @ data['type']. Got {}", repr(kind)));
        }
        Some(_) => {}
    }
    match map.get("access_token") {
        None | Some(Value::String(_)) => {}
        Some(other) => {
            faults.push(format!("expected str for dictionary value @ data['access_token']. Got {}", repr(other)));
        }
    }
    (!faults.is_empty()).then(|| faults.join("\n"))
}
