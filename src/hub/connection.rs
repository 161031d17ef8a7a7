//! One subscriber: its progress in the log, and a small queue of events for it alone.

use std::{mem, sync::Arc};

use thiserror::Error;

use crate::{
    base::{
        connection_id::ConnectionId, limits::MAX_QUEUE_BYTES, sequence::Sequence,
        timestamp::Timestamp,
    },
    hub::{
        audiences::AudienceKey,
        progress::{Progress, Withheld},
        queue::{Queue, QueueFull},
        reading::Reading,
        resumes::Keeper,
    },
    tokens::subscriber_name::SubscriberName,
};

/// The state of one connection. Its stream is the host's, which keeps it in `state` beside what
/// the application attached.
#[derive(Debug)]
pub struct Connection<T> {
    id: ConnectionId,
    state: T,
    /// The name of its subscriber, if that has one.
    subscriber: Option<SubscriberName>,
    audience: AudienceKey,
    /// Bytes that it holds for itself alone, beside its queue.
    own: usize,
    progress: Progress,
    reading: Reading,
    /// The first bytes of its stream.
    opening: Vec<u8>,
    /// The beginning of its next chunk, read before others had their turn.
    begun: Vec<u8>,
    queue: Queue,
    heartbeat: Option<Arc<[u8]>>,
    /// When what allows it runs out.
    expires: Option<Timestamp>,
    keeper: Keeper,
}

/// A connection that is to be registered.
#[derive(Debug)]
pub(crate) struct Newcomer<T> {
    pub(crate) id: ConnectionId,
    pub(crate) state: T,
    /// The name of its subscriber, if that has one.
    pub(crate) subscriber: Option<SubscriberName>,
    /// Where its client is, if that is known.
    pub(crate) address: Option<Arc<str>>,
    /// Bytes that it holds for itself alone, beside its queue.
    pub(crate) own: usize,
    pub(crate) progress: Progress,
    pub(crate) reading: Reading,
    /// The first bytes of its stream.
    pub(crate) opening: Vec<u8>,
    /// When what allows it runs out.
    pub(crate) expires: Option<Timestamp>,
    /// Who keeps its time.
    pub(crate) keeper: Keeper,
}

