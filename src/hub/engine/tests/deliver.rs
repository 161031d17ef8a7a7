//! What a commit pushes and what a poll takes.

use super::{
    Host, Refused,
    host::{OPENING, earliest, id, live},
    update,
};
use crate::{
    base::{limits::MAX_CHUNK_BYTES, sequence::Sequence},
    event_stream::event::Event,
    hub::{
        connection::UnknownConnection,
        effect::Effect,
        engine::deliver::{PollError, Polled},
    },
    log::{
        log::AppendError,
        update::{EncodedUpdate, Update},
    },
};

fn large(id: &str, bytes: usize) -> EncodedUpdate {
    let (topic, id) = ("a".parse::<crate::topics::topic::Topic>().unwrap(), id.parse().unwrap());
    Update::new(topic.into(), id, Event::new("x".repeat(bytes))).encode().unwrap()
}

/// The ids of the updates that the connection was given.
fn ids(host: &Host, connection: u8) -> Vec<String> {
    let bytes = String::from_utf8(host.bytes(connection)).unwrap();
    let ids = bytes.lines().filter_map(|line| line.strip_prefix("id: "));
    ids.filter(|id| *id != "earliest").map(str::to_owned).collect()
}

#[test]
fn a_commit_feeds_those_who_wait_once_and_the_others_find_it_when_they_poll() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.connect(2, &live(&["a"]));
    host.publish("1", &["a"]);
    host.pull(1);
    assert_eq!(host.publish("2", &["a"]), 1);
    assert_eq!((host.got(1), host.got(2)), (vec!["1".into(), "2".into()], vec!["1".to_owned()]));
    host.read(2);
    assert_eq!(host.got(2), ["1", "2"]);
}

#[test]
fn one_commit_of_many_updates_is_one_chunk() {
    let mut host = Host::default();
    host.connect(1, &live(&["*"]));
    for id in ["1", "2", "3"] {
        host.append(update(id, &["a"]));
    }
    host.commit();
    assert_eq!(host.stream(1).chunks.len(), 2);
    assert_eq!(host.got(1), ["1", "2", "3"]);
}

#[test]
fn an_audience_is_one_chunk_for_all_of_it() {
    let mut host = Host::default();
    host.connect(1, &live(&["a", "b"]));
    host.connect(2, &live(&["b", "a", "a"]));
    host.connect(3, &live(&["a"]));
    host.append(update("1", &["a"]));
    host.append(update("2", &["b"]));
    host.append(update("3", &["a"]));
    assert_eq!(
        recipients(&host.hub.commit(Sequence::new(3), host.now).effects),
        [vec![1, 2], vec![3]]
    );
}

#[test]
fn one_update_for_many_audiences_is_one_chunk_for_all_of_them() {
    let mut host = Host::default();
    host.connect(1, &live(&["a", "b"]));
    host.connect(2, &live(&["a"]));
    host.append(update("1", &["a"]));
    assert_eq!(recipients(&host.hub.commit(Sequence::new(1), host.now).effects), [[1, 2]]);
}

fn recipients(effects: &[Effect<u8>]) -> Vec<Vec<u8>> {
    let recipients = effects.iter().map(|effect| match effect {
        Effect::Enqueue(enqueue) => enqueue.to.iter().map(|recipient| recipient.state).collect(),
        Effect::Closed(_) => Vec::new(),
    });
    let mut recipients: Vec<Vec<u8>> = recipients.collect();
    for to in &mut recipients {
        to.sort_unstable();
    }
    recipients.sort();
    recipients
}

#[test]
fn an_update_that_is_asked_for_twice_is_given_once() {
    let mut host = Host::default();
    host.connect(1, &live(&["*", "a", "b"]));
    host.publish("1", &["a", "b", "a"]);
    assert_eq!(host.got(1), ["1"]);
}

#[test]
fn an_update_for_others_leaves_a_waiting_connection_waiting() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    assert_eq!(host.publish("1", &["b"]), 0);
    host.publish("2", &["a"]);
    host.read(1);
    assert_eq!(host.got(1), ["2"]);
}

#[test]
fn an_update_that_is_not_committed_is_seen_by_nobody() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.append(update("1", &["a"]));
    host.connect(2, &earliest(&["a"]));
    host.read(1);
    assert!(host.got(1).is_empty() && host.got(2).is_empty());
    host.commit();
    assert_eq!((host.got(1), host.got(2)), (vec!["1".to_owned()], vec!["1".to_owned()]));
}

#[test]
fn a_private_update_reaches_nobody_live_or_in_a_replay() {
    let mut host = Host::default();
    for (connection, selector) in [(1, "a"), (2, "*")] {
        host.connect(connection, &live(&[selector]));
    }
    host.append(EncodedUpdate { private: true, ..update("secret", &["a"]) });
    assert_eq!(host.commit(), 0);
    host.connect(3, &earliest(&["a", "*"]));
    for (connection, bytes) in [(1, OPENING), (2, OPENING), (3, b":\n")] {
        assert_eq!(host.bytes(connection), bytes);
    }
}

