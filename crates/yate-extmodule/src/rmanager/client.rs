//! The console's handle.

use super::config::Builder;
use super::session::{ANSWER, Ask, ConsoleSession};
use crate::cdr::seconds;
use crate::error::Error;
use crate::received::Received;
use crate::status::ModuleStatus;
use bytes::Bytes;
use ifbus_link::{ConnectionState, Link, Picked, Stats, Subscription};
use std::time::Duration;
use tokio::sync::watch;

/// A stream of messages; made by [`Client::messages`].
pub type EventStream = Picked<Received, fn(Received) -> Option<Received>>;

/// A connection to a Yate's console. Cheap to clone; the last clone that is dropped closes it in the background.
#[derive(Debug, Clone)]
pub struct Client {
    link: Link<ConsoleSession>,
    queue: Subscription,
}

/// What a command said, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output(Vec<Bytes>);

impl Output {
    /// The lines.
    pub fn lines(&self) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
        self.0.iter().map(|line| String::from_utf8_lossy(line))
    }

    /// The first line; empty if there is none.
    #[must_use]
    pub fn first(&self) -> std::borrow::Cow<'_, str> {
        self.lines().next().unwrap_or_default()
    }

    /// All lines as one text.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines().collect::<Vec<_>>().join("\n")
    }
}

/// How long the engine runs, and what it used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uptime {
    /// Since its start, in whole seconds.
    pub uptime: Duration,
    /// Processor time of its own.
    pub user: Duration,
    /// Processor time of the system for it.
    pub kernel: Duration,
}

/// The console acts on control characters as they come (0x1C reloads the engine), and has no escape.
pub(super) fn check(field: &'static str, text: &str) -> Result<(), Error> {
    if text.is_empty() {
        return Err(Error::invalid(field, "is empty"));
    }
    match text.bytes().position(|byte| byte < 0x20 || byte == 0x7F) {
        Some(at) => Err(Error::invalid(field, format!("holds a control character at byte {at}"))),
        None => Ok(()),
    }
}

/// One word of a command.
fn check_word(field: &'static str, text: &str) -> Result<(), Error> {
    check(field, text)?;
    if text.contains(char::is_whitespace) {
        return Err(Error::invalid(field, "holds a space, which ends it"));
    }
    Ok(())
}

impl Client {
    pub(super) fn new(link: Link<ConsoleSession>, queue: Subscription) -> Self {
        Self { link, queue }
    }

    /// Connects to a console without a password, on port 5038 unless told.
    ///
    /// # Errors
    /// As [`Builder::connect`].
    pub async fn connect(address: &str) -> Result<Self, Error> {
        Self::builder(address).connect().await
    }

    /// The settings of a client of the console at this address.
    pub fn builder(address: &str) -> Builder {
        Builder::new(address)
    }

    /// Runs any command of the console, and gives what it says. To end the connection, [`close`](Self::close) it.
    ///
    /// # Errors
    /// [`Error::Console`] for a command that the console does not know or allow; [`Error::Link`] for a control character, a lost
    /// connection, a deadline; [`Error::TooLarge`] for an answer of more than 16 MiB.
    pub async fn command(&self, line: &str) -> Result<Output, Error> {
        check("command", line)?;
        let line = line.trim();
        let word = line.split_ascii_whitespace().next().unwrap_or_default();
        if word.is_empty() || word == "quit" {
            return Err(Error::invalid("command", "is empty, or ends the connection"));
        }
        let last = matches!(word, "stop" | "restart");
        let answer = self.link.request(Ask { line: line.to_owned(), last }).await?;
        let output = Output(answer.ok_or(Error::TooLarge { limit: ANSWER })?);
        let refused = |said: &str| {
            said == "Not authenticated!"
                || said.starts_with("Cannot understand: ")
                || said.starts_with("%%=syntax:")
                || said.ends_with(":fail=noauth")
        };
        match output.first() {
            said if refused(&said) => Err(Error::Console { command: word.into(), message: said.into() }),
            _ => Ok(output),
        }
    }

    /// What the modules tell of themselves: all, or one by its name; nothing where there is no module of this name, since the
    /// console does not tell it from one that is silent. (By messages it is an error: [`crate::Client::status`].)
    ///
    /// # Errors
    /// As [`command`](Self::command).
    pub async fn status(&self, module: Option<&str>) -> Result<Vec<ModuleStatus>, Error> {
        let output = match module {
            Some(module) => {
                check("module", module)?;
                self.command(&format!("status {module}")).await?
            }
            None => self.command("status").await?,
        };
        Ok(ModuleStatus::parse_all(&output.text()))
    }

