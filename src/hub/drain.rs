//! The end of all connections of a hub that is about to go, in good order.

use std::time::Duration;

use super::{Effect, Enqueue, Hub};
use crate::{
    audiences::ConnectionKey,
    connection::{CloseReason, Closing},
    connection_id::ConnectionId,
    history::History,
    reconnection_time::ReconnectionTime,
    sequence::Sequence,
    timestamp::Timestamp,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Ends all connections, each behind what there is for it and behind a reconnection time out of
    /// `within`, so that they do not come back together: HTML § 9.2.6. Until that time is over no
    /// connection is taken; updates are.
    pub fn drain(&mut self, within: Duration, now: Timestamp) -> Vec<Effect<T>> {
        self.draining_until = now.saturating_add(within);
        let until = self.log.tail();
        let mut effects = Vec::new();
        for key in self.registry.keys() {
            let waited = self.rouse(key);
            let Some(connection) = self.registry.at(key) else { continue };
            let id = connection.id;
            let mut chunk = farewell(delay(within, id));
            if !waited {
                // A queue without room has its client come back sooner, which is as good.
                let _ = self.registry.push(key, chunk.into());
                self.close_behind(key, until);
                continue;
            }
            self.close_behind(key, until);
            // What cannot be read now is met again by the next pull.
            let _ = self.read(key, &mut chunk, now);
            let Some(connection) = self.registry.at(key) else { continue };
            connection.fed(now);
            let has_all = connection.cursor >= until;
            let to = vec![Self::recipient(connection)];
            effects.push(Effect::Enqueue(Enqueue { chunk: chunk.into(), to, from: None }));
            if has_all {
                let closed = self.registry.remove(id, CloseReason::Drained);
                effects.extend(closed.map(Effect::Closed));
            }
        }
        effects
    }

    fn close_behind(&mut self, key: ConnectionKey, until: Sequence) {
        if let Some(connection) = self.registry.at(key) {
            let reason = CloseReason::Drained;
            connection.closing.get_or_insert(Closing { reason, until });
        }
    }

    /// When a client that comes now is to come back, while the hub is being drained.
    pub(super) fn turned_away(&self, id: ConnectionId, now: Timestamp) -> Option<Duration> {
        let left = self.draining_until.since(now);
        (!left.is_zero()).then(|| delay(left, id))
    }
}

/// A part of `within` out of the connection's id, which is random.
fn delay(within: Duration, id: ConnectionId) -> Duration {
    within / 256 * (u32::from(id.random_byte()) + 1)
}

fn farewell(retry: Duration) -> Vec<u8> {
    let retry = ReconnectionTime::from(retry);
    format!(": {}\nretry: {retry}\n\n", CloseReason::Drained.as_str()).into_bytes()
}
