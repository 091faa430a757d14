#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod document;
mod faults;
#[cfg(feature = "http")]
mod http;
mod peer;
mod replay;
mod sim;
mod wire;

use static_assertions::assert_impl_all;
use std::fmt::Debug;
use vmix_api::{Client, Error, Event, Show};

assert_impl_all!(Client: Clone, Send, Sync, Debug);
assert_impl_all!(Show: Clone, Send, Sync, Debug);
assert_impl_all!(Event: Clone, Send, Sync, Debug);
assert_impl_all!(Error: Clone, Send, Sync, Debug);

/// A file of recorded bytes.
fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
