//! The settings of a client.

use crate::address::Base;
use crate::client::Client;
use crate::dial::Target;
use crate::error::Error;
#[cfg(feature = "tls")]
use ifbus_link::Tls;
use ifbus_link::ws::WsTarget;
use ifbus_link::{Io, KeepAlive, LinkConfig, Reconnect, Subscription, Tap};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use std::time::Duration;

/// The settings of a client; made by [`Client::builder`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    address: String,
    allow_plaintext: bool,
    pub(crate) max_message: usize,
    pub(crate) token: SecretString,
    pub(crate) entities: bool,
    pub(crate) check_targets: bool,
    pub(crate) coalesce: bool,
    pub(crate) queue: Subscription,
    pub(crate) link: LinkConfig,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
}

impl Builder {
    pub(crate) fn new(address: impl Into<String>, token: impl Into<SecretString>) -> Self {
        let mut link = LinkConfig::new("home-assistant");
        // a burst of 4,100 makes the server drop the connection before the first reply (2026.2)
        link.in_flight = 1000;
        let address = address.into();
        // an address with a login in it is refused
        if let Ok(base) = Base::parse(&address, true) {
            link.server = base.websocket().into();
        }
        Self {
            address,
            allow_plaintext: false,
            max_message: 64 << 20,
            token: token.into(),
            entities: true,
            check_targets: false,
            coalesce: true,
            queue: Subscription::default(),
            link,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Whether the token may go to a public address unencrypted (`http://`, `ws://`). Default: no; addresses of this machine, of
    /// private networks and names such as `ha.local` are always allowed.
    pub fn allow_plaintext(mut self, allow: bool) -> Self {
        self.allow_plaintext = allow;
        self
    }

    /// Whether all entities are mirrored ([`Client::entity`], [`Client::wait_for`]). Default: yes. The connection counts as ready
    /// once the mirror is full; a change costs about 135 bytes.
    pub fn entities(mut self, mirror: bool) -> Self {
        self.entities = mirror;
        self
    }

    /// Whether a service call that names an entity that the mirror does not know is refused. Default: no; Home Assistant itself
    /// reports success for it and does nothing.
    pub fn check_targets(mut self, check: bool) -> Self {
        self.check_targets = check;
        self
    }

    /// Whether the server may send many messages in one frame. Default: yes; it is far cheaper for both in a burst.
    pub fn coalesce(mut self, coalesce: bool) -> Self {
        self.coalesce = coalesce;
        self
    }

    /// How event streams queue. Default: 4,096 events, the oldest are dropped.
    pub fn event_queue(mut self, queue: Subscription) -> Self {
        self.queue = queue;
        self
    }

    /// The largest message that is taken, in bytes. Default 64 MiB: registries of large houses have several.
    pub fn max_message(mut self, bytes: usize) -> Self {
        self.max_message = bytes;
        self
    }

    /// How many requests may be with the server at once, 1 to 4,000. Default 1,000.
    pub fn in_flight(mut self, requests: usize) -> Self {
        self.link.in_flight = requests.clamp(1, 4000);
        self
    }

    /// How many requests may wait at once; one more waits for a place. Default 16,384.
    pub fn pending(mut self, requests: usize) -> Self {
        self.link.pending = requests;
        self
    }

    /// The deadline of a request that sets none itself. Default 10 s; of service calls 60 s.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.link.request_timeout = timeout;
        self
    }

    /// The limit of one attempt to connect. Default 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.link.connect_timeout = timeout;
        self
    }

    /// The limit of the login and of filling the mirror on a standing connection. Default 10 s.
    pub fn login_timeout(mut self, timeout: Duration) -> Self {
        self.link.login_timeout = timeout;
        self
    }

    /// When a silent server counts as dead; `None`: never. Default: a ping after 15 s, dead 10 s later.
    pub fn keep_alive(mut self, keep_alive: impl Into<Option<KeepAlive>>) -> Self {
        self.link.keep_alive = keep_alive.into();
        self
    }

    /// What follows a lost connection. Default: for ever, 200 ms to 30 s with full jitter. A refused token is never tried again:
    /// Home Assistant may ban the address for it.
    pub fn reconnect(mut self, reconnect: Reconnect) -> Self {
        self.link.reconnect = reconnect;
        self
    }

    /// Sees every message, secrets redacted.
    pub fn tap(mut self, tap: Arc<dyn Tap>) -> Self {
        self.link.tap = Some(tap);
        self
    }

    /// TLS settings of an `https://` or `wss://` address, for WebSocket and REST. Default: the platform's roots.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    pub(crate) fn base(&self) -> Result<Base, Error> {
        let token = self.token.expose_secret();
        if token.is_empty() || token.contains(|c: char| c.is_whitespace() || c.is_control()) {
            // Home Assistant bans addresses that show it wrong tokens
            let reason = "is empty, or holds a space or a line break: the token alone is wanted, without \"Bearer\"";
            return Err(Error::argument("token", reason));
        }
        Base::parse(&self.address, self.allow_plaintext)
    }

    fn target(&self, base: &Base) -> Result<Target, Error> {
        let mut target = WsTarget::new(&base.websocket()).map_err(|reason| Error::argument("address", reason))?;
        target.max_message = self.max_message;
        target.timeout = self.link.connect_timeout;
        #[cfg(feature = "tls")]
        {
            target.tls.clone_from(&self.tls);
        }
        Ok(Target(target))
    }

    /// Connects, logs in and fills the mirror. If the first attempt fails, so does this; later ones follow the reconnect setting.
    ///
    /// # Errors
    /// Which address was tried and what it said; Home Assistant's refusal of the token in its own words.
    pub async fn connect(self) -> Result<Client, Error> {
        let base = self.base()?;
        let target = self.target(&base)?;
        Client::connect_with(&self, base, target).await
    }

    /// Starts without waiting: requests wait, within their deadlines, until Home Assistant is there. Must be called on a tokio
    /// runtime.
    ///
    /// # Errors
    /// An address that cannot be read.
    pub fn connect_lazy(self) -> Result<Client, Error> {
        let base = self.base()?;
        let target = self.target(&base)?;
        Ok(Client::lazy_with(&self, base, target))
    }

    /// Connects over a given stream (a tunnel, a test), which is never dialed again. REST still dials the address.
    ///
    /// # Errors
    /// How the peer answered the upgrade or the login.
    pub async fn from_io(self, io: impl Io) -> Result<Client, Error> {
        let base = self.base()?;
        let wire = self.target(&base)?.upgrade(io).await.map_err(ifbus_link::Error::from)?;
        Client::connect_with(&self, base, ifbus_link::Once::new(wire)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_cannot_be_one_is_not_sent() {
        for token in ["", "hunter2\n", "Bearer hunter2", " hunter2"] {
            let error = Builder::new("http://127.0.0.1", token).base().err().map(|error| error.to_string()).unwrap();
            assert!(error.starts_with("token: ") && !error.contains("hunter2"), "{error}");
        }
        assert!(Builder::new("http://127.0.0.1", "hunter2").base().is_ok());
    }

    #[test]
    fn the_token_is_not_shown() {
        let shown = format!("{:?}", Builder::new("ha.local", "hunter2"));
        assert!(!shown.contains("hunter2") && shown.contains("ha.local"), "{shown}");
    }
}
