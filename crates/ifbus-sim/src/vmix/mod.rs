//! A simulated vMix: the TCP API and, on a port of its own, the HTTP API.
//!
//! vMix is a closed Windows program. This simulator is held against the vMix manual and against what public clients
//! measured on vMix 29; where neither says something it does what a client must be prepared for.
//!
//! The show has five inputs unless told otherwise: `Camera 1`, `Camera 2`, `Slides`, `Lower Third` (a GT title with the
//! texts `Headline.Text` and `Description.Text`) and `Music`; input 1 is on program, 2 in preview.

mod acts;
mod functions;
mod http;
mod state;
mod tcp;
mod xml;

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::broadcast;

use crate::knobs::{Knobs, Seen, lock};
use crate::net::{Server, SimStream};
use functions::Query;
pub use state::Snapshot;
use state::{State, Take};
use xml::Node;

/// What goes to all who subscribed.
#[derive(Clone, Debug)]
enum Push {
    Tally(Arc<str>),
    Acts(Arc<str>),
}

/// How many pushes may wait for a client. One that falls further behind is cut.
const BACKLOG: usize = 16_384;
/// How many past states are kept for a document that lags.
const PAST: usize = 256;

struct Shared {
    config: VmixBuilder,
    knobs: Knobs,
    seen: Seen,
    state: Mutex<State>,
    /// Past states with the moment at which each ended; only while the document lags.
    past: Mutex<VecDeque<(Instant, State)>>,
    lag: Mutex<Duration>,
    pushes: broadcast::Sender<Push>,
}

impl Shared {
    /// Runs a function; `None` if vMix has none of that name.
    fn function(self: &Arc<Self>, name: &str, query: &Query) -> Option<Result<(), String>> {
        self.seen.push(name);
        if !functions::is_known(name) {
            return None;
        }
        Some(self.change(|state| state.run(name, query)))
    }

    /// Changes the state, and tells the subscribers what became different.
    fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = lock(&self.state);
        if !lock(&self.lag).is_zero() {
            let mut past = lock(&self.past);
            past.truncate(PAST - 1);
            past.push_front((Instant::now(), state.clone()));
        }
        let before = state.tally();
        let result = change(&mut state);
        for line in state.acts.drain(..) {
            let _ = self.pushes.send(Push::Acts(line.into()));
        }
        let tally = state.tally();
        if tally != before {
            let _ = self.pushes.send(Push::Tally(tally.into()));
        }
        let run = state.run;
        for (delay, take) in state.later.drain(..) {
            self.finish_after(delay, run, take);
        }
        result
    }

    fn finish_after(self: &Arc<Self>, delay: Duration, run: u64, take: Take) {
        let shared = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let Some(shared) = shared.upgrade() else { return };
            // A later transition, or a restart, may have taken its place.
            let due = |state: &State| state.run == run && (take.mix > 0 || state.takes == take.number);
            shared.change(|state| {
                if due(state) {
                    state.finish(take);
                }
            });
        });
    }

    /// The document, as old as the lag wants it.
    fn document(&self) -> Node {
        let state = lock(&self.state);
        let wanted = Instant::now().checked_sub(*lock(&self.lag));
        let past = lock(&self.past);
        // The newest is in front: the last one that still stood at the wanted moment is what was to be seen then.
        let then = past.iter().take_while(|(end, _)| wanted.is_none_or(|w| *end > w)).last();
        then.map_or(&*state, |(_, old)| old).document()
    }
}

/// How a simulated vMix is to be. Made by [`VmixSim::builder`].
#[derive(Clone)]
#[must_use]
pub struct VmixBuilder {
    tcp: SocketAddr,
    http: SocketAddr,
    user: String,
    password: Option<String>,
    inputs: usize,
    xml_lag: Duration,
    late_pushes: bool,
}

impl std::fmt::Debug for VmixBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VmixBuilder").field("tcp", &self.tcp).field("http", &self.http).finish_non_exhaustive()
    }
}

impl VmixBuilder {
    /// Where the TCP API listens: a free port of 127.0.0.1 unless set.
    pub fn bind(mut self, tcp: SocketAddr) -> Self {
        self.tcp = tcp;
        self
    }

    /// Where the HTTP API listens: a free port of 127.0.0.1 unless set.
    pub fn bind_http(mut self, http: SocketAddr) -> Self {
        self.http = http;
        self
    }

    /// User and password of the web controller, asked for by HTTP Basic. None unless set; the TCP API never asks.
    pub fn password(mut self, user: &str, password: &str) -> Self {
        user.clone_into(&mut self.user);
        self.password = Some(password.to_owned());
        self
    }

    /// How many inputs the show has: 5 unless set, at most 1000.
    pub fn inputs(mut self, count: usize) -> Self {
        self.inputs = count.min(1000);
        self
    }

