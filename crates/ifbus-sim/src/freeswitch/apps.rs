//! What each application does.

use super::causes;
use super::channel::Job;
use super::dial_string;
use super::dialing::Wish;
use super::run::Begun;
use super::world::{Dial, World};
use std::time::Duration;

const KNOWN: &[&str] = &[
    "answer",
    "bridge",
    "conference",
    "echo",
    "hangup",
    "info",
    "log",
    "park",
    "play_and_get_digits",
    "playback",
    "pre_answer",
    "record",
    "record_session",
    "ring_ready",
    "send_dtmf",
    "set",
    "sleep",
    "socket",
    "stop_record_session",
    "transfer",
    "unset",
];

pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// How long a file plays: a tone as long as it says, everything else 200 ms. `None`: for ever, or there is no such file.
pub(super) fn length(path: &str) -> Option<Duration> {
    if path.contains("loops=-1") {
        return None;
    }
    let tone = path.strip_prefix("tone_stream://%(").and_then(|rest| rest.split_once(')')).map(|(tone, _)| tone);
    let Some(tone) = tone else { return Some(Duration::from_millis(200)) };
    let total = tone.split(',').take(2).filter_map(|part| part.trim().parse::<u64>().ok()).sum();
    Some(Duration::from_millis(total))
}

/// Every file is there but these.
pub(super) fn is_missing(path: &str) -> bool {
    path.contains("nosuch") || path.contains("no-such")
}

impl World {
    /// Begins an application that is on the stack.
    pub(super) fn apply(&mut self, id: &str, app: &str, name: &str, data: &str) -> Begun {
        match name {
            "answer" => self.answer(id),
            "pre_answer" | "ring_ready" => {
                self.ring(id);
                self.ring_half(id);
            }
            "set" | "unset" => {
                let pair = data.split_once('=').or_else(|| data.split_once(',')).filter(|_| name == "set");
                let (key, value) = pair.unwrap_or((data, ""));
                // a second time: its data was expanded before it began
                let value = self.expand(id, value);
                if let Some(channel) = self.channels.get_mut(id) {
                    channel.set(key, value);
                }
            }
            "sleep" => return Begun::For(Duration::from_millis(data.trim().parse().unwrap_or(0)), "_none_"),
            "park" => {
                self.park(id);
                return Begun::Stays;
            }
            "echo" => {
                self.answer(id);
                return Begun::Stays;
            }
            "hangup" => {
                self.end_with_hangup(id, app, data);
                return Begun::Left;
            }
            "playback" => return self.play(id, data),
            "play_and_get_digits" => return self.ask(id, app, data),
            "record" => return self.record_file(id, app, data),
            "record_session" => self.record(id, data),
            "stop_record_session" => {
                self.stop_recording(id, data);
            }
            "send_dtmf" => self.digits_to_peer(id, data),
            "transfer" => {
                let words: Vec<&str> = data.split_ascii_whitespace().collect();
                let exten = words.first().copied().unwrap_or_default();
                let word = |at: usize, default| words.get(at).copied().unwrap_or(default);
                self.transfer(id, exten, word(1, "XML"), word(2, "default"));
                return Begun::Left;
            }
            "conference" => {
                self.answer(id);
                let (room, profile) = data.split_once('@').unwrap_or((data, "default"));
                let profile = profile.split(['+', ' ']).next().unwrap_or(profile);
                self.join_conference(id, room, profile);
                return Begun::Stays;
            }
            "bridge" => return self.begin_bridge(id, data),
            "socket" => return self.begin_socket(id, app, data),
            _ => {}
        }
        Begun::Done("_none_")
    }

    fn end_with_hangup(&mut self, id: &str, app: &str, data: &str) {
        let cause = if data.is_empty() { "NORMAL_CLEARING" } else { causes::cause(data) };
        // the application is still on the stack, and ends with the call
        debug_assert!(
            self.channels.get(id).is_none_or(|channel| channel.stack.iter().any(|running| running.uuid == app))
        );
        self.hang_up(id, cause);
    }

    fn play(&mut self, id: &str, path: &str) -> Begun {
        // nothing is told of what cannot be opened
        if is_missing(path) {
            return Begun::Done("FILE NOT FOUND");
        }
        self.playback_started(id, path);
        length(path).map_or(Begun::Stays, |time| Begun::For(time, "FILE PLAYED"))
    }

    pub(super) fn playback_started(&mut self, id: &str, path: &str) {
        self.tell_playback("PLAYBACK_START", id, path, &[]);
    }

