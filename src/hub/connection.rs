//! One subscriber: a cursor into the log, and a small queue for what is addressed to it alone.

use std::sync::Arc;

use thiserror::Error;

use crate::{
    base::{
        connection_id::ConnectionId, limits::SLOW_AFTER_UPDATES, sequence::Sequence,
        timestamp::Timestamp,
    },
    hub::{
        audiences::AudienceKey,
        conflation::Conflation,
        queue::{Queue, QueueFull},
    },
    log::gap::{Gap, GapForm},
};

/// The state of one connection. Its stream is the host's, which keeps it in `state` beside what
/// the application attached.
#[derive(Debug)]
pub struct Connection<T> {
    pub(crate) id: ConnectionId,
    pub(crate) state: T,
    /// Where its client is, if that is known.
    pub(crate) address: Option<Arc<str>>,
    pub(crate) audience: AudienceKey,
    /// Bytes that it holds for itself alone, beside its queue.
    pub(crate) own: usize,
    pub(crate) phase: Phase,
    pub(crate) cursor: Sequence,
    /// What its stream begins with.
    pub(crate) opening: Vec<u8>,
    /// The beginning of its next chunk, read before others had their turn.
    pub(crate) begun: Vec<u8>,
    pub(crate) gap: Option<Gap>,
    /// Up to here it is known, and told, which updates are gone.
    pub(crate) told: Sequence,
    /// How it is told of gaps.
    pub(crate) gap_form: GapForm,
    /// What it has passed over and is still to be given the newest of.
    pub(crate) conflation: Option<Box<Conflation>>,
    pub(crate) queue: Queue,
    pub(crate) closing: Option<Closing>,
    /// Whether it has a read pending, and nothing to take.
    pub(crate) waiting: Option<Waiting>,
    pub(crate) heartbeat: Option<Arc<[u8]>>,
    /// When what allows it runs out.
    pub(crate) expires: Option<Timestamp>,
    pub(crate) sent_at: Timestamp,
    pub(crate) moved_at: Timestamp,
    pub(crate) queued: u64,
    pub(crate) taken: FlushMark,
    /// What was known before it was fed last.
    pub(crate) before: Before,
}

/// What a connection had taken for certain when it was fed last, and the time before.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Before {
    pub(crate) taken: FlushMark,
    earlier: FlushMark,
    moved_at: Timestamp,
}

/// Where a connection stands that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// At this place among those of its audience, who have all seen what was flushed: its cursor
    /// does not count.
    Flushed(usize),
    /// Its cursor is ahead of the last flush, in what lingers.
    Ahead,
    /// A flush has something for it, and will come to it.
    Due,
}

/// How far a connection is on its way from the registry to live updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is given what it missed, up to and with this update.
    Replaying(Sequence),
    /// The host calls the `registered` hook.
    Registering,
    /// It is given what comes.
    Live,
}

/// The connection ends once it has been given what there was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The reason its end will have.
    pub reason: CloseReason,
    /// The last update that it is given.
    pub until: Sequence,
}

/// Why a connection has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// The client went away.
    ClientGone,
    /// The application or the hub stopped or closed it.
    Stopped,
    /// What allowed it has run out.
    Expired,
    /// It did not take what it was sent.
    TooSlow,
    /// A hook or the history failed.
    Failed,
    /// The hub is drained.
    Drained,
}

impl CloseReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::ClientGone,
        Self::Stopped,
        Self::Expired,
        Self::TooSlow,
        Self::Failed,
        Self::Drained,
    ];

    /// A comment for the end of the stream, where the hub itself has ended it and has not said so.
    #[must_use]
    pub fn last_words(self) -> Option<&'static [u8]> {
        match self {
            Self::Expired => Some(b": expired\n"),
            Self::TooSlow => Some(b": too slow\n"),
            Self::ClientGone | Self::Stopped | Self::Failed | Self::Drained => None,
        }
    }

    /// The reason as a word for logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientGone => "client gone",
            Self::Stopped => "stopped",
            Self::Expired => "expired",
            Self::TooSlow => "too slow",
            Self::Failed => "failed",
            Self::Drained => "drained",
        }
    }
}

/// What a connection had been sent at some moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlushMark {
    /// Bytes of its queue since its beginning.
    pub(crate) queued: u64,
    /// Updates of the log.
    pub(crate) cursor: Sequence,
}

/// The event could not be queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
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

impl<T> Connection<T> {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> ConnectionId {
        self.id
    }

    /// What the host and the application keep with it.
    #[must_use]
    pub fn state(&self) -> &T {
        &self.state
    }

    /// Whether it takes no more: it is closing. One that has ended is no longer in the registry.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.closing.is_some()
    }

    /// Whether it has been given everything and has a read pending.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
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

    /// What was handed over so far is taken: its stream asks for more, or had asked already.
    pub(crate) fn takes(&mut self, now: Timestamp) {
        self.moved_at = now;
        if !self.begun.is_empty() {
            return;
        }
        let cursor = if self.conflation.is_some() { self.taken.cursor } else { self.cursor };
        self.taken = FlushMark { queued: self.queued - self.queue.bytes() as u64, cursor };
    }

    /// It waited and is given what brings it to its cursor, all of which it takes.
    pub(crate) fn fed(&mut self, now: Timestamp) {
        let Before { taken: earlier, .. } = self.before;
        self.before = Before { taken: self.taken, earlier, moved_at: self.moved_at };
        self.sent_at = now;
        self.takes(now);
    }

    /// It was to be fed, and has not even taken what it was fed before.
    pub(crate) fn fell_behind(&mut self) {
        self.taken = self.before.earlier;
        self.moved_at = self.before.moved_at;
    }

    /// Whether it is live and does not keep up with a log that ends at `tail`.
    pub(crate) fn is_slow(&self, tail: Sequence) -> bool {
        let behind = tail.get().saturating_sub(self.cursor.get());
        self.phase == Phase::Live && self.waiting.is_none() && behind > SLOW_AFTER_UPDATES
    }

    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Whether it has taken everything up to `mark`, when everybody who waits has been given what
    /// comes up to `flushed`.
    pub(crate) fn has_taken(&self, mark: FlushMark, flushed: Sequence) -> bool {
        let taken = match self.waiting {
            Some(Waiting::Flushed(_)) => FlushMark { queued: self.queued, cursor: flushed },
            Some(_) => FlushMark { queued: self.queued, cursor: self.cursor },
            None => self.taken,
        };
        taken.queued >= mark.queued && taken.cursor >= mark.cursor
    }
}
