//! OBS Studio from Debian packages, on a virtual display, with a small picture so that it costs little.
//!
//! obs-websocket cannot be bound to one address: it listens on all of them, with a password.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    apt,
    control::Server,
    home::{Home, Port, Ports},
    http::{Socket, at},
};

const PASSWORD: &str = "test-secret";
const PORT: &str = "IFBUS_OBS_PORT";
const COLLECTION: &str = include_str!("../../servers/obs/studio.json");
const GLOBAL: &str = include_str!("../../servers/obs/global.ini");
const PROFILE: &str = include_str!("../../servers/obs/basic.ini");
const STREAM: &str = include_str!("../../servers/obs/service.json");

pub(crate) struct Obs;

impl Server for Obs {
    fn name(&self) -> &'static str {
        "obs"
    }

    fn ports(&self) -> &'static [Port] {
        &[Port { variable: PORT, default: 4455 }]
    }

    fn install(&self, _: &Home) -> Result<()> {
        if apt::has("obs") && apt::has("Xvfb") {
            return Ok(());
        }
        apt::install(&["obs-studio", "xvfb", "libgl1-mesa-dri"])
    }

    fn configure(&self, home: &Home, ports: &Ports) -> Result<()> {
        home.remove("config")?;
        home.remove("recordings")?;
        fs::create_dir_all(home.join("recordings"))?;
        fs::create_dir_all(home.join("run"))?;
        fs::set_permissions(home.join("run"), fs::Permissions::from_mode(0o700))?;
        let port = ports.get(PORT)?;
        let global = GLOBAL.replace("@PORT@", &port.to_string()).replace("@PASSWORD@", PASSWORD);
        home.write("config/obs-studio/global.ini", &global)?;
        // OBS 31 and later keep the user's part of it in a file of its own.
        home.write("config/obs-studio/user.ini", &global)?;
        let recordings = home.join("recordings");
        let profile = PROFILE.replace("@RECORDINGS@", &recordings.display().to_string());
        home.write("config/obs-studio/basic/profiles/Studio/basic.ini", &profile)?;
        home.write("config/obs-studio/basic/profiles/Studio/service.json", STREAM)?;
        home.write("config/obs-studio/basic/scenes/Studio.json", COLLECTION)?;
        // obs-websocket 5.5 and later read this; earlier ones read global.ini.
        let websocket = json!({
            "alerts_enabled": false, "auth_required": true, "first_load": false,
            "server_enabled": true, "server_password": PASSWORD, "server_port": port,
        });
        home.write("config/obs-studio/plugin_config/obs-websocket/config.json", &websocket.to_string())
    }

    fn command(&self, home: &Home, _: &Ports) -> Result<Command> {
        let display = start_display()?;
        let mut command = Command::new("obs");
        command
            .args(["--multi", "--disable-shutdown-check", "--disable-updater", "--disable-missing-files-check"])
            .arg("--minimize-to-tray")
            .env("HOME", home.path())
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("DISPLAY", format!(":{display}"))
            // It would ask the internet for its list of streaming services.
            .env("https_proxy", "http://127.0.0.1:9")
            .envs([("LANG", "C.UTF-8"), ("LC_ALL", "C.UTF-8"), ("QT_QPA_PLATFORM", "xcb")])
            .envs([("LIBGL_ALWAYS_SOFTWARE", "1"), ("GALLIUM_DRIVER", "llvmpipe"), ("LP_NUM_THREADS", "1")]);
        Ok(command)
    }

    fn ready(&self, _: &Home, ports: &Ports) -> Result<()> {
        let mut socket = Socket::open(ports.get(PORT)?, "/")?;
        let hello = socket.receive(|message| at(message, "/op") == 0)?;
        let authentication = answer(at(&hello, "/d/authentication"))?;
        let identify = json!({"rpcVersion": 1, "eventSubscriptions": 0, "authentication": authentication});
        socket.send(&json!({"op": 1, "d": identify}))?;
        socket.receive(|message| at(message, "/op") == 2)?;
        socket.send(&json!({"op": 6, "d": {"requestType": "GetSceneList", "requestId": "ready"}}))?;
        let reply = socket.receive(|message| at(message, "/op") == 7)?;
        // 207 until OBS has finished loading.
        if at(&reply, "/d/requestStatus/code") != 100 {
            bail!("GetSceneList: {}", at(&reply, "/d/requestStatus"));
        }
        Ok(())
    }

    fn env(&self, home: &Home, ports: &Ports) -> Result<Vec<(&'static str, String)>> {
        let pid = home.main().context("obs ended")?.pid;
        Ok(vec![
            ("IFBUS_OBS", format!("ws://127.0.0.1:{}", ports.get(PORT)?)),
            ("IFBUS_OBS_PASSWORD", PASSWORD.to_owned()),
            ("IFBUS_OBS_PID", pid.to_string()),
            ("IFBUS_OBS_RECORDINGS", home.join("recordings").display().to_string()),
        ])
    }
}

/// Starts a virtual display under a number that is free, and returns the number.
fn start_display() -> Result<u32> {
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("Xvfb")?;
    let mut line = String::new();
    // It writes the number when clients can connect, or ends.
    BufReader::new(server.stdout.take().context("Xvfb")?).read_line(&mut line)?;
    line.trim().parse().context("Xvfb found no free display")
}

/// The answer to the question in Hello, with our password.
fn answer(question: &Value) -> Result<String> {
    let text = |name: &str| at(question, name).as_str().with_context(|| format!("no {name} in Hello"));
    let hash =
        |first: &str, second: &str| BASE64.encode(Sha256::new().chain_update(first).chain_update(second).finalize());
    Ok(hash(&hash(PASSWORD, text("/salt")?), text("/challenge")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_is_what_obs_accepted() {
        // Seen on obs-websocket 5.7.4.
        let question = json!({
            "challenge": "YBYA1nk3IixgvmNkXfGzkc5liL4Qqw7vg02Lan3GtoU=",
            "salt": "JSl7Rb+GbjJrpa0vE0hv/Hd78XmTkrn6tgPveHNszdc=",
        });
        assert_eq!(answer(&question).unwrap(), "uGuidCCivPeuUEMqcoy5pvQ7v36ZJbQ5PM5RL2FCNs4=");
    }

    #[test]
    fn scene_collection_holds_the_scenes() {
        let collection: Value = serde_json::from_str(COLLECTION).unwrap();
        let order: Vec<_> = collection["scene_order"].as_array().unwrap().iter().map(|scene| &scene["name"]).collect();
        assert_eq!(order, ["Opening", "Interview", "Slides"]);
        for scene in order {
            assert!(collection["sources"].as_array().unwrap().iter().any(|source| &source["name"] == scene));
        }
    }
}
