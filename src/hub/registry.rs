//! The connections of a hub, by id, and which of them wait at the tail of the log.

use std::{collections::HashMap, sync::Arc};

use slab::Slab;
use thiserror::Error;

use crate::{
    base::{connection_id::ConnectionId, limits::MAX_CHUNK_BYTES, sequence::Sequence},
    hub::{
        audience::{Audience, Selection},
        audiences::{AudienceKey, Audiences, ConnectionKey, NoPlace},
        close_reason::{CloseReason, Closing},
        connection::{Connection, Newcomer, SendError, UnknownConnection},
        memory::{Held, Memory},
        resumes::Keeper,
        whom::Whom,
    },
    log::update::EncodedUpdate,
    topics::{topic::Topic, url_parser::UrlParser},
};

/// All connections of a hub.
#[derive(Debug)]
pub struct Registry<T> {
    connections: Slab<Connection<T>>,
    keys: HashMap<ConnectionId, ConnectionKey>,
    /// Their audiences.
    audiences: Audiences,
    /// Bytes in the queues of all of them.
    queued: usize,
    /// Bytes of the chunks that all of them have begun.
    begun: usize,
    /// Bytes of their own that all of them hold beside that.
    own: usize,
    /// How many of them are fed over links.
    links: usize,
    /// How many have ended that the host's runtime has not let go of.
    leaving: usize,
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
    /// The state that the host and the application kept with it.
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
            links: 0,
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

    /// How many of them have a Worker that keeps their time.
    #[must_use]
    pub fn links(&self) -> usize {
        self.links
    }

    /// Bytes in the queues of all connections.
    #[must_use]
    pub fn queue_bytes(&self) -> usize {
        self.queued
    }

    /// The memory that all of them hold.
    #[must_use]
    pub fn held(&self) -> Held {
        Held {
            connections: self.len().saturating_add(self.leaving),
            own: self.own,
            audiences: self.audiences.bytes(),
            queues: self
                .queued
                .saturating_add(self.begun)
                .saturating_add(self.audiences.pending_bytes()),
        }
    }

    /// How many connections have ended for this reason.
    #[must_use]
    pub fn ended(&self, reason: CloseReason) -> u64 {
        self.ended.get(reason as usize).copied().unwrap_or_default()
    }

