//! What came into a hub, and what went out to its connections.

use crate::{
    base::figures::Figures,
    log::kind::{Kind, OfKind},
};

/// Counts of one hub since it was made.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    /// Connections that did not go on from before.
    subscribers: u64,
    /// Entries of the log that readers may read.
    revealed: OfKind<u64>,
    /// An entry counts once for each connection that it was given to.
    deliveries: u64,
    chunks: u64,
    bytes: u64,
}

/// Chunks that streams have taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// The streams that took the same chunk.
    pub(crate) streams: usize,
    /// The bytes of the chunk.
    pub(crate) bytes: usize,
    /// The entries of the log in it that are not counted as delivered.
    pub(crate) updates: usize,
}

impl Traffic {
    /// A client has subscribed.
    pub(crate) fn subscribed(&mut self) {
        self.subscribers += 1;
    }

    /// An entry can be read.
    pub(crate) fn revealed(&mut self, kind: Kind) {
        *self.revealed.of_mut(kind) += 1;
    }

    /// Entries were read from the log for one connection.
    pub(crate) fn delivered(&mut self, updates: u64) {
        self.deliveries += updates;
    }

    /// A chunk went out.
    pub(crate) fn took(&mut self, taken: Taken) {
        let Taken { streams, bytes, updates } = taken;
        self.chunks += streams as u64;
        self.bytes += (bytes * streams) as u64;
        self.deliveries += (updates * streams) as u64;
    }

    pub(crate) fn tell(&self, figures: &mut Figures) {
        figures.add(format_args!("subscribers"), self.subscribers);
        for kind in Kind::ALL {
            figures.add(format_args!("updates.{}", kind.as_str()), *self.revealed.of(kind));
        }
        figures.add(format_args!("deliveries"), self.deliveries);
        figures.add(format_args!("delivered.chunks"), self.chunks);
        figures.add(format_args!("delivered.bytes"), self.bytes);
    }
}
