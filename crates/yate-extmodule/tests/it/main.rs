#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod calls;
mod commands;
mod console;
mod data;
mod faults;
mod handlers;
mod peer;
mod removal;
mod replay;
#[path = "../scenarios/mod.rs"]
mod scenarios;
mod sim;
mod transports;
mod verbs;

use static_assertions::assert_impl_all;
use std::fmt::Debug;
use yate_extmodule::{Client, Error, HandlerHandle, Message, Notice, Received, Reply};

assert_impl_all!(Client: Clone, Send, Sync, Debug);
assert_impl_all!(Received: Clone, Send, Sync, Debug);
assert_impl_all!(Message: Clone, Send, Sync, Debug);
assert_impl_all!(Reply: Clone, Send, Sync, Debug);
assert_impl_all!(Notice: Clone, Send, Sync, Debug);
assert_impl_all!(HandlerHandle: Send, Sync, Debug);
assert_impl_all!(Error: Clone, Send, Sync, Debug);
