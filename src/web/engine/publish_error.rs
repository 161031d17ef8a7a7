//! Why an update was not published.

use thiserror::Error;

use crate::{
    base::limits::MAX_CLOSINGS, http::error::Error as Refusal, log::update::UpdateTooLarge,
    topics::topic::Topic,
};

/// Why an update was not published.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PublishError {
    /// It is too large to be kept.
    #[error(transparent)]
    TooLarge(#[from] UpdateTooLarge),
    /// One of its topics is closed.
    #[error("the topic {0} is closed")]
    Closed(Topic),
    /// As many topics are closed as a hub keeps.
    #[error("{MAX_CLOSINGS} topics are closed, as many as a hub keeps")]
    TooManyClosed,
    /// The history refused it, or could not be made durable. The text is for the log.
    #[error("the history did not take the update: {0}")]
    History(String),
}

impl From<PublishError> for Refusal {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::TooLarge(too_large) => Self::UpdateTooLarge(too_large),
            PublishError::Closed(topic) => Self::TopicClosed(topic),
            PublishError::TooManyClosed => Self::TooManyClosed,
            PublishError::History(_) => Self::Unconfirmed,
        }
    }
}
