//! What can go wrong under a client, by what the caller can do about it.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// What a link tells a caller. Every client's own error is made from it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No connection could be made; says every address that was tried.
    #[error(transparent)]
    Connect(Arc<ConnectError>),
    /// The server was reached, and the login did not come to its end. It is tried again.
    #[error("connected to {server}, but not logged in: {why}")]
    Login {
        /// What was dialed, as the user wrote it.
        server: Arc<str>,
        /// What ended the connection.
        why: Lost,
    },
    /// The server refused us for good: wrong credentials, unsupported version. Not tried again.
    #[error("{0}")]
    Refused(Arc<Refusal>),
    /// The connection went away under this request. `sent`: at least one byte of it reached the socket, so the server may have
    /// carried it out.
    #[error("connection lost {}: {why}", if *.sent { "after the request was sent, its outcome is unknown" } else { "before the request was sent" })]
    ConnectionLost {
        /// Whether any byte of the request reached the socket.
        sent: bool,
        /// What ended the connection.
        why: Lost,
    },
    /// The deadline passed. `sent` as in [`ConnectionLost`](Error::ConnectionLost).
    #[error("no answer within {after:?}; the request was {}", if *.sent { "sent, its outcome is unknown" } else { "not sent" })]
    Timeout {
        /// Whether any byte of the request reached the socket.
        sent: bool,
        /// The deadline that the request had.
        after: Duration,
    },
    /// There was no connection until the deadline passed. Nothing was sent.
    #[error("not connected within {after:?}, nothing was sent: {why}")]
    NotConnected {
        /// The deadline that the request had.
        after: Duration,
        /// Why the last attempt failed.
        why: Arc<Self>,
    },
    /// A value that must not be sent. Nothing was.
    #[error("{field}: {reason}; nothing was sent")]
    InvalidArgument {
        /// The field, header or parameter.
        field: Cow<'static, str>,
        /// What is wrong with it; never the value itself.
        reason: Cow<'static, str>,
    },
    /// The link's task ended before its time: it panicked, or its runtime was shut down.
    #[error("the connection has ended: its task panicked, or its runtime was shut down")]
    Ended,
    /// The link was closed by its owner.
    #[error("the connection was closed by this side")]
    Closed,
}

/// Whether sending the same request again can help, and whether it is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// It will not help: the request or the setting is wrong.
    Never,
    /// The request was not carried out: send it again, later.
    Later,
    /// The request may have been carried out: look at the server's state first.
    OutcomeUnknown,
}

impl Error {
    /// A refused argument; `reason` must not repeat a secret.
    pub fn invalid_argument(field: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::InvalidArgument { field: field.into(), reason: reason.into() }
    }

    /// Whether sending the request again can help.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::ConnectionLost { sent: true, .. } | Self::Timeout { sent: true, .. } => Retry::OutcomeUnknown,
            Self::Refused(_) | Self::InvalidArgument { .. } | Self::Ended | Self::Closed => Retry::Never,
            _ => Retry::Later,
        }
    }
}

impl From<ConnectError> for Error {
    fn from(error: ConnectError) -> Self {
        Self::Connect(Arc::new(error))
    }
}

/// Why no connection could be made: the target, each address tried with its own error, and the time it took.
#[derive(Debug, thiserror::Error)]
#[error("cannot connect to {target} (tried {:.1} s){}", .elapsed.as_secs_f32(), listed(.attempts))]
#[non_exhaustive]
pub struct ConnectError {
    /// What was dialed, as the user wrote it: `studio-pc:4455`, `unix:/run/x.sock`.
    pub target: String,
    /// Each address that was tried, in order, with what it said.
    pub attempts: Vec<Attempt>,
    /// How long it took altogether.
    pub elapsed: Duration,
}

/// One address that was tried.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// The address; `None` where there is none (a name that does not resolve, a unix socket).
    pub address: Option<SocketAddr>,
    /// What it said, in words: `connection refused`, `TLS: …`, `HTTP 404 in answer to the WebSocket upgrade`.
    pub error: String,
    /// The HTTP status that answered a WebSocket upgrade, where one did.
    pub http_status: Option<u16>,
}

impl Attempt {
    /// An attempt at an address.
    pub fn new(address: Option<SocketAddr>, error: impl Into<String>) -> Self {
        Self { address, error: error.into(), http_status: None }
    }
}

impl ConnectError {
    /// One failed target.
    pub fn new(target: impl Into<String>, attempts: Vec<Attempt>, elapsed: Duration) -> Self {
        Self { target: target.into(), attempts, elapsed }
    }
}

fn listed(attempts: &[Attempt]) -> String {
    let one = |attempt: &Attempt| match attempt.address {
        Some(address) => format!("{address}: {}", attempt.error),
        None => attempt.error.clone(),
    };
    let all = attempts.iter().map(one).collect::<Vec<_>>().join("; ");
    if all.is_empty() { all } else { format!(": {all}") }
}

