//! One call of FreeSWITCH's, which is ours while the connection stands.

use super::Digits;
use crate::cause::HangupCause;
use crate::client::{Client, agreed, new_uuid};
use crate::codec::Frame;
use crate::command::{Command, Draft, checked};
use crate::error::{Error, Rejection};
use crate::event::{Event, EventSet, Value};
use crate::message::{Execute, Execution};
use crate::quote::{assignment, expanding};
use crate::session::What;
use crate::stream::EventStream;
use std::borrow::Cow;
use std::time::Duration;
use tokio::sync::watch;

/// How long a bridge or another application without an end of its own may take.
const DAY: Duration = Duration::from_secs(86_400);

/// A call that FreeSWITCH has handed to us. When the connection ends, the call is hung up, unless [`resume`](Self::resume) was
/// said.
#[derive(Debug)]
pub struct Call {
    client: Client,
    channel: Event,
    uuid: String,
    hangup: watch::Receiver<Option<HangupCause>>,
}

impl Call {
    pub(super) fn new(client: Client, hangup: watch::Receiver<Option<HangupCause>>) -> Result<Self, Error> {
        let channel = client.shared.channel.get().cloned();
        let channel = channel.ok_or_else(|| Error::unexpected("connect", "no channel"))?;
        let uuid =
            channel.unique_id().ok_or_else(|| Error::unexpected("connect", "a channel without a uuid"))?.into_owned();
        Ok(Self { client, channel, uuid, hangup })
    }

    /// The channel's uuid.
    #[must_use]
    pub fn uuid(&self) -> &str {
        &self.uuid
    }

    /// The channel as it was when the connection began: who calls, what was dialed, its variables.
    #[must_use]
    pub fn channel(&self) -> &Event {
        &self.channel
    }

