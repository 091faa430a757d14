//! The engine: who handles what, in which order, and who watches.

use super::builder::YateBuilder;
use super::message::Message;
use super::modules;
use super::switch::Switch;
use crate::knobs::{Knobs, Seen, lock};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// How many lines may wait for a connection. The real engine stops when one does not read; this one lets it go.
const BACKLOG: usize = 65_536;

/// A line on its way to a client.
pub(super) enum Out {
    /// The answer to something that it asked.
    Reply(Vec<u8>),
    Push(Vec<u8>),
    Close,
}

pub(super) struct Handler {
    pub(super) name: Vec<u8>,
    pub(super) priority: u32,
    pub(super) filter: Option<(Vec<u8>, Vec<u8>)>,
    /// Handlers of one priority come in the order in which they were installed.
    pub(super) serial: u64,
}

pub(super) struct Client {
    pub(super) out: mpsc::Sender<Out>,
    pub(super) handlers: Vec<Handler>,
    pub(super) watches: BTreeSet<Vec<u8>>,
    pub(super) local: Local,
    /// A telnet client in machine mode.
    pub(super) machine: bool,
    /// The name and the argument of the program that it is.
    pub(super) program: Option<(String, String)>,
    pub(super) pid: Option<u32>,
    waiting: usize,
}

/// What `setlocal` sets.
pub(super) struct Local {
    pub(super) timeout: i64,
    pub(super) timebomb: bool,
    pub(super) maxqueue: usize,
    pub(super) bufsize: usize,
    pub(super) reenter: bool,
    pub(super) selfwatch: bool,
    pub(super) setdata: bool,
    pub(super) settime: bool,
    pub(super) trackparam: String,
    pub(super) reason: String,
    pub(super) debuglevel: String,
    pub(super) debugname: String,
    pub(super) named: bool,
    pub(super) disconnected: bool,
    /// The channel that the client is.
    pub(super) id: Option<String>,
}

impl Default for Local {
    fn default() -> Self {
        Self {
            timeout: 10_000,
            timebomb: false,
            maxqueue: 1000,
            bufsize: 8192,
            reenter: false,
            selfwatch: false,
            setdata: true,
            settime: false,
            trackparam: String::new(),
            reason: String::new(),
            debuglevel: "10".into(),
            debugname: "ext".into(),
            named: false,
            disconnected: false,
            id: None,
        }
    }
}

#[derive(Default)]
pub(super) struct State {
    pub(super) clients: BTreeMap<u64, Client>,
    pub(super) switch: Switch,
    /// Where users are registered.
    pub(super) registered: BTreeMap<String, String>,
    pending: BTreeMap<String, (u64, oneshot::Sender<super::message::Answer>)>,
    serial: u64,
    pub(super) dispatched: u64,
    pub(super) debug: String,
}

pub(super) struct Engine {
    pub(super) config: YateBuilder,
    pub(super) runid: u64,
    pub(super) started: Instant,
    pub(super) state: Mutex<State>,
    pub(super) seen: Arc<Seen>,
    // for the programs that it starts
    #[cfg_attr(not(unix), allow(dead_code))]
    pub(super) knobs: Knobs,
    /// The programs that it has started.
    #[cfg(unix)]
    pub(super) programs: Mutex<tokio::task::JoinSet<()>>,
    pub(super) weak: Weak<Self>,
}

pub(super) type Dispatched = Pin<Box<dyn Future<Output = (bool, Message)> + Send>>;

