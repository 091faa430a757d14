use super::*;
use serde_json::json;

#[test]
fn forged_events_are_no_error() {
    for forged in [
        json!(null),
        json!("x"),
        json!({}),
        json!({"event_type": 5, "data": null, "origin": [], "time_fired": 1, "context": null}),
        json!({"event_type": "state_changed", "data": {"entity_id": null, "old_state": 1, "new_state": {"state": null}}}),
    ] {
        let raw = Json::from(&forged);
        let changed = StateChanged::from_event(raw.clone());
        assert_eq!(&*changed.entity_id, "");
        assert_eq!(changed.old_state, None);
        assert_eq!(changed.raw, raw);
        let triggered = Triggered::from_event(raw.clone());
        assert_eq!((triggered.platform, triggered.id), (String::new(), None));
        assert_eq!(Rendered::from_event(raw).result, Ok(Value::Null));
    }
}

#[test]
fn an_event_keeps_its_data_undecoded() {
    let event = Event::from_event(Json::from(&json!({
        "event_type": "ifbus_test", "data": {"a": [1]}, "origin": "REMOTE", "time_fired": "2026-11-22T20:45:07.161555+00:00",
        "context": {"id": "C"}, "novelty": true
    })));
    assert_eq!((&*event.event_type, event.data.text(), &event.origin), ("ifbus_test", r#"{"a":[1]}"#, &Origin::Remote));
    assert_eq!(&*event.context.id, "C");
    assert!(event.time_fired.is_some() && event.raw.text().contains("novelty"));
}

const FORGED: [&str; 8] = ["null", "true", "7", "1.5", r#""text""#, "[]", r#"[{"a":1}]"#, "{}"];

#[test]
fn a_change_keeps_what_of_it_can_be_read() {
    let read = |data: &Value| {
        StateChanged::from_event(Json::from(
            &json!({"event_type": "state_changed", "data": data, "origin": "LOCAL", "time_fired": "x"}),
        ))
    };
    let state =
        json!({"entity_id": "a.b", "state": "on", "novelty": 1, "attributes": {"n": 1}, "context": {"id": "C"}});
    for forged in FORGED {
        let forged: Value = serde_json::from_str(forged).unwrap();
        let changed = read(&json!({"entity_id": forged, "old_state": state, "new_state": state, "novelty": forged}));
        assert_eq!(&*changed.entity_id, forged.as_str().unwrap_or_default());
        assert_eq!(changed.old_state, changed.new_state);
        assert_eq!(changed.new_state.unwrap().attribute("n"), Some(&json!(1)));
        let changed = read(&json!({"entity_id": "a.b", "old_state": forged, "new_state": state}));
        assert_eq!((&*changed.entity_id, changed.old_state.is_some()), ("a.b", forged.is_object()), "{forged}");
        assert!(changed.new_state.unwrap().is_on());
        let changed = read(&json!({"entity_id": "a.b", "old_state": state, "new_state": forged}));
        assert_eq!((changed.old_state.unwrap().is_on(), changed.new_state.is_some()), (true, forged.is_object()));
        let changed = read(&forged);
        assert_eq!((&*changed.entity_id, changed.old_state, changed.new_state), ("", None, None));
    }
    for missing in ["entity_id", "old_state", "new_state"] {
        let mut data = json!({"entity_id": "a.b", "old_state": state, "new_state": state});
        data.as_object_mut().unwrap().remove(missing);
        let changed = read(&data);
        assert_eq!(changed.entity_id.is_empty(), missing == "entity_id");
        assert_eq!(changed.old_state.is_none(), missing == "old_state");
        assert_eq!(changed.new_state.is_none(), missing == "new_state");
    }
}

#[test]
fn an_event_keeps_what_of_it_can_be_read() {
    for forged in FORGED {
        for field in ["event_type", "data", "origin", "time_fired", "context", "novelty"] {
            let mut whole = json!({"event_type": "x", "data": {"a": 1}, "origin": "LOCAL",
                "time_fired": "2026-11-22T20:45:07.161555+00:00", "context": {"id": "C", "user_id": "U"}});
            whole[field] = serde_json::from_str(forged).unwrap();
            let event = Event::from_event(Json::from(&whole));
            let text = if forged == r#""text""# { "text" } else { "" };
            assert_eq!(&*event.event_type, if field == "event_type" { text } else { "x" }, "{field} {forged}");
            assert_eq!(event.data.text(), if field == "data" { forged } else { r#"{"a":1}"# }, "{field} {forged}");
            let origin = if field == "origin" { Origin::Other(text.into()) } else { Origin::Local };
            assert_eq!(event.origin, origin, "{field} {forged}");
            assert_eq!(event.time_fired.is_some(), field != "time_fired", "{field} {forged}");
            if !forged.starts_with('[') {
                let context = if field == "context" { "" } else { "C" };
                assert_eq!(&*event.context.id, context, "{field} {forged}");
            }
            assert_eq!(event.raw.value(), whole);
        }
    }
}

#[test]
fn a_trigger_keeps_what_of_it_can_be_read() {
    for forged in FORGED {
        let forged: Value = serde_json::from_str(forged).unwrap();
        let read = |trigger: &Value| {
            Triggered::from_event(Json::from(&json!({"variables": {"trigger": trigger}, "context": {"id": "C"}})))
        };
        let to = json!({"entity_id": "a.b", "state": "on"});
        let triggered =
            read(&json!({"id": forged, "platform": forged, "entity_id": forged, "from_state": forged, "to_state": to}));
        let text = forged.as_str();
        assert_eq!((triggered.id.as_deref(), triggered.entity_id.as_deref()), (text, text));
        assert_eq!(&*triggered.platform, text.unwrap_or_default());
        assert_eq!(triggered.from_state.is_some(), forged.is_object());
        assert!(triggered.to_state.unwrap().is_on() && &*triggered.context.id == "C");
        assert_eq!(read(&forged).trigger, forged);
    }
}

/// As every reader of JSON in Python has it.
#[test]
fn of_a_field_that_stands_twice_in_a_state_the_last_counts() {
    let text = r#"{"data":{"new_state":{"state":"a","context":{"id":"A","id":"B"},"state":"b","attributes":{"n":1},"attributes":{"n":2,"n":3}}}}"#;
    let state = StateChanged::from_event(Json::whole(text.into())).new_state.unwrap();
    assert_eq!((&*state.state, &*state.context.id), ("b", "B"));
    assert_eq!(state.attribute("n"), Some(&json!(3)));
}

#[test]
fn what_is_the_same_is_kept_once() {
    let state = |state: &str, attributes: &Value, id: &str| json!({"entity_id": "a.b", "state": state, "attributes": attributes, "context": {"id": id, "user_id": "U"}});
    let same = json!({"n": 1});
    let raw =
        Json::from(&json!({"context": {"id": "C", "user_id": "U"}, "origin": "REMOTE", "data": {"entity_id": "a.b",
        "old_state": state("off", &same, "B"), "new_state": state("on", &same, "C")}}));
    let changed = StateChanged::from_event(raw.clone());
    let (old, new) = (changed.old_state.as_ref().unwrap(), changed.new_state.as_ref().unwrap());
    assert!(Arc::ptr_eq(&changed.entity_id, &old.entity_id) && Arc::ptr_eq(&changed.entity_id, &new.entity_id));
    assert!(Arc::ptr_eq(&changed.context.id, &new.context.id));
    assert!(Arc::ptr_eq(changed.context.user_id.as_ref().unwrap(), old.context.user_id.as_ref().unwrap()));
    assert_eq!((&*old.context.id, &*new.context.id, &changed.origin), ("B", "C", &Origin::Remote));
    assert_eq!((old.is_off(), new.is_on(), old.attribute("n")), (true, true, Some(&json!(1))));
    let event = changed.event();
    assert_eq!((event.context, event.origin, event.raw), (changed.context, Origin::Remote, raw));
}
