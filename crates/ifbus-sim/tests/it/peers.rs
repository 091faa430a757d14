//! What other people's clients found the real servers to do, and the simulators not.

use ifbus_sim::{ha::HomeSim, obs::ObsSim};
use serde_json::{Value, json};

use crate::util::{Ws, home, obs};

const ALL: u64 = 0xfff;

/// Sends a request and hears so many events; their names and data, in their order.
async fn heard(ws: &mut Ws, request: &str, data: Value, count: usize) -> Vec<(String, Value)> {
    ws.json(json!({"op": 6, "d": {"requestType": request, "requestId": "1", "requestData": data}})).await;
    let (mut events, mut answered) = (Vec::new(), false);
    while events.len() < count || !answered {
        let message = ws.next_json().await;
        let d = &message["d"];
        if message["op"] == 5 {
            events.push((d["eventType"].as_str().unwrap().to_owned(), d["eventData"].clone()));
        } else {
            assert_eq!(d["requestStatus"]["code"], 100, "{d}");
            answered = true;
        }
    }
    events
}

fn names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn leaving_studio_mode_tells_of_preview_and_program() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), ALL).await;
    heard(&mut ws, "SetStudioModeEnabled", json!({"studioModeEnabled": true}), 1).await;
    heard(&mut ws, "SetCurrentPreviewScene", json!({"sceneName": "Break"}), 1).await;
    let events = heard(&mut ws, "SetStudioModeEnabled", json!({"studioModeEnabled": false}), 3).await;
    assert_eq!(names(&events), ["CurrentProgramSceneChanged", "CurrentProgramSceneChanged", "StudioModeStateChanged"]);
    assert_eq!((&events[0].1["sceneName"], &events[1].1["sceneName"]), (&json!("Break"), &json!("Scene")));
    assert_eq!(sim.state().program_scene, "Scene");
}

#[tokio::test]
async fn a_mute_is_told_even_if_it_changes_nothing() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), ALL).await;
    for _ in 0..2 {
        let events = heard(&mut ws, "SetInputMute", json!({"inputName": "Tone", "inputMuted": true}), 1).await;
        assert_eq!((names(&events), &events[0].1["inputMuted"]), (vec!["InputMuteStateChanged"], &json!(true)));
    }
}

#[tokio::test]
async fn a_hidden_item_is_created_visible_and_then_hidden() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), 128).await;
    let input =
        json!({"sceneName": "Scene", "inputName": "New", "inputKind": "ffmpeg_source", "sceneItemEnabled": false});
    let events = heard(&mut ws, "CreateInput", input, 3).await;
    assert_eq!(names(&events), ["SceneItemCreated", "SceneItemEnableStateChanged", "SceneItemSelected"]);
    assert_eq!(events[1].1["sceneItemEnabled"], false);
}

#[tokio::test]
async fn a_removed_input_leaves_scenes_that_are_drawn_with_a_word() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), 8 | 128).await;
    heard(&mut ws, "CreateSceneItem", json!({"sceneName": "Break", "sourceName": "Tone"}), 2).await;
    let events = heard(&mut ws, "RemoveInput", json!({"inputName": "Tone"}), 2).await;
    assert_eq!(names(&events), ["InputRemoved", "SceneItemRemoved"]);
    assert_eq!((&events[1].1["sceneName"], &events[1].1["sourceName"]), (&json!("Scene"), &json!("Tone")));
    // Of the item in the other scene nothing is told, but it is gone: the next event is another one.
    let events = heard(&mut ws, "SetInputMute", json!({"inputName": "Mic/Aux", "inputMuted": true}), 1).await;
    assert_eq!(names(&events), ["InputMuteStateChanged"]);
    let items = ws.ask("GetSceneItemList", json!({"sceneName": "Break"})).await;
    assert_eq!(items["responseData"]["sceneItems"], json!([]));
}

#[tokio::test]
async fn items_move_and_have_the_size_of_their_colour() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), 128).await;
    let item = json!({"sceneName": "Scene", "sceneItemId": 1, "sceneItemIndex": 99});
    let events = heard(&mut ws, "SetSceneItemIndex", item, 1).await;
    assert_eq!(names(&events), ["SceneItemListReindexed"]);
    let order = json!([{"sceneItemId": 2, "sceneItemIndex": 0}, {"sceneItemId": 1, "sceneItemIndex": 1}]);
    assert_eq!(events[0].1["sceneItems"], order);
    let size = |answer: &Value| {
        let transform = &answer["responseData"]["sceneItemTransform"];
        json!([transform["sourceWidth"], transform["height"]])
    };
    let item = json!({"sceneName": "Scene", "sceneItemId": 2});
    assert_eq!(size(&ws.ask("GetSceneItemTransform", item.clone()).await), json!([1920.0, 1080.0]));
    ws.ask("SetInputSettings", json!({"inputName": "Colour", "inputSettings": {"width": 64}})).await;
    assert_eq!(size(&ws.ask("GetSceneItemTransform", item).await), json!([64.0, 1080.0]));
}

