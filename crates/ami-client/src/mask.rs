//! Which events the server sends.

use std::fmt::Write;
use std::ops::BitOr;

/// Which classes of events the server sends; combine with `|`. An event is sent only if all of its classes are in the mask and
/// the user may read them; Asterisk does not tell when the user may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventMask(u32);

macro_rules! classes {
    ($($(#[$doc:meta])* $constant:ident = $name:literal $bit:literal,)*) => {
        impl EventMask {
            $($(#[$doc])* pub const $constant: Self = Self(1 << $bit);)*

            const NAMES: &[(&'static str, u32)] = &[$(($name, 1 << $bit)),*];
        }
    };
}

classes! {
    /// Starts, stops, modules, peers, alarms; `FullyBooted`.
    SYSTEM = "system" 0,
    /// Channels, bridges, dials, hangups: what calls are made of.
    CALL = "call" 1,
    /// Lines of the log.
    LOG = "log" 2,
    /// Verbose lines.
    VERBOSE = "verbose" 3,
    /// Answers of commands.
    COMMAND = "command" 4,
    /// Queues and agents.
    AGENT = "agent" 5,
    /// `UserEvent`.
    USER = "user" 6,
    /// Changes of configuration.
    CONFIG = "config" 7,
    /// Digits.
    DTMF = "dtmf" 8,
    /// Statistics; the test events of Debian's builds.
    REPORTING = "reporting" 9,
    /// Call detail records.
    CDR = "cdr" 10,
    /// Each step of the dialplan and each variable that is set (`call` before Asterisk 16): a great many.
    DIALPLAN = "dialplan" 11,
    /// Originate.
    ORIGINATE = "originate" 12,
    /// AGI.
    AGI = "agi" 13,
    /// Call completion.
    CC = "cc" 15,
    /// Advice of charge.
    AOC = "aoc" 16,
    /// Test.
    TEST = "test" 17,
    /// Logins and failed logins; since Asterisk 12.
    SECURITY = "security" 18,
    /// Messages.
    MESSAGE = "message" 30,
}

impl EventMask {
    /// All that the user may read.
    pub const ALL: Self = Self(u32::MAX);
    /// None.
    pub const NONE: Self = Self(0);

    /// Whether all of `other` is in this.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Reads what `Events: …` takes: `on`, `off`, names, or the number of the bits.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "on" | "yes" | "true" | "all" => return Self::ALL,
            "off" | "no" | "false" | "none" => return Self::NONE,
            _ => {}
        }
        if let Ok(bits) = text.parse() {
            return Self(bits);
        }
        let bit = |name: &str| Self::NAMES.iter().find(|(known, _)| *known == name).map_or(0, |(_, bit)| *bit);
        Self(text.split(',').map(bit).fold(0, |all, bit| all | bit))
    }

    /// As the server takes it: in lower case and without blanks, or it counts as `off`.
    pub(crate) fn wire(self) -> String {
        if self == Self::ALL {
            return "on".into();
        }
        let mut text = String::new();
        for (name, _) in Self::NAMES.iter().filter(|(_, bit)| self.0 & bit != 0) {
            let _ = write!(text, "{}{name}", if text.is_empty() { "" } else { "," });
        }
        if text.is_empty() { "off".into() } else { text }
    }
}

impl BitOr for EventMask {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_written_as_the_server_reads_them() {
        assert_eq!(EventMask::ALL.wire(), "on");
        assert_eq!(EventMask::NONE.wire(), "off");
        assert_eq!((EventMask::CALL | EventMask::SYSTEM).wire(), "system,call");
        for text in ["on", "off", "system,call", "user"] {
            assert_eq!(EventMask::parse(text).wire(), text);
        }
        assert_eq!(EventMask::parse("6"), EventMask::CALL | EventMask::LOG);
        assert_eq!(EventMask::parse("bogus,CALL"), EventMask::NONE);
    }
}
