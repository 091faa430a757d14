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

//!
//! # The format
//!
//! A profile is a TOML file. Times are written as `500ms`, `20s` or `2m`.
//!
//! | key | what it says |
//! |---|---|
//! | `name` | the profile's name |
//! | `[variables]` | values for `${name}` in parameters and facts; a text that is nothing but `${name}` becomes the value whatever its type: a list, a number |
//! | `[[step]]` | one step, with the keys below |
//! | `name`, `title` | its name, unique in the profile, and what it does, for people |
//! | `instance` | which server its commands go to |
//! | `run` | its commands, one after the other: `command` by the protocol's own name, `params`, and `until`, a fact that must hold before the next is sent |
//! | `after` | the steps that must be done before; all others run side by side |
//! | `deadline` | the limit for its commands together, 10 s where none is named |
//! | `retries` | how often a command is sent again that was certainly not carried out, 0 where nothing is said |
//! | `on_failure` | `"stop"` (begin no further step; where nothing is said), `"continue"`, `"roll-back"` (take back at once what is done) |
//! | `[[step.fact]]` | what is true once it is done: `says`, for people; `read`, the command that asks; `at`, where in the answer (a JSON pointer); `is` or `is-not`, what stands there, or must not |
//! | `[step.undo]` | what takes it back: `title`, `run` and `[[step.undo.fact]]`, as above |

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
