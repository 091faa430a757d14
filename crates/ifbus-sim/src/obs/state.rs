//! What the simulated OBS holds, and how it changes with time.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use super::Version;
use super::events::{Event, Intent};

/// What happens some time after a request, by itself.
#[derive(Clone, Debug)]
pub(super) enum Step {
    RecordStarted,
    RecordStopped,
    StreamStarted,
    StreamStopped,
    VirtualCamStarted,
    VirtualCamStopped,
    ReplayStarted,
    ReplayStopped,
    /// The transition to the program scene with that UUID is over.
    TransitionEnded(String),
}

/// A state of the simulated OBS at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The scene on program.
    pub program_scene: String,
    /// The scene in preview; only in studio mode.
    pub preview_scene: Option<String>,
    /// Names of all scenes, the topmost of the window first.
    pub scenes: Vec<String>,
    /// Whether studio mode is on.
    pub studio_mode: bool,
    /// Whether a recording runs, paused or not.
    pub recording: bool,
    /// Whether the recording is paused.
    pub record_paused: bool,
    /// The file of the last recording.
    pub record_path: Option<String>,
    /// Whether a stream runs.
    pub streaming: bool,
    /// Whether the virtual camera runs.
    pub virtual_cam: bool,
    /// Whether the replay buffer runs.
    pub replay_buffer: bool,
    /// Which inputs with sound are muted.
    pub muted: BTreeMap<String, bool>,
}

#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) name: String,
    pub(super) uuid: String,
    pub(super) items: Vec<Item>,
    pub(super) next_item: u64,
    pub(super) override_name: Option<String>,
    pub(super) override_ms: Option<u64>,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: u64,
    /// UUID of the input or scene that it shows.
    pub(super) source: String,
    pub(super) enabled: bool,
    pub(super) locked: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) uuid: String,
    pub(super) kind: &'static super::kinds::Kind,
    pub(super) settings: Map<String, Value>,
    pub(super) muted: bool,
    /// OBS computes in 32 bits; what a client reads shows it.
    pub(super) volume: f32,
    pub(super) balance: f64,
    pub(super) sync_offset_ms: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Transition {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) uuid: String,
    /// Whether its length is its own affair.
    pub(super) fixed: bool,
}

/// An output between two requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Phase {
    #[default]
    Off,
    Starting,
    On,
    Stopping,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Output {
    pub(super) phase: Phase,
    /// Since when it runs, and how long it ran before the last pause.
    pub(super) since: Option<Instant>,
    pub(super) before: Duration,
    pub(super) paused: bool,
}

impl Output {
    pub(super) fn active(&self) -> bool {
        self.phase == Phase::On
    }

    pub(super) fn begin(&mut self) {
        *self = Self { phase: Phase::On, since: Some(Instant::now()), ..Self::default() };
    }

    pub(super) fn pause(&mut self) {
        self.before = self.duration();
        self.since = None;
        self.paused = true;
    }

    pub(super) fn resume(&mut self) {
        self.since = Some(Instant::now());
        self.paused = false;
    }

    pub(super) fn duration(&self) -> Duration {
        self.before + self.since.map_or(Duration::ZERO, |t| t.elapsed())
    }
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) version: Version,
    pub(super) virtual_cam_available: bool,
    pub(super) output_delay: Duration,
    pub(super) not_ready: usize,
    /// In the order of creation; the window and the protocol's list show the newest at the bottom.
    pub(super) scenes: Vec<Scene>,
    pub(super) inputs: Vec<Input>,
    pub(super) program: String,
    pub(super) preview: String,
    pub(super) studio_mode: bool,
    pub(super) transitions: Vec<Transition>,
    pub(super) transition: usize,
    pub(super) transition_ms: u64,
    /// When the transition under way began, and how long it takes.
    pub(super) moving: Option<(Instant, Duration)>,
    pub(super) record: Output,
    pub(super) record_path: Option<String>,
    pub(super) record_directory: String,
    pub(super) stream: Output,
    pub(super) virtual_cam: Output,
    pub(super) replay: Output,
    pub(super) last_replay: Option<String>,
    pub(super) stream_service: (String, Map<String, Value>),
    pub(super) persistent: BTreeMap<(String, String), Value>,
    pub(super) created: u64,
    /// Which run of OBS this is: what an earlier one left behind does not act on a later one.
    pub(super) epoch: u64,
    pub(super) events: Vec<Event>,
    pub(super) later: Vec<(Duration, Step)>,
}

