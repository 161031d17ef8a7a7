//! What a hub did wrong, by kind.

use serde::Serialize;

/// How often each promise was broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Violations {
    /// Deliveries that never came, and `gap` events that say so.
    pub missing: u64,
    /// Deliveries that came again.
    pub duplicate: u64,
    /// Deliveries that came behind a later one of their publisher.
    pub out_of_order: u64,
    /// Lines, payloads, heads or framing that are not what they have to be.
    pub malformed: u64,
    /// Streams that ended without being asked to.
    pub unexpected_end: u64,
}

impl Violations {
    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
