//! The events of Asterisk 1.8 to 11 that are no longer sent, or have other headers now.
//!
//! Written by `cargo xtask generate` from the catalogues in `xtask/catalogues`: do not edit.
//! It is a table, and as long as the protocol is.

use super::events;
use crate::values;
use std::borrow::Cow;
use std::time::Duration;

events! {
    #[doc = "`AGIExec` as Asterisk 1.8 and 11 sends it."]
    AGIExec = "AGIExec" {
        sub_event "SubEvent" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        command_id "CommandId" text(Cow<'_, str>),
        command "Command" text(Cow<'_, str>),
        result_code "ResultCode" text(Cow<'_, str>),
        result "Result" text(Cow<'_, str>),
    } []
    #[doc = "`AgentCalled` as Asterisk 1.8 and 11 sends it."]
    AgentCalled = "AgentCalled" {
        queue "Queue" text(Cow<'_, str>),
        agent_called "AgentCalled" text(Cow<'_, str>),
        agent_name "AgentName" text(Cow<'_, str>),
        channel_calling "ChannelCalling" text(Cow<'_, str>),
        destination_channel "DestinationChannel" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        extension "Extension" text(Cow<'_, str>),
        priority "Priority" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
    } []
    #[doc = "`AgentComplete` as Asterisk 1.8 and 11 sends it."]
    AgentComplete = "AgentComplete" {
        queue "Queue" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        member "Member" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        hold_time "HoldTime" secs(Option<Duration>),
        talk_time "TalkTime" secs(Option<Duration>),
        reason "Reason" text(Cow<'_, str>),
    } []
    #[doc = "`AgentConnect` as Asterisk 1.8 and 11 sends it."]
    AgentConnect = "AgentConnect" {
        queue "Queue" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        member "Member" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        holdtime "Holdtime" secs(Option<Duration>),
        bridged_channel "BridgedChannel" text(Cow<'_, str>),
        ringtime "Ringtime" text(Cow<'_, str>),
    } []
    #[doc = "`AgentDump` as Asterisk 1.8 and 11 sends it."]
    AgentDump = "AgentDump" {
        queue "Queue" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        member "Member" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
    } []
    #[doc = "`AgentRingNoAnswer` as Asterisk 1.8 and 11 sends it."]
    AgentRingNoAnswer = "AgentRingNoAnswer" {
        queue "Queue" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        member "Member" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        ringtime "Ringtime" text(Cow<'_, str>),
    } []
    #[doc = "`Agents` as Asterisk 1.8 and 11 sends it."]
    Agents = "Agents" {
        agent "Agent" text(Cow<'_, str>),
        name "Name" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
        logged_in_chan "LoggedInChan" text(Cow<'_, str>),
        logged_in_time "LoggedInTime" text(Cow<'_, str>),
        talking_to "TalkingTo" text(Cow<'_, str>),
        talking_to_chan "TalkingToChan" text(Cow<'_, str>),
    } []
    #[doc = "`Alarm` as Asterisk 1.8 and 11 sends it."]
    Alarm = "Alarm" {
        alarm "Alarm" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
    } []
    #[doc = "`AlarmClear` as Asterisk 1.8 and 11 sends it."]
    AlarmClear = "AlarmClear" {
        channel "Channel" text(Cow<'_, str>),
    } []
    #[doc = "`AsyncAGI` as Asterisk 1.8 and 11 sends it."]
    AsyncAGI = "AsyncAGI" {
        sub_event "SubEvent" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        env "Env" text(Cow<'_, str>),
        result "Result" text(Cow<'_, str>),
        command_id "CommandID" text(Cow<'_, str>),
    } []
    #[doc = "`Bridge` as Asterisk 1.8 and 11 sends it."]
    Bridge = "Bridge" {
        bridgestate "Bridgestate" text(Cow<'_, str>),
        bridgetype "Bridgetype" text(Cow<'_, str>),
        channel1 "Channel1" text(Cow<'_, str>),
        channel2 "Channel2" text(Cow<'_, str>),
        uniqueid1 "Uniqueid1" text(Cow<'_, str>),
        uniqueid2 "Uniqueid2" text(Cow<'_, str>),
        caller_id1 "CallerID1" text(Cow<'_, str>),
        caller_id2 "CallerID2" text(Cow<'_, str>),
    } []
    #[doc = "`BridgeAction` as Asterisk 1.8 and 11 sends it."]
    BridgeAction = "BridgeAction" {
        response "Response" text(Cow<'_, str>),
        channel1 "Channel1" text(Cow<'_, str>),
        channel2 "Channel2" text(Cow<'_, str>),
    } []
    #[doc = "`BridgeExec` as Asterisk 1.8 and 11 sends it."]
    BridgeExec = "BridgeExec" {
        response "Response" text(Cow<'_, str>),
        reason "Reason" text(Cow<'_, str>),
        channel1 "Channel1" text(Cow<'_, str>),
        channel2 "Channel2" text(Cow<'_, str>),
    } []
    #[doc = "`CCAvailable` as Asterisk 1.8 and 11 sends it."]
    CCAvailable = "CCAvailable" {
        core_id "CoreID" text(Cow<'_, str>),
        callee "Callee" text(Cow<'_, str>),
        service "Service" text(Cow<'_, str>),
    } []
    #[doc = "`CCCallerRecalling` as Asterisk 1.8 and 11 sends it."]
    CCCallerRecalling = "CCCallerRecalling" {
        core_id "CoreID" text(Cow<'_, str>),
        caller "Caller" text(Cow<'_, str>),
    } []
    #[doc = "`CCCallerStartMonitoring` as Asterisk 1.8 and 11 sends it."]
    CCCallerStartMonitoring = "CCCallerStartMonitoring" {
        core_id "CoreID" text(Cow<'_, str>),
        caller "Caller" text(Cow<'_, str>),
    } []
    #[doc = "`CCCallerStopMonitoring` as Asterisk 1.8 and 11 sends it."]
    CCCallerStopMonitoring = "CCCallerStopMonitoring" {
        core_id "CoreID" text(Cow<'_, str>),
        caller "Caller" text(Cow<'_, str>),
    } []
    #[doc = "`CCFailure` as Asterisk 1.8 and 11 sends it."]
    CCFailure = "CCFailure" {
        core_id "CoreID" text(Cow<'_, str>),
        caller "Caller" text(Cow<'_, str>),
        reason "Reason" text(Cow<'_, str>),
    } []
    #[doc = "`CCMonitorFailed` as Asterisk 1.8 and 11 sends it."]
    CCMonitorFailed = "CCMonitorFailed" {
        core_id "CoreID" text(Cow<'_, str>),
        callee "Callee" text(Cow<'_, str>),
    } []
    #[doc = "`CCOfferTimerStart` as Asterisk 1.8 and 11 sends it."]
    CCOfferTimerStart = "CCOfferTimerStart" {
        core_id "CoreID" text(Cow<'_, str>),
        caller "Caller" text(Cow<'_, str>),
        expires "Expires" text(Cow<'_, str>),
    } []
    #[doc = "`CCRecallComplete` as Asterisk 1.8 and 11 sends it."]
    CCRecallComplete = "CCRecallComplete" {
        core_id "CoreID" text(Cow<'_, str>),
        caller "Caller" text(Cow<'_, str>),
    } []
    #[doc = "`CCRequestAcknowledged` as Asterisk 1.8 and 11 sends it."]
    CCRequestAcknowledged = "CCRequestAcknowledged" {
        core_id "CoreID" text(Cow<'_, str>),
        caller "Caller" text(Cow<'_, str>),
    } []
    #[doc = "`CCRequested` as Asterisk 1.8 and 11 sends it."]
    CCRequested = "CCRequested" {
        core_id "CoreID" text(Cow<'_, str>),
        caller "Caller" text(Cow<'_, str>),
        callee "Callee" text(Cow<'_, str>),
    } []
    #[doc = "`ChannelReload` as Asterisk 1.8 and 11 sends it."]
    ChannelReload = "ChannelReload" {
        channel_type "ChannelType" text(Cow<'_, str>),
        reload_reason "ReloadReason" text(Cow<'_, str>),
        registry_count "Registry_Count" text(Cow<'_, str>),
        peer_count "Peer_Count" text(Cow<'_, str>),
    } []
    #[doc = "`ChannelUpdate` as Asterisk 1.8 and 11 sends it."]
    ChannelUpdate = "ChannelUpdate" {
        channel "Channel" text(Cow<'_, str>),
        channeltype "Channeltype" text(Cow<'_, str>),
        iax2_callno_local "IAX2-callno-local" text(Cow<'_, str>),
        iax2_callno_remote "IAX2-callno-remote" text(Cow<'_, str>),
        iax2_peer "IAX2-peer" text(Cow<'_, str>),
        gtalk_sid "Gtalk-SID" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        si_pcallid "SIPcallid" text(Cow<'_, str>),
        si_pfullcontact "SIPfullcontact" text(Cow<'_, str>),
        peername "Peername" text(Cow<'_, str>),
        call_ref "CallRef" text(Cow<'_, str>),
    } []
    #[doc = "`ChannelsHungupListComplete` as Asterisk 11 sends it."]
    ChannelsHungupListComplete = "ChannelsHungupListComplete" {
        list_items "ListItems" number(Option<u32>),
        variable "Variable" text(Cow<'_, str>),
        value "Value" text(Cow<'_, str>),
    } []
    #[doc = "`CloseSession` as Asterisk 11 sends it."]
    CloseSession = "CloseSession" {
        close_session "CloseSession" text(Cow<'_, str>),
    } []
    #[doc = "`ConfbridgeListComplete` as Asterisk 11 sends it."]
    ConfbridgeListComplete = "ConfbridgeListComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`ConfbridgeListRoomsComplete` as Asterisk 11 sends it."]
    ConfbridgeListRoomsComplete = "ConfbridgeListRoomsComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`CoreShowChannel` as Asterisk 1.8 and 11 sends it."]
    CoreShowChannel = "CoreShowChannel" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "UniqueID" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        extension "Extension" text(Cow<'_, str>),
        priority "Priority" text(Cow<'_, str>),
        channel_state "ChannelState" number(Option<u32>),
        channel_state_desc "ChannelStateDesc" text(Cow<'_, str>),
        application "Application" text(Cow<'_, str>),
        application_data "ApplicationData" text(Cow<'_, str>),
        caller_id_num "CallerIDnum" text(Cow<'_, str>),
        caller_id_name "CallerIDname" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        duration "Duration" clock(Option<Duration>),
        account_code "AccountCode" text(Cow<'_, str>),
        bridged_channel "BridgedChannel" text(Cow<'_, str>),
        bridged_unique_id "BridgedUniqueID" text(Cow<'_, str>),
    } []
    #[doc = "`DAHDIShowChannels` as Asterisk 1.8 and 11 sends it."]
    DAHDIShowChannels = "DAHDIShowChannels" {
        dahdi_channel "DAHDIChannel" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        account_code "AccountCode" text(Cow<'_, str>),
        signalling "Signalling" text(Cow<'_, str>),
        signalling_code "SignallingCode" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        dnd "DND" text(Cow<'_, str>),
        alarm "Alarm" text(Cow<'_, str>),
        description "Description" text(Cow<'_, str>),
    } []
    #[doc = "`DAHDIShowChannelsComplete` as Asterisk 1.8 and 11 sends it."]
    DAHDIShowChannelsComplete = "DAHDIShowChannelsComplete" {
        items "Items" number(Option<u32>),
    } []
    #[doc = "`DNDState` as Asterisk 1.8 and 11 sends it."]
    DNDState = "DNDState" {
        channel "Channel" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
    } []
    #[doc = "`DTMF` as Asterisk 1.8 and 11 sends it."]
    DTMF = "DTMF" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        digit "Digit" text(Cow<'_, str>),
        direction "Direction" text(Cow<'_, str>),
        begin "Begin" text(Cow<'_, str>),
        end "End" text(Cow<'_, str>),
    } []
    #[doc = "`DataGet Tree` as Asterisk 1.8 and 11 sends it."]
    DataGetTree = "DataGet Tree" {
    } []
    #[doc = "`DeviceEntry` as Asterisk 1.8 and 11 sends it."]
    DeviceEntry = "DeviceEntry" {
        channeltype "Channeltype" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        channel_object_type "ChannelObjectType" text(Cow<'_, str>),
        device_id "DeviceId" text(Cow<'_, str>),
        i_paddress "IPaddress" text(Cow<'_, str>),
        kind "Type" text(Cow<'_, str>),
        devicestatus "Devicestatus" text(Cow<'_, str>),
        number_of_lines "NumberOfLines" text(Cow<'_, str>),
    } []
    #[doc = "`DevicelistComplete` as Asterisk 1.8 and 11 sends it."]
    DevicelistComplete = "DevicelistComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`Dial` as Asterisk 1.8 and 11 sends it."]
    Dial = "Dial" {
        sub_event "SubEvent" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        destination "Destination" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        uniqueid "UniqueID" text(Cow<'_, str>),
        dest_unique_id "DestUniqueID" text(Cow<'_, str>),
        dialstring "Dialstring" text(Cow<'_, str>),
        dial_status "DialStatus" text(Cow<'_, str>),
    } []
    #[doc = "`FAXStatus` as Asterisk 11 sends it."]
    FAXStatus = "FAXStatus" {
        operation "Operation" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        caller_id "CallerID" text(Cow<'_, str>),
        local_station_id "LocalStationID" text(Cow<'_, str>),
    } []
    #[doc = "`FaxReceived` as Asterisk 1.8 and 11 sends it."]
    FaxReceived = "FaxReceived" {
        channel "Channel" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        caller_id "CallerID" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        remote_station_id "RemoteStationID" text(Cow<'_, str>),
        local_station_id "LocalStationID" text(Cow<'_, str>),
        pages_transferred "PagesTransferred" number(Option<u32>),
        resolution "Resolution" text(Cow<'_, str>),
        transfer_rate "TransferRate" text(Cow<'_, str>),
        file_name "FileName" text(Cow<'_, str>),
    } []
    #[doc = "`FaxSent` as Asterisk 1.8 and 11 sends it."]
    FaxSent = "FaxSent" {
        channel "Channel" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        caller_id "CallerID" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        remote_station_id "RemoteStationID" text(Cow<'_, str>),
        local_station_id "LocalStationID" text(Cow<'_, str>),
        pages_transferred "PagesTransferred" number(Option<u32>),
        resolution "Resolution" text(Cow<'_, str>),
        transfer_rate "TransferRate" text(Cow<'_, str>),
        file_name "FileName" text(Cow<'_, str>),
    } []
    #[doc = "`Hold` as Asterisk 1.8 and 11 sends it."]
    Hold = "Hold" {
        status "Status" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
    } []
    #[doc = "`JabberEvent` as Asterisk 1.8 and 11 sends it."]
    JabberEvent = "JabberEvent" {
        account "Account" text(Cow<'_, str>),
        packet "Packet" text(Cow<'_, str>),
    } []
    #[doc = "`JabberStatus` as Asterisk 1.8 and 11 sends it."]
    JabberStatus = "JabberStatus" {
        account "Account" text(Cow<'_, str>),
        jid "JID" text(Cow<'_, str>),
        resource "Resource" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
        priority "Priority" text(Cow<'_, str>),
        description "Description" text(Cow<'_, str>),
    } []
    #[doc = "`JitterBufStats` as Asterisk 1.8 and 11 sends it."]
    JitterBufStats = "JitterBufStats" {
        owner "Owner" text(Cow<'_, str>),
        ping "Ping" text(Cow<'_, str>),
        local_jitter "LocalJitter" text(Cow<'_, str>),
        local_jb_delay "LocalJBDelay" text(Cow<'_, str>),
        local_total_lost "LocalTotalLost" text(Cow<'_, str>),
        local_loss_percent "LocalLossPercent" text(Cow<'_, str>),
        local_dropped "LocalDropped" text(Cow<'_, str>),
        localooo "Localooo" text(Cow<'_, str>),
        local_received "LocalReceived" text(Cow<'_, str>),
        remote_jitter "RemoteJitter" text(Cow<'_, str>),
        remote_jb_delay "RemoteJBDelay" text(Cow<'_, str>),
        remote_total_lost "RemoteTotalLost" text(Cow<'_, str>),
        remote_loss_percent "RemoteLossPercent" text(Cow<'_, str>),
        remote_dropped "RemoteDropped" text(Cow<'_, str>),
        remoteooo "Remoteooo" text(Cow<'_, str>),
        remote_received "RemoteReceived" text(Cow<'_, str>),
    } []
    #[doc = "`Join` as Asterisk 1.8 and 11 sends it."]
    Join = "Join" {
        channel "Channel" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        queue "Queue" text(Cow<'_, str>),
        position "Position" number(Option<u32>),
        count "Count" number(Option<u32>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
    } []
    #[doc = "`Leave` as Asterisk 1.8 and 11 sends it."]
    Leave = "Leave" {
        channel "Channel" text(Cow<'_, str>),
        queue "Queue" text(Cow<'_, str>),
        count "Count" number(Option<u32>),
        position "Position" number(Option<u32>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
    } []
    #[doc = "`LineEntry` as Asterisk 1.8 and 11 sends it."]
    LineEntry = "LineEntry" {
        channeltype "Channeltype" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        channel_object_type "ChannelObjectType" text(Cow<'_, str>),
        device "Device" text(Cow<'_, str>),
        instance "Instance" text(Cow<'_, str>),
        label "Label" text(Cow<'_, str>),
    } []
    #[doc = "`LinelistComplete` as Asterisk 1.8 and 11 sends it."]
    LinelistComplete = "LinelistComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`ListDialplan` as Asterisk 1.8 and 11 sends it."]
    ListDialplan = "ListDialplan" {
        context "Context" text(Cow<'_, str>),
        extension "Extension" text(Cow<'_, str>),
        extension_label "ExtensionLabel" text(Cow<'_, str>),
        priority "Priority" text(Cow<'_, str>),
        application "Application" text(Cow<'_, str>),
        app_data "AppData" text(Cow<'_, str>),
        registrar "Registrar" text(Cow<'_, str>),
        include_context "IncludeContext" text(Cow<'_, str>),
        ignore_pattern "IgnorePattern" text(Cow<'_, str>),
        switch "Switch" text(Cow<'_, str>),
    } []
    #[doc = "`LocalBridge` as Asterisk 11 sends it."]
    LocalBridge = "LocalBridge" {
        channel1 "Channel1" text(Cow<'_, str>),
        channel2 "Channel2" text(Cow<'_, str>),
        uniqueid1 "Uniqueid1" text(Cow<'_, str>),
        uniqueid2 "Uniqueid2" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        local_optimization "LocalOptimization" text(Cow<'_, str>),
    } []
    #[doc = "`LogChannel` as Asterisk 1.8 and 11 sends it."]
    LogChannel = "LogChannel" {
        channel "Channel" text(Cow<'_, str>),
        enabled "Enabled" text(Cow<'_, str>),
        reason "Reason" text(Cow<'_, str>),
    } []
    #[doc = "`Masquerade` as Asterisk 1.8 and 11 sends it."]
    Masquerade = "Masquerade" {
        clone_channel "Clone" text(Cow<'_, str>),
        clone_state "CloneState" text(Cow<'_, str>),
        original "Original" text(Cow<'_, str>),
        original_state "OriginalState" text(Cow<'_, str>),
    } []
    #[doc = "`MeetmeJoin` as Asterisk 1.8 and 11 sends it."]
    MeetmeJoin = "MeetmeJoin" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        meetme "Meetme" text(Cow<'_, str>),
        usernum "Usernum" text(Cow<'_, str>),
        caller_id_num "CallerIDnum" text(Cow<'_, str>),
        caller_id_name "CallerIDname" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
    } []
    #[doc = "`MeetmeLeave` as Asterisk 1.8 and 11 sends it."]
    MeetmeLeave = "MeetmeLeave" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        meetme "Meetme" text(Cow<'_, str>),
        usernum "Usernum" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        duration "Duration" secs(Option<Duration>),
    } []
    #[doc = "`MeetmeListComplete` as Asterisk 1.8 and 11 sends it."]
    MeetmeListComplete = "MeetmeListComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`MeetmeListRoomsComplete` as Asterisk 11 sends it."]
    MeetmeListRoomsComplete = "MeetmeListRoomsComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`MeetmeMute` as Asterisk 1.8 and 11 sends it."]
    MeetmeMute = "MeetmeMute" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        meetme "Meetme" text(Cow<'_, str>),
        usernum "Usernum" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
    } []
    #[doc = "`MeetmeTalkRequest` as Asterisk 1.8 and 11 sends it."]
    MeetmeTalkRequest = "MeetmeTalkRequest" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        meetme "Meetme" text(Cow<'_, str>),
        usernum "Usernum" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
    } []
    #[doc = "`MeetmeTalking` as Asterisk 1.8 and 11 sends it."]
    MeetmeTalking = "MeetmeTalking" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        meetme "Meetme" text(Cow<'_, str>),
        usernum "Usernum" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
    } []
    #[doc = "`MobileStatus` as Asterisk 1.8 and 11 sends it."]
    MobileStatus = "MobileStatus" {
        status "Status" text(Cow<'_, str>),
        device "Device" text(Cow<'_, str>),
    } []
    #[doc = "`ModuleLoadReport` as Asterisk 1.8 and 11 sends it."]
    ModuleLoadReport = "ModuleLoadReport" {
        module_load_status "ModuleLoadStatus" text(Cow<'_, str>),
        module_selection "ModuleSelection" text(Cow<'_, str>),
        module_count "ModuleCount" text(Cow<'_, str>),
    } []
    #[doc = "`MonitorStart` as Asterisk 1.8 and 11 sends it."]
    MonitorStart = "MonitorStart" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
    } []
    #[doc = "`MonitorStop` as Asterisk 1.8 and 11 sends it."]
    MonitorStop = "MonitorStop" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
    } []
    #[doc = "`MusicOnHold` as Asterisk 1.8 and 11 sends it."]
    MusicOnHold = "MusicOnHold" {
        state "State" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "UniqueID" text(Cow<'_, str>),
        class "Class" text(Cow<'_, str>),
    } []
    #[doc = "`NewPeerAccount` as Asterisk 1.8 and 11 sends it."]
    NewPeerAccount = "NewPeerAccount" {
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        peer_account "PeerAccount" text(Cow<'_, str>),
        old_peer_account "OldPeerAccount" text(Cow<'_, str>),
    } []
    #[doc = "`PRIShowSpans` as Asterisk 11 sends it."]
    PRIShowSpans = "PRIShowSpans" {
        span "Span" text(Cow<'_, str>),
        d_channel "DChannel" text(Cow<'_, str>),
        order "Order" text(Cow<'_, str>),
        active "Active" text(Cow<'_, str>),
        alarm "Alarm" text(Cow<'_, str>),
        up "Up" text(Cow<'_, str>),
    } []
    #[doc = "`PRIShowSpansComplete` as Asterisk 11 sends it."]
    PRIShowSpansComplete = "PRIShowSpansComplete" {
        items "Items" number(Option<u32>),
    } []
    #[doc = "`ParkedCall` as Asterisk 1.8 and 11 sends it."]
    ParkedCall = "ParkedCall" {
        parkinglot "Parkinglot" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        from "From" text(Cow<'_, str>),
        timeout "Timeout" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        duration "Duration" text(Cow<'_, str>),
    } []
    #[doc = "`ParkedCallGiveUp` as Asterisk 1.8 and 11 sends it."]
    ParkedCallGiveUp = "ParkedCallGiveUp" {
        exten "Exten" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        parkinglot "Parkinglot" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        uniqueid "UniqueID" text(Cow<'_, str>),
    } []
    #[doc = "`ParkedCallTimeOut` as Asterisk 1.8 and 11 sends it."]
    ParkedCallTimeOut = "ParkedCallTimeOut" {
        exten "Exten" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        parkinglot "Parkinglot" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        uniqueid "UniqueID" text(Cow<'_, str>),
    } []
    #[doc = "`Parkinglot` as Asterisk 11 sends it."]
    Parkinglot = "Parkinglot" {
        name "Name" text(Cow<'_, str>),
        start_exten "StartExten" text(Cow<'_, str>),
        stop_exten "StopExten" text(Cow<'_, str>),
        timeout "Timeout" secs(Option<Duration>),
    } []
    #[doc = "`PeerEntry` as Asterisk 1.8 and 11 sends it."]
    PeerEntry = "PeerEntry" {
        channeltype "Channeltype" text(Cow<'_, str>),
        object_name "ObjectName" text(Cow<'_, str>),
        chan_object_type "ChanObjectType" text(Cow<'_, str>),
        i_paddress "IPaddress" text(Cow<'_, str>),
        i_pport "IPport" text(Cow<'_, str>),
        dynamic "Dynamic" text(Cow<'_, str>),
        trunk "Trunk" text(Cow<'_, str>),
        encryption "Encryption" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
        forcerport "Forcerport" text(Cow<'_, str>),
        video_support "VideoSupport" text(Cow<'_, str>),
        text_support "TextSupport" text(Cow<'_, str>),
        acl "ACL" text(Cow<'_, str>),
        realtime_device "RealtimeDevice" text(Cow<'_, str>),
        object_username "ObjectUsername" text(Cow<'_, str>),
        mask "Mask" text(Cow<'_, str>),
        port "Port" text(Cow<'_, str>),
        description "Description" text(Cow<'_, str>),
        auto_forcerport "AutoForcerport" text(Cow<'_, str>),
        auto_comedia "AutoComedia" text(Cow<'_, str>),
        comedia "Comedia" text(Cow<'_, str>),
    } []
    #[doc = "`PeerlistComplete` as Asterisk 1.8 and 11 sends it."]
    PeerlistComplete = "PeerlistComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`QueueMember` as Asterisk 1.8 and 11 sends it."]
    QueueMember = "QueueMember" {
        queue "Queue" text(Cow<'_, str>),
        name "Name" text(Cow<'_, str>),
        location "Location" text(Cow<'_, str>),
        membership "Membership" word(Option<values::Membership>),
        penalty "Penalty" number(Option<i32>),
        calls_taken "CallsTaken" number(Option<u32>),
        last_call "LastCall" number(Option<u64>),
        status "Status" word(Option<values::MemberStatus>),
        paused "Paused" flag(Option<bool>),
        state_interface "StateInterface" text(Cow<'_, str>),
        is_in_call "IsInCall" text(Cow<'_, str>),
    } []
    #[doc = "`QueueMemberAdded` as Asterisk 1.8 and 11 sends it."]
    QueueMemberAdded = "QueueMemberAdded" {
        queue "Queue" text(Cow<'_, str>),
        location "Location" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        membership "Membership" text(Cow<'_, str>),
        penalty "Penalty" number(Option<i32>),
        calls_taken "CallsTaken" number(Option<u32>),
        last_call "LastCall" number(Option<u64>),
        status "Status" text(Cow<'_, str>),
        paused "Paused" text(Cow<'_, str>),
        state_interface "StateInterface" text(Cow<'_, str>),
    } []
    #[doc = "`QueueMemberPaused` as Asterisk 1.8 and 11 sends it."]
    QueueMemberPaused = "QueueMemberPaused" {
        queue "Queue" text(Cow<'_, str>),
        location "Location" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        paused "Paused" text(Cow<'_, str>),
        reason "Reason" text(Cow<'_, str>),
    } []
    #[doc = "`QueueMemberPenalty` as Asterisk 1.8 and 11 sends it."]
    QueueMemberPenalty = "QueueMemberPenalty" {
        queue "Queue" text(Cow<'_, str>),
        location "Location" text(Cow<'_, str>),
        penalty "Penalty" number(Option<i32>),
    } []
    #[doc = "`QueueMemberRemoved` as Asterisk 1.8 and 11 sends it."]
    QueueMemberRemoved = "QueueMemberRemoved" {
        queue "Queue" text(Cow<'_, str>),
        location "Location" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
    } []
    #[doc = "`QueueMemberRinginuse` as Asterisk 11 sends it."]
    QueueMemberRinginuse = "QueueMemberRinginuse" {
        queue "Queue" text(Cow<'_, str>),
        location "Location" text(Cow<'_, str>),
        ringinuse "Ringinuse" text(Cow<'_, str>),
    } []
    #[doc = "`QueueMemberStatus` as Asterisk 1.8 and 11 sends it."]
    QueueMemberStatus = "QueueMemberStatus" {
        queue "Queue" text(Cow<'_, str>),
        location "Location" text(Cow<'_, str>),
        member_name "MemberName" text(Cow<'_, str>),
        membership "Membership" text(Cow<'_, str>),
        penalty "Penalty" number(Option<i32>),
        calls_taken "CallsTaken" number(Option<u32>),
        last_call "LastCall" number(Option<u64>),
        status "Status" text(Cow<'_, str>),
        paused "Paused" text(Cow<'_, str>),
        state_interface "StateInterface" text(Cow<'_, str>),
        in_call "InCall" text(Cow<'_, str>),
    } []
    #[doc = "`RTCPReceived` as Asterisk 1.8 and 11 sends it."]
    RTCPReceived = "RTCPReceived" {
        from "From" text(Cow<'_, str>),
        pt "PT" text(Cow<'_, str>),
        reception_reports "ReceptionReports" text(Cow<'_, str>),
        sender_ssrc "SenderSSRC" text(Cow<'_, str>),
        fraction_lost "FractionLost" text(Cow<'_, str>),
        packets_lost "PacketsLost" text(Cow<'_, str>),
        highest_sequence "HighestSequence" text(Cow<'_, str>),
        sequence_number_cycles "SequenceNumberCycles" text(Cow<'_, str>),
        ia_jitter "IAJitter" text(Cow<'_, str>),
        last_sr "LastSR" text(Cow<'_, str>),
        dlsr "DLSR" text(Cow<'_, str>),
        rtt "RTT" number(Option<f64>),
    } []
    #[doc = "`RTCPSent` as Asterisk 1.8 and 11 sends it."]
    RTCPSent = "RTCPSent" {
        to "To" text(Cow<'_, str>),
        our_ssrc "OurSSRC" text(Cow<'_, str>),
        sent_ntp "SentNTP" text(Cow<'_, str>),
        sent_rtp "SentRTP" text(Cow<'_, str>),
        sent_packets "SentPackets" number(Option<u64>),
        sent_octets "SentOctets" number(Option<u64>),
        report_block "ReportBlock" text(Cow<'_, str>),
        fraction_lost "FractionLost" text(Cow<'_, str>),
        cumulative_loss "CumulativeLoss" text(Cow<'_, str>),
        ia_jitter "IAJitter" text(Cow<'_, str>),
        their_last_sr "TheirLastSR" text(Cow<'_, str>),
        dlsr "DLSR" text(Cow<'_, str>),
    } []
    #[doc = "`ReceiveFAX` as Asterisk 1.8 and 11 sends it."]
    ReceiveFAX = "ReceiveFAX" {
        channel "Channel" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        caller_id "CallerID" text(Cow<'_, str>),
        remote_station_id "RemoteStationID" text(Cow<'_, str>),
        local_station_id "LocalStationID" text(Cow<'_, str>),
        pages_transferred "PagesTransferred" number(Option<u32>),
        resolution "Resolution" text(Cow<'_, str>),
        transfer_rate "TransferRate" text(Cow<'_, str>),
        file_name "FileName" text(Cow<'_, str>),
    } []
    #[doc = "`ReceiveFAXStatus` as Asterisk 1.8 sends it."]
    ReceiveFAXStatus = "ReceiveFAXStatus" {
        status "Status" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        caller_id "CallerID" text(Cow<'_, str>),
        local_station_id "LocalStationID" text(Cow<'_, str>),
    } []
    #[doc = "`RegistrationsComplete` as Asterisk 1.8 and 11 sends it."]
    RegistrationsComplete = "RegistrationsComplete" {
        list_items "ListItems" number(Option<u32>),
    } []
    #[doc = "`RegistryEntry` as Asterisk 1.8 and 11 sends it."]
    RegistryEntry = "RegistryEntry" {
        host "Host" text(Cow<'_, str>),
        dn_smanager "DNSmanager" text(Cow<'_, str>),
        username "Username" text(Cow<'_, str>),
        perceived "Perceived" text(Cow<'_, str>),
        refresh "Refresh" text(Cow<'_, str>),
        state "State" text(Cow<'_, str>),
        port "Port" text(Cow<'_, str>),
        domain "Domain" text(Cow<'_, str>),
        domain_port "DomainPort" text(Cow<'_, str>),
        registration_time "RegistrationTime" text(Cow<'_, str>),
    } []
    #[doc = "`Reload` as Asterisk 1.8 and 11 sends it."]
    Reload = "Reload" {
        module "Module" text(Cow<'_, str>),
        status "Status" text(Cow<'_, str>),
        message "Message" text(Cow<'_, str>),
    } []
    #[doc = "`SIPpeerstatusComplete` as Asterisk 11 sends it."]
    SIPpeerstatusComplete = "SIPpeerstatusComplete" {
    } []
    #[doc = "`SendFAX` as Asterisk 1.8 and 11 sends it."]
    SendFAX = "SendFAX" {
        channel "Channel" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        caller_id "CallerID" text(Cow<'_, str>),
        remote_station_id "RemoteStationID" text(Cow<'_, str>),
        local_station_id "LocalStationID" text(Cow<'_, str>),
        pages_transferred "PagesTransferred" number(Option<u32>),
        resolution "Resolution" text(Cow<'_, str>),
        transfer_rate "TransferRate" text(Cow<'_, str>),
    } []
    #[doc = "`SendFAXStatus` as Asterisk 1.8 sends it."]
    SendFAXStatus = "SendFAXStatus" {
        status "Status" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        exten "Exten" text(Cow<'_, str>),
        caller_id "CallerID" text(Cow<'_, str>),
        local_station_id "LocalStationID" text(Cow<'_, str>),
    } []
    #[doc = "`SessionTimeout` as Asterisk 11 sends it."]
    SessionTimeout = "SessionTimeout" {
        source "Source" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
    } []
    #[doc = "`ShowDialPlanComplete` as Asterisk 1.8 and 11 sends it."]
    ShowDialPlanComplete = "ShowDialPlanComplete" {
        list_items "ListItems" number(Option<u32>),
        list_extensions "ListExtensions" number(Option<u32>),
        list_priorities "ListPriorities" number(Option<u32>),
        list_contexts "ListContexts" number(Option<u32>),
    } []
    #[doc = "`Status` as Asterisk 1.8 and 11 sends it."]
    Status = "Status" {
        channel "Channel" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        accountcode "Accountcode" text(Cow<'_, str>),
        channel_state "ChannelState" number(Option<u32>),
        channel_state_desc "ChannelStateDesc" text(Cow<'_, str>),
        context "Context" text(Cow<'_, str>),
        extension "Extension" text(Cow<'_, str>),
        priority "Priority" text(Cow<'_, str>),
        seconds "Seconds" secs(Option<Duration>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        account "Account" text(Cow<'_, str>),
        state "State" text(Cow<'_, str>),
    } []
    #[doc = "`TestEvent` as Asterisk 1.8 and 11 sends it."]
    TestEvent = "TestEvent" {
        kind "Type" text(Cow<'_, str>),
        state "State" text(Cow<'_, str>),
        app_file "AppFile" text(Cow<'_, str>),
        app_function "AppFunction" text(Cow<'_, str>),
        app_line "AppLine" number(Option<u32>),
        expression "Expression" text(Cow<'_, str>),
    } []
    #[doc = "`Transfer` as Asterisk 1.8 and 11 sends it."]
    Transfer = "Transfer" {
        transfer_method "TransferMethod" text(Cow<'_, str>),
        transfer_type "TransferType" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
        sip_callid "SIP-Callid" text(Cow<'_, str>),
        target_channel "TargetChannel" text(Cow<'_, str>),
        target_uniqueid "TargetUniqueid" text(Cow<'_, str>),
        transfer_exten "TransferExten" text(Cow<'_, str>),
        transfer2_parking "Transfer2Parking" text(Cow<'_, str>),
        transfer_context "TransferContext" text(Cow<'_, str>),
    } []
    #[doc = "`UnParkedCall` as Asterisk 1.8 and 11 sends it."]
    UnParkedCall = "UnParkedCall" {
        exten "Exten" text(Cow<'_, str>),
        channel "Channel" text(Cow<'_, str>),
        parkinglot "Parkinglot" text(Cow<'_, str>),
        from "From" text(Cow<'_, str>),
        caller_id_num "CallerIDNum" text(Cow<'_, str>),
        caller_id_name "CallerIDName" text(Cow<'_, str>),
        connected_line_num "ConnectedLineNum" text(Cow<'_, str>),
        connected_line_name "ConnectedLineName" text(Cow<'_, str>),
        uniqueid "Uniqueid" text(Cow<'_, str>),
    } []
    #[doc = "`Unlink` as Asterisk 1.8 sends it."]
    Unlink = "Unlink" {
        channel1 "Channel1" text(Cow<'_, str>),
        channel2 "Channel2" text(Cow<'_, str>),
        uniqueid1 "Uniqueid1" text(Cow<'_, str>),
        uniqueid2 "Uniqueid2" text(Cow<'_, str>),
        caller_id1 "CallerID1" text(Cow<'_, str>),
        caller_id2 "CallerID2" text(Cow<'_, str>),
    } []
    #[doc = "`VoicemailUserEntry` as Asterisk 1.8 and 11 sends it."]
    VoicemailUserEntry = "VoicemailUserEntry" {
        vm_context "VMContext" text(Cow<'_, str>),
        voice_mailbox "VoiceMailbox" text(Cow<'_, str>),
        fullname "Fullname" text(Cow<'_, str>),
        email "Email" text(Cow<'_, str>),
        pager "Pager" text(Cow<'_, str>),
        server_email "ServerEmail" text(Cow<'_, str>),
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
        call_operator "CallOperator" text(Cow<'_, str>),
        max_message_count "MaxMessageCount" text(Cow<'_, str>),
        max_message_length "MaxMessageLength" text(Cow<'_, str>),
        new_message_count "NewMessageCount" number(Option<u32>),
        old_message_count "OldMessageCount" number(Option<u32>),
        imap_user "IMAPUser" text(Cow<'_, str>),
        imap_server "IMAPServer" text(Cow<'_, str>),
        imap_port "IMAPPort" text(Cow<'_, str>),
        imap_flags "IMAPFlags" text(Cow<'_, str>),
    } []
}
