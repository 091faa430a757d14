//! Recording (MixMonitor), and the records of calls (CDR).

use crate::action;
use crate::client::Client;
use crate::error::Error;
use crate::event::Cdr;
use crate::values::Disposition;
use std::time::Duration;

/// A recording of a channel that runs; made by [`Client::record`].
#[derive(Debug, Clone)]
pub struct Recording {
    client: Client,
    channel: String,
    id: Option<String>,
}

impl Client {
    /// Records what a channel says and hears into a file of the server's: a path, or a name in its folder for recordings. Since
    /// Asterisk 11; needs the right `system`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn record(&self, channel: &str, file: &str) -> Result<Recording, Error> {
        // the name of a variable makes Asterisk tell the recording's own
        let start = action::MixMonitor::new(channel).file(file).options("i(IFBUS_MIXMONITOR)");
        let response = self.send(start).await?;
        let id = response.get("MixMonitorID").map(std::borrow::Cow::into_owned).filter(|id| !id.is_empty());
        Ok(Recording { client: self.clone(), channel: channel.to_owned(), id })
    }
}

impl Recording {
    /// What names it among the channel's recordings, where the server told.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    async fn set_muted(&self, muted: bool) -> Result<(), Error> {
        let mute = action::MixMonitorMute::new(self.channel.clone()).direction("both").state(muted);
        self.client.send(mute).await.map(|_| ())
    }

    /// Records silence from now on (the file goes on): for a card number. It is for all recordings of the channel.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn pause(&self) -> Result<(), Error> {
        self.set_muted(true).await
    }

    /// Records sound again.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn resume(&self) -> Result<(), Error> {
        self.set_muted(false).await
    }

    /// Ends it; the file is whole a moment later.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn stop(self) -> Result<(), Error> {
        let stop = action::StopMixMonitor::new(self.channel);
        let stop = if let Some(id) = self.id { stop.mix_monitor_id(id) } else { stop };
        self.client.send(stop).await.map(|_| ())
    }
}

/// A call detail record, as a value of its own; made from [`event::Cdr`](crate::event::Cdr), which needs `cdr_manager`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallRecord {
    /// The caller's number.
    pub source: String,
    /// The extension that was called.
    pub destination: String,
    /// The caller's channel.
    pub channel: String,
    /// The channel that was called.
    pub destination_channel: String,
    /// The time from the start to the end.
    pub duration: Duration,
    /// The time from the answer to the end.
    pub billable: Duration,
    /// How it went.
    pub disposition: Option<Disposition>,
    /// When it began, by the server's clock and in its time zone: `2026-11-22 20:44:06`.
    pub start: String,
    /// When it was answered; empty where it was not.
    pub answer: String,
    /// When it ended.
    pub end: String,
    /// What names the caller's channel.
    pub uniqueid: String,
    /// The account code.
    pub account: String,
}

impl From<&Cdr> for CallRecord {
    fn from(cdr: &Cdr) -> Self {
        Self {
            source: cdr.source().into_owned(),
            destination: cdr.destination().into_owned(),
            channel: cdr.channel().into_owned(),
            destination_channel: cdr.destination_channel().into_owned(),
            duration: cdr.duration().unwrap_or_default(),
            billable: cdr.billable_seconds().unwrap_or_default(),
            disposition: cdr.disposition(),
            start: cdr.start_time().into_owned(),
            answer: cdr.answer_time().into_owned(),
            end: cdr.end_time().into_owned(),
            uniqueid: cdr.uniqueid().into_owned(),
            account: cdr.account_code().into_owned(),
        }
    }
}
