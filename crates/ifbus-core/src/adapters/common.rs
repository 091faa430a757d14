//! What the adapters share: errors of the link, changes of the connection.

use crate::adapter::{EventStream, Identity};
use crate::error::Error;
use crate::event::{Event, Kind};
use futures_core::Stream;
use futures_util::stream::{self, StreamExt};
use ifbus_link::{ConnectionState, Delivery, Error as LinkError};
use tokio::sync::watch;

/// An error of the link's, in the bus's words.
pub(crate) fn link_error(identity: &Identity, error: &LinkError) -> Error {
    let (instance, message) = (identity.name.to_string(), error.to_string());
    match error {
        LinkError::Refused(_) => Error::Authentication { instance, message },
        LinkError::ConnectionLost { sent, .. } => Error::Connection { instance, message, sent: *sent },
        LinkError::Timeout { sent, after } => Error::Timeout { instance, after: *after, sent: *sent },
        LinkError::InvalidArgument { field, reason } => {
            Error::InvalidArgument { instance, field: field.to_string(), reason: format!("{reason}; nothing was sent") }
        }
        _ => Error::Connection { instance, message, sent: false },
    }
}

/// A client's stream as a stream of the bus's, with what happens to the connection.
pub(crate) fn events<E>(
    identity: &Identity,
    events: impl Stream<Item = Delivery<E>> + Send + 'static,
    mut connection: watch::Receiver<ConnectionState>,
    translate: impl Fn(E) -> (Kind, String, serde_json::Value) + Send + 'static,
) -> EventStream {
    let (id, name) = (identity.id, identity.name.clone());
    let make = {
        let name = name.clone();
        move |kind| Event::new(id, name.clone(), kind)
    };
    let native = events.map(move |delivery| match delivery {
        Delivery::Event(event) => {
            let (kind, name, data) = translate(event);
            make(kind).with_native(name, data)
        }
        Delivery::Lagged { missed, .. } => make(Kind::Gap { missed: Some(missed) }),
        _ => make(Kind::Gap { missed: None }),
    });
    let make = move |kind| Event::new(id, name.clone(), kind);
    // what it is now is no change
    let now = told(&connection.borrow_and_update());
    let changes = stream::unfold((connection, now), |(mut connection, before)| async move {
        loop {
            // an error: the driver is gone, and with it the last state
            connection.changed().await.ok()?;
            let state = connection.borrow_and_update().clone();
            let now = told(&state);
            if before != now {
                let (connected, detail) = describe(&state);
                return Some((Kind::Connection { connected, detail }, (connection, now)));
            }
        }
    })
    .map(make);
    stream::select(native, changes).boxed()
}

/// What is worth telling when it changes: that it stands, and that it is over for good.
fn told(state: &ConnectionState) -> (bool, bool) {
    (state.is_ready(), state.is_closed())
}

fn describe(state: &ConnectionState) -> (bool, String) {
    match state {
        ConnectionState::Ready { .. } => (true, "connected".to_owned()),
        ConnectionState::Waiting { error: LinkError::ConnectionLost { why, .. }, .. } => (false, why.to_string()),
        ConnectionState::Waiting { error, .. } | ConnectionState::Closed { error } => (false, error.to_string()),
        _ => (false, "connecting".to_owned()),
    }
}
