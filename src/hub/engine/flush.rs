//! The flush of durable updates to waiting connections: at once if the hub was quiet, otherwise a
//! little later and together with the updates that come meanwhile.

use std::{collections::HashMap, sync::Arc, time::Duration};

use super::hub::Hub;
use crate::{
    base::{connection_id::ConnectionId, sequence::Sequence, timestamp::Timestamp},
    hub::{
        audiences::ConnectionKey,
        close_reason::CloseReason,
        connection::UnknownConnection,
        due_chunk::DueChunk,
        effect::{Effect, Enqueue, Recipient},
        progress::FlushMark,
    },
    log::history::History,
};

/// The result of a commit or a flush.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flush<T> {
    /// The orders for the host.
    pub effects: Vec<Effect<T>>,
    /// When [`Hub::flush`] is due. It may be at once: then others are to have their turn first.
    pub next: Option<Timestamp>,
}

impl<H: History, T: Clone> Hub<H, T> {
    /// Everything up to and with `until` is durable. A poll reads it from now on; the next flush
    /// gives it to waiting connections.
    pub fn commit(&mut self, until: Sequence, now: Timestamp) -> Flush<T> {
        let closed = self.reveal(until);
        self.finish(&closed);
        let mut flush = self.flush_if_due(now);
        flush.effects.extend(self.evict_slow_in_time(now));
        flush
    }

    /// Sends chunks to a bounded number of waiting connections for which there is something: one chunk for
    /// each audience, shared where it is the same. The host calls this in the turn that
    /// [`Flush::next`] has asked for, when the streams have done what the last turn has given them to
    /// do: only then does a pause begin, so that the more there is to do the less often it is done.
    pub fn flush(&mut self, now: Timestamp) -> Flush<T> {
        self.settle(now);
        self.flush_if_due(now)
    }

    /// Whether more is durable than the next flush takes. Then publishers should wait if they can:
    /// otherwise readers that keep up would fall behind.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        self.flushes().is_ahead()
    }

    /// How long an update that is committed `now` will linger.
    #[must_use]
    pub fn lingers(&self, now: Timestamp) -> Duration {
        self.flushes().lingers(now)
    }

    /// The mark that counts as flushed for everything that is queued or committed now.
    ///
    /// # Errors
    /// [`UnknownConnection`].
    pub fn flush_mark(&self, id: ConnectionId) -> Result<FlushMark, UnknownConnection> {
        Ok(self.registry().get(id)?.progress().mark(self.log().tail()))
    }

    /// Whether the connection's stream has taken everything up to `mark`. One that has ended has.
    #[must_use]
    pub fn is_flushed(&self, id: ConnectionId, mark: FlushMark) -> bool {
        let tail = self.log().tail();
        self.registry()
            .get(id)
            .map_or(true, |connection| connection.progress().has_taken(mark, tail))
    }

    fn flush_if_due(&mut self, now: Timestamp) -> Flush<T> {
        let effects = if self.begin_turn(now) { self.take_turn(now) } else { Vec::new() };
        Flush { effects, next: self.flushes().next_at(now) }
    }

    /// Comes to the next connections for which there is something: as many as one turn takes. Each is
    /// given all that there is by now.
    fn take_turn(&mut self, now: Timestamp) -> Vec<Effect<T>> {
        let mut turn = Turn { enqueued: Vec::new(), by_chunk: HashMap::new(), others: Vec::new() };
        let most = self.flushes().turn();
        let mut given = 0;
        while given < most
            && let Some(due) = self.next_due(most - given)
        {
            for key in due.to {
                let Some(connection) = self.at(key) else { continue };
                if !connection.progress_mut().take_due(due.from) {
                    continue;
                }
                given += 1;
                if connection.has_expired(now) {
                    let id = connection.id();
                    turn.others.extend(self.end(id, CloseReason::Expired));
                    continue;
                }
                match &due.chunk {
                    Some(chunk) => {
                        connection.feed_to(chunk.until, now);
                        turn.enqueue(chunk, Recipient::of(connection));
                    }
                    None => turn.others.extend(self.catch_up(key, now)),
                }
            }
        }
        self.end_turn(given, now);
        let enqueued = turn.enqueued.into_iter().map(Effect::Enqueue);
        enqueued.chain(turn.others).collect()
    }

    /// Gives a connection that has a read pending all that it has not read; if that is nothing it
    /// waits.
    pub(super) fn catch_up(&mut self, key: ConnectionKey, now: Timestamp) -> Option<Effect<T>> {
        let mut chunk = Vec::new();
        loop {
            match self.read(key, &mut chunk, now) {
                Ok(false) if chunk.is_empty() => {}
                Ok(_) => break,
                Err(_) => {
                    let id = self.at(key)?.id();
                    return self.end(id, CloseReason::Failed);
                }
            }
        }
        if chunk.is_empty() {
            let connection = self.at(key)?;
            if let Some(reason) = connection.progress().has_ended() {
                let id = connection.id();
                return self.end(id, reason);
            }
            self.wait(key);
            return None;
        }
        let connection = self.at(key)?;
        connection.feed(now);
        let to = vec![Recipient::of(connection)];
        let until = Some(connection.progress().cursor());
        Some(Effect::Enqueue(Enqueue { until, ..Enqueue::aside(chunk.into(), to) }))
    }
}

/// The effects of one turn of a flush.
struct Turn<T> {
    enqueued: Vec<Enqueue<T>>,
    /// One update for many audiences is one chunk for all of them, if it ends at the same place. It begins
    /// at the same place then: where the log ended when the update was revealed.
    by_chunk: HashMap<(*const u8, Sequence), usize>,
    others: Vec<Effect<T>>,
}

impl<T> Turn<T> {
    fn enqueue(&mut self, due: &DueChunk, recipient: Recipient<T>) {
        let DueChunk { chunk, updates, from, until } = due;
        let at = *self.by_chunk.entry((chunk.as_ptr(), *until)).or_insert(self.enqueued.len());
        let same = self.enqueued.get_mut(at);
        if let Some(same) = same {
            same.to.push(recipient);
        } else {
            let (from, until) = (Some(*from), Some(*until));
            let (chunk, to) = (Arc::clone(chunk), vec![recipient]);
            self.enqueued.push(Enqueue { chunk, to, from, until, updates: *updates });
        }
    }
}
