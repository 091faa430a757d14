//! The records of calls: CEL (each thing that happens to a channel) and CDR (one for each channel that was not called by another),
//! as `cel_manager` and `cdr_manager` send them.

use super::channel::{Channel, UP};
use super::mask::{CALL, CDR};
use super::message::Message;
use super::world::{World, epoch};
use time::OffsetDateTime;

/// What a record of a call will say.
#[derive(Debug)]
pub(super) struct Record {
    start: u64,
    answer: Option<u64>,
    /// The channel that was called last.
    pub(super) destination: Option<String>,
    /// How the last call of another channel ended.
    pub(super) status: &'static str,
}

impl Record {
    pub(super) fn new() -> Self {
        Self { start: epoch(), answer: None, destination: None, status: "" }
    }

    fn disposition(&self) -> &'static str {
        match self.status {
            _ if self.answer.is_some() => "ANSWERED",
            "BUSY" => "BUSY",
            "CONGESTION" | "CHANUNAVAIL" => "FAILED",
            _ => "NO ANSWER",
        }
    }
}

/// `2026-11-24 20:50:07`, of a server whose zone is UTC.
fn clock(second: u64) -> String {
    let time = i64::try_from(second).ok().and_then(|second| OffsetDateTime::from_unix_timestamp(second).ok());
    let time = time.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, clock) = (time.date(), time.time());
    format!(
        "{}-{:02}-{:02} {:02}:{:02}:{:02}",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second()
    )
}

impl World {
    /// An event has been told of a channel: what the records have of it.
    pub(super) fn record(&mut self, event: &str, id: &str, rest: &[(&str, &str)]) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        if event == "Newstate"
            && channel.state == UP
            && let Some(record) = &mut channel.record
        {
            record.answer.get_or_insert_with(epoch);
        }
        if !self.records {
            return;
        }
        let value = |name: &str| rest.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| *value);
        match event {
            "Newchannel" => self.tell_cel("CHAN_START", id, ""),
            "Newstate" if self.channels.get(id).is_some_and(|channel| channel.state == UP) => {
                self.tell_cel("ANSWER", id, "");
            }
            "BridgeEnter" | "BridgeLeave" => {
                let name = if event == "BridgeEnter" { "BRIDGE_ENTER" } else { "BRIDGE_EXIT" };
                let (bridge, technology) = (value("bridge"), value("technology"));
                let extra = format!(r#"{{"bridge_id":"{bridge}","bridge_technology":"{technology}"}}"#);
                self.tell_cel(name, id, &extra);
            }
            "MusicOnHoldStart" => self.tell_cel("STREAM_BEGIN", id, &format!(r#"{{"class":"{}"}}"#, value("Class"))),
            "MusicOnHoldStop" => self.tell_cel("STREAM_END", id, ""),
            "Hangup" => self.record_end(id, value("Cause")),
            _ => {}
        }
    }

    fn record_end(&mut self, id: &str, cause: &str) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        let status = channel.variable("DIALSTATUS").unwrap_or_default().to_owned();
        let source = if channel.application.0 == "Hangup" { "dialplan/builtin" } else { "" };
        let record = channel.record.take().filter(|record| record.answer.is_some() || record.destination.is_some());
        if let Some(record) = record {
            self.emit("Cdr", CDR, |world, message| {
                if let Some(channel) = world.channels.get(id) {
                    cdr(channel, &record, message);
                }
            });
        }
        let Some(channel) = self.channels.get_mut(id) else { return };
        channel.application =
            if channel.called_as.is_empty() { ("", String::new()) } else { (channel.called_as, CALLED.to_owned()) };
        let linked = channel.linkedid.clone();
        let extra = format!(r#"{{"hangupcause":{cause},"hangupsource":"{source}","dialstatus":"{status}"}}"#);
        self.tell_cel("HANGUP", id, &extra);
        self.tell_cel("CHAN_END", id, "");
        if !self.channels.values().any(|other| other.linkedid == linked && other.uniqueid != id) {
            self.tell_cel("LINKEDID_END", id, "");
        }
    }

    pub(super) fn tell_cel(&mut self, name: &str, id: &str, extra: &str) {
        if !self.records {
            return;
        }
        self.emit("CEL", CALL, |world, message| {
            let Some(channel) = world.channels.get(id) else { return };
            message.put("EventName", name);
            message.put("AccountCode", &channel.account);
            message.put("CallerIDnum", &channel.caller.0);
            message.put("CallerIDname", &channel.caller.1);
            for key in ["CallerIDani", "CallerIDrdnis", "CallerIDdnid"] {
                message.put(key, "");
            }
            message.put("Exten", &channel.exten);
            message.put("Context", &channel.context);
            message.put("Channel", &channel.name);
            message.put("Application", channel.application.0);
            message.put("AppData", &channel.application.1);
            message.put("EventTime", clock(epoch()));
            message.put("AMAFlags", "DOCUMENTATION");
            message.put("UniqueID", &channel.uniqueid);
            message.put("LinkedID", &channel.linkedid);
            message.put("Userfield", "");
            message.put("Peer", if name.starts_with("BRIDGE_") { world.peers(channel, extra) } else { String::new() });
            message.put("PeerAccount", "");
            message.put("Extra", extra);
        });
    }

    /// Who else is in the bridge that the extra field names.
    fn peers(&self, channel: &Channel, extra: &str) -> String {
        let bridge = self.bridges.values().find(|bridge| extra.contains(bridge.id.as_str()));
        let others = bridge.iter().flat_map(|bridge| bridge.channels.iter()).filter(|id| **id != channel.uniqueid);
        let names = others.filter_map(|id| Some(self.channels.get(id)?.name.as_str()));
        names.collect::<Vec<_>>().join(",")
    }
}

/// The data of the application of a channel that is being called.
pub(super) const CALLED: &str = "(Outgoing Line)";

fn cdr(channel: &Channel, record: &Record, message: &mut Message) {
    let end = epoch();
    message.put("AccountCode", &channel.account);
    message.put("Source", &channel.caller.0);
    message.put("Destination", &channel.exten);
    message.put("DestinationContext", &channel.context);
    message.put("CallerID", format_args!("\"{}\" <{}>", channel.caller.1, channel.caller.0));
    message.put("Channel", &channel.name);
    message.put("DestinationChannel", record.destination.as_deref().unwrap_or_default());
    message.put("LastApplication", channel.application.0);
    message.put("LastData", &channel.application.1);
    message.put("StartTime", clock(record.start));
    message.put("AnswerTime", record.answer.map(clock).unwrap_or_default());
    message.put("EndTime", clock(end));
    message.put("Duration", end.saturating_sub(record.start));
    message.put("BillableSeconds", record.answer.map_or(0, |answer| end.saturating_sub(answer)));
    message.put("Disposition", record.disposition());
    message.put("AMAFlags", "DOCUMENTATION");
    message.put("UniqueID", &channel.uniqueid);
    message.put("UserField", "");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_server_does() {
        assert_eq!(clock(1_795_553_407), "2026-11-24 20:50:07");
    }
}
