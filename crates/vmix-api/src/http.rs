//! The HTTP API (port 8088): the way that tells an unknown function, and the fall-back where 8099 is shut. It has no pushes.

use crate::client::DANGEROUS;
use crate::config::HTTP_PORT;
use crate::error::Error;
use crate::request::function::Function;
use crate::show::Show;
use ifbus_link::{Address, Direction, Gate, LinkConfig, Lost, Stats, Tap};
use reqwest::{StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;

/// The settings of an [`Http`].
#[derive(Clone)]
#[must_use]
pub struct HttpBuilder {
    address: String,
    link: LinkConfig,
    login: Option<(String, SecretString)>,
    limit: usize,
    allow_dangerous: bool,
    #[cfg(feature = "tls")]
    tls: Option<ifbus_link::Tls>,
}

impl std::fmt::Debug for HttpBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpBuilder")
            .field("address", &self.address)
            .field("login", &self.login.as_ref().map(|(user, _)| (user, "[redacted]")))
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}

impl HttpBuilder {
    /// User and password of the web controller (HTTP Basic). Default: none.
    pub fn login(mut self, user: impl Into<String>, password: impl Into<SecretString>) -> Self {
        self.login = Some((user.into(), password.into()));
        self
    }

    /// The deadline of a request. Default 10 s.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.link.request_timeout = timeout;
        self
    }

    /// How long a connect may take. Default 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.link.connect_timeout = timeout;
        self
    }

    /// The largest document, in bytes. Default 16 MiB.
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// As [`Builder::allow_dangerous`](crate::Builder::allow_dangerous).
    pub fn allow_dangerous(mut self, allow: bool) -> Self {
        self.allow_dangerous = allow;
        self
    }

    /// Sees every request and answer, with secrets redacted.
    pub fn tap(mut self, tap: Arc<dyn Tap>) -> Self {
        self.link.tap = Some(tap);
        self
    }

    /// HTTPS, for a proxy in front of vMix, which has no TLS itself.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: ifbus_link::Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Checks the settings. Connects to nothing yet.
    ///
    /// # Errors
    /// An address or a login that cannot be used.
    pub fn build(self) -> Result<Http, Error> {
        let address = Address::parse(&self.address, HTTP_PORT).map_err(|reason| Error::invalid("address", reason))?;
        #[cfg(feature = "tls")]
        let (scheme, config) = match &self.tls {
            Some(tls) => ("https", (*tls.client_config()).clone()),
            None => ("http", no_tls()?),
        };
        #[cfg(not(feature = "tls"))]
        let (scheme, config) = ("http", no_tls()?);
        if self.login.as_ref().is_some_and(|(user, _)| user.contains(':')) {
            return Err(Error::invalid("user", "it holds a colon, which HTTP Basic cannot carry"));
        }
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .connect_timeout(self.link.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|_| Error::invalid("settings", "the HTTP client cannot be made from them"))?;
        Ok(Http {
            client,
            gate: Gate::new(self.link),
            base: format!("{scheme}://{address}/api/").into(),
            login: self.login,
            limit: self.limit,
            allow_dangerous: self.allow_dangerous,
        })
    }
}

/// For a client that never speaks TLS, but must have settings for it.
fn no_tls() -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::invalid("settings", "no TLS versions"))?;
    Ok(config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

/// A client of the HTTP API. Cheap to clone.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    gate: Gate,
    base: Arc<str>,
    login: Option<(String, SecretString)>,
    limit: usize,
    allow_dangerous: bool,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Http {
    /// The settings for the vMix at `address`: a host, or `host:port`; the port is 8088 unless told.
    pub fn builder(address: &str) -> HttpBuilder {
        let mut link = LinkConfig::new("vmix-http");
        link.in_flight = 4;
        HttpBuilder {
            address: address.to_owned(),
            link,
            login: None,
            limit: 16 << 20,
            allow_dangerous: false,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Sends a function.
    ///
    /// # Errors
    /// [`Error::Rejected`] with the status: 500 for a function that this vMix does not have, 401 for a wrong login.
    pub async fn send(&self, function: impl Function) -> Result<(), Error> {
        let raw = function.raw();
        let query = raw.http_query()?;
        if query.dangerous && !self.allow_dangerous {
            return Err(Error::invalid("function", DANGEROUS));
        }
        self.get(raw.name(), &query.query, &query.shown).await.map(drop)
    }

    /// Reads the state document. The show is a snapshot: it has no tally, and is not kept up to date.
    ///
    /// # Errors
    /// As [`send`](Self::send); [`Error::Unexpected`] for a document that cannot be read.
    pub async fn show(&self) -> Result<Show, Error> {
        let document = self.get("state", "", "").await?;
        Show::from_xml(&document)
    }

    /// What has passed so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.gate.stats()
    }

    async fn get(&self, name: &str, query: &str, shown: &str) -> Result<Vec<u8>, Error> {
        self.gate.pass(name, None, self.exchange(name, query, shown)).await
    }

    async fn exchange(&self, name: &str, query: &str, shown: &str) -> Result<Vec<u8>, Error> {
        let url = if query.is_empty() { self.base.to_string() } else { format!("{}?{query}", self.base) };
        // the server's keep-alive is unknown: a connection of its own for each request can lose nothing
        let mut request = self.client.get(url).header(header::CONNECTION, "close");
        if let Some((user, password)) = &self.login {
            request = request.basic_auth(user, Some(password.expose_secret()));
        }
        let number = self.gate.show(None, Direction::Sent, || format!("GET /api/?{shown}").into_bytes());
        let mut response = request.send().await.map_err(|error| lost(&error))?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
            if body.len() + chunk.len() > self.limit {
                return Err(Error::unexpected(name, &format!("a body of more than {} bytes", self.limit)));
            }
            body.extend_from_slice(&chunk);
        }
        self.gate.show(Some(number), Direction::Received, || format!("{status}, {} bytes", body.len()).into_bytes());
        if status.is_success() {
            return Ok(body);
        }
        let message = match status {
            StatusCode::UNAUTHORIZED => "user or password is wrong or missing",
            StatusCode::INTERNAL_SERVER_ERROR => "this vMix has no such function",
            other => other.canonical_reason().unwrap_or("refused"),
        };
        Err(Error::rejected(name, Some(status.as_u16()), message))
    }
}

/// An error of the transport in words, without the URL, which may hold a secret.
fn lost(error: &reqwest::Error) -> Error {
    let mut words = if error.is_connect() { "cannot connect" } else { "the exchange broke" }.to_owned();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        source = inner.source();
        if source.is_none() {
            words = format!("{words}: {inner}");
        }
    }
    let sent = !error.is_connect();
    ifbus_link::Error::ConnectionLost { sent, why: Lost::protocol(words) }.into()
}
