//! What can go wrong, by what the caller can do about it.

use crate::cause::HangupCause;
use crate::message::Execution;
use ifbus_link::{Error as LinkError, RefusalKind, Retry};
use std::borrow::Cow;

/// Why a request did not do what was asked.
#[non_exhaustive]
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The connection, the login, the deadline, or an argument that must not be sent.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// FreeSWITCH said `-ERR`, `-USAGE` or the like.
    #[error("FreeSWITCH refused {request}: {message}")]
    #[non_exhaustive]
    Rejected {
        /// The command, without its arguments.
        request: Box<str>,
        /// What it is about.
        kind: Rejection,
        /// FreeSWITCH's own words, without what they begin with.
        message: Box<str>,
    },
    /// The channel was hung up first.
    #[error("the channel was hung up during {request}: {cause}")]
    #[non_exhaustive]
    HungUp {
        /// The command, without its arguments.
        request: Box<str>,
        /// Why.
        cause: HangupCause,
        /// What the application left at its end, if it told one: `record` its length, in the variables.
        ended: Option<Box<Execution>>,
    },
    /// The answer is not what the protocol promises.
    #[error("unexpected answer to {request}: {answer}")]
    #[non_exhaustive]
    Unexpected {
        /// The command, without its arguments.
        request: Box<str>,
        /// What came, or what is wrong with it.
        answer: Box<str>,
    },
}

/// What a refusal of FreeSWITCH's is about, read from its words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The user of `userauth` may not do this.
    PermissionDenied,
    /// There is no such command, or the connection is of a kind that does not have it.
    UnknownCommand,
    /// There is no such channel, or it is gone.
    NoSuchChannel,
    /// The arguments are wrong; the words tell the right ones.
    Usage,
    /// A call could not be made, for this cause.
    Cause(HangupCause),
    /// Anything else.
    Other,
}

impl Rejection {
    fn of(message: &str) -> Self {
        let lower = message.to_ascii_lowercase();
        if lower.starts_with("permission denied") {
            Self::PermissionDenied
        } else if lower.contains("command not found") {
            Self::UnknownCommand
        } else if ["no such channel", "invalid uuid", "cannot locate session", "invalid session id", "no such session"]
            .iter()
            .any(|words| lower.starts_with(words))
        {
            Self::NoSuchChannel
        } else {
            let cause = HangupCause::from_name(message.trim());
            if cause.code().is_some() { Self::Cause(cause) } else { Self::Other }
        }
    }
}

impl Error {
    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Link(LinkError::invalid_argument(field, reason))
    }

    /// A refusal in the server's words, `-ERR no such channel!`.
    pub(crate) fn rejected(request: &str, words: &str) -> Self {
        let words = words.trim();
        let (kind, message) = match words.split_once(' ') {
            Some(("-USAGE:", syntax)) => (Rejection::Usage, syntax),
            Some(("-ERR", message)) => (Rejection::of(message.trim_start()), message.trim_start()),
            _ => (Rejection::of(words), words),
        };
        Self::Rejected { request: request.into(), kind, message: message.into() }
    }

    pub(crate) fn unexpected(request: &str, answer: impl AsRef<str>) -> Self {
        let mut answer: String = answer.as_ref().chars().take(200).collect();
        answer.truncate(answer.trim_end().len());
        Self::Unexpected { request: request.into(), answer: answer.into() }
    }

    pub(crate) fn hung_up(request: &str, cause: HangupCause) -> Self {
        Self::HungUp { request: request.into(), cause, ended: None }
    }

    pub(crate) fn broken_off(request: &str, cause: HangupCause, ended: Execution) -> Self {
        Self::HungUp { request: request.into(), cause, ended: Some(Box::new(ended)) }
    }

    /// Whether an access list of FreeSWITCH's does not let this address in (`apply-inbound-acl`); wrong credentials are another
    /// thing, and so is a lost connection.
    #[must_use]
    pub fn is_access_denied(&self) -> bool {
        matches!(self, Self::Link(LinkError::Refused(refusal)) if refusal.kind == RefusalKind::NotAllowed)
    }

    /// What a refusal is about, if it is one.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        match self {
            Self::Rejected { kind, .. } => Some(kind),
            _ => None,
        }
    }

    /// Whether sending the same request again can help, and whether it is safe.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Link(error) => error.retry(),
            Self::Rejected { kind: Rejection::Cause(_), .. } => Retry::Later,
            Self::Rejected { .. } | Self::HungUp { .. } => Retry::Never,
            Self::Unexpected { .. } => Retry::OutcomeUnknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_apart_and_keep_their_words() {
        assert!(size_of::<Error>() <= 72, "{}", size_of::<Error>());
        let kind = |words: &str| Error::rejected("api", words).rejection().cloned().unwrap();
        assert_eq!(kind("-ERR permission denied"), Rejection::PermissionDenied);
        assert_eq!(kind("-ERR nosuch Command not found!\n"), Rejection::UnknownCommand);
        assert_eq!(kind("-ERR No such channel!\n"), Rejection::NoSuchChannel);
        assert_eq!(kind("-ERR invalid session id [x]"), Rejection::NoSuchChannel);
        assert_eq!(kind("-USAGE: <uuid> <var>\n"), Rejection::Usage);
        assert_eq!(kind("-ERR USER_BUSY\n"), Rejection::Cause(HangupCause::UserBusy));
        assert_eq!(kind("-ERR Cannot stop record session!\n"), Rejection::Other);
        assert_eq!(
            Error::rejected("api uuid_kill", "-ERR No such channel!\n").to_string(),
            "FreeSWITCH refused api uuid_kill: No such channel!"
        );
    }
}
