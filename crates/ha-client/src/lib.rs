//! ha-client
