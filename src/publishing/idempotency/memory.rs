//! A store of outcomes in memory.

use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
};

use crate::{
    base::timestamp::Timestamp,
    publishing::idempotency::{
        counts::Counts,
        outcomes::{Outcome, Outcomes, OutcomesFailed, OwnedKey},
    },
    tokens::publisher::KeySpace,
};

/// Outcomes in memory, for hosts without storage.
#[derive(Debug, Default)]
pub(crate) struct MemoryOutcomes {
    held: RefCell<Held>,
}

#[derive(Debug, Default)]
struct Held {
    outcomes: HashMap<OwnedKey, Outcome>,
    by_age: VecDeque<(Timestamp, OwnedKey)>,
    counts: Counts,
}

impl Outcomes for MemoryOutcomes {
    fn len(&self) -> usize {
        self.held.borrow().counts.sum()
    }

    fn len_of(&self, space: &KeySpace) -> usize {
        self.held.borrow().counts.of(space)
    }

    fn find(&self, key: &OwnedKey) -> Result<Option<Outcome>, OutcomesFailed> {
        Ok(self.held.borrow().outcomes.get(key).cloned())
    }

    fn remember(&self, key: &OwnedKey, outcome: &Outcome) -> Result<(), OutcomesFailed> {
        let mut held = self.held.borrow_mut();
        held.outcomes.insert(key.clone(), outcome.clone());
        held.counts.add(key.space.clone(), 1);
        held.by_age.push_back((outcome.at, key.clone()));
        Ok(())
    }

    fn forget(&self, until: Timestamp) -> Result<(), OutcomesFailed> {
        let mut held = self.held.borrow_mut();
        while let Some((_, key)) = held.by_age.pop_front_if(|(at, _)| *at < until) {
            held.outcomes.remove(&key);
            held.counts.remove_one(&key.space);
        }
        Ok(())
    }
}
