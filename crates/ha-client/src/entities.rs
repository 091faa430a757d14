//! The mirror of all entities: the reducer over `subscribe_entities`, and the view that the handles share.
//!
//! Facts from Home Assistant 2024.3 and 2026.2: `a` is added, `c` changed, `r` removed; `s` state, `a` attributes, `c` context, `lc`
//! last_changed, `lu` last_updated in seconds since 1970, `lu` left out where it equals `lc`. In a change `lc` moves both times; a
//! context that is a string changes only the id, one that is an object changes the keys it has; attributes are replaced whole.

use crate::attributes::Attributes;
use crate::json::Json;
use crate::lenient::{Lax, Text};
use crate::state::{Context, ContextWire, State};
use crate::timestamp::epoch;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::SystemTime;

/// One entity that changed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EntityChange {
    /// Which.
    pub entity_id: Arc<str>,
    /// What it was; `None`: it has been added.
    pub old: Option<Arc<State>>,
    /// What it is; `None`: it has been removed.
    pub new: Option<Arc<State>>,
}

/// All entities, by id: what the events of `subscribe_entities` add up to.
///
/// A [`Client`](crate::Client) keeps one; it stands here for who reads the stream himself
/// ([`SubscribeEntities`](crate::request::SubscribeEntities)), and for tests and benches.
#[derive(Debug, Default)]
pub struct Entities {
    states: HashMap<Arc<str>, Arc<State>>,
    /// As of the last loss; false while the mirror follows the server.
    pub(crate) stale: bool,
}

/// The mirror, as the session and the handles share it. The session alone writes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mirror(Arc<RwLock<Entities>>);

impl Mirror {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Entities> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Entities> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What of it cannot be read is `None`.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a, A: Deserialize<'de>, C: Deserialize<'de>"))]
struct Update<'a, A, C> {
    #[serde(default)]
    a: Parts<'a, A>,
    #[serde(default)]
    c: Parts<'a, C>,
    #[serde(default)]
    r: Vec<Name<'a>>,
}

impl<'a> Update<'a, Compressed<'a>, Diff<'a>> {
    /// In one pass; only where a part of it is not what it should be, part by part.
    fn read(event: &'a Json) -> Option<Self> {
        fn parts<'a, T: Deserialize<'a>>(Parts(parts): Parts<'a, &'a RawValue>) -> Parts<'a, T> {
            let part = |part: Option<&'a RawValue>| part.and_then(|raw| serde_json::from_str(raw.get()).ok());
            Parts(parts.into_iter().map(|(id, raw)| (id, part(raw))).collect())
        }
        event.borrow().or_else(|| {
            let Update { a, c, r } = event.borrow::<Update<'a, &RawValue, &RawValue>>()?;
            Some(Self { a: parts(a), c: parts(c), r })
        })
    }
}

/// What an update says of each entity, in the server's order. It is of one entity mostly, for which a table would be too much.
struct Parts<'a, T>(Vec<(Cow<'a, str>, Option<T>)>);

impl<T> Default for Parts<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Parts<'a, T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Vec<(Cow<'de, str>, Option<T>)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of entities")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((Name(id), part)) = map.next_entry()? {
                    entries.push((id, part));
                }
                Ok(entries)
            }
        }
        from.deserialize_map(Entries(PhantomData)).map(Self)
    }
}

/// A string and nothing else.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Lax(text) = Lax::<Text<'de>>::deserialize(from)?;
        text.map(Self).ok_or_else(|| D::Error::custom("this must be a string"))
    }
}

/// The text of an object.
struct Object<'a>(&'a RawValue);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(from)?;
        if raw.get().starts_with('{') { Ok(Self(raw)) } else { Err(D::Error::custom("this must be an object")) }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Compressed<'a> {
    #[serde(borrow)]
    s: Option<Name<'a>>,
    #[serde(borrow)]
    a: Option<Object<'a>>,
    #[serde(borrow)]
    c: Lax<ContextWire<'a>>,
    // as text: serde_json reads floats to about a quarter of a microsecond only, and the server rounds at the half
    #[serde(borrow)]
    lc: Option<&'a RawValue>,
    #[serde(borrow)]
    lu: Option<&'a RawValue>,
}

