//! What vMix sends unasked: tally, activators, and whatever else a newer version may say.

use crate::codec::{Frame, Line};
use crate::volume::Amplitude;
use std::fmt;
use std::sync::Arc;

/// Something that vMix sent by itself. Cheap to clone.
///
/// Each push is one event, in order. A fader that is dragged makes dozens a second: who needs only the latest value follows
/// [`Client::changes`](crate::Client::changes), a watch of the whole show that coalesces by itself; who reads events slowly
/// loses the oldest and is told how many ([`Delivery::Lagged`](crate::Delivery)).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// `TALLY OK …`: the tally of all inputs.
    Tally(Tally),
    /// `ACTS OK …`: one activator. The answer to a query of an activator comes here too: vMix does not tell them apart.
    Act(Act),
    /// Anything else.
    Unknown(Unknown),
}

/// A kind of event, for [`Client::events_of`](crate::Client::events_of).
pub trait EventKind: Sized + Send + 'static {
    /// The event as this kind, if it is one.
    fn pick(event: &Event) -> Option<Self>;
}

impl EventKind for Event {
    fn pick(event: &Event) -> Option<Self> {
        Some(event.clone())
    }
}

/// The tally light of one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Light {
    /// `0`: neither.
    Off,
    /// `1`: on air, also by an overlay or as a layer of what is on air. During a transition both inputs are.
    Program,
    /// `2`: in preview.
    Preview,
    /// A digit that newer versions may send.
    Other(u8),
}

/// The tally of all inputs of the main mix, in order of their numbers.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Tally(Arc<[u8]>);

impl Tally {
    pub(crate) fn new(digits: &[u8]) -> Self {
        Self(digits.into())
    }

    /// The light of an input, by its number from 1.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<Light> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        self.0.get(at).map(|digit| light(*digit))
    }

    /// All lights; the first is that of input 1.
    pub fn iter(&self) -> impl Iterator<Item = Light> {
        self.0.iter().map(|digit| light(*digit))
    }

    /// The numbers of the inputs with this light.
    pub fn with(&self, wanted: Light) -> impl Iterator<Item = u32> {
        (1..).zip(self.iter()).filter(move |(_, light)| *light == wanted).map(|(number, _)| number)
    }

    /// How many inputs it covers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no inputs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn light(digit: u8) -> Light {
    match digit {
        b'0' => Light::Off,
        b'1' => Light::Program,
        b'2' => Light::Preview,
        other => Light::Other(other),
    }
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tally({})", String::from_utf8_lossy(&self.0))
    }
}

impl EventKind for Tally {
    fn pick(event: &Event) -> Option<Self> {
        match event {
            Event::Tally(tally) => Some(tally.clone()),
            _ => None,
        }
    }
}

/// The state of one activator: `InputVolume 10 0.0625`, `Recording 1`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Act {
    text: Arc<str>,
    name: u32,
    value: u32,
    input: Option<u32>,
}

impl Act {
    /// Reads what stands behind `ACTS OK`.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        let name = text.find(' ').unwrap_or(text.len());
        if name == 0 {
            return None;
        }
        let rest = text.get(name + 1..).unwrap_or_default();
        let scoped = rest.split_once(' ').and_then(|(number, _)| Some((number.len(), number.parse().ok()?)));
        let (input, value) = match scoped {
            Some((digits, input)) => (Some(input), name + 1 + digits + 1),
            None => (None, (name + 1).min(text.len())),
        };
        Some(Self { text: text.into(), name: u32::try_from(name).ok()?, value: u32::try_from(value).ok()?, input })
    }

    /// The activator's name: `InputVolume`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.get(..self.name as usize).unwrap_or_default()
    }

    /// The input it is about, by number; `None` for an activator of the whole show.
    #[must_use]
    pub fn input(&self) -> Option<u32> {
        self.input
    }

    /// The value as vMix wrote it: `1`, `0.0625`, `1.229964E-05`.
    #[must_use]
    pub fn value(&self) -> &str {
        self.text.get(self.value as usize..).unwrap_or_default()
    }

    /// The value as a number.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        self.value().parse().ok()
    }

    /// Whether the value is a number other than 0.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.number().is_some_and(|value| value != 0.0)
    }

    /// What it says, typed.
    #[must_use]
    pub fn change(&self) -> Change {
        Change::read(self).unwrap_or(Change::Other)
    }
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Act({})", self.text)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl EventKind for Act {
    fn pick(event: &Event) -> Option<Self> {
        match event {
            Event::Act(act) => Some(act.clone()),
            _ => None,
        }
    }
}

