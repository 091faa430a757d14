//! A simulated FreeSWITCH: the event socket in both directions, with a small switch behind it.
//!
//! Held against the recordings of FreeSWITCH 1.11.2: framing, logins and rights, subscriptions and filters, the three forms of
//! events with their quirks, errors, and the events of calls in their order and with their headers. Written from its source:
//! how arguments, dial strings and variables are taken apart and expanded, how forked calls are made (`,` `|` `:_:`), tasks
//! (`sched_api`, `sched_hangup`), `xferext`, `record`; from its documentation: `play_and_get_digits`. Calls have a life of their
//! own: an extension is a list of applications, a phone answers, rings or is busy.
//!
//! What is not simulated: media (`unicast` and `nomedia` are answered, and nothing comes of them), SIP itself and registrations,
//! XML and JSON api commands, `sched_transfer` and `sched_broadcast`, delays and confirmations of forked legs
//! (`leg_delay_start`, `group_confirm_key`), `${…}` that cuts, indexes or calls an api command, voicemail, callcenter, and every
//! other api command or application: those are answered as a server does that has not got them.
//!
//! Unless told otherwise the password is `ClueCon`; there are the users `1000@test.local` (everything) and `1001@test.local` (a
//! little) with `test-secret`; the extensions `9196` (echo), `9664` (music), `5900` (park), `sleep300`, `short`, `busy`, `ring`,
//! `bridge`, `dial1001`, `conf` and `rec`; and the phones `1001` (answers after 20 ms), `1002` (busy) and `1003` (rings).

mod api;
mod apps;
mod asking;
mod builder;
mod calls;
mod causes;
mod channel;
mod channel_api;
mod clock;
mod command;
mod dial_string;
mod dialing;
mod event;
mod expand;
mod hangup;
mod jobs;
mod origin;
mod outbound;
mod recording;
mod room_commands;
mod room_lists;
mod rooms;
mod run;
mod schedule;
mod separate;
mod session;
mod show;
mod subscription;
mod verbs;
mod world;

use crate::knobs::{Knobs, Seen, lock};
use crate::net::{Server, SimStream};
pub use builder::{FreeSwitchBuilder, Phone};
use event::Event;
pub use outbound::OutboundOptions;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::broadcast;
use world::{Later, News, World};

/// How many events may wait for a connection. One that falls further behind is killed.
const BACKLOG: usize = 65_536;

struct Shared {
    config: FreeSwitchBuilder,
    knobs: Knobs,
    seen: Seen,
    world: Mutex<World>,
    news: broadcast::Sender<News>,
    denies: AtomicBool,
}

impl Shared {
    /// Changes the world, and sends out what came of it, in order.
    fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = lock(&self.world);
        let result = change(&mut world);
        for news in world.news.drain(..) {
            // nobody listens: nothing is lost
            let _ = self.news.send(news);
        }
        let run = world.run;
        for later in world.later.drain(..) {
            self.later(run, later);
        }
        for dial in world.dials.drain(..) {
            outbound::dial(self, run, dial);
        }
        result
    }

    fn later(self: &Arc<Self>, run: u64, (delay, what): Later) {
        let shared = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let Some(shared) = shared.upgrade() else { return };
            shared.change(|world| {
                if world.run == run {
                    what(world);
                }
            });
        });
    }

    fn is_denied(&self) -> bool {
        self.denies.load(Ordering::Relaxed)
    }

    /// Ends all calls and connections; `properly` is with a farewell.
    fn shut_down(self: &Arc<Self>, properly: bool) {
        self.change(|world| world.shut_down(properly));
    }
}

type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

fn serve(shared: &Arc<Shared>) -> impl Fn(SimStream) -> Serving + Send + 'static {
    let shared = Arc::clone(shared);
    move |stream| Box::pin(session::serve(Arc::clone(&shared), stream))
}

/// A channel as [`FreeSwitchSim::channels`] tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelState {
    /// Its uuid.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// Whether the server was called; otherwise the server calls.
    pub inbound: bool,
    /// Whether it is answered.
    pub answered: bool,
    /// The uuid of the channel that it is bridged with.
    pub bridged: Option<String>,
    /// The applications that it runs, the innermost last.
    pub applications: Vec<String>,
    /// The files that it is recorded to now, by `record`, `record_session` or `uuid_record`.
    pub recordings: Vec<String>,
}

/// A running simulator. Dropping it ends it.
pub struct FreeSwitchSim {
    shared: Arc<Shared>,
    server: Server,
}

impl Drop for FreeSwitchSim {
    fn drop(&mut self) {
        // those that the server has dialled do not end with its port
        let _ = self.shared.news.send(News::Gone(None));
    }
}

impl std::fmt::Debug for FreeSwitchSim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FreeSwitchSim").field("addr", &self.addr()).finish_non_exhaustive()
    }
}

