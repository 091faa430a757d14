//! Calls that are being made: legs that ring together, attempts one after the other, dial strings side by side.
//!
//! As the server has it: the leg that answers first wins, and the others lose the race; when all have failed, the next attempt
//! is made; when time is up there is no other attempt (`originate_continue_on_timeout`), and the cause of the first leg of the
//! last attempt is that of the call.

use super::calls::Cause;
use super::channel::{Goal, Purpose};
use super::dial_string::{Attempts, Leg, is_true};
use super::world::World;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::oneshot;

/// What for.
#[derive(Debug)]
pub(super) enum Wish {
    /// What `originate` answers goes there, and then the channel does this.
    Originate(oneshot::Sender<String>, Goal),
    /// The `bridge` of this channel.
    Bridge(String),
}

#[derive(Debug)]
pub(super) struct Dialing {
    wish: Wish,
    caller: (String, String),
    sides: Vec<Side>,
}

/// One of the dial strings that stand side by side; mostly there is only one.
#[derive(Debug)]
struct Side {
    ahead: VecDeque<Vec<Leg>>,
    timeout: Duration,
    goes_on_after_timeout: bool,
    /// Counts the attempts.
    attempt: u32,
    /// The legs of this attempt, with the causes of those that have failed.
    legs: Vec<(String, Option<Cause>)>,
    /// Why the last attempt has failed, if none is left.
    over: Option<Cause>,
}

impl World {
    /// Begins to dial; the channel of the first leg. `Err`: nothing could be dialled, and why.
    pub(super) fn dial(
        &mut self,
        calls: Vec<Attempts>,
        caller: (String, String),
        wish: Wish,
        timeout: Duration,
    ) -> Result<String, Cause> {
        self.dialled += 1;
        let number = self.dialled;
        let sides: Vec<Side> = calls.into_iter().map(|call| side(call, timeout)).collect();
        let count = sides.len();
        self.dialing.insert(number, Dialing { wish, caller, sides });
        for side in 0..count {
            self.try_next(number, side, "DESTINATION_OUT_OF_ORDER");
        }
        if let Some(cause) = self.all_over(number) {
            self.dialing.remove(&number);
            return Err(cause);
        }
        let sides = self.dialing.get(&number).map(|dialing| dialing.sides.as_slice()).unwrap_or_default();
        let first = sides.iter().flat_map(|side| &side.legs).next();
        first.map(|(id, _)| id.clone()).ok_or("DESTINATION_OUT_OF_ORDER")
    }

    /// The first attempt from here on of which a leg can be made; `cause` counts if none is left.
    fn try_next(&mut self, number: u64, at: usize, mut cause: Cause) {
        loop {
            let Some(dialing) = self.dialing.get_mut(&number) else { return };
            let caller = dialing.caller.clone();
            let bridging = match &dialing.wish {
                Wish::Bridge(caller) => Some(caller.clone()),
                Wish::Originate(..) => None,
            };
            let Some(side) = dialing.sides.get_mut(at) else { return };
            let Some(together) = side.ahead.pop_front() else {
                side.over = Some(cause);
                side.legs.clear();
                return;
            };
            side.attempt += 1;
            let (attempt, timeout) = (side.attempt, side.timeout);
            let mut legs = Vec::new();
            cause = "DESTINATION_OUT_OF_ORDER";
            for leg in &together {
                let purpose = match &bridging {
                    Some(caller) => Purpose::Bridge(caller.clone(), number),
                    None => Purpose::Originate(number),
                };
                match self.ring_up(leg, &caller, purpose) {
                    Ok(id) => {
                        self.limit(leg, &id);
                        legs.push((id, None));
                    }
                    // the others ring all the same
                    Err(why) => cause = why,
                }
            }
            if legs.is_empty() {
                continue;
            }
            if let Some(side) = self.dialing.get_mut(&number).and_then(|dialing| dialing.sides.get_mut(at)) {
                side.legs = legs;
            }
            self.after(timeout, move |world| world.time_is_up(number, at, attempt));
            return;
        }
    }

    /// `leg_timeout`: how long one leg may ring.
    fn limit(&mut self, leg: &Leg, id: &str) {
        let seconds = leg.variables.iter().rev().find(|(name, _)| name.eq_ignore_ascii_case("leg_timeout"));
        let Some(seconds) = seconds.and_then(|(_, value)| value.parse().ok()).filter(|seconds| *seconds > 0) else {
            return;
        };
        let id = id.to_owned();
        self.after(Duration::from_secs(seconds), move |world| {
            if world.channels.get(&id).is_some_and(|channel| channel.purpose.is_some()) {
                world.hang_up(&id, "ALLOTTED_TIMEOUT");
            }
        });
    }

    fn time_is_up(&mut self, number: u64, at: usize, attempt: u32) {
        let side = self.dialing.get_mut(&number).and_then(|dialing| dialing.sides.get_mut(at));
        let Some(side) = side.filter(|side| side.attempt == attempt && side.over.is_none()) else { return };
        if !side.goes_on_after_timeout {
            side.ahead.clear();
        }
        let ringing = waiting(&std::mem::take(&mut side.legs));
        self.drop_legs(ringing, "NO_ANSWER");
        self.try_next(number, at, "NO_ANSWER");
        self.settle(number);
    }

