//! One input of the show.

use crate::volume::Amplitude;
use secrecy::SecretString;
use std::time::Duration;

/// An input. `key` names it for good; its number moves when inputs are reordered, and titles repeat.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Input {
    /// A GUID, stable until the preset is loaded anew.
    pub key: String,
    /// Its place, from 1.
    pub number: u32,
    /// `Capture`, `Video`, `GT`, `Colour`, `NDI`… New versions have new ones.
    pub kind: String,
    /// The title: for a list it names the current item too.
    pub title: String,
    /// The title without that; empty before vMix 24.
    pub short_title: String,
    /// `Running`, `Paused`, `Completed`.
    pub state: String,
    /// Where it plays, in milliseconds; for slides and photos their index.
    pub position: u64,
    /// How long it is, in milliseconds (0: no end); for slides and photos their count.
    pub duration: u64,
    /// Whether it loops.
    pub looped: bool,
    /// Where it starts and ends, where that is set.
    pub marks: [Option<Duration>; 2],
    /// The selected item: from 1 for lists, from 0 for photos.
    pub selected_index: Option<i64>,
    /// The delay, in frames.
    pub frame_delay: Option<u32>,
    /// `None`: it has no sound.
    pub audio: Option<InputAudio>,
    /// The fields of a title, and its images and colours, in the document's order.
    pub fields: Vec<Field>,
    /// The items of a list.
    pub items: Vec<ListItem>,
    /// What lies on it.
    pub layers: Vec<Layer>,
    /// Where it stands.
    pub placement: Option<Position>,
    /// What is cut off it.
    pub crop: Option<Crop>,
    /// Its colour correction, by name: `hue`, `liftR`.
    pub colour: Vec<(String, f64)>,
    /// The replay, for a replay input that has loaded.
    pub replay: Option<Replay>,
    /// The call, for a video call.
    pub call: Option<VideoCall>,
    /// Attributes that this crate does not know.
    pub unknown: Vec<(String, String)>,
}

impl Input {
    /// The field of a title with this name: `Headline.Text`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether it plays.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state == "Running"
    }
}

/// The sound of an input.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct InputAudio {
    /// Whether it is off.
    pub muted: bool,
    /// Its loudness.
    pub volume: Amplitude,
    /// From -1 (left) to 1 (right).
    pub balance: f64,
    /// Whether it is soloed.
    pub solo: bool,
    /// Whether it is soloed before the fader (vMix 27 and later).
    pub solo_pfl: bool,
    /// The busses it goes to, by letter: `M` is the master.
    pub busses: Vec<char>,
    /// The level of the two channels, linear 0 to 1, when the document was read.
    pub meters: [f64; 2],
    /// The gain in dB (vMix 24 and later).
    pub gain_db: Option<f64>,
    /// The loudness of each channel of separate mono (vMix 28 and later).
    pub channel_volumes: [Option<Amplitude>; 2],
    /// Whether it follows the transition. Known once vMix has pushed it: the document does not say it.
    pub auto: Option<bool>,
    /// The mixer of channels 1 to 16. Known once vMix has pushed it.
    pub channel_mixer: [Option<f64>; 16],
}

/// What a field of a title holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FieldKind {
    /// Text.
    #[default]
    Text,
    /// The path or URL of an image.
    Image,
    /// A colour: `#FF1E90FF`.
    Colour,
}

/// A field of a title.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Field {
    /// What it holds.
    pub kind: FieldKind,
    /// From 0.
    pub index: u32,
    /// `Headline.Text`.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ListItem {
    /// The path or URL.
    pub path: String,
    /// Whether it is the current one.
    pub selected: bool,
}

/// An input that lies on another one.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Layer {
    /// From 0. Functions count layers from 1.
    pub index: u32,
    /// The key of the input that lies there.
    pub key: String,
    /// Where it stands, unless that is the default.
    pub position: Option<Position>,
    /// What is cut off it.
    pub crop: Option<Crop>,
}

/// Where a layer or an input stands.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Position {
    /// In half frames from the centre, up and right are positive.
    pub pan: [f64; 2],
    /// 1 is the full frame.
    pub zoom: [f64; 2],
    /// The left upper corner, in pixels (vMix 27 and later).
    pub origin: Option<[f64; 2]>,
    /// Width and height, in pixels (vMix 27 and later).
    pub size: Option<[f64; 2]>,
}

impl Default for Position {
    fn default() -> Self {
        Self { pan: [0.0; 2], zoom: [1.0; 2], origin: None, size: None }
    }
}

/// What is left of a picture, each from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Crop {
    /// The left upper corner.
    pub from: [f64; 2],
    /// The right lower corner.
    pub to: [f64; 2],
}

impl Default for Crop {
    fn default() -> Self {
        Self { from: [0.0; 2], to: [1.0; 2] }
    }
}

/// The state of a replay input.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Replay {
    /// Whether it shows what comes in.
    pub live: bool,
    /// Whether it records.
    pub recording: bool,
    /// All attributes as vMix writes them: `channelMode`, `eventsA`, `cameraB`, `speed`.
    pub attributes: Vec<(String, String)>,
    /// The time codes, by name, in the host's local time: `timecodeA`, `2026-10-07T10:15:30.120`.
    pub timecodes: Vec<(String, String)>,
}

/// The state of a video call.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct VideoCall {
    /// The password that lets a guest in.
    pub password: SecretString,
    /// Whether the guest is there.
    pub connected: bool,
    /// What the guest sees: `Output1`, `None`.
    pub video_source: String,
    /// What the guest hears: `BusA`.
    pub audio_source: String,
}

impl PartialEq for VideoCall {
    fn eq(&self, other: &Self) -> bool {
        use secrecy::ExposeSecret;
        (self.password.expose_secret(), self.connected, &self.video_source, &self.audio_source)
            == (other.password.expose_secret(), other.connected, &other.video_source, &other.audio_source)
    }
}
