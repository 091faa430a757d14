//! The actions that the server has not answered whole.

use crate::catalogue;
use crate::event::Event;
use crate::frame::Frame;
use crate::reply::Reply;
use ifbus_link::Slot;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc;

/// Whose action it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Caller(Slot),
    /// Its caller has gone: the answer is taken and thrown away.
    Nobody,
    Challenge,
    Login,
    Filter,
    /// The last of the login: what is answered, comes behind all before it.
    Fence,
    /// The list of channels, for the calls.
    Channels,
    /// A ping behind an action that may have no answer.
    Behind(u64),
    KeepAlive,
}

/// Where the items of a list go that is read as a stream.
#[derive(Debug)]
pub(crate) struct ItemSink {
    pub(crate) items: mpsc::UnboundedSender<Event>,
    /// Bytes that wait for the reader.
    pub(crate) waiting: Arc<AtomicUsize>,
}

/// How many messages the answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Response,
    /// The list has begun.
    Items,
    /// `Originate`: the outcome comes as an event.
    Outcome,
}

pub(super) struct Entry {
    pub(super) owner: Owner,
    /// What is remembered if the server accepts: a mask, a filter.
    pub(super) on_success: Option<Box<super::Standing>>,
    stage: Stage,
    list: Option<&'static (&'static str, &'static str, &'static [&'static str])>,
    /// Its list is the action's own: `Hangup` by pattern is none in Asterisk 1.8 to 11.
    listed_unmarked: bool,
    outcome: bool,
    silent: bool,
    /// Boxed: most answers are one message.
    gathered: Option<Box<Gathered>>,
}

/// What has come so far of an answer of several messages.
#[derive(Default)]
struct Gathered {
    response: Option<Frame>,
    items: Vec<Frame>,
    /// Of the items.
    bytes: usize,
    over: bool,
    sink: Option<ItemSink>,
}

impl Gathered {
    fn keep(&mut self, frame: Frame, limit: usize) {
        if self.over {
            return;
        }
        let size = frame.bytes().len() + 64;
        let waiting = match &self.sink {
            Some(sink) => sink.waiting.fetch_add(size, Ordering::AcqRel) + size,
            None => {
                self.bytes += size;
                self.bytes
            }
        };
        match &self.sink {
            _ if waiting > limit => self.give_up(),
            Some(sink) => {
                let _ = sink.items.send(Event::new(frame));
            }
            None => self.items.push(frame),
        }
    }

    fn give_up(&mut self) {
        self.over = true;
        self.items = Vec::new();
        self.sink = None;
    }
}

/// The list that an action is answered by. They are sorted by the length of the name, which most differ in, then by its
/// letters whatever their case.
fn list_of(name: &str) -> Option<&'static (&'static str, &'static str, &'static [&'static str])> {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    let letters = |action: &str| action.bytes().map(lower).cmp(name.bytes().map(lower));
    let order = |action: &str| action.len().cmp(&name.len()).then_with(|| letters(action));
    catalogue::LISTS.get(catalogue::LISTS.binary_search_by(|(action, ..)| order(action)).ok()?)
}

impl Entry {
    pub(super) fn new(owner: Owner, name: &str) -> Self {
        let list = list_of(name);
        let silent = catalogue::SILENT.iter().any(|action| action.eq_ignore_ascii_case(name));
        Self {
            owner,
            on_success: None,
            stage: Stage::Response,
            list,
            listed_unmarked: list.is_some() && !name.eq_ignore_ascii_case("Hangup"),
            outcome: false,
            silent,
            gathered: None,
        }
    }

    pub(super) fn with_outcome(mut self, outcome: bool) -> Self {
        self.outcome = outcome;
        self
    }

    pub(super) fn with_sink(mut self, sink: Option<Box<ItemSink>>) -> Self {
        if let Some(sink) = sink {
            self.gathered().sink = Some(*sink);
        }
        self
    }

