//! Transitions: which, how long, and the one under way.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Answer, Call, Failure, Row, V5};
use crate::obs::events::Intent;
use crate::obs::state::{State, Step, Transition};

pub(super) const TABLE: &[Row] = &[
    ("GetTransitionKindList", V5, get_transition_kind_list),
    ("GetSceneTransitionList", V5, get_scene_transition_list),
    ("GetCurrentSceneTransition", V5, get_current_scene_transition),
    ("SetCurrentSceneTransition", V5, set_current_scene_transition),
    ("SetCurrentSceneTransitionDuration", V5, set_current_scene_transition_duration),
    ("SetCurrentSceneTransitionSettings", V5, set_current_scene_transition_settings),
    ("GetCurrentSceneTransitionCursor", V5, get_current_scene_transition_cursor),
    ("TriggerStudioModeTransition", V5, trigger_studio_mode_transition),
];

/// A transition's length in whole milliseconds, as OBS bounds it.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn millis(call: &Call<'_>, field: &str) -> Result<u64, Failure> {
    Ok(call.number(field, 50.0, 20_000.0)? as u64)
}

fn row(t: &Transition) -> Value {
    json!({
        "transitionConfigurable": false,
        "transitionFixed": t.fixed,
        "transitionKind": t.kind,
        "transitionName": t.name,
        "transitionUuid": t.uuid,
    })
}

fn get_transition_kind_list(_: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"transitionKinds": ["cut_transition", "fade_transition"]})))
}

fn get_scene_transition_list(call: &mut Call<'_>) -> Answer {
    let current = call.state.transitions.get(call.state.transition);
    Ok(Some(json!({
        "currentSceneTransitionKind": current.map(|t| t.kind),
        "currentSceneTransitionName": current.map(|t| t.name),
        "currentSceneTransitionUuid": current.map(|t| &t.uuid),
        "transitions": call.state.transitions.iter().map(row).collect::<Value>(),
    })))
}

fn get_current_scene_transition(call: &mut Call<'_>) -> Answer {
    let Some(t) = call.state.transitions.get(call.state.transition) else { return Ok(None) };
    let mut data = row(t);
    if let Some(map) = data.as_object_mut() {
        let ms = Some(call.state.transition_ms).filter(|_| !t.fixed);
        map.insert("transitionDuration".to_owned(), json!(ms));
        map.insert("transitionSettings".to_owned(), Value::Null);
    }
    Ok(Some(data))
}

fn set_current_scene_transition(call: &mut Call<'_>) -> Answer {
    let name = call.string("transitionName")?;
    let state = &mut *call.state;
    let Some(at) = state.transitions.iter().position(|t| t.name == name) else {
        return Err(Failure::new(600, "No scene transition was found by that name."));
    };
    state.transition = at;
    let uuid = state.transitions.get(at).map(|t| t.uuid.clone());
    let data = json!({"transitionName": name, "transitionUuid": uuid});
    state.emit(Intent::Transitions, "CurrentSceneTransitionChanged", data);
    Ok(None)
}

fn set_current_scene_transition_duration(call: &mut Call<'_>) -> Answer {
    let ms = millis(call, "transitionDuration")?;
    call.state.transition_ms = ms;
    let data = json!({"transitionDuration": ms});
    call.state.emit(Intent::Transitions, "CurrentSceneTransitionDurationChanged", data);
    Ok(None)
}

fn set_current_scene_transition_settings(call: &mut Call<'_>) -> Answer {
    call.object("transitionSettings", true)?;
    Err(Failure::new(606, "The current transition does not support custom settings."))
}

fn get_current_scene_transition_cursor(call: &mut Call<'_>) -> Answer {
    let cursor = match call.state.moving {
        Some((start, length)) if !length.is_zero() => start.elapsed().as_secs_f64() / length.as_secs_f64(),
        _ => 1.0,
    };
    Ok(Some(json!({"transitionCursor": cursor.min(1.0)})))
}

fn trigger_studio_mode_transition(call: &mut Call<'_>) -> Answer {
    if !call.state.studio_mode {
        return Err(Failure::bare(506));
    }
    let (program, preview) = (call.state.program.clone(), call.state.preview.clone());
    call.state.take_to(&preview);
    call.state.set_preview(&program);
    Ok(None)
}

impl State {
    /// Moves a scene to program, by the current transition or the scene's own.
    pub(super) fn take_to(&mut self, scene: &str) {
        if self.program == scene {
            return;
        }
        let own = self.scene(scene).map(|s| (s.override_name.clone(), s.override_ms)).unwrap_or_default();
        let named = own.0.and_then(|name| self.transitions.iter().find(|t| t.name == name));
        let Some(t) = named.or_else(|| self.transitions.get(self.transition)) else { return };
        let data = json!({"transitionName": t.name, "transitionUuid": t.uuid});
        let ms = if t.fixed { 0 } else { own.1.unwrap_or(self.transition_ms) };
        let length = Duration::from_millis(ms);
        self.emit(Intent::Transitions, "SceneTransitionStarted", data);
        self.moving = Some((Instant::now(), length));
        // The program scene is told as changed when the transition ends, but is read back as changed at once.
        scene.clone_into(&mut self.program);
        self.later.push((length, Step::TransitionEnded(scene.to_owned())));
    }

    pub(in crate::obs) fn transition_ended(&mut self, scene: &str) {
        self.moving = None;
        let data = self.transitions.get(self.transition);
        let data = data.map(|t| json!({"transitionName": t.name, "transitionUuid": t.uuid})).unwrap_or_default();
        self.program_changed(scene);
        self.emit(Intent::Transitions, "SceneTransitionVideoEnded", data.clone());
        self.emit(Intent::Transitions, "SceneTransitionEnded", data);
    }

    /// Changes the program scene with no transition.
    pub(super) fn set_program(&mut self, scene: &str) {
        scene.clone_into(&mut self.program);
        self.program_changed(scene);
    }

    pub(super) fn program_changed(&mut self, scene: &str) {
        let data = json!({"sceneName": self.name_of(scene), "sceneUuid": scene});
        self.emit(Intent::Scenes, "CurrentProgramSceneChanged", data);
    }

    pub(super) fn set_preview(&mut self, scene: &str) {
        if self.preview != scene {
            scene.clone_into(&mut self.preview);
            let data = json!({"sceneName": self.name_of(scene), "sceneUuid": scene});
            self.emit(Intent::Scenes, "CurrentPreviewSceneChanged", data);
        }
    }

    pub(super) fn scene_list_changed(&mut self) {
        let scenes = self.scene_list();
        self.emit(Intent::Scenes, "SceneListChanged", json!({"scenes": scenes}));
    }
}
