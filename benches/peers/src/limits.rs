//! What the machine and the libraries can do with the same bytes, in memory and out of a socket.

use crate::{
    recorded,
    referee::{REPETITIONS, median, row},
};
use anyhow::{Context as _, Result};
use quick_xml::events::Event;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::{
    hint::black_box,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Instant,
};

/// Something to do over and over: its name, what it counts, how many of them it does at a time, the work.
type Task<'a> = (&'static str, &'static str, usize, Work<'a>);
type Work<'a> = Box<dyn FnMut() -> Result<()> + 'a>;

pub(crate) fn run(protocol: &str, port: u16) -> Result<()> {
    match protocol {
        // a socket alone is among the contenders, and the parsers of ours are measured by `cargo bench`
        "asterisk" | "freeswitch" => Ok(()),
        "obs" => json_messages(protocol, &recorded::obs_events()?),
        "homeassistant" => {
            let events: Vec<_> = recorded::home_events()?.iter().map(|event| format!("{event}\"id\":1}}")).collect();
            json_messages(protocol, &events)
        }
        _ => {
            lines(protocol, port)?;
            documents(protocol)
        }
    }
}

/// JSON read by nobody's client: checked only, and as a tree.
fn json_messages(protocol: &str, messages: &[String]) -> Result<()> {
    let bytes: usize = messages.iter().map(String::len).sum();
    let checked = Box::new(|| {
        for message in messages {
            black_box(serde_json::from_str::<IgnoredAny>(message)?);
        }
        Ok(())
    });
    let tree = Box::new(|| {
        for message in messages {
            black_box(serde_json::from_str::<Value>(message)?);
        }
        Ok(())
    });
    let found = Box::new(|| {
        for message in messages {
            black_box(memchr::memchr_iter(b'"', message.as_bytes()).count());
        }
        Ok(())
    });
    compare(
        protocol,
        bytes,
        vec![
            ("memchr of quotation marks", "messages", messages.len(), found),
            ("serde_json, checked only", "messages", messages.len(), checked),
            ("serde_json, as a tree", "messages", messages.len(), tree),
        ],
    )
}

/// The pushes: read from the socket without a look at them, and searched for ends of lines in memory.
fn lines(protocol: &str, port: u16) -> Result<()> {
    let pushes = recorded::vmix_pushes()?;
    let count = memchr::memchr_iter(b'\n', &pushes).count();
    let mut socket = TcpStream::connect(("127.0.0.1", port))?;
    let mut buffer = vec![0; 256 << 10];
    let mut banner = [0; 22];
    socket.read_exact(&mut banner)?;
    let total = pushes.len() + b"XMLTEXT OK 29.0.0.49\r\n".len();
    let read = Box::new(|| {
        socket.write_all(b"XMLTEXT vmix/flood\r\n")?;
        let mut have = 0;
        while have < total {
            let some = socket.read(&mut buffer)?;
            anyhow::ensure!(some > 0, "the desk hung up");
            have += some;
        }
        Ok(())
    });
    let found = Box::new(|| {
        black_box(memchr::memchr_iter(b'\n', &pushes).count());
        Ok(())
    });
    let tasks: Vec<Task<'_>> =
        vec![("socket read, nothing else", "pushes", count, read), ("memchr of LF", "pushes", count, found)];
    compare(protocol, pushes.len(), tasks)
}

/// So many documents at a time.
const ROUNDS: usize = 40;

fn rounds<'a>(mut once: impl FnMut() -> Result<()> + 'a) -> Work<'a> {
    Box::new(move || (0..ROUNDS).try_for_each(|_| once()))
}

/// The state document: scanned by quick-xml, read by ours, read by vmix-core.
fn documents(protocol: &str) -> Result<()> {
    let state = recorded::vmix_state()?;
    let scan = rounds(|| {
        let mut reader = quick_xml::Reader::from_str(&state);
        while !matches!(black_box(reader.read_event()?), Event::Eof) {}
        Ok(())
    });
    let ours = rounds(|| {
        black_box(vmix_api::Show::from_xml(state.as_bytes())?);
        Ok(())
    });
    let mut tasks: Vec<Task<'_>> = vec![
        ("quick-xml, scanned only", "documents", ROUNDS, scan),
        ("vmix-api, Show::from_xml", "documents", ROUNDS, ours),
    ];
    match vmix_core::from_str(&state) {
        Ok(_) => {
            let theirs = rounds(|| {
                black_box(vmix_core::from_str(&state).map_err(|error| anyhow::anyhow!("vmix-core: {error}"))?);
                Ok(())
            });
            tasks.push(("vmix-core, from_str", "documents", ROUNDS, theirs));
        }
        Err(error) => row(&json!({
            "kind": "limit", "protocol": protocol, "contender": "vmix-core, from_str", "note": error.to_string(),
        })),
    }
    compare(protocol, state.len() * ROUNDS, tasks)
}

/// Lets the tasks take turns; a row for each, with its share of the first one.
fn compare(protocol: &str, bytes: usize, mut tasks: Vec<Task<'_>>) -> Result<()> {
    let mut rates = vec![Vec::new(); tasks.len()];
    for turn in 0..=REPETITIONS {
        for ((_, _, units, work), rates) in tasks.iter_mut().zip(&mut rates) {
            let since = Instant::now();
            work()?;
            if turn > 0 {
                rates.push(*units as f64 / since.elapsed().as_secs_f64());
            }
        }
    }
    let first = rates.first().cloned().context("no tasks")?;
    for ((name, what, units, _), rates) in tasks.iter().zip(rates) {
        let share = median(rates.iter().zip(&first).map(|(one, first)| one / first).collect());
        let rate = median(rates);
        row(&json!({
            "kind": "limit",
            "protocol": protocol,
            "contender": name,
            "unit": format!("{what}/s"),
            "rate": rate,
            "mb_per_s": rate * bytes as f64 / *units as f64 / 1e6,
            "share": share,
        }));
    }
    Ok(())
}
