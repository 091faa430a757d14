//! The `uuid_*` commands.

use super::causes;
use super::channel::{Job, State};
use super::event::Format;
use super::separate::separate;
use super::world::World;
use std::time::Duration;

const NO_CHANNEL: &str = "-ERR No such channel!\n";
const NO_SESSION: &str = "-ERR Cannot locate session!\n";

impl World {
    /// Runs one; `None`: there is no such command.
    pub(super) fn channel_command(&mut self, command: &str, args: &str, words: &[&str]) -> Option<String> {
        let id = words.first().copied().unwrap_or_default();
        let second = words.get(1).copied();
        let exists = self.channels.get(id).is_some_and(|channel| !channel.is_hung_up());
        let need = |count: usize, usage: &str| (words.len() < count).then(|| format!("-USAGE: {usage}\n"));
        let ok = || "+OK\n".to_owned();
        let text = match command {
            "uuid_exists" => exists.to_string(),
            "uuid_kill" => need(1, "<uuid> [cause]").unwrap_or_else(|| {
                if !exists {
                    return NO_CHANNEL.into();
                }
                self.hang_up(id, second.map_or("NORMAL_CLEARING", causes::cause));
                ok()
            }),
            "uuid_getvar" => need(2, "<uuid> <var>").unwrap_or_else(|| match self.channels.get(id) {
                Some(channel) => channel.variable(second.unwrap_or_default()).unwrap_or("_undef_").to_owned(),
                None => NO_CHANNEL.into(),
            }),
            "uuid_setvar" => need(2, "<uuid> <var> [value]").unwrap_or_else(|| {
                let words = separate(args, ' ', 3);
                let value = words.into_iter().nth(2).unwrap_or_default();
                self.set_variables(id, &[(second.unwrap_or_default(), &value)])
            }),
            "uuid_setvar_multi" => need(2, "<uuid> <var>=<value>;<var>=<value>...").unwrap_or_else(|| {
                let list = args.split_once(' ').map_or("", |(_, list)| list).to_owned();
                let pairs: Vec<(&str, &str)> = list.split(';').filter_map(|pair| pair.split_once('=')).collect();
                self.set_variables(id, &pairs)
            }),
            "uuid_dump" => need(1, "<uuid> [format]").unwrap_or_else(|| {
                if !self.channels.contains_key(id) {
                    return NO_CHANNEL.into();
                }
                let format = second.and_then(Format::parse).unwrap_or(Format::Plain);
                let event = self.data(id, false);
                String::from_utf8_lossy(event.text(format)).into_owned()
            }),
            "uuid_answer" => {
                if exists {
                    self.answer(id);
                    ok()
                } else {
                    "-ERROR\n".into()
                }
            }
            "uuid_bridge" => match second {
                Some(other) if exists && self.channels.contains_key(other) && other != id => {
                    self.bridge_channels(id, other);
                    format!("+OK {other}\n")
                }
                _ => "-ERR Invalid uuid\n".into(),
            },
            "uuid_transfer" => need(2, "<uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]")
                .unwrap_or_else(|| self.uuid_transfer(id, words.get(1..).unwrap_or_default())),
            "uuid_park" => {
                if !exists {
                    return Some(NO_CHANNEL.into());
                }
                self.release(id);
                self.pull_out(id, State::Park);
                self.park(id);
                ok()
            }
            "uuid_hold" => self.uuid_hold(words),
            "uuid_broadcast" => {
                if !exists {
                    return Some("-ERR invalid uuid\n".into());
                }
                let legs = words.get(2).copied().unwrap_or("aleg");
                let peer = self.channels.get(id).and_then(|channel| channel.bridge.clone()).map(|(peer, _)| peer);
                if matches!(legs, "aleg" | "both") {
                    self.broadcast(id, second.unwrap_or_default());
                }
                if let Some(peer) = peer.filter(|_| matches!(legs, "bleg" | "both")) {
                    self.broadcast(&peer, second.unwrap_or_default());
                }
                "+OK Message sent\n".into()
            }
            "uuid_break" => need(1, "<uuid> [all]").unwrap_or_else(|| self.stop_playing(id, exists)),
            "break" => need(1, "<uuid> [all]").unwrap_or_else(|| self.stop_playing(id, exists)),
            "uuid_record" => self.uuid_record(id, exists, second, words.get(2).copied()),
            "uuid_send_dtmf" | "uuid_recv_dtmf" => need(2, "<uuid> <dtmf_data>").unwrap_or_else(|| {
                let digits = second.unwrap_or_default();
                if !exists {
                    return NO_SESSION.into();
                }
                if command == "uuid_send_dtmf" {
                    self.digits_to_peer(id, digits);
                    format!("+OK {id} sent DTMF {digits}.\n")
                } else {
                    self.digits(id, digits, "APP");
                    format!("+OK {id} received DTMF {digits}.\n")
                }
            }),
            "uuid_flush_dtmf" | "uuid_audio" | "uuid_loglevel" | "uuid_session_heartbeat" => {
                if exists {
                    ok()
                } else {
                    NO_CHANNEL.into()
                }
            }
            _ => return None,
        };
        Some(text)
    }

