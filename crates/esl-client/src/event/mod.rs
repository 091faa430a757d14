//! Events: one piece of bytes and the places of its headers; decoded when asked.

mod index;
mod kind;
#[rustfmt::skip]
mod typed;
mod value;

pub use kind::{EventKind, EventSet};
pub use typed::*;
pub use value::Value;

use crate::block::{lines, split, value_of};
use bytes::Bytes;
use index::{Found, Index, Span};
use std::borrow::Cow;
use std::sync::Arc;
use value::Form;

/// How an event is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Encoding {
    /// `text/event-plain`: lines, with values percent-encoded. The quickest, and the default.
    #[default]
    Plain,
    /// `text/event-json`: one object. The only form that loses nothing of a value.
    Json,
    /// `text/event-xml`.
    Xml,
}

impl Encoding {
    /// The word of the `event` command.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }
}

/// An event, whole: every header in the order of the wire, duplicates too. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Event(Arc<Inner>);

#[derive(PartialEq, Eq)]
struct Inner {
    /// The whole frame.
    bytes: Bytes,
    /// Where the event begins in it.
    start: u32,
    encoding: Encoding,
    index: Index,
    body: Option<(u32, u32)>,
    whole: bool,
}

impl Event {
    /// The event in the body of a frame.
    pub(crate) fn in_frame(bytes: Bytes, start: usize, encoding: Encoding) -> Self {
        let Found { index, body, whole } = match encoding {
            Encoding::Plain => index::plain(&bytes, start),
            Encoding::Json => index::json(&bytes, start),
            Encoding::Xml => index::xml(&bytes, start),
        };
        Self(Arc::new(Inner { start: start as u32, bytes, encoding, index, body, whole }))
    }

    /// The event that is a header block itself: the answer to `connect`.
    pub(crate) fn in_head(bytes: Bytes, ends: &[u32]) -> Self {
        let index = Index::Lines(ends.to_vec());
        Self(Arc::new(Inner { bytes, start: 0, encoding: Encoding::Plain, index, body: None, whole: true }))
    }

    /// Reads an event that stands alone, as `uuid_dump` gives it.
    #[must_use]
    pub fn parse(bytes: impl Into<Bytes>, encoding: Encoding) -> Self {
        Self::in_frame(bytes.into(), 0, encoding)
    }

