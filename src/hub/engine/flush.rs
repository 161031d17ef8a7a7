//! What a commit pushes to those who wait: at once if the hub was quiet, otherwise a little later
//! and together with what comes meanwhile.

use std::{collections::HashMap, sync::Arc, time::Duration};

use super::{Effect, Enqueue, Hub};
use crate::{
    base::{
        limits::{FLUSH_BYTES, FLUSH_RECIPIENTS},
        sequence::Sequence,
        timestamp::Timestamp,
    },
    hub::{
        audiences::ConnectionKey,
        connection::{CloseReason, Waiting},
        linger::Linger,
    },
    log::history::History,
};

/// What a commit or a flush has found.
#[derive(Debug, PartialEq, Eq)]
pub struct Flush<T> {
    /// What the host is to do.
    pub effects: Vec<Effect<T>>,
    /// When [`Hub::flush`] is due. It may be at once: then others are to have their turn first.
    pub next: Option<Timestamp>,
}

/// What is durable and not flushed.
#[derive(Debug)]
pub(super) struct Lingering {
    pub(super) linger: Linger,
    /// Its bytes.
    bytes: usize,
    /// When the last flush was over, and how many connections it went to.
    flushed_at: Timestamp,
    recipients: usize,
    /// Whether the streams may still be busy with it.
    settling: bool,
    /// How many connections one turn comes to.
    pub(super) turn: usize,
}

impl Lingering {
    pub(super) fn new(linger: Linger) -> Self {
        let flushed_at = Timestamp::default();
        Self {
            linger,
            bytes: 0,
            flushed_at,
            recipients: 0,
            settling: false,
            turn: FLUSH_RECIPIENTS,
        }
    }
}

/// A part of a flush.
#[derive(Debug)]
pub(super) enum Due {
    /// A chunk for connections that had seen what was flushed before.
    Chunk { chunk: Arc<[u8]>, from: Sequence, until: Sequence, to: Vec<ConnectionKey> },
    /// Connections that had read further, each to its own place.
    Rest(Vec<ConnectionKey>),
}

impl<H: History, T: Clone> Hub<H, T> {
    /// Everything up to and with `until` is durable. Who polls can read it now; those who wait are
    /// given it by the flush that is due.
    pub fn commit(&mut self, until: Sequence, now: Timestamp) -> Flush<T> {
        let revealed = self.log.commit(until);
        self.lingering.bytes += revealed.map(|entry| entry.update.event.len()).sum::<usize>();
        let mut flush = self.flush_if_due(now);
        flush.effects.extend(self.evict_slow_in_time(now));
        flush
    }

    /// Gives those who wait what is for them, one chunk for each audience, shared where it is the
    /// same: if that is due, and to a bounded number of them. To be called in the turn that
    /// [`Flush::next`] has asked for, when the streams have done what the last turn has given them to
    /// do: only then does a flush count as over, so that the more there is to do the less often it is
    /// begun.
    pub fn flush(&mut self, now: Timestamp) -> Flush<T> {
        if self.due.is_empty() && std::mem::take(&mut self.lingering.settling) {
            self.lingering.flushed_at = now;
        }
        self.flush_if_due(now)
    }

