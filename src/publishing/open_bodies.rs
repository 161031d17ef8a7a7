//! The interface of the store of streamed bodies that close their topics, which outlives a crash.

use thiserror::Error;

use crate::log::closing::Closing;

/// Names a body among those of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenBody(pub u64);

impl OpenBody {
    /// All bodies that an earlier object has left behind.
    pub const LEFT: Self = Self(0);
}

/// A store of the bodies that have not ended. The topics of one that an earlier object left behind are
/// closed when the hub begins.
pub trait OpenBodies {
    /// The closings that the bodies of an earlier object owe. These bodies are [`OpenBody::LEFT`] together.
    ///
    /// # Errors
    /// [`OpenBodiesFailed`].
    fn left(&self) -> Result<Vec<Closing>, OpenBodiesFailed>;

    /// Keeps a body, with the closings that are due if its end is not seen.
    ///
    /// # Errors
    /// [`OpenBodiesFailed`].
    fn begin(&self, owed: &[Closing]) -> Result<OpenBody, OpenBodiesFailed>;

    /// Removes a body, whose topics are closed.
    ///
    /// # Errors
    /// [`OpenBodiesFailed`].
    fn end(&self, body: OpenBody) -> Result<(), OpenBodiesFailed>;
}

/// The store failed. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the store of open bodies failed: {0}")]
pub struct OpenBodiesFailed(pub String);

/// A host without storage keeps nothing: its topics go with its memory.
impl OpenBodies for () {
    fn left(&self) -> Result<Vec<Closing>, OpenBodiesFailed> {
        Ok(Vec::new())
    }

    fn begin(&self, _: &[Closing]) -> Result<OpenBody, OpenBodiesFailed> {
        Ok(OpenBody::LEFT)
    }

    fn end(&self, _: OpenBody) -> Result<(), OpenBodiesFailed> {
        Ok(())
    }
}
