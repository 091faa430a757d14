//! Finds what must not be shown: tokens by their form, and the values of fields that hold secrets.
//!
//! Forms and places are from Home Assistant 2026.2: access tokens are JWTs, camera tokens 64 hex digits, refresh tokens 128; alarm
//! and lock codes stand in `code`.

use std::borrow::Cow;

const MASK: &str = "[redacted]";
const SECRET_KEYS: [&str; 9] =
    ["access_token", "refresh_token", "token", "password", "api_password", "code", "pin", "client_secret", "authSig"];

/// Whether the value of a field of this name is a secret. `code` opens locks and alarm panels; the code of an error goes by the
/// same name and is none.
#[must_use]
pub fn is_secret(field: &str) -> bool {
    SECRET_KEYS.contains(&field)
}

/// The text with its secrets replaced by `[redacted]`.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut kept = 0; // what lies before is in `out`
    let mut rest = 0;
    while let Some((start, end)) = next_secret(text, rest) {
        out.push_str(text.get(kept..start).unwrap_or_default());
        out.push_str(MASK);
        (kept, rest) = (end, end);
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Where the next secret is, at or after `from`: a word that looks like a token, or the value of a secret field.
fn next_secret(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        if !bytes.get(at).copied().is_some_and(is_token) {
            at += 1;
            continue;
        }
        let length = bytes.get(at..)?.iter().take_while(|byte| is_token(**byte)).count();
        let end = at + length;
        let word = text.get(at..end)?;
        if looks_secret(word) {
            return Some((at, end));
        }
        if is_secret(word)
            && let Some((start, end)) = value_after(text, end)
        {
            return Some((start, end));
        }
        at = end;
    }
    None
}

fn looks_secret(word: &str) -> bool {
    let jwt = word.starts_with("eyJ") && word.matches('.').count() >= 2;
    jwt || (matches!(word.len(), 64 | 128) && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The string or the number that stands as the value of the key that ends at `at`: `"key":"…"`, `'key': '…'`.
fn value_after(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = text.get(at..)?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let rest = rest.get(1..)?.trim_start().strip_prefix(':')?.trim_start();
    let start = text.len() - rest.len();
    let Some(body) = rest.strip_prefix(quote) else {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        return (length > 0).then_some((start, start + length));
    };
    let mut escaped = false;
    for (i, byte) in body.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            byte if char::from(byte) == quote => return (i > 0).then_some((start + 1, start + 1 + i)),
            _ => {}
        }
    }
    Some((start + 1, text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_masked_wherever_they_stand() {
        let hex = "0123456789abcdef".repeat(4);
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4In0.s59Jequ-diw_b";
        for (text, shown) in [
            (format!(r#"{{"type":"auth","access_token":"{jwt}"}}"#), r#"{"type":"auth","access_token":"[redacted]"}"#),
            (r#"{"access_token":"short \" one","x":1}"#.to_owned(), r#"{"access_token":"[redacted]","x":1}"#),
            (format!("/api/camera_proxy/camera.x?token={hex}&a=1"), "/api/camera_proxy/camera.x?token=[redacted]&a=1"),
            (format!("{hex}{hex} and {hex}"), "[redacted] and [redacted]"),
            (format!("Got '{jwt}'"), "Got '[redacted]'"),
            (r#"{"code":"1234","code_format":"number"}"#.to_owned(), r#"{"code":"[redacted]","code_format":"number"}"#),
            (r#"{"code": 1234, "y": 2}"#.to_owned(), r#"{"code": [redacted], "y": 2}"#),
            ("Got {'code': '12', 'id': 3}".to_owned(), "Got {'code': '[redacted]', 'id': 3}"),
            (r#"{"password":"ä"#.to_owned(), r#"{"password":"[redacted]"#),
        ] {
            assert_eq!(redact(&text), shown);
        }
    }

    #[test]
    fn the_rest_is_left_alone() {
        for text in [
            "",
            r#"{"entity_id":"light.bed_light","code_format":null,"code":null,"password":""}"#,
            "01M82G2FZYQHVZ82PG0BW3PH5S 6c5bb2255169414f8dca92edaf0fce3a",
            "grüße eyJ und mehr, code: 7",
        ] {
            assert!(matches!(redact(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }
}
