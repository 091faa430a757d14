//! The mirror of all entities: the reducer over `subscribe_entities`, and the view that the handles share.
//!
//! Facts from Home Assistant 2024.3 and 2026.2: `a` is added, `c` changed, `r` removed; `s` state, `a` attributes, `c` context, `lc`
//! last_changed, `lu` last_updated in seconds since 1970, `lu` left out where it equals `lc`. In a change `lc` moves both times; a
//! context that is a string changes only the id, one that is an object changes the keys it has; attributes are replaced whole.

use crate::json::Json;
use crate::state::{Context, State, context, epoch, text};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::HashMap;
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
#[serde(bound(deserialize = "A: Deserialize<'de>, C: Deserialize<'de>"))]
struct Update<A, C> {
    #[serde(default = "HashMap::new")]
    a: HashMap<String, Option<A>>,
    #[serde(default = "HashMap::new")]
    c: HashMap<String, Option<C>>,
    #[serde(default)]
    r: Vec<String>,
}

impl<'a> Update<Compressed<'a>, Diff<'a>> {
    /// In one pass; only where a part of it is not what it should be, part by part.
    fn read(event: &'a Json) -> Option<Self> {
        fn parts<'a, T: Deserialize<'a>>(parts: HashMap<String, Option<&'a RawValue>>) -> HashMap<String, Option<T>> {
            let part = |part: Option<&'a RawValue>| part.and_then(|raw| serde_json::from_str(raw.get()).ok());
            parts.into_iter().map(|(id, raw)| (id, part(raw))).collect()
        }
        event.borrow().or_else(|| {
            let Update { a, c, r } = event.borrow::<Update<&RawValue, &RawValue>>()?;
            Some(Self { a: parts(a), c: parts(c), r })
        })
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Compressed<'a> {
    s: Option<String>,
    a: Option<Map<String, Value>>,
    c: Value,
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
    #[serde(rename = "-")]
    unset: Unset,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Unset {
    a: Vec<String>,
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
            let gone: Vec<_> = self.states.keys().filter(|id| !update.a.contains_key(&***id)).cloned().collect();
            for entity_id in gone {
                let old = self.states.remove(&entity_id);
                tell(EntityChange { entity_id, old, new: None });
            }
        }
        for (id, full) in update.a {
            let Some(full) = full else {
                tracing::debug!(entity_id = id, "a state that cannot be read");
                continue;
            };
            let new = Arc::new(full.into_state(id.as_str().into()));
            let entity_id = Arc::clone(&new.entity_id);
            let old = self.states.insert(Arc::clone(&entity_id), Arc::clone(&new));
            if !(first && old.as_deref() == Some(&*new)) {
                tell(EntityChange { entity_id, old, new: Some(new) });
            }
        }
        for id in update.r {
            if let Some((entity_id, old)) = self.states.remove_entry(&*id) {
                tell(EntityChange { entity_id, old: Some(old), new: None });
            }
        }
        for (id, diff) in update.c {
            let (Some(diff), Some(state)) = (diff, self.states.get_mut(&*id)) else {
                tracing::debug!(entity_id = id, "a change that cannot be read, or of an entity that is not known");
                continue;
            };
            let old = Arc::clone(state);
            let mut new = State::clone(state);
            diff.apply_to(&mut new);
            *state = Arc::new(new);
            tell(EntityChange { entity_id: Arc::clone(&old.entity_id), old: Some(old), new: Some(Arc::clone(state)) });
        }
    }
}

impl Compressed<'_> {
    fn into_state(self, entity_id: Arc<str>) -> State {
        let last_changed = time(self.lc);
        State {
            entity_id,
            state: self.s.unwrap_or_default(),
            attributes: Arc::new(self.a.unwrap_or_default()),
            last_changed,
            last_updated: time(self.lu).or(last_changed),
            last_reported: None,
            context: match self.c {
                Value::String(id) => Context { id, ..Context::default() },
                other => context(other),
            },
        }
    }
}

