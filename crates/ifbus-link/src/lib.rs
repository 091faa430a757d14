//! ifbus-link
