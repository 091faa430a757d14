//! ifbus-core
