//! `ifbus-link` beside a yardstick and beside the bare socket: `cargo bench -p ifbus-benches`. Contenders take turns, nine
//! times, and the medians of the ratios are shown: absolute numbers depend on the machine and its load, ratios hardly do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use ifbus_benches::client::{EchoSession, LineCodec, LineSession};
use ifbus_benches::cores;
use ifbus_benches::measure::{Sample, median, resident, row, sample};
use ifbus_benches::server::{self, FLOOD};
use ifbus_benches::yardstick::Yardstick;
use ifbus_link::{Address, Delivery, Dial, Dialed, Link, LinkConfig, Subscription, ws::WsTarget};
use std::io::{BufRead, Write};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message;

const REPETITIONS: usize = 9;
const PING: &str = "Action: Ping\r\n";
const BODY: &str = "{\"op\":6,\"d\":{\"requestType\":\"GetVersion\"}}";

fn main() {
    if std::env::args().any(|argument| argument == "--peer") {
        return peer();
    }
    cores::client();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{:<44} {:>8}  {:<16} medians of {REPETITIONS}", "what", "value", "target");
    lines(&runtime);
    websocket(&runtime);
    memory(&runtime);
}

type Contender<'a> = Box<dyn FnMut() -> usize + 'a>;

/// Lets the contenders take turns; their samples, in order.
fn compare(contenders: &mut [Contender<'_>]) -> Vec<Vec<Sample>> {
    for contender in contenders.iter_mut() {
        contender(); // warm
    }
    let mut samples = vec![Vec::new(); contenders.len()];
    for _ in 0..REPETITIONS {
        for (contender, samples) in contenders.iter_mut().zip(&mut samples) {
            samples.push(sample(contender));
        }
    }
    samples
}

/// Shows the first contender beside each of the others.
fn show(what: &str, names: &[(&str, Option<f64>)], samples: &[Vec<Sample>]) {
    let ours = &samples[0];
    let middle = |samples: &[Sample], of: fn(&Sample) -> f64| median(samples.iter().map(of).collect());
    for ((name, target), theirs) in names.iter().zip(&samples[1..]) {
        let ratio = median(ours.iter().zip(theirs).map(|(ours, theirs)| ours.rate / theirs.rate).collect());
        let detail = format!(
            "{:.0}/s and {:.0}/s; CPU {:.0} ns and {:.0} ns each",
            middle(ours, |s| s.rate),
            middle(theirs, |s| s.rate),
            middle(ours, |s| s.cpu),
            middle(theirs, |s| s.cpu)
        );
        row(&format!("{what}: link / {name}"), &detail, ratio, *target, true);
    }
}

async fn dial(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    socket
}

async fn link(address: SocketAddr) -> Link<LineSession> {
    let dial = Dial::new(Address::Tcp("127.0.0.1".into(), address.port()));
    Link::connect(LineSession, Dialed::new(dial, LineCodec::default), LinkConfig::new("bench")).await.unwrap()
}

fn lines(runtime: &Runtime) {
    let address = server::lines();
    let ours = runtime.block_on(link(address));
    let (yardstick, mut stream) = runtime.block_on(async { Yardstick::start(dial(address).await) });
    let mut raw = runtime.block_on(dial(address));
    for (in_flight, each) in [(1, 4000), (64, 600)] {
        let one = |_| async {
            for _ in 0..each {
                ours.request(PING).await.unwrap();
            }
        };
        let other = |_| async {
            for _ in 0..each {
                yardstick.request(PING).await.unwrap();
            }
        };
        let mut contenders: Vec<Contender<'_>> = vec![
            Box::new(|| runtime.block_on(tasks(in_flight, one)) * each),
            Box::new(|| runtime.block_on(tasks(in_flight, other)) * each),
        ];
        let mut names = vec![("yardstick", Some(0.9))];
        if in_flight == 1 {
            contenders.push(Box::new(|| runtime.block_on(ping_pong(&mut raw, each))));
            names.push(("raw TCP", None));
        }
        let samples = compare(&mut contenders);
        show(&format!("round trips, {in_flight} in flight"), &names, &samples);
    }
    let mut events = ours.subscribe(Subscription::with_capacity(2 * FLOOD));
    let mut contenders: Vec<Contender<'_>> = vec![
        Box::new(|| {
            runtime.block_on(async {
                let flood = ours.request("Action: Flood\r\n");
                let read = async {
                    for _ in 0..FLOOD {
                        assert!(matches!(events.recv().await, Some(Delivery::Event(_))));
                    }
                };
                tokio::join!(flood, read).0.unwrap();
                FLOOD
            })
        }),
        Box::new(|| {
            runtime.block_on(async {
                let flood = yardstick.request("Action: Flood\r\n");
                let read = async {
                    for _ in 0..FLOOD {
                        stream.recv().await.unwrap();
                    }
                };
                tokio::join!(flood, read).0.unwrap();
                FLOOD
            })
        }),
        Box::new(|| runtime.block_on(read_flood(&mut raw))),
    ];
    let samples = compare(&mut contenders);
    show("events, socket to subscriber", &[("yardstick", Some(0.9)), ("raw read", None)], &samples);
}

