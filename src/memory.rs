//! How much memory a hub takes, and what it gives up to take no more.

/// What one connection is counted as: its part in the module's memory and in the heap, rounded up.
/// What the runtime keeps for a request is not counted.
const CONNECTION_BYTES: usize = 4 << 10;

/// The bytes that a hub may take for its connections, their queues and the updates it holds in
/// memory. When they become too many it gives up, in this order: updates in memory, so that readers
/// who are behind are served from the storage; events for single connections, which are refused (a
/// connection that would miss one for all is closed as too slow); and further connections.
///
/// ```
/// use millstream::memory::Memory;
///
/// let memory = Memory::of(1 << 20);
/// assert_eq!(memory.connections(), Some(256));
/// assert_eq!(memory.left_for_updates(0, 0), 1 << 20);
/// assert_eq!(memory.left_for_updates(128, 1_000), (1 << 19) - 1_000);
/// assert!(memory.has_room_for_queues(128, 1 << 19));
/// assert!(!memory.has_room_for_queues(129, 1 << 19));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory(usize);

impl Memory {
    /// So many bytes; 0 is no limit.
    #[must_use]
    pub const fn of(bytes: usize) -> Self {
        Self(bytes)
    }

    /// How many connections fit, if nothing else is held; `None` without a limit.
    #[must_use]
    pub fn connections(self) -> Option<u64> {
        (self.0 > 0).then_some((self.0 / CONNECTION_BYTES) as u64)
    }

    /// What is left for updates beside so many connections with so many bytes in their queues.
    #[must_use]
    pub fn left_for_updates(self, connections: usize, queues: usize) -> u64 {
        if self.0 == 0 {
            return u64::MAX;
        }
        self.0.saturating_sub(taken(connections, queues)) as u64
    }

    /// Whether so many connections may have so many bytes in their queues.
    #[must_use]
    pub fn has_room_for_queues(self, connections: usize, queues: usize) -> bool {
        self.0 == 0 || taken(connections, queues) <= self.0
    }
}

fn taken(connections: usize, queues: usize) -> usize {
    connections.saturating_mul(CONNECTION_BYTES).saturating_add(queues)
}

impl Default for Memory {
    /// Half of the 128 MB of an isolate, which several hubs may share.
    fn default() -> Self {
        Self::of(64 << 20)
    }
}