/// What an activator says, for those that the mirror follows. Names are those of the manual's list of activators.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// `Input`, `InputMix2`…: an input went on or off air in a mix (1 is the main mix). They come in pairs: old off, new on.
    #[non_exhaustive]
    Active {
        /// The mix as the window numbers it, from 1.
        mix: u8,
        /// The input's number.
        input: u32,
        /// Whether it is on air now.
        on: bool,
    },
    /// `InputPreview`, `InputPreviewMix2`…: the same for the preview.
    #[non_exhaustive]
    Preview {
        /// The mix as the window numbers it, from 1.
        mix: u8,
        /// The input's number.
        input: u32,
        /// Whether it is in preview now.
        on: bool,
    },
    /// `Overlay1` to `Overlay8`: an input went into the channel or out of it, be it the preview's overlay or the program's.
    #[non_exhaustive]
    Overlay {
        /// The channel, 1 to 8.
        channel: u8,
        /// The input's number.
        input: u32,
        /// Whether it is in the channel now.
        on: bool,
    },
    /// An activator of one input.
    #[non_exhaustive]
    Input {
        /// The input's number.
        input: u32,
        /// What changed.
        change: InputChange,
    },
    /// `MasterVolume`, `BusBVolume`.
    Volume(Bus, Amplitude),
    /// `MasterHeadphones`.
    Headphones(Amplitude),
    /// `MasterAudio`, `BusAAudio`: whether the sound is on.
    Audio(Bus, bool),
    /// `BusASolo`.
    Solo(Bus, bool),
    /// `FadeToBlack`.
    FadeToBlack(bool),
    /// `Recording`.
    Recording(bool),
    /// `Streaming`: which stream it is, vMix does not say.
    Streaming(bool),
    /// `External`.
    External(bool),
    /// `MultiCorder`.
    MultiCorder(bool),
    /// `Fullscreen`.
    Fullscreen(bool),
    /// Anything else: see the name and the value of the [`Act`].
    Other,
}

/// What changed about one input.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum InputChange {
    /// `InputPlaying`.
    Playing(bool),
    /// `InputVolume`.
    Volume(Amplitude),
    /// `InputAudio`: whether the sound is on.
    Audio(bool),
    /// `InputAudioAuto`: whether the sound follows the transition. The state document does not say it.
    AudioAuto(bool),
    /// `InputSolo`.
    Solo(bool),
    /// `InputMasterAudio`, `InputBusAAudio`: whether the sound goes to this bus.
    Sends(Bus, bool),
    /// `InputVolumeChannelMixer1` to `16`: the channel, and its gain. The state document does not say it.
    ChannelMixer(u8, f64),
}

/// An audio bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Bus {
    /// The master.
    Master,
    /// A bus by its letter, `A` to `G`.
    Named(char),
}

impl Bus {
    /// The letter that vMix uses in lists of busses: `M` for the master.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Master => 'M',
            Self::Named(letter) => letter,
        }
    }

    /// The bus at the front of an activator's name, and the rest of it.
    fn split(name: &str) -> Option<(Self, &str)> {
        if let Some(rest) = name.strip_prefix("Master") {
            return Some((Self::Master, rest));
        }
        let mut rest = name.strip_prefix("Bus")?.chars();
        let letter = rest.next().filter(char::is_ascii_uppercase)?;
        Some((Self::Named(letter), rest.as_str()))
    }
}

impl Change {
    fn read(act: &Act) -> Option<Self> {
        match act.input() {
            Some(input) => Self::of_input(act, input),
            None => Self::of_show(act),
        }
    }

    fn of_show(act: &Act) -> Option<Self> {
        let number = act.number()?;
        let on = number != 0.0;
        if let Some((bus, what)) = Bus::split(act.name()) {
            return match what {
                "Volume" => Some(Self::Volume(bus, Amplitude::new(number))),
                "Audio" => Some(Self::Audio(bus, on)),
                "Solo" => Some(Self::Solo(bus, on)),
                "Headphones" => Some(Self::Headphones(Amplitude::new(number))),
                _ => None,
            };
        }
        match act.name() {
            "FadeToBlack" => Some(Self::FadeToBlack(on)),
            "Recording" => Some(Self::Recording(on)),
            "Streaming" => Some(Self::Streaming(on)),
            "External" => Some(Self::External(on)),
            "MultiCorder" => Some(Self::MultiCorder(on)),
            "Fullscreen" => Some(Self::Fullscreen(on)),
            _ => None,
        }
    }

