//! The seven steps of the demo beside the longest chain of round trips that wait for one another in it, on bare sockets.

use crate::referee::median;
use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use ifbus_benches::cores;
use ifbus_core::{Bus, adapters};
use ifbus_orchestrator::{Profile, Run};
use ifbus_sim::{ha::HomeSim, obs::ObsSim, vmix::VmixSim};
use obs_ws5::{
    TypedEvents,
    event::{OutputState, RecordStateChanged, VirtualcamStateChanged},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::mpsc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

const REPETITIONS: usize = 31;

/// How long the simulated OBS may take for what takes it milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// The steps may take this many times the bare chain.
const TARGET: f64 = 1.5;

/// Prints `{"flow": […], "bare": […], "by hand": […], "steps": {"lights": […], …}}`, in ms.
pub(crate) fn run() -> Result<()> {
    let servers = Servers::start()?;
    cores::client();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let bus = Bus::builder()
            .add("studio", adapters::Obs::new(&servers.obs, "test-secret"))
            .add("home", adapters::HomeAssistant::new(&servers.home, servers.token.as_str()))
            .add("mypro", adapters::Vmix::new(&servers.vmix))
            .connect()
            .await?;
        let profile = Profile::parse("live-production.toml", ifbus_cli::demo::PROFILE)?;
        let mut bare = Bare::connect(&servers).await?;
        let mut outputs = Outputs::watch(&servers).await?;
        let (mut flows, mut chains, mut hands) = (Vec::new(), Vec::new(), Vec::new());
        let mut steps: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for turn in 0..=REPETITIONS {
            let mut run = Run::new(&bus, &profile);
            settle().await;
            let report = run.up(&mut |_| {}).await;
            if !report.is_ok() {
                bail!("the flow failed: {report:?}");
            }
            if !run.down(&mut |_| {}).await.is_ok() {
                bail!("the flow cannot be taken back");
            }
            outputs.stopped().await?;
            settle().await;
            let chain = bare.up().await?;
            outputs.recording_started().await?;
            bare.down().await?;
            outputs.recording_stopped().await?;
            settle().await;
            let hand = bare.seven_up().await?;
            outputs.recording_started().await?;
            outputs.camera(OutputState::Started).await?;
            bare.seven_down().await?;
            outputs.stopped().await?;
            if turn > 0 {
                hands.push(ms(hand));
                flows.push(ms(report.took));
                chains.push(ms(chain));
                for step in &report.steps {
                    steps.entry(step.step.clone()).or_default().push(ms(step.took));
                }
            }
        }
        println!("{}", json!({ "flow": flows, "bare": chains, "by hand": hands, "steps": steps }));
        bus.close().await;
        anyhow::Ok(())
    })
}

/// What was switched off last is told to everybody who listens: none of the three begins in the middle of that.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The row of the table.
pub(crate) fn row(said: &Value) -> Result<Value> {
    let times = |of: &str| -> Result<Vec<f64>> { Ok(serde_json::from_value(said[of].clone())?) };
    let (flow, bare, hand) = (times("flow")?, times("bare")?, times("by hand")?);
    let steps: BTreeMap<String, Vec<f64>> = serde_json::from_value(said["steps"].clone())?;
    let steps: BTreeMap<_, _> = steps.into_iter().map(|(step, times)| (step, median(times))).collect();
    let times_of = |other: &[f64]| median(flow.iter().zip(other).map(|(flow, other)| flow / other).collect());
    let (ratio, by_hand) = (times_of(&bare), times_of(&hand));
    let target = json!({
        "what": "the seven steps, in times of the longest chain of bare round trips",
        "value": ratio, "at_most": TARGET, "met": ratio <= TARGET,
    });
    Ok(
        json!({ "kind": "flow", "flow_ms": median(flow), "bare_ms": median(bare), "ratio": ratio, "by_hand_ms": median(hand), "ratio_by_hand": by_hand, "steps_ms": steps, "targets": [target] }),
    )
}

/// The simulators.
struct Servers {
    obs: String,
    home: String,
    token: String,
    vmix: String,
}

