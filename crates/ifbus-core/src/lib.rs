//! One interface over telephony, live video production and the physical studio.
//!
//! ```
//! # #[cfg(feature = "obs")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sim = ifbus_sim::obs::ObsSim::start().await?;
//! # let (url, password) = (sim.url(), "test-secret");
//! use ifbus_core::{Bus, Command, adapters::Obs};
//!
//! let bus = Bus::builder().add("studio", Obs::new(&url, password)).connect().await?;
//! let production = bus.production("studio")?;
//! production.record(true).await?;
//! assert!(production.is_recording().await?);
//! let outcome = bus.execute("studio", Command::new("GetRecordStatus")).await?; // any command, by its native name
//! assert_eq!(outcome.value["outputActive"], true);
//! production.record(false).await?;
//! bus.close().await;
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "obs"))]
//! # fn main() {}
//! ```
//!
//! - [`Adapter`] is one server: identity, capabilities, health, events, native commands by name. [`Production`],
//!   [`HomeAutomation`] and [`Telephony`] are what platforms of a kind have in common.
//! - [`Bus`] holds named adapters: one stream of [`Event`]s, commands by instance name, health of all.
//! - [Identifiers](id) can be followed from end to end, and [`CallState`] is the same on every switch.
//! - Adapters stand behind features (`obs`, `vmix`, `homeassistant`); a default build has none. Your own fit in.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod adapter;
pub mod adapters;
mod bus;
mod call;
mod error;
mod event;
pub mod id;

pub use adapter::{
    Adapter, Capabilities, Capability, Command, Dial, Entity, EventStream, Health, HomeAutomation, Identity, Outcome,
    Production, Telephony,
};
pub use bus::{Bus, BusBuilder, Connect, ConnectFailures};
pub use call::{CallState, IllegalMove};
pub use error::{Error, Retry, did_you_mean};
pub use event::{Event, Kind, Native};
pub use id::{CallId, EventId, InstanceId, ParseIdError, RequestId, Topic};
