//! The attributes of an entity, decoded when somebody looks at them.

use crate::error::Error;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// What an entity has beside its state: `brightness`, `friendly_name`, `unit_of_measurement`.
///
/// It reads as the `Map` that it dereferences to: `attributes.get("brightness")`, `attributes.iter()`. They are decoded when they
/// are looked at first, since few of a house's attributes ever are; cloning copies none of them. Integers above 64 bits are
/// floats in the map; [`parse`](Self::parse) reads them as whatever they are to be.
#[derive(Clone, Default)]
pub struct Attributes {
    /// A JSON object, as it came.
    raw: Option<Arc<str>>,
    decoded: OnceLock<Arc<Map<String, Value>>>,
}

impl Attributes {
    /// Of whatever stands there: what is no object has none. If it is the same text as that of `like`, it becomes the same.
    pub(crate) fn read(raw: Option<&RawValue>, like: Option<&Self>) -> Self {
        match raw.map(RawValue::get) {
            Some(raw) if raw.starts_with('{') && raw != "{}" => {
                like.filter(|like| like.raw.as_deref() == Some(raw)).cloned().unwrap_or_else(|| Self::from_text(raw))
            }
            _ => Self::default(),
        }
    }

    fn from_text(raw: &str) -> Self {
        Self { raw: Some(raw.into()), decoded: OnceLock::new() }
    }

    /// Decodes all of them as a `T`, without the map between.
    ///
    /// # Errors
    /// [`Error::Unexpected`] if they are not one.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let parsed = match &self.raw {
            Some(raw) => serde_json::from_str(raw),
            None => serde_json::from_value(Value::Object(Map::clone(self))),
        };
        parsed.map_err(|error| Error::unexpected("the attributes", &error))
    }
}

impl Deref for Attributes {
    type Target = Map<String, Value>;

    /// Decodes them the first time. Nested deeper than 128 levels, there are none.
    fn deref(&self) -> &Self::Target {
        let decode = |raw: &str| serde_json::from_str(raw).unwrap_or_default();
        self.decoded.get_or_init(|| Arc::new(self.raw.as_deref().map(decode).unwrap_or_default()))
    }
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.raw.is_some() && self.raw == other.raw || **self == **other
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl From<Map<String, Value>> for Attributes {
    fn from(map: Map<String, Value>) -> Self {
        Self { raw: None, decoded: OnceLock::from(Arc::new(map)) }
    }
}

impl From<Attributes> for Map<String, Value> {
    fn from(attributes: Attributes) -> Self {
        let _ = &*attributes; // decodes them
        attributes.decoded.into_inner().map(Arc::unwrap_or_clone).unwrap_or_default()
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = (&'a String, &'a Value);
    type IntoIter = serde_json::map::Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    fn raw(text: &str) -> Attributes {
        Attributes::read(Some(serde_json::from_str(text).unwrap()), None)
    }

    #[test]
    fn they_are_decoded_when_looked_at_and_only_once() {
        let read = raw(r#"{"a":1,"b":[2]}"#);
        assert!(read.decoded.get().is_none());
        let first: *const Map<String, Value> = &*read;
        assert_eq!(read.get("b"), Some(&json!([2])));
        assert!(std::ptr::eq(first, &*read.clone()), "a clone has what is decoded already");
        assert_eq!((&read).into_iter().count(), 2);
        assert_eq!(Map::from(read), json!({"a": 1, "b": [2]}).as_object().unwrap().clone());
    }

    #[test]
    fn equal_are_those_that_say_the_same() {
        let read = raw(r#"{"a":1,"b":[2]}"#);
        assert_eq!(read, raw(r#"{ "b":[2], "a":1 }"#));
        assert_eq!(read, Attributes::from(json!({"a": 1, "b": [2]}).as_object().unwrap().clone()));
        assert_ne!(read, raw(r#"{"a":1}"#));
        assert_eq!(Attributes::default(), raw("{}"));
        assert_eq!(Attributes::default(), raw("[]"));
        assert_eq!(format!("{:?}", raw(r#"{"a":null}"#)), r#"{"a": Null}"#);
    }

    #[test]
    fn the_same_text_is_kept_once() {
        let first = raw(r#"{"a":1}"#);
        let read = |text: &str| Attributes::read(Some(serde_json::from_str(text).unwrap()), Some(&first)).raw.unwrap();
        assert!(Arc::ptr_eq(&read(r#"{"a":1}"#), first.raw.as_ref().unwrap()));
        assert_eq!(&*read(r#"{"a":2}"#), r#"{"a":2}"#);
    }

    #[test]
    fn they_are_read_as_a_type_of_ones_own() {
        #[derive(Deserialize, PartialEq, Debug)]
        struct Big {
            n: u128,
        }
        let big = Big { n: 123_456_789_012_345_678_901_234_567_890 };
        assert_eq!(raw(r#"{"n":123456789012345678901234567890}"#).parse::<Big>().unwrap(), big);
        assert!(raw(r#"{"n":"x"}"#).parse::<Big>().is_err() && Attributes::default().parse::<Big>().is_err());
        let mapped = Attributes::from(json!({"n": 7}).as_object().unwrap().clone());
        assert_eq!(mapped.parse::<Big>().unwrap(), Big { n: 7 });
        // deeper than anybody has it
        let deep = raw(&format!(r#"{{"a":{}{}}}"#, "[".repeat(1000), "]".repeat(1000)));
        assert!(deep.is_empty());
    }
}
