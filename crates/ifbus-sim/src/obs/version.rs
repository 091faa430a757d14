//! What came with which version of obs-websocket.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// A version of obs-websocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u16, pub u16, pub u16);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl FromStr for Version {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '.').map(str::parse);
        let mut next = || parts.next().unwrap_or(Ok(0));
        Ok(Self(next()?, next()?, next()?))
    }
}

impl Version {
    /// The OBS Studio that carries it.
    pub(super) fn studio(self) -> &'static str {
        match (self.0, self.1) {
            (5, 0) => "28.0.0",
            (5, 1 | 2) => "29.0.2",
            (5, 3) => "30.0.0",
            (5, 4) => "30.1.0",
            (5, 5) => "30.2.3",
            (5, 6) => "31.0.0",
            _ => "32.2.2",
        }
    }

    pub(super) fn has_uuids(self) -> bool {
        self >= Self(5, 4, 0)
    }

    pub(super) fn has_canvases(self) -> bool {
        self >= Self(5, 7, 0)
    }

    /// Whether it lists the newest input first, and not last.
    pub(super) fn lists_newest_first(self) -> bool {
        !self.has_uuids()
    }

    /// Whether it sends this event.
    pub(super) fn sends(self, event: &str) -> bool {
        event != "InputSettingsChanged" || self >= Self(5, 4, 0)
    }

    /// Whether Hello tells the version of OBS itself.
    pub(super) fn hello_tells_studio(self) -> bool {
        self >= Self(5, 6, 0)
    }

    /// Takes away what this version does not send. `None` if nothing is left: such an answer has no data.
    pub(super) fn trim(self, mut value: Value) -> Option<Value> {
        if self.has_uuids() {
            return Some(value);
        }
        strip(&mut value);
        Some(value).filter(|v| v.as_object().is_none_or(|map| !map.is_empty()))
    }
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !key.ends_with("Uuid") && key != "inputKindCaps" && key != "cropToBounds");
            map.remove("log_changes");
            map.values_mut().for_each(strip);
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        _ => {}
    }
}
