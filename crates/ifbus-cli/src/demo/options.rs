//! The arguments of the demo.

use clap::Parser;
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

/// Takes a studio on air and off again. What you do not name is simulated.
#[derive(Clone, Parser)]
#[allow(rustdoc::bare_urls, reason = "the texts are shown as help on a terminal")]
#[command(name = "demo")]
pub struct Options {
    /// A real OBS, such as ws://studio-pc:4455
    #[arg(long, value_name = "URL")]
    pub obs: Option<String>,
    /// Its password; better left to the environment variable IFBUS_OBS_PASSWORD
    #[arg(long, value_name = "PASSWORD", env = "IFBUS_OBS_PASSWORD", hide_env_values = true)]
    pub obs_password: Option<String>,
    /// A real Home Assistant, such as http://homeassistant.local:8123
    #[arg(long, value_name = "URL")]
    pub ha: Option<String>,
    /// Its long-lived access token; better left to the environment variable IFBUS_HA_TOKEN
    #[arg(long, value_name = "TOKEN", env = "IFBUS_HA_TOKEN", hide_env_values = true)]
    pub ha_token: Option<String>,
    /// A real vMix, such as studio-pc or studio-pc:8099
    #[arg(long, value_name = "HOST")]
    pub vmix: Option<String>,
    /// Takes the servers that IFBUS_OBS, IFBUS_HA and IFBUS_VMIX name
    #[arg(long)]
    pub real: bool,
    /// Stays on air so long, such as 30s or 2m
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = time)]
    pub on_air: Duration,
    /// Another profile, in TOML; its instances are studio (OBS), home (Home Assistant) and mypro (vMix)
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// Prints the profile that runs where none is named, to begin one of your own with
    #[arg(long, exclusive = true)]
    pub print_profile: bool,
    /// Connects and checks the profile against the servers, and switches nothing
    #[arg(long)]
    pub check: bool,
    /// The studio lights, instead of the profile's
    #[arg(long, value_name = "ENTITY,…", value_delimiter = ',')]
    pub lights: Vec<String>,
    /// The cameras, instead of the profile's
    #[arg(long, value_name = "ENTITY,…", value_delimiter = ',')]
    pub cameras: Vec<String>,
    /// The ON AIR sign, instead of the profile's
    #[arg(long, value_name = "ENTITY")]
    pub sign: Option<String>,
    /// The vMix preset to load, a path on the vMix machine
    #[arg(long, value_name = "PATH")]
    pub preset: Option<String>,
    /// The simulated OBS has no virtual camera, as a machine without the kernel module
    #[arg(long)]
    pub without_virtual_camera: bool,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // the password and the token are left out
        f.debug_struct("Options")
            .field("obs", &self.obs)
            .field("ha", &self.ha)
            .field("vmix", &self.vmix)
            .finish_non_exhaustive()
    }
}

fn time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: f64 = digits.parse().map_err(|_| format!("{text:?} is not a time such as 30s, 500ms or 2m"))?;
    let unit = match text.get(digits.len()..).unwrap_or_default() {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        other => return Err(format!("{other:?} is not a unit of time; there are ms, s, m and h")),
    };
    Duration::try_from_secs_f64(number * unit).map_err(|error| error.to_string())
}

impl Options {
    /// What the arguments say about the profile's variables.
    pub(crate) fn variables(&self) -> Vec<(String, Value)> {
        let list = |name: &str, values: &Vec<String>| {
            (!values.is_empty()).then(|| (name.to_owned(), Value::from(values.clone())))
        };
        let one = |name: &str, value: &Option<String>| value.clone().map(|value| (name.to_owned(), Value::from(value)));
        [
            list("lights", &self.lights),
            list("cameras", &self.cameras),
            one("sign", &self.sign),
            one("preset", &self.preset),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::time;
    use std::time::Duration;

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(time("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(time("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(time("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(time("7"), Ok(Duration::from_secs(7)));
        for wrong in ["", "s", "5x", "-1s", "1e400s"] {
            assert!(time(wrong).is_err(), "{wrong:?}");
        }
    }
}
