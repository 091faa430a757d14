//! Presets. Loading one replaces all inputs and their keys.

use super::raw::{Raw, function};

function! {
    /// `OpenPreset`: loads the preset at this path on the vMix host.
    OpenPreset(path: impl std::fmt::Display) = Raw::new("OpenPreset").value(path);
}

function! {
    /// `SavePreset`: saves the preset to this path on the vMix host.
    SavePreset(path: impl std::fmt::Display) = Raw::new("SavePreset").value(path);
}

function! {
    /// `LastPreset`: loads the preset that was loaded last.
    LastPreset() = Raw::new("LastPreset");
}
