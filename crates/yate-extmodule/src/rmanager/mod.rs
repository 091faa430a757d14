//! The console (`rmanager`, telnet manager): another door of the same engine, on TCP port 5038 unless told.
//!
//! ```
//! use yate_extmodule::rmanager;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (ours, theirs) = tokio::io::duplex(65536);
//! # let server = tokio::spawn(pretend(theirs));
//! // rmanager::Client::connect("127.0.0.1").await?; here over a stream of our own
//! let console = rmanager::Client::builder("127.0.0.1").password("secret").from_io(ours).await?;
//! for module in console.status(Some("dumb")).await? {
//!     println!("{}: {:?} channels", module.name(), module.counter("chans"));
//! }
//! # console.close().await;
//! # server.await?;
//! # Ok(())
//! # }
//! # async fn pretend(io: tokio::io::DuplexStream) {
//! #     use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
//! #     let mut io = BufReader::new(io);
//! #     let mut line = String::new();
//! #     while { line.clear(); io.read_line(&mut line).await.is_ok_and(|read| read > 0) } {
//! #         let answer = match line.trim_end() {
//! #             "auth secret" => "Authenticated successfully as admin!\r\n",
//! #             "uptime" => "Uptime: 0 00:00:21 (21) user: 0.203 kernel: 0.323\r\n",
//! #             "status dumb" => "%%+status:dumb\r\nname=dumb,type=misc;chans=0\r\n%%-status\r\n",
//! #             _ => break,
//! #         };
//! #         let _ = io.get_mut().write_all(answer.as_bytes()).await;
//! #     }
//! # }
//! ```
//!
//! Port 5038 is Asterisk's too; the greeting tells them apart ([`RefusalKind::WrongService`](crate::RefusalKind)). The console has
//! no encryption unless rmanager.conf says so, and in machine mode shows even an observer (`userpass`) the passwords that pass
//! through the engine: bind it to loopback.
//!
//! Answers have no end of their own, so that an `uptime` follows each command. What other people's `output on` or `debug` writes
//! into the same connection cannot be told from an answer: do not switch it on here.

mod client;
mod codec;
mod config;
mod session;

pub use client::{Client, EventStream, Output, Uptime};
pub use codec::{Codec, Line, Outgoing};
pub use config::{Builder, PORT};
