//! The one ordered log of a hub: an in-memory window over the durable history.

use std::ops::ControlFlow;

use thiserror::Error;

use crate::{
    base::{
        figures::Figures,
        limits::{MAX_CLOSINGS, MAX_SAME_ID, MAX_SCAN_BYTES, MAX_SCAN_UPDATES},
        sequence::Sequence,
        timestamp::Timestamp,
    },
    event_stream::event_id::EventId,
    log::{
        closing::{ClosedTopic, Closing},
        closings::Closings,
        history::{Bounds, Entry, History, Retention},
        kind::{Kind, OfKind},
        place_key::Places,
        scanned::Scanned,
        update::EncodedUpdate,
        window::Window,
    },
    topics::topic::Topic,
};

/// Updates in the order in which they were accepted.
///
/// An update is first [appended](Log::append), then, once it is durable, [committed](Log::commit):
/// only then can a cursor read it, so that no subscriber sees what a crash could take back.
#[derive(Debug)]
pub struct Log<H> {
    window: Window,
    /// Where nothing keeps a history.
    closings: Closings,
    history: H,
    retention: Retention,
    newest: Sequence,
    /// When the newest was accepted. A clock that goes back is not followed, so that what is too
    /// old is always a run from the oldest on.
    accepted: Timestamp,
    tail: Sequence,
}

/// Why an entry was not appended.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AppendError<E> {
    /// The topic is closed.
    #[error("the topic {0} is closed")]
    Closed(Topic),
    /// There are [`MAX_CLOSINGS`] closed topics.
    #[error("{MAX_CLOSINGS} topics are closed, as many as a hub keeps")]
    TooManyClosed,
    /// The history refused it.
    #[error(transparent)]
    History(#[from] E),
}

impl<H: History> Log<H> {
    /// Opens the log over `history`, whose updates all count as committed, with so much of it in
    /// memory; where nothing keeps a history, all of it is there.
    ///
    /// # Errors
    /// The history's own.
    pub fn open(history: H, retention: Retention, window: Bounds) -> Result<Self, H::Error> {
        let newest = history.newest()?;
        let page = history.page(newest.previous(), newest)?.entries;
        let accepted = page.first().map_or_else(Timestamp::default, |entry| entry.accepted);
        let window = if H::KEEPS {
            let newest = OfKind::try_new(|kind| Ok(history.held(kind)?.newest))?;
            Window::over(newest, window.min(retention.publications), retention)
        } else {
            Window::alone(retention)
        };
        let closings = Closings::default();
        Ok(Self { window, closings, history, retention, newest, accepted, tail: newest })
    }

    /// The history that the window lies over.
    #[must_use]
    pub fn history(&self) -> &H {
        &self.history
    }

    /// The newest update that may be read.
    #[must_use]
    pub fn tail(&self) -> Sequence {
        self.tail
    }

    /// Adds an update that was accepted `now`. Nobody can read it yet.
    ///
    /// # Errors
    /// [`AppendError`]; the log is then as it was.
    pub fn append(
        &mut self,
        update: EncodedUpdate,
        now: Timestamp,
    ) -> Result<Sequence, AppendError<H::Error>> {
        // The topics of the other updates are the hub's own.
        if update.kind == Kind::Publication {
            self.check_open(&update.topics)?;
        }
        let entry = self.next(update, now);
        self.history.append(&entry)?;
        Ok(self.push(entry))
    }

    /// Closes a topic `now`, and says where. Nobody can read that yet. A closed topic stays as it is.
    ///
    /// # Errors
    /// [`AppendError`]; the log is then as it was.
    pub(crate) fn close(
        &mut self,
        closing: &Closing,
        places: &Places,
        now: Timestamp,
    ) -> Result<Sequence, AppendError<H::Error>> {
        if let Some(closed) = self.closed(&closing.topic)? {
            return Ok(closed.sequence);
        }
        if self.closing_count() >= MAX_CLOSINGS {
            return Err(AppendError::TooManyClosed);
        }
        let entry = self.next(closing.encode(self.newest.next(), places), now);
        self.history.close(&entry, closing)?;
        if !H::KEEPS {
            let closed = closing.held(entry.sequence, entry.accepted);
            self.closings.insert(closing.topic.clone(), closed);
        }
        Ok(self.push(entry))
    }

    /// How many topics are closed.
    pub(crate) fn closing_count(&self) -> u64 {
        if H::KEEPS { self.history.closings() } else { self.closings.len() }
    }

    /// The closing of this topic, committed or not, if it is closed.
    ///
    /// # Errors
    /// The history's own.
    pub fn closed(&self, topic: &Topic) -> Result<Option<ClosedTopic>, H::Error> {
        match self.closing_count() {
            0 => Ok(None),
            _ if H::KEEPS => self.history.closed(topic),
            _ => Ok(self.closings.get(topic)),
        }
    }

