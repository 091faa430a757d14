//! A piece of JSON that is decoded when somebody asks.

use crate::error::Error;
use ifbus_link::ws::Utf8Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;

/// JSON as Home Assistant sent it, decoded only when asked.
///
/// It shares the memory of the message that it came in: cloning it copies nothing, and keeping it keeps the whole message (up to
/// a megabyte where the server coalesced a burst) with those that were read together with it (16 KiB). To keep little of it for
/// long, keep what [`parse`](Self::parse) gives.
#[derive(Clone)]
pub struct Json {
    frame: Utf8Bytes,
    start: usize,
    end: usize,
}

impl Json {
    /// A whole message.
    pub(crate) fn whole(frame: Utf8Bytes) -> Self {
        let end = frame.as_str().len();
        Self { frame, start: 0, end }
    }

    /// A part of this: `text` must have been borrowed from [`text`](Self::text); anything else gives a copy.
    pub(crate) fn part(&self, text: &str) -> Self {
        let start = (text.as_ptr() as usize).wrapping_sub(self.frame.as_str().as_ptr() as usize);
        let end = start.wrapping_add(text.len());
        match self.frame.as_str().get(start..end) {
            Some(found) if found.as_ptr() == text.as_ptr() => Self { frame: self.frame.clone(), start, end },
            _ => Self::whole(text.into()),
        }
    }

    /// The JSON text, byte for byte as it came.
    #[must_use]
    pub fn text(&self) -> &str {
        self.frame.as_str().get(self.start..self.end).unwrap_or_default()
    }

    /// Decodes it as a `T`.
    ///
    /// # Errors
    /// [`Error::Unexpected`] if it is not one.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(self.text()).map_err(|error| Error::unexpected("a message", &error))
    }

    /// Decodes it as it is; `Null` if it is nested deeper than 128 levels.
    #[must_use]
    pub fn value(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_default()
    }

    /// Borrows from it, for decoders that keep parts as they are.
    pub(crate) fn borrow<'a, T: serde::Deserialize<'a>>(&'a self) -> Option<T> {
        serde_json::from_str(self.text()).ok()
    }
}

/// As text, with what looks like a token replaced by `[redacted]`.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::redact::redact(self.text()))
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Default for Json {
    fn default() -> Self {
        Self::whole(Utf8Bytes::from("null"))
    }
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        Self::whole(value.to_string().into())
    }
}
