//! `yate-extmodule` on what a real Yate 6.4.1 told a watcher while 1,500 calls ran: `cargo bench -p ifbus-benches --bench yate`.
//! Contenders take turns, nine times, and the medians of the ratios are shown.
//!
//! - Memory: framing and indexing, against a splitter of lines and fields that checks and unescapes nothing.
//! - Socket: messages to a subscriber, against a task that hands lines on by a channel.
//! - Handlers: questions that are answered, against a loop that answers each line as it comes, without handler, deadline or guard.
//!   The engine has ten workers at most, so that ten questions are open.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use bytes::{Bytes, BytesMut};
use ifbus_benches::cores;
use ifbus_benches::measure::{Sample, median, row, sample};
use memchr::{memchr, memchr_iter};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use yate_extmodule::{Client, Codec, Delivery, Line, Message};

const REPETITIONS: usize = 9;
/// Questions in one turn.
const QUESTIONS: usize = 20_000;
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    cores::client();
    let path = format!("{}/../crates/yate-extmodule/tests/data/watch-all-calls.raw.gz", env!("CARGO_MANIFEST_DIR"));
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    // its first line answers the command that watches
    let start = memchr::memmem::find(&bytes, b"%%<message:").unwrap();
    let told = Arc::new(bytes.split_off(start));
    println!("{:<44} {:>8}  {:<16} medians of {REPETITIONS}", "what", "value", "target");
    memory(&told);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let address = server(&told);
    socket(&runtime, address, memchr_iter(b'\n', &told).count());
    handlers(&runtime, address);
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

/// A line, and where its fields begin and end.
struct Fields {
    line: Bytes,
    ends: Vec<u32>,
}

impl Fields {
    fn next(buffer: &mut BytesMut) -> Option<Self> {
        let end = memchr(b'\n', buffer)?;
        let line = buffer.split_to(end + 1).freeze();
        let ends = memchr_iter(b':', &line).chain([end]).map(|at| at as u32).collect();
        Some(Self { line, ends })
    }

    fn param(&self, name: &[u8]) -> Option<&[u8]> {
        self.ends.windows(2).skip(4).find_map(|field| {
            let field = &self.line[field[0] as usize + 1..field[1] as usize];
            field.strip_prefix(name)?.strip_prefix(b"=")
        })
    }
}

/// Framing and indexing, from memory.
fn memory(told: &[u8]) {
    let ours = |look: bool| {
        let (mut codec, mut buffer, mut count) = (Codec::default(), BytesMut::from(told), 0);
        while let Some(line) = codec.decode(&mut buffer) {
            let Line::Message(message) = &line else { panic!("{line:?}") };
            if look {
                black_box((message.get_bytes("id"), message.get_bytes("peerid"), message.get_bytes("billid")));
            }
            black_box(message);
            count += 1;
        }
        count
    };
    let theirs = |look: bool| {
        let (mut buffer, mut count) = (BytesMut::from(told), 0);
        while let Some(fields) = Fields::next(&mut buffer) {
            if look {
                black_box((fields.param(b"id"), fields.param(b"peerid"), fields.param(b"billid")));
            }
            black_box(&fields);
            count += 1;
        }
        count
    };
    compare("frame and index: codec / line splitter", Some(1.0), Box::new(|| ours(false)), Box::new(|| theirs(false)));
    compare("and three parameters by name", None, Box::new(|| ours(true)), Box::new(|| theirs(true)));
}

/// An engine that lets everybody in, and does for a message named `flood` or `ask` what a turn needs before it answers.
fn server(told: &Arc<Vec<u8>>) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let told = Arc::clone(told);
    std::thread::spawn(move || {
        cores::server();
        for socket in listener.incoming() {
            let told = Arc::clone(&told);
            std::thread::spawn(move || serve(&socket.unwrap(), &told));
        }
    });
    address
}

fn serve(socket: &std::net::TcpStream, told: &[u8]) -> Option<()> {
    socket.set_nodelay(true).ok()?;
    let mut from = BufReader::with_capacity(64 << 10, socket);
    let mut to = socket;
    let mut line = String::new();
    loop {
        line.clear();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let said = line.trim_end();
        let answer = match said.strip_prefix("%%>message:") {
            None if said.starts_with("%%>connect") => continue,
            None => format!("{}:true\n", said.replacen('>', "<", 1)),
            Some(message) => {
                let fields: Vec<&str> = message.split(':').collect();
                match fields[2] {
                    "flood" => to.write_all(told).ok()?,
                    "ask" => ask(&mut from, to, fields[4].strip_prefix("open=")?.parse().ok()?)?,
                    _ => {}
                }
                format!("%%<message:{}:true:{}:\n", fields[0], fields[2])
            }
        };
        to.write_all(answer.as_bytes()).ok()?;
    }
}

