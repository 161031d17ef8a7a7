//! The log over a history in memory.

mod age;
mod closings;
mod kinds;
mod properties;
mod removal;

use std::time::Duration;

use super::*;
use crate::hub::engine::tests::{FakeHistory, Refused, update};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
/// How much is kept of each kind.
const KEEP_ALL: Bounds = Bounds::NONE;
const NO_WINDOW: Bounds = Bounds { updates: 0, bytes: 0 };

fn keep(updates: u64) -> Bounds {
    Bounds { updates, bytes: u64::MAX }
}

fn of_each(bounds: Bounds, age: Option<Duration>) -> Retention {
    Retention { publications: bounds, subscriptions: bounds, age, ..Retention::default() }
}

/// A log of publications with the ids `1` to `committed`.
fn log(retention: Bounds, window: Bounds, committed: u64) -> Log<FakeHistory> {
    let mut log = Log::open(FakeHistory::default(), of_each(retention, None), window).unwrap();
    append(&mut log, committed);
    let _ = log.commit(Sequence::new(committed));
    while log.prune(log.tail(), u64::MAX, NOW).unwrap() {}
    log
}

fn append(log: &mut Log<FakeHistory>, until: u64) {
    for number in log.newest.get() + 1..=until {
        let sequence = log.append(update(&number.to_string(), &["a"]), NOW).unwrap();
        assert_eq!(sequence, Sequence::new(number));
    }
}

/// The numbers of the updates that a scan from `cursor` shows, and how it ended.
fn scan<H: History>(log: &Log<H>, cursor: u64) -> (Vec<u64>, Result<Scanned, H::Error>) {
    let mut numbers = Vec::new();
    let ended = log.scan(Sequence::new(cursor), Sequence::new(u64::MAX), |entry| {
        assert_eq!(entry.update.id.as_str(), entry.sequence.get().to_string());
        numbers.push(entry.sequence.get());
        ControlFlow::Continue(())
    });
    (numbers, ended)
}

