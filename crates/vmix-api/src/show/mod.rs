//! The show: what vMix says of itself, from the state document, kept up to date by activators and tally.

mod attributes;
mod input;
mod merge;
mod xml;

pub use input::{Crop, Field, FieldKind, Input, InputAudio, Layer, ListItem, Position, Replay, VideoCall};
pub(crate) use xml::parse;

use crate::error::Error;
use crate::event::{Bus, Light, Tally};
use crate::volume::Amplitude;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A snapshot of the show: made from the state document (vMix manual, XML), and kept up to date by what vMix pushes.
///
/// What vMix does not say is `None`, `false` or empty: documents of older versions lack much. Titles, texts, lists, layers,
/// outputs and durations are pushed by no activator: they are as of the last reading of the document.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Show {
    /// No connection stands, or none has read the document yet: this is what was last known.
    pub stale: bool,
    /// Four numbers: `29.0.0.49`.
    pub version: String,
    /// `HD`, `4K`, `Pro`, `Max`; not in old versions.
    pub edition: Option<String>,
    /// The path of the preset on the vMix host; `None` before one is saved or loaded.
    pub preset: Option<String>,
    /// All inputs in order of their numbers, from 1.
    pub inputs: Vec<Arc<Input>>,
    /// The overlay channels.
    pub overlays: Vec<Overlay>,
    /// The number of the input in the preview of the main mix.
    pub preview: Option<u32>,
    /// The number of the input that is the program of the main mix.
    pub active: Option<u32>,
    /// Whether the program is faded to black.
    pub fade_to_black: bool,
    /// The transition buttons.
    pub transitions: Vec<TransitionButton>,
    /// The recording.
    pub recording: Recording,
    /// Whether the external output runs.
    pub external: bool,
    /// The streams.
    pub streaming: Streaming,
    /// Whether the play list runs.
    pub play_list: bool,
    /// Whether MultiCorder records.
    pub multi_corder: bool,
    /// Whether the full screen output is on.
    pub fullscreen: bool,
    /// The mixes beside the main mix.
    pub mixes: Vec<Mix>,
    /// The outputs (vMix 28 and later).
    pub outputs: Vec<Output>,
    /// The master and the busses that are enabled.
    pub audio: Vec<AudioBus>,
    /// The dynamic inputs and values (vMix 24 and later).
    pub dynamic: Dynamic,
    /// The tally of the main mix, overlays and layers included; `None` unless tally is subscribed.
    pub tally: Option<Tally>,
    /// Activators of the whole show that have no other place here, as last pushed: `ReplayLive`.
    pub activators: BTreeMap<Box<str>, f64>,
    /// Elements right below the root that this crate does not know, with their text.
    pub unknown: Vec<(String, String)>,
}

/// An overlay channel.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Overlay {
    /// From 1. vMix 29 lists 16, of which 1 to 8 can be addressed.
    pub number: u32,
    /// The number of the input in it.
    pub input: Option<u32>,
    /// Whether it is in the preview only. Activators do not say it: as of the last reading of the document.
    pub preview: bool,
}

/// A transition button.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct TransitionButton {
    /// From 1.
    pub number: u32,
    /// `Fade`, `CubeZoom`…
    pub effect: String,
    /// How long it takes.
    pub duration: Duration,
}

/// The recording.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Recording {
    /// Whether it runs.
    pub on: bool,
    /// How long it has run when the document was read, in whole seconds.
    pub duration: Option<Duration>,
    /// The files that are written.
    pub files: Vec<String>,
}

/// The streams.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Streaming {
    /// Whether any runs.
    pub on: bool,
    /// Each stream, as far as vMix says: the first is the one that `StartStreaming` calls 0. Three before vMix 28, five since.
    pub channels: [Option<bool>; 5],
    /// The channels are those of a document that was read while streaming ran.
    pub(crate) documented: bool,
}

impl Streaming {
    /// Whether this stream runs, counted from 0 as functions count; `None` for a channel: any. Gives `None` until a document
    /// has been read since vMix pushed that streaming began: the push does not say which.
    #[must_use]
    pub fn is_on(&self, channel: Option<u8>) -> Option<bool> {
        let Some(channel) = channel.filter(|_| self.on) else { return Some(self.on) };
        if !self.documented {
            return None;
        }
        // before vMix 23 there is one stream, and no attribute for it
        let told = self.channels.iter().any(Option::is_some);
        Some(!told || self.channels.get(usize::from(channel)) == Some(&Some(true)))
    }

    /// Whether a push that streaming ended may be about one of several streams.
    pub(crate) fn is_several(&self) -> bool {
        self.channels.iter().filter(|channel| **channel == Some(true)).count() > 1
    }
}

/// A mix beside the main mix.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Mix {
    /// As the window numbers it, from 2. On the wire, the `Mix` of a function is one less.
    pub number: u8,
    /// The number of the input in its preview.
    pub preview: Option<u32>,
    /// The number of the input that is its program.
    pub active: Option<u32>,
}

