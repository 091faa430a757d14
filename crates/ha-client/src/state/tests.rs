use super::*;
use crate::timestamp::epoch;
use std::time::Duration;

fn read(text: &str) -> State {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_state_as_the_server_writes_it() {
    let state: State = serde_json::from_str(
        r#"{"entity_id":"sensor.studio_temperature","state":"21.4","attributes":{"friendly_name":"Studio","n":12345678901234567890},
        "last_changed":"2026-11-22T20:45:07.161555+00:00","last_reported":"2026-11-22T20:45:08+00:00","last_updated":"2026-11-22T20:45:07.161555+00:00",
        "context":{"id":"01M82G2S6S24F52WXMGZVVXCYP","parent_id":null,"user_id":"6c5b"},"novelty":1}"#,
    )
    .unwrap();
    assert_eq!((state.domain(), state.name(), state.number()), ("sensor", "Studio", Some(21.4)));
    assert_eq!(state.attribute("n").unwrap().to_string(), "12345678901234567890");
    assert_eq!(state.last_changed, epoch(1_795_380_307.161_555));
    assert_eq!(state.context.user_id.as_deref(), Some("6c5b"));
    assert!(state.is_available() && !state.is_on() && !state.is_off());
}

#[test]
fn forged_states_are_no_error() {
    for forged in ["{}", r#"{"state":42,"attributes":[],"context":"x","last_changed":"yesterday"}"#] {
        let state: State = serde_json::from_str(forged).unwrap();
        assert_eq!((&*state.entity_id, &*state.state, state.last_changed), ("", "", None));
    }
    assert_eq!((epoch(-1.0), epoch(f64::NAN), epoch(f64::MAX)), (None, None, None));
}

/// One value of each kind, so that a field can be tried with all that it is not.
const KINDS: [&str; 9] = [
    "null",
    "true",
    "7",
    "-7",
    "1.5",
    "18446744073709551615",
    r#""text""#,
    r#"["a",{"b":1}]"#,
    r#"{"id":["a"],"x":{}}"#,
];

fn with(field: &str, value: &str) -> State {
    let mut whole = serde_json::json!({"entity_id": "a.b", "state": "on", "attributes": {"n": 1},
        "last_changed": "2026-11-22T20:45:07+00:00", "last_updated": "2026-11-22T20:45:07+00:00",
        "last_reported": "2026-11-22T20:45:07+00:00", "context": {"id": "C", "parent_id": "P", "user_id": "U"}});
    whole[field] = serde_json::from_str(value).unwrap();
    read(&whole.to_string())
}

