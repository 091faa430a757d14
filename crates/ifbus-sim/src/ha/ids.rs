//! Context ids and times as Home Assistant writes them.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;

/// The user to whom the token belongs.
pub(super) const USER: &str = "6c5bb2255169414f8dca92edaf0fce3a";

/// Why something happened: by which user, and following from what. Cheap to clone: all that comes of it bears it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Context {
    pub(super) id: Arc<str>,
    pub(super) parent_id: Option<Arc<str>>,
    pub(super) user_id: Option<&'static str>,
}

impl Context {
    /// What a user's own request gets.
    pub(super) fn of_user() -> Self {
        Self { id: ulid(), parent_id: None, user_id: Some(USER) }
    }

    /// What happens in the house by itself.
    pub(super) fn of_nobody() -> Self {
        Self { id: ulid(), parent_id: None, user_id: None }
    }
}

/// A moment, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp(OffsetDateTime);

impl Stamp {
    pub(super) fn now() -> Self {
        Self(OffsetDateTime::now_utc())
    }

    /// Seconds since 1970, as the compressed states have them.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn epoch(self) -> f64 {
        let micros = self.0.unix_timestamp_nanos() / 1000;
        micros as f64 / 1e6
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (h, m, s) = self.0.to_hms();
        write!(f, "{}T{h:02}:{m:02}:{s:02}.{:06}+00:00", self.0.date(), self.0.microsecond())
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// 26 characters: milliseconds, and then chance.
fn ulid() -> Arc<str> {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let millis = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    let mut bits = (u128::try_from(millis).unwrap_or(0) << 80) | (fastrand::u128(..) >> 48);
    let mut text = [b'0'; 26];
    for c in text.iter_mut().rev() {
        let low = usize::try_from(bits & 31).unwrap_or(0);
        *c = ALPHABET.get(low).copied().unwrap_or(b'0');
        bits >>= 5;
    }
    str::from_utf8(&text).unwrap_or_default().into()
}
