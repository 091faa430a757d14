//! The demo as people run it: the binary, its lines, its exit status.

use ifbus_sim::ha::HomeSim;
use ifbus_sim::obs::ObsSim;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

struct Run {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    seen: Vec<String>,
}

fn start(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ifbus"));
    command.arg("demo").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    for variable in ["IFBUS_OBS", "IFBUS_OBS_PASSWORD", "IFBUS_HA", "IFBUS_HA_TOKEN", "IFBUS_VMIX"] {
        command.env_remove(variable);
    }
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    Run { child, lines, seen: Vec::new() }
}

impl Run {
    /// Reads on until a line holds this.
    async fn until(&mut self, wanted: &str) -> String {
        let found = timeout(Duration::from_secs(60), async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                self.seen.push(line.clone());
                if line.contains(wanted) {
                    return Some(line);
                }
            }
            None
        });
        found.await.ok().flatten().unwrap_or_else(|| panic!("no line with {wanted:?} in:\n{}", self.seen.join("\n")))
    }

    /// Everything that it still prints, what it says on standard error, and its exit status.
    async fn end(mut self) -> (Vec<String>, String, i32) {
        let all = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                self.seen.push(line);
            }
            self.child.wait_with_output().await.unwrap()
        };
        let output = timeout(Duration::from_secs(60), all).await.expect("it does not end");
        (self.seen, String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
    }

    #[cfg(unix)]
    fn signal(&self, signal: &str) {
        let pid = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }
}

#[tokio::test]
async fn on_air_and_off_again() {
    let (lines, errors, code) = start(&[]).end().await;
    let text = lines.join("\n");
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    assert!(lines.contains(&"on air: 7 of 7 steps ok, 7 facts verified".to_owned()), "{text}");
    assert_eq!(lines.last().unwrap(), "off air: 7 of 7 steps ok, 7 facts verified");
    assert_eq!(lines.iter().filter(|line| line.contains('✓')).count(), 14, "{text}");
    assert_eq!(lines.iter().filter(|line| line.contains(" ✔ ") && line.contains(" ms ")).count(), 14, "{text}");
}

#[tokio::test]
async fn a_machine_without_a_virtual_camera() {
    let (lines, _, code) = start(&["--without-virtual-camera"]).end().await;
    let text = lines.join("\n");
    assert_eq!(code, 0, "the profile does not demand it: {text}");
    assert!(
        text.contains("✘ virtualcam") && text.contains("604 InvalidResourceState: VirtualCam is not available."),
        "{text}"
    );
    assert!(lines.contains(&"on air: 6 of 7 steps ok, 6 facts verified".to_owned()), "{text}");
    assert_eq!(lines.last().unwrap(), "off air: 6 of 6 steps ok, 6 facts verified");
}

