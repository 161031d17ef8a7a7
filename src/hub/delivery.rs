//! How an operator has updates handed to connections.

use crate::hub::{linger::Linger, memory::Memory, slow_consumers::SlowConsumers};

/// The settings of delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// How long updates wait for one another: `LINGER`.
    pub linger: Linger,
    /// How much memory a hub takes: `MEMORY`.
    pub memory: Memory,
    /// The policy for readers that do not keep up: `SLOW_CONSUMERS`.
    pub slow_consumers: SlowConsumers,
}
