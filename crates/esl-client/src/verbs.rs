//! What people do with calls, by name.

use crate::cause::HangupCause;
use crate::client::{Client, new_uuid};
use crate::command::word;
use crate::error::Error;
use crate::event::{Encoding, Event};
use crate::lists::{CallRow, ChannelRow, RegistrationRow, Rows, SofiaEntry, Status};
use crate::quote::{Variables, application, argument, defined, last_value, variable_name};
use std::time::Duration;

/// A call to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Originate {
    endpoint: String,
    target: Target,
    variables: Variables,
    uuid: Option<String>,
    timeout: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Application(String, String),
    Extension { number: String, dialplan: String, context: String },
}

impl Originate {
    /// To this dial string: `user/1000`, `sofia/gateway/provider/5551234`. A part of it that comes from a stranger goes through
    /// [`dial_part`](crate::quote::dial_part). Once answered it is parked, unless told otherwise.
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            target: Target::Application("park".into(), String::new()),
            variables: Variables::default(),
            uuid: None,
            timeout: None,
        }
    }

    /// What the answered call runs: an application, with its argument. FreeSWITCH expands `${…}` in it, and runs API commands that
    /// stand there: it must not come from a stranger. One with a `)` in it is refused, since `originate` would cut it there.
    pub fn application(mut self, name: impl Into<String>, argument: impl Into<String>) -> Self {
        self.target = Target::Application(name.into(), argument.into());
        self
    }

    /// Where the answered call goes: an extension of the XML dialplan, in this context.
    pub fn extension(mut self, number: impl Into<String>, context: impl Into<String>) -> Self {
        self.target = Target::Extension { number: number.into(), dialplan: "XML".into(), context: context.into() };
        self
    }

    /// Sets a channel variable, to any value that `originate` can carry: not to nothing, not to one with `${` in it or a line
    /// break, and not to one in which neither `{ }` nor `< >` pair. Those are [`Error::Link`] with an invalid argument, and
    /// nothing is sent; see [`quote`](crate::quote).
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.set(name, value);
        self
    }

    /// The name and number that the other side sees.
    pub fn caller_id(self, name: &str, number: &str) -> Self {
        let this = if name.is_empty() { self } else { self.variable("origination_caller_id_name", name) };
        this.variable("origination_caller_id_number", number)
    }

    /// The channel's uuid. Default: a new one. Where a channel has it already, FreeSWITCH makes the call all the same and takes
    /// another: what [`Client::originate`] gives counts.
    pub fn uuid(mut self, uuid: impl Into<String>) -> Self {
        self.uuid = Some(uuid.into());
        self
    }

    /// How long it may ring. Default: FreeSWITCH's 60 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The arguments of `originate`, and the uuid that is in them.
    pub(crate) fn arguments(&self) -> Result<(String, String), Error> {
        let uuid = self.uuid.clone().unwrap_or_else(new_uuid);
        word("uuid", &uuid)?;
        let mut variables = Variables::default();
        variables.set("origination_uuid", &uuid);
        if let Some(timeout) = self.timeout {
            variables.set("originate_timeout", &timeout.as_secs().max(1).to_string());
        }
        let variables = variables.followed_by(&self.variables);
        let dial = variables.dial_string(&self.endpoint)?;
        let target = match &self.target {
            Target::Application(name, data) => application(name, data)?,
            Target::Extension { number, dialplan, context } => {
                if number.starts_with('&') {
                    return Err(Error::invalid("extension", "one that begins with & would be an application"));
                }
                let (dialplan, context) = (defined("dialplan", dialplan)?, defined("context", context)?);
                format!("{} {dialplan} {context}", defined("extension", number)?)
            }
        };
        Ok((format!("{dial} {target}"), uuid))
    }
}

impl Client {
    /// Makes a call, and gives its uuid once it is answered (or has early media). It goes by a job: other commands go on.
    ///
    /// # Errors
    /// [`Error::Rejected`] with the cause: `USER_BUSY`, `NO_ANSWER`.
    pub async fn originate(&self, call: Originate) -> Result<String, Error> {
        let (arguments, uuid) = call.arguments()?;
        let ringing = call.timeout.unwrap_or(Duration::from_secs(60)) + Duration::from_secs(30);
        let within = ringing.max(self.job_timeout);
        let printed = self.bgapi_within("originate", &arguments, within).await?;
        match printed.trim().strip_prefix("+OK ") {
            Some(named) => Ok(named.to_owned()),
            None if printed.starts_with("+OK") => Ok(uuid),
            None => Err(Error::unexpected("bgapi originate", printed)),
        }
    }

