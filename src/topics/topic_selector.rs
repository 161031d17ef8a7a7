//! Selectors of topics, as subscribers ask for them and tokens grant them: the topic selectors of
//! 0.x and the matchers of 1.0.

use std::{fmt, hash::Hash, sync::Arc};

use thiserror::Error;

use crate::{
    base::{heap, limits::MAX_TOPIC_BYTES},
    topics::{
        mercure_string::{self, ForbiddenCharacter},
        resolved_topics::ResolvedTopics,
        selector_cost::SelectorCost,
        topic::{InvalidTopic, Topic},
        uri_template::UriTemplate,
        url_parser::UrlParser,
        url_pattern::{InvalidUrlPattern, UrlPattern},
    },
};

/// Selects topics.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TopicSelector {
    /// `*`: every topic.
    All,
    /// The topic that equals this one, byte by byte.
    Exact(Topic),
    /// The topics that a URI template expands to, and the one that equals its text: 0.x.
    Template(Compiled<UriTemplate>),
    /// The topics that, as URLs, a URL pattern matches: 1.0.
    UrlPattern(Compiled<UrlPattern>),
}

/// A matcher. Two are equal if they were made of the same text, and resolved against the same URL
/// where each request has a URL of its own.
#[derive(Clone, Debug)]
pub struct Compiled<M> {
    text: Topic,
    base: Option<Box<str>>,
    matcher: Arc<M>,
}

