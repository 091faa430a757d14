#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
// With some of the simulators only, some of the helpers have nobody to help.
#![cfg_attr(not(all(feature = "obs", feature = "vmix", feature = "ha")), allow(dead_code))]

#[cfg(feature = "asterisk")]
mod asterisk;
#[cfg(feature = "asterisk")]
mod asterisk_recorded;
#[cfg(all(feature = "obs", feature = "vmix", feature = "ha"))]
mod faults;
#[cfg(feature = "freeswitch")]
mod freeswitch;
#[cfg(all(feature = "obs", feature = "vmix", feature = "ha"))]
mod ha;
#[cfg(all(feature = "obs", feature = "vmix", feature = "ha"))]
mod ha_recorded;
#[cfg(all(feature = "obs", feature = "vmix", feature = "ha"))]
mod obs;
#[cfg(all(feature = "obs", feature = "vmix", feature = "ha"))]
mod obs_recorded;
#[cfg(all(feature = "obs", feature = "vmix", feature = "ha"))]
mod peers;
mod util;
#[cfg(all(feature = "obs", feature = "vmix", feature = "ha"))]
mod vmix;
#[cfg(all(feature = "obs", feature = "vmix", feature = "ha"))]
mod vmix_recorded;
#[cfg(feature = "yate")]
mod yate;
