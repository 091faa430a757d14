//! What can go wrong, by what the caller can do about it.

use ifbus_link::{Error as LinkError, Retry};
use std::borrow::Cow;

/// Why a request did not do what was asked.
#[non_exhaustive]
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The connection, the deadline, or an argument that must not be sent.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The engine did not understand the line (`Error in:`).
    #[error("Yate did not understand the line: {line}")]
    #[non_exhaustive]
    NotUnderstood {
        /// The line as the engine sent it back, secrets redacted.
        line: Box<str>,
    },
    /// The engine answered a command with `false`.
    #[error("Yate refused {command} {name}: {why}")]
    #[non_exhaustive]
    Refused {
        /// `install`, `setlocal`, …
        command: &'static str,
        /// What it was about.
        name: Box<str>,
        /// What the refusal means.
        why: &'static str,
    },
    /// No module handled the message of a verb: a channel that is not there, a driver that is not loaded, a call that failed.
    #[error("Yate did not handle {message}{}: {}", shown(.about), said(.message, .error, .reason))]
    #[non_exhaustive]
    NotHandled {
        /// The message; where it was for a channel (`chan.masquerade`), the one that the channel should have got.
        message: Box<str>,
        /// What it was about: `callto=sip/sip:1@10.0.0.5`, `id=dumb/1`. Control characters are escaped; may be empty.
        about: Box<str>,
        /// The parameter `error` of the answer: `offline`, `noroute`, `busy`; may be empty.
        error: Box<str>,
        /// The parameter `reason` of the answer; may be empty.
        reason: Box<str>,
    },
    /// The console refused a command; only of [`rmanager`](crate::rmanager).
    #[error("Yate's console refused {command}: {message}")]
    #[non_exhaustive]
    Console {
        /// The command's first word.
        command: Box<str>,
        /// The console's own words.
        message: Box<str>,
    },
    /// The answer is a longer line than the builder allows; it has been dropped.
    #[error("the answer is a line of more than {limit} bytes")]
    #[non_exhaustive]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The reply is not what the protocol promises.
    #[error("unexpected reply to {request}: {reply}")]
    #[non_exhaustive]
    Unexpected {
        /// The request.
        request: Box<str>,
        /// What is wrong with it.
        reply: Box<str>,
    },
}

fn shown(about: &str) -> String {
    if about.is_empty() { String::new() } else { format!(" ({about})") }
}

fn said<'a>(message: &str, error: &'a str, reason: &'a str) -> Cow<'a, str> {
    match (error, reason) {
        // Yate gives no reason where no module was there to have one
        ("", "") => Cow::Borrowed(match message {
            "call.execute" => "no module took it: driver not loaded, or the target busy or not there?",
            "call.conference" | "chan.attach" => "no module took it: no such channel, or module not loaded?",
            "user.register" | "user.unregister" => "no module took it: no such user, or module not loaded?",
            _ => "no module took it: not loaded?",
        }),
        (one, "") | ("", one) => Cow::Borrowed(one),
        (error, reason) => Cow::Owned(format!("{error} ({reason})")),
    }
}

impl Error {
    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Link(LinkError::invalid_argument(field, reason))
    }

    pub(crate) fn unexpected(request: &str, reply: impl Into<Box<str>>) -> Self {
        Self::Unexpected { request: request.into(), reply: reply.into() }
    }

    /// Whether sending the same request again can help, and whether it is safe. After [`Retry::OutcomeUnknown`] look first: an
    /// execute may have rung a phone.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Link(error) => error.retry(),
            Self::NotHandled { .. } => Retry::Later,
            Self::NotUnderstood { .. } | Self::Refused { .. } | Self::Console { .. } => Retry::Never,
            Self::TooLarge { .. } | Self::Unexpected { .. } => Retry::OutcomeUnknown,
        }
    }
}
