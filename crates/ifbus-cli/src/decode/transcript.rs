//! Transcripts: a header in the first line, then a row per message (or, for a stream of bytes, per read).

use super::frame::{Direction, Frame, Output};
use super::input::{Ahead, read_line};
use super::node::Node;
use super::vmix;
use super::ws::{self, Data};
use super::{Protocol, Stream, ha, http, obs};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::HashMap;
use std::io::{self, Write};
use tungstenite::Utf8Bytes;

/// The longest row, in bytes: a message of 64 MiB in base64.
const ROW: usize = 90 << 20;
/// The code that a recorder writes where no close frame came.
const NO_CLOSE: u32 = 1006;

/// The first line.
#[derive(Deserialize)]
struct Header {
    protocol: String,
}

/// A row; each family of transcripts uses some of it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Row {
    conn: Option<u64>,
    dir: String,
    /// The payload, as text or in base64; the reason of a close.
    text: Option<String>,
    b64: Option<String>,
    /// What kind of WebSocket frame it is, where the row says.
    op: Option<String>,
    fin: Option<bool>,
    rsv1: bool,
    close: Option<u32>,
    code: Option<u32>,
    reason: Option<String>,
    method: Option<String>,
    path: Option<String>,
    status: Option<u32>,
    headers: Option<Node>,
    auth: Option<String>,
    eof: bool,
    truncated_from: Option<u64>,
}

impl Row {
    fn payload(&self) -> Result<Vec<u8>, String> {
        match (&self.b64, &self.text) {
            (Some(b64), _) => STANDARD.decode(b64).map_err(|error| format!("b64: {error}")),
            (None, text) => Ok(text.as_deref().unwrap_or_default().as_bytes().to_vec()),
        }
    }

    fn has_payload(&self) -> bool {
        self.b64.is_some() || self.text.is_some()
    }
}

/// One direction of a connection.
#[derive(Default)]
struct Lane {
    /// Bytes of payload so far.
    offset: u64,
    /// What decodes it, where it is a plain stream of bytes.
    stream: Option<Box<dyn Stream>>,
    /// The fragments of a message: where it begins, whether it is binary, its bytes.
    fragments: Option<(u64, bool, Vec<u8>)>,
}

/// Decodes a whole transcript.
pub(super) fn decode<W: Write>(protocol: Protocol, input: &mut Ahead<'_>, output: &mut Output<W>) -> io::Result<()> {
    let mut line = Vec::new();
    let mut more = |line: &mut Vec<u8>| read_line(input, line, ROW);
    match more(&mut line) {
        Ok(true) => {}
        Ok(false) => return Ok(()),
        Err(error) => return output.write(Frame::fatal("input", error.to_string())),
    }
    let http = match serde_json::from_slice::<Header>(&line) {
        Ok(header) if header.protocol.starts_with(protocol.recorded_as()) => {
            header.protocol.ends_with("-rest") || header.protocol.ends_with("-http")
        }
        Ok(header) => {
            let wanted = protocol.recorded_as().trim_end_matches('-');
            let error = format!("a recording of {}, not of {wanted}", header.protocol);
            return output.write(Frame::fatal("input", error));
        }
        Err(error) => return output.write(Frame::fatal("input", format!("no header in the first line: {error}"))),
    };
    let mut reader = Reader { protocol, http, lanes: HashMap::new(), row: 1 };
    loop {
        match more(&mut line) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                output.write(Frame { row: Some(reader.row + 1), ..Frame::fatal("input", error.to_string()) })?;
                break;
            }
        }
        reader.row += 1;
        if line.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Row>(&line) {
            Ok(row) => reader.handle(&row, output)?,
            Err(error) => {
                // a row that just ends is the end of a recording that was cut
                let frame = Frame { row: Some(reader.row), fatal: error.is_eof(), ..Frame::new("row") };
                output.write(frame.error(error.to_string()))?;
            }
        }
    }
    reader.finish(output)
}

struct Reader {
    protocol: Protocol,
    /// The rows are messages of HTTP, or pieces of their bodies.
    http: bool,
    lanes: HashMap<(Option<u64>, Direction), Lane>,
    row: u64,
}

