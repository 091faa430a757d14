//! The commands of `conference`.

use super::api::Answer;
use super::separate::separate;
use super::world::World;
use std::fmt::Write as _;

type Origin = (&'static str, &'static str, u16);

/// What is done to one member: the command, the action of its event, and where in the server that comes from.
const MEMBER_COMMANDS: &[(&str, &str, Origin)] = &[
    ("mute", "mute-member", ("conference_api.c", "conference_api_sub_mute", 339)),
    ("unmute", "unmute-member", ("conference_api.c", "conference_api_sub_unmute", 492)),
    ("deaf", "deaf-member", ("conference_api.c", "conference_api_sub_deaf", 797)),
    ("undeaf", "undeaf-member", ("conference_api.c", "conference_api_sub_undeaf", 839)),
    ("hold", "hold-member", ("conference_api.c", "conference_api_sub_hold", 440)),
    ("unhold", "unhold-member", ("conference_api.c", "conference_api_sub_unhold", 389)),
    ("kick", "kick-member", ("conference_api.c", "conference_api_sub_kick", 902)),
    ("hup", "hup-member", ("conference_api.c", "conference_api_sub_hup", 871)),
    ("volume_in", "volume-in-member", ("conference_api.c", "conference_api_sub_volume_in", 1574)),
    ("volume_out", "volume-out-member", ("conference_api.c", "conference_api_sub_volume_out", 1630)),
    ("energy", "energy-level-member", ("conference_api.c", "conference_api_sub_energy", 1390)),
    ("dtmf", "dtmf-member", ("conference_api.c", "conference_api_sub_dtmf", 1049)),
];

impl World {
    pub(super) fn conference(&mut self, text: &str) -> Answer {
        let words = separate(text, ' ', 25);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (Some(room), command) = (words.first().copied(), words.get(1).copied()) else {
            return Answer::text("<conf name> list [delim <string>]|[count]\n");
        };
        if room == "list" && command.is_none() {
            return Answer::text(self.list_conferences());
        }
        let dials = matches!(command, Some("dial" | "bgdial"));
        if !self.conferences.contains_key(room) && !dials {
            return Answer::text(format!("-ERR Conference {room} not found\n"));
        }
        let rest = words.get(2..).unwrap_or_default();
        match command {
            Some("dial" | "bgdial") => self.conference_dial(room, command == Some("bgdial"), rest),
            Some(command) => Answer::text(self.conference_command(room, command, rest)),
            None => Answer::text("-ERR Conference command '' not found.\n"),
        }
    }

    fn conference_dial(&mut self, room: &str, background: bool, rest: &[&str]) -> Answer {
        let Some(endpoint) = rest.first() else { return Answer::text("-ERR Bad Args\n") };
        let word = |at: usize| rest.get(at).map(|word| (*word).to_owned());
        let caller = (word(2).unwrap_or_default(), word(1).unwrap_or_else(|| "0000000000".into()));
        let called = self.dial_into(room, endpoint, &caller);
        if background {
            let job = super::clock::uuid();
            let (result, peer) = match &called {
                Ok(called) => ("SUCCESS", Some(called.uuid.clone())),
                Err(cause) => (*cause, None),
            };
            let mut after = vec![("Result", result.to_owned()), ("Job-UUID", job.clone())];
            after.extend(peer.map(|peer| ("Peer-UUID", peer)));
            let origin = ("mod_conference.c", "conference_outcall_run", 1708);
            self.tell_room(room, None, "bgdial-result", origin, &after);
            return Answer::text(format!("+OK Job-UUID: {job}\n"));
        }
        match called {
            Ok(called) => Answer::Dialled(called.answer),
            Err(cause) => Answer::text(format!("+OK Call Requested: result: [{cause}]\n")),
        }
    }

