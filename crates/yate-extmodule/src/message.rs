//! What we send: messages, and a handler's answers.

use crate::error::Error;
use crate::escape::escape;
use crate::received::Received;
use bytes::Bytes;

/// What a value must not hold: a NUL ends a line, and has no escape.
fn check_value(field: &str, value: &[u8]) -> Result<(), Error> {
    match memchr::memchr(0, value) {
        Some(at) => Err(Error::invalid(field.to_owned(), format!("holds a NUL at byte {at}, which Yate cannot carry"))),
        None => Ok(()),
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    if name.is_empty() {
        return Err(Error::invalid("parameter name", "is empty"));
    }
    if name.contains('=') {
        return Err(Error::invalid("parameter name", "holds `=`, for which Yate has no escape"));
    }
    check_value("parameter name", name.as_bytes())
}

fn write_param(name: &str, value: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), Error> {
    check_name(name)?;
    out.push(b':');
    escape(name.as_bytes(), out);
    if let Some(value) = value {
        check_value(name, value)?;
        out.push(b'=');
        escape(value, out);
    }
    Ok(())
}

/// A message to the engine: `Message::new("call.execute").set("callto", "sip/sip:1@10.0.0.5")`.
///
/// Values are bytes: text of any charset. A line break or a colon in one is escaped and cannot end it; a NUL is refused.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Message {
    name: String,
    ret_value: Vec<u8>,
    time: Option<u64>,
    params: Vec<(String, Vec<u8>)>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // values may be secrets
        f.debug_struct("Message")
            .field("name", &self.name)
            .field("params", &self.params.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl Message {
    /// A message of this name, without parameters.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ret_value: Vec::new(), time: None, params: Vec::new() }
    }

    /// Sets a parameter: one of the same name is changed and keeps its place, as the engine does it.
    pub fn set(mut self, name: impl Into<String>, value: impl AsRef<[u8]>) -> Self {
        let (name, value) = (name.into(), value.as_ref().to_vec());
        match self.params.iter_mut().find(|(own, _)| *own == name) {
            Some((_, own)) => *own = value,
            None => self.params.push((name, value)),
        }
        self
    }

    /// Sets a parameter if there is a value.
    pub fn set_some(self, name: &str, value: Option<impl AsRef<[u8]>>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// Sets the return value that the first handler finds. Default: empty.
    pub fn ret_value(mut self, value: impl AsRef<[u8]>) -> Self {
        self.ret_value = value.as_ref().to_vec();
        self
    }

    /// Sets when it was created, in seconds since 1970. Default: now.
    pub fn time(mut self, seconds: u64) -> Self {
        self.time = Some(seconds);
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.params.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_slice())
    }

    /// The same by `chan.masquerade`, with a channel.
    pub(crate) fn masked(mut self, channel: &str) -> Self {
        let name = std::mem::replace(&mut self.name, "chan.masquerade".to_owned());
        let own = self.params.into_iter().filter(|(name, _)| name != "message" && name != "id");
        let head = [("message".to_owned(), name.into_bytes()), ("id".to_owned(), channel.as_bytes().to_vec())];
        self.params = head.into_iter().chain(own).collect();
        self
    }

    /// Everything behind the identifier: `:TIME:NAME:RETVALUE:key=value`, checked and escaped.
    ///
    /// # Errors
    /// What must not be sent, by its name.
    pub(crate) fn body(&self) -> Result<Bytes, Error> {
        if self.name.is_empty() {
            return Err(Error::invalid("message name", "is empty"));
        }
        check_value("message name", self.name.as_bytes())?;
        check_value("return value", &self.ret_value)?;
        let mut out = Vec::with_capacity(64 + self.params.iter().map(|(n, v)| n.len() + v.len() + 4).sum::<usize>());
        out.extend_from_slice(format!(":{}:", self.time.unwrap_or(0)).as_bytes());
        escape(self.name.as_bytes(), &mut out);
        out.push(b':');
        escape(&self.ret_value, &mut out);
        for (name, value) in &self.params {
            write_param(name, Some(value), &mut out)?;
        }
        Ok(out.into())
    }
}

/// A handler's answer; made by [`Received::handled`] and [`Received::pass`].
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Reply {
    handled: bool,
    name: Option<String>,
    ret_value: Option<Vec<u8>>,
    params: Vec<(String, Option<Vec<u8>>)>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("handled", &self.handled)
            .field("params", &self.params.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl Reply {
    pub(crate) fn new(handled: bool) -> Self {
        Self { handled, name: None, ret_value: None, params: Vec::new() }
    }

    /// Sets the return value. Without it the message keeps the one it has.
    pub fn ret_value(mut self, value: impl AsRef<[u8]>) -> Self {
        self.ret_value = Some(value.as_ref().to_vec());
        self
    }

    /// Sets a parameter; the others stay as they are.
    pub fn set(mut self, name: impl Into<String>, value: impl AsRef<[u8]>) -> Self {
        self.params.push((name.into(), Some(value.as_ref().to_vec())));
        self
    }

    /// Deletes a parameter.
    pub fn delete(mut self, name: impl Into<String>) -> Self {
        self.params.push((name.into(), None));
        self
    }

    /// Renames the message: handlers of the old name see it no more.
    pub fn rename(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The answer to this question: `%%<message:ID:true::…`, without its end.
    ///
    /// # Errors
    /// What must not be sent, by its name; a line of `limit` bytes or more with its end.
    pub(crate) fn line(&self, question: &Received, limit: usize) -> Result<Bytes, Error> {
        let [id, _, _, old] = question.head();
        let mut out = head_of_answer(id, self.handled);
        if self.name.is_none() && self.ret_value.is_none() && self.params.is_empty() {
            return Ok(out.into()); // the engine keeps everything
        }
        if let Some(name) = &self.name {
            check_value("message name", name.as_bytes())?;
            escape(name.as_bytes(), &mut out);
        }
        out.push(b':');
        match &self.ret_value {
            Some(value) => {
                check_value("return value", value)?;
                escape(value, &mut out);
            }
            // the engine would clear it
            None => out.extend_from_slice(old),
        }
        for (name, value) in &self.params {
            write_param(name, value.as_deref(), &mut out)?;
        }
        check_length("answer", out.len(), limit)?;
        Ok(out.into())
    }
}

/// `%%<message:ID:true:`, which is a whole answer: everything stays as it is. `id` is escaped.
pub(crate) fn head_of_answer(id: &[u8], handled: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(32 + id.len());
    out.extend_from_slice(b"%%<message:");
    out.extend_from_slice(id);
    out.extend_from_slice(if handled { b":true:" } else { b":false:" });
    out
}

/// The engine closes the connection, with no word, at a line of its buffer's size.
pub(crate) fn check_length(field: &'static str, length: usize, limit: usize) -> Result<(), Error> {
    if length + 1 >= limit {
        return Err(Error::invalid(
            field,
            format!("is a line of {} bytes; the engine takes less than {limit} (setlocal bufsize)", length + 1),
        ));
    }
    Ok(())
}