impl Reader {
    fn handle<W: Write>(&mut self, row: &Row, output: &mut Output<W>) -> io::Result<()> {
        let dir = match row.dir.as_str() {
            "s2c" => Direction::ToClient,
            "c2s" => Direction::ToServer,
            _ => return Ok(()), // a note of the recorder's
        };
        let place = |frame: Frame, line| Frame { row: Some(line), dir: Some(dir), conn: row.conn, ..frame };
        let line = self.row;
        let payload = match row.payload() {
            Ok(payload) => payload,
            Err(error) => return output.write(place(Frame::new("row").error(error), line)),
        };
        let (protocol, http) = (self.protocol, self.http);
        let lane = self.lane(row.conn, dir);
        let offset = lane.offset;
        lane.offset += payload.len() as u64;
        if let Some(frame) = head(protocol, http, row, &payload) {
            output.write(place(frame.at(offset), line))?;
        } else if let Some(stream) = &mut lane.stream {
            stream.feed(&payload);
            while let Some(frame) = stream.next() {
                output.write(place(frame, line))?;
            }
            let queries = stream.queries();
            if !queries.is_empty()
                && let Some(answers) = &mut self.lane(row.conn, Direction::ToClient).stream
            {
                queries.into_iter().for_each(|secret| answers.expect(secret));
            }
        } else if let Some(frame) = message(protocol, row, dir, payload, lane, offset) {
            output.write(place(frame, line))?;
        }
        if row.eof
            && let Some(mut lane) = self.lanes.remove(&(row.conn, dir))
            && let Some(frame) = lane.end()
        {
            output.write(place(frame, line))?;
        }
        Ok(())
    }

    fn lane(&mut self, conn: Option<u64>, dir: Direction) -> &mut Lane {
        let protocol = self.protocol;
        self.lanes.entry((conn, dir)).or_insert_with(|| {
            let requests = protocol.requests();
            // a protocol of messages has its rows decoded one by one
            let is_stream = requests.is_some();
            let stream = if dir == Direction::ToServer { requests } else { is_stream.then(|| protocol.stream()) };
            Lane { stream, ..Lane::default() }
        })
    }

    /// What has been begun and not finished.
    fn finish<W: Write>(self, output: &mut Output<W>) -> io::Result<()> {
        let mut lanes: Vec<_> = self.lanes.into_iter().collect();
        lanes.sort_by_key(|((conn, dir), _)| (*conn, *dir == Direction::ToClient));
        for ((conn, dir), mut lane) in lanes {
            if let Some(frame) = lane.end() {
                output.write(Frame { row: Some(self.row), dir: Some(dir), conn, ..frame })?;
            }
        }
        Ok(())
    }
}

impl Lane {
    fn end(&mut self) -> Option<Frame> {
        if let Some((offset, ..)) = self.fragments.take() {
            return Some(Frame::fatal("truncated", "the last message is not finished").at(offset));
        }
        self.stream.as_mut().and_then(|stream| stream.end())
    }
}

/// A row that is a message of HTTP, or a piece of one's body.
fn head(protocol: Protocol, http: bool, row: &Row, payload: &[u8]) -> Option<Frame> {
    let mut frame = if let Some(method) = &row.method {
        let path = row.path.as_deref().unwrap_or_default();
        let mut frame = http::request(method, path);
        if protocol == Protocol::Vmix {
            let function = frame.fields.iter().find(|(name, _)| name.as_str() == Some("Function"));
            let function = function.and_then(|(_, function)| function.as_str());
            frame.secret = function.is_some_and(vmix_api::function::has_secret);
        }
        frame
    } else if let Some(status) = row.status {
        http::response(status, row.reason.as_deref().unwrap_or_default())
    } else if row.op.as_deref() == Some("http-upgrade") {
        let head = match row.dir.as_str() {
            "c2s" => http::request_head(payload),
            _ => http::response_head(payload).and_then(|head| {
                head.map(|(frame, ..)| frame).ok_or_else(|| "the head of the answer is not whole".to_owned())
            }),
        };
        return Some(head.unwrap_or_else(|error| Frame::new("http").body(Node::of_bytes(payload)).error(error)));
    } else if http && row.has_payload() {
        return Some(Frame::new("http_body").body(Node::of_bytes(payload)));
    } else {
        return None;
    };
    if let Some(Node::Map(headers)) = &row.headers {
        frame.fields.extend(headers.iter().map(|(name, value)| (name.as_str().into(), value.clone())));
    }
    if let Some(auth) = &row.auth {
        frame = frame.field("Authorization", auth.as_str());
    }
    if payload.is_empty() {
        return Some(frame);
    }
    if protocol == Protocol::Vmix && payload.trim_ascii_start().starts_with(b"<vmix")
        || payload.trim_ascii_start().starts_with(b"<?xml")
    {
        return Some(vmix::document(frame, payload));
    }
    let form = frame.fields.iter().any(|(name, value)| {
        name.as_str().is_some_and(|name| name.eq_ignore_ascii_case("content-type"))
            && value.as_str().is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    });
    frame = frame.body(if form {
        let pairs =
            http::parameters(payload).map(|(name, value)| (name.as_str().unwrap_or_default().to_owned(), value));
        Node::Map(pairs.collect())
    } else {
        Node::from_json(payload).unwrap_or_else(|_| Node::of_bytes(payload))
    });
    if let Some(whole) = row.truncated_from {
        frame = frame.error(format!("the recording holds {} of {whole} bytes", payload.len()));
    }
    Some(frame)
}

