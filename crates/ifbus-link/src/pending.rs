//! The requests that are with the server.

use crate::error::{Error, Lost};
use crate::session::{Session, Slot};
use crate::wire::Wire;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Where a caller waits for its reply.
pub(crate) type Reply<S> = oneshot::Sender<Result<<S as Session>::Reply, Error>>;

/// A request that the session has.
pub(crate) struct Entry<S: Session> {
    pub(crate) reply: Reply<S>,
    pub(crate) deadline: Instant,
    pub(crate) within: Duration,
    /// Where its first byte stands in the wire's count.
    pub(crate) mark: Option<u64>,
}

impl<S: Session> Entry<S> {
    fn sent(&self, written: u64) -> bool {
        self.mark.is_some_and(|mark| written > mark)
    }
}

/// Where a request's bytes stand that may not have been written.
struct Segment {
    slot: Slot,
    start: u64,
    end: u64,
}

/// All requests that are with the server.
pub(crate) struct Pending<S: Session> {
    /// Nobody else chooses the slots: a hash that is merely quick will do.
    pub(crate) entries: FxHashMap<Slot, Entry<S>>,
    segments: VecDeque<Segment>,
}

impl<S: Session> Default for Pending<S> {
    fn default() -> Self {
        Self { entries: FxHashMap::default(), segments: VecDeque::new() }
    }
}

impl<S: Session> Pending<S> {
    pub(crate) fn deadlines(&self) -> impl Iterator<Item = Instant> {
        self.entries.values().map(|entry| entry.deadline)
    }

    /// The bytes of a request stand between these counts; `entry` if it is not among the pending yet.
    pub(crate) fn pushed(&mut self, slot: Slot, entry: Option<&mut Entry<S>>, start: u64, end: u64) {
        if let Some(entry) = entry.or_else(|| self.entries.get_mut(&slot)) {
            entry.mark.get_or_insert(start);
            self.segments.push_back(Segment { slot, start, end });
        }
    }

    /// Everything that was pushed has reached the socket.
    pub(crate) fn all_written(&mut self) {
        self.segments.clear();
    }

    /// Removes from the wire the requests whose callers have gone and of which no byte was written.
    pub(crate) fn retract_abandoned<W: Wire>(&mut self, wire: &mut W) -> Vec<Slot> {
        if self.segments.is_empty() {
            return Vec::new();
        }
        let written = wire.written();
        self.segments.retain(|segment| segment.end > written);
        let abandoned: Vec<Slot> = self
            .segments
            .iter()
            .map(|segment| segment.slot)
            .filter(|slot| self.entries.get(slot).is_some_and(|entry| !entry.sent(written) && entry.reply.is_closed()))
            .collect();
        abandoned
            .into_iter()
            .filter(|slot| self.take_back(*slot, wire) && self.entries.remove(slot).is_some())
            .collect()
    }

    /// Ends those whose deadline has passed; gives them back with whether they were sent.
    pub(crate) fn expire<W: Wire>(&mut self, now: Instant, wire: &mut W) -> Vec<(Slot, bool)> {
        let late: Vec<Slot> =
            self.entries.iter().filter(|(_, entry)| entry.deadline <= now).map(|(slot, _)| *slot).collect();
        let mut expired = Vec::with_capacity(late.len());
        for slot in late {
            let written = wire.written();
            let begun = self.entries.get(&slot).is_some_and(|entry| entry.sent(written));
            // what waits in the buffer and cannot be taken back will be sent
            let sent = begun || !self.take_back(slot, wire);
            if let Some(entry) = self.entries.remove(&slot) {
                let _ = entry.reply.send(Err(Error::Timeout { sent, after: entry.within }));
            }
            expired.push((slot, sent));
        }
        expired
    }

    /// Takes all bytes of an unwritten request out of the wire's buffer. False: the wire cannot.
    fn take_back<W: Wire>(&mut self, slot: Slot, wire: &mut W) -> bool {
        while let Some(at) = self.segments.iter().position(|segment| segment.slot == slot) {
            let Some(Segment { start, end, .. }) = self.segments.remove(at) else { return false };
            if !wire.retract(start, end) {
                return false;
            }
            let length = end - start;
            for later in self.segments.iter_mut().filter(|segment| segment.start >= end) {
                later.start -= length;
                later.end -= length;
            }
            for mark in self.entries.values_mut().filter_map(|entry| entry.mark.as_mut()).filter(|mark| **mark >= end) {
                *mark -= length;
            }
        }
        true
    }

    /// Ends all with a lost connection.
    pub(crate) fn fail_all<W: Wire>(&mut self, wire: &W, why: &Lost) {
        let written = wire.written();
        for (_, entry) in self.entries.drain() {
            let sent = entry.sent(written);
            let _ = entry.reply.send(Err(Error::ConnectionLost { sent, why: why.clone() }));
        }
        self.segments.clear();
    }
}
