#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod data;
mod faults;
mod lists;
mod login;
mod peer;
mod replay;
mod sim;
mod sim_verbs;
mod split;
mod verbs;
