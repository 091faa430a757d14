#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod faults;
mod peer;
mod replay;
#[cfg(feature = "rest")]
mod rest;
mod sim;
