//! What the simulated OBS does, seen over a raw WebSocket.

use std::time::Duration;

use ifbus_sim::obs::ObsSim;
use serde_json::{Value, json};

use crate::util::{Lines, Ws, obs, until};

const ALL: u64 = 0xfff;

#[tokio::test]
async fn a_recording_goes_through_its_states() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), 64).await;
    assert_eq!(ws.ask("StopRecord", Value::Null).await["requestStatus"], json!({"code": 501, "result": false}));
    ws.json(json!({"op": 6, "d": {"requestType": "StartRecord", "requestId": 1}})).await;
    let starting = ws.event().await;
    assert_eq!(
        starting,
        json!({
            "eventData": {"outputActive": false, "outputPath": null, "outputState": "OBS_WEBSOCKET_OUTPUT_STARTING"},
            "eventIntent": 64,
            "eventType": "RecordStateChanged",
        })
    );
    let started = ws.event().await["eventData"].clone();
    assert_eq!(started["outputState"], "OBS_WEBSOCKET_OUTPUT_STARTED");
    assert_eq!(started["outputActive"], true);
    let path = started["outputPath"].as_str().unwrap().to_owned();
    assert!(sim.state().recording);
    assert_eq!(ws.ask("StartRecord", Value::Null).await["requestStatus"]["code"], 500);
    assert_eq!(ws.ask("SetRecordDirectory", json!({"recordDirectory": "/x"})).await["requestStatus"]["code"], 500);

    assert_eq!(ws.ask("PauseRecord", Value::Null).await["requestStatus"]["code"], 100);
    assert_eq!(ws.ask("PauseRecord", Value::Null).await["requestStatus"]["code"], 502);
    let paused = ws.ask("GetRecordStatus", Value::Null).await["responseData"].clone();
    assert_eq!((&paused["outputActive"], &paused["outputPaused"]), (&json!(true), &json!(true)));
    let again = ws.ask("GetRecordStatus", Value::Null).await["responseData"].clone();
    assert_eq!(paused["outputDuration"], again["outputDuration"]);
    assert_eq!(ws.ask("ResumeRecord", Value::Null).await["requestStatus"]["code"], 100);
    assert_eq!(ws.ask("ResumeRecord", Value::Null).await["requestStatus"]["code"], 503);

    ws.json(json!({"op": 6, "d": {"requestType": "StopRecord", "requestId": 2}})).await;
    let mut seen = Vec::new();
    let mut reply = Value::Null;
    while seen.last().is_none_or(|s: &String| !s.ends_with("STOPPED")) || reply.is_null() {
        let m = ws.next_json().await;
        if m["op"] == 7 {
            reply = m["d"]["responseData"].clone();
        } else {
            seen.push(m["d"]["eventData"]["outputState"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(reply, json!({"outputPath": path}));
    assert_eq!(seen, ["OBS_WEBSOCKET_OUTPUT_STOPPING", "OBS_WEBSOCKET_OUTPUT_STOPPED"]);
    assert!(!sim.state().recording);
}

#[tokio::test]
async fn a_stream_and_a_virtual_camera_start_and_stop() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), 64).await;
    for (toggle, status, event) in [
        ("ToggleStream", "GetStreamStatus", "StreamStateChanged"),
        ("ToggleVirtualCam", "GetVirtualCamStatus", "VirtualcamStateChanged"),
        ("ToggleReplayBuffer", "GetReplayBufferStatus", "ReplayBufferStateChanged"),
    ] {
        for (on, end) in [(true, "STARTED"), (false, "STOPPED")] {
            assert_eq!(ws.ask(toggle, Value::Null).await["responseData"], json!({"outputActive": on}));
            loop {
                let data = ws.event_of(event).await;
                if data["outputState"].as_str().unwrap().ends_with(end) {
                    assert_eq!(data["outputActive"], on);
                    break;
                }
            }
            assert_eq!(ws.ask(status, Value::Null).await["responseData"]["outputActive"], on);
        }
    }
    let none = ObsSim::builder().virtual_camera(false).start().await.unwrap();
    let mut ws = obs(none.addr(), 0).await;
    let status = json!({"code": 604, "comment": "VirtualCam is not available.", "result": false});
    for request in ["GetVirtualCamStatus", "ToggleVirtualCam", "StartVirtualCam", "StopVirtualCam"] {
        assert_eq!(ws.ask(request, Value::Null).await["requestStatus"], status);
    }
}

#[tokio::test]
async fn a_scene_switch_tells_of_the_transition() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), ALL).await;
    ws.ask("SetCurrentSceneTransitionDuration", json!({"transitionDuration": 50})).await;
    ws.json(json!({"op": 6, "d": {
        "requestType": "SetCurrentProgramScene", "requestId": 1, "requestData": {"sceneName": "Interview"},
    }}))
    .await;
    ws.event_of("SceneTransitionStarted").await;
    assert_eq!(ws.event_of("CurrentProgramSceneChanged").await["sceneName"], "Interview");
    ws.event_of("SceneTransitionEnded").await;
    assert_eq!(sim.state().program_scene, "Interview");
}

