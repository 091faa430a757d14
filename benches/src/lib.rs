//! The benches of IF.bus: contenders on the same bytes, interleaved in one run, so that only their ratios are read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod client;
pub mod cores;
pub mod frame;
pub mod measure;
pub mod server;
pub mod yardstick;
