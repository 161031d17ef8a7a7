//! A chunk in the making.

use std::sync::Arc;

/// Events for one audience, encoded, one behind the other. A single one is shared.
#[derive(Debug)]
pub(crate) enum Chunk {
    One(Arc<[u8]>),
    Many(Vec<u8>),
}

impl Chunk {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::One(event) => event,
            Self::Many(events) => events,
        }
    }

    /// The chunk with one more event behind it.
    pub(crate) fn with(self, event: &[u8]) -> Self {
        let mut events = match self {
            Self::One(first) => first.to_vec(),
            Self::Many(events) => events,
        };
        events.extend_from_slice(event);
        Self::Many(events)
    }
}

impl From<Chunk> for Arc<[u8]> {
    fn from(chunk: Chunk) -> Self {
        match chunk {
            Chunk::One(event) => event,
            Chunk::Many(events) => events.into(),
        }
    }
}
