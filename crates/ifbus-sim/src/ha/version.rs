//! What came with which version of Home Assistant.

use std::fmt;
use std::str::FromStr;

/// A version of Home Assistant: year, month, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u16, pub u16, pub u16);

impl Version {
    /// Whether it is as 2024.3 was in what is known to differ from 2026.2; what came when in between is not.
    pub(super) fn is_old(self) -> bool {
        self < Self(2024, 4, 0)
    }

    /// A refusal in the words of this version.
    pub(super) fn words(self, message: String) -> String {
        if !self.is_old() {
            return message;
        }
        let message = message.replace("Invalid trigger '", "Invalid platform '").replace(", floor_id, label_id.", ".");
        // Of a list, only its name was told, not the place in it.
        let parts = message.split_once(" @ data['").and_then(|(why, rest)| Some((why, rest.split_once("'][")?.0)));
        match parts {
            Some((why, name)) if why.starts_with("value must be") => {
                format!("{why} for dictionary value @ data['{name}']")
            }
            _ => message,
        }
    }
}

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
