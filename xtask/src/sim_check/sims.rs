//! Our simulators, run in this process and reached by address like any server.

use std::time::Duration;

use anyhow::{Context as _, Result};
use ifbus_sim::{
    asterisk::AsteriskSim, freeswitch::FreeSwitchSim, ha::HomeSim, obs::ObsSim, vmix::VmixSim, yate::YateSim,
};
use tokio::runtime::Runtime;

/// A simulator that runs until it is dropped.
pub(super) struct Sim {
    kind: Kind,
    // Dropped last: the simulators run on it.
    runtime: Runtime,
}

enum Kind {
    Obs(ObsSim),
    Home(HomeSim),
    Vmix(VmixSim),
    Asterisk(AsteriskSim),
    Yate(YateSim),
    FreeSwitch(FreeSwitchSim),
}

impl Sim {
    /// Starts the simulator of a server, as the version given if it has versions.
    pub(super) fn start(server: &str, version: Option<&str>) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let kind = runtime.block_on(async {
            Ok::<_, std::io::Error>(match server {
                // The real one runs where there is no virtual camera.
                "obs" => {
                    let sim = ObsSim::builder().virtual_camera(false).output_delay(Duration::from_millis(100));
                    let sim = sim.scenes(["Opening", "Interview", "Slides"]);
                    Kind::Obs(sim.version(version.unwrap_or("5.7.4")).start().await?)
                }
                "homeassistant" => {
                    let sim = HomeSim::builder().version(version.unwrap_or("2026.2.3"));
                    Kind::Home(sim.start().await?)
                }
                "asterisk" => Kind::Asterisk(AsteriskSim::start().await?),
                "yate" => Kind::Yate(YateSim::builder().route("99991020", "conf/test").start().await?),
                "freeswitch" => Kind::FreeSwitch(FreeSwitchSim::start().await?),
                _ => Kind::Vmix(VmixSim::start().await?),
            })
        });
        Ok(Self { kind: kind.with_context(|| format!("the simulator of {server}"))?, runtime })
    }

    /// What a session needs to find it.
    pub(super) fn env(&self) -> Vec<(String, String)> {
        let env = match &self.kind {
            Kind::Obs(sim) => {
                vec![("PEER_URL", sim.url()), ("PEER_PASSWORD", sim.password().unwrap_or_default().to_owned())]
            }
            Kind::Home(sim) => vec![("PEER_URL", sim.url()), ("PEER_TOKEN", sim.token().to_owned())],
            Kind::Asterisk(sim) => vec![
                ("PEER_ADDRESS", sim.addr().to_string()),
                ("PEER_USER", "admin".to_owned()),
                ("PEER_PASSWORD", "test-secret".to_owned()),
            ],
            Kind::Yate(sim) => vec![("PEER_ADDRESS", sim.addr().to_string())],
            Kind::FreeSwitch(sim) => {
                vec![("PEER_ADDRESS", sim.addr().to_string()), ("PEER_PASSWORD", "ClueCon".to_owned())]
            }
            Kind::Vmix(sim) => {
                vec![("PEER_TCP", sim.tcp_addr().to_string()), ("PEER_HTTP", sim.http_addr().to_string())]
            }
        };
        env.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Ends it and starts it anew at the same address.
    pub(super) fn restart(&self) -> Result<()> {
        self.runtime.block_on(async {
            match &self.kind {
                Kind::Obs(sim) => sim.restart().await,
                Kind::Home(sim) => sim.restart().await,
                Kind::Vmix(sim) => sim.restart().await,
                Kind::Asterisk(sim) => sim.restart().await,
                Kind::Yate(sim) => sim.restart().await,
                Kind::FreeSwitch(sim) => sim.restart().await,
            }
        })?;
        Ok(())
    }
}
