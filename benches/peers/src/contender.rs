//! A contender in a process of its own: told on standard input what to do, it says on standard output how long that took.

use crate::{home, obs, phone, vmix};
use anyhow::{Context as _, Result, bail};
use ifbus_benches::cores;
use serde_json::{Value, json};
use std::{
    io::BufRead as _,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// So long nothing more comes before what is missing counts as lost.
pub(crate) const SILENCE: Duration = Duration::from_millis(1500);

/// A client and what can be asked of it.
pub(crate) trait Contender {
    /// So many exchanges, so many of them in flight; gives how many it did, which is none if it cannot.
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize>;

    /// Asks for the flood and takes it.
    async fn events(&mut self, sent: usize) -> Result<Flood>;
}

/// What came of a flood.
#[derive(Clone, Copy, Default)]
pub(crate) struct Flood {
    /// Events that came.
    pub(crate) came: usize,
    /// Events that the client said it had lost.
    pub(crate) told: usize,
}

impl Flood {
    pub(crate) fn whole(came: usize) -> Self {
        Self { came, told: 0 }
    }

    pub(crate) fn accounted(self) -> usize {
        self.came + self.told
    }
}

/// Everybody, by protocol, the limit first.
pub(crate) const CONTENDERS: [(&str, &[&str]); 5] = [
    ("obs", &["raw tokio-tungstenite, OBS", "obs-ws5", "obs-ws5, decoding", "obws"]),
    ("homeassistant", &["raw tokio-tungstenite, HA", "ha-client", "hass-rs"]),
    ("vmix", &["raw TCP", "vmix-api"]),
    ("asterisk", &["raw TCP, AMI", "ami-client", "ami-client, no calls", "asterisk-rs-ami"]),
    ("freeswitch", &["raw TCP, ESL", "esl-client", "esl-client, no calls", "freeswitch-esl-tokio"]),
];

/// Where a contender and the desk run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placement {
    /// One thread, which has a core, and the desk another: as with a server on another machine. The same in every turn.
    OwnCore,
    /// One thread, where the system puts it and the desk: often both on one core.
    Free,
    /// Two threads, as most programs have several, on which each exchange goes from one to the other; where the system puts
    /// them.
    TwoThreads,
}

impl Placement {
    pub(crate) const ALL: [Self; 3] = [Self::OwnCore, Self::Free, Self::TwoThreads];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OwnCore => "1, own core",
            Self::Free => "1",
            Self::TwoThreads => "2",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|placement| placement.name() == name).with_context(|| format!("what is {name}?"))
    }
}

/// Connects, then does what it is told until standard input ends.
pub(crate) fn run(name: &str, arguments: &[String], allocations: Option<fn() -> usize>) -> Result<()> {
    let [port, placement] = arguments else { bail!("which port, which placement?") };
    let port: u16 = port.parse()?;
    let placement = Placement::parse(placement)?;
    if placement == Placement::OwnCore {
        cores::client();
    }
    let runtime = match placement {
        Placement::OwnCore | Placement::Free => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        Placement::TwoThreads => tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?,
    };
    match name {
        "raw tokio-tungstenite, OBS" => work(&runtime, runtime.block_on(obs::Raw::connect(port))?, allocations),
        "obs-ws5" => work(&runtime, runtime.block_on(obs::Ours::connect(port, false))?, allocations),
        "obs-ws5, decoding" => work(&runtime, runtime.block_on(obs::Ours::connect(port, true))?, allocations),
        "obws" => work(&runtime, runtime.block_on(obs::Obws::connect(port))?, allocations),
        "raw tokio-tungstenite, HA" => work(&runtime, runtime.block_on(home::Raw::connect(port))?, allocations),
        "ha-client" => work(&runtime, runtime.block_on(home::Ours::connect(port))?, allocations),
        "hass-rs" => work(&runtime, runtime.block_on(home::HassRs::connect(port))?, allocations),
        "raw TCP" => work(&runtime, runtime.block_on(vmix::Raw::connect(port))?, allocations),
        "vmix-api" => work(&runtime, runtime.block_on(vmix::Ours::connect(port))?, allocations),
        "raw TCP, AMI" => work(&runtime, runtime.block_on(phone::Raw::connect(port, phone::AMI))?, allocations),
        "raw TCP, ESL" => work(&runtime, runtime.block_on(phone::Raw::connect(port, phone::ESL))?, allocations),
        "ami-client" => work(&runtime, runtime.block_on(phone::Ami::connect(port, true))?, allocations),
        "ami-client, no calls" => work(&runtime, runtime.block_on(phone::Ami::connect(port, false))?, allocations),
        "asterisk-rs-ami" => work(&runtime, runtime.block_on(phone::AsteriskRs::connect(port))?, allocations),
        "esl-client" => work(&runtime, runtime.block_on(phone::Esl::connect(port, true))?, allocations),
        "esl-client, no calls" => work(&runtime, runtime.block_on(phone::Esl::connect(port, false))?, allocations),
        "freeswitch-esl-tokio" => work(&runtime, runtime.block_on(phone::EslTokio::connect(port))?, allocations),
        _ => bail!("no contender is called {name}"),
    }
}

fn work(runtime: &Runtime, mut contender: impl Contender, allocations: Option<fn() -> usize>) -> Result<()> {
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let before = allocations.map(|count| count());
        let since = Instant::now();
        // The waiting for what does not come is no part of the time.
        let (mut silence, mut told) = (Duration::ZERO, 0);
        let units = match words[..] {
            ["exchange", in_flight, each] => runtime.block_on(contender.exchange(in_flight.parse()?, each.parse()?))?,
            ["events", sent] => {
                let sent = sent.parse()?;
                let flood = runtime.block_on(contender.events(sent))?;
                if since.elapsed() > SILENCE && flood.accounted() < sent {
                    silence = SILENCE;
                }
                told = flood.told;
                flood.came
            }
            _ => bail!("what is {line}?"),
        };
        let seconds = since.elapsed().saturating_sub(silence).as_secs_f64();
        let allocated = allocations.zip(before).map(|(count, before)| count() - before);
        let said: Value =
            json!({ "units": units, "told": told, "seconds": seconds, "allocations": allocated, "peak_kib": peak() });
        println!("{said}");
    }
    Ok(())
}

/// The most memory that this process ever had resident, in KiB; none where the system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// Runs `in_flight` loops side by side, in one task.
pub(crate) async fn side_by_side<F: Future<Output = Result<()>>>(
    in_flight: usize,
    each: usize,
    make: impl Fn() -> F,
) -> Result<usize> {
    futures_util::future::try_join_all((0..in_flight).map(|_| make())).await?;
    Ok(in_flight * each)
}
