//! A client for the external module protocol of Yate 6, and for its console.
//!
//! ```
//! use std::{collections::HashMap, sync::Arc};
//! use yate_extmodule::{Client, Delivery};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (ours, theirs) = tokio::io::duplex(65536);
//! # let server = tokio::spawn(pretend(theirs));
//! // Client::connect("127.0.0.1:5040").await?; here over a stream of our own
//! let yate = Client::builder("127.0.0.1:5040").from_io(ours).await?;
//! println!("Yate {}", yate.server().version);
//!
//! // Yate asks us for the way; it always gets an answer, even if this panics or is late
//! let directory = Arc::new(HashMap::from([("101", "sip/sip:101@10.0.0.7")]));
//! let routing = yate.handle("call.route").priority(50).with(Arc::clone(&directory), |directory, m| async move {
//!     Ok(match m.get("called").and_then(|called| directory.get(&*called).copied()) {
//!         Some(uri) => m.handled(uri),
//!         None => m.pass(),
//!     })
//! }).await?;
//!
//! let mut hangups = yate.messages_of("chan.hangup").await?;
//! while let Some(delivery) = hangups.recv().await {
//!     match delivery {
//!         Delivery::Event(m) => println!("{} ended", m.get("id").unwrap_or_default()),
//!         Delivery::Lagged { missed, .. } => eprintln!("fell behind: {missed} messages lost"),
//!         other => eprintln!("{other:?}: handlers and watches are in force again"),
//!     }
//! #   break;
//! }
//! # assert_eq!(routing.stats().answered, 1);
//! yate.close().await;
//! # server.await?;
//! # Ok(())
//! # }
//! # async fn pretend(io: tokio::io::DuplexStream) {
//! #     use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
//! #     let mut io = BufReader::new(io);
//! #     let mut line = String::new();
//! #     while { line.clear(); io.read_line(&mut line).await.is_ok_and(|read| read > 0) } {
//! #         let said = line.trim_end().to_owned();
//! #         let answer = match said.as_str() {
//! #             "%%>connect:global" => String::new(),
//! #             "%%>watch:chan.hangup" => "%%<watch:chan.hangup:true\n%%>message:0x7f.1:1795380733:call.route::called=101\n".to_owned(),
//! #             "%%<message:0x7f.1:true::sip/sip%z101@10.0.0.7" => "%%<message::false:chan.hangup::id=sip/1\n".to_owned(),
//! #             said => format!("{}:true\n", said.replacen('>', "<", 1)),
//! #         };
//! #         let _ = io.get_mut().write_all(answer.as_bytes()).await;
//! #     }
//! # }
//! ```
#![doc = include_str!("../README.md")]
//!
//! # What has a name of its own
#![doc = include_str!("coverage.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod calls;
mod cdr;
mod client;
mod codec;
mod config;
mod dial;
mod dispatch;
mod error;
pub mod escape;
mod handle;
mod kick;
mod message;
mod received;
pub mod redact;
pub mod rmanager;
#[cfg(unix)]
pub mod script;
mod session;
mod status;
mod verbs;

pub use calls::{CallEvent, Calls};
pub use cdr::{Cdr, CdrOperation};
pub use client::{Client, EventStream};
pub use codec::{Answer, Codec, Line, MAX_LINE, Outgoing};
pub use config::{Builder, Role};
pub use dispatch::{HandlerError, HandlerStats};
pub use error::Error;
pub use handle::{HandlerBuilder, HandlerHandle};
pub use message::{Message, Reply};
pub use received::{Param, Params, Received};
pub use session::{Notice, Server};
pub use status::ModuleStatus;
pub use verbs::{Attach, Attached, Conference, Execute, Executed, Routed};

pub use ifbus_link::{
    ConnectionState, Delivery, Direction, Error as LinkError, Events, KeepAlive, Lost, Overflow, Picked, Reconnect,
    Refusal, RefusalKind, Retry, Stats, Subscription, Tap, TapFrame,
};
