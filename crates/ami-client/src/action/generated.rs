//! The actions of Asterisk 22.
//!
//! Written by `cargo xtask generate` from the catalogues in `xtask/catalogues`: do not edit.
//! It is a table, and as long as the protocol is.

use super::{CommandOutput, List, Response, actions};
use crate::{event, values};
use std::time::Duration;

actions! {
    #[doc = "`AbsoluteTimeout` of the core, since Asterisk 0.5.0."]
    AbsoluteTimeout = "AbsoluteTimeout" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
            set timeout "Timeout" secs(Duration),
        )
        [
        ]
        {}
    }
    #[doc = "`AgentLogoff` of app_agent_pool, since Asterisk 1.2.0."]
    AgentLogoff = "AgentLogoff" -> Response {
        (
            set agent "Agent" text(impl Into<String>),
        )
        [
            set soft "Soft" true_false(bool),
        ]
        {}
    }
    #[doc = "`Agents` of app_agent_pool, since Asterisk 1.2.0."]
    Agents = "Agents" -> List<event::Agents> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`AGI` of res_agi, since Asterisk 1.6.0."]
    AGI = "AGI" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
            set command "Command" text(impl Into<String>),
        )
        [
            set command_id "CommandID" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`AOCMessage` of the core, since Asterisk 1.8.0."]
    AOCMessage = "AOCMessage" -> Response {
        (
            set msg_type "MsgType" word(impl Into<values::AocMessageType>),
        )
        [
            set channel "Channel" text(impl Into<String>),
            set channel_prefix "ChannelPrefix" text(impl Into<String>),
            set charge_type "ChargeType" word(impl Into<values::AocChargeCode>),
            set unit_amount_0_ "UnitAmount(0)" text(impl Into<String>),
            set unit_type_0_ "UnitType(0)" text(impl Into<String>),
            set currency_name "CurrencyName" text(impl Into<String>),
            set currency_amount "CurrencyAmount" text(impl Into<String>),
            set currency_multiplier "CurrencyMultiplier" word(impl Into<values::AocCurrencyMultiplier>),
            set total_type "TotalType" word(impl Into<values::AocTotalType>),
            set aoc_billing_id "AOCBillingId" word(impl Into<values::AocBillingCode>),
            set charging_association_id "ChargingAssociationId" text(impl Into<String>),
            set charging_association_number "ChargingAssociationNumber" text(impl Into<String>),
            set charging_association_plan "ChargingAssociationPlan" text(impl Into<String>),
            set charged_item "ChargedItem" word(impl Into<values::AocChargedItem>),
            set rate_type "RateType" word(impl Into<values::AocRateCode>),
            set time "Time" text(impl Into<String>),
            set time_scale "TimeScale" word(impl Into<values::AocTimeScale>),
            set granularity "Granularity" text(impl Into<String>),
            set granularity_time_scale "GranularityTimeScale" word(impl Into<values::AocTimeScale>),
            set charging_type "ChargingType" word(impl Into<values::AocChargingType>),
            set volume_unit "VolumeUnit" word(impl Into<values::AocUnit>),
            set code "Code" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Atxfer` of the core, since Asterisk 1.6.1.0."]
    Atxfer = "Atxfer" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
            set exten "Exten" text(impl Into<String>),
        )
        [
            set context "Context" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`BlindTransfer` of the core, since Asterisk 12.0.0."]
    BlindTransfer = "BlindTransfer" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
            set context "Context" text(impl Into<String>),
            set exten "Exten" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Bridge` of the core, since Asterisk 1.6.0."]
    Bridge = "Bridge" -> Response {
        (
            set channel1 "Channel1" text(impl Into<String>),
            set channel2 "Channel2" text(impl Into<String>),
        )
        [
            set tone "Tone" word(impl Into<values::BridgeTone>),
        ]
        {}
    }
    #[doc = "`BridgeDestroy` of the core, since Asterisk 12.0.0."]
    BridgeDestroy = "BridgeDestroy" -> Response {
        (
            set bridge_uniqueid "BridgeUniqueid" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`BridgeInfo` of the core, since Asterisk 12.0.0."]
    BridgeInfo = "BridgeInfo" -> List<event::BridgeInfoChannel> {
        (
            set bridge_uniqueid "BridgeUniqueid" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`BridgeKick` of the core, since Asterisk 12.0.0."]
    BridgeKick = "BridgeKick" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
            set bridge_uniqueid "BridgeUniqueid" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`BridgeList` of the core, since Asterisk 12.0.0."]
    BridgeList = "BridgeList" -> List<event::BridgeListItem> {
        (
        )
        [
            set bridge_type "BridgeType" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`BridgeTechnologyList` of the core, since Asterisk 12.0.0."]
    BridgeTechnologyList = "BridgeTechnologyList" -> List<event::BridgeTechnologyListItem> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`BridgeTechnologySuspend` of the core, since Asterisk 12.0.0."]
    BridgeTechnologySuspend = "BridgeTechnologySuspend" -> Response {
        (
            set bridge_technology "BridgeTechnology" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`BridgeTechnologyUnsuspend` of the core, since Asterisk 12.0.0."]
    BridgeTechnologyUnsuspend = "BridgeTechnologyUnsuspend" -> Response {
        (
            set bridge_technology "BridgeTechnology" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`CancelAtxfer` of the core, since Asterisk 15.1.0, 14.7.0, 13.18.0."]
    CancelAtxfer = "CancelAtxfer" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`Challenge` of the core, since Asterisk 0.4.0."]
    Challenge = "Challenge" -> Response {
        (
            set auth_type "AuthType" word(impl Into<values::AuthType>),
        )
        [
        ]
        {}
    }
    #[doc = "`Command` of the core, since Asterisk 0.3.0."]
    Command = "Command" -> CommandOutput {
        (
            set command "Command" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ConfbridgeKick` of app_confbridge, since Asterisk 10.0.0."]
    ConfbridgeKick = "ConfbridgeKick" -> Response {
        (
            set conference "Conference" text(impl Into<String>),
            set channel "Channel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ConfbridgeList` of app_confbridge, since Asterisk 10.0.0."]
    ConfbridgeList = "ConfbridgeList" -> List<event::ConfbridgeList> {
        (
            set conference "Conference" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ConfbridgeListRooms` of app_confbridge, since Asterisk 10.0.0."]
    ConfbridgeListRooms = "ConfbridgeListRooms" -> List<event::ConfbridgeListRooms> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`ConfbridgeLock` of app_confbridge, since Asterisk 10.0.0."]
    ConfbridgeLock = "ConfbridgeLock" -> Response {
        (
            set conference "Conference" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ConfbridgeMute` of app_confbridge, since Asterisk 10.0.0."]
    ConfbridgeMute = "ConfbridgeMute" -> Response {
        (
            set conference "Conference" text(impl Into<String>),
            set channel "Channel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ConfbridgeSetSingleVideoSrc` of app_confbridge, since Asterisk 10.0.0."]
    ConfbridgeSetSingleVideoSrc = "ConfbridgeSetSingleVideoSrc" -> Response {
        (
            set conference "Conference" text(impl Into<String>),
            set channel "Channel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ConfbridgeStartRecord` of app_confbridge, since Asterisk 10.0.0."]
    ConfbridgeStartRecord = "ConfbridgeStartRecord" -> Response {
        (
            set conference "Conference" text(impl Into<String>),
        )
        [
            set record_file "RecordFile" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`ConfbridgeStopRecord` of app_confbridge, since Asterisk 10.0.0."]
    ConfbridgeStopRecord = "ConfbridgeStopRecord" -> Response {
        (
            set conference "Conference" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ConfbridgeUnlock` of app_confbridge, since Asterisk 10.0.0."]
    ConfbridgeUnlock = "ConfbridgeUnlock" -> Response {
        (
            set conference "Conference" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ConfbridgeUnmute` of app_confbridge, since Asterisk 10.0.0."]
    ConfbridgeUnmute = "ConfbridgeUnmute" -> Response {
        (
            set conference "Conference" text(impl Into<String>),
            set channel "Channel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ControlPlayback` of app_controlplayback, since Asterisk 12.0.0."]
    ControlPlayback = "ControlPlayback" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
            set control "Control" word(impl Into<values::PlaybackControl>),
        )
        [
        ]
        {}
    }
    #[doc = "`CoreSettings` of the core, since Asterisk 1.6.0."]
    CoreSettings = "CoreSettings" -> Response {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`CoreShowChannelMap` of the core, since Asterisk 20.4.0, 18.19.0."]
    CoreShowChannelMap = "CoreShowChannelMap" -> List<event::CoreShowChannelMap> {
        (
        )
        [
            set channel "Channel" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`CoreShowChannels` of the core, since Asterisk 1.6.0."]
    CoreShowChannels = "CoreShowChannels" -> List<event::CoreShowChannel> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`CoreStatus` of the core, since Asterisk 1.6.0."]
    CoreStatus = "CoreStatus" -> Response {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`CreateConfig` of the core, since Asterisk 1.6.0."]
    CreateConfig = "CreateConfig" -> Response {
        (
            set filename "Filename" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`DAHDIDialOffhook` of chan_dahdi, since Asterisk 1.4.22."]
    DAHDIDialOffhook = "DAHDIDialOffhook" -> Response {
        (
            set dahdi_channel "DAHDIChannel" text(impl Into<String>),
            set number "Number" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`DAHDIDNDoff` of chan_dahdi, since Asterisk 1.4.22."]
    DAHDIDNDoff = "DAHDIDNDoff" -> Response {
        (
            set dahdi_channel "DAHDIChannel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`DAHDIDNDon` of chan_dahdi, since Asterisk 1.4.22."]
    DAHDIDNDon = "DAHDIDNDon" -> Response {
        (
            set dahdi_channel "DAHDIChannel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`DAHDIHangup` of chan_dahdi, since Asterisk 1.4.22."]
    DAHDIHangup = "DAHDIHangup" -> Response {
        (
            set dahdi_channel "DAHDIChannel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`DAHDIRestart` of chan_dahdi, since Asterisk 1.4.22."]
    DAHDIRestart = "DAHDIRestart" -> Response {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`DAHDIShowChannels` of chan_dahdi, since Asterisk 1.4.22."]
    DAHDIShowChannels = "DAHDIShowChannels" -> List<event::legacy::DAHDIShowChannels> {
        (
        )
        [
            set dahdi_channel "DAHDIChannel" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`DAHDIShowStatus` of chan_dahdi, since Asterisk 21.3.0, 20.8.0, 18.23.0."]
    DAHDIShowStatus = "DAHDIShowStatus" -> List<event::Event> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`DAHDITransfer` of chan_dahdi, since Asterisk 1.4.22."]
    DAHDITransfer = "DAHDITransfer" -> Response {
        (
            set dahdi_channel "DAHDIChannel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`DBDel` of the core, since Asterisk 1.6.0."]
    DBDel = "DBDel" -> Response {
        (
            set family "Family" text(impl Into<String>),
            set key "Key" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`DBDelTree` of the core, since Asterisk 1.6.0."]
    DBDelTree = "DBDelTree" -> Response {
        (
            set family "Family" text(impl Into<String>),
        )
        [
            set key "Key" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`DBGet` of the core, since Asterisk 1.2.0."]
    DBGet = "DBGet" -> List<event::DBGetResponse> {
        (
            set family "Family" text(impl Into<String>),
            set key "Key" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`DBGetTree` of the core, since Asterisk 19.6.0, 18.14.0, 16.28.0."]
    DBGetTree = "DBGetTree" -> List<event::DBGetTreeResponse> {
        (
        )
        [
            set family "Family" text(impl Into<String>),
            set key "Key" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`DBPut` of the core, since Asterisk 1.2.0."]
    DBPut = "DBPut" -> Response {
        (
            set family "Family" text(impl Into<String>),
            set key "Key" text(impl Into<String>),
        )
        [
            set val "Val" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`DeviceStateList` of res_manager_devicestate, since Asterisk 13.0.0."]
    DeviceStateList = "DeviceStateList" -> List<event::DeviceStateChange> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`DialplanExtensionAdd` of pbx_config, since Asterisk 13.0.0."]
    DialplanExtensionAdd = "DialplanExtensionAdd" -> Response {
        (
            set context "Context" text(impl Into<String>),
            set extension "Extension" text(impl Into<String>),
            set priority "Priority" text(impl Into<String>),
            set application "Application" text(impl Into<String>),
        )
        [
            set application_data "ApplicationData" text(impl Into<String>),
            set replace "Replace" true_false(bool),
        ]
        {}
    }
    #[doc = "`DialplanExtensionRemove` of pbx_config, since Asterisk 13.0.0."]
    DialplanExtensionRemove = "DialplanExtensionRemove" -> Response {
        (
            set context "Context" text(impl Into<String>),
            set extension "Extension" text(impl Into<String>),
        )
        [
            set priority "Priority" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Events` of the core, since Asterisk 0.9.0."]
    Events = "Events" -> Response {
        (
            set event_mask "EventMask" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ExtensionState` of the core, since Asterisk 0.4.0."]
    ExtensionState = "ExtensionState" -> Response {
        (
            set exten "Exten" text(impl Into<String>),
            set context "Context" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ExtensionStateList` of the core, since Asterisk 13.0.0."]
    ExtensionStateList = "ExtensionStateList" -> List<event::ExtensionStatus> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`FAXSession` of res_fax, since Asterisk 13.0.0."]
    FAXSession = "FAXSession" -> Response {
        (
            set session_number "SessionNumber" number(u32),
        )
        [
        ]
        {}
    }
    #[doc = "`FAXSessions` of res_fax, since Asterisk 13.0.0."]
    FAXSessions = "FAXSessions" -> List<event::FAXSessionsEntry> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`FAXStats` of res_fax, since Asterisk 13.0.0."]
    FAXStats = "FAXStats" -> Response {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`Filter` of the core, since Asterisk 10.0.0."]
    Filter = "Filter" -> Response {
        (
        )
        [
            set operation "Operation" word(impl Into<values::FilterOperation>),
            set match_criteria "MatchCriteria" text(impl Into<String>),
            set filter "Filter" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`GetConfig` of the core, since Asterisk 1.4.0."]
    GetConfig = "GetConfig" -> Response {
        (
            set filename "Filename" text(impl Into<String>),
        )
        [
            set category "Category" text(impl Into<String>),
            set filter "Filter" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`GetConfigJSON` of the core, since Asterisk 1.6.0."]
    GetConfigJSON = "GetConfigJSON" -> Response {
        (
            set filename "Filename" text(impl Into<String>),
        )
        [
            set category "Category" text(impl Into<String>),
            set filter "Filter" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Getvar` of the core, since Asterisk 1.0.0."]
    Getvar = "Getvar" -> Response {
        (
            set variable "Variable" text(impl Into<String>),
        )
        [
            set channel "Channel" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Hangup` of the core, since Asterisk 0.2.0."]
    Hangup = "Hangup" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
            set cause "Cause" number(u32),
        ]
        {}
    }
    #[doc = "`IAXnetstats` of chan_iax2, since Asterisk 1.2.0."]
    IAXnetstats = "IAXnetstats" -> Response {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`IAXpeerlist` of chan_iax2, since Asterisk 1.6.0."]
    IAXpeerlist = "IAXpeerlist" -> List<event::legacy::PeerEntry> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`IAXpeers` of chan_iax2, since Asterisk 0.3.0."]
    IAXpeers = "IAXpeers" -> List<event::legacy::PeerEntry> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`IAXregistry` of chan_iax2, since Asterisk 1.6.2.0."]
    IAXregistry = "IAXregistry" -> List<event::legacy::RegistryEntry> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`JabberSend` of res_xmpp, since Asterisk 1.4.0."]
    JabberSend = "JabberSend" -> Response {
        (
            set jabber "Jabber" text(impl Into<String>),
            set jid "JID" text(impl Into<String>),
            set message "Message" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ListCategories` of the core, since Asterisk 1.6.0."]
    ListCategories = "ListCategories" -> Response {
        (
            set filename "Filename" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ListCommands` of the core, since Asterisk 1.0.0."]
    ListCommands = "ListCommands" -> Response {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`LocalOptimizeAway` of the core, since Asterisk 1.8.0."]
    LocalOptimizeAway = "LocalOptimizeAway" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`LoggerRotate` of the core, since Asterisk 13.0.0."]
    LoggerRotate = "LoggerRotate" -> Response {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`Login` of the core, since Asterisk 0.2.0."]
    Login = "Login" -> Response {
        (
            set username "Username" text(impl Into<String>),
        )
        [
            set auth_type "AuthType" word(impl Into<values::AuthType>),
            set secret "Secret" text(impl Into<String>),
            set key "Key" text(impl Into<String>),
            set events "Events" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Logoff` of the core, since Asterisk 0.2.0."]
    Logoff = "Logoff" -> Response {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`MailboxCount` of the core, since Asterisk 0.5.0."]
    MailboxCount = "MailboxCount" -> Response {
        (
            set mailbox "Mailbox" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`MailboxStatus` of the core, since Asterisk 0.4.0."]
    MailboxStatus = "MailboxStatus" -> Response {
        (
            set mailbox "Mailbox" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`MeetmeList` of app_meetme, since Asterisk 1.6.0."]
    MeetmeList = "MeetmeList" -> List<event::MeetmeList> {
        (
        )
        [
            set conference "Conference" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`MeetmeListRooms` of app_meetme, since Asterisk 10.0.0."]
    MeetmeListRooms = "MeetmeListRooms" -> List<event::MeetmeListRooms> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`MeetmeMute` of app_meetme, since Asterisk 1.4.0."]
    MeetmeMute = "MeetmeMute" -> Response {
        (
            set meetme "Meetme" text(impl Into<String>),
            set usernum "Usernum" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`MeetmeUnmute` of app_meetme, since Asterisk 1.4.0."]
    MeetmeUnmute = "MeetmeUnmute" -> Response {
        (
            set meetme "Meetme" text(impl Into<String>),
            set usernum "Usernum" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`MessageSend` of the core, since Asterisk 11.0.0."]
    MessageSend = "MessageSend" -> Response {
        (
        )
        [
            set destination "Destination" text(impl Into<String>),
            set to "To" text(impl Into<String>),
            set from "From" text(impl Into<String>),
            set body "Body" text(impl Into<String>),
            set base64_body "Base64Body" text(impl Into<String>),
            add variable "Variable" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`MixMonitor` of app_mixmonitor, since Asterisk 11.0.0."]
    MixMonitor = "MixMonitor" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
            set file "File" text(impl Into<String>),
            set options "Options" text(impl Into<String>),
            set command "Command" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`MixMonitorMute` of app_mixmonitor, since Asterisk 1.8.0."]
    MixMonitorMute = "MixMonitorMute" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
            set direction "Direction" text(impl Into<String>),
            set state "State" one_zero(bool),
        ]
        {}
    }
    #[doc = "`ModuleCheck` of the core, since Asterisk 1.6.0."]
    ModuleCheck = "ModuleCheck" -> Response {
        (
            set module "Module" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`ModuleLoad` of the core, since Asterisk 1.6.0."]
    ModuleLoad = "ModuleLoad" -> Response {
        (
            set load_type "LoadType" word(impl Into<values::LoadType>),
        )
        [
            set module "Module" text(impl Into<String>),
            set recursive "Recursive" true_false(bool),
        ]
        {}
    }
    #[doc = "`MuteAudio` of res_mutestream, since Asterisk 1.8.0."]
    MuteAudio = "MuteAudio" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
            set direction "Direction" word(impl Into<values::AudioDirection>),
            set state "State" on_off(bool),
        )
        [
        ]
        {}
    }
    #[doc = "`MWIDelete` of res_mwi_external_ami, since Asterisk 12.1.0."]
    MWIDelete = "MWIDelete" -> Response {
        (
            set mailbox "Mailbox" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`MWIGet` of res_mwi_external_ami, since Asterisk 12.1.0."]
    MWIGet = "MWIGet" -> List<event::MWIGet> {
        (
            set mailbox "Mailbox" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`MWIUpdate` of res_mwi_external_ami, since Asterisk 12.1.0."]
    MWIUpdate = "MWIUpdate" -> Response {
        (
            set mailbox "Mailbox" text(impl Into<String>),
        )
        [
            set old_messages "OldMessages" number(u32),
            set new_messages "NewMessages" number(u32),
        ]
        {}
    }
    #[doc = "`Originate` of the core, since Asterisk 0.2.0."]
    Originate = "Originate" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
            set exten "Exten" text(impl Into<String>),
            set context "Context" text(impl Into<String>),
            set priority "Priority" text(impl Into<String>),
            set application "Application" text(impl Into<String>),
            set data "Data" text(impl Into<String>),
            set timeout "Timeout" millis(Duration),
            set caller_id "CallerID" text(impl Into<String>),
            add variable "Variable" text(impl Into<String>),
            set account "Account" text(impl Into<String>),
            set early_media "EarlyMedia" true_false(bool),
            set asynchronous "Async" true_false(bool),
            set codecs "Codecs" text(impl Into<String>),
            set channel_id "ChannelId" text(impl Into<String>),
            set other_channel_id "OtherChannelId" text(impl Into<String>),
            set pre_dial_go_sub "PreDialGoSub" text(impl Into<String>),
        ]
        {"Async" = "true", }
    }
    #[doc = "`Park` of parking_manager, since Asterisk 1.4.0."]
    Park = "Park" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
            set timeout_channel "TimeoutChannel" text(impl Into<String>),
            set announce_channel "AnnounceChannel" text(impl Into<String>),
            set timeout "Timeout" millis(Duration),
            set parkinglot "Parkinglot" text(impl Into<String>),
            set parking_space "ParkingSpace" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`ParkedCalls` of parking_manager, since Asterisk 0.7.2."]
    ParkedCalls = "ParkedCalls" -> List<event::ParkedCall> {
        (
        )
        [
            set parking_lot "ParkingLot" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Parkinglots` of parking_manager, since Asterisk 11.0.0."]
    Parkinglots = "Parkinglots" -> List<event::Parkinglot> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`Ping` of the core, since Asterisk 0.2.0."]
    Ping = "Ping" -> Response {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPHangup` of chan_pjsip, since Asterisk 21.1.0, 20.6.0, 18.21.0."]
    PJSIPHangup = "PJSIPHangup" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPNotify` of res_pjsip_notify, since Asterisk 12.0.0."]
    PJSIPNotify = "PJSIPNotify" -> Response {
        (
        )
        [
            set endpoint "Endpoint" text(impl Into<String>),
            set uri "URI" text(impl Into<String>),
            set channel "channel" text(impl Into<String>),
            set option "Option" text(impl Into<String>),
            add variable "Variable" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`PJSIPQualify` of res_pjsip, since Asterisk 12.0.0."]
    PJSIPQualify = "PJSIPQualify" -> Response {
        (
            set endpoint "Endpoint" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPRegister` of res_pjsip_outbound_registration, since Asterisk 13.2.0."]
    PJSIPRegister = "PJSIPRegister" -> Response {
        (
            set registration "Registration" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPSetMaintenance` of res_pjsip_maintenance, since Asterisk 20.20.0, 22.10.0, 23.4.0."]
    PJSIPSetMaintenance = "PJSIPSetMaintenance" -> Response {
        (
            set endpoint "Endpoint" text(impl Into<String>),
            set state "State" on_off(bool),
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPShowAors` of res_pjsip, since Asterisk 16.0.0."]
    PJSIPShowAors = "PJSIPShowAors" -> List<event::AorList> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPShowAuths` of res_pjsip, since Asterisk 16.0.0."]
    PJSIPShowAuths = "PJSIPShowAuths" -> List<event::AuthList> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPShowContacts` of res_pjsip, since Asterisk 16.0.0."]
    PJSIPShowContacts = "PJSIPShowContacts" -> List<event::ContactList> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPShowEndpoint` of res_pjsip, since Asterisk 12.0.0."]
    PJSIPShowEndpoint = "PJSIPShowEndpoint" -> List<event::Event> {
        (
            set endpoint "Endpoint" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPShowEndpoints` of res_pjsip, since Asterisk 12.0.0."]
    PJSIPShowEndpoints = "PJSIPShowEndpoints" -> List<event::EndpointList> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPShowMaintenance` of res_pjsip_maintenance, since Asterisk 20.20.0, 22.10.0, 23.4.0."]
    PJSIPShowMaintenance = "PJSIPShowMaintenance" -> List<event::PJSIPMaintenanceStatus> {
        (
        )
        [
            set endpoint "Endpoint" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`PJSIPShowRegistrationInboundContactStatuses` of res_pjsip_registrar, since Asterisk 14.3.0, 13.14.0."]
    PJSIPShowRegistrationInboundContactStatuses = "PJSIPShowRegistrationInboundContactStatuses" -> List<event::ContactStatusDetail> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPShowRegistrationsInbound` of res_pjsip_registrar, since Asterisk 12.0.0."]
    PJSIPShowRegistrationsInbound = "PJSIPShowRegistrationsInbound" -> List<event::InboundRegistrationDetail> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPShowRegistrationsOutbound` of res_pjsip_outbound_registration, since Asterisk 12.0.0."]
    PJSIPShowRegistrationsOutbound = "PJSIPShowRegistrationsOutbound" -> List<event::Event> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPShowResourceLists` of res_pjsip_pubsub, since Asterisk 13.0.0."]
    PJSIPShowResourceLists = "PJSIPShowResourceLists" -> List<event::ResourceListDetail> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPShowSubscriptionsInbound` of res_pjsip_pubsub, since Asterisk 12.0.0."]
    PJSIPShowSubscriptionsInbound = "PJSIPShowSubscriptionsInbound" -> List<event::InboundSubscriptionDetail> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPShowSubscriptionsOutbound` of res_pjsip_pubsub, since Asterisk 12.0.0."]
    PJSIPShowSubscriptionsOutbound = "PJSIPShowSubscriptionsOutbound" -> List<event::OutboundSubscriptionDetail> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PJSIPUnregister` of res_pjsip_outbound_registration, since Asterisk 12.0.0."]
    PJSIPUnregister = "PJSIPUnregister" -> Response {
        (
            set registration "Registration" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`PlayDTMF` of app_senddtmf, since Asterisk 1.4.0."]
    PlayDTMF = "PlayDTMF" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
            set digit "Digit" text(impl Into<String>),
        )
        [
            set duration "Duration" millis(Duration),
            set receive "Receive" true_false(bool),
        ]
        {}
    }
    #[doc = "`PlayMF` of app_mf, since Asterisk 16.21.0, 18.7.0, 19.0.0."]
    PlayMF = "PlayMF" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
            set digit "Digit" text(impl Into<String>),
        )
        [
            set duration "Duration" millis(Duration),
        ]
        {}
    }
    #[doc = "`PresenceState` of the core, since Asterisk 11.0.0."]
    PresenceState = "PresenceState" -> Response {
        (
            set provider "Provider" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`PresenceStateList` of res_manager_presencestate, since Asterisk 13.0.0."]
    PresenceStateList = "PresenceStateList" -> List<event::PresenceStateChange> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PRIDebugFileSet` of chan_dahdi, since Asterisk 13.0.0."]
    PRIDebugFileSet = "PRIDebugFileSet" -> Response {
        (
            set file "File" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`PRIDebugFileUnset` of chan_dahdi, since Asterisk 13.0.0."]
    PRIDebugFileUnset = "PRIDebugFileUnset" -> Response {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`PRIDebugSet` of chan_dahdi, since Asterisk 13.0.0."]
    PRIDebugSet = "PRIDebugSet" -> Response {
        (
            set span "Span" number(u32),
            set level "Level" word(impl Into<values::PriDebugLevel>),
        )
        [
        ]
        {}
    }
    #[doc = "`PRIShowSpans` of chan_dahdi, since Asterisk 10.0.0."]
    PRIShowSpans = "PRIShowSpans" -> List<event::legacy::PRIShowSpans> {
        (
        )
        [
            set span "Span" number(u32),
        ]
        {}
    }
    #[doc = "`QueueAdd` of app_queue, since Asterisk 1.0.0."]
    QueueAdd = "QueueAdd" -> Response {
        (
            set queue "Queue" text(impl Into<String>),
            set interface "Interface" text(impl Into<String>),
        )
        [
            set penalty "Penalty" number(i32),
            set paused "Paused" true_false(bool),
            set reason "Reason" text(impl Into<String>),
            set member_name "MemberName" text(impl Into<String>),
            set state_interface "StateInterface" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`QueueChangePriorityCaller` of app_queue, since Asterisk 15.0.0."]
    QueueChangePriorityCaller = "QueueChangePriorityCaller" -> Response {
        (
            set queue "Queue" text(impl Into<String>),
            set caller "Caller" text(impl Into<String>),
            set priority "Priority" number(i32),
        )
        [
            set immediate "Immediate" true_false(bool),
        ]
        {}
    }
    #[doc = "`QueueLog` of app_queue, since Asterisk 1.6.0."]
    QueueLog = "QueueLog" -> Response {
        (
            set queue "Queue" text(impl Into<String>),
            set event_name "Event" text(impl Into<String>),
        )
        [
            set uniqueid "Uniqueid" text(impl Into<String>),
            set interface "Interface" text(impl Into<String>),
            set message "Message" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`QueueMemberRingInUse` of app_queue, since Asterisk 11.0.0."]
    QueueMemberRingInUse = "QueueMemberRingInUse" -> Response {
        (
            set interface "Interface" text(impl Into<String>),
            set ring_in_use "RingInUse" true_false(bool),
        )
        [
            set queue "Queue" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`QueuePause` of app_queue, since Asterisk 1.2.0."]
    QueuePause = "QueuePause" -> Response {
        (
            set interface "Interface" text(impl Into<String>),
            set paused "Paused" true_false(bool),
        )
        [
            set queue "Queue" text(impl Into<String>),
            set reason "Reason" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`QueuePenalty` of app_queue, since Asterisk 1.6.0."]
    QueuePenalty = "QueuePenalty" -> Response {
        (
            set interface "Interface" text(impl Into<String>),
            set penalty "Penalty" number(i32),
        )
        [
            set queue "Queue" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`QueueReload` of app_queue, since Asterisk 1.6.2.0."]
    QueueReload = "QueueReload" -> Response {
        (
        )
        [
            set queue "Queue" text(impl Into<String>),
            set members "Members" yes_no(bool),
            set rules "Rules" yes_no(bool),
            set parameters "Parameters" yes_no(bool),
        ]
        {}
    }
    #[doc = "`QueueRemove` of app_queue, since Asterisk 1.0.0."]
    QueueRemove = "QueueRemove" -> Response {
        (
            set queue "Queue" text(impl Into<String>),
            set interface "Interface" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`QueueReset` of app_queue, since Asterisk 1.6.2.0."]
    QueueReset = "QueueReset" -> Response {
        (
        )
        [
            set queue "Queue" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`QueueRule` of app_queue, since Asterisk 1.6.0."]
    QueueRule = "QueueRule" -> Response {
        (
        )
        [
            set rule "Rule" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`QueueStatus` of app_queue, since Asterisk 0.5.0."]
    QueueStatus = "QueueStatus" -> List<event::Event> {
        (
        )
        [
            set queue "Queue" text(impl Into<String>),
            set member "Member" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`QueueSummary` of app_queue, since Asterisk 1.6.0."]
    QueueSummary = "QueueSummary" -> List<event::QueueSummary> {
        (
        )
        [
            set queue "Queue" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`QueueWithdrawCaller` of app_queue, since Asterisk 19.3.0, 18.11.0, 16.25.0."]
    QueueWithdrawCaller = "QueueWithdrawCaller" -> Response {
        (
            set queue "Queue" text(impl Into<String>),
            set caller "Caller" text(impl Into<String>),
        )
        [
            set withdraw_info "WithdrawInfo" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Redirect` of the core, since Asterisk 0.2.0."]
    Redirect = "Redirect" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
            set exten "Exten" text(impl Into<String>),
            set context "Context" text(impl Into<String>),
            set priority "Priority" text(impl Into<String>),
        )
        [
            set extra_channel "ExtraChannel" text(impl Into<String>),
            set extra_exten "ExtraExten" text(impl Into<String>),
            set extra_context "ExtraContext" text(impl Into<String>),
            set extra_priority "ExtraPriority" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Reload` of the core, since Asterisk 1.6.0."]
    Reload = "Reload" -> Response {
        (
        )
        [
            set module "Module" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`SendFlash` of app_senddtmf, since Asterisk 20.3.0, 18.18.0."]
    SendFlash = "SendFlash" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
            set receive "Receive" true_false(bool),
        ]
        {}
    }
    #[doc = "`SendText` of the core, since Asterisk 1.6.0."]
    SendText = "SendText" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
            set message "Message" text(impl Into<String>),
        )
        [
            set content_type "Content-Type" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Setvar` of the core, since Asterisk 1.0.0."]
    Setvar = "Setvar" -> Response {
        (
            set variable "Variable" text(impl Into<String>),
            set value "Value" text(impl Into<String>),
        )
        [
            set channel "Channel" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`ShowDialPlan` of the core, since Asterisk 1.6.0."]
    ShowDialPlan = "ShowDialPlan" -> List<event::ListDialplan> {
        (
        )
        [
            set extension "Extension" text(impl Into<String>),
            set context "Context" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`SorceryMemoryCacheExpire` of res_sorcery_memory_cache, since Asterisk 13.5.0."]
    SorceryMemoryCacheExpire = "SorceryMemoryCacheExpire" -> Response {
        (
            set cache "Cache" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`SorceryMemoryCacheExpireObject` of res_sorcery_memory_cache, since Asterisk 13.5.0."]
    SorceryMemoryCacheExpireObject = "SorceryMemoryCacheExpireObject" -> Response {
        (
            set cache "Cache" text(impl Into<String>),
            set object "Object" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`SorceryMemoryCachePopulate` of res_sorcery_memory_cache, since Asterisk 13.7.0."]
    SorceryMemoryCachePopulate = "SorceryMemoryCachePopulate" -> Response {
        (
            set cache "Cache" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`SorceryMemoryCacheStale` of res_sorcery_memory_cache, since Asterisk 13.5.0."]
    SorceryMemoryCacheStale = "SorceryMemoryCacheStale" -> Response {
        (
            set cache "Cache" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`SorceryMemoryCacheStaleObject` of res_sorcery_memory_cache, since Asterisk 13.5.0."]
    SorceryMemoryCacheStaleObject = "SorceryMemoryCacheStaleObject" -> Response {
        (
            set cache "Cache" text(impl Into<String>),
            set object "Object" text(impl Into<String>),
        )
        [
            set reload "Reload" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Status` of the core, since Asterisk 0.2.0."]
    Status = "Status" -> List<event::Status> {
        (
        )
        [
            set channel "Channel" text(impl Into<String>),
            set variables "Variables" text(impl Into<String>),
            set all_variables "AllVariables" true_false(bool),
        ]
        {}
    }
    #[doc = "`StopMixMonitor` of app_mixmonitor, since Asterisk 11.0.0."]
    StopMixMonitor = "StopMixMonitor" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
            set mix_monitor_id "MixMonitorID" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`UpdateConfig` of the core, since Asterisk 1.4.0."]
    UpdateConfig = "UpdateConfig" -> Response {
        (
            set src_filename "SrcFilename" text(impl Into<String>),
            set dst_filename "DstFilename" text(impl Into<String>),
        )
        [
            set reload "Reload" text(impl Into<String>),
            set preserve_effective_context "PreserveEffectiveContext" true_false(bool),
        ]
        {}
    }
    #[doc = "`UserEvent` of the core, since Asterisk 1.4.0."]
    UserEvent = "UserEvent" -> Response {
        (
            set user_event "UserEvent" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`VoicemailBoxSummary` of app_voicemail_odbc, since Asterisk 20.5.0, 18.20.0."]
    VoicemailBoxSummary = "VoicemailBoxSummary" -> Response {
        (
            set context "Context" text(impl Into<String>),
            set mailbox "Mailbox" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`VoicemailForward` of app_voicemail_odbc, since Asterisk 20.5.0, 18.20.0."]
    VoicemailForward = "VoicemailForward" -> Response {
        (
            set context "Context" text(impl Into<String>),
            set mailbox "Mailbox" text(impl Into<String>),
            set folder "Folder" text(impl Into<String>),
            set id "ID" text(impl Into<String>),
            set to_context "ToContext" text(impl Into<String>),
            set to_mailbox "ToMailbox" text(impl Into<String>),
            set to_folder "ToFolder" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`VoicemailMove` of app_voicemail_odbc, since Asterisk 20.5.0, 18.20.0."]
    VoicemailMove = "VoicemailMove" -> Response {
        (
            set context "Context" text(impl Into<String>),
            set mailbox "Mailbox" text(impl Into<String>),
            set folder "Folder" text(impl Into<String>),
            set id "ID" text(impl Into<String>),
            set to_folder "ToFolder" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`VoicemailRefresh` of app_voicemail_odbc, since Asterisk 12.0.0."]
    VoicemailRefresh = "VoicemailRefresh" -> Response {
        (
        )
        [
            set context "Context" text(impl Into<String>),
            set mailbox "Mailbox" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`VoicemailRemove` of app_voicemail_odbc, since Asterisk 20.5.0, 18.20.0."]
    VoicemailRemove = "VoicemailRemove" -> Response {
        (
            set context "Context" text(impl Into<String>),
            set mailbox "Mailbox" text(impl Into<String>),
            set folder "Folder" text(impl Into<String>),
            set id "ID" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`VoicemailUsersList` of app_voicemail_odbc, since Asterisk 1.6.0."]
    VoicemailUsersList = "VoicemailUsersList" -> List<event::VoicemailUserEntry> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`VoicemailUserStatus` of app_voicemail_odbc, since Asterisk 16.0.0."]
    VoicemailUserStatus = "VoicemailUserStatus" -> Response {
        (
            set context "Context" text(impl Into<String>),
            set mailbox "Mailbox" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`WaitEvent` of the core, since Asterisk 1.4.0."]
    WaitEvent = "WaitEvent" -> Response {
        (
            set timeout "Timeout" secs(Duration),
        )
        [
        ]
        {}
    }
}
