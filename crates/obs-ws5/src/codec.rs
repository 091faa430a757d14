//! Messages of obs-websocket 5, in JSON and in MessagePack. No I/O.
//!
//! The payload of a message (an event's data, a reply's data) is not decoded but cut out: a piece of the received bytes, which
//! whoever wants it decodes into the type of his choice.

use crate::msgpack;
pub use crate::redact::{address as redact_address, is_secret};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// How messages are written; chosen by the WebSocket subprotocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Text messages, subprotocol `obswebsocket.json`.
    #[default]
    Json,
    /// Binary messages, subprotocol `obswebsocket.msgpack`: a fifth to a third smaller.
    MsgPack,
}

impl Encoding {
    /// The name of the subprotocol.
    #[must_use]
    pub const fn subprotocol(self) -> &'static str {
        match self {
            Self::Json => "obswebsocket.json",
            Self::MsgPack => "obswebsocket.msgpack",
        }
    }
}

/// A piece of a message, undecoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload {
    encoding: Encoding,
    bytes: Bytes,
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_value() {
            Ok(value) => write!(f, "{}", crate::redact::value(value)),
            Err(error) => write!(f, "unreadable payload of {} bytes: {error}", self.bytes.len()),
        }
    }
}

impl Payload {
    pub(crate) fn new(encoding: Encoding, bytes: Bytes) -> Self {
        Self { encoding, bytes }
    }

    /// How it is written.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The bytes as they were received.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Decodes it.
    ///
    /// # Errors
    /// Where the type and the payload disagree, in words.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, String> {
        match self.encoding {
            Encoding::Json => serde_json::from_slice(&self.bytes).map_err(|error| error.to_string()),
            Encoding::MsgPack => {
                let mut decoder = rmp_serde::Deserializer::from_read_ref(&*self.bytes);
                // its own limit is deeper than the stack of a thread
                decoder.set_max_depth(msgpack::DEPTH);
                T::deserialize(&mut decoder).map_err(|error| error.to_string())
            }
        }
    }

    /// Decodes it into a tree. What JSON cannot hold (NaN, infinities) becomes null, as in OBS's own JSON.
    ///
    /// # Errors
    /// If it is not well formed.
    pub fn to_value(&self) -> Result<serde_json::Value, String> {
        self.decode()
    }
}

/// What the server says first.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Hello {
    /// The version of OBS Studio; sent by obs-websocket 5.6.0 and newer.
    #[serde(default)]
    pub obs_studio_version: Option<String>,
    /// The version of obs-websocket.
    #[serde(default)]
    pub obs_web_socket_version: String,
    /// The newest RPC version that the server speaks.
    #[serde(default)]
    pub rpc_version: u64,
    /// Present if a password is wanted.
    #[serde(default)]
    pub authentication: Option<Challenge>,
}

/// What a password is to be hashed with.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Challenge {
    /// One per connection.
    pub challenge: String,
    /// One per start of the server.
    pub salt: String,
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]") // with it and the answer a password can be guessed offline
    }
}

/// Whether a request was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RequestStatus {
    /// Whether it was.
    pub result: bool,
    /// 100, or why not.
    pub code: crate::StatusCode,
    /// OBS's own words, not always there; they change between versions.
    #[serde(default)]
    pub comment: Option<String>,
}

/// The answer to a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Response {
    /// The request's id as it came back; absent in a batch whose entry had none.
    pub request_id: Option<String>,
    /// What was asked.
    pub request_type: String,
    /// Whether it was done.
    pub status: RequestStatus,
    /// What it gave, if it gives anything.
    pub data: Option<Payload>,
}

/// One message of the server's.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Incoming {
    /// op 0.
    Hello(Hello),
    /// op 2: the login is done, or the subscriptions were changed.
    #[non_exhaustive]
    Identified {
        /// The RPC version in use.
        rpc_version: u64,
    },
    /// op 5.
    Event(crate::Event),
    /// op 7.
    Response(Response),
    /// op 9.
    #[non_exhaustive]
    BatchResponse {
        /// The batch's id.
        request_id: Option<String>,
        /// One per request that was tried, in the server's order.
        results: Vec<Response>,
    },
    /// An op that is not known.
    #[non_exhaustive]
    Unknown {
        /// Its number; -1 if it is none.
        op: i64,
        /// Its `d`, if it has one.
        data: Option<Payload>,
    },
}

/// The id comes back as it was sent, and others than we may have sent it: any JSON value is possible.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id<'a> {
    #[serde(borrow)]
    Text(Cow<'a, str>),
    Other(serde_json::Value),
}

impl Id<'_> {
    fn into_string(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.into_owned()),
            Self::Other(serde_json::Value::Null) => None,
            Self::Other(other) => Some(other.to_string()),
        }
    }
}

/// Everything that a `d` may hold, in one pass; `P` is a raw piece.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a, P> {
    #[serde(default, borrow)]
    event_type: Option<Cow<'a, str>>,
    #[serde(default)]
    event_intent: Option<u32>,
    #[serde(default = "none")]
    event_data: Option<P>,
    #[serde(default, borrow)]
    request_type: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    request_id: Option<Id<'a>>,
    #[serde(default)]
    request_status: Option<RequestStatus>,
    #[serde(default = "none")]
    response_data: Option<P>,
    #[serde(default = "none")]
    results: Option<P>,
    #[serde(default)]
    negotiated_rpc_version: Option<u64>,
}

fn none<P>() -> Option<P> {
    None
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    op: Option<serde_json::Number>,
    #[serde(borrow, default)]
    d: Option<&'a RawValue>,
}

