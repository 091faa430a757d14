//! vmix-api
