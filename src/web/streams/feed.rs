//! The seam between a stream and the engine: all that a stream asks of its hub.

use crate::{base::connection_id::ConnectionId, hub::admission::Parting};

/// The result of a pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pulled {
    /// The stream was given a chunk, or will be.
    Fed,
    /// There is nothing: the connection waits.
    Waits,
    /// The connection has ended.
    Ended,
}

/// A hub, as the streams of its connections see it, independent of its hooks and its storage.
pub(crate) trait Feed {
    /// The stream wants a chunk.
    fn pull(&self, id: ConnectionId) -> Pulled;
    /// The stream of a connection that has ended wants a chunk.
    fn pull_after_end(&self, id: ConnectionId) -> Parting;
    /// Gives a link what there is for it, while it has credit.
    fn feed(&self, id: ConnectionId);
    /// The reader has no more use for the stream, and the host has let go of it.
    fn cancel(&self, id: ConnectionId);
}
