//! What can go wrong, by what the caller can do about it.

use crate::codec::Failure;
use ifbus_link::Retry;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// What went wrong.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The connection, the login, the deadline or an argument; says whether the request was sent.
    #[error(transparent)]
    Link(#[from] ifbus_link::Error),
    /// Home Assistant refused the request.
    #[error("Home Assistant refused {request}: {code}: {message}")]
    #[non_exhaustive]
    Rejected {
        /// The command's type, or the method and path of a REST request.
        request: Box<str>,
        /// Home Assistant's code (`not_found`, `unauthorized`, `invalid_format`, …: an open set), or the HTTP status.
        code: Box<str>,
        /// Home Assistant's own words, tokens masked. They may repeat what was sent: do not log them unseen.
        message: Box<str>,
        /// The key of its translated text, such as `service_not_found`, where it gave one.
        translation_key: Option<Box<str>>,
    },
    /// The entity is not known, and Home Assistant would have reported success and done nothing. Nothing was sent.
    #[error("Home Assistant has no entity {entity_id:?}{}; nothing was sent", DidYouMean(.suggestion.as_deref()))]
    #[non_exhaustive]
    UnknownEntity {
        /// The entity that was named.
        entity_id: Box<str>,
        /// One that is called nearly the same.
        suggestion: Option<Box<str>>,
    },
    /// The entity did not come into the awaited state in time.
    #[error("{entity_id} was not as awaited within {waited:?}; {}", LastSeen(.last.as_deref()))]
    #[non_exhaustive]
    NotReached {
        /// The entity.
        entity_id: Box<str>,
        /// How long it was watched.
        waited: Duration,
        /// Its state at the end; `None` if there is no such entity.
        last: Option<Box<str>>,
    },
    /// The answer is not what the protocol promises.
    #[error("Home Assistant's answer to {request} cannot be read: {reason}")]
    #[non_exhaustive]
    Unexpected {
        /// The request.
        request: Box<str>,
        /// Where it differs.
        reason: Box<str>,
    },
}

struct DidYouMean<'a>(Option<&'a str>);

impl fmt::Display for DidYouMean<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |name| write!(f, " (did you mean {name:?}?)"))
    }
}

struct LastSeen<'a>(Option<&'a str>);

impl fmt::Display for LastSeen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(state) => write!(f, "it is {state:?}"),
            None => f.write_str("there is no such entity"),
        }
    }
}

impl Error {
    /// Whether sending the request again can help, and whether it is safe.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Link(error) => error.retry(),
            Self::NotReached { .. } => Retry::Later,
            // an integration failed on the way (a device that does not answer): part of it may be done
            Self::Rejected { code, .. }
                if matches!(&**code, "home_assistant_error" | "timeout" | "500" | "502" | "504") =>
            {
                Retry::OutcomeUnknown
            }
            Self::Rejected { code, .. } if &**code == "503" => Retry::Later,
            Self::Rejected { .. } | Self::UnknownEntity { .. } | Self::Unexpected { .. } => Retry::Never,
        }
    }

    /// Home Assistant's code, if it refused.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Rejected { code, .. } => Some(code),
            _ => None,
        }
    }

    pub(crate) fn argument(field: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        ifbus_link::Error::invalid_argument(field, reason).into()
    }

    pub(crate) fn rejected(request: &str, failure: Failure) -> Self {
        Self::Rejected {
            request: request.into(),
            code: failure.code.into(),
            message: failure.message.into(),
            translation_key: failure.translation_key.map(Into::into),
        }
    }

    /// serde's words quote at most one short value; they are masked all the same.
    pub(crate) fn unexpected(request: &str, reason: &impl fmt::Display) -> Self {
        Self::Unexpected { request: request.into(), reason: crate::redact::redact(&reason.to_string()).into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stay_small_and_quote_home_assistant() {
        assert!(size_of::<Error>() <= 72, "{}", size_of::<Error>());
        let failure = Failure {
            code: "not_found".into(),
            message: "Service light.nope not found.".into(),
            translation_key: Some("service_not_found".into()),
        };
        let error = Error::rejected("call_service", failure);
        assert_eq!(error.to_string(), "Home Assistant refused call_service: not_found: Service light.nope not found.");
        assert_eq!((error.retry(), error.code()), (Retry::Never, Some("not_found")));
        let error = Error::UnknownEntity { entity_id: "light.kye".into(), suggestion: Some("light.key".into()) };
        assert_eq!(
            error.to_string(),
            "Home Assistant has no entity \"light.kye\" (did you mean \"light.key\"?); nothing was sent"
        );
        let error = Error::NotReached {
            entity_id: "binary_sensor.motion".into(),
            waited: Duration::from_secs(30),
            last: Some("off".into()),
        };
        assert_eq!(error.to_string(), "binary_sensor.motion was not as awaited within 30s; it is \"off\"");
    }
}
