//! The publications of one topic that a log holds, counted.

use crate::{
    base::sequence::Sequence, event_stream::event_id::EventId, log::update::EncodedUpdate,
    topics::topic::Topic,
};

/// The publications that are counted.
#[derive(Clone, Copy, Debug)]
pub struct Tallied {
    /// They are behind this place.
    pub from: Sequence,
    /// The last one that counts.
    pub until: Sequence,
    /// Whether private ones count.
    pub sight: Sight,
}

/// The updates that somebody may know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The public ones.
    Public,
    /// All of them: a grant for the topic was shown.
    Granted,
}

/// The publications of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The id of the first one.
    pub first: EventId,
    /// The id of the last one.
    pub last: EventId,
    /// How many there are.
    pub count: u64,
}

impl Sight {
    /// Whether something is seen that is `private` or not.
    #[must_use]
    pub fn sees(self, private: bool) -> bool {
        self == Self::Granted || !private
    }
}

impl Tally {
    /// Counts the updates of this topic among `updates`, which are in order.
    pub(crate) fn of<'a>(
        updates: impl Iterator<Item = &'a EncodedUpdate>,
        topic: &Topic,
        sight: Sight,
    ) -> Option<Self> {
        let mut tally: Option<Self> = None;
        let is_of = |update: &&EncodedUpdate| {
            sight.sees(update.private) && update.topics.as_slice().contains(topic)
        };
        for EncodedUpdate { id, .. } in updates.filter(is_of) {
            match &mut tally {
                Some(tally) => {
                    tally.last = id.clone();
                    tally.count += 1;
                }
                None => tally = Some(Self { first: id.clone(), last: id.clone(), count: 1 }),
            }
        }
        tally
    }
}
