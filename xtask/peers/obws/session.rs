//! A session of obws (JSON) with an OBS that is real or simulated.

use std::{
    env,
    io::{BufRead as _, stdin},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use obws::{
    Client,
    client::{ConnectConfig, DangerousConnectConfig, HandshakeError},
    error::{Error, Result},
    requests::{
        EventSubscription,
        inputs::{Create, SetSettings, Volume},
        scene_items::{Id, SetEnabled, SetIndex, SetLocked},
        scenes::SceneId,
    },
};
use serde::Serialize;
use serde_json::{Value, json};

/// Events that belong to a step come within this time of one another.
const QUIET: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(6);

/// How many events a step causes: on servers from 5.4 on, and on older ones, of whose events obws understands few.
type Count = [usize; 2];

type Events = Arc<Mutex<Vec<(Instant, Value)>>>;

/// All but those of media, which the simulator does not play.
fn heard() -> EventSubscription {
    EventSubscription::ALL - EventSubscription::MEDIA_INPUTS
}

fn write(step: &str, seen: Value) {
    let mut line = json!({"step": step});
    if let (Value::Object(line), Value::Object(seen)) = (&mut line, seen) {
        line.extend(seen);
    }
    println!("{line}");
}

/// What came of a request.
fn outcome<T: Serialize>(result: Result<T>) -> Value {
    match result {
        Ok(data) => json!({"data": shown(serde_json::to_value(data).unwrap_or_default())}),
        Err(error) => failure(&error),
    }
}

fn failure(error: &Error) -> Value {
    match error {
        Error::Api { code, message } => json!({"error": "refused", "code": format!("{code:?}"), "comment": message}),
        Error::DeserializeResponse(why) => json!({"error": "misread", "why": why.to_string()}),
        Error::Handshake(HandshakeError::ConnectionClosed(Some(close))) => {
            json!({"error": "closed", "code": u16::from(close.code), "reason": close.reason})
        }
        other => json!({"error": other.to_string()}),
    }
}

/// Lists are cut to what the session made; other scenes are hidden.
fn shown(value: Value) -> Value {
    let is_ours = |row: &Value| {
        let names = ["sceneName", "inputName", "sourceName"].iter().filter_map(|key| row.get(key)?.as_str());
        names.into_iter().all(|name| name.starts_with("Check"))
    };
    match value {
        Value::Array(list) => list.into_iter().filter(is_ours).map(shown).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let is_scene =
                    ["sceneName", "currentProgramSceneName", "currentPreviewSceneName"].contains(&name.as_str());
                let is_other = value.as_str().is_some_and(|scene| !scene.starts_with("Check"));
                (name, if is_scene && is_other { json!("<other>") } else { shown(value) })
            })
            .collect(),
        other => other,
    }
}

struct Session {
    client: Client,
    /// Whether the server names things by UUID, without which obws understands little.
    has_uuids: bool,
    events: Events,
}

impl Session {
    async fn open(password: &str) -> Result<Self> {
        let url = env::var("PEER_URL").unwrap_or_default();
        let (host, port) = url.trim_start_matches("ws://").rsplit_once(':').unwrap_or(("127.0.0.1", "4455"));
        let client = Client::connect_with_config(ConnectConfig {
            host,
            port: port.parse().unwrap_or(4455),
            // It takes no server below OBS 30.2 otherwise.
            dangerous: Some(DangerousConnectConfig {
                skip_studio_version_check: true,
                skip_websocket_version_check: true,
            }),
            password: Some(password),
            event_subscriptions: Some(heard()),
            broadcast_capacity: 1000,
            connect_timeout: PATIENCE,
        })
        .await?;
        let events = Events::default();
        let mut stream = client.events()?;
        let sink = Arc::clone(&events);
        tokio::spawn(async move {
            while let Some(event) = stream.next().await {
                let event = serde_json::to_value(&event).unwrap_or_else(|_| json!(format!("{event:?}")));
                sink.lock().unwrap().push((Instant::now(), event));
            }
        });
        let version = client.general().version().await?.obs_web_socket_version;
        Ok(Self { client, has_uuids: (version.major, version.minor) >= (5, 4), events })
    }

