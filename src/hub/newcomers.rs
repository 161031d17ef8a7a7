//! Subscriptions that wait for a place in a full hub, and the search for connections whose clients
//! are gone that they bring about: the host's runtime notices some of these when it writes to them.

use std::time::Duration;

use crate::base::{
    limits::{MAX_NEWCOMERS, SEARCH_EVERY},
    timestamp::Timestamp,
};

/// How many wait, and when they were searched for last.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Newcomers {
    waiting: usize,
    searched: Option<Timestamp>,
}

impl Newcomers {
    /// Counts one more that waits; says whether it may.
    pub(crate) fn join(&mut self) -> bool {
        let may = self.waiting < MAX_NEWCOMERS;
        self.waiting += usize::from(may);
        may
    }

    /// One that was counted waits no longer.
    pub(crate) fn leave(&mut self) {
        self.waiting = self.waiting.saturating_sub(1);
    }

    /// Says whether a search for gone clients is due now, and counts it as done.
    pub(crate) fn searches(&mut self, now: Timestamp) -> bool {
        let due = self.next_search(now).is_zero();
        if due {
            self.searched = Some(now);
        }
        due
    }

    /// How long it is until the next search.
    #[must_use]
    pub(crate) fn next_search(&self, now: Timestamp) -> Duration {
        match self.searched {
            // A clock that was set back must not hold it up until it has caught up.
            Some(searched) if searched <= now => SEARCH_EVERY.saturating_sub(now.since(searched)),
            _ => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(10_000 + millis)
    }

    #[test]
    fn a_bounded_number_waits() {
        let mut newcomers = Newcomers::default();
        for _ in 0..MAX_NEWCOMERS {
            assert!(newcomers.join());
        }
        assert!(!newcomers.join());
        newcomers.leave();
        assert!(newcomers.join());
        assert!(!newcomers.join());
    }

    #[test]
    fn however_many_come_there_is_one_search_in_its_time() {
        let mut newcomers = Newcomers::default();
        assert!(newcomers.searches(at(0)));
        assert!((1..500).all(|millis| !newcomers.searches(at(millis))));
        assert_eq!(newcomers.next_search(at(100)), Duration::from_millis(400));
        assert!(newcomers.searches(at(500)));
        assert!(!newcomers.searches(at(501)));
    }

    #[test]
    fn a_clock_that_is_set_back_holds_no_search_up() {
        let mut newcomers = Newcomers::default();
        assert!(newcomers.searches(at(100_000)));
        assert!(newcomers.searches(at(0)));
        assert!(!newcomers.searches(at(1)));
    }

    #[test]
    fn a_search_comes_while_a_newcomer_waits() {
        assert!(SEARCH_EVERY < crate::base::limits::ADMISSION_PATIENCE);
    }
}
