//! Versions, statistics, custom events, settings.

use serde_json::{Value, json};

use super::{Answer, Call, Failure, Row, V5, available};
use crate::obs::Version;
use crate::obs::events::{Event, Intent};

pub(super) const TABLE: &[Row] = &[
    ("GetVersion", V5, get_version),
    ("GetStats", V5, get_stats),
    ("BroadcastCustomEvent", V5, broadcast_custom_event),
    ("CallVendorRequest", V5, call_vendor_request),
    ("Sleep", V5, sleep),
    ("GetCanvasList", Version(5, 7, 0), get_canvas_list),
    ("GetPersistentData", V5, get_persistent_data),
    ("SetPersistentData", V5, set_persistent_data),
    ("GetSceneCollectionList", V5, get_scene_collection_list),
    ("GetProfileList", V5, get_profile_list),
    ("GetVideoSettings", V5, get_video_settings),
    ("GetStreamServiceSettings", V5, get_stream_service_settings),
    ("SetStreamServiceSettings", V5, set_stream_service_settings),
    ("GetRecordDirectory", V5, get_record_directory),
    ("SetRecordDirectory", Version(5, 3, 0), set_record_directory),
    ("GetMonitorList", V5, get_monitor_list),
];

fn get_version(call: &mut Call<'_>) -> Answer {
    let version = call.state.version;
    Ok(Some(json!({
        "availableRequests": available(version).collect::<Vec<_>>(),
        "obsVersion": version.studio(),
        "obsWebSocketVersion": version.to_string(),
        "platform": "linux",
        "platformDescription": "IF.bus simulator",
        "rpcVersion": 1,
        "supportedImageFormats": ["bmp", "jpeg", "jpg", "png"],
    })))
}

fn get_stats(call: &mut Call<'_>) -> Answer {
    Ok(Some(json!({
        "activeFps": 30.0,
        "availableDiskSpace": 70_774.5,
        "averageFrameRenderTime": 1.25,
        "cpuUsage": 3.5,
        "memoryUsage": 243.28125,
        "outputSkippedFrames": 0,
        "outputTotalFrames": 0,
        "renderSkippedFrames": 0,
        "renderTotalFrames": 5335,
        "webSocketSessionIncomingMessages": call.traffic.0,
        "webSocketSessionOutgoingMessages": call.traffic.1,
    })))
}

fn broadcast_custom_event(call: &mut Call<'_>) -> Answer {
    let data = call.object("eventData", false)?;
    call.state.events.push(Event::new(Intent::General, "CustomEvent", Some(Value::Object(data))));
    Ok(None)
}

fn call_vendor_request(call: &mut Call<'_>) -> Answer {
    call.string("vendorName")?;
    call.string("requestType")?;
    if call.optional("requestData").is_some() {
        call.object("requestData", true)?;
    }
    Err(Failure::new(600, "No vendor was found by that name."))
}

/// Only a serial batch can sleep, and does so without asking here.
fn sleep(_: &mut Call<'_>) -> Answer {
    Err(Failure::bare(206))
}

fn get_canvas_list(_: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"canvases": [{
        "canvasFlags": {"ACTIVATE": true, "EPHEMERAL": false, "MAIN": true, "MIX_AUDIO": true, "SCENE_REF": true},
        "canvasName": "Main",
        "canvasUuid": "6c69626f-6273-4c00-9d88-c5136d61696e",
        "canvasVideoSettings": video_settings(),
    }]})))
}

fn slot(call: &Call<'_>) -> Result<(String, String), Failure> {
    let (realm, name) = (call.string("realm")?, call.string("slotName")?);
    if realm != "OBS_WEBSOCKET_DATA_REALM_GLOBAL" && realm != "OBS_WEBSOCKET_DATA_REALM_PROFILE" {
        return Err(Failure::new(600, "You have specified an invalid persistent data realm."));
    }
    Ok((realm, name))
}

fn get_persistent_data(call: &mut Call<'_>) -> Answer {
    let slot = slot(call)?;
    Ok(Some(json!({"slotValue": call.state.persistent.get(&slot)})))
}

fn set_persistent_data(call: &mut Call<'_>) -> Answer {
    let slot = slot(call)?;
    let value = call.required("slotValue")?.clone();
    call.state.persistent.insert(slot, value);
    Ok(None)
}

fn get_scene_collection_list(_: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"currentSceneCollectionName": "Test", "sceneCollections": ["Test"]})))
}

fn get_profile_list(_: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"currentProfileName": "Test", "profiles": ["Test"]})))
}

fn video_settings() -> Value {
    json!({
        "baseHeight": 720,
        "baseWidth": 1280,
        "fpsDenominator": 1,
        "fpsNumerator": 30,
        "outputHeight": 720,
        "outputWidth": 1280,
    })
}

fn get_video_settings(_: &mut Call<'_>) -> Answer {
    Ok(Some(video_settings()))
}

fn get_stream_service_settings(call: &mut Call<'_>) -> Answer {
    let (kind, settings) = &call.state.stream_service;
    Ok(Some(json!({"streamServiceSettings": settings, "streamServiceType": kind})))
}

fn set_stream_service_settings(call: &mut Call<'_>) -> Answer {
    if call.state.stream.active() {
        let why = "You cannot change stream service settings while streaming.";
        return Err(Failure::new(500, why));
    }
    let (kind, settings) = (call.string("streamServiceType")?, call.object("streamServiceSettings", true)?);
    if kind != "rtmp_common" && kind != "rtmp_custom" {
        let why =
            "Failed to create the stream service with the requested streamServiceType. It may be an invalid type.";
        return Err(Failure::new(700, why));
    }
    call.state.stream_service = (kind, settings);
    Ok(None)
}

fn get_record_directory(call: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"recordDirectory": call.state.record_directory})))
}

fn set_record_directory(call: &mut Call<'_>) -> Answer {
    if call.state.record.active() {
        return Err(Failure::bare(500));
    }
    call.state.record_directory = call.string("recordDirectory")?;
    Ok(None)
}

fn get_monitor_list(_: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"monitors": [{
        "monitorHeight": 720,
        "monitorIndex": 0,
        "monitorName": "screen(0)",
        "monitorPositionX": 0,
        "monitorPositionY": 0,
        "monitorWidth": 1280,
    }]})))
}