#[track_caller]
fn reads<H: History>(log: &Log<H>, cursor: u64, expected: impl IntoIterator<Item = u64>) {
    let (numbers, ended) = scan(log, cursor);
    assert!(matches!(ended, Ok(Scanned::End)), "{ended:?}");
    assert_eq!(numbers, expected.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_cursor_reads_on_from_history_into_the_window() {
    let log = log(KEEP_ALL, keep(4), 10);
    for cursor in 0..=10 {
        reads(&log, cursor, cursor + 1..=10);
    }
    reads(&log, 99, []);
}

#[test]
fn what_is_not_committed_is_read_by_no_cursor() {
    let mut log = log(KEEP_ALL, KEEP_ALL, 2);
    append(&mut log, 4);
    reads(&log, 0, 1..=2);
    let revealed = log.commit(Sequence::new(3)).map(|entry| entry.sequence.get());
    assert_eq!(revealed.collect::<Vec<_>>(), [3]);
    reads(&log, 0, 1..=3);
}

#[test]
fn a_commit_beyond_the_newest_or_behind_the_tail_moves_nothing() {
    let mut log = log(KEEP_ALL, KEEP_ALL, 2);
    assert_eq!(log.commit(Sequence::new(9)).count(), 0);
    assert_eq!(log.commit(Sequence::new(1)).count(), 0);
    assert_eq!(log.tail(), Sequence::new(2));
    append(&mut log, 3);
    reads(&log, 0, 1..=2);
}

#[test]
fn a_commit_reveals_what_a_prune_before_it_left_in_memory() {
    let mut log = log(keep(2), NO_WINDOW, 3);
    append(&mut log, 8);
    while log.prune(log.tail(), u64::MAX, NOW).unwrap() {}
    assert_eq!(log.commit(Sequence::new(8)).count(), 5);
}

#[test]
fn an_append_that_fails_leaves_the_log_as_it_was() {
    let mut log = log(KEEP_ALL, KEEP_ALL, 1);
    log.history().fail_after(0);
    assert_eq!(log.append(update("lost", &["a"]), NOW), Err(AppendError::History(Refused)));
    log.history().recover();
    append(&mut log, 2);
    let _ = log.commit(Sequence::new(9));
    reads(&log, 0, 1..=2);
}

#[test]
fn a_reopened_log_holds_all_that_its_history_holds() {
    let first = log(KEEP_ALL, KEEP_ALL, 7);
    let mut log = Log::open(first.history().clone(), of_each(KEEP_ALL, None), KEEP_ALL).unwrap();
    assert_eq!(log.tail(), Sequence::new(7));
    append(&mut log, 9);
    let _ = log.commit(Sequence::new(9));
    reads(&log, 0, 1..=9);
}

#[test]
fn a_reopened_log_reveals_its_first_update_although_nothing_is_in_memory() {
    let first = log(KEEP_ALL, KEEP_ALL, 1);
    let mut log = Log::open(first.history().clone(), of_each(KEEP_ALL, None), KEEP_ALL).unwrap();
    append(&mut log, 2);
    assert_eq!(log.commit(Sequence::new(2)).count(), 1);
}

#[test]
fn a_history_that_cannot_be_read_opens_no_log() {
    let history = FakeHistory::default();
    history.fail_after(0);
    assert_eq!(Log::open(history, of_each(KEEP_ALL, None), KEEP_ALL).unwrap_err(), Refused);
}

#[test]
fn without_a_store_the_window_is_all_there_is() {
    let mut log = Log::open((), of_each(keep(3), None), KEEP_ALL).unwrap();
    for number in 1..=5 {
        let sequence = log.append(update(&number.to_string(), &["a"]), NOW).unwrap();
        let _ = log.commit(sequence);
    }
    assert_eq!(log.prune(log.tail(), u64::MAX, NOW), Ok(false));
    assert_eq!(log.held_from(Sequence::START, NOW), Ok(Sequence::new(2)));
    assert_eq!(log.find(&"2".parse().unwrap(), NOW, |_| true), Ok(None));
    assert_eq!(log.find(&"4".parse().unwrap(), NOW, |_| true), Ok(Some(Sequence::new(4))));
    reads(&log, 2, 3..=5);
}

#[test]
fn retention_removes_the_oldest_by_number_and_by_bytes() {
    let each = update("1", &["a"]).stored_bytes() as u64;
    for retention in [keep(3), Bounds { updates: u64::MAX, bytes: each * 3 }] {
        let log = log(retention, NO_WINDOW, 9);
        assert_eq!(log.oldest(), Ok(Some(Sequence::new(7))));
        assert_eq!(log.held_from(Sequence::START, NOW), Ok(Sequence::new(6)));
        assert_eq!(log.held_from(Sequence::new(8), NOW), Ok(Sequence::new(8)));
        reads(&log, 6, 7..=9);
    }
}

#[test]
fn an_update_that_is_too_large_to_be_kept_is_kept_as_long_as_it_is_the_newest() {
    let log = log(Bounds { updates: 0, bytes: 0 }, KEEP_ALL, 3);
    assert_eq!(log.oldest(), Ok(Some(Sequence::new(3))));
    reads(&log, 2, [3]);
}

#[test]
fn a_cursor_is_never_sent_ahead_of_the_tail() {
    let first = log(keep(2), KEEP_ALL, 1);
    let mut log = Log::open(first.history().clone(), of_each(keep(2), None), KEEP_ALL).unwrap();
    append(&mut log, 6);
    while log.prune(log.tail(), u64::MAX, NOW).unwrap() {}
    assert_eq!(log.held_from(Sequence::START, NOW), Ok(Sequence::new(1)));
    let _ = log.commit(Sequence::new(6));
    reads(&log, 1, 2..=6);
}

#[test]
fn of_two_with_one_id_the_first_held_is_found() {
    let mut log = log(KEEP_ALL, keep(1), 3);
    log.append(update("2", &["a"]), NOW).unwrap();
    assert_eq!(log.find(&"2".parse().unwrap(), NOW, |_| true), Ok(Some(Sequence::new(2))));
    assert_eq!(log.find(&"9".parse().unwrap(), NOW, |_| true), Ok(None));
}

#[test]
fn what_is_not_committed_hides_no_committed_update_of_the_same_id() {
    let mut log = log(keep(1), NO_WINDOW, 1);
    log.append(update("1", &["a"]), NOW).unwrap();
    while log.prune(log.tail(), u64::MAX, NOW).unwrap() {}
    assert_eq!(log.find(&"1".parse().unwrap(), NOW, |_| true), Ok(Some(Sequence::new(1))));
}

#[test]
fn a_scan_ends_where_it_is_to_end_and_a_break_there_is_its_end() {
    let log = log(KEEP_ALL, keep(2), 9);
    let mut numbers = Vec::new();
    let scanned = log.scan(Sequence::new(2), Sequence::new(5), |entry| {
        numbers.push(entry.sequence.get());
        if numbers.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((scanned, numbers), (Ok(Scanned::End), vec![3, 4, 5]));
}

#[test]
fn a_scan_lets_others_have_their_turn() {
    for window in [KEEP_ALL, NO_WINDOW] {
        let log = log(KEEP_ALL, window, MAX_SCAN_UPDATES as u64 + 5);
        let mut seen = 0;
        let scanned = log.scan(Sequence::new(3), Sequence::new(u64::MAX), |_| {
            seen += 1;
            ControlFlow::Continue(())
        });
        let next = Sequence::new(MAX_SCAN_UPDATES as u64 + 3);
        assert_eq!((scanned, seen), (Ok(Scanned::Stopped(next)), MAX_SCAN_UPDATES));
    }
}

#[test]
fn a_page_that_cannot_be_read_ends_the_scan_behind_what_was_shown() {
    let log = log(KEEP_ALL, NO_WINDOW, 9);
    log.history().fail_after(1);
    assert_eq!(scan(&log, 0), (vec![1, 2, 3], Err(Refused)));
    log.history().recover();
    reads(&log, 3, 4..=9);
}

#[test]
fn an_update_that_cannot_be_read_is_passed_over_and_told() {
    for broken in 1..4 {
        let log = log(KEEP_ALL, NO_WINDOW, 4);
        log.history().break_at(broken);
        let (numbers, ended) = scan(&log, 0);
        assert_eq!(numbers, (1..broken).collect::<Vec<_>>());
        assert_eq!(ended, Ok(Scanned::Unreadable(Sequence::new(broken))));
        assert_eq!(log.find(&broken.to_string().parse().unwrap(), NOW, |_| true), Ok(None));
        reads(&log, broken, broken + 1..=4);
    }
}