impl State {
    pub(super) fn new(
        version: Version,
        scenes: &[String],
        inputs: &[(String, String)],
        virtual_cam: bool,
        output_delay: Duration,
    ) -> Self {
        let transition = |name, kind, fixed| Transition { name, kind, uuid: uuid_of("transition", name), fixed };
        let mut state = Self {
            version,
            virtual_cam_available: virtual_cam,
            output_delay,
            not_ready: 0,
            scenes: Vec::new(),
            inputs: Vec::new(),
            program: String::new(),
            preview: String::new(),
            studio_mode: false,
            transitions: vec![transition("Fade", "fade_transition", false), transition("Cut", "cut_transition", true)],
            transition: 0,
            transition_ms: 300,
            moving: None,
            record: Output::default(),
            record_path: None,
            record_directory: "/rec".to_owned(),
            stream: Output::default(),
            virtual_cam: Output::default(),
            replay: Output::default(),
            last_replay: None,
            stream_service: ("rtmp_common".to_owned(), Map::new()),
            persistent: BTreeMap::new(),
            created: 0,
            epoch: 0,
            events: Vec::new(),
            later: Vec::new(),
        };
        for name in scenes {
            state.add_scene(name);
        }
        if let Some(first) = state.scenes.first() {
            state.program = first.uuid.clone();
        }
        let program = state.program.clone();
        for (name, kind) in inputs {
            let Some(kind) = super::kinds::find(kind) else { continue };
            let uuid = state.fresh_uuid(name);
            state.inputs.push(Input::new(name, &uuid, kind, Map::new()));
            // A microphone belongs to no scene.
            if kind.name != super::kinds::MICROPHONE {
                state.add_item(&program, &uuid, true);
            }
        }
        state
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let name = |uuid: &str| self.scenes.iter().find(|s| s.uuid == uuid).map(|s| s.name.clone());
        Snapshot {
            program_scene: name(&self.program).unwrap_or_default(),
            preview_scene: name(&self.preview).filter(|_| self.studio_mode),
            scenes: self.scenes.iter().map(|s| s.name.clone()).collect(),
            studio_mode: self.studio_mode,
            recording: self.record.active(),
            record_paused: self.record.paused,
            record_path: self.record_path.clone(),
            streaming: self.stream.active(),
            virtual_cam: self.virtual_cam.active(),
            replay_buffer: self.replay.active(),
            muted: self.inputs.iter().filter(|i| i.kind.audio).map(|i| (i.name.clone(), i.muted)).collect(),
        }
    }

    pub(super) fn emit(&mut self, intent: Intent, name: &'static str, data: Value) {
        self.events.push(Event::new(intent, name, Some(data)));
    }

    pub(super) fn fresh_uuid(&mut self, name: &str) -> String {
        self.created += 1;
        uuid_of(&self.created.to_string(), name)
    }

    pub(super) fn add_scene(&mut self, name: &str) -> String {
        let uuid = self.fresh_uuid(name);
        self.scenes.push(Scene {
            name: name.to_owned(),
            uuid: uuid.clone(),
            items: Vec::new(),
            next_item: 1,
            override_name: None,
            override_ms: None,
        });
        uuid
    }

    /// Puts a source into a scene; the item's number and its place.
    pub(super) fn add_item(&mut self, scene: &str, source: &str, enabled: bool) -> Option<(u64, usize)> {
        let scene = self.scenes.iter_mut().find(|s| s.uuid == scene)?;
        let id = scene.next_item;
        scene.next_item += 1;
        scene.items.push(Item { id, source: source.to_owned(), enabled, locked: false });
        Some((id, scene.items.len() - 1))
    }

