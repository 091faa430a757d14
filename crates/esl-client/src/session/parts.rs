//! What goes into a session and what comes out, and what it remembers of each command.

use crate::block::Block;
use crate::cause::HangupCause;
use crate::codec::Frame;
use crate::command::Command;
use crate::event::Event;
use crate::intent::Change;
use ifbus_link::Slot;
use std::time::Duration;
use tokio::time::Instant;

/// What a caller asks.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) what: What,
    /// How long the server may take to answer the command.
    pub(crate) within: Duration,
}

#[derive(Debug)]
pub(crate) enum What {
    /// A command; its reply is the answer.
    Command(Command),
    /// `bgapi` with this Job-UUID: the answer comes as an event.
    Job(Command, String),
    /// `sendmsg` with `execute` and this Event-UUID, on this channel: the answer comes as an event.
    Execute {
        command: Command,
        uuid: String,
        channel: String,
    },
    Change(Change),
}

/// What a caller gets.
#[derive(Debug)]
pub(crate) enum Reply {
    Frame(Frame),
    /// The event that ends a job or an execution.
    Event(Event),
    /// The channel was hung up before.
    HungUp(HangupCause),
    /// The command could not be written.
    Invalid(crate::Error),
}

/// What subscribers get.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum News {
    Event(Event),
    Log(Block),
    /// The call of an outbound connection is over, and the connection lingers.
    Linger(Block),
    /// A frame that nobody waits for, or of no known kind.
    Other(Frame),
}

/// Whose an answer is.
#[derive(Debug)]
pub(super) enum Owner {
    Caller(Slot),
    Job(Slot, String),
    Execute(Slot, String, String),
    /// A step of a change: what it changes stands with its last one.
    Change(Slot, Option<Change>),
    /// The answer of its change's first step was a refusal, or its caller has gone.
    Gone,
    Auth,
    Version,
    /// What the session itself lives by.
    Own,
    Restore,
    Chore,
    Connect,
    Channels,
    Bridges,
    Ping,
}

#[derive(Debug)]
pub(super) struct Sent {
    pub(super) owner: Owner,
    /// When it counts as never to be answered, should nothing be heard meanwhile.
    pub(super) patience: Duration,
    pub(super) since: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing has been answered.
    Login,
    /// So many commands of the session's own must be answered first.
    Restoring(usize),
    Ready,
}
