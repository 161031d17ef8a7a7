//! Where a subscriber at the tail can come back to.

use super::*;
use crate::limits::PAGE_UPDATES;

/// A log of updates with these ids; those that begin with `-` are private.
fn log<'a>(window: Bounds, ids: impl IntoIterator<Item = &'a str>) -> Log<FakeHistory> {
    let mut log = Log::open(FakeHistory::default(), of_each(KEEP_ALL, None), window).unwrap();
    for id in ids {
        let update = EncodedUpdate { private: id.starts_with('-'), ..update(id, &["a"]) };
        let sequence = log.append(update, NOW).unwrap();
        let _ = log.commit(sequence);
        log.prune(log.tail(), u64::MAX, NOW).unwrap();
    }
    log
}

fn resume_point<H: History>(log: &Log<H>) -> Option<String> {
    let place = log.resume_point(NOW, |update| !update.private).unwrap();
    place.map(|place| place.as_str().to_owned())
}

#[track_caller]
fn check(ids: &[&str], expected: &str) {
    for window in [KEEP_ALL, keep(2), NO_WINDOW] {
        let log = log(window, ids.iter().copied());
        assert_eq!(resume_point(&log).as_deref(), Some(expected), "{window:?}");
        let reopened = Log::open(log.history().clone(), of_each(KEEP_ALL, None), window).unwrap();
        assert_eq!(resume_point(&reopened).as_deref(), Some(expected), "reopened");
    }
}

#[test]
fn it_is_the_newest_that_may_be_read() {
    check(&["1"], "1");
    check(&["1", "2", "3"], "3");
    check(&["1", "2", "-3", "-4", "-5", "-6", "-7"], "2");
}

#[test]
fn it_is_earliest_when_nothing_can_be_read() {
    check(&[], "earliest");
    check(&["-1", "-2", "-3", "-4", "-5"], "earliest");
}

#[test]
fn an_id_that_an_earlier_update_has_too_is_passed_over() {
    check(&["1", "2", "1"], "2");
    check(&["-1", "2", "1"], "1");
    check(&["1", "1", "1"], "1");
}

#[test]
fn of_duplicates_alone_the_newest_is_better_than_none() {
    let ids = ["1", "2"].into_iter().cycle().take(MAX_SAME_ID + 9);
    assert_eq!(resume_point(&log(KEEP_ALL, ids)).as_deref(), Some("1"));
}

#[test]
fn an_id_that_would_mean_another_place_is_passed_over() {
    check(&["1", "earliest", ""], "1");
    check(&["earliest"], "earliest");
}

#[test]
fn what_is_not_committed_is_none() {
    let mut log = log(KEEP_ALL, ["1"]);
    log.append(update("2", &["a"]), NOW).unwrap();
    assert_eq!(resume_point(&log).as_deref(), Some("1"));
}

#[test]
fn what_is_too_old_is_none() {
    let age = Some(std::time::Duration::from_secs(1));
    let mut log = Log::open(FakeHistory::default(), of_each(KEEP_ALL, age), KEEP_ALL).unwrap();
    let sequence = log.append(update("1", &["a"]), Timestamp::from_millis(0)).unwrap();
    let _ = log.commit(sequence);
    assert_eq!(resume_point(&log).as_deref(), Some("earliest"));
    while log.prune(log.tail(), u64::MAX, NOW).unwrap() {}
    assert_eq!(resume_point(&log).as_deref(), Some("earliest"));
}

#[test]
fn the_search_ends_after_what_one_turn_may_look_at() {
    let hidden = |count| std::iter::once("1").chain(std::iter::repeat_n("-", count));
    assert_eq!(resume_point(&log(KEEP_ALL, hidden(MAX_SCAN_UPDATES - 1))).as_deref(), Some("1"));
    assert_eq!(resume_point(&log(KEEP_ALL, hidden(MAX_SCAN_UPDATES))), None);
    // In the history it goes back by 1, 2, 4 and so on, and by half a page at the most.
    assert_eq!(resume_point(&log(NO_WINDOW, hidden(PAGE_UPDATES - 2))).as_deref(), Some("1"));
    assert_eq!(resume_point(&log(NO_WINDOW, hidden(PAGE_UPDATES))), None);
}

#[test]
fn a_history_that_fails_gives_none_that_is_wrong() {
    let log = log(NO_WINDOW, ["1", "-2", "-3"]);
    for calls in 0..4 {
        log.history().fail_after(calls);
        assert_eq!(log.resume_point(NOW, |update| !update.private), Err(Refused), "{calls}");
        log.history().recover();
    }
}
