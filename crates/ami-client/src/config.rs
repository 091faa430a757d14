//! The settings of a client.

use crate::action::{Raw, check_value};
use crate::calls::Shared;
use crate::client::Client;
use crate::codec::{Codec, Limits};
use crate::error::Error;
use crate::mask::EventMask;
use crate::session::Settings;
use ifbus_link::{
    Address, BoxedIo, Dial, Dialed, Io, KeepAlive, LinkConfig, Once, Open, Reconnect, StreamWire, Subscription, Tap,
};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;

/// The port of AMI.
pub const PORT: u16 = 5038;
/// The port of AMI over TLS.
pub const TLS_PORT: u16 = 5039;

/// How long the greeting may take: Asterisk sends it as soon as it has taken the connection.
const GREETING: Duration = Duration::from_secs(10);

/// The settings of a [`Client`]; made by [`Client::builder`].
#[derive(Clone)]
#[must_use]
pub struct Builder {
    address: Result<Address, Error>,
    encrypted: bool,
    user: String,
    secret: SecretString,
    md5: bool,
    mask: EventMask,
    filters: Vec<Raw>,
    track: bool,
    boot_grace: Duration,
    limits: Limits,
    pub(crate) queue: Subscription,
    pub(crate) dialplan: Option<String>,
    pub(crate) link: LinkConfig,
    #[cfg(feature = "tls")]
    tls: Option<ifbus_link::Tls>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("address", &self.address)
            .field("encrypted", &self.encrypted)
            .field("user", &self.user)
            .field("secret", &"[redacted]")
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl Builder {
    pub(crate) fn new(address: &str) -> Self {
        let mut link = LinkConfig::new("ami");
        link.login_timeout = Duration::from_secs(30);
        let (scheme, rest) = address.split_once("://").unwrap_or(("ami", address));
        let scheme = scheme.to_ascii_lowercase();
        // a secret may hold an @
        let (login, host) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (user, secret) = login.split_once(':').unwrap_or((login, ""));
        let encrypted = scheme == "amis";
        let host = host.trim_end_matches('/');
        let port = if encrypted { TLS_PORT } else { PORT };
        let address = match &*scheme {
            "ami" | "amis" => Address::parse(host, port).map_err(|reason| Error::invalid("address", reason)),
            _ => Err(Error::invalid("address", "its scheme is neither ami:// nor amis://")),
        };
        if let Ok(address) = &address {
            link.server = address.to_string().into();
        }
        Self {
            address,
            encrypted,
            user: decoded(user),
            secret: decoded(secret).into(),
            md5: true,
            mask: EventMask::ALL,
            filters: Vec::new(),
            track: true,
            boot_grace: Duration::from_secs(1),
            limits: Limits::default(),
            queue: Subscription::default(),
            dialplan: None,
            link,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// The user and the secret of manager.conf.
    pub fn login(mut self, user: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        self.user = user.into();
        self.secret = secret.into();
        self
    }

    /// Sends the secret as it is, in place of the MD5 of a challenge: for what stands in front of an Asterisk and cannot do the
    /// latter. Default: no.
    pub fn plain_login(mut self, plain: bool) -> Self {
        self.md5 = !plain;
        self
    }

    /// Which events the server sends, from the login on. Default: all that the user may read.
    pub fn events(mut self, mask: EventMask) -> Self {
        self.mask = mask;
        self
    }

    /// Adds a filter of events, set after each login; see [`Client::add_filter`].
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.filters.push(Raw::new("Filter").set("Operation", "Add").set("Filter", filter));
        self
    }

    /// Whether calls are followed ([`Client::calls`]). It needs the events of the class `call`. Default: yes.
    pub fn track_calls(mut self, track: bool) -> Self {
        self.track = track;
        self
    }

    /// How long the first login waits for the server to say that it has started whole (`FullyBooted`), which a user without the
    /// class `system` never hears. A server that said it once is waited for at each reconnect. Default 1 s; zero: not at all.
    pub fn boot_grace(mut self, grace: Duration) -> Self {
        self.boot_grace = grace;
        self
    }

    /// How much is taken from the server.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// A context of the user's own for [`Client::hold`] and [`Client::play`]. They need extensions, and unless this names a
    /// context that has them, the client makes them when it needs them, in a context `ifbus-verbs` that lives until the dialplan
    /// is reloaded: that takes the right `system`, which is much for a program that only holds calls. With these lines in
    /// `extensions.conf` it is not needed:
    ///
    /// ```text
    /// [my-verbs]
    /// exten => ifbus-hold,1,BridgeWait(ifbus-hold-${UNIQUEID},participant,e(m)m(${IFBUS_MUSIC}))
    /// exten => ifbus-wait,1,BridgeWait(ifbus-wait-${UNIQUEID},participant,e(s))
    /// exten => ifbus-play,1,Answer()
    /// same => 2,Playback(${IFBUS_FILE})
    /// same => 3,GotoIf($["${PLAYBACKSTATUS}"="FAILED"]?5)
    /// same => 4,Hangup(31)
    /// same => 5,Hangup(47)
    /// ```
    ///
    /// Before each use the client asks whether they are there, where its user may (`config` or `reporting`).
    pub fn dialplan_context(mut self, context: impl Into<String>) -> Self {
        self.dialplan = Some(context.into());
        self
    }

    /// How event streams queue. Default: 4,096 events, the oldest are dropped.
    pub fn event_queue(mut self, queue: Subscription) -> Self {
        self.queue = queue;
        self
    }

    /// The deadline of an action. Default 10 s. An originate has its own.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.link.request_timeout = timeout;
        self
    }

    /// How many actions may be with the server at once. Default 1,024.
    pub fn in_flight(mut self, actions: usize) -> Self {
        self.link.in_flight = actions.max(1);
        self
    }

    /// How many actions may wait at once; one more waits for a place. Default 16,384.
    pub fn pending(mut self, actions: usize) -> Self {
        self.link.pending = actions;
        self
    }

    /// The limit of one attempt to connect. Default 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.link.connect_timeout = timeout;
        self
    }

