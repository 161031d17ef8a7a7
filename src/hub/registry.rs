//! The connections of a hub, by id, and which of them wait at the tail of the log.

use std::{collections::HashMap, sync::Arc};

use slab::Slab;
use thiserror::Error;

use crate::{
    base::connection_id::ConnectionId,
    hub::{
        audience::Selection,
        audiences::{Audiences, ConnectionKey, NoPlace},
        connection::{CloseReason, Connection, SendError, UnknownConnection, Waiting},
        memory::{Held, Memory},
    },
};

/// All connections of a hub.
#[derive(Debug)]
pub struct Registry<T> {
    connections: Slab<Connection<T>>,
    keys: HashMap<ConnectionId, ConnectionKey>,
    /// What they asked for.
    pub(crate) audiences: Audiences,
    /// Bytes in the queues of all of them.
    queued: usize,
    /// Bytes of the chunks that all of them have begun.
    begun: usize,
    /// Bytes of their own that all of them hold beside that.
    own: usize,
    /// How many have ended that the host's runtime has not let go of.
    pub(crate) leaving: usize,
    /// How many have ended for each reason.
    ended: [u64; CloseReason::ALL.len()],
}

/// Why a connection is not in the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Unregistered {
    #[error("its id is taken")]
    IdTaken,
    #[error(transparent)]
    NoPlace(#[from] NoPlace),
}

/// A connection that has left the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed<T> {
    /// Its id, which no other connection will have.
    pub id: ConnectionId,
    /// Why it ended.
    pub reason: CloseReason,
    /// What the host and the application kept with it.
    pub state: T,
}

impl<T> Default for Registry<T> {
    fn default() -> Self {
        Self {
            connections: Slab::new(),
            keys: HashMap::new(),
            audiences: Audiences::default(),
            queued: 0,
            begun: 0,
            own: 0,
            leaving: 0,
            ended: [0; CloseReason::ALL.len()],
        }
    }
}

impl<T> Registry<T> {
    /// Connections in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.connections.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    /// Bytes in the queues of all connections.
    #[must_use]
    pub fn queue_bytes(&self) -> usize {
        self.queued
    }

    /// What all of them hold.
    #[must_use]
    pub fn held(&self) -> Held {
        Held {
            connections: self.len().saturating_add(self.leaving),
            own: self.own,
            audiences: self.audiences.bytes(),
            queues: self.queued.saturating_add(self.begun),
        }
    }

    /// How many connections have ended for this reason.
    #[must_use]
    pub fn ended(&self, reason: CloseReason) -> u64 {
        self.ended.get(reason as usize).copied().unwrap_or_default()
    }

    /// The ids of all connections, in no order.
    pub fn connection_ids(&self) -> impl Iterator<Item = ConnectionId> {
        self.connections.iter().map(|(_, connection)| connection.id)
    }

    /// The connection with this id.
    ///
    /// # Errors
    /// [`UnknownConnection`], which names it.
    pub fn get(&self, id: ConnectionId) -> Result<&Connection<T>, UnknownConnection> {
        let key = self.key(id)?;
        self.connections.get(key).ok_or(UnknownConnection(id))
    }

    pub(crate) fn key(&self, id: ConnectionId) -> Result<ConnectionKey, UnknownConnection> {
        self.keys.get(&id).copied().ok_or(UnknownConnection(id))
    }

    pub(crate) fn keys(&self) -> Vec<ConnectionKey> {
        self.connections.iter().map(|(key, _)| key).collect()
    }

    pub(crate) fn at(&mut self, key: ConnectionKey) -> Option<&mut Connection<T>> {
        self.connections.get_mut(key)
    }

    /// Adds a connection to the audience of `selection`, unless its id is taken or it does not fit
    /// the memory.
    pub(crate) fn register(
        &mut self,
        selection: &Selection,
        mut connection: Connection<T>,
        memory: Memory,
    ) -> Result<(), Unregistered> {
        let key = self.connections.vacant_key();
        if self.keys.contains_key(&connection.id) {
            return Err(Unregistered::IdTaken);
        }
        let held = self.held();
        let beside = Held {
            connections: held.connections + 1,
            own: held.own + connection.own,
            audiences: 0,
            ..held
        };
        let room = memory.left_beside(beside);
        connection.audience = self.audiences.join(selection, connection.address.as_ref(), room)?;
        self.own += connection.own;
        self.keys.insert(connection.id, key);
        self.connections.insert(connection);
        Ok(())
    }

    /// Takes a connection out. It is then unknown, so that this happens once to each.
    pub(crate) fn remove(&mut self, id: ConnectionId, reason: CloseReason) -> Option<Closed<T>> {
        let key = self.keys.get(&id).copied()?;
        self.unwait(key);
        self.keys.remove(&id);
        let connection = self.connections.try_remove(key)?;
        self.audiences.leave(connection.audience);
        self.queued -= connection.queue.bytes();
        self.begun -= connection.begun.len();
        self.own -= connection.own;
        if let Some(ended) = self.ended.get_mut(reason as usize) {
            *ended += 1;
        }
        Some(Closed { id, reason, state: connection.state })
    }

    /// Puts an event into the queue of a connection.
    pub(crate) fn push(&mut self, key: ConnectionKey, event: Arc<[u8]>) -> Result<(), SendError> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        if connection.is_stopped() {
            return Err(SendError::Stopped(connection.id));
        }
        let bytes = event.len();
        connection.queue.push(event)?;
        connection.queued += bytes as u64;
        self.queued += bytes;
        Ok(())
    }

    /// Moves the queue of a connection to the end of `chunk`.
    pub(crate) fn drain_queue(&mut self, key: ConnectionKey, chunk: &mut Vec<u8>) {
        if let Some(connection) = self.connections.get_mut(key) {
            self.queued -= connection.queue.bytes();
            connection.queue.drain_into(chunk);
        }
    }

    /// Takes the beginning of the next chunk of a connection.
    pub(crate) fn take_begun(&mut self, key: ConnectionKey) -> Vec<u8> {
        let Some(connection) = self.connections.get_mut(key) else { return Vec::new() };
        self.begun -= connection.begun.len();
        let mut begun = std::mem::take(&mut connection.begun);
        begun.append(&mut connection.opening);
        begun
    }

    /// Keeps the beginning of the next chunk of a connection.
    pub(crate) fn keep_begun(&mut self, key: ConnectionKey, chunk: Vec<u8>) {
        if let Some(connection) = self.connections.get_mut(key) {
            self.begun += chunk.len();
            connection.begun = chunk;
        }
    }

    /// Notes that the connection has read everything that was flushed and has a read pending.
    pub(crate) fn wait(&mut self, key: ConnectionKey) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        if connection.waiting.is_some() {
            return;
        }
        if let Some(waiting) = self.audiences.waiting(connection.audience) {
            connection.waiting = Some(Waiting::Flushed(waiting.len()));
            waiting.push(key);
        }
    }

    /// Removes the connection from the waiting ones; returns where it stood if it was one of them.
    pub(crate) fn unwait(&mut self, key: ConnectionKey) -> Option<Waiting> {
        let connection = self.connections.get_mut(key)?;
        let waited = connection.waiting.take()?;
        if let Waiting::Flushed(place) = waited
            && let Some(waiting) = self.audiences.waiting(connection.audience)
        {
            if place < waiting.len() {
                waiting.swap_remove(place);
            }
            let moved = waiting.get(place).copied();
            if let Some(moved) = moved.and_then(|moved| self.connections.get_mut(moved)) {
                moved.waiting = Some(Waiting::Flushed(place));
            }
        }
        Some(waited)
    }
}
