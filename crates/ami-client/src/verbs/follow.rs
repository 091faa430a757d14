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
