//! The desk at which the engine's questions find their handlers.

use crate::kick::{Ends, Kicker};
use crate::message::Reply;
use crate::received::Received;
use crate::session::Installs;
use bytes::Bytes;
use ifbus_link::{Call, Calls};
use std::borrow::Cow;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Why a handler could not decide; any error becomes one by `?`. The message goes on unhandled.
pub type HandlerError = Box<dyn std::error::Error + Send + Sync>;

type Outcome = Pin<Box<dyn Future<Output = Result<Reply, HandlerError>> + Send>>;
pub(crate) type Function = Box<dyn Fn(Received) -> Outcome + Send + Sync>;

/// What a handler has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HandlerStats {
    /// Answers of its that were sent to the engine, handled or passed on.
    pub answered: u64,
    /// Questions that it ended by an error or a panic, or by an answer that could not be sent; they went on unhandled.
    pub failed: u64,
    /// Questions for which it was too slow; they went on unhandled. Also answers that came after the deadline, after the
    /// connection was lost, or after the client was closed: they were thrown away.
    pub late: u64,
    /// Questions that it did not get, because as many as it may work on were with it; they went on unhandled.
    pub overloaded: u64,
}

#[derive(Debug, Default)]
struct Counters {
    answered: AtomicU64,
    failed: AtomicU64,
    late: AtomicU64,
    overloaded: AtomicU64,
}

/// A handler, whether it is installed or about to be.
pub(crate) struct Handler {
    function: Function,
    timeout: Duration,
    concurrency: usize,
    places: Arc<Semaphore>,
    kicker: Arc<Kicker>,
    counters: Counters,
    flood: Mutex<Flood>,
    /// The engine was asked to install it.
    pub(crate) installed: bool,
    /// Held by whoever removes it.
    pub(crate) removal: tokio::sync::Mutex<()>,
}

/// What was refused, and when that was last logged: a flood must not flood the log too.
#[derive(Debug, Default)]
struct Flood {
    logged: Option<Instant>,
    refused: u64,
}

impl Flood {
    /// One more. How many there were since the last line, if it is time for another.
    fn refuse(&mut self, now: Instant) -> Option<u64> {
        self.refused += 1;
        if self.logged.is_some_and(|logged| now < logged + Duration::from_secs(1)) {
            return None;
        }
        self.logged = Some(now);
        Some(std::mem::take(&mut self.refused))
    }
}

impl Handler {
    pub(crate) fn new(
        function: Function,
        timeout: Duration,
        concurrency: usize,
        installed: bool,
        kicker: &Arc<Kicker>,
    ) -> Self {
        kicker.start(timeout);
        Self {
            function,
            timeout,
            concurrency,
            places: Arc::new(Semaphore::new(concurrency)),
            kicker: Arc::clone(kicker),
            counters: Counters::default(),
            flood: Mutex::default(),
            installed,
            removal: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn stats(&self) -> HandlerStats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        HandlerStats {
            answered: read(&self.counters.answered),
            failed: read(&self.counters.failed),
            late: read(&self.counters.late),
            overloaded: read(&self.counters.overloaded),
        }
    }
}

/// The handlers of a client, by the names of their messages.
pub(crate) struct Table {
    handlers: Mutex<HashMap<String, Arc<Handler>>>,
    installs: Installs,
    kicker: Arc<Kicker>,
}

impl Table {
    pub(crate) fn new(installs: Installs, kicker: Kicker) -> Self {
        Self { handlers: Mutex::default(), installs, kicker: Arc::new(kicker) }
    }

    /// Whether this is the handler of these messages.
    pub(crate) fn holds(&self, name: &str, handler: &Arc<Handler>) -> bool {
        self.lock().get(name).is_some_and(|own| Arc::ptr_eq(own, handler))
    }

    /// Removes this handler, if it is there, and never another of the same name. It is not installed again after a loss.
    pub(crate) fn remove(&self, name: &str, handler: &Arc<Handler>) {
        let mut handlers = self.lock();
        if handlers.get(name).is_some_and(|own| Arc::ptr_eq(own, handler)) {
            // first: as long as the name is taken, no other installation can be among them
            self.installs.lock().unwrap_or_else(PoisonError::into_inner).retain(|own| own.name() != name);
            handlers.remove(name);
        }
    }

