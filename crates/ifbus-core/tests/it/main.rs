#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[cfg(all(feature = "obs", feature = "vmix", feature = "homeassistant"))]
mod studio;
