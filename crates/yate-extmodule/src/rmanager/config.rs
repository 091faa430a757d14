//! The settings of a console client.

use super::client::Client;
use super::codec::Codec;
use super::session::ConsoleSession;
use crate::dial::dial;
use crate::error::Error;
use ifbus_link::{
    Address, BoxedIo, Dialed, Io, KeepAlive, Link, LinkConfig, Once, Open, Reconnect, StreamWire, Subscription, Tap,
};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;

/// The console's port.
pub const PORT: u16 = 5038;

/// The settings of a [`Client`]; made by [`Client::builder`].
#[derive(Clone)]
#[must_use]
pub struct Builder {
    address: Result<Address, Error>,
    password: Option<SecretString>,
    machine: bool,
    queue: Subscription,
    link: LinkConfig,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("address", &self.address)
            .field("machine", &self.machine)
            .finish_non_exhaustive()
    }
}

impl Builder {
    pub(crate) fn new(address: &str) -> Self {
        let mut link = LinkConfig::new("rmanager");
        // they are answered one after the other
        link.in_flight = 16;
        let address = Address::parse(address, PORT).map_err(|reason| Error::invalid("address", reason));
        if let Ok(address) = &address {
            link.server = address.to_string().into();
        }
        Self { address, password: None, machine: false, queue: Subscription::default(), link }
    }

    /// The password of rmanager.conf: `password` for an administrator, `userpass` for an observer. Default: none.
    pub fn password(mut self, password: impl Into<SecretString>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Machine mode: answers in a fixed form, and every message of the engine as an event. The engine closes the connection of a
    /// reader that is too slow for them. Default: no.
    pub fn machine(mut self, machine: bool) -> Self {
        self.machine = machine;
        self
    }

    /// How event streams queue. Default: 4,096 messages, the oldest are dropped.
    pub fn event_queue(mut self, queue: Subscription) -> Self {
        self.queue = queue;
        self
    }

    /// The deadline of a command. Default 10 s.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.link.request_timeout = timeout;
        self
    }

    /// The limit of one attempt to connect. Default 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.link.connect_timeout = timeout;
        self
    }

    /// When a silent engine counts as dead; `None`: never. Default: it is asked after 15 s, dead 10 s later.
    pub fn keep_alive(mut self, keep_alive: impl Into<Option<KeepAlive>>) -> Self {
        self.link.keep_alive = keep_alive.into();
        self
    }

    /// What follows a lost connection. Default: for ever, 200 ms to 30 s with full jitter.
    pub fn reconnect(mut self, reconnect: Reconnect) -> Self {
        self.link.reconnect = reconnect;
        self
    }

    /// Sees every line, secrets redacted.
    pub fn tap(mut self, tap: Arc<dyn Tap>) -> Self {
        self.link.tap = Some(tap);
        self
    }

    /// Connects and logs in.
    ///
    /// # Errors
    /// Which address was tried and what it said; a refused password, in the console's words.
    pub async fn connect(self) -> Result<Client, Error> {
        let dial = dial(self.address.clone()?, self.link.connect_timeout);
        self.connect_by(Dialed::new(dial, Codec::default)).await
    }

    /// Connects over a given stream (TLS, a tunnel, a test), which is never dialed again.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn from_io(self, io: impl Io) -> Result<Client, Error> {
        let wire = StreamWire::new(Box::new(io) as BoxedIo, Codec::default());
        self.connect_by(Once::new(wire)).await
    }

    /// Connects over what `opener` opens, anew after each loss.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_by<O: Open<Wire = StreamWire<Codec>>>(self, opener: O) -> Result<Client, Error> {
        if let Some(password) = &self.password {
            super::client::check("password", password.expose_secret())?;
        }
        let session = ConsoleSession::new(self.password, self.machine);
        Ok(Client::new(Link::connect(session, opener, self.link).await?, self.queue))
    }
}
