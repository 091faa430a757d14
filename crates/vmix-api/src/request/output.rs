//! What leaves the house: streams, recordings, outputs, and black.

use super::raw::{Raw, function};

function! {
    /// `StartStreaming`: all streams, or one.
    StartStreaming() = Raw::new("StartStreaming"); channel
}

function! {
    /// `StopStreaming`: all streams, or one.
    StopStreaming() = Raw::new("StopStreaming"); channel
}

function! {
    /// `StartRecording`.
    StartRecording() = Raw::new("StartRecording");
}

function! {
    /// `StopRecording`.
    StopRecording() = Raw::new("StopRecording");
}

function! {
    /// `StartExternal`: the external output.
    StartExternal() = Raw::new("StartExternal");
}

function! {
    /// `StopExternal`: the external output.
    StopExternal() = Raw::new("StopExternal");
}

function! {
    /// `StartMultiCorder`.
    StartMultiCorder() = Raw::new("StartMultiCorder");
}

function! {
    /// `StopMultiCorder`.
    StopMultiCorder() = Raw::new("StopMultiCorder");
}

function! {
    /// `FadeToBlack`: a toggle. Look at [`Show::fade_to_black`](crate::Show) first.
    FadeToBlack() = Raw::new("FadeToBlack");
}