/// The server's own refusal of a login.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{server} {}{}: {message}", .kind.words(), .code.map(|code| format!(" ({code})")).unwrap_or_default())]
#[non_exhaustive]
pub struct Refusal {
    /// What was dialed, as the user wrote it.
    pub server: Arc<str>,
    /// What to do about it.
    pub kind: RefusalKind,
    /// The server's code, where it has one.
    pub code: Option<i64>,
    /// The server's own words.
    pub message: String,
}

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalKind {
    /// The password, token or user is wrong.
    Credentials,
    /// The server cannot do what we need: a version, a feature.
    Unsupported,
    /// The server is there, but it speaks another protocol.
    WrongService,
    /// The server's operator put us out.
    Kicked,
    /// The server does not let this address in, whatever the credentials.
    NotAllowed,
}

impl Refusal {
    /// A refusal in the server's words.
    pub fn new(kind: RefusalKind, code: Option<i64>, message: impl Into<String>) -> Self {
        Self { server: "the server".into(), kind, code, message: message.into() }
    }
}

impl RefusalKind {
    fn words(self) -> &'static str {
        match self {
            Self::Credentials => "refused the login",
            Self::Unsupported => "lacks what is needed",
            Self::WrongService => "is another kind of server",
            Self::Kicked => "ended the session, as its operator wants",
            Self::NotAllowed => "does not let this address in",
        }
    }
}

/// What ended a connection.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Lost {
    /// The peer closed the stream.
    #[error("the server closed the connection{}", if *.mid_frame { " in the middle of a message" } else { "" })]
    Eof {
        /// Whether bytes of an unfinished message had come.
        mid_frame: bool,
    },
    /// The peer closed with a code or a reason.
    #[error("the server closed the connection{}{}", .code.map(|c| format!(" with code {c}")).unwrap_or_default(), if .reason.is_empty() { String::new() } else { format!(": {}", .reason) })]
    Closed {
        /// The peer's code, where the protocol has one.
        code: Option<u16>,
        /// The peer's words, may be empty.
        reason: Arc<str>,
    },
    /// The operating system said so.
    #[error("{0}")]
    Io(Arc<std::io::Error>),
    /// Bytes that are not the protocol, or a frame over the limit.
    #[error("the server sent what cannot be read: {0}")]
    Malformed(Arc<str>),
    /// The peer did not answer the ping.
    #[error("the server is silent: no answer to a ping within {0:?}")]
    Silent(Duration),
    /// The peer did not finish the login in time.
    #[error("the server did not complete the login within {0:?}")]
    LoginTimeout(Duration),
    /// The protocol's state machine gave the connection up.
    #[error("{0}")]
    Protocol(Arc<str>),
    /// This side closed.
    #[error("closed by this side")]
    Shutdown,
}

impl Lost {
    /// Bytes that cannot be read.
    pub fn malformed(what: impl Into<Arc<str>>) -> Self {
        Self::Malformed(what.into())
    }

    /// The state machine gave up.
    pub fn protocol(what: impl Into<Arc<str>>) -> Self {
        Self::Protocol(what.into())
    }
}

impl From<std::io::Error> for Lost {
    fn from(error: std::io::Error) -> Self {
        Self::Io(Arc::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stay_small_and_say_what_to_do() {
        assert!(size_of::<Error>() <= 64, "{}", size_of::<Error>());
        let lost = Error::ConnectionLost { sent: true, why: Lost::Eof { mid_frame: true } };
        assert_eq!(lost.retry(), Retry::OutcomeUnknown);
        assert_eq!(
            lost.to_string(),
            "connection lost after the request was sent, its outcome is unknown: the server closed the connection in the middle of a message"
        );
        let timeout = Error::Timeout { sent: false, after: Duration::from_secs(10) };
        assert_eq!(
            (timeout.retry(), timeout.to_string()),
            (Retry::Later, "no answer within 10s; the request was not sent".into())
        );
        let connect = ConnectError::new(
            "studio-pc:4455",
            vec![Attempt::new(Some(([10, 0, 0, 7], 4455).into()), "connection refused")],
            Duration::from_millis(1240),
        );
        assert_eq!(
            connect.to_string(),
            "cannot connect to studio-pc:4455 (tried 1.2 s): 10.0.0.7:4455: connection refused"
        );
        let none = ConnectError::new("a given stream", Vec::new(), Duration::ZERO);
        assert_eq!(none.to_string(), "cannot connect to a given stream (tried 0.0 s)");
        let refused = Refusal::new(RefusalKind::Credentials, Some(4009), "Authentication failed.");
        assert_eq!(refused.to_string(), "the server refused the login (4009): Authentication failed.");
    }
}