/// Asks where calls go, so many at a time.
fn ask(from: &mut BufReader<&std::net::TcpStream>, mut to: &std::net::TcpStream, open: usize) -> Option<()> {
    let (mut asked, mut answered) = (0, 0);
    let (mut questions, mut line) = (Vec::new(), String::new());
    while answered < QUESTIONS {
        while asked < QUESTIONS && asked - answered < open {
            asked += 1;
            writeln!(
                questions,
                "%%>message:0x7fb596bfe7f0.{asked}:1795380968:call.route::driver=sip:id=sip/{asked}:caller=101:called=102:\
                 callername=Studio%z one:module=sip:status=incoming:address=127.0.0.1%z45070:billid=1795380959-{asked}"
            )
            .ok()?;
        }
        // one write for all that may be asked now
        if from.buffer().is_empty() {
            to.write_all(&questions).ok()?;
            questions.clear();
        }
        line.clear();
        from.read_line(&mut line).ok()?;
        assert!(line.ends_with(":true::tone/dial\n"), "{line}");
        answered += 1;
    }
    Some(())
}

/// From the socket to a subscriber.
fn socket(runtime: &Runtime, address: SocketAddr, count: usize) {
    let client = runtime.block_on(async {
        let queue = yate_extmodule::Subscription::with_capacity(2 * count);
        let client = Client::builder(&address.to_string()).event_queue(queue).connect().await.unwrap();
        assert!(client.watch("").await.unwrap());
        client
    });
    let mut messages = client.messages();
    let ours = || {
        runtime.block_on(async {
            let read = async {
                for _ in 0..count {
                    assert!(matches!(messages.recv().await, Some(Delivery::Event(_))));
                }
            };
            let (sent, ()) = tokio::join!(client.send_within(Message::new("flood"), PATIENCE), read);
            sent.unwrap();
            count
        })
    };
    let (mut flood, mut lines) = runtime.block_on(async {
        let socket = TcpStream::connect(address).await.unwrap();
        let (from, to) = socket.into_split();
        let (tx, rx) = mpsc::channel(4096);
        tokio::spawn(hand_on(from, tx));
        (to, rx)
    });
    let theirs = || {
        runtime.block_on(async {
            flood.write_all(b"%%>message:1:0:flood:\n").await.unwrap();
            // the last one is the answer
            for _ in 0..=count {
                black_box(lines.recv().await.unwrap());
            }
            count
        })
    };
    compare("socket to subscriber / line task", Some(1.0), Box::new(ours), Box::new(theirs));
}

/// Reads lines and their fields, and hands them on.
async fn hand_on(mut from: tokio::net::tcp::OwnedReadHalf, lines: mpsc::Sender<Fields>) {
    let mut buffer = BytesMut::with_capacity(256 << 10);
    loop {
        buffer.reserve(64 << 10);
        if from.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
            return;
        }
        while let Some(fields) = Fields::next(&mut buffer) {
            if lines.send(fields).await.is_err() {
                return;
            }
        }
    }
}

/// Questions in, answers out.
fn handlers(runtime: &Runtime, address: SocketAddr) {
    let client = runtime.block_on(Client::connect(&address.to_string())).unwrap();
    let handler = client.handle("call.route").priority(50).concurrency(128);
    let _handler = runtime.block_on(handler.on(|m| async move { Ok(m.handled("tone/dial")) })).unwrap();
    let mut raw = runtime.block_on(TcpStream::connect(address)).unwrap();
    raw.set_nodelay(true).unwrap();
    for open in [10, 64] {
        let ours = || {
            let ask = Message::new("ask").set("open", open.to_string());
            runtime.block_on(client.send_within(ask, PATIENCE)).unwrap();
            QUESTIONS
        };
        let theirs = || {
            runtime.block_on(answer(&mut raw, open));
            QUESTIONS
        };
        let what = format!("questions answered, {open} open / raw loop");
        compare(&what, None, Box::new(ours), Box::new(theirs));
    }
}

/// Answers each question as it comes, until the turn is over.
async fn answer(socket: &mut TcpStream, open: usize) {
    let (mut input, mut output) = (BytesMut::with_capacity(64 << 10), Vec::new());
    socket.write_all(format!("%%>message:1:0:ask::open={open}\n").as_bytes()).await.unwrap();
    loop {
        input.reserve(64 << 10);
        assert!(socket.read_buf(&mut input).await.unwrap() > 0);
        while let Some(end) = memchr(b'\n', &input) {
            let line = input.split_to(end + 1);
            let Some(question) = line.strip_prefix(b"%%>message:") else { return };
            output.extend_from_slice(b"%%<message:");
            output.extend_from_slice(&question[..memchr(b':', question).unwrap()]);
            output.extend_from_slice(b":true::tone/dial\n");
        }
        socket.write_all(&output).await.unwrap();
        output.clear();
    }
}
