//! Connections that do not keep up.

use super::hub::Hub;
use crate::{
    base::timestamp::Timestamp,
    hub::{close_reason::CloseReason, effect::Effect, slow_readers},
    log::history::History,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Looks for slow connections once in as many updates as make one slow, so that this costs an
    /// update next to nothing.
    pub(super) fn evict_slow_in_time(&mut self, now: Timestamp) -> Vec<Effect<T>> {
        if self.sweep_is_due() { self.evict_slow(now) } else { Vec::new() }
    }

    /// Closes the slow ones, if that is the policy.
    pub(super) fn evict_slow(&mut self, now: Timestamp) -> Vec<Effect<T>> {
        let tail = self.log().tail();
        if !self.sweep() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for key in self.registry().keys() {
            let Some(connection) = self.at(key) else { continue };
            if slow_readers::is_evicted(connection.progress(), tail, now) {
                let id = connection.id();
                effects.extend(self.end(id, CloseReason::TooSlow));
            }
        }
        self.slow_readers_mut().evict(effects.len());
        effects
    }

    /// How many updates were left out for slow connections that are given the newest alone.
    #[must_use]
    pub fn conflated(&self) -> u64 {
        self.slow_readers().conflated()
    }
}
