//! Identifiers that can be followed from end to end: `if://instance/…`, `if://request/…`, `if://call/…`, `if://event/…`,
//! `if://topic/…`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// What is wrong with the text of an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an identifier of the form {form}")]
pub struct ParseIdError {
    text: String,
    form: &'static str,
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The identifier of this UUID.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("if://", $path, "/{}"), self.0.as_hyphenated())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            /// Reads exactly what `Display` writes: lower case, hyphens, nothing around it.
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let wrong = || ParseIdError { text: text.to_owned(), form: concat!("if://", $path, "/{uuid}") };
                let uuid = text.strip_prefix(concat!("if://", $path, "/")).ok_or_else(wrong)?;
                let id = Uuid::try_parse(uuid).map(Self).map_err(|_| wrong())?;
                // other spellings of the same UUID would make two names of one thing
                if id.to_string() == text { Ok(id) } else { Err(wrong()) }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

identifiers! {
    /// One configured server. UUIDv7.
    InstanceId = "instance";
    /// One command. UUIDv7: they sort by time.
    RequestId = "request";
    /// One call. UUIDv5 of the instance and the server's own identifier: every process that watches it names it alike.
    CallId = "call";
    /// One event. UUIDv7: they sort by time.
    EventId = "event";
}

macro_rules! by_time {
    ($($name:ident)*) => {$(
        impl $name {
            /// A new one; later ones sort after it.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
    )*};
}

by_time!(InstanceId RequestId EventId);

impl CallId {
    /// The name of the call that `instance` knows by `native` (a Uniqueid, a UUID, a Call-ID).
    #[must_use]
    pub fn of(instance: InstanceId, native: &str) -> Self {
        Self(Uuid::new_v5(&instance.uuid(), native.as_bytes()))
    }
}

/// A topic: `if://topic/` and words of letters, digits, `-`, `_` and `.` between slashes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Topic(String);

impl Topic {
    /// The longest path, in bytes.
    pub const MAX_LENGTH: usize = 255;

    /// The topic of this path, such as `studio/scene`.
    ///
    /// # Errors
    /// If the path is empty, too long, or holds an empty word or another character.
    pub fn new(path: &str) -> Result<Self, ParseIdError> {
        let word =
            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if path.len() > Self::MAX_LENGTH || !path.split('/').all(word) {
            return Err(ParseIdError { text: path.to_owned(), form: "if://topic/{word}/{word}…" });
        }
        Ok(Self(path.to_owned()))
    }

    /// The path, without `if://topic/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "if://topic/{}", self.0)
    }
}

impl FromStr for Topic {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let wrong = || ParseIdError { text: text.to_owned(), form: "if://topic/{word}/{word}…" };
        Self::new(text.strip_prefix("if://topic/").ok_or_else(wrong)?).map_err(|_| wrong())
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes: [u8; 16]) {
            let call = CallId::from_uuid(Uuid::from_bytes(bytes));
            prop_assert_eq!(call.to_string().parse::<CallId>().unwrap(), call);
            prop_assert_eq!(serde_json::from_str::<CallId>(&serde_json::to_string(&call).unwrap()).unwrap(), call);
            prop_assert!(call.to_string().parse::<EventId>().is_err(), "another kind of thing");
            prop_assert!(call.to_string().to_uppercase().parse::<CallId>().is_err());
        }

        #[test]
        fn any_other_text_is_refused_without_panic(text in "\\PC{0,60}") {
            if let Ok(id) = text.parse::<RequestId>() {
                prop_assert_eq!(id.to_string(), text.clone());
            }
            if let Ok(topic) = text.parse::<Topic>() {
                prop_assert_eq!(topic.to_string(), text);
            }
        }

        #[test]
        fn topics_keep_their_path(path in "[a-z0-9_.-]{1,20}(/[A-Za-z0-9_.-]{1,20}){0,5}") {
            let topic = Topic::new(&path).unwrap();
            prop_assert_eq!(topic.to_string().parse::<Topic>().unwrap(), topic);
        }

        #[test]
        fn a_call_is_named_by_what_it_is(a in "\\PC{1,40}", b in "\\PC{1,40}") {
            let (here, there) = (InstanceId::new(), InstanceId::new());
            prop_assert_eq!(CallId::of(here, &a), CallId::of(here, &a));
            prop_assert_eq!(CallId::of(here, &a) == CallId::of(here, &b), a == b);
            prop_assert_ne!(CallId::of(here, &a), CallId::of(there, &a));
        }
    }

    #[test]
    fn spellings_and_neighbours_are_refused() {
        let id = "if://call/0f8b2c34-0000-5000-8000-000000000001";
        assert!(id.parse::<CallId>().is_ok());
        for wrong in [
            "",
            "if://call/",
            "0f8b2c34-0000-5000-8000-000000000001",
            "if://call/0f8b2c340000500080000000000000001",
            "if://call/{0f8b2c34-0000-5000-8000-000000000001}",
            "if://call/0f8b2c34-0000-5000-8000-000000000001/",
            " if://call/0f8b2c34-0000-5000-8000-000000000001",
            "IF://call/0f8b2c34-0000-5000-8000-000000000001",
        ] {
            assert!(wrong.parse::<CallId>().is_err(), "{wrong:?}");
        }
        for wrong in ["", "/", "a//b", "a/", "/a", "a b", "å", "a\n"] {
            assert!(Topic::new(wrong).is_err(), "{wrong:?}");
        }
        assert!(Topic::new(&"x".repeat(Topic::MAX_LENGTH + 1)).is_err());
    }

    #[test]
    fn requests_sort_by_time() {
        let ids: Vec<_> = (0..1000).map(|_| RequestId::new()).collect();
        assert!(ids.is_sorted());
    }
}
