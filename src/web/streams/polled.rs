//! The results of asking for data.

/// What a poll for data has given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Polled {
    /// Whole events and comments.
    Chunk(Vec<u8>),
    /// Nothing now.
    Nothing,
    /// The connection has ended.
    Ended,
}
