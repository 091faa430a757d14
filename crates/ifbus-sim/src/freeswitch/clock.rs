//! Times and ids.

use std::time::{SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;

/// Microseconds since 1970.
pub(super) fn micros() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}

pub(super) fn uuid() -> String {
    let mut bytes = [0; 16];
    fastrand::fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

fn date(micros: u64) -> OffsetDateTime {
    i64::try_from(micros / 1_000_000)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `2026-11-22 20:47:45`; the server's own time zone is UTC.
pub(super) fn stamp(micros: u64) -> String {
    let at = date(micros);
    let (month, day) = (u8::from(at.month()), at.day());
    format!("{}-{month:02}-{day:02} {:02}:{:02}:{:02}", at.year(), at.hour(), at.minute(), at.second())
}

pub(super) fn gmt(micros: u64) -> String {
    let at = date(micros);
    let short = |name: String| name.chars().take(3).collect::<String>();
    let (weekday, month) = (short(at.weekday().to_string()), short(at.month().to_string()));
    let (day, year) = (at.day(), at.year());
    format!("{weekday}, {day:02} {month} {year} {:02}:{:02}:{:02} GMT", at.hour(), at.minute(), at.second())
}
