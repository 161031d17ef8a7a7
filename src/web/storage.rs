//! A history that is durable only once it was awaited.

use std::{convert::Infallible, future::ready, rc::Rc};

use futures::{FutureExt, future::LocalBoxFuture};

use crate::{
    history::History,
    idempotency::{MemoryOutcomes, Outcomes},
};

/// Resolves when everything appended so far would survive a crash.
pub type Synced<E> = LocalBoxFuture<'static, Result<(), E>>;

/// A [`History`] of this shell.
pub trait Storage: History + 'static {
    /// Waits for what has been appended until now.
    fn sync(&self) -> Synced<Self::Error>;

    /// Where the outcomes of idempotency keys are kept: in memory, unless the storage can keep them
    /// in the same transaction as the updates.
    fn outcomes(&self) -> Rc<dyn Outcomes> {
        Rc::new(MemoryOutcomes::default())
    }
}

/// Nothing outlives the memory.
impl Storage for () {
    fn sync(&self) -> Synced<Infallible> {
        ready(Ok(())).boxed_local()
    }
}