    fn set_variables(&mut self, id: &str, pairs: &[(&str, &str)]) -> String {
        let Some(channel) = self.channels.get_mut(id) else { return NO_CHANNEL.into() };
        for (name, value) in pairs {
            channel.set(name, *value);
        }
        "+OK\n".into()
    }

    /// Takes a channel out of its bridge; the other one hangs up.
    fn release(&mut self, id: &str) {
        if let Some((a, b)) = self.unbridge(id) {
            let other = if a == id { b } else { a };
            self.hang_up(&other, "NORMAL_CLEARING");
        }
    }

    fn uuid_transfer(&mut self, id: &str, words: &[&str]) -> String {
        let (legs, words) = match words {
            [legs @ ("-bleg" | "-both"), rest @ ..] => (*legs, rest),
            rest => ("", rest),
        };
        let Some(channel) = self.channels.get(id) else { return NO_CHANNEL.into() };
        let word = |at: usize, default: &'static str| words.get(at).copied().unwrap_or(default);
        let (exten, dialplan, context) = (word(0, ""), word(1, "XML"), word(2, "default"));
        let peer = channel.bridge.clone().map(|(peer, _)| peer);
        if legs.is_empty() {
            self.transfer(id, exten, dialplan, context);
            return "+OK\n".into();
        }
        let Some(peer) = peer else { return "-ERR No Other channel!\n".into() };
        self.unbridge(id);
        self.transfer(&peer, exten, dialplan, context);
        if legs == "-both" {
            self.transfer(id, exten, dialplan, context);
        } else {
            self.hang_up(id, "NORMAL_CLEARING");
        }
        "+OK\n".into()
    }

    fn uuid_hold(&mut self, words: &[&str]) -> String {
        let (verb, id) = match words {
            [verb @ ("off" | "toggle"), id, ..] => (*verb, *id),
            [id, ..] => ("on", *id),
            [] => return "-USAGE: [off|toggle] <uuid> [<display>]\n".into(),
        };
        let Some(channel) = self.channels.get(id) else { return "+OK Success\n".into() };
        let on = match verb {
            "off" => false,
            "toggle" => !channel.held,
            _ => true,
        };
        // a loopback channel does not come back
        if !on && channel.source == "mod_loopback" {
            return "-ERR Operation failed\n".into();
        }
        self.hold(id, on);
        "+OK Success\n".into()
    }

    fn stop_playing(&mut self, id: &str, exists: bool) -> String {
        if !exists {
            return NO_CHANNEL.into();
        }
        let playing = self.channels.get(id).and_then(|channel| {
            channel.stack.iter().rev().find(|running| matches!(&*running.job.name, "playback" | "record")).map(
                |running| (running.uuid.clone(), if running.job.name == "record" { "_none_" } else { "FILE PLAYED" }),
            )
        });
        if let Some((app, response)) = playing {
            self.end(id, &app, response);
            let id = id.to_owned();
            self.after(Duration::ZERO, move |world| world.run(&id));
        }
        "+OK\n".into()
    }

    fn uuid_record(&mut self, id: &str, exists: bool, verb: Option<&str>, path: Option<&str>) -> String {
        const USAGE: &str = "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]\n";
        let (Some(verb), Some(path)) = (verb, path) else { return USAGE.into() };
        if !exists {
            return NO_SESSION.into();
        }
        let known = self
            .channels
            .get(id)
            .is_some_and(|channel| channel.recordings.iter().any(|known| known.is_beside() && known.path == path));
        match verb {
            "start" => {
                self.record(id, path);
                "+OK Success\n".into()
            }
            "stop" if self.stop_recording(id, path) => "+OK Success\n".into(),
            "stop" => "-ERR Cannot stop record session!\n".into(),
            "mask" | "unmask" if known => "+OK Success\n".into(),
            "mask" => "-ERR Cannot mask recording session!\n".into(),
            "unmask" => "-ERR Cannot unmask recording session!\n".into(),
            _ => USAGE.into(),
        }
    }

    /// `sendmsg`: what the channel is to do. `None`: there is no such channel.
    pub(super) fn send_message(&mut self, id: &str, message: Message) -> Option<()> {
        if !self.channels.contains_key(id) {
            return None;
        }
        match message {
            Message::Execute(job) => {
                self.enqueue(id, job);
            }
            Message::Hangup(cause) => self.hang_up(id, cause),
            Message::Extension(plan) => {
                let id = id.to_owned();
                // its own thread takes it up
                self.after(Duration::ZERO, move |world| world.run_extension(&id, plan));
            }
            Message::Unicast(from, to) => {
                let text = format!("Created unicast connection {from}->{to}");
                self.log(6, 3, ("switch_ivr.c", "switch_ivr_activate_unicast", 489), id, text);
            }
            // only the server's log would tell
            Message::Nothing => {}
        }
        Some(())
    }
}

/// What a `sendmsg` says.
pub(super) enum Message {
    Execute(Job),
    Hangup(&'static str),
    /// `xferext`: an extension of these applications.
    Extension(Vec<Job>),
    /// Sound would go to an address and come from another.
    Unicast(String, String),
    /// `nomedia` too: there is no media.
    Nothing,
}
