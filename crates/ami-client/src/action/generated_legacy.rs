//! The actions of Asterisk 1.8 to 11 (some of them to 20) that 22 no longer has.
//!
//! Written by `cargo xtask generate` from the catalogues in `xtask/catalogues`: do not edit.
//! It is a table, and as long as the protocol is.

use super::{List, Response, actions};
use crate::event;

actions! {
    #[doc = "`ChangeMonitor`, seen in Asterisk 1.8 and 11."]
    ChangeMonitor = "ChangeMonitor" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
            set file "File" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`DataGet`, seen in Asterisk 1.8 and 11."]
    DataGet = "DataGet" -> Response {
        (
            set path "Path" text(impl Into<String>),
        )
        [
            set search "Search" text(impl Into<String>),
            set filter "Filter" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`Monitor`, seen in Asterisk 1.8 and 11."]
    Monitor = "Monitor" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
            set file "File" text(impl Into<String>),
            set format "Format" text(impl Into<String>),
            set mix "Mix" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`PauseMonitor`, seen in Asterisk 1.8 and 11."]
    PauseMonitor = "PauseMonitor" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`Queues`, seen in Asterisk 1.8 and 11."]
    Queues = "Queues" -> Response {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`SIPnotify`, seen in Asterisk 1.8 and 11."]
    SIPnotify = "SIPnotify" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
            set variable "Variable" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`SIPpeers`, seen in Asterisk 1.8 and 11."]
    SIPpeers = "SIPpeers" -> List<event::legacy::PeerEntry> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`SIPpeerstatus`, seen in Asterisk 11."]
    SIPpeerstatus = "SIPpeerstatus" -> List<event::PeerStatus> {
        (
        )
        [
            set peer "Peer" text(impl Into<String>),
        ]
        {}
    }
    #[doc = "`SIPqualifypeer`, seen in Asterisk 1.8 and 11."]
    SIPqualifypeer = "SIPqualifypeer" -> Response {
        (
            set peer "Peer" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`SIPshowpeer`, seen in Asterisk 1.8 and 11."]
    SIPshowpeer = "SIPshowpeer" -> Response {
        (
            set peer "Peer" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`SIPshowregistry`, seen in Asterisk 1.8 and 11."]
    SIPshowregistry = "SIPshowregistry" -> List<event::legacy::RegistryEntry> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`SKINNYdevices`, seen in Asterisk 1.8 and 11."]
    SKINNYdevices = "SKINNYdevices" -> List<event::legacy::DeviceEntry> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`SKINNYlines`, seen in Asterisk 1.8 and 11."]
    SKINNYlines = "SKINNYlines" -> List<event::legacy::LineEntry> {
        (
        )
        [
        ]
        {}
    }
    #[doc = "`SKINNYshowdevice`, seen in Asterisk 1.8 and 11."]
    SKINNYshowdevice = "SKINNYshowdevice" -> Response {
        (
            set device "Device" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`SKINNYshowline`, seen in Asterisk 1.8 and 11."]
    SKINNYshowline = "SKINNYshowline" -> Response {
        (
            set line "Line" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`StopMonitor`, seen in Asterisk 1.8 and 11."]
    StopMonitor = "StopMonitor" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
    #[doc = "`UnpauseMonitor`, seen in Asterisk 1.8 and 11."]
    UnpauseMonitor = "UnpauseMonitor" -> Response {
        (
            set channel "Channel" text(impl Into<String>),
        )
        [
        ]
        {}
    }
}
