//! Asterisk 1.8 to 11: no snapshots and no Linkedid; parties move from one Uniqueid to another.

use super::store::{Store, VALUE, put};
use crate::frame::{Frame, text};
use crate::values::ChannelState;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

/// A masquerade that is under way: the channel that is taken over, its name, and the structure that lives on.
#[derive(Debug)]
pub(super) struct Masquerade {
    clone: Arc<str>,
    name: Box<str>,
    original: Arc<str>,
}

pub(super) fn concerns(name: &[u8]) -> bool {
    matches!(
        name,
        b"Dial"
            | b"Bridge"
            | b"Unlink"
            | b"Masquerade"
            | b"MusicOnHold"
            | b"Transfer"
            | b"AgentConnect"
            | b"AgentCalled"
            | b"MeetmeJoin"
            | b"MeetmeLeave"
    )
}

/// Names of channels that are helpers of a masquerade or of a recording, and no parties.
fn is_helper(channel: &str) -> bool {
    ["AsyncGoto/", "Transfered/", "Parked/", "Bridge/", "ConfBridgeRecorder/"]
        .iter()
        .any(|name| channel.starts_with(name))
        || channel.ends_with("<ZOMBIE>")
        || channel.ends_with("<MASQ>")
}

/// The other half of a Local channel.
fn other_half(channel: &str) -> Option<String> {
    let (stem, half) = channel.rsplit_once(';')?;
    match half {
        "1" => Some(format!("{stem};2")),
        "2" => Some(format!("{stem};1")),
        _ => None,
    }
}

fn get<'a>(frame: &'a Frame, name: &str) -> Cow<'a, str> {
    let value = frame.get_bytes(name).unwrap_or_default();
    text(value.get(..VALUE).unwrap_or(value))
}

fn party(value: &str) -> Box<str> {
    if matches!(value, "<unknown>" | "unknown") { "".into() } else { value.into() }
}

fn add(store: &mut Store, uniqueid: &str, channel: &str) {
    store.add(uniqueid, channel, uniqueid);
    if is_helper(channel) {
        store.change(uniqueid, |leg| !std::mem::replace(&mut leg.hidden, true));
    }
    if let Some(half) = other_half(channel).and_then(|half| store.uniqueid_of(&half)) {
        store.merge(&half, uniqueid);
    }
}

/// What events and lists say of a channel's parties.
fn update(store: &mut Store, uniqueid: &str, frame: &Frame) {
    let now = store.now;
    let state = frame.number::<u32>("ChannelState").map(ChannelState::from);
    store.change(uniqueid, |leg| {
        let mut news = false;
        if let Some(state) = state.filter(|state| *state != leg.state) {
            leg.state = state;
            news = true;
        }
        if leg.state == ChannelState::Up && leg.answered.is_none() {
            leg.answered = Some(now);
            leg.dialed = false;
        }
        for (header, field) in [
            ("CallerIDNum", &mut leg.caller.number),
            ("CallerIDName", &mut leg.caller.name),
            ("ConnectedLineNum", &mut leg.connected.number),
            ("ConnectedLineName", &mut leg.connected.name),
            ("AccountCode", &mut leg.account),
            ("Context", &mut leg.context),
            ("Exten", &mut leg.exten),
        ] {
            if let Some(value) =
                frame.get_bytes(header).map(|_| party(&get(frame, header))).filter(|value| value != field)
            {
                *field = value;
                news = true;
            }
        }
        news
    });
}

