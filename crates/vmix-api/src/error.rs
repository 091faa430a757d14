//! What can go wrong, by what the caller can do about it.

use ifbus_link::{Error as LinkError, Retry};
use std::borrow::Cow;
use std::time::Duration;

/// Why a request did not do what was asked.
#[non_exhaustive]
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The connection, the deadline, or an argument that must not be sent.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// vMix said `ER`, or its web port an HTTP status of 400 or more.
    #[error("vMix refused {request}{}: {message}", .status.map(|status| format!(" (HTTP {status})")).unwrap_or_default())]
    #[non_exhaustive]
    Rejected {
        /// The function or command.
        request: Box<str>,
        /// The HTTP status; `None` over TCP, where there is no code.
        status: Option<u16>,
        /// vMix's own words.
        message: Box<str>,
    },
    /// The reply is not what the protocol promises.
    #[error("unexpected reply to {request}: {reply}")]
    #[non_exhaustive]
    Unexpected {
        /// The function or command.
        request: Box<str>,
        /// What came, or what is wrong with it.
        reply: Box<str>,
    },
    /// vMix accepted the request, but did not report its effect in time. It may still come.
    #[error("vMix did not report within {waited:?} that {what}")]
    #[non_exhaustive]
    NotConfirmed {
        /// What was waited for.
        what: Box<str>,
        /// How long.
        waited: Duration,
    },
}

impl Error {
    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Link(LinkError::invalid_argument(field, reason))
    }

    pub(crate) fn rejected(request: &str, status: Option<u16>, message: &str) -> Self {
        Self::Rejected { request: request.into(), status, message: message.into() }
    }

    pub(crate) fn unexpected(request: &str, reply: &str) -> Self {
        Self::Unexpected { request: request.into(), reply: reply.into() }
    }

    pub(crate) fn not_confirmed(what: impl Into<Box<str>>, waited: Duration) -> Self {
        Self::NotConfirmed { what: what.into(), waited }
    }

    /// Whether sending the same request again can help, and whether it is safe. vMix has toggles: after
    /// [`Retry::OutcomeUnknown`] look at the show first.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Link(error) => error.retry(),
            Self::Rejected { .. } => Retry::Never,
            Self::Unexpected { .. } | Self::NotConfirmed { .. } => Retry::OutcomeUnknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_small_and_say_what_to_do() {
        assert!(size_of::<Error>() <= 72, "{}", size_of::<Error>());
        let error = Error::rejected("PreviewInput", None, "Input 99 does not exist");
        assert_eq!(error.to_string(), "vMix refused PreviewInput: Input 99 does not exist");
        assert_eq!(error.retry(), Retry::Never);
        let error = Error::rejected("Nonsense", Some(500), "unknown function");
        assert_eq!(error.to_string(), "vMix refused Nonsense (HTTP 500): unknown function");
        let error = Error::not_confirmed("the stream runs", Duration::from_secs(10));
        assert_eq!(error.to_string(), "vMix did not report within 10s that the stream runs");
        assert_eq!(error.retry(), Retry::OutcomeUnknown);
    }
}
