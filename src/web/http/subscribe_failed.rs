//! Why a host that subscribes in Rust gets no connection.

use thiserror::Error as StdError;

use crate::http::{error::Error, problem::Problem};

/// The hub gives no connection: its history cannot be read, it is being drained, it is full, or the access
/// does not allow what is asked for.
#[derive(Clone, Debug, PartialEq, Eq, StdError)]
#[error(transparent)]
pub struct SubscribeFailed(Error);

impl SubscribeFailed {
    pub(crate) fn new(error: Error) -> Self {
        Self(error)
    }

    /// The answer to a client that asked for the connection.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.0.problem()
    }
}
