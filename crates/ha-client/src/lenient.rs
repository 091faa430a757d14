//! Reading what nobody promises: a value of another kind than it should be is left out, and takes nothing else with it.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// What can be made of a JSON value of any kind; by default nothing, which is no error.
pub(crate) trait Lenient<'a>: Default {
    /// It is a string, borrowed where nothing in it is escaped.
    fn text(_: Cow<'a, str>) -> Self {
        Self::default()
    }

    /// It is an object, whose fields follow.
    fn object() -> Self {
        Self::default()
    }

    /// One of its fields, whose value has to be taken. Of fields that stand twice the last counts.
    fn field<A: MapAccess<'a>>(&mut self, _: &str, map: &mut A) -> Result<(), A::Error> {
        ignore(map)
    }
}

/// Takes a field's value as what it can be.
pub(crate) fn value<'a, T: Lenient<'a>, A: MapAccess<'a>>(map: &mut A) -> Result<T, A::Error> {
    map.next_value().map(|Lax(value)| value)
}

/// Takes a field's value, of which nothing is wanted.
pub(crate) fn ignore<'a, A: MapAccess<'a>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

/// A string.
pub(crate) type Text<'a> = Option<Cow<'a, str>>;

impl<'de: 'a, 'a> Lenient<'de> for Text<'a> {
    fn text(text: Cow<'de, str>) -> Self {
        Some(text)
    }
}

/// Reads a [`Lenient`] with serde.
#[derive(Default)]
pub(crate) struct Lax<T>(pub(crate) T);

impl<'de, T: Lenient<'de>> Deserialize<'de> for Lax<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyKind(PhantomData)).map(Self)
    }
}

struct AnyKind<T>(PhantomData<T>);

impl<'de, T: Lenient<'de>> Visitor<'de> for AnyKind<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<T, E> {
        Ok(T::text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<T, E> {
        Ok(T::text(Cow::Owned(text)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut object = T::object();
        while let Some(Lax(name)) = map.next_key::<Lax<Text<'de>>>()? {
            object.field(name.as_deref().unwrap_or_default(), &mut map)?;
        }
        Ok(object)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<T, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_none<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        from.deserialize_any(self)
    }
}
