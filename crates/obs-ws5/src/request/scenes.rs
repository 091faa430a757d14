//! Requests of the family `scenes`, and studio mode.

use crate::request::{Accepted, no_nul, replies, requests};
use crate::{Client, Error};

requests! {
    /// Asks for all scenes.
    GetSceneList -> SceneList {
        ;
        /// Of this canvas only; since 5.7.0.
        canvas_uuid: String,
    }
    /// Asks which scene is on program.
    GetCurrentProgramScene -> ProgramScene {}
    /// Puts a scene on program.
    SetCurrentProgramScene -> Accepted {
        /// The scene's name.
        scene_name: String,
    }
    /// Puts a scene on preview; needs studio mode.
    SetCurrentPreviewScene -> Accepted {
        /// The scene's name.
        scene_name: String,
    }
    /// Makes an empty scene.
    CreateScene -> CreatedScene {
        /// The new scene's name.
        scene_name: String,
    }
    /// Removes a scene.
    RemoveScene -> Accepted {
        /// The scene's name.
        scene_name: String,
    }
    /// Asks whether studio mode is on.
    GetStudioModeEnabled -> StudioMode {}
    /// Switches studio mode.
    SetStudioModeEnabled -> Accepted {
        /// On or off.
        studio_mode_enabled: bool,
    }
}

replies! {
    /// All scenes.
    SceneList {
        /// The scene on program; null if there is none.
        current_program_scene_name: Option<String>,
        /// The scene on preview; null unless studio mode is on.
        current_preview_scene_name: Option<String>,
        /// The scenes, from the bottom of OBS's list to its top.
        scenes: Vec<Scene>,
    }
    /// One scene.
    Scene {
        /// Its name.
        scene_name: String,
        /// Its UUID; since 5.4.0.
        scene_uuid: Option<String>,
        /// Its place, 0 at the bottom; null outside of the main canvas.
        scene_index: Option<u64>,
    }
    /// The scene on program.
    ProgramScene {
        /// Its name; since 5.4.0.
        scene_name: Option<String>,
        /// Its UUID; since 5.4.0.
        scene_uuid: Option<String>,
        /// Its name, as every version gives it.
        current_program_scene_name: String,
    }
    /// A new scene.
    CreatedScene {
        /// Its UUID; since 5.4.0.
        scene_uuid: Option<String>,
    }
    /// Studio mode.
    StudioMode {
        /// Whether it is on.
        studio_mode_enabled: bool,
    }
}

/// Scenes, by verbs; made by [`Client::scenes`].
#[derive(Debug, Clone, Copy)]
pub struct Scenes<'a>(&'a Client);

impl Client {
    /// Scenes.
    #[must_use]
    pub fn scenes(&self) -> Scenes<'_> {
        Scenes(self)
    }
}

impl Scenes<'_> {
    /// All scenes.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn list(self) -> Result<SceneList, Error> {
        self.0.send(GetSceneList::new()).await
    }

    /// The name of the scene on program.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn program(self) -> Result<String, Error> {
        Ok(self.0.send(GetCurrentProgramScene::new()).await?.current_program_scene_name)
    }

    /// Puts a scene on program.
    ///
    /// # Errors
    /// As [`Client::send`]; 600 with OBS's words if there is no such scene.
    pub async fn set_program(self, scene: impl Into<String>) -> Result<(), Error> {
        let scene = scene.into();
        no_nul("sceneName", &scene)?;
        self.0.send(SetCurrentProgramScene::new(scene)).await.map(|_| ())
    }
}