impl Diff<'_> {
    fn apply_to(self, state: &mut State) {
        let Self { set, unset } = self;
        if let Some(text) = set.s {
            state.state = text;
        }
        if let Some(changed) = time(set.lc) {
            state.last_changed = Some(changed);
            state.last_updated = Some(changed);
        } else if let Some(updated) = time(set.lu) {
            state.last_updated = Some(updated);
        }
        match set.c {
            Value::String(id) => state.context.id = id,
            Value::Object(mut keys) => {
                if let Some(id) = keys.remove("id").and_then(text) {
                    state.context.id = id;
                }
                if let Some(parent) = keys.remove("parent_id") {
                    state.context.parent_id = text(parent);
                }
                if let Some(user) = keys.remove("user_id") {
                    state.context.user_id = text(user);
                }
            }
            _ => {}
        }
        if set.a.is_some() || !unset.a.is_empty() {
            let attributes = Arc::make_mut(&mut state.attributes);
            for name in &unset.a {
                attributes.remove(name);
            }
            attributes.extend(set.a.unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn apply(entities: &mut Entities, event: &Value, first: bool) -> Vec<EntityChange> {
        let mut changes = Vec::new();
        entities.apply(&Json::from(event), first, |change| changes.push(change));
        changes
    }

    fn lit() -> Entities {
        let mut entities = Entities::default();
        let dump = json!({"a": {
            "light.x": {"s": "on", "a": {"brightness": 5, "effect": "none", "+": 1}, "c": {"id": "A", "parent_id": "P", "user_id": "U"}, "lc": 10.5, "lu": 11.5},
            "sensor.y": {"s": "", "a": {}, "c": "B", "lc": 3.25},
        }});
        assert_eq!(apply(&mut entities, &dump, true).len(), 2);
        entities
    }

    #[test]
    fn full_states() {
        let entities = lit();
        let light = entities.get("light.x").unwrap();
        assert_eq!((light.last_changed, light.last_updated), (epoch(10.5), epoch(11.5)));
        assert_eq!(light.context.parent_id.as_deref(), Some("P"));
        let sensor = entities.get("sensor.y").unwrap();
        assert_eq!((sensor.last_changed, sensor.last_updated), (epoch(3.25), epoch(3.25)));
        assert_eq!((&*sensor.context.id, &sensor.context.user_id), ("B", &None));
        assert_eq!(entities.all().iter().map(|state| &*state.entity_id).collect::<Vec<_>>(), ["light.x", "sensor.y"]);
    }

    #[test]
    fn a_change_replaces_exactly_what_it_names() {
        let mut entities = lit();
        let held = entities.get("light.x").unwrap();
        let change = json!({"c": {"light.x": {"+": {"a": {"brightness": {"deep": 1}, "a": 2}, "lu": 12.5, "c": "C"}, "-": {"a": ["effect", "never"]}}}});
        let changes = apply(&mut entities, &change, false);
        let light = entities.get("light.x").unwrap();
        assert_eq!(Value::Object((*light.attributes).clone()), json!({"brightness": {"deep": 1}, "+": 1, "a": 2}));
        assert_eq!((light.last_changed, light.last_updated), (epoch(10.5), epoch(12.5)));
        // a bare string changes the id alone
        assert_eq!((&*light.context.id, light.context.parent_id.as_deref()), ("C", Some("P")));
        assert_eq!(changes, [EntityChange { entity_id: "light.x".into(), old: Some(held), new: Some(light) }]);

        let change = json!({"c": {"light.x": {"+": {"s": "off", "lc": 20.0, "c": {"id": "D", "parent_id": null}}}}});
        apply(&mut entities, &change, false);
        let light = entities.get("light.x").unwrap();
        assert!(light.is_off());
        assert_eq!((light.last_changed, light.last_updated), (epoch(20.0), epoch(20.0)));
        assert_eq!(light.context, Context { id: "D".into(), parent_id: None, user_id: Some("U".into()) });
    }

    #[test]
    fn removals_strangers_and_nonsense() {
        let mut entities = lit();
        let event = json!({"a": {"new.one": {"s": "1"}, "bad.one": 7}, "r": ["sensor.y", "never.there"], "c": {"who.knows": {"+": {"s": "x"}}, "light.x": [1]}});
        let changes = apply(&mut entities, &event, false);
        assert_eq!(changes.len(), 2, "{changes:?}");
        assert!(entities.get("sensor.y").is_none() && entities.get("bad.one").is_none());
        assert!(entities.get("light.x").unwrap().is_on());
        // one that cannot be read takes no other with it
        let event = json!({"c": {"new.one": {"+": {"s": 7}}, "light.x": {"+": {"s": "off"}}}});
        assert_eq!(apply(&mut entities, &event, false).len(), 1);
        assert_eq!((&*entities.get("new.one").unwrap().state, &*entities.get("light.x").unwrap().state), ("1", "off"));
        for event in [json!(null), json!([]), json!({"a": 1}), json!({}), json!({"z": {}})] {
            assert!(apply(&mut entities, &event, false).is_empty());
        }
    }

    #[test]
    fn a_second_dump_tells_only_what_differs() {
        let mut entities = lit();
        let dump = json!({"a": {
            "light.x": {"s": "off", "a": {}, "c": "E", "lc": 30.0},
            "sensor.z": {"s": "7", "a": {}, "c": "B", "lc": 3.25},
        }});
        let mut changes = apply(&mut entities, &dump, true);
        changes.sort_by(|one, other| one.entity_id.cmp(&other.entity_id));
        let told: Vec<_> = changes.iter().map(|c| (&*c.entity_id, c.old.is_some(), c.new.is_some())).collect();
        assert_eq!(told, [("light.x", true, true), ("sensor.y", true, false), ("sensor.z", false, true)]);
        assert!(apply(&mut entities, &dump, true).is_empty());
    }
}
