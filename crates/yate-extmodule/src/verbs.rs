//! What people do with Yate, by name.

use crate::client::Client;
use crate::error::Error;
use crate::message::Message;
use crate::received::Received;
use crate::status::ModuleStatus;
use std::time::Duration;

/// A call to be made; for [`Client::execute`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Execute {
    message: Message,
    within: Option<Duration>,
}

impl Execute {
    /// To a dial string: `sip/sip:1@10.0.0.5`, `tone/dial`. Yate connects a caller to it only where this client is the channel
    /// ([`Role::Channel`](crate::Role::Channel)) or the message is masqueraded; for a call of its own, see
    /// [`originate`](Self::originate).
    pub fn to(callto: impl AsRef<[u8]>) -> Self {
        Self { message: Message::new("call.execute").set("callto", callto), within: None }
    }

    /// A new call by a driver (`dumb/`, `sip/sip:1@10.0.0.5`) whose other leg is routed to a number.
    pub fn originate(callto: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        Self::to(callto).set("target", target)
    }

    /// The caller's number.
    pub fn caller(self, number: impl AsRef<[u8]>) -> Self {
        self.set("caller", number)
    }

    /// The caller's name.
    pub fn callername(self, name: impl AsRef<[u8]>) -> Self {
        self.set("callername", name)
    }

    /// The number that is called, for whoever routes by it.
    pub fn called(self, number: impl AsRef<[u8]>) -> Self {
        self.set("called", number)
    }

    /// How long it may ring, in whole milliseconds.
    pub fn maxcall(self, limit: Duration) -> Self {
        self.set("maxcall", limit.as_millis().to_string())
    }

    /// How long the call may last once answered, in whole milliseconds.
    pub fn timeout(self, limit: Duration) -> Self {
        self.set("timeout", limit.as_millis().to_string())
    }

    /// Any other parameter.
    pub fn set(mut self, name: impl Into<String>, value: impl AsRef<[u8]>) -> Self {
        self.message = self.message.set(name, value);
        self
    }

    /// The deadline of the answer, which comes when the call has been set going. Default: the client's.
    pub fn within(mut self, deadline: Duration) -> Self {
        self.within = Some(deadline);
        self
    }
}

/// A call that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Executed {
    /// The channel on this side: `dumb/1`.
    pub id: String,
    /// The channel on the other side: `tone/1`.
    pub peerid: String,
    /// The channel to send messages to; empty where the driver does not say it.
    pub targetid: String,
    /// The whole answer.
    pub message: Received,
}

/// What routing says; from [`Client::route`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Routed {
    /// To a dial string.
    To {
        /// `tone/dial`, `sip/sip:1@10.0.0.5`.
        target: String,
        /// The whole answer.
        message: Received,
    },
    /// Rejected by the dial plan.
    Rejected {
        /// `noroute`, `offline`, `busy`, `forbidden`; may be empty.
        error: String,
    },
    /// Nobody knew a way.
    Unhandled,
}

/// What [`Client::attach`] attaches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct Attach {
    params: Vec<(&'static str, Vec<u8>)>,
}

impl Attach {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn set(mut self, name: &'static str, value: &[u8]) -> Self {
        self.params.push((name, value.to_vec()));
        self
    }

    /// Where its sound comes from: `tone/busy`, `wave/play/FILE`.
    pub fn source(self, source: impl AsRef<[u8]>) -> Self {
        self.set("source", source.as_ref())
    }

    /// Where its sound goes to: `wave/record/FILE`.
    pub fn consumer(self, consumer: impl AsRef<[u8]>) -> Self {
        self.set("consumer", consumer.as_ref())
    }

    /// Whom a `chan.notify` shall go to (its `targetid`) at the end of the file, or when it is replaced.
    pub fn notify(self, id: impl AsRef<[u8]>) -> Self {
        self.set("notify", id.as_ref())
    }

    /// Only one module answers, and the answer says whether it worked.
    pub fn single(self) -> Self {
        self.set("single", b"yes")
    }
}

/// What became of an [`Attach`]: the engine takes out of the message what it attached.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attached {
    /// The source could not be attached.
    pub source_failed: bool,
    /// The consumer could not be attached.
    pub consumer_failed: bool,
    /// The whole answer.
    pub message: Received,
}

/// A conference that a channel has joined.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conference {
    /// The room: `conf/NAME`.
    pub room: String,
    /// Whether it was made for this.
    pub newroom: bool,
    /// How many are in it now.
    pub users: u32,
    /// The channel's new other side: `conf/3`.
    pub peerid: String,
}

