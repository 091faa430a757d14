//! obs
