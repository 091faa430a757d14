//! Requests of the family `outputs`: the virtual camera.

use crate::event::{OutputState, VirtualcamStateChanged};
use crate::request::{Accepted, replies, requests};
use crate::{Client, Error};

requests! {
    /// Asks whether the virtual camera runs.
    GetVirtualCamStatus -> VirtualCamStatus {}
    /// Starts the virtual camera. OBS answers 604 where the system has none (on Linux: the module v4l2loopback).
    StartVirtualCam -> Accepted {}
    /// Stops the virtual camera.
    StopVirtualCam -> Accepted {}
}

replies! {
    /// Whether the virtual camera runs.
    VirtualCamStatus {
        /// Whether it does.
        output_active: bool,
    }
}

/// The virtual camera, by verbs; made by [`Client::virtual_cam`].
#[derive(Debug, Clone, Copy)]
pub struct VirtualCam<'a>(&'a Client);

impl Client {
    /// The virtual camera.
    #[must_use]
    pub fn virtual_cam(&self) -> VirtualCam<'_> {
        VirtualCam(self)
    }
}

impl VirtualCam<'_> {
    /// Whether it runs.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn is_active(self) -> Result<bool, Error> {
        Ok(self.0.send(GetVirtualCamStatus::new()).await?.output_active)
    }

    /// Starts it, and waits until it runs.
    ///
    /// # Errors
    /// As [`Client::send`]; [`Error::NotConfirmed`] if OBS accepted and it does not run in time.
    pub async fn start(self) -> Result<(), Error> {
        let events = self.0.events_of::<VirtualcamStateChanged>();
        self.0.send(StartVirtualCam::new()).await?;
        self.settled(events, true).await
    }

    /// Stops it, and waits until it has stopped.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn stop(self) -> Result<(), Error> {
        let events = self.0.events_of::<VirtualcamStateChanged>();
        self.0.send(StopVirtualCam::new()).await?;
        self.settled(events, false).await
    }

    async fn settled(self, events: crate::TypedEvents<VirtualcamStateChanged>, active: bool) -> Result<(), Error> {
        let settled = if active { OutputState::Started } else { OutputState::Stopped };
        let client = self.0;
        let poll = || async move { Ok((client.virtual_cam().is_active().await? == active).then_some(())) };
        self.0.confirm(events, "the virtual camera", |event| (event.output_state == settled).then_some(()), poll).await
    }
}
