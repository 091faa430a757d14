#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
//! The rules that every client keeps by its link, each with a test that can fail. The clock is paused and the transport is in
//! memory, except where a socket is the point.

mod calls;
mod chat;
mod drops;
mod events;
mod harbor;
mod house;
mod life;
mod outcomes;
mod sockets;
mod spans;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "websocket")]
mod websocket;
mod wire;
