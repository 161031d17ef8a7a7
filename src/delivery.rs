//! How an operator has updates handed to connections.

use crate::{
    config::{InvalidConfig, Variable, duration},
    linger::Linger,
};

/// The settings of delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// How long updates wait for one another: `LINGER`.
    pub linger: Linger,
}

impl Delivery {
    pub(crate) fn read(
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, InvalidConfig> {
        let [linger] =
            ["LINGER"].map(|name| Variable { name, value: variable(name).unwrap_or_default() });
        Ok(Self {
            linger: linger.parse(
                "a time such as 50ms, or 0 for none",
                Linger::default(),
                |text| duration(text).map(Linger::up_to),
            )?,
        })
    }
}
