//! The fan-out: one bounded queue per subscriber, filled in batches, one wake per batch.

use crate::state::Counters;
use futures_core::Stream;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;
use tokio::time::Instant;

/// One item of a stream of events.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery<E> {
    /// An event, in the order in which the server sent it.
    Event(E),
    /// This subscriber was too slow: so many events were dropped here.
    #[non_exhaustive]
    Lagged {
        /// How many.
        missed: u64,
    },
    /// The connection was lost and stands again: events of the time between are missing.
    #[non_exhaustive]
    Reconnected {
        /// How long there was no connection.
        gap: Duration,
    },
}

impl<E> Delivery<E> {
    /// The event, if it is one.
    pub fn event(self) -> Option<E> {
        match self {
            Self::Event(event) => Some(event),
            Self::Lagged { .. } | Self::Reconnected { .. } => None,
        }
    }

    fn with<T>(self, change: impl FnOnce(E) -> Option<T>) -> Option<Delivery<T>> {
        Some(match self {
            Self::Event(event) => Delivery::Event(change(event)?),
            Self::Lagged { missed } => Delivery::Lagged { missed },
            Self::Reconnected { gap } => Delivery::Reconnected { gap },
        })
    }
}

/// Which events a full queue loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Overflow {
    /// The oldest: what remains is the latest. The default, right for whoever follows a state.
    #[default]
    DropOldest,
    /// The newest: what remains is the beginning. Right for whoever wants an unbroken run.
    DropNewest,
}

/// How one subscriber is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Subscription {
    /// Events that may wait. As many again may be in the batch that the subscriber works on. Default 4,096.
    pub capacity: usize,
    /// What a full queue loses.
    pub overflow: Overflow,
}

impl Default for Subscription {
    fn default() -> Self {
        Self { capacity: 4096, overflow: Overflow::DropOldest }
    }
}

impl Subscription {
    /// The default with this capacity, at least 1.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { capacity: capacity.max(1), ..Self::default() }
    }

    /// Sets what a full queue loses.
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }
}

type Filter<E> = Box<dyn Fn(&E) -> bool + Send + Sync>;

struct Queue<E> {
    inner: Mutex<Inner<E>>,
    filter: Option<Filter<E>>,
}

struct Inner<E> {
    setting: Subscription,
    items: VecDeque<Delivery<E>>,
    /// Dropped at the front (oldest) or at the back (newest), not yet told.
    missed: u64,
    /// A `Reconnected` that was dropped with its neighbours: it is told after the loss.
    reconnected: Option<Duration>,
    waker: Option<Waker>,
    /// Until when the driver waits for the subscriber to make room.
    crowded: Option<Instant>,
    driver: Option<Waker>,
    closed: bool,
}

