//! A simulated Asterisk: the manager interface over TCP, with a small switch behind it.
//!
//! Held against the recordings of Asterisk 22 (and, for [`Generation::Legacy`], of 11): framing, limits, login, rights, masks and
//! filters, lists, errors, and the events of calls in their order and with their fields. Calls have a life of their own: an
//! extension is a list of [`Application`]s, or is written by a client (`DialplanExtensionAdd`: variables, and conditions of the
//! form `$["a"="b"]`); a phone answers, rings or is busy. CDR and CEL are told if [`AsteriskBuilder::records`] says so; by TLS
//! it is reached with the feature `tls`.
//!
//! What is not simulated: SIP itself; sound; masquerades, which the old generation's transfers are made of, and its events; the
//! console beyond three commands; AMI over HTTP. A channel has one CDR, told when it hangs up: the real server begins another
//! when a channel goes from one bridge to another, and gives one to a dialed channel that goes on alone.
//!
//! Unless told otherwise there are the accounts `admin` (everything), `reader` (reads everything, writes nothing) and `callonly`,
//! all with the secret `test-secret`; the extensions `wait`, `short`, `echo`, `ring`, `busy`, `congestion`, `conf`, `confadmin`,
//! `queue`, `park`, `dialwait` and `dialring`; the phones `PJSIP/101` (answers after 20 ms), `PJSIP/102` (busy) and `PJSIP/103`
//! (rings); and the queue `support` with `PJSIP/101` in it, and `empty`.

mod actions;
mod builder;
mod calls;
mod channel;
mod dialplan;
mod holding;
mod mask;
mod message;
mod plan;
mod progress;
mod queues;
mod records;
mod room_actions;
mod rooms;
mod session;
mod store;
#[cfg(feature = "tls")]
mod tls;
mod world;

use crate::knobs::{Knobs, Seen, lock};
use crate::net::{Server, SimStream};
pub use builder::AsteriskBuilder;
pub use channel::{Application, Phone};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::broadcast;
use world::{Event, Step, World};

/// How many events may wait for a session. One that falls further behind is cut, as after `writetimeout`.
const BACKLOG: usize = 65_536;
/// How many synchronous calls may be decided before a session hears of its own.
const DECISIONS: usize = 1024;

/// Which Asterisk it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Generation {
    /// 22.10 (AMI 11).
    Modern,
    /// Greets as 11.25 (AMI 1.3) does, and answers Command in the old form with `--END COMMAND--`. Its events are those of 22.
    Legacy,
}

impl Generation {
    fn ami_version(self) -> &'static str {
        match self {
            Self::Modern => "11.0.0",
            Self::Legacy => "1.3",
        }
    }

    fn asterisk_version(self) -> &'static str {
        match self {
            Self::Modern => "22.10.1",
            Self::Legacy => "11.25.3",
        }
    }
}

struct Shared {
    config: AsteriskBuilder,
    knobs: Knobs,
    seen: Seen,
    world: Mutex<World>,
    events: broadcast::Sender<Arc<Event>>,
    /// Synchronous Originates that are decided: the ticket, and whether it was answered.
    done: broadcast::Sender<(u64, bool)>,
    tickets: AtomicU64,
}

impl Shared {
    /// Changes the switch, tells everybody what happened, and winds the clocks of what is to happen.
    fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = lock(&self.world);
        let result = change(&mut world);
        for event in world.events.drain(..) {
            let _ = self.events.send(Arc::new(event));
        }
        for decision in world.done.drain(..) {
            let _ = self.done.send(decision);
        }
        let run = world.run;
        for (delay, id, turn, step) in world.later.drain(..) {
            self.later(delay, run, id, turn, step);
        }
        result
    }

    fn later(self: &Arc<Self>, delay: Duration, run: u64, id: String, turn: u64, step: Step) {
        let shared = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let Some(shared) = shared.upgrade() else { return };
            shared.change(|world| {
                if world.run == run {
                    world.step(&id, turn, &step);
                }
            });
        });
    }

    fn ticket(&self) -> u64 {
        self.tickets.fetch_add(1, Ordering::Relaxed)
    }

    fn is_booted(&self) -> bool {
        lock(&self.world).booted.elapsed() >= self.config.boot_time
    }

    /// Says that it is booted, once it is.
    fn boot(self: &Arc<Self>) {
        let (shared, delay) = (Arc::downgrade(self), self.config.boot_time);
        let run = lock(&self.world).run;
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let Some(shared) = shared.upgrade() else { return };
            shared.change(|world| {
                if world.run == run {
                    world.emit("FullyBooted", mask::SYSTEM, |_, message| {
                        message.put("Status", "Fully Booted");
                        message.put("Uptime", 0);
                        message.put("LastReload", 0);
                    });
                }
            });
        });
    }
}

type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

fn serve(shared: &Arc<Shared>) -> impl Fn(SimStream) -> Serving + Send + 'static {
    let shared = Arc::clone(shared);
    move |stream| Box::pin(session::serve(Arc::clone(&shared), stream))
}

/// A channel as [`AsteriskSim::channels`] tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelState {
    /// Its name.
    pub name: String,
    /// Its Uniqueid.
    pub uniqueid: String,
    /// The Uniqueid of the first channel of its call.
    pub linkedid: String,
    /// Whether it is answered.
    pub up: bool,
    /// Whether it is in a bridge with somebody.
    pub bridged: bool,
}

/// A running simulator. Dropping it ends it.
pub struct AsteriskSim {
    shared: Arc<Shared>,
    server: Server,
    #[cfg(feature = "tls")]
    tls: Option<(Server, tls::Identity)>,
}

impl std::fmt::Debug for AsteriskSim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AsteriskSim").field("addr", &self.addr()).finish_non_exhaustive()
    }
}

