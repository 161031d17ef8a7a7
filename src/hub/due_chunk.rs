//! A chunk of the log for connections that wait.

use std::sync::Arc;

use crate::base::sequence::Sequence;

/// The chunk that a flush has for a connection.
#[derive(Clone, Debug)]
pub(crate) struct DueChunk {
    /// The updates, encoded, one behind the other. A single one is the log's own bytes, or those of all
    /// audiences that are shown the same topics of it, so that the audiences that share it are known by
    /// it.
    pub(crate) chunk: Arc<[u8]>,
    /// How many updates it has.
    pub(crate) updates: usize,
    /// It begins behind this update.
    pub(crate) from: Sequence,
    /// It ends with this one.
    pub(crate) until: Sequence,
}
