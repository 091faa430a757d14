//! A thread that keeps the runtime's timers going while handlers work.
//!
//! In tokio the timers are driven by the one worker that waits for I/O. If that worker comes to run a function that blocks, the
//! others may all be asleep and not know that nobody drives: no deadline passes until something from outside wakes one of them.
//! So this wakes one from outside, now and then, as long as handlers work; before it sleeps again it drives what is due.

use crate::session::Server;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::watch;

/// How often, whatever the deadlines are.
const OFTENEST: Duration = Duration::from_millis(20);
const SELDOMEST: Duration = Duration::from_secs(1);

/// The thread, and what it looks at. It is started with the first handler.
pub(crate) struct Kicker {
    runtime: Handle,
    server: watch::Receiver<Arc<Server>>,
    /// The shortest time of a handler, in microseconds.
    shortest: AtomicU64,
    /// Handlers at work.
    busy: AtomicUsize,
    /// The thread sleeps until it is woken.
    asleep: AtomicBool,
    over: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// A handler is at work as long as this is there.
pub(crate) struct Busy<'a>(&'a Kicker);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Ends the thread when it is dropped.
pub(crate) struct Ends(pub(crate) Arc<Kicker>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::SeqCst);
        self.0.wake();
    }
}

impl Kicker {
    /// Of the runtime that this is called on.
    pub(crate) fn new(server: watch::Receiver<Arc<Server>>) -> Self {
        Self {
            runtime: Handle::current(),
            server,
            shortest: AtomicU64::new(u64::MAX),
            busy: AtomicUsize::new(0),
            asleep: AtomicBool::new(false),
            over: AtomicBool::new(false),
            thread: Mutex::new(None),
        }
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    fn thread(&self) -> std::sync::MutexGuard<'_, Option<JoinHandle<()>>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is a handler that may take this long.
    pub(crate) fn start(self: &Arc<Self>, handler: Duration) {
        self.shortest.fetch_min(u64::try_from(handler.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        // where there is one thread, one that blocks it stops everything: nobody is left to wake
        if self.runtime.runtime_flavor() == RuntimeFlavor::CurrentThread {
            return;
        }
        let mut thread = self.thread();
        if thread.is_some() || self.over.load(Ordering::SeqCst) {
            return;
        }
        let own = Arc::clone(self);
        match std::thread::Builder::new().name("yate-kick".into()).spawn(move || own.run()) {
            Ok(started) => *thread = Some(started),
            Err(error) => tracing::warn!(%error, "no thread: a handler that blocks may be answered for late"),
        }
    }

    /// A handler goes to work.
    pub(crate) fn begin(&self) -> Busy<'_> {
        // either this is seen by the thread that is about to sleep, or its flag is seen here: hence the strict order of both
        self.busy.fetch_add(1, Ordering::SeqCst);
        if self.asleep.load(Ordering::SeqCst) {
            self.asleep.store(false, Ordering::SeqCst);
            self.wake();
        }
        Busy(self)
    }

    fn wake(&self) {
        if let Some(thread) = &*self.thread() {
            thread.thread().unpark();
        }
    }

    /// A quarter of the shortest deadline that a message may have.
    fn period(&self) -> Duration {
        let handler = Duration::from_micros(self.shortest.load(Ordering::Relaxed));
        let shortest = self.server.borrow().timeout.map_or(handler, |engine| engine.min(handler));
        (shortest / 4).clamp(OFTENEST, SELDOMEST)
    }

    fn run(&self) {
        // whoever started it has put its handle in place then
        drop(self.thread());
        let mut kick: Option<tokio::task::JoinHandle<()>> = None;
        while !self.over.load(Ordering::SeqCst) {
            if self.busy.load(Ordering::SeqCst) > 0 {
                std::thread::park_timeout(self.period());
                // one that still waits for a free worker is enough: they must not pile up
                if self.busy.load(Ordering::SeqCst) > 0
                    && kick.as_ref().is_none_or(tokio::task::JoinHandle::is_finished)
                {
                    kick = Some(self.runtime.spawn(async {}));
                }
                continue;
            }
            self.asleep.store(true, Ordering::SeqCst);
            if self.busy.load(Ordering::SeqCst) == 0 && !self.over.load(Ordering::SeqCst) {
                std::thread::park();
            }
            self.asleep.store(false, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn kicker() -> Arc<Kicker> {
        let (_, server) = watch::channel(Arc::new(Server::default()));
        Arc::new(Kicker::new(server))
    }

    fn until(what: &str, so: impl Fn() -> bool) {
        let started = Instant::now();
        while !so() {
            assert!(started.elapsed() < Duration::from_secs(10), "{what}");
            std::thread::yield_now();
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_sleeps_while_nothing_is_at_work_and_ends_with_the_client() {
        let kicker = kicker();
        let ends = Ends(Arc::clone(&kicker));
        assert!(kicker.thread().is_none(), "no handler, no thread");
        kicker.start(Duration::from_secs(8));
        kicker.start(Duration::from_millis(200));
        assert_eq!(kicker.period(), Duration::from_millis(50));
        for _ in 0..3 {
            until("it sleeps", || kicker.asleep.load(Ordering::SeqCst));
            let busy = kicker.begin();
            assert!(!kicker.asleep.load(Ordering::SeqCst), "it is woken");
            drop(busy);
        }
        until("it sleeps", || kicker.asleep.load(Ordering::SeqCst));
        drop(ends);
        until("it ends", || kicker.thread().as_ref().is_some_and(JoinHandle::is_finished));
        // a handler that comes too late
        *kicker.thread() = None;
        kicker.start(Duration::from_secs(1));
        assert!(kicker.thread().is_none());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_ends_also_while_a_handler_works() {
        let kicker = kicker();
        let ends = Ends(Arc::clone(&kicker));
        kicker.start(Duration::from_millis(1));
        assert_eq!(kicker.period(), OFTENEST);
        let _busy = kicker.begin();
        drop(ends);
        until("it ends", || kicker.thread().as_ref().is_some_and(JoinHandle::is_finished));
    }

    #[tokio::test]
    async fn a_runtime_of_one_thread_has_none() {
        let kicker = kicker();
        kicker.start(Duration::from_secs(8));
        assert!(kicker.thread().is_none());
    }
}
