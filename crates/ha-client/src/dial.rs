//! Dials Home Assistant, and says in its terms why it does not answer.

use ifbus_link::ws::{WsTarget, WsWire};
use ifbus_link::{ConnectError, Io, Open, OpenFuture};

/// [`WsTarget`], with words for Home Assistant's own answers.
#[derive(Debug, Clone)]
pub(crate) struct Target(pub(crate) WsTarget);

impl Target {
    pub(crate) async fn upgrade(&self, io: impl Io) -> Result<WsWire, ConnectError> {
        self.0.upgrade(io).await.map_err(explained)
    }
}

impl Open for Target {
    type Wire = WsWire;

    fn open(&mut self) -> OpenFuture<WsWire> {
        let target = self.0.clone();
        Box::pin(async move { target.connect().await.map_err(explained) })
    }
}

fn explained(mut error: ConnectError) -> ConnectError {
    for attempt in &mut error.attempts {
        attempt.error.push_str(match attempt.http_status {
            Some(403) => {
                " (Home Assistant has banned this address after failed logins: take it out of ip_bans.yaml and restart it)"
            }
            Some(404) => " (no Home Assistant at this path)",
            _ => continue,
        });
    }
    error
}
