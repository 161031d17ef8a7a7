//! How connections end: once each, with the reason, and leaving nothing behind.

use super::{
    Host,
    host::{earliest, id, live},
};
use crate::{
    event_stream::event::Event,
    hub::{close_reason::CloseReason, connection::SendError},
};

#[test]
fn stopping_a_connection_drops_what_is_in_its_queue() {
    let mut host = Host::default();
    host.subscribe(1, &live(&["a"]));
    host.send_one(1, "dropped");
    let closed = host.hub.stop_one(id(1)).unwrap();
    assert_eq!((closed.reason, closed.state), (CloseReason::Stopped, 1));
    host.end([closed]);
    assert!(host.hub.poll_data(id(1), host.now).is_err());
}

#[test]
fn stopping_all_ends_each_once_with_the_reason() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.connect(1, &live(&["a"]));
    host.subscribe(2, &earliest(&["a"]));
    host.connect(3, &live(&["b"]));
    let effects = host.hub.stop_all(CloseReason::Failed);
    host.carry_out(effects);
    for connection in 1..=3 {
        assert_eq!(host.stream(connection).closed, Some(CloseReason::Failed));
    }
    assert!(host.hub.stop_all(CloseReason::Failed).is_empty());
    assert_eq!(host.publish("2", &["a"]), 0);
}

#[test]
fn closing_a_connection_that_waits_ends_it_at_once() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.close(1, CloseReason::Expired);
    assert_eq!(host.stream(1).closed, Some(CloseReason::Expired));
}

#[test]
fn a_connection_that_is_closed_is_first_given_what_there_was() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.subscribe(1, &earliest(&["a"]));
    host.publish("2", &["a"]);
    host.send_one(1, "goodbye");
    host.close(1, CloseReason::Stopped);
    assert_eq!(host.stream(1).closed, None);
    host.publish("3", &["a"]);
    host.send_all("too late");
    let sent = host.hub.send_one(id(1), &Event::new("too late"), host.now);
    assert_eq!(sent, Err(SendError::Stopped(id(1))));
    assert!(host.hub.registry().get(id(1)).unwrap().is_stopped());
    host.read(1);
    assert_eq!(host.got(1), ["1", "goodbye", "2"]);
    assert_eq!(host.stream(1).closed, Some(CloseReason::Stopped));
}

#[test]
fn the_first_reason_to_close_stays() {
    let mut host = Host::default();
    host.subscribe(1, &live(&["a"]));
    for reason in [CloseReason::Expired, CloseReason::Stopped] {
        host.close(1, reason);
        assert_eq!(host.stream(1).closed, None);
    }
    host.registered(1);
    host.read(1);
    assert_eq!(host.stream(1).closed, Some(CloseReason::Expired));
}

/// Every way in which a connection ends.
const ENDS: [fn(&mut Host); 6] = [
    |host| {
        let closed = host.hub.stop_one(id(1));
        host.end(closed);
    },
    |host| {
        let closed = host.hub.remove(id(1), CloseReason::ClientGone);
        host.end(closed);
    },
    |host| {
        let effects = host.hub.close(id(1), CloseReason::Expired, host.now);
        host.carry_out(effects.unwrap_or_default());
        while host.try_pull(1).is_ok() && !host.stream(1).has_pending_read {}
    },
    |host| {
        let effects = host.hub.stop_all(CloseReason::Stopped);
        host.carry_out(effects);
    },
    |host| {
        let closed = host.hub.remove(id(1), CloseReason::Failed);
        host.end(closed);
    },
    |host| {
        host.wait(host.hub.heartbeat().interval().unwrap() * 2);
        host.beat();
    },
];

#[test]
fn a_connection_ends_once_whatever_ends_it_first_and_next() {
    for first in ENDS {
        for next in ENDS {
            let mut host = Host::default();
            host.connect(1, &live(&["a"]));
            host.publish("1", &["a"]);
            first(&mut host);
            assert!(host.stream(1).closed.is_some());
            next(&mut host);
            host.publish("2", &["a"]);
            host.send_all("all");
            assert!(host.hub.registry().is_empty());
            assert_eq!(host.got(1), ["1"]);
        }
    }
}

#[test]
fn an_audience_leaves_nothing_behind_with_its_last_connection() {
    let mut host = Host::default();
    for (connection, selectors) in [(1, vec!["a", "b"]), (2, vec!["b", "*"]), (3, vec!["a", "b"])] {
        host.connect(connection, &live(&selectors));
    }
    for connection in [2, 1, 3] {
        let closed = host.hub.stop_one(id(connection)).unwrap();
        host.end([closed]);
    }
    let left = format!("{:?}", host.hub.registry());
    assert_eq!(host.hub.registry().held().audiences, 0);
    for table in ["by_selection", "by_topic", "buckets", "by_grants"] {
        let [all, empty] = [format!("{table}: {{"), format!("{table}: {{}}")];
        assert_eq!(left.matches(&all).count(), left.matches(&empty).count(), "{left}");
    }
}

#[test]
fn an_end_in_the_middle_of_those_who_wait_leaves_the_others_waiting() {
    let mut host = Host::default();
    for connection in 1..=4 {
        host.connect(connection, &live(&["a"]));
    }
    for connection in [2, 4] {
        let closed = host.hub.stop_one(id(connection)).unwrap();
        host.end([closed]);
    }
    host.connect(5, &live(&["a"]));
    host.send_one(1, "x");
    host.publish("1", &["a"]);
    host.read(1);
    assert_eq!((host.got(1), host.got(3)), (vec!["x".into(), "1".into()], vec!["1".to_owned()]));
    assert_eq!(host.got(5), ["1"]);
}
