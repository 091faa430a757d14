//! obs-ws5