    /// Waits for so many events, and then until it is quiet; writes them, by kind and then as they came.
    async fn events(&self, step: &str, [newer, older]: Count) {
        let count = if self.has_uuids { newer } else { older };
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let (number, last) = {
                let events = self.events.lock().unwrap();
                (events.len(), events.last().map(|(at, _)| *at))
            };
            if number >= count && last.is_none_or(|at| at.elapsed() > QUIET) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut events: Vec<_> = self.events.lock().unwrap().drain(..).map(|(_, event)| event).collect();
        let kind = |event: &Value| event.get("eventType").and_then(Value::as_str).unwrap_or_default().to_owned();
        events.sort_by_key(kind);
        for event in events {
            let data = event.get("eventData").cloned().unwrap_or_default();
            let names = ["inputName", "sourceName"].iter().filter_map(|key| data.get(key)?.as_str());
            if names.into_iter().all(|name| name.starts_with("Check")) {
                write(step, json!({"event": kind(&event), "data": shown(data)}));
            }
        }
    }

    /// What came of a request, and the events that it caused: at least so many.
    async fn step<T: Serialize>(&self, step: &str, result: Result<T>, count: Count) {
        write(step, outcome(result));
        self.events(step, count).await;
    }
}

fn scene(name: &str) -> SceneId<'_> {
    SceneId::Name(name)
}

async fn login() -> Session {
    let refused = Session::open("wrong").await;
    write("wrong password", refused.map_or_else(|error| failure(&error), |_| json!({"result": "taken"})));
    let session = Session::open(&env::var("PEER_PASSWORD").unwrap_or_default()).await.expect("a login");
    let version = session.client.general().version().await.expect("a version");
    let knows: Vec<_> = ["StartRecord", "NoSuchRequest"]
        .into_iter()
        .map(|name| version.available_requests.iter().any(|one| one == name))
        .collect();
    let told = version.obs_web_socket_version.to_string();
    write("login", json!({"version": told, "rpc": version.rpc_version, "knows": knows}));
    session
}

async fn scenes(session: &Session) {
    let scenes = session.client.scenes();
    session.step("create A", scenes.create("Check A").await, [2, 1]).await;
    session.step("create B", scenes.create("Check B").await, [2, 1]).await;
    session.step("create B again", scenes.create("Check B").await, [0, 0]).await;
    session.step("create without name", scenes.create("").await, [0, 0]).await;
    session.step("rename B", scenes.set_name(scene("Check B"), "Check C").await, [1, 0]).await;
    session.step("list", scenes.list().await, [0, 0]).await;
    session.step("program A", scenes.set_current_program_scene(scene("Check A")).await, [4, 0]).await;
    session.step("program", scenes.current_program_scene().await, [0, 0]).await;
    session.step("program none", scenes.set_current_program_scene(scene("Check none")).await, [0, 0]).await;
    session.step("preview", scenes.current_preview_scene().await, [0, 0]).await;
    session.step("override", scenes.transition_override(scene("Check A")).await, [0, 0]).await;
}