    /// The ids of all connections, in no order.
    pub fn connection_ids(&self) -> impl Iterator<Item = ConnectionId> {
        self.all().map(Connection::id)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Connection<T>> {
        self.connections.iter().map(|(_, connection)| connection)
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

    /// The ids of these connections, after one pass over all of them.
    pub(crate) fn find(&self, whom: &Whom, urls: &dyn UrlParser) -> Vec<ConnectionId> {
        let asking = match whom {
            Whom::Topic(topic) => self.audiences.asking(topic, urls),
            Whom::Subscriber(_) | Whom::Connection(_) => Vec::new(),
        };
        let is_meant = |connection: &&Connection<T>| match whom {
            Whom::Connection(id) => connection.id() == *id,
            Whom::Subscriber(name) => connection.subscriber() == Some(name),
            Whom::Topic(_) => asking.binary_search(&connection.audience()).is_ok(),
        };
        self.all().filter(is_meant).map(Connection::id).collect()
    }

    pub(crate) fn keys(&self) -> Vec<ConnectionKey> {
        self.connections.iter().map(|(key, _)| key).collect()
    }

    pub(crate) fn look_at(&self, key: ConnectionKey) -> Option<&Connection<T>> {
        self.connections.get(key)
    }

    pub(crate) fn at(&mut self, key: ConnectionKey) -> Option<&mut Connection<T>> {
        self.connections.get_mut(key)
    }

    /// How many connections have ended that the host's runtime still holds.
    pub(crate) fn set_leaving(&mut self, leaving: usize) {
        self.leaving = leaving;
    }

    /// How many connections are shown this update, whether they wait or are behind.
    pub(crate) fn reach(&self, update: &EncodedUpdate, urls: &dyn UrlParser) -> usize {
        self.audiences.reach(update, urls)
    }

    /// The audiences that have asked for this topic.
    pub(crate) fn asking(&self, topic: &Topic, urls: &dyn UrlParser) -> Vec<AudienceKey> {
        self.audiences.asking(topic, urls)
    }

    /// All audiences.
    pub(crate) fn audience_keys(&self) -> Vec<AudienceKey> {
        self.audiences.keys()
    }

    /// Closes the connections of these audiences, in one look at all connections.
    pub(crate) fn close_audiences(&mut self, audiences: &[AudienceKey], closing: Closing) {
        let mut ends = vec![false; audiences.iter().max().map_or(0, |last| last + 1)];
        for audience in audiences {
            if let Some(ends) = ends.get_mut(*audience) {
                *ends = true;
            }
        }
        for (_, connection) in &mut self.connections {
            if ends.get(connection.audience()) == Some(&true) {
                connection.progress_mut().close(closing);
            }
        }
    }

    /// The audience with this key.
    pub(crate) fn audience(&self, key: AudienceKey) -> Option<&Audience> {
        self.audiences.audience(key)
    }

    /// Adds a connection to the audience of `selection`, unless its id is taken or it does not fit
    /// the memory.
    pub(crate) fn register(
        &mut self,
        selection: &Selection,
        newcomer: Newcomer<T>,
        memory: Memory,
    ) -> Result<(), Unregistered> {
        let key = self.connections.vacant_key();
        if self.keys.contains_key(&newcomer.id) {
            return Err(Unregistered::IdTaken);
        }
        let held = self.held();
        let beside = Held {
            connections: held.connections + 1,
            own: held.own + newcomer.own,
            audiences: 0,
            ..held
        };
        let room = memory.left_beside(beside);
        let audience = self.audiences.join(selection, newcomer.address.as_ref(), room)?;
        self.own += newcomer.own;
        self.links += usize::from(newcomer.keeper == Keeper::Worker);
        self.keys.insert(newcomer.id, key);
        self.connections.insert(newcomer.join(audience));
        Ok(())
    }

    /// Ends a connection. It is then unknown, so that this happens once to each.
    pub(crate) fn remove(&mut self, id: ConnectionId, reason: CloseReason) -> Option<Closed<T>> {
        let state = self.take_out(id)?;
        if let Some(ended) = self.ended.get_mut(reason as usize) {
            *ended += 1;
        }
        Some(Closed { id, reason, state })
    }

    /// Takes a connection out that has not ended.
    pub(crate) fn take_out(&mut self, id: ConnectionId) -> Option<T> {
        let key = self.keys.get(&id).copied()?;
        self.rouse(key, Sequence::START);
        self.keys.remove(&id);
        let connection = self.connections.try_remove(key)?;
        self.audiences.leave(connection.audience());
        self.queued -= connection.queue_bytes();
        self.begun -= connection.begun_bytes();
        self.own -= connection.own_bytes();
        self.links -= usize::from(connection.keeper() == Keeper::Worker);
        Some(connection.into_state())
    }

    /// Puts an event into the queue of a connection.
    pub(crate) fn push(&mut self, key: ConnectionKey, event: Arc<[u8]>) -> Result<(), SendError> {
        let Some(connection) = self.connections.get_mut(key) else { return Ok(()) };
        let bytes = event.len();
        connection.push(event)?;
        self.queued += bytes;
        Ok(())
    }

    /// The same, if the memory has room for it.
    pub(crate) fn push_within(
        &mut self,
        memory: Memory,
        key: ConnectionKey,
        event: Arc<[u8]>,
    ) -> Result<(), SendError> {
        if !self.has_room_for(event.len(), memory) {
            return Err(SendError::MemoryFull(event.len()));
        }
        self.push(key, event)
    }

    fn has_room_for(&self, bytes: usize, memory: Memory) -> bool {
        let held = self.held();
        let queues = held.queues.saturating_add(bytes);
        memory.has_room_for(Held { queues, ..held })
    }

    /// Takes the beginning of the next chunk of a connection, and its queue if it is live.
    pub(crate) fn take_begun(&mut self, key: ConnectionKey) -> Vec<u8> {
        let Some(connection) = self.connections.get_mut(key) else { return Vec::new() };
        self.begun -= connection.begun_bytes();
        let mut chunk = connection.take_begun();
        if connection.progress().is_live() {
            self.take_queue(key, &mut chunk);
        }
        chunk
    }

    /// Moves the queue of a connection to the end of `chunk`.
    pub(crate) fn take_queue(&mut self, key: ConnectionKey, chunk: &mut Vec<u8>) {
        if let Some(connection) = self.connections.get_mut(key) {
            self.queued -= connection.queue_bytes();
            connection.drain_queue(chunk);
        }
    }

    /// Keeps the beginning of the next chunk of a connection.
    ///
    /// # Errors
    /// The chunk itself, when it is full or the memory is.
    pub(crate) fn keep_begun(
        &mut self,
        memory: Memory,
        key: ConnectionKey,
        chunk: Vec<u8>,
    ) -> Result<(), Vec<u8>> {
        if chunk.len() >= MAX_CHUNK_BYTES || !self.has_room_for(chunk.len(), memory) {
            return Err(chunk);
        }
        if let Some(connection) = self.connections.get_mut(key) {
            self.begun += chunk.len();
            connection.keep_begun(chunk);
        }
        Ok(())
    }
}

pub(crate) mod due;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
