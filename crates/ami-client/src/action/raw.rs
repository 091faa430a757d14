//! Any action, by its name.

use super::{Action, Response};
use crate::error::Error;
use bytes::BytesMut;
use std::borrow::Cow;
use std::fmt;

/// Any action by its name, with any headers; what the typed ones are made of.
///
/// The `ActionID` is the client's own. `Login`, `Logoff` and `Challenge` are the client's affair too, and refused: it logs in
/// after each connect and off in [`Client::close`](crate::Client::close).
#[derive(Clone)]
#[must_use]
pub struct Raw {
    pub(crate) name: Cow<'static, str>,
    headers: Vec<(Cow<'static, str>, String)>,
}

/// The longest line that Asterisk reads, without its end (seen on 1.8 to 22).
const LINE: usize = 1022;
/// The most headers of one action, `Action` and `ActionID` among them (seen on 1.8 to 22).
const HEADERS: usize = 128;

/// Refuses what would begin a new line on the wire.
pub(crate) fn check_value(field: &str, value: &str) -> Result<(), Error> {
    match value.bytes().position(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        None => Ok(()),
        Some(at) if value.as_bytes().get(at) == Some(&0) => {
            Err(Error::invalid(field.to_owned(), format!("holds a NUL at byte {at}; AMI would drop what follows")))
        }
        Some(at) => Err(Error::invalid(
            field.to_owned(),
            format!("holds a line break at byte {at}; AMI would read it as a new header"),
        )),
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    let wrong = name.is_empty()
        || name.starts_with(' ')
        || name.ends_with(' ')
        || name.bytes().any(|byte| byte == b':' || byte < b' ' || byte == 0x7f);
    if wrong {
        let shown: String = name.escape_debug().collect();
        return Err(Error::invalid("header name", format!("\"{shown}\" cannot be one")));
    }
    Ok(())
}

/// A checked action: nothing in it begins a new line.
#[derive(Debug, Clone)]
pub(crate) struct Outline(Raw);

const ACTION: &str = "Action: ";

impl Outline {
    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    /// Its bytes: `Action: X`, CR LF, and the headers, each with its line end. Room for `more` bytes follows.
    pub(crate) fn write(&self, buffer: &mut BytesMut, more: usize) {
        let Raw { name, headers } = &self.0;
        let size: usize = headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
        buffer.reserve(ACTION.len() + name.len() + 2 + size + more);
        buffer.extend_from_slice(ACTION.as_bytes());
        buffer.extend_from_slice(name.as_bytes());
        buffer.extend_from_slice(b"\r\n");
        for (name, value) in headers {
            buffer.extend_from_slice(name.as_bytes());
            buffer.extend_from_slice(b": ");
            buffer.extend_from_slice(value.as_bytes());
            buffer.extend_from_slice(b"\r\n");
        }
    }
}

impl Raw {
    /// The action of this name, without headers.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), headers: Vec::new() }
    }

    /// Sets a header, in place of one of the same name.
    pub fn set(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        let name = name.into();
        let value = value.into();
        match self.headers.iter_mut().find(|(found, _)| found.eq_ignore_ascii_case(&name)) {
            Some((_, found)) => *found = value,
            None => self.headers.push((name, value)),
        }
        self
    }

    /// Adds a header behind others of the same name: `Variable` may stand many times.
    pub fn add(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The action's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of a header that was set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// What a user asks for: anything but the login, which would cost the connection or what is known of it.
    pub(crate) fn asked(self) -> Result<Outline, Error> {
        let own = ["Login", "Logoff", "Challenge"];
        // Asterisk reads names whatever their case
        if own.iter().any(|own| self.name.eq_ignore_ascii_case(own)) {
            return Err(Error::invalid(
                "Action",
                format!("{} is the client's own affair: it logs in after each connect, and off in close()", self.name),
            ));
        }
        self.outline()
    }

    pub(crate) fn outline(self) -> Result<Outline, Error> {
        if check_name(&self.name).is_err() || ACTION.len() + self.name.len() > LINE {
            return Err(Error::invalid("Action", "is no name of an action"));
        }
        if self.headers.len() + 2 > HEADERS {
            return Err(Error::invalid(
                "headers",
                format!(
                    "{} of them, and Asterisk takes {} beside Action and ActionID",
                    self.headers.len(),
                    HEADERS - 2
                ),
            ));
        }
        for (name, value) in &self.headers {
            check_name(name)?;
            if name.eq_ignore_ascii_case("ActionID") || name.eq_ignore_ascii_case("Action") {
                return Err(Error::invalid(name.clone(), "is the client's own"));
            }
            check_value(name, value)?;
            if name.len() + 2 + value.len() > LINE {
                let reason =
                    format!("takes {} bytes with its name, and Asterisk reads {LINE}", name.len() + 2 + value.len());
                return Err(Error::invalid(name.clone(), reason));
            }
        }
        Ok(Outline(self))
    }
}

impl Action for Raw {
    type Reply = Response;

    fn into_raw(self) -> Raw {
        self
    }
}

/// The headers, secrets redacted.
impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("Action: {}\r\n", self.name);
        for (name, value) in &self.headers {
            // a line break in a value would end the redacting
            text.push_str(&format!("{name}: {}\r\n", value.replace(['\r', '\n'], "\u{fffd}")));
        }
        let shown = crate::redact::frame(&crate::frame::Frame::parse(text));
        f.write_str(String::from_utf8_lossy(&shown).trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action;

    fn refused(raw: Raw) -> String {
        raw.outline().err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn an_action_is_written_in_order() {
        let raw =
            Raw::new("Originate").set("Channel", "a").set("Context", "b").add("Variable", "x=1").add("Variable", "y=2");
        let raw = raw.set("channel", "c");
        let mut head = BytesMut::new();
        raw.outline().unwrap().write(&mut head, 0);
        assert_eq!(head, "Action: Originate\r\nChannel: c\r\nContext: b\r\nVariable: x=1\r\nVariable: y=2\r\n");
    }

    #[test]
    fn nothing_can_be_smuggled_in() {
        let hostile = "PJSIP/1\r\nAction: Reload";
        let error = refused(action::Hangup::new(hostile).into_raw());
        assert_eq!(error, "Channel: holds a line break at byte 7; AMI would read it as a new header; nothing was sent");
        for value in ["a\nb", "a\rb", "a\0b", "\n", "b\r"] {
            assert!(refused(Raw::new("X").set("H", value)).starts_with("H: holds a "), "{value:?}");
            assert!(!refused(Raw::new("X").set(value.to_owned(), "v")).is_empty(), "{value:?}");
            assert!(!refused(Raw::new(value.to_owned())).is_empty(), "{value:?}");
        }
        assert!(!refused(Raw::new("A".repeat(1015))).is_empty());
        for name in ["", "A:", "A ", " A", "ActionID", "action"] {
            assert!(!refused(Raw::new("X").set(name, "v")).is_empty(), "{name:?}");
        }
    }

    #[test]
    fn the_limits_of_the_server_are_kept() {
        assert!(Raw::new("X").set("Header", "v".repeat(1022 - 8)).outline().is_ok());
        assert!(refused(Raw::new("X").set("Header", "v".repeat(1022 - 7))).contains("Asterisk reads 1022"));
        let many = |n| (0..n).fold(Raw::new("X"), |raw, _| raw.add("Variable", "a=1"));
        assert!(many(126).outline().is_ok());
        assert!(refused(many(127)).contains("127 of them"));
    }

    #[test]
    fn secrets_do_not_show() {
        let shown = format!("{:?}", Raw::new("Login").set("Username", "u").set("Secret", "hunter2\r\nx"));
        assert_eq!(shown, "Action: Login\r\nUsername: u\r\nSecret: [redacted]");
    }
}
