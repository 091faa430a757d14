//! The one task that owns a link's wire: it reads, writes, keeps time, reconnects and hands everything out.
//!
//! It is a hand-written poll loop: in each turn it reads once, takes what callers sent, writes what came of both, and repeats as
//! long as it makes progress. Reading never waits for writing nor for a subscriber, and writing never waits for reading, so
//! that two full socket buffers cannot stop both sides.

use crate::call::Call;
use crate::config::{LinkConfig, deadline};
use crate::error::{Attempt, ConnectError, Error, Lost};
use crate::link::Shared;
use crate::pending::{Entry, Pending, Reply};
use crate::session::{Actions, End, Session, Slot};
use crate::state::ConnectionState;
use crate::tap::{Direction, TapFrame};
use crate::wire::{Open, Wire};
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, Sleep, sleep_until, timeout, timeout_at};
use tracing::Span;

/// What the handles send.
pub(crate) enum Command<S: Session> {
    Request(Asked<S>),
    Close,
}

/// A request that the session does not have yet; it has a place among the pending.
pub(crate) struct Asked<S: Session> {
    pub(crate) request: S::Request,
    pub(crate) reply: Reply<S>,
    pub(crate) within: Duration,
    /// Of `within`, when it was sent to the driver.
    pub(crate) left: Duration,
    /// It gets the request's number.
    pub(crate) span: Option<Box<Span>>,
}

/// Commands taken in one turn.
const BATCH: usize = 256;
/// A timer that is armed for nothing.
const NEVER: Duration = Duration::from_secs(86_400);

/// Why a connection is over; `None`: the owner closed, or dropped the last handle.
type Over = Option<End>;

fn lost(why: Lost) -> Over {
    Some(End::Lost(why))
}

pub(crate) struct Driver<S: Session, O> {
    session: S,
    opener: O,
    shared: Arc<Shared<S>>,
    commands: mpsc::UnboundedReceiver<Command<S>>,
    state: watch::Sender<ConnectionState>,
    answers: mpsc::UnboundedReceiver<(u64, Option<S::Answer>)>,
    lane: mpsc::UnboundedSender<(u64, Option<S::Answer>)>,
    /// Questions not yet answered: their tokens and deadlines, by a number of our own, since the server may use a token again
    /// while the handler of the question before still has it.
    questions: HashMap<u64, (u64, Instant)>,
    next_question: u64,
    /// Not yet given to the session, each with its deadline.
    queue: VecDeque<(Instant, Asked<S>)>,
    pending: Pending<S>,
    /// Places that the requests in both took and have not been given back.
    held: usize,
    next_slot: u64,
    actions: Actions<S>,
    inbox: Vec<S::In>,
    batch: Vec<Command<S>>,
    timer: Pin<Box<Sleep>>,
    armed: Instant,
    /// No deadline of a request or a question is earlier than this.
    soonest: Option<Instant>,
    ready: bool,
    connections: u64,
    /// When the connection before this one was lost.
    lost_at: Option<Instant>,
    /// Why there is no connection, once an attempt has failed.
    trouble: Option<Arc<Error>>,
    /// The subscribers have not been told of it.
    gap: bool,
    heard: Instant,
    /// A ping is out since then.
    asked: Option<Instant>,
    login_by: Instant,
    /// Bytes that the server's frames and questions have made us queue since the buffer was last empty.
    unasked: u64,
}

