//! The protocol's state machine, without I/O and without a clock: what a client crate writes.

use crate::error::{Error, Lost, Refusal};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Names one request for as long as it is pending.
///
/// The number counts up from 1 over the life of a link and is never used twice, also not after a reconnect: most protocols
/// can send it as their correlation id as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(u64);

impl Slot {
    /// The slot with this number: for a reply that carries the number back. A number that is not pending is harmless.
    #[must_use]
    pub const fn from_id(id: u64) -> Self {
        Self(id)
    }

    /// The number, at least 1.
    #[must_use]
    pub const fn id(self) -> u64 {
        self.0
    }
}

/// One protocol's state machine: login, correlation, multi-part replies, subscriptions.
///
/// The driver calls it with frames and the time; it answers through [`Actions`]. It does no I/O and reads no clock, so that a
/// test can hold it against recorded bytes, frame by frame. It lives as long as the link: what a connection knows is reset in
/// [`lost`](Session::lost), what the user asked for (subscriptions, filters) stays and is sent again in
/// [`opened`](Session::opened). State that mirrors the server is kept here too, before the fan-out, so that it is complete
/// whatever the subscribers do.
#[expect(unused_variables, reason = "a protocol that does not need a call leaves it as it is")]
pub trait Session: Sized + Send + 'static {
    /// What the wire delivers: a frame, a WebSocket message, a datagram.
    type In: Send + 'static;
    /// What the wire takes.
    type Out: Send + 'static;
    /// What a caller asks.
    type Request: Send + 'static;
    /// What the caller gets. A rejection by the server is a reply too: the client crate tells them apart.
    type Reply: Send + 'static;
    /// What subscribers get. Cheap to clone: it is cloned once per subscriber.
    type Event: Clone + Send + 'static;
    /// A question of the server's that must be answered; [`Infallible`](std::convert::Infallible) where there is none.
    type Question: Send + 'static;
    /// The answer to a question.
    type Answer: Send + 'static;

    /// A connection stands. Say what the protocol says first; call [`Actions::ready`] once requests may be sent.
    fn opened(&mut self, actions: &mut Actions<Self>);

    /// A frame came.
    fn handle(&mut self, input: Self::In, actions: &mut Actions<Self>);

    /// Send a request. Called only between ready and lost, and never with more in flight than the configured limit.
    fn submit(&mut self, slot: Slot, request: Self::Request, actions: &mut Actions<Self>);

    /// The deadline of a request passed (its caller has been told), or it was taken back before it was written (`sent` is
    /// false). Forget it; where replies carry no id, a sent one must end the connection by [`Actions::disconnect`], since no
    /// later reply could be trusted.
    fn expired(&mut self, slot: Slot, sent: bool, actions: &mut Actions<Self>) {}

    /// Answer a question that was put by [`Actions::ask`]; `None`: nobody did in time, give the protocol's default.
    fn answer(&mut self, token: u64, answer: Option<Self::Answer>, actions: &mut Actions<Self>) {}

    /// Nothing was heard for a while: send the protocol's own ping. Any frame that comes counts as the answer.
    fn ping(&mut self, actions: &mut Actions<Self>) {}

    /// The link is being closed: send the protocol's farewell, if it has one.
    fn goodbye(&mut self, actions: &mut Actions<Self>) {}

    /// The connection is gone; every pending request has been told.
    fn lost(&mut self);

    /// When [`handle_timeout`](Session::handle_timeout) wants to be called; asked after every other call.
    fn timeout(&self) -> Option<Instant> {
        None
    }

    /// The time of [`timeout`](Session::timeout) has come.
    fn handle_timeout(&mut self, actions: &mut Actions<Self>) {}

    /// The name of a request, for spans and logs. Never a value that the user passed.
    fn name(request: &Self::Request) -> Cow<'static, str> {
        let _ = request;
        Cow::Borrowed("request")
    }

    /// A received frame as the wire tap shows it, secrets replaced by `[redacted]`.
    fn show_in(&self, input: &Self::In) -> Vec<u8>;

    /// A frame to be sent as the wire tap shows it, secrets replaced by `[redacted]`.
    fn show_out(&self, output: &Self::Out) -> Vec<u8>;
}

