//! How far one connection has come in the log, and whether its stream waits: the machine of delivery.
//!
//! A connection is *replaying*, then *registering*, then *live* ([`Phase`]). One of a finite read is
//! live, behind and closing from the beginning. A live one *waits*
//! ([`Waiting`]) or is *behind*. It waits *at the tail* when it has everything that the log has revealed
//! for it. It is *due* when something was revealed for it, and a flush has not come to it.
//!
//! | call | from | to |
//! |---|---|---|
//! | `end_replay` | replaying | registering |
//! | `start` | registering | live, behind |
//! | `wait_at_tail` | live, behind | at the tail |
//! | `come_due` | at the tail | due |
//! | `take_due` | due | behind: its chunk is made now |
//! | `rouse` | at the tail, due | behind, with its cursor where it has read to |
//! | `take`, `feed`, `feed_to` | behind | behind: it takes what it is given |
//! | `fall_behind`, `forget_last` | behind | behind: it has not taken what it was given |
//! | `close` | any | the same, and it ends at the tail of that moment |
//!
//! A stream that *rests* is fed without a pull. Here its connection waits like any other: whether a
//! stream is pulled, rests, or is a link to another isolate is known to the host alone.

use std::time::Duration;

use crate::{
    base::{limits::SLOW_AFTER_UPDATES, sequence::Sequence, timestamp::Timestamp},
    hub::{
        close_reason::{CloseReason, Closing},
        resumes::Standing,
    },
};

/// Heartbeats without which a connection counts as dead that was given something and did not take it:
/// after the runtime's own signs (`cancel`, the abort signal), the third witness.
const DEAD_AFTER_BEATS: u32 = 2;

/// How far a connection is on its way from the registry to live updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// It is given the updates that it missed, up to and with this one.
    Replaying(Sequence),
    /// The host calls the `registered` hook.
    Registering,
    /// It is live, and is given the updates that come. It has no read pending, or is about to be fed.
    Behind,
    /// It is live, and has a read pending or rests.
    Waiting(Waiting),
}

/// How a connection waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// It has everything that was revealed for it, and stands at this index among the waiting ones of
    /// its audience. Its cursor does not count.
    AtTail(usize),
    /// A flush has something for it, and will come to it.
    Due,
}

/// A position in all that a connection is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlushMark {
    /// Bytes of its queue since its beginning.
    queued: u64,
    /// Updates of the log.
    cursor: Sequence,
}

/// The part of a connection's data that its stream cannot have taken yet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Withheld {
    /// Bytes in its queue.
    pub(crate) queued: usize,
    /// Whether its next chunk is begun.
    pub(crate) begun: bool,
    /// Whether updates that it has passed over are conflated.
    pub(crate) conflated: bool,
}

/// The confirmed marks before the last two feeds.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    taken: FlushMark,
    earlier: FlushMark,
    moved_at: Timestamp,
}

/// Whether a connection needs a heartbeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignOfLife {
    /// It was sent something a short while ago.
    NotDue,
    /// It waits, and was sent nothing for the interval.
    Due,
    /// It has taken nothing for two intervals.
    Dead,
}

/// The place of a connection in delivery.
#[derive(Debug)]
pub(crate) struct Progress {
    phase: Phase,
    cursor: Sequence,
    /// The update up to which it was given everything, when something of its next chunk is withheld.
    given: Sequence,
    closing: Option<Closing>,
    /// Bytes of its queue since its beginning.
    queued: u64,
    taken: FlushMark,
    before: Before,
    /// Whether it was fed, and has not pulled since.
    is_fed: bool,
    sent_at: Timestamp,
    moved_at: Timestamp,
}

impl Progress {
    /// A connection that begins behind `cursor`, in a log that ends at `tail`.
    pub(crate) fn new(cursor: Sequence, tail: Sequence, now: Timestamp) -> Self {
        Self {
            phase: if cursor >= tail { Phase::Registering } else { Phase::Replaying(tail) },
            cursor,
            given: cursor,
            closing: None,
            queued: 0,
            taken: FlushMark::default(),
            before: Before::default(),
            is_fed: false,
            sent_at: now,
            moved_at: now,
        }
    }

    /// A connection that begins behind `cursor` and ends with the last update of the log, `tail`. No
    /// `registered` hook runs for it, and it never waits.
    pub(crate) fn finite(cursor: Sequence, tail: Sequence, now: Timestamp) -> Self {
        let closing = Some(Closing { reason: CloseReason::Read, until: tail });
        Self { phase: Phase::Behind, closing, ..Self::new(cursor, tail, now) }
    }

