//! `esl-client` on the events of a thousand recorded channels, from memory: `cargo bench -p ifbus-benches --bench esl`.
//! Contenders take turns, nine times, and the medians of the ratios are shown.
//!
//! - Plain: framing and indexing, against an indexer that is given the events already cut out.
//! - JSON: framing and indexing, against serde_json skipping the same events, already cut out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use bytes::{Bytes, BytesMut};
use esl_client::{Codec, Frame};
use flate2::read::GzDecoder;
use ifbus_benches::cores;
use ifbus_benches::frame::Frame as Indexed;
use ifbus_benches::measure::{Sample, median, row, sample};
use ifbus_link::Codec as _;
use std::hint::black_box;
use std::io::Read;

const REPETITIONS: usize = 9;
fn main() {
    cores::client();
    println!("{:<44} {:>8}  {:<16} medians of {REPETITIONS}", "what", "value", "target");
    let plain = capture("events-plain-1000ch.raw.gz");
    compare("plain: frames and index / index alone", &plain, 1.0, |event| {
        black_box(Indexed::new(event));
    });
    let json = capture("events-json-1000ch.raw.gz");
    compare("JSON: frames and index / serde_json skips", &json, 0.5, |event| {
        black_box(serde_json::from_slice::<serde::de::IgnoredAny>(&event).unwrap());
    });
}

fn capture(name: &str) -> Bytes {
    let path = format!("{}/../crates/esl-client/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut bytes = Vec::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes.into()
}

/// All events of the bytes, through the codec; `each` is called with them.
fn decode(mut buffer: BytesMut, mut each: impl FnMut(esl_client::Event)) -> usize {
    let (mut codec, mut events) = (Codec::default(), 0);
    while let Some(frame) = codec.decode(&mut buffer).unwrap() {
        if let Frame::Event(event) = frame {
            events += 1;
            each(event);
        }
    }
    events
}

fn compare(what: &str, bytes: &Bytes, target: f64, theirs: impl Fn(Bytes)) {
    let mut cut = Vec::new();
    let events = decode(BytesMut::from(&bytes[..]), |event| cut.push(Bytes::copy_from_slice(event.bytes())));
    let ours_run = |buffer: BytesMut| decode(buffer, |event| drop(black_box(event)));
    let theirs_run = || {
        cut.iter().cloned().for_each(&theirs);
        cut.len()
    };
    assert_eq!(ours_run(BytesMut::from(&bytes[..])), theirs_run());
    let (mut ours, mut others): (Vec<Sample>, Vec<Sample>) = (Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        // what the kernel does with a read is not what is measured
        let buffer = BytesMut::from(&bytes[..]);
        ours.push(sample(|| ours_run(buffer)));
        others.push(sample(theirs_run));
    }
    let ratio = median(ours.iter().zip(&others).map(|(ours, theirs)| ours.rate / theirs.rate).collect());
    let rate = |samples: &[Sample]| median(samples.iter().map(|sample| sample.rate).collect());
    let detail = format!("{events} events; {:.0}/s and {:.0}/s", rate(&ours), rate(&others));
    row(what, &detail, ratio, Some(target), true);
}
