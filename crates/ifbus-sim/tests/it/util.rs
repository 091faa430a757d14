//! Raw clients, written by hand: the tests share nothing with the clients of the workspace.

use std::fs;
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

/// Everything that is waited for comes within that time, or the test fails.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(DEADLINE, what).await.expect("in time")
}

/// Waits until a condition holds.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    soon(async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

/// The rows of a recording, its header left out.
pub(crate) fn rows(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().map(|l| serde_json::from_str(l).unwrap()).filter(|r: &Value| r.get("dir").is_some()).collect()
}

/// The rows of each connection of a recording.
pub(crate) fn connections(name: &str) -> Vec<Vec<Value>> {
    let mut all: Vec<(Value, Vec<Value>)> = Vec::new();
    for row in rows(name) {
        let id = row["conn"].clone();
        match all.iter_mut().find(|(i, _)| *i == id) {
            Some((_, rows)) => rows.push(row),
            None => all.push((id, vec![row])),
        }
    }
    all.into_iter().map(|(_, rows)| rows).collect()
}

/// A WebSocket of which nothing is hidden.
pub(crate) struct Ws(pub(crate) WebSocketStream<TcpStream>);

impl Ws {
    pub(crate) async fn connect(addr: SocketAddr, path: &str, protocol: Option<&str>) -> (Self, Option<String>) {
        let mut request = format!("ws://{addr}{path}").into_client_request().unwrap();
        if let Some(protocol) = protocol {
            request.headers_mut().insert("Sec-WebSocket-Protocol", protocol.parse().unwrap());
        }
        let tcp = soon(TcpStream::connect(addr)).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        let (ws, answer) = soon(client_async(request, tcp)).await.unwrap();
        let chosen = answer.headers().get("Sec-WebSocket-Protocol").map(|v| v.to_str().unwrap().to_owned());
        (Self(ws), chosen)
    }

    pub(crate) async fn send(&mut self, message: Message) {
        soon(self.0.send(message)).await.unwrap();
    }

    pub(crate) async fn text(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    pub(crate) async fn json(&mut self, value: Value) {
        self.text(&value.to_string()).await;
    }

    /// The next message that is no ping.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        loop {
            match soon(self.0.next()).await {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return Some(message),
                Some(Err(_)) | None => return None,
            }
        }
    }

    pub(crate) async fn next_json(&mut self) -> Value {
        match self.next().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("no text: {other:?}"),
        }
    }

    /// Code and reason of the server's close.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Some(Message::Close(Some(frame))) => return (frame.code.into(), frame.reason.to_string()),
                Some(Message::Close(None)) => return (1005, String::new()),
                Some(_) => {}
                None => panic!("ended without a close"),
            }
        }
    }

    /// Whether the connection ends with no close frame.
    pub(crate) async fn is_cut(&mut self) -> bool {
        loop {
            match self.next().await {
                None => return true,
                Some(Message::Close(_)) => return false,
                Some(_) => {}
            }
        }
    }
}

/// What `Identify` proves with.
pub(crate) fn obs_auth(password: &str, hello: &Value) -> String {
    let hash = |text: String| BASE64.encode(Sha256::digest(text.as_bytes()));
    let ask = &hello["d"]["authentication"];
    let secret = hash(format!("{password}{}", ask["salt"].as_str().unwrap()));
    hash(format!("{secret}{}", ask["challenge"].as_str().unwrap()))
}

/// An identified JSON session with OBS.
pub(crate) async fn obs(addr: SocketAddr, mask: u64) -> Ws {
    let (mut ws, _) = Ws::connect(addr, "/", Some("obswebsocket.json")).await;
    let hello = ws.next_json().await;
    let auth = obs_auth("test-secret", &hello);
    ws.json(json!({"op": 1, "d": {"rpcVersion": 1, "authentication": auth, "eventSubscriptions": mask}})).await;
    assert_eq!(ws.next_json().await, json!({"op": 2, "d": {"negotiatedRpcVersion": 1}}));
    ws
}

