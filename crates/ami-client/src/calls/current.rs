//! Asterisk 12 and later: each event carries the whole state of its channels, and the Linkedid.

use super::store::{Store, VALUE, put};
use crate::frame::{Frame, text, value, without_end};
use crate::values::ChannelState;
use crate::verbs::dialplan::{HOLD, WAIT};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

pub(super) fn concerns(name: &[u8]) -> bool {
    matches!(
        name,
        b"Newchannel"
            | b"Newstate"
            | b"NewCallerid"
            | b"NewConnectedLine"
            | b"NewAccountCode"
            | b"HangupRequest"
            | b"SoftHangupRequest"
            | b"Hangup"
            | b"Hold"
            | b"Unhold"
            | b"Rename"
            | b"DialBegin"
            | b"DialState"
            | b"DialEnd"
            | b"BridgeEnter"
            | b"BridgeLeave"
            | b"BridgeMerge"
            | b"LocalBridge"
            | b"Pickup"
            | b"BlindTransfer"
            | b"AttendedTransfer"
            | b"ParkedCall"
            | b"UnParkedCall"
            | b"ParkedCallGiveUp"
            | b"ParkedCallTimeOut"
            | b"ParkedCallSwap"
            | b"ConfbridgeJoin"
            | b"ConfbridgeLeave"
    )
}

/// The headers of one channel in an event, found in one pass.
#[derive(Default)]
struct Snapshot<'a> {
    channel: &'a [u8],
    uniqueid: &'a [u8],
    linkedid: &'a [u8],
    state: Option<ChannelState>,
    caller: [&'a [u8]; 2],
    connected: [&'a [u8]; 2],
    account: &'a [u8],
    context: &'a [u8],
    exten: &'a [u8],
}

fn known(bytes: &[u8]) -> &[u8] {
    if bytes == b"<unknown>" { b"" } else { bytes }
}

impl<'a> Snapshot<'a> {
    fn of(frame: &'a Frame, prefix: &[u8]) -> Option<Self> {
        let mut found = Self::default();
        for line in frame.raw_lines() {
            let Some(rest) = line.strip_prefix(prefix) else { continue };
            // none of the names below begins otherwise: most other lines are passed over unread
            let (b'A' | b'C' | b'E' | b'L' | b'U') = rest.first().copied().unwrap_or_default() else { continue };
            let Some(colon) = rest.iter().position(|byte| *byte == b':') else { continue };
            let name = rest.get(..colon).unwrap_or_default();
            let value = value(without_end(rest), colon);
            let value = value.get(..VALUE).unwrap_or(value);
            match name {
                b"Channel" => found.channel = value,
                b"Uniqueid" => found.uniqueid = value,
                b"Linkedid" => found.linkedid = value,
                b"ChannelState" => {
                    let number = std::str::from_utf8(value).ok().and_then(|text| text.parse::<u32>().ok());
                    found.state = number.map(ChannelState::from);
                }
                b"CallerIDNum" => found.caller[0] = known(value),
                b"CallerIDName" => found.caller[1] = known(value),
                b"ConnectedLineNum" => found.connected[0] = known(value),
                b"ConnectedLineName" => found.connected[1] = known(value),
                b"AccountCode" => found.account = value,
                b"Context" => found.context = value,
                b"Exten" => found.exten = value,
                _ => {}
            }
        }
        (!found.uniqueid.is_empty()).then_some(found)
    }

    fn uniqueid(&self) -> Cow<'a, str> {
        text(self.uniqueid)
    }

    /// Takes over what it says of a leg that is known.
    fn update(&self, store: &mut Store) {
        let uniqueid = self.uniqueid();
        let now = store.now;
        store.change(&uniqueid, |leg| {
            let mut news = false;
            let mut set = |field: &mut Box<str>, value: &[u8], tell: bool| {
                if field.as_bytes() != value {
                    *field = text(value).into();
                    news |= tell;
                }
            };
            set(&mut leg.caller.number, self.caller[0], true);
            set(&mut leg.caller.name, self.caller[1], true);
            set(&mut leg.connected.number, self.connected[0], true);
            set(&mut leg.connected.name, self.connected[1], true);
            set(&mut leg.account, self.account, true);
            set(&mut leg.context, self.context, false);
            set(&mut leg.exten, self.exten, false);
            if let Some(state) = self.state.filter(|state| *state != leg.state) {
                leg.state = state;
                news = true;
            }
            if leg.state == ChannelState::Up && leg.answered.is_none() {
                leg.answered = Some(now);
                leg.dialed = false;
            }
            news
        });
        // names change by Rename only: a snapshot may be older than it
        store.move_leg(&uniqueid, &text(self.linkedid));
    }
}

