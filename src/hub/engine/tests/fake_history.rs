//! A history in memory, which obeys the contract of the trait and fails when it is told to.

use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
    rc::Rc,
};

use thiserror::Error;

use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    event_stream::{encoder, event::Event, event_id::EventId},
    log::{
        closing::{ClosedTopic, Closing},
        history::{Entry, Held, History, Page, Retention},
        kind::{Kind, OfKind},
        tally::{Tallied, Tally},
        update::EncodedUpdate,
        update_id::IdOrigin,
    },
    topics::{topic::Topic, topics::Topics},
};

/// Updates that one page holds at the most: few, so that a short log has several pages.
pub(crate) const PAGE: usize = 3;

/// Updates that are removed at once.
pub(crate) const PRUNED_AT_ONCE: usize = 2;

/// Clones are handles of one store, as two openings of one database are.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeHistory(Rc<RefCell<Store>>);

#[derive(Debug, Default)]
struct Store {
    entries: VecDeque<Entry>,
    newest: Sequence,
    removed: OfKind<Sequence>,
    closed: HashMap<Topic, ClosedTopic>,
    broken: Option<Sequence>,
    synced: (VecDeque<Entry>, Sequence, OfKind<Sequence>),
    calls_until_failure: Option<usize>,
    pages: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the history was told to fail")]
pub(crate) struct Refused;

impl FakeHistory {
    /// Lets so many calls succeed and fails all further ones.
    pub(crate) fn fail_after(&self, calls: usize) {
        self.0.borrow_mut().calls_until_failure = Some(calls);
    }

    /// How many pages were read.
    pub(crate) fn pages(&self) -> usize {
        self.0.borrow().pages
    }

    /// Fails no more.
    pub(crate) fn recover(&self) {
        self.0.borrow_mut().calls_until_failure = None;
    }

    /// Breaks what is stored of this update.
    pub(crate) fn break_at(&self, number: u64) {
        self.0.borrow_mut().broken = Some(Sequence::new(number));
    }

    /// Makes everything durable.
    pub(crate) fn sync(&self) {
        let mut store = self.0.borrow_mut();
        store.synced = (store.entries.clone(), store.newest, store.removed);
    }

    /// Takes back what is not durable, as a crash does; gives the newest update that is left.
    pub(crate) fn crash(&self) -> Sequence {
        let mut store = self.0.borrow_mut();
        (store.entries, store.newest, store.removed) = store.synced.clone();
        let held: Vec<_> = store.entries.iter().map(|entry| entry.sequence).collect();
        store.closed.retain(|_, closed| held.contains(&closed.sequence));
        store.newest
    }

    fn call<T>(&self, action: impl FnOnce(&mut Store) -> T) -> Result<T, Refused> {
        let mut store = self.0.borrow_mut();
        match store.calls_until_failure {
            Some(0) => return Err(Refused),
            Some(calls) => store.calls_until_failure = Some(calls - 1),
            None => {}
        }
        Ok(action(&mut store))
    }
}

impl History for FakeHistory {
    type Error = Refused;

    fn newest(&self) -> Result<Sequence, Refused> {
        self.call(|store| store.newest)
    }

    fn held(&self, kind: Kind) -> Result<Held, Refused> {
        self.call(|store| {
            let oldest = store.of(kind).next().map(|entry| (entry.sequence, entry.accepted));
            let removed = *store.removed.of(kind);
            let newest = store.of(kind).next_back().map_or(removed, |entry| entry.sequence);
            let updates = store.of(kind).count() as u64;
            let bytes = store.of(kind).map(|entry| entry.update.stored_bytes() as u64).sum();
            Held { newest, removed, oldest, updates, bytes }
        })
    }

    fn newest_until(&self, kind: Kind, moment: Timestamp) -> Result<Option<Sequence>, Refused> {
        self.call(|store| {
            let mut entries = store.of(kind).rev();
            entries.find(|entry| entry.accepted <= moment).map(|entry| entry.sequence)
        })
    }

    fn append(&self, entry: &Entry) -> Result<(), Refused> {
        self.call(|store| {
            assert!(entry.sequence > store.newest, "a place that goes back");
            let hole = entry.sequence.previous();
            let is_removed = Kind::ALL.iter().any(|kind| *store.removed.of(*kind) >= hole);
            assert!(hole == store.newest || is_removed, "a hole in the history");
            let newest = store.entries.back().map(|newest| newest.accepted);
            assert!(newest <= Some(entry.accepted), "a time that goes back");
            store.newest = entry.sequence;
            store.entries.push_back(entry.clone());
        })
    }

