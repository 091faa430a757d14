//! Messages of HTTP.

use super::frame::Frame;
use super::node::Node;
use percent_encoding::percent_decode;

/// The most headers that are read.
const HEADERS: usize = 100;

/// The head of an answer: the frame, its length in bytes, the status. `None` while it is not whole.
pub(super) fn response_head(bytes: &[u8]) -> Result<Option<(Frame, usize, u16)>, String> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut head = httparse::Response::new(&mut headers);
    match head.parse(bytes).map_err(|error| error.to_string())? {
        httparse::Status::Partial => Ok(None),
        httparse::Status::Complete(length) => {
            let status = head.code.unwrap_or_default();
            let mut frame = response(u32::from(status), head.reason.unwrap_or_default());
            put(&mut frame, head.headers);
            Ok(Some((frame, length, status)))
        }
    }
}

/// The head of a request.
pub(super) fn request_head(bytes: &[u8]) -> Result<Frame, String> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    match head.parse(bytes).map_err(|error| error.to_string())? {
        httparse::Status::Partial => Err("the head of the request is not whole".to_owned()),
        httparse::Status::Complete(_) => {
            let mut frame = request(head.method.unwrap_or_default(), head.path.unwrap_or_default());
            put(&mut frame, head.headers);
            Ok(frame)
        }
    }
}

fn put(frame: &mut Frame, headers: &[httparse::Header<'_>]) {
    frame.fields.extend(headers.iter().map(|header| (header.name.into(), Node::of_bytes(header.value))));
}

/// A request; what stands behind the `?` of the path becomes fields.
pub(super) fn request(method: &str, path: &str) -> Frame {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut frame = Frame::new("http_request").field("method", method).field("path", path);
    frame.fields.extend(parameters(query.as_bytes()));
    frame
}

/// An answer.
pub(super) fn response(status: u32, reason: &str) -> Frame {
    let frame = Frame::new("http_response").field("status", status);
    if reason.is_empty() { frame } else { frame.field("reason", reason) }
}

/// The parameters of a query, decoded; what has no name gets an empty one.
pub(super) fn parameters(query: &[u8]) -> impl Iterator<Item = (Node, Node)> {
    query.split(|byte| *byte == b'&').filter(|part| !part.is_empty()).map(|part| {
        match part.iter().position(|byte| *byte == b'=').and_then(|at| part.split_at_checked(at)) {
            Some((name, value)) => (decoded(name), decoded(value.get(1..).unwrap_or_default())),
            None => (Node::from(""), decoded(part)),
        }
    })
}

fn decoded(bytes: &[u8]) -> Node {
    let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    Node::of_bytes(&percent_decode(&spaced).collect::<Vec<_>>())
}
