//! The studio goes live, and off again.

/// Prints a line. Whoever reads may have gone (`| head`, a terminal that was closed): the show goes on, and is taken off air.
macro_rules! say {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), "{}", $crate::demo::printable(&format!($($line)*)));
    }};
}

/// Without what a name or a server's words could do to the terminal.
fn printable(line: &str) -> String {
    line.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}")
}

mod options;
mod servers;
mod timeline;

use anyhow::{Context, Result};
use futures_util::StreamExt;
use ifbus_core::{Bus, Kind};
use ifbus_orchestrator::{FactReport, Profile, Progress, Report, Run};
pub use options::Options;
use servers::Servers;
use std::process::ExitCode;
use std::time::Duration;
use timeline::Timeline;

/// The profile that runs where none is named.
pub const PROFILE: &str = include_str!("../profiles/live-production.toml");

/// How a phase ended.
enum Phase {
    Over(Report),
    /// Ctrl-C.
    Interrupted,
}

/// Takes the studio on air, verifies it, stays as long as asked, and takes it off air again. Exit status 0 only if everything
/// worked that the profile demands; 1 if something did not; 130 after Ctrl-C or the end of its terminal (the studio is off air then).
///
/// # Errors
/// A server that cannot be reached, a profile that cannot be read or does not fit: nothing has been done then.
pub async fn run(options: Options) -> Result<ExitCode> {
    if options.print_profile {
        say!("{}", PROFILE.trim_end());
        return Ok(ExitCode::SUCCESS);
    }
    let profile = profile(&options)?;
    let servers = Servers::start(&options).await?;
    let bus = patiently(servers.connect(), || say!("… connecting to {}", servers.addresses())).await?;
    let result = live(&bus, &profile, &options).await;
    bus.close().await;
    servers.stop().await;
    result
}

fn profile(options: &Options) -> Result<Profile> {
    let profile = match &options.profile {
        None => Profile::parse("live-production.toml", PROFILE)?,
        Some(file) => {
            let text =
                std::fs::read_to_string(file).with_context(|| format!("cannot read the profile {}", file.display()))?;
            Profile::parse(&file.display().to_string(), &text)?
        }
    };
    Ok(profile.with_variables(options.variables()))
}

async fn live(bus: &Bus, profile: &Profile, options: &Options) -> Result<ExitCode> {
    for (name, health) in bus.health().await {
        say!("{name:<7} {}", health.detail);
    }
    profile.check(bus)?;
    if options.check {
        profile.ask(bus).await?;
        say!("\n{}: {} steps, and nothing wrong with them", profile.name, profile.steps.len());
        return Ok(ExitCode::SUCCESS);
    }
    let (again, mut back) = tokio::sync::mpsc::unbounded_channel();
    let watcher = tokio::spawn(tell_connections(bus.clone(), again));
    let mut interrupts = Interrupts::new()?;
    let mut run = Run::new(bus, profile);

    say!("\n{}", profile.name);
    let timeline = Timeline::new(profile);
    let mut show = |progress: Progress<'_>| timeline.show(&progress);
    let on_air = attend(run.up(&mut show), &timeline, &mut interrupts).await;
    let mut interrupted = false;
    let mut ok = match on_air {
        Phase::Over(report) => {
            say!("{}", timeline.summary("on air", &report));
            report.is_ok()
        }
        Phase::Interrupted => {
            interrupted = true;
            false
        }
    };
    if !interrupted && ok && !options.on_air.is_zero() {
        say!("\non air for {}, Ctrl-C ends it", plain(options.on_air));
        let mut over = std::pin::pin!(tokio::time::sleep(options.on_air));
        loop {
            tokio::select! {
                () = &mut over => break,
                () = interrupts.next() => {
                    interrupted = true;
                    break;
                }
                // a server that was away may have forgotten what it was told
                Some(instance) = back.recv() => {
                    let facts = run.recheck(Some(&instance)).await;
                    facts.iter().for_each(Timeline::fact);
                    ok &= facts.iter().all(FactReport::holds);
                }
            }
        }
    }
    if interrupted {
        say!("\ninterrupted: taking the studio off air; Ctrl-C again leaves it as it is");
    }

    if !interrupted && !ok {
        say!("\nnot everything is as the profile wants it: taking the studio off air");
    }

    say!("\noff air");
    let timeline = Timeline::new(profile);
    let mut show = |progress: Progress<'_>| timeline.show(&progress);
    let off_air = attend(run.down(&mut show), &timeline, &mut interrupts).await;
    watcher.abort();
    match off_air {
        Phase::Over(report) => {
            say!("{}", timeline.summary("off air", &report));
            timeline.left(&report);
            ok &= report.is_ok();
        }
        Phase::Interrupted => {
            say!("left as it is: part of the studio may still be on air");
            ok = false;
        }
    }
    Ok(if interrupted { ExitCode::from(130) } else { ExitCode::from(u8::from(!ok)) })
}

/// So long nothing is said before it is said what is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Until one way of the show is over, or somebody interrupts.
async fn attend(way: impl Future<Output = Report>, timeline: &Timeline, interrupts: &mut Interrupts) -> Phase {
    tokio::select! {
        report = patiently(way, || timeline.waiting()) => Phase::Over(report),
        () = interrupts.next() => Phase::Interrupted,
    }
}

/// Waits, and says from time to time for what.
async fn patiently<T>(wanted: impl Future<Output = T>, say_what: impl Fn()) -> T {
    let mut wanted = std::pin::pin!(wanted);
    loop {
        match tokio::time::timeout(PATIENCE, &mut wanted).await {
            Ok(done) => return done,
            Err(_) => say_what(),
        }
    }
}

fn plain(time: Duration) -> String {
    if time.as_secs() >= 1 { format!("{} s", time.as_secs()) } else { format!("{} ms", time.as_millis()) }
}

/// Says what happens to the connections; hands on which instances are back.
async fn tell_connections(bus: Bus, again: tokio::sync::mpsc::UnboundedSender<String>) {
    let mut events = bus.events();
    while let Some(event) = events.next().await {
        if let Kind::Connection { connected, detail } = &event.kind {
            let (mark, what) = if *connected {
                ('●', "connected again".to_owned())
            } else {
                ('▲', format!("connection lost: {detail}"))
            };
            say!("         {mark} {:<7} {what}", event.source);
            if *connected {
                let _ = again.send(event.source.to_string());
            }
        }
    }
}

/// Ctrl-C, what a service manager sends, and the end of the terminal.
struct Interrupts {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 3],
    #[cfg(windows)]
    close: tokio::signal::windows::CtrlClose,
    #[cfg(windows)]
    shutdown: tokio::signal::windows::CtrlShutdown,
}

impl Interrupts {
    #[cfg(unix)]
    fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let [interrupt, terminate, hangup] =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        Ok(Self { signals: [interrupt?, terminate?, hangup?] })
    }

    #[cfg(windows)]
    fn new() -> Result<Self> {
        use tokio::signal::windows::{ctrl_close, ctrl_shutdown};
        Ok(Self { close: ctrl_close()?, shutdown: ctrl_shutdown()? })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }

    #[cfg(windows)]
    async fn next(&mut self) {
        tokio::select! {
            result = tokio::signal::ctrl_c() => if result.is_err() { std::future::pending::<()>().await },
            _ = self.close.recv() => {}
            _ = self.shutdown.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_reaches_the_terminal_but_text() {
        let title = "\n\u{1b}]0;gotcha\u{7}\u{1b}[2Jlights\r on\u{9b}m ✔";
        assert_eq!(super::printable(title), "\n�]0;gotcha��[2Jlights� on�m ✔");
    }
}
