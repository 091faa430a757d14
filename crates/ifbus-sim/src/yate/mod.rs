//! A simulated Yate: the external module protocol over TCP, unix sockets and pipes, and the telnet manager, with a small switch
//! behind them.
//!
//! Held against the recordings of Yate 6.4.1: escaping, errors, `setlocal`, handlers with priorities, filters, timeouts and time
//! bombs, watchers, the roles global and channel, the telnet manager with its machine mode, and the messages of calls and
//! conferences. The engine's line and its end leave in two writes, as the real one's do. Programs are started by
//! `external/MODE/NAME` and by `external start NAME`, if [`YateBuilder::program`] allows them. Their channels are all called
//! `ExtModule` in the real engine until they rename themselves; here those after the first have a number. What is not
//! simulated: media, SIP itself, a call that begins at a phone's side (`call.execute` with a `callto` of `sip/…` and a `target`
//! comes back unhandled: phones ring where a call is routed to them, and only `dumb/` originates), where registered users are
//! called (the dial plan says it, as in the recordings), and every other message: those are dispatched to whoever handles them,
//! and come back unhandled if nobody does. A watcher that does not read is let go; the real engine stops for it.
//!
//! Unless told otherwise the numbers `99991001` (`tone/dial`), `99991002` (`tone/busy`), `1001` and `1002` (phones) are routed,
//! `nobody` is offline, and everything else has no route; the phone `1001` answers after 20 ms and `1002` is busy; there is the
//! user `1001` with the password `test-secret`.

mod builder;
mod calls;
mod engine;
mod hangup;
mod help;
mod local;
mod manager;
mod message;
mod modules;
#[cfg(unix)]
mod programs;
mod rooms;
mod session;
mod status;
mod switch;
mod users;

use crate::knobs::{Knobs, Seen, lock};
use crate::net::{Server, SimStream};
pub use builder::{Phone, YateBuilder};
use engine::Engine;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const NODE: &str = "yatehost";

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

struct Shared {
    config: YateBuilder,
    knobs: Knobs,
    seen: Arc<Seen>,
    /// A new one after each restart.
    engine: Mutex<Arc<Engine>>,
}

impl Shared {
    fn engine(&self) -> Arc<Engine> {
        Arc::clone(&lock(&self.engine))
    }
}

type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

fn serve(shared: &Arc<Shared>) -> impl Fn(SimStream) -> Serving + Send + 'static {
    let shared = Arc::clone(shared);
    move |stream| Box::pin(session::serve(shared.engine(), shared.knobs.clone(), stream))
}

fn manage(shared: &Arc<Shared>) -> impl Fn(SimStream) -> Serving + Send + 'static {
    let shared = Arc::clone(shared);
    move |stream| Box::pin(manager::serve(shared.engine(), shared.knobs.clone(), stream))
}

/// A channel as [`YateSim::channels`] tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelState {
    /// Its id.
    pub id: String,
    /// How it stands: `incoming`, `ringing`, `answered` and so on.
    pub status: String,
    /// Whether it is answered.
    pub answered: bool,
    /// The channel that it is connected with.
    pub peer: Option<String>,
}

/// A running simulator. Dropping it ends it.
pub struct YateSim {
    shared: Arc<Shared>,
    server: Server,
    manager: Server,
    #[cfg(unix)]
    unix: Option<Server<std::path::PathBuf>>,
}

impl Drop for YateSim {
    fn drop(&mut self) {
        #[cfg(unix)]
        self.shared.engine().end_programs();
        #[cfg(unix)]
        if let Some(unix) = &self.unix {
            let _ = std::fs::remove_file(unix.addr());
        }
    }
}

impl std::fmt::Debug for YateSim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("YateSim").field("addr", &self.addr()).finish_non_exhaustive()
    }
}

impl YateSim {
    /// Starts one with the defaults.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// The settings of a simulator.
    pub fn builder() -> YateBuilder {
        YateBuilder::default()
    }

    /// Where it listens for external modules.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Where its telnet manager listens.
    pub fn manager_addr(&self) -> SocketAddr {
        self.manager.addr()
    }

    /// The unix socket where it listens for external modules, if it was told to.
    #[cfg(unix)]
    pub fn unix(&self) -> Option<std::path::PathBuf> {
        self.unix.as_ref().map(Server::addr)
    }

    /// Its knobs; they turn both ports.
    pub fn knobs(&self) -> &Knobs {
        &self.shared.knobs
    }

    /// The commands that clients have sent, in order: the kind of each line and what it names, of the manager its words.
    pub fn requests(&self) -> Vec<String> {
        self.shared.seen.list()
    }

    /// The channels that are there now.
    pub fn channels(&self) -> Vec<ChannelState> {
        let engine = self.shared.engine();
        let state = lock(&engine.state);
        let channels = state.switch.channels.values().map(|channel| ChannelState {
            id: channel.id.clone(),
            status: channel.status.clone(),
            answered: channel.answered,
            peer: channel.peer.clone(),
        });
        channels.collect()
    }

    /// Emits a message from inside; whether somebody handled it, and its return value.
    pub async fn emit(&self, name: &str, params: &[(&str, &str)]) -> (bool, Vec<u8>) {
        let message = params.iter().fold(message::Message::new(name), |message, (key, value)| message.with(key, value));
        let (handled, message) = self.shared.engine().emit(message).await;
        (handled, message.ret)
    }

    /// Somebody calls a number over SIP; the id of the channel, which may be gone already if the call had no way to go.
    pub async fn dial_in(&self, caller: &str, called: &str) -> String {
        self.shared.engine().dial_in(caller, called).await
    }

    /// Whoever is on this channel hangs up. False: there is no such channel.
    pub async fn hang_up(&self, id: &str) -> bool {
        self.shared.engine().drop_channel(id, None).await
    }

    /// Load: that many calls to a number, at so many per second. Returns at once.
    pub fn load(&self, calls: usize, per_second: u32, called: &str) {
        let engine = Arc::downgrade(&self.shared.engine());
        let called = called.to_owned();
        tokio::spawn(async move {
            let pause = Duration::from_secs(1) / per_second.max(1);
            let start = Instant::now();
            for number in 0..calls {
                // by the clock, so that slow timers do not make it slower
                let due = pause.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX));
                tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
                let Some(engine) = engine.upgrade() else { return };
                let called = called.clone();
                tokio::spawn(async move { engine.dial_in("load", &called).await });
            }
        });
    }

    /// Stops and starts again on the same ports: connections, handlers and calls are gone, and it has a new run id.
    ///
    /// # Errors
    /// A port was taken by somebody else meanwhile.
    pub async fn restart(&self) -> io::Result<()> {
        self.stop().await;
        *lock(&self.shared.engine) = {
            let shared = &self.shared;
            Engine::start(shared.config.clone(), Arc::clone(&shared.seen), shared.knobs.clone())
        };
        self.server.restart(serve(&self.shared)).await?;
        #[cfg(unix)]
        if let Some(unix) = &self.unix {
            unix.restart(serve(&self.shared)).await?;
        }
        self.manager.restart(manage(&self.shared)).await
    }

    /// Stops: both ports are closed, and every connection without a word.
    pub async fn stop(&self) {
        self.server.stop().await;
        self.manager.stop().await;
        #[cfg(unix)]
        {
            if let Some(unix) = &self.unix {
                unix.stop().await;
            }
            self.shared.engine().end_programs();
        }
        self.server.drained(Duration::from_secs(1)).await;
    }
}