    fn of_input(act: &Act, input: u32) -> Option<Self> {
        let number = act.number()?;
        let on = number != 0.0;
        if let Some(channel) = act.name().strip_prefix("Overlay") {
            return Some(Self::Overlay { channel: channel.parse().ok()?, input, on });
        }
        let what = act.name().strip_prefix("Input")?;
        let change = match what {
            "" => return Some(Self::Active { mix: 1, input, on }),
            "Preview" => return Some(Self::Preview { mix: 1, input, on }),
            "Playing" => InputChange::Playing(on),
            "Volume" => InputChange::Volume(Amplitude::new(number)),
            "Audio" => InputChange::Audio(on),
            "AudioAuto" => InputChange::AudioAuto(on),
            "Solo" => InputChange::Solo(on),
            _ => {
                if let Some(mix) = what.strip_prefix("PreviewMix") {
                    return Some(Self::Preview { mix: mix.parse().ok()?, input, on });
                } else if let Some(mix) = what.strip_prefix("Mix") {
                    return Some(Self::Active { mix: mix.parse().ok()?, input, on });
                } else if let Some(channel) = what.strip_prefix("VolumeChannelMixer") {
                    InputChange::ChannelMixer(channel.parse().ok()?, number)
                } else {
                    match Bus::split(what)? {
                        (bus, "Audio") => InputChange::Sends(bus, on),
                        _ => return None,
                    }
                }
            }
        };
        Some(Self::Input { input, change })
    }
}

/// A message that this crate does not know.
#[derive(Clone, PartialEq, Eq)]
pub struct Unknown(Arc<Frame>);

impl Unknown {
    /// Copies the frame: an event that waits in a queue must not hold the buffer that it was read into.
    pub(crate) fn new(frame: &Frame) -> Self {
        Self(Arc::new(frame.detached()))
    }

    /// The message as it came.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        &self.0
    }

    /// Its line.
    #[must_use]
    pub fn line(&self) -> &Line {
        self.0.line()
    }
}

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unknown({:?})", self.0)
    }
}

impl EventKind for Unknown {
    fn pick(event: &Event) -> Option<Self> {
        match event {
            Event::Unknown(unknown) => Some(unknown.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(text: &str) -> Change {
        Act::new(text).unwrap().change()
    }

    #[test]
    fn acts_are_read_by_scope() {
        let act = Act::new("InputVolume 10 1.229964E-05").unwrap();
        assert_eq!((act.name(), act.input(), act.value()), ("InputVolume", Some(10), "1.229964E-05"));
        assert_eq!(act.number(), Some(1.229_964e-5));
        let act = Act::new("MasterVolume 0.65609998").unwrap();
        assert_eq!((act.name(), act.input(), act.value()), ("MasterVolume", None, "0.65609998"));
        let act = Act::new("SomethingNew 1 0.5").unwrap();
        assert_eq!(
            (act.name(), act.input(), act.value(), act.change()),
            ("SomethingNew", Some(1), "0.5", Change::Other)
        );
        let act = Act::new("ButtonPress").unwrap();
        assert_eq!((act.name(), act.input(), act.value()), ("ButtonPress", None, ""));
        assert_eq!(Act::new(" "), None);
    }

    #[test]
    fn activators_are_typed() {
        assert_eq!(change("Input 3 1"), Change::Active { mix: 1, input: 3, on: true });
        assert_eq!(change("InputMix2 4 1"), Change::Active { mix: 2, input: 4, on: true });
        assert_eq!(change("InputPreview 3 0"), Change::Preview { mix: 1, input: 3, on: false });
        assert_eq!(change("InputPreviewMix16 5 1"), Change::Preview { mix: 16, input: 5, on: true });
        assert_eq!(change("Overlay8 13 1"), Change::Overlay { channel: 8, input: 13, on: true });
        assert_eq!(change("BusAVolume 0.5"), Change::Volume(Bus::Named('A'), Amplitude::new(0.5)));
        assert_eq!(change("MasterHeadphones 1"), Change::Headphones(Amplitude::new(1.0)));
        assert_eq!(change("Streaming 1"), Change::Streaming(true));
        let of = |change| Change::Input { input: 10, change };
        assert_eq!(change("InputBusAAudio 10 1"), of(InputChange::Sends(Bus::Named('A'), true)));
        assert_eq!(change("InputMasterAudio 10 0"), of(InputChange::Sends(Bus::Master, false)));
        assert_eq!(change("InputVolumeChannelMixer1 10 0.5"), of(InputChange::ChannelMixer(1, 0.5)));
        assert_eq!(change("Overlay1Any 1 1"), Change::Other);
        assert_eq!(change("Input x 1"), Change::Other);
    }

    #[test]
    fn tally_digits_are_lights() {
        let tally = Tally::new(b"01219");
        assert_eq!(tally.get(2), Some(Light::Program));
        assert_eq!(tally.get(5), Some(Light::Other(b'9')));
        assert_eq!((tally.get(0), tally.get(6)), (None, None));
        assert_eq!(tally.with(Light::Program).collect::<Vec<_>>(), [2, 4]);
    }
}
