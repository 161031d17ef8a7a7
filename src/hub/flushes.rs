//! The updates that are durable and not flushed yet: when they are flushed, and to whom.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use crate::{
    base::{
        figures::Figures,
        limits::{FLUSH_BYTES, FLUSH_RECIPIENTS},
        sequence::Sequence,
        timestamp::{Timestamp, whole_millis},
    },
    hub::{
        audiences::ConnectionKey, flush_counts::FlushCounts, linger::Linger, registry::Registry,
    },
    log::{history::History, log::Log},
    topics::url_parser::UrlParser,
};

/// The flushes of a hub: the last one, the one that is under way, and when the next is due.
#[derive(Debug)]
pub(crate) struct Flushes {
    /// Waiting connections have been given the updates for them up to here.
    flushed: Sequence,
    linger: Linger,
    /// Bytes that are durable and not flushed.
    bytes: usize,
    /// When the last flush was over, and how many connections it went to.
    flushed_at: Timestamp,
    recipients: usize,
    /// Whether the streams may still be busy with it.
    settling: bool,
    /// How many connections one turn comes to.
    turn: usize,
    /// The parts that the flush has not come to yet.
    due: VecDeque<Part>,
    /// Connections that waited further on than the last flush; some of them may wait no longer.
    ahead: Vec<ConnectionKey>,
    counts: FlushCounts,
}

/// A part of a flush.
#[derive(Debug)]
enum Part {
    /// A chunk for connections that had everything up to the flush before.
    Chunk { chunk: Due, to: Vec<ConnectionKey> },
    /// Connections that had read further, each to its own cursor.
    Rest(Vec<ConnectionKey>),
}

/// The chunk that a flush has for a connection.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) chunk: Arc<[u8]>,
    /// How many updates it has.
    pub(crate) updates: usize,
    /// It begins behind this update.
    pub(crate) from: Sequence,
    /// It ends with this one.
    pub(crate) until: Sequence,
}

/// The next connection that a flush comes to.
#[derive(Debug)]
pub(crate) struct Next {
    pub(crate) key: ConnectionKey,
    /// Its chunk; `None` if it is to be read for this connection alone.
    pub(crate) due: Option<Due>,
}

impl Flushes {
    /// Without a linger, and with everything up to `tail` flushed.
    pub(crate) fn new(tail: Sequence) -> Self {
        Self {
            flushed: tail,
            linger: Linger::none(),
            bytes: 0,
            flushed_at: Timestamp::default(),
            recipients: 0,
            settling: false,
            turn: FLUSH_RECIPIENTS,
            due: VecDeque::new(),
            ahead: Vec::new(),
            counts: FlushCounts::default(),
        }
    }

    pub(crate) fn set_linger(&mut self, linger: Linger) {
        self.linger = linger;
    }

    #[cfg(test)]
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn set_turn(&mut self, recipients: usize) {
        self.turn = recipients;
    }

    /// How many connections one turn comes to.
    pub(crate) fn turn(&self) -> usize {
        self.turn
    }

    /// The end of the last flush that has begun.
    pub(crate) fn flushed(&self) -> Sequence {
        self.flushed
    }

