//! What is sent: a command line, headers, a body. No value can become another line.

use crate::error::Error;
use std::borrow::Cow;

/// The largest command that FreeSWITCH takes (`read_packet`): it would carry a longer one out as if it were complete.
const COMMAND: usize = 10 << 20;

/// A command that may be sent: nothing in it can be taken for a second one.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    bytes: Vec<u8>,
    name: Cow<'static, str>,
    secret: bool,
}

impl Command {
    /// The bytes on the wire.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it is called in errors and spans: the verb, and of an `api` the command's name. Never a value.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes as the wire tap shows them.
    pub(crate) fn shown(&self) -> Vec<u8> {
        if self.secret { format!("{} [redacted]\n\n", self.name).into_bytes() } else { self.bytes.clone() }
    }

    /// A command without headers.
    pub(crate) fn line(verb: &'static str, arguments: &str) -> Result<Self, Error> {
        Draft::new(verb, arguments)?.finish()
    }

    /// A whole command line of the user's.
    pub(crate) fn raw(line: &str) -> Result<Self, Error> {
        let mut draft = Draft::new("", "")?;
        draft.bytes = format!("{line}\n").into_bytes();
        draft.name = Cow::Owned(line.split(' ').next().unwrap_or_default().to_owned());
        draft.finish()
    }

    pub(crate) fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// `api NAME ARGUMENTS` or `bgapi …`.
    pub(crate) fn api(verb: &'static str, name: &str, arguments: &str) -> Result<Draft, Error> {
        if name.is_empty() || name.bytes().any(|byte| byte.is_ascii_whitespace()) {
            return Err(Error::invalid("command", "it is one word"));
        }
        checked("command", name)?;
        checked("arguments", arguments)?;
        let mut draft = Draft::new(verb, name)?;
        draft.name = Cow::Owned(format!("{verb} {name}"));
        if !arguments.is_empty() {
            draft.bytes.truncate(draft.bytes.len() - 1);
            draft.bytes.push(b' ');
            draft.bytes.extend_from_slice(arguments.as_bytes());
            draft.bytes.push(b'\n');
        }
        // these carry a PIN or a password
        draft.secret = name.eq_ignore_ascii_case("conference") && arguments.split(' ').nth(1) == Some("pin");
        Ok(draft)
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Command({})", self.name)
    }
}

/// A command that is being written.
#[derive(Debug)]
pub(crate) struct Draft {
    bytes: Vec<u8>,
    name: Cow<'static, str>,
    body: Vec<u8>,
    secret: bool,
}

impl Draft {
    pub(crate) fn new(verb: &'static str, arguments: &str) -> Result<Self, Error> {
        checked("arguments", arguments)?;
        let line = if arguments.is_empty() { format!("{verb}\n") } else { format!("{verb} {arguments}\n") };
        Ok(Self { bytes: line.into_bytes(), name: Cow::Borrowed(verb), body: Vec::new(), secret: false })
    }

    /// Adds a header. FreeSWITCH eats leading spaces of a value, and takes an empty one for none.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        if name.is_empty() || name.contains(':') || name.trim() != name {
            return Err(Error::invalid("header", "a name is not empty, and holds no colon and no outer space"));
        }
        checked("header", name)?;
        checked(Cow::Owned(name.to_owned()), value)?;
        self.bytes.extend_from_slice(format!("{name}: {value}\n").as_bytes());
        Ok(self)
    }

    /// Sets the body, which may hold line breaks. FreeSWITCH ends it at a NUL: there can be none in it.
    pub(crate) fn body(mut self, body: &[u8]) -> Result<Self, Error> {
        if body.contains(&0) {
            return Err(Error::invalid("body", "it holds a NUL byte, at which FreeSWITCH would cut it"));
        }
        self.body = body.to_vec();
        Ok(self)
    }

    pub(crate) fn finish(mut self) -> Result<Command, Error> {
        if !self.body.is_empty() {
            self.bytes.extend_from_slice(format!("Content-Length: {}\n", self.body.len()).as_bytes());
        }
        self.bytes.push(b'\n');
        self.bytes.append(&mut self.body);
        if self.bytes.len() >= COMMAND {
            return Err(Error::invalid("command", "FreeSWITCH takes less than 10 MiB at once"));
        }
        Ok(Command { bytes: self.bytes, name: self.name, secret: self.secret })
    }
}

/// Refuses what the server would read as the end of a line or of a text.
pub(crate) fn checked(field: impl Into<Cow<'static, str>>, value: &str) -> Result<(), Error> {
    let found = value.bytes().enumerate().find_map(|(at, byte)| match byte {
        b'\r' => Some(("a carriage return", at)),
        b'\n' => Some(("a line feed", at)),
        0 => Some(("a NUL", at)),
        _ => None,
    });
    match found {
        None => Ok(()),
        Some((what, at)) => {
            Err(Error::invalid(field, format!("it holds {what} at byte {at}, which would end the line")))
        }
    }
}

/// One argument among others: without spaces and quotes, of which FreeSWITCH would make more than one, or less.
pub(crate) fn word(field: &'static str, value: &str) -> Result<(), Error> {
    checked(field, value)?;
    if value.is_empty() || value.contains([' ', '\'', '\\']) {
        return Err(Error::invalid(field, "it is one word, without spaces, quotes and backslashes"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ifbus_link::Error as LinkError;

    fn field(error: &Error) -> &str {
        match error {
            Error::Link(LinkError::InvalidArgument { field, .. }) => field,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn nothing_can_begin_a_second_line() {
        for bad in ["a\nb", "a\rb", "a\0b", "x\n\napi shutdown"] {
            assert_eq!(field(&Command::line("filter", bad).unwrap_err()), "arguments");
            assert_eq!(field(&Command::api("api", "status", bad).unwrap_err()), "arguments");
            assert_eq!(
                field(&Draft::new("sendmsg", "").unwrap().header("execute-app-arg", bad).unwrap_err()),
                "execute-app-arg"
            );
            assert_eq!(field(&Draft::new("sendmsg", "").unwrap().header(bad, "x").unwrap_err()), "header");
        }
        assert_eq!(field(&Command::api("api", "a b", "").unwrap_err()), "command");
        assert_eq!(field(&Draft::new("sendmsg", "").unwrap().header("a:b", "x").unwrap_err()), "header");
        assert_eq!(field(&Draft::new("sendevent", "X").unwrap().body(b"a\0b").unwrap_err()), "body");
        let big = "x".repeat(COMMAND);
        assert_eq!(field(&Command::line("api", &big).unwrap_err()), "command");
    }

    #[test]
    fn commands_read_as_the_server_wants_them() {
        let command = Command::api("bgapi", "status", "").unwrap().header("Job-UUID", "7").unwrap().finish().unwrap();
        assert_eq!((command.bytes(), command.name()), (&b"bgapi status\nJob-UUID: 7\n\n"[..], "bgapi status"));
        let command = Draft::new("sendevent", "CUSTOM").unwrap().header("a", "b").unwrap().body(b"x\n\ny").unwrap();
        assert_eq!(command.finish().unwrap().bytes(), b"sendevent CUSTOM\na: b\nContent-Length: 4\n\nx\n\ny");
        let auth = Command::line("auth", "ClueCon").unwrap().secret();
        assert_eq!(auth.shown(), b"auth [redacted]\n\n");
    }
}
