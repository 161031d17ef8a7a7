//! The durable part of the log, behind a seam: what a host keeps beyond the in-memory window.

use std::{convert::Infallible, sync::Arc, time::Duration};

use crate::{
    base::{
        figures::Figures,
        limits::{
            CLOSED_AGE, KEPT_SUBSCRIPTION_BYTES, KEPT_SUBSCRIPTION_UPDATES, PAGE_BYTES,
            PAGE_UPDATES,
        },
        sequence::Sequence,
        timestamp::Timestamp,
    },
    event_stream::event_id::EventId,
    log::{
        closing::{ClosedTopic, Closing},
        kind::Kind,
        tally::{Tallied, Tally},
        update::EncodedUpdate,
    },
    topics::topic::Topic,
};

/// An update in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log.
    pub sequence: Sequence,
    /// When it was accepted: never before the update ahead of it.
    pub accepted: Timestamp,
    /// The update, as it is kept and sent.
    pub update: EncodedUpdate,
}

impl Entry {
    /// The same entry, with its event in another encoding.
    pub(crate) fn with_event(&self, event: Arc<[u8]>) -> Self {
        let update = EncodedUpdate { event, ..self.update.clone() };
        Self { update, ..*self }
    }
}

/// How much is kept of one kind; the oldest goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Updates kept at the most.
    pub updates: u64,
    /// Bytes kept at the most, as [`EncodedUpdate::stored_bytes`] counts them. The newest update of
    /// the kind is kept whatever its size.
    pub bytes: u64,
}

/// How much of the past is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The bounds for publications.
    pub publications: Bounds,
    /// The bounds for updates about subscriptions: they push out no publication, and no publication
    /// them.
    pub subscriptions: Bounds,
    /// How long after its acceptance an update is kept; `None` for as long as the other two allow.
    /// An older update is shown to nobody, even before it is removed.
    pub age: Option<Duration>,
    /// How long a topic stays closed at the least. It stays so as long as there is a publication from
    /// before its closing, too.
    pub closed_age: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self::of_publications(Bounds { updates: 10_000, bytes: 64 << 20 }, None)
    }
}

impl Bounds {
    /// Everything.
    pub const NONE: Self = Self { updates: u64::MAX, bytes: u64::MAX };

    /// Whether this many updates and bytes are within the bounds. One update always is.
    #[must_use]
    pub const fn hold(self, updates: u64, bytes: u64) -> bool {
        updates <= 1 || (updates <= self.updates && bytes <= self.bytes)
    }

    /// The smaller of both bounds each.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self { updates: self.updates.min(other.updates), bytes: self.bytes.min(other.bytes) }
    }
}

impl Retention {
    /// A retention with these bounds for publications. Those for updates about subscriptions are
    /// [`KEPT_SUBSCRIPTION_UPDATES`] and [`KEPT_SUBSCRIPTION_BYTES`], but never above those for
    /// publications.
    #[must_use]
    pub fn of_publications(publications: Bounds, age: Option<Duration>) -> Self {
        let most = Bounds { updates: KEPT_SUBSCRIPTION_UPDATES, bytes: KEPT_SUBSCRIPTION_BYTES };
        let subscriptions = publications.min(most);
        Self { publications, subscriptions, age, closed_age: CLOSED_AGE }
    }

    /// How much of this kind is kept.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Bounds {
        match kind {
            Kind::Publication => self.publications,
            Kind::Subscription => self.subscriptions,
            Kind::Closing => Bounds::NONE,
        }
    }

    /// The moment up to and with which updates are too old at `now`.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> Option<Timestamp> {
        now.checked_sub(self.age?)
    }

    /// When an idle host removes the update that was accepted at `oldest` and those that soon followed:
    /// an eighth of the age after it became too old, but within one second to five minutes. So a hub
    /// under steady load is not woken for each update.
    #[must_use]
    pub fn prune_at(&self, oldest: Timestamp) -> Option<Timestamp> {
        Some(removed_at(oldest, self.age?))
    }

    /// The moment up to and with which a closing may be forgotten at `now`.
    #[must_use]
    pub fn forgets(&self, now: Timestamp) -> Option<Timestamp> {
        now.checked_sub(self.closed_age)
    }

    /// When an idle host forgets the closing that was accepted at `oldest`.
    #[must_use]
    pub fn forget_at(&self, oldest: Timestamp) -> Timestamp {
        removed_at(oldest, self.closed_age)
    }
}

/// When an idle host removes what was accepted at `oldest` and is kept for `age`.
fn removed_at(oldest: Timestamp, age: Duration) -> Timestamp {
    let behind = (age / 8).clamp(Duration::from_secs(1), Duration::from_mins(5));
    oldest.saturating_add(age).saturating_add(behind)
}

/// The updates of one kind that a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The newest one that there ever was.
    pub newest: Sequence,
    /// The newest one that was removed: all before it are gone too.
    pub removed: Sequence,
    /// The oldest one held, if there is one, and when it was accepted.
    pub oldest: Option<(Sequence, Timestamp)>,
    /// How many are held.
    pub updates: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Held {
    /// The figures of the kind with this name.
    pub(crate) fn tell(&self, figures: &mut Figures, kind: &str) {
        let oldest = self.oldest.map_or(0, |(_, accepted)| accepted.as_millis());
        figures.add(format_args!("history.{kind}.updates"), self.updates);
        figures.add(format_args!("history.{kind}.bytes"), self.bytes);
        figures.add(format_args!("history.{kind}.oldest"), oldest);
    }
}

