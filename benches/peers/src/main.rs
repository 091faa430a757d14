//! `ifbus-peers-bench [obs|homeassistant|vmix|flow]`: prints one JSON object per row.

fn main() -> anyhow::Result<()> {
    ifbus_peers_bench::run(None)
}
