//! obs-websocket 5: messages in JSON (text) and MessagePack (binary).

use super::frame::Frame;
use super::node::Node;
use super::ws::Data;
use bytes::Bytes;
use obs_ws5::codec::{self, Incoming, RequestStatus, Response};
use obs_ws5::{Encoding, Payload};
use serde::Deserialize as _;

/// A message of the server's: its members, and what the client makes of it.
pub(super) fn from_server(data: Data) -> Frame {
    let (encoding, bytes) = parts(data);
    match codec::decode(encoding, &bytes) {
        Ok(incoming) => {
            let (kind, body) = shown(incoming);
            let mut frame = members(encoding, &bytes, Frame::new(kind));
            frame.body = body.or(frame.body);
            frame
        }
        Err(error) => members(encoding, &bytes, Frame::new(unread(encoding)).error(error)),
    }
}

/// A message to the server.
pub(super) fn from_client(data: Data) -> Frame {
    let (encoding, bytes) = parts(data);
    let mut frame = members(encoding, &bytes, Frame::new(unread(encoding)));
    if frame.error.is_none() {
        let op = frame.fields.iter().find(|(name, _)| name.as_str() == Some("op"));
        let op = op.and_then(|(_, op)| if let Node::Number(op) = op { op.as_f64() } else { None });
        frame.kind = match op.map(|op| op as i64) {
            Some(1) => "identify",
            Some(3) => "reidentify",
            Some(6) => "request",
            Some(8) => "batch",
            _ => "unknown",
        }
        .into();
    }
    frame
}

fn parts(data: Data) -> (Encoding, Bytes) {
    match data {
        Data::Text(text) => (Encoding::Json, text.into()),
        Data::Binary(bytes) => (Encoding::MsgPack, bytes),
    }
}

/// The kind of a message that cannot be read.
fn unread(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Json => "text",
        Encoding::MsgPack => "binary",
    }
}

/// The members as they stand in the message; the whole message where it has none.
fn members(encoding: Encoding, bytes: &Bytes, mut frame: Frame) -> Frame {
    let tree = match encoding {
        Encoding::Json => Node::from_json(bytes),
        Encoding::MsgPack => unpacked(bytes),
    };
    match tree {
        Ok(Node::Map(members)) => {
            frame.fields = members.into_iter().map(|(name, value)| (name.into(), value)).collect();
            frame
        }
        Ok(other) => frame.body(other).error("the message is no object"),
        Err(error) => frame.body(Node::of_bytes(bytes)).error(error),
    }
}

/// As deep as JSON goes: rmp-serde's own limit is more than a small stack has room for.
fn unpacked(bytes: &[u8]) -> Result<Node, String> {
    let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes);
    deserializer.set_max_depth(128);
    Node::deserialize(&mut deserializer).map_err(|error| error.to_string())
}

fn shown(incoming: Incoming) -> (&'static str, Option<Node>) {
    match incoming {
        Incoming::Hello(hello) => {
            let challenge = hello.authentication.map(|challenge| {
                Node::map([("challenge", challenge.challenge.into()), ("salt", challenge.salt.into())])
            });
            let body = Node::map([
                ("obsStudioVersion", hello.obs_studio_version.into()),
                ("obsWebSocketVersion", hello.obs_web_socket_version.into()),
                ("rpcVersion", hello.rpc_version.into()),
                ("authentication", challenge.into()),
            ]);
            ("hello", Some(body))
        }
        Incoming::Identified { rpc_version, .. } => {
            ("identified", Some(Node::map([("negotiatedRpcVersion", rpc_version.into())])))
        }
        Incoming::Event(event) => {
            let body = Node::map([
                ("eventType", event.event_type.into()),
                ("eventIntent", event.intent.into()),
                ("eventData", payload(event.data.as_ref())),
            ]);
            ("event", Some(body))
        }
        Incoming::Response(one) => ("response", Some(response(one))),
        Incoming::BatchResponse { request_id, results, .. } => {
            let results = results.into_iter().map(response).collect();
            ("batch_response", Some(Node::map([("requestId", request_id.into()), ("results", Node::List(results))])))
        }
        Incoming::Unknown { op, data, .. } => {
            ("unknown", Some(Node::map([("op", op.into()), ("d", payload(data.as_ref()))])))
        }
        _ => ("unknown", None),
    }
}

fn response(response: Response) -> Node {
    let RequestStatus { result, code, comment, .. } = response.status;
    Node::map([
        ("requestId", response.request_id.into()),
        ("requestType", response.request_type.into()),
        (
            "requestStatus",
            Node::map([("result", result.into()), ("code", code.code().into()), ("comment", comment.into())]),
        ),
        ("responseData", payload(response.data.as_ref())),
    ])
}

fn payload(payload: Option<&Payload>) -> Node {
    payload.map_or(Node::Null, |payload| payload.decode().unwrap_or_else(|_| Node::of_bytes(payload.bytes())))
}