/// How a session wants its connection to end.
#[derive(Debug, Clone)]
pub enum End {
    /// Try again after a delay.
    Lost(Lost),
    /// The server will not have us: no further attempt.
    Refused(Refusal),
}

/// What a session wants done: filled during one call of the session, carried out by the driver after it.
///
/// Events reach the subscribers before replies reach their callers, so that whoever awaits a reply finds the events that came
/// before it already in its stream.
pub struct Actions<S: Session> {
    pub(crate) now: Instant,
    pub(crate) sends: VecDeque<(Option<Slot>, S::Out)>,
    pub(crate) replies: Vec<(Slot, Result<S::Reply, Error>)>,
    pub(crate) events: Vec<S::Event>,
    pub(crate) questions: Vec<(u64, S::Question, Duration)>,
    pub(crate) ready: bool,
    pub(crate) end: Option<End>,
}

impl<S: Session> Actions<S> {
    /// An empty set at this time: for tests of a session without a driver.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            now,
            sends: VecDeque::new(),
            replies: Vec::new(),
            events: Vec::new(),
            questions: Vec::new(),
            ready: false,
            end: None,
        }
    }

    /// The time of this call.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Sends something that belongs to no request.
    pub fn send(&mut self, output: S::Out) {
        self.sends.push_back((None, output));
    }

    /// Sends a request's bytes; whether they reached the socket decides the `sent` of its errors.
    pub fn send_request(&mut self, slot: Slot, output: S::Out) {
        self.sends.push_back((Some(slot), output));
    }

    /// Completes a request.
    pub fn reply(&mut self, slot: Slot, reply: S::Reply) {
        self.replies.push((slot, Ok(reply)));
    }

    /// Ends a request with an error of the link's.
    pub fn fail(&mut self, slot: Slot, error: Error) {
        self.replies.push((slot, Err(error)));
    }

    /// Hands an event to the subscribers.
    pub fn event(&mut self, event: S::Event) {
        self.events.push(event);
    }

    /// Hands a question to whoever answers; [`Session::answer`] follows exactly once, with `None` if nobody answers within
    /// this time or nobody is there.
    pub fn ask(&mut self, token: u64, question: S::Question, within: Duration) {
        self.questions.push((token, question, within));
    }

    /// The login is done: requests may come.
    pub fn ready(&mut self) {
        self.ready = true;
    }

    /// Gives the connection up; the link connects anew.
    pub fn disconnect(&mut self, why: Lost) {
        self.end.get_or_insert(End::Lost(why));
    }

    /// The server refuses us (wrong password, unsupported version): every request ends with this, and there is no retry.
    pub fn refuse(&mut self, why: Refusal) {
        self.end.get_or_insert(End::Refused(why));
    }

    /// Takes what is to be sent: for tests of a session without a driver.
    pub fn take_sends(&mut self) -> Vec<(Option<Slot>, S::Out)> {
        std::mem::take(&mut self.sends).into()
    }

    /// Takes the replies: for tests of a session without a driver.
    pub fn take_replies(&mut self) -> Vec<(Slot, Result<S::Reply, Error>)> {
        std::mem::take(&mut self.replies)
    }

    /// Takes the events: for tests of a session without a driver.
    pub fn take_events(&mut self) -> Vec<S::Event> {
        std::mem::take(&mut self.events)
    }

    /// Takes the sign that the login is done: for tests of a session without a driver.
    pub fn take_ready(&mut self) -> bool {
        std::mem::take(&mut self.ready)
    }

    /// Takes how the session wants to end: for tests of a session without a driver.
    pub fn take_end(&mut self) -> Option<End> {
        self.end.take()
    }
}
