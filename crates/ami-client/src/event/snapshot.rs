//! The state of a channel or a bridge inside an event.

use crate::frame::{Frame, text};
use crate::values::ChannelState;
use std::borrow::Cow;

/// The headers of an event behind a prefix.
#[derive(Clone, Copy)]
struct Prefixed<'a> {
    frame: &'a Frame,
    prefix: &'static str,
}

impl<'a> Prefixed<'a> {
    fn bytes(&self, name: &str) -> Option<&'a [u8]> {
        if self.prefix.is_empty() {
            return self.frame.get_bytes(name);
        }
        // the names are short: no allocation
        let mut whole = [0; 48];
        let (prefix, name) = (self.prefix.as_bytes(), name.as_bytes());
        let length = prefix.len() + name.len();
        whole.get_mut(..prefix.len())?.copy_from_slice(prefix);
        whole.get_mut(prefix.len()..length)?.copy_from_slice(name);
        self.frame.get_bytes(std::str::from_utf8(whole.get(..length)?).ok()?)
    }

    fn text(&self, name: &str) -> Cow<'a, str> {
        self.bytes(name).map(text).unwrap_or_default()
    }

    /// `<unknown>` stands for nothing.
    fn known(&self, name: &str) -> Option<Cow<'a, str>> {
        self.bytes(name).filter(|value| !value.is_empty() && *value != b"<unknown>").map(text)
    }

    fn number(&self, name: &str) -> Option<u32> {
        std::str::from_utf8(self.bytes(name)?).ok()?.parse().ok()
    }
}

macro_rules! snapshot {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $method:ident $header:literal $reader:ident $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        pub struct $name<'a>(Prefixed<'a>);

        impl<'a> $name<'a> {
            pub(crate) fn new(frame: &'a Frame, prefix: &'static str) -> Self {
                Self(Prefixed { frame, prefix })
            }

            $($(#[$doc])* #[must_use] pub fn $method(&self) -> $type { self.0.$reader($header) })*
        }

        impl std::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($method), &self.$method()))*.finish()
            }
        }
    };
}

snapshot! {
    /// A channel as an event shows it (Asterisk 12 and later; the headers stand in this order).
    ChannelSnapshot {
        /// Its name: `PJSIP/101-00000007`. It may change; `uniqueid` does not.
        channel "Channel" text Cow<'a, str>,
        /// The number of its state; see [`state`](Self::state).
        state_number "ChannelState" number Option<u32>,
        /// The name of its state.
        state_text "ChannelStateDesc" text Cow<'a, str>,
        /// The caller's number; `None` for `<unknown>`.
        caller_id_num "CallerIDNum" known Option<Cow<'a, str>>,
        /// The caller's name; `None` for `<unknown>`.
        caller_id_name "CallerIDName" known Option<Cow<'a, str>>,
        /// The other side's number; `None` for `<unknown>`.
        connected_line_num "ConnectedLineNum" known Option<Cow<'a, str>>,
        /// The other side's name; `None` for `<unknown>`.
        connected_line_name "ConnectedLineName" known Option<Cow<'a, str>>,
        /// The language of its prompts.
        language "Language" text Cow<'a, str>,
        /// The account code.
        account_code "AccountCode" text Cow<'a, str>,
        /// The dialplan context.
        context "Context" text Cow<'a, str>,
        /// The dialplan extension.
        exten "Exten" text Cow<'a, str>,
        /// The dialplan priority.
        priority "Priority" number Option<u32>,
        /// What names it for its life.
        uniqueid "Uniqueid" text Cow<'a, str>,
        /// What names its call.
        linkedid "Linkedid" text Cow<'a, str>,
    }
}

impl ChannelSnapshot<'_> {
    /// Whether the event has this channel: a transfer has not all that it could have.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.0.bytes("Channel").is_some()
    }

    /// What the channel does.
    #[must_use]
    pub fn state(&self) -> Option<ChannelState> {
        self.state_number().map(ChannelState::from)
    }
}

snapshot! {
    /// A bridge as an event shows it.
    BridgeSnapshot {
        /// What names it.
        uniqueid "BridgeUniqueid" text Cow<'a, str>,
        /// Its type: `basic`, `base`, `holding`.
        kind "BridgeType" text Cow<'a, str>,
        /// What mixes: `simple_bridge`, `softmix`.
        technology "BridgeTechnology" text Cow<'a, str>,
        /// Who made it: `ConfBridge`, `Parking`.
        creator "BridgeCreator" known Option<Cow<'a, str>>,
        /// Its name: a conference's.
        name "BridgeName" known Option<Cow<'a, str>>,
        /// How many channels are in it.
        channels "BridgeNumChannels" number Option<u32>,
        /// How the source of video is chosen.
        video_mode "BridgeVideoSourceMode" text Cow<'a, str>,
    }
}

impl BridgeSnapshot<'_> {
    /// Whether the event has this bridge.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.0.bytes("BridgeUniqueid").is_some()
    }
}
