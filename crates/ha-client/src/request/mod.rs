//! Typed commands, by family, and [`Raw`] for any other.

mod raw;
mod service;
mod states;
mod subscribe;
mod system;

pub use raw::Raw;
pub use service::{CallService, ServiceReply};
pub use states::{GetServices, GetStates, Service, Services};
pub use subscribe::{RenderTemplate, SubscribeEntities, SubscribeEvents, SubscribeTrigger};
pub use system::{Config, CurrentUser, FireEvent, Fired, GetConfig, GetCurrentUser, Ping};

use crate::error::Error;
use crate::event::FromEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::time::Duration;

/// A WebSocket command: its fields are what it serializes to, `id` and `type` are added.
pub trait Request: Serialize + Send {
    /// What the `result` is read as.
    type Reply: DeserializeOwned + Send;

    /// The command's `type`: `get_states`.
    fn kind(&self) -> Cow<'static, str>;

    /// Looks at the fields before anything is sent.
    ///
    /// # Errors
    /// [`LinkError::InvalidArgument`](crate::LinkError::InvalidArgument) with the field's name.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// The deadline that this command is known to need; `None`: the client's.
    fn within(&self) -> Option<Duration> {
        None
    }
}

/// A command that opens a subscription.
pub trait Subscribe: Request {
    /// What its events are read as.
    type Event: FromEvent;
}

/// The largest message that Home Assistant reads is below 4 MiB (2026.2); a larger one ends the connection.
const MAX_BODY: usize = (4 << 20) - 64;

#[derive(Serialize)]
struct Tagged<'a, R> {
    r#type: &'a str,
    #[serde(flatten)]
    fields: &'a R,
}

/// The command as JSON, without its id.
pub(crate) fn body<R: Request>(request: &R, kind: &str) -> Result<String, Error> {
    request.check()?;
    let body = serde_json::to_string(&Tagged { r#type: kind, fields: request })
        .map_err(|_| Error::argument(kind.to_owned(), "it cannot be written as JSON"))?;
    if body.len() > MAX_BODY {
        return Err(Error::argument(kind.to_owned(), "it is larger than the 4 MiB that Home Assistant reads"));
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(request: &impl Request) -> String {
        body(request, &request.kind()).unwrap()
    }

    #[test]
    fn commands_as_they_go_over_the_wire() {
        assert_eq!(text(&Ping::new()), r#"{"type":"ping"}"#);
        assert_eq!(text(&GetStates::new()), r#"{"type":"get_states"}"#);
        let call = CallService::new("light", "turn_on").entity("light.bed_light").data("brightness", 200);
        assert_eq!(
            text(&call),
            r#"{"type":"call_service","domain":"light","service":"turn_on","service_data":{"brightness":200},"target":{"entity_id":"light.bed_light"}}"#
        );
        let call = CallService::new("script", "x").area("studio").floor("1").device("d").label("l").return_response();
        assert_eq!(
            text(&call),
            r#"{"type":"call_service","domain":"script","service":"x","target":{"device_id":["d"],"area_id":["studio"],"floor_id":["1"],"label_id":["l"]},"return_response":true}"#
        );
        assert_eq!(text(&SubscribeEvents::all()), r#"{"type":"subscribe_events"}"#);
        assert_eq!(text(&SubscribeEvents::named("x")), r#"{"type":"subscribe_events","event_type":"x"}"#);
        assert_eq!(
            text(&FireEvent::new("x").data(json!({"a": 1}))),
            r#"{"type":"fire_event","event_type":"x","event_data":{"a":1}}"#
        );
        assert_eq!(
            text(&RenderTemplate::new("{{ x }}").variables(json!({"x": 1}))),
            r#"{"type":"render_template","template":"{{ x }}","variables":{"x":1},"report_errors":true}"#
        );
        let raw = Raw::new("search/related").field("item_type", "area").field("item_id", "studio");
        assert_eq!(text(&raw), r#"{"type":"search/related","item_id":"studio","item_type":"area"}"#);
    }

    #[test]
    fn what_must_not_be_sent_is_named() {
        let fault = |error: Error| match error {
            Error::Link(ifbus_link::Error::InvalidArgument { field, .. }) => field.into_owned(),
            other => panic!("{other}"),
        };
        let refused = |request: &CallService| fault(body(request, "call_service").unwrap_err());
        assert_eq!(refused(&CallService::new("Light", "turn_on")), "domain");
        assert_eq!(refused(&CallService::new("light", "turn on")), "service");
        assert_eq!(refused(&CallService::new("light", "turn_on").entity("light")), "entity_id");
        assert_eq!(refused(&CallService::new("light", "turn_on").entities(["light.x", "all"])), "entity_id");
        assert_eq!(refused(&CallService::new("light", "turn_on").area("\n")), "area_id");
        let unwritable = CallService::new("light", "turn_on").data("x", std::collections::HashMap::from([((1, 2), 3)]));
        assert_eq!(refused(&unwritable), "x");
        assert_eq!(fault(body(&FireEvent::new("x".repeat(65)), "fire_event").unwrap_err()), "event_type");
        let raw = Raw::new("ping").field("id", 7);
        assert_eq!(fault(body(&raw, "ping").unwrap_err()), "id");
        let large = FireEvent::new("x").data(json!("x".repeat(5 << 20)));
        assert_eq!(fault(body(&large, "fire_event").unwrap_err()), "fire_event");
    }
}