/// So long the driver stops reading for a subscriber that may be about to read. One that has let it pass is waited for again
/// only after it has read.
const COURTESY: Duration = Duration::from_millis(5);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<E> Queue<E> {
    /// Changes what waits, and wakes the subscriber if that is news to it.
    fn change(&self, change: impl FnOnce(&mut Inner<E>) -> bool) {
        let mut inner = lock(&self.inner);
        let waker = if change(&mut inner) { inner.waker.take() } else { None };
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<E> Inner<E> {
    /// Appends an item; how many events were lost by that.
    fn push(&mut self, item: Delivery<E>) -> u64 {
        let mut lost = 0;
        match self.setting.overflow {
            Overflow::DropNewest => {
                let full = self.items.len() >= self.setting.capacity;
                match item {
                    Delivery::Reconnected { gap } if full || self.missed > 0 => self.reconnected = Some(gap),
                    _ if full => lost = 1,
                    item => {
                        self.tell_loss_at_back();
                        self.items.push_back(item);
                    }
                }
            }
            Overflow::DropOldest => {
                while self.items.len() >= self.setting.capacity {
                    match self.items.pop_front() {
                        Some(Delivery::Reconnected { gap }) => self.reconnected = Some(gap),
                        Some(_) => lost += 1,
                        None => break,
                    }
                }
                self.items.push_back(item);
            }
        }
        self.missed += lost;
        lost
    }

    /// Gives all that waits to a subscriber that has worked off its batch.
    fn refill(&mut self, batch: &mut VecDeque<Delivery<E>>) {
        match self.setting.overflow {
            Overflow::DropOldest => self.tell_loss_at_front(),
            Overflow::DropNewest => self.tell_loss_at_back(),
        }
        self.crowded = None;
        if let Some(driver) = self.driver.take() {
            driver.wake();
        }
        std::mem::swap(batch, &mut self.items);
    }

    /// Until when to wait for a subscriber whose queue is half full; it wakes the driver when it reads.
    fn wait(&mut self, now: Instant, driver: &Waker) -> Option<Instant> {
        let half_full = self.items.len() * 2 > self.setting.capacity;
        let until = half_full.then(|| *self.crowded.get_or_insert(now + COURTESY)).filter(|until| *until > now);
        self.driver = until.map(|_| driver.clone());
        until
    }

    fn tell_loss_at_back(&mut self) {
        if self.missed > 0 {
            self.items.push_back(Delivery::Lagged { missed: std::mem::take(&mut self.missed) });
        }
        if let Some(gap) = self.reconnected.take() {
            self.items.push_back(Delivery::Reconnected { gap });
        }
    }

    fn tell_loss_at_front(&mut self) {
        if let Some(gap) = self.reconnected.take() {
            self.items.push_front(Delivery::Reconnected { gap });
        }
        if self.missed > 0 {
            self.items.push_front(Delivery::Lagged { missed: std::mem::take(&mut self.missed) });
        }
    }
}

/// All subscribers of a link.
pub(crate) struct Fanout<E> {
    queues: Mutex<Vec<Arc<Queue<E>>>>,
    counters: Arc<Counters>,
    closed: AtomicBool,
    /// A queue may be crowded.
    crowded: AtomicBool,
}

impl<E: Clone> Fanout<E> {
    pub(crate) fn new(counters: Arc<Counters>) -> Self {
        Self { queues: Mutex::new(Vec::new()), counters, closed: false.into(), crowded: false.into() }
    }

    pub(crate) fn subscribe(&self, setting: Subscription, filter: Option<Filter<E>>) -> Events<E> {
        let mut queues = lock(&self.queues);
        if queues.len() == queues.capacity() {
            // before it grows: no event may ever come that would clear the abandoned away
            queues.retain(|queue| Arc::strong_count(queue) > 1);
        }
        let queue = Arc::new(Queue {
            inner: Mutex::new(Inner {
                setting,
                items: VecDeque::new(),
                missed: 0,
                reconnected: None,
                waker: None,
                crowded: None,
                driver: None,
                closed: self.closed.load(Ordering::Acquire),
            }),
            filter,
        });
        queues.push(Arc::clone(&queue));
        Events { queue, batch: VecDeque::new() }
    }

    /// Hands a batch on and empties it.
    pub(crate) fn publish(&self, events: &mut Vec<E>) {
        self.counters.events.add(events.len() as u64);
        let mut queues = lock(&self.queues);
        // a queue that only this list holds has lost its subscriber
        queues.retain(|queue| Arc::strong_count(queue) > 1);
        let last = queues.len().saturating_sub(1);
        for (i, queue) in queues.iter().enumerate() {
            let wanted = |event: &E| queue.filter.as_ref().is_none_or(|filter| filter(event));
            if i == last {
                self.fill(queue, events.drain(..).filter(|event| wanted(event)).map(Delivery::Event));
            } else {
                self.fill(queue, events.iter().filter(|event| wanted(event)).cloned().map(Delivery::Event));
            }
        }
        events.clear();
    }

    /// Until when reading on would likely make a subscriber lose events that is about to read.
    pub(crate) fn crowded(&self, driver: &Waker) -> Option<Instant> {
        self.crowded.load(Ordering::Relaxed).then_some(())?;
        let (now, queues) = (Instant::now(), lock(&self.queues));
        let there = queues.iter().filter(|queue| Arc::strong_count(queue) > 1);
        let until = there.filter_map(|queue| lock(&queue.inner).wait(now, driver)).min();
        self.crowded.store(until.is_some(), Ordering::Relaxed);
        until
    }

    /// Tells every subscriber of a gap.
    pub(crate) fn reconnected(&self, gap: Duration) {
        for queue in lock(&self.queues).iter() {
            self.fill(queue, std::iter::once(Delivery::Reconnected { gap }));
        }
    }

    fn fill(&self, queue: &Queue<E>, items: impl Iterator<Item = Delivery<E>>) {
        let mut lost = 0;
        queue.change(|inner| {
            let before = inner.items.len();
            lost = items.map(|item| inner.push(item)).sum();
            let crowded = inner.items.len() * 2 > inner.setting.capacity && inner.crowded.is_none();
            self.crowded.fetch_or(crowded, Ordering::Relaxed);
            inner.items.len() != before || lost > 0
        });
        if lost > 0 {
            self.counters.lagged.add(lost);
        }
    }

    /// Ends every stream once it is read empty.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for queue in lock(&self.queues).drain(..) {
            queue.change(|inner| {
                inner.closed = true;
                true
            });
        }
    }
}

