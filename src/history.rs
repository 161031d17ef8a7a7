//! The durable part of the log, behind a seam: what a host keeps beyond the in-memory window.

use std::{convert::Infallible, time::Duration};

use crate::{
    event_id::EventId,
    limits::{PAGE_BYTES, PAGE_UPDATES},
    sequence::Sequence,
    timestamp::Timestamp,
    update::EncodedUpdate,
};

/// An update in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log.
    pub sequence: Sequence,
    /// When it was accepted: never before the update ahead of it.
    pub accepted: Timestamp,
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
    /// How long after its acceptance an update is kept; `None` for as long as the other two allow.
    /// What is older is shown to nobody, even before it is removed.
    pub age: Option<Duration>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { updates: 10_000, bytes: 64 << 20, age: None }
    }
}

impl Retention {
    /// The moment up to and with which updates are too old at `now`.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> Option<Timestamp> {
        now.checked_sub(self.age?)
    }

    /// When a host that is otherwise idle is to remove what was accepted at `oldest` and what soon
    /// came behind it: an eighth of the age after it was too old, so that a hub under steady load
    /// is not woken for every single update, but within one second to five minutes.
    #[must_use]
    pub fn prune_at(&self, oldest: Timestamp) -> Option<Timestamp> {
        let age = self.age?;
        let behind = (age / 8).clamp(Duration::from_secs(1), Duration::from_mins(5));
        Some(oldest.saturating_add(age).saturating_add(behind))
    }
}

/// A store of updates in the order of their sequence, without holes.
///
/// Every method returns at once: storage that can only be awaited does not fit here.
pub trait History {
    /// Why the store did not do it.
    type Error: std::error::Error + 'static;

    /// The newest update that there ever was, held or not; [`Sequence::START`] when there was none.
    ///
    /// # Errors
    /// The store's own.
    fn newest(&self) -> Result<Sequence, Self::Error>;

    /// The oldest update held, if there is one, and when it was accepted.
    ///
    /// # Errors
    /// The store's own.
    fn oldest(&self) -> Result<Option<(Sequence, Timestamp)>, Self::Error>;

    /// The newest update held that was accepted at `moment` or before, if there is one.
    ///
    /// # Errors
    /// The store's own.
    fn newest_until(&self, moment: Timestamp) -> Result<Option<Sequence>, Self::Error>;

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

    /// The first update held with this id after `cursor`.
    ///
    /// # Errors
    /// The store's own.
    fn find(&self, id: &EventId, cursor: Sequence) -> Result<Option<Sequence>, Self::Error>;

    /// Removes the oldest of what `retention` no longer keeps at `now`, a bounded number at a time;
    /// says whether more is to be removed.
    ///
    /// # Errors
    /// The store's own.
    fn prune(&self, retention: Retention, now: Timestamp) -> Result<bool, Self::Error>;
}

/// No store: the window in memory is all the history there is.
impl History for () {
    type Error = Infallible;

    fn newest(&self) -> Result<Sequence, Infallible> {
        Ok(Sequence::START)
    }

    fn oldest(&self) -> Result<Option<(Sequence, Timestamp)>, Infallible> {
        Ok(None)
    }

    fn newest_until(&self, _: Timestamp) -> Result<Option<Sequence>, Infallible> {
        Ok(None)
    }

    fn append(&self, _: &Entry) -> Result<(), Infallible> {
        Ok(())
    }

    fn page(&self, _: Sequence, _: Sequence) -> Result<Vec<Entry>, Infallible> {
        Ok(Vec::new())
    }

    fn find(&self, _: &EventId, _: Sequence) -> Result<Option<Sequence>, Infallible> {
        Ok(None)
    }

    fn prune(&self, _: Retention, _: Timestamp) -> Result<bool, Infallible> {
        Ok(false)
    }
}

/// Whether a page of `updates` updates and `bytes` bytes takes no further one.
#[must_use]
pub const fn page_is_full(updates: usize, bytes: usize) -> bool {
    updates >= PAGE_UPDATES || bytes >= PAGE_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(100_000);

    fn keep(age: Duration) -> Retention {
        Retention { age: Some(age), ..Retention::default() }
    }

    #[test]
    fn an_update_is_too_old_when_its_age_is_reached() {
        let expired = keep(Duration::from_mins(1)).expired(NOW);
        assert_eq!(expired, Some(Timestamp::from_millis(40_000)));
    }

    #[test]
    fn nothing_is_too_old_without_an_age_or_before_there_was_time_for_it() {
        assert_eq!(Retention::default().expired(NOW), None);
        assert_eq!(keep(Duration::from_secs(101)).expired(NOW), None);
        assert_eq!(keep(Duration::MAX).expired(NOW), None);
    }

    #[test]
    fn an_idle_host_removes_an_eighth_of_the_age_at_once() {
        let behind = |seconds| {
            let age = Duration::from_secs(seconds);
            keep(age).prune_at(NOW).unwrap().since(NOW.saturating_add(age))
        };
        assert_eq!(behind(1), Duration::from_secs(1));
        assert_eq!(behind(80), Duration::from_secs(10));
        assert_eq!(behind(86_400), Duration::from_mins(5));
        assert_eq!(Retention::default().prune_at(NOW), None);
    }
}
