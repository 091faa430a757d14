//! The settings that every client hands down to its link, with their defaults.

use crate::tap::Tap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The settings of one link. `Default` is right for a line protocol on a local network.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use]
pub struct LinkConfig {
    /// The protocol's short name, for spans and metrics: `obs`, `ami`.
    pub protocol: &'static str,
    /// Where the server is, as the user wrote it and without a login: for errors and logs.
    pub server: Arc<str>,
    /// How long one attempt to connect may take, name resolution and TLS included. Default 10 s.
    pub connect_timeout: Duration,
    /// How long the login may take on a standing connection. Default 10 s.
    pub login_timeout: Duration,
    /// The deadline of a request that sets none itself. Default 10 s.
    pub request_timeout: Duration,
    /// How many requests may be with the server at once. Default 1,024; 1 where replies carry no id.
    pub in_flight: usize,
    /// How many requests may be pending altogether (waiting, with the server, or abandoned and not yet answered); one more
    /// waits, within its deadline, for a place. Default 16,384.
    pub pending: usize,
    /// Bytes encoded ahead of a socket that takes no more. Default 64 KiB.
    pub write_ahead: u64,
    /// Bytes of what the server makes us send (answers to its questions and pings) that may wait for a server that does not
    /// read; more end the connection. Default 16 MiB.
    pub backlog: u64,
    /// When a silent peer counts as dead; `None`: never.
    pub keep_alive: Option<KeepAlive>,
    /// What follows a lost connection.
    pub reconnect: Reconnect,
    /// How long a clean close may take before the connection is just dropped. Default 2 s.
    pub close_timeout: Duration,
    /// Sees every frame, redacted.
    pub tap: Option<Arc<dyn Tap>>,
}

impl Default for LinkConfig {
    fn default() -> Self {
        Self {
            protocol: "link",
            server: "the server".into(),
            connect_timeout: Duration::from_secs(10),
            login_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(10),
            in_flight: 1024,
            pending: 16_384,
            write_ahead: 64 << 10,
            backlog: 16 << 20,
            keep_alive: Some(KeepAlive::default()),
            reconnect: Reconnect::default(),
            close_timeout: Duration::from_secs(2),
            tap: None,
        }
    }
}

impl LinkConfig {
    /// The defaults, for a protocol of this name.
    pub fn new(protocol: &'static str) -> Self {
        Self { protocol, ..Self::default() }
    }
}

/// The end of a time. One that the clock cannot express is none within a lifetime: a century will do.
pub(crate) fn deadline(now: Instant, within: Duration) -> Instant {
    now.checked_add(within).unwrap_or_else(|| now + Duration::from_secs(3_153_600_000))
}

/// When a silent peer is asked, and when it counts as dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeepAlive {
    /// Silence after which the protocol's ping is sent. Default 15 s.
    pub idle: Duration,
    /// Silence after the ping that ends the connection. Default 10 s.
    pub answer_within: Duration,
}

impl KeepAlive {
    /// Asks after `idle`, gives up `answer_within` later.
    #[must_use]
    pub const fn new(idle: Duration, answer_within: Duration) -> Self {
        Self { idle, answer_within }
    }
}

impl Default for KeepAlive {
    fn default() -> Self {
        Self::new(Duration::from_secs(15), Duration::from_secs(10))
    }
}

/// What follows a lost connection: exponential delays with full jitter (each delay is drawn between zero and the current
/// step), so that a thousand clients of a restarted server do not come back in the same instant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Reconnect {
    /// The first step. Default 200 ms.
    pub first: Duration,
    /// The largest step. Default 30 s.
    pub max: Duration,
    /// Attempts in a row before giving up; `None`: for ever, the default; `Some(0)`: not at all.
    pub limit: Option<u32>,
    /// How long a connection must have stood before the steps begin anew. Default 10 s.
    pub stable_after: Duration,
}

impl Default for Reconnect {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(200),
            max: Duration::from_secs(30),
            limit: None,
            stable_after: Duration::from_secs(10),
        }
    }
}

impl Reconnect {
    /// For ever, from 200 ms to 30 s.
    pub fn forever() -> Self {
        Self::default()
    }

    /// Not at all: the link closes with the first loss.
    pub fn never() -> Self {
        Self { limit: Some(0), ..Self::default() }
    }

    /// Up to this many attempts in a row.
    pub fn at_most(attempts: u32) -> Self {
        Self { limit: Some(attempts), ..Self::default() }
    }

    /// Sets the first and the largest step.
    pub fn steps(mut self, first: Duration, max: Duration) -> Self {
        self.first = first;
        self.max = max.max(first);
        self
    }

    pub(crate) fn delays(&self) -> impl Iterator<Item = Duration> + Send + use<> {
        use backon::BackoffBuilder;
        let steps = backon::ExponentialBuilder::new()
            .with_min_delay(self.first)
            .with_max_delay(self.max)
            .with_factor(2.0)
            .without_max_times()
            .build();
        let limit = self.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        steps.take(limit).map(|step| step.mul_f64(fastrand::f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_have_full_jitter_and_a_cap() {
        let policy = Reconnect::forever().steps(Duration::from_millis(100), Duration::from_secs(2));
        let mut sums = [0.0; 12];
        for _ in 0..2000 {
            for (sum, delay) in sums.iter_mut().zip(policy.delays()) {
                assert!(delay <= Duration::from_secs(2), "{delay:?}");
                *sum += delay.as_secs_f64();
            }
        }
        let mean = sums.map(|sum| sum / 2000.0);
        // uniform between zero and the step: the mean is half of it
        for (mean, step) in mean.iter().zip([0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]) {
            assert!((mean / step - 0.5).abs() < 0.05, "mean {mean}, step {step}");
        }
    }

    #[test]
    fn limits_count_attempts() {
        assert_eq!(Reconnect::never().delays().count(), 0);
        assert_eq!(Reconnect::at_most(3).delays().count(), 3);
    }
}
