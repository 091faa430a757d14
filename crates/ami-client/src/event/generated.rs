//! The events of Asterisk 12 to 22.
//!
//! Written by `cargo xtask generate` from the catalogues in `xtask/catalogues`: do not edit.
//! It is a table, and as long as the protocol is.

use super::events;
use crate::values;
use std::borrow::Cow;
use std::time::Duration;

events! {
    #[doc = "`AgentCalled`, of the class `agent`, since Asterisk 12.0.0."]
    AgentCalled = "AgentCalled" {
        queue "Queue" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        interface "Interface" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), dest channel("Dest"), ]
    #[doc = "`AgentComplete`, of the class `agent`, since Asterisk 12.0.0."]
    AgentComplete = "AgentComplete" {
        talk_time "TalkTime" secs(Option<Duration>),
        reason "Reason" word(Option<values::AgentCompleteReason>),
        queue "Queue" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        interface "Interface" text(Cow<'_, str>),
        hold_time "HoldTime" secs(Option<Duration>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), dest channel("Dest"), ]
    #[doc = "`AgentConnect`, of the class `agent`, since Asterisk 12.0.0."]
    AgentConnect = "AgentConnect" {
        queue "Queue" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        interface "Interface" text(Cow<'_, str>),
        ring_time "RingTime" secs(Option<Duration>),
        hold_time "HoldTime" secs(Option<Duration>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), dest channel("Dest"), ]
    #[doc = "`AgentDump`, of the class `agent`, since Asterisk 12.0.0."]
    AgentDump = "AgentDump" {
        queue "Queue" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        interface "Interface" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), dest channel("Dest"), ]
    #[doc = "`AgentLogin`, of the class `agent`, since Asterisk 12.0.0."]
    AgentLogin = "AgentLogin" {
        agent "Agent" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`AgentLogoff`, of the class `agent`, since Asterisk 12.0.0."]
    AgentLogoff = "AgentLogoff" {
        agent "Agent" text(Cow<'_, str>),
        logintime "Logintime" secs(Option<Duration>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`AgentRingNoAnswer`, of the class `agent`, since Asterisk 12.0.0."]
    AgentRingNoAnswer = "AgentRingNoAnswer" {
        ring_time "RingTime" number(Option<u64>),
        queue "Queue" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        interface "Interface" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), dest channel("Dest"), ]
    #[doc = "`Agents`, of the class `agent`, since Asterisk 12.0.0."]
    Agents = "Agents" {
        agent "Agent" text(Cow<'_, str>),
        name "Name" text(Cow<'_, str>),
        status "Status" word(Option<values::AgentState>),
        talking_to_chan "TalkingToChan" text(Cow<'_, str>),
        call_started "CallStarted" text(Cow<'_, str>),
        logged_in_time "LoggedInTime" text(Cow<'_, str>),
        action_id "ActionID" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`AgentsComplete`, of the class `agent`, since Asterisk 12.0.0."]
    AgentsComplete = "AgentsComplete" {
        action_id "ActionID" text(Cow<'_, str>),
    } []
    #[doc = "`AGIExecEnd`, of the class `agi`, since Asterisk 12.0.0."]
    AGIExecEnd = "AGIExecEnd" {
        result_code "ResultCode" text(Cow<'_, str>),
        result "Result" text(Cow<'_, str>),
        command "Command" text(Cow<'_, str>),
        command_id "CommandId" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`AGIExecStart`, of the class `agi`, since Asterisk 12.0.0."]
    AGIExecStart = "AGIExecStart" {
        command "Command" text(Cow<'_, str>),
        command_id "CommandId" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`Alarm`, of the class `system`, since Asterisk 12.0.0."]
    Alarm = "Alarm" {
        dahdi_channel "DAHDIChannel" text(Cow<'_, str>),
        alarm "Alarm" text(Cow<'_, str>),
    } []
    #[doc = "`AlarmClear`, of the class `system`, since Asterisk 12.0.0."]
    AlarmClear = "AlarmClear" {
        dahdi_channel "DAHDIChannel" text(Cow<'_, str>),
    } []
    #[doc = "`AOC-D`, of the class `aoc`, since Asterisk 12.0.0."]
    AOCD = "AOC-D" {
        charge "Charge" text(Cow<'_, str>),
        kind "Type" word(Option<values::AocChargeType>),
        billing_id "BillingID" word(Option<values::AocBillingId>),
        total_type "TotalType" word(Option<values::AocTotalType>),
        currency "Currency" text(Cow<'_, str>),
        name "Name" text(Cow<'_, str>),
        cost "Cost" text(Cow<'_, str>),
        multiplier "Multiplier" word(Option<values::AocMultiplier>),
        units "Units" text(Cow<'_, str>),
        number_of "NumberOf" text(Cow<'_, str>),
        type_of "TypeOf" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`AOC-E`, of the class `aoc`, since Asterisk 12.0.0."]
    AOCE = "AOC-E" {
        charging_association "ChargingAssociation" text(Cow<'_, str>),
        number "Number" text(Cow<'_, str>),
        plan "Plan" text(Cow<'_, str>),
        id "ID" text(Cow<'_, str>),
        charge "Charge" text(Cow<'_, str>),
        kind "Type" word(Option<values::AocChargeType>),
        billing_id "BillingID" word(Option<values::AocBillingId>),
        total_type "TotalType" word(Option<values::AocTotalType>),
        currency "Currency" text(Cow<'_, str>),
        name "Name" text(Cow<'_, str>),
        cost "Cost" text(Cow<'_, str>),
        multiplier "Multiplier" word(Option<values::AocMultiplier>),
        units "Units" text(Cow<'_, str>),
        number_of "NumberOf" text(Cow<'_, str>),
        type_of "TypeOf" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`AOC-S`, of the class `aoc`, since Asterisk 12.0.0."]
    AOCS = "AOC-S" {
        chargeable "Chargeable" text(Cow<'_, str>),
        rate_type "RateType" word(Option<values::AocRateType>),
        currency "Currency" text(Cow<'_, str>),
        name "Name" text(Cow<'_, str>),
        cost "Cost" text(Cow<'_, str>),
        multiplier "Multiplier" word(Option<values::AocMultiplier>),
        charging_type "ChargingType" text(Cow<'_, str>),
        step_function "StepFunction" text(Cow<'_, str>),
        granularity "Granularity" text(Cow<'_, str>),
        length "Length" text(Cow<'_, str>),
        scale "Scale" text(Cow<'_, str>),
        unit "Unit" word(Option<values::AocUnit>),
        special_code "SpecialCode" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`AorDetail`, of the class `command`, since Asterisk 13.12.0."]
    AorDetail = "AorDetail" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        minimum_expiration "MinimumExpiration" text(Cow<'_, str>),
        maximum_expiration "MaximumExpiration" text(Cow<'_, str>),
        default_expiration "DefaultExpiration" text(Cow<'_, str>),
        qualify_frequency "QualifyFrequency" text(Cow<'_, str>),
        authenticate_qualify "AuthenticateQualify" text(Cow<'_, str>),
        max_contacts "MaxContacts" number(Option<u32>),
        remove_existing "RemoveExisting" text(Cow<'_, str>),
        remove_unavailable "RemoveUnavailable" text(Cow<'_, str>),
        mailboxes "Mailboxes" text(Cow<'_, str>),
        outbound_proxy "OutboundProxy" text(Cow<'_, str>),
        support_path "SupportPath" text(Cow<'_, str>),
        qualify2xx_only "Qualify2xxOnly" text(Cow<'_, str>),
        qualify_timeout "QualifyTimeout" text(Cow<'_, str>),
        voicemail_extension "VoicemailExtension" text(Cow<'_, str>),
        contacts "Contacts" text(Cow<'_, str>),
        total_contacts "TotalContacts" number(Option<u32>),
        contacts_registered "ContactsRegistered" number(Option<u32>),
        endpoint_name "EndpointName" text(Cow<'_, str>),
    } []
    #[doc = "`AorList`, of the class `command`, since Asterisk 16.0.0."]
    AorList = "AorList" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        minimum_expiration "MinimumExpiration" text(Cow<'_, str>),
        maximum_expiration "MaximumExpiration" text(Cow<'_, str>),
        default_expiration "DefaultExpiration" text(Cow<'_, str>),
        qualify_frequency "QualifyFrequency" text(Cow<'_, str>),
        qualify_timeout "QualifyTimeout" text(Cow<'_, str>),
        qualify2xx_only "Qualify2xxOnly" text(Cow<'_, str>),
        authenticate_qualify "AuthenticateQualify" text(Cow<'_, str>),
        max_contacts "MaxContacts" number(Option<u32>),
        remove_existing "RemoveExisting" text(Cow<'_, str>),
        remove_unavailable "RemoveUnavailable" text(Cow<'_, str>),
        mailboxes "Mailboxes" text(Cow<'_, str>),
        voicemail_extension "VoicemailExtension" text(Cow<'_, str>),
        outbound_proxy "OutboundProxy" text(Cow<'_, str>),
        support_path "SupportPath" text(Cow<'_, str>),
        contacts "Contacts" text(Cow<'_, str>),
    } []
    #[doc = "`AorListComplete`, of the class `command`, since Asterisk 16.0.0."]
    AorListComplete = "AorListComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`AsyncAGIEnd`, of the class `agi`, since Asterisk 12.0.0."]
    AsyncAGIEnd = "AsyncAGIEnd" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`AsyncAGIExec`, of the class `agi`, since Asterisk 12.0.0."]
    AsyncAGIExec = "AsyncAGIExec" {
        command_id "CommandID" text(Cow<'_, str>),
        result "Result" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`AsyncAGIStart`, of the class `agi`, since Asterisk 12.0.0."]
    AsyncAGIStart = "AsyncAGIStart" {
        env "Env" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`AttendedTransfer`, of the class `call`, since Asterisk 12.0.0."]
    AttendedTransfer = "AttendedTransfer" {
        dest_type "DestType" word(Option<values::TransferDestination>),
        dest_bridge_uniqueid "DestBridgeUniqueid" text(Cow<'_, str>),
        dest_app "DestApp" text(Cow<'_, str>),
        dest_transferer_channel "DestTransfererChannel" text(Cow<'_, str>),
    } [orig_transferer channel("OrigTransferer"), orig_bridge bridge("Orig"), second_transferer channel("SecondTransferer"), second_bridge bridge("Second"), local_one channel("LocalOne"), local_two channel("LocalTwo"), transferee channel("Transferee"), transfer_target channel("TransferTarget"), ]
    #[doc = "`AuthDetail`, of the class `command`, since Asterisk 12.0.0."]
    AuthDetail = "AuthDetail" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        username "Username" text(Cow<'_, str>),
        password "Password" text(Cow<'_, str>),
        md5_cred "Md5Cred" text(Cow<'_, str>),
        realm "Realm" text(Cow<'_, str>),
        nonce_lifetime "NonceLifetime" text(Cow<'_, str>),
        auth_type "AuthType" text(Cow<'_, str>),
        endpoint_name "EndpointName" text(Cow<'_, str>),
        oauth_clientid "OauthClientid" text(Cow<'_, str>),
        oauth_secret "OauthSecret" text(Cow<'_, str>),
        password_digest "PasswordDigest" text(Cow<'_, str>),
        refresh_token "RefreshToken" text(Cow<'_, str>),
        supported_algorithms_uac "SupportedAlgorithmsUac" text(Cow<'_, str>),
        supported_algorithms_uas "SupportedAlgorithmsUas" text(Cow<'_, str>),
    } []
    #[doc = "`AuthList`, of the class `command`, since Asterisk 16.0.0."]
    AuthList = "AuthList" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        username "Username" text(Cow<'_, str>),
        md5_cred "Md5Cred" text(Cow<'_, str>),
        realm "Realm" text(Cow<'_, str>),
        auth_type "AuthType" text(Cow<'_, str>),
        password "Password" text(Cow<'_, str>),
        nonce_lifetime "NonceLifetime" text(Cow<'_, str>),
        oauth_clientid "OauthClientid" text(Cow<'_, str>),
        oauth_secret "OauthSecret" text(Cow<'_, str>),
        password_digest "PasswordDigest" text(Cow<'_, str>),
        refresh_token "RefreshToken" text(Cow<'_, str>),
        supported_algorithms_uac "SupportedAlgorithmsUac" text(Cow<'_, str>),
        supported_algorithms_uas "SupportedAlgorithmsUas" text(Cow<'_, str>),
    } []
    #[doc = "`AuthListComplete`, of the class `command`, since Asterisk 16.0.0."]
    AuthListComplete = "AuthListComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`AuthMethodNotAllowed`, of the class `security`, since Asterisk 12.1.0."]
    AuthMethodNotAllowed = "AuthMethodNotAllowed" {
        auth_method "AuthMethod" text(Cow<'_, str>),
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`BlindTransfer`, of the class `call`, since Asterisk 12.0.0."]
    BlindTransfer = "BlindTransfer" {
        result "Result" word(Option<values::TransferResult>),
        is_external "IsExternal" flag(Option<bool>),
        context "Context" text(Cow<'_, str>),
        extension "Extension" text(Cow<'_, str>),
    } [transferer channel("Transferer"), transferee channel("Transferee"), bridge bridge(""), ]
    #[doc = "`BridgeCreate`, of the class `call`, since Asterisk 12.0.0."]
    BridgeCreate = "BridgeCreate" {
    } [bridge bridge(""), ]
    #[doc = "`BridgeDestroy`, of the class `call`, since Asterisk 12.0.0."]
    BridgeDestroy = "BridgeDestroy" {
    } [bridge bridge(""), ]
    #[doc = "`BridgeEnter`, of the class `call`, since Asterisk 12.0.0."]
    BridgeEnter = "BridgeEnter" {
        swap_uniqueid "SwapUniqueid" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [bridge bridge(""), snapshot channel(""), ]
    #[doc = "`BridgeInfoChannel`, of the class `command`, since Asterisk 13.0.0."]
    BridgeInfoChannel = "BridgeInfoChannel" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`BridgeInfoComplete`, of the class `command`, since Asterisk 13.0.0."]
    BridgeInfoComplete = "BridgeInfoComplete" {
    } [bridge bridge(""), ]
    #[doc = "`BridgeLeave`, of the class `call`, since Asterisk 12.0.0."]
    BridgeLeave = "BridgeLeave" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [bridge bridge(""), snapshot channel(""), ]
    #[doc = "`BridgeMerge`, of the class `call`, since Asterisk 16.24.0."]
    BridgeMerge = "BridgeMerge" {
    } [to_bridge bridge("To"), from_bridge bridge("From"), ]
    #[doc = "`BridgeVideoSourceUpdate`, of the class `call`, since Asterisk 13.13.0."]
    BridgeVideoSourceUpdate = "BridgeVideoSourceUpdate" {
        bridge_previous_video_source "BridgePreviousVideoSource" text(Cow<'_, str>),
        bridge_video_source "BridgeVideoSource" text(Cow<'_, str>),
    } [bridge bridge(""), ]
    #[doc = "`Cdr`, of the class `cdr`, since Asterisk 13.2.0."]
    Cdr = "Cdr" {
        account_code "AccountCode" text(Cow<'_, str>),
        source "Source" text(Cow<'_, str>),
        destination "Destination" text(Cow<'_, str>),
        destination_context "DestinationContext" text(Cow<'_, str>),
        caller_id "CallerID" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        destination_channel "DestinationChannel" text(Cow<'_, str>),
        last_application "LastApplication" text(Cow<'_, str>),
        last_data "LastData" text(Cow<'_, str>),
        start_time "StartTime" text(Cow<'_, str>),
        answer_time "AnswerTime" text(Cow<'_, str>),
        end_time "EndTime" text(Cow<'_, str>),
        duration "Duration" secs(Option<Duration>),
        billable_seconds "BillableSeconds" secs(Option<Duration>),
        disposition "Disposition" word(Option<values::Disposition>),
        ama_flags "AMAFlags" word(Option<values::AmaFlags>),
        uniqueid "UniqueID" text(Cow<'_, str>),
        user_field "UserField" text(Cow<'_, str>),
    } []
    #[doc = "`CEL`, of the class `call`, since Asterisk 13.2.0."]
    CEL = "CEL" {
        event_name "EventName" word(Option<values::CelEvent>),
        account_code "AccountCode" text(Cow<'_, str>),
        caller_id_num "CallerIDnum" text(Cow<'_, str>),
        caller_id_name "CallerIDname" text(Cow<'_, str>),
        caller_id_ani "CallerIDani" text(Cow<'_, str>),
        caller_id_rdnis "CallerIDrdnis" text(Cow<'_, str>),
        caller_id_dnid "CallerIDdnid" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        application "Application" text(Cow<'_, str>),
        app_data "AppData" text(Cow<'_, str>),
        event_time "EventTime" text(Cow<'_, str>),
        ama_flags "AMAFlags" word(Option<values::AmaFlags>),
        uniqueid "UniqueID" text(Cow<'_, str>),
        linkedid "LinkedID" text(Cow<'_, str>),
        user_field "UserField" text(Cow<'_, str>),
        peer "Peer" text(Cow<'_, str>),
        peer_account "PeerAccount" text(Cow<'_, str>),
        extra "Extra" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
    } []
    #[doc = "`ChallengeResponseFailed`, of the class `security`, since Asterisk 12.1.0."]
    ChallengeResponseFailed = "ChallengeResponseFailed" {
        challenge "Challenge" text(Cow<'_, str>),
        response "Response" text(Cow<'_, str>),
        expected_response "ExpectedResponse" text(Cow<'_, str>),
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`ChallengeSent`, of the class `security`, since Asterisk 12.1.0."]
    ChallengeSent = "ChallengeSent" {
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        challenge "Challenge" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`ChannelTalkingStart`, of the class `call`, since Asterisk 12.4.0."]
    ChannelTalkingStart = "ChannelTalkingStart" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`ChannelTalkingStop`, of the class `call`, since Asterisk 12.4.0."]
    ChannelTalkingStop = "ChannelTalkingStop" {
        duration "Duration" millis(Option<Duration>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`ChanSpyStart`, of the class `call`, since Asterisk 12.0.0."]
    ChanSpyStart = "ChanSpyStart" {
    } [spyer channel("Spyer"), spyee channel("Spyee"), ]
    #[doc = "`ChanSpyStop`, of the class `call`, since Asterisk 12.0.0."]
    ChanSpyStop = "ChanSpyStop" {
    } [spyer channel("Spyer"), spyee channel("Spyee"), ]
    #[doc = "`ConfbridgeEnd`, of the class `call`, since Asterisk 12.0.0."]
    ConfbridgeEnd = "ConfbridgeEnd" {
        conference "Conference" text(Cow<'_, str>),
    } [bridge bridge(""), ]
    #[doc = "`ConfbridgeJoin`, of the class `call`, since Asterisk 12.0.0."]
    ConfbridgeJoin = "ConfbridgeJoin" {
        conference "Conference" text(Cow<'_, str>),
        admin "Admin" flag(Option<bool>),
        muted "Muted" flag(Option<bool>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [bridge bridge(""), snapshot channel(""), ]
    #[doc = "`ConfbridgeLeave`, of the class `call`, since Asterisk 12.0.0."]
    ConfbridgeLeave = "ConfbridgeLeave" {
        conference "Conference" text(Cow<'_, str>),
        admin "Admin" flag(Option<bool>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [bridge bridge(""), snapshot channel(""), ]
    #[doc = "`ConfbridgeList`, of the class `reporting`, since Asterisk 13.20.0."]
    ConfbridgeList = "ConfbridgeList" {
        conference "Conference" text(Cow<'_, str>),
        admin "Admin" flag(Option<bool>),
        marked_user "MarkedUser" flag(Option<bool>),
        wait_marked "WaitMarked" flag(Option<bool>),
        end_marked "EndMarked" flag(Option<bool>),
        waiting "Waiting" flag(Option<bool>),
        muted "Muted" flag(Option<bool>),
        talking "Talking" flag(Option<bool>),
        answered_time "AnsweredTime" secs(Option<Duration>),
        end_marked_any "EndMarkedAny" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`ConfbridgeListRooms`, of the class `reporting`, since Asterisk 16.29.0."]
    ConfbridgeListRooms = "ConfbridgeListRooms" {
        conference "Conference" text(Cow<'_, str>),
        parties "Parties" number(Option<u32>),
        marked "Marked" number(Option<u32>),
        locked "Locked" flag(Option<bool>),
        muted "Muted" flag(Option<bool>),
    } []
    #[doc = "`ConfbridgeMute`, of the class `call`, since Asterisk 12.0.0."]
    ConfbridgeMute = "ConfbridgeMute" {
        conference "Conference" text(Cow<'_, str>),
        admin "Admin" flag(Option<bool>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [bridge bridge(""), snapshot channel(""), ]
    #[doc = "`ConfbridgeRecord`, of the class `call`, since Asterisk 12.0.0."]
    ConfbridgeRecord = "ConfbridgeRecord" {
        conference "Conference" text(Cow<'_, str>),
    } [bridge bridge(""), ]
    #[doc = "`ConfbridgeStart`, of the class `call`, since Asterisk 12.0.0."]
    ConfbridgeStart = "ConfbridgeStart" {
        conference "Conference" text(Cow<'_, str>),
    } [bridge bridge(""), ]
    #[doc = "`ConfbridgeStopRecord`, of the class `call`, since Asterisk 12.0.0."]
    ConfbridgeStopRecord = "ConfbridgeStopRecord" {
        conference "Conference" text(Cow<'_, str>),
    } [bridge bridge(""), ]
    #[doc = "`ConfbridgeTalking`, of the class `call`, since Asterisk 12.0.0."]
    ConfbridgeTalking = "ConfbridgeTalking" {
        conference "Conference" text(Cow<'_, str>),
        talking_status "TalkingStatus" flag(Option<bool>),
        admin "Admin" flag(Option<bool>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [bridge bridge(""), snapshot channel(""), ]
    #[doc = "`ConfbridgeUnmute`, of the class `call`, since Asterisk 12.0.0."]
    ConfbridgeUnmute = "ConfbridgeUnmute" {
        conference "Conference" text(Cow<'_, str>),
        admin "Admin" flag(Option<bool>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [bridge bridge(""), snapshot channel(""), ]
    #[doc = "`ContactList`, of the class `command`, since Asterisk 16.0.0."]
    ContactList = "ContactList" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        via_addr "ViaAddr" text(Cow<'_, str>),
        via_port "ViaPort" text(Cow<'_, str>),
        qualify_timeout "QualifyTimeout" text(Cow<'_, str>),
        call_id "CallId" text(Cow<'_, str>),
        reg_server "RegServer" text(Cow<'_, str>),
        prune_on_boot "PruneOnBoot" text(Cow<'_, str>),
        path "Path" text(Cow<'_, str>),
        endpoint "Endpoint" text(Cow<'_, str>),
        authenticate_qualify "AuthenticateQualify" text(Cow<'_, str>),
        uri "Uri" text(Cow<'_, str>),
        qualify_frequency "QualifyFrequency" text(Cow<'_, str>),
        user_agent "UserAgent" text(Cow<'_, str>),
        expiration_time "ExpirationTime" text(Cow<'_, str>),
        outbound_proxy "OutboundProxy" text(Cow<'_, str>),
        status "Status" word(Option<values::ContactState>),
        roundtrip_usec "RoundtripUsec" micros(Option<Duration>),
        qualify2xx_only "Qualify2xxOnly" text(Cow<'_, str>),
    } []
    #[doc = "`ContactListComplete`, of the class `command`, since Asterisk 16.0.0."]
    ContactListComplete = "ContactListComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`ContactStatus`, of the class `system`, since Asterisk 13.5.0."]
    ContactStatus = "ContactStatus" {
        uri "URI" text(Cow<'_, str>),
        contact_status "ContactStatus" word(Option<values::ContactChange>),
        aor "AOR" text(Cow<'_, str>),
        endpoint_name "EndpointName" text(Cow<'_, str>),
        roundtrip_usec "RoundtripUsec" micros(Option<Duration>),
    } []
    #[doc = "`ContactStatusDetail`, of the class `command`, since Asterisk 13.0.0."]
    ContactStatusDetail = "ContactStatusDetail" {
        aor "AOR" text(Cow<'_, str>),
        uri "URI" text(Cow<'_, str>),
        status "Status" word(Option<values::ContactState>),
        roundtrip_usec "RoundtripUsec" micros(Option<Duration>),
        endpoint_name "EndpointName" text(Cow<'_, str>),
        user_agent "UserAgent" text(Cow<'_, str>),
        reg_expire "RegExpire" text(Cow<'_, str>),
        via_address "ViaAddress" text(Cow<'_, str>),
        call_id "CallID" text(Cow<'_, str>),
        id "ID" text(Cow<'_, str>),
        authenticate_qualify "AuthenticateQualify" text(Cow<'_, str>),
        outbound_proxy "OutboundProxy" text(Cow<'_, str>),
        path "Path" text(Cow<'_, str>),
        qualify_frequency "QualifyFrequency" text(Cow<'_, str>),
        qualify_timeout "QualifyTimeout" text(Cow<'_, str>),
        qualify2xx_only "Qualify2xxOnly" text(Cow<'_, str>),
    } []
    #[doc = "`CoreShowChannel`, of the class `call`, since Asterisk 18.26.0."]
    CoreShowChannel = "CoreShowChannel" {
        bridge_id "BridgeId" text(Cow<'_, str>),
        application "Application" text(Cow<'_, str>),
        application_data "ApplicationData" text(Cow<'_, str>),
        duration "Duration" clock(Option<Duration>),
        action_id "ActionID" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`CoreShowChannelMapComplete`, of the class `call`, since Asterisk 18.26.0."]
    CoreShowChannelMapComplete = "CoreShowChannelMapComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`CoreShowChannelsComplete`, of the class `call`, since Asterisk 18.26.0."]
    CoreShowChannelsComplete = "CoreShowChannelsComplete" {
        list_items "ListItems" number(Option<u32>),
        action_id "ActionID" text(Cow<'_, str>),
    } []
    #[doc = "`DAHDIChannel`, of the class `call`, since Asterisk 12.0.0."]
    DAHDIChannel = "DAHDIChannel" {
        dahdi_group "DAHDIGroup" text(Cow<'_, str>),
        dahdi_span "DAHDISpan" text(Cow<'_, str>),
        dahdi_channel "DAHDIChannel" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`DeadlockStart`, of the class `system`, since Asterisk 16.29.0."]
    DeadlockStart = "DeadlockStart" {
        mutex "Mutex" text(Cow<'_, str>),
    } []
    #[doc = "`DeviceStateChange`, of the class `call`, since Asterisk 13.0.0."]
    DeviceStateChange = "DeviceStateChange" {
        device "Device" text(Cow<'_, str>),
        state "State" word(Option<values::DeviceState>),
    } []
    #[doc = "`DeviceStateListComplete`, of the class `command`, since Asterisk 13.0.0."]
    DeviceStateListComplete = "DeviceStateListComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`DialBegin`, of the class `call`, since Asterisk 12.0.0."]
    DialBegin = "DialBegin" {
        dial_string "DialString" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), dest channel("Dest"), ]
    #[doc = "`DialEnd`, of the class `call`, since Asterisk 12.0.0."]
    DialEnd = "DialEnd" {
        dial_status "DialStatus" word(Option<values::DialStatus>),
        forward "Forward" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), dest channel("Dest"), ]
    #[doc = "`DialState`, of the class `call`, since Asterisk 14.0.0."]
    DialState = "DialState" {
        dial_status "DialStatus" word(Option<values::DialStatus>),
        forward "Forward" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), dest channel("Dest"), ]
    #[doc = "`DNDState`, of the class `system`, since Asterisk 12.0.0."]
    DNDState = "DNDState" {
        dahdi_channel "DAHDIChannel" text(Cow<'_, str>),
        status "Status" flag(Option<bool>),
    } []
    #[doc = "`DTMFBegin`, of the class `dtmf`, since Asterisk 16.24.0."]
    DTMFBegin = "DTMFBegin" {
        digit "Digit" text(Cow<'_, str>),
        direction "Direction" word(Option<values::DtmfDirection>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`DTMFEnd`, of the class `dtmf`, since Asterisk 16.24.0."]
    DTMFEnd = "DTMFEnd" {
        digit "Digit" text(Cow<'_, str>),
        duration_ms "DurationMs" millis(Option<Duration>),
        direction "Direction" word(Option<values::DtmfDirection>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`EndpointDetail`, of the class `command`, since Asterisk 12.0.0."]
    EndpointDetail = "EndpointDetail" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        allow "Allow" text(Cow<'_, str>),
        dtmf_mode "DtmfMode" text(Cow<'_, str>),
        rtp_ipv6 "RtpIpv6" text(Cow<'_, str>),
        rtp_symmetric "RtpSymmetric" text(Cow<'_, str>),
        ice_support "IceSupport" text(Cow<'_, str>),
        use_ptime "UsePtime" text(Cow<'_, str>),
        force_rport "ForceRport" text(Cow<'_, str>),
        rewrite_contact "RewriteContact" text(Cow<'_, str>),
        transport "Transport" text(Cow<'_, str>),
        outbound_proxy "OutboundProxy" text(Cow<'_, str>),
        moh_suggest "MohSuggest" text(Cow<'_, str>),
        rel100 "100rel" text(Cow<'_, str>),
        timers "Timers" text(Cow<'_, str>),
        timers_min_se "TimersMinSe" text(Cow<'_, str>),
        timers_sess_expires "TimersSessExpires" text(Cow<'_, str>),
        auth "Auth" text(Cow<'_, str>),
        outbound_auth "OutboundAuth" text(Cow<'_, str>),
        aors "Aors" text(Cow<'_, str>),
        media_address "MediaAddress" text(Cow<'_, str>),
        identify_by "IdentifyBy" text(Cow<'_, str>),
        direct_media "DirectMedia" text(Cow<'_, str>),
        direct_media_method "DirectMediaMethod" text(Cow<'_, str>),
        trust_connected_line "TrustConnectedLine" text(Cow<'_, str>),
        send_connected_line "SendConnectedLine" text(Cow<'_, str>),
        connected_line_method "ConnectedLineMethod" text(Cow<'_, str>),
        direct_media_glare_mitigation "DirectMediaGlareMitigation" text(Cow<'_, str>),
        disable_direct_media_on_nat "DisableDirectMediaOnNat" text(Cow<'_, str>),
        callerid "Callerid" text(Cow<'_, str>),
        callerid_privacy "CalleridPrivacy" text(Cow<'_, str>),
        callerid_tag "CalleridTag" text(Cow<'_, str>),
        trust_id_inbound "TrustIdInbound" text(Cow<'_, str>),
        trust_id_outbound "TrustIdOutbound" text(Cow<'_, str>),
        send_pai "SendPai" text(Cow<'_, str>),
        send_rpid "SendRpid" text(Cow<'_, str>),
        send_diversion "SendDiversion" text(Cow<'_, str>),
        mailboxes "Mailboxes" text(Cow<'_, str>),
        aggregate_mwi "AggregateMwi" text(Cow<'_, str>),
        media_encryption "MediaEncryption" text(Cow<'_, str>),
        media_encryption_optimistic "MediaEncryptionOptimistic" text(Cow<'_, str>),
        use_avpf "UseAvpf" text(Cow<'_, str>),
        force_avp "ForceAvp" text(Cow<'_, str>),
        media_use_received_transport "MediaUseReceivedTransport" text(Cow<'_, str>),
        one_touch_recording "OneTouchRecording" text(Cow<'_, str>),
        inband_progress "InbandProgress" text(Cow<'_, str>),
        call_group "CallGroup" text(Cow<'_, str>),
        pickup_group "PickupGroup" text(Cow<'_, str>),
        named_call_group "NamedCallGroup" text(Cow<'_, str>),
        named_pickup_group "NamedPickupGroup" text(Cow<'_, str>),
        device_state_busy_at "DeviceStateBusyAt" text(Cow<'_, str>),
        t38_udptl "T38Udptl" text(Cow<'_, str>),
        t38_udptl_ec "T38UdptlEc" text(Cow<'_, str>),
        t38_udptl_maxdatagram "T38UdptlMaxdatagram" text(Cow<'_, str>),
        fax_detect "FaxDetect" text(Cow<'_, str>),
        t38_udptl_nat "T38UdptlNat" text(Cow<'_, str>),
        t38_udptl_ipv6 "T38UdptlIpv6" text(Cow<'_, str>),
        t38_bind_udptl_to_media_address "T38BindUdptlToMediaAddress" text(Cow<'_, str>),
        tone_zone "ToneZone" text(Cow<'_, str>),
        language "Language" text(Cow<'_, str>),
        record_on_feature "RecordOnFeature" text(Cow<'_, str>),
        record_off_feature "RecordOffFeature" text(Cow<'_, str>),
        allow_transfer "AllowTransfer" text(Cow<'_, str>),
        user_eq_phone "UserEqPhone" text(Cow<'_, str>),
        moh_passthrough "MohPassthrough" text(Cow<'_, str>),
        sdp_owner "SdpOwner" text(Cow<'_, str>),
        sdp_session "SdpSession" text(Cow<'_, str>),
        tos_audio "TosAudio" text(Cow<'_, str>),
        tos_video "TosVideo" text(Cow<'_, str>),
        cos_audio "CosAudio" text(Cow<'_, str>),
        cos_video "CosVideo" text(Cow<'_, str>),
        allow_subscribe "AllowSubscribe" text(Cow<'_, str>),
        sub_min_expiry "SubMinExpiry" text(Cow<'_, str>),
        from_user "FromUser" text(Cow<'_, str>),
        from_domain "FromDomain" text(Cow<'_, str>),
        mwi_from_user "MwiFromUser" text(Cow<'_, str>),
        rtp_engine "RtpEngine" text(Cow<'_, str>),
        dtls_verify "DtlsVerify" text(Cow<'_, str>),
        dtls_rekey "DtlsRekey" text(Cow<'_, str>),
        dtls_cert_file "DtlsCertFile" text(Cow<'_, str>),
        dtls_private_key "DtlsPrivateKey" text(Cow<'_, str>),
        dtls_cipher "DtlsCipher" text(Cow<'_, str>),
        dtls_ca_file "DtlsCaFile" text(Cow<'_, str>),
        dtls_ca_path "DtlsCaPath" text(Cow<'_, str>),
        dtls_setup "DtlsSetup" text(Cow<'_, str>),
        srtp_tag32 "SrtpTag32" text(Cow<'_, str>),
        redirect_method "RedirectMethod" text(Cow<'_, str>),
        set_var "SetVar" text(Cow<'_, str>),
        message_context "MessageContext" text(Cow<'_, str>),
        accountcode "Accountcode" text(Cow<'_, str>),
        preferred_codec_only "PreferredCodecOnly" text(Cow<'_, str>),
        device_state "DeviceState" text(Cow<'_, str>),
        active_channels "ActiveChannels" number(Option<u32>),
        subscribe_context "SubscribeContext" text(Cow<'_, str>),
        allow_overlap "AllowOverlap" text(Cow<'_, str>),
        overlap_context "OverlapContext" text(Cow<'_, str>),
        accept_multiple_sdp_answers "AcceptMultipleSdpAnswers" text(Cow<'_, str>),
        acl "Acl" text(Cow<'_, str>),
        allow_unauthenticated_options "AllowUnauthenticatedOptions" text(Cow<'_, str>),
        asymmetric_rtp_codec "AsymmetricRtpCodec" text(Cow<'_, str>),
        bind_rtp_to_media_address "BindRtpToMediaAddress" text(Cow<'_, str>),
        bundle "Bundle" text(Cow<'_, str>),
        codec_prefs_incoming_answer "CodecPrefsIncomingAnswer" text(Cow<'_, str>),
        codec_prefs_incoming_offer "CodecPrefsIncomingOffer" text(Cow<'_, str>),
        codec_prefs_outgoing_answer "CodecPrefsOutgoingAnswer" text(Cow<'_, str>),
        codec_prefs_outgoing_offer "CodecPrefsOutgoingOffer" text(Cow<'_, str>),
        contact_acl "ContactAcl" text(Cow<'_, str>),
        dtls_auto_generate_cert "DtlsAutoGenerateCert" text(Cow<'_, str>),
        dtls_fingerprint "DtlsFingerprint" text(Cow<'_, str>),
        fax_detect_timeout "FaxDetectTimeout" text(Cow<'_, str>),
        follow_early_media_fork "FollowEarlyMediaFork" text(Cow<'_, str>),
        g726_non_standard "G726NonStandard" text(Cow<'_, str>),
        geoloc_incoming_call_profile "GeolocIncomingCallProfile" text(Cow<'_, str>),
        geoloc_outgoing_call_profile "GeolocOutgoingCallProfile" text(Cow<'_, str>),
        ignore183_without_sdp "Ignore183WithoutSdp" text(Cow<'_, str>),
        incoming_call_offer_pref "IncomingCallOfferPref" text(Cow<'_, str>),
        incoming_mwi_mailbox "IncomingMwiMailbox" text(Cow<'_, str>),
        max_audio_streams "MaxAudioStreams" text(Cow<'_, str>),
        max_video_streams "MaxVideoStreams" text(Cow<'_, str>),
        mwi_subscribe_replaces_unsolicited "MwiSubscribeReplacesUnsolicited" text(Cow<'_, str>),
        notify_early_inuse_ringing "NotifyEarlyInuseRinging" text(Cow<'_, str>),
        outgoing_call_offer_pref "OutgoingCallOfferPref" text(Cow<'_, str>),
        refer_blind_progress "ReferBlindProgress" text(Cow<'_, str>),
        rpid_immediate "RpidImmediate" text(Cow<'_, str>),
        rtcp_mux "RtcpMux" text(Cow<'_, str>),
        rtp_keepalive "RtpKeepalive" text(Cow<'_, str>),
        rtp_timeout "RtpTimeout" text(Cow<'_, str>),
        rtp_timeout_hold "RtpTimeoutHold" text(Cow<'_, str>),
        rtp_port_start "RtpPortStart" text(Cow<'_, str>),
        rtp_port_end "RtpPortEnd" text(Cow<'_, str>),
        security_negotiation "SecurityNegotiation" text(Cow<'_, str>),
        send_aoc "SendAoc" text(Cow<'_, str>),
        send_history_info "SendHistoryInfo" text(Cow<'_, str>),
        stir_shaken "StirShaken" text(Cow<'_, str>),
        stir_shaken_profile "StirShakenProfile" text(Cow<'_, str>),
        suppress_moh_on_sendonly "SuppressMohOnSendonly" text(Cow<'_, str>),
        suppress_q850_reason_headers "SuppressQ850ReasonHeaders" text(Cow<'_, str>),
        tenantid "Tenantid" text(Cow<'_, str>),
        voicemail_extension "VoicemailExtension" text(Cow<'_, str>),
        webrtc "Webrtc" text(Cow<'_, str>),
        follow_redirect_methods "FollowRedirectMethods" text(Cow<'_, str>),
    } []
    #[doc = "`EndpointDetailComplete`, of the class `command`, since Asterisk 12.0.0."]
    EndpointDetailComplete = "EndpointDetailComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`EndpointList`, of the class `command`, since Asterisk 12.0.0."]
    EndpointList = "EndpointList" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        transport "Transport" text(Cow<'_, str>),
        aor "Aor" text(Cow<'_, str>),
        auths "Auths" text(Cow<'_, str>),
        outbound_auths "OutboundAuths" text(Cow<'_, str>),
        device_state "DeviceState" text(Cow<'_, str>),
        active_channels "ActiveChannels" number(Option<u32>),
        contacts "Contacts" text(Cow<'_, str>),
    } []
    #[doc = "`EndpointListComplete`, of the class `command`, since Asterisk 12.0.0."]
    EndpointListComplete = "EndpointListComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`ExtensionStateListComplete`, of the class `command`, since Asterisk 13.0.0."]
    ExtensionStateListComplete = "ExtensionStateListComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`ExtensionStatus`, of the class `call`, since Asterisk 18.26.0."]
    ExtensionStatus = "ExtensionStatus" {
        exten "Exten" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        hint "Hint" text(Cow<'_, str>),
        status "Status" word(Option<values::ExtensionStateCode>),
        status_text "StatusText" word(Option<values::ExtensionStateText>),
    } []
    #[doc = "`FailedACL`, of the class `security`, since Asterisk 12.1.0."]
    FailedACL = "FailedACL" {
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        acl_name "ACLName" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`FAXSession`, of the class `reporting`, since Asterisk 13.0.0."]
    FAXSession = "FAXSession" {
        action_id "ActionID" text(Cow<'_, str>),
        session_number "SessionNumber" number(Option<u32>),
        error_correction_mode "ErrorCorrectionMode" flag(Option<bool>),
        data_rate "DataRate" text(Cow<'_, str>),
        image_resolution "ImageResolution" text(Cow<'_, str>),
        page_number "PageNumber" text(Cow<'_, str>),
        file_name "FileName" text(Cow<'_, str>),
        pages_transmitted "PagesTransmitted" number(Option<u32>),
        pages_received "PagesReceived" number(Option<u32>),
        total_bad_lines "TotalBadLines" number(Option<u32>),
        operation "Operation" word(Option<values::FaxOperation>),
        state "State" word(Option<values::FaxState>),
    } []
    #[doc = "`FAXSessionsComplete`, of the class `call`, since Asterisk 13.0.0."]
    FAXSessionsComplete = "FAXSessionsComplete" {
        action_id "ActionID" text(Cow<'_, str>),
        total "Total" number(Option<u32>),
    } []
    #[doc = "`FAXSessionsEntry`, of the class `reporting`, since Asterisk 13.0.0."]
    FAXSessionsEntry = "FAXSessionsEntry" {
        action_id "ActionID" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        technology "Technology" text(Cow<'_, str>),
        session_number "SessionNumber" number(Option<u32>),
        session_type "SessionType" word(Option<values::FaxSessionType>),
        operation "Operation" word(Option<values::FaxOperation>),
        state "State" word(Option<values::FaxState>),
        files "Files" text(Cow<'_, str>),
    } []
    #[doc = "`FAXStats`, of the class `reporting`, since Asterisk 13.0.0."]
    FAXStats = "FAXStats" {
        action_id "ActionID" text(Cow<'_, str>),
        current_sessions "CurrentSessions" number(Option<u32>),
        reserved_sessions "ReservedSessions" number(Option<u32>),
        transmit_attempts "TransmitAttempts" number(Option<u32>),
        receive_attempts "ReceiveAttempts" number(Option<u32>),
        completed_fa_xes "CompletedFAXes" number(Option<u32>),
        failed_fa_xes "FailedFAXes" number(Option<u32>),
    } []
    #[doc = "`FAXStatus`, of the class `call`, since Asterisk 12.0.0."]
    FAXStatus = "FAXStatus" {
        operation "Operation" word(Option<values::FaxOperation>),
        status "Status" text(Cow<'_, str>),
        local_station_id "LocalStationID" text(Cow<'_, str>),
        file_name "FileName" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`Flash`, of the class `call`, since Asterisk 16.24.0."]
    Flash = "Flash" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`FullyBooted`, of the class `system`, since Asterisk 12.0.0."]
    FullyBooted = "FullyBooted" {
        status "Status" text(Cow<'_, str>),
        uptime "Uptime" secs(Option<Duration>),
        last_reload "LastReload" secs(Option<Duration>),
    } []
    #[doc = "`Hangup`, of the class `call`, since Asterisk 12.0.0."]
    Hangup = "Hangup" {
        cause "Cause" number(Option<u32>),
        cause_text "Cause-txt" text(Cow<'_, str>),
        tech_cause "TechCause" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`HangupHandlerPop`, of the class `dialplan`, since Asterisk 12.0.0."]
    HangupHandlerPop = "HangupHandlerPop" {
        handler "Handler" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`HangupHandlerPush`, of the class `dialplan`, since Asterisk 12.0.0."]
    HangupHandlerPush = "HangupHandlerPush" {
        handler "Handler" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`HangupHandlerRun`, of the class `dialplan`, since Asterisk 12.0.0."]
    HangupHandlerRun = "HangupHandlerRun" {
        handler "Handler" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`HangupRequest`, of the class `call`, since Asterisk 12.0.0."]
    HangupRequest = "HangupRequest" {
        cause "Cause" number(Option<u32>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`Hold`, of the class `call`, since Asterisk 12.0.0."]
    Hold = "Hold" {
        music_class "MusicClass" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`IdentifyDetail`, of the class `command`, since Asterisk 13.20.0."]
    IdentifyDetail = "IdentifyDetail" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        endpoint "Endpoint" text(Cow<'_, str>),
        srv_lookups "SrvLookups" text(Cow<'_, str>),
        matches "Match" text(Cow<'_, str>),
        match_header "MatchHeader" text(Cow<'_, str>),
        match_request_uri "MatchRequestUri" text(Cow<'_, str>),
        endpoint_name "EndpointName" text(Cow<'_, str>),
    } []
    #[doc = "`InboundRegistrationDetail`, of the class `command`, since Asterisk 12.0.0."]
    InboundRegistrationDetail = "InboundRegistrationDetail" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        minimum_expiration "MinimumExpiration" text(Cow<'_, str>),
        default_expiration "DefaultExpiration" text(Cow<'_, str>),
        qualify_timeout "QualifyTimeout" text(Cow<'_, str>),
        qualify2xx_only "Qualify2xxOnly" text(Cow<'_, str>),
        mailboxes "Mailboxes" text(Cow<'_, str>),
        support_path "SupportPath" text(Cow<'_, str>),
        remove_unavailable "RemoveUnavailable" text(Cow<'_, str>),
        voicemail_extension "VoicemailExtension" text(Cow<'_, str>),
        max_contacts "MaxContacts" number(Option<u32>),
        authenticate_qualify "AuthenticateQualify" text(Cow<'_, str>),
        maximum_expiration "MaximumExpiration" text(Cow<'_, str>),
        qualify_frequency "QualifyFrequency" text(Cow<'_, str>),
        remove_existing "RemoveExisting" text(Cow<'_, str>),
        outbound_proxy "OutboundProxy" text(Cow<'_, str>),
        contacts "Contacts" text(Cow<'_, str>),
        contact "Contact" text(Cow<'_, str>),
    } []
    #[doc = "`InboundSubscriptionDetail`, of the class `command`, since Asterisk 12.0.0."]
    InboundSubscriptionDetail = "InboundSubscriptionDetail" {
        role "Role" text(Cow<'_, str>),
        endpoint "Endpoint" text(Cow<'_, str>),
        callid "Callid" text(Cow<'_, str>),
        state "State" text(Cow<'_, str>),
        callerid "Callerid" text(Cow<'_, str>),
        subscription_type "SubscriptionType" word(Option<values::SubscriptionType>),
        extension "Extension" text(Cow<'_, str>),
        extension_states "ExtensionStates" word(Option<values::ExtensionStateText>),
        mailboxes "Mailboxes" text(Cow<'_, str>),
    } []
    #[doc = "`InvalidAccountID`, of the class `security`, since Asterisk 12.1.0."]
    InvalidAccountID = "InvalidAccountID" {
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`InvalidPassword`, of the class `security`, since Asterisk 12.1.0."]
    InvalidPassword = "InvalidPassword" {
        challenge "Challenge" text(Cow<'_, str>),
        received_challenge "ReceivedChallenge" text(Cow<'_, str>),
        received_hash "ReceivedHash" text(Cow<'_, str>),
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`InvalidTransport`, of the class `security`, since Asterisk 12.1.0."]
    InvalidTransport = "InvalidTransport" {
        attempted_transport "AttemptedTransport" text(Cow<'_, str>),
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`Load`, of the class `system`, since Asterisk 16.0.0."]
    Load = "Load" {
        module "Module" text(Cow<'_, str>),
        status "Status" word(Option<values::LoadResult>),
    } []
    #[doc = "`LoadAverageLimit`, of the class `security`, since Asterisk 12.1.0."]
    LoadAverageLimit = "LoadAverageLimit" {
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`LocalBridge`, of the class `call`, since Asterisk 12.0.0."]
    LocalBridge = "LocalBridge" {
        context "Context" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        local_optimization "LocalOptimization" flag(Option<bool>),
    } [local_one channel("LocalOne"), local_two channel("LocalTwo"), ]
    #[doc = "`LocalOptimizationBegin`, of the class `call`, since Asterisk 12.0.0."]
    LocalOptimizationBegin = "LocalOptimizationBegin" {
        dest_unique_id "DestUniqueId" text(Cow<'_, str>),
        id "Id" text(Cow<'_, str>),
    } [local_one channel("LocalOne"), local_two channel("LocalTwo"), source channel("Source"), ]
    #[doc = "`LocalOptimizationEnd`, of the class `call`, since Asterisk 12.0.0."]
    LocalOptimizationEnd = "LocalOptimizationEnd" {
        success "Success" flag(Option<bool>),
        id "Id" text(Cow<'_, str>),
    } [local_one channel("LocalOne"), local_two channel("LocalTwo"), ]
    #[doc = "`LogChannel`, of the class `system`, since Asterisk 16.24.0."]
    LogChannel = "LogChannel" {
        channel "Channel" text(Cow<'_, str>),
    } []
    #[doc = "`MCID`, of the class `call`, since Asterisk 12.0.0."]
    MCID = "MCID" {
        m_caller_id_num_valid "MCallerIDNumValid" text(Cow<'_, str>),
        mcaller_id_num "MCallerIDNum" text(Cow<'_, str>),
        mcaller_id_ton "MCallerIDton" text(Cow<'_, str>),
        m_caller_id_num_plan "MCallerIDNumPlan" text(Cow<'_, str>),
        m_caller_id_num_pres "MCallerIDNumPres" text(Cow<'_, str>),
        m_caller_id_name_valid "MCallerIDNameValid" text(Cow<'_, str>),
        m_caller_id_name "MCallerIDName" text(Cow<'_, str>),
        m_caller_id_name_char_set "MCallerIDNameCharSet" text(Cow<'_, str>),
        m_caller_id_name_pres "MCallerIDNamePres" text(Cow<'_, str>),
        m_caller_id_subaddr "MCallerIDSubaddr" text(Cow<'_, str>),
        m_caller_id_subaddr_type "MCallerIDSubaddrType" text(Cow<'_, str>),
        m_caller_id_subaddr_odd "MCallerIDSubaddrOdd" text(Cow<'_, str>),
        m_caller_id_pres "MCallerIDPres" text(Cow<'_, str>),
        m_connected_id_num_valid "MConnectedIDNumValid" text(Cow<'_, str>),
        m_connected_id_num "MConnectedIDNum" text(Cow<'_, str>),
        mconnected_id_ton "MConnectedIDton" text(Cow<'_, str>),
        m_connected_id_num_plan "MConnectedIDNumPlan" text(Cow<'_, str>),
        m_connected_id_num_pres "MConnectedIDNumPres" text(Cow<'_, str>),
        m_connected_id_name_valid "MConnectedIDNameValid" text(Cow<'_, str>),
        m_connected_id_name "MConnectedIDName" text(Cow<'_, str>),
        m_connected_id_name_char_set "MConnectedIDNameCharSet" text(Cow<'_, str>),
        m_connected_id_name_pres "MConnectedIDNamePres" text(Cow<'_, str>),
        m_connected_id_subaddr "MConnectedIDSubaddr" text(Cow<'_, str>),
        m_connected_id_subaddr_type "MConnectedIDSubaddrType" text(Cow<'_, str>),
        m_connected_id_subaddr_odd "MConnectedIDSubaddrOdd" text(Cow<'_, str>),
        m_connected_id_pres "MConnectedIDPres" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MeetmeEnd`, of the class `call`, since Asterisk 12.0.0."]
    MeetmeEnd = "MeetmeEnd" {
        meetme "Meetme" text(Cow<'_, str>),
    } []
    #[doc = "`MeetmeJoin`, of the class `call`, since Asterisk 12.0.0."]
    MeetmeJoin = "MeetmeJoin" {
        meetme "Meetme" text(Cow<'_, str>),
        user "User" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MeetmeLeave`, of the class `call`, since Asterisk 12.0.0."]
    MeetmeLeave = "MeetmeLeave" {
        duration "Duration" secs(Option<Duration>),
        meetme "Meetme" text(Cow<'_, str>),
        user "User" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MeetmeList`, of the class `call`, since Asterisk 16.29.0."]
    MeetmeList = "MeetmeList" {
        conference "Conference" text(Cow<'_, str>),
        user_number "UserNumber" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        admin "Admin" text(Cow<'_, str>),
        role "Role" text(Cow<'_, str>),
        marked_user "MarkedUser" text(Cow<'_, str>),
        muted "Muted" text(Cow<'_, str>),
        talking "Talking" text(Cow<'_, str>),
    } []
    #[doc = "`MeetmeListRooms`, of the class `call`, since Asterisk 16.29.0."]
    MeetmeListRooms = "MeetmeListRooms" {
        conference "Conference" text(Cow<'_, str>),
        parties "Parties" number(Option<u32>),
        marked "Marked" text(Cow<'_, str>),
        activity "Activity" text(Cow<'_, str>),
        creation "Creation" text(Cow<'_, str>),
        locked "Locked" text(Cow<'_, str>),
    } []
    #[doc = "`MeetmeMute`, of the class `call`, since Asterisk 12.0.0."]
    MeetmeMute = "MeetmeMute" {
        meetme "Meetme" text(Cow<'_, str>),
        user "User" text(Cow<'_, str>),
        duration "Duration" secs(Option<Duration>),
        status "Status" flag(Option<bool>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MeetmeTalking`, of the class `call`, since Asterisk 12.0.0."]
    MeetmeTalking = "MeetmeTalking" {
        meetme "Meetme" text(Cow<'_, str>),
        user "User" text(Cow<'_, str>),
        duration "Duration" secs(Option<Duration>),
        status "Status" flag(Option<bool>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MeetmeTalkRequest`, of the class `call`, since Asterisk 12.0.0."]
    MeetmeTalkRequest = "MeetmeTalkRequest" {
        duration "Duration" secs(Option<Duration>),
        status "Status" flag(Option<bool>),
        meetme "Meetme" text(Cow<'_, str>),
        user "User" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MemoryLimit`, of the class `security`, since Asterisk 12.1.0."]
    MemoryLimit = "MemoryLimit" {
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`MessageWaiting`, of the class `call`, since Asterisk 16.24.0."]
    MessageWaiting = "MessageWaiting" {
        mailbox "Mailbox" text(Cow<'_, str>),
        waiting "Waiting" flag(Option<bool>),
        new_messages "New" number(Option<u32>),
        old_messages "Old" number(Option<u32>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MiniVoiceMail`, of the class `call`, since Asterisk 12.0.0."]
    MiniVoiceMail = "MiniVoiceMail" {
        action_name "Action" text(Cow<'_, str>),
        mailbox "Mailbox" text(Cow<'_, str>),
        counter "Counter" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MixMonitorMute`, of the class `call`, since Asterisk 16.17.0."]
    MixMonitorMute = "MixMonitorMute" {
        direction "Direction" text(Cow<'_, str>),
        state "State" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MixMonitorStart`, of the class `call`, since Asterisk 16.17.0."]
    MixMonitorStart = "MixMonitorStart" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MixMonitorStop`, of the class `call`, since Asterisk 16.17.0."]
    MixMonitorStop = "MixMonitorStop" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MusicOnHoldStart`, of the class `call`, since Asterisk 12.0.0."]
    MusicOnHoldStart = "MusicOnHoldStart" {
        class "Class" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MusicOnHoldStop`, of the class `call`, since Asterisk 12.0.0."]
    MusicOnHoldStop = "MusicOnHoldStop" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MWIGet`, of the class `reporting`, since Asterisk 12.1.0."]
    MWIGet = "MWIGet" {
        action_id "ActionID" text(Cow<'_, str>),
        mailbox "Mailbox" text(Cow<'_, str>),
        old_messages "OldMessages" number(Option<u32>),
        new_messages "NewMessages" number(Option<u32>),
    } []
    #[doc = "`MWIGetComplete`, of the class `reporting`, since Asterisk 12.1.0."]
    MWIGetComplete = "MWIGetComplete" {
        action_id "ActionID" text(Cow<'_, str>),
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`NewAccountCode`, of the class `call`, since Asterisk 12.0.0."]
    NewAccountCode = "NewAccountCode" {
        old_account_code "OldAccountCode" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`NewCallerid`, of the class `call`, since Asterisk 12.0.0."]
    NewCallerid = "NewCallerid" {
        caller_presentation "CID-CallingPres" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`Newchannel`, of the class `call`, since Asterisk 12.0.0."]
    Newchannel = "Newchannel" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`NewConnectedLine`, of the class `call`, since Asterisk 13.13.0."]
    NewConnectedLine = "NewConnectedLine" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`NewExten`, of the class `dialplan`, since Asterisk 12.0.0."]
    NewExten = "NewExten" {
        extension "Extension" text(Cow<'_, str>),
        application "Application" text(Cow<'_, str>),
        app_data "AppData" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`Newstate`, of the class `call`, since Asterisk 12.0.0."]
    Newstate = "Newstate" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`OriginateResponse`, of the class `call`, since Asterisk 18.26.0."]
    OriginateResponse = "OriginateResponse" {
        action_id "ActionID" text(Cow<'_, str>),
        response "Response" word(Option<values::OriginateResult>),
        channel "Channel" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        application "Application" text(Cow<'_, str>),
        data "Data" text(Cow<'_, str>),
        reason "Reason" number(Option<u32>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
    } []
    #[doc = "`OutboundRegistrationDetail`, of the class `command`, since Asterisk 12.0.0."]
    OutboundRegistrationDetail = "OutboundRegistrationDetail" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        max_retries "MaxRetries" text(Cow<'_, str>),
        client_uri "ClientUri" text(Cow<'_, str>),
        security_negotiation "SecurityNegotiation" text(Cow<'_, str>),
        auth_rejection_permanent "AuthRejectionPermanent" text(Cow<'_, str>),
        server_uri "ServerUri" text(Cow<'_, str>),
        max_random_initial_delay "MaxRandomInitialDelay" text(Cow<'_, str>),
        support_path "SupportPath" text(Cow<'_, str>),
        retry_interval "RetryInterval" text(Cow<'_, str>),
        contact_header_params "ContactHeaderParams" text(Cow<'_, str>),
        expiration "Expiration" text(Cow<'_, str>),
        transport "Transport" text(Cow<'_, str>),
        line "Line" text(Cow<'_, str>),
        contact_user "ContactUser" text(Cow<'_, str>),
        endpoint "Endpoint" text(Cow<'_, str>),
        user_agent "UserAgent" text(Cow<'_, str>),
        forbidden_retry_interval "ForbiddenRetryInterval" text(Cow<'_, str>),
        outbound_auth "OutboundAuth" text(Cow<'_, str>),
        outbound_proxy "OutboundProxy" text(Cow<'_, str>),
        fatal_retry_interval "FatalRetryInterval" text(Cow<'_, str>),
        support_outbound "SupportOutbound" text(Cow<'_, str>),
        status "Status" word(Option<values::RegistrationState>),
        next_reg "NextReg" number(Option<u64>),
    } []
    #[doc = "`OutboundSubscriptionDetail`, of the class `command`, since Asterisk 12.0.0."]
    OutboundSubscriptionDetail = "OutboundSubscriptionDetail" {
        role "Role" text(Cow<'_, str>),
        endpoint "Endpoint" text(Cow<'_, str>),
        callid "Callid" text(Cow<'_, str>),
        state "State" text(Cow<'_, str>),
        callerid "Callerid" text(Cow<'_, str>),
        subscription_type "SubscriptionType" word(Option<values::SubscriptionType>),
        extension "Extension" text(Cow<'_, str>),
        extension_states "ExtensionStates" word(Option<values::ExtensionStateText>),
        mailboxes "Mailboxes" text(Cow<'_, str>),
    } []
    #[doc = "`ParkedCall`, of the class `call`, since Asterisk 12.0.0."]
    ParkedCall = "ParkedCall" {
        parker_dial_string "ParkerDialString" text(Cow<'_, str>),
        parkinglot "Parkinglot" text(Cow<'_, str>),
        parking_space "ParkingSpace" text(Cow<'_, str>),
        parking_timeout "ParkingTimeout" secs(Option<Duration>),
        parking_duration "ParkingDuration" secs(Option<Duration>),
    } [parkee channel("Parkee"), ]
    #[doc = "`ParkedCallGiveUp`, of the class `call`, since Asterisk 12.0.0."]
    ParkedCallGiveUp = "ParkedCallGiveUp" {
        parker_dial_string "ParkerDialString" text(Cow<'_, str>),
        parkinglot "Parkinglot" text(Cow<'_, str>),
        parking_space "ParkingSpace" text(Cow<'_, str>),
        parking_timeout "ParkingTimeout" secs(Option<Duration>),
        parking_duration "ParkingDuration" secs(Option<Duration>),
    } [parkee channel("Parkee"), parker channel("Parker"), ]
    #[doc = "`ParkedCallSwap`, of the class `call`, since Asterisk 13.5.0."]
    ParkedCallSwap = "ParkedCallSwap" {
        parker_dial_string "ParkerDialString" text(Cow<'_, str>),
        parkinglot "Parkinglot" text(Cow<'_, str>),
        parking_space "ParkingSpace" text(Cow<'_, str>),
        parking_timeout "ParkingTimeout" secs(Option<Duration>),
        parking_duration "ParkingDuration" secs(Option<Duration>),
    } [parkee channel("Parkee"), parker channel("Parker"), ]
    #[doc = "`ParkedCallTimeOut`, of the class `call`, since Asterisk 12.0.0."]
    ParkedCallTimeOut = "ParkedCallTimeOut" {
        parker_dial_string "ParkerDialString" text(Cow<'_, str>),
        parkinglot "Parkinglot" text(Cow<'_, str>),
        parking_space "ParkingSpace" text(Cow<'_, str>),
        parking_timeout "ParkingTimeout" secs(Option<Duration>),
        parking_duration "ParkingDuration" secs(Option<Duration>),
    } [parkee channel("Parkee"), parker channel("Parker"), ]
    #[doc = "`PeerStatus`, of the class `system`, since Asterisk 12.0.0."]
    PeerStatus = "PeerStatus" {
        channel_type "ChannelType" text(Cow<'_, str>),
        peer "Peer" text(Cow<'_, str>),
        peer_status "PeerStatus" word(Option<values::PeerState>),
        cause "Cause" number(Option<u32>),
        address "Address" text(Cow<'_, str>),
        port "Port" text(Cow<'_, str>),
        time "Time" text(Cow<'_, str>),
    } []
    #[doc = "`Pickup`, of the class `call`, since Asterisk 12.0.0."]
    Pickup = "Pickup" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), target channel("Target"), ]
    #[doc = "`PJSIPMaintenanceStatus`, of the class `system`, since Asterisk 20.20.0."]
    PJSIPMaintenanceStatus = "PJSIPMaintenanceStatus" {
        endpoint "Endpoint" text(Cow<'_, str>),
        status "Status" flag(Option<bool>),
    } []
    #[doc = "`PresenceStateChange`, of the class `call`, since Asterisk 13.0.0."]
    PresenceStateChange = "PresenceStateChange" {
        presentity "Presentity" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
        subtype "Subtype" text(Cow<'_, str>),
        message "Message" text(Cow<'_, str>),
    } []
    #[doc = "`PresenceStateListComplete`, of the class `command`, since Asterisk 13.0.0."]
    PresenceStateListComplete = "PresenceStateListComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`PresenceStatus`, of the class `call`, since Asterisk 18.26.0."]
    PresenceStatus = "PresenceStatus" {
        exten "Exten" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        hint "Hint" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
        subtype "Subtype" text(Cow<'_, str>),
        message "Message" text(Cow<'_, str>),
    } []
    #[doc = "`QueueCallerAbandon`, of the class `agent`, since Asterisk 12.0.0."]
    QueueCallerAbandon = "QueueCallerAbandon" {
        original_position "OriginalPosition" number(Option<u32>),
        hold_time "HoldTime" secs(Option<Duration>),
        queue "Queue" text(Cow<'_, str>),
        position "Position" number(Option<u32>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`QueueCallerJoin`, of the class `agent`, since Asterisk 12.0.0."]
    QueueCallerJoin = "QueueCallerJoin" {
        position "Position" number(Option<u32>),
        count "Count" number(Option<u32>),
        queue "Queue" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`QueueCallerLeave`, of the class `agent`, since Asterisk 12.0.0."]
    QueueCallerLeave = "QueueCallerLeave" {
        queue "Queue" text(Cow<'_, str>),
        count "Count" number(Option<u32>),
        position "Position" number(Option<u32>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`QueueEntry`, of the class `agent`, since Asterisk 16.24.0."]
    QueueEntry = "QueueEntry" {
        queue "Queue" text(Cow<'_, str>),
        position "Position" number(Option<u32>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        wait "Wait" secs(Option<Duration>),
        priority "Priority" number(Option<i32>),
    } []
    #[doc = "`QueueMemberAdded`, of the class `agent`, since Asterisk 12.0.0."]
    QueueMemberAdded = "QueueMemberAdded" {
        queue "Queue" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        interface "Interface" text(Cow<'_, str>),
        state_interface "StateInterface" text(Cow<'_, str>),
        membership "Membership" word(Option<values::Membership>),
        penalty "Penalty" number(Option<i32>),
        calls_taken "CallsTaken" number(Option<u32>),
        last_call "LastCall" number(Option<u64>),
        last_pause "LastPause" number(Option<u64>),
        login_time "LoginTime" number(Option<u64>),
        in_call "InCall" flag(Option<bool>),
        status "Status" word(Option<values::MemberStatus>),
        paused "Paused" flag(Option<bool>),
        paused_reason "PausedReason" text(Cow<'_, str>),
        ringinuse "Ringinuse" flag(Option<bool>),
        wrapuptime "Wrapuptime" secs(Option<Duration>),
    } []
    #[doc = "`QueueMemberPause`, of the class `agent`, since Asterisk 12.2.0."]
    QueueMemberPause = "QueueMemberPause" {
        queue "Queue" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        interface "Interface" text(Cow<'_, str>),
        state_interface "StateInterface" text(Cow<'_, str>),
        membership "Membership" word(Option<values::Membership>),
        penalty "Penalty" number(Option<i32>),
        calls_taken "CallsTaken" number(Option<u32>),
        last_call "LastCall" number(Option<u64>),
        last_pause "LastPause" number(Option<u64>),
        login_time "LoginTime" number(Option<u64>),
        in_call "InCall" flag(Option<bool>),
        status "Status" word(Option<values::MemberStatus>),
        paused "Paused" flag(Option<bool>),
        paused_reason "PausedReason" text(Cow<'_, str>),
        ringinuse "Ringinuse" flag(Option<bool>),
        wrapuptime "Wrapuptime" secs(Option<Duration>),
        reason "Reason" text(Cow<'_, str>),
    } []
    #[doc = "`QueueMemberPenalty`, of the class `agent`, since Asterisk 12.0.0."]
    QueueMemberPenalty = "QueueMemberPenalty" {
        queue "Queue" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        interface "Interface" text(Cow<'_, str>),
        state_interface "StateInterface" text(Cow<'_, str>),
        membership "Membership" word(Option<values::Membership>),
        penalty "Penalty" number(Option<i32>),
        calls_taken "CallsTaken" number(Option<u32>),
        last_call "LastCall" number(Option<u64>),
        last_pause "LastPause" number(Option<u64>),
        login_time "LoginTime" number(Option<u64>),
        in_call "InCall" flag(Option<bool>),
        status "Status" word(Option<values::MemberStatus>),
        paused "Paused" flag(Option<bool>),
        paused_reason "PausedReason" text(Cow<'_, str>),
        ringinuse "Ringinuse" flag(Option<bool>),
        wrapuptime "Wrapuptime" secs(Option<Duration>),
    } []
    #[doc = "`QueueMemberRemoved`, of the class `agent`, since Asterisk 12.0.0."]
    QueueMemberRemoved = "QueueMemberRemoved" {
        queue "Queue" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        interface "Interface" text(Cow<'_, str>),
        state_interface "StateInterface" text(Cow<'_, str>),
        membership "Membership" word(Option<values::Membership>),
        penalty "Penalty" number(Option<i32>),
        calls_taken "CallsTaken" number(Option<u32>),
        last_call "LastCall" number(Option<u64>),
        last_pause "LastPause" number(Option<u64>),
        login_time "LoginTime" number(Option<u64>),
        in_call "InCall" flag(Option<bool>),
        status "Status" word(Option<values::MemberStatus>),
        paused "Paused" flag(Option<bool>),
        paused_reason "PausedReason" text(Cow<'_, str>),
        ringinuse "Ringinuse" flag(Option<bool>),
        wrapuptime "Wrapuptime" secs(Option<Duration>),
    } []
    #[doc = "`QueueMemberRinginuse`, of the class `agent`, since Asterisk 12.0.0."]
    QueueMemberRinginuse = "QueueMemberRinginuse" {
        queue "Queue" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        interface "Interface" text(Cow<'_, str>),
        state_interface "StateInterface" text(Cow<'_, str>),
        membership "Membership" word(Option<values::Membership>),
        penalty "Penalty" number(Option<i32>),
        calls_taken "CallsTaken" number(Option<u32>),
        last_call "LastCall" number(Option<u64>),
        last_pause "LastPause" number(Option<u64>),
        login_time "LoginTime" number(Option<u64>),
        in_call "InCall" flag(Option<bool>),
        status "Status" word(Option<values::MemberStatus>),
        paused "Paused" flag(Option<bool>),
        paused_reason "PausedReason" text(Cow<'_, str>),
        ringinuse "Ringinuse" flag(Option<bool>),
        wrapuptime "Wrapuptime" secs(Option<Duration>),
    } []
    #[doc = "`QueueMemberStatus`, of the class `agent`, since Asterisk 12.0.0."]
    QueueMemberStatus = "QueueMemberStatus" {
        queue "Queue" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        interface "Interface" text(Cow<'_, str>),
        state_interface "StateInterface" text(Cow<'_, str>),
        membership "Membership" word(Option<values::Membership>),
        penalty "Penalty" number(Option<i32>),
        calls_taken "CallsTaken" number(Option<u32>),
        last_call "LastCall" number(Option<u64>),
        last_pause "LastPause" number(Option<u64>),
        login_time "LoginTime" number(Option<u64>),
        in_call "InCall" flag(Option<bool>),
        status "Status" word(Option<values::MemberStatus>),
        paused "Paused" flag(Option<bool>),
        paused_reason "PausedReason" text(Cow<'_, str>),
        ringinuse "Ringinuse" flag(Option<bool>),
        wrapuptime "Wrapuptime" secs(Option<Duration>),
    } []
    #[doc = "`QueueParams`, of the class `agent`, since Asterisk 16.24.0."]
    QueueParams = "QueueParams" {
        max "Max" number(Option<u32>),
        strategy "Strategy" text(Cow<'_, str>),
        calls "Calls" number(Option<u32>),
        holdtime "Holdtime" secs(Option<Duration>),
        talk_time "TalkTime" secs(Option<Duration>),
        completed "Completed" number(Option<u32>),
        abandoned "Abandoned" number(Option<u32>),
        service_level_perf "ServiceLevelPerf" number(Option<f64>),
        service_level_perf2 "ServiceLevelPerf2" number(Option<f64>),
        queue "Queue" text(Cow<'_, str>),
        service_level "ServiceLevel" number(Option<u32>),
        weight "Weight" number(Option<i32>),
    } []
    #[doc = "`ReceiveFAX`, of the class `call`, since Asterisk 12.0.0."]
    ReceiveFAX = "ReceiveFAX" {
        local_station_id "LocalStationID" text(Cow<'_, str>),
        remote_station_id "RemoteStationID" text(Cow<'_, str>),
        pages_transferred "PagesTransferred" number(Option<u32>),
        resolution "Resolution" text(Cow<'_, str>),
        transfer_rate "TransferRate" text(Cow<'_, str>),
        file_name "FileName" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`Registry`, of the class `system`, since Asterisk 12.0.0."]
    Registry = "Registry" {
        channel_type "ChannelType" text(Cow<'_, str>),
        username "Username" text(Cow<'_, str>),
        domain "Domain" text(Cow<'_, str>),
        status "Status" word(Option<values::RegistryState>),
        cause "Cause" number(Option<u32>),
    } []
    #[doc = "`Reload`, of the class `system`, since Asterisk 12.0.0."]
    Reload = "Reload" {
        module "Module" text(Cow<'_, str>),
        status "Status" word(Option<values::ReloadStatus>),
    } []
    #[doc = "`Rename`, of the class `call`, since Asterisk 16.24.0."]
    Rename = "Rename" {
        channel "Channel" text(Cow<'_, str>),
        newname "Newname" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
    } []
    #[doc = "`RequestBadFormat`, of the class `security`, since Asterisk 12.1.0."]
    RequestBadFormat = "RequestBadFormat" {
        account_id "AccountID" text(Cow<'_, str>),
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        request_type "RequestType" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
        request_params "RequestParams" text(Cow<'_, str>),
    } []
    #[doc = "`RequestNotAllowed`, of the class `security`, since Asterisk 12.1.0."]
    RequestNotAllowed = "RequestNotAllowed" {
        request_params "RequestParams" text(Cow<'_, str>),
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        request_type "RequestType" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`RequestNotSupported`, of the class `security`, since Asterisk 12.1.0."]
    RequestNotSupported = "RequestNotSupported" {
        request_type "RequestType" text(Cow<'_, str>),
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`ResourceListDetail`, of the class `command`, since Asterisk 13.0.0."]
    ResourceListDetail = "ResourceListDetail" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        event_name "Event" text(Cow<'_, str>),
        full_state "FullState" text(Cow<'_, str>),
        list_item "ListItem" text(Cow<'_, str>),
        notification_batch_interval "NotificationBatchInterval" text(Cow<'_, str>),
        resource_display_name "ResourceDisplayName" text(Cow<'_, str>),
    } []
    #[doc = "`RTCPReceived`, of the class `reporting`, since Asterisk 12.0.0."]
    RTCPReceived = "RTCPReceived" {
        ssrc "SSRC" text(Cow<'_, str>),
        from "From" text(Cow<'_, str>),
        rtt "RTT" number(Option<f64>),
        report_count "ReportCount" number(Option<u32>),
        pt "PT" word(Option<values::RtcpPayload>),
        sent_ntp "SentNTP" text(Cow<'_, str>),
        sent_rtp "SentRTP" text(Cow<'_, str>),
        sent_packets "SentPackets" number(Option<u64>),
        sent_octets "SentOctets" number(Option<u64>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`RTCPSent`, of the class `reporting`, since Asterisk 12.0.0."]
    RTCPSent = "RTCPSent" {
        ssrc "SSRC" text(Cow<'_, str>),
        pt "PT" word(Option<values::RtcpPayload>),
        to "To" text(Cow<'_, str>),
        report_count "ReportCount" number(Option<u32>),
        sent_ntp "SentNTP" text(Cow<'_, str>),
        sent_rtp "SentRTP" text(Cow<'_, str>),
        sent_packets "SentPackets" number(Option<u64>),
        sent_octets "SentOctets" number(Option<u64>),
        report_x_source_ssrc "ReportXSourceSSRC" text(Cow<'_, str>),
        report_x_fraction_lost "ReportXFractionLost" text(Cow<'_, str>),
        report_x_cumulative_lost "ReportXCumulativeLost" text(Cow<'_, str>),
        report_x_highest_sequence "ReportXHighestSequence" text(Cow<'_, str>),
        report_x_sequence_number_cycles "ReportXSequenceNumberCycles" text(Cow<'_, str>),
        report_x_ia_jitter "ReportXIAJitter" text(Cow<'_, str>),
        report_x_lsr "ReportXLSR" text(Cow<'_, str>),
        report_x_dlsr "ReportXDLSR" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`SendFAX`, of the class `call`, since Asterisk 12.0.0."]
    SendFAX = "SendFAX" {
        local_station_id "LocalStationID" text(Cow<'_, str>),
        remote_station_id "RemoteStationID" text(Cow<'_, str>),
        pages_transferred "PagesTransferred" number(Option<u32>),
        resolution "Resolution" text(Cow<'_, str>),
        transfer_rate "TransferRate" text(Cow<'_, str>),
        file_name "FileName" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`SessionLimit`, of the class `security`, since Asterisk 12.1.0."]
    SessionLimit = "SessionLimit" {
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`Shutdown`, of the class `system`, since Asterisk 12.0.0."]
    Shutdown = "Shutdown" {
        shutdown "Shutdown" word(Option<values::ShutdownKind>),
        restart "Restart" flag(Option<bool>),
    } []
    #[doc = "`SoftHangupRequest`, of the class `call`, since Asterisk 12.0.0."]
    SoftHangupRequest = "SoftHangupRequest" {
        cause "Cause" number(Option<u32>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`SpanAlarm`, of the class `system`, since Asterisk 12.0.0."]
    SpanAlarm = "SpanAlarm" {
        span "Span" text(Cow<'_, str>),
        alarm "Alarm" text(Cow<'_, str>),
    } []
    #[doc = "`SpanAlarmClear`, of the class `system`, since Asterisk 12.0.0."]
    SpanAlarmClear = "SpanAlarmClear" {
        span "Span" text(Cow<'_, str>),
    } []
    #[doc = "`Status`, of the class `call`, since Asterisk 18.26.0."]
    Status = "Status" {
        action_id "ActionID" text(Cow<'_, str>),
        kind "Type" text(Cow<'_, str>),
        dnid "DNID" text(Cow<'_, str>),
        effective_connected_line_num "EffectiveConnectedLineNum" text(Cow<'_, str>),
        effective_connected_line_name "EffectiveConnectedLineName" text(Cow<'_, str>),
        time_to_hangup "TimeToHangup" number(Option<i64>),
        bridge_id "BridgeID" text(Cow<'_, str>),
        application "Application" text(Cow<'_, str>),
        data "Data" text(Cow<'_, str>),
        nativeformats "Nativeformats" text(Cow<'_, str>),
        readformat "Readformat" text(Cow<'_, str>),
        readtrans "Readtrans" text(Cow<'_, str>),
        writeformat "Writeformat" text(Cow<'_, str>),
        writetrans "Writetrans" text(Cow<'_, str>),
        callgroup "Callgroup" text(Cow<'_, str>),
        pickupgroup "Pickupgroup" text(Cow<'_, str>),
        seconds "Seconds" secs(Option<Duration>),
        variable "Variable" all(Vec<Cow<'_, str>>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`StatusComplete`, of the class `call`, since Asterisk 18.26.0."]
    StatusComplete = "StatusComplete" {
        items "Items" number(Option<u32>),
    } []
    #[doc = "`SuccessfulAuth`, of the class `security`, since Asterisk 12.1.0."]
    SuccessfulAuth = "SuccessfulAuth" {
        using_password "UsingPassword" flag(Option<bool>),
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`TransportDetail`, of the class `command`, since Asterisk 12.6.0."]
    TransportDetail = "TransportDetail" {
        object_type "ObjectType" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        protocol "Protocol" text(Cow<'_, str>),
        bind "Bind" text(Cow<'_, str>),
        async_operations "AsycOperations" text(Cow<'_, str>),
        ca_list_file "CaListFile" text(Cow<'_, str>),
        ca_list_path "CaListPath" text(Cow<'_, str>),
        cert_file "CertFile" text(Cow<'_, str>),
        priv_key_file "PrivKeyFile" text(Cow<'_, str>),
        password "Password" text(Cow<'_, str>),
        external_signaling_address "ExternalSignalingAddress" text(Cow<'_, str>),
        external_signaling_port "ExternalSignalingPort" text(Cow<'_, str>),
        external_media_address "ExternalMediaAddress" text(Cow<'_, str>),
        domain "Domain" text(Cow<'_, str>),
        verify_server "VerifyServer" text(Cow<'_, str>),
        verify_client "VerifyClient" text(Cow<'_, str>),
        require_client_cert "RequireClientCert" text(Cow<'_, str>),
        method "Method" text(Cow<'_, str>),
        cipher "Cipher" text(Cow<'_, str>),
        local_net "LocalNet" text(Cow<'_, str>),
        tos "Tos" text(Cow<'_, str>),
        cos "Cos" text(Cow<'_, str>),
        websocket_write_timeout "WebsocketWriteTimeout" text(Cow<'_, str>),
        allow_reload "AllowReload" text(Cow<'_, str>),
        allow_wildcard_certs "AllowWildcardCerts" text(Cow<'_, str>),
        symmetric_transport "SymmetricTransport" text(Cow<'_, str>),
        tcp_keepalive_enable "TcpKeepaliveEnable" text(Cow<'_, str>),
        tcp_keepalive_idle_time "TcpKeepaliveIdleTime" text(Cow<'_, str>),
        tcp_keepalive_interval_time "TcpKeepaliveIntervalTime" text(Cow<'_, str>),
        tcp_keepalive_probe_count "TcpKeepaliveProbeCount" text(Cow<'_, str>),
        endpoint_name "EndpointName" text(Cow<'_, str>),
    } []
    #[doc = "`UnexpectedAddress`, of the class `security`, since Asterisk 12.1.0."]
    UnexpectedAddress = "UnexpectedAddress" {
        expected_address "ExpectedAddress" text(Cow<'_, str>),
        event_tv "EventTV" text(Cow<'_, str>),
        severity "Severity" word(Option<values::Severity>),
        service "Service" text(Cow<'_, str>),
        event_version "EventVersion" text(Cow<'_, str>),
        account_id "AccountID" text(Cow<'_, str>),
        session_id "SessionID" text(Cow<'_, str>),
        local_address "LocalAddress" text(Cow<'_, str>),
        remote_address "RemoteAddress" text(Cow<'_, str>),
        module "Module" text(Cow<'_, str>),
        session_tv "SessionTV" text(Cow<'_, str>),
    } []
    #[doc = "`Unhold`, of the class `call`, since Asterisk 12.0.0."]
    Unhold = "Unhold" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`Unload`, of the class `system`, since Asterisk 16.0.0."]
    Unload = "Unload" {
        module "Module" text(Cow<'_, str>),
        status "Status" word(Option<values::LoadResult>),
    } []
    #[doc = "`UnParkedCall`, of the class `call`, since Asterisk 12.0.0."]
    UnParkedCall = "UnParkedCall" {
        parker_dial_string "ParkerDialString" text(Cow<'_, str>),
        parkinglot "Parkinglot" text(Cow<'_, str>),
        parking_space "ParkingSpace" text(Cow<'_, str>),
        parking_timeout "ParkingTimeout" secs(Option<Duration>),
        parking_duration "ParkingDuration" secs(Option<Duration>),
    } [parkee channel("Parkee"), parker channel("Parker"), retriever channel("Retriever"), ]
    #[doc = "`UserEvent`, of the class `user`, since Asterisk 12.3.0."]
    UserEvent = "UserEvent" {
        user_event "UserEvent" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`VarSet`, of the class `dialplan`, since Asterisk 12.0.0."]
    VarSet = "VarSet" {
        variable "Variable" text(Cow<'_, str>),
        value "Value" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`VoicemailPasswordChange`, of the class `user`, since Asterisk 18.21.0."]
    VoicemailPasswordChange = "VoicemailPasswordChange" {
        context "Context" text(Cow<'_, str>),
        mailbox "Mailbox" text(Cow<'_, str>),
        new_password "NewPassword" text(Cow<'_, str>),
    } []
    #[doc = "`Wink`, of the class `call`, since Asterisk 16.24.0."]
    Wink = "Wink" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`BridgeListComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    BridgeListComplete = "BridgeListComplete" {
    } []
    #[doc = "`BridgeListItem`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    BridgeListItem = "BridgeListItem" {
        bridge_uniqueid "BridgeUniqueid" text(Cow<'_, str>),
        bridge_type "BridgeType" text(Cow<'_, str>),
        bridge_technology "BridgeTechnology" text(Cow<'_, str>),
        bridge_creator "BridgeCreator" text(Cow<'_, str>),
        bridge_name "BridgeName" text(Cow<'_, str>),
        bridge_num_channels "BridgeNumChannels" number(Option<u32>),
        bridge_video_source_mode "BridgeVideoSourceMode" text(Cow<'_, str>),
    } []
    #[doc = "`BridgeTechnologyListComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    BridgeTechnologyListComplete = "BridgeTechnologyListComplete" {
    } []
    #[doc = "`BridgeTechnologyListItem`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    BridgeTechnologyListItem = "BridgeTechnologyListItem" {
        bridge_technology "BridgeTechnology" text(Cow<'_, str>),
        bridge_type "BridgeType" text(Cow<'_, str>),
        bridge_priority "BridgePriority" number(Option<u32>),
        bridge_suspended "BridgeSuspended" flag(Option<bool>),
    } []
    #[doc = "`ChannelHungup`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    ChannelHungup = "ChannelHungup" {
        channel "Channel" text(Cow<'_, str>),
    } []
    #[doc = "`ChannelsHungupListComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    ChannelsHungupListComplete = "ChannelsHungupListComplete" {
    } []
    #[doc = "`ConfbridgeListComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    ConfbridgeListComplete = "ConfbridgeListComplete" {
    } []
    #[doc = "`ConfbridgeListRoomsComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    ConfbridgeListRoomsComplete = "ConfbridgeListRoomsComplete" {
    } []
    #[doc = "`ContactStatusDetailComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    ContactStatusDetailComplete = "ContactStatusDetailComplete" {
    } []
    #[doc = "`CoreShowChannelMap`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    CoreShowChannelMap = "CoreShowChannelMap" {
        channel "Channel" text(Cow<'_, str>),
        connected_channel "ConnectedChannel" text(Cow<'_, str>),
    } []
    #[doc = "`DBGetComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    DBGetComplete = "DBGetComplete" {
    } []
    #[doc = "`DBGetResponse`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    DBGetResponse = "DBGetResponse" {
        family "Family" text(Cow<'_, str>),
        key "Key" text(Cow<'_, str>),
        val "Val" text(Cow<'_, str>),
    } []
    #[doc = "`DBGetTreeComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    DBGetTreeComplete = "DBGetTreeComplete" {
    } []
    #[doc = "`DBGetTreeResponse`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    DBGetTreeResponse = "DBGetTreeResponse" {
        key "Key" text(Cow<'_, str>),
        val "Val" text(Cow<'_, str>),
    } []
    #[doc = "`InboundRegistrationDetailComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    InboundRegistrationDetailComplete = "InboundRegistrationDetailComplete" {
    } []
    #[doc = "`ListDialplan`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    ListDialplan = "ListDialplan" {
        context "Context" text(Cow<'_, str>),
        extension "Extension" text(Cow<'_, str>),
        extension_label "ExtensionLabel" text(Cow<'_, str>),
        priority "Priority" text(Cow<'_, str>),
        application "Application" text(Cow<'_, str>),
        app_data "AppData" text(Cow<'_, str>),
        registrar "Registrar" text(Cow<'_, str>),
        include_context "IncludeContext" text(Cow<'_, str>),
    } []
    #[doc = "`MonitorStart`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    MonitorStart = "MonitorStart" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`MonitorStop`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    MonitorStop = "MonitorStop" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        linkedid "Linkedid" text(Cow<'_, str>),
    } [snapshot channel(""), ]
    #[doc = "`OutboundRegistrationDetailComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    OutboundRegistrationDetailComplete = "OutboundRegistrationDetailComplete" {
        registered "Registered" number(Option<u32>),
        not_registered "NotRegistered" number(Option<u32>),
    } []
    #[doc = "`ParkedCallsComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    ParkedCallsComplete = "ParkedCallsComplete" {
        total "Total" number(Option<u32>),
    } []
    #[doc = "`Parkinglot`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    Parkinglot = "Parkinglot" {
        name "Name" text(Cow<'_, str>),
        start_space "StartSpace" number(Option<u32>),
        stop_space "StopSpace" number(Option<u32>),
        timeout "Timeout" secs(Option<Duration>),
    } []
    #[doc = "`ParkinglotsComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    ParkinglotsComplete = "ParkinglotsComplete" {
    } []
    #[doc = "`QueueMember`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    QueueMember = "QueueMember" {
        queue "Queue" text(Cow<'_, str>),
        name "Name" text(Cow<'_, str>),
        location "Location" text(Cow<'_, str>),
        state_interface "StateInterface" text(Cow<'_, str>),
        membership "Membership" word(Option<values::Membership>),
        penalty "Penalty" number(Option<i32>),
        calls_taken "CallsTaken" number(Option<u32>),
        last_call "LastCall" number(Option<u64>),
        last_pause "LastPause" number(Option<u64>),
        login_time "LoginTime" number(Option<u64>),
        in_call "InCall" flag(Option<bool>),
        status "Status" word(Option<values::MemberStatus>),
        paused "Paused" flag(Option<bool>),
        paused_reason "PausedReason" text(Cow<'_, str>),
        wrapuptime "Wrapuptime" secs(Option<Duration>),
    } []
    #[doc = "`QueueStatusComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    QueueStatusComplete = "QueueStatusComplete" {
    } []
    #[doc = "`QueueSummary`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    QueueSummary = "QueueSummary" {
        queue "Queue" text(Cow<'_, str>),
        logged_in "LoggedIn" number(Option<u32>),
        available "Available" number(Option<u32>),
        callers "Callers" number(Option<u32>),
        hold_time "HoldTime" secs(Option<Duration>),
        talk_time "TalkTime" secs(Option<Duration>),
        longest_hold_time "LongestHoldTime" secs(Option<Duration>),
    } []
    #[doc = "`QueueSummaryComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    QueueSummaryComplete = "QueueSummaryComplete" {
    } []
    #[doc = "`ShowDialPlanComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    ShowDialPlanComplete = "ShowDialPlanComplete" {
        list_extensions "ListExtensions" number(Option<u32>),
        list_priorities "ListPriorities" number(Option<u32>),
        list_contexts "ListContexts" number(Option<u32>),
    } []
    #[doc = "`TestEvent`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    TestEvent = "TestEvent" {
        kind "Type" text(Cow<'_, str>),
        state "State" text(Cow<'_, str>),
        app_file "AppFile" text(Cow<'_, str>),
        app_function "AppFunction" text(Cow<'_, str>),
        app_line "AppLine" number(Option<u32>),
        channel "Channel" text(Cow<'_, str>),
        call_id "CallID" text(Cow<'_, str>),
        prior_call_id "PriorCallID" text(Cow<'_, str>),
        conference "Conference" text(Cow<'_, str>),
        old_state "OldState" text(Cow<'_, str>),
        new_state "NewState" text(Cow<'_, str>),
        mode "Mode" text(Cow<'_, str>),
        message "Message" text(Cow<'_, str>),
        file "File" text(Cow<'_, str>),
        realm "Realm" text(Cow<'_, str>),
        username "Username" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
        contact "Contact" text(Cow<'_, str>),
        aor "AOR" text(Cow<'_, str>),
        expiration "Expiration" text(Cow<'_, str>),
        user_agent "UserAgent" text(Cow<'_, str>),
    } []
    #[doc = "`VoicemailUserEntry`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    VoicemailUserEntry = "VoicemailUserEntry" {
        vm_context "VMContext" text(Cow<'_, str>),
        voice_mailbox "VoiceMailbox" text(Cow<'_, str>),
        fullname "Fullname" text(Cow<'_, str>),
        email "Email" text(Cow<'_, str>),
        pager "Pager" text(Cow<'_, str>),
        server_email "ServerEmail" text(Cow<'_, str>),
        from_string "FromString" text(Cow<'_, str>),
        mail_command "MailCommand" text(Cow<'_, str>),
        language "Language" text(Cow<'_, str>),
        time_zone "TimeZone" text(Cow<'_, str>),
        callback "Callback" text(Cow<'_, str>),
        dialout "Dialout" text(Cow<'_, str>),
        uniqueid "UniqueID" text(Cow<'_, str>),
        exit_context "ExitContext" text(Cow<'_, str>),
        say_duration_minimum "SayDurationMinimum" text(Cow<'_, str>),
        say_envelope "SayEnvelope" text(Cow<'_, str>),
        say_cid "SayCID" text(Cow<'_, str>),
        attach_message "AttachMessage" text(Cow<'_, str>),
        attachment_format "AttachmentFormat" text(Cow<'_, str>),
        delete_message "DeleteMessage" text(Cow<'_, str>),
        volume_gain "VolumeGain" text(Cow<'_, str>),
        can_review "CanReview" text(Cow<'_, str>),
        can_mark_urgent "CanMarkUrgent" text(Cow<'_, str>),
        call_operator "CallOperator" text(Cow<'_, str>),
        max_message_count "MaxMessageCount" text(Cow<'_, str>),
        max_message_length "MaxMessageLength" text(Cow<'_, str>),
        new_message_count "NewMessageCount" number(Option<u32>),
        old_message_count "OldMessageCount" number(Option<u32>),
    } []
    #[doc = "`VoicemailUserEntryComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    VoicemailUserEntryComplete = "VoicemailUserEntryComplete" {
    } []
    #[doc = "`WaitEventComplete`: not in Asterisk's documentation, seen from 16.28 or 22.10."]
    WaitEventComplete = "WaitEventComplete" {
    } []
}
