//! The topics of one update.

use std::sync::Arc;

use thiserror::Error;

use crate::{limits::MAX_TOPICS, topic::Topic};

/// One to [`MAX_TOPICS`] topics: the canonical one first, then the alternates.
///
/// ```
/// use millstream::{topic::Topic, topics::Topics};
///
/// let canonical: Topic = "books/1".parse()?;
/// let topics = Topics::from(canonical.clone());
/// assert_eq!(topics.canonical(), Some(&canonical));
/// # Ok::<(), millstream::topic::InvalidTopic>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topics(Arc<[Topic]>);

/// Why these are not the topics of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
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
}

impl Topics {
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
    fn they_are_stored_one_a_line() {
        assert_eq!(Topics::try_from(numbered(3)).unwrap().to_lines(), "0\n1\n2");
    }
}
