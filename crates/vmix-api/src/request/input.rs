//! How a function names an input.

use crate::show::Input;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Which input a function is about.
///
/// A string is a key or a title: complete, with its spaces, and in the right case (vMix manual). A title of digits cannot be
/// used: vMix would take it for a number. Keys are safest: titles repeat and numbers move. `&Input` stands for its key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputRef {
    /// What is in preview (`0`).
    Preview,
    /// What is on air (`-1`).
    Active,
    /// By number, from 1.
    Number(u32),
    /// By key or title.
    Name(String),
}

impl fmt::Display for InputRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.wire())
    }
}

impl InputRef {
    pub(crate) fn wire(&self) -> Cow<'_, str> {
        match self {
            Self::Preview => "0".into(),
            Self::Active => "-1".into(),
            Self::Number(number) => number.to_string().into(),
            Self::Name(name) => name.into(),
        }
    }
}

impl From<u32> for InputRef {
    /// `0` is what vMix takes it for: the preview.
    fn from(number: u32) -> Self {
        if number == 0 { Self::Preview } else { Self::Number(number) }
    }
}

impl From<&str> for InputRef {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<String> for InputRef {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl From<&String> for InputRef {
    fn from(name: &String) -> Self {
        Self::Name(name.clone())
    }
}

impl From<&Input> for InputRef {
    fn from(input: &Input) -> Self {
        Self::Name(input.key.clone())
    }
}

impl From<&Arc<Input>> for InputRef {
    fn from(input: &Arc<Input>) -> Self {
        Self::Name(input.key.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_zero_is_the_preview() {
        assert_eq!(InputRef::from(0), InputRef::Preview);
        assert_eq!(InputRef::from(1), InputRef::Number(1));
    }
}
