//! The mistake of a stream that ends its decoding.

use thiserror::Error;

/// Why a stream is not decoded further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// A block of the stream holds more than the decoder may keep.
    #[error("an event of the stream is larger than {max} bytes")]
    EventTooLarge {
        /// The decoder's limit.
        max: usize,
    },
}
