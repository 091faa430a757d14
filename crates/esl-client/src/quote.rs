//! Quoting: values in argument lists, in dial strings and in channel variables, from which none can escape.
//!
//! FreeSWITCH takes `originate` apart layer by layer, and each layer takes off quotes and undoes backslashes once (read in
//! `switch_utils.c`, `switch_event.c`, `switch_ivr_originate.c` and `mod_commands.c` of 1.11):
//!
//! 1. Outer whitespace is stripped; then the arguments are split at spaces. `'…'` keeps spaces together; `\\` `\'` `\"` are
//!    these characters, `\n` `\r` `\t` `\s` line feed, carriage return, tab and space, and a backslash before anything else is
//!    itself. A quote that nothing closes runs to the end. `^^` at the very beginning names another delimiter. An argument
//!    `undef` counts as absent; an absent extension ends the server (an assertion).
//! 2. A dial string that holds `:_:` is cut there, wherever that stands.
//! 3. A block `{…}` or `<…>` reaches to the bracket that closes it: brackets of its kind are counted, quotes and backslashes are
//!    no concern. It is split at commas as above (`\,` is a comma), at most 1,024 times.
//! 4. Each variable is split at its first `=`, as above (`\=` is an equals sign). One with nothing behind it is not set.
//! 5. A value with `${` in it, or with backslashes between the two, is not set (unless `origination_nested_vars=true` stands
//!    somewhere). One that begins with `ARRAY::` becomes an array, and reads back otherwise if that has less than two elements.
//! 6. What is left, the endpoints, is split at `|` and then at `,`, as above.
//!
//! `&application(argument)` ends at its first `)`. Its argument is expanded when it runs: `${…}` is replaced, and if there is such
//! a thing or an escape, `\\` and `\$` become one character, and `\'` none. What a variable holds is expanded in turn where the
//! variable is used: so no variable is set here to a value with `${` in it.
//!
//! What is written here is escaped once per layer. Where no escape exists the value is refused.

use crate::command::checked;
use crate::error::Error;

/// The most variables that are sent: FreeSWITCH reads 1,024.
const VARIABLES: usize = 1000;

/// One argument of an API command: whatever it holds, FreeSWITCH reads it as one, and as it was.
///
/// # Errors
/// A line break or NUL, or nothing at all, which would be read as no argument.
pub fn argument(value: &str) -> Result<String, Error> {
    checked("argument", value)?;
    if value.is_empty() {
        return Err(Error::invalid("argument", "an empty one would be read as none"));
    }
    Ok(quoted(value))
}

/// An argument of `originate`, which takes the word `undef` for none.
pub(crate) fn defined(field: &'static str, value: &str) -> Result<String, Error> {
    if value.eq_ignore_ascii_case("undef") {
        return Err(Error::invalid(field, "FreeSWITCH takes this word for no argument at all"));
    }
    argument(value)
}

/// The value of a channel variable as the last argument, which may be empty.
pub(crate) fn last_value(value: &str) -> Result<String, Error> {
    checked("value", value)?;
    array("value", value)?;
    expanding("value", value)?;
    Ok(if value.is_empty() { String::new() } else { quoted(value) })
}

fn quoted(value: &str) -> String {
    if !value.contains(['\\', '\'', ' ', '\t', '\u{b}']) && !value.starts_with("^^") {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len() + 8);
    out.push('\'');
    escaped(value, None, &mut out);
    out.push('\'');
    out
}

/// Escapes for one layer: backslashes, quotes, and the character at which it splits.
fn escaped(text: &str, delimiter: Option<char>, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '\\' | '\'') || Some(c) == delimiter {
            out.push('\\');
        }
        out.push(c);
    }
}

/// The name of a channel variable: letters, digits, `_`, `-` and `.`.
pub(crate) fn variable_name(name: &str) -> Result<(), Error> {
    let ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.is_empty() || !name.chars().all(ok) {
        return Err(Error::invalid("variable", "its name holds letters, digits, and _ - ."));
    }
    Ok(())
}

/// Whether brackets pair, so that a block around them ends where it is to.
fn pairs(text: &str, open: char, close: char) -> bool {
    let mut depth = 0_usize;
    for c in text.chars() {
        if c == open {
            depth += 1;
        } else if c == close {
            match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            }
        }
    }
    depth == 0
}

