//! Finds the parts of an event's message without a general reader of JSON.
//!
//! Most of what comes are events, and Home Assistant writes all of them alike: compact, `type` first, `id` last. Of those the
//! outline is enough, and a pass that only looks for it takes a third of what a general one does. It passes nothing that is no
//! JSON, and gives up where anything is written otherwise.

/// An event's message: its `event`, its id, and what follows the message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outline<'a> {
    pub(super) event: &'a str,
    pub(super) id: u64,
    pub(super) rest: &'a str,
}

/// The first message of this text, if it is an event in the server's own form.
pub(super) fn event(text: &str) -> Option<Outline<'_>> {
    let from = text.strip_prefix(r#"{"type":"event","event":"#)?;
    let (event, rest) = from.split_at_checked(value(from)?)?;
    let rest = rest.strip_prefix(r#","id":"#)?;
    let (id, rest) = rest.split_at_checked(digits(rest.as_bytes(), 0)?)?;
    if id.starts_with('0') {
        return None;
    }
    Some(Outline { event, id: id.parse().ok()?, rest: rest.strip_prefix('}')? })
}

/// Where the value that this text begins with ends; nothing is before it, and no space in it.
pub(super) fn value(text: &str) -> Option<usize> {
    end(text.as_bytes())
}

fn end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    // one bit for each bracket that is open, the innermost lowest: whether it is an object's; the highest that is set is none
    let mut open: u64 = 1;
    loop {
        let byte = *text.get(at)?;
        at += 1;
        match byte {
            b'{' | b'[' => {
                if open.leading_zeros() == 0 {
                    return None;
                }
                let is_object = byte == b'{';
                open = open << 1 | u64::from(is_object);
                let next = *text.get(at)?;
                if next == byte + 2 {
                    // an empty one: its end is found below
                } else {
                    if is_object {
                        at = key(text, at)?;
                    }
                    continue;
                }
            }
            b'"' => at = string(text, at)?,
            b'-' | b'0'..=b'9' => at = number(text, at - 1)?,
            b't' => at = literal(text, at, b"rue")?,
            b'f' => at = literal(text, at, b"alse")?,
            b'n' => at = literal(text, at, b"ull")?,
            _ => return None,
        }
        // behind a value
        loop {
            if open == 1 {
                return Some(at);
            }
            let is_object = open & 1 == 1;
            let byte = *text.get(at)?;
            at += 1;
            match byte {
                b',' => {
                    if is_object {
                        at = key(text, at)?;
                    }
                    break;
                }
                b'}' if is_object => open >>= 1,
                b']' if !is_object => open >>= 1,
                _ => return None,
            }
        }
    }
}

/// Behind a key and its colon.
fn key(text: &[u8], at: usize) -> Option<usize> {
    if *text.get(at)? != b'"' {
        return None;
    }
    let at = string(text, at + 1)?;
    (*text.get(at)? == b':').then_some(at + 1)
}

/// Behind a string, whose opening quote is before `at`.
fn string(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += plain(text.get(at..)?)?;
        match (*text.get(at)?, text.get(at + 1)) {
            (b'"', _) => return Some(at + 1),
            (b'\\', Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => at += 2,
            (b'\\', Some(b'u')) if text.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => at += 6,
            _ => return None,
        }
    }
}

/// The number of bytes before a quote, a backslash or a control character.
#[inline]
fn plain(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    let (words, rest) = text.as_chunks::<8>();
    let mut before = 0;
    for word in words {
        // eight at once: the highest bit of each byte that is below 0x20, a quote or a backslash, and of none before the first
        let word = u64::from_le_bytes(*word);
        let (quote, backslash) = (word ^ (ONES * u64::from(b'"')), word ^ (ONES * u64::from(b'\\')));
        let found = word.wrapping_sub(ONES * 0x20) & !word
            | quote.wrapping_sub(ONES) & !quote
            | backslash.wrapping_sub(ONES) & !backslash;
        let found = found & ONES << 7;
        if found != 0 {
            return Some(before + found.trailing_zeros() as usize / 8);
        }
        before += 8;
    }
    let at = rest.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\'))?;
    Some(before + at)
}

