//! Actions: a type for each that Asterisk documents, and [`Raw`] for any other.
//!
//! What Asterisk requires is in `new`, the rest are methods; `header` adds what a newer server takes. Nothing is checked until
//! the action is sent: then a CR, LF or NUL in a value, a line over 1,022 bytes or more than 128 headers end it with
//! [`InvalidArgument`](ifbus_link::Error::InvalidArgument), and nothing is sent.

mod generated;
#[allow(non_snake_case)]
#[path = "generated_legacy.rs"]
pub mod legacy;
mod raw;

pub use crate::reply::{CommandOutput, List, Response};
pub use generated::*;
pub use raw::Raw;
pub(crate) use raw::{Outline, check_value};

use crate::error::Error;
use crate::reply::Reply;

/// An action: what is sent, and what comes of it.
pub trait Action {
    /// What the server answers.
    type Reply: FromReply;

    /// The action as headers.
    fn into_raw(self) -> Raw;
}

/// What can be made of an answer.
pub trait FromReply: Sized {
    /// Reads the answer to `action`.
    ///
    /// # Errors
    /// [`Error::Rejected`] for `Response: Error`.
    fn from_reply(action: &str, reply: Reply) -> Result<Self, Error>;
}

macro_rules! actions {
    ($(
        #[doc = $about:literal]
        $name:ident = $wire:literal -> $reply:ty {
            ( $($way:ident $field:ident $header:literal $writer:ident($type:ty),)* )
            [ $($more_way:ident $more:ident $more_header:literal $more_writer:ident($more_type:ty),)* ]
            { $($default:literal = $value:literal,)* }
        }
    )*) => {$(
        #[doc = $about]
        #[derive(Debug, Clone)]
        #[must_use]
        pub struct $name(pub(crate) super::raw::Raw);

        #[allow(clippy::new_without_default, clippy::too_many_arguments)]
        impl $name {
            /// With the parameters that Asterisk requires.
            pub fn new($($field: $type),*) -> Self {
                let raw = super::raw::Raw::new($wire);
                $(let raw = raw.$way($header, crate::values::write::$writer($field));)*
                $(let raw = raw.set($default, $value);)*
                Self(raw)
            }

            $(
                #[doc = concat!("The parameter `", $more_header, "`.")]
                pub fn $more(self, $more: $more_type) -> Self {
                    Self(self.0.$more_way($more_header, crate::values::write::$more_writer($more)))
                }
            )*

            /// Adds any header.
            pub fn header(self, name: impl Into<std::borrow::Cow<'static, str>>, value: impl Into<String>) -> Self {
                Self(self.0.add(name, value))
            }
        }

        impl super::Action for $name {
            type Reply = $reply;

            fn into_raw(self) -> super::raw::Raw {
                self.0
            }
        }
    )*};
}
use actions;