fn update<'a>(store: &mut Store, frame: &'a Frame, prefix: &[u8]) -> Option<Cow<'a, str>> {
    let snapshot = Snapshot::of(frame, prefix)?;
    snapshot.update(store);
    Some(snapshot.uniqueid())
}

fn header(frame: &Frame, name: &str) -> Box<str> {
    let value = frame.get_bytes(name).unwrap_or_default();
    text(value.get(..VALUE).unwrap_or(value)).into()
}

pub(super) fn apply(store: &mut Store, name: &[u8], frame: &Frame) {
    match name {
        b"Newchannel" => {
            if let Some(snapshot) = Snapshot::of(frame, b"") {
                store.add(&snapshot.uniqueid(), &text(snapshot.channel), &text(snapshot.linkedid));
                snapshot.update(store);
            }
        }
        b"Hangup" => {
            if let Some(uniqueid) = frame.get("Uniqueid") {
                store.remove(&uniqueid, frame.number("Cause"), &header(frame, "Cause-txt"));
            }
        }
        b"Rename" => {
            if let (Some(uniqueid), Some(new)) = (frame.get("Uniqueid"), frame.get("Newname")) {
                store.rename(&uniqueid, new.get(..VALUE).unwrap_or(&new));
            }
        }
        b"DialBegin" | b"DialState" | b"DialEnd" => {
            update(store, frame, b"");
            if let Some(dest) = update(store, frame, b"Dest") {
                store.change(&dest, |leg| {
                    let dialed = name != b"DialEnd" && leg.answered.is_none();
                    std::mem::replace(&mut leg.dialed, dialed) != dialed
                });
                store.change_call(&dest, |call| std::mem::take(&mut call.transferring));
            }
        }
        b"BridgeEnter" => {
            if let Some(uniqueid) = update(store, frame, b"") {
                let bridge = header(frame, "BridgeUniqueid");
                // who waits in one has no partner
                let holding = frame.get_bytes("BridgeTechnology") == Some(b"holding_bridge");
                let (held, on_hold) = waits(frame.get_bytes("BridgeName").unwrap_or_default());
                store.change(&uniqueid, |leg| {
                    let entered = put(&mut leg.bridge, (!holding).then_some(bridge));
                    leg.wait(leg.waiting || held, leg.on_hold || on_hold) | entered
                });
                store.change_call(&uniqueid, |call| std::mem::take(&mut call.transferring));
            }
        }
        b"BridgeLeave" => {
            if let Some(uniqueid) = update(store, frame, b"") {
                let bridge = header(frame, "BridgeUniqueid");
                let (held, on_hold) = waits(frame.get_bytes("BridgeName").unwrap_or_default());
                store.change(&uniqueid, |leg| {
                    // it may be in another by now
                    let left = leg.bridge.as_ref() == Some(&bridge);
                    if left {
                        leg.bridge = None;
                    }
                    left | leg.wait(leg.waiting && !held, leg.on_hold && !on_hold)
                });
            }
        }
        b"BridgeMerge" => {
            let (from, to) = (header(frame, "FromBridgeUniqueid"), header(frame, "ToBridgeUniqueid"));
            for uniqueid in store.uniqueids() {
                store.change(&uniqueid, |leg| {
                    let moved = leg.bridge.as_ref() == Some(&from);
                    if moved {
                        leg.bridge = Some(to.clone());
                    }
                    moved
                });
            }
        }
        b"Hold" | b"Unhold" => {
            let held = name == b"Hold";
            flag(store, frame, |leg| std::mem::replace(&mut leg.held, held) != held);
        }
        b"HangupRequest" | b"SoftHangupRequest" => {
            flag(store, frame, |leg| !std::mem::replace(&mut leg.hanging_up, true));
        }
        b"ConfbridgeJoin" | b"ConfbridgeLeave" => {
            let conference = header(frame, "Conference");
            let joined = (name == b"ConfbridgeJoin").then_some(conference);
            flag(store, frame, |leg| put(&mut leg.conference, joined));
        }
        b"LocalBridge" => {
            update(store, frame, b"LocalOne");
            update(store, frame, b"LocalTwo");
        }
        b"BlindTransfer" | b"AttendedTransfer" => transferred(store, name, frame),
        b"ParkedCall" | b"ParkedCallSwap" => {
            if let Some(uniqueid) = update(store, frame, b"Parkee") {
                let space = header(frame, "ParkingSpace");
                store.change(&uniqueid, |leg| put(&mut leg.parked, Some(space)));
                store.change_call(&uniqueid, |call| std::mem::take(&mut call.transferring));
            }
        }
        b"UnParkedCall" | b"ParkedCallGiveUp" | b"ParkedCallTimeOut" => {
            if let Some(uniqueid) = update(store, frame, b"Parkee") {
                store.change(&uniqueid, |leg| leg.parked.take().is_some());
            }
            update(store, frame, b"Retriever");
        }
        b"Pickup" => {
            update(store, frame, b"");
            update(store, frame, b"Target");
        }
        _ => {
            update(store, frame, b"");
        }
    }
}

