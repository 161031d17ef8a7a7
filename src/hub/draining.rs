//! When a hub that is drained takes connections again, and when its clients come back.

use std::time::Duration;

use crate::{
    base::{
        connection_id::ConnectionId,
        limits::{REMEMBER_DRAIN, USUAL_RETRY},
        timestamp::Timestamp,
    },
    event_stream::reconnection_time::ReconnectionTime,
};

/// The drain of a hub, if there was one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Draining {
    /// Until then no connection is taken.
    until: Timestamp,
    /// Within this time after that clients come back.
    spread: Duration,
    /// When the hub was drained last.
    drained: Option<Timestamp>,
}

impl Draining {
    /// A hub that was drained then, in an earlier life perhaps.
    pub(crate) fn of_earlier(drained: Option<Timestamp>) -> Self {
        Self { drained, ..Self::default() }
    }

    /// A drain that begins now: in the first half of `within` no connection is taken, in the second
    /// half clients come back.
    pub(crate) fn begin(within: Duration, now: Timestamp) -> Self {
        let half = within / 2;
        Self { until: now.saturating_add(half), spread: half, drained: Some(now) }
    }

    /// A time at which connections are taken again. It is derived from the connection's id, which is
    /// random. A client keeps the time that it is told: it must not be told ever less while it waits.
    pub(crate) fn retry(self, id: ConnectionId, now: Timestamp) -> Duration {
        let part = self.spread / 256 * (u32::from(id.random_byte()) + 1);
        self.until.since(now).saturating_add(part)
    }

    /// When a client that is turned away now may come back, while the hub is being drained.
    pub(crate) fn turned_away(self, id: ConnectionId, now: Timestamp) -> Option<Duration> {
        (now < self.until).then(|| self.retry(id, now))
    }

    /// The usual reconnection time, for a client that the last drain may have told another.
    pub(crate) fn usual(self, id: ConnectionId, now: Timestamp) -> Option<ReconnectionTime> {
        let drained = self.drained.filter(|drained| now.since(*drained) < REMEMBER_DRAIN);
        drained.map(|_| {
            let spread = USUAL_RETRY / 256 * u32::from(id.random_byte());
            ReconnectionTime::from(USUAL_RETRY.saturating_add(spread))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF_A_MINUTE: Duration = Duration::from_secs(30);
    const THEN: Timestamp = Timestamp::from_millis(1_000_000);

    fn id(random: u8) -> ConnectionId {
        ConnectionId::from_random([random; 16])
    }

    #[test]
    fn the_usual_time_is_told_for_a_day_and_spread_by_the_id() {
        let draining = Draining::of_earlier(Some(THEN));
        let usual = |random, after| {
            draining.usual(id(random), THEN.saturating_add(after)).map(|time| time.to_string())
        };
        let millis = |random: u8| {
            let spread = USUAL_RETRY / 256 * u32::from(id(random).random_byte());
            (USUAL_RETRY + spread).as_millis().to_string()
        };
        let last = REMEMBER_DRAIN.saturating_sub(Duration::from_millis(1));
        for random in [0, 7, 255] {
            assert_eq!(usual(random, Duration::ZERO), Some(millis(random)));
            assert_eq!(usual(random, last), Some(millis(random)));
            assert_eq!(usual(random, REMEMBER_DRAIN), None);
        }
        assert_ne!(millis(0), millis(255));
        assert_eq!(Draining::default().usual(id(1), THEN), None);
    }

    #[test]
    fn nobody_comes_back_before_connections_are_taken_again() {
        let draining = Draining::begin(HALF_A_MINUTE, THEN);
        for random in [0, 255] {
            let retry = draining.turned_away(id(random), THEN).unwrap();
            assert!(retry > HALF_A_MINUTE / 2 && retry <= HALF_A_MINUTE, "{retry:?}");
        }
        assert_eq!(draining.turned_away(id(1), THEN.saturating_add(HALF_A_MINUTE / 2)), None);
    }
}
