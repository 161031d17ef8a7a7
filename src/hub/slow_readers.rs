//! Which readers count as slow, and what becomes of them.

use crate::{
    base::{
        figures::Figures,
        limits::{SLOW_AFTER_UPDATES, SLOW_FOR},
        sequence::Sequence,
        timestamp::Timestamp,
    },
    hub::{progress::Progress, slow_consumers::SlowConsumers},
};

/// The policy for slow readers, and when they were looked for.
#[derive(Debug)]
pub(crate) struct SlowReaders {
    policy: SlowConsumers,
    /// The tail when slow connections were looked for last.
    swept: Sequence,
    /// Updates that were left out for slow connections.
    conflated: u64,
    /// Slow connections that were ended.
    evicted: u64,
    /// How often a stream did not take the chunk of a flush.
    behind: u64,
}

impl SlowReaders {
    /// None, in a log that ends at `tail`.
    pub(crate) fn new(policy: SlowConsumers, tail: Sequence) -> Self {
        Self { policy, swept: tail, conflated: 0, evicted: 0, behind: 0 }
    }

    /// Whether this reader is given the newest update of each topic alone.
    pub(crate) fn conflates(&self, progress: &Progress, until: Sequence) -> bool {
        self.policy == SlowConsumers::Conflate
            && progress.closing().is_none()
            && progress.is_slow(until)
    }

    /// Updates were left out.
    pub(crate) fn leave_out(&mut self, updates: u64) {
        self.conflated += updates;
    }

    /// How many updates were left out.
    pub(crate) fn conflated(&self) -> u64 {
        self.conflated
    }

    /// A stream has not taken the chunk of a flush.
    pub(crate) fn fell_behind(&mut self) {
        self.behind += 1;
    }

    /// Slow connections were ended.
    pub(crate) fn evict(&mut self, connections: usize) {
        self.evicted += connections as u64;
    }

    /// Its figures, by policy and outcome. Whatever the policy is, `ended` connections were too slow.
    pub(crate) fn tell(&self, figures: &mut Figures, ended: u64) {
        figures.add(format_args!("slow.any.behind"), self.behind);
        figures.add(format_args!("slow.any.ended"), ended.saturating_sub(self.evicted));
        figures.add(format_args!("slow.conflate.left out"), self.conflated);
        figures.add(format_args!("slow.evict.ended"), self.evicted);
    }

    /// Whether a search is worth its cost: there are as many new updates as make a reader slow.
    pub(crate) fn is_due(&self, tail: Sequence) -> bool {
        tail.get().saturating_sub(self.swept.get()) >= SLOW_AFTER_UPDATES
    }

    /// A search begins; returns whether slow readers are closed at all.
    pub(crate) fn sweep(&mut self, tail: Sequence) -> bool {
        self.swept = tail;
        self.policy == SlowConsumers::Evict
    }
}

/// Whether this reader is closed, in a log that ends at `tail`.
pub(crate) fn is_evicted(progress: &Progress, tail: Sequence, now: Timestamp) -> bool {
    progress.is_slow(tail) && progress.still_for(now) >= SLOW_FOR
}
