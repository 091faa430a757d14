//! ifbus-sim