fn check_id(id: &str) -> Result<(), Error> {
    if id.trim().is_empty() {
        return Err(Error::invalid("id", "is empty: it names no channel"));
    }
    Ok(())
}

fn text(message: &Received, name: &str) -> String {
    message.get(name).unwrap_or_default().into_owned()
}

/// What the messages of the verbs are about, of what Yate sends back.
const ABOUT: [&str; 8] = ["callto", "target", "id", "room", "consumer", "module", "line", "username"];
/// The most characters of each that an error shows.
const SHOWN: usize = 80;

fn not_handled(message: &Received) -> Error {
    let about = ABOUT.iter().filter_map(|name| {
        let value = message.get(name)?;
        Some(format!("{name}={}", value.chars().take(SHOWN).flat_map(char::escape_debug).collect::<String>()))
    });
    // the channel was not there to get it
    let masked = message.is("chan.masquerade").then(|| message.get("message")).flatten();
    Error::NotHandled {
        message: masked.unwrap_or_else(|| message.name()).into(),
        about: about.collect::<Vec<_>>().join(", ").into(),
        error: message.get("error").unwrap_or_default().into(),
        reason: message.get("reason").unwrap_or_default().into(),
    }
}

impl Client {
    async fn handled(&self, message: Message) -> Result<Received, Error> {
        let answer = self.send(message).await?;
        if answer.is_handled() { Ok(answer) } else { Err(not_handled(&answer)) }
    }

    /// Makes a call (`call.execute`).
    ///
    /// # Errors
    /// [`Error::NotHandled`] with Yate's `error` and `reason` (both may be empty: no driver, a busy target); as
    /// [`send`](Self::send).
    pub async fn execute(&self, call: Execute) -> Result<Executed, Error> {
        let answer = match call.within {
            Some(within) => self.send_within(call.message, within).await?,
            None => self.send(call.message).await?,
        };
        if !answer.is_handled() {
            return Err(not_handled(&answer));
        }
        Ok(Executed {
            id: text(&answer, "id"),
            peerid: text(&answer, "peerid"),
            targetid: text(&answer, "targetid"),
            message: answer,
        })
    }

