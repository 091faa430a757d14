//! The short form of the states: what `subscribe_entities` tells. Written straight from the states, without a tree between.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::ids::Context;
use super::store::{Change, State, Store};
use super::subscriptions::Filter;

/// Pairs that are written as an object.
pub(super) struct Pairs<'a, V>(Vec<(&'a str, V)>);

impl<V: Serialize> Serialize for Pairs<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

#[derive(Serialize)]
pub(super) struct Whole<'a> {
    s: &'a str,
    a: &'a Map<String, Value>,
    c: Cause<'a>,
    lc: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lu: Option<f64>,
}

/// A context; only its id, where nobody caused it.
#[derive(Serialize)]
#[serde(untagged)]
enum Cause<'a> {
    Id(&'a str),
    Whole(&'a Context),
    Changed(Pairs<'a, Option<&'a str>>),
}

#[derive(Serialize)]
pub(super) struct Difference<'a> {
    #[serde(rename = "+")]
    plus: Plus<'a>,
    #[serde(rename = "-", skip_serializing_if = "Option::is_none")]
    minus: Option<Minus<'a>>,
}

#[derive(Serialize)]
struct Minus<'a> {
    a: Vec<&'a String>,
}

#[derive(Serialize)]
struct Plus<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lc: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lu: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    c: Option<Cause<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    a: Option<Pairs<'a, &'a Value>>,
}

/// What such a message tells, by its one key.
#[derive(Serialize)]
pub(super) enum Short<'a> {
    #[serde(rename = "a")]
    Added(Pairs<'a, Whole<'a>>),
    #[serde(rename = "c")]
    Changed(Pairs<'a, Difference<'a>>),
    #[serde(rename = "r")]
    Removed([&'a str; 1]),
}

/// The first message of a stream: all that is there.
pub(super) fn all<'a>(store: &'a Store, filter: &Filter) -> Short<'a> {
    let states = store.all().filter(|state| filter.passes(&state.entity_id));
    Short::Added(Pairs(states.map(|state| (&*state.entity_id, whole(state))).collect()))
}

pub(super) fn of_change(Change { entity_id, old, new }: &Change) -> Short<'_> {
    match (old, new) {
        (_, None) => Short::Removed([entity_id]),
        (None, Some(new)) => Short::Added(Pairs(vec![(entity_id, whole(new))])),
        (Some(old), Some(new)) => Short::Changed(Pairs(vec![(entity_id, difference(old, new))])),
    }
}

fn whole(state: &Arc<State>) -> Whole<'_> {
    let context = &state.context;
    let plain = context.parent_id.is_none() && context.user_id.is_none();
    Whole {
        s: &state.state,
        a: &state.attributes,
        c: if plain { Cause::Id(&context.id) } else { Cause::Whole(context) },
        lc: state.last_changed.epoch(),
        lu: (state.last_updated != state.last_changed).then(|| state.last_updated.epoch()),
    }
}

fn difference<'a>(old: &'a State, new: &'a State) -> Difference<'a> {
    let same_change = old.last_changed == new.last_changed;
    let (changed, gone) =
        if Arc::ptr_eq(&old.attributes, &new.attributes) { Default::default() } else { attributes(old, new) };
    Difference {
        plus: Plus {
            s: (old.state != new.state).then_some(&*new.state),
            lc: (!same_change).then(|| new.last_changed.epoch()),
            lu: same_change.then(|| new.last_updated.epoch()),
            c: cause(&old.context, &new.context),
            a: (!changed.is_empty()).then_some(Pairs(changed)),
        },
        minus: (!gone.is_empty()).then_some(Minus { a: gone }),
    }
}

/// The attributes that are new or others, and the names of those that are gone.
fn attributes<'a>(old: &'a State, new: &'a State) -> (Vec<(&'a str, &'a Value)>, Vec<&'a String>) {
    let (old, new) = (&old.attributes, &new.attributes);
    let changed = new.iter().filter(|(key, value)| old.get(*key) != Some(*value));
    let gone = old.keys().filter(|key| !new.contains_key(*key));
    (changed.map(|(key, value)| (key.as_str(), value)).collect(), gone.collect())
}

/// What is another in a context; its id alone is no object.
fn cause<'a>(old: &'a Context, new: &'a Context) -> Option<Cause<'a>> {
    if old.parent_id == new.parent_id && old.user_id == new.user_id {
        return (old.id != new.id).then_some(Cause::Id(&new.id));
    }
    let keys = [
        ("id", Some(&*old.id), Some(&*new.id)),
        ("parent_id", old.parent_id.as_deref(), new.parent_id.as_deref()),
        ("user_id", old.user_id, new.user_id),
    ];
    let changed = keys.into_iter().filter(|(_, before, after)| before != after);
    Some(Cause::Changed(Pairs(changed.map(|(key, _, after)| (key, after)).collect())))
}
