//! One thing that a subscriber asks for, in the words in which it was asked.

use crate::{
    base::dialect::Dialect,
    topics::{
        topic::InvalidTopic,
        topic_selector::{InvalidMatcher, TopicSelector},
        url_parser::UrlParser,
    },
};

/// A topic selector of 0.x or a matcher of 1.0, with its type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subscription {
    match_type: MatchType,
    selector: TopicSelector,
}

/// The parameter by which a subscription is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MatchType {
    /// `topic` of 0.x: a topic, a URI template or `*`.
    Topic,
    /// `match` or `match_exact` of 1.0.
    Exact,
    /// `match_urlpattern` of 1.0.
    UrlPattern,
}

impl MatchType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Topic, Self::Exact, Self::UrlPattern];

    /// The dialect that has it.
    #[must_use]
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Topic => Dialect::V0,
            Self::Exact | Self::UrlPattern => Dialect::V1,
        }
    }

    /// The parameter by which it is asked for; `match_exact` is another name of `match`.
    #[must_use]
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Exact => "match",
            Self::UrlPattern => "match_urlpattern",
        }
    }

    /// Its name in 1.0, or `topic`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Exact => "exact",
            Self::UrlPattern => "urlpattern",
        }
    }
}

impl Subscription {
    /// A `topic` of 0.x.
    ///
    /// # Errors
    /// [`InvalidTopic`].
    pub fn topic(text: &str) -> Result<Self, InvalidTopic> {
        Ok(Self { match_type: MatchType::Topic, selector: TopicSelector::of_0_x(text)? })
    }

    /// A `match_exact` of 1.0.
    ///
    /// # Errors
    /// [`InvalidMatcher`].
    pub fn exact(text: &str) -> Result<Self, InvalidMatcher> {
        Ok(Self { match_type: MatchType::Exact, selector: TopicSelector::exact(text)? })
    }

    /// A `match_urlpattern` of 1.0.
    ///
    /// # Errors
    /// [`InvalidMatcher`].
    pub fn url_pattern(text: &str, urls: &dyn UrlParser) -> Result<Self, InvalidMatcher> {
        let selector = TopicSelector::url_pattern(text, urls)?;
        Ok(Self { match_type: MatchType::UrlPattern, selector })
    }

    /// The parameter by which it was asked for.
    #[must_use]
    pub fn match_type(&self) -> MatchType {
        self.match_type
    }

    /// The selector of its topics.
    #[must_use]
    pub fn selector(&self) -> &TopicSelector {
        &self.selector
    }

    /// The text that was asked for.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.selector.as_str()
    }
}
