//! Connections that do not keep up.

use super::{Effect, Hub};
use crate::{
    base::{
        limits::{SLOW_AFTER_UPDATES, SLOW_FOR},
        timestamp::Timestamp,
    },
    event_stream::{comment::Comment, encoder},
    hub::{conflation::Conflation, connection::CloseReason, slow_consumers::SlowConsumers},
    log::{gap::Untold, history::History},
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Looks for slow connections once in as many updates as make one slow, so that this costs an
    /// update next to nothing.
    pub(super) fn evict_slow_in_time(&mut self, now: Timestamp) -> Vec<Effect<T>> {
        let since = self.log.tail().get().saturating_sub(self.swept.get());
        if since < SLOW_AFTER_UPDATES { Vec::new() } else { self.evict_slow(now) }
    }

    /// Closes those that are slow, if that is the policy.
    pub(super) fn evict_slow(&mut self, now: Timestamp) -> Vec<Effect<T>> {
        let tail = self.log.tail();
        self.swept = tail;
        if self.slow_consumers != SlowConsumers::Evict {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for key in self.registry.keys() {
            let Some(connection) = self.registry.at(key) else { continue };
            if connection.is_slow(tail) && now.since(connection.moved_at) >= SLOW_FOR {
                let id = connection.id;
                let closed = self.registry.remove(id, CloseReason::TooSlow);
                effects.extend(closed.map(Effect::Closed));
            }
        }
        effects
    }
}

/// Writes what is left to a stream, behind the gap if there is one. How many were left out stands in
/// a comment, for those who wonder.
pub(super) fn write(conflation: Conflation, gap: &mut Untold<'_>, chunk: &mut Vec<u8>) {
    let left_out = conflation.left_out();
    if left_out > 0 {
        let text = format!("conflated: {left_out} older updates were left out");
        encoder::encode_comment(&Comment::from(text.as_str()), chunk);
    }
    for entry in conflation.into_entries() {
        gap.tell_ahead_of(&entry, chunk);
        chunk.extend_from_slice(&entry.update.event);
    }
}