    /// How far the state document lags behind; see [`VmixSim::xml_lag`].
    pub fn xml_lag(mut self, lag: Duration) -> Self {
        self.xml_lag = lag;
        self
    }

    /// Whether a client hears of what its function did only after the function's reply. Both orders were seen on the
    /// real one; the pushes come first unless set.
    pub fn late_pushes(mut self, late: bool) -> Self {
        self.late_pushes = late;
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// An address cannot be listened on.
    pub async fn start(self) -> io::Result<VmixSim> {
        let (pushes, _) = broadcast::channel(BACKLOG);
        let shared = Arc::new(Shared {
            knobs: Knobs::default(),
            seen: Seen::default(),
            state: Mutex::new(State::new(0, self.inputs)),
            past: Mutex::default(),
            lag: Mutex::new(self.xml_lag),
            pushes,
            config: self,
        });
        let tcp = Server::start(shared.config.tcp, shared.knobs.clone(), serve_tcp(&shared)).await?;
        let http = Server::start(shared.config.http, shared.knobs.clone(), serve_http(&shared)).await?;
        Ok(VmixSim { shared, tcp, http })
    }
}

type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

fn serve_tcp(shared: &Arc<Shared>) -> impl Fn(SimStream) -> Serving + Send + 'static {
    let shared = Arc::clone(shared);
    move |stream| Box::pin(tcp::serve(Arc::clone(&shared), stream))
}

fn serve_http(shared: &Arc<Shared>) -> impl Fn(SimStream) -> Serving + Send + 'static {
    let shared = Arc::clone(shared);
    move |stream| Box::pin(http::serve(Arc::clone(&shared), stream))
}

/// A simulated vMix. Dropping it closes its ports and every connection.
pub struct VmixSim {
    shared: Arc<Shared>,
    tcp: Server,
    http: Server,
}

impl std::fmt::Debug for VmixSim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (tcp, http) = (self.tcp_addr(), self.http_addr());
        f.debug_struct("VmixSim").field("tcp", &tcp).field("http", &http).finish_non_exhaustive()
    }
}

impl VmixSim {
    /// Starts one as it comes: five inputs, no password, free ports of 127.0.0.1.
    ///
    /// # Errors
    /// No port can be listened on.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Starts one to order.
    pub fn builder() -> VmixBuilder {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        VmixBuilder {
            tcp: any,
            http: any,
            user: String::new(),
            password: None,
            inputs: 5,
            xml_lag: Duration::ZERO,
            late_pushes: false,
        }
    }

    /// Where the TCP API listens.
    pub fn tcp_addr(&self) -> SocketAddr {
        self.tcp.addr()
    }

    /// Where the HTTP API listens.
    pub fn http_addr(&self) -> SocketAddr {
        self.http.addr()
    }

    /// `http://127.0.0.1:PORT`
    pub fn http_url(&self) -> String {
        format!("http://{}", self.http_addr())
    }

    /// Its faults; TCP and HTTP share them.
    pub fn knobs(&self) -> &Knobs {
        &self.shared.knobs
    }

    /// The names of the functions that were called, unknown ones too; at most the last 10,000.
    pub fn functions(&self) -> Vec<String> {
        self.shared.seen.list()
    }

    /// What it holds now.
    pub fn state(&self) -> Snapshot {
        lock(&self.shared.state).snapshot()
    }

    /// Calls a function as an operator at the machine does, with a query such as `"Input=2&Duration=500"`. Returns
    /// whether vMix knows it.
    pub fn operate(&self, function: &str, query: &str) -> bool {
        self.shared.function(function, &Query::parse(query)).is_some()
    }

    /// The state document (`XML`, `XMLTEXT`, HTTP) shows what was that long ago, as the real one does after a function
    /// by up to 300 ms. Pushes and `ACTS` are not delayed.
    pub fn xml_lag(&self, lag: Duration) {
        *lock(&self.shared.lag) = lag;
        if lag.is_zero() {
            lock(&self.shared.past).clear();
        }
    }

    /// Quits and starts again on the same ports: every connection ends, the show is as at the beginning, with new keys.
    ///
    /// # Errors
    /// A port was taken by somebody else meanwhile.
    pub async fn restart(&self) -> io::Result<()> {
        self.stop().await;
        {
            let mut state = lock(&self.shared.state);
            *state = State::new(state.run + 1, self.shared.config.inputs);
            lock(&self.shared.past).clear();
        }
        self.tcp.restart(serve_tcp(&self.shared)).await?;
        self.http.restart(serve_http(&self.shared)).await
    }

    /// Quits: every connection ends, the ports are closed.
    pub async fn stop(&self) {
        self.tcp.stop().await;
        self.http.stop().await;
        self.tcp.drained(Duration::from_secs(1)).await;
    }
}
