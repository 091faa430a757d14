//! Facts: asked for through the server's own protocol until they hold or their time is over.

use crate::profile::{Expectation, Fact, Profile};
use crate::report::FactReport;
use ifbus_core::{Bus, Command, Error};
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The first and the longest pause between two looks.
const PAUSE: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(250));

/// Looks once. `Ok(None)`: it holds; `Ok(Some(words))`: what stands there instead.
pub(crate) async fn look(
    bus: &Bus,
    profile: &Profile,
    instance: &str,
    fact: &Fact,
    within: Duration,
) -> Result<Option<String>, Error> {
    let command = Command::new(fact.read.command.get_ref()).params(profile.fill(&fact.read.params)).within(within);
    let answer = bus.execute(instance, command).await?.value;
    let found = answer.pointer(&fact.at);
    let shown = || found.map_or_else(|| format!("found nothing at {}", fact.at), |found| format!("found {found}"));
    let found_or_null = found.unwrap_or(&Value::Null);
    Ok(match &fact.expect {
        Expectation::Is(value) => {
            let expected = profile.put_in(value);
            (!same(found_or_null, &expected)).then(|| format!("{}, expected {expected}", shown()))
        }
        Expectation::IsNot(value) => {
            same(found_or_null, &profile.put_in(value)).then(|| format!("{}, expected anything else", shown()))
        }
    })
}

/// Looks until it holds; servers show what they did a little later than they say that it is done.
pub(crate) async fn verify(bus: &Bus, profile: &Profile, instance: &str, fact: &Fact, within: Duration) -> FactReport {
    let started = Instant::now();
    let mut pause = PAUSE.0;
    loop {
        let left = readable(within.saturating_sub(started.elapsed()).max(PAUSE.0));
        let found = match look(bus, profile, instance, fact, left).await {
            Ok(None) => return FactReport::new(instance, profile.fill_text(&fact.says), None, started.elapsed()),
            Ok(Some(instead)) => instead,
            Err(error) => error.to_string(),
        };
        if started.elapsed() + pause >= within {
            return FactReport::new(instance, profile.fill_text(&fact.says), Some(found), started.elapsed());
        }
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE.1);
    }
}

/// Up to the next hundredth of a second: errors tell it to people.
pub(crate) fn readable(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_millis().div_ceil(10) * 10).unwrap_or(u64::MAX))
}

/// Equal, with numbers compared as numbers: `1` is `1.0`.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::same;
    use serde_json::json;

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert!(same(&json!([255, 0.0, 0]), &json!([255.0, 0, 0])));
        assert!(!same(&json!([255, 0]), &json!([255, 0, 0])));
        assert!(!same(&json!("1"), &json!(1)));
    }
}
