//! The settings of a client.

use crate::client::Client;
use crate::codec::{Codec, Limits};
use crate::error::Error;
use crate::session::Settings;
use ifbus_link::{
    Address, BoxedIo, Dial, Dialed, Io, KeepAlive, LinkConfig, Once, Open, Reconnect, StreamWire, Subscription, Tap,
};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// The port of the TCP API.
pub const TCP_PORT: u16 = 8099;
/// The usual port of the HTTP API.
pub const HTTP_PORT: u16 = 8088;

/// The settings of a [`Client`]; made by [`Client::builder`].
#[derive(Clone)]
#[must_use]
pub struct Builder {
    address: String,
    link: LinkConfig,
    limits: Limits,
    events: Subscription,
    settings: Settings,
    xml_timeout: Duration,
    confirm_timeout: Duration,
    preset_timeout: Duration,
    allow_dangerous: bool,
    http_port: u16,
    http_login: Option<(String, SecretString)>,
    #[cfg(feature = "tls")]
    tls: Option<ifbus_link::Tls>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("address", &self.address)
            .field("link", &self.link)
            .field("limits", &self.limits)
            .field("settings", &self.settings)
            .field("allow_dangerous", &self.allow_dangerous)
            .field("http_port", &self.http_port)
            .field("http_login", &self.http_login.as_ref().map(|(user, _)| (user, "[redacted]")))
            .finish_non_exhaustive()
    }
}

impl Builder {
    pub(crate) fn new(address: &str) -> Self {
        let mut link = LinkConfig::new("vmix");
        link.in_flight = 1;
        link.login_timeout = Duration::from_secs(10);
        if let Ok(address) = Address::parse(address, TCP_PORT) {
            link.server = address.to_string().into();
        }
        Self {
            address: address.to_owned(),
            settings: Settings {
                tally: true,
                acts: true,
                mirror: true,
                reread_after: Duration::from_secs(1),
                reread_every: Some(Duration::from_secs(30)),
                settle: Duration::from_secs(1),
                patience: Duration::from_secs(20),
            },
            link,
            limits: Limits::default(),
            events: Subscription::default(),
            xml_timeout: Duration::from_secs(20),
            confirm_timeout: Duration::from_secs(10),
            preset_timeout: Duration::from_secs(60),
            allow_dangerous: false,
            http_port: HTTP_PORT,
            http_login: None,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// How long one attempt to connect may take. Default 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.link.connect_timeout = timeout;
        self
    }

    /// How long banner, subscriptions and the first reading of the document may take together. Default 10 s.
    pub fn login_timeout(mut self, timeout: Duration) -> Self {
        self.link.login_timeout = timeout;
        self
    }

    /// The deadline of a request that sets none itself. Default 10 s. It covers the waiting behind other requests: one at a
    /// time is with vMix.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.link.request_timeout = timeout;
        self
    }

    /// The deadline of a reading of the state document. Default 20 s.
    pub fn xml_timeout(mut self, timeout: Duration) -> Self {
        self.xml_timeout = timeout;
        self.settings.patience = timeout;
        self
    }

    /// How long the confirming methods wait for vMix to report the effect. Default 10 s.
    pub fn confirm_timeout(mut self, timeout: Duration) -> Self {
        self.confirm_timeout = timeout;
        self
    }

    /// How long [`Client::open_preset`] waits. Default 60 s.
    pub fn preset_timeout(mut self, timeout: Duration) -> Self {
        self.preset_timeout = timeout;
        self
    }

    /// When vMix is asked whether it is there, and when it counts as gone. Default: after 15 s of silence, and 10 s later.
    pub fn keep_alive(mut self, keep_alive: impl Into<Option<KeepAlive>>) -> Self {
        self.link.keep_alive = keep_alive.into();
        self
    }

    /// What follows a lost connection. Default: for ever, from 200 ms to 30 s.
    pub fn reconnect(mut self, reconnect: Reconnect) -> Self {
        self.link.reconnect = reconnect;
        self
    }

    /// How many requests may wait at once; one more waits for a place. Default 16,384.
    pub fn pending(mut self, requests: usize) -> Self {
        self.link.pending = requests;
        self
    }

    /// How event streams queue. Default: 4,096 events, the oldest are dropped.
    pub fn event_queue(mut self, queue: Subscription) -> Self {
        self.events = queue;
        self
    }

    /// How much is taken from vMix. Default: lines of 1 MiB, documents of 16 MiB.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether tally is subscribed. Default true.
    pub fn subscribe_tally(mut self, on: bool) -> Self {
        self.settings.tally = on;
        self
    }

    /// Whether activators are subscribed. Default true; vMix has no filter for them.
    pub fn subscribe_acts(mut self, on: bool) -> Self {
        self.settings.acts = on;
        self
    }

    /// Whether the show is mirrored. Default true; without, [`Client::show`] is stale for ever and no document is read.
    pub fn mirror(mut self, on: bool) -> Self {
        self.settings.mirror = on;
        self
    }