#[tokio::test]
async fn servers_of_ones_own_and_a_restart_in_the_middle() {
    let (obs, home) = (ObsSim::start().await.unwrap(), HomeSim::start().await.unwrap());
    let arguments = [
        "--obs",
        &obs.url(),
        "--obs-password",
        "test-secret",
        "--ha",
        &home.url(),
        "--ha-token",
        home.token(),
        "--on-air",
        "3s",
    ];
    let mut run = start(&arguments);
    run.until("on air for 3 s").await;
    assert!(obs.state().recording);
    assert_eq!(home.entity("light.on_air_sign").unwrap().state, "on");
    obs.restart().await.unwrap();
    run.until("▲ studio  connection lost").await;
    run.until("● studio  connected again").await;
    run.until("✗ NOT TRUE: OBS records").await;
    let (lines, _, code) = run.end().await;
    assert_eq!(lines.last().unwrap(), "off air: 7 of 7 steps ok, 7 facts verified", "it works all the same");
    assert!(lines.iter().any(|line| line.contains("it was so already")), "{}", lines.join("\n"));
    assert_eq!(code, 1, "the backup recording did not last");
    assert_eq!(home.entity("light.on_air_sign").unwrap().state, "off");
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_takes_the_studio_off_air() {
    let home = HomeSim::start().await.unwrap();
    let mut run = start(&["--ha", &home.url(), "--ha-token", home.token(), "--on-air", "10m"]);
    run.until("on air for 600 s").await;
    assert_eq!(home.entity("light.on_air_sign").unwrap().state, "on");
    run.signal("-INT");
    let (lines, _, code) = run.end().await;
    assert_eq!(lines.last().unwrap(), "off air: 7 of 7 steps ok, 7 facts verified");
    assert_eq!(code, 130);
    assert_eq!(home.entity("light.on_air_sign").unwrap().state, "off");
}

#[cfg(unix)]
#[tokio::test]
async fn a_terminal_that_is_closed_leaves_nothing_on_air() {
    let (obs, home) = (ObsSim::start().await.unwrap(), HomeSim::start().await.unwrap());
    let (url, token) = (home.url(), home.token());
    let servers = ["--obs", &obs.url(), "--obs-password", "test-secret", "--ha", &url, "--ha-token", token];
    let mut run = start(&[&servers[..], &["--on-air", "10m"]].concat());
    run.until("on air for 600 s").await;
    assert_eq!(home.entity("light.on_air_sign").unwrap().state, "on");
    obs.knobs().reply_delay(Duration::from_millis(300));
    run.signal("-HUP");
    run.until("off air").await;
    // the shell says it, then the system, and a service manager does not wait: none of them wants it left on air
    run.signal("-HUP");
    run.signal("-TERM");
    let Run { mut child, lines, .. } = run;
    drop((lines, child.stderr.take()));
    let status = timeout(Duration::from_secs(60), child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(129), "{status}");
    assert!(!obs.state().recording);
    assert_eq!(home.entity("light.on_air_sign").unwrap().state, "off");
}

#[tokio::test]
async fn whoever_stops_reading_does_not_stop_the_show() {
    let home = HomeSim::start().await.unwrap();
    let mut run = start(&["--ha", &home.url(), "--ha-token", home.token(), "--on-air", "500ms"]);
    run.until("on air for 500 ms").await;
    let Run { mut child, lines, .. } = run;
    drop(lines);
    let status = timeout(Duration::from_secs(60), child.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}");
    assert_eq!(home.entity("light.on_air_sign").unwrap().state, "off");
}

/// A show that goes off air while its OBS is away, and has said that it waits.
#[cfg(unix)]
async fn off_air_without_obs() -> (ObsSim, Run) {
    let obs = ObsSim::start().await.unwrap();
    let mut run = start(&["--obs", &obs.url(), "--obs-password", "test-secret", "--on-air", "10m"]);
    run.until("on air for 600 s").await;
    obs.knobs().refuse(true);
    obs.knobs().disconnect_all();
    run.until("▲ studio  connection lost").await;
    run.signal("-INT");
    run.until("… record has not been answered for ").await;
    (obs, run)
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_that_is_away_while_going_off_air_is_waited_for_and_told() {
    let (obs, run) = off_air_without_obs().await;
    obs.knobs().refuse(false);
    let (lines, _, code) = run.end().await;
    assert_eq!(lines.last().unwrap(), "off air: 7 of 7 steps ok, 7 facts verified", "{}", lines.join("\n"));
    assert!(!obs.state().recording);
    assert_eq!(code, 130);
}

#[cfg(unix)]
#[tokio::test]
async fn who_insists_is_told_what_is_still_on_air() {
    let (_obs, run) = off_air_without_obs().await;
    run.signal("-INT");
    let (lines, _, code) = run.end().await;
    let text = lines.join("\n");
    assert!(
        text.contains("NOT taken back, look at it: backup recording started  (studio; StopRecord ends it)"),
        "{text}"
    );
    assert!(!text.contains("NOT taken back, look at it: ON AIR sign"), "{text}");
    assert_eq!(code, 130);
}

#[tokio::test]
async fn what_somebody_else_switches_while_on_air_is_told() {
    let home = HomeSim::start().await.unwrap();
    let mut run = start(&["--ha", &home.url(), "--ha-token", home.token(), "--on-air", "4s"]);
    run.until("on air for 4 s").await;
    home.set_state("light.on_air_sign", "off", serde_json::json!({}));
    run.until("✗ NOT TRUE: the ON AIR sign is red").await;
    let (lines, _, code) = run.end().await;
    assert_eq!(code, 1, "{}", lines.join("\n"));
    assert_eq!(lines.iter().filter(|line| line.contains("NOT TRUE")).count(), 1, "it is told once");
}

#[tokio::test]
async fn a_wrong_password_and_a_server_that_is_not_there() {
    let obs = ObsSim::start().await.unwrap();
    let gone = HomeSim::start().await.unwrap();
    let url = gone.url();
    gone.stop().await;
    let arguments = ["--obs", &obs.url(), "--obs-password", "wrong-secret", "--ha", &url, "--ha-token", "hidden-token"];
    let (lines, errors, code) = start(&arguments).end().await;
    assert_eq!(code, 2, "{}", lines.join("\n"));
    assert!(
        errors.contains(&format!("studio: {} refused the login (4009): Authentication failed.", obs.url())),
        "{errors}"
    );
    assert!(errors.contains("home: cannot connect to") && errors.contains("connection refused"), "{errors}");
    assert!(!errors.contains("wrong-secret") && !errors.contains("hidden-token"), "{errors}");
    assert_eq!(obs.knobs().accepted(), 1, "no second attempt");
}

#[tokio::test]
async fn a_profile_with_mistakes() {
    let folder = std::env::temp_dir().join(format!("ifbus-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("mine.toml");
    let text = "name = \"mine\"\n[[step]]\nname = \"a\"\ninstance = \"stduio\"\nrun = [{ command = \"StartRecord\" }]\n\
                [[step]]\nname = \"b\"\ninstance = \"studio\"\nrun = [{ command = \"StartRecrod\" }]\n";
    std::fs::write(&file, text).unwrap();
    let (_, errors, code) = start(&["--profile", file.to_str().unwrap()]).end().await;
    assert_eq!(code, 2);
    assert!(errors.contains("mine.toml:4: the step \"a\": there is no instance \"stduio\"; there are: home, mypro, studio. Did you mean studio?"), "{errors}");
    assert!(
        errors.contains(
            "mine.toml:9: the step \"b\": OBS Studio has no command \"StartRecrod\"; did you mean StartRecord?"
        ),
        "{errors}"
    );
    let (lines, _, code) = start(&["--print-profile"]).end().await;
    assert_eq!((code, lines.join("\n")), (0, ifbus_cli::demo::PROFILE.trim_end().to_owned()));
    std::fs::write(&file, lines.join("\n")).unwrap();
    let home = HomeSim::start().await.unwrap();
    let check = ["--check", "--ha", &home.url(), "--ha-token", home.token(), "--profile", file.to_str().unwrap()];
    let (lines, errors, code) = start(&check).end().await;
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_eq!(lines.last().unwrap(), "live-production: 7 steps, and nothing wrong with them");
    assert_eq!(home.entity("light.on_air_sign").unwrap().state, "off", "nothing has been switched");
    let (_, errors, code) = start(&[&check[..], &["--sign", "light.on_air_sing"]].concat()).end().await;
    assert_eq!(code, 2);
    assert!(
        errors.contains("mine.toml:")
            && errors.contains(": the step \"on-air\": whether the ON AIR sign is red cannot be asked: home: "),
        "{errors}"
    );
    assert!(errors.contains("light.on_air_sing"), "{errors}");
    let (_, errors, code) = start(&["--profile", "no-such-file.toml"]).end().await;
    assert!(code == 2 && errors.contains("cannot read the profile no-such-file.toml"), "{errors}");
    std::fs::remove_dir_all(&folder).unwrap();
}
