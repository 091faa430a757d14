//! What stands in the attributes of the state document's elements.

use super::input::{Crop, Input, InputAudio, Position, VideoCall};
use crate::volume::Amplitude;
use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;
use std::borrow::Cow;
use std::time::Duration;

/// An input from its attributes.
pub(super) fn input(start: &BytesStart<'_>) -> Input {
    let mut input = Input::default();
    for (name, value) in pairs(start) {
        match name {
            "key" => input.key = value.into_owned(),
            "number" => input.number = value.parse().unwrap_or_default(),
            "type" => input.kind = value.into_owned(),
            "title" => input.title = value.into_owned(),
            "shortTitle" => input.short_title = value.into_owned(),
            "state" => input.state = value.into_owned(),
            "position" => input.position = value.parse().unwrap_or_default(),
            "duration" => input.duration = value.parse().unwrap_or_default(),
            "loop" => input.looped = is_true(&value),
            "markIn" => set(&mut input.marks, 0, value.parse().ok().map(Duration::from_millis)),
            "markOut" => set(&mut input.marks, 1, value.parse().ok().map(Duration::from_millis)),
            "selectedIndex" => input.selected_index = value.parse().ok(),
            "frameDelay" => input.frame_delay = value.parse().ok(),
            _ => {
                if !audio(&mut input.audio, name, &value) && !call(&mut input.call, name, &value) {
                    input.unknown.push((name.to_owned(), value.into_owned()));
                }
            }
        }
    }
    input
}

/// An attribute that only inputs with sound have; false: it is none.
pub(super) fn audio(audio: &mut Option<InputAudio>, name: &str, value: &str) -> bool {
    let number = || value.parse().unwrap_or_default();
    let gain = || value.parse().ok().map(|percent: f64| Amplitude::new(percent / 100.0));
    match name {
        "muted" => audio.get_or_insert_default().muted = is_true(value),
        "volume" => audio.get_or_insert_default().volume = gain().unwrap_or_default(),
        "balance" => audio.get_or_insert_default().balance = number(),
        "solo" => audio.get_or_insert_default().solo = is_true(value),
        "soloPFL" => audio.get_or_insert_default().solo_pfl = is_true(value),
        "audiobusses" => {
            audio.get_or_insert_default().busses = value.chars().filter(char::is_ascii_alphabetic).collect();
        }
        "meterF1" => set(&mut audio.get_or_insert_default().meters, 0, number()),
        "meterF2" => set(&mut audio.get_or_insert_default().meters, 1, number()),
        "gainDb" => audio.get_or_insert_default().gain_db = value.parse().ok(),
        "volumeF1" => set(&mut audio.get_or_insert_default().channel_volumes, 0, gain()),
        "volumeF2" => set(&mut audio.get_or_insert_default().channel_volumes, 1, gain()),
        _ => return false,
    }
    true
}

/// An attribute that only video calls have; false: it is none.
pub(super) fn call(call: &mut Option<VideoCall>, name: &str, value: &str) -> bool {
    match name {
        "callPassword" => call.get_or_insert_default().password = value.into(),
        "callConnected" => call.get_or_insert_default().connected = is_true(value),
        "callVideoSource" => call.get_or_insert_default().video_source = value.into(),
        "callAudioSource" => call.get_or_insert_default().audio_source = value.into(),
        _ => return false,
    }
    true
}

pub(super) fn position(start: &BytesStart<'_>) -> Position {
    let mut position = Position::default();
    let (mut origin, mut size) = ([None; 2], [None; 2]);
    for (name, value) in pairs(start) {
        let Ok(value) = value.parse() else { continue };
        match name {
            "panX" => set(&mut position.pan, 0, value),
            "panY" => set(&mut position.pan, 1, value),
            "zoomX" => set(&mut position.zoom, 0, value),
            "zoomY" => set(&mut position.zoom, 1, value),
            "x" => set(&mut origin, 0, Some(value)),
            "y" => set(&mut origin, 1, Some(value)),
            "width" => set(&mut size, 0, Some(value)),
            "height" => set(&mut size, 1, Some(value)),
            _ => {}
        }
    }
    let both = |[one, other]: [Option<f64>; 2]| Some([one?, other?]);
    (position.origin, position.size) = (both(origin), both(size));
    position
}

pub(super) fn crop(start: &BytesStart<'_>) -> Crop {
    let mut crop = Crop::default();
    for (name, value) in pairs(start) {
        let Ok(value) = value.parse() else { continue };
        match name {
            "X1" => set(&mut crop.from, 0, value),
            "Y1" => set(&mut crop.from, 1, value),
            "X2" => set(&mut crop.to, 0, value),
            "Y2" => set(&mut crop.to, 1, value),
            _ => {}
        }
    }
    crop
}

pub(super) fn set<T, const N: usize>(all: &mut [T; N], at: usize, value: T) {
    if let Some(place) = all.get_mut(at) {
        *place = value;
    }
}

/// The attributes, unescaped, up to the first that cannot be read.
///
/// quick-xml's own iterator checks more than is of use here, and takes thrice the time.
pub(super) fn pairs<'a>(start: &'a BytesStart<'_>) -> Pairs<'a> {
    Pairs(start.attributes_raw())
}

/// See [`pairs`].
pub(super) struct Pairs<'a>(&'a str);

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        // names are short: a plain loop is quicker than a search that is made for long texts
        let rest = self.0.trim_ascii_start();
        let name_end = rest.bytes().position(|byte| byte == b'=')?;
        let (name, rest) = rest.split_at_checked(name_end)?;
        let rest = rest.get(1..)?.trim_ascii_start();
        let quote = rest.bytes().next().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let rest = rest.get(1..)?;
        let (end, escaped) = match memchr::memchr2(quote, b'&', rest.as_bytes())? {
            at if rest.as_bytes().get(at) == Some(&quote) => (at, false),
            at => (at + memchr::memchr(quote, rest.as_bytes().get(at..)?)?, true),
        };
        let (raw, rest) = rest.split_at_checked(end)?;
        self.0 = rest.get(1..)?;
        let value = if escaped { unescape(raw).unwrap_or(Cow::Borrowed(raw)) } else { Cow::Borrowed(raw) };
        let name = name.trim_ascii_end();
        Some((name, value))
    }
}

pub(super) fn attribute<'a>(start: &'a BytesStart<'_>, wanted: &str) -> Option<Cow<'a, str>> {
    pairs(start).find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

pub(super) fn string(start: &BytesStart<'_>, name: &str) -> String {
    attribute(start, name).map(Cow::into_owned).unwrap_or_default()
}

pub(super) fn number<T: std::str::FromStr>(start: &BytesStart<'_>, name: &str) -> Option<T> {
    attribute(start, name)?.trim().parse().ok()
}

pub(super) fn percent(start: &BytesStart<'_>, name: &str) -> Option<Amplitude> {
    number::<f64>(start, name).map(|percent| Amplitude::new(percent / 100.0))
}

pub(super) fn duration(start: &BytesStart<'_>, name: &str, unit: fn(u64) -> Duration) -> Option<Duration> {
    number(start, name).map(unit)
}

pub(super) fn flag(start: &BytesStart<'_>, name: &str) -> bool {
    attribute(start, name).is_some_and(|value| is_true(&value))
}

/// `True` is vMix's; list items say `true`.
pub(super) fn is_true(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("true")
}

pub(super) fn input_number(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|number| *number > 0)
}