    fn page(&self, cursor: Sequence, until: Sequence) -> Result<Page, Refused> {
        self.call(|store| {
            let asked = |entry: &&Entry| entry.sequence > cursor && entry.sequence <= until;
            store.pages += 1;
            let mut page = Page::default();
            for entry in store.entries.iter().filter(asked).take(PAGE) {
                if store.broken == Some(entry.sequence) {
                    page.unreadable = store.broken;
                    break;
                }
                page.entries.push(entry.clone());
            }
            page
        })
    }

    fn find(&self, id: &EventId, cursor: Sequence) -> Result<Option<Sequence>, Refused> {
        self.call(|store| {
            let mut entries = store.entries.iter().filter(|entry| entry.sequence > cursor);
            entries.find(|entry| entry.update.id == *id).map(|entry| entry.sequence)
        })
    }

    fn close(&self, entry: &Entry, closing: &Closing) -> Result<(), Refused> {
        self.append(entry)?;
        let closed = closing.held(entry.sequence, entry.accepted);
        let before = self.0.borrow_mut().closed.insert(closing.topic.clone(), closed);
        assert_eq!(before, None, "closed twice");
        Ok(())
    }

    fn closed(&self, topic: &Topic) -> Result<Option<ClosedTopic>, Refused> {
        self.call(|store| store.closed.get(topic).copied())
    }

    fn closings(&self) -> u64 {
        self.0.borrow().closed.len() as u64
    }

    fn tally(&self, topic: &Topic, of: Tallied) -> Result<Option<Tally>, Refused> {
        self.call(|store| {
            let entries = store.of(Kind::Publication);
            let entries = entries.skip_while(|entry| entry.sequence <= of.from);
            let entries = entries.take_while(|entry| entry.sequence <= of.until);
            Tally::of(entries.map(|entry| &entry.update), topic, of.sight)
        })
    }

    fn remove(&self, kind: Kind, until: Sequence) -> Result<(), Refused> {
        self.call(|store| {
            let newest = store.of(kind).next_back().map(|newest| newest.sequence);
            while store.of(kind).next().is_some() {
                store.remove_oldest(kind);
            }
            let removed = *store.removed.of(kind);
            *store.removed.of_mut(kind) = newest.unwrap_or(removed).max(until);
            store.newest = store.newest.max(until);
        })
    }

    fn prune(&self, retention: Retention, now: Timestamp) -> Result<bool, Refused> {
        self.call(|store| {
            for kind in Kind::ALL {
                for _ in 0..PRUNED_AT_ONCE {
                    if !store.is_within(kind, retention, now) {
                        store.remove_oldest(kind);
                    }
                }
            }
            Kind::ALL.into_iter().any(|kind| !store.is_within(kind, retention, now))
        })
    }
}

impl Store {
    fn of(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.update.kind == kind)
    }

    fn remove_oldest(&mut self, kind: Kind) {
        let at = self.entries.iter().position(|entry| entry.update.kind == kind);
        let removed = self.entries.remove(at.unwrap()).unwrap();
        *self.removed.of_mut(kind) = removed.sequence;
        self.closed.retain(|_, closed| closed.sequence != removed.sequence);
    }

    /// Whether the oldest closing is to be kept.
    fn keeps_closing(&self, retention: Retention, now: Timestamp) -> bool {
        let Some(oldest) = self.of(Kind::Closing).next() else { return true };
        let is_young = retention.forgets(now).is_none_or(|moment| oldest.accepted > moment);
        let first = self.of(Kind::Publication).next();
        is_young || first.is_some_and(|first| first.sequence < oldest.sequence)
    }

    fn is_within(&self, kind: Kind, retention: Retention, now: Timestamp) -> bool {
        if kind == Kind::Closing {
            return self.keeps_closing(retention, now);
        }
        let oldest = self.of(kind).next().map(|oldest| oldest.accepted);
        if retention.expired(now).zip(oldest).is_some_and(|(expired, oldest)| oldest <= expired) {
            return false;
        }
        let bytes: u64 = self.of(kind).map(|entry| entry.update.stored_bytes() as u64).sum();
        retention.of(kind).hold(self.of(kind).count() as u64, bytes)
    }
}

/// An update of these topics whose data is its id, as a store may hold it: also with an id that
/// nobody can publish any more.
pub(crate) fn update(id: &str, topics: &[&str]) -> EncodedUpdate {
    let topics: Vec<Topic> = topics.iter().map(|topic| topic.parse().unwrap()).collect();
    let topics = Topics::try_from(topics).unwrap();
    let event = Event::new(id).with_id(id.parse().unwrap());
    let event = encoder::encoded(&event).into();
    let id = id.parse().unwrap();
    let (kind, id_origin) = (Kind::Publication, IdOrigin::Publisher);
    EncodedUpdate { topics, id, private: false, kind, id_origin, event }
}
