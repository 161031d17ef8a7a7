//! Readers that do not keep up, under each policy.

use std::time::Duration;

use super::{
    Host,
    host::{after, live, place},
};
use crate::{
    base::limits::{MAX_CHUNK_BYTES, SLOW_AFTER_UPDATES, SLOW_FOR},
    hub::{close_reason::CloseReason, slow_consumers::SlowConsumers},
};

/// A hub with connection 1, which takes nothing while so many updates go by, of the topics `a` and
/// `b` in turn, and connection 2, which takes everything.
fn behind(policy: SlowConsumers, updates: u64) -> Host {
    let mut host = Host::default();
    host.hub = host.hub.with_slow_consumers(policy);
    host.connect(1, &live(&["*"]));
    host.connect(2, &live(&["*"]));
    host.publish("0", &["a"]);
    host.read(2);
    for number in 1..=updates {
        host.publish(&number.to_string(), &[if number % 2 == 0 { "a" } else { "b" }]);
        host.read(2);
        host.wait(Duration::from_millis(2));
    }
    host
}

const MORE: u64 = SLOW_AFTER_UPDATES + 1;

#[test]
fn by_default_a_slow_reader_is_given_everything_when_it_reads_on() {
    let mut host = behind(SlowConsumers::Resume, MORE);
    host.read(1);
    assert_eq!(host.got(1), host.got(2));
    assert_eq!(host.got(1).len() as u64, MORE + 1);
}

#[test]
fn conflated_it_is_given_the_newest_of_each_topic_and_then_everything_again() {
    let mut host = behind(SlowConsumers::Conflate, MORE);
    host.read(1);
    host.publish("next", &["a"]);
    assert_eq!(host.got(1), ["0", "1000", "1001", "next"]);
    let told = b": conflated: 999 older updates were left out\n";
    assert!(host.bytes(1).windows(told.len()).any(|bytes| bytes == told));
    assert_eq!((host.got(2).len() as u64, host.hub.conflated()), (MORE + 2, 999));
}

#[test]
fn who_is_not_slow_is_not_conflated_nor_is_who_resumes() {
    let mut host = behind(SlowConsumers::Conflate, SLOW_AFTER_UPDATES);
    host.read(1);
    assert_eq!(host.got(1), host.got(2));
    let mut host = behind(SlowConsumers::Conflate, MORE);
    host.connect(3, &after("0", &["*"]));
    assert_eq!(host.got(3).len() as u64, MORE);
}

#[test]
fn a_conflated_reader_can_resume_from_any_update_it_was_given() {
    let mut host = behind(SlowConsumers::Conflate, MORE);
    host.read(1);
    host.connect(3, &after("1000", &["*"]));
    assert_eq!(host.got(3), ["1001"]);
}

#[test]
fn conflation_goes_on_over_several_turns_and_is_bounded_by_a_chunk() {
    let mut host = behind(SlowConsumers::Conflate, MORE);
    for number in MORE + 1..=MORE + 3_000 {
        host.publish(&number.to_string(), &[&format!("topic/{}", number % 1_500)]);
        host.read(2);
    }
    host.read(1);
    let got = host.got(1);
    assert_eq!(got.len(), 1 + 2 + 1_500);
    assert!(got[1..].is_sorted_by_key(|id| id.parse::<u64>().unwrap()));
    let largest = host.stream(1).chunks.iter().map(Vec::len).max().unwrap();
    assert!(largest <= MAX_CHUNK_BYTES, "{largest}");
}

#[test]
fn a_conflated_reader_can_resume_from_the_gap_ahead_of_what_it_was_given() {
    let mut host = Host::keeping(MORE + 1, 0);
    host.hub = host.hub.with_slow_consumers(SlowConsumers::Conflate);
    host.subscribe(1, &live(&["*"]));
    host.registered(1);
    for number in 1..=2 * MORE {
        host.publish(&number.to_string(), &[if number % 2 == 0 { "a" } else { "b" }]);
        host.prune();
    }
    host.read(1);
    let bytes = String::from_utf8(host.bytes(1)).unwrap();
    let place = place(1, 2 * MORE - 2);
    assert!(bytes.contains(&format!("event: gap\nid: {place}\ndata: ")), "{bytes}");
    host.connect(3, &after(&place, &["*"]));
    assert_eq!(host.got(3), [2 * MORE - 1, 2 * MORE].map(|number| number.to_string()));
    assert_eq!(host.got(1)[1..], host.got(3));
}

#[test]
fn what_is_passed_over_does_not_count_as_flushed_before_its_newest_is_given() {
    let mut host = behind(SlowConsumers::Conflate, 3 * MORE);
    let mark = host.hub.flush_mark(super::host::id(1)).unwrap();
    host.pull(1);
    assert!(!host.hub.is_flushed(super::host::id(1), mark));
    host.read(1);
    assert!(host.hub.is_flushed(super::host::id(1), mark));
}

#[test]
fn an_evicted_reader_is_closed_as_too_slow_and_comes_back_to_everything() {
    let mut host = behind(SlowConsumers::Evict, 2 * MORE);
    assert_eq!(host.stream(1).closed, Some(CloseReason::TooSlow));
    assert_eq!(host.stream(2).closed, None);
    host.connect(3, &after("0", &["*"]));
    assert_eq!(host.got(3), host.got(2)[1..]);
}

#[test]
fn who_has_just_taken_something_is_not_evicted_however_far_behind() {
    let mut host = Host::default();
    host.hub = host.hub.with_slow_consumers(SlowConsumers::Evict);
    host.connect(1, &live(&["*"]));
    host.publish("0", &["a"]);
    for number in 1..=2 * MORE {
        host.append(super::update(&number.to_string(), &["a"]));
    }
    host.commit();
    assert_eq!(host.stream(1).closed, None);
    host.wait(SLOW_FOR);
    host.beat();
    assert_eq!(host.stream(1).closed, Some(CloseReason::TooSlow));
}
