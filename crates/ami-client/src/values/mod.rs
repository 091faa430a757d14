//! The words and numbers of the protocol. Each enumeration is open: a word that a newer server says is kept.

mod generated;

pub use generated::*;

/// A word of the protocol.
pub trait Word: for<'a> From<&'a str> {
    /// The word as it is written.
    fn as_str(&self) -> &str;
}

macro_rules! words {
    ($($name:ident { $($variant:ident = $wire:literal,)* })*) => {$(
        #[doc = concat!("`", stringify!($name), "`: a word of the protocol.")]
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $wire, "`")] $variant,)*
            /// A word that this version does not know.
            Unlisted(Box<str>),
        }

        impl $name {
            /// The word as it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unlisted(word) => word,
                }
            }
        }

        impl super::Word for $name {
            fn as_str(&self) -> &str {
                $name::as_str(self)
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                $(if word.eq_ignore_ascii_case($wire) {
                    return Self::$variant;
                })*
                Self::Unlisted(word.into())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}
use words;

/// What a channel does (`ChannelState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ChannelState {
    /// 0: there, and nothing more.
    #[default]
    Down,
    /// 1: reserved.
    Reserved,
    /// 2: off the hook.
    OffHook,
    /// 3: a number is being dialed.
    Dialing,
    /// 4: the party that calls hears it ring.
    Ring,
    /// 5: the phone rings.
    Ringing,
    /// 6: answered.
    Up,
    /// 7: busy.
    Busy,
    /// Another number.
    Other(u32),
}

impl From<u32> for ChannelState {
    fn from(number: u32) -> Self {
        match number {
            0 => Self::Down,
            1 => Self::Reserved,
            2 => Self::OffHook,
            3 => Self::Dialing,
            4 => Self::Ring,
            5 => Self::Ringing,
            6 => Self::Up,
            7 => Self::Busy,
            other => Self::Other(other),
        }
    }
}

/// How headers of events are read.
pub(crate) mod read {
    use super::Word;
    use crate::frame::Frame;
    use std::borrow::Cow;
    use std::str::FromStr;
    use std::time::Duration;

    pub(crate) fn text<'a>(frame: &'a Frame, name: &str) -> Cow<'a, str> {
        frame.get(name).unwrap_or_default()
    }

    pub(crate) fn all<'a>(frame: &'a Frame, name: &'a str) -> Vec<Cow<'a, str>> {
        frame.get_all(name).collect()
    }

    pub(crate) fn number<T: FromStr>(frame: &Frame, name: &str) -> Option<T> {
        frame.number(name)
    }

    pub(crate) fn word<T: Word>(frame: &Frame, name: &str) -> Option<T> {
        frame.get(name).map(|word| T::from(word.as_ref()))
    }

    pub(crate) fn flag(frame: &Frame, name: &str) -> Option<bool> {
        match frame.get_bytes(name)?.to_ascii_lowercase().as_slice() {
            b"yes" | b"true" | b"on" | b"1" | b"enabled" | b"y" | b"t" => Some(true),
            b"no" | b"false" | b"off" | b"0" | b"disabled" | b"n" | b"f" => Some(false),
            _ => None,
        }
    }

    fn of(frame: &Frame, name: &str, unit: f64) -> Option<Duration> {
        Duration::try_from_secs_f64(frame.number::<f64>(name)? * unit).ok()
    }

    pub(crate) fn secs(frame: &Frame, name: &str) -> Option<Duration> {
        of(frame, name, 1.0)
    }

    pub(crate) fn millis(frame: &Frame, name: &str) -> Option<Duration> {
        of(frame, name, 1e-3)
    }

    pub(crate) fn micros(frame: &Frame, name: &str) -> Option<Duration> {
        of(frame, name, 1e-6)
    }

    /// `hh:mm:ss`, where the hours may pass 24.
    pub(crate) fn clock(frame: &Frame, name: &str) -> Option<Duration> {
        let text = frame.get(name)?;
        let mut parts = text.splitn(3, ':').map(|part| part.parse::<u64>().ok());
        let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
        let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
        Some(Duration::from_secs(minutes.checked_mul(60)?.checked_add(seconds)?))
    }
}

/// How parameters of actions are written.
pub(crate) mod write {
    use super::Word;
    use std::time::Duration;

    pub(crate) fn text(value: impl Into<String>) -> String {
        value.into()
    }

    #[allow(clippy::needless_pass_by_value)]
    pub(crate) fn number(value: impl ToString) -> String {
        value.to_string()
    }

    pub(crate) fn word<T: Word>(value: impl Into<T>) -> String {
        value.into().as_str().to_owned()
    }

    pub(crate) fn secs(value: Duration) -> String {
        // a part of a second is a second: none would mean no limit
        (value.as_secs() + u64::from(value.subsec_nanos() > 0)).to_string()
    }

    pub(crate) fn millis(value: Duration) -> String {
        value.as_millis().to_string()
    }

    pub(crate) fn true_false(value: bool) -> String {
        value.to_string()
    }

    pub(crate) fn yes_no(value: bool) -> String {
        if value { "yes" } else { "no" }.to_owned()
    }

    pub(crate) fn on_off(value: bool) -> String {
        if value { "on" } else { "off" }.to_owned()
    }

    pub(crate) fn one_zero(value: bool) -> String {
        u8::from(value).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame;
    use std::time::Duration;

    #[test]
    fn values_are_read_as_asterisk_writes_them() {
        let text = "A: 00:01:05\r\nB: 100:00:00\r\nC: Yes\r\nD: off\r\nE: 250\r\nF: -1\r\nG: x\r\n\r\n";
        let frame = Frame::parse(text);
        assert_eq!(read::clock(&frame, "A"), Some(Duration::from_secs(65)));
        assert_eq!(read::clock(&frame, "B"), Some(Duration::from_secs(360_000)));
        assert_eq!(
            (read::flag(&frame, "C"), read::flag(&frame, "D"), read::flag(&frame, "G")),
            (Some(true), Some(false), None)
        );
        assert_eq!(read::millis(&frame, "E"), Some(Duration::from_millis(250)));
        assert_eq!((read::secs(&frame, "F"), read::number::<i32>(&frame, "F")), (None, Some(-1)));
        assert_eq!(read::clock(&frame, "E"), None);
        assert_eq!(write::secs(Duration::from_millis(1)), "1");
    }

    #[test]
    fn unknown_words_are_kept() {
        assert_eq!(DialStatus::from("NOANSWER").as_str(), "NOANSWER");
        assert_eq!(DialStatus::from("Novel"), DialStatus::Unlisted("Novel".into()));
    }
}