/// Behind a number.
fn number(text: &[u8], mut at: usize) -> Option<usize> {
    if text.get(at) == Some(&b'-') {
        at += 1;
    }
    at = if text.get(at) == Some(&b'0') { at + 1 } else { digits(text, at)? };
    if text.get(at) == Some(&b'.') {
        at = digits(text, at + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at += if let Some(b'+' | b'-') = text.get(at + 1) { 2 } else { 1 };
        at = digits(text, at)?;
    }
    Some(at)
}

/// Behind one digit or more.
fn digits(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let count = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    (count > 0).then_some(at + count)
}

fn literal(text: &[u8], at: usize, rest: &[u8]) -> Option<usize> {
    let end = at + rest.len();
    (text.get(at..end)? == rest).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use serde_json::value::RawValue;

    fn of(value: &str) -> Option<Outline<'static>> {
        let text = format!(r#"{{"type":"event","event":{value},"id":7}}]"#);
        event(Box::leak(text.into_boxed_str()))
    }

    #[test]
    fn the_parts_of_an_event() {
        for value in [
            "{}",
            "[]",
            "[[],{}]",
            "null",
            "true",
            "false",
            "0",
            "-0",
            "-1.5e+10",
            "1E5",
            "\"\"",
            r#""\"\\\/\u00e9 ü}""#,
            r#"{"a":{"b":[1,"}],",{"c":null}]},"d":[{}]}"#,
        ] {
            assert_eq!(of(value), Some(Outline { event: value, id: 7, rest: "]" }));
        }
    }

    #[test]
    fn what_is_no_json_or_written_otherwise() {
        for value in [
            "",
            "{",
            "}",
            "{]",
            "[}",
            "{]}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            "{1:2}",
            "[1,]",
            "[,1]",
            "[1 2]",
            "01",
            "1.",
            ".5",
            "-",
            "+1",
            "1e",
            "1e+",
            "tru",
            "nulL",
            "\"",
            "\"\\\"",
            r#""\x""#,
            r#""\u12g4""#,
            "\"\u{1}\"",
            "\"\n\"",
            "{ }",
            "[1, 2]",
            " 1",
            "1 ",
            r#"{},"x":{}"#,
            r#"{}},{"#,
            "1,2",
            "NaN",
        ] {
            assert_eq!(of(value), None, "{value}");
        }
        for text in [
            r#"{"id":7,"type":"event","event":{}}"#,
            r#"{"type":"event","event":{},"id":7"#,
            r#"{"type":"event","event":{},"id":07}"#,
            r#"{"type":"event","event":{},"id":-7}"#,
            r#"{"type":"event","event":{},"id":7.0}"#,
            r#"{"type":"event","event":{},"id":"7"}"#,
            r#"{"type":"event","event":{},"id":}"#,
            r#"{"type":"event","event":{},"id":99999999999999999999}"#,
            r#"{"type":"event","event":{},"id":7,"x":1}"#,
            r#"{"type":"event","event":{},"x":1,"id":7}"#,
        ] {
            assert_eq!(event(text), None, "{text}");
        }
    }

    #[test]
    fn every_byte_in_every_place_of_a_word() {
        for before in 0..20 {
            for byte in 0..=u8::MAX {
                let mut text = vec![b'x'; 20];
                text[before] = byte;
                let is_plain = byte >= 0x20 && byte != b'"' && byte != b'\\';
                assert_eq!(plain(&text), (!is_plain).then_some(before), "{before} {byte}");
                text.push(b'"');
                assert_eq!(plain(&text), Some(if is_plain { 20 } else { before }), "{before} {byte}");
            }
        }
    }

    #[test]
    fn nested_deeper_than_it_counts_it_gives_up() {
        let deep = |depth: usize| of(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        assert!(deep(63).is_some() && deep(64).is_none() && deep(65).is_none() && deep(100_000).is_none());
        assert!(of(&"{\"a\":".repeat(64)).is_none());
        // one bracket is not closed
        let objects = |closed: usize| of(&format!("{}{{{}", "{\"a\":".repeat(63), "}".repeat(closed)));
        assert!(objects(63).is_none() && objects(64).is_none());
    }

    /// Broken at random, it never passes what serde does not, and finds the same where it passes.
    #[test]
    fn it_agrees_with_serde() {
        let whole = r#"{"type":"event","event":{"a":{"n":-1.5e3,"s":"x\"\u00e9\\","l":[true,false,null,[],{}]},"ü":0},"id":12}"#;
        let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
        let mut random = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed % below as u64).unwrap()
        };
        let marks: Vec<char> = "{}[]\",:\\0e.-+1 tnu\n".chars().collect();
        let (mut passed, mut refused) = (0, 0);
        for _ in 0..60_000 {
            let mut text: Vec<char> = whole.chars().collect();
            for _ in 0..=random(3) {
                let at = random(text.len());
                match random(3) {
                    0 => text[at] = marks[random(marks.len())],
                    1 => text.insert(at, marks[random(marks.len())]),
                    _ => drop(text.remove(at)),
                }
            }
            let text: String = text.into_iter().collect();
            let Some(found) = event(&text) else {
                refused += 1;
                continue;
            };
            passed += 1;
            // what it left is told by the caller
            let message = text.strip_suffix(found.rest).unwrap();
            let read: Value = serde_json::from_str(message).unwrap_or_else(|error| panic!("{error}: {text}"));
            let _: &RawValue = serde_json::from_str(found.event).unwrap();
            assert_eq!((read["id"].as_u64(), &read["type"]), (Some(found.id), &Value::from("event")));
            assert_eq!(read["event"], serde_json::from_str::<Value>(found.event).unwrap(), "{text}");
        }
        assert!(passed > 3000 && refused > 3000, "{passed} {refused}");
    }
}