/// Decodes one message.
///
/// # Errors
/// What cannot be read, in words.
pub fn decode(encoding: Encoding, bytes: &Bytes) -> Result<Incoming, String> {
    match encoding {
        Encoding::Json => decode_json(bytes),
        Encoding::MsgPack => decode_msgpack(bytes),
    }
}

fn decode_json(bytes: &Bytes) -> Result<Incoming, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let op = envelope.op.as_ref().and_then(|op| op.as_i64().or_else(|| op.as_f64().map(|op| op as i64))).unwrap_or(-1);
    let Some(d) = envelope.d else { return Ok(Incoming::Unknown { op, data: None }) };
    let cut = |raw: &RawValue| Payload::new(Encoding::Json, bytes.slice_ref(raw.get().as_bytes()));
    if !matches!(op, 0 | 2 | 5 | 7 | 9) {
        return Ok(Incoming::Unknown { op, data: Some(cut(d)) });
    }
    if op == 0 {
        return serde_json::from_str(d.get()).map(Incoming::Hello).map_err(|error| error.to_string());
    }
    let body: Body<'_, &RawValue> = serde_json::from_str(d.get()).map_err(|error| error.to_string())?;
    let results = match body.results {
        Some(raw) => {
            let bodies: Vec<Body<'_, &RawValue>> =
                serde_json::from_str(raw.get()).map_err(|error| error.to_string())?;
            bodies.into_iter().map(|body| response(body, cut)).collect()
        }
        None => Vec::new(),
    };
    Ok(incoming(op, Body { results: None, ..body }, results, cut))
}

fn decode_msgpack(bytes: &Bytes) -> Result<Incoming, String> {
    let cut = |piece: &[u8]| Payload::new(Encoding::MsgPack, bytes.slice_ref(piece));
    let (mut op, mut d) = (-1, None);
    for entry in msgpack::entries(bytes)? {
        let (key, value) = entry?;
        match key {
            "op" => op = rmp_serde::from_slice::<f64>(value).map_or(-1, |op| op as i64),
            "d" => d = Some(value),
            _ => {}
        }
    }
    let Some(d) = d else { return Ok(Incoming::Unknown { op, data: None }) };
    match op {
        0 => rmp_serde::from_slice(d).map(Incoming::Hello).map_err(|error| error.to_string()),
        2 | 5 | 7 | 9 => {
            let body = msgpack_body(d)?;
            let mut results = Vec::new();
            if let Some(list) = body.results {
                for item in msgpack::items(list)? {
                    results.push(response(msgpack_body(item?)?, cut));
                }
            }
            Ok(incoming(op, body, results, cut))
        }
        _ => Ok(Incoming::Unknown { op, data: Some(cut(d)) }),
    }
}

fn msgpack_body(bytes: &[u8]) -> Result<Body<'_, &[u8]>, String> {
    fn leaf<'a, T: Deserialize<'a>>(value: &'a [u8]) -> Result<T, String> {
        rmp_serde::from_slice(value).map_err(|error| error.to_string())
    }
    let mut body = Body {
        event_type: None,
        event_intent: None,
        event_data: None,
        request_type: None,
        request_id: None,
        request_status: None,
        response_data: None,
        results: None,
        negotiated_rpc_version: None,
    };
    for entry in msgpack::entries(bytes)? {
        let (key, value) = entry?;
        match key {
            "eventType" => body.event_type = Some(Cow::Borrowed(leaf(value)?)),
            "eventIntent" => body.event_intent = leaf(value)?,
            "eventData" => body.event_data = Some(value),
            "requestType" => body.request_type = Some(Cow::Borrowed(leaf(value)?)),
            "requestId" => {
                body.request_id = leaf::<Option<serde_json::Value>>(value)?.map(|id| match id {
                    serde_json::Value::String(text) => Id::Text(Cow::Owned(text)),
                    other => Id::Other(other),
                });
            }
            "requestStatus" => body.request_status = leaf(value)?,
            "responseData" => body.response_data = Some(value),
            "results" => body.results = Some(value),
            "negotiatedRpcVersion" => body.negotiated_rpc_version = leaf(value)?,
            _ => {}
        }
    }
    Ok(body)
}

fn incoming<P: Copy>(op: i64, body: Body<'_, P>, results: Vec<Response>, cut: impl Fn(P) -> Payload) -> Incoming {
    match op {
        2 => Incoming::Identified { rpc_version: body.negotiated_rpc_version.unwrap_or_default() },
        5 => Incoming::Event(crate::Event {
            event_type: body.event_type.unwrap_or_default().into_owned(),
            intent: body.event_intent.unwrap_or_default(),
            data: body.event_data.map(cut),
        }),
        9 => Incoming::BatchResponse { request_id: body.request_id.and_then(Id::into_string), results },
        _ => Incoming::Response(response(body, cut)),
    }
}

fn response<P>(body: Body<'_, P>, cut: impl Fn(P) -> Payload) -> Response {
    let unknown = || RequestStatus { result: false, code: crate::StatusCode::Unknown, comment: None };
    Response {
        request_id: body.request_id.and_then(Id::into_string),
        request_type: body.request_type.unwrap_or_default().into_owned(),
        status: body.request_status.unwrap_or_else(unknown),
        data: body.response_data.map(cut),
    }
}

/// Encodes a value as it is sent.
pub(crate) fn encode<T: Serialize + ?Sized>(encoding: Encoding, value: &T) -> Result<Vec<u8>, String> {
    match encoding {
        Encoding::Json => serde_json::to_vec(value).map_err(|error| error.to_string()),
        Encoding::MsgPack => rmp_serde::to_vec_named(value).map_err(|error| error.to_string()),
    }
}
