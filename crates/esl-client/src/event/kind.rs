//! What a typed event is: a view over the whole event, which decodes a header when it is asked for.

use super::Event;
use crate::cause::HangupCause;
use ifbus_link::{OneOf2, OneOf3, OneOf4, OneOf5, OneOf6};
use std::borrow::Cow;

/// A kind of event that has a Rust type of its own.
pub trait EventKind: Sized + Send + 'static {
    /// Its `Event-Name`.
    const NAME: &'static str;
    /// Its `Event-Subclass`, of a `CUSTOM` event.
    const SUBCLASS: Option<&'static str>;

    /// The view over an event, if it is one of this kind.
    fn from_event(event: Event) -> Option<Self>;
}

/// The kinds of events that a stream is of: one, or several in a tuple, `(ChannelAnswer, ChannelHangup)`.
///
/// ```no_run
/// use esl_client::event::{ChannelAnswer, ChannelHangup};
/// use esl_client::{Client, Delivery, OneOf2};
///
/// # async fn f(switch: Client) -> Result<(), esl_client::Error> {
/// switch.subscribe(["CHANNEL_ANSWER", "CHANNEL_HANGUP"]).await?;
/// let mut calls = switch.events_of::<(ChannelAnswer, ChannelHangup)>();
/// while let Some(delivery) = calls.recv().await {
///     match delivery {
///         Delivery::Event(OneOf2::First(answer)) => println!("{:?} is answered", answer.unique_id()),
///         Delivery::Event(OneOf2::Second(hangup)) => println!("{:?} is gone", hangup.unique_id()),
///         _ => println!("there is a gap"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub trait EventSet: 'static {
    /// What the stream yields: the event, or [`OneOf2`] to [`OneOf6`] of them.
    type Item: Send + 'static;

    /// Whether the event is of one of these kinds.
    fn matches(event: &Event) -> bool;

    /// The event as the first of these kinds that it is of; `None` if it is of none.
    fn pick(event: Event) -> Option<Self::Item>;
}

impl<K: EventKind> EventSet for K {
    type Item = K;

    fn matches(event: &Event) -> bool {
        event.is_a::<K>()
    }

    fn pick(event: Event) -> Option<K> {
        K::from_event(event)
    }
}

macro_rules! sets {
    ($($one:ident: $($variant:ident $kind:ident)*;)*) => {$(
        impl<$($kind: EventKind),*> EventSet for ($($kind,)*) {
            type Item = $one<$($kind),*>;

            fn matches(event: &Event) -> bool {
                $(event.is_a::<$kind>())||*
            }

            fn pick(event: Event) -> Option<Self::Item> {
                $(
                    if event.is_a::<$kind>() {
                        return $kind::from_event(event).map($one::$variant);
                    }
                )*
                None
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

impl Event {
    /// Whether it is of this kind.
    #[must_use]
    pub fn is_a<K: EventKind>(&self) -> bool {
        self.is(K::NAME)
            && K::SUBCLASS.is_none_or(|subclass| self.get("Event-Subclass").is_some_and(|is| is == subclass))
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse()
    }

    /// A header that says true or false.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match &*self.get(name)?.text() {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        }
    }

    fn word(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(self.get(name)?.text())
    }

    /// `Channel-Name`: `sofia/internal/1000@10.0.0.5`.
    #[must_use]
    pub fn channel_name(&self) -> Option<Cow<'_, str>> {
        self.word("Channel-Name")
    }

    /// `Channel-State`: `CS_EXECUTE`.
    #[must_use]
    pub fn channel_state(&self) -> Option<Cow<'_, str>> {
        self.word("Channel-State")
    }

    /// `Channel-Call-State`: `RINGING`, `ACTIVE`.
    #[must_use]
    pub fn call_state(&self) -> Option<Cow<'_, str>> {
        self.word("Channel-Call-State")
    }

    /// `Answer-State`: `ringing`, `early`, `answered`, `hangup`.
    #[must_use]
    pub fn answer_state(&self) -> Option<Cow<'_, str>> {
        self.word("Answer-State")
    }

    /// `Call-Direction`, as FreeSWITCH sees it: `inbound` or `outbound`.
    #[must_use]
    pub fn call_direction(&self) -> Option<Cow<'_, str>> {
        self.word("Call-Direction")
    }

    /// `Channel-Call-UUID`: the call that the channel belongs to, which is the uuid of its first leg.
    #[must_use]
    pub fn call_uuid(&self) -> Option<Cow<'_, str>> {
        self.word("Channel-Call-UUID")
    }

    /// `Caller-Caller-ID-Name`. It may come from a stranger.
    #[must_use]
    pub fn caller_id_name(&self) -> Option<Cow<'_, str>> {
        self.word("Caller-Caller-ID-Name")
    }

    /// `Caller-Caller-ID-Number`. It may come from a stranger.
    #[must_use]
    pub fn caller_id_number(&self) -> Option<Cow<'_, str>> {
        self.word("Caller-Caller-ID-Number")
    }

    /// `Caller-Destination-Number`: what was dialed.
    #[must_use]
    pub fn destination_number(&self) -> Option<Cow<'_, str>> {
        self.word("Caller-Destination-Number")
    }

    /// `Other-Leg-Unique-ID`: the channel on the other side.
    #[must_use]
    pub fn other_leg(&self) -> Option<Cow<'_, str>> {
        self.word("Other-Leg-Unique-ID")
    }

    /// `Hangup-Cause`.
    #[must_use]
    pub fn hangup_cause(&self) -> Option<HangupCause> {
        self.get("Hangup-Cause").map(|cause| HangupCause::from_name(&cause.text()))
    }
}

