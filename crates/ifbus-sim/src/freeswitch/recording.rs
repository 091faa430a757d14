//! Recordings: those that go on beside what a channel does (`record_session`, `uuid_record`), and the application `record`.
//!
//! The first are as they were recorded. The last is written from the server's source, and no recording of it has been compared: it
//! answers early, `playback_terminators` says by which keys it ends (`*`), and at its end it tells of its length in variables.
//! There is no sound: what is recorded is as long as it took, at 8,000 samples a second, and never silent. A relative path stays
//! as it is, and the time limit is kept exactly, where the server takes up to a second more.

use super::apps::is_missing;
use super::event::Event;
use super::run::Begun;
use super::world::World;
use std::time::{Duration, Instant};

/// What is being recorded.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) path: String,
    /// The `record` that does it, and since when; `None`: it goes on beside.
    by: Option<(String, Instant)>,
}

impl Recording {
    /// Whether `uuid_record` and the like know it.
    pub(super) fn is_beside(&self) -> bool {
        self.by.is_none()
    }

    fn is_of(&self, app: &str) -> bool {
        self.by.as_ref().is_some_and(|(by, _)| by == app)
    }
}

/// Where `record` tells of its beginning and of its end.
const START: (&str, &str, u16) = ("switch_ivr_play_say.c", "switch_ivr_record_file_event", 770);
const STOP: (&str, &str, u16) = ("switch_ivr_play_say.c", "switch_ivr_record_file_event", 1033);

impl World {
    /// Begins to record a channel, whatever it does.
    pub(super) fn record(&mut self, id: &str, path: &str) {
        if let Some(channel) = self.channels.get_mut(id) {
            channel.recordings.push(Recording { path: path.to_owned(), by: None });
        }
        self.tell_with("RECORD_START", id, &[], &[("Record-File-Path", path)]);
        let before = [("Media-Bug-Function", "session_record"), ("Media-Bug-Target", path)];
        self.tell_with("MEDIA_BUG_START", id, &before, &[]);
    }

    /// Ends one recording of a channel, or `all`. False: there is none.
    pub(super) fn stop_recording(&mut self, id: &str, path: &str) -> bool {
        let Some(channel) = self.channels.get_mut(id) else { return false };
        let ends = |known: &mut Recording| known.is_beside() && (path == "all" || known.path == path);
        let stopped: Vec<Recording> = channel.recordings.extract_if(.., ends).collect();
        for recording in &stopped {
            self.recording_stopped(id, &recording.path);
        }
        !stopped.is_empty()
    }

    /// The channel has gone.
    pub(super) fn stop_recordings(&mut self, id: &str) {
        self.stop_recording(id, "all");
    }

    fn recording_stopped(&mut self, id: &str, path: &str) {
        self.tell_with("RECORD_STOP", id, &[], &[("Record-File-Path", path)]);
        let before = [("Media-Bug-Function", "session_record"), ("Media-Bug-Target", path)];
        self.tell_with("MEDIA_BUG_STOP", id, &before, &[]);
    }

    /// The application `record`: `path [seconds [threshold [hits]]]`, of which the last two are about silence.
    pub(super) fn record_file(&mut self, id: &str, app: &str, data: &str) -> Begun {
        let mut words = data.split(' ').filter(|word| !word.is_empty());
        let Some(path) = words.next() else { return Begun::Done("_none_") };
        let limit = words.next().map(|word| word.strip_prefix('+').unwrap_or(word));
        let limit = limit.and_then(|word| word.parse::<u32>().ok()).filter(|seconds| *seconds > 0);
        if let Some(channel) = self.channels.get_mut(id) {
            channel.set("playback_terminator_used", "");
        }
        self.ring(id);
        self.ring_half(id);
        if is_missing(path) {
            // it cannot be written
            self.hang_up(id, "DESTINATION_OUT_OF_ORDER");
            return Begun::Left;
        }
        let Some(channel) = self.channels.get_mut(id) else { return Begun::Left };
        channel.set("silence_hits_exhausted", "false");
        channel.recordings.push(Recording { path: path.to_owned(), by: Some((app.to_owned(), Instant::now())) });
        self.tell_of_file("RECORD_START", START, id, path);
        if let Some(limit) = limit {
            let (id, app) = (id.to_owned(), app.to_owned());
            self.after(Duration::from_secs(limit.into()), move |world| world.end_record(&id, &app));
        }
        Begun::Stays
    }

    fn tell_of_file(&mut self, name: &'static str, origin: (&'static str, &'static str, u16), id: &str, path: &str) {
        let mut event = Event::named(name);
        let sequence = self.next_sequence();
        self.common(&mut event, origin, sequence);
        self.fill(&mut event, id, &[]);
        event.put("Record-File-Path", path);
        self.fire(event);
    }

    /// A key is pressed: it may end what the channel records.
    pub(super) fn key_for_record(&mut self, id: &str, key: &str) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        // what runs inside of it has the key
        let Some(app) = channel.stack.last().map(|running| running.uuid.clone()) else { return };
        if !channel.recordings.iter().any(|recording| recording.is_of(&app)) {
            return;
        }
        let ends = match channel.variable("playback_terminators").unwrap_or("*") {
            any if any.eq_ignore_ascii_case("any") => "1234567890*#".contains(key),
            none if none.eq_ignore_ascii_case("none") => false,
            keys => keys.contains(key),
        };
        if ends {
            channel.set("playback_terminator_used", key);
            self.end_record(id, &app);
        }
    }

    /// Ends a `record`, unless it has ended before.
    fn end_record(&mut self, id: &str, app: &str) {
        if self.is_running(id, app) {
            self.end(id, app, "_none_");
            self.run(id);
        }
    }

    /// The application has ended, by itself or with the call.
    pub(super) fn record_over(&mut self, id: &str, app: &str) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        let Some(at) = channel.recordings.iter().position(|recording| recording.is_of(app)) else { return };
        let Recording { path, by } = channel.recordings.remove(at);
        let taken = by.map_or(Duration::ZERO, |(_, since)| since.elapsed());
        // in packets of 20 ms
        let ms = taken.as_millis() / 20 * 20;
        let samples = ms * 8;
        if path.ends_with(".wav") {
            let size = (44 + samples * 2).to_string();
            channel.set("record_record_file_size", &*size);
            channel.set("record_file_size", size);
        }
        for (name, value) in [("record_seconds", ms / 1000), ("record_ms", ms), ("record_samples", samples)] {
            channel.set(name, value.to_string());
        }
        self.tell_of_file("RECORD_STOP", STOP, id, &path);
    }
}