/// A stream of events. It ends when the link is closed; dropping it unsubscribes.
///
/// A subscriber that does not read costs its own queue and nothing else: the queue is bounded, the loss is counted and told
/// by [`Delivery::Lagged`], and neither the server nor another subscriber waits. One that reads as fast as it can loses nothing:
/// when a queue is half full the reading of the socket rests until it has been taken, for 5 ms at most.
pub struct Events<E> {
    queue: Arc<Queue<E>>,
    batch: VecDeque<Delivery<E>>,
}

impl<E> std::fmt::Debug for Events<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

impl<E> Events<E> {
    /// The next item; `None` once the link is closed.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn recv(&mut self) -> Option<Delivery<E>> {
        std::future::poll_fn(|cx| self.poll_recv(cx)).await
    }

    /// The next item if one waits.
    pub fn try_recv(&mut self) -> Option<Delivery<E>> {
        if self.batch.is_empty() {
            lock(&self.queue.inner).refill(&mut self.batch);
        }
        self.batch.pop_front()
    }

    /// The poll form of [`recv`](Self::recv).
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<Delivery<E>>> {
        if let Some(item) = self.batch.pop_front() {
            return Poll::Ready(Some(item));
        }
        let mut inner = lock(&self.queue.inner);
        inner.refill(&mut self.batch);
        match self.batch.pop_front() {
            Some(item) => Poll::Ready(Some(item)),
            None if inner.closed => Poll::Ready(None),
            None => {
                if !inner.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                    inner.waker = Some(cx.waker().clone());
                }
                Poll::Pending
            }
        }
    }

    /// The stream of what `pick` makes of each event; events of which it makes nothing are passed over, markers stay.
    pub fn pick<T, F: FnMut(E) -> Option<T>>(self, pick: F) -> Picked<E, F> {
        Picked { events: self, pick }
    }
}

// nothing in it is pinned
impl<E> Unpin for Events<E> {}

impl<E> Stream for Events<E> {
    type Item = Delivery<E>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Delivery<E>>> {
        self.poll_recv(cx)
    }
}

impl<E> Drop for Events<E> {
    fn drop(&mut self) {
        // what waits is freed now, not with the next event
        lock(&self.queue.inner).items = VecDeque::new();
    }
}

/// A stream of picked events; made by [`Events::pick`].
pub struct Picked<E, F> {
    events: Events<E>,
    pick: F,
}

impl<E, F> std::fmt::Debug for Picked<E, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.events.fmt(f)
    }
}

impl<E, F> Unpin for Picked<E, F> {}

impl<T, E, F: FnMut(E) -> Option<T>> Picked<E, F> {
    /// The next item; `None` once the link is closed.
    pub async fn recv(&mut self) -> Option<Delivery<T>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<T, E, F: FnMut(E) -> Option<T>> Stream for Picked<E, F> {
    type Item = Delivery<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Delivery<T>>> {
        loop {
            let Some(delivery) = ready!(self.events.poll_recv(cx)) else { return Poll::Ready(None) };
            if let Some(picked) = delivery.with(&mut self.pick) {
                return Poll::Ready(Some(picked));
            }
        }
    }
}