    /// The limit of the login on a standing connection, until the server has started whole. Default 30 s. A refusal takes
    /// Asterisk one second. Its greeting, which it sends at once, is waited for 10 s at most.
    pub fn login_timeout(mut self, timeout: Duration) -> Self {
        self.link.login_timeout = timeout;
        self
    }

    /// When a silent server counts as dead; `None`: never. Default: a `Ping` after 15 s, dead 10 s later. Asterisk itself
    /// never asks.
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

    /// TLS settings, and TLS (port 5039 unless told). `amis://` alone trusts the platform's roots.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: ifbus_link::Tls) -> Self {
        if !self.encrypted
            && let Ok(Address::Tcp(_, port)) = &mut self.address
            && *port == PORT
        {
            *port = TLS_PORT;
        }
        self.encrypted = true;
        self.tls = Some(tls);
        self
    }

    fn check(&self) -> Result<Settings, Error> {
        if self.user.is_empty() {
            return Err(Error::invalid("user", "is empty: ami://user:secret@host, or login() of the builder"));
        }
        if self.secret.expose_secret().is_empty() {
            return Err(Error::invalid("secret", "is empty: ami://user:secret@host, or login() of the builder"));
        }
        check_value("user", &self.user)?;
        check_value("secret", self.secret.expose_secret())?;
        Raw::new("Login").set("Secret", self.secret.expose_secret()).set("Username", self.user.clone()).outline()?;
        for filter in &self.filters {
            filter.clone().outline()?;
        }
        Ok(Settings {
            user: self.user.clone(),
            secret: self.secret.clone(),
            md5: self.md5,
            mask: self.mask,
            filters: self.filters.clone(),
            track: self.track,
            boot_grace: self.boot_grace,
            // before the link itself gives the login up, which cannot say what it may be
            greeting: GREETING.min(self.link.login_timeout.mul_f64(0.9)),
            encrypted: self.encrypted,
            list_limit: self.limits.list,
        })
    }

    fn opener(&self) -> Result<impl Open<Wire = StreamWire<Codec>> + use<>, Error> {
        let mut dial = Dial::new(self.address.clone()?);
        dial.timeout = self.link.connect_timeout;
        #[cfg(feature = "tls")]
        if self.encrypted {
            dial.tls = Some(match &self.tls {
                Some(tls) => tls.clone(),
                None => ifbus_link::Tls::platform().map_err(|error| Error::invalid("tls", error.to_string()))?,
            });
        }
        #[cfg(not(feature = "tls"))]
        if self.encrypted {
            return Err(Error::invalid("address", "amis:// needs the feature `tls`"));
        }
        let limits = self.limits;
        Ok(Dialed::new(dial, move || Codec::new(limits)))
    }

    /// Connects and logs in. If the first attempt fails, so does this; later ones follow the reconnect setting.
    ///
    /// # Errors
    /// Which address was tried and what it said; Asterisk's refusal in its own words.
    pub async fn connect(self) -> Result<Client, Error> {
        let settings = self.check()?;
        let opener = self.opener()?;
        Client::connect_by(self, settings, opener, Shared::default()).await
    }

    /// Starts without waiting: actions wait, within their deadlines, until Asterisk is there. Must be called on a tokio
    /// runtime.
    ///
    /// # Errors
    /// An address or a login that cannot be.
    pub fn connect_lazy(self) -> Result<Client, Error> {
        let settings = self.check()?;
        let opener = self.opener()?;
        Ok(Client::lazy(self, settings, opener, Shared::default()))
    }

    /// Connects over a given stream (a tunnel, a test), which is never dialed again.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn from_io(self, io: impl Io) -> Result<Client, Error> {
        let settings = self.check()?;
        let wire = StreamWire::new(Box::new(io) as BoxedIo, Codec::new(self.limits));
        Client::connect_by(self, settings, Once::new(wire), Shared::default()).await
    }

    /// Connects over what `opener` opens, anew after each loss: another transport, a test.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_by<O: Open<Wire = StreamWire<Codec>>>(self, opener: O) -> Result<Client, Error> {
        let settings = self.check()?;
        Client::connect_by(self, settings, opener, Shared::default()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_as_people_write_them() {
        for (url, address, user, secret) in [
            ("ami://admin:s3cret@10.0.0.5", "10.0.0.5:5038", "admin", "s3cret"),
            ("amis://admin:s3cret@pbx.example", "pbx.example:5039", "admin", "s3cret"),
            ("ami://a%3Ab:p%40ss%20word@[::1]:5000/", "[::1]:5000", "a:b", "p@ss word"),
            ("ami://admin:p@ss@pbx", "pbx:5038", "admin", "p@ss"),
            ("pbx:1", "pbx:1", "", ""),
        ] {
            let builder = Builder::new(url);
            assert_eq!(builder.address.as_ref().unwrap().to_string(), address);
            assert_eq!((builder.user.as_str(), builder.secret.expose_secret()), (user, secret));
        }
        for wrong in ["http://admin:x@pbx", "ami://admin:x@", "ami://a:b@pbx:0"] {
            assert!(Builder::new(wrong).opener().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_refused_before_dialing() {
        assert!(Builder::new("pbx").check().is_err());
        for url in ["ami://admin@pbx", "ami://admin:@pbx"] {
            let error = Builder::new(url).check().err().unwrap().to_string();
            assert!(error.starts_with("secret: is empty: ami://user:secret@host"), "{error}");
        }
        for (user, secret) in [("a\r\nAction: Reload", "x"), ("a", "x\ny"), ("a", "x\0")] {
            let error = Builder::new("pbx").login(user, secret).check().err().unwrap();
            assert!(!error.to_string().contains("Reload"), "{error}");
        }
        let shown = format!("{:?}", Builder::new("ami://a:hunter2@pbx"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
