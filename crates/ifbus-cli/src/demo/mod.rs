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

use anyhow::{Context, Result, bail};
use futures_util::StreamExt;
use ifbus_core::{Bus, Kind};
use ifbus_orchestrator::{FactReport, Profile, Progress, Report, Run};
pub use options::Options;
use servers::Servers;
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;
use timeline::Timeline;

/// The profile that runs where none is named.
pub const PROFILE: &str = include_str!("../profiles/live-production.toml");

/// How a phase ended.
enum Phase {
    Over(Report),
    /// By this.
    Interrupted(Interrupt),
}

/// What ended the show from outside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Interrupt {
    /// Ctrl-C.
    Key,
    /// A service manager, or the end of the terminal: they may say so twice, and mean nothing by it. With the exit status that
    /// belongs to it.
    System(u8),
}

impl Interrupt {
    fn status(self) -> u8 {
        match self {
            Self::Key => 130,
            Self::System(status) => status,
        }
    }
}

/// Takes the studio on air, verifies it, stays as long as asked, and takes it off air again. Exit status 0 only if everything
/// worked that the profile demands; 1 if something did not; 130 after Ctrl-C, 129 after the end of its terminal, 143 after SIGTERM
/// (the studio is off air then).
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
    let given = options.variables();
    if let Some((name, _)) = given.iter().find(|(name, _)| !profile.variables.contains_key(name)) {
        let known: Vec<&str> = profile.variables.keys().map(String::as_str).collect();
        bail!("--{name}: the profile has no variable of this name; it has: {}", known.join(", "));
    }
    Ok(profile.with_variables(given))
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
    let timeline = Timeline::new(profile, false);
    let mut show = |progress: Progress<'_>| timeline.show(&progress);
    let on_air = attend(run.up(&mut show), &timeline, interrupts.next()).await;
    let mut interrupted = None;
    let mut ok = match on_air {
        Phase::Over(report) => {
            say!("{}", timeline.summary("on air", &report));
            report.is_ok()
        }
        Phase::Interrupted(by) => {
            interrupted = Some(by);
            false
        }
    };
    if interrupted.is_none() && ok && !options.on_air.is_zero() {
        say!("\non air for {}, Ctrl-C ends it", plain(options.on_air));
        let mut facts = Facts::default();
        let watch = async {
            loop {
                tokio::select! {
                    // a server that was away may have forgotten what it was told
                    Some(instance) = back.recv() => {
                        let found = run.recheck(Some(&instance), RETURN).await;
                        // what was missing while it was away is told anew: now it is known
                        facts.broken.retain(|(of, _)| *of != instance);
                        facts.told(found);
                    }
                    // somebody else may have ended it
                    () = tokio::time::sleep(WATCH) => facts.told(run.recheck(None, GLANCE).await),
                }
            }
        };
        tokio::select! {
            () = tokio::time::sleep(options.on_air) => {}
            by = interrupts.next() => interrupted = Some(by),
            () = watch => {}
        }
        if interrupted.is_none() {
            // the watch may have been about to say it
            facts.told(run.recheck(None, GLANCE).await);
        }
        ok &= !facts.missed;
    }
    if interrupted.is_some() {
        say!("\ninterrupted: taking the studio off air; Ctrl-C (again) leaves it as it is");
    }

    if interrupted.is_none() && !ok {
        say!("\nnot everything is as the profile wants it: taking the studio off air");
    }

    say!("\noff air");
    let timeline = Timeline::new(profile, true);
    let mut show = |progress: Progress<'_>| timeline.show(&progress);
    let off_air = attend(run.down(&mut show), &timeline, interrupts.insistence()).await;
    watcher.abort();
    match off_air {
        Phase::Over(report) => {
            say!("{}", timeline.summary("off air", &report));
            timeline.left(profile, &run);
            ok &= report.is_ok();
        }
        Phase::Interrupted(by) => {
            say!("left as it is: part of the studio may still be on air");
            timeline.left(profile, &run);
            interrupted = Some(by);
        }
    }
    Ok(ExitCode::from(interrupted.map_or_else(|| u8::from(!ok), Interrupt::status)))
}

/// How often it is asked on air whether all is still so, and how long that may take.
const WATCH: Duration = Duration::from_secs(2);
const GLANCE: Duration = Duration::from_millis(500);
/// The same for a server that has just come back.
const RETURN: Duration = Duration::from_secs(3);

/// What has become of the facts while on air: told when it changes.
#[derive(Default)]
struct Facts {
    /// Those that do not hold.
    broken: BTreeSet<(String, String)>,
    /// Any did not hold at any time.
    missed: bool,
}

impl Facts {
    fn told(&mut self, facts: Vec<FactReport>) {
        for fact in facts {
            let key = (fact.instance.clone(), fact.says.clone());
            let news = if fact.holds() { self.broken.remove(&key) } else { self.broken.insert(key) };
            self.missed |= !fact.holds();
            if news {
                Timeline::fact(&fact);
            }
        }
    }
}

/// So long nothing is said before it is said what is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Until one way of the show is over, or somebody interrupts.
async fn attend(
    way: impl Future<Output = Report>,
    timeline: &Timeline,
    interrupt: impl Future<Output = Interrupt>,
) -> Phase {
    tokio::select! {
        report = patiently(way, || timeline.waiting()) => Phase::Over(report),
        by = interrupt => Phase::Interrupted(by),
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

    /// Somebody sits there and wants it left as it is.
    async fn insistence(&mut self) -> Interrupt {
        loop {
            if let Interrupt::Key = self.next().await {
                return Interrupt::Key;
            }
        }
    }

    #[cfg(unix)]
    async fn next(&mut self) -> Interrupt {
        let [interrupt, terminate, hangup] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => Interrupt::Key,
            _ = terminate.recv() => Interrupt::System(143),
            _ = hangup.recv() => Interrupt::System(129),
        }
    }

    #[cfg(windows)]
    async fn next(&mut self) -> Interrupt {
        tokio::select! {
            result = tokio::signal::ctrl_c() => match result {
                Ok(()) => Interrupt::Key,
                Err(_) => std::future::pending().await,
            },
            _ = self.close.recv() => Interrupt::System(129),
            _ = self.shutdown.recv() => Interrupt::System(143),
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
