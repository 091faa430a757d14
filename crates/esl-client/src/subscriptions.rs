//! What FreeSWITCH is to send to this connection.

use crate::client::{Client, agreed};
use crate::command::Command;
use crate::error::Error;
use crate::intent::{Change, Selection};
use crate::session::{News, Reply, What};
use crate::stream::{self, EventStream, LogLevel, LogLine};
use std::time::Duration;

impl Client {
    async fn change(&self, change: Change) -> Result<(), Error> {
        let name = change.name();
        match self.ask(What::Change(change), self.patience()).await? {
            Reply::Frame(frame) => agreed(name, &frame).map(drop),
            _ => Err(Error::unexpected(name, "no answer")),
        }
    }

    /// Subscribes events, also after each reconnect. Take the stream first: [`events`](Self::events). One name, several in an
    /// array, or a [`Selection`], which has the subclasses of `CUSTOM` too:
    ///
    /// ```
    /// # async fn subscribe(client: esl_client::Client) -> Result<(), esl_client::Error> {
    /// use esl_client::Selection;
    ///
    /// client.subscribe("HEARTBEAT").await?;
    /// client.subscribe(["CHANNEL_ANSWER", "DTMF"]).await?;
    /// client.subscribe(Selection::from("CHANNEL_CREATE").custom("sofia::register")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A name that is no event of the core; [`Error::Rejected`] if the user may not have it.
    pub async fn subscribe(&self, events: impl Into<Selection>) -> Result<(), Error> {
        let events = events.into();
        events.check()?;
        self.change(Change::Subscribe(events)).await
    }

    /// Takes back a subscription.
    ///
    /// # Errors
    /// As [`subscribe`](Self::subscribe).
    pub async fn unsubscribe(&self, events: impl Into<Selection>) -> Result<(), Error> {
        let events = events.into();
        events.check()?;
        self.change(Change::Unsubscribe(events)).await
    }

    /// Takes back all subscriptions, but for what the client itself lives by.
    ///
    /// # Errors
    /// [`Error::Link`].
    pub async fn unsubscribe_all(&self) -> Result<(), Error> {
        self.change(Change::UnsubscribeAll).await
    }

    /// Lets FreeSWITCH send only events with this header and value, or with one of other filters', also after each reconnect.
    /// `/…/` is a regular expression, `-…` excludes. What the client itself lives by passes still.
    ///
    /// # Errors
    /// [`Error::Link`] also for a value that would become another line.
    pub async fn filter(&self, header: &str, value: &str) -> Result<(), Error> {
        self.change(Change::Filter(header.to_owned(), value.to_owned())).await
    }

    /// Takes back a filter; without a value all of the header's.
    ///
    /// # Errors
    /// As [`filter`](Self::filter).
    pub async fn unfilter(&self, header: &str, value: Option<&str>) -> Result<(), Error> {
        self.change(Change::Unfilter(header.to_owned(), value.map(str::to_owned))).await
    }

    /// Takes back all filters.
    ///
    /// # Errors
    /// [`Error::Link`].
    pub async fn unfilter_all(&self) -> Result<(), Error> {
        self.change(Change::UnfilterAll).await
    }

    /// The log from now on, of this level and graver, also after each reconnect. The level is the connection's: the last one
    /// counts for all streams.
    ///
    /// # Errors
    /// [`Error::Rejected`] if the user may not have it.
    pub async fn log(&self, level: LogLevel) -> Result<EventStream<LogLine>, Error> {
        let lines = self.link.subscribe_where(self.queue, |news| matches!(news, News::Log(_)));
        self.change(Change::Log(level as u8)).await?;
        Ok(EventStream::new(lines, stream::log))
    }

    /// No more log.
    ///
    /// # Errors
    /// [`Error::Rejected`] if there was none.
    pub async fn no_log(&self) -> Result<(), Error> {
        self.change(Change::NoLog).await
    }

    /// Follows one channel (`myevents`): its events, its jobs; [`linger`](Self::linger) and
    /// [`divert_events`](Self::divert_events) work from then on. It lasts as long as the connection, and FreeSWITCH agrees for a
    /// channel that does not exist too.
    ///
    /// # Errors
    /// [`Error::Rejected`] the second time.
    pub async fn my_events(&self, channel: &str) -> Result<(), Error> {
        crate::command::word("channel", channel)?;
        self.order(Command::line("myevents", channel)?).await.map(drop)
    }

    /// Copies what the channel's own queue gets, such as results of speech recognition, to this connection.
    ///
    /// # Errors
    /// [`Error::Rejected`] where the connection follows no channel.
    pub async fn divert_events(&self, on: bool) -> Result<(), Error> {
        self.order(Command::line("divert_events", if on { "on" } else { "off" })?).await.map(drop)
    }

    /// Keeps the connection for a while after the channel's hangup, so that no event is lost; `None`: until it is closed, and
    /// the dead channel with it.
    ///
    /// # Errors
    /// [`Error::Rejected`] where the connection follows no channel, or is an outbound one without `full`.
    pub async fn linger(&self, time: impl Into<Option<Duration>>) -> Result<(), Error> {
        let seconds = time.into().map(|time| time.as_secs().max(1).to_string()).unwrap_or_default();
        self.order(Command::line("linger", &seconds)?).await.map(drop)
    }

    /// Takes back [`linger`](Self::linger).
    ///
    /// # Errors
    /// As [`linger`](Self::linger).
    pub async fn no_linger(&self) -> Result<(), Error> {
        self.order(Command::line("nolinger", "")?).await.map(drop)
    }
}
