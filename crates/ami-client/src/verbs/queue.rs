//! Queues.

use crate::action;
use crate::client::Client;
use crate::error::Error;
use crate::event::{QueueEntry, QueueMember, QueueParams};

/// A queue with its members and the callers that wait.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Its settings and figures.
    pub params: QueueParams,
    /// Its members.
    pub members: Vec<QueueMember>,
    /// Those who wait, first of all who is next.
    pub callers: Vec<QueueEntry>,
}

impl Client {
    /// All queues, or the one of this name; none where there is no such queue.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn queues(&self, name: Option<&str>) -> Result<Vec<Queue>, Error> {
        let status = action::QueueStatus::new();
        let list = self.send(if let Some(name) = name { status.queue(name) } else { status }).await?;
        let new = |params: QueueParams| Queue {
            name: params.queue().into_owned(),
            params,
            members: Vec::new(),
            callers: Vec::new(),
        };
        let mut queues: Vec<Queue> = list.of::<QueueParams>().map(new).collect();
        for member in list.of::<QueueMember>() {
            if let Some(queue) = queues.iter_mut().find(|queue| queue.name == member.queue()) {
                queue.members.push(member);
            }
        }
        for caller in list.of::<QueueEntry>() {
            if let Some(queue) = queues.iter_mut().find(|queue| queue.name == caller.queue()) {
                queue.callers.push(caller);
            }
        }
        Ok(queues)
    }

    /// Adds a member (`PJSIP/101`, `Local/101@from-queue/n`) to a queue.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn queue_add(&self, queue: &str, interface: &str) -> Result<(), Error> {
        self.send(action::QueueAdd::new(queue, interface)).await.map(|_| ())
    }

    /// Removes a member from a queue.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn queue_remove(&self, queue: &str, interface: &str) -> Result<(), Error> {
        self.send(action::QueueRemove::new(queue, interface)).await.map(|_| ())
    }

    /// Gives a member a pause, or ends it; in one queue, or in all.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn queue_pause(
        &self,
        interface: &str,
        paused: bool,
        queue: Option<&str>,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let mut pause = action::QueuePause::new(interface, paused);
        if let Some(queue) = queue {
            pause = pause.queue(queue);
        }
        if let Some(reason) = reason {
            pause = pause.reason(reason);
        }
        self.send(pause).await.map(|_| ())
    }
}
