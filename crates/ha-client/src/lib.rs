//! A client for Home Assistant: services, states, events, triggers and templates over its WebSocket, raw states and camera stills
//! over REST.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sim = ifbus_sim::ha::HomeSim::start().await?;
//! # let (address, token) = (sim.url(), sim.token().to_owned());
//! use ha_client::{Client, Delivery};
//! use std::time::Duration;
//!
//! let home = Client::connect(address, token).await?; // http://ha.local:8123, and a long-lived access token
//! let mut changes = home.changes_of("light.on_air_sign");
//! home.call_service("light", "turn_on").entity("light.on_air_sign").data("rgb_color", [255, 0, 0]).await?;
//! if let Some(Delivery::Event(change)) = changes.recv().await {
//!     println!("{:?}", change.new.map(|sign| sign.state.clone()));
//! }
//! let sign = home.wait_for("light.on_air_sign", |sign| sign.is_on(), Duration::from_secs(5)).await?;
//! println!("{} since {:?}", sign.name(), sign.last_changed);
//! home.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! - **The mirror.** All entities are kept up to date, at about 135 bytes per change: [`Client::entity`] costs no request. When a
//!   service call returns, the mirror has what it changed.
//! - **Attributes** stay text until somebody looks at them: [`Attributes`] reads as a map, [`Attributes::parse`] as a type of yours.
//! - **Success says little.** Home Assistant reports success for an unknown entity and does nothing
//!   ([`ServiceCall::check_targets`]), and for a lock that jammed: look at the state.
//! - **Deadlines.** Every request ends: with its reply, or with one [`Error`] that says whether it was sent. A service call waits
//!   until the service is done, 60 s by default; others 10 s.
//! - **Reconnecting** goes on for ever, with full jitter. Subscriptions are restored, the mirror is filled before requests go out
//!   again, and streams get [`Delivery::Reconnected`]; one whose reader is too slow gets [`Delivery::Lagged`].
//! - **A refused token** ends it at once: Home Assistant may ban the address of a client that keeps trying.
//! - **Any command** goes by its name too: [`request::Raw`], [`Client::request`]. Unknown fields, events and messages are kept.
//!
//! Features: `tls` (default; `https://`, `wss://`), `rest` (default; [`rest::Rest`]), `metrics`.
//!
//! Written against Home Assistant Core 2024.3 and 2026.2.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod address;
mod attributes;
mod client;
pub mod codec;
mod config;
mod dial;
mod entities;
mod error;
mod event;
mod json;
mod lenient;
mod names;
mod redact;
pub mod request;
#[cfg(feature = "rest")]
pub mod rest;
mod service;
mod session;
mod state;
mod stream;
mod timestamp;

pub use attributes::Attributes;
pub use client::Client;
pub use config::Builder;
pub use entities::{Entities, EntityChange};
pub use error::Error;
pub use event::{Event, FromEvent, Origin, Rendered, StateChanged, Triggered, TypedEvent};
pub use json::Json;
pub use service::ServiceCall;
pub use state::{Context, State};
pub use stream::EventStream;

pub use ifbus_link::{
    ConnectionState, Delivery, Error as LinkError, KeepAlive, Overflow, Reconnect, Retry, Stats, Subscription, Tap,
    TapFrame,
};
#[cfg(feature = "tls")]
pub use ifbus_link::{Tls, TlsConfig, TlsError};
