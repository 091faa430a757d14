//! One line to vMix, checked and encoded.

use crate::error::Error;
use std::borrow::Cow;
use std::fmt;

/// What answers a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expect {
    /// A frame with this first word.
    Word(Cow<'static, str>),
    /// `TALLY …`, which may be a push as well.
    Tally,
    /// `ACTS OK name input …`, which may be a push as well, or `ACTS ER …`.
    Acts { name: String, input: Option<u32> },
    /// `XML n`.
    Xml,
}

/// One line to vMix: made by a [`Request`](super::Request), or by [`Command::raw`].
#[derive(Clone)]
pub struct Command {
    /// Without its line end.
    line: String,
    /// What is shown where the line holds a secret.
    shown: Option<String>,
    name: Cow<'static, str>,
    expect: Expect,
    dangerous: bool,
    secret_reply: bool,
}

impl Command {
    /// Any command by its word and what follows it: `Command::raw("XMLTEXT", "vmix/version")`.
    ///
    /// # Errors
    /// [`Error::Link`] with an invalid argument for a line break or NUL anywhere, for a word that is none, and for `FUNCTION`,
    /// which goes by [`function::Raw`](super::function::Raw).
    pub fn raw(word: &str, arguments: &str) -> Result<Self, Error> {
        if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid("command", "not a word"));
        }
        if word.eq_ignore_ascii_case("FUNCTION") {
            return Err(Error::invalid("command", "send a function with function::Raw"));
        }
        no_breaks("arguments", arguments)?;
        let expect = match word {
            "TALLY" => Expect::Tally,
            "XML" => Expect::Xml,
            "ACTS" => return super::query::Acts::parse(arguments)?.into_command(),
            _ => Expect::Word(Cow::Owned(word.to_owned())),
        };
        let mut command = Self::new(Cow::Owned(word.to_owned()), arguments, expect);
        command.secret_reply = is_secret_path(arguments);
        Ok(command)
    }

    pub(crate) fn new(word: Cow<'static, str>, arguments: &str, expect: Expect) -> Self {
        let line = if arguments.is_empty() { word.to_string() } else { format!("{word} {arguments}") };
        Self { line, shown: None, name: word, expect, dangerous: false, secret_reply: is_secret_path(arguments) }
    }

    /// A function; `query` is encoded, `shown` is the query with secrets replaced.
    pub(super) fn function(name: Cow<'static, str>, query: &str, shown: Option<&str>, dangerous: bool) -> Self {
        let line = |query: &str| format!("FUNCTION {name} {query}").trim_end().to_owned();
        Self {
            line: line(query),
            shown: shown.map(line),
            name,
            expect: Expect::Word(Cow::Borrowed("FUNCTION")),
            dangerous,
            secret_reply: false,
        }
    }

    /// The line, without its end. It may hold a secret; `Debug` and `Display` do not.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The function's name, or the command's word.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it runs code or types keys on the vMix host.
    #[must_use]
    pub fn is_dangerous(&self) -> bool {
        self.dangerous
    }

    pub(crate) fn expect(&self) -> &Expect {
        &self.expect
    }

    pub(crate) fn name_shared(&self) -> Cow<'static, str> {
        self.name.clone()
    }

    /// Whether the reply holds a secret: it may be the password of a video call.
    #[must_use]
    pub fn secret_reply(&self) -> bool {
        self.secret_reply
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown.as_ref().unwrap_or(&self.line))
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({self})")
    }
}

/// Whether an XPath may lead to the password of a video call.
fn is_secret_path(path: &str) -> bool {
    path.to_ascii_lowercase().contains("password") || path.contains("@*")
}

/// Refuses what would end the line.
pub(super) fn no_breaks(field: &'static str, text: &str) -> Result<(), Error> {
    match text.bytes().position(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        None => Ok(()),
        Some(at) => Err(Error::invalid(
            field,
            format!("it holds a line break or NUL at byte {at}; vMix would read what follows as another command"),
        )),
    }
}
