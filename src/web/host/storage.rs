//! A history that is durable only once it was awaited.

use std::{convert::Infallible, future::ready, rc::Rc};

use futures::{FutureExt, future::LocalBoxFuture};

use crate::{
    base::timestamp::Timestamp,
    log::{history::History, place_key::PlaceKey},
    presence::active_subscriptions::ActiveSubscriptions,
    publishing::idempotency::{MemoryOutcomes, Outcomes},
};

/// Resolves when everything appended so far would survive a crash.
pub type Synced<E> = LocalBoxFuture<'static, Result<(), E>>;

/// A [`History`] of this shell.
pub trait Storage: History + 'static {
    /// Waits for what has been appended until now.
    fn sync(&self) -> Synced<Self::Error>;

    /// When the hub was drained last, as far as that is kept.
    ///
    /// # Errors
    /// The storage's own.
    fn drained(&self) -> Result<Option<Timestamp>, Self::Error> {
        Ok(None)
    }

    /// Keeps when the hub was drained.
    ///
    /// # Errors
    /// The storage's own.
    fn note_drain(&self, now: Timestamp) -> Result<(), Self::Error> {
        let _ = now;
        Ok(())
    }

    /// The key of the hub's places, if one is kept.
    ///
    /// # Errors
    /// The storage's own.
    fn place_key(&self) -> Result<Option<PlaceKey>, Self::Error> {
        Ok(None)
    }

    /// Keeps the key of the hub's places, in the transaction of the update that is appended next.
    ///
    /// # Errors
    /// The storage's own.
    fn keep_place_key(&self, key: &PlaceKey) -> Result<(), Self::Error> {
        let _ = key;
        Ok(())
    }

    /// Where the outcomes of idempotency keys are kept: in memory, unless the storage can keep them
    /// in the same transaction as the updates.
    fn outcomes(&self) -> Rc<dyn Outcomes> {
        Rc::new(MemoryOutcomes::default())
    }

    /// Where it is kept which subscriptions are active, so that their end can be told after a
    /// crash: nowhere, unless the storage outlives the memory.
    fn subscriptions(&self) -> Rc<dyn ActiveSubscriptions> {
        Rc::new(())
    }
}

/// Nothing outlives the memory.
impl Storage for () {
    fn sync(&self) -> Synced<Infallible> {
        ready(Ok(())).boxed_local()
    }
}
