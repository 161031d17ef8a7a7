//! What the application sends past the log.

use std::sync::Arc;

use super::{
    Host,
    host::{earliest, id, live},
};
use crate::{
    base::limits::{MAX_QUEUE_BYTES, MAX_QUEUE_EVENTS},
    event_stream::event::Event,
    hub::{
        close_reason::CloseReason,
        connection::{SendError, UnknownConnection},
        queue::QueueFull,
    },
};

#[test]
fn an_event_for_one_connection_reaches_it_alone_and_at_once() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.connect(2, &live(&["a"]));
    host.send_one(1, "hello");
    assert_eq!((host.got(1), host.got(2)), (vec!["hello".to_owned()], vec![]));
}

#[test]
fn an_event_for_all_reaches_each_once_whatever_it_asked_for() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.connect(1, &live(&["a"]));
    host.connect(2, &live(&["b"]));
    host.subscribe(3, &earliest(&["a"]));
    host.subscribe(4, &live(&["a"]));
    host.send_all("hello");
    host.registered(4);
    for connection in 1..=4 {
        host.read(connection);
    }
    assert_eq!(host.got(3), ["1", "hello"]);
    for connection in [1, 2, 4] {
        assert_eq!(host.got(connection), ["hello"]);
    }
}

#[test]
fn an_event_for_all_is_not_in_the_log() {
    let mut host = Host::default();
    host.send_all("hello");
    host.connect(1, &earliest(&["*"]));
    assert!(host.got(1).is_empty());
}

#[test]
fn events_to_a_connection_that_does_not_read_keep_their_order() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    for data in ["1", "2", "3"] {
        host.send_one(1, data);
    }
    host.send_all("4");
    host.read(1);
    assert_eq!(host.got(1), ["1", "2", "3", "4"]);
}

#[test]
fn what_is_encoded_already_is_sent_as_it_is() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    let effect = host.hub.send_encoded(id(1), Arc::from(&b": raw\n"[..]), host.now).unwrap();
    host.carry_out(effect);
    assert_eq!(host.bytes(1), b":\n: raw\n");
}

#[test]
fn an_unknown_connection_is_an_error_that_names_it() {
    let mut host = Host::default();
    let unknown = UnknownConnection(id(1));
    let sent = host.hub.send_one(id(1), &Event::new(""), host.now);
    assert_eq!(sent, Err(SendError::Unknown(unknown)));
    assert_eq!(host.hub.stop_one(id(1)), Err(unknown));
    assert_eq!(host.hub.close(id(1), CloseReason::Stopped, host.now), Err(unknown));
    assert_eq!(host.hub.start(id(1)), Err(unknown));
    assert_eq!(host.hub.flush_mark(id(1)), Err(unknown));
    assert_eq!(host.hub.set_heartbeat_of(id(1), &"".into()), Err(unknown));
    assert_eq!(host.hub.registry().get(id(1)).unwrap_err(), unknown);
    assert_eq!(host.hub.remove(id(1), CloseReason::ClientGone), None);
}

#[test]
fn a_queue_without_room_refuses_one_event_and_keeps_the_others() {
    let mut host = Host::default();
    host.subscribe(1, &live(&["a"]));
    for number in 0..MAX_QUEUE_EVENTS {
        host.send_one(1, &number.to_string());
    }
    let refused = host.hub.send_one(id(1), &Event::new("over"), host.now).unwrap_err();
    let bytes = host.hub.registry().get(id(1)).unwrap().queue_bytes();
    let full = QueueFull { events: MAX_QUEUE_EVENTS, bytes, more: b"data: over\n\n".len() };
    assert_eq!(refused, SendError::QueueFull(full));
    host.registered(1);
    host.read(1);
    assert_eq!(host.got(1).len(), MAX_QUEUE_EVENTS);
    host.send_one(1, "again");
    assert_eq!(host.got(1).len(), MAX_QUEUE_EVENTS + 1);
}

#[test]
fn a_queue_is_bounded_in_bytes() {
    let mut host = Host::default();
    host.subscribe(1, &live(&["a"]));
    host.send_one(1, &"x".repeat(MAX_QUEUE_BYTES / 2));
    let half = Event::new("x".repeat(MAX_QUEUE_BYTES / 2));
    let refused = host.hub.send_one(id(1), &half, host.now);
    assert!(matches!(refused, Err(SendError::QueueFull(QueueFull { events: 1, .. }))));
}

#[test]
fn an_event_for_all_ends_the_connections_that_have_no_room_for_it_and_only_them() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.subscribe(2, &live(&["a"]));
    host.subscribe(3, &live(&["a"]));
    for _ in 0..MAX_QUEUE_EVENTS {
        host.send_one(2, "x");
    }
    host.send_all("hello");
    host.registered(3);
    host.read(3);
    assert_eq!(host.stream(2).closed, Some(CloseReason::TooSlow));
    assert_eq!((host.got(1), host.got(3)), (vec!["hello".to_owned()], vec!["hello".to_owned()]));
    assert_eq!(host.hub.registry().len(), 2);
}

#[test]
fn a_mark_is_flushed_once_the_stream_asks_for_more() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.subscribe(1, &earliest(&["a"]));
    host.send_one(1, "welcome");
    let mark = host.hub.flush_mark(id(1)).unwrap();
    assert!(!host.hub.is_flushed(id(1), mark));
    for _ in 0..2 {
        host.pull(1);
        assert!(!host.hub.is_flushed(id(1), mark), "{:?}", host.got(1));
    }
    assert_eq!(host.got(1), ["1", "welcome"]);
    host.pull(1);
    assert!(host.hub.is_flushed(id(1), mark));
}

#[test]
fn a_mark_does_not_wait_for_what_is_sent_after_it() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.publish("1", &["a"]);
    let mark = host.hub.flush_mark(id(1)).unwrap();
    host.publish("2", &["a"]);
    host.send_one(1, "later");
    assert!(host.hub.is_flushed(id(1), mark));
    let later = host.hub.flush_mark(id(1)).unwrap();
    assert!(!host.hub.is_flushed(id(1), later));
    host.read(1);
    assert!(host.hub.is_flushed(id(1), later));
}

#[test]
fn a_connection_that_has_ended_has_nothing_left_to_flush() {
    let mut host = Host::default();
    host.subscribe(1, &live(&["a"]));
    host.send_one(1, "x");
    let mark = host.hub.flush_mark(id(1)).unwrap();
    assert!(!host.hub.is_flushed(id(1), mark));
    host.hub.stop_one(id(1)).unwrap();
    assert!(host.hub.is_flushed(id(1), mark));
}
