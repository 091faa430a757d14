//! What can be asked of vMix: functions, by family, and queries.
//!
//! A function that a family lacks goes by [`function::Raw`].

mod audio;
mod catalogue;
mod command;
mod input;
mod names;
mod output;
mod overlay;
mod preset;
mod query;
mod raw;
mod title;
mod transition;

pub use command::Command;
pub(crate) use command::Expect;
pub use input::InputRef;
pub use query::{Acts, Ping, Tally, Version, Xml, XmlText};

use crate::codec::Frame;
use crate::error::Error;
use crate::show::Show;
use std::sync::Arc;

/// The functions of vMix, under the names that the manual has for them (Shortcut Function Reference).
///
/// `FUNCTION OK` says that vMix accepted a function, not that its effect is there: see the confirming methods of
/// [`Client`](crate::Client), and [`Client::wait_for`](crate::Client::wait_for).
pub mod function {
    pub use super::audio::{
        Audio, AudioOff, AudioOn, MasterAudioOff, MasterAudioOn, SetMasterVolume, SetVolume, SetVolumeFade,
    };
    pub use super::catalogue::{has_secret, is_known, names, suggestion};
    pub use super::output::{
        FadeToBlack, StartExternal, StartMultiCorder, StartRecording, StartStreaming, StopExternal, StopMultiCorder,
        StopRecording, StopStreaming,
    };
    pub use super::overlay::{OverlayAllOff, OverlayIn, OverlayOff, OverlayOut, OverlayToggle};
    pub use super::preset::{LastPreset, OpenPreset, SavePreset};
    pub use super::raw::{Function, Raw};
    pub use super::title::{SetImage, SetText};
    pub use super::transition::{
        ActiveInput, Cut, CutDirect, Effect, Fade, PreviewInput, SetFader, Stinger, Transition,
    };
}

/// Something to ask of vMix, and how to read the answer.
pub trait Request {
    /// What the caller gets.
    type Reply;

    /// The line to send.
    ///
    /// # Errors
    /// An argument that must not be sent.
    fn command(&self) -> Result<Command, Error>;

    /// Reads the answer.
    ///
    /// # Errors
    /// [`Error::Rejected`] if vMix says `ER`, [`Error::Unexpected`] if it says what it should not.
    fn reply(&self, answer: Answer) -> Result<Self::Reply, Error>;
}

/// The answer to a command.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The message that answered.
    pub frame: Frame,
    /// For `XML`: the show as read from it, or what is wrong with the document.
    pub show: Option<Result<Arc<Show>, String>>,
}
