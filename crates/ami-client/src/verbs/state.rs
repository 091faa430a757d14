//! States of devices and extensions.

use crate::action;
use crate::client::Client;
use crate::error::Error;

/// What the hint of an extension says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtensionState {
    /// The number: -1 unknown, 0 idle, 1 in use, 2 busy, 4 unavailable, 8 ringing, 16 on hold; sums of them.
    pub status: i32,
    /// The number in words; empty before Asterisk 13.
    pub text: String,
    /// The devices behind the hint.
    pub hint: String,
}

impl Client {
    /// The state of a device (`PJSIP/101`, `Custom:lamp`): `NOT_INUSE`, `INUSE`, `RINGING`, …
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn device_state(&self, device: &str) -> Result<String, Error> {
        if device.contains(['(', ')', ',', '$']) {
            return Err(Error::invalid("device", "holds what has a meaning in a function of the dialplan"));
        }
        self.variable(None, &format!("DEVICE_STATE({device})")).await
    }

    /// Sets the state of a device of our own making: `Custom:NAME`.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn set_device_state(&self, name: &str, state: &str) -> Result<(), Error> {
        if name.contains(['(', ')', ',', '$']) {
            return Err(Error::invalid("device", "holds what has a meaning in a function of the dialplan"));
        }
        self.set_variable(None, &format!("DEVICE_STATE(Custom:{name})"), state).await
    }

    /// What the hint of an extension says.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn extension_state(&self, context: &str, exten: &str) -> Result<ExtensionState, Error> {
        let response = self.send(action::ExtensionState::new(exten, context)).await?;
        let text = |name: &str| response.get(name).unwrap_or_default().into_owned();
        Ok(ExtensionState {
            status: response.frame().number("Status").unwrap_or(-1),
            text: text("StatusText"),
            hint: text("Hint"),
        })
    }
}