    pub(super) fn scene(&self, uuid: &str) -> Option<&Scene> {
        self.scenes.iter().find(|s| s.uuid == uuid)
    }

    pub(super) fn scene_mut(&mut self, uuid: &str) -> Option<&mut Scene> {
        self.scenes.iter_mut().find(|s| s.uuid == uuid)
    }

    /// Name of the scene or input with that UUID.
    pub(super) fn name_of(&self, uuid: &str) -> String {
        let scene = self.scene(uuid).map(|s| &s.name);
        let input = || self.inputs.iter().find(|i| i.uuid == uuid).map(|i| &i.name);
        scene.or_else(input).cloned().unwrap_or_default()
    }

    /// Whether a scene or an input has that name: they share one space.
    pub(super) fn name_taken(&self, name: &str) -> bool {
        self.scenes.iter().any(|s| s.name == name) || self.inputs.iter().any(|i| i.name == name)
    }

    /// The scenes as every list of the protocol shows them: the newest first.
    pub(super) fn scene_list(&self) -> Value {
        let row = |(i, s): (usize, &Scene)| json!({"sceneIndex": i, "sceneName": s.name, "sceneUuid": s.uuid});
        self.scenes.iter().rev().enumerate().map(row).collect()
    }

    pub(super) fn apply(&mut self, step: Step) {
        match step {
            Step::RecordStarted => {
                self.record.begin();
                let path = json!(self.record_path);
                self.record_event(true, "STARTED", &path);
            }
            Step::RecordStopped => {
                self.record = Output::default();
                let path = json!(self.record_path);
                self.record_event(false, "STOPPED", &path);
            }
            Step::StreamStarted => {
                self.stream.begin();
                self.output_event("StreamStateChanged", true, "STARTED");
            }
            Step::StreamStopped => {
                self.stream = Output::default();
                self.output_event("StreamStateChanged", false, "STOPPED");
            }
            Step::VirtualCamStarted => {
                self.virtual_cam.begin();
                self.output_event("VirtualcamStateChanged", true, "STARTED");
            }
            Step::VirtualCamStopped => {
                self.virtual_cam = Output::default();
                self.output_event("VirtualcamStateChanged", false, "STOPPED");
            }
            Step::ReplayStarted => {
                self.replay.begin();
                self.output_event("ReplayBufferStateChanged", true, "STARTED");
            }
            Step::ReplayStopped => {
                self.replay = Output::default();
                self.output_event("ReplayBufferStateChanged", false, "STOPPED");
            }
            Step::TransitionEnded(scene) => self.transition_ended(&scene),
        }
    }

    pub(super) fn output_event(&mut self, name: &'static str, active: bool, state: &str) {
        let state = format!("OBS_WEBSOCKET_OUTPUT_{state}");
        self.emit(Intent::Outputs, name, json!({"outputActive": active, "outputState": state}));
    }

    pub(super) fn record_event(&mut self, active: bool, state: &str, path: &Value) {
        let state = format!("OBS_WEBSOCKET_OUTPUT_{state}");
        let data = json!({"outputActive": active, "outputPath": path, "outputState": state});
        self.emit(Intent::Outputs, "RecordStateChanged", data);
    }
}

impl Input {
    pub(super) fn new(name: &str, uuid: &str, kind: &'static super::kinds::Kind, settings: Map<String, Value>) -> Self {
        Self {
            name: name.to_owned(),
            uuid: uuid.to_owned(),
            kind,
            settings,
            muted: false,
            volume: 1.0,
            balance: 0.5,
            sync_offset_ms: 0,
        }
    }

    /// The volume in dB; OBS shows silence as -100.
    pub(super) fn volume_db(&self) -> f32 {
        if self.volume == 0.0 { -100.0 } else { (20.0 * self.volume.log10()).max(-100.0) }
    }
}

/// The same for the same words, so that two runs can be compared.
fn uuid_of(space: &str, name: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("obs/{space}/{name}").as_bytes()).to_string()
}
