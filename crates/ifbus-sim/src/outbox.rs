//! Replies on their way out, each at its time.

use std::collections::VecDeque;

use tokio::time::{Instant, sleep_until};

use crate::knobs::Knobs;

/// The replies of one connection that have not left yet.
pub(crate) struct Outbox<M> {
    knobs: Knobs,
    queue: VecDeque<(Instant, M)>,
}

impl<M> Outbox<M> {
    /// A session that has that many replies to send stops reading.
    const LIMIT: usize = 1024;

    pub(crate) fn new(knobs: Knobs) -> Self {
        Self { knobs, queue: VecDeque::new() }
    }

    /// Queues a reply, unless the knobs swallow it.
    pub(crate) fn reply(&mut self, message: M) {
        if !self.knobs.swallow() {
            self.queue.push_back((Instant::now() + self.knobs.delay(), message));
        }
    }

    /// Queues what is no reply of its own, to leave after the replies before it.
    #[cfg(any(feature = "ha", feature = "asterisk", feature = "freeswitch", feature = "yate"))]
    pub(crate) fn follow(&mut self, message: M) {
        self.queue.push_back((Instant::now(), message));
    }

    /// Whether the time of the next reply has come.
    #[cfg(any(feature = "obs", feature = "vmix", feature = "ha"))]
    pub(crate) fn is_due(&self) -> bool {
        self.queue.front().is_some_and(|(due, _)| *due <= Instant::now())
    }

    /// The next reply, if its time has come.
    #[cfg(any(feature = "vmix", feature = "ha"))]
    pub(crate) fn ready(&mut self) -> Option<M> {
        if self.is_due() { self.queue.pop_front().map(|(_, m)| m) } else { None }
    }

    #[cfg(any(feature = "ha", feature = "asterisk", feature = "freeswitch", feature = "yate"))]
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.queue.len() >= Self::LIMIT
    }

    /// The next reply, when its time has come; for ever pending while there is none.
    pub(crate) async fn next(&mut self) -> M {
        loop {
            match self.queue.front() {
                // The timer counts whole milliseconds, and would make each reply wait for the next one.
                Some((due, _)) if *due <= Instant::now() => {}
                Some((due, _)) => sleep_until(*due).await,
                None => std::future::pending().await,
            }
            if let Some((_, message)) = self.queue.pop_front() {
                return message;
            }
        }
    }
}