/// Refuses an array that would not read back as it is: one of less than two elements, or with an array or nothing first.
fn array(field: &str, value: &str) -> Result<(), Error> {
    let Some(list) = value.strip_prefix("ARRAY::") else { return Ok(()) };
    match list.split_once("|:") {
        Some((first, _)) if !first.is_empty() && !first.starts_with("ARRAY::") => Ok(()),
        _ => Err(Error::invalid(
            field.to_owned(),
            "FreeSWITCH reads ARRAY:: as a list, which has two elements or more, separated by |:",
        )),
    }
}

/// Whether FreeSWITCH would look for a variable in it: `${`, or that with backslashes between.
fn holds_variable(text: &str) -> bool {
    text.split('$').skip(1).any(|rest| rest.trim_start_matches('\\').starts_with('{'))
}

/// Whether FreeSWITCH would undo escapes in it when it expands it.
fn holds_escape(text: &str) -> bool {
    text.contains("\\\\") || text.split('\\').skip(1).any(|rest| rest.starts_with(['n', 's', 't', '\'']))
}

/// A value in which FreeSWITCH would put variables or the results of API calls: `${system(…)}` runs a program.
pub(crate) fn expanding(field: &str, value: &str) -> Result<(), Error> {
    if holds_variable(value) {
        return Err(Error::invalid(field.to_owned(), "it holds ${, which FreeSWITCH would expand"));
    }
    Ok(())
}

