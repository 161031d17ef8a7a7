//! How often connections are given a chunk, so that the host has time for other work.

use std::time::Duration;

use crate::{base::timestamp::Timestamp, hub::linger::Linger};

/// The pauses between the turns of a flush. Each connection that was given a chunk costs its part of the
/// linger, which is owed as a pause. A hub that owes nothing gives to all at once, and a busy one pauses
/// after each turn, for the linger in all once it has come to everybody.
#[derive(Debug)]
pub(crate) struct Pace {
    linger: Linger,
    /// The most connections that were due since nothing was owed.
    recipients: usize,
    /// What was owed at `since`. Times are whole milliseconds, and this is not, so that no rounding
    /// adds up.
    owed: Duration,
    since: Timestamp,
}

impl Pace {
    /// With this linger, and nothing owed.
    pub(crate) fn new(linger: Linger) -> Self {
        Self { linger, recipients: 0, owed: Duration::ZERO, since: Timestamp::default() }
    }

    pub(crate) fn set_linger(&mut self, linger: Linger) {
        self.linger = linger;
    }

    /// The linger of a flush to as many connections as now.
    pub(crate) fn linger(&self) -> Duration {
        self.linger.after(self.recipients)
    }

    /// How long the hub is to pause for what it has given.
    pub(crate) fn owed(&self, now: Timestamp) -> Duration {
        self.owed.saturating_sub(now.since(self.since))
    }

    /// The streams have been doing what they were given, which was no pause.
    pub(crate) fn begin_pause(&mut self, now: Timestamp) {
        self.since = now;
    }

    /// There was a pause up to now. The number of connections that are `due` is known now.
    pub(crate) fn end_pause(&mut self, due: usize, now: Timestamp) {
        self.owed = self.owed(now);
        self.since = now;
        if self.owed.is_zero() {
            self.recipients = 0;
        }
        self.recipients = self.recipients.max(due);
    }

    /// The pause that is left before the next `connections` are given a chunk.
    pub(crate) fn left(&self, connections: usize, now: Timestamp) -> Duration {
        let linger = self.linger();
        let most = self.owed(now).saturating_add(self.price(connections));
        let left = most.saturating_sub(linger).min(linger);
        Duration::from_millis(u64::try_from(left.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX))
    }

    /// This number of connections were given a chunk; returns whether there is to be a pause.
    pub(crate) fn give(&mut self, connections: usize) -> bool {
        let price = self.price(connections);
        self.owed = self.owed.saturating_add(price).min(self.linger());
        !price.is_zero()
    }

    /// The part of the linger for this number of connections.
    fn price(&self, connections: usize) -> Duration {
        let of = |connections| u32::try_from(connections).unwrap_or(u32::MAX);
        let all = of(self.recipients.max(connections));
        self.linger().saturating_mul(of(connections)).checked_div(all).unwrap_or_default()
    }
}