fn time(raw: Option<&RawValue>) -> Option<SystemTime> {
    raw.and_then(|raw| raw.get().parse().ok()).and_then(epoch)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Diff<'a> {
    #[serde(borrow, rename = "+")]
    set: Compressed<'a>,
    #[serde(borrow, rename = "-")]
    unset: Unset<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Unset<'a> {
    #[serde(borrow)]
    a: Vec<Name<'a>>,
}

impl Entities {
    /// One entity.
    #[must_use]
    pub fn get(&self, entity_id: &str) -> Option<Arc<State>> {
        self.states.get(entity_id).cloned()
    }

    /// All of them, sorted by id.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<State>> {
        let mut all: Vec<_> = self.states.values().cloned().collect();
        all.sort_unstable_by(|one, other| one.entity_id.cmp(&other.entity_id));
        all
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.states.keys().map(|id| &**id)
    }

    /// Applies one event of `subscribe_entities` and tells each change. `first`: it is the dump that a subscription begins with,
    /// so what it does not name is gone. What cannot be read is passed over; the rest is applied.
    pub fn apply(&mut self, event: &Json, first: bool, mut tell: impl FnMut(EntityChange)) {
        let Some(update) = Update::read(event) else {
            tracing::debug!("an entity update that cannot be read");
            return;
        };
        if first {
            let there: HashSet<&str> = update.a.0.iter().map(|(id, _)| &**id).collect();
            let gone: Vec<_> = self.states.keys().filter(|id| !there.contains(&***id)).cloned().collect();
            for entity_id in gone {
                let old = self.states.remove(&entity_id);
                tell(EntityChange { entity_id, old, new: None });
            }
        }
        for (id, full) in update.a.0 {
            let Some(full) = full else {
                tracing::debug!(entity_id = &*id, "a state that cannot be read");
                continue;
            };
            let known = self.states.get_key_value(&*id).map(|(id, _)| Arc::clone(id));
            let entity_id = known.unwrap_or_else(|| (*id).into());
            let new = Arc::new(full.into_state(Arc::clone(&entity_id)));
            let old = self.states.insert(Arc::clone(&entity_id), Arc::clone(&new));
            if !(first && old.as_deref() == Some(&*new)) {
                tell(EntityChange { entity_id, old, new: Some(new) });
            }
        }
        for Name(id) in update.r {
            if let Some((entity_id, old)) = self.states.remove_entry(&*id) {
                tell(EntityChange { entity_id, old: Some(old), new: None });
            }
        }
        for (id, diff) in update.c.0 {
            let (Some(diff), Some(state)) = (diff, self.states.get_mut(&*id)) else {
                tracing::debug!(entity_id = &*id, "a change that cannot be read, or of an entity that is not known");
                continue;
            };
            let new = Arc::new(diff.applied_to(state));
            let old = std::mem::replace(state, Arc::clone(&new));
            tell(EntityChange { entity_id: Arc::clone(&new.entity_id), old: Some(old), new: Some(new) });
        }
    }
}

impl Compressed<'_> {
    fn into_state(self, entity_id: Arc<str>) -> State {
        let last_changed = time(self.lc);
        let Lax(context) = self.c;
        State {
            entity_id,
            state: self.s.map(|Name(text)| text.into_owned()).unwrap_or_default(),
            attributes: Attributes::read(self.a.map(|Object(raw)| raw), None),
            last_changed,
            last_updated: time(self.lu).or(last_changed),
            last_reported: None,
            context: context.merged_into(&Context::default()),
        }
    }
}

impl Diff<'_> {
    fn applied_to(self, old: &State) -> State {
        let Self { set, unset } = self;
        let changed = time(set.lc);
        let attributes = if set.a.is_some() || !unset.a.is_empty() {
            let mut attributes = Map::<String, Value>::clone(&old.attributes);
            for Name(name) in &unset.a {
                attributes.remove(&**name);
            }
            if let Some(Object(raw)) = set.a {
                attributes.extend(serde_json::from_str::<Map<String, Value>>(raw.get()).unwrap_or_default());
            }
            attributes.into()
        } else {
            old.attributes.clone()
        };
        let Lax(context) = set.c;
        State {
            entity_id: Arc::clone(&old.entity_id),
            state: set.s.map_or_else(|| old.state.clone(), |Name(text)| text.into_owned()),
            attributes,
            last_changed: changed.or(old.last_changed),
            last_updated: changed.or_else(|| time(set.lu)).or(old.last_updated),
            last_reported: old.last_reported,
            context: context.merged_into(&old.context),
        }
    }
}

#[cfg(test)]
mod tests;
