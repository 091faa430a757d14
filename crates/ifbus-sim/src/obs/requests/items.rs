//! Scene items: what stands in a scene.

use serde_json::{Value, json};

use super::{Answer, Call, Failure, Row, V5};
use crate::obs::Version;
use crate::obs::events::Intent;
use crate::obs::state::{Input, Item, Scene, State};

pub(super) const TABLE: &[Row] = &[
    ("GetSceneItemList", V5, get_scene_item_list),
    ("GetSceneItemId", V5, get_scene_item_id),
    ("GetSceneItemSource", Version(5, 4, 0), get_scene_item_source),
    ("CreateSceneItem", V5, create_scene_item),
    ("RemoveSceneItem", V5, remove_scene_item),
    ("GetSceneItemEnabled", V5, get_scene_item_enabled),
    ("SetSceneItemEnabled", V5, set_scene_item_enabled),
    ("GetSceneItemLocked", V5, get_scene_item_locked),
    ("SetSceneItemLocked", V5, set_scene_item_locked),
    ("GetSceneItemIndex", V5, get_scene_item_index),
    ("SetSceneItemIndex", V5, set_scene_item_index),
    ("GetSceneItemTransform", V5, get_scene_item_transform),
];

fn get_scene_item_list(call: &mut Call<'_>) -> Answer {
    let uuid = call.scene()?;
    let state = &call.state;
    let row = |(index, item): (usize, &Item)| {
        let input = state.inputs.iter().find(|i| i.uuid == item.source);
        let source_type = if input.is_some() { "OBS_SOURCE_TYPE_INPUT" } else { "OBS_SOURCE_TYPE_SCENE" };
        json!({
            "inputKind": input.map(|i| i.kind.name),
            "isGroup": if input.is_some() { Value::Null } else { Value::Bool(false) },
            "sceneItemBlendMode": "OBS_BLEND_NORMAL",
            "sceneItemEnabled": item.enabled,
            "sceneItemId": item.id,
            "sceneItemIndex": index,
            "sceneItemLocked": item.locked,
            "sceneItemTransform": transform(input),
            "sourceName": state.name_of(&item.source),
            "sourceType": source_type,
            "sourceUuid": item.source,
        })
    };
    let items = state.scene(&uuid).map(|s| s.items.iter().enumerate().map(row).collect::<Value>());
    Ok(Some(json!({"sceneItems": items})))
}

/// Where an item stands: as large as what it shows, which is known of plain colours alone.
fn transform(input: Option<&Input>) -> Value {
    let size = |side: &str| {
        let plain = input.filter(|i| i.kind.unversioned == "color_source")?;
        let given = plain.settings.get(side).and_then(Value::as_f64);
        given.or_else(|| serde_json::from_str::<Value>(plain.kind.defaults).ok()?.get(side)?.as_f64())
    };
    let (width, height) = (size("width").unwrap_or(0.0), size("height").unwrap_or(0.0));
    json!({
        "alignment": 5,
        "boundsAlignment": 0,
        "boundsHeight": 0.0,
        "boundsType": "OBS_BOUNDS_NONE",
        "boundsWidth": 0.0,
        "cropBottom": 0,
        "cropLeft": 0,
        "cropRight": 0,
        "cropToBounds": false,
        "cropTop": 0,
        "height": height,
        "positionX": 0.0,
        "positionY": 0.0,
        "rotation": 0.0,
        "scaleX": 1.0,
        "scaleY": 1.0,
        "sourceHeight": height,
        "sourceWidth": width,
        "width": width,
    })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn get_scene_item_id(call: &mut Call<'_>) -> Answer {
    let uuid = call.scene()?;
    let name = call.string("sourceName")?;
    let offset = match call.optional("searchOffset") {
        Some(_) => call.number("searchOffset", -1.0, f64::INFINITY)?,
        None => 0.0,
    };
    let state = &call.state;
    let items = state.scene(&uuid).map(|s| s.items.as_slice()).unwrap_or_default();
    let mut found = items.iter().filter(|i| state.name_of(&i.source) == name);
    // -1 asks for the last one.
    let item = if offset < 0.0 { found.next_back() } else { found.nth(offset as usize) };
    match item {
        Some(item) => Ok(Some(json!({"sceneItemId": item.id}))),
        None => {
            let why = "No scene items were found in the specified scene by that name or offset.";
            Err(Failure::new(600, why))
        }
    }
}

/// The scene, and the item in it, that the request names.
fn item(call: &Call<'_>) -> Result<(String, Item, usize), Failure> {
    let uuid = call.scene()?;
    let id = call.count("sceneItemId")?;
    let items = call.state.scene(&uuid).map(|s| s.items.as_slice()).unwrap_or_default();
    match items.iter().enumerate().find(|(_, i)| i.id == id) {
        Some((index, item)) => Ok((uuid, item.clone(), index)),
        None => {
            let scene = call.state.name_of(&uuid);
            let why = format!("No scene items were found in scene `{scene}` with the ID `{id}`.");
            Err(Failure::new(600, why))
        }
    }
}

fn change(call: &mut Call<'_>, scene: &str, id: u64, change: impl FnOnce(&mut Item)) {
    let items = call.state.scene_mut(scene).map(|s| &mut s.items);
    if let Some(item) = items.and_then(|items| items.iter_mut().find(|i| i.id == id)) {
        change(item);
    }
}

fn get_scene_item_source(call: &mut Call<'_>) -> Answer {
    let (_, item, _) = item(call)?;
    Ok(Some(json!({"sourceName": call.state.name_of(&item.source), "sourceUuid": item.source})))
}

/// Puts a source into a scene and tells of it; the item's number.
pub(super) fn create(state: &mut State, scene: &str, source: &str, enabled: bool) -> u64 {
    let Some((id, index)) = state.add_item(scene, source, enabled) else { return 0 };
    let data = json!({
        "sceneItemId": id,
        "sceneItemIndex": index,
        "sceneName": state.name_of(scene),
        "sceneUuid": scene,
        "sourceName": state.name_of(source),
        "sourceUuid": source,
    });
    state.emit(Intent::SceneItems, "SceneItemCreated", data);
    let data = json!({"sceneItemId": id, "sceneName": state.name_of(scene), "sceneUuid": scene});
    if !enabled {
        // It is created visible, and then hidden.
        let name = state.name_of(scene);
        let data = json!({"sceneItemEnabled": false, "sceneItemId": id, "sceneName": name, "sceneUuid": scene});
        state.emit(Intent::SceneItems, "SceneItemEnableStateChanged", data);
    }
    state.emit(Intent::SceneItems, "SceneItemSelected", data);
    id
}

/// Takes a source that is no more out of all scenes. OBS notices, and tells, only where it draws: on program and in
/// preview.
pub(super) fn forget(state: &mut State, name: &str, source: &str) {
    let is_drawn = |scene: &Scene| scene.uuid == state.program || (state.studio_mode && scene.uuid == state.preview);
    let mut gone = Vec::new();
    for scene in state.scenes.iter().filter(|scene| is_drawn(scene)) {
        for item in scene.items.iter().filter(|item| item.source == source) {
            gone.push(json!({
                "sceneItemId": item.id,
                "sceneName": scene.name,
                "sceneUuid": scene.uuid,
                "sourceName": name,
                "sourceUuid": source,
            }));
        }
    }
    for scene in &mut state.scenes {
        scene.items.retain(|item| item.source != source);
    }
    for data in gone {
        state.emit(Intent::SceneItems, "SceneItemRemoved", data);
    }
}

fn create_scene_item(call: &mut Call<'_>) -> Answer {
    let scene = call.scene()?;
    let source = call.source("source")?;
    if scene == source {
        return Err(Failure::new(703, "You cannot create scene item of a scene within itself."));
    }
    let enabled = call.boolean_or("sceneItemEnabled", true)?;
    let id = create(call.state, &scene, &source, enabled);
    Ok(Some(json!({"sceneItemId": id})))
}

fn remove_scene_item(call: &mut Call<'_>) -> Answer {
    let (scene, item, _) = item(call)?;
    if let Some(scene) = call.state.scene_mut(&scene) {
        scene.items.retain(|i| i.id != item.id);
    }
    let data = json!({
        "sceneItemId": item.id,
        "sceneName": call.state.name_of(&scene),
        "sceneUuid": scene,
        "sourceName": call.state.name_of(&item.source),
        "sourceUuid": item.source,
    });
    call.state.emit(Intent::SceneItems, "SceneItemRemoved", data);
    Ok(None)
}

fn get_scene_item_enabled(call: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"sceneItemEnabled": item(call)?.1.enabled})))
}

