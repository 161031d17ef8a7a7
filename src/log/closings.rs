//! The closings of a log that has no history below it.

use std::collections::HashMap;

use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    log::closing::ClosedTopic,
    topics::topic::Topic,
};

/// The closed topics.
#[derive(Debug, Default)]
pub(crate) struct Closings(HashMap<Topic, ClosedTopic>);

impl Closings {
    /// The closing of this topic.
    pub(crate) fn get(&self, topic: &Topic) -> Option<ClosedTopic> {
        self.0.get(topic).copied()
    }

    /// How many topics are closed.
    pub(crate) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Closes a topic.
    pub(crate) fn insert(&mut self, topic: Topic, closed: ClosedTopic) {
        self.0.insert(topic, closed);
    }

    /// The first closing.
    pub(crate) fn oldest(&self) -> Option<(Sequence, Timestamp)> {
        self.0.values().map(|closed| (closed.sequence, closed.accepted)).min()
    }

    /// Forgets the closings of this moment and before it, unless an update from before them is kept;
    /// `oldest` is the oldest one.
    pub(crate) fn forget(&mut self, moment: Timestamp, oldest: Option<Sequence>) {
        let is_held = |closed: &ClosedTopic| oldest.is_some_and(|oldest| oldest < closed.sequence);
        self.0.retain(|_, closed| closed.accepted > moment || is_held(closed));
    }
}
