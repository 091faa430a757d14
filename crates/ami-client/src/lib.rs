//! A client for the Asterisk Manager Interface (AMI), Asterisk 1.8 to 22 and what is built on it.
//!
//! ```
//! use ami_client::{Client, Delivery, action::Originate, event};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (ours, theirs) = tokio::io::duplex(65536);
//! # let server = tokio::spawn(pretend(theirs));
//! // Client::connect("ami://admin:secret@10.0.0.5").await?; here over a stream of our own
//! let pbx = Client::builder("ami://admin:secret@10.0.0.5").from_io(ours).await?;
//! println!("AMI {}", pbx.server().version);
//!
//! let mut hangups = pbx.events_of::<event::Hangup>();
//! let call = pbx.originate(Originate::new("PJSIP/101").run("Playback", "hello")).await?;
//! println!("{} answered after {:?}", call.channel, call.setup_time);
//! while let Some(delivery) = hangups.recv().await {
//!     match delivery {
//!         Delivery::Event(end) => println!("{} ended: {} ({:?})", end.channel(), end.cause_text(), end.cause()),
//!         Delivery::Lagged { missed, .. } => eprintln!("fell behind: {missed} events lost"),
//!         other => eprintln!("{other:?}: pbx.calls() is right again"),
//!     }
//! #   break;
//! }
//! println!("{} calls are up", pbx.calls().len()); // no request
//! pbx.close().await;
//! # server.await?;
//! # Ok(())
//! # }
//! # async fn pretend(io: tokio::io::DuplexStream) {
//! #     use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
//! #     let mut io = BufReader::new(io);
//! #     let _ = io.get_mut().write_all(b"Asterisk Call Manager/11.0.0\r\n").await;
//! #     let (mut action, mut line) = (String::new(), String::new());
//! #     while { line.clear(); io.read_line(&mut line).await.is_ok_and(|read| read > 0) } {
//! #         if let Some(name) = line.strip_prefix("Action: ") { action = name.trim().to_owned(); }
//! #         let Some(id) = line.strip_prefix("ActionID: ").map(str::trim) else { continue };
//! #         let more = match action.as_str() {
//! #             "Login" => "Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n".to_owned(),
//! #             "Originate" => format!("Event: OriginateResponse\r\nActionID: {id}\r\nResponse: Success\r\nChannel: PJSIP/101-1\r\n\r\nEvent: Hangup\r\nChannel: PJSIP/101-1\r\nCause: 16\r\nCause-txt: Normal Clearing\r\n\r\n"),
//! #             _ => String::new(),
//! #         };
//! #         let _ = io.get_mut().write_all(format!("Response: Success\r\nActionID: {id}\r\n\r\n{more}").as_bytes()).await;
//! #     }
//! # }
//! ```
#![doc = include_str!("../README.md")]
//!
//! # Coverage
#![doc = include_str!("coverage.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod action;
pub mod calls;
#[rustfmt::skip]
#[path = "generated_catalogue.rs"]
pub mod catalogue;
mod client;
mod codec;
mod config;
mod error;
pub mod event;
mod frame;
mod lines;
mod mask;
mod newlines;
mod redact;
mod reply;
mod server;
mod session;
mod stream;
pub mod values;
mod verbs;

pub use action::{Action, CommandOutput, FromReply, List, Response};
pub use calls::{Call, CallEvent, CallState, Calls, Leg};
pub use client::{Client, EventStream};
pub use codec::{Codec, Incoming, Limits, Outgoing};
pub use config::{Builder, PORT, TLS_PORT};
pub use error::{Error, Reason};
pub use event::Event;
pub use frame::{Frame, FrameKind, Header};
pub use mask::EventMask;
pub use redact::Secrets;
pub use reply::Reply;
pub use server::{AmiVersion, Server};
pub use session::Notice;
pub use stream::Items;
pub use verbs::*;

pub use ifbus_link::{
    ConnectionState, Delivery, Direction, Error as LinkError, Events, KeepAlive, Lost, OneOf2, OneOf3, OneOf4, OneOf5,
    OneOf6, Overflow, Picked, Reconnect, Refusal, RefusalKind, Retry, Stats, Subscription, Tap, TapFrame,
};
#[cfg(feature = "tls")]
pub use ifbus_link::{Tls, TlsConfig, TlsError};
