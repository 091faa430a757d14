//! Faults on demand: one set of knobs per simulator, turned while it runs.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;

/// What goes wrong, and when. Cheap to clone; all clones turn the same knobs.
///
/// Bytes are held back, cut and chopped below the protocol, so that a simulator behaves as a real server on a bad
/// network does. [`Knobs::reply_delay`] and [`Knobs::drop_replies`] work on whole answers to requests; what a server
/// sends unasked (banners, events, pushes) passes them by.
#[derive(Clone, Default, Debug)]
pub struct Knobs {
    inner: Arc<Inner>,
}

#[derive(Default, Debug)]
struct Inner {
    reply_delay_us: AtomicU64,
    drop_replies: AtomicUsize,
    refuse: AtomicBool,
    silent: AtomicBool,
    freeze: AtomicBool,
    /// One more than the number of bytes; 0 is "never".
    cut_after: AtomicU64,
    /// 0 is "as it comes".
    chunk: AtomicUsize,
    accepted: AtomicU64,
    links: Mutex<HashMap<u64, Arc<Link>>>,
}

/// The part of a connection that the knobs reach from outside.
#[derive(Default, Debug)]
pub(crate) struct Link {
    pub(crate) reader: AtomicWaker,
    pub(crate) writer: AtomicWaker,
    pub(crate) cut: Notify,
}

impl Link {
    fn wake(&self) {
        self.reader.wake();
        self.writer.wake();
    }
}

impl Knobs {
    /// Every reply waits that long before it leaves; zero is at once. Replies keep their order, and several that wait
    /// do so side by side.
    pub fn reply_delay(&self, d: Duration) {
        let us = u64::try_from(d.as_micros()).unwrap_or(u64::MAX);
        self.inner.reply_delay_us.store(us, Ordering::Relaxed);
    }

    /// The next `n` replies are swallowed: the request took effect, its answer never comes.
    pub fn drop_replies(&self, n: usize) {
        self.inner.drop_replies.store(n, Ordering::Relaxed);
    }

    /// New connections are closed at once.
    pub fn refuse(&self, on: bool) {
        self.inner.refuse.store(on, Ordering::Relaxed);
    }

    /// New connections are accepted, and then nothing is ever said on them.
    pub fn silent(&self, on: bool) {
        self.inner.silent.store(on, Ordering::Relaxed);
    }

    /// Established connections stop reading and writing, as a peer does whose cable was pulled. Off again, they go on
    /// where they were.
    pub fn freeze(&self, on: bool) {
        self.inner.freeze.store(on, Ordering::SeqCst);
        if !on {
            for link in self.links().values() {
                link.wake();
            }
        }
    }

    /// Each connection is closed after that many bytes of the server, counted from its start; the bytes up to there
    /// arrive. `None` is never.
    pub fn cut_after(&self, bytes: Option<u64>) {
        self.inner.cut_after.store(bytes.map_or(0, |n| n.saturating_add(1)), Ordering::Relaxed);
    }

    /// The server's bytes leave in pieces of at most that size (1 = byte by byte). `None` or 0 is as they come.
    pub fn chunk(&self, size: Option<usize>) {
        self.inner.chunk.store(size.unwrap_or(0), Ordering::Relaxed);
    }

    /// Cuts every open connection now, with no goodbye of the protocol.
    pub fn disconnect_all(&self) {
        for link in self.links().values() {
            link.cut.notify_one();
        }
    }

    /// How many connections are open now.
    pub fn connections(&self) -> usize {
        self.links().len()
    }

    /// How many connections were ever accepted, refused ones included.
    pub fn accepted(&self) -> u64 {
        self.inner.accepted.load(Ordering::Relaxed)
    }

    pub(crate) fn delay(&self) -> Duration {
        Duration::from_micros(self.inner.reply_delay_us.load(Ordering::Relaxed))
    }

    /// Waits as long as a reply is to.
    #[cfg(any(feature = "vmix", feature = "ha"))]
    pub(crate) async fn wait(&self) {
        let delay = self.delay();
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
    }

    /// Whether the reply at hand is one to swallow.
    pub(crate) fn swallow(&self) -> bool {
        let dec = |n: usize| n.checked_sub(1);
        self.inner.drop_replies.fetch_update(Ordering::Relaxed, Ordering::Relaxed, dec).is_ok()
    }

    pub(crate) fn refuses(&self) -> bool {
        self.inner.refuse.load(Ordering::Relaxed)
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.inner.silent.load(Ordering::Relaxed)
    }

    pub(crate) fn frozen(&self) -> bool {
        self.inner.freeze.load(Ordering::SeqCst)
    }

    pub(crate) fn cut_limit(&self) -> Option<u64> {
        self.inner.cut_after.load(Ordering::Relaxed).checked_sub(1)
    }

    pub(crate) fn chunk_size(&self) -> Option<usize> {
        Some(self.inner.chunk.load(Ordering::Relaxed)).filter(|n| *n > 0)
    }

    /// Counts a new connection; its number.
    pub(crate) fn count(&self) -> u64 {
        self.inner.accepted.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn enter(&self, id: u64) -> Arc<Link> {
        let link = Arc::new(Link::default());
        self.links().insert(id, Arc::clone(&link));
        link
    }

    pub(crate) fn leave(&self, id: u64) {
        self.links().remove(&id);
    }

    fn links(&self) -> MutexGuard<'_, HashMap<u64, Arc<Link>>> {
        lock(&self.inner.links)
    }
}

/// Locks, whatever a panicking test thread left behind.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The last words of a kind that a simulator has seen; the oldest are forgotten beyond 10,000.
#[derive(Default, Debug)]
pub(crate) struct Seen(Mutex<VecDeque<String>>);

impl Seen {
    const LIMIT: usize = 10_000;
    /// Longer words are none that a client means.
    const LONGEST: usize = 200;

    pub(crate) fn push(&self, word: &str) {
        let end = word.char_indices().nth(Self::LONGEST).map_or(word.len(), |(end, _)| end);
        let word = word.get(..end).unwrap_or_default().to_owned();
        let mut list = lock(&self.0);
        if list.len() >= Self::LIMIT {
            list.pop_front();
        }
        list.push_back(word);
    }

    pub(crate) fn list(&self) -> Vec<String> {
        lock(&self.0).iter().cloned().collect()
    }
}
