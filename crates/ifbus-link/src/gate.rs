//! The rules of the house for clients that speak HTTP: deadline, limit of pending requests, span, counters, tap.

use crate::config::{LinkConfig, deadline};
use crate::error::Error;
use crate::state::{Counters, Stats};
use crate::tap::{Direction, TapFrame};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

/// Stands before an HTTP client and keeps the rules that a link keeps for a connection. Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    config: Arc<LinkConfig>,
    places: Arc<Semaphore>,
    counters: Arc<Counters>,
    exchanges: Arc<AtomicU64>,
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").field("protocol", &self.config.protocol).finish_non_exhaustive()
    }
}

impl Gate {
    /// A gate with these settings: `in_flight` requests at once, the rest wait within their deadlines.
    #[must_use]
    pub fn new(config: LinkConfig) -> Self {
        Self {
            places: Arc::new(Semaphore::new(config.in_flight.clamp(1, Semaphore::MAX_PERMITS))),
            counters: Arc::new(Counters::new(config.protocol)),
            exchanges: Arc::default(),
            config: Arc::new(config),
        }
    }

    /// The settings.
    pub fn config(&self) -> &LinkConfig {
        &self.config
    }

    /// Does one exchange within `within` (or the configured deadline), once a place is free. `sent` of a timeout is false only
    /// while the exchange waited for its place.
    ///
    /// # Errors
    /// [`Error::Timeout`], or whatever the exchange itself says.
    pub async fn pass<T, E: From<Error> + std::fmt::Display>(
        &self,
        name: &str,
        within: Option<Duration>,
        exchange: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let within = within.unwrap_or(self.config.request_timeout);
        let by = deadline(Instant::now(), within);
        let span = tracing::debug_span!("ifbus.request", protocol = self.config.protocol, request = name);
        self.counters.requests.add(1);
        let result = async {
            let Ok(Ok(_place)) = timeout_at(by, self.places.acquire()).await else {
                return Err(Error::Timeout { sent: false, after: within }.into());
            };
            match timeout_at(by, exchange).await {
                Ok(result) => result,
                Err(_) => Err(Error::Timeout { sent: true, after: within }.into()),
            }
        }
        .instrument(span)
        .await;
        if result.is_err() {
            self.counters.errors.add(1);
        }
        result
    }

    /// Shows the tap what goes over the wire; `show` makes the redacted text, and is called only where there is a tap. Gives the
    /// exchange's number; pass it on with the answer.
    pub fn show(&self, exchange: Option<u64>, direction: Direction, show: impl FnOnce() -> Vec<u8>) -> u64 {
        let exchange = exchange.unwrap_or_else(|| self.exchanges.fetch_add(1, Ordering::Relaxed) + 1);
        if let Some(tap) = &self.config.tap {
            let bytes = show();
            tap.frame(TapFrame { protocol: self.config.protocol, connection: exchange, direction, bytes: &bytes });
        }
        exchange
    }

    /// What has passed so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.counters.read()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_at_a_time_waits_within_its_deadline() {
        let mut config = LinkConfig::new("test");
        config.in_flight = 1;
        let gate = Gate::new(config);
        let slow = gate.pass("slow", None, async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok::<_, Error>(1)
        });
        let late = gate.pass("late", Some(Duration::from_secs(2)), async { Ok::<_, Error>(2) });
        let (slow, late) = tokio::join!(slow, late);
        assert_eq!(slow.ok(), Some(1));
        assert!(matches!(late, Err(Error::Timeout { sent: false, .. })), "{late:?}");
        let never = gate.pass("never", None, std::future::pending::<Result<(), Error>>()).await;
        assert!(matches!(never, Err(Error::Timeout { sent: true, after }) if after.as_secs() == 10), "{never:?}");
        assert_eq!((gate.stats().requests, gate.stats().errors), (3, 2));
    }
}