#[tokio::test]
async fn an_old_obs_lists_sends_and_refuses_as_old_ones_do() {
    let sim = ObsSim::builder().version("5.1.0").start().await.unwrap();
    let mut ws = obs(sim.addr(), ALL).await;
    let list = ws.ask("GetInputList", Value::Null).await["responseData"]["inputs"].clone();
    let inputs: Vec<_> = list.as_array().unwrap().iter().map(|input| input["inputName"].as_str().unwrap()).collect();
    assert_eq!(inputs, ["Mic/Aux", "Colour", "Tone"]);
    let defaults = ws.ask("GetInputDefaultSettings", json!({"inputKind": "ffmpeg_source"})).await;
    assert_eq!(defaults["responseData"]["defaultInputSettings"].get("log_changes"), None);
    assert_eq!(ws.ask("SetCurrentProgramScene", Value::Null).await["requestStatus"]["code"], 301);
    assert_eq!(ws.ask("SetCurrentProgramScene", json!({})).await["requestStatus"]["code"], 300);
    // The event of the settings came with 5.4.
    let settings = json!({"inputName": "Colour", "inputSettings": {"width": 2}});
    assert_eq!(heard(&mut ws, "SetInputSettings", settings, 0).await, []);
    let events = heard(&mut ws, "SetInputMute", json!({"inputName": "Tone", "inputMuted": true}), 1).await;
    assert_eq!(names(&events), ["InputMuteStateChanged"]);
}

/// Calls `light.turn_on` or another, and gives the event that comes before the result.
async fn lamp(ws: &mut Ws, id: u64, service: &str, data: Value) -> Value {
    let target = json!({"entity_id": "light.key_light"});
    ws.json(json!({"id": id, "type": "call_service", "domain": "light", "service": service, "service_data": data,
        "target": target}))
        .await;
    let event = ws.next_json().await;
    assert_eq!(ws.next_json().await["success"], true);
    event["event"].clone()
}

#[tokio::test]
async fn a_lamp_takes_hues_and_remembers_them() {
    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    ws.json(json!({"id": 1, "type": "subscribe_events", "event_type": "state_changed"})).await;
    ws.next_json().await;
    let event = lamp(&mut ws, 2, "turn_on", json!({"hs_color": [120, 100], "brightness": 50})).await;
    let new = &event["data"]["new_state"];
    assert_eq!(new["attributes"]["rgb_color"], json!([0, 255, 0]));
    assert_eq!(new["attributes"]["xy_color"], json!([0.172, 0.747]));
    assert_eq!(event["time_fired"], new["last_updated"]);
    assert_eq!(new["last_reported"], new["last_updated"]);
    lamp(&mut ws, 3, "turn_off", json!({})).await;
    let again = lamp(&mut ws, 4, "turn_on", json!({})).await["data"]["new_state"]["attributes"].clone();
    assert_eq!((&again["brightness"], &again["hs_color"]), (&json!(50), &json!([120.0, 100.0])));
    for (hs, rgb) in [([30.0, 50.0], [255, 191, 128]), ([300.0, 100.0], [255, 0, 255]), ([210.0, 0.0], [255; 3])] {
        lamp(&mut ws, sim.calls().len() as u64 + 10, "turn_on", json!({"hs_color": hs})).await;
        assert_eq!(sim.entity("light.key_light").unwrap().attributes["rgb_color"], json!(rgb), "{hs:?}");
    }
}

#[tokio::test]
async fn an_old_home_tells_less_in_other_words() {
    let sim = HomeSim::builder().version("2024.3.3").start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    ws.json(json!({"id": 1, "type": "get_config"})).await;
    let config = ws.next_json().await["result"].clone();
    assert_eq!((&config["version"], config.get("radius")), (&json!("2024.3.3"), None));
    assert_eq!(config["unit_system"].get("area"), None);
    ws.json(json!({"id": 2, "type": "get_states"})).await;
    assert!(!ws.next_json().await.to_string().contains("last_reported"));
    let light = |data: Value, target: Value| json!({"type": "call_service", "domain": "light", "service": "turn_on", "service_data": data, "target": target});
    let lamp = json!({"entity_id": "light.key_light"});
    for (id, mut command, words) in [
        (3, json!({"type": "get_states", "extra": 1}), "extra keys not allowed @ data['extra']. Got 1"),
        (
            4,
            light(json!({"rgb_color": [256, 0, 0]}), lamp),
            "value must be at most 255 for dictionary value @ data['rgb_color']",
        ),
        (5, light(json!({}), json!({})), "must contain at least one of entity_id, device_id, area_id."),
        (
            6,
            json!({"type": "subscribe_trigger", "trigger": {"platform": "x"}}),
            "Invalid platform 'x' specified. Got {'id': 6, 'type': 'subscribe_trigger', 'trigger': [{'platform': 'x'}]}",
        ),
    ] {
        command["id"] = json!(id);
        ws.json(command).await;
        assert_eq!(ws.next_json().await["error"]["message"], words);
    }
}
