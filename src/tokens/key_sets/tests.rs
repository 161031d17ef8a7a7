use super::*;
use crate::tokens::fetched_keys::{MAX_AGE, MAX_STALE};

#[test]
fn a_key_set_is_fetched_once_and_then_used() -> Result<(), crate::tokens::key_set::InvalidKeySet> {
    let (mut sets, now) = (KeySets::default(), Timestamp::from_millis(0));
    let url = "https://as.example/jwks";
    assert_eq!(sets.next(url, now, &|_| true), Next::Fetch);
    assert_eq!(sets.next(url, now, &|_| true), Next::Wait);
    let key = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    sets.finish(url, now, Some(&format!(r#"{{"keys":[{key}]}}"#)))?;
    assert!(matches!(sets.next(url, now, &|_| true), Next::Use(_)));
    Ok(())
}

const URL: &str = "https://as.example/jwks";

/// A key set, and askers that come at their times.
struct Asked {
    sets: KeySets,
    now: Timestamp,
    fetches: usize,
}

fn document(id: &str) -> String {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"{id}","x":"{x}"}}]}}"#)
}

fn has(keys: &KeySet, id: &str) -> bool {
    keys.keys().iter().any(|key| key.id() == Some(id))
}

fn used(id: &str) -> Next {
    Next::Use(Rc::new(KeySet::from_public_jwks(&document(id)).unwrap()))
}

/// A millisecond less.
fn before(time: Duration) -> Duration {
    time.saturating_sub(Duration::from_millis(1))
}

/// The time between the deadline of a fetch and the next one.
fn rest() -> Duration {
    MIN_INTERVAL.saturating_sub(FETCH_DEADLINE)
}

impl Asked {
    fn new() -> Self {
        let now = Timestamp::from_millis(1_800_000_000_000);
        Self { sets: KeySets::default(), now, fetches: 0 }
    }

    /// Fetched just now, with the key `a`.
    fn fetched() -> Self {
        let mut asked = Self::new();
        assert_eq!(asked.next("a"), Next::Fetch);
        asked.finish(Some(&document("a")));
        asked
    }

    /// What is said to one who has a token with this key's id.
    fn next(&mut self, id: &str) -> Next {
        self.next_of(URL, id)
    }

    fn next_of(&mut self, url: &str, id: &str) -> Next {
        let next = self.sets.next(url, self.now, &|keys| has(keys, id));
        self.fetches += usize::from(next == Next::Fetch);
        next
    }

    fn finish(&mut self, document: Option<&str>) {
        assert_eq!(self.sets.finish(URL, self.now, document), Ok(()));
    }

    fn pass(&mut self, time: Duration) -> &mut Self {
        self.now = self.now.saturating_add(time);
        self
    }

    fn go_back(&mut self, time: Duration) -> &mut Self {
        self.now = self.now.checked_sub(time).unwrap();
        self
    }
}

#[test]
fn one_asker_fetches_and_the_others_wait() {
    let mut asked = Asked::new();
    assert_eq!(asked.next("a"), Next::Fetch);
    for id in ["a", "b", "a"] {
        assert_eq!(asked.pass(Duration::from_secs(1)).next(id), Next::Wait);
    }
    asked.finish(Some(&document("a")));
    assert_eq!(asked.next("a"), used("a"));
    // Its key is not in what was fetched: the verification will say so.
    assert_eq!(asked.next("b"), used("a"));
    assert_eq!(asked.fetches, 1);
}

#[test]
fn a_known_key_is_used_at_once_while_another_is_fetched() {
    let mut asked = Asked::fetched();
    asked.pass(MIN_INTERVAL);
    assert_eq!(asked.next("b"), Next::Fetch);
    assert_eq!(asked.next("a"), used("a"));
    assert_eq!(asked.next("b"), Next::Wait);
    asked.finish(Some(&document("b")));
    assert_eq!((asked.next("b"), asked.next("a")), (used("b"), used("b")));
}

#[test]
fn a_known_key_of_a_set_that_is_too_old_is_used_while_one_asker_fetches_it_anew() {
    let mut asked = Asked::fetched();
    asked.pass(MAX_AGE);
    assert_eq!(asked.next("a"), Next::Fetch);
    assert_eq!(asked.next("a"), used("a"));
    asked.pass(MAX_STALE);
    assert_eq!(asked.next("a"), Next::Fetch);
    assert_eq!(asked.next("a"), Next::Wait);
}

#[test]
fn a_fetch_whose_asker_is_gone_is_waited_for_until_its_deadline_and_not_begun_again_before_the_interval()
 {
    let mut asked = Asked::new();
    assert_eq!(asked.next("a"), Next::Fetch);
    asked.pass(before(FETCH_DEADLINE));
    assert_eq!(asked.next("a"), Next::Wait);
    assert_eq!(asked.pass(Duration::from_millis(1)).next("a"), Next::Unavailable);
    asked.pass(before(rest()));
    assert_eq!(asked.next("a"), Next::Unavailable);
    assert_eq!(asked.pass(Duration::from_millis(1)).next("a"), Next::Fetch);
}

