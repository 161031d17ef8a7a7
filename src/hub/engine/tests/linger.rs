//! What lingers, and what a flush comes to in turns: all of it is given, once and in order.

use std::time::Duration;

use super::{
    Host,
    host::{after, earliest, id, live},
    update,
};
use crate::{
    base::limits::FLUSH_BYTES,
    event_stream::event::Event,
    hub::{close_reason::CloseReason, effect::Effect, linger::Linger},
    log::update::Update,
    topics::topic::Topic,
};

const MOST: Duration = Duration::from_millis(50);

/// A hub with so many connections to the topic `a`, and a first update that has been flushed.
fn busy(connections: u8) -> Host {
    let mut host = Host::default().lingering(MOST).turning_after(256);
    for connection in 1..=connections {
        host.connect(connection, &live(&["a"]));
    }
    host.publish("first", &["a"]);
    (1..=connections).for_each(|connection| host.read(connection));
    host
}

#[test]
fn what_comes_after_a_quiet_time_goes_out_at_once() {
    let mut host = busy(100);
    host.wait(MOST);
    assert_eq!(host.publish("1", &["a"]), 1);
    assert_eq!((host.got(7), host.next_flush()), (vec!["first".into(), "1".into()], None));
    host.wait(MOST);
    assert_eq!(host.hub.lingers(host.now), Duration::ZERO);
}

#[test]
fn what_comes_soon_after_a_flush_goes_out_together_with_what_follows() {
    let mut host = busy(100);
    host.wait(Duration::from_millis(4));
    assert_eq!((host.publish("1", &["a"]), host.publish("2", &["a"])), (0, 0));
    assert_eq!(host.next_flush(), Some(Duration::from_millis(1)));
    assert_eq!(host.hub.lingers(host.now), Duration::from_millis(1));
    host.wait(Duration::from_millis(1));
    assert_eq!(host.flush(), 1);
    assert_eq!(host.got(7), ["first", "1", "2"]);
    assert_eq!(host.stream(7).chunks.len(), 3);
}

#[test]
fn a_hub_is_ahead_while_its_streams_are_busy_and_more_lingers_than_a_flush_takes() {
    let mut host = busy(100);
    host.wait(MOST);
    let appended = host.hub.append(update("1", &["a"]), host.now).unwrap();
    let flush = host.hub.commit(appended, host.now);
    host.carry_out(flush.effects);
    assert!(!host.hub.is_ahead());
    let large = Update::new(
        "a".parse::<Topic>().unwrap().into(),
        "2".parse().unwrap(),
        Event::new("x".repeat(FLUSH_BYTES)),
    );
    let appended = host.hub.append(large.encode().unwrap(), host.now).unwrap();
    let flush = host.hub.commit(appended, host.now);
    assert!(host.hub.is_ahead());
    host.carry_out(flush.effects);
    (1..=100).for_each(|connection| host.read(connection));
    host.flush();
    assert!(!host.hub.is_ahead());
}

#[test]
fn a_hub_with_few_connections_does_not_linger() {
    let mut host = busy(9);
    assert_eq!((host.publish("1", &["a"]), host.next_flush()), (1, None));
}

#[test]
fn nothing_lingers_longer_than_configured_also_when_the_clock_is_set_back() {
    let mut host = busy(200);
    host.hub = host.hub.with_linger(Linger::up_to(Duration::from_millis(5)));
    host.publish("1", &["a"]);
    assert_eq!(host.next_flush(), Some(Duration::from_millis(5)));
    host.now = host.now.checked_sub(Duration::from_mins(15)).unwrap();
    host.flush();
    assert_eq!(host.next_flush(), Some(Duration::from_millis(5)));
}

#[test]
fn a_full_chunk_does_not_linger() {
    let mut host = busy(100);
    let topic: crate::topics::topic::Topic = "a".parse().unwrap();
    let event = Event::new("x".repeat(FLUSH_BYTES));
    host.append(Update::new(topic.into(), "1".parse().unwrap(), event).encode().unwrap());
    assert_eq!(host.commit(), 1);
}

#[test]
fn what_lingers_is_read_by_who_polls_and_by_who_comes() {
    let mut host = busy(100);
    host.connect(101, &earliest(&["*"]));
    host.append(update("1", &["a"]));
    host.commit();
    host.connect(102, &after("first", &["a"]));
    host.connect(103, &after("1", &["a"]));
    host.connect(104, &live(&["a"]));
    assert_eq!((host.got(102), host.got(103)), (vec!["1".to_owned()], vec![]));
    host.publish("2", &["a"]);
    host.wait(MOST);
    host.flush();
    for (connection, expected) in [
        (1, &["first", "1", "2"][..]),
        (101, &["first", "1", "2"]),
        (102, &["1", "2"]),
        (103, &["2"]),
        (104, &["2"]),
    ] {
        host.read(connection);
        assert_eq!(host.got(connection), expected, "to {connection}");
    }
    host.publish("3", &["a"]);
    host.wait(MOST);
    host.flush();
    assert_eq!(host.got(104), ["2", "3"]);
}

