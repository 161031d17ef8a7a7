//! Topics that are closed, and the connections that end with them.

use std::ops::ControlFlow;

use super::hub::Hub;
use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    hub::{
        audience::Audience,
        close_reason::{self, CloseReason},
        finite_read::ReadForm,
        subscriber::Subscriber,
    },
    log::{
        closing::Closing, gap::GapForm, history::History, kind::Kind, log::AppendError,
        scanned::Scanned, tally::Sight, topic_state::TopicState,
    },
    topics::{resolved_topics::ResolvedTopics, topic::Topic},
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Closes a topic `now`, and gives the place of its closing in the log. Readers are told when that
    /// is [committed](Hub::commit). A closed topic stays as it is.
    ///
    /// # Errors
    /// [`AppendError`]; nothing has changed then.
    pub fn close_topic(
        &mut self,
        closing: &Closing,
        now: Timestamp,
    ) -> Result<Sequence, AppendError<H::Error>> {
        self.write_closing(closing, now)
    }

    /// How many connections are told of this closing when it is committed, or read of it later.
    #[must_use]
    pub fn reach_of_closing(&self, closing: &Closing) -> usize {
        self.reach(&closing.without_place())
    }

    /// The state of the topic that this subscriber asks for, as far as it may know it; `None` if it asks
    /// for anything but one topic. A topic of which nothing is held is open if it `has_begun`.
    ///
    /// # Errors
    /// The history's own.
    pub fn state_for(
        &self,
        subscriber: Subscriber<'_>,
        has_begun: &dyn Fn(&Topic, Sight) -> bool,
        now: Timestamp,
    ) -> Result<Option<TopicState>, H::Error> {
        let Some(topic) = subscriber.only_topic() else { return Ok(None) };
        let sight = subscriber.sight(topic, self.beginning().urls);
        let state = self.log().topic_state(topic, sight, now)?;
        let has_begun = state == TopicState::Absent && has_begun(topic, sight);
        Ok(Some(if has_begun { TopicState::Open(None) } else { state }))
    }

    /// What is left for this subscriber, whose look goes on behind `from` if it was begun. It is
    /// [`Left::Something`] for everybody but those whose topics are all closed, and those who come back
    /// to read what is held. A document always has something: its place.
    ///
    /// # Errors
    /// The history's own.
    pub fn left(
        &self,
        subscriber: Subscriber<'_>,
        from: Option<Sequence>,
        now: Timestamp,
    ) -> Result<Left, H::Error> {
        let request = subscriber.request;
        let reads_again = request.is_finite_and_returning();
        let may_be_over = reads_again || self.log().closing_count() > 0;
        if request.form() == ReadForm::Json || !may_be_over {
            return Ok(Left::Something);
        }
        let beginning = self.beginning();
        let selection = subscriber.selection();
        let audience = Audience::new(&selection);
        if !reads_again && beginning.end_of(&audience)?.is_none() {
            return Ok(Left::Something);
        }
        let start = beginning.of(subscriber, &selection, now)?;
        let is_told = beginning.telling.gap_form(request) != GapForm::Silence;
        // Who is told of no gap would come back for ever.
        if start.has_gap && is_told {
            return Ok(Left::Something);
        }
        let cursor = from.unwrap_or(start.cursor);
        let end = start.ends.unwrap_or(self.log().tail());
        if cursor >= end {
            return Ok(Left::Nothing);
        }
        if start.ends.is_some() && audience.takes(Kind::Closing) {
            return Ok(Left::Something);
        }
        let mut is_left = false;
        let scanned = self.log().scan(cursor, end, |entry| {
            let topics = ResolvedTopics::new(&entry.update.topics, beginning.urls);
            is_left = audience.admits(&entry.update, &topics);
            if is_left { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(match scanned {
            _ if is_left => Left::Something,
            Scanned::End => Left::Nothing,
            // It is a gap.
            Scanned::Unreadable(_) if is_told => Left::Something,
            Scanned::Stopped(cursor) | Scanned::Unreadable(cursor) => Left::Behind(cursor),
        })
    }

    /// These topics are closed for everybody. The connections that have asked for nothing but closed
    /// topics end once they were given everything.
    pub(super) fn finish(&mut self, topics: &[Topic]) {
        let beginning = self.beginning();
        let mut ended = Vec::new();
        for topic in topics {
            for key in self.registry().asking(topic, beginning.urls) {
                let audience = self.registry().audience(key);
                // A history that fails here fails for each of its readers too.
                if let Some(Ok(Some(_))) = audience.map(|audience| beginning.end_of(audience)) {
                    ended.push(key);
                }
            }
        }
        if !ended.is_empty() {
            let until = self.log().tail();
            let closing = close_reason::Closing { reason: CloseReason::Ended, until };
            self.close_audiences(&ended, closing);
        }
    }
}

/// What a log has for a subscriber to whom nothing more may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Left {
    /// An update, a gap, or that a topic has ended.
    Something,
    /// Nothing: its topics are closed, or it does not wait for more.
    Nothing,
    /// Nothing up to this place: look on from there.
    Behind(Sequence),
}
