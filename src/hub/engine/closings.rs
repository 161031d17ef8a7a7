//! Topics that are closed, and the connections that end with them.

use super::hub::Hub;
use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    event_stream::event_id::EventId,
    hub::subscriber::Subscriber,
    log::{closing::Closing, history::History, log::AppendError, topic_state::TopicState},
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
        self.reach(&closing.encode(self.log().tail(), self.beginning().telling.places()))
    }

    /// The state of the topic that this subscriber asks for, as far as it may know it; `None` if it asks
    /// for anything but one topic.
    ///
    /// # Errors
    /// The history's own.
    pub fn state_for(
        &self,
        subscriber: Subscriber<'_>,
        now: Timestamp,
    ) -> Result<Option<TopicState>, H::Error> {
        let Some(topic) = subscriber.only_topic() else { return Ok(None) };
        let sight = subscriber.sight(topic, self.beginning().urls);
        self.log().topic_state(topic, sight, now).map(Some)
    }

    /// The id of the event that tells of the closing at this place.
    #[must_use]
    pub fn closing_id(&self, closing: Sequence) -> EventId {
        Closing::id(closing, self.beginning().telling.places())
    }
}