#[test]
fn a_connection_that_is_closed_or_sent_something_is_owed_what_lingers() {
    let mut host = busy(100);
    host.publish("1", &["a"]);
    host.close(1, CloseReason::Stopped);
    assert_eq!(host.got(1), ["first", "1"]);
    host.read(1);
    assert_eq!(host.stream(1).closed, Some(CloseReason::Stopped));
    host.send_one(2, "welcome");
    host.read(2);
    assert_eq!(host.got(2), ["first", "welcome", "1"]);
    host.wait(MOST);
    host.flush();
    assert_eq!((host.got(2), host.got(3)), (host.got(2), vec!["first".into(), "1".into()]));
}

#[test]
fn what_lingers_is_not_flushed_to_those_who_wait_for_it() {
    let mut host = busy(100);
    host.publish("1", &["a"]);
    let mark = host.hub.flush_mark(id(1)).unwrap();
    assert!(!host.hub.is_flushed(id(1), mark));
    host.wait(MOST);
    host.flush();
    assert!(host.hub.is_flushed(id(1), mark));
}

#[test]
fn what_lingers_stays_in_memory_whatever_the_window() {
    let mut host = Host::keeping(u64::MAX, 1).lingering(MOST);
    (1..=100).for_each(|connection| host.connect(connection, &live(&["a"])));
    host.publish("0", &["a"]);
    (1..=100).for_each(|connection| host.read(connection));
    for number in 1..=5 {
        host.publish(&number.to_string(), &["a"]);
        host.prune();
    }
    host.wait(MOST);
    host.flush();
    assert_eq!(host.got(50), ["0", "1", "2", "3", "4", "5"]);
    assert_eq!(host.stream(50).chunks.len(), 3);
}

#[test]
fn a_flush_to_many_lets_others_have_their_turn() {
    let mut host = busy(200).turning_after(128);
    host.hub = host.hub.with_linger(Linger::up_to(Duration::from_millis(9)));
    host.wait(MOST);
    let appended = host.hub.append(update("1", &["a"]), host.now).unwrap();
    let flush = host.hub.commit(appended, host.now);
    let given = |effects: &[Effect<u8>]| match effects {
        [Effect::Enqueue(enqueue)] => enqueue.to.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!((given(&flush.effects), flush.next), (128, Some(host.now)));
    host.carry_out(flush.effects);
    let flush = host.hub.flush(host.now);
    assert_eq!((given(&flush.effects), flush.next), (72, Some(host.now)));
    host.carry_out(flush.effects);
    // The streams are busy with it for a while, and only then a pause begins.
    host.wait(Duration::from_millis(30));
    (1..=200).for_each(|connection| host.read(connection));
    let appended = host.hub.append(update("2", &["a"]), host.now).unwrap();
    let flush = host.hub.commit(appended, host.now);
    assert_eq!((flush.effects, flush.next), (vec![], Some(host.now)));
    let flush = host.hub.flush(host.now);
    // 128 of 200 connections are given a chunk after as large a part of the linger.
    assert_eq!(flush.next, Some(host.now.saturating_add(Duration::from_millis(6))));
}

#[test]
fn each_turn_of_a_busy_hub_is_given_all_that_is_committed_by_then() {
    let mut host = Host::default().lingering(MOST).turning_after(50);
    (1..=100).for_each(|connection| host.connect(connection, &live(&["a"])));
    host.publish("1", &["a"]);
    (1..=100).for_each(|connection| host.read(connection));
    host.publish("2", &["a"]);
    assert_eq!(host.next_flush(), Some(Duration::from_millis(3)), "half of 5 ms");
    host.wait(Duration::from_millis(3));
    assert_eq!(host.flush(), 1);
    host.publish("3", &["a"]);
    host.wait(host.next_flush().unwrap());
    assert_eq!(host.flush(), 1);
    let chunks = |connection| host.stream(connection).chunks.len();
    assert_eq!((host.got(1), chunks(1)), (["1", "2"].map(String::from).to_vec(), 3));
    assert_eq!((host.got(100), chunks(100)), (["1", "2", "3"].map(String::from).to_vec(), 3));
}