/// However the task ends (a session that panics, a runtime that is shut down), nobody waits for it.
impl<S: Session, O> Drop for Driver<S, O> {
    fn drop(&mut self) {
        let error = self.trouble.take().unwrap_or_else(|| Arc::new(Error::Ended));
        self.state.send_replace(ConnectionState::Closed { error: Error::clone(&error) });
        self.commands.close();
        self.shared.places.close();
        self.shared.fanout.close();
        *self.shared.desk.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl<S: Session, O: Open<Wire: Wire<In = S::In, Out = S::Out>>> Driver<S, O> {
    pub(crate) fn new(
        session: S,
        opener: O,
        shared: Arc<Shared<S>>,
        commands: mpsc::UnboundedReceiver<Command<S>>,
        state: watch::Sender<ConnectionState>,
    ) -> Self {
        let now = Instant::now();
        let (lane, answers) = mpsc::unbounded_channel();
        Self {
            session,
            opener,
            shared,
            commands,
            state,
            answers,
            lane,
            questions: HashMap::new(),
            next_question: 1,
            queue: VecDeque::new(),
            pending: Pending::default(),
            held: 0,
            next_slot: 1,
            actions: Actions::new(now),
            inbox: Vec::new(),
            batch: Vec::with_capacity(BATCH),
            timer: Box::pin(sleep_until(now + NEVER)),
            armed: now + NEVER,
            soonest: None,
            ready: false,
            connections: 0,
            lost_at: None,
            trouble: None,
            gap: false,
            heard: now,
            asked: None,
            login_by: now,
            unasked: 0,
        }
    }

    /// Runs until the link is over. `first_decides`: no second attempt before the first login.
    pub(crate) async fn run(mut self, first_decides: bool) {
        self.trouble = Some(Arc::new(self.live(first_decides).await));
        // who waits, or slips in while we end, hears the same: every reply's sender is dropped with the driver
    }

    async fn live(&mut self, first_decides: bool) -> Error {
        let shared = Arc::clone(&self.shared);
        let LinkConfig { protocol, server, .. } = &shared.config;
        let mut delays = self.shared.config.reconnect.delays();
        let mut attempt = 1;
        loop {
            self.state.send_replace(ConnectionState::Connecting { attempt });
            let error = match self.open().await {
                None => return Error::Closed,
                Some(Err(error)) => Error::from(error),
                Some(Ok(mut wire)) => {
                    let since = Instant::now();
                    match self.serve(&mut wire).await {
                        None => {
                            self.part(wire).await;
                            return Error::Closed;
                        }
                        Some(End::Refused(mut refusal)) => {
                            refusal.server = Arc::clone(server);
                            tracing::warn!(%refusal, "not trying again");
                            self.fail_pending(&wire, &Lost::protocol(refusal.to_string()));
                            return Error::Refused(Arc::new(refusal));
                        }
                        Some(End::Lost(why)) => {
                            self.fail_pending(&wire, &why);
                            if self.connections > 0 {
                                self.lost_at.get_or_insert_with(Instant::now);
                                self.gap = true;
                            }
                            self.session.lost();
                            if std::mem::take(&mut self.ready) {
                                tracing::info!(protocol, %server, %why, "connection lost");
                                if since.elapsed() >= self.shared.config.reconnect.stable_after {
                                    delays = self.shared.config.reconnect.delays();
                                }
                                attempt = 0;
                                Error::ConnectionLost { sent: false, why }
                            } else {
                                Error::Login { server: Arc::clone(server), why }
                            }
                        }
                    }
                }
            };
            let never_stood = self.connections == 0 && first_decides;
            if never_stood || !self.opener.can_reopen() {
                return error;
            }
            let Some(delay) = delays.next() else { return error };
            tracing::info!(protocol, %server, %error, ?delay, attempt, "waiting to reconnect");
            self.trouble = Some(Arc::new(error.clone()));
            self.state.send_replace(ConnectionState::Waiting { attempt, delay, error });
            if self.offline(tokio::time::sleep(delay)).await.is_none() {
                return Error::Closed;
            }
            attempt += 1;
        }
    }

    /// One attempt to connect. `None`: closed meanwhile.
    async fn open(&mut self) -> Option<Result<O::Wire, ConnectError>> {
        let started = Instant::now();
        // the opener keeps the limit itself, and knows which address it was at; this is the backstop
        let limit = self.shared.config.connect_timeout + Duration::from_secs(1);
        let attempt = timeout(limit, self.opener.open());
        let server = self.shared.config.server.to_string();
        let silent = || ConnectError::new(server, vec![Attempt::new(None, "no answer")], started.elapsed());
        Some(self.offline(attempt).await?.unwrap_or_else(|_| Err(silent())))
    }

    /// Waits for something while there is no connection, and keeps the deadlines of those who wait too. `None`: closed meanwhile.
    async fn offline<T>(&mut self, wanted: impl Future<Output = T>) -> Option<T> {
        let mut wanted = pin!(wanted);
        poll_fn(|cx| {
            if let Poll::Ready(done) = wanted.as_mut().poll(cx) {
                return Poll::Ready(Some(done));
            }
            self.poll_offline(cx).map(|()| None)
        })
        .await
    }

    /// Ready: closed.
    fn poll_offline(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match self.poll_commands(cx) {
                Poll::Ready(true) => return Poll::Ready(()),
                Poll::Ready(false) => {}
                Poll::Pending => {
                    self.give_back_places();
                    let now = ready!(self.poll_timer(cx, self.soonest));
                    self.expire_queue(now);
                    self.find_soonest();
                }
            }
        }
    }

    /// Takes what the handles sent. Ready(true): closing.
    fn poll_commands(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        if ready!(self.commands.poll_recv_many(cx, &mut self.batch, BATCH)) == 0 {
            return Poll::Ready(true);
        }
        let now = self.look_at_the_clock();
        let mut closing = false;
        for command in self.batch.drain(..) {
            match command {
                Command::Close => closing = true,
                Command::Request(asked) => {
                    let deadline = deadline(now, asked.left);
                    self.soonest = Some(self.soonest.map_or(deadline, |soonest| soonest.min(deadline)));
                    self.queue.push_back((deadline, asked));
                    self.held += 1;
                }
            }
        }
        Poll::Ready(closing)
    }

    /// Gives the places of all requests that have gone back together: each giving back takes a lock.
    fn give_back_places(&mut self) {
        let held = self.queue.len() + self.pending.entries.len();
        self.shared.places.add_permits(self.held - held);
        self.held = held;
    }

    /// Reading the clock is not free: it is read when something has happened, and then once for all of it.
    fn look_at_the_clock(&mut self) -> Instant {
        self.actions.now = Instant::now();
        self.actions.now
    }

    /// Lives with one connection.
    async fn serve(&mut self, wire: &mut O::Wire) -> Over {
        let now = Instant::now();
        (self.heard, self.asked, self.unasked, self.login_by) = (now, None, 0, now + self.shared.config.login_timeout);
        self.actions = Actions::new(now);
        self.session.opened(&mut self.actions);
        if let Err(over) = self.carry_out(wire) {
            return over;
        }
        let over = poll_fn(|cx| self.turns(cx, wire).map_or_else(Poll::Ready, |()| Poll::Pending)).await;
        // what the session or the wire had to say last (the answer to a close) goes if it can go at once
        self.pending.retract_abandoned(wire);
        poll_fn(|cx| Poll::Ready(wire.poll_flush(cx).is_ready())).await;
        over
    }

    /// Turns until nothing moves any more; every exit by `Ok` leaves all wakers in place.
    fn turns(&mut self, cx: &mut Context<'_>, wire: &mut O::Wire) -> Result<(), Over> {
        // what had nothing to read wakes us when it has: until then it is not asked again
        let mut silent = false;
        loop {
            let (before, asked) = (wire.queued(), self.next_question);
            // a subscriber that keeps up is let run before its queue overflows; one that does not is not waited for
            let crowded = self.shared.fanout.crowded(cx.waker());
            let mut progress = crowded.is_none() && !silent && self.read(cx, wire)?;
            silent = crowded.is_none() && !progress;
            match self.poll_commands(cx) {
                Poll::Ready(true) => {
                    if self.ready {
                        self.session.goodbye(&mut self.actions);
                        // an end that the session names now changes nothing
                        let _ = self.carry_out(wire);
                    }
                    return Err(None);
                }
                Poll::Ready(false) => progress = true,
                Poll::Pending => {}
            }
            while !self.questions.is_empty()
                && let Poll::Ready(Some((number, answer))) = self.answers.poll_recv(cx)
            {
                if let Some((token, _)) = self.questions.remove(&number) {
                    self.look_at_the_clock();
                    self.session.answer(token, answer, &mut self.actions);
                    self.carry_out(wire)?;
                }
            }
            self.unasked += wire.queued() - before;
            if self.unasked.min(wire.queued() - wire.written()) > self.shared.config.backlog {
                return Err(lost(Lost::protocol("the server asks on and on, and does not read the answers")));
            }
            // whoever left before a byte of theirs was written is taken back before the next write
            self.retract(wire)?;
            self.submit(wire)?;
            self.give_back_places();
            match wire.poll_flush(cx) {
                Poll::Ready(Err(why)) => {
                    // the server may have said why before it closed
                    self.read(cx, wire)?;
                    return Err(lost(why));
                }
                Poll::Ready(Ok(())) => {
                    self.pending.all_written();
                    self.unasked = 0;
                    if self.ready && !self.queue.is_empty() && self.pending.entries.len() < self.shared.config.in_flight
                    {
                        // a request that waited for room in the buffer goes now
                        self.look_at_the_clock();
                        progress = true;
                    }
                }
                Poll::Pending => {}
            }
            // the answer to a question put after the answers were looked for is waited for in the next turn
            if progress || self.next_question != asked {
                continue;
            }
            let at = self.next_timeout().into_iter().chain(crowded).min();
            let Poll::Ready(now) = self.poll_timer(cx, at) else { return Ok(()) };
            self.on_time(now, wire)?;
            if crowded.is_some() {
                // however late it is: the subscriber has its turn first
                cx.waker().wake_by_ref();
                return Ok(());
            }
        }
    }

    fn read(&mut self, cx: &mut Context<'_>, wire: &mut O::Wire) -> Result<bool, Over> {
        let Poll::Ready(result) = wire.poll_recv(cx, &mut self.inbox) else { return Ok(false) };
        let now = self.look_at_the_clock();
        if result.is_ok() || !self.inbox.is_empty() {
            // a part of a message is a sign of life too
            (self.heard, self.asked) = (now, None);
        }
        let mut inbox = std::mem::take(&mut self.inbox);
        for input in inbox.drain(..) {
            self.tap(Direction::Received, |session| session.show_in(&input));
            self.session.handle(input, &mut self.actions);
            if self.actions.end.is_some() {
                break;
            }
        }
        self.inbox = inbox;
        self.carry_out(wire)?;
        result.map(|()| true).map_err(lost)
    }

    /// Gives the session what may be sent now.
    fn submit(&mut self, wire: &mut O::Wire) -> Result<(), Over> {
        if !self.ready || self.queue.is_empty() {
            return Ok(());
        }
        while self.actions.end.is_none()
            && self.pending.entries.len() < self.shared.config.in_flight
            && wire.queued() - wire.written() < self.shared.config.write_ahead
        {
            let Some((deadline, asked)) = self.queue.pop_front() else { break };
            let Asked { request, reply, within, span, .. } = asked;
            // nobody waits any more, or too long: nothing was sent
            if reply.is_closed() || deadline <= self.actions.now {
                let _ = reply.send(Err(Error::Timeout { sent: false, after: within }));
                continue;
            }
            let slot = Slot::from_id(self.next_slot);
            self.next_slot += 1;
            if let Some(span) = span {
                span.record("id", slot.id());
            }
            self.session.submit(slot, request, &mut self.actions);
            let mut entry = Entry { reply, deadline, within, mark: None };
            self.push(wire, Some((slot, &mut entry)))?;
            self.pending.entries.insert(slot, entry);
        }
        self.carry_out(wire)
    }

    /// Gives the wire what the session sends. The request that is being submitted is not among the pending yet.
    fn push(&mut self, wire: &mut O::Wire, mut submitted: Option<(Slot, &mut Entry<S>)>) -> Result<(), Over> {
        while let Some((slot, output)) = self.actions.sends.pop_front() {
            self.tap(Direction::Sent, |session| session.show_out(&output));
            let start = wire.queued();
            wire.push(output).map_err(lost)?;
            let entry = submitted.as_mut().filter(|(new, _)| Some(*new) == slot).map(|(_, entry)| &mut **entry);
            if let Some(slot) = slot {
                self.pending.pushed(slot, entry, start, wire.queued());
            }
        }
        Ok(())
    }

    /// Does what the session wants done.
    fn carry_out(&mut self, wire: &mut O::Wire) -> Result<(), Over> {
        if std::mem::take(&mut self.actions.ready) && !self.ready {
            self.now_ready();
        }
        if !self.actions.events.is_empty() {
            self.tell_gap();
            self.shared.fanout.publish(&mut self.actions.events);
        }
        if !self.actions.questions.is_empty() {
            self.put_questions();
        }
        self.push(wire, None)?;
        if !self.actions.replies.is_empty() {
            for (slot, reply) in self.actions.replies.drain(..) {
                if self.pending.entries.remove(&slot).is_none_or(|entry| entry.reply.send(reply).is_err()) {
                    self.shared.counters.late_replies.add(1);
                }
            }
        }
        self.actions.end.take().map_or(Ok(()), |end| Err(Some(end)))
    }

    /// The marker stands before the first event of the new connection, also where that comes during the login.
    fn tell_gap(&mut self) {
        if std::mem::take(&mut self.gap) {
            self.shared.fanout.reconnected(self.lost_at.map(|at| at.elapsed()).unwrap_or_default());
        }
    }

    fn now_ready(&mut self) {
        self.tell_gap();
        (self.ready, self.trouble) = (true, None);
        self.connections += 1;
        let LinkConfig { protocol, server, .. } = &self.shared.config;
        let gap = self.lost_at.take().map(|lost_at| lost_at.elapsed());
        tracing::info!(protocol, %server, ?gap, "connected");
        self.shared.counters.reconnects.add(u64::from(gap.is_some()));
        self.state.send_replace(ConnectionState::Ready { connection: self.connections });
    }

    fn put_questions(&mut self) {
        let desk = self.shared.desk.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (token, question, within) in self.actions.questions.drain(..) {
            let by = self.actions.now + within;
            let number = self.next_question;
            self.next_question += 1;
            self.questions.insert(number, (token, by));
            self.soonest = self.soonest.into_iter().chain([by]).min();
            let call = Call::new(question, number, self.lane.clone());
            // a call that finds no place is dropped, and its guard asks for the default answer
            if let Some(desk) = &desk {
                let _ = desk.try_send(call);
            }
        }
    }

    fn tap(&self, direction: Direction, show: impl FnOnce(&S) -> Vec<u8>) {
        if let Some(tap) = &self.shared.config.tap {
            tap.frame(TapFrame {
                protocol: self.shared.config.protocol,
                connection: self.connections + u64::from(!self.ready),
                direction,
                bytes: &show(&self.session),
            });
        }
    }

    /// Takes requests back whose callers have gone and of which nothing was written.
    fn retract(&mut self, wire: &mut O::Wire) -> Result<(), Over> {
        for slot in self.pending.retract_abandoned(wire) {
            self.look_at_the_clock();
            self.session.expired(slot, false, &mut self.actions);
        }
        self.carry_out(wire)
    }

    /// The earliest moment at which something may be due.
    fn next_timeout(&self) -> Option<Instant> {
        let keep_alive = self.shared.config.keep_alive.filter(|_| self.ready).map(|keep| match self.asked {
            Some(asked) => asked + keep.answer_within,
            None => self.heard + keep.idle,
        });
        let login = (!self.ready).then_some(self.login_by);
        [self.soonest, keep_alive, login, self.session.timeout()].into_iter().flatten().min()
    }

    /// Ready with the time when `at` has come, or a moment that was waited for before: whoever called looks what is due.
    fn poll_timer(&mut self, cx: &mut Context<'_>, at: Option<Instant>) -> Poll<Instant> {
        if let Some(at) = at.filter(|at| *at < self.armed) {
            self.armed = at;
            self.timer.as_mut().reset(at);
        }
        ready!(self.timer.as_mut().poll(cx));
        let now = self.look_at_the_clock();
        self.armed = now + NEVER;
        self.timer.as_mut().reset(self.armed);
        Poll::Ready(now)
    }

    fn on_time(&mut self, now: Instant, wire: &mut O::Wire) -> Result<(), Over> {
        self.expire_queue(now);
        for (slot, sent) in self.pending.expire(now, wire) {
            self.session.expired(slot, sent, &mut self.actions);
        }
        for (_, (token, _)) in self.questions.extract_if(|_, (_, by)| *by <= now) {
            self.session.answer(token, None, &mut self.actions);
        }
        self.find_soonest();
        if self.session.timeout().is_some_and(|at| at <= now) {
            self.session.handle_timeout(&mut self.actions);
        }
        if !self.ready && self.login_by <= now {
            return Err(lost(Lost::LoginTimeout(self.shared.config.login_timeout)));
        }
        if let Some(keep) = self.shared.config.keep_alive.filter(|_| self.ready) {
            match self.asked {
                Some(asked) if asked + keep.answer_within <= now => {
                    return Err(lost(Lost::Silent(keep.answer_within)));
                }
                None if self.heard + keep.idle <= now => {
                    self.asked = Some(now);
                    self.session.ping(&mut self.actions);
                }
                _ => {}
            }
        }
        self.carry_out(wire)
    }

    fn expire_queue(&mut self, now: Instant) {
        for (deadline, asked) in std::mem::take(&mut self.queue) {
            if deadline <= now {
                let after = asked.within;
                let late = Error::Timeout { sent: false, after };
                let error = self.trouble.clone().map_or(late, |why| Error::NotConnected { after, why });
                let _ = asked.reply.send(Err(error));
            } else if !asked.reply.is_closed() {
                self.queue.push_back((deadline, asked));
            }
        }
    }

    fn find_soonest(&mut self) {
        let waiting = self.queue.iter().map(|(deadline, _)| *deadline);
        self.soonest = waiting.chain(self.pending.deadlines()).chain(self.questions.values().map(|(_, by)| *by)).min();
    }

    fn fail_pending(&mut self, wire: &O::Wire, why: &Lost) {
        self.pending.fail_all(wire, why);
        self.questions.clear();
        while self.answers.try_recv().is_ok() {}
        self.inbox.clear();
        self.find_soonest();
    }

    /// Flushes and closes, within the time for that. Who is pending is told in between: only then it is known what was sent.
    async fn part(&mut self, mut wire: O::Wire) {
        let by = Instant::now() + self.shared.config.close_timeout;
        let flushed = timeout_at(by, poll_fn(|cx| wire.poll_flush(cx))).await;
        self.fail_pending(&wire, &Lost::Shutdown);
        if matches!(flushed, Ok(Ok(()))) && timeout_at(by, poll_fn(|cx| wire.poll_close(cx))).await.is_err() {
            tracing::debug!(protocol = self.shared.config.protocol, "the server did not close in time");
        }
    }
}
