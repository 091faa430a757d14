//! The benches of IF.bus.
