//! The settings of a client.

use crate::client::Client;
use crate::codec::Encoding;
use crate::error::Error;
use crate::event::EventSubscription;
#[cfg(feature = "tls")]
use ifbus_link::Tls;
use ifbus_link::ws::WsTarget;
use ifbus_link::{Io, KeepAlive, LinkConfig, Reconnect, Subscription, Tap};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// The settings of a client; made by [`Client::builder`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    pub(crate) url: String,
    pub(crate) password: Option<SecretString>,
    pub(crate) encoding: Encoding,
    pub(crate) events: EventSubscription,
    pub(crate) queue: Subscription,
    pub(crate) retry_not_ready: bool,
    max_message: usize,
    pub(crate) link: LinkConfig,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl Builder {
    pub(crate) fn new(address: &str) -> Self {
        let mut link = LinkConfig::new("obs");
        link.keep_alive = Some(KeepAlive::new(Duration::from_secs(5), Duration::from_secs(5)));
        let url = full_url(address);
        // an address with a login in it is refused
        if WsTarget::new(&url).is_ok() {
            link.server = url.as_str().into();
        }
        Self {
            url,
            password: None,
            encoding: Encoding::Json,
            events: EventSubscription::ALL,
            queue: Subscription::default(),
            retry_not_ready: true,
            max_message: 64 << 20,
            link,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// The password; OBS shows it in its WebSocket settings.
    pub fn password(mut self, password: impl Into<SecretString>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// How messages are written. Default: JSON.
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// Which events OBS sends. Default: all but the high-volume ones.
    pub fn events(mut self, events: EventSubscription) -> Self {
        self.events = events;
        self
    }

    /// How event streams queue. Default: 4,096 events, the oldest are dropped.
    pub fn event_queue(mut self, queue: Subscription) -> Self {
        self.queue = queue;
        self
    }

    /// Whether a request that OBS answers with 207 NotReady (it starts, or changes its scene collection) is sent again within
    /// its deadline; nothing was done, so this is safe. Default: yes.
    pub fn retry_not_ready(mut self, retry: bool) -> Self {
        self.retry_not_ready = retry;
        self
    }

    /// The largest message that is taken, in bytes. Default 64 MiB: a 4K screenshot has 30 MB.
    pub fn max_message(mut self, bytes: usize) -> Self {
        self.max_message = bytes;
        self
    }

    /// The deadline of a request. Default 10 s.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.link.request_timeout = timeout;
        self
    }

    /// How many requests may be with OBS at once. Default 1,024.
    pub fn in_flight(mut self, requests: usize) -> Self {
        self.link.in_flight = requests.max(1);
        self
    }

    /// How many requests may wait at once; one more waits for a place. Default 16,384.
    pub fn pending(mut self, requests: usize) -> Self {
        self.link.pending = requests;
        self
    }

    /// The limit of one attempt to connect. Default 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.link.connect_timeout = timeout;
        self
    }

    /// The limit of the login on a standing connection. Default 10 s.
    pub fn login_timeout(mut self, timeout: Duration) -> Self {
        self.link.login_timeout = timeout;
        self
    }

    /// When a silent OBS counts as dead; `None`: never. Default: a ping after 5 s, dead 5 s later.
    pub fn keep_alive(mut self, keep_alive: impl Into<Option<KeepAlive>>) -> Self {
        self.link.keep_alive = keep_alive.into();
        self
    }

    /// What follows a lost connection. Default: for ever, 200 ms to 30 s with full jitter.
    pub fn reconnect(mut self, reconnect: Reconnect) -> Self {
        self.link.reconnect = reconnect;
        self
    }

    /// Sees every message, secrets redacted.
    pub fn tap(mut self, tap: Arc<dyn Tap>) -> Self {
        self.link.tap = Some(tap);
        self
    }

    /// TLS settings for a `wss://` address. Default: the platform's roots.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    fn target(&self) -> Result<WsTarget, Error> {
        let mut target = WsTarget::new(&self.url)
            .map_err(|reason| Error::argument("address", reason))?
            .subprotocol(self.encoding.subprotocol());
        target.max_message = self.max_message;
        target.timeout = self.link.connect_timeout;
        #[cfg(feature = "tls")]
        {
            target.tls.clone_from(&self.tls);
        }
        Ok(target)
    }

    /// Connects and logs in. If the first attempt fails, so does this; later ones follow the reconnect setting.
    ///
    /// # Errors
    /// Which address was tried and what it said; OBS's refusal in its own words.
    pub async fn connect(self) -> Result<Client, Error> {
        let target = self.target()?;
        Client::connect_with(self, target).await
    }

    /// Starts without waiting: requests wait, within their deadlines, until OBS is there. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// An address that cannot be read.
    pub fn connect_lazy(self) -> Result<Client, Error> {
        let target = self.target()?;
        Ok(Client::lazy_with(self, target))
    }

    /// Connects over a given stream (a tunnel, a test), which is never dialed again.
    ///
    /// # Errors
    /// How the peer answered the upgrade or the login.
    pub async fn from_io(self, io: impl Io) -> Result<Client, Error> {
        let wire = self.target()?.upgrade(io).await.map_err(ifbus_link::Error::from)?;
        Client::connect_with(self, ifbus_link::Once::new(wire)).await
    }
}

/// `studio-pc` and `studio-pc:4455` mean `ws://studio-pc:4455`; OBS's port is 4455 unless the address says otherwise.
fn full_url(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").map_or(("ws", address), |(scheme, rest)| (scheme, rest));
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let has_port = authority.rsplit_once(':').is_some_and(|(host, port)| {
        port.chars().all(|c| c.is_ascii_digit()) && (!host.contains(':') || host.ends_with(']'))
    });
    let bare_v6 = authority.matches(':').count() > 1 && !authority.starts_with('[');
    let authority = if bare_v6 { format!("[{authority}]") } else { authority.to_owned() };
    if has_port || scheme != "ws" {
        format!("{scheme}://{authority}{path}")
    } else {
        format!("{scheme}://{authority}:4455{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_get_the_port_that_obs_uses() {
        for (given, url) in [
            ("studio-pc", "ws://studio-pc:4455"),
            ("studio-pc:4444", "ws://studio-pc:4444"),
            ("ws://10.0.0.7", "ws://10.0.0.7:4455"),
            ("ws://10.0.0.7:1/x", "ws://10.0.0.7:1/x"),
            ("wss://obs.example", "wss://obs.example"),
            ("::1", "ws://[::1]:4455"),
            ("[::1]:4", "ws://[::1]:4"),
        ] {
            assert_eq!(full_url(given), url);
        }
    }

    #[test]
    fn the_password_is_not_shown() {
        let shown = format!("{:?}", Builder::new("x").password("hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
