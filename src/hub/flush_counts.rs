//! How large flushes are, how long they take, and how late updates go out with them.

use std::{collections::VecDeque, mem};

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
    /// By the time from the acceptance of an update to the turn with which all have it that waited for
    /// it.
    latencies: Histogram,
    /// By the updates of a flush.
    sizes: Histogram,
    /// By the time from the first turn of a flush to its last one.
    durations: Histogram,
    /// When the flush that is under way has begun.
    began: Timestamp,
    /// The updates since the flush before it has begun, and those since it has itself.
    size: u64,
    next_size: u64,
    /// The updates that some wait for, in order.
    awaited: VecDeque<Awaited>,
}

/// An update that some connections wait for.
#[derive(Debug)]
struct Awaited {
    accepted: Timestamp,
    /// The number of the last part that waits for it.
    last: u64,
}

impl Default for FlushCounts {
    fn default() -> Self {
        let latencies = Histogram::by(histogram::MILLIS);
        Self {
            latencies,
            sizes: Histogram::by(histogram::UPDATES),
            durations: latencies,
            began: Timestamp::default(),
            size: 0,
            next_size: 0,
            awaited: VecDeque::new(),
        }
    }
}

impl FlushCounts {
    /// An update was revealed, and `last` parts have been due by now.
    pub(crate) fn reveal(&mut self, accepted: Timestamp, last: u64) {
        self.next_size += 1;
        self.awaited.push_back(Awaited { accepted, last });
    }

    /// A flush begins.
    pub(crate) fn begin(&mut self, now: Timestamp) {
        self.began = now;
        self.size = mem::take(&mut self.next_size);
    }

    /// A turn is over. The turns so far have come to this number of parts.
    pub(crate) fn come(&mut self, parts: u64, now: Timestamp) {
        while let Some(given) = self.awaited.pop_front_if(|awaited| awaited.last <= parts) {
            let latency = millis(given.accepted, now);
            if latency < OF_ANOTHER_LOG {
                self.latencies.observe(latency);
            }
        }
    }

    /// The flush has come to everybody.
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
        let now = Timestamp::from_millis(100_000);
        for accepted in [0, 40_000, 99_993] {
            counts.reveal(Timestamp::from_millis(accepted), 0);
        }
        counts.begin(now);
        counts.come(0, now);
        counts.end(now);
        let (mut once, mut thrice) = (FlushCounts::default(), FlushCounts::default());
        once.latencies.observe(7);
        thrice.sizes.observe(3);
        assert_eq!((counts.latencies, counts.sizes), (once.latencies, thrice.sizes));
    }

    #[test]
    fn the_latency_of_an_update_ends_with_the_last_part_that_waited_for_it() {
        let mut counts = FlushCounts::default();
        counts.reveal(Timestamp::from_millis(1), 2);
        counts.reveal(Timestamp::from_millis(3), 3);
        for (parts, now) in [(1, 5), (2, 8), (3, 10)] {
            counts.come(parts, Timestamp::from_millis(now));
        }
        let mut expected = FlushCounts::default();
        for latency in [7, 7] {
            expected.latencies.observe(latency);
        }
        assert_eq!(counts.latencies, expected.latencies);
    }
}
