//! The telnet manager.

use super::engine::{Engine, Out};
use super::help::{self, Level};
use super::message::Message;
use super::{NODE, seconds};
use crate::knobs::{Knobs, lock};
use crate::net::SimStream;
use crate::outbox::Outbox;
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A line that is longer ends the connection.
const LONGEST: usize = 65_536;

struct Manager {
    engine: Arc<Engine>,
    id: u64,
    admin: bool,
    machine: bool,
    leaving: bool,
}

pub(super) async fn serve(engine: Arc<Engine>, knobs: Knobs, mut stream: SimStream) {
    let (id, mut lines) = engine.add_client();
    let admin = engine.config.admin.is_none();
    let mut manager = Manager { engine: Arc::clone(&engine), id, admin, machine: false, leaving: false };
    manager.run(&mut stream, &mut lines, knobs).await;
    engine.remove_client(id);
}

impl Manager {
    async fn run(&mut self, stream: &mut SimStream, lines: &mut tokio::sync::mpsc::Receiver<Out>, knobs: Knobs) {
        let mut greeting = vec![0xff, 0xfb, 0x03, 0xff, 0xfb, 0x01, 0xff, 0xfd, 0x1f, b'\r'];
        greeting.extend([b' '; 9]);
        greeting.extend([8; 9]);
        let _ = write!(
            GreetingText(&mut greeting),
            "\rYATE 6.4.1-devel1 r1647cdc467274b293c040d5b4d8880cea2b18072 (http://YATE.null.ro) ready on {NODE}.\r\n"
        );
        if stream.write_all(&greeting).await.is_err() {
            return;
        }
        let mut outbox: Outbox<Vec<u8>> = Outbox::new(knobs);
        let mut buffer = Vec::new();
        loop {
            while !self.leaving
                && !outbox.is_full()
                && let Some(end) = buffer.iter().position(|byte| matches!(byte, b'\r' | b'\n' | 3 | 4))
            {
                // control-C, and control-D on an empty line, hang up
                match buffer.get(end) {
                    Some(3) => return,
                    Some(4) if end == 0 => return,
                    _ => {}
                }
                let rest = buffer.split_off(end + 1);
                let line: Vec<u8> =
                    std::mem::replace(&mut buffer, rest).into_iter().filter(|byte| *byte >= 0x20).collect();
                if line.is_empty() {
                    continue;
                }
                let line = String::from_utf8_lossy(&line).into_owned();
                let text = self.command(&line).await;
                // what the command made happen comes before its result
                while let Ok(out) = lines.try_recv() {
                    if let Out::Push(line) = out {
                        outbox.follow([line, b"\r\n".to_vec()].concat());
                    }
                }
                if !text.is_empty() {
                    outbox.reply(text.into_bytes());
                }
            }
            if self.leaving && outbox.len() == 0 {
                let _ = stream.shutdown().await;
                return;
            }
            if buffer.len() > LONGEST {
                return;
            }
            let bytes = tokio::select! {
                biased;
                bytes = outbox.next() => bytes,
                out = lines.recv() => match out {
                    Some(Out::Push(line) | Out::Reply(line)) => [line, b"\r\n".to_vec()].concat(),
                    Some(Out::Close) | None => return,
                },
                read = stream.read_buf(&mut buffer), if !self.leaving && !outbox.is_full() => {
                    if !read.is_ok_and(|count| count > 0) {
                        return;
                    }
                    continue;
                }
            };
            if stream.write_all(&bytes).await.is_err() {
                return;
            }
        }
    }

    /// One of two texts, for people or for machines.
    fn say(&self, people: impl std::fmt::Display, machines: impl std::fmt::Display) -> String {
        if self.machine { format!("%%={machines}\r\n") } else { format!("{people}\r\n") }
    }

    fn message(&self, name: &str) -> Message {
        Message::new(name)
    }

