//! How the server puts variables into the data of an application (`switch_channel_expand_variables` of 1.11).
//!
//! Of the many forms here are `${name}` and `$${name}`; not those that cut the value, index it, or call an api command.

use super::dial_string::holds_variable;

/// How deep variables may hold variables. What is deeper is left as it is.
const DEEPEST: u32 = 100;

/// The text with the values of its variables, and with the values of those that stand in them or in their names. A text that
/// holds neither a variable nor an escape is left alone.
pub(super) fn expand(text: &str, value: &impl Fn(&str) -> String) -> String {
    within(text, value, 0)
}

fn within(text: &str, value: &impl Fn(&str) -> String, depth: u32) -> String {
    if depth > DEEPEST || !holds_variable(text) && !holds_escape(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match (c, after.chars().next()) {
            ('\\', Some('$')) => {
                out.push('$');
                // of two only one is left
                after.strip_prefix("$$").or_else(|| after.strip_prefix('$')).unwrap_or_default()
            }
            ('\\', Some('\'')) => after.get(1..).unwrap_or_default(),
            ('\\', Some('\\')) => {
                out.push('\\');
                after.get(1..).unwrap_or_default()
            }
            ('$', _) => {
                let after = after.strip_prefix('$').unwrap_or(after);
                match after.strip_prefix('{') {
                    Some(inside) => {
                        let (name, after) = name(inside);
                        let name = within(name, value, depth + 1);
                        out += &within(&value(&name), value, depth + 1);
                        after
                    }
                    None => {
                        out.push('$');
                        after
                    }
                }
            }
            _ => {
                out.push(c);
                after
            }
        };
    }
    out
}

/// Up to the brace that closes it, and what is behind.
fn name(text: &str) -> (&str, &str) {
    let mut depth = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' if at > 0 => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        }
    }
    (text, "")
}

fn holds_escape(text: &str) -> bool {
    let mut chars = text.chars();
    while chars.any(|c| c == '\\') {
        let mut next = chars.clone();
        if matches!(next.next(), Some('\\' | 'n' | 's' | 't' | '\'')) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> String {
        expand(text, &|name| match name {
            "nested" => "${b}".into(),
            "round" => "${round}".into(),
            name => format!("<{name}>"),
        })
    }

    #[test]
    fn variables_and_escapes() {
        assert_eq!(expanded("a ${b} $${c}$d"), "a <b> <c>$d");
        assert_eq!(expanded(r"\${b} \\ it\'s \n ${c"), r"${b} \ its \n <c>");
        assert_eq!(expanded(r"$$ \$$ \\"), r"$ $ \");
        assert_eq!(expanded("${nested} ${a${nested}}"), "<b> <a<b>>");
        assert_eq!(expanded("${round}"), "${round}");
        // these hold nothing that would make it look
        for plain in [r"a\b $$ \$ 'x'", "$c", ""] {
            assert_eq!(expanded(plain), plain);
        }
    }
}