impl Ws {
    /// Sends a request to OBS and gives the `d` of its response; events in between are dropped.
    pub(crate) async fn ask(&mut self, kind: &str, data: Value) -> Value {
        self.json(json!({"op": 6, "d": {"requestType": kind, "requestId": kind, "requestData": data}})).await;
        loop {
            let message = self.next_json().await;
            if message["op"] == 7 {
                return message["d"].clone();
            }
        }
    }

    /// The next event of OBS.
    pub(crate) async fn event(&mut self) -> Value {
        loop {
            let message = self.next_json().await;
            if message["op"] == 5 {
                return message["d"].clone();
            }
        }
    }

    /// The next event of OBS of that type.
    pub(crate) async fn event_of(&mut self, kind: &str) -> Value {
        loop {
            let event = self.event().await;
            if event["eventType"] == kind {
                return event["eventData"].clone();
            }
        }
    }
}

/// A session with Home Assistant that is logged in.
pub(crate) async fn home(addr: SocketAddr) -> Ws {
    let (mut ws, _) = Ws::connect(addr, "/api/websocket", None).await;
    assert_eq!(ws.next_json().await["type"], "auth_required");
    ws.json(json!({"type": "auth", "access_token": "test-secret-jwt"})).await;
    assert_eq!(ws.next_json().await["type"], "auth_ok");
    ws
}

/// A line-based connection.
pub(crate) struct Lines {
    tcp: TcpStream,
    buf: Vec<u8>,
}

impl Lines {
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        let tcp = soon(TcpStream::connect(addr)).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        Self { tcp, buf: Vec::new() }
    }

    pub(crate) async fn send(&mut self, text: &str) {
        soon(self.tcp.write_all(text.as_bytes())).await.unwrap();
    }

    /// The next line without its end; `None` at the end of the connection.
    pub(crate) async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.buf.windows(2).position(|w| w == b"\r\n") {
                let line = self.buf.drain(..end + 2).collect::<Vec<_>>();
                return Some(String::from_utf8(line[..end].to_vec()).unwrap());
            }
            if soon(self.tcp.read_buf(&mut self.buf)).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    pub(crate) async fn bytes(&mut self, count: usize) -> Vec<u8> {
        while self.buf.len() < count {
            assert!(soon(self.tcp.read_buf(&mut self.buf)).await.unwrap() > 0, "ended early");
        }
        self.buf.drain(..count).collect()
    }

    /// All that comes until the end.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        while soon(self.tcp.read_buf(&mut self.buf)).await.unwrap_or(0) > 0 {}
        std::mem::take(&mut self.buf)
    }
}

/// An answer over HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

/// One request on a connection of its own.
pub(crate) async fn http(addr: SocketAddr, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
    let mut lines = Lines::connect(addr).await;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n"
    );
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    soon(lines.tcp.write_all(&bytes)).await.unwrap();
    let all = lines.rest().await;
    let text = String::from_utf8(all).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// Tells where two values differ in shape: other keys, other types. Lists are compared by their first elements.
pub(crate) fn shape_fault(path: &str, wanted: &Value, got: &Value) -> Option<String> {
    match (wanted, got) {
        (Value::Object(w), Value::Object(g)) => {
            let keys =
                |m: &serde_json::Map<String, Value>| m.keys().cloned().collect::<std::collections::BTreeSet<_>>();
            if keys(w) != keys(g) {
                return Some(format!("{path}: keys {:?} instead of {:?}", keys(g), keys(w)));
            }
            w.iter().find_map(|(k, v)| shape_fault(&format!("{path}.{k}"), v, &g[k]))
        }
        (Value::Array(w), Value::Array(g)) => match (w.first(), g.first()) {
            (Some(w), Some(g)) => shape_fault(&format!("{path}[]"), w, g),
            _ => None,
        },
        (Value::Number(w), Value::Number(g)) if w.is_f64() != g.is_f64() => Some(format!("{path}: {g} instead of {w}")),
        (w, g) if std::mem::discriminant(w) != std::mem::discriminant(g) => Some(format!("{path}: {g} instead of {w}")),
        _ => None,
    }
}

impl Lines {
    /// Whether the peer still takes bytes.
    pub(crate) async fn try_send(&mut self, text: &str) -> bool {
        self.tcp.write_all(text.as_bytes()).await.is_ok()
    }
}