    /// Marks a message as one of this connection.
    fn marked(&self, message: Message) -> Message {
        message
            .with("cmd_address", "127.0.0.1")
            .with("cmd_machine", self.machine.to_string())
            .with("cmd_admin", self.admin.to_string())
    }

    async fn command(&mut self, line: &str) -> String {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        self.engine.seen.push(if verb == "auth" { verb } else { line });
        match verb {
            "quit" => {
                self.leaving = true;
                return self.say("Goodbye!", "quit");
            }
            "auth" => return self.auth(rest),
            "help" => return self.help(rest).await,
            "echo" => return format!("Remote echo: {}\r\n", if rest == "on" { "on" } else { "off" }),
            _ if !self.admin => return self.say("Not authenticated!", format_args!("{verb}:fail=noauth")),
            _ => {}
        }
        match verb {
            "status" => self.status(rest).await,
            "uptime" => {
                let up = self.engine.started.elapsed().as_secs();
                let (days, hours, minutes, secs) = (up / 86_400, up / 3600 % 24, up / 60 % 60, up % 60);
                self.say(
                    format_args!("Uptime: {days} {hours:02}:{minutes:02}:{secs:02} ({up}) user: 0.203 kernel: 0.323"),
                    format_args!("uptime:{up}:0.203:0.323"),
                )
            }
            "machine" => {
                if !rest.is_empty() {
                    self.machine = matches!(rest, "on" | "true" | "yes");
                }
                let on = self.machine;
                self.engine.with_client(self.id, |client| client.machine = on);
                format!("Machine mode: {}\r\n", if on { "on" } else { "off" })
            }
            "debug" => self.debug(rest).await,
            "call" => self.call(rest).await,
            "drop" => self.drop(rest).await,
            "control" => self.control(rest).await,
            "reload" => {
                let engine = Arc::clone(&self.engine);
                let mut message = self.message("engine.init");
                if !rest.is_empty() {
                    message = message.with("plugin", rest);
                }
                let message = message.with("nodename", NODE);
                tokio::spawn(async move { engine.emit(message).await });
                self.say("Reinitializing...", "reload")
            }
            "restart" => self.say("Cannot restart - no supervisor or already shutting down", "restart:fail"),
            "output" => format!("Output mode: {}\r\n", if rest == "on" { "on" } else { "off" }),
            "color" => format!("Colorized output: {}\r\n", if rest == "on" { "yes" } else { "no" }),
            "date" => format!("{} (seconds since the epoch)\r\n", seconds()),
            _ => {
                let message = self.marked(self.message("engine.command").with("line", line));
                let (handled, message) = self.engine.emit(message).await;
                if handled {
                    return message.text_value();
                }
                self.say(format_args!("Cannot understand: {line}"), format_args!("syntax:{line}"))
            }
        }
    }

    async fn help(&self, name: &str) -> String {
        let level = if self.admin { Level::Admin } else { Level::Guest };
        let known = if name.is_empty() { Some(help::all(level)) } else { help::one(level, name) };
        // modules may add to the list, or know the command
        let mut message = self.message("engine.help");
        match known {
            Some(text) if !name.is_empty() => return text,
            Some(text) => message.ret = text.into_bytes(),
            None => message = self.marked(message.with("line", name)),
        }
        if !self.admin {
            return if name.is_empty() { message.text_value() } else { format!("No help for '{name}'\r\n") };
        }
        let (handled, message) = self.engine.emit(message).await;
        if handled || name.is_empty() { message.text_value() } else { format!("No help for '{name}'\r\n") }
    }

    fn auth(&mut self, password: &str) -> String {
        if self.admin {
            return self.say("You are already authenticated as admin!", "auth:success");
        }
        if self.engine.config.admin.as_deref() != Some(password) {
            return self.say("Bad authentication password!", "auth:fail=badpass");
        }
        self.admin = true;
        self.say("Authenticated successfully as admin!", "auth:success")
    }

