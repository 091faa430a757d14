#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
// With no protocol at all there is nobody to use what they share.
#![cfg_attr(
    not(any(
        feature = "obs",
        feature = "vmix",
        feature = "ha",
        feature = "asterisk",
        feature = "freeswitch",
        feature = "yate"
    )),
    allow(dead_code)
)]

mod knobs;
mod net;
mod outbox;

#[cfg(any(feature = "obs", feature = "vmix", feature = "ha"))]
mod http;

#[cfg(any(feature = "obs", feature = "ha"))]
mod goodbye;

#[cfg(feature = "asterisk")]
pub mod asterisk;
#[cfg(feature = "freeswitch")]
pub mod freeswitch;
#[cfg(feature = "ha")]
pub mod ha;
#[cfg(feature = "obs")]
pub mod obs;
#[cfg(feature = "vmix")]
pub mod vmix;
#[cfg(feature = "yate")]
pub mod yate;

pub use knobs::Knobs;
