//! What the simulated Home Assistant does, seen over raw connections.

use std::time::Duration;

use ifbus_sim::ha::HomeSim;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::util::{Answer, Lines, Ws, home, http};

const BEARER: &str = "Authorization: Bearer test-secret-jwt\r\n";

async fn rest(sim: &HomeSim, method: &str, path: &str, body: Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    http(sim.addr(), method, path, BEARER, body.as_bytes()).await
}

fn light_on(id: u64, data: &Value) -> Value {
    json!({
        "id": id,
        "type": "call_service",
        "domain": "light",
        "service": "turn_on",
        "service_data": data,
        "target": {"entity_id": "light.on_air_sign"},
    })
}

#[tokio::test]
async fn the_change_comes_before_the_result_and_shares_its_context() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    ws.json(json!({"id": 1, "type": "subscribe_events", "event_type": "state_changed"})).await;
    assert_eq!(ws.next_json().await, json!({"id": 1, "type": "result", "success": true, "result": null}));
    ws.json(light_on(2, &json!({"rgb_color": [255, 0, 0], "brightness": 200}))).await;
    let event = ws.next_json().await;
    let result = ws.next_json().await;
    assert_eq!((&event["id"], &result["id"]), (&json!(1), &json!(2)));
    assert_eq!(event["event"]["context"], result["result"]["context"]);
    let new = &event["event"]["data"]["new_state"];
    assert_eq!((&new["state"], &new["attributes"]["brightness"]), (&json!("on"), &json!(200)));
    assert_eq!(new["attributes"]["hs_color"], json!([0.0, 100.0]));
    assert_eq!(event["event"]["data"]["old_state"]["state"], "off");
    assert_eq!(sim.entity("light.on_air_sign").unwrap().attributes["rgb_color"], json!([255, 0, 0]));
    assert_eq!(sim.calls(), ["light.turn_on"]);
}

#[tokio::test]
async fn colours_are_checked() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    for (id, (color, fault)) in (1..).zip([
        (json!([300, 0, 0]), "value must be at most 255 @ data['rgb_color'][0]"),
        (json!(["x", 0, 0]), "expected int @ data['rgb_color'][0]"),
        (json!(5), "expected tuple for dictionary value @ data['rgb_color']"),
    ]) {
        ws.json(light_on(id, &json!({"rgb_color": color}))).await;
        assert_eq!(ws.next_json().await["error"], json!({"code": "invalid_format", "message": fault}));
    }
    assert_eq!(sim.entity("light.on_air_sign").unwrap().state, "off");
}

#[tokio::test]
async fn compressed_states_tell_only_what_differs() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    let ids = ["sensor.studio_temperature", "sensor.new"];
    ws.json(json!({"id": 1, "type": "subscribe_entities", "entity_ids": ids})).await;
    assert_eq!(ws.next_json().await["success"], true);
    let all = ws.next_json().await;
    let full = &all["event"]["a"]["sensor.studio_temperature"];
    assert_eq!((&full["s"], &full["a"]["unit_of_measurement"]), (&json!("21.4"), &json!("°C")));
    assert!(full["c"].is_string() && full["lc"].is_f64() && full.get("lu").is_none(), "{full}");

    sim.set_state("sensor.studio_temperature", "22.0", Value::Null);
    let diff = ws.next_json().await["event"]["c"]["sensor.studio_temperature"].clone();
    assert_eq!(diff["+"]["s"], "22.0");
    assert!(diff["+"].get("a").is_none() && diff.get("-").is_none() && diff["+"]["lc"].is_f64(), "{diff}");

    sim.set_state("sensor.studio_temperature", "22.0", json!({"unit_of_measurement": "K"}));
    let diff = ws.next_json().await["event"]["c"]["sensor.studio_temperature"].clone();
    assert_eq!(diff["+"]["a"], json!({"unit_of_measurement": "K"}));
    assert_eq!(diff["-"], json!({"a": ["device_class", "friendly_name"]}));
    assert!(diff["+"]["lu"].is_f64() && diff["+"].get("s").is_none(), "{diff}");

    rest(&sim, "POST", "/api/states/sensor.new", json!({"state": "a"})).await;
    let added = ws.next_json().await["event"]["a"]["sensor.new"].clone();
    assert_eq!(added["s"], "a");
    assert_eq!(added["c"]["user_id"].as_str().unwrap().len(), 32);
    sim.set_state("sensor.new", "b", Value::Null);
    // From a user's context to nobody's: the keys that differ, one of them to null.
    let diff = ws.next_json().await["event"]["c"]["sensor.new"].clone();
    assert_eq!(diff["+"]["c"]["user_id"], Value::Null);
    assert!(diff["+"]["c"].get("parent_id").is_none());
    rest(&sim, "DELETE", "/api/states/sensor.new", Value::Null).await;
    assert_eq!(ws.next_json().await["event"], json!({"r": ["sensor.new"]}));
    // The light is not among them.
    sim.set_state("light.key_light", "on", Value::Null);
    ws.json(json!({"id": 2, "type": "ping"})).await;
    assert_eq!(ws.next_json().await["type"], "pong");
}

