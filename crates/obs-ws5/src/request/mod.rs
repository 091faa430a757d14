//! Requests: one file per family of the protocol's, the trait that they share, and the way to send any other.

mod batch;
mod general;
mod inputs;
mod outputs;
mod raw;
mod record;
mod scenes;
mod stream;

use crate::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use batch::{Batch, Execution};
pub use general::*;
pub use inputs::*;
pub use outputs::*;
pub use raw::Raw;
pub(crate) use raw::check_name;
pub use record::*;
pub use scenes::*;
pub use stream::*;

/// A request whose name, fields and reply are known.
pub trait Request: Serialize + Send {
    /// The protocol's name of it.
    const TYPE: &'static str;
    /// What OBS answers.
    type Reply: DeserializeOwned + Send;
}

/// The reply of a request that gives nothing; what a newer server may give is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Accepted;

impl<'de> Deserialize<'de> for Accepted {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// Declares requests: required fields go into `new`, optional ones become methods.
macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident -> $reply:ty {
        $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
        $(;$($(#[$option_doc:meta])* $option:ident: $option_type:ty,)*)?
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        #[must_use = "a request does nothing until it is sent"]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
            $($($(#[$option_doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $option: Option<$option_type>,)*)?
        }

        impl $name {
            /// The request, with the fields that it must have.
            #[allow(clippy::new_without_default, reason = "a request is made, not defaulted")]
            pub fn new($($field: impl Into<$type>),*) -> Self {
                Self { $($field: $field.into(),)* $($($option: None,)*)? }
            }

            $($(
                $(#[$option_doc])*
                pub fn $option(mut self, $option: impl Into<$option_type>) -> Self {
                    self.$option = Some($option.into());
                    self
                }
            )*)?
        }

        impl crate::request::Request for $name {
            const TYPE: &'static str = stringify!($name);
            type Reply = $reply;
        }
    )*};
}

/// Declares replies: every field may be missing, since servers of all versions answer.
macro_rules! replies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, serde::Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }
    )*};
}

pub(crate) use {replies, requests};

/// An argument that OBS would cut at the NUL (seen on 5.7.4: names are C strings inside).
pub(crate) fn no_nul(field: &'static str, value: &str) -> Result<(), Error> {
    if value.contains('\0') {
        return Err(Error::argument(field, "holds a NUL, at which OBS would cut it"));
    }
    Ok(())
}
