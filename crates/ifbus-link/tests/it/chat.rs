//! A small protocol that has everything a link serves: a login, replies by number or by order, events, questions, a ping and a
//! farewell. Lines, ended by LF.

use bytes::BytesMut;
use ifbus_link::{Actions, Codec, Lost, Refusal, RefusalKind, Session, Slot};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// The longest line that the codec takes.
pub(crate) const LINE_LIMIT: usize = 4096;

#[derive(Default)]
pub(crate) struct Lines {
    looked: usize,
}

impl Codec for Lines {
    type In = String;
    type Out = String;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<String>, Lost> {
        let Some(end) = memchr::memchr(b'\n', &buffer[self.looked..]) else {
            self.looked = buffer.len();
            return if buffer.len() > LINE_LIMIT { Err(Lost::malformed("a line over the limit")) } else { Ok(None) };
        };
        let line = buffer.split_to(self.looked + end + 1);
        self.looked = 0;
        match std::str::from_utf8(&line[..line.len() - 1]) {
            Ok(line) => Ok(Some(line.to_owned())),
            Err(_) => Err(Lost::malformed("a line that is no text")),
        }
    }

    fn encode(&mut self, line: String, buffer: &mut BytesMut) {
        buffer.extend_from_slice(line.as_bytes());
        buffer.extend_from_slice(b"\n");
    }
}

/// Says `login secret`, is ready with `ok`. A request is `<slot> <words>`, its reply `= <slot> <words>`; an event is `! <words>`;
/// a question `? <token> <words>`, answered by `a <token> <words>`, by default with `nobody`.
#[derive(Default)]
pub(crate) struct Chat {
    /// Replies carry no number: `= <words>`.
    pub(crate) ordered: bool,
    /// Asks the driver to be woken so long after the login; an event `woken` follows.
    pub(crate) alarm: Option<Duration>,
    pub(crate) order: VecDeque<Slot>,
    pub(crate) alarm_at: Option<Instant>,
}

/// How long a question may wait for its answer.
pub(crate) const ASK_WITHIN: Duration = Duration::from_secs(3);

impl Session for Chat {
    type In = String;
    type Out = String;
    type Request = String;
    type Reply = String;
    type Event = String;
    type Question = String;
    type Answer = String;

    fn opened(&mut self, actions: &mut Actions<Self>) {
        actions.send("login secret".into());
    }

    fn handle(&mut self, line: String, actions: &mut Actions<Self>) {
        let (kind, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match kind {
            "ok" => {
                self.alarm_at = self.alarm.map(|after| actions.now() + after);
                actions.ready();
            }
            "no" => actions.refuse(Refusal::new(RefusalKind::Credentials, Some(7), rest)),
            "=" if self.ordered => match self.order.pop_front() {
                Some(slot) => actions.reply(slot, rest.into()),
                None => actions.disconnect(Lost::malformed("a reply to nothing")),
            },
            "=" => {
                let (id, words) = rest.split_once(' ').unwrap_or((rest, ""));
                actions.reply(Slot::from_id(id.parse().unwrap_or(0)), words.into());
            }
            "!" if rest == "panic" => panic!("a session that breaks its promise"),
            "!" => actions.event(rest.into()),
            "?" => {
                let (token, words) = rest.split_once(' ').unwrap_or((rest, ""));
                actions.ask(token.parse().unwrap_or(0), words.into(), ASK_WITHIN);
            }
            "pong" => {}
            _ => actions.disconnect(Lost::malformed("an unknown line")),
        }
    }

    fn submit(&mut self, slot: Slot, words: String, actions: &mut Actions<Self>) {
        if self.ordered {
            self.order.push_back(slot);
        }
        actions.send_request(slot, format!("{} {words}", slot.id()));
    }

    fn expired(&mut self, slot: Slot, sent: bool, actions: &mut Actions<Self>) {
        self.order.retain(|other| sent || *other != slot);
        if self.ordered && sent {
            actions.disconnect(Lost::protocol("a reply is overdue, and replies carry no number"));
        }
    }

    fn answer(&mut self, token: u64, answer: Option<String>, actions: &mut Actions<Self>) {
        actions.send(format!("a {token} {}", answer.as_deref().unwrap_or("nobody")));
    }

    fn ping(&mut self, actions: &mut Actions<Self>) {
        actions.send("ping".into());
    }

    fn goodbye(&mut self, actions: &mut Actions<Self>) {
        actions.send("bye".into());
    }

    fn lost(&mut self) {
        self.order.clear();
        self.alarm_at = None;
    }

    fn timeout(&self) -> Option<Instant> {
        self.alarm_at
    }

    fn handle_timeout(&mut self, actions: &mut Actions<Self>) {
        self.alarm_at = None;
        actions.event("woken".into());
    }

    fn show_in(&self, line: &String) -> Vec<u8> {
        line.clone().into_bytes()
    }

    fn show_out(&self, line: &String) -> Vec<u8> {
        match line.strip_prefix("login ") {
            Some(_) => b"login [redacted]".to_vec(),
            None => line.clone().into_bytes(),
        }
    }
}