    pub(crate) fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Handler>>> {
        self.handlers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn kicker(&self) -> &Arc<Kicker> {
        &self.kicker
    }
}

/// A question, and when the link answers it if nobody else has.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) message: Received,
    pub(crate) by: Instant,
}

/// The line of an answer. It counts as late unless it is sent: whoever has it when the deadline has passed drops it.
pub(crate) struct Answer {
    line: Bytes,
    /// `None`: counted.
    handler: Option<Arc<Handler>>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}

impl Answer {
    fn count(&mut self, counter: impl Fn(&Counters) -> &AtomicU64) {
        if let Some(handler) = self.handler.take() {
            counter(&handler.counters).fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The line, which is sent.
    pub(crate) fn sent(mut self) -> Bytes {
        self.count(|counters| &counters.answered);
        std::mem::take(&mut self.line)
    }

    /// Nobody's.
    #[cfg(test)]
    pub(crate) fn of(line: &'static [u8]) -> Self {
        Self { line: Bytes::from_static(line), handler: None }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.count(|counters| &counters.late);
    }
}

/// Gives every question to its handler. It never waits for one: a handler that is busy, or that is not there, is passed over, and
/// the guard of the question answers.
pub(crate) async fn dispatch(mut calls: Calls<Question, Answer>, table: Arc<Table>, limit: Arc<AtomicUsize>) {
    let _ends = Ends(Arc::clone(&table.kicker));
    while let Some(call) = calls.recv().await {
        let handler = table.lock().get(&*call.question().message.name()).cloned();
        let Some(handler) = handler else { continue };
        let Ok(place) = Arc::clone(&handler.places).try_acquire_owned() else {
            handler.counters.overloaded.fetch_add(1, Ordering::Relaxed);
            if let Some(refused) = handler.flood.lock().unwrap_or_else(PoisonError::into_inner).refuse(Instant::now()) {
                let (name, at_once) = (call.question().message.name(), handler.concurrency);
                tracing::warn!(%name, at_once, refused, "the handler has its hands full: messages go on unhandled");
            }
            continue;
        };
        let limit = limit.load(Ordering::Relaxed);
        tokio::spawn(async move {
            let (_place, _busy) = (place, handler.kicker.begin());
            run(&handler, call, limit).await;
        });
    }
}

/// Counts what becomes of a question, a failure unless told otherwise: a panic unwinds through it, and is logged.
struct Count<'a> {
    name: Cow<'a, str>,
    /// `None`: the answer counts itself.
    outcome: Option<&'a AtomicU64>,
}

impl Drop for Count<'_> {
    fn drop(&mut self) {
        if let Some(counter) = self.outcome {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        if std::thread::panicking() {
            tracing::error!(name = %self.name, "the handler panicked: its message goes on unhandled");
        }
    }
}

async fn run(handler: &Arc<Handler>, call: Call<Question, Answer>, limit: usize) {
    let (question, by) = (call.question().message.clone(), call.question().by);
    let name = question.name();
    let mut count = Count { name: name.clone(), outcome: Some(&handler.counters.failed) };
    // the function itself may panic too, before there is a future
    let outcome = async { (handler.function)(question.clone()).await };
    match tokio::time::timeout(handler.timeout, outcome).await {
        // it blocked its thread: nobody could end it
        Ok(Ok(_)) if by <= Instant::now() => {
            count.outcome = Some(&handler.counters.late);
            tracing::warn!(%name, "the handler's answer came after the deadline");
        }
        Ok(Ok(reply)) => match reply.line(&question, limit) {
            Ok(line) => {
                count.outcome = None;
                call.answer(Answer { line, handler: Some(Arc::clone(handler)) });
            }
            Err(error) => tracing::warn!(%name, %error, "the handler's answer cannot be sent"),
        },
        Ok(Err(error)) => tracing::warn!(%name, %error, "the handler failed"),
        Err(_) => {
            count.outcome = Some(&handler.counters.late);
            tracing::warn!(%name, after = ?handler.timeout, "the handler was too slow");
        }
    }
}
