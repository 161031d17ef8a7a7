//! The topics of a log that are closed, and what it holds of a topic.

use super::{AppendError, Log};
use crate::{
    base::{limits::MAX_CLOSINGS, sequence::Sequence, timestamp::Timestamp},
    log::{
        closing::{ClosedTopic, Closing},
        history::History,
        kind::Kind,
        place_key::Places,
        tally::{Sight, Tallied, Tally},
    },
    topics::topic::Topic,
};

impl<H: History> Log<H> {
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

    fn closing_count(&self) -> u64 {
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

    /// The publications of this topic that may be read and are not too old.
    ///
    /// # Errors
    /// The history's own.
    pub fn tally(
        &self,
        topic: &Topic,
        sight: Sight,
        now: Timestamp,
    ) -> Result<Option<Tally>, H::Error> {
        let (from, until) = (self.expired(now)?, self.tail);
        if H::KEEPS {
            return self.history.tally(topic, Tallied { from, until, sight });
        }
        let entries = self.window.after(from).into_iter().flatten();
        let entries = entries.take_while(|entry| entry.sequence <= until);
        let publications = entries.filter(|entry| entry.update.kind == Kind::Publication);
        Ok(Tally::of(publications.map(|entry| &entry.update), topic, sight))
    }
}
