//! What stands behind the command `ifbus`; the binary only reads its arguments.
//!
//! ```no_run
//! # #[tokio::main]
//! # async fn main() -> anyhow::Result<()> {
//! use clap::Parser;
//! use ifbus_cli::demo::{self, Options};
//!
//! // the studio of the simulators, on air and off again
//! let code = demo::run(Options::parse_from(["demo"])).await?;
//! # let _ = code;
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]
// these panic where nobody reads
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod decode;
pub mod demo;