    fn conference_command(&mut self, room: &str, command: &str, rest: &[&str]) -> String {
        let Some(conference) = self.conferences.get_mut(room) else { return String::new() };
        let first = rest.first().copied().unwrap_or_default();
        let api = |function, line| ("conference_api.c", function, line);
        match command {
            "list" if first == "count" => conference.members.len().to_string(),
            "count" => conference.members.len().to_string(),
            "list" | "json_list" => {
                let Some(conference) = self.conferences.get(room) else { return String::new() };
                if command == "list" {
                    self.list_conference(conference)
                } else {
                    self.json_conference(room, conference)
                }
            }
            "lock" | "unlock" => {
                conference.locked = command == "lock";
                let (function, line) = if conference.locked {
                    ("conference_api_sub_lock", 3474)
                } else {
                    ("conference_api_sub_unlock", 3496)
                };
                self.tell_room(room, None, command, api(function, line), &[]);
                format!("+OK {room} {command}ed\n")
            }
            "pin" => {
                first.clone_into(&mut conference.pin);
                format!("+OK Pin for conference {room} set: {first}\n")
            }
            "nopin" => {
                conference.pin.clear();
                format!("+OK Pin for conference {room} deleted\n")
            }
            "play" => {
                let path = rest.join(" ");
                let after = [("File", path.clone()), ("Async", "false".into())];
                self.tell_room(room, None, "play-file", api("conference_api_sub_play", 2817), &after);
                let after = [
                    ("seconds", "0".into()),
                    ("milliseconds", "200".into()),
                    ("samples", "1600".into()),
                    ("File", path.clone()),
                ];
                let room = room.to_owned();
                self.after(std::time::Duration::from_millis(200), move |world| {
                    let origin = ("conference_file.c", "conference_file_close", 52);
                    world.tell_room(&room, None, "play-file-done", origin, &after);
                });
                format!("+OK (play) Playing file {path}\n")
            }
            "stop" => "+OK Stopped 0 files.\n".into(),
            "record" => {
                conference.recording = Some((first.to_owned(), false));
                let origin = ("conference_record.c", "conference_record_thread_run", 319);
                self.tell_room(room, None, "start-recording", origin, &[("Path", first.to_owned())]);
                format!("+OK Record file {first}\n")
            }
            "chkrecord" => match &conference.recording {
                Some((path, _)) => format!("+OK Record file {path}\n"),
                None => String::new(),
            },
            "pause" | "resume" => {
                let Some((path, paused)) = &mut conference.recording else { return String::new() };
                *paused = command == "pause";
                let path = path.clone();
                let after = [("Path", path.clone()), ("Other-Recordings", "true".into())];
                let action = format!("{command}-recording");
                self.tell_room(room, None, &action, api("conference_api_sub_pauserec", 3860), &after);
                let verb = if command == "pause" { "Pause" } else { "Resume" };
                format!("+OK {verb} recording file {path}\n")
            }
            "norecord" => match conference.recording.take() {
                Some((path, _)) => {
                    let after = [("Path", path.clone()), ("Other-Recordings", "false".into())];
                    let origin = ("conference_record.c", "conference_record_thread_run", 427);
                    self.tell_room(room, None, "stop-recording", origin, &after);
                    format!("Stopped recording file {path}\n+OK Stopped recording 0 files\n")
                }
                None => "+OK Stopped recording 0 files\n".into(),
            },
            "get" => match first {
                "run_time" => (super::clock::micros().saturating_sub(conference.since) / 1_000_000).to_string(),
                "count" => conference.members.len().to_string(),
                "uuid" => conference.uuid.clone(),
                _ => String::new(),
            },
            "getvar" => {
                let found = conference.variables.iter().find(|(name, _)| name == first);
                found.map(|(_, value)| value.clone()).unwrap_or_default()
            }
            "setvar" => {
                conference.variables.retain(|(name, _)| name != first);
                conference.variables.push((first.to_owned(), rest.get(1).copied().unwrap_or_default().to_owned()));
                "+OK\n".into()
            }
            "get-uuid" => {
                let found = conference.members.iter().find(|member| member.id.to_string() == first);
                found.map_or_else(|| format!("-ERR Non-Existant ID {first}\n"), |member| member.channel.clone())
            }
            "floor" => match conference.floor {
                Some(holder) if holder.to_string() != first => format!("-ERR floor is held by {holder}\n"),
                _ => "-OK floor none\n".into(),
            },
            "transfer" => self.conference_transfer(room, first, rest.get(1..).unwrap_or_default()),
            _ => self.conference_members(room, command, first, rest.get(1..).unwrap_or_default()),
        }
    }

