//! Events: the whole event as it came, and types for those that programs ask for most.

use crate::codec::Payload;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::ops::BitOr;

/// One event, whole: unknown ones (of plugins, of newer servers) too.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The event's name, such as `RecordStateChanged`.
    pub event_type: String,
    /// The bit of [`EventSubscription`] that lets it through.
    pub intent: u32,
    /// Its data, if it has any.
    pub data: Option<Payload>,
}

impl Event {
    /// The event as this type; `None` if it is another one, or if its data is not as the protocol promises.
    #[must_use]
    pub fn decode<T: EventData>(&self) -> Option<T> {
        if self.event_type != T::TYPE {
            return None;
        }
        let decoded = match &self.data {
            Some(data) => data.decode(),
            None => serde_json::from_str("{}").map_err(|error| error.to_string()),
        };
        decoded.map_err(|error| tracing::debug!(event = T::TYPE, error, "an event that cannot be read")).ok()
    }
}

/// The data of one kind of event.
pub trait EventData: DeserializeOwned {
    /// The event's name.
    const TYPE: &'static str;
    /// What must be subscribed for it.
    const INTENT: EventSubscription;
}

/// Which events the server sends; combine with `|`. Since obs-websocket 5.0.0 unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventSubscription(pub u32);

impl EventSubscription {
    /// None.
    pub const NONE: Self = Self(0);
    /// Exit, custom events, and what belongs nowhere else.
    pub const GENERAL: Self = Self(1);
    /// Profiles and scene collections.
    pub const CONFIG: Self = Self(2);
    /// Scenes.
    pub const SCENES: Self = Self(4);
    /// Inputs.
    pub const INPUTS: Self = Self(8);
    /// Transitions.
    pub const TRANSITIONS: Self = Self(16);
    /// Filters.
    pub const FILTERS: Self = Self(32);
    /// Streaming, recording, replay buffer, virtual camera.
    pub const OUTPUTS: Self = Self(64);
    /// Scene items.
    pub const SCENE_ITEMS: Self = Self(128);
    /// Media inputs.
    pub const MEDIA_INPUTS: Self = Self(256);
    /// Events of plugins.
    pub const VENDORS: Self = Self(512);
    /// The user interface.
    pub const UI: Self = Self(1024);
    /// Canvases; since 5.7.0.
    pub const CANVASES: Self = Self(2048);
    /// All of the above; what a server sends that is asked for nothing.
    pub const ALL: Self = Self(4095);
    /// Audio levels, 20 times a second.
    pub const INPUT_VOLUME_METERS: Self = Self(1 << 16);
    /// Whether inputs are on air.
    pub const INPUT_ACTIVE_STATE_CHANGED: Self = Self(1 << 17);
    /// Whether inputs are shown.
    pub const INPUT_SHOW_STATE_CHANGED: Self = Self(1 << 18);
    /// Each step of a moving scene item.
    pub const SCENE_ITEM_TRANSFORM_CHANGED: Self = Self(1 << 19);

    /// Whether all of `other` is in this.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for EventSubscription {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What an output does. Kept whole if a newer server has another word.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
#[non_exhaustive]
pub enum OutputState {
    /// It is starting.
    Starting,
    /// It runs.
    Started,
    /// It is stopping.
    Stopping,
    /// It does not run.
    Stopped,
    /// The stream lost its server and tries again.
    Reconnecting,
    /// The stream has its server again.
    Reconnected,
    /// The recording is paused.
    Paused,
    /// The recording goes on.
    Resumed,
    /// Another word.
    Other(String),
}

impl From<String> for OutputState {
    fn from(text: String) -> Self {
        match text.as_str() {
            "OBS_WEBSOCKET_OUTPUT_STARTING" => Self::Starting,
            "OBS_WEBSOCKET_OUTPUT_STARTED" => Self::Started,
            "OBS_WEBSOCKET_OUTPUT_STOPPING" => Self::Stopping,
            "OBS_WEBSOCKET_OUTPUT_STOPPED" => Self::Stopped,
            "OBS_WEBSOCKET_OUTPUT_RECONNECTING" => Self::Reconnecting,
            "OBS_WEBSOCKET_OUTPUT_RECONNECTED" => Self::Reconnected,
            "OBS_WEBSOCKET_OUTPUT_PAUSED" => Self::Paused,
            "OBS_WEBSOCKET_OUTPUT_RESUMED" => Self::Resumed,
            _ => Self::Other(text),
        }
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident: $intent:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* #[serde(default)] pub $field: $type,)*
        }

        impl EventData for $name {
            const TYPE: &'static str = stringify!($name);
            const INTENT: EventSubscription = EventSubscription::$intent;
        }
    )*};
}

impl Default for OutputState {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

events! {
    /// OBS is about to quit; it closes the connection a moment later.
    ExitStarted: GENERAL {}
    /// Another scene is on program.
    CurrentProgramSceneChanged: SCENES {
        /// Its name.
        scene_name: String,
        /// Its UUID; since 5.4.0.
        scene_uuid: Option<String>,
    }
    /// Another scene is on preview (studio mode).
    CurrentPreviewSceneChanged: SCENES {
        /// Its name.
        scene_name: String,
        /// Its UUID; since 5.4.0.
        scene_uuid: Option<String>,
    }
    /// An input was muted or unmuted.
    InputMuteStateChanged: INPUTS {
        /// The input.
        input_name: String,
        /// Whether it is muted now.
        input_muted: bool,
    }
    /// The recording changed its state. A pause comes with `output_active` false (seen on 5.7.4).
    RecordStateChanged: OUTPUTS {
        /// Whether OBS records.
        output_active: bool,
        /// The state in detail.
        output_state: OutputState,
        /// The file, with `Started` and `Stopped`.
        output_path: Option<String>,
    }
    /// The stream changed its state.
    StreamStateChanged: OUTPUTS {
        /// Whether OBS streams.
        output_active: bool,
        /// The state in detail.
        output_state: OutputState,
    }
    /// The virtual camera changed its state.
    VirtualcamStateChanged: OUTPUTS {
        /// Whether it runs.
        output_active: bool,
        /// The state in detail.
        output_state: OutputState,
    }
    /// Studio mode was switched.
    StudioModeStateChanged: UI {
        /// Whether it is on.
        studio_mode_enabled: bool,
    }
}
