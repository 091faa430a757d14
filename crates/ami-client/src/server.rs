//! What the server says of itself.

use std::fmt;

/// The server, as its banner and its login tell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Server {
    /// The version of AMI: `11.0.0` (Asterisk 22), `1.1` (Asterisk 1.8). Asterisk's own version is in
    /// [`CoreSettings`](crate::action::CoreSettings).
    pub version: AmiVersion,
    /// Whether the server said `FullyBooted` on this connection. A user without the class `system` is not told.
    pub fully_booted: bool,
    /// The banner, as it came.
    pub banner: Box<str>,
}

impl Default for Server {
    fn default() -> Self {
        Self { version: AmiVersion::new(0, 0), fully_booted: false, banner: "".into() }
    }
}

impl Server {
    /// Reads `Asterisk Call Manager/11.0.0`; `None` if another kind of server said it.
    pub(crate) fn read(banner: &str) -> Option<Self> {
        let (name, version) = banner.rsplit_once('/')?;
        if !name.contains("Call Manager") {
            return None;
        }
        let mut parts = version.split('.').map(|part| part.trim().parse().unwrap_or(0));
        let (major, minor) = (parts.next()?, parts.next().unwrap_or(0));
        Some(Self { version: AmiVersion::new(major, minor), fully_booted: false, banner: banner.into() })
    }
}

/// A version of AMI. By branch (Asterisk sources): 1.8 → 1.1, 10 → 1.2, 11 → 1.3, 13 → 2.x, 16 → 5.x, 18 → 7.x, 20 → 9.x,
/// 22 → 11.x.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct AmiVersion {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

impl AmiVersion {
    /// These two numbers.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// Asterisk 1.8 to 11: other events, no Linkedid, lists without marks.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        self.major <= 1
    }
}

impl fmt::Display for AmiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banners_of_all_ages() {
        for (banner, version, legacy) in [
            ("Asterisk Call Manager/11.0.0", (11, 0), false),
            ("Asterisk Call Manager/5.0.4", (5, 0), false),
            ("Asterisk Call Manager/1.1", (1, 1), true),
            ("Asterisk Call Manager/1.3", (1, 3), true),
        ] {
            let server = Server::read(banner).unwrap();
            assert_eq!(server.version, AmiVersion::new(version.0, version.1));
            assert_eq!(server.version.is_legacy(), legacy);
        }
        for other in ["SSH-2.0-OpenSSH_9.2", "HTTP/1.1 400 Bad Request", "", "220 mail/1.0"] {
            assert!(Server::read(other).is_none(), "{other}");
        }
    }
}
