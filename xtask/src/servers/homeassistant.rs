//! Home Assistant 2024.3 in a Python environment of its own, with a studio's entities and two users.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::{
    apt,
    control::Server,
    home::{Home, Port, Ports},
    http::{Socket, at, get, post_form, post_json},
};
use crate::process::wait_until;

const PORT: &str = "IFBUS_HA_PORT";
const PASSWORD: &str = "test-secret";
/// The owner, who may do everything.
const OWNER: &str = "test";
/// A user of the group `system-read-only`.
const READER: &str = "reader";
const OWNER_TOKEN: &str = "owner.token";
const READER_TOKEN: &str = "reader.token";
/// The name of both tokens in Home Assistant.
const TOKEN_NAME: &str = "ifbus tests";

const REQUIREMENTS: &str = include_str!("../../servers/homeassistant/requirements.txt");
const CONFIGURATION: &str = include_str!("../../servers/homeassistant/configuration.yaml");
/// The entities that no built-in integration gives under the names we want.
const STUDIO: [(&str, &str); 6] = [
    ("__init__.py", include_str!("../../servers/homeassistant/custom_components/studio/__init__.py")),
    ("manifest.json", include_str!("../../servers/homeassistant/custom_components/studio/manifest.json")),
    ("camera.py", include_str!("../../servers/homeassistant/custom_components/studio/camera.py")),
    ("light.py", include_str!("../../servers/homeassistant/custom_components/studio/light.py")),
    ("lock.py", include_str!("../../servers/homeassistant/custom_components/studio/lock.py")),
    ("switch.py", include_str!("../../servers/homeassistant/custom_components/studio/switch.py")),
];

pub(crate) struct HomeAssistant;

impl Server for HomeAssistant {
    fn name(&self) -> &'static str {
        "homeassistant"
    }

    fn ports(&self) -> &'static [Port] {
        &[Port { variable: PORT, default: 8123 }]
    }

    fn install(&self, home: &Home) -> Result<()> {
        if home.read_text("installed").as_deref() == Some(REQUIREMENTS) {
            return Ok(());
        }
        let python = python()?;
        home.remove("venv")?;
        home.write("requirements.txt", REQUIREMENTS)?;
        let venv = home.join("venv");
        eprintln!("installing Home Assistant with {python}");
        run(Command::new(python).args(["-m", "venv"]).arg(&venv))?;
        run(Command::new(venv.join("bin/pip")).args(["install", "--quiet", "uv"]))?;
        run(Command::new(venv.join("bin/uv"))
            .args(["pip", "install", "--quiet", "--python"])
            .arg(venv.join("bin/python"))
            .arg("--requirement")
            .arg(home.join("requirements.txt")))?;
        home.write("installed", REQUIREMENTS)
    }

    fn configure(&self, home: &Home, ports: &Ports) -> Result<()> {
        if token(home, OWNER_TOKEN).is_err() {
            // Perhaps half set up.
            home.remove("config")?;
        }
        // Users and tokens stay; states and history begin anew.
        for database in ["home-assistant_v2.db", "home-assistant_v2.db-shm", "home-assistant_v2.db-wal"] {
            home.remove(&format!("config/{database}"))?;
        }
        home.remove("config/.storage/core.restore_state")?;
        home.remove("config/.storage/counter")?;
        let port = ports.get(PORT)?.to_string();
        home.write("config/configuration.yaml", &CONFIGURATION.replace("@PORT@", &port))?;
        for (name, text) in STUDIO {
            home.write(&format!("config/custom_components/studio/{name}"), text)?;
        }
        Ok(())
    }

    fn command(&self, home: &Home, _: &Ports) -> Result<Command> {
        let mut command = Command::new(home.join("venv/bin/hass"));
        command.arg("-c").arg(home.join("config")).arg("--skip-pip");
        Ok(command)
    }

    /// `homeassistant.restart` ends the process with this code and trusts that somebody starts it again.
    fn wants_restart(&self, code: i32) -> bool {
        code == 100
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(120)
    }

    /// Makes the users and their tokens at the first start.
    fn prepare(&self, home: &Home, ports: &Ports) -> Result<()> {
        let port = ports.get(PORT)?;
        let Ok(token) = token(home, OWNER_TOKEN) else {
            get(port, "/api/onboarding", None)?.ok()?;
            return set_up_users(home, port).context("setting up the users");
        };
        if get(port, "/api/", Some(&token))?.status == 401 {
            home.remove(OWNER_TOKEN)?;
            bail!("its users are gone: start it again to make new ones");
        }
        Ok(())
    }

    fn ready(&self, home: &Home, ports: &Ports) -> Result<()> {
        let config = get(ports.get(PORT)?, "/api/config", Some(&token(home, OWNER_TOKEN)?))?.ok()?;
        let state = at(&config, "/state");
        if state != "RUNNING" {
            bail!("its state is {state}");
        }
        Ok(())
    }

    fn env(&self, home: &Home, ports: &Ports) -> Result<Vec<(&'static str, String)>> {
        let pid = home.main().context("homeassistant ended")?.pid;
        Ok(vec![
            ("IFBUS_HA", format!("http://127.0.0.1:{}", ports.get(PORT)?)),
            ("IFBUS_HA_TOKEN", token(home, OWNER_TOKEN)?),
            ("IFBUS_HA_READONLY_TOKEN", token(home, READER_TOKEN)?),
            ("IFBUS_HA_PID", pid.to_string()),
        ])
    }
}

