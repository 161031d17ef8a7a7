//! Heartbeats, and the end of those who take nothing.

use std::time::Duration;

use super::{
    Host,
    host::{OPENING, earliest, id, live},
};
use crate::hub::{close_reason::CloseReason, heartbeat::Heartbeat};

const INTERVAL: Duration = Duration::from_secs(16);
const SLACK: Duration = Duration::from_secs(2);
const MOMENT: Duration = Duration::from_millis(1);
/// After this time a heartbeat is due in one moment, the slack taken off.
const NEARLY_DUE: Duration = Duration::from_millis(13_999);
const OPENING_AND_HEARTBEAT: &[u8] = b":\n:\n";

fn host() -> Host {
    let mut host = Host::default();
    host.hub.set_heartbeat(Heartbeat::every(INTERVAL));
    host.connect(1, &live(&["a"]));
    host
}

#[test]
fn a_silent_connection_is_given_a_comment_after_the_interval() {
    let mut host = host();
    assert_eq!(host.beat(), Some(INTERVAL));
    host.wait(INTERVAL);
    assert_eq!(host.beat(), Some(INTERVAL));
    assert_eq!(host.bytes(1), OPENING_AND_HEARTBEAT);
    host.beat();
    assert_eq!(host.bytes(1), OPENING_AND_HEARTBEAT);
}

#[test]
fn heartbeats_that_are_nearly_due_share_a_beat() {
    let mut host = host();
    host.wait(SLACK);
    host.connect(2, &live(&["a"]));
    host.wait(MOMENT);
    host.connect(3, &live(&["a"]));
    host.wait(NEARLY_DUE);
    assert_eq!(host.beat(), Some(SLACK + MOMENT));
    assert_eq!(host.bytes(1), OPENING_AND_HEARTBEAT);
    assert_eq!(host.bytes(2), OPENING_AND_HEARTBEAT);
    assert_eq!(host.bytes(3), OPENING);
}

#[test]
fn everything_that_is_sent_restarts_the_interval() {
    let sends: [fn(&mut Host); 4] = [
        |host| assert_eq!(host.publish("1", &["a"]), 1),
        |host| host.send_one(1, "one"),
        |host| host.send_all("all"),
        |host| {
            host.asleep(1);
            host.publish("1", &["a"]);
        },
    ];
    for send in sends {
        let mut host = host();
        host.wait(NEARLY_DUE);
        send(&mut host);
        host.read(1);
        let sent = host.bytes(1);
        host.wait(NEARLY_DUE);
        host.beat();
        assert_eq!(host.bytes(1), sent);
        host.wait(SLACK);
        host.beat();
        assert_eq!(host.bytes(1), [sent, b":\n".to_vec()].concat());
    }
}

#[test]
fn an_update_for_others_does_not_restart_the_interval() {
    let mut host = host();
    host.wait(INTERVAL / 2);
    host.publish("1", &["b"]);
    host.wait(INTERVAL / 2);
    host.beat();
    assert_eq!(host.bytes(1), OPENING_AND_HEARTBEAT);
}

#[test]
fn off_there_is_neither_a_heartbeat_nor_an_end() {
    let mut host = host();
    host.hub.set_heartbeat(Heartbeat::off());
    host.publish("1", &["a"]);
    host.wait(INTERVAL * 100);
    assert_eq!(host.beat(), None);
    assert_eq!(host.stream(1).closed, None);
}

#[test]
fn a_change_counts_from_the_next_beat_on() {
    let mut host = host();
    host.hub.set_heartbeat(Heartbeat::off());
    host.wait(Duration::from_secs(5));
    host.hub.set_heartbeat(Heartbeat::every(Duration::from_secs(4)).with_comment(&"new".into()));
    assert_eq!(host.beat(), Some(Duration::from_secs(4)));
    assert_eq!(host.bytes(1), b":\n: new\n");
}

#[test]
fn a_connection_may_have_a_comment_of_its_own() {
    let mut host = host();
    host.connect(2, &live(&["a"]));
    host.hub.set_heartbeat_of(id(2), &"mine\ndata: no event".into()).unwrap();
    host.wait(INTERVAL);
    host.beat();
    assert_eq!(host.bytes(1), OPENING_AND_HEARTBEAT);
    assert_eq!(host.bytes(2), b":\n: mine\n: data: no event\n");
}

#[test]
fn a_connection_that_takes_nothing_for_two_intervals_is_ended() {
    let mut host = host();
    host.publish("1", &["a"]);
    host.wait(INTERVAL + NEARLY_DUE);
    host.wait(SLACK);
    host.beat();
    assert_eq!(host.stream(1).closed, None);
    host.wait(MOMENT);
    assert_eq!(host.beat(), None);
    assert_eq!(host.stream(1).closed, Some(CloseReason::TooSlow));
    assert_eq!(host.got(1), ["1"]);
}

#[test]
fn a_connection_that_vanished_while_it_waited_is_ended_two_intervals_after_its_heartbeat() {
    let mut host = host();
    host.wait(INTERVAL);
    let mut waited = Duration::ZERO;
    while let Some(next) = host.beat() {
        host.wait(next);
        waited += next;
        assert!(waited <= INTERVAL * 3, "never ended");
    }
    assert!(waited >= INTERVAL * 2 && waited <= INTERVAL * 2 + SLACK, "{waited:?}");
    assert_eq!(host.stream(1).closed, Some(CloseReason::TooSlow));
}

#[test]
fn a_connection_that_reads_is_never_ended() {
    let mut host = host();
    for _ in 0..10 {
        host.wait(INTERVAL);
        host.beat();
        host.read(1);
    }
    assert_eq!(host.stream(1).closed, None);
    assert_eq!(host.stream(1).chunks.len(), 11);
}

#[test]
fn a_client_that_never_reads_its_first_byte_is_ended_too() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.hub.set_heartbeat(Heartbeat::every(INTERVAL));
    host.subscribe(1, &earliest(&["a"]));
    host.wait(INTERVAL * 2);
    host.beat();
    assert_eq!(host.stream(1).closed, Some(CloseReason::TooSlow));
}

#[test]
fn any_interval_can_be_beaten() {
    for interval in [Duration::from_nanos(1), Duration::from_millis(1), Duration::MAX] {
        let mut host = host();
        host.connect(2, &live(&["b"]));
        host.publish("1", &["a"]);
        host.hub.set_heartbeat(Heartbeat::every(interval));
        assert!(host.beat().is_some_and(|next| next >= MOMENT));
    }
}

#[test]
fn a_clock_that_goes_back_ends_nobody() {
    let mut host = host();
    host.publish("1", &["a"]);
    host.now = crate::base::timestamp::Timestamp::from_millis(0);
    host.beat();
    assert_eq!(host.stream(1).closed, None);
}

#[test]
fn a_connection_ends_at_four_fifths_to_the_whole_of_the_greatest_age() {
    let mut host = Host::default();
    host.hub = host.hub.with_max_age(Some(Duration::from_secs(1_000)));
    for connection in 1..=20 {
        host.connect(connection, &live(&["a"]));
    }
    host.wait(Duration::from_secs(799));
    host.hub.set_heartbeat(Heartbeat::off());
    host.beat();
    assert_eq!(host.hub.registry().len(), 20);
    host.wait(Duration::from_secs(201));
    host.beat();
    assert!(host.hub.registry().is_empty());
    assert!(
        (1..=20).all(|connection| host.stream(connection).closed == Some(CloseReason::Expired))
    );
}
