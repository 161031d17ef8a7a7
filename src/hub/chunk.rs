//! A chunk in the making.

use std::sync::Arc;

/// Events for one audience, encoded, one behind the other. A single one is shared.
#[derive(Debug)]
pub(crate) enum Chunk {
    One(Arc<[u8]>),
    Many(Vec<u8>, usize),
}

impl Chunk {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::One(event) => event,
            Self::Many(events, _) => events,
        }
    }

    /// The chunk with one more event behind it.
    pub(crate) fn with(self, event: &[u8]) -> Self {
        let (mut events, count) = match self {
            Self::One(first) => (first.to_vec(), 1),
            Self::Many(events, count) => (events, count),
        };
        events.extend_from_slice(event);
        Self::Many(events, count + 1)
    }

    /// How many events it has.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(_, count) => *count,
        }
    }
}

impl From<Chunk> for Arc<[u8]> {
    fn from(chunk: Chunk) -> Self {
        match chunk {
            Chunk::One(event) => event,
            Chunk::Many(events, _) => events.into(),
        }
    }
}
