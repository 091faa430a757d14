//! The two forms in which Home Assistant writes a time.

use std::time::{Duration, SystemTime};
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, Time};

/// ISO 8601 with an offset, as REST and events have it.
pub(crate) fn timestamp(text: &str) -> Option<SystemTime> {
    as_the_server_writes(text.as_bytes()).or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok().map(Into::into))
}

/// `2026-11-22T20:45:07.161555+00:00`, or without a fraction: an event has seven of them, and a parser for all forms takes
/// longer over them than over the rest of it.
fn as_the_server_writes(text: &[u8]) -> Option<SystemTime> {
    let [y @ .., b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', _, _] = text.get(..19)? else { return None };
    let at = |from: usize| number(text.get(from..from + 2)?);
    let (year, month, day) = (number(y)?, at(5)?, at(8)?);
    let (hour, minute, second) = (at(11)?, at(14)?, at(17)?);
    let micros = match text.get(19..)? {
        b"+00:00" => 0,
        [b'.', micros @ .., b'+', b'0', b'0', b':', b'0', b'0'] if micros.len() == 6 => number(micros)?,
        _ => return None,
    };
    let small = |number: u64| u8::try_from(number).ok();
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, small(month)?.try_into().ok()?, small(day)?).ok()?;
    let time = Time::from_hms_micro(small(hour)?, small(minute)?, small(second)?, u32::try_from(micros).ok()?).ok()?;
    Some(date.with_time(time).assume_utc().into())
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u64::from(digit - b'0')))
}

/// Seconds since 1970, as the compressed states have it; to the microsecond, rounded as the server (Python) does it for the
/// other form of the same time.
pub(crate) fn epoch(seconds: f64) -> Option<SystemTime> {
    let whole = Duration::try_from_secs_f64(seconds.trunc()).ok()?;
    let micros = Duration::try_from_secs_f64((seconds.fract() * 1e6).round_ties_even()).ok()? / 1_000_000;
    SystemTime::UNIX_EPOCH.checked_add(whole.checked_add(micros)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parsers_agree_on_every_day() {
        let mut time = OffsetDateTime::UNIX_EPOCH + Duration::from_micros(86_399_999_999);
        for _ in 0..200_000 {
            let text = format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00",
                time.year(),
                u8::from(time.month()),
                time.day(),
                time.hour(),
                time.minute(),
                time.second(),
                time.microsecond()
            );
            assert_eq!(as_the_server_writes(text.as_bytes()), Some(time.into()), "{text}");
            time += Duration::from_micros(86_399_999_993);
        }
    }
}