    /// The connection, for everything that has no method here. API commands and other channels need `full`.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the dialplan said `full`: API commands, `linger` and other channels are there.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.channel.get("Control").is_some_and(|control| control == "full")
    }

    /// Whether the dialplan said `async`: commands are queued, and the connection goes on.
    #[must_use]
    pub fn is_async(&self) -> bool {
        self.channel.get("Socket-Mode").is_some_and(|mode| mode == "async")
    }

    /// The caller's number. It may come from a stranger.
    #[must_use]
    pub fn caller(&self) -> Cow<'_, str> {
        self.channel
            .get("Channel-Caller-ID-Number")
            .or_else(|| self.channel.get("Caller-Caller-ID-Number"))
            .map(Value::text)
            .unwrap_or_default()
    }

    /// What was dialed.
    #[must_use]
    pub fn destination(&self) -> Cow<'_, str> {
        self.channel
            .get("Channel-Destination-Number")
            .or_else(|| self.channel.get("Caller-Destination-Number"))
            .map(Value::text)
            .unwrap_or_default()
    }

    /// A stream of the call's events from now on.
    pub fn events(&self) -> EventStream<Event> {
        self.client.events()
    }

    /// A stream of the call's events of one kind, or of several in a tuple: see [`EventSet`].
    pub fn events_of<K: EventSet>(&self) -> EventStream<K::Item> {
        self.client.events_of::<K>()
    }

    /// Runs an application and waits for its end.
    ///
    /// # Errors
    /// [`Error::HungUp`] if the caller goes first, as with [`Client::execute`].
    pub async fn execute(&self, execute: Execute) -> Result<Execution, Error> {
        let within = execute.within.unwrap_or(self.client.job_timeout);
        let (name, uuid) = (execute.name(), new_uuid());
        let command = execute.command(None, &uuid)?;
        let what = What::Execute { command, uuid, channel: self.uuid.clone() };
        let reply = self.client.ask(what, within).await;
        reply.and_then(|reply| Execution::of(&name, reply)).map_err(|error| self.or_hung_up(&name, error))
    }

    /// A connection that ends with the call has not been lost, and a channel that is gone has been hung up.
    fn or_hung_up(&self, name: &str, error: Error) -> Error {
        match (&error, &*self.hangup.borrow()) {
            (
                Error::Link(ifbus_link::Error::ConnectionLost { .. } | ifbus_link::Error::Closed)
                | Error::Rejected { kind: Rejection::NoSuchChannel, .. },
                Some(cause),
            ) => Error::hung_up(name, cause.clone()),
            _ => error,
        }
    }

    /// Hands over an application and does not wait for its end. Where the dialplan did not say `async`, FreeSWITCH itself waits.
    ///
    /// # Errors
    /// [`Error::HungUp`] if the caller has gone; [`Error::Link`].
    pub async fn queue(&self, execute: Execute) -> Result<(), Error> {
        let within = execute.within.unwrap_or(self.client.job_timeout);
        let name = execute.name();
        let command = execute.command(None, &new_uuid())?;
        let frame = self.client.exchange(command, within).await;
        let agreed = frame.and_then(|frame| agreed(&name, &frame));
        agreed.map(drop).map_err(|error| self.or_hung_up(&name, error))
    }

    /// Answers.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn answer(&self) -> Result<(), Error> {
        self.execute(Execute::new("answer")).await.map(drop)
    }

    /// Lets the caller hear before the answer (`pre_answer`).
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn pre_answer(&self) -> Result<(), Error> {
        self.execute(Execute::new("pre_answer")).await.map(drop)
    }

    /// Plays a file, a tone or a phrase to its end.
    ///
    /// # Errors
    /// [`Error::Rejected`] if FreeSWITCH does not find it; as [`execute`](Self::execute).
    pub async fn play(&self, file: &str) -> Result<Execution, Error> {
        expanding("file", file)?;
        let played = self.execute(Execute::new("playback").argument(file).within(DAY)).await?;
        let response = played.response().into_owned();
        if response.contains("NOT FOUND") || response.contains("ERROR") {
            return Err(Error::rejected("execute playback", &response));
        }
        Ok(played)
    }

    /// Plays a file and takes digits: await it, after its settings.
    pub fn play_and_get_digits<'a>(&'a self, file: &'a str) -> Digits<'a> {
        Digits::new(self, file)
    }

    /// Waits, with silence for the caller.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn sleep(&self, time: Duration) -> Result<(), Error> {
        let milliseconds = time.as_millis().to_string();
        let execute = Execute::new("sleep").argument(milliseconds);
        self.execute(execute.within(time.saturating_add(self.client.job_timeout))).await.map(drop)
    }

    /// Bridges the call to a dial string and waits until they part. A part of it that comes from a stranger goes through
    /// [`dial_part`](crate::quote::dial_part).
    ///
    /// When nobody answers, FreeSWITCH hangs the caller up, with the same cause: who wants to do something else then sets the
    /// variable `continue_on_fail` to `true` before. When the other side hangs up, the caller stays, unless
    /// `hangup_after_bridge` is `true`.
    ///
    /// # Errors
    /// [`Error::Rejected`] with the cause why nobody answered: `USER_BUSY`, `NO_ANSWER`; as [`execute`](Self::execute).
    pub async fn bridge(&self, endpoint: &str) -> Result<Execution, Error> {
        expanding("endpoint", endpoint)?;
        let ended = self.execute(Execute::new("bridge").argument(endpoint).within(DAY)).await?;
        let disposition = ended.variable("originate_disposition").map(Cow::into_owned);
        // the caller went while it rang; `failure` is what stands there meanwhile
        if let Some(cause) = ended.hangup_cause()
            && matches!(disposition.as_deref(), None | Some("ORIGINATOR_CANCEL" | "failure"))
        {
            return Err(Error::broken_off("execute bridge", cause, ended));
        }
        match disposition.filter(|disposition| disposition != "SUCCESS") {
            Some(cause) => Err(Error::Rejected {
                request: "execute bridge".into(),
                kind: Rejection::Cause(HangupCause::from_name(&cause)),
                message: cause.into(),
            }),
            None => Ok(ended),
        }
    }

    /// Sends the call to an extension of the XML dialplan, in its own context. The connection ends with that.
    ///
    /// # Errors
    /// An extension that would be more than one argument; as [`queue`](Self::queue).
    pub async fn transfer(&self, extension: &str) -> Result<(), Error> {
        checked("extension", extension)?;
        expanding("extension", extension)?;
        if extension.is_empty() || extension.contains([' ', '\'', '\\']) || extension.starts_with('-') {
            return Err(Error::invalid("extension", "it is one word, and no option"));
        }
        self.queue(Execute::new("transfer").argument(extension)).await
    }

    /// Says digits to the other side.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn send_dtmf(&self, digits: &str) -> Result<(), Error> {
        crate::verbs::dtmf(digits)?;
        self.execute(Execute::new("send_dtmf").argument(digits)).await.map(drop)
    }

    /// Sets a channel variable, to any value without a line break; an empty one removes it. As with
    /// [`Client::set_variable`](crate::Client::set_variable) one with `${` in it is refused.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn set_variable(&self, name: &str, value: &str) -> Result<(), Error> {
        if self.is_full() {
            let set = self.client.set_variable(&self.uuid, name, value).await;
            return set.map_err(|error| self.or_hung_up("api uuid_setvar", error));
        }
        self.execute(Execute::new("set").argument(assignment(name, value)?)).await.map(drop)
    }

    /// A channel variable as it is now, whole, whatever it holds; `None` if it is not set.
    ///
    /// # Errors
    /// [`Error::HungUp`] if the caller has gone; [`Error::Link`].
    pub async fn variable(&self, name: &str) -> Result<Option<String>, Error> {
        if self.is_full() {
            let value = self.client.variable(&self.uuid, name).await;
            return value.map_err(|error| self.or_hung_up("api uuid_getvar", error));
        }
        let now = self.refresh().await?;
        Ok(now.variable(name).map(|value| value.text().into_owned()))
    }

    /// The channel as it is now: `connect` said again.
    ///
    /// # Errors
    /// [`Error::HungUp`] if the caller has gone and the connection with him; [`Error::Link`].
    pub async fn refresh(&self) -> Result<Event, Error> {
        let answer = self.client.exchange(Command::line("connect", "")?, self.client.patience()).await;
        match answer.map_err(|error| self.or_hung_up("connect", error))? {
            Frame::Channel(channel) => Ok(channel),
            other => Err(self.or_hung_up("connect", Error::rejected("connect", &crate::session::words(&other)))),
        }
    }

    /// Hangs up. If that has happened already it is done, whoever did it: [`hangup_cause`](Self::hangup_cause) tells the cause that
    /// counts. So it may stand at the end of everything.
    ///
    /// # Errors
    /// [`Error::Link`] if the connection ends and no hangup was told, so that nobody knows; for a cause that cannot be sent.
    pub async fn hangup(&self, cause: impl Into<HangupCause>) -> Result<(), Error> {
        let cause = cause.into();
        let command = Draft::new("sendmsg", "")?
            .header("call-command", "hangup")?
            .header("hangup-cause", cause.as_str())?
            .finish()?;
        if self.hangup_cause().is_some() {
            return Ok(());
        }
        match self.client.order(command).await {
            // it may have been told while we asked
            Err(_) if self.hangup_cause().is_some() => Ok(()),
            Err(Error::Rejected { kind: Rejection::NoSuchChannel, .. }) => Ok(()),
            done => done.map(drop),
        }
    }

    /// Lets the dialplan go on when the connection ends, where it would hang up.
    ///
    /// # Errors
    /// [`Error::HungUp`] if the caller has gone and the connection with him; [`Error::Link`].
    pub async fn resume(&self) -> Result<(), Error> {
        let resumed = self.client.order(Command::line("resume", "")?).await;
        resumed.map(drop).map_err(|error| self.or_hung_up("resume", error))
    }

    /// The cause of the hangup, if the call has been hung up.
    #[must_use]
    pub fn hangup_cause(&self) -> Option<HangupCause> {
        self.hangup.borrow().clone()
    }

    /// Waits until the call is hung up, and gives the cause.
    ///
    /// # Errors
    /// [`Error::Link`] if the connection ends and no hangup was told: the call was transferred, or the connection was lost.
    pub async fn finished(&self) -> Result<HangupCause, Error> {
        let mut hangup = self.hangup.clone();
        let mut state = self.client.connection();
        loop {
            if let Some(cause) = hangup.borrow_and_update().clone() {
                return Ok(cause);
            }
            if let ifbus_link::ConnectionState::Closed { error } = &*state.borrow_and_update() {
                return Err(Error::Link(error.clone()));
            }
            tokio::select! {
                changed = hangup.changed() => if changed.is_err() && hangup.borrow().is_none() {
                    // the session is gone: the state says why
                    let _ = state.wait_for(ifbus_link::ConnectionState::is_closed).await;
                },
                _ = state.changed() => {}
            }
        }
    }
}
