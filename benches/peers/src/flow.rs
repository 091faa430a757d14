//! The seven steps of the demo beside the longest chain of round trips that wait for one another in it, on bare sockets.

use crate::referee::median;
use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
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

const REPETITIONS: usize = 9;

/// The steps may take this many times the bare chain.
const TARGET: f64 = 1.5;

/// Prints `{"flow": […], "bare": […], "steps": {"lights": […], …}}`, in ms.
pub(crate) fn run() -> Result<()> {
    let servers = Servers::start()?;
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
        let (mut flows, mut chains) = (Vec::new(), Vec::new());
        let mut steps: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for turn in 0..=REPETITIONS {
            let mut run = Run::new(&bus, &profile);
            let report = run.up(&mut |_| {}).await;
            if !report.is_ok() {
                bail!("the flow failed: {report:?}");
            }
            if !run.down(&mut |_| {}).await.is_ok() {
                bail!("the flow cannot be taken back");
            }
            outputs.stopped().await?;
            let chain = bare.up().await?;
            bare.down().await?;
            if turn > 0 {
                flows.push(ms(report.took));
                chains.push(ms(chain));
                for step in &report.steps {
                    steps.entry(step.step.clone()).or_default().push(ms(step.took));
                }
            }
        }
        println!("{}", json!({ "flow": flows, "bare": chains, "steps": steps }));
        bus.close().await;
        anyhow::Ok(())
    })
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The row of the table.
pub(crate) fn row(said: &Value) -> Result<Value> {
    let times = |of: &str| -> Result<Vec<f64>> { Ok(serde_json::from_value(said[of].clone())?) };
    let (flow, bare) = (times("flow")?, times("bare")?);
    let steps: BTreeMap<String, Vec<f64>> = serde_json::from_value(said["steps"].clone())?;
    let steps: BTreeMap<_, _> = steps.into_iter().map(|(step, times)| (step, median(times))).collect();
    let ratio = median(flow.iter().zip(&bare).map(|(flow, bare)| flow / bare).collect());
    let target = json!({
        "what": "the seven steps, in times of the longest chain of bare round trips",
        "value": ratio, "at_most": TARGET, "met": ratio <= TARGET,
    });
    Ok(
        json!({ "kind": "flow", "flow_ms": median(flow), "bare_ms": median(bare), "ratio": ratio, "steps_ms": steps, "targets": [target] }),
    )
}

/// The simulators, on a thread of their own.
struct Servers {
    obs: String,
    home: String,
    token: String,
    vmix: String,
}

impl Servers {
    fn start() -> Result<Self> {
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || -> Result<()> {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
                let (obs, home, vmix) = (ObsSim::start().await?, HomeSim::start().await?, VmixSim::start().await?);
                tell.send(Self {
                    obs: obs.url(),
                    home: home.url(),
                    token: home.token().to_owned(),
                    vmix: vmix.tcp_addr().to_string(),
                })?;
                std::future::pending().await
            })
        });
        told.recv().context("the simulators do not start")
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
        let stopped = |state: Option<OutputState>| state == Some(OutputState::Stopped);
        timeout(Duration::from_secs(5), async {
            while !stopped(self.record.recv().await?.event().map(|event| event.output_state)) {}
            while !stopped(self.camera.recv().await?.event().map(|event| event.output_state)) {}
            Some(())
        })
        .await
        .context("OBS does not stop")?
        .context("OBS hung up")
    }
}

/// The chain by hand: load the preset and see that it is there, take the input, stream, and light the sign.
struct Bare {
    vmix: BufReader<TcpStream>,
    home: WebSocketStream<MaybeTlsStream<TcpStream>>,
    id: u64,
}

const PRESET: &str = r"C:\vMix\Presets\live-production.vmix";
const SIGN: &str = r#""domain":"light","target":{"entity_id":"light.on_air_sign"}"#;

impl Bare {
    async fn connect(servers: &Servers) -> Result<Self> {
        let socket = TcpStream::connect(&servers.vmix).await?;
        socket.set_nodelay(true)?;
        let url = format!("{}/api/websocket", servers.home.replacen("http", "ws", 1));
        let home = tokio_tungstenite::connect_async_with_config(url, None, true).await?.0;
        let mut bare = Self { vmix: BufReader::new(socket), home, id: 0 };
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
        self.vmix("FUNCTION StartStreaming").await?;
        let red = r#""service":"turn_on","service_data":{"rgb_color":[255,0,0],"brightness":255}"#;
        self.home(red).await?;
        Ok(since.elapsed())
    }

    async fn down(&mut self) -> Result<()> {
        self.vmix("FUNCTION StopStreaming").await?;
        self.home(r#""service":"turn_off""#).await
    }

    /// One line and the line that answers it.
    async fn vmix(&mut self, line: &str) -> Result<String> {
        self.vmix.get_mut().write_all(format!("{line}\r\n").as_bytes()).await?;
        let mut answer = String::new();
        self.vmix.read_line(&mut answer).await?;
        if !answer.contains(" OK ") {
            bail!("{line}: {answer}");
        }
        Ok(answer)
    }

    async fn home(&mut self, rest: &str) -> Result<()> {
        self.id += 1;
        let call = format!(r#"{{"id":{},"type":"call_service",{SIGN},{rest}}}"#, self.id);
        self.home.send(Message::text(call)).await?;
        let answer = self.message().await?;
        if !answer.contains("\"success\":true") {
            bail!("{rest}: {answer}");
        }
        Ok(())
    }

    async fn message(&mut self) -> Result<String> {
        Ok(self.home.next().await.context("Home Assistant hung up")??.into_text()?.as_str().to_owned())
    }
}
