//! A service call on its way: collects, then goes when awaited.

use crate::client::Client;
use crate::error::Error;
use crate::request::{CallService, ServiceReply};
use serde::Serialize;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

/// A service call; made by [`Client::call_service`], sent when awaited. The fields are those of [`CallService`].
#[derive(Debug, Clone)]
#[must_use = "it is sent when it is awaited"]
pub struct ServiceCall {
    client: Client,
    call: CallService,
    check: bool,
}

impl ServiceCall {
    pub(crate) fn new(client: Client, call: CallService, check: bool) -> Self {
        Self { client, call, check }
    }

    fn with(mut self, change: impl FnOnce(CallService) -> CallService) -> Self {
        self.call = change(self.call);
        self
    }

    /// Adds an entity to the target; `all` alone means all of the service's.
    pub fn entity(self, id: impl Into<String>) -> Self {
        self.with(|call| call.entity(id))
    }

    /// Adds entities to the target.
    pub fn entities<I: IntoIterator<Item: Into<String>>>(self, ids: I) -> Self {
        self.with(|call| call.entities(ids))
    }

    /// Adds all entities of a device.
    pub fn device(self, id: impl Into<String>) -> Self {
        self.with(|call| call.device(id))
    }

    /// Adds all entities of an area.
    pub fn area(self, id: impl Into<String>) -> Self {
        self.with(|call| call.area(id))
    }

    /// Adds all entities of a floor; Home Assistant 2024.4 and newer.
    pub fn floor(self, id: impl Into<String>) -> Self {
        self.with(|call| call.floor(id))
    }

    /// Adds all entities with a label; Home Assistant 2024.4 and newer.
    pub fn label(self, id: impl Into<String>) -> Self {
        self.with(|call| call.label(id))
    }

    /// Sets one datum of the service: `brightness`, `rgb_color`.
    pub fn data(self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.with(|call| call.data(name, value))
    }

    /// Asks for the service's response.
    pub fn return_response(self) -> Self {
        self.with(CallService::return_response)
    }

    /// Sets the deadline. Default 60 s.
    pub fn within(self, within: Duration) -> Self {
        self.with(|call| call.within(within))
    }

    /// Refuses an entity that the mirror does not know, with the name of one that is called nearly the same. Without this Home
    /// Assistant reports success and does nothing.
    pub fn check_targets(mut self) -> Self {
        self.check = true;
        self
    }

    /// Sends it; the same as awaiting it.
    ///
    /// # Errors
    /// As [`Client::send`]; [`Error::UnknownEntity`].
    pub async fn send(self) -> Result<ServiceReply, Error> {
        if self.check {
            self.call.named_entities().try_for_each(|id| self.client.check_known(id))?;
        }
        self.client.send(self.call).await
    }
}

impl IntoFuture for ServiceCall {
    type Output = Result<ServiceReply, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
