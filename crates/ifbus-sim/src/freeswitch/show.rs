//! `show`: the tables of channels and calls.

use super::channel::Channel;
use super::clock::stamp;
use super::event::{json_string, xml_escape};
use super::world::{HOST, World};
use std::fmt::Write as _;

const USAGE: &str = "-USAGE: codec|endpoint|application|api|dialplan|file|timer|calls [count]|channels [count|like <match string>]|calls|detailed_calls|bridged_calls|detailed_bridged_calls|aliases|complete|chat|management|modules|nat_map|say|interfaces|interface_types|tasks|limits|status\n";

type Row = Vec<(String, String)>;

fn common(channel: &Channel) -> Vec<(&'static str, String)> {
    let (name, number) = channel.profile.caller.clone();
    vec![
        ("uuid", channel.uuid.clone()),
        ("direction", channel.direction().into()),
        ("created", stamp(channel.times.created)),
        ("created_epoch", (channel.times.created / 1_000_000).to_string()),
        ("name", channel.name.clone()),
        ("state", channel.state.name().into()),
        ("cid_name", name),
        ("cid_num", number),
        ("ip_addr", String::new()),
        ("dest", channel.profile.destination.clone()),
    ]
}

/// What the caller's side of a call shows of the called one.
fn callee(channel: &Channel) -> Vec<(&'static str, String)> {
    let (name, number) = channel.profile.callee.clone();
    let direction = if channel.variable("channel_cid_flipped").is_some() { "RECV" } else { "" };
    vec![
        ("presence_id", String::new()),
        ("presence_data", String::new()),
        ("accountcode", String::new()),
        ("callstate", channel.callstate.into()),
        ("callee_name", name),
        ("callee_num", number),
        ("callee_direction", direction.into()),
    ]
}

fn call_uuid(channel: &Channel) -> String {
    // the half of a pair that was made for the dialplan has none in the table
    if channel.inbound && channel.bridge.is_none() { String::new() } else { channel.call_uuid.clone() }
}