    fn gathered(&mut self) -> &mut Gathered {
        self.gathered.get_or_insert_default()
    }

    pub(super) fn is_silent(&self) -> bool {
        self.silent
    }

    fn keep(&mut self, frame: Frame, limit: usize) {
        if self.owner != Owner::Nobody {
            self.gathered().keep(frame, limit);
        }
    }

    fn reply(self, last: Last, limit: usize) -> Reply {
        let (response, end) = match last {
            Last::Response(frame) if self.gathered.is_none() => return Reply::alone(frame),
            Last::Response(frame) => (Some(frame), None),
            Last::Event(frame) => (None, Some(frame)),
            Last::Nothing => (None, None),
        };
        let gathered = self.gathered.map(|gathered| *gathered);
        let (before, items, over) =
            gathered.map_or((None, Vec::new(), false), |all| (all.response, all.items, all.over));
        let response = response.or(before).unwrap_or_else(|| Frame::parse(bytes::Bytes::new()));
        Reply::new(response, items, end, over.then_some(limit))
    }
}

/// What a message was to the pending actions.
pub(super) enum Taken {
    /// Nothing: hand it on.
    No(Frame),
    /// A part of an answer.
    Part,
    /// The last of an answer, to be given to [`Pending::finish`].
    Done(u64, Last),
}

/// What an answer ends with.
pub(super) enum Last {
    /// It is one message, or a list was refused.
    Response(Frame),
    /// The event that ends a list, or tells the outcome.
    Event(Frame),
    Nothing,
}

/// What is left of an entry once its reply is made.
pub(super) struct Answered {
    pub(super) owner: Owner,
    pub(super) on_success: Option<Box<super::Standing>>,
}

/// Abandoned actions that are remembered for the sake of late answers.
const ABANDONED: usize = 1024;

#[derive(Default)]
pub(super) struct Pending {
    entries: FxHashMap<u64, Entry>,
    /// The identifiers of those without a response yet, in the order in which they were sent.
    order: VecDeque<u64>,
    abandoned: VecDeque<u64>,
    /// The largest list.
    limit: usize,
    /// Asterisk 1.8 to 11: lists are not marked.
    pub(super) legacy: bool,
}

/// Events that carry the identifier of an action and are none of its items, whatever they claim.
fn is_broadcast(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"UserEvent")
        || name.eq_ignore_ascii_case(b"OriginateResponse")
        || name.eq_ignore_ascii_case(b"SIPQualifyPeerDone")
}

impl Pending {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    pub(super) fn insert(&mut self, id: u64, entry: Entry) {
        self.order.push_back(id);
        self.entries.insert(id, entry);
    }