    /// A live connection that goes on behind `cursor`, in another life of the hub or over another link.
    pub(crate) fn resumed(cursor: Sequence, closing: Option<Closing>, now: Timestamp) -> Self {
        Self { phase: Phase::Behind, closing, ..Self::new(cursor, cursor, now) }
    }

    /// The update behind which it is given the next ones. Of one that waits at the tail it does not
    /// count.
    pub(crate) fn cursor(&self) -> Sequence {
        self.cursor
    }

    /// When it was given something last.
    pub(crate) fn sent_at(&self) -> Timestamp {
        self.sent_at
    }

    /// It is given something by its own pull.
    pub(crate) fn sent(&mut self, now: Timestamp) {
        self.sent_at = now;
    }

    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting(_))
    }

    pub(crate) fn is_live(&self) -> bool {
        matches!(self.phase, Phase::Behind | Phase::Waiting(_))
    }

    pub(crate) fn is_registering(&self) -> bool {
        self.phase == Phase::Registering
    }

    /// The last update that it may be given now, in a log that ends at `tail`; `None` while the
    /// `registered` hook is called.
    pub(crate) fn until(&self, tail: Sequence) -> Option<Sequence> {
        match self.phase {
            Phase::Registering => None,
            Phase::Replaying(until) => Some(until),
            Phase::Behind | Phase::Waiting(_) => {
                Some(self.closing.map_or(tail, |closing| closing.until))
            }
        }
    }

    /// Ends the replay; returns whether there was one.
    pub(crate) fn end_replay(&mut self) -> bool {
        let replays = matches!(self.phase, Phase::Replaying(_));
        if replays {
            self.phase = Phase::Registering;
        }
        replays
    }

    /// The `registered` hook has run.
    pub(crate) fn start(&mut self) {
        if self.phase == Phase::Registering {
            self.phase = Phase::Behind;
        }
    }

    /// Whether it may wait: it is live and has everything in a log that ends at `tail`.
    pub(crate) fn has_all(&self, tail: Sequence) -> bool {
        self.is_live() && self.cursor == tail
    }

    /// It waits at this index of its audience.
    pub(crate) fn wait_at_tail(&mut self, index: usize) {
        self.phase = Phase::Waiting(Waiting::AtTail(index));
    }

    /// Something was revealed behind `from` for it.
    pub(crate) fn come_due(&mut self, from: Sequence) {
        self.cursor = from;
        self.phase = Phase::Waiting(Waiting::Due);
    }

    /// A flush has come to it, with what is behind `from`; returns whether it was due for that.
    pub(crate) fn take_due(&mut self, from: Sequence) -> bool {
        let is_due = self.phase == Phase::Waiting(Waiting::Due) && self.cursor == from;
        if is_due {
            self.phase = Phase::Behind;
        }
        is_due
    }

    /// It waits no longer; returns how it waited. The log ends at `tail`.
    pub(crate) fn rouse(&mut self, tail: Sequence) -> Option<Waiting> {
        let Phase::Waiting(waited) = self.phase else { return None };
        self.phase = Phase::Behind;
        if let Waiting::AtTail(_) = waited {
            self.cursor = tail;
        }
        Some(waited)
    }

    /// It was read up to here.
    pub(crate) fn read_to(&mut self, cursor: Sequence) {
        self.cursor = cursor;
    }

    /// Bytes were put into its queue.
    pub(crate) fn queue(&mut self, bytes: usize) {
        self.queued += bytes as u64;
    }

    /// Its stream has taken everything but what is withheld: it asks for more, or had asked already.
    pub(crate) fn take(&mut self, withheld: Withheld, now: Timestamp) {
        self.moved_at = now;
        self.is_fed = false;
        if withheld.begun {
            return;
        }
        let cursor = if withheld.conflated { self.taken.cursor } else { self.cursor };
        if !withheld.conflated {
            self.given = cursor;
        }
        self.taken = FlushMark { queued: self.queued - withheld.queued as u64, cursor };
    }

    /// The update up to which it was given everything, in a log that ends at `tail`.
    pub(crate) fn given(&self, withheld: Withheld, tail: Sequence) -> Sequence {
        match self.phase {
            Phase::Waiting(Waiting::AtTail(_)) => tail,
            _ if withheld.begun || withheld.conflated => self.given,
            _ => self.cursor,
        }
    }

    /// Bytes of its queue that its stream was given and has not taken, and those that are still there.
    pub(crate) fn untaken(&self) -> u64 {
        self.queued.saturating_sub(self.taken.queued)
    }

    /// It waited, is given everything up to its cursor, and takes it.
    pub(crate) fn feed(&mut self, withheld: Withheld, now: Timestamp) {
        let Before { taken: earlier, .. } = self.before;
        self.before = Before { taken: self.taken, earlier, moved_at: self.moved_at };
        self.sent_at = now;
        self.take(withheld, now);
        self.is_fed = true;
    }

    /// Its stream has no room for the chunk behind `from`, and has not even taken the one before. One that
    /// was not fed was behind before, and stays where it is.
    pub(crate) fn fall_behind(&mut self, from: Option<Sequence>) {
        if !std::mem::take(&mut self.is_fed) {
            return;
        }
        self.taken = self.before.earlier;
        self.moved_at = self.before.moved_at;
        self.cursor = from.map_or(self.cursor, |from| from.min(self.cursor));
        self.given = self.given.min(self.cursor);
    }

    /// Its stream has not taken what it was fed last.
    pub(crate) fn forget_last(&mut self) {
        self.taken = self.before.taken;
    }

    /// It ends behind this update. The first reason counts.
    pub(crate) fn close(&mut self, closing: Closing) {
        self.closing.get_or_insert(closing);
    }

    /// Why it ends, once it was given everything.
    pub(crate) fn closing(&self) -> Option<CloseReason> {
        self.closing.map(|closing| closing.reason)
    }

    /// Where it stands in a log that ends at `tail`, if it was given everything up to `given`.
    pub(crate) fn standing(&self, given: Sequence, tail: Sequence) -> Standing {
        let has_all = self.is_waiting() && given >= tail;
        Standing { behind: (!has_all).then_some(given), closing: self.closing }
    }

    /// Why it ends, if it was given everything by now.
    pub(crate) fn has_ended(&self) -> Option<CloseReason> {
        self.closing.filter(|closing| self.is_live() && self.cursor >= closing.until)?.reason.into()
    }

    /// Whether it is live and does not keep up with a log that ends at `tail`.
    pub(crate) fn is_slow(&self, tail: Sequence) -> bool {
        let behind = tail.get().saturating_sub(self.cursor.get());
        self.phase == Phase::Behind && behind > SLOW_AFTER_UPDATES
    }

    /// How long it has taken nothing.
    pub(crate) fn still_for(&self, now: Timestamp) -> Duration {
        now.since(self.moved_at)
    }

    /// The mark that it must have taken for everything in its queue, and in a log that ends at `tail`,
    /// to be flushed.
    pub(crate) fn mark(&self, tail: Sequence) -> FlushMark {
        FlushMark { queued: self.queued, cursor: tail }
    }

    /// Whether it has taken everything up to `mark`, in a log that ends at `tail`.
    pub(crate) fn has_taken(&self, mark: FlushMark, tail: Sequence) -> bool {
        let taken = match self.phase {
            Phase::Waiting(Waiting::AtTail(_)) => FlushMark { queued: self.queued, cursor: tail },
            Phase::Waiting(_) => FlushMark { queued: self.queued, cursor: self.cursor },
            _ => self.taken,
        };
        taken.queued >= mark.queued && taken.cursor >= mark.cursor
    }

    /// The clock was set back: heartbeats must not wait until it has caught up.
    pub(crate) fn set_back(&mut self, now: Timestamp) {
        self.sent_at = self.sent_at.min(now);
        self.moved_at = self.moved_at.min(now);
    }

    /// Whether it needs a heartbeat, which goes out up to `slack` ahead of its time.
    pub(crate) fn sign_of_life(
        &self,
        interval: Duration,
        slack: Duration,
        now: Timestamp,
    ) -> SignOfLife {
        let is_due = now.since(self.sent_at).saturating_add(slack) >= interval;
        let is_dead = self.still_for(now) >= interval.saturating_mul(DEAD_AFTER_BEATS);
        match self.is_waiting() {
            true if is_due => SignOfLife::Due,
            false if is_dead => SignOfLife::Dead,
            _ => SignOfLife::NotDue,
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
