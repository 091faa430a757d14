//! One header's value, decoded when it is asked for.

use std::borrow::Cow;
use std::str::FromStr;

/// A header's value as it stands on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Value<'a> {
    pub(super) raw: &'a [u8],
    pub(super) form: Form,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Percent,
    /// A JSON string, without its quotes.
    JsonString,
    /// An array, or what else may stand in JSON.
    JsonOther,
    Xml,
}

impl<'a> Value<'a> {
    /// As it stands on the wire: percent-encoded, a JSON string without its quotes or a JSON array, or escaped for XML.
    #[must_use]
    pub fn raw(self) -> &'a [u8] {
        self.raw
    }

    /// The bytes that it stands for. A `%` that begins no two digits is kept as it is.
    ///
    /// The plain and XML forms lose one thing (`switch_url_encode`): a `%41` that the value had itself is not told from an `A`.
    #[must_use]
    pub fn bytes(self) -> Cow<'a, [u8]> {
        match self.form {
            Form::Percent => percent_encoding::percent_decode(self.raw).into(),
            Form::JsonString => unescape_json(self.raw),
            Form::JsonOther if self.raw.first() == Some(&b'[') => {
                let parts: Vec<_> = json_parts(self.raw).collect();
                Cow::Owned([b"ARRAY::", parts.join(&b"|:"[..]).as_slice()].concat())
            }
            Form::JsonOther => Cow::Borrowed(self.raw),
            Form::Xml => match unescape_xml(self.raw) {
                Cow::Borrowed(raw) => percent_encoding::percent_decode(raw).into(),
                Cow::Owned(raw) => Cow::Owned(percent_encoding::percent_decode(&raw).collect()),
            },
        }
    }

    /// As text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        match self.bytes() {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            }),
        }
    }

    /// As a number, or what else can be read from text.
    pub fn parse<T: FromStr>(self) -> Option<T> {
        self.text().trim().parse().ok()
    }

    /// The elements of an `ARRAY::a|:b`; one element if it is no array.
    #[must_use]
    pub fn parts(self) -> Vec<String> {
        let text = self.text();
        match text.strip_prefix("ARRAY::") {
            Some(parts) => parts.split("|:").map(str::to_owned).collect(),
            None => vec![text.into_owned()],
        }
    }
}

impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.text())
    }
}

impl std::fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

impl PartialEq<str> for Value<'_> {
    fn eq(&self, other: &str) -> bool {
        *self.bytes() == *other.as_bytes()
    }
}

impl PartialEq<&str> for Value<'_> {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

/// The strings of a JSON array of strings.
fn json_parts(raw: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let open = memchr::memchr(b'"', rest)?;
        rest = rest.get(open + 1..)?;
        let close = super::index::end_of_string(rest)?;
        let part = unescape_json(rest.get(..close)?).into_owned();
        rest = rest.get(close + 1..)?;
        Some(part)
    })
}

/// Undoes the escapes of a JSON string; one that is none is kept as it is. Bytes that are not UTF-8 pass.
pub(super) fn unescape_json(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(mut at) = memchr::memchr(b'\\', raw) else { return Cow::Borrowed(raw) };
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        let (plain, escape) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(plain);
        let taken = match escape.get(1) {
            Some(b'u') => match unicode(escape) {
                Some((c, taken)) => {
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    taken
                }
                None => {
                    out.extend_from_slice(b"\\u");
                    2
                }
            },
            Some(escaped) => {
                match escaped {
                    b'n' => out.push(b'\n'),
                    b'r' => out.push(b'\r'),
                    b't' => out.push(b'\t'),
                    b'b' => out.push(8),
                    b'f' => out.push(12),
                    b'"' | b'\\' | b'/' => out.push(*escaped),
                    other => out.extend_from_slice(&[b'\\', *other]),
                }
                2
            }
            None => {
                out.extend_from_slice(escape);
                escape.len()
            }
        };
        rest = escape.get(taken..).unwrap_or_default();
        match memchr::memchr(b'\\', rest) {
            Some(next) => at = next,
            None => {
                out.extend_from_slice(rest);
                return Cow::Owned(out);
            }
        }
    }
}

/// The character of `\uXXXX`, or of two that are a pair, and how many bytes they take.
fn unicode(escape: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| -> Option<u32> {
        let digits = escape.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let first = unit(0)?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, 6));
    }
    let second = unit(6).filter(|low| (0xDC00..0xE000).contains(low) && first < 0xDC00)?;
    char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)).map(|c| (c, 12))
}

/// Undoes the entities of XML; one that is not known is kept as it is.
pub(super) fn unescape_xml(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'&', raw).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest) {
        let (plain, entity) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(plain);
        let known = [(&b"&lt;"[..], b'<'), (b"&gt;", b'>'), (b"&amp;", b'&'), (b"&quot;", b'"'), (b"&apos;", b'\'')];
        if let Some((name, byte)) = known.iter().find(|(name, _)| entity.starts_with(name)) {
            out.push(*byte);
            rest = entity.get(name.len()..).unwrap_or_default();
        } else if let Some((c, taken)) = numbered(entity) {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            rest = entity.get(taken..).unwrap_or_default();
        } else {
            out.push(b'&');
            rest = entity.get(1..).unwrap_or_default();
        }
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// `&#13;` or `&#xD;`.
fn numbered(entity: &[u8]) -> Option<(char, usize)> {
    let digits = entity.strip_prefix(b"&#")?;
    let end = digits.iter().take(9).position(|byte| *byte == b';')?;
    let text = std::str::from_utf8(digits.get(..end)?).ok()?;
    let code = match text.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => text.parse(),
    };
    char::from_u32(code.ok()?).map(|c| (c, end + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(raw: &str) -> String {
        Value { raw: raw.as_bytes(), form: Form::JsonString }.text().into_owned()
    }

    #[test]
    fn escapes_are_undone_and_broken_ones_kept() {
        assert_eq!(json(r#"a\"b\\c\/d\n\u00e9\ud83d\ude00"#), "a\"b\\c/d\né😀");
        assert_eq!(json(r"\ud83d \u12 \q \"), "\\ud83d \\u12 \\q \\");
        assert_eq!(json("[1,2]"), "[1,2]");
        let array = Value { raw: br#"["a", "b\"c"]"#, form: Form::JsonOther };
        assert_eq!(array.text(), "ARRAY::a|:b\"c");
        let plain = |raw: &str| Value { raw: raw.as_bytes(), form: Form::Percent }.text().into_owned();
        assert_eq!(plain("a%20b%zz%4"), "a b%zz%4");
        assert_eq!(plain("%e2%82%25ac"), "\u{fffd}%ac");
        let xml = |raw: &str| Value { raw: raw.as_bytes(), form: Form::Xml }.text().into_owned();
        assert_eq!(xml("a%20&lt;b&gt;&amp;amp;&#33;&#x41;&odd;"), "a <b>&amp;!A&odd;");
        let array = Value { raw: b"ARRAY%3A%3Aa%7C%3Ab", form: Form::Percent };
        assert_eq!(array.parts(), ["a", "b"]);
    }
}
