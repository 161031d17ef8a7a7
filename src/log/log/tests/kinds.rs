//! Updates about subscriptions, which are kept for themselves.

use super::*;
use crate::log::kind::OfKind;

const BOTH: &[Kind] = &Kind::UPDATES;
const PUBLICATIONS: &[Kind] = &[Kind::Publication];

/// What a log holds whose updates are publications where `kinds` has a `p`, and tell of a
/// subscription where it has an `s`, when it keeps so many of each: in memory alone, and with a
/// history under windows of any size, also when it is opened again.
#[track_caller]
fn check(kinds: &str, kept: (u64, u64), expected: &[u64], gone: (u64, u64)) {
    let retention = Retention {
        publications: keep(kept.0),
        subscriptions: keep(kept.1),
        age: None,
        ..Retention::default()
    };
    let alone = filled(Log::open((), retention, KEEP_ALL).unwrap(), kinds);
    holds(&alone, expected, gone);
    for window in [KEEP_ALL, keep(3), NO_WINDOW] {
        let log = filled(Log::open(FakeHistory::default(), retention, window).unwrap(), kinds);
        let reopened = Log::open(log.history().clone(), retention, window).unwrap();
        holds(&reopened, expected, gone);
        if window == NO_WINDOW {
            holds(&log, expected, gone);
        }
    }
}

fn filled<H: History>(mut log: Log<H>, kinds: &str) -> Log<H> {
    for (number, kind) in (1..).zip(kinds.chars()) {
        let kind = if kind == 's' { Kind::Subscription } else { Kind::Publication };
        let update = EncodedUpdate { kind, ..update(&u64::to_string(&number), &["a"]) };
        let sequence = log.append(update, NOW).unwrap_or_else(|_| panic!("it refused {number}"));
        let _ = log.commit(sequence);
        while log.prune(log.tail(), u64::MAX, NOW).unwrap_or_default() {}
    }
    log
}

#[track_caller]
fn holds<H: History>(log: &Log<H>, expected: &[u64], gone: (u64, u64)) {
    let from = log.held_from(Sequence::START, NOW).unwrap();
    reads(log, from.get(), expected.iter().copied());
    let newest = |kinds| log.gone(kinds, NOW).unwrap().get();
    assert_eq!(newest(PUBLICATIONS), gone.0, "the newest publication that is gone");
    assert_eq!(newest(BOTH), gone.0.max(gone.1), "the newest of both that is gone");
}

#[test]
fn many_updates_about_subscriptions_push_out_no_publication() {
    check("pssssssssp", (9, 3), &[1, 7, 8, 9, 10], (0, 6));
    check("sssppsssss", (2, 1), &[4, 5, 10], (0, 9));
}

#[test]
fn many_publications_push_out_no_update_about_a_subscription() {
    check("sppppppp", (2, 3), &[1, 7, 8], (6, 0));
    check("pspspsps", (1, 4), &[2, 4, 6, 7, 8], (5, 0));
}

#[test]
fn the_newest_of_each_kind_is_kept_whatever_its_size() {
    check("psps", (0, 0), &[3, 4], (1, 2));
}

#[test]
fn both_kinds_are_read_in_one_order_from_every_cursor() {
    let log = filled(Log::open((), of_each(keep(9), None), KEEP_ALL).unwrap(), "pspsspps");
    for cursor in 0..=8 {
        reads(&log, cursor, cursor + 1..=8);
    }
}

#[test]
fn a_removed_update_between_others_is_found_no_more() {
    let retention = Retention {
        publications: keep(9),
        subscriptions: keep(1),
        age: None,
        ..Retention::default()
    };
    for window in [keep(3), NO_WINDOW] {
        let log = filled(Log::open(FakeHistory::default(), retention, window).unwrap(), "pspspp");
        let find = |id: &str| log.find(&id.parse().unwrap(), NOW, |_| true).unwrap();
        assert_eq!(find("2"), None);
        assert_eq!(find("3"), Some(Sequence::new(3)));
        assert_eq!(find("4"), Some(Sequence::new(4)));
    }
}

#[test]
fn what_is_too_old_is_gone_for_those_who_could_read_it() {
    let age = Some(Duration::from_secs(10));
    let history = FakeHistory::default();
    let mut log = Log::open(history, of_each(KEEP_ALL, age), KEEP_ALL).unwrap();
    let kinds = [Kind::Publication, Kind::Subscription, Kind::Subscription, Kind::Publication];
    for (number, kind) in (1..).zip(kinds) {
        let update = EncodedUpdate { kind, ..update(&u64::to_string(&number), &["a"]) };
        let sequence = log.append(update, Timestamp::from_millis(number * 1_000)).unwrap();
        let _ = log.commit(sequence);
    }
    let gone = |log: &Log<FakeHistory>, seconds: u64| {
        let at = Timestamp::from_millis(seconds * 1_000);
        [PUBLICATIONS, BOTH].map(|kinds| log.gone(kinds, at).unwrap().get())
    };
    assert_eq!(gone(&log, 10), [0, 0]);
    assert_eq!(gone(&log, 11), [1, 1]);
    assert_eq!(gone(&log, 13), [1, 3]);
    while log.prune(log.tail(), u64::MAX, Timestamp::from_millis(13_000)).unwrap() {}
    assert_eq!(gone(&log, 13), [1, 3]);
    let held = OfKind::new(|kind| log.history().held(kind).unwrap().oldest);
    assert_eq!(held.of(Kind::Subscription), &None);
    reads(&log, 3, [4]);
}
