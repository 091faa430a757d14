//! The settings of a client.

use crate::client::Client;
use crate::codec::{Codec, MAX_LINE};
use crate::dial::dial;
use crate::error::Error;
use crate::handle::check_name;
use crate::session::Settings;
use ifbus_link::{
    Address, BoxedIo, Dialed, Io, KeepAlive, LinkConfig, Once, Open, Reconnect, StreamWire, Subscription, Tap,
};
use std::sync::Arc;
use std::time::Duration;

/// What the engine takes this connection for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Role {
    /// A module of the engine: `%%>connect:global`.
    #[default]
    Global,
    /// The connection is a channel, from its first `call.execute` on; the engine closes it when the call ends.
    Channel,
    /// The listener has a role of its own (`role=` in extmodule.conf): nothing is said.
    Listener,
    /// A program that the engine started; its questions wait until the first handler stands.
    Script,
}

impl Role {
    pub(crate) fn connect(self) -> Option<&'static [u8]> {
        match self {
            Self::Global => Some(b"%%>connect:global"),
            Self::Channel => Some(b"%%>connect:channel"),
            Self::Listener | Self::Script => None,
        }
    }
}

/// The settings of a [`Client`]; made by [`Client::builder`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    address: Result<Address, Error>,
    role: Role,
    bufsize: usize,
    engine_timeout: Option<Duration>,
    pub(crate) handler_timeout: Duration,
    track: bool,
    locals: Vec<(String, String)>,
    pub(crate) max_line: usize,
    pub(crate) queue: Subscription,
    pub(crate) link: LinkConfig,
}

fn address(text: &str) -> Result<Address, Error> {
    let text = text.strip_prefix("yate://").unwrap_or(text);
    let path = text.strip_prefix("unix:").or_else(|| Some(text).filter(|text| text.starts_with('/')));
    if let Some(path) = path {
        #[cfg(unix)]
        return Ok(Address::Unix(path.into()));
        #[cfg(not(unix))]
        return Err(Error::invalid("address", format!("{path}: there are no unix sockets on this system")));
    }
    let parse =
        |port| Address::parse(text.trim_end_matches('/'), port).map_err(|reason| Error::invalid("address", reason));
    let address = parse(1)?;
    // where none is written it is the one that was offered
    if address != parse(2)? {
        return Err(Error::invalid("address", "has no port: the protocol has none of its own, see extmodule.conf"));
    }
    Ok(address)
}

impl Builder {
    pub(crate) fn new(text: &str) -> Self {
        let mut link = LinkConfig::new("yate");
        let address = address(text);
        if let Ok(address) = &address {
            link.server = address.to_string().into();
        }
        Self {
            address,
            role: Role::Global,
            bufsize: 65_536,
            engine_timeout: None,
            handler_timeout: Duration::from_secs(8),
            track: false,
            locals: Vec::new(),
            max_line: MAX_LINE,
            queue: Subscription::default(),
            link,
        }
    }