    /// Asks where a call would go (`call.route`); nothing is called.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn route(&self, caller: &str, called: &str) -> Result<Routed, Error> {
        let message = Message::new("call.route").set("caller", caller).set("called", called);
        let answer = self.send(message).await?;
        if !answer.is_handled() {
            return Ok(Routed::Unhandled);
        }
        let target = answer.ret_value().into_owned();
        Ok(match target.as_str() {
            "" | "-" | "error" => Routed::Rejected { error: text(&answer, "error") },
            _ => Routed::To { target, message: answer },
        })
    }

    /// Drops one call (`call.drop`). Whether it was there.
    ///
    /// # Errors
    /// An empty id, which Yate reads as every call, is refused; as [`send`](Self::send).
    pub async fn drop_call(&self, id: &str, reason: Option<&str>) -> Result<bool, Error> {
        check_id(id)?;
        let message = Message::new("call.drop").set("id", id).set_some("reason", reason);
        self.send(message).await.map(|answer| answer.is_handled())
    }

    /// Drops every call of the engine, those of others too.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn drop_all_calls(&self, reason: Option<&str>) -> Result<(), Error> {
        let message = Message::new("call.drop").set_some("reason", reason);
        self.deliver(&message, self.request_timeout()).await.map(|_| ())
    }

    /// Sends a message as if a channel had (`chan.masquerade`): modules act on that channel. The answer has the message's own name.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn masquerade(&self, channel: &str, message: Message) -> Result<Received, Error> {
        check_id(channel)?;
        self.send(message.masked(channel)).await
    }

    /// Attaches a source or a consumer of sound to a channel (`chan.attach`).
    ///
    /// # Errors
    /// As [`send`](Self::send). What could not be attached is in the result: Yate may say unhandled although it worked.
    pub async fn attach(&self, channel: &str, what: Attach) -> Result<Attached, Error> {
        let message = what.params.iter().fold(Message::new("chan.attach"), |m, (name, value)| m.set(*name, value));
        let answer = self.masquerade(channel, message).await?;
        Ok(Attached {
            source_failed: answer.get_bytes("source").is_some(),
            consumer_failed: answer.get_bytes("consumer").is_some(),
            message: answer,
        })
    }

    /// Moves a channel to a conference room (`call.conference`): a name, or `conf/NAME`. The channel that it is connected with goes
    /// there, too, with a leg of its own; from another room the channel comes alone (modules/conference.cpp of Yate 6.4.1).
    ///
    /// # Errors
    /// [`Error::NotHandled`] if there is no such channel, or no module conf; as [`send`](Self::send).
    pub async fn conference(&self, channel: &str, room: &str) -> Result<Conference, Error> {
        let room = if room.starts_with("conf/") { room.to_owned() } else { format!("conf/{room}") };
        let answer = self.masquerade(channel, Message::new("call.conference").set("room", &room)).await?;
        if !answer.is_handled() {
            return Err(not_handled(&answer));
        }
        Ok(Conference {
            room,
            newroom: answer.flag("newroom"),
            users: answer.number("users").unwrap_or_default(),
            peerid: text(&answer, "peerid"),
        })
    }

    /// Records what a channel hears to a file (`wave/record/FILE` as its consumer): raw samples, or with a header as its ending
    /// (`.au`, `.slin`) says. The path is the engine's. It ends with the call, or with [`attach`](Self::attach) of another consumer.
    ///
    /// # Errors
    /// [`Error::NotHandled`] if the recorder could not be attached; as [`send`](Self::send).
    pub async fn record(&self, channel: &str, file: &str) -> Result<(), Error> {
        if file.is_empty() {
            return Err(Error::invalid("file", "is empty"));
        }
        let attached = self.attach(channel, Attach::new().consumer(format!("wave/record/{file}"))).await?;
        if attached.consumer_failed { Err(not_handled(&attached.message)) } else { Ok(()) }
    }

    /// Sends tones to a channel (`chan.dtmf`): digits, `*`, `#`, `A` to `D`. Yate does not say whether they were heard.
    ///
    /// # Errors
    /// Other tones are refused; as [`send`](Self::send).
    pub async fn dtmf(&self, channel: &str, digits: &str) -> Result<(), Error> {
        check_id(channel)?;
        if digits.is_empty() || !digits.chars().all(|c| matches!(c, '0'..='9' | 'A'..='D' | 'a'..='d' | '*' | '#')) {
            return Err(Error::invalid("digits", "must be of 0-9, *, # and A-D"));
        }
        self.send(Message::new("chan.dtmf").set("targetid", channel).set("text", digits)).await.map(|_| ())
    }

    /// What the modules tell of themselves (`engine.status`): all, or one by its name.
    ///
    /// # Errors
    /// [`Error::NotHandled`] if there is no module of this name; as [`send`](Self::send).
    pub async fn status(&self, module: Option<&str>) -> Result<Vec<ModuleStatus>, Error> {
        let answer = self.send(Message::new("engine.status").set_some("module", module)).await?;
        let all = ModuleStatus::parse_all(&answer.ret_value());
        // handled or not says nothing: many modules do not claim the message
        if all.is_empty() && module.is_some() { Err(not_handled(&answer)) } else { Ok(all) }
    }

    /// Runs a command of a module (`engine.command`): `external info`. The console's own words (`status`, `uptime`, `call`) are
    /// not known here: see [`rmanager`](crate::rmanager).
    ///
    /// # Errors
    /// [`Error::NotHandled`] if no module knows it; as [`send`](Self::send).
    pub async fn command(&self, line: &str) -> Result<String, Error> {
        let answer = self.handled(Message::new("engine.command").set("line", line)).await?;
        Ok(answer.ret_value().into_owned())
    }

    /// Registers a user at a place (`user.register`): calls to it go to `data`, a dial string.
    ///
    /// # Errors
    /// [`Error::NotHandled`] if no module keeps the user; as [`send`](Self::send).
    pub async fn register(
        &self,
        username: &str,
        driver: &str,
        data: &str,
        expires: Duration,
    ) -> Result<Received, Error> {
        let message = Message::new("user.register")
            .set("username", username)
            .set("driver", driver)
            .set("data", data)
            .set("expires", expires.as_secs().to_string());
        self.handled(message).await
    }

    /// Ends the registration of a user (`user.unregister`).
    ///
    /// # Errors
    /// As [`register`](Self::register).
    pub async fn unregister(&self, username: &str) -> Result<Received, Error> {
        self.handled(Message::new("user.unregister").set("username", username)).await
    }
}
