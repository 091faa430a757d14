//! Asterisk 22 in an extracted root of its own, since Debian 12 has no Asterisk.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::symlink,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use super::{
    apt,
    control::Server,
    home::{Home, Port, Ports},
    http::connect,
};

const AMI: &str = "IFBUS_ASTERISK_PORT";
const AMI_TLS: &str = "IFBUS_ASTERISK_TLS_PORT";
const HTTP: &str = "IFBUS_ASTERISK_HTTP_PORT";
const SIP: &str = "IFBUS_ASTERISK_SIP_PORT";

const USER: &str = "admin";
const SECRET: &str = "test-secret";

const FILES: [(&str, &str); 6] = [
    ("asterisk.conf", include_str!("../../servers/asterisk/asterisk.conf")),
    ("modules.conf", include_str!("../../servers/asterisk/modules.conf")),
    ("manager.conf", include_str!("../../servers/asterisk/manager.conf")),
    ("http.conf", include_str!("../../servers/asterisk/http.conf")),
    ("pjsip.conf", include_str!("../../servers/asterisk/pjsip.conf")),
    ("extensions.conf", include_str!("../../servers/asterisk/extensions.conf")),
];
/// The files of a few lines each, in one: a line `== NAME` begins the next.
const OTHERS: &str = include_str!("../../servers/asterisk/others.txt");

pub(crate) struct Asterisk;

