//! The durable part of the log, behind a seam: what a host keeps beyond the in-memory window.

use std::convert::Infallible;

use crate::{
    event_id::EventId,
    limits::{PAGE_BYTES, PAGE_UPDATES},
    sequence::Sequence,
    update::EncodedUpdate,
};

/// An update in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log.
    pub sequence: Sequence,
    /// What is kept and sent.
    pub update: EncodedUpdate,
}

/// How much of the past is kept; the oldest goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Updates kept at the most.
    pub updates: u64,
    /// Bytes kept at the most, as [`EncodedUpdate::stored_bytes`] counts them. The newest update is
    /// kept whatever its size.
    pub bytes: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { updates: 10_000, bytes: 64 << 20 }
    }
}

/// A store of updates in the order of their sequence, without holes.
///
/// Every method returns at once: storage that can only be awaited does not fit here.
pub trait History {
    /// Why the store did not do it.
    type Error: std::error::Error + 'static;

    /// The newest update held; [`Sequence::START`] when there never was one.
    ///
    /// # Errors
    /// The store's own.
    fn newest(&self) -> Result<Sequence, Self::Error>;

    /// The oldest update held, if there is one.
    ///
    /// # Errors
    /// The store's own.
    fn oldest(&self) -> Result<Option<Sequence>, Self::Error>;

    /// Adds the update after the newest one, wholly or not at all.
    ///
    /// # Errors
    /// The store's own.
    fn append(&self, entry: &Entry) -> Result<(), Self::Error>;

    /// Updates after `cursor` up to and with `until`, in order: at least one if there is one, and
    /// no further one once there are [`PAGE_UPDATES`] or [`PAGE_BYTES`].
    ///
    /// # Errors
    /// The store's own.
    fn page(&self, cursor: Sequence, until: Sequence) -> Result<Vec<Entry>, Self::Error>;

    /// The first update held with this id.
    ///
    /// # Errors
    /// The store's own.
    fn find(&self, id: &EventId) -> Result<Option<Sequence>, Self::Error>;

    /// Removes the oldest of what `retention` no longer keeps, a bounded number at a time; says
    /// whether more is to be removed.
    ///
    /// # Errors
    /// The store's own.
    fn prune(&self, retention: Retention) -> Result<bool, Self::Error>;
}

/// No store: the window in memory is all the history there is.
impl History for () {
    type Error = Infallible;

    fn newest(&self) -> Result<Sequence, Infallible> {
        Ok(Sequence::START)
    }

    fn oldest(&self) -> Result<Option<Sequence>, Infallible> {
        Ok(None)
    }

    fn append(&self, _: &Entry) -> Result<(), Infallible> {
        Ok(())
    }

    fn page(&self, _: Sequence, _: Sequence) -> Result<Vec<Entry>, Infallible> {
        Ok(Vec::new())
    }

    fn find(&self, _: &EventId) -> Result<Option<Sequence>, Infallible> {
        Ok(None)
    }

    fn prune(&self, _: Retention) -> Result<bool, Infallible> {
        Ok(false)
    }
}

/// Whether a page of `updates` updates and `bytes` bytes takes no further one.
#[must_use]
pub const fn page_is_full(updates: usize, bytes: usize) -> bool {
    updates >= PAGE_UPDATES || bytes >= PAGE_BYTES
}