async fn inputs(session: &Session) {
    let inputs = session.client.inputs();
    let create = |input, kind, settings, enabled| Create { scene: scene("Check A"), input, kind, settings, enabled };
    let size = json!({"width": 320, "height": 180});
    let colour = inputs.create(create("Check colour", "color_source_v3", Some(size), None)).await;
    session.step("create colour", colour, [3, 0]).await;
    let media = inputs.create(create("Check media", "ffmpeg_source", None::<Value>, Some(false))).await;
    session.step("create media", media, [4, 0]).await;
    let unknown = inputs.create(create("Check x", "no_such_kind", None, None)).await;
    session.step("create unknown", unknown, [0, 0]).await;
    session.step("list", inputs.list(None).await, [0, 0]).await;
    let (colour, media) = ("Check colour".into(), "Check media".into());
    let settings = SetSettings { input: colour, settings: &json!({"width": 640}), overlay: Some(true) };
    // Newer versions tell of it, older ones do not.
    write("set settings", outcome(inputs.set_settings(settings).await));
    tokio::time::sleep(QUIET).await;
    session.events.lock().unwrap().retain(|(_, event)| event.get("eventType") != Some(&json!("InputSettingsChanged")));
    let settings = inputs.settings::<Value>(colour).await;
    session.step("settings", settings.map(|one| json!([one.kind, one.settings])), [0, 0]).await;
    session.step("muted", inputs.muted(media).await, [0, 0]).await;
    session.step("mute", inputs.set_muted(media, true).await, [1, 0]).await;
    session.step("toggle mute", inputs.toggle_mute(media).await, [1, 0]).await;
    session.step("mute colour", inputs.set_muted(colour, true).await, [0, 0]).await;
    session.step("set volume", inputs.set_volume(media, Volume::Db(-6.5)).await, [1, 0]).await;
    session.step("volume", inputs.volume(media).await, [0, 0]).await;
    session.step("too loud", inputs.set_volume(media, Volume::Mul(20.5)).await, [0, 0]).await;
    session.step("balance", inputs.set_audio_balance(media, 0.25).await, [1, 0]).await;
    session.step("offset", inputs.set_audio_sync_offset(media, time::Duration::milliseconds(100)).await, [1, 0]).await;
    session
        .step("offset read", inputs.audio_sync_offset(media).await.map(|one| one.whole_milliseconds()), [0, 0])
        .await;
    session.step("mute scene", inputs.muted("Check A".into()).await, [0, 0]).await;
    session.step("rename media", inputs.set_name(media, "Check sound").await, [1, 0]).await;
}

async fn items(session: &Session) {
    let items = session.client.scene_items();
    let (scene, item_id) = (scene("Check A"), 2);
    session.step("items", items.list(scene).await, [0, 0]).await;
    let id = Id { scene, source: "Check sound", search_offset: None };
    session.step("item id", items.id(id).await, [0, 0]).await;
    session.step("enable", items.set_enabled(SetEnabled { scene, item_id, enabled: true }).await, [1, 0]).await;
    session.step("lock", items.set_locked(SetLocked { scene, item_id, locked: true }).await, [1, 0]).await;
    session.step("locked", items.locked(scene, item_id).await, [0, 0]).await;
    session.step("move", items.set_index(SetIndex { scene, item_id, index: 0 }).await, [1, 0]).await;
    session.step("transform", items.transform(scene, 1).await, [0, 0]).await;
    session.step("no item", items.enabled(scene, 9).await, [0, 0]).await;
    session.step("remove sound", session.client.inputs().remove("Check sound".into()).await, [2, 0]).await;
}

async fn studio_mode(session: &Session) {
    let (ui, scenes) = (session.client.ui(), session.client.scenes());
    session.step("trigger too early", session.client.transitions().trigger().await, [0, 0]).await;
    session.step("studio mode", ui.set_studio_mode_enabled(true).await, [1, 1]).await;
    session.step("is studio mode", ui.studio_mode_enabled().await, [0, 0]).await;
    session.step("preview C", scenes.set_current_preview_scene(self::scene("Check C")).await, [1, 0]).await;
    session.step("preview", scenes.current_preview_scene().await, [0, 0]).await;
    session.step("take", session.client.transitions().trigger().await, [5, 0]).await;
    session.step("program", scenes.current_program_scene().await, [0, 0]).await;
    session.step("studio mode off", ui.set_studio_mode_enabled(false).await, [3, 1]).await;
}

async fn transitions(session: &Session) {
    let transitions = session.client.transitions();
    session.step("cut", transitions.set_current("Cut").await, [1, 0]).await;
    session.step("current cut", transitions.current().await, [0, 0]).await;
    session.step("fade", transitions.set_current("Fade").await, [1, 0]).await;
    session.step("no transition", transitions.set_current("Check none").await, [0, 0]).await;
    for (step, millis, count) in [("200 ms", 200, [1, 1]), ("49 ms", 49, [0, 0]), ("300 ms", 300, [1, 1])] {
        let duration = time::Duration::milliseconds(millis);
        session.step(step, transitions.set_current_duration(duration).await, count).await;
    }
    session.step("current fade", transitions.current().await, [0, 0]).await;
}

