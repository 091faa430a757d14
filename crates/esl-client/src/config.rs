//! The settings of a client.

use crate::calls::{self, Tracker};
use crate::client::Client;
use crate::codec::{Codec, Limits};
use crate::error::Error;
use crate::event::Encoding;
use crate::intent::{Intent, Selection};
use crate::session::{Auth, EslSession, Login, Settings};
use ifbus_link::{
    Address, BoxedIo, Dial, Dialed, Io, KeepAlive, LinkConfig, Once, Open, Reconnect, StreamWire, Subscription, Tap,
};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// The port of the event socket.
pub const PORT: u16 = 8021;

/// The settings of a [`Client`]; made by [`Client::builder`].
#[derive(Clone)]
#[must_use]
pub struct Builder {
    address: String,
    user: Option<String>,
    password: SecretString,
    pub(crate) link: LinkConfig,
    pub(crate) limits: Limits,
    pub(crate) queue: Subscription,
    pub(crate) encoding: Encoding,
    keep_alive: Option<KeepAlive>,
    jobs: bool,
    track: bool,
    pub(crate) job_timeout: Duration,
    #[cfg(feature = "tls")]
    tls: Option<ifbus_link::Tls>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            // whoever takes it for a URL puts the password before the @
            .field("address", &self.address.rsplit('@').next())
            .field("user", &self.user)
            .field("password", &"[redacted]")
            .field("link", &self.link)
            .field("limits", &self.limits)
            .field("encoding", &self.encoding)
            .field("track_calls", &self.track)
            .finish_non_exhaustive()
    }
}

impl Builder {
    pub(crate) fn new(address: &str, password: SecretString) -> Self {
        let mut link = LinkConfig::new("esl");
        // a command that takes long holds all others back: the session itself tells a slow server from a dead one
        link.keep_alive = None;
        link.in_flight = 4096;
        if let Ok(address) = Address::parse(address, PORT) {
            link.server = address.to_string().into();
        }
        Self {
            address: address.to_owned(),
            user: None,
            password,
            link,
            limits: Limits::default(),
            queue: Subscription::default(),
            encoding: Encoding::Plain,
            keep_alive: Some(KeepAlive::default()),
            jobs: true,
            track: false,
            job_timeout: Duration::from_secs(120),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Reads `esl://[user@domain:]password@host[:8021]`; `%40` and the like are undone in user and password.
    pub(crate) fn from_url(url: &str) -> Result<Self, Error> {
        let wrong = || Error::invalid("url", "expected esl://[user@domain:]password@host[:port]");
        let rest = url.strip_prefix("esl://").ok_or_else(wrong)?;
        let (login, host) = rest.trim_end_matches('/').rsplit_once('@').ok_or_else(wrong)?;
        let undone = |text: &str| {
            percent_encoding::percent_decode_str(text)
                .decode_utf8()
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| wrong())
        };
        let (user, password) = match login.rsplit_once(':') {
            Some((user, password)) => (Some(undone(user)?), undone(password)?),
            None => (None, undone(login)?),
        };
        let mut builder = Self::new(host, password.into());
        builder.user = user;
        Ok(builder)
    }

    /// Logs in by `userauth` as `user@domain`, who has the rights that the directory gives. Default: by `auth`, with all.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// How events are written on the wire. Default: plain, the quickest; JSON alone keeps a literal `%41` apart from an `A`.
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// Whether the calls are tracked: [`Client::calls`]. Default false: FreeSWITCH then sends some 15 events per channel.
    pub fn track_calls(mut self, on: bool) -> Self {
        self.track = on;
        self
    }

    /// Whether `BACKGROUND_JOB` is subscribed, without which [`Client::bgapi`] and what lives by it never ends. Default true.
    pub fn jobs(mut self, on: bool) -> Self {
        self.jobs = on;
        self
    }

    /// How long one attempt to connect may take. Default 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.link.connect_timeout = timeout;
        self
    }

    /// How long login and subscriptions may take together. Default 10 s.
    pub fn login_timeout(mut self, timeout: Duration) -> Self {
        self.link.login_timeout = timeout;
        self
    }

