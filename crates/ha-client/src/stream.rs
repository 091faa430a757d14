//! The stream of a subscription's events.

use crate::client::Inner;
use crate::error::Error;
use crate::event::FromEvent;
use crate::session::{Ask, News};
use futures_core::Stream;
use ifbus_link::{Delivery, Events, Picked};
use std::pin::Pin;
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll};

/// The events of one subscription. Dropping it ends the subscription at the server; a lost connection does not, it is restored.
///
/// The stream ends when the client is closed, or when the server refuses to restore it: [`error`](Self::error) says why. Events
/// are decoded when they are taken, not before.
pub struct EventStream<T> {
    events: Picked<News, Reader<T>>,
    ended: Arc<OnceLock<Error>>,
    _ownership: Option<Ownership>,
}

/// Reads what comes as a `T`.
type Reader<T> = Box<dyn FnMut(News) -> Option<T> + Send>;

impl<T> std::fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventStream").field("error", &self.ended.get()).finish_non_exhaustive()
    }
}

/// As long as it lives, the session keeps the subscription up.
pub(crate) struct Ownership {
    token: Option<Arc<()>>,
    client: Weak<Inner>,
}

impl Ownership {
    pub(crate) fn new(client: &Arc<Inner>) -> Self {
        Self { token: Some(Arc::new(())), client: Arc::downgrade(client) }
    }

    pub(crate) fn watch(&self) -> Weak<()> {
        self.token.as_ref().map(Arc::downgrade).unwrap_or_default()
    }
}

impl Drop for Ownership {
    fn drop(&mut self) {
        self.token = None;
        let Some(client) = self.client.upgrade() else { return };
        // the session would find out with the next event or the next connection; this makes it now
        let runtime = client.runtime.clone();
        runtime.spawn(async move {
            let _ = client.link.request(Ask::Sweep).await;
        });
    }
}

impl<T: FromEvent> EventStream<T> {
    /// The events of a subscription that lives as long as the stream.
    pub(crate) fn of_subscription(events: Events<News>, ownership: Ownership, request: &str) -> Self {
        let ended = Arc::new(OnceLock::new());
        let (tell, request) = (Arc::clone(&ended), Box::<str>::from(request));
        let reader: Reader<T> = Box::new(move |news| match news {
            News::Event { event, .. } => Some(T::from_event(event)),
            News::Ended { why, .. } => {
                let _ = tell.set(Error::rejected(&request, (*why).clone()));
                None
            }
            News::Entity(_) | News::Unknown(_) => None,
        });
        Self { events: events.pick(reader), ended, _ownership: Some(ownership) }
    }
}

impl<T: 'static> EventStream<T> {
    /// What the client knows without a subscription.
    pub(crate) fn of_news(events: Events<News>, read: fn(News) -> Option<T>) -> Self {
        Self { events: events.pick(Box::new(read)), ended: Arc::default(), _ownership: None }
    }

    /// The next item; `None`: no more will come.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn recv(&mut self) -> Option<Delivery<T>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Why the server does not carry the subscription on, if the stream ended for that.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.ended.get()
    }
}

impl<T> Unpin for EventStream<T> {}

impl<T> Stream for EventStream<T> {
    type Item = Delivery<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Delivery<T>>> {
        match Pin::new(&mut self.events).poll_next(cx) {
            Poll::Pending if self.ended.get().is_some() => Poll::Ready(None),
            polled => polled,
        }
    }
}