#[test]
fn a_field_of_another_kind_is_left_out_and_takes_no_other_with_it() {
    for kind in KINDS {
        let is_text = kind.starts_with('"');
        let state = with("entity_id", kind);
        assert_eq!((&*state.entity_id, &*state.state), (if is_text { "text" } else { "" }, "on"), "{kind}");
        let state = with("state", kind);
        assert_eq!((&*state.state, &*state.entity_id), (if is_text { "text" } else { "" }, "a.b"), "{kind}");
        let state = with("attributes", kind);
        assert_eq!(
            (state.attributes.len(), &*state.state),
            (if kind.starts_with('{') { 2 } else { 0 }, "on"),
            "{kind}"
        );
        let state = with("last_changed", kind);
        assert_eq!((state.last_changed, state.last_updated), (None, epoch(1_795_380_307.0)), "{kind}");
        let state = with("last_updated", kind);
        assert_eq!((state.last_updated, state.last_reported), (None, epoch(1_795_380_307.0)), "{kind}");
        let state = with("last_reported", kind);
        assert_eq!((state.last_reported, state.last_changed), (None, epoch(1_795_380_307.0)), "{kind}");
        let state = with("novelty", kind);
        assert_eq!(state, with("entity_id", r#""a.b""#), "{kind}");
        if !kind.starts_with('[') {
            let state = with("context", kind);
            assert_eq!((&state.context, &*state.state), (&Context::default(), "on"), "{kind}");
        }
    }
}

#[test]
fn a_missing_field_is_left_out() {
    for field in ["entity_id", "state", "attributes", "last_changed", "last_updated", "last_reported", "context"] {
        let mut whole: Value = serde_json::from_str(r#"{"entity_id":"a.b","state":"on","attributes":{"n":1},
            "last_changed":"2026-11-22T20:45:07Z","last_updated":"2026-11-22T20:45:07Z","last_reported":"2026-11-22T20:45:07Z",
            "context":{"id":"C"}}"#).unwrap();
        whole.as_object_mut().unwrap().remove(field);
        let state = read(&whole.to_string());
        let found = [
            ("entity_id", !state.entity_id.is_empty()),
            ("state", !state.state.is_empty()),
            ("attributes", !state.attributes.is_empty()),
            ("last_changed", state.last_changed.is_some()),
            ("last_updated", state.last_updated.is_some()),
            ("last_reported", state.last_reported.is_some()),
            ("context", state.context != Context::default()),
        ];
        for (name, found) in found {
            assert_eq!(found, name != field, "{name} without {field}");
        }
    }
}

#[test]
fn a_context_keeps_what_of_it_can_be_read() {
    for kind in KINDS {
        let text = (kind == r#""text""#).then_some("text");
        for field in ["id", "parent_id", "user_id"] {
            let mut whole = serde_json::json!({"id": "C", "parent_id": "P", "user_id": "U", "novelty": [1]});
            whole[field] = serde_json::from_str(kind).unwrap();
            let context = read(&format!(r#"{{"context":{whole}}}"#)).context;
            let wanted = |name: &str, other| if name == field { text } else { Some(other) };
            assert_eq!(&*context.id, wanted("id", "C").unwrap_or_default(), "{kind}");
            assert_eq!(context.parent_id.as_deref(), wanted("parent_id", "P"), "{kind}");
            assert_eq!(context.user_id.as_deref(), wanted("user_id", "U"), "{kind}");
        }
    }
}

#[test]
fn text_is_unescaped_wherever_it_stands() {
    let state = read(
        r#"{"entity\u005fid":"a.\u0062","state":"\"on\"\n\ud83d\ude00","attributes":{"k\u0065y":"v\\"},
        "last_changed":"2026-11-22T20:45:07\u002b00:00","context":{"i\u0064":"\u0043","parent_id":"\t","user_id":"\/"}}"#,
    );
    assert_eq!((&*state.entity_id, &*state.state), ("a.b", "\"on\"\n😀"));
    assert_eq!(state.attribute("key"), Some(&Value::from("v\\")));
    assert_eq!(state.last_changed, epoch(1_795_380_307.0));
    assert_eq!(state.context.id.as_ref() as &str, "C");
    assert_eq!((state.context.parent_id.as_deref(), state.context.user_id.as_deref()), (Some("\t"), Some("/")));
}

#[test]
fn attributes_are_any_json() {
    let state = read(
        r#"{"attributes":{"null":null,"big":12345678901234567890,"huge":123456789012345678901234567890,"deep":{"a":[[1,{"b":"}"}]]},"nul":"\u0000","empty":{}}}"#,
    );
    assert_eq!(state.attributes.len(), 6);
    assert_eq!(state.attribute("null"), Some(&Value::Null));
    assert_eq!(state.attribute("big").unwrap().as_u64(), Some(12_345_678_901_234_567_890));
    assert!(state.attribute("huge").unwrap().is_f64());
    assert_eq!(state.attribute("deep").unwrap().pointer("/a/0/1/b"), Some(&Value::from("}")));
    assert_eq!(state.attribute("nul").and_then(Value::as_str), Some("\0"));
    assert_eq!(state.attribute("never"), None);
}

#[test]
fn times_are_iso_8601_with_an_offset() {
    let time = |text: &str| with("last_changed", &Value::from(text).to_string()).last_changed;
    for (text, seconds) in [
        ("1970-01-01T00:00:00+00:00", 0.0),
        ("2026-11-22T20:45:07.161555+00:00", 1_795_380_307.161_555),
        ("2026-11-22T20:45:07.5Z", 1_795_380_307.5),
        ("2026-11-22t20:45:07z", 1_795_380_307.0),
        ("2026-11-22 20:45:07Z", 1_795_380_307.0),
        ("2026-11-22T22:15:07.000001+01:30", 1_795_380_307.000_001),
        ("2026-11-22T15:45:07-05:00", 1_795_380_307.0),
        ("2024-02-29T23:59:59.999999+00:00", 1_709_251_199.999_999),
        ("2000-02-29T00:00:00+00:00", 951_782_400.0),
        ("2100-03-01T00:00:00.000000+00:00", 4_107_542_400.0),
        ("9999-12-31T23:59:59+00:00", 253_402_300_799.0),
    ] {
        assert_eq!(time(text), epoch(seconds), "{text}");
    }
    for text in [
        "",
        "yesterday",
        "2026-11-22",
        "2026-11-22T20:45:07",
        "2026-11-22T20:45:07.161555",
        "2026-11-22T20:45:07.+00:00",
        "2026-13-22T20:45:07+00:00",
        "2026-00-22T20:45:07+00:00",
        "2026-11-31T20:45:07+00:00",
        "2026-02-29T20:45:07+00:00",
        "2100-02-29T20:45:07+00:00",
        "2026-11-00T20:45:07+00:00",
        "2026-11-22T24:45:07+00:00",
        "2026-11-22T20:60:07+00:00",
        "2026-11-22T20:45:61+00:00",
        "2026-11-22T20:45:07.16155x+00:00",
        "2026-11-22T20:45:07+00:00x",
        "2026-11-22T20:45:07+0000",
        "２026-11-22T20:45:07+00:00",
    ] {
        assert_eq!(time(text), None, "{text}");
    }
    // before 1970, and finer than the server has it
    let before = with("last_changed", r#""1969-12-31T23:59:59.500000+00:00""#).last_changed.unwrap();
    assert_eq!(SystemTime::UNIX_EPOCH.duration_since(before).unwrap(), Duration::from_millis(500));
    let fine = with("last_changed", r#""2026-11-22T20:45:07.123456789+00:00""#).last_changed.unwrap();
    assert_eq!(fine.duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_nanos(), 123_456_789);
}

/// The public way in: any deserializer of serde, not only that of JSON text.
#[test]
fn states_are_read_from_values_too() {
    let text = r#"{"entity_id":"a.b","state":"\u006fn","attributes":{"n":[1]},"last_changed":"2026-11-22T20:45:07Z","context":{"id":"C"},"x":1}"#;
    let value: Value = serde_json::from_str(text).unwrap();
    let state: State = serde_json::from_value(value).unwrap();
    assert_eq!(state, serde_json::from_str(text).unwrap());
    assert_eq!(state, serde_json::from_slice(text.as_bytes()).unwrap());
    assert_eq!((&*state.state, state.attribute("n").unwrap().to_string()), ("on", "[1]".to_owned()));
    for other in ["5", r#""x""#, "null"] {
        assert!(serde_json::from_str::<State>(other).is_err(), "{other}");
    }
}
