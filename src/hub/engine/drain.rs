//! The end of all connections of a hub that is about to go, in good order.

use std::time::Duration;

use super::hub::Hub;
use crate::{
    base::{connection_id::ConnectionId, sequence::Sequence, timestamp::Timestamp},
    event_stream::reconnection_time::ReconnectionTime,
    hub::{
        audiences::ConnectionKey,
        close_reason::{CloseReason, Closing},
        connection::Connection,
        draining::Draining,
        effect::{Effect, Enqueue, Recipient},
    },
    log::history::History,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Ends all connections, each behind what there is for it and behind a reconnection time out of
    /// the second half of `within`, so that they do not come back together: HTML § 9.2.6. In the first
    /// half no connection is taken; updates are.
    pub fn drain(&mut self, within: Duration, now: Timestamp) -> Vec<Effect<T>> {
        self.set_draining(Draining::begin(within, now));
        let until = self.log().tail();
        let mut effects = Vec::new();
        for key in self.registry().keys() {
            let waited = self.rouse(key);
            let Some(connection) = self.at(key) else { continue };
            let id = connection.id();
            let mut chunk = farewell(self.draining().retry(id, now));
            if !waited {
                // The client of a queue without room comes back sooner, which is fine.
                let _ = self.push_anyway(key, chunk.into());
                effects.extend(self.feed(key, now));
                self.close_behind(key, until);
                continue;
            }
            self.close_behind(key, until);
            // A history that cannot be read now is met again by the next pull.
            let _ = self.read(key, &mut chunk, now);
            let Some(connection) = self.at(key) else { continue };
            connection.feed(now);
            let cursor = connection.progress().cursor();
            let has_all = cursor >= until;
            let (to, until) = (vec![Recipient::of(connection)], Some(cursor));
            effects.push(Effect::Enqueue(Enqueue { until, ..Enqueue::aside(chunk.into(), to) }));
            if has_all {
                effects.extend(self.end(id, CloseReason::Drained));
            }
        }
        effects
    }

    /// Whether a later life of the hub must know that it was drained now. While the hub has no connection
    /// and never had an update, a drain changes the reconnection time of nobody but a client that comes
    /// during the drain. That is not worth keeping.
    #[must_use]
    pub fn drain_matters(&self) -> bool {
        !self.registry().is_empty() || self.log().tail() > Sequence::START
    }

    /// The same hub, which was drained then, in an earlier life perhaps. Streams that begin within
    /// [`REMEMBER_DRAIN`](crate::base::limits::REMEMBER_DRAIN) of it tell their clients a usual
    /// reconnection time, since they would keep the one that the drain has told them.
    #[must_use]
    pub fn with_drained(mut self, drained: Option<Timestamp>) -> Self {
        self.set_draining(Draining::of_earlier(drained));
        self
    }

    /// Writes a usual reconnection time to the opening of a stream, if the last drain may have told its
    /// client another.
    pub(super) fn calm(&self, opening: &mut Vec<u8>, id: ConnectionId, now: Timestamp) {
        if let Some(retry) = self.draining().usual(id, now) {
            opening.extend_from_slice(format!("retry: {retry}\n").as_bytes());
        }
    }

    /// The connections that have still something to read of all that were to end: a drain waits for them.
    #[must_use]
    pub fn left_of_drain(&self) -> Vec<ConnectionId> {
        let is_left = |id: &ConnectionId| {
            let connection = self.registry().get(*id);
            connection.is_ok_and(Connection::is_stopped)
        };
        self.registry().connection_ids().filter(is_left).collect()
    }

    fn close_behind(&mut self, key: ConnectionKey, until: Sequence) {
        if let Some(connection) = self.at(key) {
            let reason = CloseReason::Drained;
            connection.progress_mut().close(Closing { reason, until });
        }
    }
}

/// No blank line: the field counts as it is read (HTML § 9.2.6), and for a blank line widely used
/// clients dispatch an empty message.
fn farewell(retry: Duration) -> Vec<u8> {
    let retry = ReconnectionTime::from(retry).max(ReconnectionTime::MIN);
    format!(": {}\nretry: {retry}\n", CloseReason::Drained.as_str()).into_bytes()
}