/// One that a message comes to: a module or a client.
enum Turn {
    Module(&'static str, u32),
    Client(u64),
}

impl Engine {
    pub(super) fn start(config: YateBuilder, seen: Arc<Seen>, knobs: Knobs) -> Arc<Self> {
        let engine = Arc::new_cyclic(|weak| Self {
            config,
            runid: super::seconds(),
            started: Instant::now(),
            state: Mutex::new(State { debug: "10".into(), ..State::default() }),
            seen,
            knobs,
            #[cfg(unix)]
            programs: Mutex::default(),
            weak: Weak::clone(weak),
        });
        let (weak, every) = (Arc::downgrade(&engine), engine.config.timer);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(every).await;
                let Some(engine) = weak.upgrade() else { return };
                let message = Message::new("engine.timer")
                    .with("time", super::seconds().to_string())
                    .with("nodename", super::NODE);
                engine.emit(message).await;
            }
        });
        engine
    }

    pub(super) fn serial(&self) -> u64 {
        let mut state = lock(&self.state);
        state.serial += 1;
        state.serial
    }

    pub(super) fn add_client(&self) -> (u64, mpsc::Receiver<Out>) {
        let (out, lines) = mpsc::channel(BACKLOG);
        let id = self.serial();
        let client = Client {
            out,
            handlers: Vec::new(),
            watches: BTreeSet::new(),
            local: Local::default(),
            machine: false,
            program: None,
            pid: None,
            waiting: 0,
        };
        lock(&self.state).clients.insert(id, client);
        (id, lines)
    }

    /// A client has gone: what it was asked goes on without it.
    pub(super) fn remove_client(&self, id: u64) {
        let mut state = lock(&self.state);
        state.clients.remove(&id);
        state.pending.retain(|_, (client, _)| *client != id);
    }

    pub(super) fn with_client<T>(&self, id: u64, change: impl FnOnce(&mut Client) -> T) -> Option<T> {
        lock(&self.state).clients.get_mut(&id).map(change)
    }

    pub(super) fn send(&self, client: u64, out: Out) {
        let full = self.with_client(client, |client| client.out.try_send(out).is_err()).unwrap_or(false);
        if full {
            self.remove_client(client);
        }
    }

    /// An answer of a handler. One that is not waited for is passed over.
    pub(super) fn answered(&self, client: u64, answer: super::message::Answer) {
        let id = String::from_utf8_lossy(&answer.id).into_owned();
        let mut state = lock(&self.state);
        if state.pending.get(&id).is_some_and(|(asked, _)| *asked == client)
            && let Some((_, waiting)) = state.pending.remove(&id)
        {
            let _ = waiting.send(answer);
        }
    }

    pub(super) async fn emit(&self, message: Message) -> (bool, Message) {
        match self.weak.upgrade() {
            Some(engine) => engine.dispatch(message, None).await,
            None => (false, message),
        }
    }

    /// Brings a message to all that handle it, until one says that it has, and tells the watchers.
    pub(super) fn dispatch(self: Arc<Self>, message: Message, from: Option<u64>) -> Dispatched {
        Box::pin(async move {
            let mut message = message;
            let mut handled = false;
            for turn in self.turns(&message, from) {
                handled = match turn {
                    Turn::Module(module, priority) => {
                        message.track(module, priority);
                        let name = message.name.clone();
                        let (done, changed) = Arc::clone(&self).act(module, priority, message, from).await;
                        message = changed;
                        // a masquerade has been through all of this under its new name
                        if message.name != name {
                            return (done, message);
                        }
                        done
                    }
                    Turn::Client(client) => self.ask(client, &mut message).await,
                };
                if handled {
                    break;
                }
            }
            self.tell(&message, handled, from);
            (handled, message)
        })
    }

    fn turns(&self, message: &Message, from: Option<u64>) -> Vec<Turn> {
        let mut state = lock(&self.state);
        state.dispatched += 1;
        // programs are asked for their own calls only
        let external = message.get("callto").is_some_and(|callto| callto.starts_with(b"external/"));
        let mut turns: Vec<(u32, u64, Turn)> = modules::chain(&message.name())
            .iter()
            .filter(|(module, _)| *module != "extmodule" || external || message.name != b"call.execute")
            .map(|(module, priority)| (*priority, 0, Turn::Module(module, *priority)))
            .collect();
        for (id, client) in &state.clients {
            if from == Some(*id) && !client.local.reenter {
                continue;
            }
            for handler in client.handlers.iter().filter(|handler| handler.name == message.name) {
                let passes = handler.filter.as_ref().is_none_or(|(name, value)| {
                    let found = message.params.iter().find(|(key, _)| key == name).map_or(&[][..], |(_, value)| value);
                    found == value
                });
                if passes {
                    turns.push((handler.priority, handler.serial, Turn::Client(*id)));
                }
            }
        }
        // modules keep the order in which they are listed
        turns.sort_by_key(|(priority, serial, _)| (*priority, *serial));
        turns.into_iter().map(|(_, _, turn)| turn).collect()
    }

    /// Asks a client, and waits for it as long as it has said.
    pub(super) async fn ask(&self, client: u64, message: &mut Message) -> bool {
        let id = format!("0x7f{:010x}.{}", fastrand::u64(..0xff_ffff_ffff), fastrand::u32(..));
        let (tx, answer) = oneshot::channel();
        let (timeout, timebomb) = {
            let mut state = lock(&self.state);
            let line = message.request(&id);
            let Some(asked) = state.clients.get_mut(&client) else { return false };
            let full = asked.local.maxqueue > 0 && asked.waiting >= asked.local.maxqueue;
            if full || asked.out.try_send(Out::Push(line)).is_err() {
                return false;
            }
            asked.waiting += 1;
            if !asked.local.trackparam.is_empty() {
                let name = asked.local.trackparam.clone();
                let priority = asked.handlers.iter().find(|handler| handler.name == message.name);
                message.track(&name, priority.map_or(100, |handler| handler.priority));
            }
            let times = (asked.local.timeout, asked.local.timebomb);
            state.pending.insert(id.clone(), (client, tx));
            times
        };
        let limit = u64::try_from(timeout).ok().filter(|limit| *limit > 0).map(Duration::from_millis);
        let answer = match limit {
            Some(limit) => tokio::time::timeout(limit, answer).await.map_err(|_| ()),
            None => Ok(answer.await),
        };
        lock(&self.state).pending.remove(&id);
        self.with_client(client, |client| client.waiting = client.waiting.saturating_sub(1));
        match answer {
            Ok(Ok(answer)) => {
                answer.change(message);
                answer.handled
            }
            // it has gone
            Ok(Err(_)) => false,
            Err(()) => {
                if timebomb {
                    self.send(client, Out::Close);
                }
                false
            }
        }
    }

    fn tell(&self, message: &Message, handled: bool, from: Option<u64>) {
        let mut state = lock(&self.state);
        let mut line = None;
        state.clients.retain(|id, client| {
            let watches = client.watches.contains(&message.name) || client.watches.contains(&[][..]);
            let own = from == Some(*id) && !client.local.selfwatch;
            if !client.machine && (!watches || own) {
                return true;
            }
            let line = line.get_or_insert_with(|| message.answer(b"", handled)).clone();
            client.out.try_send(Out::Push(line)).is_ok()
        });
    }
}