#[test]
fn a_flush_that_is_cut_goes_on_without_loss() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    let expected: Vec<_> = (1..=5).map(|number| number.to_string()).collect();
    for id in &expected {
        host.append(large(id, MAX_CHUNK_BYTES * 2 / 3));
    }
    host.commit();
    assert_eq!(ids(&host, 1), ["1", "2"]);
    host.read(1);
    assert_eq!(ids(&host, 1), expected);
    assert_eq!(host.stream(1).chunks.len(), 4);
}

#[test]
fn a_flush_is_cut_only_where_something_follows_for_this_audience() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.append(large("1", MAX_CHUNK_BYTES));
    host.append(update("2", &["b"]));
    host.append(update("3", &["a"]));
    host.commit();
    assert_eq!(ids(&host, 1), ["1"]);
    host.pull(1);
    assert_eq!(ids(&host, 1), ["1", "3"]);
}

#[test]
fn a_poll_stops_at_a_full_chunk_and_goes_on() {
    let mut host = Host::default();
    for number in 1..=5 {
        host.append(large(&number.to_string(), MAX_CHUNK_BYTES / 2));
    }
    host.commit();
    host.connect(1, &earliest(&["a"]));
    assert_eq!(ids(&host, 1), ["1", "2", "3", "4", "5"]);
    assert_eq!(host.stream(1).chunks.len(), 3);
}

#[test]
fn an_immediate_poll_does_not_wait() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    assert_eq!(host.hub.poll_data_immediate(id(1), host.now).unwrap(), Polled::Nothing);
    assert_eq!(host.publish("1", &["a"]), 0);
    let polled = host.hub.poll_data_immediate(id(1), host.now).unwrap();
    assert_eq!(polled, Polled::Chunk(b"id: 1\ndata: 1\n\n".to_vec()));
}

#[test]
fn a_poll_of_an_unknown_connection_names_it() {
    let mut host = Host::default();
    let polled = host.hub.poll_data(id(1), host.now);
    assert!(matches!(polled, Err(PollError::Unknown(UnknownConnection(named))) if named == id(1)));
    let polled = host.hub.poll_data_immediate(id(1), host.now);
    assert_eq!(polled.unwrap_err().to_string(), format!("there is no connection {}", id(1)));
}

#[test]
fn a_history_that_fails_within_a_page_loses_and_doubles_nothing() {
    for calls in 0..6 {
        let mut host = Host::keeping(u64::MAX, 0);
        for number in 1..=9 {
            host.publish(&number.to_string(), &["a"]);
        }
        host.prune();
        host.subscribe(1, &earliest(&["a"]));
        host.history.fail_after(calls);
        while host.try_pull(1).is_ok() && !host.stream(1).has_pending_read {}
        host.history.recover();
        host.read(1);
        assert_eq!(host.got(1), ["1", "2", "3", "4", "5", "6", "7", "8", "9"], "after {calls}");
    }
}

#[test]
fn a_history_that_fails_says_so_and_leaves_the_connection_where_it_was() {
    let mut host = Host::keeping(u64::MAX, 0);
    host.publish("1", &["a"]);
    host.publish("2", &["a"]);
    host.prune();
    host.subscribe(1, &earliest(&["a"]));
    host.history.fail_after(0);
    host.pull(1);
    assert_eq!(host.bytes(1), b":\n");
    assert!(matches!(host.try_pull(1), Err(PollError::History(Refused))));
    host.history.recover();
    host.read(1);
    assert_eq!(host.got(1), ["1", "2"]);
}

#[test]
fn an_append_that_fails_is_seen_by_nobody_and_the_next_takes_its_place() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.history.fail_after(0);
    assert_eq!(
        host.hub.append(update("lost", &["a"]), host.now),
        Err(AppendError::History(Refused))
    );
    host.history.recover();
    host.publish("1", &["a"]);
    assert_eq!(host.got(1), ["1"]);
}

#[test]
fn a_reader_that_sleeps_is_given_all_it_missed_in_one_chunk() {
    let mut host = Host::keeping(u64::MAX, 2);
    host.connect(1, &live(&["a"]));
    for number in 1..=9 {
        host.publish(&number.to_string(), &["a"]);
        host.prune();
    }
    let slept_with = host.stream(1).chunks.len();
    host.read(1);
    assert_eq!(host.stream(1).chunks.len(), slept_with + 1);
    assert_eq!(host.got(1), ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
}

#[test]
fn an_update_is_for_those_who_wait_and_those_who_are_behind_each_counted_once() {
    let mut host = Host::default();
    host.connect(1, &live(&["a", "b"]));
    host.connect(2, &live(&["*"]));
    host.connect(3, &live(&["c"]));
    host.pull(1);
    let reach = |host: &Host, topics: &[&str]| host.hub.reach(&update("1", topics));
    assert_eq!(reach(&host, &["a", "b"]), 2);
    assert_eq!(reach(&host, &["c", "x"]), 2);
    assert_eq!(reach(&host, &["x"]), 1);
    assert_eq!(host.hub.reach(&EncodedUpdate { private: true, ..update("1", &["a"]) }), 0);
}
