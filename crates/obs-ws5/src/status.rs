//! The codes of obs-websocket 5.7: why a request failed, and why a connection was closed.

use serde::Deserialize;

macro_rules! codes {
    ($($name:ident = $value:literal, $doc:literal;)*) => {
        /// Why a request was not carried out. Codes of newer servers are kept as [`Other`](StatusCode::Other).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
        #[serde(from = "i64")]
        #[non_exhaustive]
        pub enum StatusCode {
            $(#[doc = $doc] $name,)*
            /// A code that this version does not know.
            Other(i64),
        }

        impl From<i64> for StatusCode {
            fn from(code: i64) -> Self {
                match code {
                    $($value => Self::$name,)*
                    other => Self::Other(other),
                }
            }
        }

        impl StatusCode {
            /// The number.
            #[must_use]
            pub const fn code(self) -> i64 {
                match self {
                    $(Self::$name => $value,)*
                    Self::Other(other) => other,
                }
            }

            /// The protocol's name of it; empty for a code that this version does not know.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                    Self::Other(_) => "",
                }
            }
        }
    };
}

codes! {
    Unknown = 0, "The server gave none.";
    NoError = 10, "No error.";
    Success = 100, "Carried out.";
    MissingRequestType = 203, "No request type.";
    UnknownRequestType = 204, "The server has no such request.";
    GenericError = 205, "An error without a code of its own.";
    UnsupportedRequestBatchExecutionType = 206, "Not in this kind of batch, or not outside of one.";
    NotReady = 207, "OBS is starting, or changes its scene collection; nothing was done. Since 5.3.0.";
    MissingRequestField = 300, "A field is missing.";
    MissingRequestData = 301, "All fields are missing.";
    InvalidRequestField = 400, "A field is wrong.";
    InvalidRequestFieldType = 401, "A field is of the wrong type.";
    RequestFieldOutOfRange = 402, "A number is out of its range.";
    RequestFieldEmpty = 403, "A field must not be empty.";
    TooManyRequestFields = 404, "Fields exclude one another.";
    OutputRunning = 500, "The output runs already.";
    OutputNotRunning = 501, "The output does not run.";
    OutputPaused = 502, "The output is paused.";
    OutputNotPaused = 503, "The output is not paused.";
    OutputDisabled = 504, "The output is disabled.";
    StudioModeActive = 505, "Studio mode is on.";
    StudioModeNotActive = 506, "Studio mode is off.";
    ResourceNotFound = 600, "There is no such thing.";
    ResourceAlreadyExists = 601, "There is one already.";
    InvalidResourceType = 602, "The thing is of another type.";
    NotEnoughResources = 603, "There are too few.";
    InvalidResourceState = 604, "The thing is not in the state for that.";
    InvalidInputKind = 605, "There is no such kind of input.";
    ResourceNotConfigurable = 606, "The thing has no settings.";
    InvalidFilterKind = 607, "There is no such kind of filter.";
    ResourceCreationFailed = 700, "It could not be created.";
    ResourceActionFailed = 701, "The action failed.";
    RequestProcessingFailed = 702, "The request failed.";
    CannotAct = 703, "Nothing to act on.";
}

impl std::fmt::Display for StatusCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.name() {
            "" => write!(f, "{}", self.code()),
            name => write!(f, "{} {name}", self.code()),
        }
    }
}

/// Close codes of the server's, as far as a client must tell them apart (seen on 5.7.4).
pub(crate) mod close {
    /// The first and last code of a message that the server could not take: our mistake, which a retry would repeat.
    pub(crate) const BAD_MESSAGE: std::ops::RangeInclusive<u16> = 4002..=4008;
    pub(crate) const AUTHENTICATION_FAILED: u16 = 4009;
    pub(crate) const UNSUPPORTED_RPC_VERSION: u16 = 4010;
    pub(crate) const SESSION_INVALIDATED: u16 = 4011;
    pub(crate) const UNSUPPORTED_FEATURE: u16 = 4012;
}
