//! Requests of the family `record`.

use crate::event::{OutputState, RecordStateChanged};
use crate::request::{Accepted, replies, requests};
use crate::{Client, Error};

requests! {
    /// Asks for the state of the recording.
    GetRecordStatus -> RecordStatus {}
    /// Starts recording.
    StartRecord -> Accepted {}
    /// Stops recording.
    StopRecord -> StoppedRecord {}
    /// Pauses the recording. OBS accepts this without effect where the profile cannot pause (seen on 5.7.4): look at the
    /// status.
    PauseRecord -> Accepted {}
    /// Goes on recording.
    ResumeRecord -> Accepted {}
}

replies! {
    /// The state of the recording.
    RecordStatus {
        /// Whether OBS records.
        output_active: bool,
        /// Whether the recording is paused.
        output_paused: bool,
        /// Its length as `HH:MM:SS.mmm`.
        output_timecode: String,
        /// Its length in milliseconds.
        output_duration: u64,
        /// Its size in bytes.
        output_bytes: u64,
    }
    /// A finished recording.
    StoppedRecord {
        /// The file; since 5.0.2.
        output_path: Option<String>,
    }
}

/// The recording, by verbs; made by [`Client::record`].
#[derive(Debug, Clone, Copy)]
pub struct Record<'a>(&'a Client);

/// A recording that runs.
#[derive(Debug, Clone)]
#[must_use = "the recording goes on until it is stopped"]
#[non_exhaustive]
pub struct Recording {
    client: Client,
    /// The file, where OBS told it (not if the event was missed).
    pub output_path: Option<String>,
}

impl Client {
    /// The recording.
    #[must_use]
    pub fn record(&self) -> Record<'_> {
        Record(self)
    }
}

impl Record<'_> {
    /// The state of the recording.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn status(self) -> Result<RecordStatus, Error> {
        self.0.send(GetRecordStatus::new()).await
    }

    /// Starts recording, and waits until OBS really records.
    ///
    /// # Errors
    /// As [`Client::send`] (500 OutputRunning if it records already); [`Error::NotConfirmed`] if OBS accepted and does not
    /// record in time.
    pub async fn start(self) -> Result<Recording, Error> {
        let events = self.0.events_of::<RecordStateChanged>();
        self.0.send(StartRecord::new()).await?;
        let decide =
            |event: RecordStateChanged| (event.output_state == OutputState::Started).then_some(event.output_path);
        let client = self.0;
        let poll = || async move { Ok(client.record().status().await?.output_active.then_some(None)) };
        let output_path = self.0.confirm(events, "the recording", decide, poll).await?;
        Ok(Recording { client: self.0.clone(), output_path })
    }

    /// Stops recording, and waits until the file is whole. Gives the file.
    ///
    /// # Errors
    /// As [`Client::send`] (501 OutputNotRunning if it does not record); [`Error::NotConfirmed`].
    pub async fn stop(self) -> Result<StoppedRecord, Error> {
        let events = self.0.events_of::<RecordStateChanged>();
        let mut stopped = self.0.send(StopRecord::new()).await?;
        let decide =
            |event: RecordStateChanged| (event.output_state == OutputState::Stopped).then_some(event.output_path);
        let client = self.0;
        let poll = || async move { Ok((!client.record().status().await?.output_active).then_some(None)) };
        let told = self.0.confirm(events, "the end of the recording", decide, poll).await?;
        stopped.output_path = told.or(stopped.output_path);
        Ok(stopped)
    }
}

impl Recording {
    /// Stops it; as [`Record::stop`].
    ///
    /// # Errors
    /// As [`Record::stop`].
    pub async fn stop(self) -> Result<StoppedRecord, Error> {
        self.client.record().stop().await
    }
}
