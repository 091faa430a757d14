//! Dial strings and the arguments of `originate`, read as the server reads them (`switch_ivr_originate.c` of 1.11).
//!
//! `<a=1>{b=2}[c=3]user/1001,[c=4]user/1002|user/1003:_:…`: variables for all, for this dial string, for one leg; legs that ring
//! together are divided by `,`, attempts one after the other by `|`, and dial strings side by side by `:_:`. Each layer is
//! taken apart by [`separate`], which undoes one layer of quotes and backslashes each time.

use super::channel::Goal;
use super::separate::{end_of_brackets, separate};
use std::time::Duration;

/// The most that may stand between `|`, `,` or `:_:` each.
const MOST: usize = 128;
/// The most variables between two brackets.
const MOST_VARIABLES: usize = 1024;
/// What stands for the commas between brackets while legs are divided.
const DIVIDES: char = '\u{2}';
const IS_MEANT: char = '\u{1}';

pub(super) type Variables = Vec<(String, String)>;

/// One leg: where to, and with which variables.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Leg {
    pub(super) endpoint: String,
    pub(super) variables: Variables,
}

/// Attempts one after the other, each of legs that ring together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Attempts {
    pub(super) legs: Vec<Vec<Leg>>,
    /// The variables for all legs: they hold the settings of the call too.
    pub(super) variables: Variables,
}

impl Attempts {
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

pub(super) struct Originate {
    pub(super) calls: Vec<Attempts>,
    pub(super) goal: Goal,
    pub(super) caller: (Option<String>, Option<String>),
    pub(super) timeout: Option<Duration>,
}

/// A dial string that cannot be read. The server calls it `DESTINATION_OUT_OF_ORDER`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// What dials side by side.
pub(super) fn dial_string(text: &str) -> Result<Vec<Attempts>, Unreadable> {
    if !text.contains(":_:") {
        return Ok(vec![attempts(text, Variables::new())?]);
    }
    let mut everyone = Variables::new();
    let text = all_brackets(text.trim_start_matches(' '), ('<', '>'), ',', &mut everyone)?.trim_start_matches(' ');
    everyone.push(("ignore_early_media".into(), "true".into()));
    text.splitn(MOST, ":_:").map(|text| attempts(text, everyone.clone())).collect()
}

fn attempts(text: &str, mut variables: Variables) -> Result<Attempts, Unreadable> {
    let text = text.trim_start_matches(' ');
    let nested = text.to_ascii_lowercase().contains("origination_nested_vars=true");
    let text = all_brackets(text, ('<', '>'), ',', &mut variables)?;
    let text = all_brackets(text, ('{', '}'), ',', &mut variables)?.trim_start_matches(' ');
    if text.is_empty() {
        return Err(Unreadable);
    }
    let mut attempts = Attempts { legs: Vec::new(), variables };
    for together in separate(text, '|', MOST) {
        let legs = separate(&commas_marked(&together), ',', MOST);
        let legs = legs.iter().map(|leg| one_leg(leg, &attempts, nested));
        attempts.legs.push(legs.collect::<Result<_, _>>()?);
    }
    Ok(attempts)
}

/// Commas between square brackets divide variables, or are meant (between quotes, and where the brackets name another
/// delimiter); they divide no legs.
fn commas_marked(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    let (mut end, mut other, mut quoted, mut before) = (None, false, false, ' ');
    for (at, c) in text.char_indices() {
        let here = text.get(at..).unwrap_or_default();
        if end.is_none() && c == '[' {
            end = end_of_brackets(here, '[', ']').map(|length| at + length);
            (other, quoted) = (here.starts_with("[^^"), false);
        }
        if c == '\'' {
            quoted = !quoted;
        }
        let inside = end.is_some_and(|end| at < end);
        marked.push(match c {
            ',' if inside && before != '\\' && (quoted || other) => IS_MEANT,
            ',' if inside && before != '\\' => DIVIDES,
            c => c,
        });
        if end == Some(at) {
            end = None;
        }
        before = c;
    }
    marked
}

fn one_leg(text: &str, attempts: &Attempts, nested: bool) -> Result<Leg, Unreadable> {
    let mut own = Variables::new();
    let mut rest = text.trim_start_matches(' ').to_owned();
    while rest.starts_with('[') {
        let end = end_of_brackets(&rest, '[', ']').ok_or(Unreadable)?;
        let (block, after) = rest.split_at(end);
        let block = block.replace(IS_MEANT, ",");
        brackets(&format!("{block}]"), ('[', ']'), DIVIDES, &mut own)?;
        rest = after.get(1..).unwrap_or_default().to_owned();
    }
    let everyone = attempts.variables.iter();
    let clobbers = attempts.variable("local_var_clobber").is_some_and(is_true);
    // those that are set last are those that count
    let variables: Vec<_> =
        if clobbers { everyone.chain(&own).collect() } else { own.iter().chain(everyone).collect() };
    let allowed = variables.into_iter().filter(|(_, value)| nested || !holds_variable(value));
    Ok(Leg { endpoint: rest.trim_start_matches(' ').to_owned(), variables: allowed.cloned().collect() })
}

/// What the server takes for yes.
pub(super) fn is_true(text: &str) -> bool {
    let words = ["yes", "on", "true", "t", "enabled", "active", "allow"];
    words.iter().any(|word| text.eq_ignore_ascii_case(word)) || text.parse::<i64>().is_ok_and(|number| number != 0)
}

/// `${`, or that with backslashes between: the server does not set such a variable when it dials.
pub(super) fn holds_variable(text: &str) -> bool {
    let mut dollar = false;
    for c in text.chars() {
        match c {
            '$' => dollar = true,
            '{' if dollar => return true,
            '\\' => {}
            _ => dollar = false,
        }
    }
    false
}

/// Blocks of variables as long as they follow each other at once; what is behind them.
fn all_brackets<'a>(
    mut text: &'a str,
    pair: (char, char),
    delimiter: char,
    variables: &mut Variables,
) -> Result<&'a str, Unreadable> {
    while text.starts_with(pair.0) {
        text = brackets(text, pair, delimiter, variables)?;
    }
    Ok(text)
}

