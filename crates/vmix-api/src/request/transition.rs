//! Cutting, fading, and choosing what comes next.

use super::input::InputRef;
use super::raw::{Raw, function};

function! {
    /// `Cut`: the input, or the preview, goes on air at once.
    Cut() = Raw::new("Cut"); input, mix
}

function! {
    /// `CutDirect`: the input goes on air and the preview stays. vMix 29 ignores `Mix` here.
    CutDirect(input: impl Into<InputRef>) = Raw::new("CutDirect").input(input);
}

function! {
    /// `Fade`: the input, or the preview, is faded in.
    Fade() = Raw::new("Fade"); input, duration, mix
}

function! {
    /// `PreviewInput`: the input goes into the preview.
    PreviewInput(input: impl Into<InputRef>) = Raw::new("PreviewInput").input(input); mix
}

function! {
    /// `ActiveInput`: the input goes on air, with no transition.
    ActiveInput(input: impl Into<InputRef>) = Raw::new("ActiveInput").input(input); mix
}

function! {
    /// `SetFader`: the T-bar, from 0 to 255, with the effect of transition button 1; 255 completes the transition.
    SetFader(position: u8) = Raw::new("SetFader").value(position);
}

function! {
    /// `Transition1` to `Transition4`: what the button of this number in the window does.
    Transition(button: u8) = Raw::new(format!("Transition{button}"));
}

function! {
    /// `Stinger1` to `Stinger8`: 3 and 4 since vMix 24, 5 to 8 since vMix 29.
    Stinger(number: u8) = Raw::new(format!("Stinger{number}")); input, mix
}

function! {
    /// Any effect by its name: `CubeZoom`, `Merge`, `WipeReverse`, `AlphaFade`.
    Effect(name: impl Into<std::borrow::Cow<'static, str>>) = Raw::new(name); input, duration, mix
}
