//! What can go wrong on the bus, by what to do about it. Every message names the instance.

use std::time::Duration;

/// What went wrong.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no connection, or it was lost.
    #[error("{instance}: {message}")]
    #[non_exhaustive]
    Connection {
        /// The instance's name.
        instance: String,
        /// What happened, in words.
        message: String,
        /// Whether any byte of the command had been sent: then its outcome is unknown.
        sent: bool,
    },
    /// The server refused the login.
    #[error("{instance}: {message}")]
    #[non_exhaustive]
    Authentication {
        /// The instance's name.
        instance: String,
        /// The server's own words.
        message: String,
    },
    /// The deadline passed.
    #[error("{instance}: no answer within {:?}{}", rounded(*.after), if *.sent { "; the command was sent, its outcome is unknown" } else { "; the command was not sent" })]
    #[non_exhaustive]
    Timeout {
        /// The instance's name.
        instance: String,
        /// The deadline.
        after: Duration,
        /// Whether any byte of the command had been sent.
        sent: bool,
    },
    /// The server refused the command.
    #[error("{instance}: {message}")]
    #[non_exhaustive]
    Rejected {
        /// The instance's name.
        instance: String,
        /// The server's own code, where it has one.
        code: Option<String>,
        /// The server's own words.
        message: String,
    },
    /// A value that must not be sent. Nothing was.
    #[error("{instance}: {field}: {reason}")]
    #[non_exhaustive]
    InvalidArgument {
        /// The instance's name.
        instance: String,
        /// The parameter.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The platform cannot do this.
    #[error("{instance}: {why}{}", .instead.as_deref().map(|instead| format!("; {instead}")).unwrap_or_default())]
    #[non_exhaustive]
    Unsupported {
        /// The instance's name.
        instance: String,
        /// Why not.
        why: String,
        /// What to do instead, where there is something.
        instead: Option<String>,
    },
    /// The configuration is wrong.
    #[error("{message}")]
    #[non_exhaustive]
    Configuration {
        /// What is wrong, where, and what exists instead.
        message: String,
    },
}

/// To the millisecond: what is left of a longer deadline is no round number.
fn rounded(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from((time.as_micros() + 500) / 1000).unwrap_or(u64::MAX))
}

/// Whether doing the same again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// It will not help.
    Never,
    /// Nothing was done: try again later.
    Later,
    /// It may have been done: look first.
    OutcomeUnknown,
}

impl Error {
    /// A connection that is missing or was lost; `sent`: the command may have been carried out.
    pub fn connection(instance: impl Into<String>, message: impl Into<String>, sent: bool) -> Self {
        Self::Connection { instance: instance.into(), message: message.into(), sent }
    }

    /// A deadline that passed; `sent`: the command may have been carried out.
    pub fn timeout(instance: impl Into<String>, after: Duration, sent: bool) -> Self {
        Self::Timeout { instance: instance.into(), after, sent }
    }

    /// A platform that cannot do this.
    pub fn unsupported(instance: impl Into<String>, why: impl Into<String>, instead: Option<String>) -> Self {
        Self::Unsupported { instance: instance.into(), why: why.into(), instead }
    }

    /// A command that the server refused.
    pub fn rejected(instance: impl Into<String>, code: Option<String>, message: impl Into<String>) -> Self {
        Self::Rejected { instance: instance.into(), code, message: message.into() }
    }

    /// A value that must not be sent.
    pub fn invalid_argument(instance: impl Into<String>, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::InvalidArgument { instance: instance.into(), field: field.into(), reason: reason.into() }
    }

    /// A configuration that is wrong.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::Configuration { message: message.into() }
    }

    /// Whether doing the same again can help.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Connection { sent: false, .. } | Self::Timeout { sent: false, .. } => Retry::Later,
            Self::Connection { sent: true, .. } | Self::Timeout { sent: true, .. } => Retry::OutcomeUnknown,
            _ => Retry::Never,
        }
    }
}

/// The name among `known` that is most like `given`, if one is like it.
pub fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = given.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_deadline_is_told_in_milliseconds() {
        let error = Error::timeout("studio", Duration::from_nanos(9_999_994_251), true);
        assert!(error.to_string().starts_with("studio: no answer within 10s; "), "{error}");
    }

    #[test]
    fn a_slip_of_the_finger_is_found_and_nonsense_is_not() {
        let known = ["StartRecord", "StopRecord", "StartStream"];
        assert_eq!(did_you_mean("StartRecrod", known), Some("StartRecord"));
        assert_eq!(did_you_mean("stoprecord", known), Some("StopRecord"));
        assert_eq!(did_you_mean("Banana", known), None);
    }
}