fn brackets<'a>(
    text: &'a str,
    (open, close): (char, char),
    delimiter: char,
    variables: &mut Variables,
) -> Result<&'a str, Unreadable> {
    let end = end_of_brackets(text, open, close).ok_or(Unreadable)?;
    let (block, after) = text.split_at(end);
    let block = block.get(1..).unwrap_or_default();
    for pair in separate(block, delimiter, MOST_VARIABLES) {
        let mut pair = separate(&pair, '=', 2).into_iter();
        if let (Some(name), Some(value)) = (pair.next(), pair.next()) {
            variables.push((name, value));
        }
    }
    Ok(after.get(1..).unwrap_or_default())
}

/// What `originate` was given. `Err`: the cause that the server would name, or nothing for its usage.
pub(super) fn originate(text: &str) -> Result<Originate, Option<&'static str>> {
    let words = separate(text, ' ', 10);
    let (Some(whole), Some(second)) = (words.first(), words.get(1)) else { return Err(None) };
    if words.len() > 7 {
        return Err(None);
    }
    let calls = dial_string(whole).map_err(|Unreadable| Some("DESTINATION_OUT_OF_ORDER"))?;
    let word = |at: usize| words.get(at).cloned().filter(|word| !word.eq_ignore_ascii_case("undef"));
    let goal = match second.strip_prefix('&').filter(|application| !application.is_empty()) {
        Some(application) => {
            // up to the first that closes, whatever opened meanwhile
            let application = application.split_once(')').map_or(application, |(application, _)| application);
            let (name, data) = application.split_once('(').unwrap_or((application, ""));
            Goal::Application(name.to_owned(), data.to_owned())
        }
        None => Goal::Exten(
            second.clone(),
            word(2).unwrap_or_else(|| "XML".into()),
            word(3).unwrap_or_else(|| "default".into()),
        ),
    };
    let timeout = word(6).map(|word| Duration::from_secs(word.parse().unwrap_or(0)));
    Ok(Originate { calls, goal, caller: (word(4), word(5)), timeout })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> (Vec<(String, String)>, String) {
        let mut calls = dial_string(text).unwrap();
        let mut attempts = calls.pop().unwrap();
        let mut legs = attempts.legs.pop().unwrap();
        assert!(calls.is_empty() && attempts.legs.is_empty() && legs.len() == 1, "{text}");
        let leg = legs.pop().unwrap();
        (leg.variables, leg.endpoint)
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn variables_and_their_delimiters() {
        let (variables, endpoint) = one(r"<e=0>{a=1, b='x,y',c=p\,q}{^^:d=1,2:e=3}[f=4]user/1");
        assert_eq!(endpoint, "user/1");
        let expected = [("f", "4"), ("e", "0"), ("a", "1"), ("b", "x,y"), ("c", "p,q"), ("d", "1,2"), ("e", "3")];
        assert_eq!(variables, pairs(&expected));
        // quotes around a comma between square brackets are gone when legs are divided at `|`, unless they are escaped
        let brackets = r"{a=,b=''}[b='0,',c=\'1,2\'][^^:d=3,4:e=5]null/x";
        assert_eq!(one(brackets).0, pairs(&[("b", "0"), ("c", "1,2"), ("d", "3,4"), ("e", "5")]));
        assert_eq!(one("{local_var_clobber=true,a=1}[a=2]null/x").0.last().unwrap().1, "2");
        // a value that is a variable is not set, and one with an escape in it neither
        assert_eq!(one(r"{a=${b},c=$\\\\{d},e=$f}null/x").0, pairs(&[("e", "$f")]));
        assert_eq!(one("{origination_nested_vars=true,a=${b}}null/x").0.last().unwrap().1, "${b}");
    }

    #[test]
    fn legs_attempts_and_dial_strings_side_by_side() {
        let calls = dial_string("<x=1>{a=1}user/1,[b=2,c=3]user/2|user/3:_:{a=2}user/4").unwrap();
        let endpoints: Vec<Vec<Vec<&str>>> = calls
            .iter()
            .map(|call| call.legs.iter().map(|legs| legs.iter().map(|leg| leg.endpoint.as_str()).collect()).collect())
            .collect();
        assert_eq!(endpoints, [vec![vec!["user/1", "user/2"], vec!["user/3"]], vec![vec!["user/4"]]]);
        assert_eq!(
            calls[0].legs[0][1].variables,
            pairs(&[("b", "2"), ("c", "3"), ("x", "1"), ("ignore_early_media", "true"), ("a", "1")])
        );
        assert_eq!(calls[1].variable("a"), Some("2"));
    }

    #[test]
    fn what_cannot_be_read() {
        for bad in ["{a=1", "{a=1}", "[a=1user/1", "<a", ""] {
            assert_eq!(dial_string(bad), Err(Unreadable), "{bad}");
        }
        assert!(matches!(originate("user/1"), Err(None)));
        assert!(matches!(originate("user/1 2 3 4 5 6 7 8"), Err(None)));
        let read = originate("'{a=b c}null/x' '&set(a=(b)c)' XML undef \"Ann A\"").map(|read| (read.goal, read.caller));
        let Ok((Goal::Application(name, data), (Some(caller), Some(number)))) = read else { panic!() };
        // double quotes quote nothing, and the first bracket ends the argument
        assert_eq!((&*name, &*data, &*caller, &*number), ("set", "a=(b", "\"Ann", "A\""));
    }
}