    /// How often the mirror reads the document again by itself: not sooner than `at_least` after the last reading (default
    /// 1 s) when a push says that there is more to know, and every `at_most` (default 30 s; `None`: never) for what is never
    /// pushed, such as titles. A show that takes vMix long is read less often: reading costs vMix work.
    pub fn reread(mut self, at_least: Duration, at_most: impl Into<Option<Duration>>) -> Self {
        self.settings.reread_after = at_least;
        self.settings.reread_every = at_most.into();
        self
    }

    /// How long after a push a document that says otherwise is taken to be older. Default 1 s.
    pub fn settle(mut self, time: Duration) -> Self {
        self.settings.settle = time;
        self
    }

    /// Whether functions may be sent that run code or type keys on the vMix host: `ScriptStartDynamic`, `SendKeys`,
    /// `KeyPress`. Default false. It guards against mistakes: whoever reaches the port can send them anyway.
    pub fn allow_dangerous(mut self, allow: bool) -> Self {
        self.allow_dangerous = allow;
        self
    }

    /// The port of the HTTP API, for [`Client::http`]. Default 8088.
    pub fn http_port(mut self, port: u16) -> Self {
        self.http_port = port;
        self
    }

    /// User and password of the web controller, for [`Client::http`]. The TCP API has no password.
    pub fn http_login(mut self, user: impl Into<String>, password: impl Into<SecretString>) -> Self {
        self.http_login = Some((user.into(), password.into()));
        self
    }

    /// TLS, for a tunnel in front of vMix, which has none itself. Default: none.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: ifbus_link::Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Sees every frame, with secrets redacted.
    pub fn tap(mut self, tap: Arc<dyn Tap>) -> Self {
        self.link.tap = Some(tap);
        self
    }

    /// Connects: waits for the banner, subscribes and reads the show. The first attempt decides; afterwards the client
    /// reconnects by itself.
    ///
    /// # Errors
    /// As [`ifbus_link::Link::connect`]; a refusal of the kind `WrongService` if another server answers.
    pub async fn connect(self) -> Result<Client, Error> {
        let opener = self.opener()?;
        Client::connect_by(&self.parts(), opener).await
    }

    /// Starts to connect and does not wait: for a vMix that may be started later. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// An address that is none.
    pub fn connect_lazy(self) -> Result<Client, Error> {
        let opener = self.opener()?;
        Ok(Client::lazy(&self.parts(), opener))
    }

    /// Speaks over a stream that stands already: a tunnel, a test. It is not opened again.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn from_io(self, io: impl Io) -> Result<Client, Error> {
        let wire = StreamWire::new(Box::new(io) as BoxedIo, Codec::new(self.limits));
        Client::connect_by(&self.parts(), Once::new(wire)).await
    }

    fn opener(&self) -> Result<impl Open<Wire = StreamWire<Codec>> + use<>, Error> {
        let address = Address::parse(&self.address, TCP_PORT).map_err(|reason| Error::invalid("address", reason))?;
        let mut dial = Dial::new(address);
        dial.timeout = self.link.connect_timeout;
        #[cfg(feature = "tls")]
        dial.tls.clone_from(&self.tls);
        let limits = self.limits;
        Ok(Dialed::new(dial, move || Codec::new(limits)))
    }

    fn parts(self) -> Parts {
        #[cfg(feature = "http")]
        let http = self.http();
        Parts {
            link: self.link,
            settings: self.settings,
            events: self.events,
            rules: Rules {
                xml_timeout: self.xml_timeout,
                confirm_timeout: self.confirm_timeout,
                preset_timeout: self.preset_timeout,
                allow_dangerous: self.allow_dangerous,
            },
            #[cfg(feature = "http")]
            http,
        }
    }

    /// The settings of the HTTP client for the same host.
    #[cfg(feature = "http")]
    fn http(&self) -> crate::http::HttpBuilder {
        let host = match Address::parse(&self.address, TCP_PORT) {
            Ok(Address::Tcp(host, _)) => Address::Tcp(host, self.http_port).to_string(),
            _ => self.address.clone(),
        };
        let mut http = crate::http::Http::builder(&host)
            .request_timeout(self.link.request_timeout)
            .connect_timeout(self.link.connect_timeout)
            .limit(self.limits.body)
            .allow_dangerous(self.allow_dangerous);
        if let Some((user, password)) = &self.http_login {
            http = http.login(user.clone(), password.clone());
        }
        if let Some(tap) = &self.link.tap {
            http = http.tap(Arc::clone(tap));
        }
        http
    }
}

/// What the handle heeds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) xml_timeout: Duration,
    pub(crate) confirm_timeout: Duration,
    pub(crate) preset_timeout: Duration,
    pub(crate) allow_dangerous: bool,
}

/// What a client is made of.
pub(crate) struct Parts {
    pub(crate) link: LinkConfig,
    pub(crate) settings: Settings,
    pub(crate) events: Subscription,
    pub(crate) rules: Rules,
    #[cfg(feature = "http")]
    pub(crate) http: crate::http::HttpBuilder,
}
