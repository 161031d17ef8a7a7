//! The name of a subscriber, by which an application ends its connections.

use std::{fmt, str::FromStr, sync::Arc};

use thiserror::Error;

use crate::base::{heap, limits::MAX_SUBSCRIBER_BYTES};

/// The name that a token or an application gives to a subscriber. Its connections share one text.
///
/// ```
/// use millstream::SubscriberName;
///
/// let ada: SubscriberName = "ada".parse()?;
/// assert_eq!(ada.as_str(), "ada");
/// assert!("".parse::<SubscriberName>().is_err());
/// # Ok::<(), millstream::InvalidSubscriberName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SubscriberName(Arc<str>);

/// A text is not the name of a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidSubscriberName {
    /// It is empty.
    #[error("the name of a subscriber is not empty")]
    Empty,
    /// It has this many bytes.
    #[error("the name of the subscriber has {0} bytes, the limit is {MAX_SUBSCRIBER_BYTES}")]
    TooLong(usize),
}

impl SubscriberName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Bytes that it holds in memory beside its own.
    pub(crate) fn held_bytes(&self) -> usize {
        heap::shared_text(&self.0)
    }
}

impl FromStr for SubscriberName {
    type Err = InvalidSubscriberName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.len() {
            0 => Err(InvalidSubscriberName::Empty),
            1..=MAX_SUBSCRIBER_BYTES => Ok(Self(text.into())),
            bytes => Err(InvalidSubscriberName::TooLong(bytes)),
        }
    }
}

impl fmt::Display for SubscriberName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_any_text_up_to_its_limit() {
        for text in ["a", "\0", "ж", "auth0|1", &"x".repeat(MAX_SUBSCRIBER_BYTES)] {
            assert_eq!(text.parse::<SubscriberName>().unwrap().to_string(), text);
        }
        let long = "é".repeat(MAX_SUBSCRIBER_BYTES / 2 + 1);
        let bytes = MAX_SUBSCRIBER_BYTES + 2;
        assert_eq!(long.parse::<SubscriberName>(), Err(InvalidSubscriberName::TooLong(bytes)));
        assert_eq!("".parse::<SubscriberName>(), Err(InvalidSubscriberName::Empty));
    }
}
