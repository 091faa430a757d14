//! vmix_recorded
