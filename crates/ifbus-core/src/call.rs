//! The states of a call, and the moves between them.

use serde::{Deserialize, Serialize};

/// What a call is doing, on every platform alike; each adapter maps its server's own states onto these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallState {
    /// It exists, nothing has happened.
    Created,
    /// We call somebody.
    Dialing,
    /// Their telephone rings.
    Ringing,
    /// Somebody calls us.
    Incoming,
    /// They talk.
    Connected,
    /// One side waits.
    OnHold,
    /// It goes from one party to another.
    Transferring,
    /// It is being ended.
    HangingUp,
    /// It is over. Nothing follows.
    Terminated,
}

/// A move that the table does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a call cannot go from {from:?} to {to:?}")]
pub struct IllegalMove {
    /// Where it was.
    pub from: CallState,
    /// Where it should have gone.
    pub to: CallState,
}

impl CallState {
    /// All states.
    pub const ALL: [Self; 9] = [
        Self::Created,
        Self::Dialing,
        Self::Ringing,
        Self::Incoming,
        Self::Connected,
        Self::OnHold,
        Self::Transferring,
        Self::HangingUp,
        Self::Terminated,
    ];

    /// The table: where a call may go from here. Any call may end at any time; one that has ended goes nowhere.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        use CallState::{Connected, Dialing, HangingUp, Incoming, OnHold, Ringing, Terminated, Transferring};
        match self {
            Self::Created => &[Dialing, Ringing, Incoming, Connected, HangingUp, Terminated],
            Self::Dialing => &[Ringing, Connected, HangingUp, Terminated],
            // forwarded while it rings: dialed anew
            Self::Ringing => &[Dialing, Connected, Transferring, HangingUp, Terminated],
            Self::Incoming => &[Ringing, Connected, Transferring, HangingUp, Terminated],
            Self::Connected => &[OnHold, Transferring, HangingUp, Terminated],
            Self::OnHold => &[Connected, Transferring, HangingUp, Terminated],
            // done, failed and back, or ringing at the new party
            Self::Transferring => &[Ringing, Connected, OnHold, HangingUp, Terminated],
            Self::HangingUp => &[Terminated],
            Self::Terminated => &[],
        }
    }

    /// Whether the call is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Terminated)
    }

    /// Moves to `to`; true if that is a change. Staying is always allowed.
    ///
    /// # Errors
    /// If the table has no such move; the state stays.
    pub fn advance(&mut self, to: Self) -> Result<bool, IllegalMove> {
        if *self == to {
            return Ok(false);
        }
        if !self.next().contains(&to) {
            return Err(IllegalMove { from: *self, to });
        }
        *self = to;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_walk_leaves_the_table_and_none_leaves_the_end(walk in proptest::collection::vec(0..CallState::ALL.len(), 0..60)) {
            let mut state = CallState::Created;
            for step in walk {
                let (before, to) = (state, CallState::ALL[step]);
                match state.advance(to) {
                    Ok(changed) => {
                        prop_assert_eq!(changed, before != to);
                        prop_assert!(before == to || before.next().contains(&to));
                        prop_assert_eq!(state, to);
                    }
                    Err(illegal) => {
                        prop_assert_eq!((illegal.from, illegal.to, state), (before, to, before));
                    }
                }
                if before.is_over() {
                    prop_assert!(state.is_over());
                }
            }
        }
    }

    #[test]
    fn every_state_is_reached_and_every_one_can_end() {
        let mut reached = vec![CallState::Created];
        let mut at = 0;
        while let Some(state) = reached.get(at).copied() {
            for next in state.next() {
                assert_ne!(*next, state, "staying is no move");
                if !reached.contains(next) {
                    reached.push(*next);
                }
            }
            at += 1;
        }
        assert_eq!(reached.len(), CallState::ALL.len());
        for state in CallState::ALL.into_iter().filter(|state| !state.is_over()) {
            assert!(state.next().contains(&CallState::Terminated), "{state:?}");
        }
    }
}