/// The event could not be queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendError {
    /// The connection is stopped or closing.
    #[error("the connection {0} is stopped")]
    Stopped(ConnectionId),
    /// Its queue has no room.
    #[error(transparent)]
    QueueFull(#[from] QueueFull),
    /// No queue of the hub has room for this many bytes.
    #[error("the hub's memory has no room for {0} bytes more in the queues of its connections")]
    MemoryFull(usize),
    /// There is no such connection.
    #[error(transparent)]
    Unknown(#[from] UnknownConnection),
}

/// No connection with this id is in the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("there is no connection {0}")]
pub struct UnknownConnection(pub ConnectionId);

impl<T> Newcomer<T> {
    /// The connection in this audience.
    pub(crate) fn join(self, audience: AudienceKey) -> Connection<T> {
        let Self {
            id, state, subscriber, own, progress, reading, opening, expires, keeper, ..
        } = self;
        Connection {
            id,
            state,
            subscriber,
            audience,
            own,
            progress,
            reading,
            opening,
            begun: Vec::new(),
            queue: Queue::default(),
            heartbeat: None,
            expires,
            keeper,
        }
    }
}

impl<T> Connection<T> {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> ConnectionId {
        self.id
    }

    /// The state that the host and the application keep with it.
    #[must_use]
    pub fn state(&self) -> &T {
        &self.state
    }

    /// The name of its subscriber, if that has one.
    #[must_use]
    pub fn subscriber(&self) -> Option<&SubscriberName> {
        self.subscriber.as_ref()
    }

    pub(crate) fn into_state(self) -> T {
        self.state
    }

    /// Whether it takes no more: it is closing. One that has ended is no longer in the registry.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.progress.closing().is_some()
    }

    /// Whether it has been given everything and has a read pending.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.progress.is_waiting()
    }

    /// Events in its queue.
    #[must_use]
    pub fn queue_len(&self) -> usize {
        self.queue.len()
    }

    /// Bytes in its queue.
    #[must_use]
    pub fn queue_bytes(&self) -> usize {
        self.queue.bytes()
    }

    pub(crate) fn has_queued(&self) -> bool {
        !self.queue.is_empty()
    }

    pub(crate) fn audience(&self) -> AudienceKey {
        self.audience
    }

    /// Bytes that it holds for itself alone, beside its queue.
    pub(crate) fn own_bytes(&self) -> usize {
        self.own
    }

    /// Bytes of the chunk that it has begun.
    pub(crate) fn begun_bytes(&self) -> usize {
        self.begun.len()
    }

    /// Who keeps its time.
    pub(crate) fn keeper(&self) -> Keeper {
        self.keeper
    }

    pub(crate) fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// The heartbeat comment of its own, if it has one.
    pub(crate) fn heartbeat(&self) -> Option<&Arc<[u8]>> {
        self.heartbeat.as_ref()
    }

    pub(crate) fn set_heartbeat(&mut self, comment: Arc<[u8]>) {
        self.heartbeat = Some(comment);
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    pub(crate) fn progress_mut(&mut self) -> &mut Progress {
        &mut self.progress
    }

    /// Its reading state; [`Connection::put_reading`] gives it back.
    pub(crate) fn take_reading(&mut self) -> Reading {
        mem::take(&mut self.reading)
    }

    pub(crate) fn put_reading(&mut self, reading: Reading) {
        self.reading = reading;
    }

    /// Queues an event.
    pub(crate) fn push(&mut self, event: Arc<[u8]>) -> Result<(), SendError> {
        if self.is_stopped() {
            return Err(SendError::Stopped(self.id));
        }
        let bytes = event.len();
        if self.keeper == Keeper::Worker {
            self.has_room_for(bytes)?;
        }
        self.queue.push(event)?;
        self.progress.queue(bytes);
        Ok(())
    }

    /// A Worker is given its queue at once, so what its reader has not taken counts in its place.
    fn has_room_for(&self, more: usize) -> Result<(), QueueFull> {
        let bytes = usize::try_from(self.progress.untaken()).unwrap_or(usize::MAX);
        if bytes.saturating_add(more) > MAX_QUEUE_BYTES {
            return Err(QueueFull { events: self.queue.len(), bytes, more });
        }
        Ok(())
    }

    /// Moves its queue to the end of `chunk`.
    pub(crate) fn drain_queue(&mut self, chunk: &mut Vec<u8>) {
        self.queue.drain_into(chunk);
    }

    /// Takes the beginning of its next chunk, with the opening of its stream.
    pub(crate) fn take_begun(&mut self) -> Vec<u8> {
        let mut begun = mem::take(&mut self.begun);
        begun.append(&mut self.opening);
        begun
    }

    /// Keeps the beginning of its next chunk.
    pub(crate) fn keep_begun(&mut self, chunk: Vec<u8>) {
        self.begun = chunk;
    }

    /// Its stream has taken everything that it was given.
    pub(crate) fn take(&mut self, now: Timestamp) {
        let withheld = self.withheld();
        self.progress.take(withheld, now);
    }

    /// It waited, and is given everything up to its cursor.
    pub(crate) fn feed(&mut self, now: Timestamp) {
        let withheld = self.withheld();
        self.progress.feed(withheld, now);
    }

    /// It waited, and is given everything up to this update.
    pub(crate) fn feed_to(&mut self, until: Sequence, now: Timestamp) {
        self.progress.read_to(until);
        self.feed(now);
    }

    /// The update up to which it was given everything, in a log that ends at `tail`.
    pub(crate) fn given(&self, tail: Sequence) -> Sequence {
        self.progress.given(self.withheld(), tail)
    }

    fn withheld(&self) -> Withheld {
        Withheld {
            queued: self.queue.bytes(),
            begun: !self.begun.is_empty(),
            conflated: self.reading.conflates(),
        }
    }
}
