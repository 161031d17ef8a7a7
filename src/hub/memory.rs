//! How much memory a hub takes, and what it gives up to take no more.

use crate::base::figures::Figures;

/// The memory that one connection counts for, beside its selectors: its part in the module's memory and
/// in the heap, rounded up. The runtime's part for a request is not counted.
const CONNECTION_BYTES: usize = 4 << 10;

/// The memory that a hub holds beside the updates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Connections.
    pub connections: usize,
    /// Bytes that belong to single connections, beside those of their queues.
    pub own: usize,
    /// Bytes of their selectors and grants, counted once for all connections that have the same.
    pub audiences: usize,
    /// Bytes in their queues.
    pub queues: usize,
}

impl Held {
    /// Bytes in all.
    #[must_use]
    pub fn bytes(self) -> usize {
        let Self { connections, own, audiences, queues } = self;
        let connections = connections.saturating_mul(CONNECTION_BYTES);
        connections.saturating_add(own).saturating_add(audiences).saturating_add(queues)
    }
}

/// The bytes that a hub may take for its connections, what they asked for, their queues and the
/// updates it holds in memory. When they become too many it gives up, in this order: updates in
/// memory, so that readers who are behind are served from the storage; events for single
/// connections, which are refused (a connection that would miss one for all is closed as too slow);
/// and further connections.
///
/// ```
/// use millstream::{Held, Memory};
///
/// let memory = Memory::of(1 << 20);
/// assert_eq!(memory.connections(), Some(256));
/// assert_eq!(memory.left_beside(Held::default()), 1 << 20);
/// let held = Held { connections: 128, own: 0, audiences: 1_000, queues: 24 };
/// assert_eq!(memory.left_beside(held), (1 << 19) - 1_024);
/// assert!(memory.has_room_for(Held { queues: (1 << 19) - 1_000, ..held }));
/// assert!(!memory.has_room_for(Held { queues: 1 << 19, ..held }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory(usize);

impl Memory {
    /// This many bytes; 0 is no limit.
    #[must_use]
    pub const fn of(bytes: usize) -> Self {
        Self(bytes)
    }

    /// How many connections fit, if nothing else is held; `None` without a limit.
    #[must_use]
    pub fn connections(self) -> Option<u64> {
        (self.0 > 0).then_some((self.0 / CONNECTION_BYTES) as u64)
    }

    /// The bytes that are left beside those held.
    #[must_use]
    pub fn left_beside(self, held: Held) -> usize {
        if self.0 == 0 { usize::MAX } else { self.0.saturating_sub(held.bytes()) }
    }

    /// Whether so much may be held.
    #[must_use]
    pub fn has_room_for(self, held: Held) -> bool {
        self.0 == 0 || held.bytes() <= self.0
    }

    /// The figures of what is held of it. A limit of 0 is none.
    pub(crate) fn tell(self, held: Held, figures: &mut Figures) {
        let connections = Held { audiences: 0, queues: 0, ..held }.bytes();
        figures.add(format_args!("memory.connections"), connections as u64);
        figures.add(format_args!("memory.audiences"), held.audiences as u64);
        figures.add(format_args!("memory.queues"), held.queues as u64);
        figures.add(format_args!("memory.limit"), self.0 as u64);
    }
}

impl Default for Memory {
    /// Half of the 128 MB of an isolate, which several hubs may share.
    fn default() -> Self {
        Self::of(64 << 20)
    }
}
