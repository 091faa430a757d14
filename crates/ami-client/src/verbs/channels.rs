//! Channels that are there: hang up, transfer, park, bridge, digits, variables.

use crate::action::{self, Response};
use crate::client::Client;
use crate::error::Error;
use crate::event;
use crate::values;
use std::time::Duration;

/// A place in the dialplan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Destination {
    /// The context.
    pub context: String,
    /// The extension.
    pub exten: String,
    /// The priority: a number or a label.
    pub priority: String,
}

impl Destination {
    /// An extension of a context, at its first priority.
    pub fn new(context: impl Into<String>, exten: impl Into<String>) -> Self {
        Self { context: context.into(), exten: exten.into(), priority: "1".into() }
    }

    /// At another priority: a number or a label.
    #[must_use]
    pub fn at(mut self, priority: impl Into<String>) -> Self {
        self.priority = priority.into();
        self
    }
}

/// A pattern in the place of a channel's name would hang up many.
pub(super) fn one_channel(channel: &str) -> Result<(), Error> {
    if channel.is_empty() || channel.starts_with('/') {
        return Err(Error::invalid("Channel", "is no name of one channel"));
    }
    Ok(())
}

impl Client {
    /// Hangs a channel up, with a cause of Q.850 (16: normal). Asterisk's answer means that it was asked for; the event
    /// `Hangup` tells that it is done.
    ///
    /// # Errors
    /// As [`send`](Self::send); a pattern (`/…/`) is refused, for which there is [`action::Hangup`].
    pub async fn hangup(&self, channel: &str, cause: u32) -> Result<(), Error> {
        one_channel(channel)?;
        self.send(action::Hangup::new(channel).cause(cause)).await.map(|_| ())
    }

    /// Sends a channel to another place in the dialplan, out of whatever it does.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn redirect(&self, channel: &str, to: Destination) -> Result<(), Error> {
        self.send(action::Redirect::new(channel, to.exten, to.context, to.priority)).await.map(|_| ())
    }

    /// Sends both channels of a call to other places at once.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn redirect_both(
        &self,
        channel: &str,
        to: Destination,
        other: &str,
        other_to: Destination,
    ) -> Result<(), Error> {
        let redirect = action::Redirect::new(channel, to.exten, to.context, to.priority)
            .extra_channel(other)
            .extra_exten(other_to.exten)
            .extra_context(other_to.context)
            .extra_priority(other_to.priority);
        self.send(redirect).await.map(|_| ())
    }

    /// Transfers the party that a channel is bridged with, and lets the channel go. Since Asterisk 12; before that see
    /// [`redirect`](Self::redirect) of the partner.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn blind_transfer(&self, channel: &str, context: &str, exten: &str) -> Result<(), Error> {
        self.send(action::BlindTransfer::new(channel).context(context).exten(exten)).await.map(|_| ())
    }

    /// Begins an attended transfer, as if the party had pressed the feature code: it works only in a bridge that was dialed
    /// with the transfer feature (`t`, `T`).
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn attended_transfer(&self, channel: &str, context: &str, exten: &str) -> Result<(), Error> {
        self.send(action::Atxfer::new(channel, exten).context(context)).await.map(|_| ())
    }

    /// Takes an attended transfer back. Since Asterisk 13.18.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn cancel_attended_transfer(&self, channel: &str) -> Result<(), Error> {
        self.send(action::CancelAtxfer::new(channel)).await.map(|_| ())
    }

    /// Parks a channel; `ParkedCall` tells where. `timeout`: after that it goes back.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn park(&self, channel: &str, timeout: Option<Duration>) -> Result<(), Error> {
        let park = action::Park::new(channel);
        self.send(match timeout {
            Some(timeout) => park.timeout(timeout),
            None => park,
        })
        .await
        .map(|_| ())
    }

    /// Bridges two channels.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn bridge(&self, channel: &str, other: &str) -> Result<(), Error> {
        self.send(action::Bridge::new(channel, other)).await.map(|_| ())
    }

    /// Presses a digit (`0`–`9`, `A`–`D`, `*`, `#`) on behalf of a channel's party. Asterisk says yes to any text: others are
    /// refused here.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn play_dtmf(&self, channel: &str, digit: char) -> Result<(), Error> {
        if !matches!(digit, '0'..='9' | 'A'..='D' | 'a'..='d' | '*' | '#') {
            return Err(Error::invalid("Digit", "is none of 0-9, A-D, * and #"));
        }
        self.send(action::PlayDTMF::new(channel, digit)).await.map(|_| ())
    }

    /// Controls the file that a channel plays (of `ControlPlayback` and AGI). Since Asterisk 12.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn control_playback(&self, channel: &str, control: values::PlaybackControl) -> Result<(), Error> {
        self.send(action::ControlPlayback::new(channel, control.as_str())).await.map(|_| ())
    }

    /// Calls a channel and plays a file to it once it has answered; the call ends with the file.
    ///
    /// # Errors
    /// As [`originate`](Self::originate).
    pub async fn play_to(&self, channel: &str, file: &str) -> Result<super::Answered, Error> {
        self.originate(action::Originate::new(channel).run("Playback", file)).await
    }

    /// Lets a party not hear (`out`), not be heard (`in`), or both (`all`).
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn mute(&self, channel: &str, direction: values::AudioDirection, muted: bool) -> Result<(), Error> {
        self.send(action::MuteAudio::new(channel, direction.as_str(), muted)).await.map(|_| ())
    }

    /// A variable, or what a function says (`CHANNEL(state)`): of a channel, or a global one. Empty where it is not set. A value
    /// that holds a line break cannot be told from a forged message: ask for `URIENCODE(${X})` where others set it.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn variable(&self, channel: Option<&str>, name: &str) -> Result<String, Error> {
        let get = action::Getvar::new(name);
        let response = self.send(if let Some(channel) = channel { get.channel(channel) } else { get }).await?;
        Ok(response.get("Value").unwrap_or_default().into_owned())
    }

    /// Sets a variable of a channel, or a global one. Blanks in front of the value are lost.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn set_variable(&self, channel: Option<&str>, name: &str, value: &str) -> Result<(), Error> {
        let set = action::Setvar::new(name, value);
        self.send(if let Some(channel) = channel { set.channel(channel) } else { set }).await.map(|_| ())
    }

    /// The channels that are there, from the server; [`calls`](Self::calls) needs no request.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn channels(&self) -> Result<action::List<event::CoreShowChannel>, Error> {
        self.send(action::CoreShowChannels::new()).await
    }

    /// Runs a command of the console. Do not ask so for what others can set: up to Asterisk 13 a value that holds the end
    /// marker ends the output.
    ///
    /// # Errors
    /// As [`send`](Self::send). A command that does not exist, or fails, is no error: from Asterisk 14 on
    /// [`failed`](action::CommandOutput::failed) tells it, and before that the lines alone.
    pub async fn command(&self, command: &str) -> Result<action::CommandOutput, Error> {
        self.send(action::Command::new(command)).await
    }

    /// Sends an event of our own to all who may read the class `user`, with headers behind its name.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn user_event(&self, name: &str, headers: &[(&str, &str)]) -> Result<Response, Error> {
        let event = action::UserEvent::new(name);
        let event = headers.iter().fold(event, |event, (name, value)| event.header((*name).to_owned(), *value));
        self.send(event).await
    }
}
