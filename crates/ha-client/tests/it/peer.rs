//! What the tests of a connection share.

use ha_client::{Client, ConnectionState, Delivery, EventStream};
use ifbus_sim::ha::HomeSim;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const SOON: Duration = Duration::from_secs(10);

pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, future).await.expect("it takes too long")
}

pub(crate) async fn home() -> (HomeSim, Client) {
    let sim = HomeSim::start().await.unwrap();
    let client = builder(&sim).connect().await.unwrap();
    (sim, client)
}

/// Reconnects fast.
pub(crate) fn builder(sim: &HomeSim) -> ha_client::Builder {
    let quick = ha_client::Reconnect::forever().steps(Duration::from_millis(5), Duration::from_millis(20));
    Client::builder(sim.url(), sim.token()).tap(ifbus_testing::wire_log()).reconnect(quick)
}

/// Waits until the connection is in such a state.
pub(crate) async fn state(client: &Client, wanted: impl FnMut(&ConnectionState) -> bool) {
    soon(client.connection().wait_for(wanted)).await.unwrap();
}

/// The next event, with no marker before it.
pub(crate) async fn event<T: 'static>(stream: &mut EventStream<T>) -> T {
    match soon(stream.recv()).await {
        Some(Delivery::Event(event)) => event,
        Some(_) => panic!("a marker"),
        None => panic!("the end"),
    }
}

/// The next item must be the mark of a reconnect.
pub(crate) async fn gap<T: 'static>(stream: &mut EventStream<T>) {
    assert!(matches!(soon(stream.recv()).await, Some(Delivery::Reconnected { .. })));
}

/// Keeps all that a tap sees.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub(crate) fn tap(&self) -> Arc<dyn ha_client::Tap> {
        let seen = Arc::clone(&self.0);
        Arc::new(move |frame: ha_client::TapFrame<'_>| {
            seen.lock().unwrap().push(format!("{:?} {}", frame.direction, String::from_utf8_lossy(frame.bytes)));
        })
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// Waits for a frame that holds this.
    pub(crate) async fn has(&self, text: &str) {
        soon(async {
            while !self.all().iter().any(|frame| frame.contains(text)) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
        .await;
    }
}