#[tokio::test]
async fn a_lock_takes_its_time_and_nobody_waits_for_it() {
    let sim = HomeSim::builder().lock_delay(Duration::from_millis(400)).start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    let target = json!({"entity_id": "lock.studio_door"});
    ws.json(json!({"id": 1, "type": "call_service", "domain": "lock", "service": "unlock", "target": target})).await;
    ws.json(json!({"id": 2, "type": "ping"})).await;
    assert_eq!(ws.next_json().await, json!({"id": 2, "type": "pong"}));
    assert_eq!(sim.entity("lock.studio_door").unwrap().state, "unlocking");
    assert_eq!(ws.next_json().await["id"], 1);
    assert_eq!(sim.entity("lock.studio_door").unwrap().state, "unlocked");
    let changed = rest(&sim, "POST", "/api/services/lock/lock", target).await.json();
    let states: Vec<_> = changed.as_array().unwrap().iter().map(|s| s["state"].clone()).collect();
    assert_eq!(states, ["locking", "locked"]);
}

#[tokio::test]
async fn services_act_on_what_they_name() {
    let sim = HomeSim::start().await.unwrap();
    for (service, entity, state) in [
        ("camera/turn_on", "camera.studio_front", "streaming"),
        ("camera/turn_off", "camera.studio_front", "idle"),
        ("switch/toggle", "switch.monitor_wall", "on"),
        ("homeassistant/turn_off", "switch.monitor_wall", "off"),
        ("input_boolean/turn_on", "input_boolean.on_air", "on"),
        ("homeassistant/toggle", "input_boolean.on_air", "off"),
        ("counter/increment", "counter.takes", "1"),
        ("light/turn_on", "light.key_light", "on"),
    ] {
        rest(&sim, "POST", &format!("/api/services/{service}"), json!({"entity_id": entity})).await;
        assert_eq!(sim.entity(entity).unwrap().state, state, "{service}");
    }
    let changed =
        rest(&sim, "POST", "/api/services/scene/turn_on", json!({"entity_id": "scene.interview"})).await.json();
    assert_eq!(changed.as_array().unwrap().len(), 3);
    assert_eq!(sim.entity("light.fill_light").unwrap().attributes["brightness"], 90);
    // The same once more changes nothing, and what is not there is no error.
    let again = json!({"entity_id": ["light.fill_light", "light.nope"]});
    assert_eq!(rest(&sim, "POST", "/api/services/light/turn_on", again).await.body, "[]");
    let note = rest(&sim, "POST", "/api/services/persistent_notification/create", json!({"message": "hi"})).await;
    assert_eq!((note.status, note.body.as_str()), (200, "[]"));
    assert_eq!(rest(&sim, "POST", "/api/services/light/nope", json!({})).await.body, "400: Bad Request");
    assert_eq!(
        rest(&sim, "POST", "/api/services/lock/open", json!({"entity_id": "lock.studio_door"})).await.status,
        500
    );
}

