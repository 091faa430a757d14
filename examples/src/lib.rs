//! The examples of IF.bus; each is a program of its own.