#[tokio::test]
async fn studio_mode_has_a_preview() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), ALL).await;
    assert_eq!(ws.ask("SetCurrentPreviewScene", json!({"sceneName": "Break"})).await["requestStatus"]["code"], 506);
    ws.ask("SetStudioModeEnabled", json!({"studioModeEnabled": true})).await;
    ws.ask("SetCurrentSceneTransition", json!({"transitionName": "Cut"})).await;
    ws.ask("SetCurrentPreviewScene", json!({"sceneName": "Break"})).await;
    ws.ask("TriggerStudioModeTransition", Value::Null).await;
    until(|| sim.state().program_scene == "Break").await;
    assert_eq!(sim.state().preview_scene.as_deref(), Some("Scene"));
}

#[tokio::test]
async fn events_pass_by_the_mask_and_reach_every_session() {
    let sim = ObsSim::start().await.unwrap();
    let (mut one, mut two, mut deaf) = (obs(sim.addr(), 1).await, obs(sim.addr(), ALL).await, obs(sim.addr(), 0).await);
    one.ask("BroadcastCustomEvent", json!({"eventData": {"n": 1}})).await;
    assert_eq!(two.event().await, json!({"eventData": {"n": 1}, "eventIntent": 1, "eventType": "CustomEvent"}));
    two.ask("SetInputMute", json!({"inputName": "Tone", "inputMuted": true})).await;
    assert!(sim.state().muted["Tone"]);
    one.ask("BroadcastCustomEvent", json!({"eventData": {"n": 2}})).await;
    // The one without Inputs has not heard of the mute in between; its own events may come before the response.
    deaf.json(json!({"op": 6, "d": {"requestType": "GetStudioModeEnabled", "requestId": 1}})).await;
    assert_eq!(deaf.next_json().await["op"], 7);
    one.json(json!({"op": 3, "d": {"eventSubscriptions": 8}})).await;
    while one.next_json().await["op"] != 2 {}
    two.ask("ToggleInputMute", json!({"inputName": "Tone"})).await;
    assert_eq!(one.event().await["eventType"], "InputMuteStateChanged");
}

#[tokio::test]
async fn volume_meters_come_by_themselves_when_asked_for() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), 65536).await;
    let data = ws.event_of("InputVolumeMeters").await;
    assert_eq!(data["inputs"][0]["inputName"], "Tone");
    assert_eq!(data["inputs"][0]["inputLevelsMul"][0].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn not_ready_is_207_for_as_long_as_told() {
    let sim = ObsSim::builder().not_ready_for(2).start().await.unwrap();
    let mut ws = obs(sim.addr(), 0).await;
    let busy = json!({"code": 207, "comment": "OBS is not ready to perform the request.", "result": false});
    assert_eq!(ws.ask("GetVersion", Value::Null).await["requestStatus"], busy);
    assert_eq!(ws.ask("Nope", Value::Null).await["requestStatus"], busy);
    assert_eq!(ws.ask("GetVersion", Value::Null).await["requestStatus"]["code"], 100);
    assert_eq!(sim.requests(), ["GetVersion", "Nope", "GetVersion"]);
}

#[tokio::test]
async fn an_old_version_knows_less() {
    let sim = ObsSim::builder().version("5.1.0").start().await.unwrap();
    let (mut ws, _) = Ws::connect(sim.addr(), "/any?x=1", None).await;
    let hello = ws.next_json().await;
    assert_eq!(
        hello["d"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["authentication", "obsWebSocketVersion", "rpcVersion"]
    );
    let mut ws = obs(sim.addr(), ALL).await;
    let list = ws.ask("GetSceneList", Value::Null).await["responseData"].clone();
    assert!(!list.to_string().contains("Uuid"), "{list}");
    let created = ws.ask("CreateScene", json!({"sceneName": "New"})).await;
    assert_eq!(created.get("responseData"), None);
    assert_eq!(ws.ask("SetRecordDirectory", json!({"recordDirectory": "/"})).await["requestStatus"]["code"], 204);
    let fault = ws.ask("SetCurrentProgramScene", json!({"sceneName": "zz"})).await["requestStatus"].clone();
    assert_eq!(fault["comment"], "No source was found by the name of `zz`.");
}

#[tokio::test]
async fn without_a_password_nobody_asks_for_one() {
    let sim = ObsSim::builder().password(None).start().await.unwrap();
    assert_eq!(sim.password(), None);
    let (mut ws, _) = Ws::connect(sim.addr(), "/", None).await;
    assert_eq!(ws.next_json().await["d"].get("authentication"), None);
    ws.json(json!({"op": 1, "d": {"rpcVersion": 1, "authentication": 5}})).await;
    assert_eq!(ws.next_json().await["op"], 2);
}

#[tokio::test]
async fn the_reply_is_compact_and_sorted() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), 0).await;
    ws.text(r#"{"op":6,"d":{"requestType":"GetStudioModeEnabled","requestId":"r1"}}"#).await;
    let wanted = r#"{"d":{"requestId":"r1","requestStatus":{"code":100,"result":true},"requestType":"GetStudioModeEnabled","responseData":{"studioModeEnabled":false}},"op":7}"#;
    assert_eq!(ws.next().await.unwrap().into_text().unwrap().as_str(), wanted);
}