#[tokio::test]
async fn triggers_fire_on_the_state_that_they_name() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    let trigger = json!({"platform": "state", "entity_id": "binary_sensor.studio_motion", "to": "on"});
    ws.json(json!({"id": 1, "type": "subscribe_trigger", "trigger": trigger})).await;
    assert_eq!(ws.next_json().await["success"], true);
    sim.set_state("binary_sensor.studio_motion", "on", Value::Null);
    let fired = ws.next_json().await["event"]["variables"]["trigger"].clone();
    assert_eq!((&fired["platform"], &fired["to_state"]["state"]), (&json!("state"), &json!("on")));
    sim.set_state("binary_sensor.studio_motion", "off", Value::Null);
    ws.json(json!({"id": 2, "type": "unsubscribe_events", "subscription": 1})).await;
    assert_eq!(ws.next_json().await["id"], 2);
    sim.set_state("binary_sensor.studio_motion", "on", Value::Null);
    ws.json(json!({"id": 3, "type": "unsubscribe_events", "subscription": 1})).await;
    assert_eq!(ws.next_json().await["error"]["message"], "Subscription not found.");
}

#[tokio::test]
async fn a_number_fires_when_it_crosses_the_bound() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    let trigger =
        json!({"platform": "numeric_state", "entity_id": "sensor.studio_temperature", "above": 25, "id": "hot"});
    ws.json(json!({"id": 1, "type": "subscribe_trigger", "trigger": [trigger]})).await;
    assert_eq!(ws.next_json().await["success"], true);
    for value in ["24.9", "26", "27", "24", "unavailable", "30"] {
        sim.set_state("sensor.studio_temperature", value, Value::Null);
    }
    for crossing in ["26", "30"] {
        let fired = ws.next_json().await["event"]["variables"]["trigger"].clone();
        assert_eq!((&fired["id"], &fired["to_state"]["state"]), (&json!("hot"), &json!(crossing)));
        assert_eq!((&fired["above"], &fired["below"]), (&json!(25.0), &Value::Null));
    }
}

#[tokio::test]
async fn coalesced_messages_come_in_lists() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    ws.json(json!({"id": 1, "type": "supported_features", "features": {"coalesce_messages": 1}})).await;
    assert_eq!(ws.next_json().await["id"], 1);
    ws.json(json!([{"id": 2, "type": "ping"}, {"id": 3, "type": "ping"}, {"id": 4, "type": "ping"}])).await;
    assert_eq!(ws.next_json().await.as_array().unwrap().len(), 3);
    ws.json(json!({"id": 5, "type": "ping"})).await;
    assert_eq!(ws.next_json().await, json!({"id": 5, "type": "pong"}));
}

#[tokio::test]
async fn an_event_comes_back_before_its_result() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    ws.json(json!({"id": 1, "type": "subscribe_events"})).await;
    ws.next_json().await;
    ws.json(json!({"id": 2, "type": "fire_event", "event_type": "ifbus_production", "event_data": {"state": "live"}}))
        .await;
    let event = ws.next_json().await;
    assert_eq!((&event["event"]["data"], &event["event"]["origin"]), (&json!({"state": "live"}), &json!("LOCAL")));
    assert_eq!(ws.next_json().await["id"], 2);
    let fired = rest(&sim, "POST", "/api/events/x", json!({"a": 1})).await;
    assert_eq!(fired.json(), json!({"message": "Event x fired."}));
    assert_eq!(ws.next_json().await["event"]["origin"], "REMOTE");
}

