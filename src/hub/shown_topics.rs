//! The topics of one update that its audiences are shown, for a flush to many audiences at once.

use crate::{
    hub::fields,
    log::{history::Entry, update::EncodedUpdate},
    topics::{
        resolved_topics::ResolvedTopics, selector_index::SelectorIndex, topic::Topic,
        topics::Topics, url_parser::UrlParser,
    },
};

/// The selectors of a hub: of the audiences, and of the lists of grants.
#[derive(Clone, Copy)]
pub(crate) struct Indexes<'a> {
    pub(crate) asked: &'a SelectorIndex,
    pub(crate) granted: &'a SelectorIndex,
}

/// Who is shown a topic.
struct ShownTopic {
    topic: Topic,
    /// The audiences that have asked for it.
    asked: Vec<usize>,
    /// The lists of grants that grant it, if it has to be granted.
    granting: Option<Vec<usize>>,
}

/// The topics of one update, each with who is shown it.
pub(crate) struct ShownTopics(Vec<ShownTopic>);

/// An audience that is shown an update, and its list of grants.
#[derive(Clone, Copy)]
pub(crate) struct Reader {
    pub(crate) audience: usize,
    pub(crate) grants: Option<usize>,
}

impl ShownTopics {
    /// Finds the audiences of each topic, as those of the update are found.
    pub(crate) fn of(update: &EncodedUpdate, indexes: Indexes<'_>, urls: &dyn UrlParser) -> Self {
        let shown = update.topics.as_slice().iter().map(|topic| {
            let alone = Topics::from(topic.clone());
            let alone = ResolvedTopics::new(&alone, urls);
            let granting = update.private.then(|| indexes.granted.find(&alone, |_| true));
            let asked = indexes.asked.find(&alone, |_| true);
            ShownTopic { topic: topic.clone(), asked, granting }
        });
        Self(shown.collect())
    }

    /// The entry as the reader gets it.
    pub(crate) fn entry_for(&self, reader: Reader, entry: &Entry) -> Entry {
        let topics = self.0.iter().filter(|shown| {
            let is_granted = shown.granting.as_ref().is_none_or(|granting| {
                reader.grants.is_some_and(|grants| granting.binary_search(&grants).is_ok())
            });
            is_granted && shown.asked.binary_search(&reader.audience).is_ok()
        });
        let topics = topics.map(|shown| &shown.topic);
        entry.with_event(fields::with_topics(topics, &entry.update.event).into())
    }
}
