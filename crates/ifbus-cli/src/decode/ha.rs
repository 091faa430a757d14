//! Home Assistant's WebSocket: JSON messages, alone or in an array.

use super::frame::Frame;
use super::node::Node;
use super::ws::Data;
use ha_client::Json;
use ha_client::codec::{self, Message};

/// A frame of the server's: the members of its message, and what the client makes of it.
pub(super) fn from_server(data: Data) -> Frame {
    let text = match data {
        Data::Text(text) => text,
        Data::Binary(bytes) => return binary(&bytes),
    };
    let mut read = Vec::new();
    let result = codec::decode(text.clone(), |message| read.push(shown(message)));
    let mut read = read.into_iter();
    let frame = match result {
        Err(error) => return Frame::new("text").body(text.as_str().into()).error(error),
        Ok(()) => Node::from_json(text.as_str().as_bytes()),
    };
    match frame {
        Ok(Node::List(items)) => {
            let list = items.into_iter().zip(&mut read).map(|(item, (kind, body))| {
                let item = members(item);
                let mut shown = vec![("kind".to_owned(), kind.into()), ("fields".to_owned(), pairs(item.fields))];
                shown.extend(body.or(item.body).map(|body| ("body".to_owned(), body)));
                Node::Map(shown)
            });
            Frame::new("coalesced").body(Node::List(list.collect()))
        }
        Ok(tree) => {
            let mut frame = members(tree);
            let (kind, body) = read.next().unwrap_or(("unknown", None));
            frame.kind = kind.into();
            frame.body = body.or(frame.body);
            frame
        }
        Err(error) => {
            let (kind, body) = read.next().unwrap_or(("unknown", None));
            Frame::new(kind).body(body.unwrap_or_else(|| text.as_str().into())).error(error)
        }
    }
}

/// A frame to the server.
pub(super) fn from_client(data: Data) -> Frame {
    let text = match data {
        Data::Text(text) => text,
        Data::Binary(bytes) => return binary(&bytes),
    };
    match Node::from_json(text.as_str().as_bytes()) {
        Ok(Node::List(items)) => {
            let list = items.into_iter().map(|item| {
                let item = members(item);
                let kind = Node::from(item.kind.into_owned());
                Node::Map(vec![("kind".to_owned(), kind), ("fields".to_owned(), pairs(item.fields))])
            });
            Frame::new("coalesced").body(Node::List(list.collect()))
        }
        Ok(tree) => members(tree),
        Err(error) => Frame::new("text").body(text.as_str().into()).error(error),
    }
}

fn binary(bytes: &[u8]) -> Frame {
    Frame::new("binary").body(Node::of_bytes(bytes))
}

/// The members of a message; its kind is its `type`.
fn members(tree: Node) -> Frame {
    let members = match tree {
        Node::Map(members) => members,
        other => return Frame::new("unknown").body(other).error("the message is no object"),
    };
    let kind = members.iter().find(|(name, _)| name == "type").and_then(|(_, kind)| kind.as_str());
    let mut frame = Frame::new(kind.unwrap_or("unknown").to_owned());
    frame.fields = members.into_iter().map(|(name, value)| (name.into(), value)).collect();
    frame
}

fn pairs(fields: Vec<(Node, Node)>) -> Node {
    Node::List(fields.into_iter().map(|(name, value)| Node::List(vec![name, value])).collect())
}

fn shown(message: Message) -> (&'static str, Option<Node>) {
    match message {
        Message::AuthRequired { version, .. } => ("auth_required", Some(Node::map([("ha_version", version.into())]))),
        Message::AuthOk { version, .. } => ("auth_ok", Some(Node::map([("ha_version", version.into())]))),
        Message::AuthInvalid { message, .. } => ("auth_invalid", Some(Node::map([("message", message.into())]))),
        Message::Result { id, outcome, .. } => {
            let (name, value) = match outcome {
                Ok(result) => ("result", json(&result)),
                Err(failure) => (
                    "error",
                    Node::map([
                        ("code", failure.code.into()),
                        ("message", failure.message.into()),
                        ("translation_key", failure.translation_key.into()),
                    ]),
                ),
            };
            ("result", Some(Node::map([("id", id.into()), (name, value)])))
        }
        Message::Event { id, event, .. } => ("event", Some(Node::map([("id", id.into()), ("event", json(&event))]))),
        Message::Pong { id, .. } => ("pong", Some(Node::map([("id", id.into())]))),
        _ => ("unknown", None),
    }
}

fn json(json: &Json) -> Node {
    Node::from_json(json.text().as_bytes()).unwrap_or_else(|_| json.text().into())
}
