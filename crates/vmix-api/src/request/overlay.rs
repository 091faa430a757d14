//! Overlay channels 1 to 8; 5 to 8 need vMix 29.

use super::input::InputRef;
use super::raw::{Raw, function};

function! {
    /// `OverlayInputN`: the input into the channel, or out of it if it is there.
    OverlayToggle(channel: u8, input: impl Into<InputRef>) = Raw::new(format!("OverlayInput{channel}")).input(input); mix
}

function! {
    /// `OverlayInputNIn`: the input into the channel, with its transition.
    OverlayIn(channel: u8, input: impl Into<InputRef>) = Raw::new(format!("OverlayInput{channel}In")).input(input); mix
}

function! {
    /// `OverlayInputNOut`: the channel is emptied, with its transition.
    OverlayOut(channel: u8) = Raw::new(format!("OverlayInput{channel}Out"));
}

function! {
    /// `OverlayInputNOff`: the channel is emptied at once.
    OverlayOff(channel: u8) = Raw::new(format!("OverlayInput{channel}Off"));
}

function! {
    /// `OverlayInputAllOff`: all channels are emptied at once.
    OverlayAllOff() = Raw::new("OverlayInputAllOff");
}
