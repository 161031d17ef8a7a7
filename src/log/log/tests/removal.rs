//! Histories that are removed as a whole, and entries of another log.

use super::{
    closings::{closing, places},
    *,
};

/// What is gone for a reader of publications, of updates about subscriptions, and of both.
fn gone<H: History>(log: &Log<H>) -> [u64; 3] {
    let kinds = [&Kind::UPDATES[..1], &Kind::UPDATES[1..], &Kind::UPDATES];
    kinds.map(|kinds| log.gone(kinds, NOW).unwrap().get())
}

fn of<H: History>(history: H) -> Log<H> {
    Log::open(history, of_each(KEEP_ALL, None), KEEP_ALL).unwrap()
}

fn add<H: History>(log: &mut Log<H>, kind: Kind) -> Sequence {
    let id = log.newest().next().get().to_string();
    log.append(EncodedUpdate { kind, ..update(&id, &["a"]) }, NOW).unwrap()
}

fn removed_all<H: History>(history: H) -> Log<H> {
    let mut log = of(history);
    add(&mut log, Kind::Publication);
    add(&mut log, Kind::Publication);
    let last = add(&mut log, Kind::Subscription);
    let _ = log.commit(last);
    for kind in Kind::UPDATES {
        log.remove(kind, Sequence::START).unwrap();
    }
    log
}

fn check_removed<H: History>(mut log: Log<H>) {
    assert_eq!(gone(&log), [2, 3, 3]);
    reads(&log, 0, []);
    assert_eq!(log.held_from(Sequence::START, NOW).unwrap(), Sequence::new(3));
    assert_eq!(log.find(&"1".parse().unwrap(), NOW, |_| true).unwrap(), None);
    assert_eq!(add(&mut log, Kind::Publication), Sequence::new(4));
    let _ = log.commit(Sequence::new(4));
    reads(&log, 0, 4..=4);
    reads(&log, 3, 4..=4);
}

#[test]
fn what_is_removed_is_gone_for_its_readers_alone_and_the_numbering_goes_on() {
    check_removed(removed_all(()));
    check_removed(removed_all(FakeHistory::default()));
    let history = FakeHistory::default();
    removed_all(history.clone());
    check_removed(of(history));
}

#[test]
fn an_update_that_is_not_committed_is_removed_too_and_who_waits_is_not_passed_over() {
    let mut log = of(FakeHistory::default());
    add(&mut log, Kind::Publication);
    let _ = log.commit(Sequence::new(1));
    add(&mut log, Kind::Publication);
    assert!(!log.has_removed_behind(Sequence::new(1)));
    log.remove(Kind::Publication, Sequence::START).unwrap();
    assert!(log.has_removed_behind(Sequence::new(1)));
    assert_eq!(log.commit(Sequence::new(2)).count(), 0);
    assert_eq!(gone(&log), [2, 0, 2]);
    assert!(!log.has_removed_behind(Sequence::new(2)));
}

#[test]
fn a_closing_outlives_the_updates_and_is_revealed_when_it_is_committed() {
    let mut log = of(FakeHistory::default());
    add(&mut log, Kind::Publication);
    log.close(&closing("b"), &places(), NOW).unwrap();
    add(&mut log, Kind::Publication);
    for kind in Kind::UPDATES {
        log.remove(kind, Sequence::START).unwrap();
    }
    let revealed: Vec<_> = log.commit(Sequence::new(3)).map(|entry| entry.sequence.get()).collect();
    assert_eq!(revealed, [2]);
    let closed = log.append(update("4", &["b"]), NOW);
    assert_eq!(closed, Err(AppendError::Closed("b".parse().unwrap())));
}

#[test]
fn entries_of_another_log_keep_their_places_and_what_was_gone_there_is_gone_here() {
    fn check<H: History>(log: &Log<H>) {
        // The log had pruned its publications up to 7, and one about subscriptions, 8.
        assert_eq!(gone(log), [7, 8, 8]);
        reads(log, 0, 9..=10);
        assert_eq!(log.held_from(Sequence::new(2), NOW).unwrap(), Sequence::new(8));
    }
    let history = FakeHistory::default();
    let mut log = of(history.clone());
    log.remove(Kind::Publication, Sequence::new(7)).unwrap();
    log.remove(Kind::Subscription, Sequence::new(8)).unwrap();
    for (sequence, kind) in [(9, Kind::Publication), (10, Kind::Subscription)] {
        let update = EncodedUpdate { kind, ..update(&sequence.to_string(), &["a"]) };
        let append = |log: &mut Log<FakeHistory>| log.append(update, NOW);
        let sequence = Sequence::new(sequence);
        assert_eq!(log.append_at(sequence, append), Ok(sequence));
        let _ = log.commit(sequence);
    }
    check(&log);
    check(&of(history));
}

#[test]
fn an_entry_that_is_refused_moves_nothing() {
    let mut log = of(FakeHistory::default());
    log.close(&closing("a"), &places(), NOW).unwrap();
    log.remove(Kind::Publication, Sequence::new(5)).unwrap();
    let append = |log: &mut Log<FakeHistory>| log.append(update("9", &["a"]), NOW);
    let refused = log.append_at(Sequence::new(9), append);
    assert_eq!(refused, Err(AppendError::Closed("a".parse().unwrap())));
    assert_eq!(log.newest(), Sequence::new(5));
}
