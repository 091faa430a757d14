//! Call detail records.

use crate::received::Received;
use std::time::Duration;

/// What a [`Cdr`] is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CdrOperation {
    /// The channel has begun.
    #[default]
    Initialize,
    /// Something changed.
    Update,
    /// The channel is gone: the record is complete.
    Finalize,
    /// A word that this version of the crate does not know.
    Other(String),
}

/// A message `call.cdr`: the record of one channel as it is then.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Cdr {
    /// What has happened.
    pub operation: CdrOperation,
    /// The channel.
    pub chan: String,
    /// The number of the record in this run of the engine.
    pub cdrid: u64,
    /// The run of the engine.
    pub runid: u64,
    /// What ties the legs of a call, where there is one.
    pub billid: String,
    /// `incoming`, `outgoing` or `unknown`.
    pub direction: String,
    /// The caller's number.
    pub caller: String,
    /// What was called.
    pub called: String,
    /// `answered`, `ringing`, `hangup`, or the reason of a drop.
    pub status: String,
    /// Why it ended, where that is known.
    pub reason: String,
    /// When the channel began, since 1970.
    pub time: Duration,
    /// How long it has lasted.
    pub duration: Duration,
    /// How long since the answer.
    pub billtime: Duration,
    /// How long it rang.
    pub ringtime: Duration,
    /// The message with all its parameters.
    pub message: Option<Received>,
}

/// Seconds with a fraction, exactly; what is none, or negative, is zero.
pub(crate) fn seconds(text: &str) -> Duration {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let nanos = format!("{fraction:0<9}").get(..9).and_then(|nanos| nanos.parse().ok()).unwrap_or(0);
    whole.parse().map(|whole| Duration::new(whole, nanos)).unwrap_or_default()
}

impl Cdr {
    /// Reads a `call.cdr`; `None` for another message.
    #[must_use]
    pub fn of(message: &Received) -> Option<Self> {
        if !message.is("call.cdr") {
            return None;
        }
        let mut cdr = Self { message: Some(message.clone()), ..Self::default() };
        for param in message.params() {
            let value = param.value();
            match &*param.name() {
                "operation" => {
                    cdr.operation = match &*value {
                        "initialize" => CdrOperation::Initialize,
                        "update" => CdrOperation::Update,
                        "finalize" => CdrOperation::Finalize,
                        other => CdrOperation::Other(other.to_owned()),
                    }
                }
                "chan" => cdr.chan = value.into_owned(),
                "cdrid" => cdr.cdrid = value.parse().unwrap_or_default(),
                "runid" => cdr.runid = value.parse().unwrap_or_default(),
                "billid" => cdr.billid = value.into_owned(),
                "direction" => cdr.direction = value.into_owned(),
                "caller" => cdr.caller = value.into_owned(),
                "called" => cdr.called = value.into_owned(),
                "status" => cdr.status = value.into_owned(),
                "reason" => cdr.reason = value.into_owned(),
                "time" => cdr.time = seconds(&value),
                "duration" => cdr.duration = seconds(&value),
                "billtime" => cdr.billtime = seconds(&value),
                "ringtime" => cdr.ringtime = seconds(&value),
                _ => {}
            }
        }
        Some(cdr)
    }
}