    /// Whether more is durable than the next flush has use for, so that publishers who can wait are
    /// to wait for it: else readers who keep up would be left behind.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        self.lingering.bytes >= FLUSH_BYTES
    }

    /// How long what is committed `now` is about to linger.
    #[must_use]
    pub fn lingers(&self, now: Timestamp) -> Duration {
        let Lingering { linger, flushed_at, recipients, settling, .. } = self.lingering;
        let linger = linger.after(recipients);
        if settling { linger } else { linger.saturating_sub(now.since(flushed_at)) }
    }

    fn flush_if_due(&mut self, now: Timestamp) -> Flush<T> {
        if self.due.is_empty() && self.flush_at(now).is_some_and(|due| due <= now) {
            self.begin_flush();
        }
        let effects = self.go_on_with_flush(now);
        let is_over = self.due.is_empty() && !self.lingering.settling;
        Flush { effects, next: if is_over { self.flush_at(now) } else { Some(now) } }
    }

    /// When what is durable is to be flushed; `None` when all of it is, or when it is not known yet.
    fn flush_at(&self, now: Timestamp) -> Option<Timestamp> {
        let Lingering { linger, bytes, flushed_at, recipients, settling, .. } = self.lingering;
        if self.flushed == self.log.tail() || settling {
            return None;
        }
        if bytes >= FLUSH_BYTES {
            return Some(now);
        }
        // A clock that was set back must not hold up updates until it has caught up.
        let flushed_at = flushed_at.min(now);
        Some(flushed_at.saturating_add(linger.after(recipients)).max(now))
    }

    fn begin_flush(&mut self) {
        let (from, tail) = (self.flushed, self.log.tail());
        let flushed = self.registry.audiences.flush(self.log.revealed(from), &*self.urls);
        let mut recipients = 0;
        for flushed in flushed {
            let waiting = self.registry.audiences.waiting(flushed.audience);
            let to = waiting.map(std::mem::take).unwrap_or_default();
            for key in &to {
                if let Some(connection) = self.registry.at(*key) {
                    connection.cursor = from;
                    connection.waiting = Some(Waiting::Due);
                }
            }
            recipients += to.len();
            let until = flushed.cut.unwrap_or(tail);
            self.due.push_back(Due::Chunk { chunk: flushed.chunk, from, until, to });
        }
        let mut ahead = std::mem::take(&mut self.ahead);
        ahead.retain(|key| {
            let connection = self.registry.at(*key);
            let waiting = connection.and_then(|connection| connection.waiting.as_mut());
            waiting.filter(|waiting| **waiting == Waiting::Ahead).is_some_and(|waiting| {
                *waiting = Waiting::Due;
                true
            })
        });
        if !ahead.is_empty() {
            recipients += ahead.len();
            self.due.push_back(Due::Rest(ahead));
        }
        self.flushed = tail;
        self.lingering.bytes = 0;
        if recipients > 0 {
            self.lingering.settling = !self.lingering.linger.after(recipients).is_zero();
            self.lingering.recipients = recipients;
        }
    }

    /// Comes to the next [`FLUSH_RECIPIENTS`] connections that a flush has something for.
    fn go_on_with_flush(&mut self, now: Timestamp) -> Vec<Effect<T>> {
        let mut turn = Turn { enqueued: Vec::new(), by_chunk: HashMap::new(), others: Vec::new() };
        let mut left = self.lingering.turn;
        while left > 0
            && let Some(due) = self.due.front_mut()
        {
            let (key, chunk) = match due {
                Due::Chunk { chunk, from, until, to } => {
                    (to.pop(), Some((Arc::clone(chunk), *from, *until)))
                }
                Due::Rest(rest) => (rest.pop(), None),
            };
            let Some(key) = key else {
                self.due.pop_front();
                continue;
            };
            let Some(connection) = self.registry.at(key) else { continue };
            if connection.waiting != Some(Waiting::Due) {
                continue;
            }
            left -= 1;
            connection.waiting = None;
            if connection.has_expired(now) {
                let id = connection.id;
                let closed = self.registry.remove(id, CloseReason::Expired);
                turn.others.extend(closed.map(Effect::Closed));
                continue;
            }
            match chunk {
                Some((chunk, from, until)) => {
                    connection.cursor = until;
                    connection.fed(now);
                    turn.enqueue(chunk, from, Self::recipient(connection));
                }
                None => turn.others.extend(self.catch_up(key, now)),
            }
        }
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
                    let id = self.registry.at(key)?.id;
                    return self.registry.remove(id, CloseReason::Failed).map(Effect::Closed);
                }
            }
        }
        if chunk.is_empty() {
            self.wait(key);
            return None;
        }
        let connection = self.registry.at(key)?;
        connection.fed(now);
        let to = vec![Self::recipient(connection)];
        Some(Effect::Enqueue(Enqueue { chunk: chunk.into(), to, from: None }))
    }
}

/// What one turn of a flush has come to.
struct Turn<T> {
    enqueued: Vec<Enqueue<T>>,
    /// One update for many audiences is one chunk for all of them.
    by_chunk: HashMap<*const u8, usize>,
    others: Vec<Effect<T>>,
}

impl<T> Turn<T> {
    fn enqueue(&mut self, chunk: Arc<[u8]>, from: Sequence, recipient: super::Recipient<T>) {
        let at = *self.by_chunk.entry(chunk.as_ptr()).or_insert(self.enqueued.len());
        match self.enqueued.get_mut(at) {
            Some(same) => same.to.push(recipient),
            None => self.enqueued.push(Enqueue { chunk, to: vec![recipient], from: Some(from) }),
        }
    }
}