#[test]
fn askers_that_are_all_gone_during_the_fetch_leave_the_old_keys_for_a_day() {
    let mut asked = Asked::fetched();
    asked.pass(MAX_AGE);
    assert_eq!(asked.next("b"), Next::Fetch);
    assert_eq!(asked.next("b"), Next::Wait);
    assert_eq!(asked.pass(FETCH_DEADLINE).next("b"), used("a"));
    asked.pass(MAX_STALE);
    assert_eq!(asked.next("a"), Next::Fetch);
    assert_eq!(asked.pass(FETCH_DEADLINE).next("a"), Next::Unavailable);
}

#[test]
fn a_document_that_comes_after_the_deadline_is_taken() {
    let mut asked = Asked::new();
    assert_eq!(asked.next("a"), Next::Fetch);
    assert_eq!(asked.pass(FETCH_DEADLINE).next("a"), Next::Unavailable);
    asked.finish(Some(&document("a")));
    assert_eq!(asked.next("a"), used("a"));
}

#[test]
fn an_unknown_key_id_a_hundred_times_is_one_fetch_in_30_s() {
    // Whether the asker of each fetch is gone, or has its answer.
    for ends in [false, true] {
        let mut asked = Asked::fetched();
        asked.pass(MIN_INTERVAL);
        asked.fetches = 0;
        for at in 0..100 {
            let next = asked.next(&format!("unknown {at}"));
            if ends && next == Next::Fetch {
                asked.finish(Some(&document("a")));
            }
            asked.pass(Duration::from_millis(299));
        }
        assert_eq!(asked.fetches, 1);
        asked.pass(Duration::from_millis(100));
        assert_eq!(asked.next("unknown"), Next::Fetch);
    }
}

#[test]
fn a_fetch_that_failed_is_not_waited_for_and_not_begun_again_before_the_interval() {
    let mut asked = Asked::new();
    for failed in [None, Some("no JSON")] {
        assert_eq!(asked.next("a"), Next::Fetch);
        let told = asked.sets.finish(URL, asked.now, failed);
        assert_eq!(told, failed.map_or(Ok(()), |_| Err(InvalidKeySet::Syntax)));
        assert_eq!(asked.next("a"), Next::Unavailable);
        asked.pass(MIN_INTERVAL);
    }
}

#[test]
fn a_document_that_is_no_key_set_leaves_the_old_keys() {
    let mut asked = Asked::fetched();
    asked.pass(MAX_AGE);
    assert_eq!(asked.next("a"), Next::Fetch);
    let told = asked.sets.finish(URL, asked.now, Some(r#"{"keys":[]}"#));
    assert_eq!(told, Err(InvalidKeySet::NoKey));
    assert_eq!(asked.next("a"), used("a"));
}

#[test]
fn a_clock_that_goes_back_neither_fetches_without_end_nor_waits_for_ever() {
    let day = Duration::from_hours(24);
    let mut asked = Asked::new();
    assert_eq!(asked.next("a"), Next::Fetch);
    assert_eq!(asked.go_back(day).next("a"), Next::Wait);
    assert_eq!(asked.pass(FETCH_DEADLINE).next("a"), Next::Unavailable);
    // Each time it goes back it stands still for the interval.
    assert_eq!(asked.go_back(day).next("a"), Next::Unavailable);
    asked.pass(rest());
    assert_eq!(asked.next("a"), Next::Fetch);

    asked.fetches = 0;
    for _ in 0..100 {
        asked.go_back(Duration::from_secs(1));
        assert_eq!(asked.next("a"), Next::Wait);
    }
    assert_eq!(asked.fetches, 0);
}

#[test]
fn keys_do_not_live_longer_by_a_clock_that_goes_back() {
    let mut asked = Asked::fetched();
    asked.go_back(Duration::from_hours(24));
    assert_eq!(asked.next("a"), used("a"));
    assert_eq!(asked.pass(MAX_AGE).next("a"), Next::Fetch);
}

#[test]
fn each_url_has_keys_and_fetches_of_its_own() {
    let mut asked = Asked::fetched();
    assert_eq!(asked.next_of("https://other.example/jwks", "a"), Next::Fetch);
    assert_eq!(asked.next("a"), used("a"));
}

#[test]
fn beyond_the_bound_the_set_that_was_not_asked_for_the_longest_is_forgotten() {
    let mut asked = Asked::fetched();
    for other in 1..MAX_KEY_SETS {
        assert_eq!(asked.next_of(&format!("{URL}/{other}"), "a"), Next::Fetch);
    }
    // None that was fetched just now is.
    assert_eq!(asked.next_of("https://new.example/jwks", "a"), Next::Unavailable);
    asked.pass(MIN_INTERVAL);
    assert_eq!(asked.next("a"), used("a"));
    assert_eq!(asked.next_of("https://new.example/jwks", "a"), Next::Fetch);
    assert_eq!(asked.sets.all.len(), MAX_KEY_SETS);
    assert_eq!(asked.next("a"), used("a"));
    let held = |url: &str, sets: &KeySets| sets.all.iter().any(|own| own.url == url);
    assert!(!held(&format!("{URL}/1"), &asked.sets) && held(&format!("{URL}/2"), &asked.sets));
}

#[test]
fn what_was_fetched_for_a_url_that_nobody_asked_for_is_not_kept() {
    let mut asked = Asked::new();
    asked.finish(Some(&document("a")));
    assert_eq!(asked.next("a"), Next::Fetch);
}
