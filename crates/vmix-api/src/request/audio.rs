//! Sound: faders, mute.

use super::input::InputRef;
use super::raw::{Raw, function};
use crate::volume::Fader;
use std::time::Duration;

function! {
    /// `Audio`: the sound of an input on or off, a toggle.
    Audio() = Raw::new("Audio"); input
}

function! {
    /// `AudioOn`: the sound of an input on.
    AudioOn() = Raw::new("AudioOn"); input
}

function! {
    /// `AudioOff`: the sound of an input off.
    AudioOff() = Raw::new("AudioOff"); input
}

function! {
    /// `SetVolume`: the fader of an input.
    SetVolume(input: impl Into<InputRef>, fader: impl Into<Fader>) = Raw::new("SetVolume").input(input).value(fader.into().position());
}

function! {
    /// `SetVolumeFade`: moves the fader of an input there within this time.
    SetVolumeFade(input: impl Into<InputRef>, fader: impl Into<Fader>, time: Duration) = {
        Raw::new("SetVolumeFade").input(input).value(format_args!("{},{}", fader.into().position(), time.as_millis()))
    };
}

function! {
    /// `SetMasterVolume`: the fader of the master.
    SetMasterVolume(fader: impl Into<Fader>) = Raw::new("SetMasterVolume").value(fader.into().position());
}

function! {
    /// `MasterAudioOn`.
    MasterAudioOn() = Raw::new("MasterAudioOn");
}

function! {
    /// `MasterAudioOff`.
    MasterAudioOff() = Raw::new("MasterAudioOff");
}
