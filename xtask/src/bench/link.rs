//! The rows of `cargo bench`: the connection driver beside a yardstick and beside the bare socket.

use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::cargo;

/// Runs `cargo bench` and reads its table.
pub(super) fn rows() -> Result<Vec<Value>> {
    let mut bench = cargo::cargo();
    let output =
        bench.args(["bench", "-p", "ifbus-benches"]).stderr(Stdio::inherit()).output().context("cargo bench")?;
    if !output.status.success() {
        bail!("cargo bench failed ({})", output.status);
    }
    let rows: Vec<_> = String::from_utf8_lossy(&output.stdout).lines().filter_map(row).collect();
    if rows.is_empty() {
        bail!("cargo bench printed no row that can be read");
    }
    Ok(rows)
}

/// `what   value   [≥ or < target   met or NOT MET]   detail`, in columns with at least two spaces between them.
fn row(line: &str) -> Option<Value> {
    let mut cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).peekable();
    let what = cells.next()?;
    let value: f64 = cells.next()?.parse().ok()?;
    let bound = |cell: &str| -> Option<(&'static str, f64)> {
        let least = cell.strip_prefix('≥').map(|target| ("at_least", target));
        let (kind, target) = least.or_else(|| cell.strip_prefix('<').map(|target| ("at_most", target)))?;
        Some((kind, target.trim().parse().ok()?))
    };
    let target = cells.next_if(|cell| bound(cell).is_some()).and_then(bound);
    let met = target.and_then(|_| cells.next());
    let targets: Vec<_> = target
        .map(|(kind, target)| json!({ "what": what, "value": value, (kind): target, "met": met == Some("met") }))
        .into_iter()
        .collect();
    let detail = cells.collect::<Vec<_>>().join("  ");
    Some(json!({ "kind": "link", "what": what, "value": value, "detail": detail, "targets": targets }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_with_and_without_a_target() {
        let line = "round trips, 64 in flight: link / yardstick      0.93  ≥0.9    met       100/s and 108/s; CPU 3 ns";
        let row = row(line).unwrap();
        assert_eq!(row["what"], "round trips, 64 in flight: link / yardstick");
        assert_eq!(row["value"], 0.93);
        assert_eq!(row["targets"][0]["at_least"], 0.9);
        assert_eq!(row["targets"][0]["met"], true);
        assert_eq!(row["detail"], "100/s and 108/s; CPU 3 ns");
        let row =
            super::row("KiB of memory for an idle TCP connection        70.10  <64     NOT MET   over 1000").unwrap();
        assert_eq!(row["targets"][0]["met"], false);
        assert_eq!(row["targets"][0]["at_most"], 64.0);
        let row =
            super::row("round trips, 1 in flight: link / raw TCP             0.80                    5/s and 6/s")
                .unwrap();
        assert_eq!(row["targets"], json!([]));
        assert_eq!(row["detail"], "5/s and 6/s");
        assert!(super::row("what                     value  target           medians of 9").is_none());
    }
}
