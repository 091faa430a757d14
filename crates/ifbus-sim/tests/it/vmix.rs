//! vmix
