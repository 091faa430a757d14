//! Kamailio 5.6 from Debian packages.

use std::{fs, process::Command};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::{
    apt,
    control::Server,
    home::{Home, Port, Ports},
    http::{at, post_json},
};

const HTTP: &str = "IFBUS_KAMAILIO_PORT";
const UDP: &str = "IFBUS_KAMAILIO_UDP_PORT";
const BINRPC: &str = "IFBUS_KAMAILIO_BINRPC_PORT";
const EVAPI: &str = "IFBUS_KAMAILIO_EVAPI_PORT";
const SIP: &str = "IFBUS_KAMAILIO_SIP_PORT";

const CONFIGURATION: &str = include_str!("../../servers/kamailio/kamailio.cfg");
const DISPATCHER: &str = "1 sip:127.0.0.1:5091\n1 sip:127.0.0.1:5092\n2 sip:127.0.0.1:5093\n";

pub(crate) struct Kamailio;

impl Server for Kamailio {
    fn name(&self) -> &'static str {
        "kamailio"
    }

    fn ports(&self) -> &'static [Port] {
        &[
            Port { variable: HTTP, default: 8090 },
            Port { variable: UDP, default: 8091 },
            Port { variable: BINRPC, default: 2049 },
            Port { variable: EVAPI, default: 8448 },
            Port { variable: SIP, default: 5060 },
        ]
    }

    fn install(&self, _: &Home) -> Result<()> {
        apt::install(&["kamailio", "kamailio-json-modules", "kamailio-extra-modules"])
    }

    fn configure(&self, home: &Home, ports: &Ports) -> Result<()> {
        home.remove("run")?;
        fs::create_dir_all(home.join("run"))?;
        home.write("run/dispatcher.list", DISPATCHER)?;
        let mut text = CONFIGURATION.replace("@RUN@", &home.join("run").display().to_string());
        for (mark, port) in [("@HTTP@", HTTP), ("@UDP@", UDP), ("@BINRPC@", BINRPC), ("@EVAPI@", EVAPI), ("@SIP@", SIP)]
        {
            text = text.replace(mark, &ports.get(port)?.to_string());
        }
        home.write("kamailio.cfg", &text)
    }

    fn command(&self, home: &Home, _: &Ports) -> Result<Command> {
        let run = home.join("run");
        let mut command = Command::new("kamailio");
        command.arg("-f").arg(home.join("kamailio.cfg")).args(["-DD", "-E", "-m", "64", "-M", "16"]);
        command.arg("-Y").arg(&run).arg("-w").arg(&run);
        Ok(command)
    }

    fn ready(&self, _: &Home, ports: &Ports) -> Result<()> {
        let question = json!({"jsonrpc": "2.0", "method": "core.version", "id": 1});
        let reply = post_json(ports.get(HTTP)?, "/jsonrpc", &question)?.ok()?;
        if !at(&reply, "/result").is_string() {
            bail!("core.version: {reply}");
        }
        Ok(())
    }

    fn env(&self, home: &Home, ports: &Ports) -> Result<Vec<(&'static str, String)>> {
        let pid = home.main().context("kamailio ended")?.pid;
        Ok(vec![
            ("IFBUS_KAMAILIO", format!("http://127.0.0.1:{}/jsonrpc", ports.get(HTTP)?)),
            ("IFBUS_KAMAILIO_UDP", format!("127.0.0.1:{}", ports.get(UDP)?)),
            ("IFBUS_KAMAILIO_BINRPC", format!("127.0.0.1:{}", ports.get(BINRPC)?)),
            ("IFBUS_KAMAILIO_EVAPI", format!("127.0.0.1:{}", ports.get(EVAPI)?)),
            ("IFBUS_KAMAILIO_PID", pid.to_string()),
        ])
    }
}