    fn tell_playback(&mut self, event: &'static str, id: &str, path: &str, rest: &[(&'static str, &str)]) {
        let (kind, shown) = match path.split_once("://") {
            Some((kind, _)) => (kind, path),
            None => (path.rsplit_once('.').map_or("file", |(_, extension)| extension), path),
        };
        let mut after = vec![("Playback-File-Type", kind), ("Playback-File-Path", shown)];
        after.extend_from_slice(rest);
        self.tell_with(event, id, &[], &after);
    }

    pub(super) fn playback_stopped(&mut self, id: &str, path: &str, status: &str) {
        if is_missing(path) {
            return;
        }
        self.tell_playback("PLAYBACK_STOP", id, path, &[("Playback-Status", status)]);
    }

    /// Digits that a channel hears.
    pub(super) fn digits(&mut self, id: &str, digits: &str, source: &str) {
        let (digits, duration) = digits.split_once('@').unwrap_or((digits, "2000"));
        for digit in digits.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '*' | '#')) {
            let mut text = [0; 4];
            let digit: &str = digit.encode_utf8(&mut text);
            let after = [("DTMF-Digit", digit), ("DTMF-Duration", duration), ("DTMF-Source", source)];
            self.tell_with("DTMF", id, &[], &after);
            self.key_for_question(id, digit);
            self.key_for_record(id, digit);
        }
    }

    /// Digits that a channel sends: whoever is at its other end hears them.
    pub(super) fn digits_to_peer(&mut self, id: &str, digits: &str) {
        let Some(channel) = self.channels.get(id) else { return };
        let peer = channel.other.clone().or_else(|| channel.bridge.as_ref().map(|(peer, _)| peer.clone()));
        if let Some(peer) = peer {
            self.digits(&peer, digits, "INBAND_AUDIO");
        }
    }

    fn begin_bridge(&mut self, id: &str, data: &str) -> Begun {
        let Some(channel) = self.channels.get(id) else { return Begun::Left };
        let caller = channel.profile.caller.clone();
        let timeout = channel.variable("call_timeout").and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let timeout = timeout.unwrap_or(Duration::from_secs(60));
        let called = dial_string::dial_string(data).map_err(|_| "DESTINATION_OUT_OF_ORDER");
        let called = called.and_then(|calls| self.dial(calls, caller, Wish::Bridge(id.to_owned()), timeout));
        if let Err(cause) = called {
            self.nobody_answered(id.to_owned(), cause);
        }
        Begun::Stays
    }

    fn begin_socket(&mut self, id: &str, app: &str, data: &str) -> Begun {
        let mut words = data.split_ascii_whitespace();
        let host = words.next().unwrap_or_default();
        let (host, path) = host.split_once('/').unwrap_or((host, ""));
        let flags: Vec<&str> = words.collect();
        let Ok(addr) = host.parse() else { return Begun::Done("_none_") };
        if let Some(channel) = self.channels.get_mut(id) {
            channel.set("socket_host", host.split(':').next().unwrap_or(host));
            channel.set("socket_path", path);
        }
        self.dials.push(Dial {
            uuid: id.to_owned(),
            application: app.to_owned(),
            addr,
            full: flags.contains(&"full"),
            asynchronous: flags.contains(&"async"),
        });
        Begun::Stays
    }

    /// The listener that a call dialled has gone: the extension goes on, or the call ends.
    pub(super) fn socket_over(&mut self, id: &str, app: &str, resumes: bool) {
        let Some(channel) = self.channels.get(id).filter(|channel| !channel.is_hung_up()) else { return };
        if !channel.stack.iter().any(|running| running.uuid == app) {
            return;
        }
        if !resumes {
            return self.hang_up(id, "NORMAL_CLEARING");
        }
        self.unpark(id);
        self.end(id, app, "_none_");
        self.run(id);
    }

    /// Puts a channel on hold, or takes it back.
    pub(super) fn hold(&mut self, id: &str, on: bool) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        if channel.held == on {
            return;
        }
        channel.held = on;
        channel.times.last_hold = if on { super::clock::micros() } else { channel.times.last_hold };
        let peer = channel.bridge.as_ref().map(|(peer, _)| peer.clone());
        self.tell(if on { "CHANNEL_HOLD" } else { "CHANNEL_UNHOLD" }, id);
        self.callstate(id, if on { "HELD" } else { "UNHELD" });
        let Some(peer) = peer else { return };
        let music = self.globals.get("hold_music").cloned().unwrap_or_default();
        if on {
            let _ = self.play(&peer, &music);
        } else {
            self.callstate(id, "ACTIVE");
            self.playback_stopped(&peer, &music, "done");
        }
    }

    /// Plays a file to a channel, as `uuid_broadcast` does.
    pub(super) fn broadcast(&mut self, id: &str, path: &str) {
        let (name, data) = match path.split_once("::") {
            Some((name, data)) => (name, data),
            None => ("playback", path),
        };
        self.enqueue(id, Job::new(name, data));
    }
}
