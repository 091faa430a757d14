//! What vMix sends unasked: tally, activators, and whatever else a newer version may say.

mod change;

pub use change::{Bus, Change, InputChange};

use crate::codec::{Frame, Line};
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

impl Event {
    /// The push that a frame is: its tally or its activator. `None`: it is neither, or cannot be read as one.
    #[must_use]
    pub fn pushed(frame: &Frame) -> Option<Self> {
        match frame {
            Frame::Ok(line) if line.word() == b"TALLY" => Some(Self::Tally(Tally::new(line.text_bytes().trim_ascii()))),
            Frame::Ok(line) if line.word() == b"ACTS" => Act::new(&line.text()).map(Self::Act),
            _ => None,
        }
    }
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
    fn tally_digits_are_lights() {
        let tally = Tally::new(b"01219");
        assert_eq!(tally.get(2), Some(Light::Program));
        assert_eq!(tally.get(5), Some(Light::Other(b'9')));
        assert_eq!((tally.get(0), tally.get(6)), (None, None));
        assert_eq!(tally.with(Light::Program).collect::<Vec<_>>(), [2, 4]);
    }
}
