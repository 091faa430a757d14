//! Titles. Their effect is seen in the state document only, and with a delay.

use super::input::InputRef;
use super::raw::{Raw, function};

function! {
    /// `SetText`: the text of a field, the first one unless told.
    SetText(input: impl Into<InputRef>, text: impl std::fmt::Display) = Raw::new("SetText").input(input).value(text); field, field_index
}

function! {
    /// `SetImage`: the image of a field, by a path on the vMix host or a URL.
    SetImage(input: impl Into<InputRef>, path: impl std::fmt::Display) = Raw::new("SetImage").input(input).value(path); field, field_index
}
