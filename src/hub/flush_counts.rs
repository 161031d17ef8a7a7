//! How large flushes are, how long they take, and how late updates go out with them.

use std::mem;

use crate::base::{
    figures::Figures,
    histogram::{self, Histogram},
    timestamp::Timestamp,
};

/// In milliseconds: an update that was accepted so long before its flush was restored from another hub's
/// log, with the time that it had there.
const OF_ANOTHER_LOG: u64 = 60_000;

/// Counts of the flushes of one hub since it was made. Times are in milliseconds.
#[derive(Debug)]
pub(crate) struct FlushCounts {
    /// By the time from the acceptance of an update to the flush that it goes out with.
    latencies: Histogram,
    /// By the updates of a flush.
    sizes: Histogram,
    /// By the time from the first turn of a flush to its last one.
    durations: Histogram,
    /// When the flush that is under way has begun, and its updates.
    began: Timestamp,
    size: u64,
}

impl Default for FlushCounts {
    fn default() -> Self {
        let latencies = Histogram::by(histogram::MILLIS);
        let sizes = Histogram::by(histogram::UPDATES);
        let began = Timestamp::default();
        Self { latencies, sizes, durations: latencies, began, size: 0 }
    }
}

impl FlushCounts {
    /// A flush begins.
    pub(crate) fn begin(&mut self, now: Timestamp) {
        self.began = now;
        self.size = 0;
    }

    /// An update goes out with it.
    pub(crate) fn add(&mut self, accepted: Timestamp) {
        let latency = millis(accepted, self.began);
        if latency < OF_ANOTHER_LOG {
            self.latencies.observe(latency);
        }
        self.size += 1;
    }

    /// No connection is left to which the flush comes.
    pub(crate) fn end(&mut self, now: Timestamp) {
        if self.size > 0 {
            self.sizes.observe(mem::take(&mut self.size));
            self.durations.observe(millis(self.began, now));
        }
    }

    pub(crate) fn tell(&self, figures: &mut Figures) {
        self.latencies.tell(figures, "latency");
        self.sizes.tell(figures, "flush size");
        self.durations.tell(figures, "flush duration");
    }
}

/// The milliseconds between two moments; none when the clock was set back.
fn millis(from: Timestamp, to: Timestamp) -> u64 {
    to.as_millis().saturating_sub(from.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_of_another_log_counts_in_the_flush_and_has_no_latency() {
        let mut counts = FlushCounts::default();
        counts.begin(Timestamp::from_millis(100_000));
        for accepted in [0, 40_000, 99_993] {
            counts.add(Timestamp::from_millis(accepted));
        }
        counts.end(Timestamp::from_millis(100_000));
        let (mut once, mut thrice) = (FlushCounts::default(), FlushCounts::default());
        once.latencies.observe(7);
        thrice.sizes.observe(3);
        assert_eq!((counts.latencies, counts.sizes), (once.latencies, thrice.sizes));
    }
}
