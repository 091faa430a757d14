//! The REST API: for what the WebSocket cannot do (raw states, camera stills), and for one-shot templates.

use crate::address::Base;
use crate::config::Builder;
use crate::error::Error;
use crate::names;
use crate::redact::redact;
use crate::request::Service;
use crate::state::State;
use ifbus_link::{Attempt, ConnectError, Direction, Gate, Lost, Stats, Tls};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// The REST API of one Home Assistant; from [`Client::rest`](crate::Client::rest).
///
/// Every answer 401 counts towards a ban of this address where bans are on, also the one that a valid token of a user without
/// the rights gets: nothing is ever tried again here.
#[derive(Debug, Clone)]
pub struct Rest {
    base: Base,
    token: SecretString,
    tls: Option<Tls>,
    gate: Gate,
    /// Made with the first request.
    http: Arc<OnceLock<reqwest::Client>>,
    max_body: usize,
}

/// An answer's body and what it is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Picture {
    /// `image/jpg` in Home Assistant's own words.
    pub content_type: String,
    /// The picture.
    pub bytes: Vec<u8>,
}

/// Whether the configuration files are valid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct Checked {
    /// `valid` or `invalid`.
    pub result: String,
    /// In words.
    pub errors: Option<String>,
    /// In words.
    pub warnings: Option<String>,
}

impl Checked {
    /// Whether Home Assistant would start with them.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.result == "valid"
    }
}

struct Answer {
    status: StatusCode,
    content_type: String,
    body: Vec<u8>,
}

impl Rest {
    pub(crate) fn new(base: Base, builder: &Builder) -> Self {
        let mut config = builder.link.clone();
        config.in_flight = config.in_flight.min(16);
        Self {
            base,
            token: builder.token.clone(),
            tls: builder.tls.clone(),
            gate: Gate::new(config),
            http: Arc::default(),
            max_body: builder.max_message,
        }
    }

    /// Sets the state of an entity, whether an integration has it or not; for administrators. `attributes` takes the place of all
    /// attributes. True: the entity is new. It lasts until the entity's integration writes it, or until a restart.
    ///
    /// # Errors
    /// [`Error::Rejected`] with the HTTP status as code; [`Error::Link`].
    pub async fn set_state(&self, entity_id: &str, state: &str, attributes: &Value) -> Result<(State, bool), Error> {
        let path = state_path(entity_id)?;
        // the server takes no more (2026.2)
        if state.chars().count() > 255 {
            return Err(Error::argument("state", "it must have at most 255 characters"));
        }
        if !attributes.is_object() {
            return Err(Error::argument("attributes", "they must be a JSON object"));
        }
        let body = json!({"state": state, "attributes": attributes});
        let answer = self.exchange(Method::POST, &path, Some(&body)).await?;
        Ok((answer.json("POST api/states")?, answer.status == StatusCode::CREATED))
    }

