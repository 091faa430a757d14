//! A message as it came: one line and where its fields stand.

use crate::escape;
use crate::message::Reply;
use crate::redact;
use bytes::Bytes;
use std::borrow::Cow;

/// A message that the engine sent: a question to a handler, the answer to a message of ours, or one that is watched.
///
/// It is a view of the line as it came: nothing is decoded before it is asked for, and a clone shares the bytes. Parameters keep
/// their order. Yate knows no charset: values are bytes, and the methods that give text show what is not UTF-8 as U+FFFD.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    line: Bytes,
    question: bool,
    /// Where the fields after `%%>message:` end: identifier, time or handled, name, return value.
    ends: [u32; 4],
}

/// The length of `%%>message:`.
pub(crate) const HEAD: usize = 11;

impl Received {
    /// Reads a line without its end; the engine's answers have no return value only where it is a handler's.
    pub(crate) fn parse(line: Bytes) -> Option<Self> {
        let question = match line.get(..HEAD)? {
            b"%%>message:" => true,
            b"%%<message:" => false,
            _ => return None,
        };
        if u32::try_from(line.len()).is_err() || !escape::is_readable(line.get(HEAD..)?) {
            return None;
        }
        let mut ends = [line.len() as u32; 4];
        let mut colons = memchr::memchr_iter(b':', line.get(HEAD..)?);
        let mut found = 0;
        for end in &mut ends {
            let Some(at) = colons.next() else { break };
            *end = (HEAD + at) as u32;
            found += 1;
        }
        // identifier, time or handled, and a name there must be; a line that stops before the return value is not whole
        (found >= if question { 3 } else { 2 }).then_some(Self { line, question, ends })
    }

    fn field(&self, from: usize, to: u32) -> &[u8] {
        self.line.get(from..to as usize).unwrap_or_default()
    }

    /// Fields of the head: identifier, time or handled, name, return value.
    pub(crate) fn head(&self) -> [&[u8]; 4] {
        let [id, second, name, value] = self.ends;
        let after = |end: u32| end as usize + 1;
        [
            self.field(HEAD, id),
            self.field(after(id), second),
            self.field(after(second), name),
            self.field(after(name), value),
        ]
    }

    /// The line as it came, without its end. It may hold secrets: see [`redacted`](Self::redacted).
    #[must_use]
    pub fn line(&self) -> &Bytes {
        &self.line
    }

    /// The line with `[redacted]` in place of secrets.
    #[must_use]
    pub fn redacted(&self) -> Vec<u8> {
        redact::line(&self.line)
    }

    /// Whether the engine asks (`%%>message`), for a handler to answer.
    #[must_use]
    pub fn is_question(&self) -> bool {
        self.question
    }

    /// The identifier: the engine's for a question, ours for an answer, empty for a message that is watched.
    #[must_use]
    pub fn id(&self) -> Cow<'_, [u8]> {
        let [id, ..] = self.head();
        escape::value(id)
    }

    /// Whether a handler has handled it; false for a question. Not an error: the engine says so of most notifications.
    #[must_use]
    pub fn is_handled(&self) -> bool {
        let [_, handled, ..] = self.head();
        !self.question && handled == b"true"
    }

    /// When a question was created, in seconds since 1970 (the engine writes no fraction); `None` for what is no question.
    #[must_use]
    pub fn time(&self) -> Option<u64> {
        let [_, time, ..] = self.head();
        std::str::from_utf8(time).ok().filter(|_| self.question)?.parse().ok()
    }

    /// Its name: `call.route`.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        let [_, _, name, _] = self.head();
        escape::text(name)
    }

    /// Whether it has this name; cheaper than comparing [`name`](Self::name).
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        let [_, _, own, _] = self.head();
        *escape::value(own) == *name.as_bytes()
    }

    /// The return value as text.
    #[must_use]
    pub fn ret_value(&self) -> Cow<'_, str> {
        let [.., value] = self.head();
        escape::text(value)
    }

    /// The return value's bytes.
    #[must_use]
    pub fn ret_bytes(&self) -> Cow<'_, [u8]> {
        let [.., value] = self.head();
        escape::value(value)
    }

    /// The parameters in their order.
    #[must_use]
    pub fn params(&self) -> Params<'_> {
        let [.., value] = self.ends;
        Params(self.line.get(value as usize + 1..).unwrap_or_default())
    }

    /// The first parameter of this name. One that needs no escape has no other form, and is found without looking for its end.
    fn find(&self, name: &str) -> Option<Param<'_>> {
        let name = name.as_bytes();
        let mut params = self.params();
        if name.iter().any(|byte| *byte < 0x20 || b":%=".contains(byte)) {
            return params.find(|param| *escape::value(param.raw_name()) == *name);
        }
        let mut from = 0;
        memchr::memchr_iter(b':', params.0).chain([params.0.len()]).find_map(|end| {
            let field = params.0.get(from..end)?;
            from = end + 1;
            let equals = match field.strip_prefix(name)?.first() {
                None if field.is_empty() => return None,
                None => None,
                Some(b'=') => Some(name.len()),
                Some(_) => return None,
            };
            Some(Param { field, equals })
        })
    }

    /// A parameter as text; `None` if there is none of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.find(name).map(Param::value)
    }

    /// A parameter's bytes.
    #[must_use]
    pub fn get_bytes(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        self.find(name).map(Param::bytes)
    }

    /// A parameter as a number; `None` if it is missing or no number.
    #[must_use]
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.parse().ok()
    }

    /// Whether a parameter is one of Yate's words for yes: `true`, `yes`, `on`, `enable`, `t`, `1`.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| matches!(&*value, "true" | "yes" | "on" | "enable" | "t" | "1"))
    }

    /// The modules that saw it, with their priorities (`javascript:15,cdrbuild:50`): the engine adds it by itself, under the name
    /// that `trackparam` in yate.conf gives (default `handlers`).
    #[must_use]
    pub fn handlers(&self) -> Option<Cow<'_, str>> {
        self.get("handlers")
    }

    /// The answer of a handler that has handled it, with this return value; for `call.route` a dial string: `sip/sip:1@host`.
    pub fn handled(&self, ret_value: impl AsRef<[u8]>) -> Reply {
        Reply::new(true).ret_value(ret_value)
    }

    /// The answer of a handler that leaves it to the next one. Nothing changes but what is [`set`](Reply::set).
    pub fn pass(&self) -> Reply {
        Reply::new(false)
    }
}

impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Received").field(&String::from_utf8_lossy(&self.redacted())).finish()
    }
}

/// The parameters of a message in their order; made by [`Received::params`].
#[derive(Debug, Clone)]
pub struct Params<'a>(&'a [u8]);

impl<'a> Iterator for Params<'a> {
    type Item = Param<'a>;

    fn next(&mut self) -> Option<Param<'a>> {
        loop {
            if self.0.is_empty() {
                return None;
            }
            let end = memchr::memchr(b':', self.0).unwrap_or(self.0.len());
            let field = self.0.get(..end).unwrap_or_default();
            self.0 = self.0.get(end + 1..).unwrap_or_default();
            if !field.is_empty() {
                return Some(Param { field, equals: memchr::memchr(b'=', field) });
            }
        }
    }
}

/// A parameter as it came.
#[derive(Debug, Clone, Copy)]
pub struct Param<'a> {
    field: &'a [u8],
    equals: Option<usize>,
}

impl<'a> Param<'a> {
    fn raw_name(self) -> &'a [u8] {
        self.field.get(..self.equals.unwrap_or(self.field.len())).unwrap_or_default()
    }

    pub(crate) fn raw_value(self) -> &'a [u8] {
        self.equals.and_then(|equals| self.field.get(equals + 1..)).unwrap_or_default()
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> Cow<'a, str> {
        escape::text(self.raw_name())
    }

    /// Whether it has this name.
    #[must_use]
    pub fn is(self, name: &str) -> bool {
        let own = self.raw_name();
        *escape::value(own) == *name.as_bytes()
    }

    /// Its value as text.
    #[must_use]
    pub fn value(self) -> Cow<'a, str> {
        escape::text(self.raw_value())
    }

    /// Its value's bytes.
    #[must_use]
    pub fn bytes(self) -> Cow<'a, [u8]> {
        escape::value(self.raw_value())
    }

    /// Whether it stands without `=`: where a client sends it so, the parameter is deleted.
    #[must_use]
    pub fn is_deletion(self) -> bool {
        self.equals.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_by_name_as_by_iterating() {
        let line = "%%<message:i:true:x::ab=1:a::a=2:b%}c=3:d%%=4:gone:%z=5:a=6:=7:e=";
        let message = Received::parse(Bytes::from(line)).unwrap();
        for name in ["ab", "a", "b", "b=c", "d%", "d", "gone", ":", "", "e", "none", "%z", "b%}c"] {
            let wanted = message.params().find(|param| param.is(name));
            let found = message.find(name);
            assert_eq!(found.map(|p| (p.field, p.equals)), wanted.map(|p| (p.field, p.equals)), "{name}");
        }
        assert_eq!((message.get("a").unwrap(), message.get("b=c").unwrap()), ("".into(), "3".into()));
    }
}