    /// The deadline of a command that sets none itself. Default 10 s.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.link.request_timeout = timeout;
        self
    }

    /// The deadline of a job and of an execution that sets none itself: a call may ring that long. Default 120 s.
    pub fn job_timeout(mut self, timeout: Duration) -> Self {
        self.job_timeout = timeout;
        self
    }

    /// When FreeSWITCH is asked whether it is there, and how long an answer may be late before it counts as gone. Default:
    /// after 15 s of silence, and 10 s later. While a command is being carried out, which holds all others back, its own
    /// deadline counts first.
    pub fn keep_alive(mut self, keep_alive: impl Into<Option<KeepAlive>>) -> Self {
        self.keep_alive = keep_alive.into();
        self
    }

    /// What follows a lost connection. Default: for ever, from 200 ms to 30 s.
    pub fn reconnect(mut self, reconnect: Reconnect) -> Self {
        self.link.reconnect = reconnect;
        self
    }

    /// How many commands may be with FreeSWITCH at once; jobs and executions count until they end. Default 4,096.
    pub fn in_flight(mut self, commands: usize) -> Self {
        self.link.in_flight = commands.max(1);
        self
    }

    /// How many commands may wait at once; one more waits for a place. Default 16,384.
    pub fn pending(mut self, commands: usize) -> Self {
        self.link.pending = commands;
        self
    }

    /// How event streams queue. Default: 4,096 events, the oldest are dropped.
    pub fn event_queue(mut self, queue: Subscription) -> Self {
        self.queue = queue;
        self
    }

    /// How much is taken from FreeSWITCH. Default: header blocks of 1 MiB, bodies of 64 MiB.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// TLS, for a tunnel in front of FreeSWITCH, whose event socket has none itself. Default: none.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: ifbus_link::Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Sees every frame, with the login redacted. Events carry what callers said and dialed.
    pub fn tap(mut self, tap: Arc<dyn Tap>) -> Self {
        self.link.tap = Some(tap);
        self
    }

    /// Connects and logs in. The first attempt decides; afterwards the client reconnects by itself, and restores
    /// subscriptions, filters and the log.
    ///
    /// # Errors
    /// A password that is empty or holds a line break. As [`ifbus_link::Link::connect`]: a refusal of the kind `Credentials`, or of `NotAllowed` if an access list does not let
    /// this address in ([`Error::is_access_denied`]).
    pub async fn connect(self) -> Result<Client, Error> {
        let opener = self.opener()?;
        Client::connect_by(&self, opener).await
    }

    /// Starts to connect and does not wait: for a FreeSWITCH that may be started later. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// An address that is none; a password that is empty or holds a line break.
    pub fn connect_lazy(self) -> Result<Client, Error> {
        let opener = self.opener()?;
        Client::lazy(&self, opener)
    }

    /// Speaks over a stream that stands already: a tunnel, a test. It is not opened again.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn from_io(self, io: impl Io) -> Result<Client, Error> {
        let wire = StreamWire::new(Box::new(io) as BoxedIo, Codec::greeted(self.limits));
        Client::connect_by(&self, Once::new(wire)).await
    }

    fn opener(&self) -> Result<impl Open<Wire = StreamWire<Codec>> + use<>, Error> {
        let address = Address::parse(&self.address, PORT).map_err(|reason| Error::invalid("address", reason))?;
        let mut dial = Dial::new(address);
        dial.timeout = self.link.connect_timeout;
        #[cfg(feature = "tls")]
        dial.tls.clone_from(&self.tls);
        let limits = self.limits;
        Ok(Dialed::new(dial, move || Codec::greeted(limits)))
    }

    pub(crate) fn session(&self) -> Result<(EslSession, Option<calls::Calls>), Error> {
        let auth = Auth { user: self.user.clone(), password: self.password.clone() };
        auth.command()?; // a password that is empty or has a line break is told now
        let mut own = Selection::new();
        if self.jobs {
            own = own.name("BACKGROUND_JOB");
        }
        let (tracker, calls) = match self.track.then(Tracker::pair) {
            Some((tracker, calls)) => {
                own = own.names(calls::needed().names);
                (Some(tracker), Some(calls))
            }
            None => (None, None),
        };
        let settings = settings(self.keep_alive);
        Ok((EslSession::new(Login::Inbound(auth), settings, Intent::new(self.encoding, own), tracker), calls))
    }
}

pub(crate) fn settings(keep_alive: Option<KeepAlive>) -> Settings {
    Settings {
        idle: keep_alive.map(|keep| keep.idle),
        grace: keep_alive.map_or(Duration::from_secs(3600), |keep| keep.answer_within),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn urls_are_read_and_secrets_not_shown() {
        let builder = Builder::from_url("esl://1000@test.local:s%40cret%3A@10.0.0.7").unwrap();
        assert_eq!((builder.user.as_deref(), &*builder.address), (Some("1000@test.local"), "10.0.0.7"));
        assert_eq!(builder.password.expose_secret(), "s@cret:");
        assert!(!format!("{builder:?}").contains("s@cret"));
        let shown = format!("{:?}", Builder::new("esl://ClueCon@pbx", "x".to_owned().into()));
        assert!(!shown.contains("ClueCon") && shown.contains("pbx"), "{shown}");
        let builder = Builder::from_url("esl://ClueCon@[::1]:8022").unwrap();
        assert_eq!((builder.user, &*builder.address), (None, "[::1]:8022"));
        assert!(Builder::from_url("ami://x@y").is_err() && Builder::from_url("esl://host").is_err());
        let broken = |builder: Builder| match builder.session().err() {
            Some(Error::Link(ifbus_link::Error::InvalidArgument { field, .. })) => field.into_owned(),
            other => panic!("{other:?}"),
        };
        for password in ["a\nb", "a\r", "", "\0"] {
            assert_eq!(broken(Builder::new("host", password.to_owned().into())), "password");
            assert_eq!(broken(Builder::new("host", password.to_owned().into()).user("1000@test.local")), "password");
        }
        assert_eq!(broken(Builder::from_url("esl://@host").unwrap()), "password");
        assert_eq!(broken(Builder::from_url("esl://1000@test.local:@host").unwrap()), "password");
        assert_eq!(broken(Builder::new("host", "x".to_owned().into()).user("a\nb")), "user");
    }
}