    /// How it is written.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.0.encoding
    }

    /// Whether all of it could be read. If not, [`iter`](Self::iter) gives what could, and [`bytes`](Self::bytes) the rest.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.0.whole
    }

    /// Its bytes as they came, without the frame's own header block.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes.get(self.0.start as usize..).unwrap_or_default()
    }

    pub(crate) fn frame_bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    fn part(&self, (from, to): (u32, u32)) -> &[u8] {
        self.0.bytes.get(from as usize..to as usize).unwrap_or_default()
    }

    /// The value of a plain line.
    fn plain(raw: &[u8]) -> Value<'_> {
        Value { raw, form: Form::Percent }
    }

    /// The value at this place.
    fn spanned(&self, span: &Span) -> Value<'_> {
        let quoted = || span.value.0.checked_sub(1).and_then(|at| self.0.bytes.get(at as usize)) == Some(&b'"');
        let form = match self.0.encoding {
            Encoding::Xml => Form::Xml,
            _ if quoted() => Form::JsonString,
            _ => Form::JsonOther,
        };
        Value { raw: self.part(span.value), form }
    }

    /// The value of the first header of this name, whatever its case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'_>> {
        let name = name.as_bytes();
        match &self.0.index {
            Index::Lines(ends) => {
                let mut lines = lines(&self.0.bytes, self.0.start as usize, ends);
                lines.find_map(|line| value_of(line, name)).map(Self::plain)
            }
            Index::Spans(spans) => {
                let mut spans = spans.iter();
                spans.find(|span| self.part(span.name).eq_ignore_ascii_case(name)).map(|span| self.spanned(span))
            }
        }
    }

    /// The value of the last header of this name: what the server itself wrote, where a client of it may have put one before.
    #[must_use]
    pub fn get_last(&self, name: &str) -> Option<Value<'_>> {
        let name = name.as_bytes();
        match &self.0.index {
            Index::Lines(ends) => {
                let lines = lines(&self.0.bytes, self.0.start as usize, ends);
                lines.rev().find_map(|line| value_of(line, name)).map(Self::plain)
            }
            Index::Spans(spans) => {
                let mut spans = spans.iter().rev();
                spans.find(|span| self.part(span.name).eq_ignore_ascii_case(name)).map(|span| self.spanned(span))
            }
        }
    }

    /// The value as text; empty where there is no such header.
    #[must_use]
    pub fn text(&self, name: &str) -> Cow<'_, str> {
        self.get(name).map(Value::text).unwrap_or_default()
    }

    /// All values of this name, in order.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Value<'a>> {
        self.iter().filter(move |(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All headers, in order, duplicates too. A line without a colon is passed over.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, Value<'_>)> {
        let (ends, spans) = match &self.0.index {
            Index::Lines(ends) => (ends.as_slice(), &[][..]),
            Index::Spans(spans) => (&[][..], spans.as_slice()),
        };
        let lines = lines(&self.0.bytes, self.0.start as usize, ends).filter_map(split);
        let lines = lines.map(|(name, raw)| (name, Self::plain(raw)));
        let spans = spans.iter().map(|span| (self.part(span.name), self.spanned(span)));
        lines.chain(spans).map(|(name, value)| {
            let name = match self.0.encoding {
                Encoding::Json => match value::unescape_json(name) {
                    Cow::Borrowed(name) => String::from_utf8_lossy(name),
                    Cow::Owned(name) => Cow::Owned(String::from_utf8_lossy(&name).into_owned()),
                },
                Encoding::Plain | Encoding::Xml => String::from_utf8_lossy(name),
            };
            (name, value)
        })
    }

    /// Its body, if it has one: the result of a job, the text of a message.
    #[must_use]
    pub fn body(&self) -> Option<Cow<'_, [u8]>> {
        let raw = self.part(self.0.body?);
        Some(match self.0.encoding {
            Encoding::Plain => {
                // the last one is the server's; a client of it may have written one of its own before
                let length = self.get_last("Content-Length").and_then(Value::parse::<usize>);
                Cow::Borrowed(length.and_then(|length| raw.get(..length)).unwrap_or(raw))
            }
            Encoding::Json => value::unescape_json(raw),
            Encoding::Xml => value::unescape_xml(raw),
        })
    }

    /// Its body as text; empty without one.
    #[must_use]
    pub fn body_text(&self) -> String {
        self.body().map(|body| String::from_utf8_lossy(&body).into_owned()).unwrap_or_default()
    }

    /// `Event-Name`, as the server wrote it: `CHANNEL_ANSWER`, `CUSTOM`.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        self.get_last("Event-Name").map(Value::text).unwrap_or_default()
    }

    /// `Event-Subclass` of a `CUSTOM` event: `conference::maintenance`.
    #[must_use]
    pub fn subclass(&self) -> Option<Cow<'_, str>> {
        self.get("Event-Subclass").map(Value::text)
    }

    /// `Unique-ID`: the channel it is about.
    #[must_use]
    pub fn unique_id(&self) -> Option<Cow<'_, str>> {
        self.get("Unique-ID").map(Value::text)
    }

    /// A channel variable, by its name without `variable_`.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<Value<'_>> {
        const PREFIX: &[u8] = b"variable_";
        let name = name.as_bytes();
        match &self.0.index {
            Index::Lines(ends) => {
                let mut lines = lines(&self.0.bytes, self.0.start as usize, ends);
                lines.find_map(|line| value_of(line.strip_prefix(PREFIX)?, name)).map(Self::plain)
            }
            Index::Spans(spans) => {
                let is = |span: &&Span| {
                    self.part(span.name).strip_prefix(PREFIX).is_some_and(|of| of.eq_ignore_ascii_case(name))
                };
                spans.iter().find(is).map(|span| self.spanned(span))
            }
        }
    }

    /// `Event-Sequence`. It counts all events of the server, and does not rise from event to event: several threads of it
    /// deliver them.
    #[must_use]
    pub fn sequence(&self) -> Option<u64> {
        self.get_last("Event-Sequence").and_then(Value::parse)
    }

    /// `Event-Date-Timestamp`, in microseconds since 1970.
    #[must_use]
    pub fn timestamp(&self) -> Option<u64> {
        self.get_last("Event-Date-Timestamp").and_then(Value::parse)
    }

    /// Whether it has this name.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.get_last("Event-Name").is_some_and(|is| is.raw == name.as_bytes())
    }
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Event")
            .field("name", &self.name())
            .field("unique_id", &self.unique_id())
            .field("bytes", &self.bytes().len())
            .finish_non_exhaustive()
    }
}
