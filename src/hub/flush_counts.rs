//! How large flushes are, how long they take, and how late updates go out with them.

use std::mem;

use crate::base::{
    figures::Figures,
    histogram::{self, Histogram},
    timestamp::Timestamp,
};

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
        self.latencies.observe(millis(accepted, self.began));
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