    fn next(&self, update: EncodedUpdate, now: Timestamp) -> Entry {
        Entry { sequence: self.newest.next(), accepted: self.accepted.max(now), update }
    }

    fn push(&mut self, entry: Entry) -> Sequence {
        self.newest = entry.sequence;
        self.accepted = entry.accepted;
        self.window.push(entry);
        self.newest
    }

    /// Lets everybody read up to and with `until`; gives the updates that this reveals.
    pub fn commit(&mut self, until: Sequence) -> impl Iterator<Item = &Entry> {
        let from = self.tail;
        self.tail = until.min(self.newest).max(from);
        self.revealed(from)
    }

    /// The updates after `cursor` that may be read, out of memory: all of them if `cursor` is where
    /// [`Log::prune`] was told that not everybody has read on.
    pub fn revealed(&self, cursor: Sequence) -> impl Iterator<Item = &Entry> {
        let tail = self.tail;
        let revealed = self.window.after(cursor).into_iter().flatten();
        revealed.take_while(move |entry| entry.sequence <= tail)
    }

    /// Removes updates that are no longer kept from memory and from the history; says
    /// whether the history has more to remove. Updates after `shown` stay in memory; of the others no
    /// more than `bytes` do.
    ///
    /// # Errors
    /// The history's own.
    pub fn prune(&mut self, shown: Sequence, bytes: u64, now: Timestamp) -> Result<bool, H::Error> {
        self.window.trim(shown.min(self.tail), bytes, now);
        if !H::KEEPS
            && let Some(moment) = self.retention.forgets(now)
        {
            self.closings.forget(moment, self.window.oldest_of(Kind::Publication));
        }
        self.history.prune(self.retention, now)
    }

    /// Its figures. What a history cannot tell counts as nothing.
    pub(crate) fn tell(&self, figures: &mut Figures) {
        for kind in Kind::UPDATES {
            let held = if H::KEEPS { self.history.held(kind).ok() } else { self.window.held(kind) };
            held.unwrap_or_default().tell(figures, kind.as_str());
        }
        figures.add(format_args!("closed"), self.closing_count());
        self.window.tell(figures);
    }

    /// When to call [`Log::prune`] for updates that will be too old, or for closings, if nothing calls
    /// it sooner.
    ///
    /// # Errors
    /// The history's own.
    pub fn prune_at(&self) -> Result<Option<Timestamp>, H::Error> {
        let oldest = self.oldest_of(&Kind::UPDATES)?;
        let too_old = oldest.and_then(|(_, accepted)| self.retention.prune_at(accepted));
        let (closing, publication) = if H::KEEPS {
            let publication = self.history.held(Kind::Publication)?.oldest;
            let publication = publication.map(|(sequence, _)| sequence);
            (self.history.held(Kind::Closing)?.oldest, publication)
        } else {
            (self.closings.oldest(), self.window.oldest_of(Kind::Publication))
        };
        // A closing that is kept for the sake of a publication goes with that.
        let is_first =
            |closing: &(Sequence, Timestamp)| publication.is_none_or(|held| held > closing.0);
        let forgotten = closing.filter(is_first).map(|(_, at)| self.retention.forget_at(at));
        Ok([too_old, forgotten].into_iter().flatten().min())
    }

    /// The oldest update that is held, if any is, too old or not.
    ///
    /// # Errors
    /// The history's own.
    pub fn oldest(&self) -> Result<Option<Sequence>, H::Error> {
        Ok(self.oldest_of(&Kind::ALL)?.map(|(sequence, _)| sequence))
    }

    fn oldest_of(&self, kinds: &[Kind]) -> Result<Option<(Sequence, Timestamp)>, H::Error> {
        // The window may still have an update that one which is not committed has pushed out of the
        // history.
        let mut oldest = self.window.oldest().map(|entry| (entry.sequence, entry.accepted));
        for kind in kinds {
            let held = self.history.held(*kind)?.oldest;
            oldest = [oldest, held].into_iter().flatten().min();
        }
        Ok(oldest)
    }

    /// The newest update of these kinds that is removed or too old. A reader of these kinds that has not
    /// come so far has missed something.
    ///
    /// # Errors
    /// The history's own.
    pub fn gone(&self, kinds: &[Kind], now: Timestamp) -> Result<Sequence, H::Error> {
        let mut gone = Sequence::START;
        for kind in kinds {
            let removed = self.history.held(*kind)?.removed;
            let here = self.window.gone(*kind);
            // An update is held if one of both has it.
            let removed = if H::KEEPS { removed.min(here) } else { here };
            // What was removed before it was committed is not known to be gone before that.
            gone = gone.max(removed.min(self.tail)).max(self.expired_of(*kind, now)?);
        }
        Ok(gone)
    }

