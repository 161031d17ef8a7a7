//! A history that is durable only once it was awaited.

use std::{convert::Infallible, future::ready};

use futures::{FutureExt, future::LocalBoxFuture};

use crate::history::History;

/// Resolves when everything appended so far would survive a crash.
pub type Synced<E> = LocalBoxFuture<'static, Result<(), E>>;

/// A [`History`] of this shell.
pub trait Storage: History + 'static {
    /// Waits for what has been appended until now.
    fn sync(&self) -> Synced<Self::Error>;
}

/// Nothing outlives the memory.
impl Storage for () {
    fn sync(&self) -> Synced<Infallible> {
        ready(Ok(())).boxed_local()
    }
}
