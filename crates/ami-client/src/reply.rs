//! What comes of an action.

use crate::action::FromReply;
use crate::error::Error;
use crate::event::{Event, EventKind};
use crate::frame::Frame;
use std::borrow::Cow;

/// All messages that answered one action; [`FromReply`] makes something of them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The message that began with `Response:`. Empty for the few actions of Asterisk 1.8 to 11 that have none.
    pub response: Frame,
    /// Boxed: most answers have nothing more, and an answer is moved often.
    more: Option<Box<More>>,
}

/// What an answer has beside its response.
#[derive(Debug, Clone)]
struct More {
    items: Vec<Frame>,
    end: Option<Frame>,
    /// The limit that the answer was over, if it was.
    over: Option<usize>,
}

impl Reply {
    /// An answer of one message.
    pub(crate) fn alone(response: Frame) -> Self {
        Self { response, more: None }
    }

    pub(crate) fn new(response: Frame, items: Vec<Frame>, end: Option<Frame>, over: Option<usize>) -> Self {
        let alone = items.is_empty() && end.is_none() && over.is_none();
        Self { response, more: (!alone).then(|| Box::new(More { items, end, over })) }
    }

    /// The items of a list; plain text where that was the answer.
    #[must_use]
    pub fn items(&self) -> &[Frame] {
        self.more.as_ref().map_or(&[], |more| &more.items)
    }

    /// The event that ended a list, or told how an originate ended.
    #[must_use]
    pub fn end(&self) -> Option<&Frame> {
        self.more.as_ref()?.end.as_ref()
    }

    /// The response, the items and the event that ended them.
    #[must_use]
    pub fn into_list(self) -> (Frame, Vec<Frame>, Option<Frame>) {
        match self.more {
            Some(more) => (self.response, more.items, more.end),
            None => (self.response, Vec::new(), None),
        }
    }

    /// Whether the answer was over a limit, and has been dropped.
    pub(crate) fn over(&self) -> Option<usize> {
        self.more.as_ref()?.over
    }

    /// Checks that the server did not refuse.
    pub(crate) fn accepted(self, action: &str) -> Result<Self, Error> {
        if let Some(limit) = self.over() {
            return Err(Error::TooLarge { action: action.into(), limit });
        }
        if self.response.response() == b"Error" {
            let message = self.response.get("Message").unwrap_or(Cow::Borrowed("no reason given"));
            return Err(Error::rejected(action, &message));
        }
        Ok(self)
    }
}

impl FromReply for Reply {
    fn from_reply(action: &str, reply: Reply) -> Result<Self, Error> {
        reply.accepted(action)
    }
}

/// The answer to an action, as headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    frame: Frame,
    items: Vec<Event>,
}

impl Response {
    /// The text of `Message`; empty where there is none.
    #[must_use]
    pub fn message(&self) -> Cow<'_, str> {
        self.frame.get("Message").unwrap_or_default()
    }

    /// The first value of a header, whatever the case of its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.frame.get(name)
    }

    /// The whole message.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The events that belong to the answer: the channels of a hangup by pattern, the items of an action that is sent by name.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.items
    }
}

impl FromReply for Response {
    fn from_reply(action: &str, reply: Reply) -> Result<Self, Error> {
        let reply = reply.accepted(action)?;
        let items = reply.more.map_or_else(Vec::new, |more| more.items.into_iter().map(Event::new).collect());
        Ok(Self { frame: reply.response, items })
    }
}

/// A whole list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct List<T> {
    /// The items, in the server's order.
    pub items: Vec<T>,
    /// Items of another kind: `AuthDetail` among registrations, what a newer server adds.
    pub others: Vec<Event>,
    /// The event that ended the list, with its totals. `None` where the server refused with words that mean an empty list.
    pub end: Option<Event>,
    /// The answer before the list.
    pub response: Response,
}

impl<T> List<T> {
    /// The items.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl List<Event> {
    /// The items of one kind.
    pub fn of<T: EventKind>(&self) -> impl Iterator<Item = T> {
        self.items.iter().filter_map(T::pick)
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

/// Refusals that mean that there is nothing to list (seen on 11 to 22).
fn means_empty(action: &str, message: &str) -> bool {
    match action {
        "ConfbridgeList" | "ConfbridgeListRooms" => message.starts_with("No active conferences"),
        "PJSIPShowContacts" => message.starts_with("No Contacts found"),
        "PJSIPShowAors" | "PJSIPShowAuths" | "PJSIPShowEndpoints" => message.starts_with("No "),
        "PJSIPShowResourceLists" => message.starts_with("No resource lists found"),
        "MeetmeList" | "MeetmeListRooms" => message.starts_with("No active"),
        _ => false,
    }
}

impl<T: EventKind> FromReply for List<T> {
    fn from_reply(action: &str, reply: Reply) -> Result<Self, Error> {
        let refused = reply.response.get_bytes("Response") == Some(b"Error");
        let empty = refused && means_empty(action, &reply.response.get("Message").unwrap_or_default());
        let reply = if empty { reply } else { reply.accepted(action)? };
        let (response, items, end) = reply.into_list();
        let mut list = Self {
            items: Vec::with_capacity(items.len()),
            others: Vec::new(),
            end: end.map(Event::new),
            response: Response { frame: response, items: Vec::new() },
        };
        for event in items.into_iter().map(Event::new) {
            match T::pick(&event) {
                Some(item) => list.items.push(item),
                None => list.others.push(event),
            }
        }
        Ok(list)
    }
}

/// The output of a console command, in the form of before Asterisk 14 or after.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandOutput {
    /// The lines; blanks in front are kept, since tables need them.
    pub lines: Vec<String>,
    /// Whether Asterisk (14 and later) says that the command failed: it is unknown, or was mistyped. The lines say how.
    pub failed: bool,
}

impl CommandOutput {
    /// The lines as one text.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }
}

impl FromReply for CommandOutput {
    fn from_reply(action: &str, reply: Reply) -> Result<Self, Error> {
        let frame = &reply.response;
        if let Some(output) = frame.command_output() {
            let text = String::from_utf8_lossy(output);
            let text = text.strip_suffix('\n').unwrap_or(&text);
            let lines = if output.is_empty() { Vec::new() } else { text.split('\n').map(str::to_owned).collect() };
            return Ok(Self { lines, failed: false });
        }
        let lines: Vec<String> = frame.get_all("Output").map(Cow::into_owned).collect();
        let failed = frame.get_bytes("Response") == Some(b"Error");
        if (failed && lines.is_empty()) || reply.over().is_some() {
            reply.accepted(action)?; // refused: no right, or a command that AMI does not run
            return Ok(Self { lines: Vec::new(), failed });
        }
        // a command without output is one empty line
        let lines = if lines.iter().all(String::is_empty) { Vec::new() } else { lines };
        Ok(Self { lines, failed })
    }
}
