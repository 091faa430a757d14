//! What `conference NAME list` and its like print.

use super::clock::micros;
use super::event::json_string;
use super::rooms::Conference;
use super::world::World;
use std::fmt::Write as _;

impl World {
    pub(super) fn list_conference(&self, conference: &Conference) -> String {
        let mut out = String::new();
        for member in &conference.members {
            let Some(channel) = self.channels.get(&member.channel) else { continue };
            let (name, number) = &channel.profile.caller;
            let flags = [
                ("hear", !member.deaf),
                ("speak", !member.mute),
                ("floor", conference.floor == Some(member.id)),
                ("hold", member.hold),
            ];
            let flags: Vec<&str> = flags.iter().filter(|(_, on)| *on).map(|(flag, _)| *flag).collect();
            let flags = flags.join("|");
            let (id, channel_name, uuid) = (member.id, &channel.name, &channel.uuid);
            let (out_volume, in_volume, energy) = (member.volume_out, member.volume_in, member.energy);
            let _ =
                writeln!(out, "{id};{channel_name};{uuid};{name};{number};{flags};{out_volume};{in_volume};{energy}");
        }
        out
    }

    pub(super) fn list_conferences(&self) -> String {
        let mut out = String::new();
        for (name, conference) in &self.conferences {
            let count = conference.members.len();
            let plural = if count == 1 { "member" } else { "members" };
            let _ = writeln!(
                out,
                "+OK Conference {name} ({count} {plural} rate: 8000 flags: running|answered|enforce_min|dynamic|exit_sound|enter_sound|json_status)"
            );
            out.push_str(&self.list_conference(conference));
        }
        if out.is_empty() { "+OK No active conferences.\n".into() } else { out }
    }

    pub(super) fn json_conference(&self, name: &str, conference: &Conference) -> String {
        let mut out = String::from("[{\n");
        let run_time = micros().saturating_sub(conference.since) / 1_000_000;
        let field = |out: &mut String, tabs: usize, name: &str, value: &str, last: bool| {
            let _ = writeln!(out, "{}\"{name}\":\t{value}{}", "\t".repeat(tabs), if last { "" } else { "," });
        };
        let quoted = |text: &str| {
            let mut out = String::new();
            json_string(text, &mut out);
            out
        };
        field(&mut out, 2, "conference_name", &quoted(name), false);
        field(&mut out, 2, "member_count", &conference.members.len().to_string(), false);
        field(&mut out, 2, "ghost_count", "0", false);
        field(&mut out, 2, "rate", "8000", false);
        field(&mut out, 2, "run_time", &run_time.to_string(), false);
        field(&mut out, 2, "conference_uuid", &quoted(&conference.uuid), false);
        for name in ["canvas_count", "max_bw_in", "force_bw_in", "video_floor_packets"] {
            field(&mut out, 2, name, "0", false);
        }
        let flags = [
            ("locked", conference.locked),
            ("destruct", false),
            ("wait_mod", false),
            ("audio_always", false),
            ("running", true),
            ("answered", true),
            ("enforce_min", true),
            ("bridge_to", false),
            ("dynamic", true),
            ("exit_sound", true),
            ("enter_sound", true),
            ("recording", conference.recording.is_some()),
            ("video_bridge", false),
            ("video_floor_only", false),
            ("video_rfc4579", false),
        ];
        for (name, on) in flags {
            field(&mut out, 2, name, &on.to_string(), false);
        }
        out.push_str("\t\t\"variables\":\t{\n");
        for (at, (name, value)) in conference.variables.iter().enumerate() {
            field(&mut out, 3, name, &quoted(value), at + 1 == conference.variables.len());
        }
        out.push_str("\t\t},\n\t\t\"members\":\t[");
        for (at, member) in conference.members.iter().enumerate() {
            let Some(channel) = self.channels.get(&member.channel) else { continue };
            out.push_str(if at == 0 { "{\n" } else { ", {\n" });
            field(&mut out, 4, "type", "\"caller\"", false);
            field(&mut out, 4, "id", &member.id.to_string(), false);
            out.push_str("\t\t\t\t\"flags\":\t{\n");
            let flags = [
                ("can_hear", !member.deaf),
                ("can_see", true),
                ("can_speak", !member.mute),
                ("hold", member.hold),
                ("mute_detect", false),
                ("talking", false),
                ("has_video", false),
                ("video_bridge", false),
                ("has_floor", conference.floor == Some(member.id)),
                ("is_moderator", false),
                ("end_conference", false),
                ("mandatory_member_end_conference", false),
                ("pass_digits", false),
            ];
            for (name, on) in flags {
                field(&mut out, 5, name, &on.to_string(), name == "pass_digits");
            }
            out.push_str("\t\t\t\t},\n");
            field(&mut out, 4, "uuid", &quoted(&channel.uuid), false);
            field(&mut out, 4, "caller_id_name", &quoted(&channel.profile.caller.0), false);
            field(&mut out, 4, "caller_id_number", &quoted(&channel.profile.caller.1), false);
            field(&mut out, 4, "join_time", &run_time.to_string(), false);
            field(&mut out, 4, "last_talking", "0", false);
            field(&mut out, 4, "energy", &member.energy.to_string(), false);
            for (name, value) in [
                ("volume_in", member.volume_in),
                ("volume_out", member.volume_out),
                ("output-volume", member.volume_out),
                ("input-volume", member.volume_in),
            ] {
                field(&mut out, 4, name, &value.to_string(), name == "input-volume");
            }
            out.push_str("\t\t\t}");
        }
        out.push_str("]\n\t}]");
        out
    }
}
