//! Questions of the engine's: each is answered, whatever becomes of its handler.

use super::YateSession;
use crate::codec::Outgoing;
use crate::config::Role;
use crate::dispatch::Question;
use crate::message::head_of_answer;
use crate::received::Received;
use bytes::Bytes;
use ifbus_link::Actions;
use std::time::Duration;

/// Questions of a script that wait for the first handler.
const HELD: usize = 64;

impl YateSession {
    /// How long a handler may take: the engine goes on without us after its own time.
    pub(super) fn answer_within(&self) -> Duration {
        let engine = self.server.timeout.map(|timeout| timeout.mul_f64(0.9));
        engine.into_iter().chain([self.settings.handler_timeout]).min().unwrap_or(self.settings.handler_timeout)
    }

    pub(super) fn question(&mut self, message: Received, actions: &mut Actions<Self>) {
        let token = self.next_question;
        self.next_question += 1;
        let within = self.answer_within();
        self.questions.insert(token, message.clone());
        if self.settings.role == Role::Script && !self.released {
            let (held, _) = self.held.get_or_insert_with(|| (Vec::new(), actions.now() + within));
            if held.len() < HELD {
                held.push(token);
            } else {
                self.answer_default(token, actions);
            }
            return;
        }
        let by = actions.now() + within;
        actions.ask(token, Question { message, by }, within);
    }

    /// The message goes on as it came, to the next handler.
    pub(super) fn answer_default(&mut self, token: u64, actions: &mut Actions<Self>) {
        if let Some(question) = self.questions.remove(&token) {
            let [id, ..] = question.head();
            actions.send(Outgoing { head: head_of_answer(id, false), body: Bytes::new() });
        }
    }

    pub(super) fn release(&mut self, actions: &mut Actions<Self>) {
        self.released = true;
        let within = self.answer_within();
        for token in self.held.take().map(|(held, _)| held).unwrap_or_default() {
            if let Some(question) = self.questions.get(&token) {
                let by = actions.now() + within;
                actions.ask(token, Question { message: question.clone(), by }, within);
            }
        }
    }
}
