//! A history that is durable once a sync has resolved.

use std::{convert::Infallible, future::ready, num::NonZeroU32, rc::Rc};

use futures::{FutureExt, future::LocalBoxFuture};

use crate::{
    base::timestamp::Timestamp,
    log::{history::History, place_key::PlaceKey},
    presence::active_subscriptions::ActiveSubscriptions,
    publishing::{
        idempotency::{MemoryOutcomes, Outcomes},
        open_bodies::OpenBodies,
    },
    web::host::selection::SelectionTexts,
};

/// Resolves when everything appended so far would survive a crash.
pub type Synced<E> = LocalBoxFuture<'static, Result<(), E>>;

/// A [`History`] of this shell.
pub trait Storage: History + 'static {
    /// Waits until every update that is appended now is durable.
    fn sync(&self) -> Synced<Self::Error>;

    /// The time of the last drain, if it is stored.
    ///
    /// # Errors
    /// The storage's own.
    fn drained(&self) -> Result<Option<Timestamp>, Self::Error> {
        Ok(None)
    }

    /// Stores the time of a drain.
    ///
    /// # Errors
    /// The storage's own.
    fn note_drain(&self, now: Timestamp) -> Result<(), Self::Error> {
        let _ = now;
        Ok(())
    }

    /// The key of the hub's places, if one is stored.
    ///
    /// # Errors
    /// The storage's own.
    fn place_key(&self) -> Result<Option<PlaceKey>, Self::Error> {
        Ok(None)
    }

    /// Stores the key of the hub's places, in the transaction of the next appended update.
    ///
    /// # Errors
    /// The storage's own.
    fn keep_place_key(&self, key: &PlaceKey) -> Result<(), Self::Error> {
        let _ = key;
        Ok(())
    }

    /// Keeps what a link's client asked for and was granted, and returns its key: the same for the same
    /// texts while they are kept, and never one that other texts have had. `None` if it keeps no
    /// selections: no link goes on after a sleep then.
    ///
    /// # Errors
    /// The storage's own.
    fn keep_selection(&self, texts: &SelectionTexts) -> Result<Option<NonZeroU32>, Self::Error> {
        let _ = texts;
        Ok(None)
    }

    /// The selection that is kept under this key.
    ///
    /// # Errors
    /// The storage's own.
    fn selection(&self, key: NonZeroU32) -> Result<Option<SelectionTexts>, Self::Error> {
        let _ = key;
        Ok(None)
    }

    /// How many selections are kept.
    ///
    /// # Errors
    /// The storage's own.
    fn count_selections(&self) -> Result<usize, Self::Error> {
        Ok(0)
    }

    /// Removes the selections with other keys than these.
    ///
    /// # Errors
    /// The storage's own.
    fn forget_other_selections(&self, used: &[NonZeroU32]) -> Result<(), Self::Error> {
        let _ = used;
        Ok(())
    }

    /// The store for outcomes of idempotency keys: memory, unless the storage can write them in the
    /// transaction of their updates.
    fn outcomes(&self) -> Rc<dyn Outcomes> {
        Rc::new(MemoryOutcomes::default())
    }

    /// The store for active subscriptions, from which their ends are published after a crash. There
    /// is none, unless the storage outlives the memory.
    fn subscriptions(&self) -> Rc<dyn ActiveSubscriptions> {
        Rc::new(())
    }

    /// The store for streamed bodies that close their topics, whose topics are closed after a crash.
    /// There is none, unless the storage outlives the memory.
    fn open_bodies(&self) -> Rc<dyn OpenBodies> {
        Rc::new(())
    }
}

/// Nothing outlives the memory.
impl Storage for () {
    fn sync(&self) -> Synced<Infallible> {
        ready(Ok(())).boxed_local()
    }
}
