//! The key sets that are fetched, of all URLs of an isolate.
//!
//! The sets decide, and the asker fetches. No asker depends on another: one that has to wait asks again,
//! and a fetch whose asker is gone ends at its deadline.

#[cfg(test)]
mod tests;

use std::{rc::Rc, time::Duration};

use crate::{
    base::{limits::MAX_KEY_SETS, timestamp::Timestamp},
    tokens::{
        fetched_keys::{self, FetchedKeys, MIN_INTERVAL},
        key_set::{InvalidKeySet, KeySet},
    },
};

/// How long a key set may take to arrive: clients that wait for it have an `EventSource` open.
pub(crate) const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// How long other askers wait for a fetch: its timeout, and the time to tell its end. An asker that has
/// not told it by then is gone.
pub(crate) const FETCH_DEADLINE: Duration = FETCH_TIMEOUT.saturating_add(Duration::from_secs(2));

// A fetch is no longer waited for when the next one may begin.
const _: () = assert!(FETCH_DEADLINE.as_millis() < MIN_INTERVAL.as_millis());

/// The key sets of all URLs, no more than [`MAX_KEY_SETS`].
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySets {
    clock: Clock,
    /// In the order in which they were asked for last.
    all: Vec<Fetched>,
}

/// The decision about a key set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Use it. The key that is asked for may be missing in it.
    Use(Rc<KeySet>),
    /// Fetch it, and tell [`KeySets::finish`] the end of the fetch. Only one asker fetches.
    Fetch,
    /// Ask again soon: it is being fetched.
    Wait,
    /// There is none, and it is too soon to try again.
    Unavailable,
}

/// The key set of one URL.
#[derive(Clone, Debug)]
struct Fetched {
    url: String,
    keys: FetchedKeys,
    /// When the fetch that is under way began.
    under_way: Option<Timestamp>,
}

/// A clock that follows another one, and stands still while that one goes back.
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    seen: Timestamp,
    now: Timestamp,
}

impl KeySets {
    /// Decides for a token. `is_known` tells whether a key set has a key for it.
    ///
    /// A key that is known is used at once, also while its set is fetched anew.
    pub(crate) fn next(
        &mut self,
        url: &str,
        now: Timestamp,
        is_known: &dyn Fn(&KeySet) -> bool,
    ) -> Next {
        let now = self.clock.tick(now);
        let Some(fetched) = self.of(url, now) else { return Next::Unavailable };
        fetched.next(now, is_known)
    }

    /// Takes the fetched document, or `None` if the fetch failed.
    ///
    /// # Errors
    /// Why the document is not a key set, for the log. It counts as a fetch that failed.
    pub(crate) fn finish(
        &mut self,
        url: &str,
        now: Timestamp,
        document: Option<&str>,
    ) -> Result<(), InvalidKeySet> {
        let now = self.clock.tick(now);
        let (keys, told) = match document.map(KeySet::from_public_jwks) {
            Some(Ok(keys)) => (Some(keys), Ok(())),
            Some(Err(invalid)) => (None, Err(invalid)),
            None => (None, Ok(())),
        };
        if let Some(fetched) = self.all.iter_mut().find(|fetched| fetched.url == url) {
            fetched.under_way = None;
            fetched.keys.finish(now, keys);
        }
        told
    }

    /// The key set of this URL, which is asked for now. Beyond the bound, the set that was unused the
    /// longest is forgotten. A set that was fetched just now stays: without its interval it could be
    /// fetched without end.
    fn of(&mut self, url: &str, now: Timestamp) -> Option<&mut Fetched> {
        let own = self.all.iter().position(|fetched| fetched.url == url);
        let forgotten = || self.all.iter().position(|fetched| fetched.keys.may_fetch(now));
        let fetched = match own {
            Some(at) => self.all.remove(at),
            None if self.all.len() < MAX_KEY_SETS => Fetched::new(url),
            None => {
                self.all.remove(forgotten()?);
                Fetched::new(url)
            }
        };
        self.all.push(fetched);
        self.all.last_mut()
    }
}

impl Fetched {
    fn new(url: &str) -> Self {
        Self { url: url.to_owned(), keys: FetchedKeys::default(), under_way: None }
    }

    fn next(&mut self, now: Timestamp, is_known: &dyn Fn(&KeySet) -> bool) -> Next {
        let is_under_way = self.under_way.is_some_and(|begun| now.since(begun) < FETCH_DEADLINE);
        let next = self.keys.next(now, is_known);
        if is_under_way && !matches!(&next, fetched_keys::Next::Use(keys) if is_known(keys)) {
            return Next::Wait;
        }
        match next {
            fetched_keys::Next::Use(keys) => Next::Use(keys),
            fetched_keys::Next::Unavailable => Next::Unavailable,
            fetched_keys::Next::Fetch => {
                self.keys.begin(now);
                self.under_way = Some(now);
                Next::Fetch
            }
        }
    }
}

impl Clock {
    fn tick(&mut self, now: Timestamp) -> Timestamp {
        self.now = self.now.saturating_add(now.since(self.seen));
        self.seen = now;
        self.now
    }
}
