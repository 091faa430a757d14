//! Plans of steps over the instances of a bus.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sim = ifbus_sim::obs::ObsSim::start().await?;
//! # let (url, password) = (sim.url(), "test-secret");
//! use ifbus_core::{Bus, adapters::Obs};
//! use ifbus_orchestrator::{Profile, Run};
//!
//! let profile = Profile::parse("tape.toml", r#"
//!     name = "tape"
//!     [[step]]
//!     name = "record"
//!     instance = "studio"
//!     run = [{ command = "StartRecord" }]
//!     fact = [{ says = "OBS records", read = { command = "GetRecordStatus" }, at = "/outputActive", is = true }]
//!     undo = { run = [{ command = "StopRecord" }] }
//! "#)?;
//! let bus = Bus::builder().add("studio", Obs::new(&url, password)).connect().await?;
//! profile.check(&bus)?;
//! let mut run = Run::new(&bus, &profile);
//! let report = run.up(&mut |_| {}).await;
//! assert_eq!(report.summary("on air"), "on air: 1 of 1 steps ok, 1 facts verified");
//! run.down(&mut |_| {}).await;
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod check;
mod fact;
mod profile;
mod report;
mod run;

pub use check::{Problem, Problems};
pub use profile::{Action, Expectation, Fact, Named, OnFailure, Profile, Step, Undo};
pub use report::{FactReport, Progress, Report, StepOutcome, StepReport};
pub use run::Run;
