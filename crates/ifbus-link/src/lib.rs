//! The connection under every IF.bus client: mechanism only, no protocol word.
//!
//! A protocol is a [`Session`]: a state machine without I/O. A connection is a [`Wire`], made by an [`Open`]. A [`Link`] puts
//! them together: one task owns the wire, dials, logs in, matches replies to requests, keeps deadlines, detects a dead peer,
//! reconnects with full jitter, restores what the session wants restored, makes one write of many requests, and hands events to
//! any number of subscribers without ever waiting for one. HTTP clients keep the same rules by a [`Gate`].
//!
//! ```
//! use bytes::BytesMut;
//! use ifbus_link::{Actions, Codec, Link, LinkConfig, Lost, Once, Session, Slot, StreamWire};
//! use std::convert::Infallible;
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//!
//! /// Lines, each answered by a line, in order.
//! struct Lines;
//!
//! impl Codec for Lines {
//!     type In = String;
//!     type Out = String;
//!     fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<String>, Lost> {
//!         let Some(end) = buffer.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
//!         let line = buffer.split_to(end + 1);
//!         Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
//!     }
//!     fn encode(&mut self, line: String, buffer: &mut BytesMut) {
//!         buffer.extend_from_slice(line.as_bytes());
//!         buffer.extend_from_slice(b"\n");
//!     }
//! }
//!
//! #[derive(Default)]
//! struct Shout(std::collections::VecDeque<Slot>);
//!
//! impl Session for Shout {
//!     type In = String;
//!     type Out = String;
//!     type Request = String;
//!     type Reply = String;
//!     type Event = ();
//!     type Question = Infallible;
//!     type Answer = Infallible;
//!     fn opened(&mut self, actions: &mut Actions<Self>) {
//!         actions.ready();
//!     }
//!     fn submit(&mut self, slot: Slot, line: String, actions: &mut Actions<Self>) {
//!         self.0.push_back(slot);
//!         actions.send_request(slot, line);
//!     }
//!     fn handle(&mut self, line: String, actions: &mut Actions<Self>) {
//!         if let Some(slot) = self.0.pop_front() {
//!             actions.reply(slot, line);
//!         }
//!     }
//!     fn lost(&mut self) {
//!         self.0.clear();
//!     }
//!     fn show_in(&self, line: &String) -> Vec<u8> {
//!         line.clone().into_bytes()
//!     }
//!     fn show_out(&self, line: &String) -> Vec<u8> {
//!         line.clone().into_bytes()
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (ours, mut theirs) = tokio::io::duplex(1024);
//! let link = Link::connect(Shout::default(), Once::new(StreamWire::new(ours, Lines)), LinkConfig::new("shout")).await?;
//! let server = tokio::spawn(async move {
//!     let mut line = [0; 6];
//!     theirs.read_exact(&mut line).await?;
//!     theirs.write_all(&line.to_ascii_uppercase()).await
//! });
//! assert_eq!(link.request("hello".to_owned()).await?, "HELLO");
//! link.close().await;
//! # server.await??;
//! # Ok(())
//! # }
//! ```
//!
//! Features: `tls`, `websocket`, `metrics` (counters `ifbus_link_*` with a `protocol` label). Every request is a `tracing` span
//! `ifbus.request` with `protocol`, `request` and `id` (the number of its slot), below a span `ifbus.link` per connection.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod config;
mod dial;
mod driver;
mod error;
mod events;
mod gate;
mod link;
mod one_of;
mod pending;
mod session;
mod state;
mod tap;
#[cfg(feature = "tls")]
mod tls;
mod wire;
#[cfg(feature = "websocket")]
pub mod ws;

pub use call::{Call, Calls};
pub use config::{KeepAlive, LinkConfig, Reconnect};
pub use dial::{Address, Dial, Dialed};
pub use error::{Attempt, ConnectError, Error, Lost, Refusal, RefusalKind, Retry};
pub use events::{Delivery, Events, Overflow, Picked, Subscription};
pub use gate::Gate;
pub use link::Link;
pub use one_of::{OneOf2, OneOf3, OneOf4, OneOf5, OneOf6};
pub use session::{Actions, End, Session, Slot};
pub use state::{ConnectionState, Stats};
pub use tap::{Direction, Tap, TapFrame};
#[cfg(feature = "tls")]
pub use tls::{Tls, TlsConfig, TlsError};
pub use wire::{BoxedIo, Codec, Io, Once, Open, OpenFuture, StreamWire, Wire};
