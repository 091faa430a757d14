//! Questions of the server's, and the guard that answers every one of them.

use tokio::sync::mpsc;

/// A question of the server's. It is answered whatever the handler does: by [`answer`](Call::answer), or, if it is dropped
/// (an error, a panic, a full queue), with the protocol's default.
#[derive(Debug)]
pub struct Call<Q, A> {
    question: Q,
    number: u64,
    answer: Option<A>,
    /// The reserved lane: it passes the queue of requests by, and it is never full.
    lane: mpsc::UnboundedSender<(u64, Option<A>)>,
}

impl<Q, A> Drop for Call<Q, A> {
    fn drop(&mut self) {
        // the driver may be gone, and the question with it
        let _ = self.lane.send((self.number, self.answer.take()));
    }
}

impl<Q, A> Call<Q, A> {
    pub(crate) fn new(question: Q, number: u64, lane: mpsc::UnboundedSender<(u64, Option<A>)>) -> Self {
        Self { question, number, answer: None, lane }
    }

    /// What the server asks.
    pub fn question(&self) -> &Q {
        &self.question
    }

    /// Answers. An answer that comes after the question's deadline is thrown away.
    pub fn answer(mut self, answer: A) {
        self.answer = Some(answer);
    }
}

/// The questions of a link, for whoever answers them; dropped, every question gets its default answer.
#[derive(Debug)]
pub struct Calls<Q, A>(pub(crate) mpsc::Receiver<Call<Q, A>>);

impl<Q, A> Calls<Q, A> {
    /// The next question; `None` once the link is closed.
    pub async fn recv(&mut self) -> Option<Call<Q, A>> {
        self.0.recv().await
    }
}