async fn outputs(session: &Session) {
    let recording = session.client.recording();
    let status = |one: obws::responses::recording::RecordStatus| json!([one.active, one.paused]);
    session.step("record status", recording.status().await.map(status), [0, 0]).await;
    session.step("stop nothing", recording.stop().await, [0, 0]).await;
    session.step("record", recording.start().await, [2, 2]).await;
    session.step("record again", recording.start().await, [0, 0]).await;
    session.step("recording", recording.status().await.map(status), [0, 0]).await;
    session.step("resume", recording.resume().await, [0, 0]).await;
    // OBS ends no file that has no frame yet.
    tokio::time::sleep(Duration::from_secs(1)).await;
    session.step("record stop", recording.stop().await.map(|path| !path.is_empty()), [2, 2]).await;
    session.step("streaming", session.client.streaming().status().await.map(|one| one.active), [0, 0]).await;
    session.step("stream stop", session.client.streaming().stop().await, [0, 0]).await;
    session.step("camera", session.client.virtual_cam().start().await, [0, 0]).await;
}

async fn general(session: &Session) {
    let general = session.client.general();
    session.step("custom", general.broadcast_custom_event(&json!({"a": [1, 2.5, null, "é"]})).await, [1, 1]).await;
    session.step("stats", general.stats().await.map(|_| "read"), [0, 0]).await;
    session.step("no events", session.client.reidentify(EventSubscription::NONE).await, [0, 0]).await;
    session.step("unheard", general.broadcast_custom_event(&json!({"b": 1})).await, [0, 0]).await;
    session.step("events", session.client.reidentify(heard()).await, [0, 0]).await;
}

async fn tidy(session: &Session, first: &str) {
    let scenes = session.client.scenes();
    session.step("back", scenes.set_current_program_scene(self::scene(first)).await, [4, 0]).await;
    session.step("remove colour", session.client.inputs().remove("Check colour".into()).await, [1, 0]).await;
    session.step("remove A", scenes.remove(self::scene("Check A")).await, [2, 1]).await;
    session.step("remove C", scenes.remove(self::scene("Check C")).await, [2, 1]).await;
    session.step("remove A again", scenes.remove(self::scene("Check A")).await, [0, 0]).await;
}

/// obws does not connect again by itself: the session does.
async fn over_a_restart(session: Session) {
    println!("{}", json!({"do": "restart"}));
    let mut word = String::new();
    let _ = tokio::task::spawn_blocking(move || stdin().lock().read_line(&mut word)).await;
    // How OBS takes leave depends on how it was ended: by a signal it says nothing.
    let deadline = Instant::now() + PATIENCE;
    while session.client.events().is_ok() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    write("restart", json!({"events": session.client.events().err().map(|error| error.to_string())}));
    let deadline = Instant::now() + Duration::from_secs(30);
    // A studio that loads answers 207 to everything, the question for its version too.
    let again = loop {
        match Session::open(&env::var("PEER_PASSWORD").unwrap_or_default()).await {
            Err(Error::Api { .. }) if Instant::now() < deadline => tokio::time::sleep(QUIET).await,
            again => break again,
        }
    };
    write("restart: login", again.map_or_else(|error| failure(&error), |_| json!({"result": "taken"})));
}

/// The name of the scene on program; obws cannot read it from an older server, and there it is that of our test studio.
async fn first(session: &Session) -> String {
    let list = session.client.scenes().list().await;
    let current = list.ok().and_then(|list| list.current_program_scene.map(|one| one.name));
    current.unwrap_or_else(|| "Opening".to_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let session = login().await;
    let first = first(&session).await;
    general(&session).await;
    scenes(&session).await;
    inputs(&session).await;
    items(&session).await;
    studio_mode(&session).await;
    transitions(&session).await;
    outputs(&session).await;
    tidy(&session, &first).await;
    if env::var("PEER_RESTARTS").is_ok_and(|wanted| wanted == "1") {
        over_a_restart(session).await;
    }
}
