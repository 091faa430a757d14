//! Which events a session gets: its rights, its mask and its filters.

use regex_lite::Regex;

/// The classes of events and of rights, each a bit.
const CLASSES: [(&str, u32); 19] = [
    ("system", 1),
    ("call", 2),
    ("log", 4),
    ("verbose", 8),
    ("command", 16),
    ("agent", 32),
    ("user", 64),
    ("config", 128),
    ("dtmf", 256),
    ("reporting", 512),
    ("cdr", 1024),
    ("dialplan", 2048),
    ("originate", 4096),
    ("agi", 8192),
    ("cc", 32_768),
    ("aoc", 65_536),
    ("test", 131_072),
    ("security", 262_144),
    ("message", 1 << 30),
];
pub(super) const SYSTEM: u32 = 1;
pub(super) const CALL: u32 = 2;
pub(super) const COMMAND: u32 = 16;
pub(super) const AGENT: u32 = 32;
pub(super) const USER: u32 = 64;
pub(super) const CONFIG: u32 = 128;
pub(super) const DTMF: u32 = 256;
pub(super) const REPORTING: u32 = 512;
pub(super) const CDR: u32 = 1024;
pub(super) const DIALPLAN: u32 = 2048;
pub(super) const ORIGINATE: u32 = 4096;
pub(super) const ALL: u32 = u32::MAX;

/// The bits of a list as it stands in `manager.conf`: `all`, `no`, or classes between commas.
pub(super) fn rights(list: &str) -> u32 {
    if list == "all" {
        return ALL;
    }
    let bit = |word: &str| CLASSES.iter().find(|(name, _)| *name == word).map_or(0, |(_, bit)| *bit);
    list.split(',').map(|word| bit(word.trim())).fold(0, |all, bit| all | bit)
}

/// The class of an event as it is shown, `call,all`.
pub(super) fn name(class: u32) -> &'static str {
    CLASSES.iter().find(|(_, bit)| *bit == class).map_or("", |(name, _)| name)
}

/// The mask of the action Events: case matters, blanks are not trimmed, and unknown words count for nothing.
pub(super) fn mask(text: &str) -> u32 {
    match text {
        "on" | "yes" | "true" => ALL,
        "off" | "no" | "false" | "0" | "none" => 0,
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().unwrap_or(0),
        list => {
            let bit = |word: &str| CLASSES.iter().find(|(name, _)| *name == word).map_or(0, |(_, bit)| *bit);
            list.split(',').map(bit).fold(0, |all, bit| all | bit)
        }
    }
}

/// What `Filter` and `eventfilter` add: with any include only those pass, and excludes come last.
#[derive(Debug, Default, Clone)]
pub(super) struct Filters {
    include: Vec<Rule>,
    exclude: Vec<Rule>,
}

#[derive(Debug, Clone)]
enum Rule {
    /// The expression over the text of the whole event.
    Text(Regex),
    /// Of an event of this name.
    Name(String),
}

impl Rule {
    fn fits(&self, name: &str, text: &str) -> bool {
        match self {
            Self::Text(regex) => regex.is_match(text),
            Self::Name(wanted) => wanted == name,
        }
    }
}

impl Filters {
    /// Adds a filter; the error is the server's text.
    pub(super) fn add(&mut self, filter: &str, criteria: Option<&str>) -> Result<(), &'static str> {
        const WRONG: &str = "Filter was formatted incorrectly.  Check the syntax of the filter given.";
        if let Some(criteria) = criteria {
            let part = |name: &str| {
                let (_, rest) = criteria.split_once(&format!("{name}("))?;
                rest.split_once(')').map(|(value, _)| value)
            };
            let rule = Rule::Name(part("name").ok_or(WRONG)?.to_owned());
            match part("action").unwrap_or("include") {
                "include" => self.include.push(rule),
                "exclude" => self.exclude.push(rule),
                _ => return Err(WRONG),
            }
            return Ok(());
        }
        let (out, expression) = filter.strip_prefix('!').map_or((false, filter), |rest| (true, rest));
        if expression.is_empty() {
            return Err(WRONG);
        }
        let regex =
            Regex::new(expression).map_err(|_| "Filter did not compile.  Check the syntax of the filter given.")?;
        if out { &mut self.exclude } else { &mut self.include }.push(Rule::Text(regex));
        Ok(())
    }

    pub(super) fn pass(&self, name: &str, text: &str) -> bool {
        let any = |rules: &[Rule]| rules.iter().any(|rule| rule.fits(name, text));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_as_picky_as_the_server() {
        assert_eq!((mask("on"), mask("call,user"), mask("66")), (ALL, 66, 66));
        for nothing in ["off", "CALL", " user ", "bogus", "0"] {
            assert_eq!(mask(nothing), 0, "{nothing:?}");
        }
        assert_eq!(rights("system, call"), 3);
    }

    #[test]
    fn excludes_come_after_includes() {
        let mut filters = Filters::default();
        assert!(filters.pass("Hangup", "Event: Hangup"));
        filters.add("Event: (Hangup|Newchannel)", None).unwrap();
        filters.add("!Cause: 17", None).unwrap();
        filters.add("", Some("action(exclude),name(Newchannel)")).unwrap();
        assert!(filters.pass("Hangup", "Event: Hangup\r\nCause: 16"));
        assert!(!filters.pass("Hangup", "Event: Hangup\r\nCause: 17"));
        assert!(!filters.pass("Newchannel", "Event: Newchannel"));
        assert!(!filters.pass("Newstate", "Event: Newstate"));
        assert!(filters.add("(", None).unwrap_err().contains("compile"));
    }
}