/// A row that is a frame of a WebSocket, or a whole message; `None` for no frame and for a part of a message.
fn message(
    protocol: Protocol,
    row: &Row,
    dir: Direction,
    payload: Vec<u8>,
    lane: &mut Lane,
    offset: u64,
) -> Option<Frame> {
    let op = row.op.as_deref();
    if row.close.is_some() || op == Some("close") {
        let code = row.close.or(row.code);
        let reason = row.reason.as_deref().or(row.text.as_deref()).unwrap_or_default();
        return (code != Some(NO_CLOSE)).then(|| ws::close(code, reason).at(offset));
    }
    match op {
        Some("ping") => return Some(Frame::new("ping").body(Node::of_bytes(&payload)).at(offset)),
        Some("pong") => return Some(Frame::new("pong").body(Node::of_bytes(&payload)).at(offset)),
        Some("text" | "binary" | "cont") | None => {}
        Some(other) => return Some(Frame::new("row").error(format!("a frame of a kind that is not known: {other}"))),
    }
    if !row.has_payload() {
        // the end of the connection, or something that the recorder left out
        return op.map(|op| Frame::new(op.to_owned()).error("the recording does not hold it").at(offset));
    }
    if row.rsv1 {
        let frame = Frame::new("frame").body(Node::of_bytes(&payload)).at(offset);
        return Some(frame.error("compressed by permessage-deflate, which the clients do not negotiate"));
    }
    let binary = op.map_or_else(|| row.b64.is_some(), |op| op == "binary");
    let begun = match (lane.fragments.take(), op) {
        (Some((begin, binary, mut bytes)), Some("cont")) => {
            bytes.extend_from_slice(&payload);
            (begin, binary, bytes)
        }
        (None, Some("cont")) => {
            let frame = Frame::new("frame").body(Node::of_bytes(&payload)).at(offset);
            return Some(frame.error("it continues a message that did not begin"));
        }
        _ => (offset, binary, payload),
    };
    if row.fin == Some(false) {
        lane.fragments = Some(begun);
        return None;
    }
    let (begin, binary, bytes) = begun;
    let length = bytes.len();
    let data = if binary {
        Data::Binary(bytes.into())
    } else {
        match Utf8Bytes::try_from(bytes.clone()) {
            Ok(text) => Data::Text(text),
            Err(error) => {
                let frame = Frame::new("text").body(Node::Bytes(bytes)).at(begin);
                return Some(frame.error(error.to_string()));
            }
        }
    };
    let frame = match (protocol, dir) {
        (Protocol::Obs, Direction::ToClient) => obs::from_server(data),
        (Protocol::Obs, Direction::ToServer) => obs::from_client(data),
        (_, Direction::ToClient) => ha::from_server(data),
        (_, Direction::ToServer) => ha::from_client(data),
    };
    let frame = frame.at(begin);
    Some(match row.truncated_from {
        Some(whole) => Frame { error: None, ..frame }.error(format!("the recording holds {length} of {whole} bytes")),
        None => frame,
    })
}
