//! What can go wrong, by what the caller can do about it.

use ifbus_link::{Error as LinkError, Retry};
use std::borrow::Cow;

/// Why an action did not do what was asked.
#[non_exhaustive]
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The connection, the deadline, or an argument that must not be sent.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Asterisk answered `Response: Error`.
    #[error("Asterisk refused {action}: {message}")]
    #[non_exhaustive]
    Rejected {
        /// The action; `play` or `hold`, which are made of several, where the channel is not there.
        action: Box<str>,
        /// What it is about, as far as the words tell.
        reason: Reason,
        /// Asterisk's own words; of `play` and `hold` with the channel behind them.
        message: Box<str>,
    },
    /// The call was not answered; see [`Failure`](crate::Failure) for why.
    #[error("the call to {channel} was not answered: {failure}")]
    #[non_exhaustive]
    NotAnswered {
        /// The channel that was asked for, or as far as it came.
        channel: Box<str>,
        /// Why not.
        failure: crate::Failure,
    },
    /// The channel is not in a bridge with one other.
    #[error("{channel} is in a bridge with {peers} others, and not with one")]
    #[non_exhaustive]
    NotBridged {
        /// The channel.
        channel: Box<str>,
        /// How many others there are.
        peers: usize,
    },
    /// A channel ended while it was needed.
    #[error("{channel} hung up{}", .cause.map(|cause| format!(" (cause {cause})")).unwrap_or_default())]
    #[non_exhaustive]
    HungUp {
        /// The channel.
        channel: Box<str>,
        /// The cause (Q.850), where its event was seen.
        cause: Option<u32>,
    },
    /// The server cannot play the file: it is not there, or in no format that the server can read; its log says which.
    #[error("Asterisk cannot play {file}")]
    #[non_exhaustive]
    NotPlayed {
        /// The file.
        file: Box<str>,
    },
    /// The extensions that the verb needs are not in the dialplan, and cannot be made; see
    /// [`Builder::dialplan_context`](crate::Builder::dialplan_context).
    #[error("no extensions for this in the context {context}: {message}")]
    #[non_exhaustive]
    Dialplan {
        /// The context.
        context: Box<str>,
        /// What Asterisk says, and what is missing.
        message: Box<str>,
    },
    /// The answer is larger than the limits that the builder sets; what came has been dropped.
    #[error("the answer to {action} is over the limit of {limit} bytes")]
    #[non_exhaustive]
    TooLarge {
        /// The action.
        action: Box<str>,
        /// The limit that it passed.
        limit: usize,
    },
    /// The reply is not what the protocol promises.
    #[error("unexpected reply to {action}: {reply}")]
    #[non_exhaustive]
    Unexpected {
        /// The action.
        action: Box<str>,
        /// What is wrong with it.
        reply: Box<str>,
    },
}

/// What a refusal is about. Asterisk has no codes: this reads its words, which differ between modules and versions, and is a
/// hint; the words are in the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The user lacks the right (`Permission denied`).
    PermissionDenied,
    /// The server does not know the action: an older version, or a module that is not loaded.
    UnknownAction,
    /// A channel, queue, conference, file or entry that is not there.
    NotFound,
    /// A parameter is missing or wrong.
    InvalidParameter,
    /// The server is shutting down.
    ShuttingDown,
    /// Something else.
    Other,
}

impl Reason {
    pub(crate) fn of(message: &str) -> Self {
        let text = message.to_ascii_lowercase();
        let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match () {
            () if any(&["permission denied", "access forbidden", "escalated privileges"]) => Self::PermissionDenied,
            () if any(&["invalid/unknown command"]) => Self::UnknownAction,
            () if any(&["shutting down"]) => Self::ShuttingDown,
            () if any(&["no such", "not exist", "not found", "no active", "not there", "no channel by that name"]) => {
                Self::NotFound
            }
            () if any(&["not specified", "no channel specified", "must specify", "missing", "required", "invalid"])
                || (text.starts_with("no ") && text.contains("specified"))
                || text.contains("requires") =>
            {
                Self::InvalidParameter
            }
            () => Self::Other,
        }
    }
}

impl Error {
    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Link(LinkError::invalid_argument(field, reason))
    }

    pub(crate) fn rejected(action: &str, message: &str) -> Self {
        Self::Rejected { action: action.into(), reason: Reason::of(message), message: message.into() }
    }

    pub(crate) fn dialplan(context: &str, message: &str) -> Self {
        Self::Dialplan { context: context.into(), message: message.into() }
    }

    pub(crate) fn unexpected(action: &str, reply: impl Into<Box<str>>) -> Self {
        Self::Unexpected { action: action.into(), reply: reply.into() }
    }

    /// What a refusal is about; `None` if this is no refusal.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Rejected { reason, .. } => Some(*reason),
            _ => None,
        }
    }

    /// Whether sending the same action again can help, and whether it is safe. After [`Retry::OutcomeUnknown`] look first: an
    /// originate may have rung a phone.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Link(error) => error.retry(),
            Self::Rejected { reason: Reason::ShuttingDown, .. } | Self::NotAnswered { .. } => Retry::Later,
            Self::Rejected { .. }
            | Self::TooLarge { .. }
            | Self::NotBridged { .. }
            | Self::HungUp { .. }
            | Self::NotPlayed { .. }
            | Self::Dialplan { .. } => Retry::Never,
            Self::Unexpected { .. } => Retry::OutcomeUnknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_small_and_say_what_to_do() {
        assert!(size_of::<Error>() <= 72, "{}", size_of::<Error>());
        let error = Error::rejected("Hangup", "No such channel");
        assert_eq!(error.to_string(), "Asterisk refused Hangup: No such channel");
        assert_eq!((error.reason(), error.retry()), (Some(Reason::NotFound), Retry::Never));
    }

    #[test]
    fn refusals_are_told_apart_by_their_words() {
        for (message, reason) in [
            ("Permission denied", Reason::PermissionDenied),
            ("Originate Access Forbidden: app or data blacklisted", Reason::PermissionDenied),
            (
                "Invalid/unknown command: Nope. Use Action: ListCommands to show available commands.",
                Reason::UnknownAction,
            ),
            ("Asterisk is shutting down", Reason::ShuttingDown),
            ("Channel1 does not exist: x", Reason::NotFound),
            ("Channel not found", Reason::NotFound),
            ("No active conferences.", Reason::NotFound),
            ("Unable to remove interface: Not there", Reason::NotFound),
            ("Channel not specified", Reason::InvalidParameter),
            ("No family specified.", Reason::InvalidParameter),
            ("Invalid channel", Reason::InvalidParameter),
            ("Originate with 'Exten' requires 'Context' and 'Priority'", Reason::InvalidParameter),
            ("Unable to add interface: Already there", Reason::Other),
        ] {
            assert_eq!(Reason::of(message), reason, "{message}");
        }
    }
}
