//! When the hub fetches a key set again.

use std::{rc::Rc, time::Duration};

use crate::{base::timestamp::Timestamp, tokens::key_set::KeySet};

/// How long a key set is used before it is fetched again. Authorization servers commonly allow caches
/// this time, and a withdrawn key is forgotten soon enough.
pub(crate) const MAX_AGE: Duration = Duration::from_mins(10);

/// The least time between two fetches. So nobody makes the hub hammer an authorization server by
/// inventing a `kid` for each request.
pub(crate) const MIN_INTERVAL: Duration = Duration::from_secs(30);

/// How long a key set is used while it cannot be fetched again: over a bad night of the authorization
/// server. It is no longer, since a withdrawn key would live as long.
pub(crate) const MAX_STALE: Duration = Duration::from_hours(24);

/// The key set of one URL, as it was fetched last.
#[derive(Clone, Debug, Default)]
pub(crate) struct FetchedKeys {
    fetched: Option<(Timestamp, Rc<KeySet>)>,
    attempted: Option<Timestamp>,
}

/// The decision about a key set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Use it.
    Use(Rc<KeySet>),
    /// Fetch it first.
    Fetch,
    /// There is none, and it is too soon to try again.
    Unavailable,
}

impl FetchedKeys {
    /// Decides for a token. `is_known` tells whether a key set has a key for it.
    pub(crate) fn next(&self, now: Timestamp, is_known: impl Fn(&KeySet) -> bool) -> Next {
        let may_fetch = self.may_fetch(now);
        match &self.fetched {
            Some((at, keys)) if now.since(*at) < MAX_AGE && (is_known(keys) || !may_fetch) => {
                Next::Use(Rc::clone(keys))
            }
            _ if may_fetch => Next::Fetch,
            Some((at, keys)) if now.since(*at) < MAX_STALE => Next::Use(Rc::clone(keys)),
            _ => Next::Unavailable,
        }
    }

    /// Whether it is long enough ago that a fetch was begun.
    pub(crate) fn may_fetch(&self, now: Timestamp) -> bool {
        self.attempted.is_none_or(|last| now.since(last) >= MIN_INTERVAL)
    }

    /// Notes that a fetch begins.
    pub(crate) fn begin(&mut self, now: Timestamp) {
        self.attempted = Some(now);
    }

    /// Takes the fetched set, or `None` if the fetch failed. Returns the set to use.
    pub(crate) fn finish(&mut self, now: Timestamp, fetched: Option<KeySet>) -> Option<Rc<KeySet>> {
        if let Some(keys) = fetched {
            self.fetched = Some((now, Rc::new(keys)));
        }
        let usable = self.fetched.as_ref().filter(|(at, _)| now.since(*at) < MAX_STALE);
        usable.map(|(_, keys)| Rc::clone(keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(duration: Duration) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000).saturating_add(duration)
    }

    fn keys(secret: &str) -> KeySet {
        KeySet::parse(secret).unwrap()
    }

    /// Fetched at the beginning.
    fn fetched() -> FetchedKeys {
        let mut fetched = FetchedKeys::default();
        fetched.begin(at(Duration::ZERO));
        fetched.finish(at(Duration::ZERO), Some(keys("a")));
        fetched
    }

    fn used(secret: &str) -> Next {
        Next::Use(Rc::new(keys(secret)))
    }

    #[test]
    fn the_first_token_has_it_fetched() {
        assert_eq!(FetchedKeys::default().next(at(Duration::ZERO), |_| true), Next::Fetch);
    }

    #[test]
    fn it_is_used_until_it_is_too_old() {
        assert_eq!(fetched().next(at(Duration::from_secs(599)), |_| true), used("a"));
        assert_eq!(fetched().next(at(MAX_AGE), |_| true), Next::Fetch);
    }

    #[test]
    fn an_unknown_key_has_it_fetched_once_in_an_interval() {
        assert_eq!(fetched().next(at(Duration::from_secs(29)), |_| false), used("a"));
        let mut fetched = fetched();
        assert_eq!(fetched.next(at(MIN_INTERVAL), |_| false), Next::Fetch);
        fetched.begin(at(MIN_INTERVAL));
        assert_eq!(fetched.next(at(MIN_INTERVAL), |_| false), used("a"));
    }

    #[test]
    fn a_fetch_that_failed_leaves_the_old_ones_for_a_day() {
        let mut fetched = fetched();
        fetched.begin(at(MAX_AGE));
        assert_eq!(fetched.finish(at(MAX_AGE), None).as_deref(), Some(&keys("a")));
        assert_eq!(fetched.next(at(MAX_AGE), |_| true), used("a"));
        fetched.begin(at(MAX_STALE));
        assert_eq!(fetched.finish(at(MAX_STALE), None), None);
        assert_eq!(fetched.next(at(MAX_STALE), |_| true), Next::Unavailable);
        assert_eq!(fetched.next(at(MAX_STALE + MIN_INTERVAL), |_| true), Next::Fetch);
    }

    #[test]
    fn what_is_fetched_takes_the_place_of_the_old() {
        let mut fetched = fetched();
        fetched.finish(at(MAX_AGE), Some(keys("b")));
        assert_eq!(fetched.next(at(MAX_AGE), |_| true), used("b"));
    }
}
