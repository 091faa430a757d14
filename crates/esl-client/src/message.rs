//! `sendmsg` and `sendevent`: what is run on a channel, and what is fired.

use crate::cause::HangupCause;
use crate::client::Client;
use crate::command::{Command, Draft, word};
use crate::error::Error;
use crate::event::Event;
use crate::quote::expanding;
use crate::session::{Reply, words};
use std::borrow::Cow;
use std::time::Duration;

/// An application of the dialplan, to be run on a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Execute {
    application: String,
    argument: String,
    headers: Vec<(&'static str, String)>,
    pub(crate) within: Option<Duration>,
}

impl Execute {
    /// This application: `playback`, `answer`.
    pub fn new(application: impl Into<String>) -> Self {
        Self { application: application.into(), argument: String::new(), headers: Vec::new(), within: None }
    }

    /// Its argument. FreeSWITCH expands `${…}` in it, and runs API commands that stand there: it must not come from a stranger.
    /// Where it does, or finds an escape (`\\`, `\n`, `\'`), `\\` and `\$` become one character, and `\'` none. It may hold line
    /// breaks.
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.argument = argument.into();
        self
    }

    /// How often; −1: for ever. FreeSWITCH stops when one run took less than half a second.
    pub fn loops(self, loops: i32) -> Self {
        self.header("loops", loops.to_string())
    }

    /// Whether it waits for what the channel is running. Without, it runs inside of that.
    pub fn event_lock(self, on: bool) -> Self {
        if on { self.header("event-lock", "true") } else { self }
    }

    /// Whether the channel goes on with its dialplan meanwhile.
    pub fn asynchronous(self, on: bool) -> Self {
        if on { self.header("async", "true") } else { self }
    }

    /// Frames of sound to read before it begins.
    pub fn lead_frames(self, frames: u32) -> Self {
        self.header("lead-frames", frames.to_string())
    }

    /// Whether the other leg is held meanwhile.
    pub fn hold_other_leg(self, on: bool) -> Self {
        if on { self.header("hold-bleg", "true") } else { self }
    }

    /// How long it may take altogether. Default: the client's
    /// [`job_timeout`](crate::Builder::job_timeout).
    pub fn within(mut self, within: Duration) -> Self {
        self.within = Some(within);
        self
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn name(&self) -> String {
        format!("execute {}", self.application)
    }

    pub(crate) fn command(&self, channel: Option<&str>, uuid: &str) -> Result<Command, Error> {
        word("application", &self.application)?;
        let mut draft =
            message(channel, "execute")?.header("execute-app-name", &self.application)?.header("Event-UUID", uuid)?;
        for (name, value) in &self.headers {
            draft = draft.header(name, value)?;
        }
        let argument = &self.argument;
        if argument.contains(['\r', '\n']) || argument.starts_with(' ') {
            draft = draft.header("Content-Type", "text/plain")?.body(argument.as_bytes())?;
        } else if !argument.is_empty() {
            draft = draft.header("execute-app-arg", argument)?;
        }
        draft.finish()
    }
}

/// An application that has come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution(Event);

/// Applications that end the call themselves, or send it somewhere else: a hangup at their end is no accident.
const LEAVING: &[&str] = &["att_xfer", "bridge", "deflect", "hangup", "intercept", "redirect", "respond", "transfer"];

impl Execution {
    pub(crate) fn of(name: &str, reply: Reply) -> Result<Self, Error> {
        match reply {
            Reply::Event(event) => {
                let ended = Self(event);
                let application = name.strip_prefix("execute ").unwrap_or(name);
                match ended.hangup_cause() {
                    // FreeSWITCH completes what runs when it hangs up, in the same words as what came to its end
                    Some(cause) if !LEAVING.contains(&application) => Err(Error::broken_off(name, cause, ended)),
                    _ => Ok(ended),
                }
            }
            Reply::HungUp(cause) => Err(Error::hung_up(name, cause)),
            Reply::Frame(frame) => Err(Error::rejected(name, &words(&frame))),
            Reply::Invalid(error) => Err(error),
        }
    }