    /// A leg has ended before it was answered.
    pub(super) fn leg_failed(&mut self, number: u64, id: &str, cause: Cause) {
        let Some(dialing) = self.dialing.get_mut(&number) else { return };
        let found = dialing.sides.iter_mut().enumerate().find_map(|(at, side)| {
            let leg = side.legs.iter_mut().find(|(leg, _)| leg == id)?;
            leg.1 = Some(cause);
            let all = side.legs.iter().all(|(_, cause)| cause.is_some());
            all.then_some((at, side))
        });
        let Some((at, side)) = found else { return };
        let cause = side.legs.first().and_then(|(_, cause)| *cause).unwrap_or(cause);
        if side.ahead.is_empty() {
            side.over = Some(cause);
            return self.settle(number);
        }
        let attempt = side.attempt;
        self.after(Duration::ZERO, move |world| {
            let side = world.dialing.get(&number).and_then(|dialing| dialing.sides.get(at));
            if side.is_some_and(|side| side.attempt == attempt) {
                world.try_next(number, at, cause);
                world.settle(number);
            }
        });
    }

    /// A leg is answered: the others have lost the race. What it was called for; `None`: the call was over.
    pub(super) fn leg_won(&mut self, number: u64, id: &str) -> Option<Wish> {
        let dialing = self.dialing.remove(&number)?;
        let legs: Vec<_> = dialing.sides.into_iter().flat_map(|side| side.legs).collect();
        let losers: Vec<String> = waiting(&legs).into_iter().filter(|leg| leg != id).collect();
        for loser in &losers {
            if let Some(channel) = self.channels.get_mut(loser) {
                channel.set("group_dial_status", "loser");
            }
        }
        self.drop_legs(losers, "LOSE_RACE");
        Some(dialing.wish)
    }

    /// Nobody wants these legs any more.
    fn drop_legs(&mut self, legs: Vec<String>, cause: Cause) {
        for leg in legs {
            if let Some(channel) = self.channels.get_mut(&leg) {
                channel.purpose = None;
            }
            self.hang_up(&leg, cause);
        }
    }

    /// The one for whom they were called has gone.
    pub(super) fn stop_dialing_for(&mut self, caller: &str) {
        let numbers: Vec<u64> = self
            .dialing
            .iter()
            .filter(|(_, dialing)| matches!(&dialing.wish, Wish::Bridge(id) if id == caller))
            .map(|(number, _)| *number)
            .collect();
        if !numbers.is_empty()
            && let Some(channel) = self.channels.get_mut(caller)
        {
            channel.set("originate_disposition", "ORIGINATOR_CANCEL");
        }
        for number in numbers {
            let Some(dialing) = self.dialing.remove(&number) else { continue };
            let legs: Vec<_> = dialing.sides.into_iter().flat_map(|side| side.legs).collect();
            self.drop_legs(waiting(&legs), "ORIGINATOR_CANCEL");
        }
    }

    /// The cause of a call of which nothing is left.
    fn all_over(&self, number: u64) -> Option<Cause> {
        let sides = &self.dialing.get(&number)?.sides;
        let causes: Option<Vec<Cause>> = sides.iter().map(|side| side.over).collect();
        causes.map(|causes| causes.last().copied().unwrap_or("DESTINATION_OUT_OF_ORDER"))
    }

    /// Tells whoever called if it has failed.
    fn settle(&mut self, number: u64) {
        let Some(cause) = self.all_over(number) else { return };
        match self.dialing.remove(&number).map(|dialing| dialing.wish) {
            Some(Wish::Originate(answer, _)) => {
                // whoever asked may have gone
                let _ = answer.send(format!("-ERR {cause}\n"));
            }
            Some(Wish::Bridge(caller)) => self.nobody_answered(caller, cause),
            None => {}
        }
    }

    /// A `bridge` has failed: its channel hears of it, and goes on or not.
    pub(super) fn nobody_answered(&mut self, caller: String, cause: Cause) {
        if let Some(channel) = self.channels.get_mut(&caller) {
            channel.set("originate_disposition", cause);
            channel.set("last_bridge_hangup_cause", cause);
        }
        self.after(Duration::ZERO, move |world| world.bridge_failed(&caller, cause));
    }
}

fn side(call: Attempts, timeout: Duration) -> Side {
    let seconds = call.variable("originate_timeout").and_then(|text| text.parse().ok());
    Side {
        timeout: seconds.map_or(timeout, Duration::from_secs),
        goes_on_after_timeout: call.variable("originate_continue_on_timeout").is_some_and(is_true),
        attempt: 0,
        legs: Vec::new(),
        over: None,
        ahead: call.legs.into(),
    }
}

/// The legs that have not failed yet.
fn waiting(legs: &[(String, Option<Cause>)]) -> Vec<String> {
    legs.iter().filter(|(_, cause)| cause.is_none()).map(|(id, _)| id.clone()).collect()
}
