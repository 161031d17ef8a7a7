//! One publication for one idempotency key, also while the first request with it is in work.

use std::{
    cell::{Ref, RefCell},
    rc::Rc,
};

use futures::channel::oneshot;

use crate::{
    http::error::Error,
    publishing::{
        idempotency::{
            Fingerprint, Idempotency, Outcome, Outcomes, OutcomesFailed, OwnedKey, Turn,
        },
        published::Published,
    },
    web::host::clock,
};

/// The keys of one hub, and the requests that wait for them.
#[derive(Debug)]
pub(crate) struct Once {
    keys: RefCell<Idempotency>,
    waiting: RefCell<Vec<(OwnedKey, oneshot::Sender<()>)>>,
}

/// The turn of a key.
pub(crate) enum Begun<'a> {
    /// No request came with the key before.
    First(First<'a>),
    /// It was published before.
    Again(Published),
}

/// A key has no turn.
pub(crate) enum NotBegun {
    /// The request is refused.
    Refused(Error),
    /// The outcomes cannot be read; the log is told why.
    Failed(OutcomesFailed),
}

impl From<OutcomesFailed> for NotBegun {
    fn from(failed: OutcomesFailed) -> Self {
        Self::Failed(failed)
    }
}

/// The right to publish under a key. Requests that wait for the key continue when it is dropped.
#[must_use = "others wait until this is dropped"]
pub(crate) struct First<'a> {
    once: &'a Once,
    key: OwnedKey,
    fingerprint: Fingerprint,
}

impl Once {
    pub(crate) fn new(outcomes: Rc<dyn Outcomes>) -> Self {
        Self { keys: RefCell::new(Idempotency::new(outcomes)), waiting: RefCell::default() }
    }

    /// The keys, to look at.
    pub(crate) fn keys(&self) -> Ref<'_, Idempotency> {
        self.keys.borrow()
    }

    /// Waits for the key's turn.
    pub(crate) async fn begin(
        &self,
        key: OwnedKey,
        fingerprint: Fingerprint,
    ) -> Result<Begun<'_>, NotBegun> {
        loop {
            let turn = self.keys.borrow_mut().begin(&key, &fingerprint, clock::now())?;
            match turn {
                Turn::First => return Ok(Begun::First(First { once: self, key, fingerprint })),
                Turn::Again(Outcome { id, connections, .. }) => {
                    return Ok(Begun::Again(Published { id, connections }));
                }
                Turn::Mismatch => return Err(NotBegun::Refused(Error::KeyReused)),
                Turn::Full => return Err(NotBegun::Refused(Error::TooManyKeys)),
                Turn::Wait => {
                    let (ended, waits) = oneshot::channel();
                    self.waiting.borrow_mut().push((key.clone(), ended));
                    // It resolves when the sender is dropped.
                    let _ = waits.await;
                }
            }
        }
    }
}

impl First<'_> {
    /// Stores the outcome, in the turn in which its update was appended.
    pub(crate) fn remember(&self, published: &Published) -> Result<(), OutcomesFailed> {
        let outcome = Outcome {
            fingerprint: self.fingerprint.clone(),
            id: published.id.clone(),
            connections: published.connections,
            at: clock::now(),
        };
        self.once.keys.borrow().remember(&self.key, &outcome)
    }
}

impl Drop for First<'_> {
    fn drop(&mut self) {
        self.once.keys.borrow_mut().end(&self.key);
        self.once.waiting.borrow_mut().retain(|(key, _)| *key != self.key);
    }
}
