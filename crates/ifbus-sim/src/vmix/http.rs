//! The HTTP API of the web controller.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::Shared;
use super::functions::Query;
use crate::http::{self, Head, Trouble};
use crate::knobs::lock;
use crate::net::SimStream;

/// One request per connection: whether vMix keeps connections alive is not known.
pub(super) async fn serve(shared: Arc<Shared>, mut stream: SimStream) {
    let mut buf = Vec::new();
    let (status, body) = match http::read_head(&mut stream, &mut buf).await {
        Ok(head) => answer(&shared, &head),
        Err(Trouble::Closed) => return,
        Err(Trouble::Malformed) => {
            let head = "HTTP/1.0 400 Bad Request\r\nConnection: close\r\nContent-Length: 47";
            let _ = http::send(&mut stream, head, b"The request was invalid and could be processed.").await;
            return;
        }
    };
    if shared.knobs.swallow() {
        return;
    }
    shared.knobs.wait().await;
    let kind = if body.starts_with("<vmix") { "text/xml; charset=utf-8" } else { "text/html; charset=utf-8" };
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close");
    let _ = http::send(&mut stream, &head, body.as_bytes()).await;
}

/// The status line's tail and the body. Bodies of errors are not known, and empty.
fn answer(shared: &Arc<Shared>, head: &Head) -> (&'static str, String) {
    if head.method != "GET" {
        return ("405 Method Not Allowed", String::new());
    }
    if let Some(password) = &shared.config.password {
        let wanted = format!("Basic {}", BASE64.encode(format!("{}:{password}", shared.config.user)));
        if head.header("authorization") != Some(&wanted) {
            return ("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"vMix\"", String::new());
        }
    }
    let query = Query::parse(head.query());
    match head.path().trim_end_matches('/').to_ascii_lowercase().as_str() {
        "/api" if query.is_empty() => ("200 OK", shared.document().document()),
        "/api" => match query.get("Function").and_then(|name| shared.function(name, &query)) {
            // Accepted is not done: a missing target is no error here.
            Some(_) => ("200 OK", "Function completed successfully.".to_owned()),
            None => ("500 Internal Server Error", String::new()),
        },
        "/tally" => ("200 OK", tally_page(shared)),
        "/tallyupdate" => ("200 OK", tally_update(shared, query.get("key").unwrap_or_default())),
        _ => ("404 Not Found", String::new()),
    }
}

fn tally_page(shared: &Shared) -> String {
    let state = lock(&shared.state);
    let link =
        |i: &super::state::Input| format!("<a href=\"/tally/?key={}\" class=\"tallyLink\">{}</a>", i.key, i.title);
    let links: String = state.inputs.iter().map(link).collect();
    format!("<html><body>{links}</body></html>")
}

fn tally_update(shared: &Shared, key: &str) -> String {
    let state = lock(&shared.state);
    let at = state.inputs.iter().position(|i| i.key == key);
    let colour = match at.and_then(|at| state.tally().chars().nth(at)) {
        Some('1') => "#006400",
        Some('2') => "#ff8c00",
        _ => "#000000",
    };
    format!("tallyChange(\"{colour}\");")
}
