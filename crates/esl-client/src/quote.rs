//! Quoting: values in argument lists, in dial strings and in channel variables, from which none can escape.
//!
//! FreeSWITCH reads an argument list three times over (`switch_utils.c`, `switch_event.c`): it splits it at spaces, a block of
//! `{variables}` at commas, and each of these at its first equals sign; each time quotes are taken off and backslashes undone.
//! What is written here is escaped once per reading. Where no escape exists the value is refused.

use crate::command::checked;
use crate::error::Error;

/// Escapes for one reading: backslashes, quotes, and the character at which it splits.
fn escaped(text: &str, delimiter: char, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '\\' | '\'') || c == delimiter {
            out.push('\\');
        }
        // `\s` is a space, wherever it stands
        out.push(if c == ' ' && delimiter == ' ' { 's' } else { c });
    }
}

/// One argument of an API command: whatever it holds, FreeSWITCH reads it as one, and as it was.
///
/// # Errors
/// A line break or NUL, or nothing at all, which would be read as no argument.
pub fn argument(value: &str) -> Result<String, Error> {
    checked("argument", value)?;
    if value.is_empty() {
        return Err(Error::invalid("argument", "an empty one would be read as none"));
    }
    Ok(split_at_spaces(value))
}

fn split_at_spaces(value: &str) -> String {
    if !value.contains(['\\', '\'', ' ']) {
        return value.to_owned();
    }
    if !value.contains(['\\', '\'']) {
        return format!("'{value}'");
    }
    let mut out = String::with_capacity(value.len() + 8);
    escaped(value, ' ', &mut out);
    out
}

/// The last argument of an API command, which may hold spaces.
pub(crate) fn rest(field: &'static str, value: &str) -> Result<String, Error> {
    checked(field, value)?;
    if !value.contains(['\\', '\'']) && value.trim_matches(' ') == value {
        return Ok(value.to_owned());
    }
    let mut out = String::with_capacity(value.len() + 8);
    escaped(value, ' ', &mut out);
    Ok(out)
}

/// The name of a channel variable: letters, digits, `_`, `-` and `.`.
pub(crate) fn variable_name(name: &str) -> Result<(), Error> {
    let ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.is_empty() || !name.chars().all(ok) {
        return Err(Error::invalid("variable", "its name holds letters, digits, and _ - ."));
    }
    Ok(())
}

/// A value that stands between braces: these must pair, since FreeSWITCH counts them without looking at quotes.
fn braced(name: &str, value: &str) -> Result<(), Error> {
    let field = || name.to_owned();
    checked(field(), value)?;
    for (open, close) in [('{', '}'), ('[', ']'), ('<', '>')] {
        let mut depth = 0_usize;
        for c in value.chars() {
            if c == open {
                depth += 1;
            } else if c == close {
                depth = depth.checked_sub(1).ok_or_else(|| Error::invalid(field(), UNPAIRED))?;
            }
        }
        if depth > 0 {
            return Err(Error::invalid(field(), UNPAIRED));
        }
    }
    if value.contains(":_:") {
        return Err(Error::invalid(
            field(),
            "it holds :_:, at which FreeSWITCH cuts a dial string whatever stands around it",
        ));
    }
    expanding(name, value)
}

const UNPAIRED: &str =
    "a bracket in it has no partner; FreeSWITCH cannot carry it here: set the variable on the channel instead";

/// A value in which FreeSWITCH would put variables or the results of API calls: `${system(…)}` runs a program.
pub(crate) fn expanding(field: &str, value: &str) -> Result<(), Error> {
    if value.contains("${") {
        return Err(Error::invalid(field.to_owned(), "it holds ${, which FreeSWITCH would expand"));
    }
    Ok(())
}

/// Channel variables before a dial string.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Variables(Vec<(String, String)>);

impl Variables {
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// These, and then those.
    pub(crate) fn followed_by(mut self, others: &Self) -> Self {
        self.0.extend(others.0.iter().cloned());
        self
    }

    /// `{a=1,b=2}`, escaped for the reading at commas and the one at the equals sign; empty without any.
    fn block(&self) -> Result<String, Error> {
        if self.0.is_empty() {
            return Ok(String::new());
        }
        let mut block = String::from("{");
        for (i, (name, value)) in self.0.iter().enumerate() {
            variable_name(name)?;
            braced(name, value)?;
            let mut inner = String::new();
            escaped(value, '=', &mut inner);
            // outer spaces would be trimmed
            let kept = inner.trim_matches(' ');
            let (lead, tail) =
                (inner.len() - inner.trim_start_matches(' ').len(), inner.len() - inner.trim_end_matches(' ').len());
            let inner = match kept.is_empty() {
                true => "\\s".repeat(inner.len()),
                false => format!("{}{kept}{}", "\\s".repeat(lead), "\\s".repeat(tail)),
            };
            if i > 0 {
                block.push(',');
            }
            block.push_str(name);
            block.push('=');
            escaped(&inner, ',', &mut block);
        }
        block.push('}');
        Ok(block)
    }

    /// The whole first argument of `originate`: the variables and the dial string, as one argument.
    pub(crate) fn dial_string(&self, endpoint: &str) -> Result<String, Error> {
        checked("endpoint", endpoint)?;
        if endpoint.trim().is_empty() {
            return Err(Error::invalid("endpoint", "it is empty"));
        }
        expanding("endpoint", endpoint)?;
        Ok(split_at_spaces(&format!("{}{endpoint}", self.block()?)))
    }
}

