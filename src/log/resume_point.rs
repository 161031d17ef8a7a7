//! The place that a subscriber at the tail can come back to.

use super::Log;
use crate::{
    event_id::EventId,
    history::{Entry, History},
    limits::{MAX_SAME_ID, MAX_SCAN_UPDATES, PAGE_BYTES, PAGE_UPDATES},
    place::Place,
    sequence::Sequence,
    timestamp::Timestamp,
    update::EncodedUpdate,
};

impl<H: History> Log<H> {
    /// A place from which exactly what is committed from now on is replayed to those who can read
    /// what is `readable`, and nothing else that they can: that of the newest such update, since
    /// all behind it is hidden from them, or [`Place::Earliest`] if there is none.
    ///
    /// It looks at [`MAX_SCAN_UPDATES`] in memory at the most, then at what one page of the history
    /// would hold, and gives `None` when there is more.
    ///
    /// # Errors
    /// The history's own.
    pub fn resume_point(
        &self,
        now: Timestamp,
        readable: impl Fn(&EncodedUpdate) -> bool,
    ) -> Result<Option<Place>, H::Error> {
        let expired = self.expired(now)?;
        let mut search = Search { log: self, now, readable, duplicates: 0, newest: None };
        let mut until = self.tail;
        for (looked, entry) in self.window.back_from(self.tail).enumerate() {
            if entry.sequence <= expired {
                return Ok(Some(search.end()));
            }
            if looked == MAX_SCAN_UPDATES {
                return Ok(search.newest);
            }
            if let Some(place) = search.place(entry)? {
                return Ok(Some(place));
            }
            until = entry.sequence.previous();
        }
        search.back_through_history(self.held_from(Sequence::START, now)?, until)
    }
}

struct Search<'a, H, R> {
    log: &'a Log<H>,
    now: Timestamp,
    readable: R,
    /// Readable updates whose id is that of an earlier one too.
    duplicates: usize,
    /// The place of the newest of them.
    newest: Option<Place>,
}

impl<H: History, R: Fn(&EncodedUpdate) -> bool> Search<'_, H, R> {
    /// The place behind this update, if it is one.
    ///
    /// A client that comes back with the id of several updates is sent on from the first of them,
    /// so an older update with an id of its own is the better place. When there are only such, the
    /// newest is given all the same: better to show some twice than to lose one.
    fn place(&mut self, entry: &Entry) -> Result<Option<Place>, H::Error> {
        let update = &entry.update;
        let Some(place) = Place::after(&update.id).filter(|_| (self.readable)(update)) else {
            return Ok(None);
        };
        if self.first(&update.id)? == Some(entry.sequence) {
            return Ok(Some(place));
        }
        self.duplicates += 1;
        let newest = self.newest.get_or_insert(place).clone();
        Ok((self.duplicates == MAX_SAME_ID).then_some(newest))
    }

    fn first(&self, id: &EventId) -> Result<Option<Sequence>, H::Error> {
        self.log.find(id, self.now, &self.readable)
    }

    /// Nothing is before what was looked at.
    fn end(self) -> Place {
        self.newest.unwrap_or(Place::Earliest)
    }

    /// Goes on behind the window in steps that double, since the first update mostly is the one.
    fn back_through_history(
        mut self,
        oldest: Sequence,
        mut until: Sequence,
    ) -> Result<Option<Place>, H::Error> {
        let (mut step, mut bytes) = (1, 0);
        while until > oldest {
            if step > PAGE_UPDATES as u64 / 2 || bytes >= PAGE_BYTES {
                return Ok(self.newest);
            }
            let from = oldest.max(Sequence::new(until.get().saturating_sub(step)));
            let mut entries: Vec<Entry> = Vec::new();
            let mut cursor = from;
            while cursor < until {
                let page = self.log.history.page(cursor, until)?;
                let Some(last) = page.last() else { break };
                cursor = last.sequence;
                bytes += page.iter().map(|entry| entry.update.stored_bytes()).sum::<usize>();
                entries.extend(page);
            }
            for entry in entries.iter().rev() {
                if let Some(place) = self.place(entry)? {
                    return Ok(Some(place));
                }
            }
            until = from;
            step *= 2;
        }
        Ok(Some(self.end()))
    }
}
