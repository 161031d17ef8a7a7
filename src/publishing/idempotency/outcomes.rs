//! The outcomes of idempotency keys, and the interface of their store.

use thiserror::Error;

use crate::{
    base::timestamp::Timestamp,
    event_stream::event_id::EventId,
    publishing::{idempotency::fingerprint::Fingerprint, idempotency_key::IdempotencyKey},
    tokens::publisher::KeySpace,
};

/// A key of one publisher. The same text from another publisher is another key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnedKey {
    /// The publisher's space.
    pub space: KeySpace,
    /// The key as the publisher sent it.
    pub key: IdempotencyKey,
}

/// The answer to a publication, and the body that it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The fingerprint of the body.
    pub fingerprint: Fingerprint,
    /// The id of the update.
    pub id: EventId,
    /// The connections that it was for.
    pub connections: usize,
    /// When it was published.
    pub at: Timestamp,
}

/// A store of outcomes. [`Idempotency`](crate::publishing::idempotency::Idempotency) keeps it within
/// [`MAX_IDEMPOTENCY_KEYS`](crate::base::limits::MAX_IDEMPOTENCY_KEYS) and, for each publisher, within
/// [`MAX_IDEMPOTENCY_KEYS_OF_PUBLISHER`](crate::base::limits::MAX_IDEMPOTENCY_KEYS_OF_PUBLISHER).
pub trait Outcomes {
    /// The number of outcomes.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of outcomes of this publisher.
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
