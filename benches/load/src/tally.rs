//! What all subscribers together have received.

use crate::{latency::Latency, payload::Shape, violations::Violations};

/// Counts over all subscribers.
#[derive(Debug)]
pub struct Tally {
    /// What every payload has to look like.
    pub shape: Shape,
    /// What was wrong; it is never forgotten.
    pub violations: Violations,
    /// Events by which the hub said that something is missing; each also counts as one that is.
    pub gap_events: u64,
    /// Updates that came, without those that came again.
    pub deliveries: u64,
    /// Chunks of the transfer coding; without one, what single reads gave.
    pub chunks: u64,
    /// Bytes of the bodies as they came, with their framing.
    pub received: u64,
    /// When the last delivery came.
    pub last_delivery: u64,
    /// How old updates were.
    pub latency: Latency,
}

impl Tally {
    /// Of payloads of this shape.
    pub fn new(shape: Shape) -> Self {
        Self {
            shape,
            violations: Violations::default(),
            gap_events: 0,
            deliveries: 0,
            chunks: 0,
            received: 0,
            last_delivery: 0,
            latency: Latency::new(),
        }
    }

    /// Counts a delivery.
    #[inline]
    pub fn deliver(&mut self, sent: u64, now: u64) {
        self.deliveries += 1;
        self.last_delivery = now;
        self.latency.record(now.saturating_sub(sent));
    }

    /// Forgets the figures, not the violations: what is measured begins now.
    pub fn begin(&mut self) {
        self.deliveries = 0;
        self.chunks = 0;
        self.received = 0;
        self.latency.clear();
    }
}
