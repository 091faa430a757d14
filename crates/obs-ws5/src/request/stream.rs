//! Requests of the family `stream`.

use crate::event::{OutputState, StreamStateChanged};
use crate::request::{Accepted, replies, requests};
use crate::{Client, Error};

requests! {
    /// Asks for the state of the stream.
    GetStreamStatus -> StreamStatus {}
    /// Starts streaming. OBS answers at once; whether the stream stands is told by `StreamStateChanged` alone.
    StartStream -> Accepted {}
    /// Stops streaming.
    StopStream -> Accepted {}
}

replies! {
    /// The state of the stream.
    StreamStatus {
        /// Whether OBS streams.
        output_active: bool,
        /// Whether it has lost its server and tries again.
        output_reconnecting: bool,
        /// Its length as `HH:MM:SS.mmm`.
        output_timecode: String,
        /// Its length in milliseconds.
        output_duration: u64,
        /// 0 to 1.
        output_congestion: f64,
        /// Bytes sent.
        output_bytes: u64,
        /// Frames skipped.
        output_skipped_frames: u64,
        /// Frames sent.
        output_total_frames: u64,
    }
}

/// The stream, by verbs; made by [`Client::stream`].
#[derive(Debug, Clone, Copy)]
pub struct Stream<'a>(&'a Client);

impl Client {
    /// The stream.
    #[must_use]
    pub fn stream(&self) -> Stream<'_> {
        Stream(self)
    }
}

impl Stream<'_> {
    /// The state of the stream.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn status(self) -> Result<StreamStatus, Error> {
        self.0.send(GetStreamStatus::new()).await
    }

    /// Starts streaming, and waits until the stream stands.
    ///
    /// # Errors
    /// As [`Client::send`]; [`Error::NotConfirmed`] if OBS accepted and the stream does not stand in time: the streaming server
    /// does not answer, or refuses.
    pub async fn start(self) -> Result<(), Error> {
        let events = self.0.events_of::<StreamStateChanged>();
        self.0.send(StartStream::new()).await?;
        self.settled(events, true).await
    }

    /// Stops streaming, and waits until it has stopped.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn stop(self) -> Result<(), Error> {
        let events = self.0.events_of::<StreamStateChanged>();
        self.0.send(StopStream::new()).await?;
        self.settled(events, false).await
    }

    async fn settled(self, events: crate::TypedEvents<StreamStateChanged>, active: bool) -> Result<(), Error> {
        let settled = if active { OutputState::Started } else { OutputState::Stopped };
        let client = self.0;
        let poll = || async move { Ok((client.stream().status().await?.output_active == active).then_some(())) };
        self.0.confirm(events, "the stream", |event| (event.output_state == settled).then_some(()), poll).await
    }
}