    fn conference_transfer(&mut self, room: &str, to: &str, members: &[&str]) -> String {
        let mut out = String::new();
        for id in members {
            let member = self.conferences.get(room).and_then(|conference| {
                conference
                    .members
                    .iter()
                    .find(|member| member.id.to_string() == *id)
                    .map(|member| (member.id, member.channel.clone()))
            });
            let Some((number, channel)) = member else {
                let _ = writeln!(out, "-ERR No Member '{id}' in conference {room}.");
                continue;
            };
            let after = [("Old-Conference-Name", room.to_owned()), ("New-Conference-Name", to.to_owned())];
            self.tell_room(
                room,
                Some(number),
                "transfer",
                ("conference_api.c", "conference_api_sub_transfer", 3704),
                &after,
            );
            self.leave_conference(&channel);
            self.join_conference(&channel, to, "default");
            let _ = writeln!(out, "+OK Member '{id}' sent to conference {to}.");
        }
        out
    }

    fn conference_members(&mut self, room: &str, command: &str, who: &str, rest: &[&str]) -> String {
        let known = MEMBER_COMMANDS.iter().find(|(name, _, _)| *name == command);
        let Some((_, action, origin)) = known else {
            return format!("-ERR Conference command '{command}' not found.\n");
        };
        let Some(conference) = self.conferences.get(room) else { return String::new() };
        let ids: Vec<u32> = match who {
            "all" => conference.members.iter().map(|member| member.id).collect(),
            "last" => conference.members.iter().map(|member| member.id).take(1).collect(),
            id => conference.members.iter().map(|member| member.id).filter(|known| known.to_string() == id).collect(),
        };
        if ids.is_empty() {
            return format!("-ERR Non-Existant ID {who}\n");
        }
        let value = rest.first().copied();
        let mut out = String::new();
        for id in ids {
            let Some(member) =
                self.conferences.get_mut(room).and_then(|c| c.members.iter_mut().find(|member| member.id == id))
            else {
                continue;
            };
            let channel = member.channel.clone();
            let number = value.and_then(|value| value.parse::<i32>().ok());
            let mut after = Vec::new();
            match command {
                "mute" | "unmute" => member.mute = command == "mute",
                "deaf" | "undeaf" => member.deaf = command == "deaf",
                "hold" | "unhold" => member.hold = command == "hold",
                "energy" | "volume_in" | "volume_out" => {
                    let (level, label, name) = match command {
                        "energy" => (&mut member.energy, "Energy", "Energy-Level"),
                        "volume_in" => (&mut member.volume_in, "Volume IN", "Volume-Level"),
                        _ => (&mut member.volume_out, "Volume OUT", "Volume-Level"),
                    };
                    let Some(number) = number else {
                        let _ = writeln!(out, "{label} {id} = {level}");
                        continue;
                    };
                    *level = number;
                    if command != "energy" {
                        after.push((name, number.to_string()));
                    }
                    let _ = writeln!(out, "+OK {label} {id} = {number}");
                }
                "dtmf" => {
                    let digits = value.unwrap_or_default();
                    after.push(("Digits", digits.to_owned()));
                    let _ = writeln!(out, "+OK sent {digits} to {id}");
                }
                _ => {}
            }
            self.tell_room(room, Some(id), action, *origin, &after);
            match command {
                "kick" => {
                    let _ = writeln!(out, "+OK kicked {id}");
                    self.kick(&channel);
                }
                "hup" => {
                    let _ = writeln!(out, "+OK hup {id}");
                    self.hang_up(&channel, "NORMAL_CLEARING");
                }
                "energy" | "volume_in" | "volume_out" | "dtmf" => {}
                _ => {
                    let _ = writeln!(out, "+OK {command} {id}");
                }
            }
        }
        out
    }

    /// Out of the conference, and on with what comes behind it.
    fn kick(&mut self, id: &str) {
        self.leave_conference(id);
        let Some(channel) = self.channels.get(id) else { return };
        let app =
            channel.stack.iter().find(|running| running.job.name == "conference").map(|running| running.uuid.clone());
        if let Some(app) = app {
            self.end(id, &app, "_none_");
            self.run(id);
        }
    }
}