/// One part of a dial string, such as a number from a stranger: nothing in it can choose another destination.
///
/// # Errors
/// A character that means something in a dial string: `,` `|` `:_:` brackets, quotes, spaces, `$`, a line break.
pub fn dial_part(value: &str) -> Result<&str, Error> {
    checked("destination", value)?;
    let special = |c: char| c.is_whitespace() || c.is_control() || ",|{}[]<>()'\"\\$^&;`".contains(c);
    if value.is_empty() || value.contains(special) || value.contains(":_:") {
        return Err(Error::invalid("destination", "it holds a character that means something in a dial string"));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What FreeSWITCH's `switch_separate_string` does, written from its description: splits at the delimiter outside of
    /// quotes and escapes, then takes off quotes, escapes and outer spaces.
    fn separate(text: &str, delimiter: char, limit: usize) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let closes = |at: usize| chars[at + 1..].contains(&'\'');
        let (mut parts, mut part, mut quoted, mut at) = (Vec::new(), Vec::new(), false, 0);
        while at < chars.len() {
            let c = chars[at];
            if c == '\\' && at + 1 < chars.len() {
                part.extend([c, chars[at + 1]]);
                at += 2;
                continue;
            }
            if c == '\'' && (quoted || closes(at)) {
                quoted = !quoted;
            }
            if c == delimiter && !quoted && parts.len() + 1 < limit {
                parts.push(std::mem::take(&mut part));
            } else {
                part.push(c);
            }
            at += 1;
        }
        parts.push(part);
        parts.into_iter().map(|part| cleaned(&part, delimiter)).collect()
    }

    fn cleaned(part: &[char], delimiter: char) -> String {
        let part: Vec<char> = part.iter().copied().skip_while(|c| *c == ' ').collect();
        let (mut out, mut quoted, mut end, mut at) = (String::new(), false, 0, 0);
        while at < part.len() {
            let (c, next) = (part[at], part.get(at + 1).copied());
            let unescaped = match next {
                Some('n') => Some('\n'),
                Some('r') => Some('\r'),
                Some('t') => Some('\t'),
                Some('s') => Some(' '),
                Some(next) if next == '\'' || next == '\\' || next == delimiter => Some(next),
                _ => None,
            };
            if c == '\\'
                && let Some(real) = unescaped
            {
                out.push(real);
                end = out.len();
                at += 2;
                continue;
            }
            if c == '\'' && (quoted || part[at + 1..].contains(&'\'')) {
                quoted = !quoted;
                if quoted {
                    end = out.len();
                }
            } else {
                out.push(c);
                if c != ' ' || quoted {
                    end = out.len();
                }
            }
            at += 1;
        }
        out.truncate(end);
        out
    }

    /// What `originate` makes of a dial string: the variables, and where it dials.
    fn read(argument: &str) -> (Vec<(String, String)>, String) {
        let arguments = separate(argument, ' ', 10);
        assert_eq!(arguments.len(), 1, "{argument}");
        let text = &arguments[0];
        if !text.starts_with('{') {
            return (Vec::new(), text.clone());
        }
        let mut depth = 0;
        let end = text.char_indices().find_map(|(at, c)| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            (depth == 0).then_some(at)
        });
        let (block, endpoint) = (&text[1..end.unwrap()], &text[end.unwrap() + 1..]);
        let variables = separate(block, ',', 1000).into_iter().map(|pair| {
            let mut pair = separate(&pair, '=', 2).into_iter();
            (pair.next().unwrap(), pair.next().unwrap_or_default())
        });
        (variables.collect(), endpoint.to_owned())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn no_value_escapes(values in prop::collection::vec(r"[ -~äß€]{1,12}|[,'\\ ={}a]{1,8}", 1..5)) {
            let mut variables = Variables::default();
            let mut expected = Vec::new();
            for (i, value) in values.iter().enumerate() {
                variables.set(&format!("v{i}"), value);
                expected.push((format!("v{i}"), value.clone()));
            }
            match variables.dial_string("loopback/9196/default") {
                Ok(text) => prop_assert_eq!(read(&text), (expected, "loopback/9196/default".to_owned()), "{}", text),
                Err(error) => {
                    let field = error.to_string();
                    prop_assert!(values.iter().any(|value| braced("v", value).is_err()), "{} {:?}", field, values);
                }
            }
        }

        #[test]
        fn no_argument_is_two(value in r"[ -~]{1,12}|[' \\s]{1,8}") {
            let one = argument(&value).unwrap();
            prop_assert_eq!(separate(&format!("a {one} b"), ' ', 10), ["a", &value, "b"]);
            let last = rest("value", &value).unwrap();
            prop_assert_eq!(separate(&format!("a {last}"), ' ', 2), ["a", &value]);
        }
    }

    #[test]
    fn dial_strings_read_as_the_recorded_ones() {
        let mut variables = Variables::default();
        variables.set("origination_caller_id_number", "1000");
        variables.set("origination_caller_id_name", "Alice A");
        assert_eq!(
            variables.dial_string("loopback/9196/default").unwrap(),
            "'{origination_caller_id_number=1000,origination_caller_id_name=Alice A}loopback/9196/default'"
        );
        for bad in ["}x", "a{", "a\nb", "${system(id)}", "a:_:b", "}{"] {
            let mut variables = Variables::default();
            variables.set("name", bad);
            assert!(variables.dial_string("user/1000").unwrap_err().to_string().starts_with("name: "), "{bad}");
        }
        let mut variables = Variables::default();
        variables.set("a b", "x");
        assert!(variables.dial_string("user/1000").is_err());
        assert!(dial_part("1000").is_ok() && dial_part("+46-8.1@host:5060").is_ok());
        for bad in ["1000,sofia/x/y", "1|2", "a:_:b", "[x=1]1", "${x}", "1 2", ""] {
            assert!(dial_part(bad).is_err(), "{bad}");
        }
    }
}
