//! The terms of a hub, which are set before it has a connection.

use std::{sync::Arc, time::Duration};

use super::hub::Hub;
use crate::{
    hub::{memory::Memory, resumes::Keeper},
    log::history::History,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// The same hub, which takes no more memory than this.
    #[must_use]
    pub fn with_memory(mut self, memory: Memory) -> Self {
        self.terms_mut().set_memory(memory);
        self
    }

    /// The same hub, which counts for each connection the bytes that the host keeps with it.
    #[must_use]
    pub fn with_weight(mut self, weigh: fn(&T) -> usize) -> Self {
        self.terms_mut().set_weight(weigh);
        self
    }

    /// The same hub, which is told by this where a client is: what one address asks for does not fill
    /// the bounds of the hub.
    #[must_use]
    pub fn with_addresses(mut self, locate: fn(&T) -> Option<Arc<str>>) -> Self {
        self.terms_mut().set_addresses(locate);
        self
    }

    /// The same hub, which is told by this who keeps the time of a connection.
    #[must_use]
    pub fn with_keepers(mut self, keeper: fn(&T) -> Keeper) -> Self {
        self.terms_mut().set_keeper(keeper);
        self
    }

    /// The same hub, whose connections end when they are 80 to 100 % of `age` old: their clients come
    /// back and resume.
    #[must_use]
    pub fn with_max_age(mut self, age: Option<Duration>) -> Self {
        self.terms_mut().set_max_age(age);
        self
    }
}