impl AsteriskSim {
    /// Starts one with the defaults.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// The settings of a simulator.
    pub fn builder() -> AsteriskBuilder {
        AsteriskBuilder::default()
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Where it listens by TLS, if it does.
    #[cfg(feature = "tls")]
    pub fn tls_addr(&self) -> Option<SocketAddr> {
        self.tls.as_ref().map(|(server, _)| server.addr())
    }

    /// The certificate of the TLS port, as PEM: nobody has signed it but itself.
    #[cfg(feature = "tls")]
    pub fn certificate(&self) -> Option<&str> {
        self.tls.as_ref().map(|(_, identity)| identity.pem.as_str())
    }

    /// Its knobs.
    pub fn knobs(&self) -> &Knobs {
        &self.shared.knobs
    }

    /// The actions that clients have sent, in order, by the names they used.
    pub fn requests(&self) -> Vec<String> {
        self.shared.seen.list()
    }

    /// The channels that are there now.
    pub fn channels(&self) -> Vec<ChannelState> {
        let world = lock(&self.shared.world);
        let channels = world.channels.values().map(|channel| ChannelState {
            name: channel.name.clone(),
            uniqueid: channel.uniqueid.clone(),
            linkedid: channel.linkedid.clone(),
            up: channel.state == channel::UP,
            bridged: channel.bridge.is_some(),
        });
        channels.collect()
    }

    /// A phone dials an extension; the name of its channel, or `None` if there is no such extension.
    pub fn dial_in(&self, phone: &str, caller: &str, exten: &str) -> Option<String> {
        self.shared.change(|world| {
            let id = calls::dial_in(world, phone, caller, exten)?;
            // a plan may be over at once
            Some(world.channels.get(&id).map_or_else(|| phone.to_owned(), |channel| channel.name.clone()))
        })
    }

    /// Whoever is on this channel hangs up. False: there is no such channel.
    pub fn hang_up(&self, channel: &str, cause: u8) -> bool {
        self.shared.change(|world| {
            let Some(id) = world.by_name(channel).map(|channel| channel.uniqueid.clone()) else { return false };
            world.tell("HangupRequest", &id, &[("Cause", &cause.to_string())]);
            world.hang_up(&id, cause);
            true
        })
    }

    /// Whoever is on this channel puts the other on hold, or comes back. False: there is no such channel.
    pub fn hold(&self, channel: &str, on: bool) -> bool {
        self.shared.change(|world| {
            let Some(id) = world.by_name(channel).map(|channel| channel.uniqueid.clone()) else { return false };
            let (name, music): (_, &[(&str, &str)]) =
                if on { ("Hold", &[("MusicClass", "default")]) } else { ("Unhold", &[]) };
            world.tell(name, &id, music);
            true
        })
    }

    /// Sends an event of any name and fields to those who read the class `system`.
    pub fn emit(&self, name: &'static str, fields: &[(&str, &str)]) {
        self.shared.change(|world| {
            world.emit(name, mask::SYSTEM, |_, message| fields.iter().for_each(|(key, value)| message.put(key, value)));
        });
    }

    /// Load: that many calls to an extension, each a Local channel, at so many per second. Returns at once.
    pub fn load(&self, calls: usize, per_second: u32, exten: &str) {
        let shared = Arc::downgrade(&self.shared);
        let exten = exten.to_owned();
        tokio::spawn(async move {
            let pause = Duration::from_secs(1) / per_second.max(1);
            let start = Instant::now();
            for number in 0..calls {
                // by the clock, so that slow timers do not make it slower
                let due = pause.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX));
                tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
                let Some(shared) = shared.upgrade() else { return };
                shared.change(|world| {
                    let goal = channel::Goal::Application { name: "Echo".into(), data: String::new() };
                    let channel = format!("Local/{exten}@default/n");
                    let originate = channel::Originate {
                        action_id: None,
                        channel: channel.clone(),
                        chosen_id: false,
                        goal,
                        ticket: None,
                    };
                    let purpose = channel::Purpose::Originate(Box::new(originate));
                    world.call(&channel, (None, None), purpose, Duration::from_secs(30), |_| {});
                });
            }
        });
    }

    /// Quits and starts again on the same port: every call is gone, and `FullyBooted` comes when its time has.
    ///
    /// # Errors
    /// The port was taken by somebody else meanwhile.
    pub async fn restart(&self) -> io::Result<()> {
        self.quit(true).await;
        {
            let mut world = lock(&self.shared.world);
            *world = self.shared.config.world(world.run + 1);
        }
        self.server.restart(serve(&self.shared)).await?;
        #[cfg(feature = "tls")]
        if let Some((server, identity)) = &self.tls {
            server.restart(tls::serve(&self.shared, identity)).await?;
        }
        self.shared.boot();
        Ok(())
    }

    /// Quits: `Shutdown`, then the end of every connection.
    pub async fn stop(&self) {
        self.quit(false).await;
    }

    async fn quit(&self, restart: bool) {
        self.server.stop_listening().await;
        #[cfg(feature = "tls")]
        if let Some((server, _)) = &self.tls {
            server.stop_listening().await;
        }
        self.shared.change(|world| {
            world.emit("Shutdown", mask::SYSTEM, |_, message| {
                message.put("Shutdown", "Cleanly");
                message.put("Restart", if restart { "True" } else { "False" });
            });
            // no right shows it: it ends the sessions
            world.emit("Gone", 0, |_, _| {});
        });
        self.server.drained(Duration::from_millis(300)).await;
        self.server.stop().await;
        #[cfg(feature = "tls")]
        if let Some((server, _)) = &self.tls {
            server.stop().await;
        }
        self.server.drained(Duration::from_secs(1)).await;
    }
}