impl FreeSwitchSim {
    /// Starts one with the defaults.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// The settings of a simulator.
    pub fn builder() -> FreeSwitchBuilder {
        FreeSwitchBuilder::default()
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Its knobs. They turn the connections that it makes as well as those that come.
    pub fn knobs(&self) -> &Knobs {
        &self.shared.knobs
    }

    /// The first lines of the commands that clients have sent, in order; of logins only the verb.
    pub fn requests(&self) -> Vec<String> {
        self.shared.seen.list()
    }

    /// The channels that are there now, in the order in which they came.
    pub fn channels(&self) -> Vec<ChannelState> {
        let world = lock(&self.shared.world);
        let channels = world.order.iter().filter_map(|id| world.channels.get(id)).map(|channel| ChannelState {
            uuid: channel.uuid.clone(),
            name: channel.name.clone(),
            inbound: channel.inbound,
            answered: channel.answered,
            bridged: channel.bridge.as_ref().map(|(peer, _)| peer.clone()),
            applications: channel.stack.iter().map(|running| running.job.name.clone()).collect(),
            recordings: channel.recordings.iter().map(|recording| recording.path.clone()).collect(),
        });
        channels.collect()
    }

    /// A variable of a channel.
    pub fn variable(&self, uuid: &str, name: &str) -> Option<String> {
        lock(&self.shared.world).channels.get(uuid)?.variable(name).map(str::to_owned)
    }

    /// From now on new connections are turned away, as those are whose address no list allows; or no more.
    pub fn deny(&self, on: bool) {
        self.shared.denies.store(on, Ordering::Relaxed);
    }

    /// A phone dials an extension; the uuid of its channel, or `None` if there is no such extension.
    pub fn dial_in(&self, phone: &str, exten: &str) -> Option<String> {
        self.shared.change(|world| world.dial_in(phone, exten))
    }

    /// Whoever is on this channel hangs up. False: there is no such channel.
    pub fn hang_up(&self, uuid: &str, cause: &str) -> bool {
        self.shared.change(|world| {
            let exists = world.channels.contains_key(uuid);
            world.hang_up(uuid, causes::cause(cause));
            exists
        })
    }

    /// Whoever is on this channel presses keys. False: there is no such channel.
    pub fn press(&self, uuid: &str, digits: &str) -> bool {
        self.shared.change(|world| {
            let exists = world.channels.contains_key(uuid);
            if exists {
                world.digits(uuid, digits, "RTP");
            }
            exists
        })
    }

    /// Fires an event of any name, with these headers behind those that every event has. One with a subclass is a `CUSTOM`.
    pub fn emit(&self, name: &str, subclass: Option<&str>, headers: &[(&str, &str)], body: Option<&[u8]>) {
        self.shared.change(|world| {
            let mut event = Event::named(if subclass.is_some() { "CUSTOM".to_owned() } else { name.to_owned() });
            if let Some(subclass) = subclass {
                event.put("Event-Subclass", subclass);
            }
            let sequence = world.next_sequence();
            world.common(&mut event, origin::of("sendevent"), sequence);
            for (key, value) in headers {
                event.put((*key).to_owned(), value);
            }
            event.body = body.map(<[u8]>::to_vec);
            world.fire(event);
        });
    }

    /// The server dials a listener with a call, as the application `socket` does; the uuid of the call.
    pub fn dial_out(&self, addr: SocketAddr, options: OutboundOptions) -> String {
        self.shared.change(|world| world.dial_out(addr, options))
    }

    /// Load: that many calls to an extension, each a loopback pair that parks, at so many per second. Returns at once.
    pub fn load(&self, calls: usize, per_second: u32, exten: &str) {
        let shared = Arc::downgrade(&self.shared);
        let command = format!("loopback/{exten}/default &park");
        tokio::spawn(async move {
            let pause = Duration::from_secs(1) / per_second.max(1);
            let start = Instant::now();
            for number in 0..calls {
                // by the clock, so that slow timers do not make it slower
                let due = pause.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX));
                tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
                let Some(shared) = shared.upgrade() else { return };
                let _ = shared.change(|world| world.originate(&command));
            }
        });
    }

    /// Shuts down and starts again on the same port: every call is gone, and the core has a new uuid.
    ///
    /// # Errors
    /// The port was taken by somebody else meanwhile.
    pub async fn restart(&self) -> io::Result<()> {
        self.quit().await;
        {
            let mut world = lock(&self.shared.world);
            *world = self.shared.config.world(world.run + 1);
        }
        self.server.restart(serve(&self.shared)).await?;
        self.shared.change(|_| {});
        Ok(())
    }

    /// Shuts down: the event `SHUTDOWN`, the end of every call, a notice, and the end of every connection.
    pub async fn stop(&self) {
        self.quit().await;
    }

    async fn quit(&self) {
        self.server.stop_listening().await;
        self.shared.shut_down(true);
        self.server.drained(Duration::from_millis(300)).await;
        self.server.stop().await;
        self.server.drained(Duration::from_secs(1)).await;
    }
}
