//! How FreeSWITCH takes strings apart: at a delimiter, minding quotes and backslashes (`switch_utils.c` of 1.11).
//!
//! Twice over each part: once to find where it ends, once to take off its quotes, its escapes and its outer spaces.

/// The parts of a text, at most `most`: the last one then holds all that is left, delimiters too.
///
/// A text that begins with `^^` and one more character is split at that character instead.
pub(super) fn separate(text: &str, delimiter: char, most: usize) -> Vec<String> {
    let (delimiter, text) = other_delimiter(text).unwrap_or((delimiter, text));
    let chars: Vec<char> = text.chars().collect();
    let parts = if delimiter == ' ' { at_spaces(&chars, most) } else { at_delimiters(&chars, delimiter, most) };
    let escapable = (delimiter != ' ').then_some(delimiter);
    parts.into_iter().map(|part| cleaned(part, escapable)).collect()
}

/// `^^;rest`. The delimiter must be followed by something.
fn other_delimiter(text: &str) -> Option<(char, &str)> {
    let mut rest = text.strip_prefix("^^")?.chars();
    let delimiter = rest.next()?;
    let rest = rest.as_str();
    (!rest.is_empty()).then_some((delimiter, rest))
}

fn at_delimiters(mut rest: &[char], delimiter: char, most: usize) -> Vec<&[char]> {
    let mut parts = Vec::new();
    while !rest.is_empty() && parts.len() < most {
        let end = if parts.len() + 1 < most { end_of_part(rest, delimiter) } else { None };
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        parts.push(part);
        rest = after.get(1..).unwrap_or_default();
    }
    parts
}

fn end_of_part(text: &[char], delimiter: char) -> Option<usize> {
    let mut chars = text.iter().enumerate();
    let mut quoted = false;
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            // one that nothing closes is a letter like any other
            '\'' if quoted || closes(text, at) => quoted = !quoted,
            c if *c == delimiter && !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

fn at_spaces(mut rest: &[char], most: usize) -> Vec<&[char]> {
    let mut parts = Vec::new();
    while !rest.is_empty() && parts.len() < most {
        if parts.len() + 1 == most {
            parts.push(rest);
            break;
        }
        let mut end = rest.len();
        let mut quoted = false;
        let mut chars = rest.iter().enumerate().skip_while(|(_, c)| **c == ' ');
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => {
                    chars.next();
                }
                // here one that nothing closes goes on to the end
                '\'' => quoted = !quoted,
                ' ' if !quoted => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let (part, after) = rest.split_at(end);
        parts.push(part);
        let spaces = after.iter().take_while(|c| **c == ' ').count();
        rest = after.get(spaces..).unwrap_or_default();
    }
    parts
}

fn closes(text: &[char], at: usize) -> bool {
    text.get(at + 1..).is_some_and(|rest| rest.contains(&'\''))
}

/// Without outer spaces, quotes and escapes. `\n` `\r` `\t` `\s` mean what they do; quotes, the backslash and the delimiter are
/// escaped by a backslash; before anything else it is a letter. What was quoted or escaped keeps its outer spaces.
fn cleaned(part: &[char], delimiter: Option<char>) -> String {
    let first = part.iter().take_while(|c| **c == ' ').count();
    let part = part.get(first..).unwrap_or_default();
    let (mut out, mut end, mut quoted) = (String::new(), 0, false);
    let mut chars = part.iter().copied().enumerate();
    while let Some((at, c)) = chars.next() {
        let meant = (c == '\\').then(|| part.get(at + 1).and_then(|next| escaped(*next, delimiter))).flatten();
        if let Some(meant) = meant {
            chars.next();
            out.push(meant);
            end = out.len();
        } else if c == '\'' && (quoted || closes(part, at)) {
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
    }
    out.truncate(end);
    out
}

/// What a backslash makes of the character behind it; `None`: nothing.
fn escaped(c: char, delimiter: Option<char>) -> Option<char> {
    match c {
        '\'' | '"' | '\\' => Some(c),
        c if Some(c) == delimiter => Some(c),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        's' => Some(' '),
        _ => None,
    }
}

/// Where a bracket that opens at the beginning (or behind spaces) closes: brackets are counted, and nothing else minded.
pub(super) fn end_of_brackets(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().skip_while(|(_, c)| *c == ' ') {
        if c == open {
            depth += 1;
        } else if depth == 0 {
            return None;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, delimiter: char) -> Vec<String> {
        separate(text, delimiter, 10)
    }

    #[test]
    fn spaces_quotes_and_escapes() {
        assert_eq!(parts("  a  'b c'  d\\se ", ' '), ["a", "b c", "d e"]);
        assert_eq!(parts(r"it\'s 'it\'s' a\\b a\xb", ' '), ["it's", "it's", r"a\b", r"a\xb"]);
        // an open quote takes everything, and stands for itself
        assert_eq!(parts("O'Brien and more", ' '), ["O'Brien and more"]);
        assert_eq!(parts("a '' b", ' '), ["a", "", "b"]);
        assert_eq!(separate("a b c 'd e'", ' ', 3), ["a", "b", "c d e"]);
        assert_eq!(parts("^^;a b;c", ' '), ["a b", "c"]);
        assert_eq!(parts("", ' '), Vec::<String>::new());
    }

    #[test]
    fn commas() {
        assert_eq!(parts(r"a=1, b='x,y' ,c=p\,q,d=O'Brien", ','), ["a=1", "b=x,y", "c=p,q", "d=O'Brien"]);
        assert_eq!(parts("a=", '='), ["a"]);
        assert_eq!(parts(r"a=\'\'", ','), ["a=''"]);
        assert_eq!(separate("a=''", '=', 2), ["a", ""]);
        assert_eq!(separate("a=b=c", '=', 2), ["a", "b=c"]);
        assert_eq!(parts("a,,b", ','), ["a", "", "b"]);
        assert_eq!(parts(r"\' a \s", ','), ["' a  "]);
    }

    #[test]
    fn brackets_are_only_counted() {
        assert_eq!(end_of_brackets("{a='}'}x", '{', '}'), Some(4));
        assert_eq!(end_of_brackets(" {a={b}}x", '{', '}'), Some(7));
        assert_eq!(end_of_brackets("{a", '{', '}'), None);
        assert_eq!(end_of_brackets("a{}", '{', '}'), None);
    }
}