/// Defines views. What stands before the colon is the accessor, then how it decodes, then the header.
macro_rules! views {
    ($($name:ident = $event:literal $(/ $subclass:literal)? { $($method:ident: $form:ident $header:literal,)* })*) => {
        $(
            #[doc = concat!("`", $event, "`", $(" with the subclass `", $subclass, "`",)? ".")]
            ///
            /// All of the event is there too: it dereferences to [`Event`](crate::Event).
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $name(crate::Event);

            impl crate::event::EventKind for $name {
                const NAME: &'static str = $event;
                const SUBCLASS: Option<&'static str> = views!(@subclass $($subclass)?);

                fn from_event(event: crate::Event) -> Option<Self> {
                    event.is_a::<Self>().then_some(Self(event))
                }
            }

            impl std::ops::Deref for $name {
                type Target = crate::Event;

                fn deref(&self) -> &crate::Event {
                    &self.0
                }
            }

            impl From<$name> for crate::Event {
                fn from(view: $name) -> Self {
                    view.0
                }
            }

            impl $name {
                $(views!(@accessor $method $form $header);)*
            }
        )*
    };
    (@subclass) => { None };
    (@subclass $subclass:literal) => { Some($subclass) };
    (@accessor $method:ident text $header:literal) => {
        #[doc = concat!("`", $header, "`.")]
        #[must_use]
        pub fn $method(&self) -> Option<std::borrow::Cow<'_, str>> {
            self.0.get($header).map(crate::event::Value::text)
        }
    };
    (@accessor $method:ident number $header:literal) => {
        #[doc = concat!("`", $header, "`; `None` also if it is no number.")]
        #[must_use]
        pub fn $method(&self) -> Option<u64> {
            self.0.number($header)
        }
    };
    (@accessor $method:ident float $header:literal) => {
        #[doc = concat!("`", $header, "`; `None` also if it is no number.")]
        #[must_use]
        pub fn $method(&self) -> Option<f64> {
            self.0.get($header)?.parse()
        }
    };
    (@accessor $method:ident flag $header:literal) => {
        #[doc = concat!("`", $header, "`; `None` also if it is neither true nor false.")]
        #[must_use]
        pub fn $method(&self) -> Option<bool> {
            self.0.flag($header)
        }
    };
}
pub(super) use views;