    /// What the engine takes this connection for. Default: [`Role::Global`]. A channel is not dialed again after its end.
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        if role == Role::Channel {
            self.link.reconnect = Reconnect::never();
        }
        self
    }

    /// The longest line that the engine shall take, in bytes: 2,048 to 65,536, which is the default.
    pub fn bufsize(mut self, bytes: usize) -> Self {
        self.bufsize = bytes.clamp(2048, 65_536);
        self
    }

    /// The longest line that is taken from the engine; a longer one is skipped. Default 4 MiB.
    pub fn max_line(mut self, bytes: usize) -> Self {
        self.max_line = bytes;
        self
    }

    /// How long a handler may take, at most, and where it does not say itself. Default 8 s. It is never more than nine tenths of
    /// the time that the engine waits, which is 10 s unless extmodule.conf or [`engine_timeout`](Self::engine_timeout) says
    /// otherwise.
    pub fn handler_timeout(mut self, timeout: Duration) -> Self {
        self.handler_timeout = timeout;
        self
    }

    /// How long the engine shall wait for an answer (`setlocal:timeout`), at least 1 ms. Default: what extmodule.conf says.
    pub fn engine_timeout(mut self, timeout: Duration) -> Self {
        self.engine_timeout = Some(timeout.max(Duration::from_millis(1)));
        self
    }

    /// Whether calls are followed ([`Client::calls`]): their messages are watched, and the engine's status is asked for after each
    /// connect. Default: no, since a router need not see every message of every call.
    pub fn track_calls(mut self, track: bool) -> Self {
        self.track = track;
        self
    }

    /// A setting of the connection from the beginning on, as [`Client::set_local`].
    pub fn local(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.locals.push((name.into(), value.into()));
        self
    }

    /// How event streams queue. Default: 4,096 messages, the oldest are dropped. The connection is read whatever they do: a
    /// watcher that does not read stops the engine.
    pub fn event_queue(mut self, queue: Subscription) -> Self {
        self.queue = queue;
        self
    }

    /// The deadline of a message. Default 10 s.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.link.request_timeout = timeout;
        self
    }

    /// How many messages may be with the engine at once. Default 1,024.
    pub fn in_flight(mut self, messages: usize) -> Self {
        self.link.in_flight = messages.max(1);
        self
    }

    /// How many messages may wait at once; one more waits for a place. Default 16,384.
    pub fn pending(mut self, messages: usize) -> Self {
        self.link.pending = messages;
        self
    }

    /// The limit of one attempt to connect. Default 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.link.connect_timeout = timeout;
        self
    }

    /// The limit of the first exchange on a standing connection. Default 10 s.
    pub fn login_timeout(mut self, timeout: Duration) -> Self {
        self.link.login_timeout = timeout;
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

    fn check(&self) -> Result<Settings, Error> {
        for (name, value) in &self.locals {
            check_name("name", name)?;
            if name.is_empty() || value.is_empty() || value.bytes().any(|byte| byte < 0x20) {
                return Err(Error::invalid(name.clone(), "is empty or holds a control character"));
            }
        }
        Ok(Settings {
            role: self.role,
            bufsize: self.bufsize,
            engine_timeout: self.engine_timeout,
            handler_timeout: self.handler_timeout,
            track: self.track,
            locals: self.locals.clone(),
        })
    }

    fn opener(&self) -> Result<impl Open<Wire = StreamWire<Codec>>, Error> {
        let limit = self.max_line;
        Ok(Dialed::new(dial(self.address.clone()?, self.link.connect_timeout), move || Codec::new(limit)))
    }

    /// Connects. If the first attempt fails, so does this; later ones follow the reconnect setting.
    ///
    /// # Errors
    /// Which address was tried and what it said. The engine closes with no word what it does not want.
    pub async fn connect(self) -> Result<Client, Error> {
        let settings = self.check()?;
        let opener = self.opener()?;
        Client::connect_by(&self, settings, opener).await
    }

    /// Starts without waiting: messages wait, within their deadlines, until Yate is there. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// An address or a setting that cannot be.
    pub fn connect_lazy(self) -> Result<Client, Error> {
        let settings = self.check()?;
        let opener = self.opener()?;
        Ok(Client::lazy(&self, settings, opener))
    }

    /// Connects over a given stream (a tunnel, a test), which is never dialed again.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn from_io(self, io: impl Io) -> Result<Client, Error> {
        let wire = StreamWire::new(Box::new(io) as BoxedIo, Codec::new(self.max_line));
        self.connect_by(Once::new(wire)).await
    }

    /// Connects over what `opener` opens, anew after each loss: another transport, a test.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_by<O: Open<Wire = StreamWire<Codec>>>(self, opener: O) -> Result<Client, Error> {
        let settings = self.check()?;
        Client::connect_by(&self, settings, opener).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (text, shown) in [
            ("10.0.0.5:5040", "10.0.0.5:5040"),
            ("yate://pbx:5040/", "pbx:5040"),
            ("[::1]:5040", "[::1]:5040"),
            ("127.0.0.1:1", "127.0.0.1:1"),
            #[cfg(unix)]
            ("unix:/run/yate.sock", "unix:/run/yate.sock"),
            #[cfg(unix)]
            ("/run/yate.sock", "unix:/run/yate.sock"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), shown);
        }
        for portless in ["pbx", "yate://pbx/", "::1", "[::1]"] {
            let error = address(portless).unwrap_err().to_string();
            assert!(error.starts_with("address: has no port"), "{error}");
        }
        for wrong in ["", "pbx:0", "http://pbx:1", "a\nb:5"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn settings_cannot_end_a_line() {
        assert!(Builder::new("pbx:5040").local("timeout", "1\n%%>quit").check().is_err());
        assert!(Builder::new("pbx:5040").local("time:out", "1").check().is_err());
        assert!(Builder::new("pbx:5040").local("timeout", "1").check().is_ok());
    }
}