/// An output.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Output {
    /// `output` or `fullscreen`.
    pub kind: String,
    /// From 1, per kind.
    pub number: u32,
    /// `Output`, `Preview`, `MultiView`, `Mix`, `Input`…
    pub source: String,
    /// The number of the input, where the source is one.
    pub input: Option<u32>,
    /// The mix on the wire (0 is the main mix), where the source is one.
    pub mix: Option<u8>,
    /// Whether it goes out by NDI.
    pub ndi: bool,
    /// Whether it goes out by OMT (vMix 29).
    pub omt: bool,
    /// Whether it goes out by SRT.
    pub srt: bool,
}

/// The master or a bus.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AudioBus {
    /// Which one.
    pub bus: Bus,
    /// Its own name, where it has one.
    pub name: Option<String>,
    /// Its loudness.
    pub volume: Amplitude,
    /// Whether its sound is off.
    pub muted: bool,
    /// Whether it is soloed.
    pub solo: bool,
    /// Whether it goes to the master.
    pub send_to_master: bool,
    /// The level of the two channels, linear 0 to 1, when the document was read.
    pub meters: [f64; 2],
    /// The loudness of the headphones; the master only.
    pub headphones: Option<Amplitude>,
}

/// The dynamic inputs and values: what `Dynamic1` to `Dynamic4` stand for.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Dynamic {
    /// The inputs, as vMix writes them.
    pub inputs: [String; 4],
    /// The values.
    pub values: [String; 4],
}

/// Several inputs go by the same name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{count} inputs are called {name:?}: use a key or a number")]
#[non_exhaustive]
pub struct Ambiguous {
    /// The name.
    pub name: String,
    /// How many have it.
    pub count: usize,
}

impl Show {
    /// Reads a state document: what `XML` gives over TCP and `/api` over HTTP.
    ///
    /// # Errors
    /// [`Error::Unexpected`] if it is not well-formed or its root is not `vmix`; the document is not repeated.
    pub fn from_xml(document: &[u8]) -> Result<Self, Error> {
        parse(document).map_err(|wrong| Error::unexpected("XML", &wrong))
    }

    /// The input with this number, from 1.
    #[must_use]
    pub fn input(&self, number: u32) -> Option<&Arc<Input>> {
        let guess = usize::try_from(number).ok()?.checked_sub(1)?;
        let right = |input: &&Arc<Input>| input.number == number;
        self.inputs.get(guess).filter(right).or_else(|| self.inputs.iter().find(right))
    }

    /// The input with this key (GUID).
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<&Arc<Input>> {
        self.inputs.iter().find(|input| input.key.eq_ignore_ascii_case(key))
    }

    /// The input that people mean by a name: its key, else its title, else its short title, else its number.
    ///
    /// # Errors
    /// [`Ambiguous`], if the first of these that fits fits several inputs.
    pub fn find(&self, name: &str) -> Result<Option<&Arc<Input>>, Ambiguous> {
        if let Some(input) = self.by_key(name) {
            return Ok(Some(input));
        }
        let titles: [fn(&Input) -> &str; 2] = [|input| &input.title, |input| &input.short_title];
        for title in titles {
            let mut called = self.inputs.iter().filter(|input| title(input) == name);
            if let Some(first) = called.next() {
                return match called.count() {
                    0 => Ok(Some(first)),
                    more => Err(Ambiguous { name: name.to_owned(), count: more + 1 }),
                };
            }
        }
        Ok(name.parse().ok().and_then(|number| self.input(number)))
    }

    /// The program of the main mix.
    #[must_use]
    pub fn active_input(&self) -> Option<&Arc<Input>> {
        self.input(self.active?)
    }

    /// The preview of the main mix.
    #[must_use]
    pub fn preview_input(&self) -> Option<&Arc<Input>> {
        self.input(self.preview?)
    }

    /// The overlay channel with this number, from 1.
    #[must_use]
    pub fn overlay(&self, number: u32) -> Option<&Overlay> {
        self.overlays.iter().find(|overlay| overlay.number == number)
    }

    /// The mix that the window numbers so, from 2.
    #[must_use]
    pub fn mix(&self, number: u8) -> Option<&Mix> {
        self.mixes.iter().find(|mix| mix.number == number)
    }

    /// The master or a bus; `None` for one that is not enabled.
    #[must_use]
    pub fn bus(&self, bus: Bus) -> Option<&AudioBus> {
        self.audio.iter().find(|audio| audio.bus == bus)
    }

    /// Whether the input is seen on air by way of the main mix; `None` unless tally is subscribed.
    #[must_use]
    pub fn on_air(&self, input: &Input) -> Option<bool> {
        Some(self.tally.as_ref()?.get(input.number) == Some(Light::Program))
    }
}
