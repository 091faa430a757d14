//! Each request is a span that bears the number which goes over the wire.

use crate::chat::Chat;
use crate::harbor::{Harbor, config};
use ifbus_link::Link;
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Notes every number that is recorded as the `id` of a span, and the thread that recorded it: it watches the whole process,
/// since whether a span is on is remembered for all threads.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<(ThreadId, u64)>>>);

impl Visit for Notes {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "id" {
            self.0.lock().unwrap().push((std::thread::current().id(), value));
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Subscriber for Notes {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test(start_paused = true)]
async fn a_span_bears_the_number_on_the_wire() {
    let notes = Notes::default();
    tracing::subscriber::set_global_default(notes.clone()).unwrap();
    let mut harbor = Harbor::new(1024);
    let dialer = harbor.dialer();
    let served = harbor.serve();
    let link = Link::lazy(Chat::default(), dialer, config());
    for words in ["a", "b"] {
        link.request(words.to_owned()).await.unwrap();
    }
    let here = std::thread::current().id();
    let noted = notes.0.lock().unwrap().clone();
    let ours: Vec<u64> = noted.into_iter().filter(|(thread, _)| *thread == here).map(|(_, id)| id).collect();
    assert_eq!(ours, [1, 2]);
    let written = served.lock().unwrap().logs[0].lock().unwrap().written.clone();
    let lines: Vec<u8> = written.split(|byte| *byte == b'\n').filter_map(|line| line.first().copied()).collect();
    assert!(lines.ends_with(b"12"), "{}", String::from_utf8_lossy(&written));
}
