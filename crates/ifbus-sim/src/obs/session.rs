//! One connection: handshake, login, and then requests and events until somebody closes.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use super::batch::Batch;
use super::codec::Encoding;
use super::events::{ALL, Intent};
use super::{Shared, Signal, requests};
use crate::goodbye;
use crate::http::{self, Trouble};
use crate::knobs::lock;
use crate::net::SimStream;
use crate::outbox::Outbox;

pub(super) type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The largest message that OBS takes, in bytes.
const MAX_MESSAGE: usize = 32_000_000;
/// A peer that has not upgraded by then is cut.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long the peer's half of a close is waited for.
const GOODBYE: Duration = Duration::from_secs(5);
/// Batches under way in one session; beyond that it stops reading.
const MAX_JOBS: usize = 64;
const AGENT: &str = "WebSocket++/0.8.3-dev";

/// Why the server closes: a code, and a reason within the 123 bytes of a close frame.
#[derive(Debug)]
pub(super) struct Close {
    code: u16,
    reason: String,
}

impl Close {
    pub(super) fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        let end = (0..=123).rev().find(|n| reason.is_char_boundary(*n)).unwrap_or(0);
        reason.truncate(end);
        Self { code, reason }
    }
}

/// 32 random bytes as base64: a salt or a challenge.
pub(super) fn random_token() -> String {
    let mut bytes = [0; 32];
    fastrand::fill(&mut bytes);
    BASE64.encode(bytes)
}

fn hash(text: &str) -> String {
    BASE64.encode(Sha256::digest(text.as_bytes()))
}

pub(super) fn serve(shared: Arc<Shared>, stream: SimStream) -> Serving {
    Box::pin(async move {
        if let Ok(Some((ws, encoding))) = timeout(HANDSHAKE, upgrade(stream)).await {
            Session::new(shared, ws, encoding).run().await;
        }
    })
}

async fn upgrade(mut stream: SimStream) -> Option<(WebSocketStream<SimStream>, Encoding)> {
    let mut buf = Vec::new();
    let head = match http::read_head(&mut stream, &mut buf).await {
        Ok(head) => head,
        Err(Trouble::Closed) => return None,
        Err(Trouble::Malformed) => {
            let _ = http::send(&mut stream, &format!("HTTP/1.1 400 Bad Request\r\nServer: {AGENT}"), b"").await;
            return None;
        }
    };
    let Some(key) = head.websocket_key() else {
        let _ = http::send(&mut stream, &format!("HTTP/1.1 426 Upgrade Required\r\nServer: {AGENT}"), b"").await;
        return None;
    };
    let accept = derive_accept_key(key.as_bytes());
    let chosen = head.header("sec-websocket-protocol").and_then(Encoding::choose);
    let protocol = chosen.map(|(_, name)| format!("Sec-WebSocket-Protocol: {name}\r\n")).unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n{protocol}\
         Server: {AGENT}\r\nUpgrade: websocket"
    );
    http::send(&mut stream, &answer, b"").await.ok()?;
    let config = WebSocketConfig::default()
        .read_buffer_size(http::READ_BUFFER)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let ws = WebSocketStream::from_partially_read(stream, buf, Role::Server, Some(config)).await;
    Some((ws, chosen.map_or(Encoding::Json, |(encoding, _)| encoding)))
}

struct Session {
    shared: Arc<Shared>,
    ws: WebSocketStream<SimStream>,
    encoding: Encoding,
    signals: broadcast::Receiver<Signal>,
    outbox: Outbox<Value>,
    batches: JoinSet<Value>,
    meters: Interval,
    challenge: String,
    identified: bool,
    mask: u64,
    taken: u64,
    given: u64,
}

/// What wakes a session.
enum Wake {
    Signal(Result<Signal, broadcast::error::RecvError>),
    Reply(Value),
    Batch(Value),
    Meters,
    Message(Option<Result<Message, WsError>>),
}

