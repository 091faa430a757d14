//! How a field is written: `%` and a byte for what must not stand in a line.

use std::borrow::Cow;

/// Appends a field as Yate's `String::msgEscape` writes it: bytes 0x01 to 0x1F as `%` and the byte plus 64, `:` as `%z`, `%` as
/// `%%`. Bytes from 0x7F on pass as they are. A NUL cannot be carried; whoever calls this has refused it.
pub fn escape(value: &[u8], out: &mut Vec<u8>) {
    let mut rest = value;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, 0..=0x1F | b':' | b'%')) {
        let Some((plain, after)) = rest.split_at_checked(at) else { break };
        out.extend_from_slice(plain);
        let Some((byte, after)) = after.split_first() else { break };
        out.push(b'%');
        out.push(match byte {
            b':' => b'z',
            b'%' => b'%',
            control => control + 64,
        });
        rest = after;
    }
    out.extend_from_slice(rest);
}

fn decoded(code: u8) -> Option<u8> {
    Some(match code {
        b'A'..=b'_' => code - 64,
        b'z' => b':',
        b'%' => b'%',
        // in parameter names that the engine sends
        b'}' => b'=',
        _ => return None,
    })
}

/// Reads a field. `None`: an escape that the engine does not know, or a lone `%` at the end.
#[must_use]
pub fn unescape(field: &[u8]) -> Option<Cow<'_, [u8]>> {
    let Some(first) = memchr::memchr(b'%', field) else { return Some(Cow::Borrowed(field)) };
    let mut out = Vec::with_capacity(field.len());
    let (plain, mut rest) = field.split_at_checked(first)?;
    out.extend_from_slice(plain);
    while let Some((_, after)) = rest.split_first() {
        let (code, after) = after.split_first()?;
        out.push(decoded(*code)?);
        let next = memchr::memchr(b'%', after).unwrap_or(after.len());
        let (plain, left) = after.split_at_checked(next)?;
        out.extend_from_slice(plain);
        rest = left;
    }
    Some(Cow::Owned(out))
}

/// Whether every escape in these fields can be read.
pub(crate) fn is_readable(fields: &[u8]) -> bool {
    let mut rest = fields;
    while let Some(at) = memchr::memchr(b'%', rest) {
        match rest.get(at + 1).copied().and_then(decoded) {
            Some(_) => rest = rest.get(at + 2..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

/// A field that was found readable before.
pub(crate) fn value(field: &[u8]) -> Cow<'_, [u8]> {
    unescape(field).unwrap_or(Cow::Borrowed(field))
}

/// The same as text; bytes that are not UTF-8 show as U+FFFD.
pub(crate) fn text(field: &[u8]) -> Cow<'_, str> {
    match value(field) {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_as_the_engine_writes_them() {
        for (plain, wire) in [
            (&b"x:y"[..], &b"x%zy"[..]),
            (b"100%", b"100%%"),
            (b"l1\nl2\tq\r\x1b\x1f\x01", b"l1%Jl2%Iq%M%[%_%A"),
            (b"a=b=c", b"a=b=c"),
            (b"\x7f\xe9\xff", b"\x7f\xe9\xff"),
            (b"", b""),
        ] {
            let mut out = Vec::new();
            escape(plain, &mut out);
            assert_eq!(out, wire);
            assert_eq!(unescape(wire).as_deref(), Some(plain));
        }
        // only a lower case z is a colon
        assert_eq!(unescape(b"a%Zb").as_deref(), Some(&b"a\x1ab"[..]));
        assert_eq!(unescape(b"k%}").as_deref(), Some(&b"k="[..]));
    }

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (1..=255).collect();
        let mut out = Vec::new();
        escape(&all, &mut out);
        assert!(!out.iter().any(|byte| *byte < 0x20 || *byte == b':'));
        assert_eq!(unescape(&out).as_deref(), Some(&all[..]));
    }

    #[test]
    fn what_the_engine_refuses_is_refused() {
        for wrong in [&b"%@"[..], b"%a", b"%", b"x%", b"%%%", b"%9", b"%z%", b"%\xff"] {
            assert_eq!(unescape(wrong), None, "{wrong:?}");
            assert!(!is_readable(wrong));
        }
        assert!(is_readable(b"a%z%%%J%}"));
    }
}
