//! What is too old, removed or not.

use super::*;

const DAY: Duration = Duration::from_hours(24);

/// The moment so many seconds after the first update.
fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + seconds * 1_000)
}

/// A log of updates of one second each, `1` at 1 s and so on, that keeps them for a day.
fn log(window: Bounds, until: u64) -> Log<FakeHistory> {
    let retention = of_each(KEEP_ALL, Some(DAY));
    let mut log = Log::open(FakeHistory::default(), retention, window).unwrap();
    for number in 1..=until {
        let sequence = log.append(update(&number.to_string(), &["a"]), at(number)).unwrap();
        let _ = log.commit(sequence);
    }
    log
}

fn find(log: &Log<FakeHistory>, id: &str, now: Timestamp) -> Option<u64> {
    log.find(&id.parse().unwrap(), now, |_| true).unwrap().map(Sequence::get)
}

/// When the updates up to `number` are too old, and the next is not.
fn when_old(number: u64) -> Timestamp {
    at(number).saturating_add(DAY)
}

#[test]
fn what_is_too_old_counts_as_removed_before_it_is() {
    for window in [KEEP_ALL, keep(2), NO_WINDOW] {
        let mut log = log(window, 9);
        log.window.trim(log.tail, u64::MAX, at(9));
        for old in 1..=8 {
            let now = when_old(old);
            assert_eq!(log.held_from(Sequence::START, now), Ok(Sequence::new(old)));
            assert_eq!(log.held_from(Sequence::new(old + 1), now), Ok(Sequence::new(old + 1)));
            assert_eq!(find(&log, &old.to_string(), now), None);
            assert_eq!(find(&log, &(old + 1).to_string(), now), Some(old + 1));
        }
        assert_eq!(log.held_from(Sequence::START, when_old(9)), Ok(Sequence::new(9)));
    }
}

#[test]
fn it_is_removed_down_to_the_last() {
    let mut log = log(KEEP_ALL, 5);
    while log.prune(log.tail(), u64::MAX, when_old(3)).unwrap() {}
    assert_eq!(log.oldest(), Ok(Some(Sequence::new(4))));
    while log.prune(log.tail(), u64::MAX, when_old(5)).unwrap() {}
    assert_eq!(log.oldest(), Ok(None));
    assert_eq!(log.tail(), Sequence::new(5));
    let sequence = log.append(update("6", &["a"]), when_old(9)).unwrap();
    assert_eq!(sequence, Sequence::new(6));
    assert_eq!(log.commit(sequence).count(), 1);
    assert_eq!(log.held_from(Sequence::START, when_old(9)), Ok(Sequence::new(5)));
}

#[test]
fn of_two_with_one_id_the_second_is_found_once_the_first_is_too_old() {
    let mut log = log(KEEP_ALL, 1);
    let sequence = log.append(update("1", &["a"]), at(2)).unwrap();
    let _ = log.commit(sequence);
    assert_eq!(find(&log, "1", at(2)), Some(1));
    assert_eq!(find(&log, "1", when_old(1)), Some(2));
}

#[test]
fn what_is_not_committed_is_revealed_however_late() {
    let mut log = log(NO_WINDOW, 1);
    let sequence = log.append(update("2", &["a"]), at(2)).unwrap();
    while log.prune(log.tail(), u64::MAX, when_old(5)).unwrap() {}
    assert_eq!(log.commit(sequence).count(), 1);
}

#[test]
fn a_clock_that_goes_back_removes_nothing_early_and_nothing_out_of_order() {
    let mut log = log(KEEP_ALL, 2);
    let sequence = log.append(update("3", &["a"]), at(0)).unwrap();
    let _ = log.commit(sequence);
    assert_eq!(log.held_from(Sequence::START, when_old(1)), Ok(Sequence::new(1)));
    assert_eq!(log.held_from(Sequence::START, when_old(2)), Ok(Sequence::new(3)));
    let reopened = Log::open(log.history().clone(), log.retention, KEEP_ALL).unwrap();
    assert_eq!(reopened.accepted, at(2));
}

#[test]
fn a_host_is_told_when_to_remove_the_oldest() {
    let mut log = log(KEEP_ALL, 3);
    let behind = Duration::from_mins(5);
    assert_eq!(log.prune_at(), Ok(Some(when_old(1).saturating_add(behind))));
    while log.prune(log.tail(), u64::MAX, when_old(2)).unwrap() {}
    assert_eq!(log.prune_at(), Ok(Some(when_old(3).saturating_add(behind))));
    while log.prune(log.tail(), u64::MAX, when_old(3)).unwrap() {}
    assert_eq!(log.prune_at(), Ok(None));
    assert_eq!(super::log(KEEP_ALL, KEEP_ALL, 3).prune_at(), Ok(None));
}
