//! What is logged, of the test's own thread alone.

use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// The lines at `WARN` and above, as `LEVEL field=value …`.
#[derive(Clone, Default)]
pub struct Logs(Arc<Mutex<Vec<String>>>);

struct Line(String);

fn lock(lines: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {field}={value:?}"));
    }
}

impl Logs {
    /// Logs that fill until the guard is dropped. What is spawned meanwhile must run on this thread.
    #[must_use]
    pub fn here() -> (Self, tracing::subscriber::DefaultGuard) {
        // With one subscriber alone, the first thread that comes by a log line decides for all threads whether anybody wants it.
        static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Logs::default()));
        LazyLock::force(&ANOTHER);
        let logs = Self::default();
        let guard = tracing::subscriber::set_default(logs.clone());
        (logs, guard)
    }

    /// What has been logged since it was asked last.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.0))
    }
}

impl Subscriber for Logs {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        lock(&self.0).push(line.0);
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