#[tokio::test]
async fn the_house_can_be_read() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    for (id, kind) in (1..).zip(["get_states", "get_config", "get_services", "auth/current_user"]) {
        ws.json(json!({"id": id, "type": kind})).await;
        let m = ws.next_json().await;
        assert_eq!(m["success"], true, "{m}");
        if kind == "get_states" {
            assert_eq!(m["result"].as_array().unwrap().len(), 12);
        }
    }
    assert_eq!(rest(&sim, "GET", "/api/config", Value::Null).await.json()["version"], "2026.2.3");
    assert_eq!(rest(&sim, "GET", "/api/states", Value::Null).await.json().as_array().unwrap().len(), 12);
    assert!(rest(&sim, "GET", "/api/services", Value::Null).await.json().is_array());
    assert_eq!(rest(&sim, "HEAD", "/api/", Value::Null).await.status, 405);
    assert_eq!(rest(&sim, "POST", "/api/template", json!({"template": "x"})).await.status, 404);
    let target = json!({"entity_id": ["light.key_light"], "area_id": "hall"});
    ws.json(json!({"id": 9, "type": "extract_from_target", "target": target})).await;
    assert_eq!(ws.next_json().await["result"]["missing_areas"], json!(["hall"]));
}

#[tokio::test]
async fn a_restart_closes_with_1000_and_forgets() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    sim.set_state("input_boolean.on_air", "on", Value::Null);
    let (closed, restarted) = tokio::join!(ws.closed(), sim.restart());
    restarted.unwrap();
    assert_eq!(closed, (1000, String::new()));
    home(sim.addr()).await;
    assert_eq!(sim.entity("input_boolean.on_air").unwrap().state, "off");
}

#[tokio::test]
async fn odd_frames_end_as_the_real_ones_do() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    ws.send(Message::binary(b"abc".to_vec())).await;
    ws.json(json!({"id": 1, "type": "ping"})).await;
    assert_eq!(ws.next_json().await["type"], "pong");
    ws.send(Message::binary(Vec::new())).await;
    assert_eq!(ws.closed().await.0, 1000);

    let mut ws = home(sim.addr()).await;
    ws.text("not json").await;
    assert_eq!(ws.closed().await.0, 1000);

    let mut ws: Ws = home(sim.addr()).await;
    ws.text(&format!("{{\"id\":1,\"type\":\"{}\"}}", "x".repeat(4 * 1024 * 1024))).await;
    assert_eq!(ws.closed().await.0, 1009);
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request() {
    let sim = HomeSim::start().await.unwrap();
    let mut lines = Lines::connect(sim.addr()).await;
    for body in ["", "5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n"] {
        let request = if body.is_empty() {
            format!("GET /api/ HTTP/1.1\r\nHost: x\r\n{BEARER}\r\n")
        } else {
            format!("POST /api/events/x HTTP/1.1\r\nHost: x\r\n{BEARER}Transfer-Encoding: chunked\r\n\r\n{body}")
        };
        lines.send(&request).await;
        let mut length = 0;
        assert_eq!(lines.line().await.as_deref(), Some("HTTP/1.1 200 OK"));
        while let Some(line) = lines.line().await.filter(|l| !l.is_empty()) {
            if let Some(n) = line.strip_prefix("Content-Length: ") {
                length = n.parse().unwrap();
            }
        }
        lines.bytes(length).await;
    }
    assert_eq!(sim.knobs().accepted(), 1);
    let mut junk = Lines::connect(sim.addr()).await;
    junk.send("\u{0}\u{1}\r\n\r\n").await;
    assert!(junk.rest().await.starts_with(b"HTTP/1.0 400 Bad Request"));
}

#[tokio::test]
async fn too_many_commands_at_once_are_the_end() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    let burst = |count: u64| (1..=count).map(|id| json!({"id": id, "type": "ping"})).collect::<Value>();
    ws.json(burst(4090)).await;
    for id in 1..=4090 {
        assert_eq!(ws.next_json().await["id"], id);
    }
    let mut ws = home(sim.addr()).await;
    ws.json(burst(4500)).await;
    assert!(matches!(ws.next().await, Some(Message::Close(_))));
}