fn set_scene_item_enabled(call: &mut Call<'_>) -> Answer {
    let (scene, item, _) = item(call)?;
    let on = call.boolean("sceneItemEnabled")?;
    if item.enabled != on {
        change(call, &scene, item.id, |i| i.enabled = on);
        let name = call.state.name_of(&scene);
        let data = json!({"sceneItemEnabled": on, "sceneItemId": item.id, "sceneName": name, "sceneUuid": scene});
        call.state.emit(Intent::SceneItems, "SceneItemEnableStateChanged", data);
    }
    Ok(None)
}

fn get_scene_item_locked(call: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"sceneItemLocked": item(call)?.1.locked})))
}

fn set_scene_item_locked(call: &mut Call<'_>) -> Answer {
    let (scene, item, _) = item(call)?;
    let on = call.boolean("sceneItemLocked")?;
    if item.locked != on {
        change(call, &scene, item.id, |i| i.locked = on);
        let name = call.state.name_of(&scene);
        let data = json!({"sceneItemId": item.id, "sceneItemLocked": on, "sceneName": name, "sceneUuid": scene});
        call.state.emit(Intent::SceneItems, "SceneItemLockStateChanged", data);
    }
    Ok(None)
}

fn get_scene_item_index(call: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"sceneItemIndex": item(call)?.2})))
}

fn set_scene_item_index(call: &mut Call<'_>) -> Answer {
    let (uuid, item, from) = item(call)?;
    let to = usize::try_from(call.count("sceneItemIndex")?).unwrap_or(usize::MAX);
    let Some(scene) = call.state.scene_mut(&uuid) else { return Ok(None) };
    scene.items.remove(from);
    // Beyond the last place is the last place.
    scene.items.insert(to.min(scene.items.len()), item);
    let row = |(index, item): (usize, &Item)| json!({"sceneItemId": item.id, "sceneItemIndex": index});
    let items: Value = scene.items.iter().enumerate().map(row).collect();
    let data = json!({"sceneItems": items, "sceneName": scene.name, "sceneUuid": uuid});
    call.state.emit(Intent::SceneItems, "SceneItemListReindexed", data);
    Ok(None)
}

fn get_scene_item_transform(call: &mut Call<'_>) -> Answer {
    let (_, item, _) = item(call)?;
    let input = call.state.inputs.iter().find(|i| i.uuid == item.source);
    Ok(Some(json!({"sceneItemTransform": transform(input)})))
}
