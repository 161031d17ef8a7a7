//! Into the log, and from there to the streams that pull.

use thiserror::Error;

use super::hub::Hub;
use crate::{
    base::{connection_id::ConnectionId, timestamp::Timestamp},
    hub::{
        audiences::ConnectionKey, close_reason::CloseReason, connection::UnknownConnection,
        registry::Closed, traffic::Taken,
    },
    log::history::History,
};

/// The result of a poll for data.
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
        let key = self.registry().key(id)?;
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
        let key = self.registry().key(id)?;
        self.poll(key, id, now)
    }

    fn poll(
        &mut self,
        key: ConnectionKey,
        id: ConnectionId,
        now: Timestamp,
    ) -> Result<Polled<T>, PollError<H::Error>> {
        self.rouse(key);
        let connection = self.at(key).ok_or(UnknownConnection(id))?;
        if connection.has_expired(now) {
            let closed = self.remove(id, CloseReason::Expired);
            return Ok(closed.map_or(Polled::Nothing, Polled::Closed));
        }
        connection.take(now);
        let is_live = connection.progress().is_live();
        let mut chunk = self.take_begun(key);
        let read = self.read(key, &mut chunk, now);
        if matches!(read, Ok(false)) {
            match self.keep_begun(key, chunk) {
                Ok(()) => return Ok(Polled::Yield),
                Err(full) => chunk = full,
            }
        }
        let connection = self.at(key).ok_or(UnknownConnection(id))?;
        if !chunk.is_empty() {
            // Bytes that are out of the queue go out, even when the history behind them failed:
            // the next poll meets the failure again.
            connection.progress_mut().sent(now);
            self.traffic_mut().took(Taken { streams: 1, bytes: chunk.len(), updates: 0 });
            return Ok(Polled::Chunk(chunk));
        }
        if !read.map_err(PollError::History)? {
            return Ok(Polled::Yield);
        }
        if connection.progress_mut().end_replay() {
            return Ok(Polled::Registered);
        }
        let closing = connection.progress().closing().filter(|_| is_live);
        let closed = closing.and_then(|reason| self.remove(id, reason));
        Ok(closed.map_or(Polled::Nothing, Polled::Closed))
    }
}
