//! Scenes, program and preview, studio mode.

use serde_json::{Value, json};

use super::{Answer, Call, Failure, Row, V5};
use crate::obs::events::Intent;

pub(super) const TABLE: &[Row] = &[
    ("GetSceneList", V5, get_scene_list),
    ("GetGroupList", V5, get_group_list),
    ("GetCurrentProgramScene", V5, get_current_program_scene),
    ("SetCurrentProgramScene", V5, set_current_program_scene),
    ("GetCurrentPreviewScene", V5, get_current_preview_scene),
    ("SetCurrentPreviewScene", V5, set_current_preview_scene),
    ("CreateScene", V5, create_scene),
    ("RemoveScene", V5, remove_scene),
    ("SetSceneName", V5, set_scene_name),
    ("GetSceneSceneTransitionOverride", V5, get_override),
    ("SetSceneSceneTransitionOverride", V5, set_override),
    ("GetStudioModeEnabled", V5, get_studio_mode_enabled),
    ("SetStudioModeEnabled", V5, set_studio_mode_enabled),
];

fn get_scene_list(call: &mut Call<'_>) -> Answer {
    let s = &call.state;
    let preview = s.scene(&s.preview).filter(|_| s.studio_mode);
    let program = s.scene(&s.program);
    Ok(Some(json!({
        "currentPreviewSceneName": preview.map(|s| &s.name),
        "currentPreviewSceneUuid": preview.map(|s| &s.uuid),
        "currentProgramSceneName": program.map(|s| &s.name),
        "currentProgramSceneUuid": program.map(|s| &s.uuid),
        "scenes": s.scene_list(),
    })))
}

fn get_group_list(_: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"groups": []})))
}

fn get_current_program_scene(call: &mut Call<'_>) -> Answer {
    let uuid = &call.state.program;
    let name = call.state.name_of(uuid);
    if !call.state.version.has_uuids() {
        return Ok(Some(json!({"currentProgramSceneName": name})));
    }
    Ok(Some(json!({
        "currentProgramSceneName": name,
        "currentProgramSceneUuid": uuid,
        "sceneName": name,
        "sceneUuid": uuid,
    })))
}

fn set_current_program_scene(call: &mut Call<'_>) -> Answer {
    let scene = call.scene()?;
    call.state.take_to(&scene);
    Ok(None)
}

fn get_current_preview_scene(call: &mut Call<'_>) -> Answer {
    if !call.state.studio_mode {
        return Err(Failure::bare(506));
    }
    let uuid = &call.state.preview;
    let name = call.state.name_of(uuid);
    if !call.state.version.has_uuids() {
        return Ok(Some(json!({"currentPreviewSceneName": name})));
    }
    Ok(Some(json!({
        "currentPreviewSceneName": name,
        "currentPreviewSceneUuid": uuid,
        "sceneName": name,
        "sceneUuid": uuid,
    })))
}

fn set_current_preview_scene(call: &mut Call<'_>) -> Answer {
    if !call.state.studio_mode {
        return Err(Failure::bare(506));
    }
    let scene = call.scene()?;
    call.state.set_preview(&scene);
    Ok(None)
}

fn create_scene(call: &mut Call<'_>) -> Answer {
    if let Some(canvas) = call.optional("canvasUuid").and_then(Value::as_str)
        && call.state.version.has_canvases()
        && canvas != "6c69626f-6273-4c00-9d88-c5136d61696e"
    {
        return Err(Failure::new(600, format!("No canvas was found by the UUID of `{canvas}`.")));
    }
    let name = call.string("sceneName")?;
    if call.state.name_taken(&name) {
        return Err(Failure::new(601, "A source already exists by that scene name."));
    }
    let uuid = call.state.add_scene(&name);
    let data = json!({"isGroup": false, "sceneName": name, "sceneUuid": uuid});
    call.state.emit(Intent::Scenes, "SceneCreated", data);
    call.state.scene_list_changed();
    Ok(Some(json!({"sceneUuid": uuid})))
}

fn remove_scene(call: &mut Call<'_>) -> Answer {
    let uuid = call.scene()?;
    let state = &mut *call.state;
    if state.scenes.len() < 2 {
        return Err(Failure::new(603, "You cannot remove the last scene in the collection."));
    }
    let name = state.name_of(&uuid);
    state.scenes.retain(|s| s.uuid != uuid);
    for scene in &mut state.scenes {
        scene.items.retain(|i| i.source != uuid);
    }
    state.emit(Intent::Scenes, "SceneRemoved", json!({"isGroup": false, "sceneName": name, "sceneUuid": uuid}));
    let next = state.scenes.first().map(|s| s.uuid.clone()).unwrap_or_default();
    if state.preview == uuid {
        state.preview = next.clone();
    }
    if state.program == uuid {
        state.set_program(&next);
    }
    state.scene_list_changed();
    Ok(None)
}

fn set_scene_name(call: &mut Call<'_>) -> Answer {
    let uuid = call.scene()?;
    let name = call.string("newSceneName")?;
    if call.state.name_taken(&name) {
        return Err(Failure::new(601, "A source already exists by that new scene name."));
    }
    let old = call.state.name_of(&uuid);
    if let Some(scene) = call.state.scene_mut(&uuid) {
        scene.name.clone_from(&name);
    }
    let data = json!({"oldSceneName": old, "sceneName": name, "sceneUuid": uuid});
    call.state.emit(Intent::Scenes, "SceneNameChanged", data);
    Ok(None)
}

fn get_override(call: &mut Call<'_>) -> Answer {
    let uuid = call.scene()?;
    let scene = call.state.scene(&uuid);
    Ok(Some(json!({
        "transitionDuration": scene.and_then(|s| s.override_ms),
        "transitionName": scene.and_then(|s| s.override_name.as_ref()),
    })))
}

fn set_override(call: &mut Call<'_>) -> Answer {
    let uuid = call.scene()?;
    let given = |field: &str| call.data.is_some_and(|d| d.contains_key(field));
    let (has_name, has_ms) = (given("transitionName"), given("transitionDuration"));
    if !has_name && !has_ms {
        let why = "Your request data must include either `transitionName` or `transitionDuration`.";
        return Err(Failure::new(300, why));
    }
    // Null takes an override away.
    let name = if call.optional("transitionName").is_some() { Some(call.string("transitionName")?) } else { None };
    if let Some(name) = &name
        && !call.state.transitions.iter().any(|t| t.name == name)
    {
        return Err(Failure::new(600, "No scene transition was found by that name."));
    }
    let ms = match call.optional("transitionDuration") {
        Some(_) => Some(super::transitions::millis(call, "transitionDuration")?),
        None => None,
    };
    if let Some(scene) = call.state.scene_mut(&uuid) {
        if has_name {
            scene.override_name = name;
        }
        if has_ms {
            scene.override_ms = ms;
        }
    }
    Ok(None)
}

fn get_studio_mode_enabled(call: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"studioModeEnabled": call.state.studio_mode})))
}

fn set_studio_mode_enabled(call: &mut Call<'_>) -> Answer {
    let on = call.boolean("studioModeEnabled")?;
    let state = &mut *call.state;
    if state.studio_mode == on {
        return Ok(None);
    }
    state.studio_mode = on;
    if on {
        state.preview = state.program.clone();
    } else {
        // The real one tells of the preview and then of the program scene when it leaves the mode, as if it went to both.
        for scene in [state.preview.clone(), state.program.clone()] {
            state.program_changed(&scene);
        }
    }
    state.emit(Intent::Ui, "StudioModeStateChanged", json!({"studioModeEnabled": on}));
    Ok(None)
}
