//! One external module.

use super::engine::{Engine, Handler, Out};
use super::message::{self, Answer, unescape};
use crate::knobs::{Knobs, lock};
use crate::net::SimStream;
use crate::outbox::Outbox;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

/// A line and its end leave in two writes.
async fn write(stream: &mut SimStream, line: &[u8]) -> bool {
    stream.write_all(line).await.is_ok() && stream.write_all(b"\n").await.is_ok()
}

/// What a client is; a socket says it in its first line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Global,
    Channel,
}

struct Session {
    engine: Arc<Engine>,
    id: u64,
    role: Option<Role>,
    outbox: Outbox<Vec<u8>>,
    leaving: bool,
}

pub(super) async fn serve(engine: Arc<Engine>, knobs: Knobs, stream: SimStream) {
    let client = engine.add_client();
    run(engine, knobs, stream, client, None).await;
}

/// A program that the engine has started.
#[cfg(unix)]
pub(super) async fn serve_program(
    engine: Arc<Engine>,
    knobs: Knobs,
    stream: SimStream,
    client: (u64, mpsc::Receiver<Out>),
    channel: bool,
) {
    run(engine, knobs, stream, client, Some(if channel { Role::Channel } else { Role::Global })).await;
}

async fn run(
    engine: Arc<Engine>,
    knobs: Knobs,
    mut stream: SimStream,
    (id, mut lines): (u64, mpsc::Receiver<Out>),
    role: Option<Role>,
) {
    let mut session = Session { engine: Arc::clone(&engine), id, role, outbox: Outbox::new(knobs), leaving: false };
    session.run(&mut stream, &mut lines).await;
    let channel = engine.with_client(id, |client| client.local.id.clone()).flatten();
    engine.remove_client(id);
    // the channel that it was hangs up
    if let Some(channel) = channel {
        engine.drop_channel(&channel, None).await;
    }
}

impl Session {
    async fn run(&mut self, stream: &mut SimStream, lines: &mut mpsc::Receiver<Out>) {
        let mut buffer = Vec::new();
        loop {
            let limit = self.engine.with_client(self.id, |client| client.local.bufsize).unwrap_or(8192);
            while !self.leaving
                && let Some(end) = buffer.iter().position(|byte| matches!(byte, b'\n' | 0))
            {
                if end + 1 >= limit {
                    return;
                }
                let rest = buffer.split_off(end + 1);
                let mut line = std::mem::replace(&mut buffer, rest);
                line.pop();
                line.pop_if(|byte| *byte == b'\r');
                if line.is_empty() {
                    continue;
                }
                if self.role.is_some() {
                    self.on_line(&line);
                } else if let Some(role) = line.strip_prefix(b"%%>connect:") {
                    self.role = match role.split(|byte| *byte == b':').next() {
                        Some(b"global") => Some(Role::Global),
                        Some(b"channel") => Some(Role::Channel),
                        _ => return,
                    };
                    self.engine.seen.push("connect");
                } else {
                    return;
                }
            }
            if buffer.len() >= limit && !buffer.iter().any(|byte| matches!(byte, b'\n' | 0)) {
                return;
            }
            if self.leaving && self.outbox.len() == 0 {
                let _ = stream.shutdown().await;
                return;
            }
            tokio::select! {
                biased;
                line = self.outbox.next() => {
                    if !write(stream, &line).await {
                        return;
                    }
                }
                out = lines.recv() => match out {
                    Some(Out::Reply(line)) => self.outbox.reply(line),
                    Some(Out::Push(line)) => {
                        if !write(stream, &line).await {
                            return;
                        }
                    }
                    Some(Out::Close) | None => return,
                },
                read = stream.read_buf(&mut buffer), if !self.leaving && !self.outbox.is_full() => {
                    if !read.is_ok_and(|count| count > 0) {
                        return;
                    }
                }
            }
        }
    }

    fn on_line(&mut self, line: &[u8]) {
        let told = String::from_utf8_lossy(line);
        let mut fields = told.trim_start_matches("%%>").split(':');
        let kind = fields.next().unwrap_or_default();
        let subject = match kind {
            "message" | "install" => fields.nth(if kind == "message" { 2 } else { 1 }),
            _ => fields.next(),
        };
        self.engine.seen.push(&format!("{kind} {}", subject.unwrap_or_default()));
        if let Some(rest) = line.strip_prefix(b"%%<message:") {
            if let Some(answer) = Answer::parse(rest) {
                self.engine.answered(self.id, answer);
            }
            return;
        }
        match self.command(line) {
            Some(Some(answer)) => self.outbox.reply(answer),
            Some(None) => {}
            None => {
                let mut answer = b"Error in: ".to_vec();
                answer.extend_from_slice(line);
                self.outbox.reply(answer);
            }
        }
    }

