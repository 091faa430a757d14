//! The three servers of the studio: simulated, or real where one is named.

use crate::demo::Options;
use anyhow::{Context, Result, bail};
use ifbus_core::Bus;
use ifbus_core::adapters::{HomeAssistant, Obs, Reconnect, Vmix};
use ifbus_sim::ha::HomeSim;
use ifbus_sim::obs::ObsSim;
use ifbus_sim::vmix::VmixSim;
use std::time::Duration;

/// Where the servers are, and those that live in this process.
pub(crate) struct Servers {
    obs: (String, String),
    home: (String, String),
    vmix: String,
    obs_sim: Option<ObsSim>,
    home_sim: Option<HomeSim>,
    vmix_sim: Option<VmixSim>,
}

impl Servers {
    pub(crate) async fn start(options: &Options) -> Result<Self> {
        let named = |given: &Option<String>, variable: &str| {
            given.clone().or_else(|| {
                options.real.then(|| std::env::var(variable).ok()).flatten().filter(|value| !value.is_empty())
            })
        };
        let (obs, home, vmix) =
            (named(&options.obs, "IFBUS_OBS"), named(&options.ha, "IFBUS_HA"), named(&options.vmix, "IFBUS_VMIX"));
        if options.real && obs.is_none() && home.is_none() && vmix.is_none() {
            bail!(
                "--real: none of IFBUS_OBS, IFBUS_HA and IFBUS_VMIX is set\n  \
                 in the source tree, `cargo xtask servers up obs homeassistant` starts servers and prints these variables"
            );
        }
        let mut servers = Self {
            obs: (String::new(), options.obs_password.clone().unwrap_or_default()),
            home: (String::new(), options.ha_token.clone().unwrap_or_default()),
            vmix: String::new(),
            obs_sim: None,
            home_sim: None,
            vmix_sim: None,
        };
        match obs {
            Some(url) => servers.obs.0 = url,
            None => {
                let sim = ObsSim::builder().virtual_camera(!options.without_virtual_camera).start().await;
                let sim = sim.context("cannot start the simulated OBS")?;
                servers.obs = (sim.url(), "test-secret".to_owned());
                servers.obs_sim = Some(sim);
            }
        }
        match home {
            Some(_) if servers.home.1.is_empty() => {
                bail!(
                    "Home Assistant wants a token: set IFBUS_HA_TOKEN, or give --ha-token (its page: your profile, Security, Long-lived access tokens)"
                )
            }
            Some(url) => servers.home.0 = url,
            None => {
                let sim = HomeSim::start().await.context("cannot start the simulated Home Assistant")?;
                servers.home = (sim.url(), sim.token().to_owned());
                servers.home_sim = Some(sim);
            }
        }
        match vmix {
            Some(host) => servers.vmix = host,
            None => {
                let sim = VmixSim::start().await.context("cannot start the simulated vMix")?;
                servers.vmix = sim.tcp_addr().to_string();
                servers.vmix_sim = Some(sim);
            }
        }
        let simulated = [
            ("OBS", servers.obs_sim.is_some()),
            ("vMix", servers.vmix_sim.is_some()),
            ("Home Assistant", servers.home_sim.is_some()),
        ];
        let simulated: Vec<&str> =
            simulated.into_iter().filter(|(_, simulated)| *simulated).map(|(name, _)| name).collect();
        if !simulated.is_empty() {
            say!("simulated in this process: {}", simulated.join(", "));
        }
        Ok(servers)
    }

    pub(crate) async fn connect(&self) -> Result<Bus> {
        // somebody stands there and waits: a server that is back is found at once
        let reconnect = Reconnect::forever().steps(Duration::from_millis(200), Duration::from_secs(2));
        let bus = Bus::builder()
            .add("studio", Obs::new(&self.obs.0, self.obs.1.as_str()).reconnect(reconnect.clone()))
            .add("home", HomeAssistant::new(&self.home.0, self.home.1.as_str()).reconnect(reconnect.clone()))
            .add("mypro", Vmix::new(&self.vmix).reconnect(reconnect));
        Ok(bus.connect().await?)
    }

    /// Where all of them are, for people.
    pub(crate) fn addresses(&self) -> String {
        format!("OBS at {}, Home Assistant at {}, vMix at {}", self.obs.0, self.home.0, self.vmix)
    }

    pub(crate) async fn stop(self) {
        if let Some(sim) = self.obs_sim {
            sim.stop().await;
        }
        if let Some(sim) = self.home_sim {
            sim.stop().await;
        }
        if let Some(sim) = self.vmix_sim {
            sim.stop().await;
        }
    }
}