pub(super) fn apply(store: &mut Store, masquerade: &mut Option<Masquerade>, name: &[u8], frame: &Frame) {
    let uniqueid = get(frame, "Uniqueid");
    match name {
        b"Newchannel" => {
            add(store, &uniqueid, &get(frame, "Channel"));
            update(store, &uniqueid, frame);
        }
        b"Newstate" | b"NewCallerid" | b"NewAccountCode" => update(store, &uniqueid, frame),
        b"Hangup" => store.remove(&uniqueid, frame.number("Cause"), &get(frame, "Cause-txt")),
        b"HangupRequest" | b"SoftHangupRequest" => {
            store.change(&uniqueid, |leg| !std::mem::replace(&mut leg.hanging_up, true));
        }
        b"Masquerade" => {
            let (clone, original) = (get(frame, "Clone"), get(frame, "Original"));
            *masquerade = store.uniqueid_of(&clone).zip(store.uniqueid_of(&original)).map(|(from, to)| Masquerade {
                clone: from,
                name: clone.into(),
                original: to,
            });
        }
        b"Rename" => renamed(store, masquerade, &uniqueid, &get(frame, "Newname")),
        b"Dial" => dialed(store, frame),
        b"Bridge" | b"Unlink" => bridged(store, name, frame),
        b"LocalBridge" => store.merge(&get(frame, "Uniqueid1"), &get(frame, "Uniqueid2")),
        b"Hold" => {
            let held = get(frame, "Status") == "On";
            store.change(&uniqueid, |leg| std::mem::replace(&mut leg.held, held) != held);
        }
        b"Transfer" => {
            // an attended one is over when it is told, and no new Bridge follows it
            let blind = get(frame, "TransferType") == "Blind";
            store.change_call(&uniqueid, |call| {
                call.transfers += 1;
                call.transferring = blind;
                true
            });
        }
        b"AgentConnect" => {
            let agent = get(frame, "BridgedChannel");
            store.merge(&uniqueid, &agent);
        }
        b"AgentCalled" => {
            if let Some(agent) = store.uniqueid_of(&get(frame, "DestinationChannel")) {
                store.merge(&uniqueid, &agent);
                store.change(&agent, |leg| leg.answered.is_none() && !std::mem::replace(&mut leg.dialed, true));
            }
        }
        b"ParkedCall" => {
            let space: Box<str> = get(frame, "Exten").into();
            store.change(&uniqueid, |leg| put(&mut leg.parked, Some(space)));
            store.change_call(&uniqueid, |call| std::mem::take(&mut call.transferring));
        }
        b"UnParkedCall" | b"ParkedCallTimeOut" | b"ParkedCallGiveUp" => {
            store.change(&uniqueid, |leg| leg.parked.take().is_some());
            if let Some(retriever) = store.uniqueid_of(&get(frame, "From")).filter(|_| name == b"UnParkedCall") {
                store.merge(&uniqueid, &retriever);
            }
        }
        b"Pickup" => {
            let (channel, target) = (get(frame, "Channel"), get(frame, "TargetChannel"));
            if let (Some(one), Some(other)) = (store.uniqueid_of(&channel), store.uniqueid_of(&target)) {
                store.merge(&one, &other);
            }
        }
        b"ConfbridgeJoin" | b"MeetmeJoin" | b"ConfbridgeLeave" | b"MeetmeLeave" => {
            let room = get(frame, if frame.get_bytes("Conference").is_some() { "Conference" } else { "Meetme" });
            let room = name.ends_with(b"Join").then(|| room.into());
            store.change(&uniqueid, |leg| put(&mut leg.conference, room));
        }
        _ => {}
    }
}

fn renamed(store: &mut Store, masquerade: &mut Option<Masquerade>, uniqueid: &str, new: &str) {
    store.rename(uniqueid, new);
    let wanted = |under_way: &mut Masquerade| &*under_way.original == uniqueid && *under_way.name == *new;
    if let Some(Masquerade { clone, original, .. }) = masquerade.take_if(wanted) {
        store.swap_parties(&clone, &original);
        store.merge(&clone, &original);
    }
    if new.ends_with("<ZOMBIE>") {
        store.change(uniqueid, |leg| !std::mem::replace(&mut leg.hidden, true));
    }
}

fn dialed(store: &mut Store, frame: &Frame) {
    let caller = get(frame, "UniqueID");
    if get(frame, "SubEvent") == "Begin" {
        let dest = get(frame, "DestUniqueID");
        store.merge(&caller, &dest);
        store.change(&dest, |leg| leg.answered.is_none() && !std::mem::replace(&mut leg.dialed, true));
        store.change_call(&dest, |call| std::mem::take(&mut call.transferring));
    }
    // its End comes when the call is over, and says nothing of a leg that is still there
}

fn bridged(store: &mut Store, name: &[u8], frame: &Frame) {
    let (one, other) = (get(frame, "Uniqueid1"), get(frame, "Uniqueid2"));
    if name == b"Unlink" || get(frame, "Bridgestate") == "Unlink" {
        for (leg, partner) in [(&one, &other), (&other, &one)] {
            store.change(leg, |leg| leg.bridge.take_if(|bridge| **bridge == **partner).is_some());
        }
        return;
    }
    store.merge(&one, &other);
    for (leg, partner) in [(&one, &other), (&other, &one)] {
        store.change(leg, |leg| put(&mut leg.bridge, Some(partner.as_ref().into())) | std::mem::take(&mut leg.dialed));
    }
    store.change_call(&one, |call| std::mem::take(&mut call.transferring));
}

/// Sets all right by the list of channels, which tells who is bridged with whom.
pub(super) fn resync(store: &mut Store, items: &[Frame]) {
    let mut listed = HashSet::new();
    for frame in items {
        let (uniqueid, channel) = (get(frame, "UniqueID"), get(frame, "Channel"));
        if uniqueid.is_empty() {
            continue;
        }
        add(store, &uniqueid, &channel);
        if store.leg(&uniqueid).is_some_and(|leg| *leg.channel != *channel) {
            store.rename(&uniqueid, &channel);
        }
        update(store, &uniqueid, frame);
        let partner: Box<str> = get(frame, "BridgedUniqueID").into();
        store.change(&uniqueid, |leg| put(&mut leg.bridge, (!partner.is_empty()).then_some(partner)));
        listed.insert(uniqueid.into_owned());
    }
    for uniqueid in &listed {
        if let Some(partner) = store.leg(uniqueid).and_then(|leg| leg.bridge.clone()) {
            store.merge(uniqueid, &partner);
        }
    }
    for uniqueid in store.uniqueids() {
        if !listed.contains(&*uniqueid) {
            store.remove(&uniqueid, None, "");
        }
    }
}
