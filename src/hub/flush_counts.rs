//! How large flushes are, how long they take, and how late updates go out with them.

use crate::{
    base::{
        figures::Figures,
        histogram::{self, Histogram},
        timestamp::{Timestamp, whole_millis},
    },
    log::history::Entry,
};

/// Counts of the flushes of one hub since it was made. Times are in milliseconds.
#[derive(Debug)]
pub(crate) struct FlushCounts {
    /// By the time from the acceptance of an update to the flush that it goes out with.
    latency: Histogram,
    /// By the updates of a flush.
    size: Histogram,
    /// By the time from the first turn of a flush to its last one.
    duration: Histogram,
    /// When the flush that is under way has begun.
    began: Option<Timestamp>,
}

impl Default for FlushCounts {
    fn default() -> Self {
        let millis = Histogram::by(histogram::MILLIS);
        let size = Histogram::by(histogram::UPDATES);
        Self { latency: millis, size, duration: millis, began: None }
    }
}

impl FlushCounts {
    /// A flush of these entries begins.
    pub(crate) fn begin<'a>(&mut self, entries: impl Iterator<Item = &'a Entry>, now: Timestamp) {
        let mut size = 0;
        for entry in entries {
            self.latency.observe(whole_millis(now.since(entry.accepted)));
            size += 1;
        }
        self.size.observe(size);
        self.began = Some(now);
    }

    /// No connection is left to which the flush comes.
    pub(crate) fn end(&mut self, now: Timestamp) {
        if let Some(began) = self.began.take() {
            self.duration.observe(whole_millis(now.since(began)));
        }
    }

    pub(crate) fn tell(&self, figures: &mut Figures) {
        self.latency.tell(figures, "latency");
        self.size.tell(figures, "flush size");
        self.duration.tell(figures, "flush duration");
    }
}
