//! The result of a poll.

/// The result of a poll for data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Polled {
    /// Whole events and comments.
    Chunk(Vec<u8>),
    /// Nothing now.
    Nothing,
    /// The connection has ended.
    Ended,
}
