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
    assert_eq!(Value::Object(light.attributes.clone().into()), json!({"brightness": {"deep": 1}, "+": 1, "a": 2}));
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

/// What an entry of a dump gives; `None`: it cannot be read.
fn added(entry: &Value) -> Option<State> {
    let mut entities = Entities::default();
    apply(&mut entities, &json!({"a": {"a.b": entry, "other.one": {"s": "x"}}}), false);
    assert!(entities.get("other.one").is_some(), "{entry}");
    entities.get("a.b").map(|state| State::clone(&state))
}

#[test]
fn which_entries_can_be_read() {
    for forged in [json!(true), json!(7), json!(1.5), json!("text"), json!([]), json!([1])] {
        let time = if let Some(seconds) = forged.as_f64() { epoch(seconds) } else { None };
        for (field, readable) in
            [("s", forged.is_string()), ("a", false), ("c", true), ("lc", true), ("lu", true), ("novelty", true)]
        {
            let mut entry = json!({"s": "on", "a": {"n": 1}, "c": "C", "lc": 10.5, "lu": 11.5});
            entry[field] = forged.clone();
            let Some(state) = added(&entry) else {
                assert!(!readable, "{entry}");
                continue;
            };
            assert!(readable, "{entry}");
            assert_eq!(&*state.state, if field == "s" { "text" } else { "on" });
            assert_eq!(state.attribute("n"), Some(&json!(1)));
            if !(field == "c" && forged.is_array()) {
                let id = if field == "c" { forged.as_str().unwrap_or_default() } else { "C" };
                assert_eq!(&*state.context.id, id, "{entry}");
            }
            assert_eq!(state.last_changed, if field == "lc" { time } else { epoch(10.5) }, "{entry}");
            // without a time of its own it has that of the last change
            let updated = if field == "lu" { time.or_else(|| epoch(10.5)) } else { epoch(11.5) };
            assert_eq!(state.last_updated, updated, "{entry}");
        }
    }
    let empty = added(&json!({"s": null, "a": null, "c": null, "lc": null, "lu": null})).unwrap();
    assert_eq!(Some(&empty), added(&json!({})).as_ref());
    assert_eq!((&*empty.state, empty.attributes.len(), empty.last_updated), ("", 0, None));
    assert_eq!(added(&Value::Null), None);
}

#[test]
fn which_changes_can_be_read() {
    let changed = |diff: &Value| {
        let mut entities = lit();
        apply(&mut entities, &json!({"c": {"light.x": diff}}), false);
        entities.get("light.x").unwrap()
    };
    let before = lit().get("light.x").unwrap();
    for unreadable in [
        json!(null),
        json!(7),
        json!({"+": 7}),
        json!({"+": null}),
        json!({"+": {"s": 7}}),
        json!({"+": {"a": []}}),
        json!({"+": {"a": 7}}),
        json!({"-": 7}),
        json!({"-": {"a": 7}}),
        json!({"-": {"a": [7]}, "+": {"s": "off"}}),
    ] {
        assert_eq!(changed(&unreadable), before, "{unreadable}");
    }
    for nothing in
        [json!({}), json!({"+": {}}), json!({"+": {"s": null, "a": null, "c": null}}), json!({"-": {"a": []}})]
    {
        assert_eq!(changed(&nothing), before, "{nothing}");
    }
    for (context, id, user) in [
        (json!(7), "A", Some("U")),
        (json!({}), "A", Some("U")),
        (json!({"id": 7, "user_id": "V"}), "A", Some("V")),
        (json!({"id": null, "user_id": 7}), "A", None),
        (json!({"id": "B", "user_id": null, "novelty": [1]}), "B", None),
    ] {
        let now = changed(&json!({"+": {"c": context}}));
        assert_eq!((&*now.context.id, now.context.user_id.as_deref()), (id, user), "{context}");
        assert_eq!(now.context.parent_id.as_deref(), Some("P"));
    }
}

#[test]
fn text_is_unescaped() {
    let mut entities = Entities::default();
    let event = r#"{"\u0061":{"a.\u0062":{"\u0073":"\"\n","a":{"\u006e":"\\"},"c":{"id":"\u0043"},"lc":1.5}}}"#;
    entities.apply(&Json::whole(event.into()), true, |_| ());
    let state = entities.get("a.b").unwrap();
    assert_eq!((&*state.state, &*state.context.id, state.attribute("n")), ("\"\n", "C", Some(&json!("\\"))));
    let event = r#"{"c":{"\u0061.b":{"+":{"a":{"m":1},"c":"\u0044"},"-":{"a":["\u006e"]}}}}"#;
    entities.apply(&Json::whole(event.into()), false, |_| ());
    let state = entities.get("a.b").unwrap();
    assert_eq!((&*state.context.id, state.attributes.len(), state.attribute("m")), ("D", 1, Some(&json!(1))));
    entities.apply(&Json::whole(r#"{"r":["\u0061.b"]}"#.into()), false, |_| ());
    assert!(entities.get("a.b").is_none());
}
