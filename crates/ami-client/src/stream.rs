//! A list, item by item.

use crate::error::Error;
use crate::event::Event;
use futures_core::Stream;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use tokio::sync::mpsc;

type End = Pin<Box<dyn Future<Output = Result<Option<Event>, Error>> + Send>>;

/// The items of a list as they come; made by [`Client::stream`](crate::Client::stream). The action is sent when this is first
/// polled. It ends after the last item, or with the one error that there was.
pub struct Items {
    items: mpsc::UnboundedReceiver<Event>,
    waiting: Arc<AtomicUsize>,
    end: Option<End>,
    failed: Option<Error>,
    total: Option<Event>,
}

impl std::fmt::Debug for Items {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Items").field("ended", &self.end.is_none()).finish_non_exhaustive()
    }
}

impl Items {
    pub(crate) fn new(items: mpsc::UnboundedReceiver<Event>, waiting: Arc<AtomicUsize>, end: End) -> Self {
        Self { items, waiting, end: Some(end), failed: None, total: None }
    }

    /// The next item; `None` after the last.
    ///
    /// # Errors
    /// What ended the list early.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The event that ended the list, with its totals, once the stream has ended.
    #[must_use]
    pub fn end(&self) -> Option<&Event> {
        self.total.as_ref()
    }
}

impl Stream for Items {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(end) = &mut self.end
            && let Poll::Ready(result) = end.as_mut().poll(cx)
        {
            self.end = None;
            match result {
                Ok(total) => self.total = total,
                Err(error) => self.failed = Some(error),
            }
        }
        match self.items.poll_recv(cx) {
            Poll::Ready(Some(event)) => {
                self.waiting.fetch_sub(event.frame().bytes().len() + 64, Ordering::AcqRel);
                Poll::Ready(Some(Ok(event)))
            }
            // the session lets go of its end with the last item, a moment before the reply is here
            Poll::Ready(None) if self.end.is_some() => Poll::Pending,
            Poll::Ready(None) => Poll::Ready(self.failed.take().map(Err)),
            Poll::Pending => Poll::Pending,
        }
    }
}