    /// One state, read anew; `None` if there is no such entity.
    ///
    /// # Errors
    /// As [`set_state`](Self::set_state).
    pub async fn state(&self, entity_id: &str) -> Result<Option<State>, Error> {
        let path = state_path(entity_id)?;
        match self.exchange(Method::GET, &path, None).await {
            Ok(answer) => answer.json("GET api/states").map(Some),
            Err(error) if error.code() == Some("404") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes the state of an entity; for administrators. False: there was none. A live integration writes it again.
    ///
    /// # Errors
    /// As [`set_state`](Self::set_state).
    pub async fn remove_state(&self, entity_id: &str) -> Result<bool, Error> {
        let path = state_path(entity_id)?;
        match self.exchange(Method::DELETE, &path, None).await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("404") => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// All states.
    ///
    /// # Errors
    /// As [`set_state`](Self::set_state).
    pub async fn states(&self) -> Result<Vec<State>, Error> {
        self.exchange(Method::GET, "api/states", None).await?.json("GET api/states")
    }

    /// Renders a template once; for administrators. Pass outside data as variables (a JSON object), never as a part of the text.
    ///
    /// # Errors
    /// As [`set_state`](Self::set_state); the code is 400 where the template is wrong.
    pub async fn template(&self, template: &str, variables: &Value) -> Result<String, Error> {
        let body = json!({"template": template, "variables": variables});
        Ok(self.exchange(Method::POST, "api/template", Some(&body)).await?.text())
    }

    /// All services by domain and name.
    ///
    /// # Errors
    /// As [`set_state`](Self::set_state).
    pub async fn services(&self) -> Result<crate::request::Services, Error> {
        #[derive(Deserialize)]
        struct Domain {
            domain: String,
            services: BTreeMap<String, Service>,
        }
        let domains: Vec<Domain> = self.exchange(Method::GET, "api/services", None).await?.json("GET api/services")?;
        Ok(domains.into_iter().map(|domain| (domain.domain, domain.services)).collect())
    }

    /// A still picture of a camera, as it is now.
    ///
    /// # Errors
    /// As [`set_state`](Self::set_state); the code is 404 for an unknown camera and 500 for one whose source is down.
    pub async fn camera_still(&self, entity_id: &str) -> Result<Picture, Error> {
        names::check_entity_id(entity_id)?;
        let answer = self.exchange(Method::GET, &format!("api/camera_proxy/{}", encoded(entity_id)), None).await?;
        Ok(Picture { content_type: answer.content_type, bytes: answer.body })
    }

    /// Whether the server answers and the token is valid.
    ///
    /// # Errors
    /// As [`set_state`](Self::set_state).
    pub async fn check(&self) -> Result<(), Error> {
        self.exchange(Method::GET, "api/", None).await.map(drop)
    }

    /// Checks the configuration files; for administrators. It may take longer than the default deadline on a large system.
    ///
    /// # Errors
    /// As [`set_state`](Self::set_state).
    pub async fn check_config(&self) -> Result<Checked, Error> {
        let path = "api/config/core/check_config";
        self.exchange(Method::POST, path, Some(&json!({}))).await?.json("POST api/config/core/check_config")
    }

    /// Any path below the base address (`api/calendars`), with any method and body; the JSON of the answer, or its text.
    ///
    /// # Errors
    /// As [`set_state`](Self::set_state).
    pub async fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Error> {
        let method =
            Method::from_bytes(method.as_bytes()).map_err(|_| Error::argument("method", "it is no HTTP method"))?;
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
        if !path.starts_with("api/") || !path.bytes().all(plain) || path.split(['/', '?']).any(|part| part == "..") {
            return Err(Error::argument("path", "it must begin with api/ and be percent-encoded"));
        }
        let answer = self.exchange(method, path, body).await?;
        Ok(serde_json::from_slice(&answer.body).unwrap_or_else(|_| Value::String(answer.text())))
    }

    /// What has passed so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.gate.stats()
    }

    fn http(&self) -> Result<&reqwest::Client, Error> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let wrong = |error: &dyn std::fmt::Display| Error::argument("tls", error.to_string());
        let tls = match &self.tls {
            Some(tls) => tls.client_config(),
            None if self.base.is_secure() => Tls::platform().map_err(|error| wrong(&error))?.client_config(),
            // reqwest wants a configuration for http:// too; the roots of a system that has none must not stop it
            None => no_roots().map_err(|error| wrong(&error))?,
        };
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured((*tls).clone())
            // a token follows no redirect and no proxy of the environment's
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(self.gate.config().connect_timeout)
            .build()
            .map_err(|error| wrong(&error))?;
        Ok(self.http.get_or_init(|| http))
    }

    async fn exchange(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, Error> {
        let http = self.http()?;
        let name = format!("{method} {}", path.split('?').next().unwrap_or_default());
        let answer = self.gate.pass(&name, None, self.send(http, method, path, body)).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(answer.refusal(&name)) }
    }

    async fn send(
        &self,
        http: &reqwest::Client,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Error> {
        let url = self.base.rest(path);
        let started = Instant::now();
        let mut request = http.request(method.clone(), &url).bearer_auth(self.token.expose_secret());
        let body = body.map(Value::to_string);
        let exchange = self.gate.show(None, Direction::Sent, || {
            let body = body.as_deref().unwrap_or_default();
            redact(&format!("{method} {url}\r\n\r\n{body}")).into_owned().into_bytes()
        });
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let mut response = request.send().await.map_err(|error| failed(&url, &error, started))?;
        let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        let mut answer = Answer {
            status: response.status(),
            content_type: content_type.unwrap_or_default().to_owned(),
            body: Vec::new(),
        };
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(&url, &error, started))? {
            if answer.body.len() + chunk.len() > self.max_body {
                return Err(lost(Lost::malformed(format!("an answer of more than {} bytes", self.max_body))));
            }
            answer.body.extend_from_slice(&chunk);
        }
        self.gate.show(Some(exchange), Direction::Received, || answer.shown());
        Ok(answer)
    }
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json<T: serde::de::DeserializeOwned>(&self, request: &str) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::unexpected(request, &error))
    }

    fn shown(&self) -> Vec<u8> {
        if self.content_type.starts_with("image/") {
            return format!("{} {}, {} bytes", self.status, self.content_type, self.body.len()).into_bytes();
        }
        redact(&format!("{}\r\n\r\n{}", self.status, self.text())).into_owned().into_bytes()
    }

    /// Errors of views are JSON with a `message`, those of the framework text: `404: Not Found`.
    fn refusal(&self, request: &str) -> Error {
        let code = self.status.as_u16().to_string();
        let message = serde_json::from_slice::<Value>(&self.body)
            .ok()
            .and_then(|json| json.get("message").and_then(Value::as_str).map(str::to_owned))
            .unwrap_or_else(|| match self.text() {
                _ if self.content_type.starts_with("text/html") => {
                    "a page, which no Home Assistant answers with".into()
                }
                text => text.strip_prefix(&format!("{code}: ")).unwrap_or(&text).chars().take(500).collect(),
            });
        let hint = match self.status.as_u16() {
            401 => {
                " (the token is not valid, or its user is no administrator; each of these answers counts towards a ban)"
            }
            403 if message.starts_with("Forbidden") => " (this address may be banned: see ip_bans.yaml)",
            _ => "",
        };
        Error::Rejected {
            request: request.into(),
            code: code.into(),
            message: format!("{}{hint}", redact(message.trim())).into(),
            translation_key: None,
        }
    }
}

fn state_path(entity_id: &str) -> Result<String, Error> {
    names::check_entity_id(entity_id)?;
    Ok(format!("api/states/{}", encoded(entity_id)))
}

fn encoded(text: &str) -> String {
    const KEEP: percent_encoding::AsciiSet = NON_ALPHANUMERIC.remove(b'_').remove(b'.');
    utf8_percent_encode(text, &KEEP).to_string()
}

fn no_roots() -> Result<Arc<rustls::ClientConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()))
}

fn lost(why: Lost) -> Error {
    ifbus_link::Error::ConnectionLost { sent: true, why }.into()
}

/// reqwest's own words end with the URL and hide the cause: the cause is told.
fn failed(url: &str, error: &reqwest::Error, started: Instant) -> Error {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let cause = cause.to_string();
    if error.is_connect() {
        let attempt = Attempt::new(None, cause);
        return ifbus_link::Error::from(ConnectError::new(url, vec![attempt], started.elapsed())).into();
    }
    lost(Lost::protocol(cause))
}
