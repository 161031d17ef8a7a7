//! When each update is due, and when there are no more.

use std::time::Duration;

use super::Part;

/// How long after its end a paced publication that has fallen behind may still catch up.
const GRACE: u64 = 1_000_000_000;

/// How fast updates are published.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// The next when one is accepted.
    AsAccepted,
    /// So many a second, evenly, whether the hub keeps up or not.
    Rate(f64),
}

/// How much is published.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// All that goes in this time.
    For(Duration),
    /// So many updates of all publishers together.
    Updates(u64),
}

impl Amount {
    /// How many updates this is, where it does not depend on the hub.
    pub fn updates(self, pace: Pace) -> Option<u64> {
        match (self, pace) {
            (Self::Updates(updates), _) => Some(updates),
            (Self::For(time), Pace::Rate(rate)) => Some((time.as_secs_f64() * rate).round() as u64),
            (Self::For(_), Pace::AsAccepted) => None,
        }
    }
}

/// The part of one publisher in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    began: u64,
    /// Nanoseconds between two updates of this publisher, and before its first.
    interval: Option<(f64, f64)>,
    /// How many updates are due together.
    burst: u64,
    count: Option<u64>,
    until: Option<u64>,
}

impl Schedule {
    pub(super) fn new(part: &Part) -> Self {
        let Part { arguments, plan, publisher, began } = part;
        let (publishers, publisher) = (arguments.publishers as u64, *publisher as u64);
        let share = |all: u64| all / publishers + u64::from(publisher < all % publishers);
        let until = |time: Duration| began + time.as_nanos() as u64;
        let (interval, until) = match (plan.pace, plan.amount) {
            (Pace::AsAccepted, Amount::For(time)) => (None, Some(until(time))),
            (Pace::AsAccepted, Amount::Updates(_)) => (None, None),
            (Pace::Rate(rate), amount) => {
                let all = 1e9 / rate;
                let interval = Some((all * publishers as f64, all * publisher as f64));
                let until = match amount {
                    Amount::For(time) => Some(until(time) + GRACE),
                    Amount::Updates(_) => None,
                };
                (interval, until)
            }
        };
        let (burst, count) = (arguments.burst, plan.amount.updates(plan.pace).map(share));
        Self { began: *began, interval, burst, count, until }
    }

    /// When this publisher's `index`-th update is due; at once, if there is no pace.
    pub(super) fn due(&self, index: u64) -> Option<u64> {
        let (interval, offset) = self.interval?;
        let first = index - index % self.burst;
        Some(self.began + (interval * first as f64 + offset) as u64)
    }

    /// Whether the `index`-th is not published any more.
    pub(super) fn is_over(&self, index: u64, now: u64) -> bool {
        self.count.is_some_and(|count| index >= count)
            || self.until.is_some_and(|until| now >= until)
    }

    /// How many updates may be published, of which `published` have been.
    pub(super) fn due_now(&self, published: u64, now: u64) -> u64 {
        if self.is_over(published, now) {
            return 0;
        }
        let left = self.count.map_or(u64::MAX, |count| count - published);
        let due = match self.interval {
            None => u64::MAX,
            Some((interval, offset)) => {
                let elapsed = now.saturating_sub(self.began) as f64 - offset;
                let bursts = elapsed / (interval * self.burst as f64);
                if elapsed < 0.0 { 0 } else { (bursts as u64 + 1) * self.burst }
            }
        };
        due.saturating_sub(published).min(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: u64 = 1_000_000;

    fn paced(publisher: f64) -> Schedule {
        // Two publishers of 1,000 updates a second together.
        Schedule {
            began: 0,
            interval: Some((2e6, 1e6 * publisher)),
            burst: 1,
            count: Some(3),
            until: Some(9 * MILLISECOND),
        }
    }

    #[test]
    fn publishers_alternate() {
        assert_eq!(paced(0.0).due(1), Some(2 * MILLISECOND));
        assert_eq!(paced(1.0).due(1), Some(3 * MILLISECOND));
    }

    #[test]
    fn what_is_due_grows_with_time_up_to_the_count() {
        let schedule = paced(1.0);
        assert_eq!(schedule.due_now(0, 0), 0);
        assert_eq!(schedule.due_now(0, MILLISECOND), 1);
        assert_eq!(schedule.due_now(1, 3 * MILLISECOND), 1);
        assert_eq!(schedule.due_now(1, 8 * MILLISECOND), 2);
        assert_eq!(schedule.due_now(3, 8 * MILLISECOND), 0);
        assert_eq!(schedule.due_now(1, 9 * MILLISECOND), 0);
    }

    #[test]
    fn a_burst_is_due_at_once() {
        let schedule = Schedule { burst: 2, ..paced(0.0) };
        assert_eq!(
            [0, 1, 2].map(|index| schedule.due(index)),
            [0, 0, 4].map(|at| Some(at * MILLISECOND))
        );
        assert_eq!(schedule.due_now(0, 3 * MILLISECOND), 2);
        assert_eq!(schedule.due_now(2, 4 * MILLISECOND), 1);
    }

    #[test]
    fn a_rate_and_a_time_make_a_number() {
        let time = Amount::For(Duration::from_millis(1_500));
        assert_eq!(time.updates(Pace::Rate(100.0)), Some(150));
        assert_eq!(time.updates(Pace::AsAccepted), None);
    }
}