impl Servers {
    fn start() -> Result<Self> {
        // each on a thread of its own, as servers are
        fn serve<T: Send + 'static, S>(
            start: impl Future<Output = std::io::Result<S>> + Send + 'static,
            tell: impl Fn(&S) -> T + Send + 'static,
        ) -> Result<T> {
            let (sender, told) = mpsc::channel();
            std::thread::spawn(move || -> Result<()> {
                cores::server();
                tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
                    let server = start.await?;
                    sender.send(tell(&server)).ok().context("nobody waits for the simulator")?;
                    std::future::pending().await
                })
            });
            told.recv().context("a simulator does not start")
        }
        let obs = serve(ObsSim::builder().password(None).start(), ObsSim::url)?;
        let (home, token) = serve(HomeSim::start(), |home| (home.url(), home.token().to_owned()))?;
        let vmix = serve(VmixSim::start(), |vmix| vmix.tcp_addr().to_string())?;
        Ok(Self { obs, home, token, vmix })
    }
}

/// Sees when OBS has stopped: a start before that is taken without effect, by the simulator as by OBS.
struct Outputs {
    record: TypedEvents<RecordStateChanged>,
    camera: TypedEvents<VirtualcamStateChanged>,
    _obs: obs_ws5::Client,
}

impl Outputs {
    async fn watch(servers: &Servers) -> Result<Self> {
        let obs = obs_ws5::Client::connect(&servers.obs, "test-secret").await?;
        Ok(Self { record: obs.events_of(), camera: obs.events_of(), _obs: obs })
    }

    async fn stopped(&mut self) -> Result<()> {
        self.recording_stopped().await?;
        self.camera(OutputState::Stopped).await
    }

    async fn camera(&mut self, state: OutputState) -> Result<()> {
        let camera = &mut self.camera;
        let reached = async {
            while camera.recv().await?.event().map(|event| event.output_state).as_ref() != Some(&state) {}
            Some(())
        };
        timeout(PATIENCE, reached)
            .await
            .context("OBS does not start its camera, or not stop it")?
            .context("OBS hung up")
    }

    async fn recording_started(&mut self) -> Result<()> {
        self.recording(OutputState::Started).await
    }

    async fn recording_stopped(&mut self) -> Result<()> {
        self.recording(OutputState::Stopped).await
    }

    async fn recording(&mut self, state: OutputState) -> Result<()> {
        let record = &mut self.record;
        let reached = async {
            while record.recv().await?.event().map(|event| event.output_state).as_ref() != Some(&state) {}
            Some(())
        };
        timeout(PATIENCE, reached).await.context("OBS does not record, or not end it")?.context("OBS hung up")
    }
}

/// The chain alone, by hand: load the preset and see that it is there, take the input, start the recording (the stream starts beside
/// it, and is sooner there), and light the sign. And all seven steps by hand, each sent as soon as it may be: what the servers
/// need for it, which share a core here, is in both then.
struct Bare {
    vmix: BufReader<TcpStream>,
    home: WebSocketStream<MaybeTlsStream<TcpStream>>,
    obs: WebSocketStream<MaybeTlsStream<TcpStream>>,
    id: u64,
}

const PRESET: &str = r"C:\vMix\Presets\live-production.vmix";
const SIGN: &str = r#"{"entity_id":"light.on_air_sign"}"#;
const LIGHTS: &str = r#"{"entity_id":["light.key_light","light.fill_light"]}"#;
const CAMERAS: &str = r#"{"entity_id":["camera.studio_front","camera.studio_side"]}"#;

