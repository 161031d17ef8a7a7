//! The memory that values take beside their own bytes.

/// The allocator's header of a piece of memory, and its rounding.
const PIECE: usize = 2 * size_of::<usize>();

/// A text.
pub(crate) fn text(text: &str) -> usize {
    PIECE + text.len()
}

/// A list of this many things, without spare capacity.
pub(crate) fn list<T>(len: usize) -> usize {
    PIECE + len * size_of::<T>()
}

/// A thing that is counted by reference.
pub(crate) fn shared<T>() -> usize {
    2 * PIECE + size_of::<T>()
}

/// A text that is counted by reference.
pub(crate) fn shared_text(text: &str) -> usize {
    2 * PIECE + text.len()
}
