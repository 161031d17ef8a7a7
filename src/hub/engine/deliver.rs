//! Into the log, and from there to the streams that pull.

use std::ops::ControlFlow;

use thiserror::Error;

use super::{Hub, slow};
use crate::{
    base::{
        connection_id::ConnectionId,
        limits::{MAX_CHUNK_BYTES, MAX_SCAN_PASSES},
        sequence::Sequence,
        timestamp::Timestamp,
    },
    hub::{
        audience::Audience,
        audiences::ConnectionKey,
        conflation::Conflation,
        connection::{CloseReason, Phase, UnknownConnection},
        memory::Held,
        registry::Closed,
        slow_consumers::SlowConsumers,
    },
    log::{gap::Untold, history::History, log::Scanned, update::EncodedUpdate},
    topics::resolved_topics::ResolvedTopics,
};

/// What a poll for data has to give.
#[derive(Debug, PartialEq, Eq)]
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
        self.registry.audiences.reach(update, &*self.urls)
    }

    /// Removes some of what is no longer to be kept, in memory and in the history; says whether
    /// there is more of it. To be called after each commit, since nothing else bounds the log.
    ///
    /// # Errors
    /// The history's own.
    pub fn prune(&mut self, now: Timestamp) -> Result<bool, H::Error> {
        let bytes = self.memory.left_beside(self.registry.held()) as u64;
        self.log.prune(self.flushed, bytes, now)
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
        connection.takes(now);
        let is_live = connection.phase == Phase::Live;
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
            connection.sent_at = now;
            return Ok(Polled::Chunk(chunk));
        }
        if !read.map_err(PollError::History)? {
            return Ok(Polled::Yield);
        }
        if let Phase::Replaying(_) = connection.phase {
            connection.phase = Phase::Registering;
            return Ok(Polled::Registered);
        }
        let closing = connection.closing.filter(|_| connection.phase == Phase::Live);
        let closed = closing.and_then(|closing| self.registry.remove(id, closing.reason));
        Ok(closed.map_or(Polled::Nothing, Polled::Closed))
    }

    /// Whether a chunk of this size waits for its rest while others have their turn. A chunk
    /// that ended with the turn would tell how many updates there are that the reader may not see.
    fn may_keep(&self, bytes: usize) -> bool {
        let held = self.registry.held();
        let queues = held.queues.saturating_add(bytes);
        bytes < MAX_CHUNK_BYTES && self.memory.has_room_for(Held { queues, ..held })
    }

    /// Moves the connection's cursor through the log and what it may see into `chunk`; says
    /// whether the cursor came to its end.
    pub(super) fn read(
        &mut self,
        key: ConnectionKey,
        chunk: &mut Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, H::Error> {
        let Some(connection) = self.registry.at(key) else { return Ok(true) };
        let until = match (connection.phase, connection.closing) {
            (Phase::Registering, _) => return Ok(true),
            (Phase::Replaying(until), _) => until,
            (Phase::Live, Some(closing)) => closing.until,
            (Phase::Live, None) => self.log.tail(),
        };
        let (audience, before) = (connection.audience, connection.cursor);
        let known = before.max(connection.told);
        let kinds = self.registry.audiences.audience(audience).map_or(&[][..], Audience::kinds);
        let gone = self.log.gone(kinds, now)?.max(known);
        let Some(connection) = self.registry.at(key) else { return Ok(true) };
        let (form, nonce) = (connection.gap_form, connection.id.into());
        let mut untold = Untold { gap: connection.gap.take(), form, places: &self.places, nonce };
        let conflates = self.slow_consumers == SlowConsumers::Conflate
            && connection.closing.is_none()
            && connection.is_slow(until);
        let conflation = connection.conflation.take();
        let mut conflation = conflation.or_else(|| conflates.then(Box::default));
        let from = self.log.held_from(before, now);
        let cursor = from.as_ref().map_or(before, |from| *from);
        let audience = self.registry.audiences.audience(audience);
        if gone > known {
            // Behind the cursor there may be holes between what is held, which nobody has counted.
            let is_a_run = gone <= cursor && known == before;
            let missed = audience
                .filter(|audience| is_a_run && audience.sees_everything())
                .map(|_| cursor.get() - before.get());
            untold.add(missed);
        }
        let (mut seen, mut passes) = (cursor, 0);
        let scanned = from.and_then(|cursor| {
            self.log.scan(cursor, until, |entry| {
                seen = entry.sequence;
                let topics = ResolvedTopics::new(&entry.update.topics, &*self.urls);
                if audience.is_some_and(|audience| audience.admits(&entry.update, &topics)) {
                    if let Some(conflation) = &mut conflation {
                        conflation.add(entry);
                    } else {
                        untold.tell_ahead_of(entry, chunk);
                        chunk.extend_from_slice(&entry.update.event);
                    }
                }
                // To hold this one against the selectors may have cost so much that others come first.
                passes += audience.map_or(0, |audience| audience.passes(&entry.update, &topics));
                if passes > MAX_SCAN_PASSES {
                    return ControlFlow::Break(());
                }
                match chunk.len() + conflation.as_ref().map_or(0, |held| held.bytes()) {
                    0..MAX_CHUNK_BYTES => ControlFlow::Continue(()),
                    _ => ControlFlow::Break(()),
                }
            })
        });
        let ended = matches!(scanned, Ok(Scanned::End));
        if let Ok(Scanned::Unreadable(unreadable)) = scanned {
            seen = unreadable;
            // For whom it was is not known any more.
            untold.add(audience.filter(|audience| audience.sees_everything()).map(|_| 1));
        }
        let is_full =
            |held: &mut Box<Conflation>| ended || chunk.len() + held.bytes() >= MAX_CHUNK_BYTES;
        if let Some(conflation) = conflation.take_if(is_full) {
            self.conflated += conflation.left_out();
            slow::write(*conflation, &mut untold, chunk);
        }
        let cursor = if ended { until.max(seen) } else { seen };
        if ended {
            untold.tell_at(cursor, chunk);
        }
        let gap = untold.gap;
        if let Some(connection) = self.registry.at(key) {
            connection.cursor = cursor;
            connection.gap = gap;
            connection.told = gone;
            connection.conflation = conflation;
        }
        scanned.map(|_| ended)
    }
}
