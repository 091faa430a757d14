//! `ami-client` beside the yardstick, on what a real Asterisk 22 sent while 1,000 calls came and went: `cargo bench -p ifbus-benches
//! --bench ami`. Contenders take turns, nine times, and the medians of the ratios are shown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use ami_client::{Client, Codec, Delivery, EventMask, Incoming, Limits, Subscription};
use bytes::BytesMut;
use ifbus_benches::cores;
use ifbus_benches::frame::Splitter;
use ifbus_benches::measure::{Sample, median, row, sample};
use ifbus_benches::yardstick::Yardstick;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

const REPETITIONS: usize = 9;
const BANNER: &[u8] = b"Asterisk Call Manager/11.0.0\r\n";

fn main() {
    cores::client();
    let packed =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/ami-client/tests/data/22.10/events-1000-calls.raw.gz");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(packed).unwrap()).read_to_end(&mut bytes).unwrap();
    // banner and login are said by the bench's own server
    let start = memchr::memmem::find(&bytes, b"Event: ").unwrap();
    let events = Arc::new(bytes.split_off(start));
    println!("{:<44} {:>8}  {:<16} medians of {REPETITIONS}", "what", "value", "target");
    memory(&events);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    socket(&runtime, &events);
}

type Contender<'a> = Box<dyn FnMut() -> usize + 'a>;

fn compare(what: &str, target: Option<f64>, ours: Contender<'_>, theirs: Contender<'_>) {
    let mut contenders = [ours, theirs];
    let mut samples: [Vec<Sample>; 2] = [Vec::new(), Vec::new()];
    for turn in 0..=REPETITIONS {
        for (contender, samples) in contenders.iter_mut().zip(&mut samples) {
            let taken = sample(contender);
            if turn > 0 {
                samples.push(taken); // the first is to warm up
            }
        }
    }
    let [ours, theirs] = &samples;
    let ratio = median(ours.iter().zip(theirs).map(|(ours, theirs)| ours.rate / theirs.rate).collect());
    let middle = |samples: &[Sample]| median(samples.iter().map(|sample| sample.rate).collect());
    let detail = format!("{:.0} and {:.0} messages/s", middle(ours), middle(theirs));
    row(what, &detail, ratio, target, true);
}

/// Framing and indexing, from memory.
fn memory(events: &[u8]) {
    let ours = |look: bool| {
        let mut count = 0;
        let mut codec = Codec::without_banner(Limits::default());
        let mut buffer = BytesMut::from(events);
        while let Some(Incoming::Message(frame)) = codec.decode(&mut buffer).unwrap() {
            if look {
                black_box((frame.get_bytes("Event"), frame.get_bytes("Uniqueid"), frame.get_bytes("Linkedid")));
            }
            black_box(&frame);
            count += 1;
        }
        count
    };
    let theirs = |look: bool| {
        let mut count = 0;
        let splitter = Splitter::default();
        let mut buffer = BytesMut::from(events);
        while let Some(frame) = splitter.next(&mut buffer) {
            if look {
                black_box((frame.header(b"Event"), frame.header(b"Uniqueid"), frame.header(b"Linkedid")));
            }
            black_box(&frame);
            count += 1;
        }
        count
    };
    compare("frame and index: codec / indexer", Some(1.0), Box::new(|| ours(false)), Box::new(|| theirs(false)));
    compare("and three headers by name", Some(1.0), Box::new(|| ours(true)), Box::new(|| theirs(true)));
}

/// A server that logs in whoever comes, and sends all events for each `Action: Flood`.
fn server(events: &Arc<Vec<u8>>) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let events = Arc::clone(events);
    std::thread::spawn(move || {
        cores::server();
        for socket in listener.incoming() {
            let events = Arc::clone(&events);
            std::thread::spawn(move || serve(socket.unwrap(), &events));
        }
    });
    address
}

fn serve(mut socket: std::net::TcpStream, events: &[u8]) {
    use std::io::{BufRead, BufReader};
    socket.set_nodelay(true).unwrap();
    socket.write_all(BANNER).unwrap();
    let mut action = String::new();
    for line in BufReader::new(socket.try_clone().unwrap()).lines() {
        let Ok(line) = line else { return };
        if let Some(name) = line.strip_prefix("Action: ") {
            name.clone_into(&mut action);
        }
        let Some(id) = line.strip_prefix("ActionID: ") else { continue };
        if action == "Flood" && socket.write_all(events).is_err() {
            return;
        }
        let list = if action == "CoreShowChannels" { "EventList: start\r\n" } else { "" };
        let mut reply = format!("Response: Success\r\n{list}ActionID: {id}\r\n\r\n");
        if action == "Login" {
            reply += "Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n";
        }
        if !list.is_empty() {
            reply += &format!("Event: CoreShowChannelsComplete\r\nActionID: {id}\r\nEventList: Complete\r\n\r\n");
        }
        if socket.write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

/// From the socket to a subscriber, with and without calls being followed.
fn socket(runtime: &Runtime, events: &Arc<Vec<u8>>) {
    let address = server(events);
    let mut codec = Codec::without_banner(Limits::default());
    let mut buffer = BytesMut::from(&events[..]);
    let mut count = 0;
    while let Some(Incoming::Message(frame)) = codec.decode(&mut buffer).unwrap() {
        count += usize::from(frame.kind() == ami_client::FrameKind::Event);
    }
    for (track, target) in [(false, None), (true, None)] {
        let client = runtime.block_on(async {
            let builder = Client::builder(&address.to_string()).login("admin", "x").plain_login(true);
            let builder = builder.track_calls(track).events(EventMask::ALL).limits(Limits::default());
            builder.event_queue(Subscription::with_capacity(2 * count)).connect().await.unwrap()
        });
        let mut stream = client.events();
        let ours = || {
            runtime.block_on(async {
                let read = async {
                    for _ in 0..count {
                        assert!(matches!(stream.recv().await, Some(Delivery::Event(_))));
                    }
                };
                let _ = tokio::join!(client.action("Flood", &[]), read);
                count
            })
        };
        let (yardstick, mut theirs) = runtime.block_on(async {
            let socket = TcpStream::connect(address).await.unwrap();
            socket.set_nodelay(true).unwrap();
            Yardstick::start(socket)
        });
        let theirs = || {
            runtime.block_on(async {
                let read = async {
                    for _ in 0..count {
                        theirs.recv().await.unwrap();
                    }
                };
                let _ = tokio::join!(yardstick.request("Action: Flood\r\n"), read);
                count
            })
        };
        let what = if track { "socket to subscriber, calls followed" } else { "socket to subscriber / yardstick" };
        compare(what, target, Box::new(ours), Box::new(theirs));
    }
    runtime.block_on(round_trips(address));
}

/// Whether many actions in flight go out together: the ratio of 64 in flight to one.
async fn round_trips(address: SocketAddr) {
    let builder = Client::builder(&address.to_string()).login("admin", "x").plain_login(true);
    let client = builder.events(EventMask::NONE).connect().await.unwrap();
    let mut rates = Vec::new();
    for in_flight in [1, 64] {
        let started = std::time::Instant::now();
        let each = 8000 / in_flight;
        let task = |_| async {
            for _ in 0..each {
                client.ping().await.unwrap();
            }
        };
        futures_util::future::join_all((0..in_flight).map(task)).await;
        rates.push((in_flight * each) as f64 / started.elapsed().as_secs_f64());
    }
    row("pings, 64 in flight / 1", &format!("{:.0} and {:.0}/s", rates[1], rates[0]), rates[1] / rates[0], None, true);
}
