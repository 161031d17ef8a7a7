//! The topics of an update, with the URLs that they stand for.

use std::{cell::OnceCell, fmt};

use crate::topics::{
    topic::Topic, topics::Topics, uri_template::Text, url_components::UrlComponents,
    url_parser::UrlParser,
};

/// The topics of one update. They are resolved to URLs when the first URL is asked for: only URL
/// patterns ask, and the topics may be many.
pub struct ResolvedTopics<'a> {
    topics: &'a [Topic],
    urls: &'a dyn UrlParser,
    hrefs: OnceCell<Vec<Option<String>>>,
    /// The topics as templates look at them.
    texts: OnceCell<Vec<Text<'a>>>,
}

impl<'a> ResolvedTopics<'a> {
    /// The topics, to be resolved by this parser.
    #[must_use]
    pub fn new(topics: &'a Topics, urls: &'a dyn UrlParser) -> Self {
        Self { topics: topics.as_slice(), urls, hrefs: OnceCell::new(), texts: OnceCell::new() }
    }

    /// How many topics there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.topics.len()
    }

    /// Whether there is none, which [`Topics`] does not allow.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }

    /// The topic at this place.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&Topic> {
        self.topics.get(at)
    }

    /// All topics.
    pub fn iter(&self) -> impl Iterator<Item = &'a Topic> {
        self.topics.iter()
    }

    /// The topic at this place as templates look at it.
    pub(crate) fn text(&self, at: usize) -> Option<&Text<'a>> {
        let all = || self.topics.iter().map(|topic| Text::new(topic.as_str())).collect();
        self.texts.get_or_init(all).get(at)
    }

    /// Their bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.topics.iter().map(|topic| topic.as_str().len()).sum()
    }

    /// The URL that the topic at this place stands for, if it is a URL reference.
    #[must_use]
    pub fn url(&self, at: usize) -> Option<UrlComponents<&str>> {
        let hrefs = self.hrefs.get_or_init(|| {
            self.topics.iter().map(|topic| self.urls.parse(topic.as_str())).collect()
        });
        UrlComponents::of_href(hrefs.get(at)?.as_deref()?)
    }
}

impl fmt::Debug for ResolvedTopics<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ResolvedTopics").field(&self.topics).finish()
    }
}
