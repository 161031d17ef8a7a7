//! The event of one update with the topics that audiences are shown, for a flush to many of them at once.

use std::{collections::HashMap, sync::Arc};

use crate::{hub::fields, log::update::EncodedUpdate};

/// The event with topics, made once for each set of topics, however many audiences are shown that set.
#[derive(Debug, Default)]
pub(crate) struct ShownTopics {
    by_places: HashMap<Vec<usize>, Arc<[u8]>>,
}

impl ShownTopics {
    /// The event of the update behind the topics at these places.
    pub(crate) fn event(&mut self, update: &EncodedUpdate, places: Vec<usize>) -> Arc<[u8]> {
        let topics = update.topics.as_slice();
        let made = self.by_places.entry(places).or_insert_with_key(|places| {
            let shown = places.iter().filter_map(|at| topics.get(*at));
            fields::with_topics(shown, &update.event).into()
        });
        Arc::clone(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event_stream::event::Event,
        log::update::Update,
        topics::{topic::Topic, topics::Topics},
    };

    #[test]
    fn the_same_topics_are_encoded_once() {
        let topics: Vec<Topic> = ["a", "b"].map(|topic| topic.parse().unwrap()).into();
        let topics = Topics::try_from(topics).unwrap();
        let update = Update::new(topics, "1".parse().unwrap(), Event::new("x")).encode().unwrap();
        let mut shown = ShownTopics::default();
        let first = shown.event(&update, vec![0]);
        assert_eq!(&*first, b"topic: a\nid: 1\ndata: x\n\n");
        assert_eq!(&*shown.event(&update, vec![0, 1]), b"topic: a\ntopic: b\nid: 1\ndata: x\n\n");
        assert!(Arc::ptr_eq(&first, &shown.event(&update, vec![0])));
    }
}
