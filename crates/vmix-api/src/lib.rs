//! A client for vMix: the TCP API with tally and activators, a mirror of the show, and the HTTP API.
//!
//! ```
//! use std::time::Duration;
//! use vmix_api::{Client, Delivery, Tally, function};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sim = ifbus_sim::vmix::VmixSim::start().await?;
//! # let studio_pc = &sim.tcp_addr().to_string();
//! let vmix = Client::connect(studio_pc).await?; // port 8099 unless told
//! println!("vMix {}: {} inputs", vmix.show().version, vmix.show().inputs.len());
//!
//! let mut tally = vmix.events_of::<Tally>();
//! vmix.send(function::Fade::new().input(2).duration(Duration::from_millis(50))).await?;
//! if let Some(Delivery::Event(lights)) = tally.recv().await {
//!     println!("{lights:?}");
//! }
//! let show = vmix.start_recording().await?; // resolves once vMix reports it
//! assert!(show.recording.on);
//! println!("on air: {:?}", vmix.show().active_input().map(|input| input.title.clone())); // no request
//! vmix.close().await;
//! # Ok(())
//! # }
//! ```
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod codec;
mod config;
mod confirm;
mod error;
mod event;
#[cfg(feature = "http")]
mod http;
pub mod request;
mod session;
pub mod show;
mod volume;

pub use client::Client;
pub use codec::{Body, Codec, Frame, Limits, Line};
pub use config::{Builder, HTTP_PORT, TCP_PORT};
pub use error::Error;
pub use event::{Act, Bus, Change, Event, EventKind, InputChange, Light, Tally, Unknown};
#[cfg(feature = "http")]
pub use http::{Http, HttpBuilder};
pub use request::{Command, InputRef, Request, function};
pub use show::{Input, Show};
pub use volume::{Amplitude, Fader};

pub use ifbus_link::{
    ConnectionState, Delivery, Direction, Error as LinkError, Events, KeepAlive, Lost, Overflow, Reconnect, Refusal,
    RefusalKind, Retry, Stats, Subscription, Tap, TapFrame,
};
#[cfg(feature = "tls")]
pub use ifbus_link::{Tls, TlsConfig, TlsError};