    /// How long the engine runs.
    ///
    /// # Errors
    /// As [`command`](Self::command).
    pub async fn uptime(&self) -> Result<Uptime, Error> {
        let output = self.command("uptime").await?;
        let said = output.first();
        let parsed = if let Some(fields) = said.strip_prefix("%%=uptime:") {
            let mut fields = fields.split(':').map(seconds);
            (fields.next(), fields.next(), fields.next())
        } else {
            // Uptime: 0 00:00:21 (21) user: 0.203 kernel: 0.323
            let after = |mark: &str, end: char| {
                let (_, rest) = said.split_once(mark)?;
                rest.split(end).next().map(|number| seconds(number.trim()))
            };
            (after("(", ')'), after("user: ", ' '), after("kernel: ", ' '))
        };
        match parsed {
            (Some(uptime), Some(user), Some(kernel)) => Ok(Uptime { uptime, user, kernel }),
            _ => Err(Error::unexpected("uptime", &*said)),
        }
    }

    /// Calls from a channel (`dumb/`, `sip/sip:1@10.0.0.5`) to a number; the channel's id.
    ///
    /// # Errors
    /// [`Error::Console`] if the call could not be made; as [`command`](Self::command).
    pub async fn call(&self, from: &str, target: &str) -> Result<String, Error> {
        check_word("from", from)?;
        check("target", target)?;
        let output = self.command(&format!("call {from} {target}")).await?;
        let said = output.first();
        let id = match said.strip_prefix("%%=call:success:") {
            // the id may hold a colon where what was called does
            Some(rest) => rest.strip_suffix(&format!(":{from} {target}")).or_else(|| rest.split(':').next()),
            None => said.strip_prefix("Calling '").and_then(|rest| rest.split('\'').next()),
        };
        id.map(str::to_owned).ok_or_else(|| Error::Console { command: "call".into(), message: (*said).into() })
    }

    /// Drops one call. Whether it was there.
    ///
    /// # Errors
    /// An empty id and the word `all` are refused; as [`command`](Self::command).
    pub async fn drop_call(&self, id: &str, reason: Option<&str>) -> Result<bool, Error> {
        check_word("id", id)?;
        if ["all", "*"].iter().any(|all| id.eq_ignore_ascii_case(all)) {
            return Err(Error::invalid("id", "means every call"));
        }
        let mut line = format!("drop {id}");
        if let Some(reason) = reason {
            check("reason", reason)?;
            line = format!("{line} {reason}");
        }
        let output = self.command(&line).await?;
        let said = output.first();
        Ok(said.starts_with("%%=drop:success:") || said.starts_with("Dropped "))
    }

    /// Drops every call of the engine, those of others too.
    ///
    /// # Errors
    /// As [`command`](Self::command).
    pub async fn drop_all_calls(&self) -> Result<(), Error> {
        self.command("drop all").await.map(|_| ())
    }

    /// Sends a channel an operation, with parameters (`chan.control`); what it says.
    ///
    /// # Errors
    /// [`Error::Console`] if there is no such channel or it refuses; as [`command`](Self::command).
    pub async fn control(&self, id: &str, operation: &str, params: &[(&str, &str)]) -> Result<String, Error> {
        check_word("id", id)?;
        check_word("operation", operation)?;
        let mut line = format!("control {id} {operation}");
        for (name, value) in params {
            check_word("parameter name", name)?;
            check_word("parameter", value)?;
            if name.contains('=') {
                return Err(Error::invalid("parameter name", "holds `=`"));
            }
            line = format!("{line} {name}={value}");
        }
        let output = self.command(&line).await?;
        let said = output.first();
        if said.starts_with("%%=control:success") || said.ends_with(" OK") {
            Ok(said.strip_prefix(&format!("%%=control:success:{id}:")).unwrap_or_default().to_owned())
        } else {
            Err(Error::Console { command: "control".into(), message: (*said).into() })
        }
    }

    /// Reads the configuration again: of all modules, or of one. The console says the same where there is no module of this
    /// name: it is no error.
    ///
    /// # Errors
    /// As [`command`](Self::command).
    pub async fn reload(&self, module: Option<&str>) -> Result<(), Error> {
        match module {
            Some(module) => {
                check_word("module", module)?;
                self.command(&format!("reload {module}")).await
            }
            None => self.command("reload").await,
        }
        .map(|_| ())
    }

    /// A stream of every message of the engine after its dispatch, also of those that commands of this client cause; only in
    /// [`machine`](Builder::machine) mode.
    #[must_use]
    pub fn messages(&self) -> EventStream {
        self.link.subscribe(self.queue).pick(Some)
    }

    /// A watch of the connection's state.
    #[must_use]
    pub fn connection(&self) -> watch::Receiver<ConnectionState> {
        self.link.state()
    }

    /// What this client has done so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.link.stats()
    }

    /// Says `quit`, closes and waits until that is done.
    pub async fn close(&self) {
        self.link.close().await;
    }
}