impl Bare {
    async fn connect(servers: &Servers) -> Result<Self> {
        let socket = TcpStream::connect(&servers.vmix).await?;
        socket.set_nodelay(true)?;
        let url = format!("{}/api/websocket", servers.home.replacen("http", "ws", 1));
        let home = tokio_tungstenite::connect_async_with_config(url, None, true).await?.0;
        let obs = tokio_tungstenite::connect_async_with_config(&servers.obs, None, true).await?.0;
        let mut bare = Self { vmix: BufReader::new(socket), home, obs, id: 0 };
        bare.obs_says("\"op\":0").await?;
        bare.obs.send(Message::text(r#"{"op":1,"d":{"rpcVersion":1,"eventSubscriptions":0}}"#)).await?;
        bare.obs_says("\"op\":2").await?;
        bare.vmix.read_line(&mut String::new()).await?;
        bare.message().await?;
        let auth = json!({ "type": "auth", "access_token": servers.token }).to_string();
        bare.home.send(Message::text(auth)).await?;
        bare.message().await?;
        Ok(bare)
    }

    async fn up(&mut self) -> Result<Duration> {
        let since = Instant::now();
        self.vmix("FUNCTION OpenPreset Value=C%3A%5CvMix%5CPresets%5Clive-production.vmix").await?;
        while !self.vmix("XMLTEXT vmix/preset").await?.contains(PRESET) {}
        self.vmix("FUNCTION ActiveInput Input=1").await?;
        self.obs("StartRecord").await?;
        let red = r#""service":"turn_on","service_data":{"rgb_color":[255,0,0],"brightness":255}"#;
        self.home(red).await?;
        Ok(since.elapsed())
    }

    async fn down(&mut self) -> Result<()> {
        self.obs("StopRecord").await?;
        self.home(r#""service":"turn_off""#).await
    }

    async fn seven_up(&mut self) -> Result<Duration> {
        let since = Instant::now();
        self.vmix_ask("FUNCTION OpenPreset Value=C%3A%5CvMix%5CPresets%5Clive-production.vmix").await?;
        self.home_ask(&format!(
            r#""domain":"light","target":{LIGHTS},"service":"turn_on","service_data":{{"brightness":200}}"#
        ))
        .await?;
        self.home_ask(&format!(r#""domain":"camera","target":{CAMERAS},"service":"turn_on""#)).await?;
        self.vmix_answer().await?;
        while !self.vmix("XMLTEXT vmix/preset").await?.contains(PRESET) {}
        self.vmix("FUNCTION ActiveInput Input=1").await?;
        self.vmix_ask("FUNCTION StartStreaming").await?;
        self.obs_ask("StartRecord").await?;
        self.obs_ask("StartVirtualCam").await?;
        self.home_answer().await?;
        self.home_answer().await?;
        self.vmix_answer().await?;
        self.obs_says("\"result\":true").await?;
        let red = r#""service":"turn_on","service_data":{"rgb_color":[255,0,0],"brightness":255}"#;
        self.home(red).await?;
        self.obs_says("\"result\":true").await?;
        Ok(since.elapsed())
    }

    async fn seven_down(&mut self) -> Result<()> {
        self.obs("StopRecord").await?;
        self.obs("StopVirtualCam").await?;
        self.vmix("FUNCTION StopStreaming").await?;
        self.vmix("FUNCTION ActiveInput Input=2").await?;
        self.home(r#""service":"turn_off""#).await?;
        for rest in
            [format!(r#""domain":"light","target":{LIGHTS}"#), format!(r#""domain":"camera","target":{CAMERAS}"#)]
        {
            self.home_ask(&format!(r#"{rest},"service":"turn_off""#)).await?;
            self.home_answer().await?;
        }
        Ok(())
    }

    /// One line and the line that answers it.
    async fn vmix(&mut self, line: &str) -> Result<String> {
        self.vmix_ask(line).await?;
        self.vmix_answer().await
    }

    async fn vmix_ask(&mut self, line: &str) -> Result<()> {
        Ok(self.vmix.get_mut().write_all(format!("{line}\r\n").as_bytes()).await?)
    }

    async fn vmix_answer(&mut self) -> Result<String> {
        let mut answer = String::new();
        self.vmix.read_line(&mut answer).await?;
        if !answer.contains(" OK ") {
            bail!("vMix: {answer}");
        }
        Ok(answer)
    }

    async fn obs(&mut self, request: &str) -> Result<()> {
        self.obs_ask(request).await?;
        self.obs_says("\"result\":true").await
    }

    async fn obs_ask(&mut self, request: &str) -> Result<()> {
        let request = format!(r#"{{"op":6,"d":{{"requestType":"{request}","requestId":"1"}}}}"#);
        Ok(self.obs.send(Message::text(request)).await?)
    }

    async fn obs_says(&mut self, what: &str) -> Result<()> {
        let said = self.obs.next().await.context("OBS hung up")??.into_text()?;
        if !said.contains(what) {
            bail!("OBS: {said}");
        }
        Ok(())
    }

    /// The sign.
    async fn home(&mut self, rest: &str) -> Result<()> {
        self.home_ask(&format!(r#""domain":"light","target":{SIGN},{rest}"#)).await?;
        self.home_answer().await
    }

    async fn home_ask(&mut self, rest: &str) -> Result<()> {
        self.id += 1;
        let call = format!(r#"{{"id":{},"type":"call_service",{rest}}}"#, self.id);
        Ok(self.home.send(Message::text(call)).await?)
    }

    async fn home_answer(&mut self) -> Result<()> {
        let answer = self.message().await?;
        if !answer.contains("\"success\":true") {
            bail!("Home Assistant: {answer}");
        }
        Ok(())
    }

    async fn message(&mut self) -> Result<String> {
        Ok(self.home.next().await.context("Home Assistant hung up")??.into_text()?.as_str().to_owned())
    }
}
