//! How fast updates may come: a token bucket.

use std::time::Duration;

use crate::base::timestamp::Timestamp;

/// Updates that may be published in a second, on average; a second's worth may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate(pub u32);

/// The updates that a [`Rate`] still allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    rate: Rate,
    /// Thousandths of an update, so that a millisecond adds a whole number of them.
    level: u64,
    filled_at: Timestamp,
}

/// The level that one update takes out of a bucket.
const UPDATE: u64 = 1_000;

impl Bucket {
    /// A bucket that holds a second's worth.
    #[must_use]
    pub(crate) fn full(rate: Rate, now: Timestamp) -> Self {
        Self { rate, level: u64::from(rate.0) * UPDATE, filled_at: now }
    }

    /// Takes one update out.
    ///
    /// # Errors
    /// How long to wait until there is one.
    pub(crate) fn take(&mut self, now: Timestamp) -> Result<(), Duration> {
        self.take_many(1, now)
    }

    /// Takes this many out, all or none.
    ///
    /// # Errors
    /// How long to wait until there are as many. More than a second's worth there never are.
    pub(crate) fn take_many(&mut self, many: u32, now: Timestamp) -> Result<(), Duration> {
        let per_milli = u64::from(self.rate.0);
        let passed = u64::try_from(now.since(self.filled_at).as_millis()).unwrap_or(u64::MAX);
        self.level = self.level.saturating_add(passed.saturating_mul(per_milli));
        self.level = self.level.min(per_milli * UPDATE);
        // A clock that was set back begins anew from there.
        self.filled_at = now;
        let wanted = u64::from(many) * UPDATE;
        match self.level.checked_sub(wanted) {
            Some(level) => {
                self.level = level;
                Ok(())
            }
            None => Err(Duration::from_millis((wanted - self.level).div_ceil(per_milli.max(1)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_bucket_says_how_long_to_wait() {
        use std::time::Duration;

        let now = Timestamp::from_millis(0);
        let mut bucket = Bucket::full(Rate(1), now);
        assert_eq!(bucket.take(now), Ok(()));
        assert_eq!(bucket.take(now), Err(Duration::from_secs(1)));
    }

    const fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_seconds_worth_may_come_at_once_and_then_what_time_adds() {
        let mut bucket = Bucket::full(Rate(4), at(0));
        for _ in 0..4 {
            assert_eq!(bucket.take(at(0)), Ok(()));
        }
        assert_eq!(bucket.take(at(100)), Err(Duration::from_millis(150)));
        assert_eq!(bucket.take(at(250)), Ok(()));
        assert_eq!(bucket.take(at(250)), Err(Duration::from_millis(250)));
    }

    #[test]
    fn a_long_pause_saves_up_no_more_than_a_second() {
        let mut bucket = Bucket::full(Rate(2), at(0));
        assert_eq!(bucket.take(at(u64::MAX)), Ok(()));
        assert_eq!(bucket.take(at(u64::MAX)), Ok(()));
        assert!(bucket.take(at(u64::MAX)).is_err());
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nothing_for_good() {
        let mut bucket = Bucket::full(Rate(1), at(10_000));
        assert_eq!(bucket.take(at(10_000)), Ok(()));
        assert!(bucket.take(at(0)).is_err());
        assert_eq!(bucket.take(at(1_000)), Ok(()));
    }

    #[cfg(not(target_arch = "wasm32"))]
    mod properties {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            #[test]
            fn no_more_is_taken_than_a_seconds_worth_and_what_time_adds(
                rate in 1_u32..50,
                pauses in proptest::collection::vec(0_u64..200, 1..200),
            ) {
                let (mut now, mut taken) = (0, 0);
                let mut bucket = Bucket::full(Rate(rate), at(0));
                for pause in pauses {
                    now += pause;
                    if let Err(wait) = bucket.take(at(now)) {
                        // The wait that was named is enough.
                        now += u64::try_from(wait.as_millis()).unwrap();
                        prop_assert_eq!(bucket.take(at(now)), Ok(()));
                    }
                    taken += 1;
                    prop_assert!(taken <= u64::from(rate) + now * u64::from(rate) / 1_000);
                }
            }
        }
    }
}