    /// Bytes became durable.
    pub(crate) fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
    }

    /// Whether more is durable than the next flush has use for.
    pub(crate) fn is_ahead(&self) -> bool {
        self.bytes >= FLUSH_BYTES
    }

    /// The streams have done what the last turn has given them to do: then the flush is over.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        if self.due.is_empty() && std::mem::take(&mut self.settling) {
            self.flushed_at = now;
        }
    }

    /// How long an update that is committed `now` is about to linger.
    pub(crate) fn lingers(&self, now: Timestamp) -> Duration {
        let linger = self.linger.after(self.recipients);
        if self.settling { linger } else { linger.saturating_sub(now.since(self.flushed_at)) }
    }

    /// Whether a flush can begin: none is under way, and one is due.
    pub(crate) fn can_begin(&self, tail: Sequence, now: Timestamp) -> bool {
        self.due.is_empty() && self.due_at(tail, now).is_some_and(|due| due <= now)
    }

    /// When the next turn is due.
    pub(crate) fn next_at(&self, tail: Sequence, now: Timestamp) -> Option<Timestamp> {
        let is_over = self.due.is_empty() && !self.settling;
        if is_over { self.due_at(tail, now) } else { Some(now) }
    }

    /// When durable updates are to be flushed; `None` when all of them are, or when it is not known
    /// yet.
    fn due_at(&self, tail: Sequence, now: Timestamp) -> Option<Timestamp> {
        if self.flushed == tail || self.settling {
            return None;
        }
        if self.is_ahead() {
            return Some(now);
        }
        // A clock that was set back must not hold up updates until it has caught up.
        let flushed_at = self.flushed_at.min(now);
        Some(flushed_at.saturating_add(self.linger.after(self.recipients)).max(now))
    }

    /// A flush is about to [begin](Self::begin).
    pub(crate) fn count_from(&mut self, now: Timestamp) {
        self.counts.begin(now);
    }

    /// A turn is over, perhaps the last one.
    pub(crate) fn end_turn(&mut self, now: Timestamp) {
        if self.due.is_empty() {
            self.counts.end(now);
        }
    }

    /// Its figures.
    pub(crate) fn tell(&self, figures: &mut Figures) {
        self.counts.tell(figures);
        let linger = whole_millis(self.linger.after(self.recipients));
        figures.add(format_args!("linger"), linger);
    }

    /// Begins a flush of everything that the log has revealed.
    pub(crate) fn begin<H: History, T>(
        &mut self,
        log: &Log<H>,
        registry: &mut Registry<T>,
        urls: &dyn UrlParser,
    ) {
        let (from, tail) = (self.flushed, log.tail());
        if log.has_removed_behind(from) {
            // Each is told by its own reading what it misses.
            for key in registry.keys() {
                self.wait_ahead(registry, key);
            }
        }
        let mut recipients = 0;
        let revealed = log.revealed(from).inspect(|entry| self.counts.add(entry.accepted));
        for pushed in registry.flush(revealed, urls, from) {
            recipients += pushed.to.len();
            let until = pushed.cut.unwrap_or(tail);
            let chunk = Due { chunk: pushed.chunk, updates: pushed.updates, from, until };
            self.due.push_back(Part::Chunk { chunk, to: pushed.to });
        }
        let mut ahead = std::mem::take(&mut self.ahead);
        ahead.retain(|key| {
            registry.at(*key).is_some_and(|connection| connection.progress_mut().come_due_ahead())
        });
        if !ahead.is_empty() {
            recipients += ahead.len();
            self.due.push_back(Part::Rest(ahead));
        }
        self.flushed = tail;
        self.bytes = 0;
        if recipients > 0 {
            self.settling = !self.linger.after(recipients).is_zero();
            self.recipients = recipients;
        }
    }

    /// The next connection of the flush that is under way.
    pub(crate) fn next(&mut self) -> Option<Next> {
        loop {
            let next = match self.due.front_mut()? {
                Part::Chunk { chunk, to } => {
                    to.pop().map(|key| Next { key, due: Some(chunk.clone()) })
                }
                Part::Rest(rest) => rest.pop().map(|key| Next { key, due: None }),
            };
            if next.is_some() {
                return next;
            }
            self.due.pop_front();
        }
    }

    /// Lets a live connection wait, which has read everything and has a read pending.
    pub(crate) fn wait<T>(&mut self, registry: &mut Registry<T>, key: ConnectionKey) {
        let Some(connection) = registry.at(key) else { return };
        if connection.progress().has_all(self.flushed) {
            registry.wait_at_flush(key);
        } else if connection.progress_mut().wait_ahead() {
            self.ahead.push(key);
        }
    }

    /// Lets a connection that waits at the flush be read by the next one for itself.
    pub(crate) fn wait_ahead<T>(&mut self, registry: &mut Registry<T>, key: ConnectionKey) {
        if self.rouse(registry, key)
            && registry.at(key).is_some_and(|connection| connection.progress_mut().wait_ahead())
        {
            self.ahead.push(key);
        }
    }

    /// Takes a connection from the waiting ones, with its cursor where it has read to; returns whether
    /// it was one of them.
    pub(crate) fn rouse<T>(&self, registry: &mut Registry<T>, key: ConnectionKey) -> bool {
        registry.rouse(key, self.flushed).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_bytes_as_a_flush_takes_are_ahead() {
        let mut flushes = Flushes::new(Sequence::START);
        flushes.add(FLUSH_BYTES - 1);
        assert!(!flushes.is_ahead());
        flushes.add(1);
        assert!(flushes.is_ahead());
    }
}
