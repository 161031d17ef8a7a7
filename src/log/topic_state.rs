//! What a log knows of one topic.

use crate::{
    base::{limits::MAX_CLOSINGS, timestamp::Timestamp},
    log::{
        closing::EndReason,
        history::History,
        kind::Kind,
        log::{AppendError, Log},
        tally::{Sight, Tallied, Tally},
    },
    topics::{topic::Topic, topics::Topics},
};

/// The state of a topic, for somebody with a [`Sight`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TopicState {
    /// Nothing of it is held, and nobody produces it.
    Absent,
    /// It may have more updates than these. It has none if its first producer has only begun.
    Open(Option<Tally>),
    /// It has no update behind these.
    Closed {
        /// Why.
        reason: EndReason,
        /// Its updates that are held.
        held: Option<Tally>,
    },
}

impl<H: History> Log<H> {
    /// The state of this topic. It takes a look at every publication that is held.
    ///
    /// # Errors
    /// The history's own.
    pub fn topic_state(
        &self,
        topic: &Topic,
        sight: Sight,
        now: Timestamp,
    ) -> Result<TopicState, H::Error> {
        let held = self.tally(topic, sight, now)?;
        let closed = self.closed(topic)?;
        let closed = closed.filter(|it| it.sequence <= self.tail() && sight.sees(it.private));
        Ok(match (closed, held) {
            (Some(closed), held) => TopicState::Closed { reason: closed.reason, held },
            (None, held @ Some(_)) => TopicState::Open(held),
            (None, None) => TopicState::Absent,
        })
    }

    /// Checks that none of these topics is closed.
    ///
    /// # Errors
    /// [`AppendError`], with the first topic that is closed.
    pub(crate) fn check_open(&self, topics: &Topics) -> Result<(), AppendError<H::Error>> {
        for topic in topics.as_slice() {
            if self.closed(topic)?.is_some() {
                return Err(AppendError::Closed(topic.clone()));
            }
        }
        Ok(())
    }

    /// Checks that these topics can all be closed.
    ///
    /// # Errors
    /// [`AppendError`].
    pub(crate) fn may_close(&self, topics: &[Topic]) -> Result<(), AppendError<H::Error>> {
        let mut closings = self.closing_count();
        // Most of the time there is room for all of them, whichever are new.
        if closings + topics.len() as u64 <= MAX_CLOSINGS {
            return Ok(());
        }
        for topic in topics {
            closings += u64::from(self.closed(topic)?.is_none());
        }
        if closings > MAX_CLOSINGS { Err(AppendError::TooManyClosed) } else { Ok(()) }
    }

    /// The publications of this topic that may be read and are not too old.
    fn tally(
        &self,
        topic: &Topic,
        sight: Sight,
        now: Timestamp,
    ) -> Result<Option<Tally>, H::Error> {
        let (from, until) = (self.expired(now)?, self.tail());
        if H::KEEPS {
            return self.history().tally(topic, Tallied { from, until, sight });
        }
        let publications =
            self.revealed(from).filter(|entry| entry.update.kind == Kind::Publication);
        Ok(Tally::of(publications.map(|entry| &entry.update), topic, sight))
    }
}
