//! The table of the module's documentation.

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_000);
const LATER: Timestamp = Timestamp::from_millis(2_000);
const TAIL: Sequence = Sequence::new(9);
const FLUSHED: Sequence = Sequence::new(5);
const NOTHING: Withheld = Withheld { queued: 0, begun: false, conflated: false };

/// A live connection that is behind, with its cursor here.
fn live(cursor: u64) -> Progress {
    let mut progress = Progress::new(Sequence::new(cursor), Sequence::new(cursor), NOW);
    progress.start();
    progress
}

#[test]
fn a_connection_is_replayed_then_registered_then_live() {
    let mut progress = Progress::new(FLUSHED, TAIL, NOW);
    assert!(!progress.is_registering() && !progress.is_live());
    progress.start();
    assert!(!progress.is_live(), "the hook has not run");
    assert_eq!(progress.until(Sequence::new(12)), Some(TAIL));
    assert!(progress.end_replay() && !progress.end_replay());
    assert_eq!(progress.until(TAIL), None);
    progress.start();
    assert!(progress.is_live());
    assert_eq!(progress.until(Sequence::new(12)), Some(Sequence::new(12)));
    assert!(Progress::new(TAIL, TAIL, NOW).is_registering(), "there is nothing to replay");
}

#[test]
fn one_that_is_not_live_does_not_wait() {
    let progress = Progress::new(TAIL, TAIL, NOW);
    assert!(!progress.has_all(TAIL) && !progress.is_waiting());
}

#[test]
fn one_that_waits_at_the_tail_is_roused_where_the_log_ends_by_then() {
    let mut progress = live(2);
    assert!(progress.has_all(Sequence::new(2)) && !progress.has_all(FLUSHED));
    progress.wait_at_tail(7);
    assert_eq!(progress.rouse(FLUSHED), Some(Waiting::AtTail(7)));
    assert_eq!((progress.cursor(), progress.rouse(TAIL)), (FLUSHED, None));
}

#[test]
fn a_flush_takes_each_due_connection_once_and_only_for_what_it_is_due_for() {
    let mut progress = live(5);
    assert!(!progress.take_due(FLUSHED), "it is behind");
    progress.wait_at_tail(0);
    assert!(!progress.take_due(FLUSHED), "it has everything");
    progress.come_due(FLUSHED);
    assert!(!progress.take_due(Sequence::new(4)), "it was due for that before it was roused");
    assert!(progress.take_due(FLUSHED) && !progress.take_due(FLUSHED) && !progress.is_waiting());
    assert_eq!(progress.cursor(), FLUSHED);
}

#[test]
fn a_due_connection_that_is_roused_is_not_taken() {
    let mut progress = live(5);
    progress.come_due(FLUSHED);
    assert_eq!(progress.rouse(TAIL), Some(Waiting::Due));
    assert!(!progress.take_due(FLUSHED));
    assert_eq!(progress.cursor(), FLUSHED);
}

#[test]
fn what_is_withheld_is_not_taken() {
    let has_taken = |withheld| {
        let mut progress = live(2);
        progress.queue(10);
        progress.read_to(TAIL);
        progress.take(withheld, NOW);
        progress.has_taken(progress.mark(TAIL), FLUSHED)
    };
    assert!(has_taken(NOTHING));
    assert!(!has_taken(Withheld { queued: 1, ..NOTHING }));
    assert!(!has_taken(Withheld { begun: true, ..NOTHING }));
    assert!(!has_taken(Withheld { conflated: true, ..NOTHING }));
}

#[test]
fn a_waiting_connection_has_taken_what_it_was_given() {
    let mut progress = live(5);
    progress.queue(3);
    let (flushed, tail) = (progress.mark(FLUSHED), progress.mark(TAIL));
    assert!(!progress.has_taken(flushed, FLUSHED));
    progress.wait_at_tail(0);
    assert!(progress.has_taken(flushed, FLUSHED) && !progress.has_taken(tail, FLUSHED));
    progress.come_due(FLUSHED);
    assert!(progress.has_taken(flushed, TAIL) && !progress.has_taken(tail, TAIL));
}

#[test]
fn a_stream_without_room_goes_back_to_the_chunk_that_it_was_not_given() {
    let mut progress = live(2);
    progress.take(NOTHING, NOW);
    progress.read_to(FLUSHED);
    progress.feed(NOTHING, NOW);
    let first = progress.mark(FLUSHED);
    progress.read_to(TAIL);
    progress.feed(NOTHING, LATER);
    assert!(progress.has_taken(first, FLUSHED));
    progress.fall_behind(Some(FLUSHED));
    assert_eq!(progress.cursor(), FLUSHED);
    assert!(!progress.has_taken(first, FLUSHED), "it has not taken the chunk before either");
    assert_eq!(progress.still_for(LATER), Duration::from_secs(1));
    progress.fall_behind(Some(TAIL));
    progress.fall_behind(None);
    assert_eq!(progress.cursor(), FLUSHED, "it never goes forward");
}

#[test]
fn a_resting_stream_that_is_full_has_not_taken_what_it_was_fed_last() {
    let mut progress = live(2);
    progress.take(NOTHING, NOW);
    progress.read_to(TAIL);
    progress.feed(NOTHING, NOW);
    let fed = progress.mark(TAIL);
    assert!(progress.has_taken(fed, FLUSHED));
    progress.forget_last();
    assert!(!progress.has_taken(fed, FLUSHED));
    assert!(progress.has_taken(progress.mark(Sequence::new(2)), FLUSHED));
}

#[test]
fn the_first_reason_to_close_counts_and_so_does_its_end() {
    let mut progress = live(2);
    assert_eq!(progress.closing(), None);
    progress.close(Closing { reason: CloseReason::Drained, until: FLUSHED });
    progress.close(Closing { reason: CloseReason::Stopped, until: TAIL });
    assert_eq!(progress.closing(), Some(CloseReason::Drained));
    assert_eq!(progress.until(TAIL), Some(FLUSHED));
}

#[test]
fn only_a_live_connection_that_is_far_behind_and_does_not_wait_is_slow() {
    let tail = Sequence::new(2 + SLOW_AFTER_UPDATES + 1);
    let mut progress = live(2);
    assert!(progress.is_slow(tail) && !progress.is_slow(tail.previous()));
    progress.wait_at_tail(0);
    assert!(!progress.is_slow(tail));
    assert!(!Progress::new(FLUSHED, tail, NOW).is_slow(Sequence::new(u64::MAX)));
}

#[test]
fn a_heartbeat_is_due_to_a_silent_stream_and_one_that_takes_nothing_is_dead() {
    let interval = Duration::from_secs(8);
    let after = |seconds| NOW.saturating_add(Duration::from_secs(seconds));
    let slack = Duration::from_secs(1);
    let mut progress = live(2);
    let sign =
        |progress: &Progress, seconds| progress.sign_of_life(interval, slack, after(seconds));
    assert_eq!([sign(&progress, 15), sign(&progress, 16)], [SignOfLife::NotDue, SignOfLife::Dead]);
    progress.wait_at_tail(0);
    assert_eq!([sign(&progress, 6), sign(&progress, 7)], [SignOfLife::NotDue, SignOfLife::Due]);
    progress.sent(after(7));
    assert_eq!(sign(&progress, 13), SignOfLife::NotDue);
    progress.set_back(NOW);
    assert_eq!(sign(&progress, 7), SignOfLife::Due);
}
