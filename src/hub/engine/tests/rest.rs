//! Connections that are fed by flushes alone, until their streams are full.

use std::time::Duration;

use super::{
    Host,
    host::{id, live},
};
use crate::hub::close_reason::CloseReason;

const HALF: Duration = Duration::from_secs(8);

fn resting() -> Host {
    let mut host = Host::default().resting();
    host.connect(1, &live(&["a"]));
    host.publish("1", &["a"]);
    host
}

#[test]
fn a_stream_that_was_read_is_fed_without_a_pull() {
    let mut host = resting();
    for update in ["2", "3"] {
        host.read(1);
        assert!(host.stream(1).has_pending_read);
        host.publish(update, &["a"]);
    }
    assert_eq!((host.got(1).len(), host.stream(1).chunks.len()), (3, 4));
}

#[test]
fn a_stream_that_was_not_read_is_given_what_came_meanwhile_when_it_is() {
    let mut host = resting();
    for update in ["2", "3"] {
        host.publish(update, &["a"]);
    }
    assert_eq!(host.got(1), ["1"]);
    host.read(1);
    assert_eq!(host.got(1), ["1", "2", "3"]);
    host.publish("4", &["a"]);
    assert_eq!(host.got(1), ["1", "2", "3", "4"]);
}

#[test]
fn what_is_for_one_connection_alone_is_given_to_a_full_stream_too() {
    let mut host = resting();
    host.send_one(1, "welcome");
    host.publish("2", &["a"]);
    host.read(1);
    assert_eq!(host.got(1), ["1", "welcome", "2"]);
}

#[test]
fn a_full_stream_has_not_flushed_what_it_was_fed() {
    let mut host = resting();
    let mark = host.hub.flush_mark(id(1)).unwrap();
    host.hub.unrest(id(1));
    assert!(!host.hub.is_flushed(id(1), mark));
    host.pull(1);
    assert!(host.hub.is_flushed(id(1), mark));
}

#[test]
fn a_stream_that_is_never_read_is_dead_two_heartbeats_after_it_was_fed() {
    let mut host = resting();
    host.hub.set_heartbeat(crate::hub::heartbeat::Heartbeat::every(HALF * 2));
    for _ in 0..4 {
        assert_eq!(host.stream(1).closed, None);
        host.wait(HALF);
        host.beat();
    }
    assert_eq!(host.stream(1).closed, Some(CloseReason::TooSlow));
}