    async fn uuid_command(&self, name: &str, channel: &str, more: &str) -> Result<String, Error> {
        word("channel", channel)?;
        let arguments = if more.is_empty() { channel.to_owned() } else { format!("{channel} {more}") };
        self.api(name, &arguments).await
    }

    /// Answers a channel (`uuid_answer`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn answer(&self, channel: &str) -> Result<(), Error> {
        self.uuid_command("uuid_answer", channel, "").await.map(drop)
    }

    /// Bridges two channels (`uuid_bridge`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if one of them is gone.
    pub async fn bridge(&self, channel: &str, other: &str) -> Result<(), Error> {
        word("other", other)?;
        self.uuid_command("uuid_bridge", channel, other).await.map(drop)
    }

    /// Sends a channel to another extension of the XML dialplan (`uuid_transfer`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn transfer(&self, channel: &str, leg: Leg, extension: &str, context: &str) -> Result<(), Error> {
        let leg = match leg {
            Leg::A => "",
            Leg::B => "-bleg ",
            Leg::Both => "-both ",
        };
        if extension.starts_with('-') {
            return Err(Error::invalid("extension", "one that begins with - would be an option"));
        }
        let more = format!("{leg}{} XML {}", argument(extension)?, argument(context)?);
        self.uuid_command("uuid_transfer", channel, &more).await.map(drop)
    }

    /// Puts a channel on hold (`uuid_hold`). FreeSWITCH says yes for one that does not exist too.
    ///
    /// # Errors
    /// [`Error::Rejected`] if the endpoint cannot.
    pub async fn hold(&self, channel: &str) -> Result<(), Error> {
        self.uuid_command("uuid_hold", channel, "").await.map(drop)
    }

    /// Takes a channel off hold (`uuid_hold off`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if the endpoint cannot: loopback channels cannot.
    pub async fn unhold(&self, channel: &str) -> Result<(), Error> {
        word("channel", channel)?;
        self.api("uuid_hold", &format!("off {channel}")).await.map(drop)
    }

    /// Parks a channel (`uuid_park`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn park(&self, channel: &str) -> Result<(), Error> {
        self.uuid_command("uuid_park", channel, "").await.map(drop)
    }

    /// Records a channel, or changes how (`uuid_record`). The path is one of the server's.
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel, or nothing to stop.
    pub async fn record(&self, channel: &str, what: Record, path: &str) -> Result<(), Error> {
        let what = match what {
            Record::Start => "start",
            Record::Stop => "stop",
            Record::Mask => "mask",
            Record::Unmask => "unmask",
        };
        self.uuid_command("uuid_record", channel, &format!("{what} {}", argument(path)?)).await.map(drop)
    }

    /// Plays a file or a tone to a channel, beside what it is doing (`uuid_broadcast`); it does not wait for the end.
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn play(&self, channel: &str, file: &str, leg: Leg) -> Result<(), Error> {
        let leg = match leg {
            Leg::A => "aleg",
            Leg::B => "bleg",
            Leg::Both => "both",
        };
        self.uuid_command("uuid_broadcast", channel, &format!("{} {leg}", argument(file)?)).await.map(drop)
    }

    /// Stops what plays on a channel, all of it (`uuid_break … all`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn break_media(&self, channel: &str) -> Result<(), Error> {
        self.uuid_command("uuid_break", channel, "all").await.map(drop)
    }

    /// Sends DTMF to the other side of a channel: digits, `*`, `#`, `A` to `D`, `w` and `W` to wait, `@` and milliseconds.
    ///
    /// # Errors
    /// Another character; [`Error::Rejected`] if there is no such channel.
    pub async fn send_dtmf(&self, channel: &str, digits: &str) -> Result<(), Error> {
        dtmf(digits)?;
        self.uuid_command("uuid_send_dtmf", channel, digits).await.map(drop)
    }

    /// Mutes what is heard of a channel, or lets it be heard again (`uuid_audio`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn mute(&self, channel: &str, on: bool) -> Result<(), Error> {
        let how = if on { "start read mute 1" } else { "stop" };
        self.uuid_command("uuid_audio", channel, how).await.map(drop)
    }

    /// Whether there is such a channel.
    ///
    /// # Errors
    /// [`Error::Link`].
    pub async fn exists(&self, channel: &str) -> Result<bool, Error> {
        Ok(self.uuid_command("uuid_exists", channel, "").await?.trim() == "true")
    }

    /// Sets a channel variable, to any value without a line break; an empty one removes it (`uuid_setvar`). One that begins with
    /// `ARRAY::` is a list, and is refused if it has less than two elements: it would not read back as it is. One with
    /// `${` in it is refused, since FreeSWITCH would expand it where the variable is used, and run what stands there.
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn set_variable(&self, channel: &str, name: &str, value: &str) -> Result<(), Error> {
        variable_name(name)?;
        let more = format!("{name} {}", last_value(value)?);
        self.uuid_command("uuid_setvar", channel, more.trim_end_matches(' ')).await.map(drop)
    }

    /// A channel variable, whole, whatever it holds; `None` if it is not set (`uuid_getvar`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn variable(&self, channel: &str, name: &str) -> Result<Option<String>, Error> {
        word("channel", channel)?;
        variable_name(name)?;
        let body = self.api_bytes("uuid_getvar", &format!("{channel} {name}"), self.patience()).await?;
        // a value may look like a refusal: only the very words count
        match &*body {
            b"_undef_" => Ok(None),
            b"-ERR No such channel!\n" | b"-ERR invalid uuid\n" => {
                Err(Error::rejected("api uuid_getvar", &String::from_utf8_lossy(&body)))
            }
            value => Ok(Some(String::from_utf8_lossy(value).into_owned())),
        }
    }

    /// All that FreeSWITCH knows of a channel (`uuid_dump`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such channel.
    pub async fn dump(&self, channel: &str) -> Result<Event, Error> {
        word("channel", channel)?;
        let body = self.api_bytes("uuid_dump", &format!("{channel} json"), self.patience()).await?;
        if body.first() != Some(&b'{') {
            return Err(Error::rejected("api uuid_dump", &String::from_utf8_lossy(&body)));
        }
        Ok(Event::parse(body, Encoding::Json))
    }

    async fn rows<T: serde::de::DeserializeOwned>(&self, what: &str) -> Result<Vec<T>, Error> {
        let body = self.api_bytes("show", &format!("{what} as json"), self.patience()).await?;
        if body.starts_with(b"-") {
            return Err(Error::rejected("api show", &String::from_utf8_lossy(&body)));
        }
        Ok(Rows::parse(&body)?.rows)
    }

    /// The channels (`show channels as json`). The list lags behind, and may hold rows without a uuid, which are left out here.
    ///
    /// # Errors
    /// [`Error::Unexpected`] if it cannot be read.
    pub async fn channels(&self) -> Result<Vec<ChannelRow>, Error> {
        let mut rows: Vec<ChannelRow> = self.rows("channels").await?;
        rows.retain(|row| !row.uuid.is_empty());
        Ok(rows)
    }

    /// The channels, each with the one that it is bridged to (`show calls as json`).
    ///
    /// # Errors
    /// [`Error::Unexpected`] if it cannot be read.
    pub async fn bridged_calls(&self) -> Result<Vec<CallRow>, Error> {
        let mut rows: Vec<CallRow> = self.rows("calls").await?;
        rows.retain(|row| !row.uuid.is_empty());
        Ok(rows)
    }

    /// Who is registered (`show registrations as json`).
    ///
    /// # Errors
    /// [`Error::Unexpected`] if it cannot be read.
    pub async fn registrations(&self) -> Result<Vec<RegistrationRow>, Error> {
        self.rows("registrations").await
    }

    /// How FreeSWITCH does (`status`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if the user may not ask.
    pub async fn status(&self) -> Result<Status, Error> {
        Ok(Status::parse(&self.api("status", "").await?))
    }

    /// The profiles, gateways and aliases of SIP (`sofia status`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if `mod_sofia` is not loaded.
    pub async fn sofia_status(&self) -> Result<Vec<SofiaEntry>, Error> {
        Ok(SofiaEntry::parse_all(&self.api("sofia", "status").await?))
    }

    /// Hangs all channels up for this cause (`hupall`).
    ///
    /// # Errors
    /// [`Error::Rejected`] if the user may not.
    pub async fn hangup_all(&self, cause: impl Into<HangupCause>) -> Result<(), Error> {
        let cause = cause.into();
        word("cause", cause.as_str())?;
        self.api("hupall", cause.as_str()).await.map(drop)
    }
}

/// Which leg of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Leg {
    /// The channel itself.
    #[default]
    A,
    /// The one that it is bridged to.
    B,
    /// Both.
    Both,
}

/// What [`Client::record`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Record {
    /// Begins.
    Start,
    /// Ends. With the path `all`: every recording of the channel.
    Stop,
    /// Records silence from now on: a card number is being said.
    Mask,
    /// Records sound again.
    Unmask,
}

pub(crate) fn dtmf(digits: &str) -> Result<(), Error> {
    let ok = |c: char| c.is_ascii_digit() || "*#ABCDabcdwW@FfLl".contains(c);
    if digits.is_empty() || !digits.chars().all(ok) {
        return Err(Error::invalid("digits", "0 to 9, *, #, A to D, w, W and @ can be sent"));
    }
    Ok(())
}
