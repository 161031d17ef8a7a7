//! One publication for one `Idempotency-Key`: draft-ietf-httpapi-idempotency-key-header § 2.
//!
//! A publisher that got no answer sends the same request again under the same key. It gets the answer
//! of the first time, and the update is published once. The outcome is stored in the transaction of
//! its update, so that neither is kept without the other.

mod counts;
mod fingerprint;
mod memory;
mod outcomes;

use std::{collections::HashMap, fmt, rc::Rc, time::Duration};

use crate::base::{
    figures::Figures,
    limits::{MAX_IDEMPOTENCY_KEYS, MAX_IDEMPOTENCY_KEYS_OF_PUBLISHER},
    timestamp::Timestamp,
};

pub(crate) use counts::Counts;
pub use fingerprint::Fingerprint;
pub(crate) use memory::MemoryOutcomes;
pub use outcomes::{Outcome, Outcomes, OutcomesFailed, OwnedKey};

/// How long the outcome of a key is remembered.
pub(crate) const REMEMBERED_FOR: Duration = Duration::from_mins(5);

/// The next step of a request that has a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It is the first: publish, [remember](Outcomes::remember) with the update, and
    /// [end](Idempotency::end).
    First,
    /// It has been published: give this answer.
    Again(Outcome),
    /// The first one is being published: ask again when it has ended.
    Wait,
    /// The key came with another body.
    Mismatch,
    /// The hub, or this publisher, has as many keys as can be remembered.
    Full,
}

/// The keys in flight, and the outcomes of those before.
pub(crate) struct Idempotency {
    in_flight: HashMap<OwnedKey, Fingerprint>,
    outcomes: Rc<dyn Outcomes>,
    /// How often an answer was given again.
    hits: u64,
}

impl Idempotency {
    /// No key is in flight.
    #[must_use]
    pub(crate) fn new(outcomes: Rc<dyn Outcomes>) -> Self {
        Self { in_flight: HashMap::new(), outcomes, hits: 0 }
    }

    /// Decides on a request with this key and this body, which has come now.
    ///
    /// # Errors
    /// [`OutcomesFailed`].
    pub(crate) fn begin(
        &mut self,
        key: &OwnedKey,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> Result<Turn, OutcomesFailed> {
        if let Some(first) = self.in_flight.get(key) {
            return Ok(if first == fingerprint { Turn::Wait } else { Turn::Mismatch });
        }
        let remembered_for = u64::try_from(REMEMBERED_FOR.as_millis()).unwrap_or(u64::MAX);
        let since = now.as_millis().saturating_sub(remembered_for);
        self.outcomes.forget(Timestamp::from_millis(since))?;
        if let Some(outcome) = self.outcomes.find(key)? {
            let same = outcome.fingerprint == *fingerprint;
            self.hits += u64::from(same);
            return Ok(if same { Turn::Again(outcome) } else { Turn::Mismatch });
        }
        let own = self.in_flight.keys().filter(|in_flight| in_flight.space == key.space).count();
        let is_full = self.in_flight.len() + self.outcomes.len() >= MAX_IDEMPOTENCY_KEYS
            || own + self.outcomes.len_of(&key.space) >= MAX_IDEMPOTENCY_KEYS_OF_PUBLISHER;
        if is_full {
            return Ok(Turn::Full);
        }
        self.in_flight.insert(key.clone(), fingerprint.clone());
        Ok(Turn::First)
    }

    /// Keeps the outcome beside its update. The caller awaits nothing between the two.
    ///
    /// # Errors
    /// [`OutcomesFailed`].
    pub(crate) fn remember(&self, key: &OwnedKey, outcome: &Outcome) -> Result<(), OutcomesFailed> {
        self.outcomes.remember(key, outcome)
    }

    /// Its figures.
    pub(crate) fn tell(&self, figures: &mut Figures) {
        figures.add(format_args!("idempotency.hits"), self.hits);
    }

    /// Ends the turn of the first request, whether it was published or not.
    pub(crate) fn end(&mut self, key: &OwnedKey) {
        self.in_flight.remove(key);
    }
}

impl fmt::Debug for Idempotency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Idempotency");
        shown.field("in_flight", &self.in_flight).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
