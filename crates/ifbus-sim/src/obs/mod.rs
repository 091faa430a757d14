//! A simulated OBS Studio with obs-websocket 5, in JSON and MessagePack.
//!
//! It answers as obs-websocket 5.7.4 in OBS 32.2.2 was recorded to, or as an older version if told so: fields and
//! requests that came later are then missing. Requests that are not simulated get 204, as unknown ones do, and
//! `GetVersion.availableRequests` lists exactly those that are.

mod batch;
mod codec;
mod events;
mod kinds;
mod msgpack;
mod requests;
mod session;
mod state;
mod version;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::broadcast;

use crate::knobs::{Knobs, Seen, lock};
use crate::net::{Server, SimStream};
use events::{Event, Intent};
use requests::Answer;
pub use state::Snapshot;
use state::State;
pub use version::Version;

/// What goes to all sessions at once.
#[derive(Clone, Debug)]
enum Signal {
    Event(Arc<Event>),
    /// OBS quits.
    Stopping,
}

/// How many events may wait for a session. One that falls further behind is cut.
const BACKLOG: usize = 16_384;

struct Shared {
    config: ObsBuilder,
    knobs: Knobs,
    salt: String,
    seen: Seen,
    state: Mutex<State>,
    signals: broadcast::Sender<Signal>,
}

impl Shared {
    fn version(&self) -> Version {
        self.config.version
    }

    fn fresh_state(config: &ObsBuilder) -> State {
        let mut state =
            State::new(config.version, &config.scenes, &config.inputs, config.virtual_camera, config.output_delay);
        state.not_ready = config.not_ready;
        state
    }

    /// Runs a request, and tells everybody of what it caused.
    fn request(self: &Arc<Self>, name: &str, data: Option<&Map<String, Value>>, traffic: (u64, u64)) -> Answer {
        self.seen.push(name);
        let mut state = lock(&self.state);
        let answer = requests::run(&mut state, name, data, traffic);
        self.settle(&mut state);
        answer
    }

    /// Publishes the events that are due, and arranges for what comes later.
    fn settle(self: &Arc<Self>, state: &mut State) {
        for event in state.events.drain(..) {
            let _ = self.signals.send(Signal::Event(Arc::new(event)));
        }
        for (delay, step) in state.later.drain(..) {
            let (shared, epoch) = (Arc::downgrade(self), state.epoch);
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                if let Some(shared) = shared.upgrade() {
                    let mut state = lock(&shared.state);
                    if state.epoch == epoch {
                        state.apply(step);
                        shared.settle(&mut state);
                    }
                }
            });
        }
    }
}

/// How a simulated OBS is to be. Made by [`ObsSim::builder`].
#[derive(Clone)]
#[must_use]
pub struct ObsBuilder {
    password: Option<String>,
    version: Version,
    bind: SocketAddr,
    virtual_camera: bool,
    not_ready: usize,
    output_delay: Duration,
    scenes: Vec<String>,
    inputs: Vec<(String, String)>,
}

impl std::fmt::Debug for ObsBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let password = self.password.as_ref().map(|_| "[redacted]");
        f.debug_struct("ObsBuilder")
            .field("password", &password)
            .field("version", &self.version)
            .field("bind", &self.bind)
            .finish_non_exhaustive()
    }
}

