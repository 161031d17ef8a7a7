//! One publication for one `Idempotency-Key`: draft-ietf-httpapi-idempotency-key-header § 2.
//!
//! A publisher that got no answer asks again under the same key, and is given the answer of the
//! first time; the update is published once. The outcome is stored in the transaction of its update,
//! so that there is never the one without the other.

mod counts;
mod memory;

use std::{collections::HashMap, fmt, rc::Rc, time::Duration};

use thiserror::Error;

use crate::{
    base::{
        limits::{MAX_IDEMPOTENCY_KEYS, MAX_IDEMPOTENCY_KEYS_OF_PUBLISHER},
        timestamp::Timestamp,
    },
    event_stream::event_id::EventId,
    publishing::idempotency_key::IdempotencyKey,
    tokens::publisher::KeySpace,
};

pub use counts::Counts;
pub use memory::MemoryOutcomes;

/// For how long the outcome of a key is remembered.
pub const REMEMBERED_FOR: Duration = Duration::from_mins(5);

/// A key of one publisher: the same key of another is another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnedKey {
    /// Whose it is.
    pub space: KeySpace,
    /// What the publisher calls it.
    pub key: IdempotencyKey,
}

/// Which body a key came with, so that the same key with another body can be told.
///
/// Two bodies of one length are taken for the same once in 2⁶⁴, and whoever would make such a pair
/// (FNV-1a is no cryptographic hash) deceives nobody but the holder of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What it was the answer to.
    pub fingerprint: Fingerprint,
    /// The id of the update.
    pub id: EventId,
    /// The connections that it was for.
    pub connections: usize,
    /// When it was published.
    pub at: Timestamp,
}

/// A store of outcomes, bounded by [`MAX_IDEMPOTENCY_KEYS`] and, for each publisher, by
/// [`MAX_IDEMPOTENCY_KEYS_OF_PUBLISHER`].
pub trait Outcomes {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are of this publisher.
    fn len_of(&self, space: &KeySpace) -> usize;

    /// The outcome of this key, if it is held.
    ///
    /// # Errors
    /// [`OutcomesFailed`].
    fn find(&self, key: &OwnedKey) -> Result<Option<Outcome>, OutcomesFailed>;

    /// Keeps the outcome of a key that has none.
    ///
    /// # Errors
    /// [`OutcomesFailed`].
    fn remember(&self, key: &OwnedKey, outcome: &Outcome) -> Result<(), OutcomesFailed>;

    /// Removes the outcomes from before `until`.
    ///
    /// # Errors
    /// [`OutcomesFailed`].
    fn forget(&self, until: Timestamp) -> Result<(), OutcomesFailed>;
}

/// The store failed. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the store of outcomes failed: {0}")]
pub struct OutcomesFailed(pub String);

/// What to do with a request that has a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nobody was first: publish, [remember](Outcomes::remember) with the update, and
    /// [end](Idempotency::end).
    First,
    /// It has been published: answer so.
    Again(Outcome),
    /// The first one is being published: ask again when it has ended.
    Wait,
    /// The key is that of another body.
    Mismatch,
    /// There are too many keys, in all or of this publisher, to remember one more.
    Full,
}

/// The keys in flight, and the outcomes of those before.
pub struct Idempotency {
    in_flight: HashMap<OwnedKey, Fingerprint>,
    outcomes: Rc<dyn Outcomes>,
}

impl Idempotency {
    /// Over these outcomes.
    #[must_use]
    pub fn new(outcomes: Rc<dyn Outcomes>) -> Self {
        Self { in_flight: HashMap::new(), outcomes }
    }

    /// A request with this key and this body has come.
    ///
    /// # Errors
    /// The store's own.
    pub fn begin(
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

    /// Keeps the outcome beside its update, before anything is awaited.
    ///
    /// # Errors
    /// The store's own.
    pub fn remember(&self, key: &OwnedKey, outcome: &Outcome) -> Result<(), OutcomesFailed> {
        self.outcomes.remember(key, outcome)
    }

    /// The first one has ended, whether it was published or not.
    pub fn end(&mut self, key: &OwnedKey) {
        self.in_flight.remove(key);
    }
}

impl fmt::Debug for Idempotency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Idempotency");
        shown.field("in_flight", &self.in_flight).finish_non_exhaustive()
    }
}

impl Fingerprint {
    /// The fingerprint of a body of this media type.
    #[must_use]
    pub fn new(media_type: &str, body: &[u8]) -> Self {
        const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0100_0000_01b3;
        let bytes = media_type.bytes().chain([0]).chain(body.iter().copied());
        let hash = bytes.fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
        Self(format!("{:x}-{hash:016x}", body.len()))
    }

    /// The one that a store kept as text.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text for a store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
