//! Channels whose end a verb watches for.

use crate::client::Client;
use crate::error::{Error, Reason};

#[derive(Debug)]
pub(super) struct Party {
    pub(super) channel: String,
    pub(super) uniqueid: String,
}

/// Whether the server refused since a channel is not there.
pub(super) fn gone(error: &Error) -> bool {
    error.reason() == Some(Reason::NotFound)
}

/// A refusal since the channel is not there, in terms of what the user asked for.
pub(super) fn absent(verb: &'static str, channel: &str) -> impl FnOnce(Error) -> Error {
    move |error| match error {
        Error::Rejected { reason: Reason::NotFound, message, .. } => {
            Error::rejected(verb, &format!("{message}: {channel}"))
        }
        error => error,
    }
}

impl Party {
    pub(super) fn hung_up(&self, cause: Option<u32>) -> Error {
        Error::HungUp { channel: self.channel.as_str().into(), cause }
    }

    /// Asks the server: for after a gap.
    pub(super) async fn is_there(&self, client: &Client) -> Result<bool, Error> {
        match client.variable(Some(&self.uniqueid), "UNIQUEID").await {
            Ok(_) => Ok(true),
            Err(error) if gone(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