fn token(home: &Home, file: &str) -> Result<String> {
    home.read_text(file).with_context(|| format!("no {file}: start the server again"))
}

/// Makes the owner and the user who may only read, and a long-lived token for each.
fn set_up_users(home: &Home, port: u16) -> Result<()> {
    let mut owner = authenticated(port, &onboard(port)?)?;
    let user = json!({"type": "config/auth/create", "name": "Reader", "group_ids": ["system-read-only"]});
    let user = ask(&mut owner, 1, user)?;
    let login = json!({
        "type": "config/auth_provider/homeassistant/create",
        "user_id": at(&user, "/user/id"), "username": READER, "password": PASSWORD,
    });
    ask(&mut owner, 2, login)?;
    let mut reader = authenticated(port, &log_in(port, READER)?)?;
    let reader_token = long_lived(&mut reader)?;
    let owner_token = long_lived(&mut owner)?;
    // It writes them down a second later; killed before that, it would know none of this any more.
    let saved = || home.read_text("config/.storage/auth").is_some_and(|text| text.matches(TOKEN_NAME).count() == 2);
    if !wait_until(Duration::from_secs(15), saved) {
        bail!("the tokens were not saved");
    }
    home.write_secret(READER_TOKEN, &reader_token)?;
    // Last, because its being there says that all of this is done.
    home.write_secret(OWNER_TOKEN, &owner_token)
}

/// The first user is made by the first step of what a person does in the browser. The step `core_config` is left out: it
/// installs integrations that reach for the internet.
fn onboard(port: u16) -> Result<String> {
    let user = json!({
        "client_id": client_id(port), "name": "Test", "username": OWNER, "password": PASSWORD, "language": "en",
    });
    text(&post_json(port, "/api/onboarding/users", &user)?.ok()?, "/auth_code")
}

fn log_in(port: u16, username: &str) -> Result<String> {
    let flow = json!({
        "client_id": client_id(port), "handler": ["homeassistant", null], "redirect_uri": client_id(port),
    });
    let flow = post_json(port, "/auth/login_flow", &flow)?.ok()?;
    let path = format!("/auth/login_flow/{}", text(&flow, "/flow_id")?);
    let credentials = json!({"client_id": client_id(port), "username": username, "password": PASSWORD});
    text(&post_json(port, &path, &credentials)?.ok()?, "/result")
}

/// A text that has to be in an answer; it is not when a login was refused.
fn text(answer: &Value, path: &str) -> Result<String> {
    at(answer, path).as_str().map(str::to_owned).with_context(|| format!("no {path} in its answer"))
}

fn client_id(port: u16) -> String {
    format!("http://127.0.0.1:{port}/")
}

/// A WebSocket that is logged in with a code of the login.
fn authenticated(port: u16, code: &str) -> Result<Socket> {
    let client = client_id(port);
    let form = [("grant_type", "authorization_code"), ("code", code), ("client_id", &client)];
    let tokens = post_form(port, "/auth/token", &form)?.ok()?;
    let mut socket = Socket::open(port, "/api/websocket")?;
    socket.send(&json!({"type": "auth", "access_token": at(&tokens, "/access_token")}))?;
    socket.receive(|message| at(message, "/type") == "auth_ok")?;
    Ok(socket)
}

/// A token that is valid for ten years.
fn long_lived(socket: &mut Socket) -> Result<String> {
    let request = json!({"type": "auth/long_lived_access_token", "client_name": TOKEN_NAME, "lifespan": 3650});
    text(&ask(socket, 3, request)?, "")
}

/// Sends a command and waits for its result.
fn ask(socket: &mut Socket, id: u64, mut request: Value) -> Result<Value> {
    if let Some(fields) = request.as_object_mut() {
        fields.insert("id".to_owned(), id.into());
    }
    socket.send(&request)?;
    let reply = socket.receive(|message| at(message, "/id") == id)?;
    if at(&reply, "/success") != true {
        bail!("{}: {}", at(&request, "/type"), at(&reply, "/error"));
    }
    Ok(at(&reply, "/result").clone())
}

/// A Python that this version of Home Assistant runs on and that can make environments.
fn python() -> Result<String> {
    let works = |python: &&str| {
        let test = "import sys, ensurepip, venv; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))";
        Command::new(python)
            .args(["-c", test])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let candidates = ["python3.11", "python3.12", "python3", "/usr/bin/python3"];
    if let Some(python) = candidates.iter().find(|python| works(python)) {
        return Ok((*python).to_owned());
    }
    apt::install(&["python3", "python3-venv"])?;
    let python = candidates.iter().find(|python| works(python));
    python.map(|python| (*python).to_owned()).context("Home Assistant 2024.3 needs Python 3.11 or 3.12")
}

fn run(command: &mut Command) -> Result<()> {
    let program = PathBuf::from(command.get_program());
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let status = command.stdin(Stdio::null()).stdout(std::io::stderr()).status().with_context(|| name.clone())?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}
