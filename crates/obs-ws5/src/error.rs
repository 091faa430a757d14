//! What can go wrong, by what the caller can do about it.

use crate::StatusCode;
use ifbus_link::Retry;
use std::time::Duration;

/// What went wrong.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The connection, the login or the deadline; says whether the request was sent.
    #[error(transparent)]
    Link(#[from] ifbus_link::Error),
    /// OBS refused the request.
    #[error("OBS refused {request}: {code}{}", .comment.as_deref().map(|c| format!(": {c}")).unwrap_or_default())]
    #[non_exhaustive]
    Rejected {
        /// The request's type.
        request: Box<str>,
        /// OBS's code.
        code: StatusCode,
        /// OBS's own words, if it gave any.
        comment: Option<Box<str>>,
    },
    /// OBS accepted, but what was asked for did not happen in time, or something else did.
    #[error("OBS accepted, but {what} was not confirmed within {waited:?}")]
    #[non_exhaustive]
    NotConfirmed {
        /// What was waited for: `recording`, `the virtual camera`.
        what: &'static str,
        /// How long.
        waited: Duration,
    },
    /// OBS's answer is not what the protocol promises.
    #[error("OBS's answer to {request} cannot be read: {reason}")]
    #[non_exhaustive]
    Unexpected {
        /// The request's type.
        request: Box<str>,
        /// Where it differs.
        reason: Box<str>,
    },
}

impl Error {
    /// Whether sending the request again can help.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Link(error) => error.retry(),
            Self::Rejected { code: StatusCode::NotReady, .. } => Retry::Later,
            Self::NotConfirmed { .. } => Retry::OutcomeUnknown,
            Self::Rejected { .. } | Self::Unexpected { .. } => Retry::Never,
        }
    }

    /// OBS's code, if it refused.
    #[must_use]
    pub fn code(&self) -> Option<StatusCode> {
        match self {
            Self::Rejected { code, .. } => Some(*code),
            _ => None,
        }
    }

    pub(crate) fn argument(
        field: impl Into<std::borrow::Cow<'static, str>>,
        reason: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Self {
        ifbus_link::Error::invalid_argument(field, reason).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stay_small_and_quote_obs() {
        assert!(size_of::<Error>() <= 72, "{}", size_of::<Error>());
        let error = Error::Rejected {
            request: "StartVirtualCam".into(),
            code: StatusCode::InvalidResourceState,
            comment: Some("VirtualCam is not available.".into()),
        };
        assert_eq!(
            error.to_string(),
            "OBS refused StartVirtualCam: 604 InvalidResourceState: VirtualCam is not available."
        );
        assert_eq!(error.retry(), Retry::Never);
    }
}