fn owned(row: Vec<(&'static str, String)>) -> Row {
    row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn channel_row(channel: &Channel) -> Row {
    let mut row = common(channel);
    let running = channel.stack.first();
    row.push(("application", running.map(|running| running.job.name.clone()).unwrap_or_default()));
    row.push(("application_data", running.map(|running| running.job.data.clone()).unwrap_or_default()));
    row.push(("dialplan", channel.profile.dialplan.clone()));
    row.push(("context", channel.profile.context.clone()));
    for way in ["read", "write"] {
        let names = if way == "read" {
            ["read_codec", "read_rate", "read_bit_rate"]
        } else {
            ["write_codec", "write_rate", "write_bit_rate"]
        };
        row.extend(names.into_iter().zip(["L16", "8000", "128000"].map(str::to_owned)));
    }
    row.push(("secure", String::new()));
    row.push(("hostname", HOST.into()));
    row.extend(callee(channel));
    row.push(("call_uuid", call_uuid(channel)));
    row.push(("sent_callee_name", String::new()));
    row.push(("sent_callee_num", String::new()));
    let (name, number) = channel.profile.original.clone();
    row.push(("initial_cid_name", name));
    row.push(("initial_cid_num", number));
    row.push(("initial_ip_addr", String::new()));
    row.push(("initial_dest", channel.profile.destination.clone()));
    row.push(("initial_dialplan", "xml".into()));
    row.push(("initial_context", channel.profile.context.clone()));
    owned(row)
}

fn leg(channel: &Channel) -> Vec<(&'static str, String)> {
    let mut row = common(channel);
    row.extend(callee(channel));
    row
}

fn call_row(channel: &Channel, peer: Option<&Channel>) -> Row {
    const LEG: &[&str] = &[
        "uuid",
        "direction",
        "created",
        "created_epoch",
        "name",
        "state",
        "cid_name",
        "cid_num",
        "ip_addr",
        "dest",
        "presence_id",
        "presence_data",
        "accountcode",
        "callstate",
        "callee_name",
        "callee_num",
        "callee_direction",
    ];
    let mut row = leg(channel);
    row.push(("call_uuid", call_uuid(channel)));
    row.push(("hostname", HOST.into()));
    row.push(("sent_callee_name", String::new()));
    row.push(("sent_callee_num", String::new()));
    let mut row = owned(row);
    match peer {
        Some(peer) => row.extend(leg(peer).into_iter().map(|(name, value)| (format!("b_{name}"), value))),
        None => row.extend(LEG.iter().map(|name| (format!("b_{name}"), String::new()))),
    }
    row.push(("b_sent_callee_name".into(), String::new()));
    row.push(("b_sent_callee_num".into(), String::new()));
    let since = channel.times.bridged / 1_000_000;
    row.push(("call_created_epoch".into(), if peer.is_some() { since.to_string() } else { String::new() }));
    row
}

impl World {
    pub(super) fn show(&self, args: &str) -> String {
        let words: Vec<&str> = args.split_ascii_whitespace().collect();
        let (words, format) = match words.as_slice() {
            [rest @ .., "as", format] => (rest, *format),
            rest => (rest, "csv"),
        };
        let all = self.order.iter().filter_map(|id| self.channels.get(id));
        let peer = |channel: &Channel| channel.bridge.as_ref().and_then(|(peer, _)| self.channels.get(peer));
        // the one that was called is in its caller's row
        let called = |channel: &&Channel| matches!(channel.bridge, Some((_, false)));
        let rows: Vec<Row> = match words {
            ["channels"] | ["channels", "count"] => all.map(channel_row).collect(),
            ["channels", "like", text] => {
                all.map(channel_row).filter(|row| row.iter().any(|(_, value)| value.contains(text))).collect()
            }
            ["calls" | "detailed_calls"] | ["calls", "count"] => {
                all.filter(|channel| !called(channel)).map(|channel| call_row(channel, peer(channel))).collect()
            }
            ["bridged_calls" | "detailed_bridged_calls"] => all
                .filter(|channel| matches!(channel.bridge, Some((_, true))))
                .map(|channel| call_row(channel, peer(channel)))
                .collect(),
            ["registrations" | "tasks" | "aliases" | "limits" | "nat_map"] => Vec::new(),
            _ => return USAGE.into(),
        };
        if words.get(1) == Some(&"count") {
            return match format {
                "json" => format!("{{\"row_count\":{},\"rows\":[]}}", rows.len()),
                _ => format!("\n{} total.\n", rows.len()),
            };
        }
        match format {
            "json" => json(&rows),
            "xml" => xml(&rows),
            _ => csv(&rows),
        }
    }
}

fn csv(rows: &[Row]) -> String {
    let mut out = String::new();
    if let Some(first) = rows.first() {
        let names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
        let _ = writeln!(out, "{}", names.join(","));
    }
    for row in rows {
        let values: Vec<&str> = row.iter().map(|(_, value)| value.as_str()).collect();
        let _ = writeln!(out, "{}", values.join(","));
    }
    let _ = write!(out, "\n{} total.\n", rows.len());
    out
}

fn json(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "{\"row_count\": 0}\n".into();
    }
    let mut out = format!("{{\"row_count\":{},\"rows\":[", rows.len());
    for (at, row) in rows.iter().enumerate() {
        out.push_str(if at == 0 { "{" } else { ",{" });
        for (at, (name, value)) in row.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            json_string(name, &mut out);
            out.push(':');
            json_string(value, &mut out);
        }
        out.push('}');
    }
    out.push_str("]}");
    out
}

fn xml(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "<result row_count=\"0\"/>\n".into();
    }
    let mut out = format!("<result row_count=\"{}\">\n", rows.len());
    for (at, row) in rows.iter().enumerate() {
        let _ = writeln!(out, "  <row row_id=\"{}\">", at + 1);
        for (name, value) in row {
            let _ = writeln!(out, "    <{name}>{}</{name}>", xml_escape(value));
        }
        out.push_str("  </row>\n");
    }
    out.push_str("</result>\n");
    out
}
