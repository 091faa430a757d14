//! Why a channel was hung up.

use std::fmt;

macro_rules! causes {
    ($($name:ident = $code:literal $word:literal),* $(,)?) => {
        /// A hangup cause (`switch_types.h`, FreeSWITCH 1.11): the Q.850 numbers and FreeSWITCH's own.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum HangupCause {
            $(#[doc = concat!("`", $word, "`, ", stringify!($code), ".")] $name,)*
            /// Another word of the server's.
            Other(Box<str>),
        }

        impl HangupCause {
            /// The cause of this name, as `Hangup-Cause` gives it.
            #[must_use]
            pub fn from_name(name: &str) -> Self {
                match name {
                    $($word => Self::$name,)*
                    other => Self::Other(other.into()),
                }
            }

            /// Its name on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $word,)*
                    Self::Other(name) => name,
                }
            }

            /// Its number; `None` for one that is not known.
            #[must_use]
            pub fn code(&self) -> Option<u16> {
                match self {
                    $(Self::$name => Some($code),)*
                    Self::Other(_) => None,
                }
            }
        }
    };
}

causes! {
    None = 0 "NONE", UnallocatedNumber = 1 "UNALLOCATED_NUMBER", NoRouteTransitNet = 2 "NO_ROUTE_TRANSIT_NET",
    NoRouteDestination = 3 "NO_ROUTE_DESTINATION", ChannelUnacceptable = 6 "CHANNEL_UNACCEPTABLE",
    CallAwardedDelivered = 7 "CALL_AWARDED_DELIVERED", NormalClearing = 16 "NORMAL_CLEARING", UserBusy = 17 "USER_BUSY",
    NoUserResponse = 18 "NO_USER_RESPONSE", NoAnswer = 19 "NO_ANSWER", SubscriberAbsent = 20 "SUBSCRIBER_ABSENT",
    CallRejected = 21 "CALL_REJECTED", NumberChanged = 22 "NUMBER_CHANGED",
    RedirectionToNewDestination = 23 "REDIRECTION_TO_NEW_DESTINATION", ExchangeRoutingError = 25 "EXCHANGE_ROUTING_ERROR",
    DestinationOutOfOrder = 27 "DESTINATION_OUT_OF_ORDER", InvalidNumberFormat = 28 "INVALID_NUMBER_FORMAT",
    FacilityRejected = 29 "FACILITY_REJECTED", ResponseToStatusEnquiry = 30 "RESPONSE_TO_STATUS_ENQUIRY",
    NormalUnspecified = 31 "NORMAL_UNSPECIFIED", NormalCircuitCongestion = 34 "NORMAL_CIRCUIT_CONGESTION",
    NetworkOutOfOrder = 38 "NETWORK_OUT_OF_ORDER", NormalTemporaryFailure = 41 "NORMAL_TEMPORARY_FAILURE",
    SwitchCongestion = 42 "SWITCH_CONGESTION", AccessInfoDiscarded = 43 "ACCESS_INFO_DISCARDED",
    RequestedChanUnavail = 44 "REQUESTED_CHAN_UNAVAIL", PreEmpted = 45 "PRE_EMPTED",
    FacilityNotSubscribed = 50 "FACILITY_NOT_SUBSCRIBED", OutgoingCallBarred = 52 "OUTGOING_CALL_BARRED",
    IncomingCallBarred = 54 "INCOMING_CALL_BARRED", BearercapabilityNotauth = 57 "BEARERCAPABILITY_NOTAUTH",
    BearercapabilityNotavail = 58 "BEARERCAPABILITY_NOTAVAIL", ServiceUnavailable = 63 "SERVICE_UNAVAILABLE",
    BearercapabilityNotimpl = 65 "BEARERCAPABILITY_NOTIMPL", ChanNotImplemented = 66 "CHAN_NOT_IMPLEMENTED",
    FacilityNotImplemented = 69 "FACILITY_NOT_IMPLEMENTED", ServiceNotImplemented = 79 "SERVICE_NOT_IMPLEMENTED",
    InvalidCallReference = 81 "INVALID_CALL_REFERENCE", IncompatibleDestination = 88 "INCOMPATIBLE_DESTINATION",
    InvalidMsgUnspecified = 95 "INVALID_MSG_UNSPECIFIED", MandatoryIeMissing = 96 "MANDATORY_IE_MISSING",
    MessageTypeNonexist = 97 "MESSAGE_TYPE_NONEXIST", WrongMessage = 98 "WRONG_MESSAGE", IeNonexist = 99 "IE_NONEXIST",
    InvalidIeContents = 100 "INVALID_IE_CONTENTS", WrongCallState = 101 "WRONG_CALL_STATE",
    RecoveryOnTimerExpire = 102 "RECOVERY_ON_TIMER_EXPIRE", MandatoryIeLengthError = 103 "MANDATORY_IE_LENGTH_ERROR",
    ProtocolError = 111 "PROTOCOL_ERROR", Interworking = 127 "INTERWORKING", Success = 142 "SUCCESS",
    OriginatorCancel = 487 "ORIGINATOR_CANCEL", Crash = 700 "CRASH", SystemShutdown = 701 "SYSTEM_SHUTDOWN",
    LoseRace = 702 "LOSE_RACE", ManagerRequest = 703 "MANAGER_REQUEST", BlindTransfer = 800 "BLIND_TRANSFER",
    AttendedTransfer = 801 "ATTENDED_TRANSFER", AllottedTimeout = 802 "ALLOTTED_TIMEOUT",
    UserChallenge = 803 "USER_CHALLENGE", MediaTimeout = 804 "MEDIA_TIMEOUT", PickedOff = 805 "PICKED_OFF",
    UserNotRegistered = 806 "USER_NOT_REGISTERED", ProgressTimeout = 807 "PROGRESS_TIMEOUT",
    InvalidGateway = 808 "INVALID_GATEWAY", GatewayDown = 809 "GATEWAY_DOWN", InvalidUrl = 810 "INVALID_URL",
    InvalidProfile = 811 "INVALID_PROFILE", NoPickup = 812 "NO_PICKUP", SrtpReadError = 813 "SRTP_READ_ERROR",
    Bowout = 814 "BOWOUT", BusyEverywhere = 815 "BUSY_EVERYWHERE", Decline = 816 "DECLINE",
    DoesNotExistAnywhere = 817 "DOES_NOT_EXIST_ANYWHERE", NotAcceptable = 818 "NOT_ACCEPTABLE", Unwanted = 819 "UNWANTED",
    NoIdentity = 820 "NO_IDENTITY", BadIdentityInfo = 821 "BAD_IDENTITY_INFO",
    UnsupportedCertificate = 822 "UNSUPPORTED_CERTIFICATE", InvalidIdentity = 823 "INVALID_IDENTITY",
    StaleDate = 824 "STALE_DATE", RejectAll = 825 "REJECT_ALL",
}

impl fmt::Display for HangupCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<&str> for HangupCause {
    fn from(name: &str) -> Self {
        Self::from_name(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_unknown_causes_keep_their_names() {
        for name in ["NORMAL_CLEARING", "USER_BUSY", "FROM_A_LATER_VERSION"] {
            assert_eq!(HangupCause::from_name(name).as_str(), name);
        }
        assert_eq!(HangupCause::from_name("NO_ANSWER").code(), Some(19));
        assert_eq!(HangupCause::from("X").code(), None);
    }
}