/// Why a text is not a selector of 1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidMatcher {
    /// It is empty, too long, or holds a line break.
    #[error("{0}")]
    Topic(#[from] InvalidTopic),
    /// It holds a character that 1.0 forbids.
    #[error("{0}")]
    Character(#[from] ForbiddenCharacter),
    /// It is not a URL pattern.
    #[error("{0}")]
    UrlPattern(#[from] InvalidUrlPattern),
}

impl TopicSelector {
    /// A topic selector of 0.x: `*`, a URI template, or a topic. A template that is invalid is a
    /// topic as it stands: draft-dunglas-mercure-07 § 3.
    ///
    /// # Errors
    /// [`InvalidTopic`].
    pub fn of_0_x(text: &str) -> Result<Self, InvalidTopic> {
        if text == "*" {
            return Ok(Self::All);
        }
        let topic: Topic = text.parse()?;
        Ok(match text.parse::<UriTemplate>() {
            Ok(template) if template.has_expressions() => {
                Self::Template(Compiled { text: topic, base: None, matcher: Arc::new(template) })
            }
            Ok(_) | Err(_) => Self::Exact(topic),
        })
    }

    /// A matcher of the type `exact`: draft-dunglas-mercure-08, "matchers". `*` is recognised
    /// before the type.
    ///
    /// # Errors
    /// [`InvalidMatcher`].
    pub fn exact(text: &str) -> Result<Self, InvalidMatcher> {
        match checked(text)? {
            None => Ok(Self::All),
            Some(topic) => Ok(Self::Exact(topic)),
        }
    }

    /// A matcher of the type `urlpattern`, resolved by the hub's URL.
    ///
    /// # Errors
    /// [`InvalidMatcher`].
    pub fn url_pattern(text: &str, urls: &dyn UrlParser) -> Result<Self, InvalidMatcher> {
        let Some(topic) = checked(text)? else { return Ok(Self::All) };
        let matcher = Arc::new(UrlPattern::parse(text, urls)?);
        let base = urls.requested().map(Box::from);
        Ok(Self::UrlPattern(Compiled { text: topic, base, matcher }))
    }

    /// Bytes of its regular expressions, compiled.
    #[must_use]
    pub fn regexp_bytes(&self) -> usize {
        match self {
            Self::All | Self::Exact(_) | Self::Template(_) => 0,
            Self::UrlPattern(pattern) => pattern.matcher.regexp_bytes(),
        }
    }

    /// The beginning of every topic that it selects. For a URL pattern it is the beginning of the
    /// key of the topic's URL.
    pub(crate) fn beginning(&self) -> String {
        match self {
            Self::All => String::new(),
            Self::Exact(topic) => topic.as_str().to_owned(),
            Self::Template(template) => template.matcher.beginning().to_owned(),
            Self::UrlPattern(pattern) => pattern.matcher.beginning(),
        }
    }

    /// The same of the relative topics, where that is another beginning.
    pub(crate) fn relative_beginning(&self) -> Option<String> {
        match self {
            Self::UrlPattern(pattern) => pattern.matcher.relative_beginning(),
            _ => None,
        }
    }

    /// Both beginnings.
    pub(crate) fn beginnings(&self) -> impl Iterator<Item = String> + use<> {
        [Some(self.beginning()), self.relative_beginning()].into_iter().flatten()
    }

    /// The cost of comparing a topic with it.
    #[must_use]
    pub(crate) fn cost(&self) -> SelectorCost {
        let mut cost = match self {
            // There is one at the most.
            Self::All => return SelectorCost::default(),
            Self::Exact(_) => SelectorCost::default(),
            Self::Template(template) => template.matcher.cost(),
            Self::UrlPattern(pattern) => pattern.matcher.cost(),
        };
        cost += SelectorCost::passes(1);
        cost
    }

    /// Bytes that it holds in memory beside its own, which its clones share.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        match self {
            Self::All => 0,
            Self::Exact(topic) => heap::shared_text(topic.as_str()),
            Self::Template(Compiled { text, matcher, .. }) => {
                let own = heap::shared::<UriTemplate>() + matcher.held_bytes();
                heap::shared_text(text.as_str()) + own
            }
            Self::UrlPattern(Compiled { text, base, matcher }) => {
                let base = base.as_deref().map_or(0, heap::text);
                let own = heap::shared::<UrlPattern>() + matcher.held_bytes() + base;
                heap::shared_text(text.as_str()) + own
            }
        }
    }

    /// Whether it selects the topic at this place of an update.
    #[must_use]
    pub fn selects(&self, topics: &ResolvedTopics<'_>, at: usize) -> bool {
        let topic = topics.get(at);
        match self {
            Self::All => true,
            Self::Exact(exact) => topic == Some(exact),
            Self::Template(template) => topic.is_some_and(|topic| {
                let expands = |text| template.matcher.expands_to(text);
                template.text == *topic || topics.text(at).is_some_and(expands)
            }),
            Self::UrlPattern(pattern) => {
                topics.url(at).is_some_and(|url| pattern.matcher.matches(&url))
            }
        }
    }

    /// Whether it selects one of an update's topics.
    #[must_use]
    pub fn selects_any(&self, topics: &ResolvedTopics<'_>) -> bool {
        (0..topics.len()).any(|at| self.selects(topics, at))
    }

    /// The text that it was made of.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::All => "*",
            Self::Exact(topic) => topic.as_str(),
            Self::Template(template) => template.text.as_str(),
            Self::UrlPattern(pattern) => pattern.text.as_str(),
        }
    }
}

impl fmt::Display for TopicSelector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl<M> PartialEq for Compiled<M> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.base == other.base
    }
}

impl<M> Eq for Compiled<M> {}

impl<M> Hash for Compiled<M> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<M> PartialOrd for Compiled<M> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<M> Ord for Compiled<M> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text).then_with(|| self.base.cmp(&other.base))
    }
}