impl ObsBuilder {
    /// The password; `None` switches authentication off. `"test-secret"` unless set.
    pub fn password<'a>(mut self, password: impl Into<Option<&'a str>>) -> Self {
        self.password = password.into().map(str::to_owned);
        self
    }

    /// The version of obs-websocket, such as `"5.1.0"`. `"5.7.4"` unless set; text that is no version is ignored.
    pub fn version(mut self, version: &str) -> Self {
        if let Ok(version) = version.parse() {
            self.version = version;
        }
        self
    }

    /// Where to listen: a free port of 127.0.0.1 unless set.
    pub fn bind(mut self, addr: SocketAddr) -> Self {
        self.bind = addr;
        self
    }

    /// Whether a virtual camera exists (yes unless set). Without one its requests fail with 604.
    pub fn virtual_camera(mut self, available: bool) -> Self {
        self.virtual_camera = available;
        self
    }

    /// The first `requests` requests are answered 207, as while OBS loads.
    pub fn not_ready_for(mut self, requests: usize) -> Self {
        self.not_ready = requests;
        self
    }

    /// How long an output takes from STARTING to STARTED, and from STOPPING to STOPPED. 20 ms unless set.
    pub fn output_delay(mut self, delay: Duration) -> Self {
        self.output_delay = delay;
        self
    }

    /// The names of the scenes; the first is on program. `Scene`, `Interview`, `Camera 1`, `Break` unless set.
    pub fn scenes<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.scenes = names.into_iter().map(Into::into).collect();
        self
    }

    /// The inputs by name and kind, in the scene on program; kinds that are not simulated are left out.
    /// `Tone` (`ffmpeg_source`), `Colour` (`color_source_v3`) and, in no scene, `Mic/Aux` (`pulse_input_capture`)
    /// unless set.
    pub fn inputs<'a>(mut self, inputs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.inputs = inputs.into_iter().map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect();
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn start(self) -> io::Result<ObsSim> {
        let (signals, _) = broadcast::channel(BACKLOG);
        let bind = self.bind;
        let shared = Arc::new(Shared {
            knobs: Knobs::default(),
            salt: session::random_token(),
            seen: Seen::default(),
            state: Mutex::new(Shared::fresh_state(&self)),
            signals,
            config: self,
        });
        let server = Server::start(bind, shared.knobs.clone(), serve(&shared)).await?;
        Ok(ObsSim { shared, server })
    }
}

fn serve(shared: &Arc<Shared>) -> impl Fn(SimStream) -> session::Serving + Send + 'static {
    let shared = Arc::clone(shared);
    move |stream| session::serve(Arc::clone(&shared), stream)
}

/// A simulated OBS Studio. Dropping it closes its port and every connection.
pub struct ObsSim {
    shared: Arc<Shared>,
    server: Server,
}

impl std::fmt::Debug for ObsSim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObsSim").field("addr", &self.addr()).finish_non_exhaustive()
    }
}

impl ObsSim {
    /// Starts one as it comes: password `test-secret`, version 5.7.4, a free port of 127.0.0.1.
    ///
    /// # Errors
    /// No port can be listened on.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Starts one to order.
    pub fn builder() -> ObsBuilder {
        ObsBuilder {
            password: Some("test-secret".to_owned()),
            version: Version(5, 7, 4),
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            virtual_camera: true,
            not_ready: 0,
            output_delay: Duration::from_millis(20),
            scenes: ["Scene", "Interview", "Camera 1", "Break"].map(str::to_owned).to_vec(),
            inputs: Vec::new(),
        }
        .inputs([("Tone", "ffmpeg_source"), ("Colour", "color_source_v3"), ("Mic/Aux", kinds::MICROPHONE)])
    }

    /// `ws://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("ws://{}", self.addr())
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// The password, if it asks for one.
    pub fn password(&self) -> Option<&str> {
        self.shared.config.password.as_deref()
    }

    /// Its faults.
    pub fn knobs(&self) -> &Knobs {
        &self.shared.knobs
    }

    /// The types of the requests that came, batches taken apart; at most the last 10,000.
    pub fn requests(&self) -> Vec<String> {
        self.shared.seen.list()
    }

    /// What it holds now.
    pub fn state(&self) -> Snapshot {
        lock(&self.shared.state).snapshot()
    }

    /// Sends an event that somebody else caused: the mask bit of `General`, a name that no version may know, any data.
    pub fn emit(&self, name: &'static str, data: Value) {
        let event = Event::new(Intent::General, name, Some(data));
        let _ = self.shared.signals.send(Signal::Event(Arc::new(event)));
    }

    /// Quits and starts again on the same port: `ExitStarted`, close 1001, and then everything as at the beginning.
    ///
    /// # Errors
    /// The port was taken by somebody else meanwhile.
    pub async fn restart(&self) -> io::Result<()> {
        self.stop().await;
        {
            let mut state = lock(&self.shared.state);
            let epoch = state.epoch + 1;
            *state = State { epoch, ..Shared::fresh_state(&self.shared.config) };
        }
        self.server.restart(serve(&self.shared)).await
    }

    /// Quits: `ExitStarted`, close 1001, and the port is closed.
    pub async fn stop(&self) {
        self.server.stop_listening().await;
        let exit = Event::new(Intent::General, "ExitStarted", None);
        let _ = self.shared.signals.send(Signal::Event(Arc::new(exit)));
        let _ = self.shared.signals.send(Signal::Stopping);
        self.server.drained(Duration::from_millis(300)).await;
        self.server.stop().await;
        self.server.drained(Duration::from_secs(1)).await;
    }
}
