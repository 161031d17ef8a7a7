//! Selectors of which one is enough.

use std::collections::HashSet;

use crate::{
    base::heap,
    topics::{
        resolved_topics::ResolvedTopics, selector_cost::SelectorCost, topic::Topic,
        topic_selector::TopicSelector,
    },
};

/// Selectors of which one is enough. Plain topics are in a set, so that many cost no more than one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selectors {
    exact: HashSet<Topic>,
    broad: Vec<TopicSelector>,
    cost: SelectorCost,
}

impl Selectors {
    /// Bytes that they hold in memory beside the selectors' own.
    pub(crate) fn held_bytes(&self) -> usize {
        // A table grows by doubling.
        let exact = 2 * heap::list::<(Topic, u8)>(self.exact.capacity());
        heap::shared::<Self>() + exact + heap::list::<TopicSelector>(self.broad.len())
    }

    /// The cost of holding a topic against those that are no plain names.
    pub(crate) fn cost(&self) -> SelectorCost {
        self.cost
    }

    /// Whether they select every topic.
    pub(crate) fn select_everything(&self) -> bool {
        self.broad.contains(&TopicSelector::All)
    }

    /// The topics that they select, if they are plain topics and nothing else.
    pub(crate) fn topics_alone(&self) -> Option<impl Iterator<Item = &Topic>> {
        let are_topics = self.broad.is_empty() && !self.exact.is_empty();
        are_topics.then(|| self.exact.iter())
    }

    /// Whether one of the selectors selects one of the topics.
    #[must_use]
    pub(crate) fn select_any(&self, topics: &ResolvedTopics<'_>) -> bool {
        (0..topics.len()).any(|at| self.select(topics, at))
    }

    /// Whether every topic is selected by one of the selectors.
    #[must_use]
    pub(crate) fn select_all(&self, topics: &ResolvedTopics<'_>) -> bool {
        (0..topics.len()).all(|at| self.select(topics, at))
    }

    /// Whether one of the selectors selects the topic at this place.
    pub(crate) fn select(&self, topics: &ResolvedTopics<'_>, at: usize) -> bool {
        topics.get(at).is_some_and(|topic| self.exact.contains(topic))
            || self.broad.iter().any(|selector| selector.selects(topics, at))
    }
}

impl FromIterator<TopicSelector> for Selectors {
    fn from_iter<I: IntoIterator<Item = TopicSelector>>(selectors: I) -> Self {
        let mut collected = Self::default();
        for selector in selectors {
            match selector {
                TopicSelector::Exact(topic) => {
                    collected.exact.insert(topic);
                }
                broad => {
                    collected.cost += broad.cost();
                    collected.broad.push(broad);
                }
            }
        }
        collected.broad.shrink_to_fit();
        collected
    }
}
