//! Names of the wire, the Rust way.

/// `ConnectedLineNum` → `connected_line_num`, `DBGet` → `db_get`, `Content-Type` → `content_type`.
pub(super) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut text = String::new();
    for (i, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            if !text.ends_with('_') && !text.is_empty() {
                text.push('_');
            }
            continue;
        }
        let before = i.checked_sub(1).and_then(|i| letters.get(i));
        let after = letters.get(i + 1);
        let begins = letter.is_ascii_uppercase()
            && (before.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
                || (before.is_some_and(char::is_ascii_uppercase) && after.is_some_and(char::is_ascii_lowercase)));
        if begins && !text.ends_with('_') && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// `NO ANSWER` → `NoAnswer`, `BRIDGE_ENTER` → `BridgeEnter`, `T.38` → `T38`, `NotAvailable` → `NotAvailable`.
pub(super) fn pascal(value: &str) -> String {
    let shouts = !value.chars().any(|c| c.is_ascii_lowercase());
    let mut text = String::new();
    for word in value.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            text.push(first.to_ascii_uppercase());
            text.extend(letters.map(|c| if shouts { c.to_ascii_lowercase() } else { c }));
        }
    }
    text
}

/// The name of a struct: the wire's, without what Rust cannot have in a name.
pub(super) fn structure(name: &str) -> String {
    let mut letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_wire_become_names_of_rust() {
        for (wire, rust) in [
            ("ConnectedLineNum", "connected_line_num"),
            ("DBGet", "db_get"),
            ("Uniqueid", "uniqueid"),
            ("Content-Type", "content_type"),
            ("BridgeUniqueid", "bridge_uniqueid"),
            ("URI", "uri"),
            ("T38UdptlEc", "t38_udptl_ec"),
        ] {
            assert_eq!(snake(wire), rust);
        }
        for (wire, rust) in [("NO ANSWER", "NoAnswer"), ("T.38", "T38"), ("InUse&Ringing", "InUseRinging")] {
            assert_eq!(pascal(wire), rust);
        }
        assert_eq!(structure("AOC-D"), "AOCD");
    }
}
