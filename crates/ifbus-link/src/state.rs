//! What a connection is doing, and what it has done.

use crate::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What a link is doing now; `Link::state` is a watch of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ConnectionState {
    /// Dialing or logging in.
    Connecting {
        /// Counts the attempts since the last standing connection, from 1.
        attempt: u32,
    },
    /// Logged in: requests are sent.
    Ready {
        /// Counts the connections of this link, from 1.
        connection: u64,
    },
    /// Between two attempts.
    Waiting {
        /// The attempt that failed last, from 1; 0 right after a loss.
        attempt: u32,
        /// How long the wait is.
        delay: Duration,
        /// What ended the last connection or attempt.
        error: Error,
    },
    /// Over, for good.
    Closed {
        /// What ended it: [`Error::Closed`] when the owner did.
        error: Error,
    },
}

impl ConnectionState {
    /// Whether requests are sent now.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Ready { .. })
    }

    /// Whether the link is over for good.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self, Self::Closed { .. })
    }
}

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident: $metric:literal),* $(,)?) => {
        /// What a link has done so far.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Stats { $($(#[$doc])* pub $name: u64),* }

        /// The counters behind [`Stats`], and behind the `metrics` facade where that feature is on.
        pub(crate) struct Counters {
            $(pub(crate) $name: Counter),*
        }

        impl Counters {
            pub(crate) fn new(protocol: &'static str) -> Self {
                Self { $($name: Counter::new($metric, protocol)),* }
            }

            pub(crate) fn read(&self) -> Stats {
                Stats { $($name: self.$name.read()),* }
            }
        }
    };
}

counters! {
    /// Requests that callers made.
    requests: "ifbus_link_requests",
    /// Requests that ended with an error of the link's (lost, late, refused).
    errors: "ifbus_link_errors",
    /// Replies that came after their caller had gone.
    late_replies: "ifbus_link_late_replies",
    /// Connections made after the first.
    reconnects: "ifbus_link_reconnects",
    /// Events handed to the fan-out.
    events: "ifbus_link_events",
    /// Events that a subscriber lost because it was too slow.
    lagged: "ifbus_link_lagged",
}

/// One counter.
pub(crate) struct Counter {
    value: AtomicU64,
    #[cfg(feature = "metrics")]
    exported: metrics::Counter,
}

impl Counter {
    fn new(name: &'static str, protocol: &'static str) -> Self {
        #[cfg(not(feature = "metrics"))]
        let _ = (name, protocol);
        Self {
            value: AtomicU64::new(0),
            #[cfg(feature = "metrics")]
            exported: metrics::counter!(name, "protocol" => protocol),
        }
    }

    pub(crate) fn add(&self, n: u64) {
        self.value.fetch_add(n, Ordering::Relaxed);
        #[cfg(feature = "metrics")]
        self.exported.increment(n);
    }

    fn read(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }
}
