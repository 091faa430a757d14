//! Programs that the engine starts: lines on standard input and output, and on Linux sound on the descriptors 3 and 4.

use super::engine::{Engine, Out};
use super::message::Message;
use super::session;
use crate::knobs::lock;
use crate::net;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::process::{Child, Command};

/// How long a program has to end itself after its standard input has been closed.
const GRACE: Duration = Duration::from_secs(1);
/// 20 ms of sound: 16-bit samples, 8,000 a second.
const SILENCE: [u8; 320] = [0; 320];

/// What a program is called with, and the sound that it is given and gives.
struct Call<'a> {
    program: &'a str,
    argument: &'a str,
    hears: bool,
    plays: bool,
}

impl<'a> Call<'a> {
    /// Reads `external/MODE/PROGRAM ARGUMENT`, and whether the program is to be a channel.
    fn parse(callto: &'a str) -> Option<(Self, bool)> {
        let (mode, rest) = callto.strip_prefix("external/")?.split_once('/')?;
        let (hears, plays) = match mode {
            "nochan" | "nodata" => (false, false),
            "play" => (false, true),
            "record" => (true, false),
            "playrec" => (true, true),
            _ => return None,
        };
        let (program, argument) = rest.split_once(' ').unwrap_or((rest, ""));
        Some((Self { program, argument: argument.trim(), hears, plays }, mode != "nochan"))
    }
}

/// A program that runs, and the ends of its pipes of sound.
struct Running {
    child: Child,
    hears: Option<Sender>,
    plays: Option<Receiver>,
}

fn command(path: &Path, argument: &str) -> Command {
    let mut command = Command::new(path);
    if !argument.is_empty() {
        command.arg(argument);
    }
    command
}

fn spawn(mut command: Command) -> io::Result<Child> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()
}

/// Starts a program without sound.
fn start_silent(path: &Path, argument: &str) -> io::Result<Running> {
    Ok(Running { child: spawn(command(path, argument))?, hears: None, plays: None })
}

/// Starts a program with pipes of sound as its descriptors 3 and 4. Descriptors above 2 cannot be handed down without unsafe
/// code: a shell opens our pipes by their names in `/proc`, says so with an empty line, and becomes the program.
#[cfg(target_os = "linux")]
async fn start_with_sound(path: &Path, call: &Call<'_>) -> io::Result<Running> {
    use std::os::fd::AsRawFd as _;
    let (heard, hears) = io::pipe()?;
    let (plays, played) = io::pipe()?;
    let name = |fd: i32| format!("/proc/{}/fd/{fd}", std::process::id());
    let script = format!(
        "exec {} {} && echo && shift 2 && exec \"$@\"",
        if call.hears { "3<\"$1\"" } else { "3<&-" },
        if call.plays { "4>\"$2\"" } else { "4>&-" },
    );
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &script, "sh"]).args([name(heard.as_raw_fd()), name(played.as_raw_fd())]).arg(path);
    if !call.argument.is_empty() {
        shell.arg(call.argument);
    }
    let mut child = spawn(shell)?;
    let mut ready = [0];
    if let Some(said) = &mut child.stdout {
        said.read_exact(&mut ready).await?;
    }
    // the program has its ends now; with ours open we would not see that it closes them
    drop((heard, played));
    Ok(Running {
        child,
        hears: call.hears.then(|| Sender::from_owned_fd(OwnedFd::from(hears))).transpose()?,
        plays: call.plays.then(|| Receiver::from_owned_fd(OwnedFd::from(plays))).transpose()?,
    })
}

