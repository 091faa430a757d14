//! Messages on the wire: requests with the server's limits, replies and events.

use std::fmt::{Display, Write as _};

/// The longest line of a request, without its end.
const MAX_LINE: usize = 1022;
/// The most headers of a request, `Action` included.
const MAX_HEADERS: usize = 128;
/// What is left of an ActionID in replies that copy it through a small buffer, and what they lose then: the line end.
const LONG_ID: usize = 245;

/// A request: its headers in order.
#[derive(Debug, Default)]
pub(super) struct Request {
    headers: Vec<(String, String)>,
}

/// What the lines of one message are.
#[derive(Debug)]
pub(super) enum Parsed {
    Request(Request),
    /// A message that the server refuses, with the ActionID if it could be read.
    Refused(&'static str, Option<String>),
}

impl Request {
    /// The first header of this name, in any case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The first header of this name; empty counts as missing.
    pub(super) fn some(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// All headers of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub(super) fn action_id(&self) -> Option<&str> {
        self.some("ActionID")
    }
}

/// Cuts requests off the front of what was received.
#[derive(Debug, Default)]
pub(super) struct Reader {
    buffer: Vec<u8>,
    lines: Vec<Vec<u8>>,
}

impl Reader {
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// The next message, if its blank line is there.
    pub(super) fn next(&mut self) -> Option<Parsed> {
        loop {
            let end = self.buffer.iter().position(|byte| *byte == b'\n')?;
            let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            if !line.is_empty() {
                // an ActionID behind the limit is still found, but nothing grows without end
                if self.lines.len() < 16 * MAX_HEADERS {
                    self.lines.push(line);
                }
                continue;
            }
            let lines = std::mem::take(&mut self.lines);
            return Some(parse(&lines));
        }
    }

    /// Whether somebody sends a line without end.
    pub(super) fn is_flooded(&self) -> bool {
        self.buffer.len() > 1 << 20
    }
}

fn parse(lines: &[Vec<u8>]) -> Parsed {
    let mut request = Request::default();
    for line in lines.iter().filter(|line| line.len() <= MAX_LINE) {
        // a NUL ends the line as C sees it
        let line = line.split(|byte| *byte == 0).next().unwrap_or_default();
        let text = String::from_utf8_lossy(line);
        if let Some((key, value)) = text.split_once(':') {
            request.headers.push((key.to_owned(), value.trim_start_matches(' ').to_owned()));
        } else {
            request.headers.push((text.into_owned(), String::new()));
        }
    }
    let id = request.action_id().map(str::to_owned);
    if lines.iter().any(|line| line.len() > MAX_LINE) {
        return Parsed::Refused("Failed to parse message: line too long", id);
    }
    if lines.len() > MAX_HEADERS {
        return Parsed::Refused("Too many lines in message or allocation failure", id);
    }
    Parsed::Request(request)
}

/// A message that is being written.
#[derive(Debug, Clone, Default)]
pub(super) struct Message(String);

impl Message {
    /// `Response: …`, with the request's ActionID if it had one.
    pub(super) fn response(kind: &str, id: Option<&str>) -> Self {
        let message = Self::default().with("Response", kind);
        message.id(id)
    }

    /// `Response: Success`, with a message if there is something to say.
    pub(super) fn success(request: &Request, text: &str) -> Self {
        let message = Self::response("Success", request.action_id());
        if text.is_empty() { message } else { message.with("Message", text) }
    }

    pub(super) fn error(request: &Request, text: &str) -> Self {
        Self::response("Error", request.action_id()).with("Message", text)
    }

    pub(super) fn with(mut self, key: &str, value: impl Display) -> Self {
        self.put(key, value);
        self
    }

    pub(super) fn id(self, id: Option<&str>) -> Self {
        match id {
            Some(id) if id.len() >= LONG_ID => {
                let cut = id.char_indices().take_while(|(at, _)| *at < LONG_ID).map(|(_, c)| c).collect::<String>();
                // the buffer had no room for the line end: the next header is glued on
                Self(format!("{}ActionID: {cut}", self.0))
            }
            Some(id) => self.with("ActionID", id),
            None => self,
        }
    }

    pub(super) fn put(&mut self, key: &str, value: impl Display) {
        // writing to a string cannot fail
        let _ = write!(self.0, "{key}: {value}\r\n");
    }

    /// The whole message with its blank line.
    pub(super) fn end(mut self) -> String {
        self.0.push_str("\r\n");
        self.0
    }
}

/// An answer that is a list: the start, the items, and the end that counts them.
pub(super) fn list(request: &Request, text: &str, items: Vec<Message>, complete: &str) -> String {
    let count = items.len();
    let end = Message::default().with("Event", complete).id(request.action_id());
    let mut all =
        Message::response("Success", request.action_id()).with("EventList", "start").with("Message", text).end();
    items.into_iter().for_each(|item| all.push_str(&item.end()));
    all.push_str(&end.with("EventList", "Complete").with("ListItems", count).end());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Parsed> {
        let mut reader = Reader::default();
        reader.buffer().extend_from_slice(bytes);
        std::iter::from_fn(|| reader.next()).collect()
    }

    #[test]
    fn requests_are_cut_at_blank_lines_and_the_limits_hold() {
        let read_one = |bytes: &[u8]| read(bytes).pop().unwrap();
        let Parsed::Request(request) = read_one(b"Action: Ping\nactionid:  7 \r\n\r\nrest") else { panic!() };
        assert_eq!((request.get("ACTION"), request.action_id()), (Some("Ping"), Some("7 ")));
        let line = |length: usize| format!("Action: Ping\r\nActionID: 1\r\nX: {}\r\n\r\n", "x".repeat(length - 3));
        assert!(matches!(read_one(line(1022).as_bytes()), Parsed::Request(_)));
        let refused = read_one(line(1024).as_bytes());
        assert!(matches!(&refused, Parsed::Refused("Failed to parse message: line too long", Some(id)) if id == "1"));
        let headers = |count: usize| format!("Action: Ping\r\n{}\r\n", "A: b\r\n".repeat(count - 1));
        assert!(matches!(read_one(headers(128).as_bytes()), Parsed::Request(_)));
        assert!(
            matches!(read_one(headers(129).as_bytes()), Parsed::Refused(text, None) if text.starts_with("Too many"))
        );
    }
}
