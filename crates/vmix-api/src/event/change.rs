//! What the activators say, typed.

use super::Act;
use crate::volume::Amplitude;

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
    /// Reads an activator that the mirror follows.
    pub(super) fn read(act: &Act) -> Option<Self> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn change(text: &str) -> Change {
        Act::new(text).unwrap().change()
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
}
