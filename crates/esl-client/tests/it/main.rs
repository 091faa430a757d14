#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "../against/mod.rs"]
mod against;
mod calls;
mod faults;
mod inbound;
mod listening;
mod outbound;
mod peer;
mod quoting;
mod recorded;
mod replay;
mod results;
mod sim;
mod sim_as_real;

use esl_client::{Call, Calls, Client, Error, Event};
use static_assertions::assert_impl_all;
use std::fmt::Debug;

assert_impl_all!(Client: Clone, Send, Sync, Debug);
assert_impl_all!(Call: Send, Sync, Debug);
assert_impl_all!(Calls: Clone, Send, Sync, Debug);
assert_impl_all!(Event: Clone, Send, Sync, Debug);
assert_impl_all!(Error: Clone, Send, Sync, Debug);
