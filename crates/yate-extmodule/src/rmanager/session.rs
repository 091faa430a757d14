//! The console's state machine. Answers have no end of their own: a question with a known answer (`uptime`) follows each command.

use super::codec::{Line, Outgoing};
use crate::received::Received;
use crate::redact;
use bytes::Bytes;
use ifbus_link::{Actions, Refusal, RefusalKind, Session, Slot};
use secrecy::{ExposeSecret, SecretString};
use std::borrow::Cow;
use std::collections::VecDeque;

/// The largest answer, in bytes: `status` of ten thousand channels has one million.
pub(crate) const ANSWER: usize = 16 << 20;

/// A command to the console. Its text has been checked.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) line: String,
    /// The engine goes away with it: its first line is the answer.
    pub(crate) last: bool,
}

/// The lines of an answer; `None`: it was too large.
pub(crate) type Answer = Option<Vec<Bytes>>;

/// What the next `uptime` ends.
enum Awaited {
    Login,
    Ping,
    /// It is the answer of a command that asked for it.
    Own,
    /// `None`: nobody waits any more.
    Command {
        slot: Option<Slot>,
        lines: Vec<Bytes>,
        size: usize,
        last: bool,
    },
}

pub(crate) struct ConsoleSession {
    password: Option<SecretString>,
    machine: bool,
    awaited: VecDeque<Awaited>,
}

/// How other servers begin: AMI, the module protocol, FreeSWITCH's event socket, HTTP.
const OTHERS: [&str; 5] = ["Asterisk Call Manager", "%%<", "Error in:", "Content-Type:", "HTTP/"];

const BEACON: &str = "uptime";

fn is_beacon(line: &[u8]) -> bool {
    line.starts_with(b"Uptime: ") || line.starts_with(b"%%=uptime:")
}

impl ConsoleSession {
    pub(crate) fn new(password: Option<SecretString>, machine: bool) -> Self {
        Self { password, machine, awaited: VecDeque::new() }
    }

    fn login(line: &[u8], actions: &mut Actions<Self>) {
        let text = String::from_utf8_lossy(line);
        let refused = |kind| Refusal::new(kind, None, text.chars().take(80).collect::<String>());
        let denied = ["Bad authentication password!", "Not authenticated!", "%%=auth:fail=badpass", "%%=*:fail=noauth"];
        if denied.contains(&&*text) {
            actions.refuse(refused(RefusalKind::Credentials));
        } else if OTHERS.iter().any(|other| text.starts_with(other)) {
            actions.refuse(refused(RefusalKind::WrongService));
        }
    }

    fn text(&mut self, line: Bytes, actions: &mut Actions<Self>) {
        if is_beacon(&line) {
            match self.awaited.pop_front() {
                Some(Awaited::Login) => actions.ready(),
                Some(Awaited::Command { slot, lines, size, .. }) => {
                    if let Some(slot) = slot {
                        actions.reply(slot, (size <= ANSWER).then_some(lines));
                    }
                }
                // of two in a row the first is the answer, the second its end
                Some(Awaited::Own) => self.keep(line, actions),
                Some(Awaited::Ping) | None => {}
            }
            return;
        }
        if matches!(self.awaited.front(), Some(Awaited::Login)) {
            Self::login(&line, actions);
        } else {
            self.keep(line, actions);
        }
    }

    /// A line of the answer that is being given.
    fn keep(&mut self, line: Bytes, actions: &mut Actions<Self>) {
        let Some(Awaited::Command { slot, lines, size, last }) = self.awaited.front_mut() else { return };
        *size += line.len() + 32;
        if *size > ANSWER {
            lines.clear();
        } else {
            lines.push(line);
        }
        if *last {
            if let Some(slot) = slot.take() {
                actions.reply(slot, Some(std::mem::take(lines)));
            }
            self.awaited.pop_front();
        }
    }
}

fn outgoing(line: impl Into<String>, secret: bool) -> Outgoing {
    Outgoing { line: line.into(), secret }
}

impl Session for ConsoleSession {
    type In = Line;
    type Out = Outgoing;
    type Request = Ask;
    type Reply = Answer;
    type Event = Received;
    type Question = std::convert::Infallible;
    type Answer = std::convert::Infallible;

    fn opened(&mut self, actions: &mut Actions<Self>) {
        if let Some(password) = &self.password {
            actions.send(outgoing(format!("auth {}", password.expose_secret()), true));
        }
        if self.machine {
            actions.send(outgoing("machine on", false));
        }
        actions.send(outgoing(BEACON, false));
        self.awaited.push_back(Awaited::Login);
    }

    fn handle(&mut self, line: Line, actions: &mut Actions<Self>) {
        match line {
            Line::Message(message) => actions.event(message),
            Line::Text(line) => self.text(line, actions),
            Line::TooLong => {
                if let Some(Awaited::Command { lines, size, .. }) = self.awaited.front_mut() {
                    *size = ANSWER + 1;
                    lines.clear();
                }
            }
        }
    }

    fn submit(&mut self, slot: Slot, ask: Ask, actions: &mut Actions<Self>) {
        if ask.line == BEACON {
            self.awaited.push_back(Awaited::Own);
        }
        let secret = ask.line.split_ascii_whitespace().next() == Some("auth");
        actions.send_request(slot, outgoing(ask.line, secret));
        if !ask.last {
            actions.send_request(slot, outgoing(BEACON, false));
        }
        self.awaited.push_back(Awaited::Command { slot: Some(slot), lines: Vec::new(), size: 0, last: ask.last });
    }

    fn expired(&mut self, late: Slot, sent: bool, _: &mut Actions<Self>) {
        let is_late = |awaited: &Awaited| matches!(awaited, Awaited::Command { slot: Some(slot), .. } if *slot == late);
        let Some(at) = self.awaited.iter().position(is_late) else { return };
        if !sent {
            self.awaited.remove(at);
            if at > 0 && matches!(self.awaited.get(at - 1), Some(Awaited::Own)) {
                self.awaited.remove(at - 1);
            }
        } else if let Some(Awaited::Command { slot, .. }) = self.awaited.get_mut(at) {
            *slot = None;
        }
    }

    fn ping(&mut self, actions: &mut Actions<Self>) {
        self.awaited.push_back(Awaited::Ping);
        actions.send(outgoing(BEACON, false));
    }

    fn goodbye(&mut self, actions: &mut Actions<Self>) {
        actions.send(outgoing("quit", false));
    }

    fn lost(&mut self) {
        self.awaited.clear();
    }

    fn name(ask: &Ask) -> Cow<'static, str> {
        Cow::Owned(ask.line.split_ascii_whitespace().next().unwrap_or_default().to_owned())
    }

    fn show_in(&self, line: &Line) -> Vec<u8> {
        match line {
            Line::Message(message) => message.redacted(),
            Line::Text(line) => line.to_vec(),
            Line::TooLong => b"(a line over the limit)".to_vec(),
        }
    }

    fn show_out(&self, command: &Outgoing) -> Vec<u8> {
        if command.secret { [b"auth ", redact::REDACTED].concat() } else { command.line.clone().into_bytes() }
    }
}