    /// The first update with this id that may be read, is not too old, and is `readable`. Any other is
    /// treated as absent. Only the first [`MAX_SAME_ID`] updates with this id are looked at.
    ///
    /// # Errors
    /// The history's own.
    pub fn find(
        &self,
        id: &EventId,
        now: Timestamp,
        readable: impl Fn(&EncodedUpdate) -> bool,
    ) -> Result<Option<Sequence>, H::Error> {
        let mut cursor = self.expired(now)?;
        for _ in 0..MAX_SAME_ID {
            let found = self.window.find(id, cursor, || self.history.find(id, cursor))?;
            let Some(found) = found.filter(|found| *found <= self.tail) else { return Ok(None) };
            if self.entry(found)?.is_some_and(|entry| readable(&entry.update)) {
                return Ok(Some(found));
            }
            cursor = found;
        }
        Ok(None)
    }

    fn entry(&self, sequence: Sequence) -> Result<Option<Entry>, H::Error> {
        let cursor = sequence.previous();
        if let Some(mut entries) = self.window.after(cursor) {
            return Ok(entries.next().filter(|entry| entry.sequence == sequence).cloned());
        }
        Ok(self.history.page(cursor, sequence)?.entries.pop())
    }

    /// The newest update that may be read but is too old: it and all before it count as removed.
    pub(crate) fn expired(&self, now: Timestamp) -> Result<Sequence, H::Error> {
        let mut expired = Sequence::START;
        for kind in Kind::UPDATES {
            expired = expired.max(self.expired_of(kind, now)?);
        }
        Ok(expired)
    }

    fn expired_of(&self, kind: Kind, now: Timestamp) -> Result<Sequence, H::Error> {
        let Some(moment) = self.retention.expired(now) else { return Ok(Sequence::START) };
        let expired = match self.window.newest_until(kind, moment) {
            Some(expired) => Some(expired),
            None => self.history.newest_until(kind, moment)?,
        };
        Ok(expired.map_or(Sequence::START, |expired| expired.min(self.tail)))
    }

    /// The place from which a cursor goes on: the cursor itself, or the one before the oldest update
    /// held, if what comes after the cursor is gone or too old. Behind it there may be holes, where
    /// updates of one kind are gone and those of the other are held: see [`Log::gone`].
    ///
    /// # Errors
    /// The history's own.
    pub fn held_from(&self, cursor: Sequence, now: Timestamp) -> Result<Sequence, H::Error> {
        if cursor >= self.tail {
            return Ok(cursor);
        }
        let cursor = cursor.max(self.expired(now)?);
        if cursor >= self.tail {
            return Ok(cursor);
        }
        // The oldest one may not be committed, when all before it are removed.
        let held = self.oldest()?.map_or(self.tail, |oldest| oldest.previous().min(self.tail));
        Ok(cursor.max(held))
    }

    /// Shows `visit` the updates after `cursor`, up to and with `until` or the tail, in order,
    /// until it breaks (behind the update it was just shown).
    ///
    /// # Errors
    /// The history's own.
    pub(crate) fn scan(
        &self,
        mut cursor: Sequence,
        until: Sequence,
        mut visit: impl FnMut(&Entry) -> ControlFlow<()>,
    ) -> Result<Scanned, H::Error> {
        let (until, start) = (until.min(self.tail), self.window.start());
        let (mut seen, mut bytes) = (0, 0);
        let mut show = |entry: &Entry| {
            seen += 1;
            bytes += entry.update.stored_bytes();
            let has_turn = seen < MAX_SCAN_UPDATES && bytes < MAX_SCAN_BYTES;
            match visit(entry) {
                ControlFlow::Continue(()) if has_turn => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        };
        while cursor < until {
            let page;
            let mut unreadable = None;
            let entries: Box<dyn Iterator<Item = &Entry>> =
                if let Some(entries) = self.window.read_after(cursor) {
                    Box::new(entries)
                } else {
                    // The window may still have what the history no longer has.
                    let below = if cursor < start { until.min(start) } else { until };
                    page = self.history.page(cursor, below)?;
                    unreadable = page.unreadable;
                    Box::new(page.entries.iter())
                };
            let before = cursor;
            for entry in entries.take_while(|entry| entry.sequence <= until) {
                cursor = entry.sequence;
                if show(entry).is_break() {
                    return Ok(if cursor < until {
                        Scanned::Stopped(cursor)
                    } else {
                        Scanned::End
                    });
                }
            }
            if let Some(unreadable) = unreadable {
                return Ok(Scanned::Unreadable(unreadable));
            }
            if cursor == before {
                if cursor >= start {
                    break;
                }
                // The updates between here and the window are gone.
                cursor = start;
            }
        }
        Ok(Scanned::End)
    }
}

mod removal;

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
