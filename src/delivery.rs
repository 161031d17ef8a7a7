//! How an operator has updates handed to connections.

use crate::{
    config::{InvalidConfig, Variable, duration},
    linger::Linger,
    memory::Memory,
    slow_consumers::SlowConsumers,
};

/// The settings of delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// How long updates wait for one another: `LINGER`.
    pub linger: Linger,
    /// How much memory a hub takes: `MEMORY`.
    pub memory: Memory,
    /// What becomes of readers that do not keep up: `SLOW_CONSUMERS`.
    pub slow_consumers: SlowConsumers,
}

impl Delivery {
    pub(crate) fn read(
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, InvalidConfig> {
        let [linger, memory, slow_consumers] = ["LINGER", "MEMORY", "SLOW_CONSUMERS"]
            .map(|name| Variable { name, value: variable(name).unwrap_or_default() });
        Ok(Self {
            linger: linger.parse(
                "a time such as 50ms, or 0 for none",
                Linger::default(),
                |text| duration(text).map(Linger::up_to),
            )?,
            memory: memory.parse(
                "a number of bytes from 1 on, or 0 for no limit",
                Memory::default(),
                |text| text.parse().ok().map(Memory::of),
            )?,
            slow_consumers: slow_consumers.parse(
                "resume, conflate or evict",
                SlowConsumers::default(),
                |text| text.parse().ok(),
            )?,
        })
    }
}
