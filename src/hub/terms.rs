//! The terms on which a hub takes connections: for how long, and in how much memory.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    base::{connection_id::ConnectionId, timestamp::Timestamp},
    hub::{memory::Memory, resumes::Keeper},
};

/// The bounds of connections, and how the host's part of a connection is counted.
pub(crate) struct Terms<T> {
    memory: Memory,
    max_age: Option<Duration>,
    /// Bytes that the host keeps with a connection.
    weigh: fn(&T) -> usize,
    /// The client address of a connection, if the host knows it.
    locate: fn(&T) -> Option<Arc<str>>,
    /// Who keeps the time of a connection.
    keeper: fn(&T) -> Keeper,
}

impl<T> Default for Terms<T> {
    fn default() -> Self {
        Self {
            memory: Memory::default(),
            max_age: None,
            weigh: |_| 0,
            locate: |_| None,
            keeper: |_| Keeper::Hub,
        }
    }
}

impl<T> Terms<T> {
    pub(crate) fn set_memory(&mut self, memory: Memory) {
        self.memory = memory;
    }

    pub(crate) fn set_max_age(&mut self, age: Option<Duration>) {
        self.max_age = age;
    }

    pub(crate) fn set_weight(&mut self, weigh: fn(&T) -> usize) {
        self.weigh = weigh;
    }

    pub(crate) fn set_addresses(&mut self, locate: fn(&T) -> Option<Arc<str>>) {
        self.locate = locate;
    }

    pub(crate) fn set_keeper(&mut self, keeper: fn(&T) -> Keeper) {
        self.keeper = keeper;
    }

    /// The memory for all connections.
    pub(crate) fn memory(&self) -> Memory {
        self.memory
    }

    /// Bytes that the host keeps with a connection.
    pub(crate) fn weight(&self, state: &T) -> usize {
        (self.weigh)(state)
    }

    /// The address of a connection's client, if it is known.
    pub(crate) fn address(&self, state: &T) -> Option<Arc<str>> {
        (self.locate)(state)
    }

    /// Who keeps the time of a connection.
    pub(crate) fn keeper(&self, state: &T) -> Keeper {
        (self.keeper)(state)
    }

    /// When a connection that begins now is too old: after 80 to 100 % of the greatest age, so that
    /// connections which began together do not come back together. The part is derived from the id of
    /// the connection, which is random.
    pub(crate) fn ends(&self, id: ConnectionId, now: Timestamp) -> Option<Timestamp> {
        let part = 80 + u32::from(id.random_byte()) % 21;
        self.max_age.map(|age| now.saturating_add(age / 100 * part))
    }
}

impl<T> fmt::Debug for Terms<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { memory, max_age, .. } = self;
        formatter
            .debug_struct("Terms")
            .field("memory", memory)
            .field("max_age", max_age)
            .finish_non_exhaustive()
    }
}