    async fn status(&self, rest: &str) -> String {
        let (overview, module) = match rest.strip_prefix("overview") {
            Some(module) => (true, module.trim()),
            None => (false, rest),
        };
        let mut message = self.message("engine.status");
        if !module.is_empty() {
            message = message.with("module", module);
        }
        if overview {
            message = message.with("details", "false");
        }
        let (_, message) = self.engine.emit(self.marked(message)).await;
        let mut text = if module.is_empty() { "%%+status\r\n".to_owned() } else { format!("%%+status:{module}\r\n") };
        if module.is_empty() || module == "rmanager" {
            let _ = write!(text, "name=rmanager,type=misc;listeners=1,conn=1\r\n");
        }
        text.push_str(&String::from_utf8_lossy(&message.ret));
        text.push_str("%%-status\r\n");
        text
    }

    async fn debug(&self, rest: &str) -> String {
        let words: Vec<&str> = rest.split_ascii_whitespace().collect();
        let level = match words.as_slice() {
            [] => None,
            ["level", level] | [level] if level.parse::<u8>().is_ok() => Some((*level).to_owned()),
            [module, ..] => {
                let line = rest.strip_prefix(module).unwrap_or_default().trim();
                let message = self.marked(self.message("engine.debug").with("module", module).with("line", line));
                let (handled, message) = self.engine.emit(message).await;
                if handled {
                    return message.text_value();
                }
                return self.say(format_args!("Cannot set debug: {rest}"), format_args!("debug:fail:{rest}"));
            }
        };
        let mut state = lock(&self.engine.state);
        if let Some(level) = level {
            state.debug = level;
        }
        let level = &state.debug;
        self.say(
            format_args!("Debug level: {level}, objects: off, local: off, threshold: 10"),
            format_args!("debug:level={level}:objects=false:local=false:threshold=10"),
        )
    }

    async fn call(&self, rest: &str) -> String {
        let Some((from, to)) = rest.split_once(' ') else {
            return self.say("You must specify source and target!", "call:fail=noarg");
        };
        let message = self.message("call.execute").with("callto", from).with("target", to);
        let (handled, message) = self.engine.emit(self.marked(message)).await;
        if handled {
            let id = message.text("id");
            return self.say(format_args!("Calling '{id}' {from} {to}"), format_args!("call:success:{id}:{from} {to}"));
        }
        self.say(format_args!("Could not call {from} {to}"), format_args!("call:fail:{from} {to}"))
    }

    async fn drop(&self, rest: &str) -> String {
        if rest.is_empty() {
            return self.say("You must specify what connection to drop!", "drop:fail=noarg");
        }
        let (id, reason) = rest.split_once(' ').unwrap_or((rest, ""));
        let all = matches!(id, "all" | "*");
        let mut message = self.message("call.drop");
        if !all {
            message = message.with("id", id);
        }
        if !reason.is_empty() {
            message = message.with("reason", reason);
        }
        let (handled, _) = self.engine.emit(self.marked(message)).await;
        match (all, handled) {
            (true, _) => self.say("Tried to drop all calls", "drop:unknown:all calls"),
            (false, true) => self.say(format_args!("Dropped {id}"), format_args!("drop:success:{id}")),
            (false, false) => self.say(format_args!("Could not drop {id}"), format_args!("drop:fail:{id}")),
        }
    }

    async fn control(&self, rest: &str) -> String {
        let Some((id, operation)) = rest.split_once(' ') else {
            return self.say("You must specify channel and operation!", "control:fail=noarg");
        };
        let message =
            self.message("chan.control").with("targetid", id).with("component", id).with("module", "rmanager");
        let (handled, _) = self.engine.emit(self.marked(message.with("operation", operation))).await;
        if handled {
            return self.say(format_args!("Control '{id}' OK"), format_args!("control:success:{id}:"));
        }
        self.say(format_args!("Could not control {rest}"), format_args!("control:fail:{rest}"))
    }
}

/// Text into bytes.
struct GreetingText<'a>(&'a mut Vec<u8>);

impl std::fmt::Write for GreetingText<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
