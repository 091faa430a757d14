//! Calls that we make.

use crate::action::{Action, Originate};
use crate::client::Client;
use crate::error::Error;
use crate::event::{self, Event, EventKind};
use crate::values;
use std::fmt;
use std::time::Duration;
use tokio::time::Instant;

/// An originate that was answered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Answered {
    /// The channel. Of a Local channel it is the half `;1`.
    pub channel: String,
    /// What names the channel.
    pub uniqueid: String,
    /// From the asking to the answer.
    pub setup_time: Duration,
    /// The event that told it.
    pub event: event::OriginateResponse,
}

/// Why an originate was not answered (`Reason` of `OriginateResponse`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// 0: no such extension, technology or endpoint, or another cause.
    Failed,
    /// 1: another channel hung up.
    HungUp,
    /// 3: it rang until the time was over.
    NoAnswer,
    /// 5: busy.
    Busy,
    /// 8: congestion.
    Congestion,
    /// Another number.
    Other(u32),
}

impl From<u32> for Failure {
    fn from(reason: u32) -> Self {
        match reason {
            0 => Self::Failed,
            1 => Self::HungUp,
            3 => Self::NoAnswer,
            5 => Self::Busy,
            8 => Self::Congestion,
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed => f.write_str("it could not be called: unknown, not registered, or ended by another cause"),
            Self::HungUp => f.write_str("it was hung up"),
            Self::NoAnswer => f.write_str("it rang until the time was over"),
            Self::Busy => f.write_str("it is busy"),
            Self::Congestion => f.write_str("the network is congested"),
            Self::Other(reason) => write!(f, "reason {reason}"),
        }
    }
}

/// How long Asterisk lets a phone ring unless it is told (seen on 1.8 to 22).
const RING: Duration = Duration::from_secs(30);

/// One variable as Asterisk takes it: quotes keep its commas.
fn variable(name: &str, value: &str) -> String {
    if value.contains([',', '"']) {
        format!("\"{name}={}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("{name}={value}")
    }
}

impl Originate {
    /// What the channel is connected to once it has answered: an application of the dialplan and its arguments.
    pub fn run(self, application: impl Into<String>, data: impl Into<String>) -> Self {
        self.application(application).data(data)
    }

    /// What the channel is connected to once it has answered: an extension.
    pub fn to(self, context: impl Into<String>, exten: impl Into<String>, priority: impl Into<String>) -> Self {
        self.context(context).exten(exten).priority(priority)
    }

    /// Sets a variable of the new channel; a comma in the value does not begin another.
    pub fn set(self, name: &str, value: &str) -> Self {
        self.variable(variable(name, value))
    }
}

impl Client {
    /// Calls a channel and waits until it has answered, or has not. Always asynchronous: a synchronous originate would hold
    /// back everything else on this connection. The deadline is the originate's own timeout (30 s unless set) and 5 s; the
    /// connection must be allowed to read the class `call`, or the outcome is never told.
    ///
    /// # Errors
    /// [`Error::NotAnswered`]; [`Error::Rejected`] if Asterisk does not try; [`Error::Link`] for one that has nothing to connect
    /// the call to ([`run`](Originate::run), [`to`](Originate::to)); as [`send`](Self::send).
    ///
    /// # Cancel safety
    /// Dropping the future does not hang up.
    pub async fn originate(&self, originate: Originate) -> Result<Answered, Error> {
        let raw = originate.asynchronous(true).into_raw();
        if ["Application", "Context", "Exten", "Priority"].iter().all(|goal| raw.get(goal).is_none_or(str::is_empty)) {
            // Asterisk would ask for headers that the user may not know of
            return Err(Error::invalid("Originate", "has nothing to connect the call to: run() or to() says it"));
        }
        let ring = raw.get("Timeout").and_then(|time| time.parse().ok()).map_or(RING, Duration::from_millis);
        let asked_for = raw.get("Channel").unwrap_or_default().to_owned();
        let started = Instant::now();
        let within = ring.saturating_add(Duration::from_secs(5)).max(self.request_timeout());
        let reply = self.exchange(raw, within, true, None).await?.accepted("Originate")?;
        let (_, _, Some(end)) = reply.into_list() else {
            return Err(Error::unexpected("Originate", "no outcome"));
        };
        let Some(event) = event::OriginateResponse::pick(&Event::new(end)) else {
            return Err(Error::unexpected("Originate", "another event than OriginateResponse"));
        };
        if event.response() != Some(values::OriginateResult::Success) {
            let channel = Some(event.channel().into_owned()).filter(|channel| !channel.is_empty()).unwrap_or(asked_for);
            return Err(Error::NotAnswered {
                channel: channel.into(),
                failure: event.reason().unwrap_or_default().into(),
            });
        }
        Ok(Answered {
            channel: event.channel().into_owned(),
            uniqueid: event.uniqueid().into_owned(),
            setup_time: started.elapsed(),
            event,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_one_value() {
        assert_eq!(variable("A", "b"), "A=b");
        assert_eq!(variable("A", "x,B=y"), "\"A=x,B=y\"");
        assert_eq!(variable("A", "say \"a,b\""), "\"A=say \\\"a,b\\\"\"");
    }
}
