//! A client for the FreeSWITCH Event Socket (ESL): inbound and outbound.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! # let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! # let url = format!("esl://ClueCon@{}", socket.local_addr()?);
//! # tokio::spawn(async move {
//! #     let (mut io, _) = socket.accept().await?;
//! #     io.write_all(b"Content-Type: auth/request\n\n").await?;
//! #     let (mut text, mut chunk) = (String::new(), [0; 1024]);
//! #     loop {
//! #         let read = io.read(&mut chunk).await?;
//! #         if read == 0 { return std::io::Result::Ok(()) }
//! #         text.push_str(&String::from_utf8_lossy(&chunk[..read]));
//! #         while let Some((command, rest)) = text.split_once("\n\n") {
//! #             let uuid = command.split_once("Job-UUID: ").map(|(_, uuid)| uuid.to_owned());
//! #             let body = match command.starts_with("api version") { true => "FreeSWITCH Version 1.11.2-release\n", false => "UP\n" };
//! #             let mut answer = match command.starts_with("api ") {
//! #                 true => format!("Content-Type: api/response\nContent-Length: {}\n\n{body}", body.len()),
//! #                 false => "Content-Type: command/reply\nReply-Text: +OK\n\n".to_owned(),
//! #             };
//! #             if let Some(uuid) = uuid {
//! #                 let events = [format!("Event-Name: CHANNEL_ANSWER\nUnique-ID: u1\n\n"),
//! #                     format!("Event-Name: BACKGROUND_JOB\nJob-UUID: {uuid}\nContent-Length: 7\n\n+OK u1\n")];
//! #                 for event in events {
//! #                     answer += &format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{event}", event.len());
//! #                 }
//! #             }
//! #             io.write_all(answer.as_bytes()).await?;
//! #             text = rest.to_owned();
//! #         }
//! #     }
//! # });
//! use esl_client::{Client, Delivery, Originate, event::ChannelAnswer};
//!
//! let switch = Client::connect(&url).await?; // esl://ClueCon@10.0.0.7
//! println!("FreeSWITCH {}", switch.server().version());
//!
//! let mut answers = switch.events_of::<ChannelAnswer>();
//! switch.subscribe("CHANNEL_ANSWER").await?;
//! let uuid = switch.originate(Originate::new("user/1000").caller_id("O'Brien, the studio", "5000")).await?;
//! if let Some(Delivery::Event(answer)) = answers.recv().await {
//!     println!("{:?} answered, our call is {uuid}", answer.unique_id());
//! }
//! switch.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! - **Deadlines.** Every command ends: with its answer, or with one [`Error`] that says whether it was sent. 10 s by default; 120 s for
//!   jobs and executions. FreeSWITCH does one command after the other on a connection: what takes long goes by [`Client::bgapi`].
//! - **Dropping a future** before its command is written means that it is never sent; later, its answer is thrown away.
//! - **Limits** of [`Limits`]: header blocks of 1 MiB, bodies of 64 MiB. A longer body is passed over, a longer header ends the
//!   connection.
//! - **Any command** goes too, by its name: [`Client::api`], [`Client::command`], [`Execute`], [`SendEvent`].
//!
//! Features: `tls` (default; for a tunnel), `metrics`.
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod block;
pub mod calls;
#[rustfmt::skip]
pub mod catalogue;
mod cause;
mod client;
mod codec;
mod command;
mod conference;
mod config;
mod error;
pub mod event;
mod intent;
mod lists;
mod message;
mod outbound;
pub mod quote;
mod session;
mod stream;
mod subscriptions;
mod verbs;

pub use block::Block;
pub use calls::{Calls, LegState, TrackedCall};
pub use cause::HangupCause;
pub use client::{Client, Server};
pub use codec::{Codec, Frame, Limits};
pub use command::Command;
pub use conference::{Conference, Member, MemberFlags, Members};
pub use config::{Builder, PORT};
pub use error::{Error, Rejection};
pub use event::{Encoding, Event, EventKind, EventSet, Value};
pub use intent::Selection;
pub use lists::{CallRow, ChannelRow, RegistrationRow, SofiaEntry, Status};
pub use message::{Execute, Execution, SendEvent, Unicast};
pub use outbound::{Call, Digits, Listener, ListenerBuilder};
pub use stream::{EventStream, LogLevel, LogLine};
pub use verbs::{Leg, Originate, Record};

pub use ifbus_link::{
    ConnectionState, Delivery, Direction, Error as LinkError, KeepAlive, Lost, OneOf2, OneOf3, OneOf4, OneOf5, OneOf6,
    Overflow, Reconnect, Refusal, RefusalKind, Retry, Stats, Subscription, Tap, TapFrame,
};
#[cfg(feature = "tls")]
pub use ifbus_link::{Tls, TlsConfig, TlsError};
