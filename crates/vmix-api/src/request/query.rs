//! Commands that ask: state, tally, activators, version.

use super::command::{Command, Expect, no_breaks};
use super::{Answer, Request};
use crate::codec::Frame;
use crate::error::Error;
use crate::event::{Act, Tally as Lights};
use crate::show::Show;
use std::borrow::Cow;
use std::sync::Arc;

/// `XML`: reads the whole state document and renews the mirror.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Xml;

impl Xml {
    /// The whole document.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl Request for Xml {
    type Reply = Arc<Show>;

    fn command(&self) -> Result<Command, Error> {
        Ok(Command::new(Cow::Borrowed("XML"), "", Expect::Xml))
    }

    fn reply(&self, answer: Answer) -> Result<Arc<Show>, Error> {
        match (answer.frame, answer.show) {
            (Frame::Error(line), _) => Err(Error::rejected("XML", None, &line.text())),
            (_, Some(Ok(show))) => Ok(show),
            (_, Some(Err(wrong))) => Err(Error::unexpected("XML", &wrong)),
            (_, None) => Err(Error::unexpected("XML", "no document")),
        }
    }
}

/// `XMLTEXT`: one text of the state document by its path: `vmix/inputs/input[1]/@title`. The first that fits is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlText(String);

impl XmlText {
    /// A path, from `vmix/`.
    pub fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }
}

impl Request for XmlText {
    type Reply = String;

    fn command(&self) -> Result<Command, Error> {
        no_breaks("path", &self.0)?;
        if self.0.is_empty() {
            return Err(Error::invalid("path", "it is empty"));
        }
        Ok(Command::new(Cow::Borrowed("XMLTEXT"), &self.0, Expect::Word(Cow::Borrowed("XMLTEXT"))))
    }

    fn reply(&self, answer: Answer) -> Result<String, Error> {
        text("XMLTEXT", &answer.frame)
    }
}

/// `TALLY`: the tally of all inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Tally;

impl Tally {
    /// All inputs.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl Request for Tally {
    type Reply = Lights;

    fn command(&self) -> Result<Command, Error> {
        Ok(Command::new(Cow::Borrowed("TALLY"), "", Expect::Tally))
    }

    fn reply(&self, answer: Answer) -> Result<Lights, Error> {
        match answer.frame {
            Frame::Error(line) => Err(Error::rejected("TALLY", None, &line.text())),
            frame => Ok(Lights::new(frame.line().text_bytes().trim_ascii())),
        }
    }
}

/// `ACTS`: the state of one activator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Acts {
    name: String,
    input: Option<u32>,
}

impl Acts {
    /// An activator by its name: `InputVolume`, `Recording`.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), input: None }
    }

    /// The number of the input it is about. `Input`, `InputPreview` and `Overlay1` to `4` go without: the answer says which
    /// input is there, or vMix refuses with `No Input`.
    pub fn input(mut self, number: u32) -> Self {
        self.input = Some(number);
        self
    }

    pub(super) fn parse(arguments: &str) -> Result<Self, Error> {
        let mut words = arguments.split_ascii_whitespace();
        let acts = Self::new(words.next().unwrap_or_default());
        match words.next().map(str::parse) {
            None => Ok(acts),
            Some(Ok(input)) => Ok(acts.input(input)),
            Some(Err(_)) => Err(Error::invalid("input", "not a number")),
        }
    }

    pub(super) fn into_command(self) -> Result<Command, Error> {
        if self.name.is_empty() || !self.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(Error::invalid("activator", "a name is letters and digits"));
        }
        let arguments = match self.input {
            Some(input) => format!("{} {input}", self.name),
            None => self.name.clone(),
        };
        Ok(Command::new(Cow::Borrowed("ACTS"), &arguments, Expect::Acts { name: self.name, input: self.input }))
    }
}

impl Request for Acts {
    type Reply = Act;

    fn command(&self) -> Result<Command, Error> {
        self.clone().into_command()
    }

    fn reply(&self, answer: Answer) -> Result<Act, Error> {
        let text = text("ACTS", &answer.frame)?;
        Act::new(&text).ok_or_else(|| Error::unexpected("ACTS", &text))
    }
}

/// `VERSION`: the version of vMix, four numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Version;

impl Version {
    /// The version.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl Request for Version {
    type Reply = String;

    fn command(&self) -> Result<Command, Error> {
        Ok(Command::new(Cow::Borrowed("VERSION"), "", Expect::Word(Cow::Borrowed("VERSION"))))
    }

    fn reply(&self, answer: Answer) -> Result<String, Error> {
        text("VERSION", &answer.frame)
    }
}

/// `PING`: any answer will do. Not in the manual; clients are known to use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Ping;

impl Ping {
    /// A ping.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl Request for Ping {
    type Reply = ();

    fn command(&self) -> Result<Command, Error> {
        Ok(Command::new(Cow::Borrowed("PING"), "", Expect::Word(Cow::Borrowed("PING"))))
    }

    fn reply(&self, _: Answer) -> Result<(), Error> {
        Ok(())
    }
}

/// What vMix says, unless it says `ER`.
fn text(request: &str, frame: &Frame) -> Result<String, Error> {
    match frame {
        Frame::Ok(_) | Frame::Sized { .. } => Ok(frame.text().into_owned()),
        Frame::Error(line) => Err(Error::rejected(request, None, &line.text())),
        Frame::Other(line) | Frame::Http(line) => Err(Error::unexpected(request, &line.text())),
    }
}