/// The text as a topic, or nothing for `*`.
fn checked(text: &str) -> Result<Option<Topic>, InvalidMatcher> {
    if text == "*" {
        return Ok(None);
    }
    if text.len() <= MAX_TOPIC_BYTES {
        mercure_string::check(text)?;
    }
    Ok(Some(text.parse()?))
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::topics::{topics::Topics, url_parser::native::NativeUrlParser};

    #[test]
    fn a_selector_is_a_star_a_topic_or_a_template() -> Result<(), Box<dyn std::error::Error>> {
        let book: Topic = "https://example.com/books/1".parse()?;
        let topics = book.into();
        let topics = ResolvedTopics::new(&topics, &());
        for selector in ["*", "https://example.com/books/1", "https://example.com/books/{id}"] {
            assert!(TopicSelector::of_0_x(selector)?.selects_any(&topics));
        }
        assert!(!TopicSelector::exact("https://example.com/books/{id}")?.selects_any(&topics));
        Ok(())
    }

    const HUB: &str = "https://hub.example/.well-known/mercure";

    #[track_caller]
    fn check(selector: &TopicSelector, topics: &[&str], expected: bool) {
        let topics: Vec<Topic> = topics.iter().map(|topic| topic.parse().unwrap()).collect();
        let topics = Topics::try_from(topics).unwrap();
        let urls = NativeUrlParser::new(HUB);
        assert_eq!(selector.selects_any(&ResolvedTopics::new(&topics, &urls)), expected);
    }

    fn of_0_x(selector: &str) -> TopicSelector {
        TopicSelector::of_0_x(selector).unwrap()
    }

    fn exact(matcher: &str) -> TopicSelector {
        TopicSelector::exact(matcher).unwrap()
    }

    fn url_pattern(matcher: &str) -> TopicSelector {
        TopicSelector::url_pattern(matcher, &NativeUrlParser::new(HUB)).unwrap()
    }

    #[test]
    fn a_name_selects_itself_alone() {
        for selector in [of_0_x("books"), exact("books")] {
            check(&selector, &["books"], true);
            check(&selector, &["other", "books"], true);
            check(&selector, &["books/1"], false);
            check(&selector, &["Books"], false);
        }
    }

    #[test]
    fn a_star_selects_everything_whatever_its_type() {
        for selector in [of_0_x("*"), exact("*"), url_pattern("*")] {
            assert_eq!(selector, TopicSelector::All);
            check(&selector, &["https://["], true);
        }
    }

    #[test]
    fn in_0_x_a_template_selects_its_expansions_and_itself() {
        let books = of_0_x("https://example.com/{foo}/bar");
        check(&books, &["https://example.com/foo/bar"], true);
        check(&books, &["https://example.com/foo/bar/baz"], false);
        check(&books, &["https://example.com/{foo}/bar"], true);
    }

    #[test]
    fn in_0_x_an_invalid_template_selects_itself_alone() {
        let faulty = of_0_x("https://example.com/hub?topic=faulty{iri");
        check(&faulty, &["https://example.com/hub?topic=faulty{iri"], true);
        check(&faulty, &["https://example.com/hub?topic=faulty"], false);
    }

    #[test]
    fn in_1_0_an_exact_matcher_is_never_a_template() {
        check(&exact("books/{id}"), &["books/1"], false);
        check(&exact("{unclosed"), &["{unclosed"], true);
    }

    #[test]
    fn in_1_0_a_pattern_matches_urls() {
        let books = url_pattern("https://example.com/books/:id");
        check(&books, &["https://EXAMPLE.com/books/1"], true);
        check(&books, &["https://example.com/Books/1"], false);
        check(&books, &["other", "https://example.com/books/2"], true);
        check(&url_pattern("/books/:id"), &["/books/1"], true);
        check(&url_pattern("/books/:id"), &["https://hub.example/books/1"], true);
        check(&url_pattern("/books/:id"), &["https://example.com/books/1"], false);
    }

    #[test]
    fn what_1_0_forbids_is_refused() {
        for text in ["", "a\u{0}b", "a\nb", "a\u{7f}", "a\u{85}", "a\u{202e}b"] {
            assert!(TopicSelector::exact(text).is_err(), "{text:?}");
        }
        assert!(TopicSelector::exact(&"x".repeat(MAX_TOPIC_BYTES + 1)).is_err());
        let unclosed = TopicSelector::url_pattern("{unclosed", &NativeUrlParser::new(HUB));
        assert_eq!(unclosed, Err(InvalidMatcher::UrlPattern(InvalidUrlPattern::Syntax)));
    }

    #[test]
    fn selectors_of_different_kinds_differ_even_with_the_same_text() {
        assert_ne!(of_0_x("a{b}"), exact("a{b}"));
        assert_eq!(of_0_x("a{b}"), of_0_x("a{b}"));
        assert_ne!(url_pattern("/a/:b"), exact("/a/:b"));
    }
}
