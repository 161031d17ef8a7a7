//! The name of the thing that an update is about, by which subscribers ask for it.

use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

use thiserror::Error;

use crate::{
    base::limits::MAX_TOPIC_BYTES,
    event_stream::one_line::{self, Forbidden},
};

/// A topic of an update: any text that is not empty, holds no NUL, CR or LF, and has at most
/// [`MAX_TOPIC_BYTES`] bytes. An IRI by convention, compared byte by byte.
///
/// ```
/// use millstream::Topic;
///
/// let book: Topic = "https://example.com/books/1".parse()?;
/// assert_eq!(book.as_str(), "https://example.com/books/1");
/// assert!("two\nlines".parse::<Topic>().is_err());
/// # Ok::<(), millstream::InvalidTopic>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Topic(Arc<str>);

/// Why a text is not a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidTopic {
    /// It is empty.
    #[error("the topic is empty")]
    Empty,
    /// It is longer than [`MAX_TOPIC_BYTES`].
    #[error("the topic has {bytes} bytes, the limit is {MAX_TOPIC_BYTES}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It holds a character that no topic may hold.
    #[error("the topic holds {character:?} at byte {at}")]
    ForbiddenCharacter {
        /// The first such character.
        character: char,
        /// Its byte offset.
        at: usize,
    },
}

impl Topic {
    /// The topic as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Topic {
    /// The beginning of topics, in the form of a topic, so that it can be looked up among them. It
    /// may be empty.
    pub(crate) fn beginning(text: &str) -> Self {
        Self(text.into())
    }
}

impl Borrow<str> for Topic {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for Topic {
    type Err = InvalidTopic;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(InvalidTopic::Empty);
        }
        if text.len() > MAX_TOPIC_BYTES {
            return Err(InvalidTopic::TooLong { bytes: text.len() });
        }
        one_line::check(text)?;
        Ok(Self(text.into()))
    }
}

impl From<Forbidden> for InvalidTopic {
    fn from(Forbidden { at, character }: Forbidden) -> Self {
        Self::ForbiddenCharacter { character, at }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iri_a_word_and_other_scripts_are_topics() {
        for text in ["https://example.com/books/1", "books", "كتب", "a b"] {
            assert_eq!(text.parse::<Topic>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn an_empty_topic_is_refused() {
        assert_eq!("".parse::<Topic>(), Err(InvalidTopic::Empty));
    }

    #[test]
    fn a_line_break_or_nul_is_refused_with_its_place() {
        for character in ['\0', '\r', '\n'] {
            assert_eq!(
                format!("é{character}").parse::<Topic>(),
                Err(InvalidTopic::ForbiddenCharacter { character, at: 2 })
            );
        }
    }

    #[test]
    fn a_topic_ends_at_its_limit() {
        assert!("x".repeat(MAX_TOPIC_BYTES).parse::<Topic>().is_ok());
        assert_eq!(
            "x".repeat(MAX_TOPIC_BYTES + 1).parse::<Topic>(),
            Err(InvalidTopic::TooLong { bytes: MAX_TOPIC_BYTES + 1 })
        );
    }
}