    /// `Application-Response`: `FILE PLAYED`, `FILE NOT FOUND`, `_none_`. FreeSWITCH keeps it in a variable of the channel: an
    /// application inside of which another ran (a `park`) may end with the response of that one.
    #[must_use]
    pub fn response(&self) -> Cow<'_, str> {
        self.0.text("Application-Response")
    }

    /// A channel variable as it was at the end.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.variable(name).map(crate::event::Value::text)
    }

    /// Why the channel was hung up, if it had been when the application ended (`Hangup-Cause`).
    #[must_use]
    pub fn hangup_cause(&self) -> Option<HangupCause> {
        self.0.get("Hangup-Cause").map(|cause| HangupCause::from_name(&cause.text()))
    }

    /// The event that told it.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.0
    }
}

fn message(channel: Option<&str>, call: &str) -> Result<Draft, Error> {
    if let Some(channel) = channel {
        word("channel", channel)?;
    }
    Draft::new("sendmsg", channel.unwrap_or_default())?.header("call-command", call)
}

/// Where [`Client::unicast`] sends a channel's sound, and where it takes it from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Unicast {
    local: (String, u16),
    remote: (String, u16),
    transport: &'static str,
    native: bool,
}

impl Unicast {
    /// From this address of FreeSWITCH's to that one, by UDP.
    pub fn new(local: (impl Into<String>, u16), remote: (impl Into<String>, u16)) -> Self {
        Self { local: (local.0.into(), local.1), remote: (remote.0.into(), remote.1), transport: "udp", native: false }
    }

    /// By TCP.
    pub fn tcp(mut self) -> Self {
        self.transport = "tcp";
        self
    }

    /// In the channel's own codec.
    pub fn native(mut self) -> Self {
        self.native = true;
        self
    }
}

impl Client {
    /// Hangs a channel up by `sendmsg`. An unknown cause becomes `NORMAL_CLEARING`.
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn hangup(&self, channel: &str, cause: impl Into<HangupCause>) -> Result<(), Error> {
        let cause = cause.into();
        let command = message(Some(channel), "hangup")?.header("hangup-cause", cause.as_str())?.finish()?;
        self.order(command).await.map(drop)
    }

    /// Takes FreeSWITCH out of the path of the media, to those of another channel.
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn no_media(&self, channel: &str, other: &str) -> Result<(), Error> {
        let command = message(Some(channel), "nomedia")?.header("nomedia-uuid", other)?.finish()?;
        self.order(command).await.map(drop)
    }

    /// Sends a channel's sound to a socket, and takes it from there.
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn unicast(&self, channel: &str, unicast: &Unicast) -> Result<(), Error> {
        let mut draft = message(Some(channel), "unicast")?
            .header("local-ip", &unicast.local.0)?
            .header("local-port", &unicast.local.1.to_string())?
            .header("remote-ip", &unicast.remote.0)?
            .header("remote-port", &unicast.remote.1.to_string())?
            .header("transport", unicast.transport)?;
        if unicast.native {
            draft = draft.header("flags", "native")?;
        }
        self.order(draft.finish()?).await.map(drop)
    }

    /// Gives a channel a new extension, made of these applications and arguments (`xferext`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel; an invalid argument where a value would be expanded.
    pub async fn transfer_to_applications(&self, channel: &str, applications: &[(&str, &str)]) -> Result<(), Error> {
        let mut draft = message(Some(channel), "xferext")?;
        for (application, argument) in applications {
            word("application", application)?;
            expanding("argument", argument)?;
            draft = draft.header("application", format!("{application} {argument}").trim_end())?;
        }
        self.order(draft.finish()?).await.map(drop)
    }
}

/// An event to be fired.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct SendEvent {
    name: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl SendEvent {
    /// An event of the core, `NOTIFY`. FreeSWITCH makes a `CUSTOM` of a name that it does not know.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// A `CUSTOM` event of this subclass.
    pub fn custom(subclass: impl Into<String>) -> Self {
        Self::new("CUSTOM").header("Event-Subclass", subclass)
    }

    /// Adds a header; one name may come more than once. FreeSWITCH eats leading spaces of the value, and drops an empty one.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body, of any bytes but NUL.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn command(&self) -> Result<Command, Error> {
        word("name", &self.name)?;
        let mut draft = Draft::new("sendevent", &self.name)?;
        for (name, value) in &self.headers {
            if name.eq_ignore_ascii_case("Content-Length") {
                return Err(Error::invalid("Content-Length", "it follows from the body"));
            }
            draft = draft.header(name, value)?;
        }
        draft.body(&self.body)?.finish()
    }
}
