//! What a subscriber asks for: [draft-dunglas-mercure-07 § 3, topic selectors].
//!
//! [draft-dunglas-mercure-07 § 3, topic selectors]: https://datatracker.ietf.org/doc/html/draft-dunglas-mercure-07#name-topic-selectors

use std::{fmt, str::FromStr};

use crate::topic::{InvalidTopic, Topic};

/// Selects topics: all of them, or the one of that name.
///
/// ```
/// use millstream::{topic::Topic, topic_selector::TopicSelector};
///
/// let books: Topic = "books".parse()?;
/// assert!("*".parse::<TopicSelector>()?.selects(&books));
/// assert!("books".parse::<TopicSelector>()?.selects(&books));
/// assert!(!"Books".parse::<TopicSelector>()?.selects(&books));
/// # Ok::<(), millstream::topic::InvalidTopic>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TopicSelector {
    /// `*`: every topic.
    All,
    /// The topic that equals this one, byte by byte.
    Exact(Topic),
}

impl TopicSelector {
    /// Whether `topic` is one of those asked for.
    #[must_use]
    pub fn selects(&self, topic: &Topic) -> bool {
        match self {
            Self::All => true,
            Self::Exact(exact) => exact == topic,
        }
    }
}

impl FromStr for TopicSelector {
    type Err = InvalidTopic;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "*" => Ok(Self::All),
            _ => text.parse().map(Self::Exact),
        }
    }
}

impl fmt::Display for TopicSelector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => formatter.write_str("*"),
            Self::Exact(topic) => topic.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(selector: &str, topic: &str, expected: bool) {
        let selector: TopicSelector = selector.parse().unwrap();
        assert_eq!(selector.selects(&topic.parse().unwrap()), expected);
    }

    #[test]
    fn a_name_selects_itself_alone() {
        check("books", "books", true);
        check("books", "books/1", false);
        check("books", "Books", false);
    }

    #[test]
    fn a_star_selects_everything() {
        check("*", "books", true);
        check("*", "*", true);
    }

    #[test]
    fn a_selector_is_shown_as_it_was_written() {
        for text in ["*", "books"] {
            assert_eq!(text.parse::<TopicSelector>().unwrap().to_string(), text);
        }
    }
}