/// A text without variables that is this text again once FreeSWITCH has expanded it.
fn unexpanded(text: &str) -> String {
    if !holds_escape(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '\\' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The argument of the application `set`, whose value is expanded twice: before it runs, and when it sets.
pub(crate) fn assignment(name: &str, value: &str) -> Result<String, Error> {
    variable_name(name)?;
    checked(name.to_owned(), value)?;
    array(name, value)?;
    expanding(name, value)?;
    Ok(unexpanded(&format!("{name}={}", unexpanded(value))))
}

/// What an originated channel runs: `&application(argument)`.
pub(crate) fn application(name: &str, data: &str) -> Result<String, Error> {
    crate::command::word("application", name)?;
    if name.contains(['(', ')']) {
        return Err(Error::invalid("application", "its name holds no bracket"));
    }
    checked("argument", data)?;
    if data.contains(')') {
        return Err(Error::invalid(
            "argument",
            "it holds ), at which originate would cut it: let the call park, and execute the application then",
        ));
    }
    argument(&format!("&{name}({data})"))
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

    /// `{a=1,b=2}`; before it `<c=}>` for values whose braces do not pair, and for all of them if dial strings stand side by
    /// side: braces would count for the first of these only. Empty without any.
    fn blocks(&self, side_by_side: bool) -> Result<String, Error> {
        if self.0.len() > VARIABLES {
            return Err(Error::invalid("variables", "there are more than 1,000"));
        }
        let (mut angles, mut braces) = (String::new(), String::new());
        for (name, value) in &self.0 {
            variable_name(name)?;
            let (block, open) = match block_for(name, value, side_by_side)? {
                Block::Braces => (&mut braces, '{'),
                Block::Angles => (&mut angles, '<'),
            };
            block.push(if block.is_empty() { open } else { ',' });
            block.push_str(name);
            block.push('=');
            block.push_str(&in_block(value));
        }
        for (block, close) in [(&mut angles, '>'), (&mut braces, '}')] {
            if !block.is_empty() {
                block.push(close);
            }
        }
        Ok(angles + &braces)
    }

    /// The whole first argument of `originate`: the variables and the dial string, as one argument.
    pub(crate) fn dial_string(&self, endpoint: &str) -> Result<String, Error> {
        checked("endpoint", endpoint)?;
        if endpoint.trim().is_empty() {
            return Err(Error::invalid("endpoint", "it is empty"));
        }
        expanding("endpoint", endpoint)?;
        Ok(quoted(&format!("{}{endpoint}", self.blocks(endpoint.contains(":_:"))?)))
    }
}

enum Block {
    Braces,
    Angles,
}

/// Which block can carry a value.
fn block_for(name: &str, value: &str, side_by_side: bool) -> Result<Block, Error> {
    let field = || name.to_owned();
    checked(field(), value)?;
    if value.is_empty() {
        return Err(Error::invalid(field(), "it is empty, and FreeSWITCH has no empty variables: leave it out"));
    }
    array(name, value)?;
    expanding(name, value)?;
    if pairs(value, '{', '}') && !side_by_side {
        return Ok(Block::Braces);
    }
    if pairs(value, '<', '>') {
        return Ok(Block::Angles);
    }
    let reason = "neither its { } nor its < > pair, so that no block of originate can carry it: set it on the channel";
    Err(Error::invalid(field(), reason))
}

/// A value for the layers within a block: the one at the equals sign, and the one at commas.
fn in_block(value: &str) -> String {
    let mut inner = String::with_capacity(value.len() + 8);
    escaped(value, Some('='), &mut inner);
    // outer spaces would be trimmed
    let kept = inner.trim_matches(' ');
    let lead = inner.len() - inner.trim_start_matches(' ').len();
    let tail = inner.len() - lead - kept.len();
    let inner = format!("{}{kept}{}", "\\s".repeat(lead), "\\s".repeat(tail));
    let mut outer = String::with_capacity(inner.len() + 8);
    escaped(&inner, Some(','), &mut outer);
    // quotes around nothing are gone in the end, but until then no dial string is cut here
    if outer.contains(":_:") { outer.replace(":_", ":''_") } else { outer }
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

    fn refused(value: &str) -> bool {
        let mut variables = Variables::default();
        variables.set("name", value);
        match variables.dial_string("user/1000") {
            Ok(_) => false,
            Err(error) => error.to_string().starts_with("name: "),
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
        let mut variables = Variables::default();
        variables.set("a", "}");
        variables.set("b", "x:_:_:y");
        assert_eq!(variables.dial_string("null/x:_:null/y").unwrap(), r"'<a=},b=x:\'\'_:\'\'_:y>null/x:_:null/y'");
        assert_eq!(
            variables.dial_string("null/x").unwrap(),
            r"<a=}>{b=x:\'\'_:\'\'_:y}null/x".replace('<', "'<") + "'"
        );
    }

    #[test]
    fn what_no_escape_carries_is_refused() {
        for bad in
            ["}<", "{>", "a\nb", "a\rb", "a\0b", "${system(id)}", r"$\{x}", "$${x}", "", "ARRAY::a", "ARRAY::|:b"]
        {
            assert!(refused(bad), "{bad}");
        }
        for good in ["}x", "a{", "}{", "a:_:b", "[<", "]>", "$", "a$b{c}", "ARRAY::a|:b", "ARRAY:a"] {
            assert!(!refused(good), "{good}");
        }
        let mut variables = Variables::default();
        variables.set("a b", "x");
        assert!(variables.dial_string("user/1000").is_err());
        assert!(application("playback", "tone_stream://%(100,100,440)").is_err());
        assert!(application("a(b", "").is_err());
        assert_eq!(application("set", "a=it's").unwrap(), r"'&set(a=it\'s)'");
        assert!(defined("extension", "UNDEF").is_err() && defined("extension", "100").is_ok());
    }

    #[test]
    fn parts_of_a_dial_string() {
        assert!(dial_part("1000").is_ok() && dial_part("+46-8.1@host:5060").is_ok());
        for bad in ["1000,sofia/x/y", "1|2", "a:_:b", "[x=1]1", "${x}", "1 2", ""] {
            assert!(dial_part(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn arguments_are_quoted_where_they_must() {
        for (value, expected) in [
            ("plain", "plain"),
            ("two words", "'two words'"),
            (r"it's \n", r"'it\'s \\n'"),
            ("^^:a", "'^^:a'"),
            ("tab\t", "'tab\t'"),
            ("\"x\"", "\"x\""),
        ] {
            assert_eq!(argument(value).unwrap(), expected);
        }
        assert!(argument("").is_err() && argument("a\nb").is_err());
        assert_eq!(last_value("").unwrap(), "");
    }

    #[test]
    fn assignments_are_escaped_twice() {
        assert_eq!(assignment("a", "it's $5").unwrap(), "a=it's $5");
        assert_eq!(assignment("a", r"\n").unwrap(), r"a=\\\\n");
        assert!(assignment("a", "${x}").is_err() && last_value("${x}").is_err());
    }
}