impl Server for Asterisk {
    fn name(&self) -> &'static str {
        "asterisk"
    }

    fn ports(&self) -> &'static [Port] {
        &[
            Port { variable: AMI, default: 5038 },
            Port { variable: AMI_TLS, default: 5039 },
            Port { variable: HTTP, default: 8088 },
            Port { variable: SIP, default: 5070 },
        ]
    }

    fn install(&self, home: &Home) -> Result<()> {
        if !rustix::process::geteuid().is_root() {
            bail!("it runs in a root of its own, which takes chroot: be root");
        }
        if home.join("installed").exists() {
            return Ok(());
        }
        apt::install(&["mmdebstrap", "openssl"])?;
        let root = home.join("root");
        home.remove("root")?;
        eprintln!("extracting Asterisk");
        // The newest suite: no other has Asterisk. Nothing of it runs at the installation, so no host's kernel is too old.
        let status = Command::new("mmdebstrap")
            .args(["--quiet", "--variant=extract", "--include=asterisk"])
            .args(["--aptopt=APT::Install-Recommends \"false\"", "--aptopt=Acquire::Check-Valid-Until \"false\""])
            .args(["--aptopt=Apt::Sandbox::User \"root\"", "sid"])
            .arg(&root)
            .arg(apt::mirror()?)
            .stdin(Stdio::null())
            .stdout(std::io::stderr())
            .status()
            .context("mmdebstrap")?;
        if !status.success() {
            bail!("mmdebstrap failed ({status})");
        }
        for folder in ["bin", "sbin", "lib", "lib64"] {
            if !root.join(folder).exists() {
                symlink(format!("usr/{folder}"), root.join(folder))?;
            }
        }
        home.write("installed", "")
    }

    fn configure(&self, home: &Home, ports: &Ports) -> Result<()> {
        let root = home.join("root");
        for folder in ["var/run/asterisk", "var/log/asterisk", "tmp", "etc/asterisk-test"] {
            fs::create_dir_all(root.join(folder))?;
        }
        // Registrations, conferences and other things that it remembers.
        home.remove("root/var/lib/asterisk/astdb.sqlite3")?;
        let modules = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
            .map(|machine| format!("/usr/lib/{machine}/asterisk/modules"))
            .into_iter()
            .find(|modules| root.join(modules.trim_start_matches('/')).exists())
            .context("no modules in the extracted root: remove it, and start again")?;
        let fill = |text: &str| -> Result<String> {
            Ok(text
                .replace("@MODULES@", &modules)
                .replace("@AMI@", &ports.get(AMI)?.to_string())
                .replace("@AMI_TLS@", &ports.get(AMI_TLS)?.to_string())
                .replace("@HTTP@", &ports.get(HTTP)?.to_string())
                .replace("@SIP@", &ports.get(SIP)?.to_string()))
        };
        for (name, text) in FILES.into_iter().chain(split(OTHERS)) {
            home.write(&format!("root/etc/asterisk-test/{name}"), &fill(text)?)?;
        }
        certificate(home)
    }

    fn command(&self, home: &Home, _: &Ports) -> Result<Command> {
        let mut command = Command::new("chroot");
        command.arg(home.join("root")).args(["/usr/sbin/asterisk", "-f", "-C", "/etc/asterisk-test/asterisk.conf"]);
        Ok(command)
    }

    /// It tells `FullyBooted` to everyone who logs in, once it is.
    fn ready(&self, _: &Home, ports: &Ports) -> Result<()> {
        let mut stream = connect(ports.get(AMI)?)?;
        stream.write_all(format!("Action: Login\r\nUsername: {USER}\r\nSecret: {SECRET}\r\n\r\n").as_bytes())?;
        for line in BufReader::new(stream).lines() {
            match line?.as_str() {
                "Event: FullyBooted" => return Ok(()),
                "Response: Error" => bail!("the login was refused"),
                _ => {}
            }
        }
        bail!("it closed the connection")
    }

    fn env(&self, home: &Home, ports: &Ports) -> Result<Vec<(&'static str, String)>> {
        let pid = home.main().context("asterisk ended")?.pid;
        Ok(vec![
            ("IFBUS_ASTERISK", format!("127.0.0.1:{}", ports.get(AMI)?)),
            ("IFBUS_ASTERISK_TLS", format!("127.0.0.1:{}", ports.get(AMI_TLS)?)),
            ("IFBUS_ASTERISK_CA", home.join("root/etc/asterisk-test/test.crt").display().to_string()),
            ("IFBUS_ASTERISK_USER", USER.to_owned()),
            ("IFBUS_ASTERISK_SECRET", SECRET.to_owned()),
            ("IFBUS_ASTERISK_PID", pid.to_string()),
            // as the tests of ami-client name any Asterisk
            ("IFBUS_AMI", format!("127.0.0.1:{}", ports.get(AMI)?)),
            ("IFBUS_AMI_USER", USER.to_owned()),
            ("IFBUS_AMI_PASSWORD", SECRET.to_owned()),
            ("IFBUS_AMI_TLS", format!("127.0.0.1:{}", ports.get(AMI_TLS)?)),
            ("IFBUS_AMI_CA", home.join("root/etc/asterisk-test/test.crt").display().to_string()),
            ("IFBUS_AMI_ROOT", home.join("root").display().to_string()),
        ])
    }
}

/// A certificate for 127.0.0.1, with the key in the same file for Asterisk and alone for clients that are to trust it.
fn certificate(home: &Home) -> Result<()> {
    let folder = home.join("root/etc/asterisk-test");
    if folder.join("test.pem").exists() {
        return Ok(());
    }
    let output = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=localhost"])
        // one that is its own authority would be refused as a server's
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "test.key", "-out", "test.crt"])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output()
        .context("openssl")?;
    if !output.status.success() {
        bail!("openssl: {}", String::from_utf8_lossy(&output.stderr));
    }
    let key = fs::read_to_string(folder.join("test.key"))?;
    home.write_secret("root/etc/asterisk-test/test.pem", &(key + &fs::read_to_string(folder.join("test.crt"))?))
}

/// The files in a text where a line `== NAME` begins each.
fn split(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("== ").filter_map(|part| part.split_once('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_are_split_at_their_names() {
        let files: Vec<_> = split("== a.conf\n[general]\nx = 1\n== b.conf\n").collect();
        assert_eq!(files, [("a.conf", "[general]\nx = 1\n"), ("b.conf", "")]);
    }
}