#[cfg(not(target_os = "linux"))]
async fn start_with_sound(_: &Path, _: &Call<'_>) -> io::Result<Running> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Silence for who hears, and no ear for what is played.
async fn sound(hears: Option<Sender>, plays: Option<Receiver>) {
    let speak = async {
        let Some(mut hears) = hears else { return };
        while hears.write_all(&SILENCE).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let listen = async {
        let Some(mut plays) = plays else { return };
        let mut sink = [0; 4096];
        while plays.read(&mut sink).await.is_ok_and(|read| read > 0) {}
    };
    tokio::join!(speak, listen);
}

impl Engine {
    /// Starts a program; the client that it is.
    async fn start_program(&self, call: &Call<'_>, channel: bool) -> io::Result<u64> {
        let path = self.config.programs.get(call.program).ok_or(io::ErrorKind::NotFound)?;
        let running = if call.hears || call.plays {
            start_with_sound(path, call).await?
        } else {
            start_silent(path, call.argument)?
        };
        let Running { mut child, hears, plays } = running;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let engine = self.weak.upgrade().ok_or(io::ErrorKind::NotConnected)?;
        let (id, lines) = self.add_client();
        let pid = child.id();
        self.with_client(id, |client| {
            client.program = Some((call.program.to_owned(), call.argument.to_owned()));
            client.pid = pid;
        });
        let knobs = self.knobs.clone();
        lock(&self.programs).spawn(async move {
            let talk = net::over(tokio::io::join(output, input), knobs.clone(), |stream| {
                session::serve_program(engine, knobs, stream, (id, lines), channel)
            });
            tokio::pin!(talk);
            tokio::select! {
                _ = &mut talk => {}
                () = sound(hears, plays) => {
                    talk.await;
                }
            }
            if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
                let _ = child.kill().await;
            }
        });
        Ok(id)
    }

    fn running(&self, call: &Call<'_>) -> Option<u64> {
        let wanted = Some((call.program.to_owned(), call.argument.to_owned()));
        lock(&self.state).clients.iter().find(|(_, client)| client.program == wanted).map(|(id, _)| *id)
    }

    /// A call to `external/MODE/PROGRAM`: the program is asked whether it takes it.
    pub(super) async fn execute_program(&self, message: &mut Message) -> bool {
        let callto = message.text("callto");
        let Some((call, channel)) = Call::parse(&callto) else { return false };
        let running = self.running(&call).filter(|_| !channel);
        let client = match running {
            Some(client) => client,
            None => match self.start_program(&call, channel).await {
                Ok(client) => client,
                Err(error) => {
                    tracing::warn!(%callto, %error, "the program cannot be started");
                    return false;
                }
            },
        };
        if !channel {
            return self.ask(client, message).await;
        }
        let own = self.create_external(&message.text("caller"));
        self.with_client(client, |client| client.local.id = Some(own));
        if !self.ask(client, message).await {
            self.send(client, Out::Close);
            return false;
        }
        // it may have renamed itself
        let own = self.with_client(client, |client| client.local.id.clone()).flatten();
        if let (Some(own), Some(caller)) = (own, self.channel(&message.text("id"))) {
            self.connect(&caller.id, &own, None).await;
        }
        true
    }

    /// `external start`, `restart` and `stop`. What it says; `None`: it is none of these.
    pub(super) async fn control_program(&self, line: &str) -> Option<&'static str> {
        let (verb, rest) = line.split_once(' ')?;
        let (program, argument) = rest.split_once(' ').unwrap_or((rest, ""));
        let call = Call { program, argument, hears: false, plays: false };
        let running = self.running(&call);
        match (verb, running) {
            ("start", Some(_)) => return Some("External already running\r\n"),
            ("stop", None) => return Some("External not running\r\n"),
            ("stop" | "restart", Some(client)) => {
                self.send(client, Out::Close);
                if verb == "stop" {
                    return Some("External command stopped\r\n");
                }
            }
            ("start" | "restart", None) => {}
            _ => return None,
        }
        if let Err(error) = self.start_program(&call, false).await {
            tracing::warn!(program, %error, "the program cannot be started");
        }
        // said of one that cannot be started, too
        Some("External start attempt\r\n")
    }

    /// Ends all programs.
    pub(super) fn end_programs(&self) {
        lock(&self.programs).abort_all();
    }
}
