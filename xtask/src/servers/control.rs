//! Starting, watching and ending servers.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitCode, Stdio},
    thread::sleep,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, anyhow, bail};

use super::{
    NAMES, asterisk,
    home::{Home, Port, Ports, Started},
    homeassistant, kamailio, obs,
};
use crate::process::{self, Process, Signal, describe, marked, wait_until};

/// What is particular to one server.
pub(crate) trait Server: Sync {
    /// The name in commands and of its folder.
    fn name(&self) -> &'static str;
    /// All the ports it listens on.
    fn ports(&self) -> &'static [Port];
    /// Installs what is missing; returns at once when nothing is.
    fn install(&self, home: &Home) -> Result<()>;
    /// Writes the configuration afresh and forgets what an earlier run left, so that every start is the same.
    fn configure(&self, home: &Home, ports: &Ports) -> Result<()>;
    /// The command that is the server itself; helpers that it needs are started here too.
    fn command(&self, home: &Home, ports: &Ports) -> Result<Command>;
    /// Whether a server that ended with this code wants to be started again.
    fn wants_restart(&self, _code: i32) -> bool {
        false
    }
    /// How long it may take from the start to the first answer.
    fn patience(&self) -> Duration {
        Duration::from_secs(60)
    }
    /// One attempt, while it starts, at what has to be done by request before it is of use; nothing if that was done.
    fn prepare(&self, _home: &Home, _ports: &Ports) -> Result<()> {
        Ok(())
    }
    /// One attempt to see whether it answers requests; why not, if not.
    fn ready(&self, home: &Home, ports: &Ports) -> Result<()>;
    /// What the tests need to know.
    fn env(&self, home: &Home, ports: &Ports) -> Result<Vec<(&'static str, String)>>;
}

/// Lines of environment for the tests.
pub(crate) type Env = Vec<(&'static str, String)>;

fn server(name: &str) -> Option<&'static dyn Server> {
    let all: [&'static dyn Server; NAMES.len()] =
        [&obs::Obs, &homeassistant::HomeAssistant, &asterisk::Asterisk, &kamailio::Kamailio];
    all.into_iter().find(|server| server.name() == name)
}

/// The servers of these names, all if there are none, each once and in the order of [`NAMES`].
pub(crate) fn pick(names: &[String]) -> Vec<&'static dyn Server> {
    let wanted = |name: &&&str| names.is_empty() || names.iter().any(|one| one == **name);
    NAMES.iter().filter(wanted).filter_map(|name| server(name)).collect()
}

/// Brings servers up and returns what the tests need to know.
pub(crate) fn up(servers: &[&'static dyn Server]) -> Result<Env> {
    let mut homes = Vec::new();
    for server in servers {
        let home = Home::of(server.name())?;
        let lock = home.lock()?;
        homes.push((*server, home, lock));
    }
    let mut starting = Vec::new();
    for (server, home, _) in &homes {
        let name = server.name();
        if home.main().is_some() && home.started().is_ok_and(|started| server.ready(home, &started.ports).is_ok()) {
            eprintln!("{name}: already running");
            continue;
        }
        server.install(home).with_context(|| format!("installing {name}"))?;
        starting.push((*server, home));
    }
    // They come up side by side.
    let mut supervisors = Vec::new();
    for (server, home) in starting {
        let supervisor = start(server, home).with_context(|| format!("starting {}", server.name()))?;
        supervisors.push((server, home, supervisor));
    }
    for (server, home, supervisor) in supervisors {
        await_ready(server, home, supervisor)?;
    }
    env_of(homes.iter().map(|(server, home, _)| (*server, home)))
}

/// Starts the supervisor of a server that does not run.
fn start(server: &dyn Server, home: &Home) -> Result<Supervisor> {
    process::end(&home.mark(), home.main(), Duration::from_secs(10))?;
    let ports = Ports::choose(server.ports())?;
    ports.check_free()?;
    server.configure(home, &ports)?;
    let at = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    home.set_started(&Started { ports, at })?;
    home.remove("main.json")?;
    home.remove("log")?;
    let log = home.log_file()?;
    let child = Command::new(std::env::current_exe()?)
        .args(["servers", "supervise", server.name()])
        .envs([home.mark_variable()])
        .current_dir(home.path())
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        // An interrupt from the keyboard is for us, not for the servers.
        .process_group(0)
        .spawn()
        .context("the supervisor")?;
    Ok(Supervisor { child, since: Instant::now() })
}

struct Supervisor {
    child: Child,
    since: Instant,
}

fn await_ready(server: &dyn Server, home: &Home, mut supervisor: Supervisor) -> Result<()> {
    let name = server.name();
    let started = home.started()?;
    let mut why = anyhow!("it was not asked yet");
    loop {
        if supervisor.child.try_wait()?.is_some() {
            process::end(&home.mark(), None, Duration::ZERO)?;
            bail!("{name} ended while it started; its log ends with:\n{}", home.log_tail(25));
        }
        if home.main().is_some() {
            match server.prepare(home, &started.ports).and_then(|()| server.ready(home, &started.ports)) {
                Ok(()) => break,
                Err(error) => why = error,
            }
        }
        if supervisor.since.elapsed() > server.patience() {
            let log = home.log_tail(25);
            process::end(&home.mark(), home.main(), Duration::from_secs(10))?;
            bail!("{name} did not answer within {:?}: {why:#}; its log ends with:\n{log}", server.patience());
        }
        sleep(Duration::from_millis(100));
    }
    eprintln!("{name}: running after {:.1} s", supervisor.since.elapsed().as_secs_f32());
    Ok(())
}

/// Runs a server in the foreground until it ends and does not want to be started again.
pub(crate) fn supervise(name: &str) -> Result<ExitCode> {
    let server = server(name).with_context(|| format!("no server {name}"))?;
    let home = Home::of(name)?;
    let ports = home.started()?.ports;
    loop {
        let since = Instant::now();
        let log = home.log_file()?;
        let mut child = server
            .command(&home, &ports)?
            .envs([home.mark_variable()])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("the server's program")?;
        home.set_main(Process::find(child.id()).context("it ended at once")?)?;
        let status = child.wait()?;
        println!("supervisor: {name} ended with {}", describe(status));
        if !status.code().is_some_and(|code| server.wants_restart(code)) {
            break;
        }
        // One that cannot come up must not keep the machine busy.
        sleep(Duration::from_secs(1).saturating_sub(since.elapsed()));
    }
    let us = Process::current();
    for helper in marked(&home.mark()) {
        if Some(helper) != us {
            helper.signal(Signal::TERM);
        }
    }
    Ok(ExitCode::FAILURE)
}

/// Ends servers with all their processes.
pub(crate) fn down(servers: &[&'static dyn Server]) -> Result<()> {
    finish(servers, |home| {
        // The supervisor first, or it would start again a server that asks for it while it ends.
        let main = home.main();
        for process in marked(&home.mark()).into_iter().filter(|process| is_supervisor(*process)) {
            process.signal(Signal::TERM);
            wait_until(Duration::from_secs(5), || !process.is_alive());
        }
        process::end(&home.mark(), main, Duration::from_secs(25))
    })
}

/// Ends servers with all their processes, without warning.
pub(crate) fn kill(servers: &[&'static dyn Server]) -> Result<()> {
    finish(servers, |home| process::kill(&home.mark()))
}

fn finish(servers: &[&'static dyn Server], end: impl Fn(&Home) -> Result<()>) -> Result<()> {
    for server in servers {
        let home = Home::of(server.name())?;
        let _lock = home.lock()?;
        if marked(&home.mark()).is_empty() {
            eprintln!("{}: not running", server.name());
            continue;
        }
        end(&home).with_context(|| format!("ending {}", server.name()))?;
        eprintln!("{}: ended", server.name());
    }
    Ok(())
}

fn is_supervisor(process: Process) -> bool {
    fs::read(format!("/proc/{}/cmdline", process.pid))
        .is_ok_and(|line| line.split(|byte| *byte == 0).any(|argument| argument == b"supervise"))
}

/// Prints one line for each server.
pub(crate) fn status(servers: &[&'static dyn Server]) -> Result<()> {
    for server in servers {
        let home = Home::of(server.name())?;
        let name = server.name();
        let Some(main) = home.main() else {
            println!("{name:14} not running");
            continue;
        };
        let started = home.started()?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let health = match server.ready(&home, &started.ports) {
            Ok(()) => "answers".to_owned(),
            Err(error) => format!("does not answer: {error:#}"),
        };
        let ports: Vec<_> =
            server.ports().iter().map(|port| started.ports.get(port.variable)).collect::<Result<_>>()?;
        let ports: Vec<_> = ports.iter().map(u16::to_string).collect();
        let minutes = now.saturating_sub(started.at) / 60;
        println!("{name:14} pid {}, up {minutes} min, ports {}, {health}", main.pid, ports.join(" "));
    }
    Ok(())
}

/// Prints the end of each log.
pub(crate) fn logs(servers: &[&'static dyn Server], lines: usize) -> Result<()> {
    for server in servers {
        let home = Home::of(server.name())?;
        if servers.len() > 1 {
            println!("== {} ({})", server.name(), home.log().display());
        }
        println!("{}", home.log_tail(lines));
    }
    Ok(())
}

/// What the tests need to know of those of the servers that run.
pub(crate) fn env(servers: &[&'static dyn Server]) -> Result<Env> {
    let mut homes = Vec::new();
    for server in servers {
        let home = Home::of(server.name())?;
        if home.main().is_some() {
            homes.push((*server, home));
        }
    }
    env_of(homes.iter().map(|(server, home)| (*server, home)))
}

fn env_of<'home>(homes: impl Iterator<Item = (&'static dyn Server, &'home Home)>) -> Result<Env> {
    let mut env = Env::new();
    for (server, home) in homes {
        env.extend(server.env(home, &home.started()?.ports)?);
    }
    Ok(env)
}

/// Prints lines for a shell. No value needs quoting: addresses, numbers, tokens and `test-secret`.
pub(crate) fn print_env(env: &Env) {
    for (name, value) in env {
        println!("export {name}={value}");
    }
}
