//! ifbus-cli
