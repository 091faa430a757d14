//! Any function, by name.

use super::catalogue::{self, Kind};
use super::command::Command;
use super::input::InputRef;
use super::{Answer, Request};
use crate::codec::Frame;
use crate::error::Error;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// Left as they are: what RFC 3986 calls unreserved, and the comma, with which vMix joins the parts of a value. A space
/// becomes `%20`, never `+`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b',');

/// A function of vMix's.
pub trait Function {
    /// The function as it is sent.
    fn raw(&self) -> &Raw;
}

/// Any function, by its name, with any parameters. Values are percent-encoded; names must be letters and digits.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Raw {
    name: Cow<'static, str>,
    parameters: Vec<(Cow<'static, str>, String)>,
    unchecked: bool,
}

impl Raw {
    /// A function by its name, in the manual's letters. Over TCP vMix says OK to a name that it does not know: such a name is
    /// refused here.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), parameters: Vec::new(), unchecked: false }
    }

    /// Sends the name also if this crate does not know it: for newer versions of vMix.
    pub fn unchecked(mut self) -> Self {
        self.unchecked = true;
        self
    }

    /// `Input`.
    pub fn input(self, input: impl Into<InputRef>) -> Self {
        let input = input.into();
        self.param("Input", input.wire())
    }

    /// `Value`. Parts of a value are joined by commas: `50,2000`.
    pub fn value(self, value: impl fmt::Display) -> Self {
        self.param("Value", value)
    }

    /// `Duration`, in whole milliseconds.
    pub fn duration(self, duration: Duration) -> Self {
        self.param("Duration", duration.as_millis())
    }

    /// `Mix`: 0 is the main mix, `n` is the one that the window calls `n + 1`.
    pub fn mix(self, mix: u8) -> Self {
        self.param("Mix", mix)
    }

    /// `SelectedName`: a field of a title, `Headline.Text`.
    pub fn field(self, name: impl fmt::Display) -> Self {
        self.param("SelectedName", name)
    }

    /// Any parameter. A second one of the same name takes the place of the first.
    pub fn param(mut self, name: impl Into<Cow<'static, str>>, value: impl fmt::Display) -> Self {
        let (name, value) = (name.into(), value.to_string());
        match self.parameters.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.parameters.push((name, value)),
        }
        self
    }

    /// The function's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Checks names; vMix's own are of letters and digits.
    fn check(&self) -> Result<(), Error> {
        let is_name =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_name(&self.name) {
            return Err(Error::invalid("function", "a name is letters and digits"));
        }
        if self.parameters.iter().any(|(name, _)| !is_name(name)) {
            return Err(Error::invalid("parameter", "a name is letters and digits"));
        }
        if self.unchecked {
            return Ok(());
        }
        let parameters = self.parameters.iter().map(|(name, _)| &**name);
        parameters.map(catalogue::check_parameter).chain([catalogue::check(&self.name)]).collect()
    }

    /// The encoded parameters; `hide`: the value is replaced.
    fn query(&self, hide: bool) -> String {
        let mut query = String::new();
        for (name, value) in &self.parameters {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(name);
            query.push('=');
            if hide && name.eq_ignore_ascii_case("Value") {
                query.push_str("[redacted]");
            } else {
                query.extend(utf8_percent_encode(value, ENCODED));
            }
        }
        query
    }

    fn shown_query(&self) -> Option<String> {
        (catalogue::kind(&self.name) == Kind::Secret).then(|| self.query(true))
    }

    /// Function and parameters as the HTTP API takes them, and whether the host must allow it.
    #[cfg(feature = "http")]
    pub(crate) fn http_query(&self) -> Result<HttpQuery, Error> {
        self.check()?;
        let whole = |query: String| {
            if query.is_empty() { format!("Function={}", self.name) } else { format!("Function={}&{query}", self.name) }
        };
        Ok(HttpQuery {
            query: whole(self.query(false)),
            shown: whole(self.shown_query().unwrap_or_else(|| self.query(false))),
            dangerous: catalogue::kind(&self.name) == Kind::Host,
        })
    }
}

/// A function as the HTTP API takes it.
#[cfg(feature = "http")]
pub(crate) struct HttpQuery {
    pub(crate) query: String,
    pub(crate) shown: String,
    pub(crate) dangerous: bool,
}

/// Secret values are replaced.
impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = self.shown_query().unwrap_or_else(|| self.query(false));
        write!(f, "{}({query})", self.name)
    }
}

impl Function for Raw {
    fn raw(&self) -> &Raw {
        self
    }
}

impl<F: Function> Request for F {
    type Reply = ();

    fn command(&self) -> Result<Command, Error> {
        let raw = self.raw();
        raw.check()?;
        let dangerous = catalogue::kind(&raw.name) == Kind::Host;
        Ok(Command::function(raw.name.clone(), &raw.query(false), raw.shown_query().as_deref(), dangerous))
    }

    fn reply(&self, answer: Answer) -> Result<(), Error> {
        match answer.frame {
            Frame::Ok(_) | Frame::Sized { .. } => Ok(()),
            Frame::Error(line) => Err(Error::rejected(self.raw().name(), None, &line.text())),
            Frame::Other(line) | Frame::Http(line) => Err(Error::unexpected(self.raw().name(), &line.text())),
        }
    }
}

/// Makes a type per function: `new` with what it cannot go without, and one method per parameter that it may have.
macro_rules! function {
    (
        $(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) = $raw:expr;
        $($option:ident),*
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[must_use]
        pub struct $name($crate::request::raw::Raw);

        impl $name {
            /// The function with what it cannot go without.
            pub fn new($($arg: $type),*) -> Self {
                Self($raw)
            }

            $($crate::request::raw::option!($option);)*
        }

        $crate::request::raw::default!($name, $($arg)*);

        impl $crate::request::raw::Function for $name {
            fn raw(&self) -> &$crate::request::raw::Raw {
                &self.0
            }
        }
    };
}

/// `Default`, for a function that can go without anything.
macro_rules! default {
    ($name:ident,) => {
        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
    };
    ($name:ident, $($arg:ident)+) => {};
}

/// The methods for parameters.
macro_rules! option {
    (input) => {
        /// The input; without it vMix takes the preview.
        pub fn input(self, input: impl Into<$crate::request::InputRef>) -> Self {
            Self(self.0.input(input))
        }
    };
    (duration) => {
        /// How long it takes, in whole milliseconds.
        pub fn duration(self, duration: std::time::Duration) -> Self {
            Self(self.0.duration(duration))
        }
    };
    (mix) => {
        /// The mix: 0, the default, is the main mix; `n` is the one that the window calls `n + 1`.
        pub fn mix(self, mix: u8) -> Self {
            Self(self.0.mix(mix))
        }
    };
    (field) => {
        /// The field of the title, by name: `Headline.Text` in a GT title, `Headline` in a XAML one.
        pub fn field(self, name: impl std::fmt::Display) -> Self {
            Self(self.0.field(name))
        }
    };
    (field_index) => {
        /// The field of the title, by its index from 0.
        pub fn field_index(self, index: u32) -> Self {
            Self(self.0.param("SelectedIndex", index))
        }
    };
    (channel) => {
        /// One stream, counted from 0 to 4; without it, all.
        pub fn channel(self, channel: u8) -> Self {
            Self(self.0.value(channel))
        }
    };
}

pub(super) use {default, function, option};