/// A piece of what is held, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Updates without a hole but where updates were removed.
    pub entries: Vec<Entry>,
    /// The place behind them of an update that is broken, so that it cannot be read. The page ends
    /// there, and the next one begins behind it.
    pub unreadable: Option<Sequence>,
}

/// A store of updates in the order of their sequence. Of each kind it holds a run without holes, up
/// to the newest.
///
/// Every method returns at once: storage that can only be awaited does not fit here.
pub trait History {
    /// Whether it keeps anything. Where nothing does, the window in memory is all there is.
    const KEEPS: bool = true;

    /// Why the store did not do it.
    type Error: std::error::Error + 'static;

    /// The newest update that there ever was, held or not; [`Sequence::START`] when there was none.
    ///
    /// # Errors
    /// The store's own.
    fn newest(&self) -> Result<Sequence, Self::Error>;

    /// The updates of this kind that are held.
    ///
    /// # Errors
    /// The store's own.
    fn held(&self, kind: Kind) -> Result<Held, Self::Error>;

    /// The newest update held of this kind that was accepted at `moment` or before, if there is one.
    ///
    /// # Errors
    /// The store's own.
    fn newest_until(&self, kind: Kind, moment: Timestamp) -> Result<Option<Sequence>, Self::Error>;

    /// Adds the update after the newest one, wholly or not at all.
    ///
    /// # Errors
    /// The store's own.
    fn append(&self, entry: &Entry) -> Result<(), Self::Error>;

    /// Updates after `cursor` up to and with `until`, in order: at least one if there is one, and
    /// no further one once there are [`PAGE_UPDATES`] or [`PAGE_BYTES`], or behind one that is
    /// broken.
    ///
    /// # Errors
    /// The store's own.
    fn page(&self, cursor: Sequence, until: Sequence) -> Result<Page, Self::Error>;

    /// The first update held with this id after `cursor`.
    ///
    /// # Errors
    /// The store's own.
    fn find(&self, id: &EventId, cursor: Sequence) -> Result<Option<Sequence>, Self::Error>;

    /// Adds the entry of a closing after the newest one, wholly or not at all. The topic has none.
    ///
    /// # Errors
    /// The store's own.
    fn close(&self, entry: &Entry, closing: &Closing) -> Result<(), Self::Error>;

    /// The closing of this topic, if one is held.
    ///
    /// # Errors
    /// The store's own.
    fn closed(&self, topic: &Topic) -> Result<Option<ClosedTopic>, Self::Error>;

    /// How many closings are held.
    fn closings(&self) -> u64;

    /// The publications of a topic that are held, if there are any.
    ///
    /// # Errors
    /// The store's own.
    fn tally(&self, topic: &Topic, of: Tallied) -> Result<Option<Tally>, Self::Error>;

    /// Removes all that there is of this kind. Then the newest one that there ever was is `until`, if that
    /// is behind it.
    ///
    /// # Errors
    /// The store's own.
    fn remove(&self, kind: Kind, until: Sequence) -> Result<(), Self::Error>;

    /// Removes the oldest of what `retention` no longer keeps of each kind at `now`, a bounded number
    /// at a time; says whether more is to be removed. A closing is removed by
    /// [`Retention::forgets`], if no publication from before it is held.
    ///
    /// # Errors
    /// The store's own.
    fn prune(&self, retention: Retention, now: Timestamp) -> Result<bool, Self::Error>;
}

/// No store: the window in memory is all the history there is.
impl History for () {
    const KEEPS: bool = false;

    type Error = Infallible;

    fn newest(&self) -> Result<Sequence, Infallible> {
        Ok(Sequence::START)
    }

    fn held(&self, _: Kind) -> Result<Held, Infallible> {
        Ok(Held::default())
    }

    fn newest_until(&self, _: Kind, _: Timestamp) -> Result<Option<Sequence>, Infallible> {
        Ok(None)
    }

    fn append(&self, _: &Entry) -> Result<(), Infallible> {
        Ok(())
    }

    fn page(&self, _: Sequence, _: Sequence) -> Result<Page, Infallible> {
        Ok(Page::default())
    }

    fn find(&self, _: &EventId, _: Sequence) -> Result<Option<Sequence>, Infallible> {
        Ok(None)
    }

    fn close(&self, _: &Entry, _: &Closing) -> Result<(), Infallible> {
        Ok(())
    }

    fn closed(&self, _: &Topic) -> Result<Option<ClosedTopic>, Infallible> {
        Ok(None)
    }

    fn closings(&self) -> u64 {
        0
    }

    fn tally(&self, _: &Topic, _: Tallied) -> Result<Option<Tally>, Infallible> {
        Ok(None)
    }

    fn remove(&self, _: Kind, _: Sequence) -> Result<(), Infallible> {
        Ok(())
    }

    fn prune(&self, _: Retention, _: Timestamp) -> Result<bool, Infallible> {
        Ok(false)
    }
}

/// Whether a page of `updates` updates and `bytes` bytes takes no further one.
#[must_use]
pub(crate) const fn page_is_full(updates: usize, bytes: usize) -> bool {
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
    fn of_subscriptions_no_more_is_kept_than_the_limit_and_than_of_publications() {
        let kept = Retention::default().of(Kind::Subscription);
        assert_eq!((kept.updates, kept.bytes), (1_000, 4 << 20));
        let few = Bounds { updates: 3, bytes: 1 << 30 };
        let kept = Retention::of_publications(few, None).of(Kind::Subscription);
        assert_eq!((kept.updates, kept.bytes), (3, 4 << 20));
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
