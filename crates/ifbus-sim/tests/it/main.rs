#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod asterisk;
mod faults;
mod ha;
mod ha_recorded;
mod obs;
mod obs_recorded;
mod peers;
mod util;
mod vmix;
mod vmix_recorded;