/// So many loops side by side in one task, without a spawn: all contenders are driven alike.
async fn tasks<F: Future<Output = ()>>(count: usize, make: impl Fn(usize) -> F) -> usize {
    join_all((0..count).map(make)).await.len()
}

async fn ping_pong(raw: &mut TcpStream, count: usize) -> usize {
    let mut buffer = vec![0; 4096];
    for id in 0..count {
        raw.write_all(format!("{PING}ActionID: {id}\r\n\r\n").as_bytes()).await.unwrap();
        let mut have = 0;
        while !buffer[..have].ends_with(b"\r\n\r\n") {
            have += raw.read(&mut buffer[have..]).await.unwrap();
        }
    }
    count
}

async fn read_flood(raw: &mut TcpStream) -> usize {
    let mut buffer = vec![0; 256 << 10];
    raw.write_all(b"Action: Flood\r\nActionID: end-of-flood\r\n\r\n").await.unwrap();
    let mut tail = Vec::new();
    while memchr::memmem::find(&tail, b"end-of-flood").is_none() || !tail.ends_with(b"\r\n\r\n") {
        let read = raw.read(&mut buffer).await.unwrap();
        tail.extend_from_slice(&buffer[read.saturating_sub(256)..read]);
        tail.drain(..tail.len().saturating_sub(256));
    }
    FLOOD
}

fn websocket(runtime: &Runtime) {
    let address = server::echo();
    let url = format!("ws://{address}/");
    let target = WsTarget::new(&url).unwrap();
    let ours = runtime.block_on(Link::connect(EchoSession, target, LinkConfig::new("bench"))).unwrap();
    let mut raw = runtime.block_on(async {
        let socket = dial(address).await;
        tokio_tungstenite::client_async(url, socket).await.unwrap().0
    });
    for (in_flight, each, goal) in [(1, 3000, 0.8), (64, 400, 0.85)] {
        let one = |_| async {
            for _ in 0..each {
                ours.request(BODY).await.unwrap();
            }
        };
        let mut contenders: Vec<Contender<'_>> = vec![
            Box::new(|| runtime.block_on(tasks(in_flight, one)) * each),
            Box::new(|| {
                runtime.block_on(async {
                    let total = in_flight * each;
                    let message = |id| Message::text(format!("{id} {BODY}"));
                    for id in 0..in_flight {
                        raw.feed(message(id)).await.unwrap();
                    }
                    raw.flush().await.unwrap();
                    for id in in_flight..total + in_flight {
                        assert!(raw.next().await.unwrap().unwrap().is_text());
                        if id < total {
                            raw.send(message(id)).await.unwrap();
                        }
                    }
                    total
                })
            }),
        ];
        let samples = compare(&mut contenders);
        show(&format!("WebSocket, {in_flight} in flight"), &[("raw tungstenite", Some(goal))], &samples);
    }
}

/// The other process of the memory test: a server, until its standard input ends.
fn peer() {
    println!("{}", server::lines().port());
    std::io::stdout().flush().unwrap();
    let _ = std::io::stdin().read_line(&mut String::new());
}

fn memory(runtime: &Runtime) {
    const CONNECTIONS: usize = 1000;
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .arg("--peer")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut port = String::new();
    std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], port.trim().parse().unwrap()));
    let before = resident();
    let links = runtime.block_on(async {
        let mut links = Vec::new();
        for _ in 0..CONNECTIONS {
            let link = link(address).await;
            link.request(PING).await.unwrap();
            links.push(link);
        }
        links
    });
    if let (Some(before), Some(after)) = (before, resident()) {
        let each = after.saturating_sub(before) as f64 / CONNECTIONS as f64 / 1024.0;
        row("KiB of memory for an idle TCP connection", &format!("over {CONNECTIONS}"), each, Some(64.0), false);
    }
    drop(links);
    drop(child.stdin.take());
    let _ = child.wait();
}
