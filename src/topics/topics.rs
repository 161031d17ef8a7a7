//! The topics of one update.

use std::sync::Arc;

use thiserror::Error;

use crate::{
    base::limits::{MAX_TOPICS, MAX_TOPICS_BYTES},
    topics::topic::Topic,
};

/// One to [`MAX_TOPICS`] topics: the canonical one first, then the alternates.
///
/// ```
/// use millstream::{Topic, Topics};
///
/// let canonical: Topic = "books/1".parse()?;
/// let topics = Topics::from(canonical.clone());
/// assert_eq!(topics.canonical(), Some(&canonical));
/// # Ok::<(), millstream::InvalidTopic>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topics(Arc<[Topic]>);

/// Why these are not the topics of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidTopics {
    /// There is none.
    #[error("there is no topic")]
    Missing,
    /// There are more than [`MAX_TOPICS`].
    #[error("there are {topics} topics, the limit is {MAX_TOPICS}")]
    TooMany {
        /// How many there are.
        topics: usize,
    },
    /// They are longer than [`MAX_TOPICS_BYTES`] together.
    #[error("the topics have {bytes} bytes together, the limit is {MAX_TOPICS_BYTES}")]
    TooLong {
        /// Their length.
        bytes: usize,
    },
}

impl Topics {
    /// The topics of a new update. An update in the history may have longer ones: it may be older
    /// than this bound.
    ///
    /// # Errors
    /// [`InvalidTopics`].
    pub fn to_publish(topics: Vec<Topic>) -> Result<Self, InvalidTopics> {
        let bytes = topics.iter().map(|topic| topic.as_str().len()).sum();
        let topics = Self::try_from(topics)?;
        if bytes > MAX_TOPICS_BYTES { Err(InvalidTopics::TooLong { bytes }) } else { Ok(topics) }
    }

    /// The topic that names what the update is about.
    #[must_use]
    pub fn canonical(&self) -> Option<&Topic> {
        self.0.first()
    }

    /// All of them, the canonical one first.
    #[must_use]
    pub fn as_slice(&self) -> &[Topic] {
        &self.0
    }

    /// One topic a line, as a history stores them; no topic holds a line break.
    #[must_use]
    pub fn to_lines(&self) -> String {
        let mut lines = String::with_capacity(self.bytes());
        for topic in &*self.0 {
            if !lines.is_empty() {
                lines.push('\n');
            }
            lines.push_str(topic.as_str());
        }
        lines
    }

    /// Bytes that they take as lines, with a line break each.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.iter().map(|topic| topic.as_str().len() + 1).sum()
    }
}

impl From<Topic> for Topics {
    fn from(canonical: Topic) -> Self {
        Self([canonical].into())
    }
}

impl TryFrom<Vec<Topic>> for Topics {
    type Error = InvalidTopics;

    fn try_from(topics: Vec<Topic>) -> Result<Self, Self::Error> {
        match topics.len() {
            0 => Err(InvalidTopics::Missing),
            1..=MAX_TOPICS => Ok(Self(topics.into())),
            topics => Err(InvalidTopics::TooMany { topics }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(count: usize) -> Vec<Topic> {
        (0..count).map(|at| at.to_string().parse().unwrap()).collect()
    }

    #[test]
    fn none_is_too_few_and_one_over_the_limit_too_many() {
        assert_eq!(Topics::try_from(numbered(0)), Err(InvalidTopics::Missing));
        assert!(Topics::try_from(numbered(MAX_TOPICS)).is_ok());
        assert_eq!(
            Topics::try_from(numbered(MAX_TOPICS + 1)),
            Err(InvalidTopics::TooMany { topics: MAX_TOPICS + 1 })
        );
    }

    #[test]
    fn together_they_end_at_their_limit() {
        let long = |count: usize| vec!["x".repeat(4_096).parse().unwrap(); count];
        assert!(Topics::to_publish(long(16)).is_ok());
        let bytes = 17 * 4_096;
        assert_eq!(Topics::to_publish(long(17)), Err(InvalidTopics::TooLong { bytes }));
        assert!(Topics::try_from(long(17)).is_ok());
    }

    #[test]
    fn they_are_stored_one_a_line() {
        assert_eq!(Topics::try_from(numbered(3)).unwrap().to_lines(), "0\n1\n2");
    }
}