impl Session {
    fn new(shared: Arc<Shared>, ws: WebSocketStream<SimStream>, encoding: Encoding) -> Self {
        let mut meters = interval(Duration::from_millis(50));
        meters.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            ws,
            encoding,
            signals: shared.signals.subscribe(),
            outbox: Outbox::new(shared.knobs.clone()),
            batches: JoinSet::new(),
            meters,
            challenge: random_token(),
            identified: false,
            mask: ALL,
            taken: 0,
            given: 0,
            shared,
        }
    }

    async fn run(mut self) {
        if self.send(&self.hello()).await.is_err() {
            return;
        }
        // `None` is the client's own end, or that of the connection.
        if let Some(close) = self.until_closed().await {
            goodbye::close(self.ws, close.code, &close.reason, GOODBYE).await;
        }
    }

    fn hello(&self) -> Value {
        let version = self.shared.version();
        let mut d = json!({"obsWebSocketVersion": version.to_string(), "rpcVersion": 1});
        if let Some(map) = d.as_object_mut() {
            if version.hello_tells_studio() {
                map.insert("obsStudioVersion".to_owned(), version.studio().into());
            }
            if self.shared.config.password.is_some() {
                let ask = json!({"challenge": self.challenge, "salt": self.shared.salt});
                map.insert("authentication".to_owned(), ask);
            }
        }
        message(0, d)
    }

    async fn until_closed(&mut self) -> Option<Close> {
        loop {
            // One write for the events of a request and its reply.
            if self.signals.is_empty() && !self.outbox.is_due() {
                self.ws.flush().await.ok()?;
            }
            let busy = self.outbox.is_full() || self.batches.len() >= MAX_JOBS;
            let metered = self.identified && self.mask & u64::from(Intent::InputVolumeMeters as u32) != 0;
            // Events first: those that a request caused are not to be overtaken for ever by replies.
            let wake = tokio::select! {
                biased;
                signal = self.signals.recv() => Wake::Signal(signal),
                reply = self.outbox.next() => Wake::Reply(reply),
                Some(Ok(d)) = self.batches.join_next(), if !self.batches.is_empty() => Wake::Batch(d),
                _ = self.meters.tick(), if metered => Wake::Meters,
                message = self.ws.next(), if !busy => Wake::Message(message),
            };
            match wake {
                Wake::Signal(Ok(Signal::Event(event))) => {
                    if self.identified
                        && event.passes(self.mask)
                        && self.shared.version().sends(event.name)
                        && let Some(d) = self.shared.version().trim(event.payload())
                    {
                        self.send(&message(5, d)).await.ok()?;
                    }
                }
                Wake::Signal(Ok(Signal::Stopping)) => return Some(Close::new(1001, "Server stopping.")),
                Wake::Reply(reply) => self.send(&reply).await.ok()?,
                Wake::Batch(d) => self.outbox.reply(message(9, d)),
                Wake::Meters => {
                    let meters = self.meters_event();
                    self.send(&meters).await.ok()?;
                }
                Wake::Message(Some(Err(WsError::Capacity(CapacityError::MessageTooLong { .. })))) => {
                    return Some(Close::new(goodbye::TOO_LARGE, "A message was too large"));
                }
                // Too far behind its events, or gone.
                Wake::Signal(Err(_)) | Wake::Message(None | Some(Err(_))) => return None,
                Wake::Message(Some(Ok(m @ (Message::Text(_) | Message::Binary(_))))) => {
                    self.taken += 1;
                    if let Err(close) = self.on_message(&m).await {
                        return Some(close);
                    }
                }
                Wake::Message(Some(Ok(_))) => {}
            }
        }
    }

    async fn send(&mut self, value: &Value) -> Result<(), WsError> {
        self.given += 1;
        self.ws.feed(self.encoding.encode(value)).await
    }

    /// Levels of a steady tone, scaled by each input's volume.
    fn meters_event(&self) -> Value {
        let state = lock(&self.shared.state);
        let row = |i: &super::state::Input| {
            let level = if i.muted { 0.0 } else { f64::from(i.volume) * 0.5 };
            let channel = json!([level * 0.7, level, level]);
            json!({"inputLevelsMul": [channel, channel], "inputName": i.name, "inputUuid": i.uuid})
        };
        let inputs: Value = state.inputs.iter().filter(|i| i.kind.audio).map(row).collect();
        let intent = Intent::InputVolumeMeters as u32;
        let d = json!({"eventData": {"inputs": inputs}, "eventIntent": intent, "eventType": "InputVolumeMeters"});
        message(5, self.shared.version().trim(d).unwrap_or_default())
    }

    async fn on_message(&mut self, raw: &Message) -> Result<(), Close> {
        let value = self.encoding.decode(raw)?;
        let Some(body) = value.as_object() else {
            return Err(Close::new(4002, "You sent a non-object payload."));
        };
        if !self.identified && body.contains_key("request-type") {
            let why = "You appear to be attempting to connect with the pre-5.0.0 plugin protocol. Check to make sure \
                       your client is updated.";
            return Err(Close::new(4010, why));
        }
        let op = body.get("op").ok_or_else(|| Close::new(4006, "Your request is missing an `op`."))?;
        let op = op_code(op).ok_or_else(|| Close::new(4006, "Your `op` is not a number."))?;
        let d = match body.get("d") {
            None | Some(Value::Null) => return Err(Close::new(4003, "Your payload is missing data (`d`).")),
            Some(Value::Object(d)) => d,
            Some(_) => return Err(Close::new(4004, "Your payload's data (`d`) is not an object.")),
        };
        if !self.identified && op != 1 {
            let why = "You attempted to send a non-Identify message while not identified.";
            return Err(Close::new(4007, why));
        }
        match op {
            1 => {
                self.identify(d)?;
                let _ = self.send(&identified()).await;
            }
            3 => {
                self.mask = subscriptions(d)?.unwrap_or(self.mask);
                let _ = self.send(&identified()).await;
            }
            6 => self.request(d)?,
            8 => {
                let batch = Batch::read(d)?;
                self.batches.spawn(batch.run(Arc::clone(&self.shared), (self.taken, self.given)));
            }
            other => return Err(Close::new(4006, format!("Unknown OpCode: {other}"))),
        }
        Ok(())
    }

    fn identify(&mut self, d: &Map<String, Value>) -> Result<(), Close> {
        if self.identified {
            return Err(Close::new(4008, "You are already Identified with the obs-websocket server."));
        }
        if let Some(password) = &self.shared.config.password {
            let Some(given) = d.get("authentication") else {
                let why = "Your payload's data is missing an `authentication` string, however authentication is \
                           required.";
                return Err(Close::new(4009, why));
            };
            let given =
                given.as_str().ok_or_else(|| Close::new(4009, "Your `authentication` field is not a string."))?;
            let secret = hash(&format!("{password}{}", self.shared.salt));
            if given != hash(&format!("{secret}{}", self.challenge)) {
                return Err(Close::new(4009, "Authentication failed."));
            }
        }
        let rpc = d
            .get("rpcVersion")
            .ok_or_else(|| Close::new(4003, "Your payload's data is missing an `rpcVersion`."))?
            .as_u64()
            .ok_or_else(|| Close::new(4004, "Your `rpcVersion` is not an unsigned number."))?;
        // Only its lowest byte counts.
        if rpc & 0xff != 1 {
            return Err(Close::new(4010, "Your requested RPC version is not supported by this server."));
        }
        self.mask = subscriptions(d)?.unwrap_or(ALL);
        self.identified = true;
        // Nothing that happened before is told.
        self.signals = self.shared.signals.subscribe();
        Ok(())
    }

    fn request(&mut self, d: &Map<String, Value>) -> Result<(), Close> {
        let id = d.get("requestId").ok_or_else(|| Close::new(4003, "Your payload data is missing a `requestId`."))?;
        let name = d
            .get("requestType")
            .ok_or_else(|| Close::new(4003, "Your payload's data is missing an `requestType`."))?
            .as_str()
            .ok_or_else(|| Close::new(4004, "Your `requestType` is not a string."))?;
        let data = d.get("requestData").and_then(Value::as_object);
        let answer = self.shared.request(name, data, (self.taken, self.given));
        let (status, data) = requests::status(answer);
        let mut reply = json!({"requestId": id, "requestStatus": status, "requestType": name});
        if let (Some(map), Some(data)) = (reply.as_object_mut(), data.and_then(|d| self.shared.version().trim(d))) {
            map.insert("responseData".to_owned(), data);
        }
        self.outbox.reply(message(7, reply));
        Ok(())
    }
}

fn message(op: u8, d: Value) -> Value {
    let mut body = Map::new();
    body.insert("d".to_owned(), d);
    body.insert("op".to_owned(), op.into());
    Value::Object(body)
}

fn identified() -> Value {
    message(2, json!({"negotiatedRpcVersion": 1}))
}

/// `op` may come as any number, and is cut to a byte.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn op_code(op: &Value) -> Option<u8> {
    op.as_i64().map(|n| n as u8).or_else(|| op.as_f64().map(|f| f as i64 as u8))
}

fn subscriptions(d: &Map<String, Value>) -> Result<Option<u64>, Close> {
    let Some(given) = d.get("eventSubscriptions") else { return Ok(None) };
    let mask = given.as_u64();
    mask.map(Some).ok_or_else(|| Close::new(4004, "Your `eventSubscriptions` is not an unsigned number."))
}