    /// What is answered, if anything is. `None`: it makes no sense.
    fn command(&mut self, line: &[u8]) -> Option<Option<Vec<u8>>> {
        if line == b"%%>quit" {
            self.leaving = true;
            return Some(Some(b"%%<quit".to_vec()));
        }
        if let Some(rest) = line.strip_prefix(b"%%>message:") {
            let (id, message) = message::request(rest)?;
            self.emit(id, message);
            return Some(None);
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if let Some(rest) = line.strip_prefix(b"%%>install:") {
            return Some(Some(self.install(rest)));
        }
        if let Some(name) = line.strip_prefix(b"%%>uninstall:") {
            let removed = self.engine.with_client(self.id, |client| {
                let at = client.handlers.iter().position(|handler| handler.name == name)?;
                Some(client.handlers.remove(at).priority)
            });
            let removed = removed.flatten();
            let (priority, done) = (removed.unwrap_or(0), removed.is_some());
            return Some(Some(format!("%%<uninstall:{priority}:{}:{done}", text(name)).into_bytes()));
        }
        if let Some(name) = line.strip_prefix(b"%%>watch:") {
            let done = self.engine.with_client(self.id, |client| client.watches.insert(name.to_vec()));
            return Some(Some(format!("%%<watch:{}:{}", text(name), done.unwrap_or(false)).into_bytes()));
        }
        if let Some(name) = line.strip_prefix(b"%%>unwatch:") {
            let done = self.engine.with_client(self.id, |client| client.watches.remove(name));
            return Some(Some(format!("%%<unwatch:{}:{}", text(name), done.unwrap_or(false)).into_bytes()));
        }
        if let Some(rest) = line.strip_prefix(b"%%>setlocal:") {
            let rest = text(rest);
            let (name, value) = rest.split_once(':').filter(|(name, _)| !name.is_empty())?;
            let (value, ok) = self.engine.set_local(self.id, name, value);
            return Some(Some(format!("%%<setlocal:{name}:{value}:{ok}").into_bytes()));
        }
        if line.starts_with(b"%%>output:") {
            return Some(None);
        }
        if let Some(rest) = line.strip_prefix(b"%%>debug:") {
            let at = rest.iter().position(|byte| *byte == b':')?;
            unescape(rest.get(at..)?)?;
            return text(rest.get(..at)?).parse::<u8>().is_ok().then_some(None);
        }
        None
    }

    fn install(&self, rest: &[u8]) -> Vec<u8> {
        let mut fields = rest.splitn(4, |byte| *byte == b':');
        let mut next = || fields.next().unwrap_or_default();
        let priority = String::from_utf8_lossy(next()).parse().unwrap_or(100);
        let name = next().to_vec();
        let filter = next().to_vec();
        let value = next().to_vec();
        let filter = (!filter.is_empty()).then(|| {
            let plain = |bytes: &[u8]| unescape(bytes).unwrap_or_else(|| bytes.to_vec());
            (plain(&filter), plain(&value))
        });
        let serial = self.engine.serial();
        let text = String::from_utf8_lossy(&name).into_owned();
        let done = self.engine.with_client(self.id, |client| {
            let new = !name.is_empty() && !client.handlers.iter().any(|handler| handler.name == name);
            if new {
                client.handlers.push(Handler { name, priority, filter, serial });
            }
            new
        });
        format!("%%<install:{priority}:{text}:{}", done.unwrap_or(false)).into_bytes()
    }

    fn emit(&self, id: Vec<u8>, mut message: message::Message) {
        if self.role == Some(Role::Channel) && message.name == b"call.execute" {
            self.become_channel(&mut message);
        }
        let (engine, client) = (Arc::clone(&self.engine), self.id);
        tokio::spawn(async move {
            let (handled, message) = Arc::clone(&engine).dispatch(message, Some(client)).await;
            // without an id nobody waits
            if !id.is_empty() {
                engine.send(client, Out::Reply(message.answer(&id, handled)));
            }
        });
    }

    /// The first call that a client of the role channel makes is its own.
    fn become_channel(&self, message: &mut message::Message) {
        let known = self.engine.with_client(self.id, |client| client.local.id.clone()).flatten();
        let id = known.unwrap_or_else(|| {
            let id = self.engine.create_external(&message.text("caller"));
            lock(&self.engine.state).clients.get_mut(&self.id).map(|client| client.local.id.insert(id.clone()).clone());
            id
        });
        message.set(b"id", id.as_bytes());
    }
}
