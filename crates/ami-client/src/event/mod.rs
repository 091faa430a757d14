//! Events: each whole, as it came, with a type for each that Asterisk documents.
//!
//! An [`Event`] is the message. A typed one ([`Hangup`], [`DialBegin`], …) is a view of it that reads a header when it is asked
//! for; it derefs to the [`Event`], so that what has no method is there too. Unknown events and headers are data, never an error.

mod generated;
#[allow(non_snake_case)]
#[path = "generated_legacy.rs"]
pub mod legacy;
mod snapshot;

pub use generated::*;
pub use snapshot::{BridgeSnapshot, ChannelSnapshot};

use crate::frame::{Frame, text};
use ifbus_link::{OneOf2, OneOf3, OneOf4, OneOf5, OneOf6};
use std::borrow::Cow;

/// One event, whole. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Event(Frame);

impl Event {
    /// This message as an event.
    #[must_use]
    pub fn new(frame: Frame) -> Self {
        Self(frame)
    }

    /// The event's name: `Newchannel`, `Hangup`.
    #[must_use]
    pub fn event_name(&self) -> Cow<'_, str> {
        text(self.0.event_name())
    }

    /// Whether it has this name, whatever the case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.0.event_name().eq_ignore_ascii_case(name.as_bytes())
    }

    /// The first value of a header, whatever the case of its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.get(name)
    }

    /// The whole message.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        &self.0
    }

    /// Its classes (`call,all`), which the mask and the user's rights are about. Items of most lists have none.
    #[must_use]
    pub fn privilege(&self) -> Cow<'_, str> {
        self.0.get("Privilege").unwrap_or_default()
    }

    /// When the server sent it, in seconds since 1970 (only with `timestampevents` in manager.conf).
    #[must_use]
    pub fn timestamp(&self) -> Option<f64> {
        self.0.number("Timestamp")
    }

    /// The event as this type; `None` if it is another one.
    #[must_use]
    pub fn view<T: EventKind>(&self) -> Option<T> {
        T::pick(self)
    }
}

/// The event as the server wrote it, secrets redacted.
impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A kind of event that a stream can be of.
pub trait EventKind: Sized + Send + 'static {
    /// Whether the event is of this kind.
    fn matches(event: &Event) -> bool;

    /// The event as this kind; `None` if it is another one.
    fn pick(event: &Event) -> Option<Self>;
}

/// The kinds of events that a stream is of: one, or several in a tuple, `(event::Newchannel, event::Hangup)`.
///
/// ```no_run
/// use ami_client::{Client, Delivery, OneOf2, event::{Hangup, Newchannel}};
///
/// # async fn f(pbx: Client) {
/// let mut calls = pbx.events_of::<(Newchannel, Hangup)>();
/// while let Some(delivery) = calls.recv().await {
///     match delivery {
///         Delivery::Event(OneOf2::First(channel)) => println!("{} is new", channel.channel()),
///         Delivery::Event(OneOf2::Second(hangup)) => println!("{} is gone", hangup.channel()),
///         _ => println!("there is a gap"),
///     }
/// }
/// # }
/// ```
pub trait EventSet: 'static {
    /// What the stream yields: the event, or [`OneOf2`] to [`OneOf6`] of them.
    type Item: Send + 'static;

    /// Whether the event is of one of these kinds.
    fn matches(event: &Event) -> bool;

    /// The event as the first of these kinds that it is of; `None` if it is of none.
    fn pick(event: &Event) -> Option<Self::Item>;
}

impl<K: EventKind> EventSet for K {
    type Item = K;

    fn matches(event: &Event) -> bool {
        <K as EventKind>::matches(event)
    }

    fn pick(event: &Event) -> Option<K> {
        <K as EventKind>::pick(event)
    }
}

macro_rules! sets {
    ($($one:ident: $($variant:ident $kind:ident)*;)*) => {$(
        impl<$($kind: EventKind),*> EventSet for ($($kind,)*) {
            type Item = $one<$($kind),*>;

            fn matches(event: &Event) -> bool {
                $(<$kind as EventKind>::matches(event))||*
            }

            fn pick(event: &Event) -> Option<Self::Item> {
                None$(.or_else(|| <$kind as EventKind>::pick(event).map($one::$variant)))*
            }
        }
    )*};
}

sets! {
    OneOf2: First A Second B;
    OneOf3: First A Second B Third C;
    OneOf4: First A Second B Third C Fourth D;
    OneOf5: First A Second B Third C Fourth D Fifth E;
    OneOf6: First A Second B Third C Fourth D Fifth E Sixth F;
}

impl EventKind for Event {
    fn matches(_: &Event) -> bool {
        true
    }

    fn pick(event: &Event) -> Option<Self> {
        Some(event.clone())
    }
}

macro_rules! events {
    ($(
        #[doc = $about:literal]
        $name:ident = $wire:literal {
            $($field:ident $header:literal $reader:ident($type:ty),)*
        } [$($method:ident $kind:ident($prefix:literal),)*]
    )*) => {$(
        #[doc = $about]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(super::Event);

        impl $name {
            /// The event's name.
            pub const NAME: &'static str = $wire;

            $(
                #[doc = concat!("The header `", $header, "`.")]
                #[must_use]
                pub fn $field(&self) -> $type {
                    crate::values::read::$reader(self.0.frame(), $header)
                }
            )*
            $(events!(@snapshot $method $kind $prefix);)*
        }

        impl super::EventKind for $name {
            fn matches(event: &super::Event) -> bool {
                event.is($wire)
            }

            fn pick(event: &super::Event) -> Option<Self> {
                event.is($wire).then(|| Self(event.clone()))
            }
        }

        impl std::ops::Deref for $name {
            type Target = super::Event;

            fn deref(&self) -> &super::Event {
                &self.0
            }
        }

        impl From<$name> for super::Event {
            fn from(view: $name) -> Self {
                view.0
            }
        }
    )*};
    (@snapshot $method:ident channel $prefix:literal) => {
        #[doc = concat!("The channel whose headers begin with `", $prefix, "`.")]
        #[must_use]
        pub fn $method(&self) -> super::ChannelSnapshot<'_> {
            super::ChannelSnapshot::new(self.0.frame(), $prefix)
        }
    };
    (@snapshot $method:ident bridge $prefix:literal) => {
        #[doc = concat!("The bridge whose headers begin with `", $prefix, "`.")]
        #[must_use]
        pub fn $method(&self) -> super::BridgeSnapshot<'_> {
            super::BridgeSnapshot::new(self.0.frame(), $prefix)
        }
    };
}
use events;
