//! The TCP API: lines in, lines and sized bodies out, pushes between them.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::broadcast;

use super::functions::Query;
use super::state::VERSION;
use super::{Push, Shared};
use crate::knobs::lock;
use crate::net::SimStream;
use crate::outbox::Outbox;

/// A client whose line is longer is cut.
const MAX_LINE: usize = 1024 * 1024;

/// More does not gather before it is written.
const WRITE: usize = 64 * 1024;

enum Out {
    Bytes(String),
    Goodbye,
}

struct Session {
    shared: Arc<Shared>,
    outbox: Outbox<Out>,
    tally: bool,
    acts: bool,
}

pub(super) async fn serve(shared: Arc<Shared>, mut stream: SimStream) {
    let mut pushes = shared.pushes.subscribe();
    let outbox = Outbox::new(shared.knobs.clone());
    let mut session = Session { shared, outbox, tally: false, acts: false };
    let banner = format!("VERSION OK {VERSION}\r\n");
    if stream.write_all(banner.as_bytes()).await.is_err() {
        return;
    }
    let (mut buf, mut leaving) = (Vec::new(), String::new());
    loop {
        // One write for the pushes of a function and its answer.
        if leaving.len() > WRITE || (pushes.is_empty() && !session.outbox.is_due()) {
            if stream.write_all(leaving.as_bytes()).await.is_err() {
                return;
            }
            leaving.clear();
        }
        while !session.outbox.is_full()
            && let Some(line) = take_line(&mut buf)
        {
            session.on_line(&line);
        }
        if buf.len() > MAX_LINE {
            return;
        }
        let full = session.outbox.is_full();
        // Pushes first: vMix tells of most effects before it says that the function is done.
        let early = if session.shared.config.late_pushes { session.outbox.ready() } else { None };
        let out = tokio::select! {
            biased;
            Some(out) = async { early } => out,
            push = pushes.recv() => match push {
                Ok(push) => Out::Bytes(session.pushed(&push)),
                Err(broadcast::error::RecvError::Lagged(_) | broadcast::error::RecvError::Closed) => return,
            },
            out = session.outbox.next() => out,
            read = stream.read_buf(&mut buf), if !full => match read {
                Ok(n) if n > 0 => continue,
                _ => return,
            },
        };
        match out {
            Out::Bytes(bytes) => leaving.push_str(&bytes),
            Out::Goodbye => {
                let _ = stream.write_all(leaving.as_bytes()).await;
                return;
            }
        }
    }
}

/// Takes a line off, without its end. A lone line feed ends one too.
fn take_line(buf: &mut Vec<u8>) -> Option<String> {
    let end = buf.iter().position(|b| *b == b'\n')?;
    let line: Vec<u8> = buf.drain(..=end).collect();
    Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
}

impl Session {
    fn pushed(&self, push: &Push) -> String {
        match push {
            Push::Tally(digits) if self.tally => format!("TALLY OK {digits}\r\n"),
            Push::Acts(line) if self.acts => format!("ACTS OK {line}\r\n"),
            _ => String::new(),
        }
    }

    fn reply(&mut self, text: impl Into<String>) {
        self.outbox.reply(Out::Bytes(text.into()));
    }

    fn on_line(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "" => {}
            "VERSION" => self.reply(format!("VERSION OK {VERSION}\r\n")),
            "TALLY" => {
                let tally = lock(&self.shared.state).tally();
                self.reply(format!("TALLY OK {tally}\r\n"));
            }
            "FUNCTION" => {
                let (name, query) = rest.trim_start().split_once(' ').unwrap_or_else(|| (rest.trim(), ""));
                // A name that does not exist is not told over TCP.
                let answer = match self.shared.function(name, &Query::parse(query)) {
                    Some(Err(why)) => format!("FUNCTION ER {why}\r\n"),
                    Some(Ok(())) | None => "FUNCTION OK Completed\r\n".to_owned(),
                };
                self.reply(answer);
            }
            "ACTS" => {
                let (name, input) =
                    rest.trim().split_once(' ').map_or_else(|| (rest.trim(), None), |(n, i)| (n, Some(i)));
                let answer = lock(&self.shared.state).activator(name, input);
                self.reply(format!("ACTS {answer}\r\n"));
            }
            "XML" => {
                let xml = self.shared.document().document();
                self.reply(format!("XML {}\r\n{xml}\r\n", xml.len() + 2));
            }
            "XMLTEXT" => {
                let answer = match self.shared.document().find(rest) {
                    None => "XMLTEXT ER XML Entry Not Found\r\n".to_owned(),
                    Some(text) if text.contains(['\r', '\n']) => format!("XMLTEXT {}\r\n{text}\r\n", text.len() + 2),
                    Some(text) => format!("XMLTEXT OK {text}\r\n"),
                };
                self.reply(answer);
            }
            "SUBSCRIBE" | "UNSUBSCRIBE" => self.subscribe(word == "SUBSCRIBE", word, rest.trim()),
            "PING" => self.reply("PING OK PONG\r\n"),
            "QUIT" => {
                self.reply("QUIT OK\r\n");
                self.outbox.reply(Out::Goodbye);
            }
            other => self.reply(format!("{other} ER Unknown Command\r\n")),
        }
    }

    fn subscribe(&mut self, on: bool, word: &str, what: &str) {
        match what {
            "TALLY" => self.tally = on,
            "ACTS" => self.acts = on,
            _ => return self.reply(format!("{word} ER Invalid Command\r\n")),
        }
        if !on {
            return self.reply(format!("UNSUBSCRIBE OK {what}\r\n"));
        }
        let mut answer = format!("SUBSCRIBE OK {what} Subscribed\r\n");
        // Tally comes with where it stands; activators do not.
        if what == "TALLY" {
            let tally = lock(&self.shared.state).tally();
            answer.push_str(&format!("TALLY OK {tally}\r\n"));
        }
        self.reply(answer);
    }
}