    /// Nothing waits for an answer.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.order.clear();
        self.abandoned.clear();
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.entries.remove(&id);
        self.order.retain(|waiting| *waiting != id);
    }

    /// Nobody waits any more, but the answer may come.
    pub(super) fn abandon(&mut self, id: u64) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.owner = Owner::Nobody;
            if let Some(gathered) = &mut entry.gathered {
                gathered.items = Vec::new();
                gathered.sink = None;
            }
            self.abandoned.push_back(id);
            while self.abandoned.len() > ABANDONED {
                if let Some(oldest) = self.abandoned.pop_front() {
                    self.remove(oldest);
                }
            }
        }
    }

    /// An answer that is whole.
    pub(super) fn finish(&mut self, id: u64, last: Last) -> Option<(Answered, Reply)> {
        let mut entry = self.entries.remove(&id)?;
        if entry.owner == Owner::Nobody {
            self.abandoned.retain(|other| *other != id);
        }
        let of = Answered { owner: entry.owner, on_success: entry.on_success.take() };
        Some((of, entry.reply(last, self.limit)))
    }

    /// The identifier that a message answers: its own, or else the oldest that waits. `known`: the message has an identifier
    /// of ours.
    pub(super) fn answers(&self, known: Option<u64>) -> Option<u64> {
        known.or_else(|| self.order.front().copied())
    }

    /// A message that begins with `Response:`; `success`: that is its word.
    pub(super) fn response(&mut self, id: u64, success: bool, frame: Frame) -> Taken {
        if self.order.front() == Some(&id) {
            self.order.pop_front();
        } else {
            self.order.retain(|waiting| *waiting != id);
        }
        let legacy = self.legacy;
        let Some(entry) = self.entries.get_mut(&id) else { return Taken::Part };
        if entry.stage != Stage::Response {
            return Taken::Part; // ModuleLoad answers three times
        }
        let marked = success && frame.get_bytes("EventList").is_some_and(|mark| mark.eq_ignore_ascii_case(b"start"));
        entry.stage = match () {
            () if marked || (success && legacy && entry.listed_unmarked) => Stage::Items,
            () if success && entry.outcome => Stage::Outcome,
            () => return Taken::Done(id, Last::Response(frame)),
        };
        entry.gathered().response = Some(frame);
        Taken::Part
    }

    /// An event. `id` is the identifier of ours that it has.
    pub(super) fn event(&mut self, id: Option<u64>, frame: Frame) -> Taken {
        let Some(id) = id else {
            // Parkinglots of Asterisk 11: its items have no identifier
            if self.legacy && frame.event_name() == b"Parkinglot" {
                let open = |entry: &&mut Entry| {
                    entry.stage == Stage::Items && entry.list.is_some_and(|(action, _, _)| *action == "Parkinglots")
                };
                if let Some(entry) = self.entries.values_mut().find(open) {
                    entry.keep(frame, self.limit);
                    return Taken::Part;
                }
            }
            return Taken::No(frame);
        };
        let Some(entry) = self.entries.get_mut(&id) else { return Taken::No(frame) };
        let name = frame.event_name();
        match entry.stage {
            Stage::Outcome if name == b"OriginateResponse" => {
                // it is an event for everyone, too
                Taken::Done(id, Last::Event(frame))
            }
            Stage::Items if !is_broadcast(name) => {
                let marked = frame.get_bytes("EventList").is_some_and(|mark| !mark.eq_ignore_ascii_case(b"start"));
                // nobody else knows our identifiers before the answer is whole; the mark serves where a name is new
                let named = entry.list.is_some_and(|(_, end, _)| name.eq_ignore_ascii_case(end.as_bytes()));
                let ends = named || marked;
                if ends {
                    return Taken::Done(id, Last::Event(frame));
                }
                entry.keep(frame, self.limit);
                Taken::Part
            }
            _ => Taken::No(frame),
        }
    }

    /// A message that is neither: the text of an action of Asterisk 1.8 to 11 that answers so.
    pub(super) fn text(&mut self, frame: Frame) -> Taken {
        match self.order.front().and_then(|id| self.entries.get_mut(id)).filter(|entry| entry.silent) {
            Some(entry) => {
                entry.keep(frame, self.limit);
                Taken::Part
            }
            None => Taken::No(frame),
        }
    }

    /// What was sent behind this has been answered: no more comes of it.
    pub(super) fn passed(&mut self, id: u64) -> Taken {
        self.order.retain(|waiting| *waiting != id);
        Taken::Done(id, Last::Nothing)
    }

    /// The answer is over the limit of a message.
    pub(super) fn too_large(&mut self, id: u64, response: bool) -> Taken {
        let Some(entry) = self.entries.get_mut(&id) else { return Taken::Part };
        entry.gathered().give_up();
        if response {
            return self.passed(id);
        }
        Taken::Part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_found_whatever_its_case() {
        for list in &catalogue::LISTS {
            assert_eq!(list_of(list.0), Some(list));
            assert_eq!(list_of(&list.0.to_ascii_uppercase()), Some(list));
            assert_eq!(list_of(&list.0.to_ascii_lowercase()), Some(list));
        }
        for none in ["", "Ping", "Statu", "Statuses", "Zzz"] {
            assert_eq!(list_of(none), None);
        }
    }
}
