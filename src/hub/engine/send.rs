//! Events that the application sends past the log, and the connections that it ends.

use std::sync::Arc;

use super::hub::Hub;
use crate::{
    base::{connection_id::ConnectionId, limits::MAX_QUEUE_BYTES, timestamp::Timestamp},
    event_stream::{comment::Comment, encoder, event::Event},
    hub::{
        audiences::ConnectionKey,
        close_reason::{CloseReason, Closing},
        connection::{SendError, UnknownConnection},
        effect::{Effect, Enqueue, Recipient},
        heartbeat,
        queue::QueueFull,
        registry::Closed,
        resumes::Keeper,
    },
    log::history::History,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Queues an event for one connection: `send` and `sendOne` of the class reference. It goes
    /// out behind the connection's replay and ahead of updates that it has not been given yet.
    ///
    /// # Errors
    /// [`SendError`]; nothing is queued then.
    pub fn send_one(
        &mut self,
        id: ConnectionId,
        event: &Event,
        now: Timestamp,
    ) -> Result<Option<Effect<T>>, SendError> {
        let encoded = encoder::encoded(event);
        self.send_encoded(id, encoded.into(), now)
    }

    /// Queues bytes that are whole events or comments already.
    ///
    /// # Errors
    /// [`SendError`]; nothing is queued then.
    pub fn send_encoded(
        &mut self,
        id: ConnectionId,
        encoded: Arc<[u8]>,
        now: Timestamp,
    ) -> Result<Option<Effect<T>>, SendError> {
        let key = self.registry().key(id)?;
        let is_empty = encoded.is_empty();
        self.push(key, encoded)?;
        // A read that is pending is worth more than nothing.
        Ok(if is_empty { None } else { self.feed(key, now) })
    }

    /// Queues an event for every connection, outside the log, so that nobody can resume it. A
    /// connection whose queue has no room is closed as too slow, since it would miss the event.
    ///
    /// # Errors
    /// [`QueueFull`] when the event fits no queue, even an empty one; nobody is sent it then.
    pub fn send_all(&mut self, event: &Event, now: Timestamp) -> Result<Vec<Effect<T>>, QueueFull> {
        let encoded = encoder::encoded(event);
        if encoded.len() > MAX_QUEUE_BYTES {
            return Err(QueueFull { events: 0, bytes: 0, more: encoded.len() });
        }
        let (mut fed, encoded) = (Vec::new(), Arc::<[u8]>::from(encoded));
        let mut effects = Vec::new();
        for key in self.registry().keys() {
            let Some(connection) = self.at(key) else { continue };
            let id = connection.id();
            if connection.is_waiting() {
                fed.extend(self.release(key, now));
                continue;
            }
            match self.push(key, encoded.clone()) {
                Err(SendError::QueueFull(_) | SendError::MemoryFull(_)) => {
                    effects.extend(self.end(id, CloseReason::TooSlow));
                }
                _ => effects.extend(self.feed(key, now)),
            }
        }
        if !fed.is_empty() {
            effects.push(Effect::Enqueue(Enqueue::aside(encoded, fed)));
        }
        Ok(effects)
    }

    /// Ends one connection at once; what is in its queue is dropped.
    ///
    /// # Errors
    /// [`UnknownConnection`].
    pub fn stop_one(&mut self, id: ConnectionId) -> Result<Closed<T>, UnknownConnection> {
        self.remove(id, CloseReason::Stopped).ok_or(UnknownConnection(id))
    }

    /// Ends all connections at once.
    pub fn stop_all(&mut self, reason: CloseReason) -> Vec<Effect<T>> {
        let ids: Vec<_> = self.registry().connection_ids().collect();
        let closed = ids.into_iter().filter_map(|id| self.remove(id, reason));
        closed.map(Effect::Closed).collect()
    }

    /// Ends a connection once it was given what is in its queue and in the log by now.
    ///
    /// # Errors
    /// [`UnknownConnection`].
    pub fn close(
        &mut self,
        id: ConnectionId,
        reason: CloseReason,
        now: Timestamp,
    ) -> Result<Vec<Effect<T>>, UnknownConnection> {
        let key = self.registry().key(id)?;
        let (until, mut effects) = (self.log().tail(), Vec::new());
        let waited = self.rouse(key);
        if waited {
            effects.extend(self.catch_up(key, now));
        }
        if let Some(connection) = self.at(key) {
            connection.progress_mut().close(Closing { reason, until });
            if waited && connection.progress().cursor() >= until {
                effects.extend(self.end(id, reason));
            }
        }
        Ok(effects)
    }

    /// Gives one connection a heartbeat comment of its own.
    ///
    /// # Errors
    /// [`UnknownConnection`].
    pub fn set_heartbeat_of(
        &mut self,
        id: ConnectionId,
        comment: &Comment,
    ) -> Result<(), UnknownConnection> {
        let key = self.registry().key(id)?;
        let connection = self.at(key).ok_or(UnknownConnection(id))?;
        connection.set_heartbeat(heartbeat::encoded(comment));
        Ok(())
    }

    /// Ends a connection, and tells the host so.
    pub(super) fn end(&mut self, id: ConnectionId, reason: CloseReason) -> Option<Effect<T>> {
        self.remove(id, reason).map(Effect::Closed)
    }

    /// Takes the queue of a connection to its stream, if it waits. A Worker is given it also when
    /// its reader is behind: the queue would be lost while the hub sleeps.
    pub(super) fn feed(&mut self, key: ConnectionKey, now: Timestamp) -> Option<Effect<T>> {
        let waited = self.rouse(key);
        let connection = self.at(key)?;
        let is_held = connection.keeper() == Keeper::Worker && connection.progress().is_live();
        if !waited && (!is_held || !connection.has_queued()) {
            return None;
        }
        let chunk = self.take_queue(key).into();
        let connection = self.at(key)?;
        if waited {
            connection.feed(now);
        }
        let to = vec![Recipient::of(connection)];
        Some(Effect::Enqueue(Enqueue::aside(chunk, to)))
    }
}
