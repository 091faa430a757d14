//! The rows as a table for people.

use serde_json::Value;

use crate::json::at;

/// Says on standard error that a row is there: a run takes minutes.
pub(super) fn progress(row: &Value) {
    let name = ["/contender", "/what", "/kind"].iter().find_map(|path| at(row, path).as_str());
    eprintln!("measured: {}", name.unwrap_or_default());
}

/// All rows, by kind.
pub(super) fn text(rows: &[Value]) -> String {
    let of = |kind: &str| rows.iter().filter(|row| at(row, "/kind") == kind).collect::<Vec<_>>();
    let mut text = String::new();
    let contenders = of("contender");
    if !contenders.is_empty() {
        text += "\nshares are of the first contender with as many threads, in the same turn; \"own core\": and the servers another\n";
        text += &format!(
            "{:28} {:>11} {:>16} {:>16} {:>16} {:>9} {:>9} {:>7} {:>9} {:>9}\n",
            "contender",
            "threads",
            "requests/s, 1",
            "requests/s, 64",
            "events/s",
            "delivered",
            "told lost",
            "peak MB",
            "alloc/req",
            "alloc/ev"
        );
    }
    for row in &contenders {
        let rate = |rate: &str, share: &str| match at(row, rate).as_f64() {
            Some(rate) => format!("{} ({})", short(rate), fixed(at(row, share), 2)),
            None => "not possible".to_owned(),
        };
        text += &format!(
            "{:28} {:>11} {:>16} {:>16} {:>16} {:>8}% {:>8}% {:>7} {:>9} {:>9}\n",
            contender(row),
            at(row, "/threads").as_str().unwrap_or_default(),
            rate("/requests_1", "/share_1"),
            rate("/requests_64", "/share_64"),
            rate("/events", "/share_events"),
            fixed(at(row, "/delivered_percent"), 1),
            fixed(at(row, "/told_lost_percent"), 1),
            at(row, "/peak_kib").as_f64().map_or_else(|| "-".to_owned(), |kib| format!("{:.1}", kib / 1024.0)),
            fixed(at(row, "/allocations_per_request"), 1),
            fixed(at(row, "/allocations_per_event"), 1),
        );
    }
    for row in &contenders {
        let threads = at(row, "/threads").as_str().unwrap_or_default();
        for target in targets(row) {
            let what = at(target, "/what").as_str().unwrap_or_default();
            text += &format!(
                "{:28} {threads:>11} {:>6} {what:44} {}\n",
                contender(row),
                fixed(at(target, "/value"), 2),
                verdict(target)
            );
        }
    }
    let limits = of("limit");
    if !limits.is_empty() {
        text += "\nthe same bytes in memory and out of a socket; shares are of the first line of each group\n";
    }
    for row in limits {
        text += &match at(row, "/note").as_str() {
            Some(note) => format!("{:13} {:28} {note}\n", of_protocol(row), contender(row)),
            None => format!(
                "{:13} {:28} {:>9} {:12} {:>8} MB/s  share {}\n",
                of_protocol(row),
                contender(row),
                at(row, "/rate").as_f64().map_or_else(|| "-".to_owned(), short),
                at(row, "/unit").as_str().unwrap_or_default(),
                fixed(at(row, "/mb_per_s"), 0),
                fixed(at(row, "/share"), 2),
            ),
        };
    }
    for row in of("link") {
        let what = at(row, "/what").as_str().unwrap_or_default();
        let detail = at(row, "/detail").as_str().unwrap_or_default();
        text += &format!("{what:48} {:>8}  {:24}  {detail}\n", fixed(at(row, "/value"), 2), verdicts(row));
    }
    for row in of("flow") {
        text += &format!(
            "the seven steps {} ms, the longest bare chain {} ms: {} times  {}; all seven by hand {} ms: {} times\n",
            fixed(at(row, "/flow_ms"), 2),
            fixed(at(row, "/bare_ms"), 2),
            fixed(at(row, "/ratio"), 2),
            verdicts(row),
            fixed(at(row, "/by_hand_ms"), 2),
            fixed(at(row, "/ratio_by_hand"), 2),
        );
    }
    text
}

fn contender(row: &Value) -> &str {
    at(row, "/contender").as_str().unwrap_or_default()
}

fn of_protocol(row: &Value) -> &str {
    at(row, "/protocol").as_str().unwrap_or_default()
}

fn targets(row: &Value) -> &[Value] {
    at(row, "/targets").as_array().map_or(&[], Vec::as_slice)
}

/// `≥0.8 met, ≥0.85 NOT MET`.
fn verdicts(row: &Value) -> String {
    targets(row).iter().map(verdict).collect::<Vec<_>>().join(", ")
}

fn verdict(target: &Value) -> String {
    let bound = match at(target, "/at_least").as_f64() {
        Some(least) => format!("≥{least}"),
        None => format!("≤{}", at(target, "/at_most").as_f64().unwrap_or_default()),
    };
    format!("{bound} {}", if at(target, "/met") == true { "met" } else { "NOT MET" })
}

fn fixed(value: &Value, digits: usize) -> String {
    value.as_f64().map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}

/// Three digits and a unit: `41.2 k`.
fn short(value: f64) -> String {
    match value {
        ..1e3 => format!("{value:.0}"),
        1e3..1e6 => format!("{:.1} k", value / 1e3),
        _ => format!("{:.2} M", value / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn target_that_is_missed_is_seen() {
        let row = json!({
            "kind": "contender", "protocol": "obs", "contender": "obs-ws5", "threads": "1, own core", "requests_1": 20_000.0, "share_1": 0.81,
            "requests_64": null, "share_64": null, "events": 2_500_000.0, "share_events": 0.5,
            "delivered_percent": 90.0, "told_lost_percent": 10.0, "peak_kib": 8192, "allocations_per_request": 9.0, "allocations_per_event": 2.04,
            "targets": [{ "what": "of raw, 1 in flight", "value": 0.81, "at_least": 0.8, "met": true },
                        { "what": "of raw, 64 in flight", "value": 0.7, "at_least": 0.85, "met": false }],
        });
        let text = text(&[row]);
        assert!(text.contains("20.0 k (0.81)     not possible    2.50 M (0.50)     90.0%     10.0%     8.0"), "{text}");
        assert!(text.ends_with(" 0.70 of raw, 64 in flight                         ≥0.85 NOT MET\n"), "{text}");
        assert!(text.contains("1, own core   0.81 of raw, 1 in flight"), "{text}");
    }
}
