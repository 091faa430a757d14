//! Dialing: every address of a name, TCP or unix, with TLS where it is wanted.

use crate::error::{Attempt, ConnectError};
#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::wire::{BoxedIo, Codec, Open, OpenFuture, StreamWire};
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Address {
    /// A host name or an IP address (IPv6 without brackets), and a port.
    Tcp(String, u16),
    /// A unix socket.
    #[cfg(unix)]
    Unix(std::path::PathBuf),
}

impl Address {
    /// Reads `host`, `host:port`, `[::1]:port`, `::1`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str, default_port: u16) -> Result<Self, String> {
        let text = text.trim();
        if text.contains(['/', '@', '?', '#']) {
            // not shown: what is taken for an address may hold a password
            return Err("expected a host, host:port or [IPv6]:port, without scheme, login or path".into());
        }
        let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, rest)) => (host, Some(rest.strip_prefix(':').unwrap_or_default())),
            None if text.matches(':').count() > 1 => (text, None), // a bare IPv6 address
            None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
        };
        if host.is_empty() || host.chars().any(|c| c.is_whitespace() || c.is_control() || "[]".contains(c)) {
            return Err(format!("{text:?} is not a host name or an address"));
        }
        let wrong = |port: &str| format!("{text:?}: {port:?} is not a port (1 to 65535)");
        let read = |text: &str| text.parse().ok().filter(|port| *port > 0).ok_or_else(|| wrong(text));
        let port = port.map_or(Ok(default_port), read)?;
        Ok(Self::Tcp(host.to_owned(), port))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            #[cfg(unix)]
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// How to reach a server: its address, TLS or not, and how long it may take.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use]
pub struct Dial {
    /// Where it is.
    pub address: Address,
    /// The limit for all addresses of the name together, TLS included.
    pub timeout: Duration,
    /// What becomes of a TCP connection without TLS, where a protocol wants more of its socket.
    pub tcp: fn(TcpStream) -> BoxedIo,
    /// TLS, where it is wanted.
    #[cfg(feature = "tls")]
    pub tls: Option<Tls>,
}

impl Dial {
    /// Plain, within 10 s.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            timeout: Duration::from_secs(10),
            tcp: |stream| Box::new(stream),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Connects: resolves the name anew and tries each of its addresses in turn, each with its share of the time that is left.
    ///
    /// # Errors
    /// Every address that was tried, with what it said.
    pub async fn connect(&self) -> Result<BoxedIo, ConnectError> {
        let started = Instant::now();
        match &self.address {
            Address::Tcp(host, port) => self.connect_tcp(host, *port, started).await,
            #[cfg(unix)]
            Address::Unix(path) => match timeout(self.timeout, tokio::net::UnixStream::connect(path)).await {
                Ok(Ok(stream)) => Ok(Box::new(stream)),
                Ok(Err(error)) => Err(self.failed(vec![Attempt::new(None, plain(&error))], started)),
                Err(_) => Err(self.failed(vec![Attempt::new(None, "no answer")], started)),
            },
        }
    }

    async fn connect_tcp(&self, host: &str, port: u16, started: Instant) -> Result<BoxedIo, ConnectError> {
        let unresolved = |why: String| self.failed(vec![Attempt::new(None, why)], started);
        let addresses: Vec<SocketAddr> = timeout(self.timeout, tokio::net::lookup_host((host, port)))
            .await
            .map_err(|_| unresolved("the name server does not answer".into()))?
            .map_err(|error| unresolved(format!("the name does not resolve: {}", plain(&error))))?
            .collect();
        let mut attempts = Vec::new();
        for (tried, address) in addresses.iter().enumerate() {
            let left = self.timeout.saturating_sub(started.elapsed());
            let share = left / u32::try_from(addresses.len() - tried).unwrap_or(1);
            let error = match timeout(share, self.connect_one(*address, host)).await {
                Ok(Ok(io)) => return Ok(io),
                Ok(Err(error)) => error,
                Err(_) => format!("no answer within {:.1} s", share.as_secs_f32()),
            };
            attempts.push(Attempt::new(Some(*address), error));
        }
        Err(self.failed(attempts, started))
    }

    async fn connect_one(&self, address: SocketAddr, host: &str) -> Result<BoxedIo, String> {
        let stream = TcpStream::connect(address).await.map_err(|error| plain(&error))?;
        // a request is one small write: waiting for more would only delay it
        stream.set_nodelay(true).map_err(|error| plain(&error))?;
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            return tls.wrap(stream, host).await;
        }
        let _ = host;
        Ok((self.tcp)(stream))
    }

    fn failed(&self, attempts: Vec<Attempt>, started: Instant) -> ConnectError {
        ConnectError::new(self.address.to_string(), attempts, started.elapsed())
    }
}

/// An I/O error in the words of its kind, without the number.
fn plain(error: &std::io::Error) -> String {
    error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase()
}

/// Opens byte streams under a codec, anew at each attempt.
pub struct Dialed<F> {
    dial: Dial,
    codec: F,
}

impl<F> Dialed<F> {
    /// Dials so, and frames with what `codec` makes.
    pub fn new(dial: Dial, codec: F) -> Self {
        Self { dial, codec }
    }
}

impl<C: Codec, F: FnMut() -> C + Send + 'static> Open for Dialed<F> {
    type Wire = StreamWire<C>;

    fn open(&mut self) -> OpenFuture<Self::Wire> {
        let (dial, codec) = (self.dial.clone(), (self.codec)());
        Box::pin(async move { Ok(StreamWire::new(dial.connect().await?, codec)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let tcp = |host: &str, port| Ok(Address::Tcp(host.into(), port));
        assert_eq!(Address::parse("studio-pc", 4455), tcp("studio-pc", 4455));
        assert_eq!(Address::parse("studio-pc:1", 4455), tcp("studio-pc", 1));
        assert_eq!(Address::parse("10.0.0.5:65535", 1), tcp("10.0.0.5", 65535));
        assert_eq!(Address::parse("::1", 80), tcp("::1", 80));
        assert_eq!(Address::parse("[::1]:81", 80), tcp("::1", 81));
        assert_eq!(Address::parse("[::1]", 80).map(|a| a.to_string()), Ok("[::1]:80".into()));
        assert_eq!(Address::parse(" studio-pc:1\n", 4455), tcp("studio-pc", 1));
        for wrong in ["", ":80", "a:", "a:x", "a:65536", "a:0", "[::1", "[::1]80", "[::1]:", "::1]", "a b", "a\r\nb"] {
            let error = Address::parse(wrong, 80).unwrap_err();
            assert!(error.starts_with(&format!("{wrong:?}")), "{error}");
        }
        for wrong in ["http://a", "user:hunter2@a", "hunter2#a:80", "//a", "a:80/hunter2", "a?hunter2"] {
            let error = Address::parse(wrong, 80).unwrap_err();
            assert!(error.starts_with("expected a host") && !error.contains("hunter2"), "{error}");
        }
    }
}
