//! The same contenders with an allocator that counts.

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> anyhow::Result<()> {
    ifbus_peers_bench::run(Some(|| {
        let stats = COUNTING.stats();
        stats.allocations + stats.reallocations
    }))
}
