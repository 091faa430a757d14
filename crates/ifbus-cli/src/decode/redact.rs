//! Secrets, which are shown only on demand.

use super::Protocol;
use super::esl;
use super::frame::Frame;
use super::node::Node;
use super::yate;
use ha_client::codec;
use std::borrow::Cow;

const MASK: &str = "[redacted]";

/// Headers of HTTP.
const HEADERS: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "set-cookie", "auth"];

/// Replaces every secret.
pub(super) fn frame(protocol: Protocol, frame: &mut Frame) {
    let secrets = if protocol == Protocol::Ami {
        ami_client::Secrets::of(frame.fields.iter().map(|(name, value)| header(name, value)))
    } else {
        ami_client::Secrets::default()
    };
    for (name, value) in &mut frame.fields {
        if protocol == Protocol::Ami && secrets.hold(&header(name, value)) {
            mask(value);
            continue;
        }
        let name = name.as_str().unwrap_or_default();
        if frame.kind == "close" {
            continue; // its `code` is that of a WebSocket
        }
        let told = frame.secret && (name.eq_ignore_ascii_case("Value") || name == "text");
        if told || HEADERS.iter().any(|header| header.eq_ignore_ascii_case(name)) {
            mask(value);
        } else {
            member(protocol, "", name, value);
        }
    }
    match &mut frame.body {
        Some(body) if frame.secret => mask(body),
        // a tree has names; what could not be decoded is shown if it has no secret
        Some(body @ (Node::Text(_) | Node::Bytes(_))) => undecoded(protocol, body),
        Some(body) => walk(protocol, "", body),
        None => {}
    }
    if let Some(error) = &mut frame.error {
        *error = codec::redact(error).into_owned();
    }
}

/// Whether a name stands for a secret; `parent` is the name of the object that it is in.
fn is_secret(protocol: Protocol, parent: &str, name: &str) -> bool {
    match protocol {
        Protocol::Obs => obs_ws5::codec::is_secret(name),
        Protocol::Ha => codec::is_secret(name) && !(name == "code" && parent == "error"),
        Protocol::Vmix | Protocol::Ami => false, // see the decoder: only the function tells; and ami_client::Secrets
        Protocol::Esl => esl::is_secret(name),
        Protocol::Yate | Protocol::Rmanager => yate::is_secret(name),
    }
}

/// Masks bytes and text that could not be decoded, if they name a secret.
fn undecoded(protocol: Protocol, body: &mut Node) {
    const OBS: [&str; 6] = ["authentication", "challenge", "password", "\"key\"", "bearer_token", "stream_key"];
    let bytes = match body {
        Node::Text(text) if protocol == Protocol::Ha => {
            *text = codec::redact(text).into_owned();
            return;
        }
        Node::Text(text) => text.as_bytes(),
        Node::Bytes(bytes) => bytes,
        _ => return,
    };
    let names = |name: &&str| memchr::memmem::find(bytes, name.as_bytes()).is_some();
    let secret = match protocol {
        Protocol::Obs => OBS.iter().any(names),
        Protocol::Ha => ["token", "password", "secret", "code"].iter().any(names),
        Protocol::Ami => ["ecret: ", "assword: ", "Key: ", "secret="].iter().any(names),
        Protocol::Vmix | Protocol::Esl => names(&"password"),
        Protocol::Yate | Protocol::Rmanager => {
            ["password=", "response=", "authorization=", "secret=", "user.auth:"].iter().any(names)
        }
    };
    if secret {
        mask(body);
    }
}

/// A header of AMI.
fn header<'a>(name: &'a Node, value: &'a Node) -> ami_client::Header<'a> {
    let value = match value {
        Node::Text(text) => text.as_bytes(),
        Node::Bytes(bytes) => bytes,
        _ => b"",
    };
    ami_client::Header { name: name.as_str().unwrap_or_default().as_bytes(), value }
}

fn mask(value: &mut Node) {
    if !matches!(value, Node::Null) {
        *value = MASK.into();
    }
}

fn member(protocol: Protocol, parent: &str, name: &str, value: &mut Node) {
    if is_secret(protocol, parent, name) {
        mask(value);
    } else if protocol == Protocol::Obs
        && name == "server"
        && let Node::Text(text) = value
    {
        *text = obs_ws5::codec::redact_address(text);
    } else {
        walk(protocol, name, value);
    }
}

fn walk(protocol: Protocol, parent: &str, node: &mut Node) {
    match node {
        Node::Map(members) => {
            for (name, value) in members {
                member(protocol, parent, name, value);
            }
        }
        Node::List(items) => items.iter_mut().for_each(|item| walk(protocol, parent, item)),
        // tokens have a form of their own
        Node::Text(text) if protocol == Protocol::Ha && text.len() >= 32 => {
            if let Cow::Owned(masked) = codec::redact(text) {
                *text = masked;
            }
        }
        _ => {}
    }
}
