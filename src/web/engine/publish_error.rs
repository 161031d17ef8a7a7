//! Why an update was not published.

use thiserror::Error;

use crate::{http::error::Error as Refusal, log::update::UpdateTooLarge};

/// Why an update was not published.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PublishError {
    /// It is too large to be kept.
    #[error(transparent)]
    TooLarge(#[from] UpdateTooLarge),
    /// The history refused it, or could not be made durable. The text is for the log.
    #[error("the history did not take the update: {0}")]
    History(String),
}

impl From<PublishError> for Refusal {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::TooLarge(too_large) => Self::UpdateTooLarge(too_large),
            PublishError::History(_) => Self::Unconfirmed,
        }
    }
}