/// Whether a bridge of this name is where [`Client::hold`](crate::Client::hold) lets the one wait that holds, or the other.
fn waits(bridge: &[u8]) -> (bool, bool) {
    (bridge.starts_with(WAIT.as_bytes()), bridge.starts_with(HOLD.as_bytes()))
}

fn flag(store: &mut Store, frame: &Frame, change: impl FnOnce(&mut super::Leg) -> bool) {
    if let Some(uniqueid) = update(store, frame, b"") {
        store.change(&uniqueid, change);
    }
}

fn transferred(store: &mut Store, name: &[u8], frame: &Frame) {
    let who: &[&[u8]] = if name == b"BlindTransfer" {
        &[b"Transferer", b"Transferee"]
    } else {
        &[b"OrigTransferer", b"SecondTransferer", b"Transferee", b"TransferTarget"]
    };
    let success = frame.get_bytes("Result").is_none_or(|result| result == b"Success");
    let mut last = None;
    for prefix in who {
        last = update(store, frame, prefix).or(last);
    }
    let target = update(store, frame, b"Transferee").or(last);
    if let Some(uniqueid) = target.filter(|_| success) {
        store.change_call(&uniqueid, |call| {
            call.transfers += 1;
            // an attended transfer is over when it is told
            call.transferring = name == b"BlindTransfer";
            true
        });
    }
}

/// Sets all right by the list of channels.
pub(super) fn resync(store: &mut Store, items: &[Frame]) {
    let mut listed = HashSet::new();
    let mut bridges: HashMap<&[u8], usize> = HashMap::new();
    for bridge in items.iter().filter_map(|frame| frame.get_bytes("BridgeId")) {
        *bridges.entry(bridge).or_default() += 1;
    }
    for frame in items {
        let Some(snapshot) = Snapshot::of(frame, b"") else { continue };
        let uniqueid = snapshot.uniqueid();
        store.add(&uniqueid, &text(snapshot.channel), &text(snapshot.linkedid));
        if store.leg(&uniqueid).is_some_and(|leg| leg.channel.as_bytes() != snapshot.channel) {
            store.rename(&uniqueid, &text(snapshot.channel));
        }
        snapshot.update(store);
        // the application stays BridgeWait when its channel has been moved to another bridge, where it is not alone
        let alone = frame.get_bytes("BridgeId").is_some_and(|id| !id.is_empty() && bridges.get(id) == Some(&1));
        let waits_by = frame
            .get_bytes("ApplicationData")
            .filter(|_| alone && frame.get_bytes("Application") == Some(b"BridgeWait"));
        let (held, on_hold) = waits(waits_by.unwrap_or_default());
        let bridge = header(frame, "BridgeId");
        let up_for: u64 = crate::values::read::clock(frame, "Duration").map_or(0, |time| time.as_secs());
        let created = store.now.checked_sub(std::time::Duration::from_secs(up_for)).unwrap_or(store.now);
        store.change(&uniqueid, |leg| {
            leg.bridge = (!bridge.is_empty() && leg.parked.is_none() && waits_by.is_none()).then_some(bridge);
            leg.wait(held, on_hold);
            leg.created = leg.created.min(created);
            true
        });
        store.change_call(&uniqueid, |call| {
            let earlier = call.started.min(created);
            put(&mut call.started, earlier)
        });
        listed.insert(uniqueid.into_owned());
    }
    for uniqueid in store.uniqueids() {
        if !listed.contains(&*uniqueid) {
            store.remove(&uniqueid, None, "");
        }
    }
}
