//! States of devices and extensions.

use crate::action;
use crate::client::Client;
use crate::error::Error;
use crate::values::DeviceState;

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
    /// The state of a device (`PJSIP/101`, `Custom:lamp`).
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn device_state(&self, device: &str) -> Result<DeviceState, Error> {
        Ok(self.variable(None, &device_state(device)?).await?.as_str().into())
    }

    /// Sets the state of a device of our own making, `Custom:NAME`, written with or without `Custom:`.
    ///
    /// # Errors
    /// A word that is no state; as [`send`](Self::send).
    pub async fn set_device_state(&self, name: &str, state: impl Into<DeviceState>) -> Result<(), Error> {
        let state = state.into();
        if let DeviceState::Unlisted(word) = &state {
            return Err(Error::invalid("state", format!("{word:?} is no state of a device")));
        }
        let name = name.strip_prefix("Custom:").unwrap_or(name);
        self.set_variable(None, &device_state(&format!("Custom:{name}"))?, state.as_str()).await
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

/// The function that reads and sets the state of a device.
fn device_state(device: &str) -> Result<String, Error> {
    if device.contains(['(', ')', ',', '$']) {
        return Err(Error::invalid("device", "holds what has a meaning in a function of the dialplan"));
    }
    Ok(format!("DEVICE_STATE({device})"))
}
