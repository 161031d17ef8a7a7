//! One publication for one idempotency key, also while the first is still on its way.

use std::{cell::RefCell, rc::Rc};

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

/// The keys of one hub, and who waits for them.
#[derive(Debug)]
pub(crate) struct Once {
    keys: RefCell<Idempotency>,
    waiting: RefCell<Vec<(OwnedKey, oneshot::Sender<()>)>>,
}

/// What came of a key.
pub(crate) enum Begun<'a> {
    /// Nobody was first.
    First(First<'a>),
    /// It was published before.
    Again(Published),
}

/// The right to publish under a key. Those who wait go on when it is dropped.
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

    /// Waits for the key's turn. The outer error is for the log.
    pub(crate) async fn begin(
        &self,
        key: OwnedKey,
        fingerprint: Fingerprint,
    ) -> Result<Result<Begun<'_>, Error>, OutcomesFailed> {
        loop {
            let turn = self.keys.borrow_mut().begin(&key, &fingerprint, clock::now())?;
            return Ok(match turn {
                Turn::First => Ok(Begun::First(First { once: self, key, fingerprint })),
                Turn::Again(Outcome { id, connections, .. }) => {
                    Ok(Begun::Again(Published { id, connections }))
                }
                Turn::Mismatch => Err(Error::KeyReused),
                Turn::Full => Err(Error::TooManyKeys),
                Turn::Wait => {
                    let (ended, waits) = oneshot::channel();
                    self.waiting.borrow_mut().push((key.clone(), ended));
                    // It resolves by the sender being dropped.
                    let _ = waits.await;
                    continue;
                }
            });
        }
    }
}

impl First<'_> {
    /// Keeps the outcome, in the turn in which its update was appended.
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
