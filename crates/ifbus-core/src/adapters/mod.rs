//! One adapter per platform, each behind its feature.

#[cfg(any(feature = "obs", feature = "vmix", feature = "homeassistant"))]
mod common;
#[cfg(feature = "homeassistant")]
mod homeassistant;
#[cfg(feature = "obs")]
mod obs;
#[cfg(feature = "vmix")]
mod vmix;

#[cfg(feature = "homeassistant")]
pub use homeassistant::HomeAssistant;
#[cfg(any(feature = "obs", feature = "vmix", feature = "homeassistant"))]
pub use ifbus_link::Reconnect;
#[cfg(feature = "obs")]
pub use obs::Obs;
#[cfg(feature = "vmix")]
pub use vmix::Vmix;
