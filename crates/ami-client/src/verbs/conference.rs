//! Conferences (ConfBridge).

use crate::action::{self, List, Originate};
use crate::client::Client;
use crate::error::Error;
use crate::event;

/// A conference of ConfBridge; made by [`Client::conference`]. It is there as long as somebody is in it.
#[derive(Debug, Clone)]
pub struct Conference {
    client: Client,
    name: String,
}

impl Client {
    /// The conference of this name; no request.
    pub fn conference(&self, name: impl Into<String>) -> Conference {
        Conference { client: self.clone(), name: name.into() }
    }

    /// The conferences in which somebody is.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn conferences(&self) -> Result<List<event::ConfbridgeListRooms>, Error> {
        self.send(action::ConfbridgeListRooms::new()).await
    }
}

impl Conference {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Calls a channel and brings it in once it has answered; the first makes the conference.
    ///
    /// # Errors
    /// As [`Client::originate`].
    pub async fn invite(&self, originate: Originate) -> Result<super::Answered, Error> {
        self.client.originate(originate.run("ConfBridge", self.name.clone())).await
    }

    /// Who is in it; nobody where there is no such conference.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn list(&self) -> Result<List<event::ConfbridgeList>, Error> {
        self.client.send(action::ConfbridgeList::new(self.name.clone())).await
    }

    /// Puts a channel out.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn kick(&self, channel: &str) -> Result<(), Error> {
        self.client.send(action::ConfbridgeKick::new(self.name.clone(), channel)).await.map(|_| ())
    }

    /// Mutes a channel.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn mute(&self, channel: &str) -> Result<(), Error> {
        self.client.send(action::ConfbridgeMute::new(self.name.clone(), channel)).await.map(|_| ())
    }

    /// Lets a channel be heard again.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn unmute(&self, channel: &str) -> Result<(), Error> {
        self.client.send(action::ConfbridgeUnmute::new(self.name.clone(), channel)).await.map(|_| ())
    }

    /// Lets nobody else in.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn lock(&self) -> Result<(), Error> {
        self.client.send(action::ConfbridgeLock::new(self.name.clone())).await.map(|_| ())
    }

    /// Lets others in again.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn unlock(&self) -> Result<(), Error> {
        self.client.send(action::ConfbridgeUnlock::new(self.name.clone())).await.map(|_| ())
    }

    /// Records it, into a file of the server's (a path, or a name in its folder for recordings; `None`: Asterisk names it).
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn start_recording(&self, file: Option<&str>) -> Result<(), Error> {
        let start = action::ConfbridgeStartRecord::new(self.name.clone());
        self.client.send(if let Some(file) = file { start.record_file(file) } else { start }).await.map(|_| ())
    }

    /// Ends the recording.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn stop_recording(&self) -> Result<(), Error> {
        self.client.send(action::ConfbridgeStopRecord::new(self.name.clone())).await.map(|_| ())
    }
}