#[tokio::test]
async fn quitting_says_so_and_a_restart_forgets() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), ALL).await;
    ws.ask("StartRecord", Value::Null).await;
    until(|| sim.state().recording).await;
    let addr = sim.addr();
    let (told, restarted) = tokio::join!(
        async {
            ws.event_of("ExitStarted").await;
            ws.closed().await
        },
        sim.restart()
    );
    restarted.unwrap();
    assert_eq!(told, (1001, "Server stopping.".to_owned()));
    assert_eq!(sim.addr(), addr);
    assert!(!sim.state().recording);
    let mut ws = obs(addr, 0).await;
    assert_eq!(ws.ask("GetRecordStatus", Value::Null).await["responseData"]["outputActive"], false);
    sim.stop().await;
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn plain_http_and_junk_are_told_off() {
    let sim = ObsSim::start().await.unwrap();
    for (sent, wanted) in [
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 426 Upgrade Required\r\nServer: WebSocket++/0.8.3-dev\r\n\r\n"),
        ("\u{1}\u{2}junk\r\n\r\n", "HTTP/1.1 400 Bad Request\r\nServer: WebSocket++/0.8.3-dev\r\n\r\n"),
    ] {
        let mut lines = Lines::connect(sim.addr()).await;
        lines.send(sent).await;
        assert_eq!(String::from_utf8(lines.rest().await).unwrap(), wanted);
    }
}

#[tokio::test]
async fn the_first_known_subprotocol_is_taken() {
    let sim = ObsSim::start().await.unwrap();
    for (offered, chosen) in
        [("foo", None), ("foo, obswebsocket.msgpack, obswebsocket.json", Some("obswebsocket.msgpack"))]
    {
        let mut lines = Lines::connect(sim.addr()).await;
        lines
            .send(&format!(
                "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
                 Sec-WebSocket-Protocol: {offered}\r\n\r\n"
            ))
            .await;
        let mut head = Vec::new();
        while let Some(line) = lines.line().await.filter(|l| !l.is_empty()) {
            head.push(line);
        }
        let mut wanted = vec![
            "HTTP/1.1 101 Switching Protocols".to_owned(),
            "Connection: Upgrade".to_owned(),
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".to_owned(),
        ];
        wanted.extend(chosen.map(|name| format!("Sec-WebSocket-Protocol: {name}")));
        wanted.extend(["Server: WebSocket++/0.8.3-dev".to_owned(), "Upgrade: websocket".to_owned()]);
        assert_eq!(head, wanted);
    }
}

#[tokio::test]
async fn a_sleeping_batch_does_not_hold_up_the_session() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), 0).await;
    let sleep = json!({"requestType": "Sleep", "requestData": {"sleepMillis": 100}});
    ws.json(json!({"op": 8, "d": {"requestId": "b", "requests": [sleep]}})).await;
    ws.json(json!({"op": 6, "d": {"requestType": "GetVersion", "requestId": "r"}})).await;
    assert_eq!(ws.next_json().await["op"], 7);
    assert_eq!(ws.next_json().await["op"], 9);
}

#[tokio::test]
async fn a_message_too_large_is_1009() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), 0).await;
    let big = "x".repeat(32_000_001);
    // The close may be lost as a reset while the client still writes; the connection ends in any case.
    let _ = futures_util::SinkExt::send(&mut ws.0, tokio_tungstenite::tungstenite::Message::text(big)).await;
    while let Some(message) = ws.next().await {
        if let tokio_tungstenite::tungstenite::Message::Close(Some(frame)) = message {
            assert_eq!((u16::from(frame.code), frame.reason.as_str()), (1009, "A message was too large"));
        }
    }
    // Others go on.
    let mut ws = obs(sim.addr(), 0).await;
    ws.ask("GetVersion", Value::Null).await;
}

#[tokio::test]
async fn dropping_it_ends_everything() {
    let sim = ObsSim::start().await.unwrap();
    let addr = sim.addr();
    let mut ws = obs(addr, 0).await;
    drop(sim);
    assert!(ws.is_cut().await);
    crate::util::soon(async {
        while tokio::net::TcpStream::connect(addr).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
