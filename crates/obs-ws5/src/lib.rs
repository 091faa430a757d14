//! A client for obs-websocket 5: OBS Studio 28 and newer.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sim = ifbus_sim::obs::ObsSim::start().await?;
//! # let (address, password) = (sim.url(), "test-secret");
//! use obs_ws5::{Client, Delivery, event::CurrentProgramSceneChanged};
//!
//! let obs = Client::connect(&address, password).await?;
//! let mut changes = obs.events_of::<CurrentProgramSceneChanged>();
//!
//! let recording = obs.record().start().await?; // resolves when OBS really records
//! let scenes = obs.scenes().list().await?;
//! if let Some(scene) = scenes.scenes.first() {
//!     obs.scenes().set_program(&scene.scene_name).await?;
//! }
//! if let Some(Delivery::Event(change)) = changes.recv().await {
//!     println!("on program: {}", change.scene_name);
//! }
//! println!("recorded to {:?}", recording.stop().await?.output_path);
//! # Ok(())
//! # }
//! ```
//!
//! - **Ordering.** OBS works on several requests at once: await a reply before you send what depends on it, or use a [`Batch`].
//! - **Deadlines.** Every request ends: with its reply, or with one [`Error`] that says whether it was sent.
//! - **Reconnecting** goes on for ever, with full jitter; a wrong password ends it at once. Event streams get
//!   [`Delivery::Reconnected`], and [`Delivery::Lagged`] when their reader is too slow.
//! - **Any request** goes by its name too: [`Raw`]. Unknown events, fields and codes of newer servers are kept.
//!
//! Features: `tls` (default; `wss://`), `metrics`.
//!
//! [`Batch`]: request::Batch
//! [`Raw`]: request::Raw

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
pub mod codec;
mod config;
mod error;
pub mod event;
mod msgpack;
mod redact;
pub mod request;
mod session;
mod status;

pub use client::{Client, TypedEvents};
pub use codec::{Encoding, Payload};
pub use config::Builder;
pub use error::Error;
pub use event::{Event, EventSubscription};
pub use status::StatusCode;

pub use ifbus_link::{
    ConnectionState, Delivery, Error as LinkError, Events, KeepAlive, Overflow, Reconnect, Retry, Stats, Subscription,
    Tap, TapFrame,
};
#[cfg(feature = "tls")]
pub use ifbus_link::{Tls, TlsConfig, TlsError};
