//! As much HTTP and WebSocket as it takes to ask a server on this machine whether it is ready.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tungstenite::{Message, WebSocket};

pub(crate) use crate::json::at;

const PATIENCE: Duration = Duration::from_secs(5);

/// A reply: status code and body.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body).with_context(|| format!("HTTP {} with no JSON in it", self.status))
    }

    /// The JSON of a reply that has to be 200.
    pub(crate) fn ok(&self) -> Result<Value> {
        if self.status != 200 {
            bail!("HTTP {}: {}", self.status, self.body.lines().next().unwrap_or_default());
        }
        self.json()
    }
}

/// A connection to a port of this machine, with a deadline on every read and write.
pub(crate) fn connect(port: u16) -> Result<TcpStream> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let stream = TcpStream::connect_timeout(&address, PATIENCE).with_context(|| format!("port {port}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

pub(crate) fn get(port: u16, path: &str, token: Option<&str>) -> Result<Reply> {
    send(port, "GET", path, token, None)
}

pub(crate) fn post_json(port: u16, path: &str, body: &Value) -> Result<Reply> {
    send(port, "POST", path, None, Some(("application/json", &body.to_string())))
}

/// Posts a form whose values need no escaping beyond that of `:` and `/`.
pub(crate) fn post_form(port: u16, path: &str, fields: &[(&str, &str)]) -> Result<Reply> {
    let escape = |value: &str| value.replace(':', "%3A").replace('/', "%2F");
    let body: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    send(port, "POST", path, None, Some(("application/x-www-form-urlencoded", &body.join("&"))))
}

fn send(port: u16, method: &str, path: &str, token: Option<&str>, body: Option<(&str, &str)>) -> Result<Reply> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n");
    if let Some(token) = token {
        head += &format!("Authorization: Bearer {token}\r\n");
    }
    let (kind, content) = body.unwrap_or_default();
    if body.is_some() {
        head += &format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", content.len());
    }
    let mut stream = connect(port)?;
    stream.write_all(format!("{head}\r\n{content}").as_bytes())?;
    let mut received = Vec::new();
    let mut piece = [0; 8192];
    loop {
        if let Some(reply) = parse(&received)? {
            return Ok(reply);
        }
        let count = stream.read(&mut piece).with_context(|| format!("{method} {path}"))?;
        if count == 0 {
            bail!("{method} {path}: the server closed the connection in the middle of its reply");
        }
        received.extend_from_slice(piece.get(..count).unwrap_or_default());
    }
}

/// The reply if all of it is there. Lengths are told by `Content-Length`, which all of our servers send.
fn parse(received: &[u8]) -> Result<Option<Reply>> {
    let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let (head, rest) = received.split_at(end);
    let body = rest.get(4..).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).context("no HTTP status line")?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0);
    let body = body.get(..length).map(|body| String::from_utf8_lossy(body).into_owned());
    Ok(body.map(|body| Reply { status, body }))
}

/// A WebSocket that speaks JSON in text messages.
pub(crate) struct Socket(WebSocket<TcpStream>);

impl Socket {
    pub(crate) fn open(port: u16, path: &str) -> Result<Self> {
        let (socket, _) = tungstenite::client(format!("ws://127.0.0.1:{port}{path}"), connect(port)?)
            .map_err(|error| anyhow::anyhow!("WebSocket on port {port}: {error}"))?;
        Ok(Self(socket))
    }

    pub(crate) fn send(&mut self, message: &Value) -> Result<()> {
        Ok(self.0.send(Message::text(message.to_string()))?)
    }

    /// The next message of which `wanted` is true; others are skipped.
    pub(crate) fn receive(&mut self, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        loop {
            match self.0.read()? {
                Message::Text(text) => {
                    let value = serde_json::from_str(&text)?;
                    if wanted(&value) {
                        return Ok(value);
                    }
                }
                Message::Close(frame) => bail!(
                    "the server closed the WebSocket{}",
                    frame.map(|frame| format!(": {} {}", frame.code, frame.reason)).unwrap_or_default()
                ),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reply_is_complete_only_with_its_whole_body() {
        let text = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ntrue";
        for cut in 0..text.len() {
            assert!(parse(&text[..cut]).unwrap().is_none(), "{cut}");
        }
        let reply = parse(text).unwrap().unwrap();
        assert_eq!((reply.status, reply.ok().unwrap()), (200, Value::Bool(true)));
    }

    #[test]
    fn other_statuses_are_errors_that_name_themselves() {
        let reply = parse(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno\n").unwrap().unwrap();
        assert_eq!(reply.ok().unwrap_err().to_string(), "HTTP 403: no");
    }
}
