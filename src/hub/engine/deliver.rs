//! Into the log, and from there to the streams that pull.

use thiserror::Error;

use super::Hub;
use crate::{
    base::{
        connection_id::ConnectionId, limits::MAX_CHUNK_BYTES, sequence::Sequence,
        timestamp::Timestamp,
    },
    hub::{
        audiences::ConnectionKey,
        close_reason::CloseReason,
        connection::UnknownConnection,
        memory::Held,
        reading::{Source, Span},
        registry::Closed,
    },
    log::{history::History, update::EncodedUpdate},
};

/// What a poll for data has to give.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Polled<T> {
    /// Bytes to enqueue.
    Chunk(Vec<u8>),
    /// Nothing now. After [`Hub::poll_data`] the connection waits, and an effect will feed it.
    Nothing,
    /// Nothing yet, but the log is not read to its end: poll again when others had their turn.
    Yield,
    /// The replay is done: call the `registered` hook, then [`Hub::start`], and poll again.
    Registered,
    /// The connection has been given everything and has ended: close its stream.
    Closed(Closed<T>),
}

/// Why a poll failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PollError<E> {
    /// The connection has ended.
    #[error(transparent)]
    Unknown(#[from] UnknownConnection),
    /// The history could not be read; the connection is as it was.
    #[error("the history could not be read: {0}")]
    History(#[source] E),
}

impl<H: History, T: Clone> Hub<H, T> {
    /// Adds an update that was accepted `now` to the log. It is seen by nobody until it is
    /// [committed](Hub::commit).
    ///
    /// # Errors
    /// The history's own; nothing has changed then.
    pub fn append(&mut self, update: EncodedUpdate, now: Timestamp) -> Result<Sequence, H::Error> {
        self.log.append(update, now)
    }

    /// How many connections an update is for now: those that wait are given it when it is
    /// committed, and those that are behind read it when they come to it. Whether a client is still
    /// there to take it is not known.
    #[must_use]
    pub fn reach(&self, update: &EncodedUpdate) -> usize {
        self.registry.reach(update, &*self.urls)
    }

    /// Removes some of what is no longer to be kept, in memory and in the history; says whether
    /// there is more of it. To be called after each commit, since nothing else bounds the log.
    ///
    /// # Errors
    /// The history's own.
    pub fn prune(&mut self, now: Timestamp) -> Result<bool, H::Error> {
        let bytes = self.memory.left_beside(self.registry.held()) as u64;
        self.log.prune(self.flushes.flushed(), bytes, now)
    }

    /// The stream of this connection asks for data. When there is none the connection waits, and
    /// the effects of a later call will feed it: `pullData` of the class reference.
    ///
    /// # Errors
    /// [`PollError`].
    pub fn poll_data(
        &mut self,
        id: ConnectionId,
        now: Timestamp,
    ) -> Result<Polled<T>, PollError<H::Error>> {
        let key = self.registry.key(id)?;
        let polled = self.poll(key, id, now)?;
        if matches!(polled, Polled::Nothing) {
            self.wait(key);
        }
        Ok(polled)
    }

    /// The same, but the connection does not wait, nor go on waiting: what comes later is to be
    /// polled for.
    ///
    /// # Errors
    /// [`PollError`].
    pub fn poll_data_immediate(
        &mut self,
        id: ConnectionId,
        now: Timestamp,
    ) -> Result<Polled<T>, PollError<H::Error>> {
        let key = self.registry.key(id)?;
        self.poll(key, id, now)
    }

    fn poll(
        &mut self,
        key: ConnectionKey,
        id: ConnectionId,
        now: Timestamp,
    ) -> Result<Polled<T>, PollError<H::Error>> {
        self.rouse(key);
        let connection = self.registry.at(key).ok_or(UnknownConnection(id))?;
        if connection.has_expired(now) {
            let closed = self.registry.remove(id, CloseReason::Expired);
            return Ok(closed.map_or(Polled::Nothing, Polled::Closed));
        }
        connection.take(now);
        let is_live = connection.progress().is_live();
        let mut chunk = self.registry.take_begun(key);
        if is_live {
            self.registry.drain_queue(key, &mut chunk);
        }
        let read = self.read(key, &mut chunk, now);
        if matches!(read, Ok(false)) && self.may_keep(chunk.len()) {
            self.registry.keep_begun(key, chunk);
            return Ok(Polled::Yield);
        }
        let connection = self.registry.at(key).ok_or(UnknownConnection(id))?;
        if !chunk.is_empty() {
            // Bytes that are out of the queue go out, even when the history behind them failed:
            // the next poll meets the failure again.
            connection.progress_mut().sent(now);
            return Ok(Polled::Chunk(chunk));
        }
        if !read.map_err(PollError::History)? {
            return Ok(Polled::Yield);
        }
        if connection.progress_mut().end_replay() {
            return Ok(Polled::Registered);
        }
        let closing = connection.progress().closing().filter(|_| is_live);
        let closed = closing.and_then(|reason| self.registry.remove(id, reason));
        Ok(closed.map_or(Polled::Nothing, Polled::Closed))
    }

    /// Whether a chunk of this size waits for its rest while others have their turn. A chunk
    /// that ended with the turn would tell how many updates there are that the reader may not see.
    fn may_keep(&self, bytes: usize) -> bool {
        let held = self.registry.held();
        let queues = held.queues.saturating_add(bytes);
        bytes < MAX_CHUNK_BYTES && self.memory.has_room_for(Held { queues, ..held })
    }

    /// Moves the connection's cursor through the log, and the updates that it may see into `chunk`;
    /// returns whether the cursor came to its end.
    pub(super) fn read(
        &mut self,
        key: ConnectionKey,
        chunk: &mut Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, H::Error> {
        let Some(connection) = self.registry.at(key) else { return Ok(true) };
        let progress = connection.progress();
        let Some(until) = progress.until(self.log.tail()) else { return Ok(true) };
        let conflates = self.slow_readers.conflates(progress, until);
        let span = Span { from: progress.cursor(), until, conflates };
        let (audience, nonce) = (connection.audience(), connection.id().into());
        let mut reading = connection.take_reading();
        let source = Source {
            log: &self.log,
            audience: self.registry.audience(audience),
            urls: &*self.urls,
            places: &self.places,
            nonce,
            now,
        };
        let came = reading.read(&source, span, chunk);
        let Some(connection) = self.registry.at(key) else { return Ok(true) };
        connection.put_reading(reading);
        let came = came?;
        connection.progress_mut().read_to(came.to);
        self.slow_readers.leave_out(came.left_out);
        came.ended
    }
}
