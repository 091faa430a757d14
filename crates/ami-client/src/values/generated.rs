//! The words of the protocol.
//!
//! Written by `cargo xtask generate` from the catalogues in `xtask/catalogues`: do not edit.
//! It is a table, and as long as the protocol is.

use super::words;

words! {
    AgentCompleteReason {
        Caller = "caller",
        Agent = "agent",
        Transfer = "transfer",
    }
    AgentState {
        AgentLoggedoff = "AGENT_LOGGEDOFF",
        AgentIdle = "AGENT_IDLE",
        AgentOncall = "AGENT_ONCALL",
    }
    AmaFlags {
        Omit = "OMIT",
        Billing = "BILLING",
        Documentation = "DOCUMENTATION",
    }
    AocBillingCode {
        Normal = "Normal",
        ReverseCharge = "ReverseCharge",
        CreditCard = "CreditCard",
        CallFwdUnconditional = "CallFwdUnconditional",
        CallFwdBusy = "CallFwdBusy",
        CallFwdNoReply = "CallFwdNoReply",
        CallDeflection = "CallDeflection",
        CallTransfer = "CallTransfer",
    }
    AocBillingId {
        Normal = "Normal",
        Reverse = "Reverse",
        CreditCard = "CreditCard",
        CallForwardingUnconditional = "CallForwardingUnconditional",
        CallForwardingBusy = "CallForwardingBusy",
        CallForwardingNoReply = "CallForwardingNoReply",
        CallDeflection = "CallDeflection",
        CallTransfer = "CallTransfer",
        NotAvailable = "NotAvailable",
    }
    AocChargeCode {
        Na = "NA",
        Free = "FREE",
        Currency = "Currency",
        Unit = "Unit",
    }
    AocChargeType {
        NotAvailable = "NotAvailable",
        Free = "Free",
        Currency = "Currency",
        Units = "Units",
    }
    AocChargedItem {
        Na = "NA",
        SpecialArrangement = "SpecialArrangement",
        BasicCommunication = "BasicCommunication",
        CallAttempt = "CallAttempt",
        CallSetup = "CallSetup",
        UserUserInfo = "UserUserInfo",
        SupplementaryService = "SupplementaryService",
    }
    AocChargingType {
        ContinuousCharging = "ContinuousCharging",
        StepFunction = "StepFunction",
    }
    AocCurrencyMultiplier {
        OneThousandth = "OneThousandth",
        OneHundredth = "OneHundredth",
        OneTenth = "OneTenth",
        One = "One",
        Ten = "Ten",
        Hundred = "Hundred",
        Thousand = "Thousand",
    }
    AocMessageType {
        S = "S",
        D = "D",
        E = "E",
    }
    AocMultiplier {
        Thousandth = "1/1000",
        Hundredth = "1/100",
        Tenth = "1/10",
        One = "1",
        Ten = "10",
        Hundred = "100",
        Thousand = "1000",
    }
    AocRateCode {
        Na = "NA",
        Free = "Free",
        FreeFromBeginning = "FreeFromBeginning",
        Duration = "Duration",
        Flat = "Flat",
        Volume = "Volume",
        SpecialCode = "SpecialCode",
    }
    AocRateType {
        NotAvailable = "NotAvailable",
        Free = "Free",
        FreeFromBeginning = "FreeFromBeginning",
        Duration = "Duration",
        Flag = "Flag",
        Volume = "Volume",
        SpecialCode = "SpecialCode",
    }
    AocTimeScale {
        OneHundredthSecond = "OneHundredthSecond",
        OneTenthSecond = "OneTenthSecond",
        Second = "Second",
        TenSeconds = "TenSeconds",
        Minute = "Minute",
        Hour = "Hour",
        Day = "Day",
    }
    AocTotalType {
        SubTotal = "SubTotal",
        Total = "Total",
    }
    AocUnit {
        Octet = "Octet",
        Segment = "Segment",
        Message = "Message",
    }
    AudioDirection {
        In = "in",
        Out = "out",
        All = "all",
    }
    AuthType {
        Md5 = "MD5",
        Plain = "plain",
    }
    BridgeTone {
        No = "no",
        Channel1 = "Channel1",
        Channel2 = "Channel2",
        Both = "Both",
    }
    CelEvent {
        ChanStart = "CHAN_START",
        ChanEnd = "CHAN_END",
        Answer = "ANSWER",
        Hangup = "HANGUP",
        BridgeEnter = "BRIDGE_ENTER",
        BridgeExit = "BRIDGE_EXIT",
        AppStart = "APP_START",
        AppEnd = "APP_END",
        ParkStart = "PARK_START",
        ParkEnd = "PARK_END",
        Blindtransfer = "BLINDTRANSFER",
        Attendedtransfer = "ATTENDEDTRANSFER",
        Pickup = "PICKUP",
        Forward = "FORWARD",
        LinkedidEnd = "LINKEDID_END",
        LocalOptimizeBegin = "LOCAL_OPTIMIZE_BEGIN",
        LocalOptimize = "LOCAL_OPTIMIZE",
        StreamBegin = "STREAM_BEGIN",
        StreamEnd = "STREAM_END",
        Dtmf = "DTMF",
        UserDefined = "USER_DEFINED",
        LocalOptimizeEnd = "LOCAL_OPTIMIZE_END",
    }
    ContactChange {
        Unknown = "Unknown",
        Unreachable = "Unreachable",
        Reachable = "Reachable",
        Unqualified = "Unqualified",
        Removed = "Removed",
        Updated = "Updated",
    }
    ContactState {
        Reachable = "Reachable",
        Unreachable = "Unreachable",
        NonQualified = "NonQualified",
        Unknown = "Unknown",
    }
    DeviceState {
        Unknown = "UNKNOWN",
        NotInuse = "NOT_INUSE",
        Inuse = "INUSE",
        Busy = "BUSY",
        Invalid = "INVALID",
        Unavailable = "UNAVAILABLE",
        Ringing = "RINGING",
        Ringinuse = "RINGINUSE",
        Onhold = "ONHOLD",
    }
    DialStatus {
        Abort = "ABORT",
        Answer = "ANSWER",
        Busy = "BUSY",
        Cancel = "CANCEL",
        Chanunavail = "CHANUNAVAIL",
        Congestion = "CONGESTION",
        Continue = "CONTINUE",
        Goto = "GOTO",
        Noanswer = "NOANSWER",
        Dontcall = "DONTCALL",
        Torture = "TORTURE",
        Invalidargs = "INVALIDARGS",
        Ringing = "RINGING",
        Proceeding = "PROCEEDING",
        Progress = "PROGRESS",
    }
    Disposition {
        NoAnswer = "NO ANSWER",
        Failed = "FAILED",
        Busy = "BUSY",
        Answered = "ANSWERED",
        Congestion = "CONGESTION",
    }
    DtmfDirection {
        Received = "Received",
        Sent = "Sent",
    }
    ExtensionStateCode {
        Removed = "-2",
        NotFound = "-1",
        Idle = "0",
        InUse = "1",
        Busy = "2",
        Unavailable = "4",
        Ringing = "8",
        InUseRinging = "9",
        OnHold = "16",
        InUseOnHold = "17",
    }
    ExtensionStateText {
        Idle = "Idle",
        InUse = "InUse",
        Busy = "Busy",
        Unavailable = "Unavailable",
        Ringing = "Ringing",
        InUseRinging = "InUse&Ringing",
        Hold = "Hold",
        InUseHold = "InUse&Hold",
        Unknown = "Unknown",
    }
    FaxOperation {
        Gateway = "gateway",
        V21 = "V.21",
        Send = "send",
        Receive = "receive",
        None = "none",
    }
    FaxSessionType {
        G711 = "G.711",
        T38 = "T.38",
    }
    FaxState {
        Uninitialized = "Uninitialized",
        Initialized = "Initialized",
        Open = "Open",
        Active = "Active",
        Complete = "Complete",
        Reserved = "Reserved",
        Inactive = "Inactive",
        Unknown = "Unknown",
    }
    FilterOperation {
        Add = "Add",
    }
    LoadResult {
        Failure = "Failure",
        Success = "Success",
        Decline = "Decline",
    }
    LoadType {
        Load = "load",
        Unload = "unload",
        Reload = "reload",
        Refresh = "refresh",
    }
    MemberStatus {
        Unknown = "0",
        NotInUse = "1",
        InUse = "2",
        Busy = "3",
        Invalid = "4",
        Unavailable = "5",
        Ringing = "6",
        RingingInUse = "7",
        OnHold = "8",
    }
    Membership {
        Dynamic = "dynamic",
        Realtime = "realtime",
        Static = "static",
    }
    OriginateResult {
        Failure = "Failure",
        Success = "Success",
    }
    PeerState {
        Unknown = "Unknown",
        Registered = "Registered",
        Unregistered = "Unregistered",
        Rejected = "Rejected",
        Lagged = "Lagged",
    }
    PlaybackControl {
        Stop = "stop",
        Forward = "forward",
        Reverse = "reverse",
        Pause = "pause",
        Restart = "restart",
    }
    PriDebugLevel {
        Off = "off",
        On = "on",
        Hex = "hex",
        Intense = "intense",
    }
    RegistrationState {
        Registered = "Registered",
        Unregistered = "Unregistered",
        Rejected = "Rejected",
    }
    RegistryState {
        Registered = "Registered",
        Unregistered = "Unregistered",
        Rejected = "Rejected",
        Failed = "Failed",
    }
    ReloadStatus {
        Success = "0",
        NotFound = "1",
        NotLoaded = "2",
        Failed = "3",
        AlreadyRunning = "4",
        NoSupport = "5",
        Queued = "6",
    }
    RtcpPayload {
        SenderReport = "200(SR)",
        ReceiverReport = "201(RR)",
    }
    Severity {
        Informational = "Informational",
        Error = "Error",
    }
    ShutdownKind {
        Uncleanly = "Uncleanly",
        Cleanly = "Cleanly",
    }
    SubscriptionType {
        Mwi = "mwi",
        ExtensionState = "extension_state",
    }
    TransferDestination {
        Bridge = "Bridge",
        App = "App",
        Link = "Link",
        Threeway = "Threeway",
        Fail = "Fail",
    }
    TransferResult {
        Fail = "Fail",
        Invalid = "Invalid",
        NotPermitted = "Not Permitted",
        Success = "Success",
    }
}
