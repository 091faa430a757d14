//! ha_recorded
