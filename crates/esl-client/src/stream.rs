//! Streams of what FreeSWITCH pushes.

use crate::block::Block;
use crate::event::{Event, EventSet};
use crate::session::News;
use futures_core::Stream;
use ifbus_link::{Delivery, Events, Picked};
use std::pin::Pin;
use std::task::{Context, Poll};

type Pick<T> = fn(News) -> Option<T>;

/// A stream of events. It ends when the client is closed; dropping it unsubscribes its queue.
pub struct EventStream<T>(Picked<News, Pick<T>>);

impl<T> std::fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("EventStream").field(&self.0).finish()
    }
}

impl<T> EventStream<T> {
    /// The next item; `None` once the client is closed.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn recv(&mut self) -> Option<Delivery<T>> {
        self.0.recv().await
    }

    pub(crate) fn new(events: Events<News>, pick: Pick<T>) -> Self {
        Self(events.pick(pick))
    }
}

impl<T> Unpin for EventStream<T> {}

impl<T> Stream for EventStream<T> {
    type Item = Delivery<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Delivery<T>>> {
        Pin::new(&mut self.0).poll_next(cx)
    }
}

pub(crate) fn event(news: News) -> Option<Event> {
    match news {
        News::Event(event) => Some(event),
        _ => None,
    }
}

pub(crate) fn kind<K: EventSet>(news: News) -> Option<K::Item> {
    K::pick(event(news)?)
}

pub(crate) fn log(news: News) -> Option<LogLine> {
    match news {
        News::Log(block) => Some(LogLine(block)),
        _ => None,
    }
}

/// How much of the log is wanted: this level and the graver ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LogLevel {
    /// 0.
    Console,
    /// 1.
    Alert,
    /// 2.
    Critical,
    /// 3.
    Error,
    /// 4.
    Warning,
    /// 5.
    Notice,
    /// 6.
    Info,
    /// 7.
    Debug,
}

impl LogLevel {
    const ALL: [Self; 8] =
        [Self::Console, Self::Alert, Self::Critical, Self::Error, Self::Warning, Self::Notice, Self::Info, Self::Debug];
}

/// A line of FreeSWITCH's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine(Block);

impl LogLine {
    /// Its level; `None` for one that is not known.
    #[must_use]
    pub fn level(&self) -> Option<LogLevel> {
        LogLevel::ALL.get(self.number("Log-Level")?).copied()
    }

    /// The line as the log file has it.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        self.0.text()
    }

    /// The channel that it is about (`User-Data`), if it is about one.
    #[must_use]
    pub fn channel(&self) -> Option<std::borrow::Cow<'_, str>> {
        self.0.get_text("User-Data").filter(|uuid| !uuid.is_empty())
    }

    /// The source file that wrote it.
    #[must_use]
    pub fn file(&self) -> Option<std::borrow::Cow<'_, str>> {
        self.0.get_text("Log-File")
    }

    /// The line in the source file.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.number("Log-Line")
    }

    /// The whole frame.
    #[must_use]
    pub fn frame(&self) -> &Block {
        &self.0
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.0.get_text(name)?.trim().parse().ok()
    }
}
