//! A hub whose history is removed, and one that is given the entries of another, with their readers.

use std::time::Duration;

use super::{
    Host,
    host::{after, earliest, live},
    update,
};
use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    hub::slow_consumers::SlowConsumers,
    log::{
        closing::{Closing, EndReason},
        kind::Kind,
        restored::{Restored, Stood},
    },
};

const MOST: Duration = Duration::from_millis(50);

fn clear(host: &mut Host) {
    for kind in Kind::UPDATES {
        host.hub.remove_all(kind, Sequence::START).unwrap();
    }
}

/// Restores the update of this number and gives it to everybody.
fn restore(host: &mut Host, number: u64) {
    let sequence = Sequence::new(number);
    let stood = Stood { sequence, accepted: Timestamp::from_millis(number) };
    let update = Restored::Update(update(&number.to_string(), &["a"]));
    assert_eq!(host.hub.restore(update, stood), Ok(sequence));
    commit(host, sequence);
}

fn commit(host: &mut Host, until: Sequence) {
    let flush = host.hub.commit(until, host.now);
    host.carry_out(flush.effects);
}

#[test]
fn a_connection_that_has_everything_misses_nothing_when_the_history_is_removed() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.publish("1", &["a"]);
    host.read(1);
    clear(&mut host);
    host.publish("2", &["a"]);
    host.read(1);
    assert_eq!(host.got(1), ["1", "2"]);
}

#[test]
fn a_connection_that_is_behind_is_told_of_a_gap() {
    for policy in [SlowConsumers::Resume, SlowConsumers::Conflate] {
        let mut host = Host::default();
        host.hub = host.hub.with_slow_consumers(policy);
        host.connect(1, &live(&["a"]));
        for number in 1..=1_200 {
            host.publish(&number.to_string(), &["a"]);
        }
        clear(&mut host);
        host.read(1);
        host.publish("next", &["a"]);
        let got = host.got(1);
        assert_eq!((got.len(), &*got[0], &*got[2]), (3, "1", "next"));
        assert!(got[1].starts_with("gap "), "{policy:?}: {got:?}");
    }
}

#[test]
fn who_waits_for_what_lingers_is_told_of_a_gap_when_that_is_removed() {
    let mut host = Host::default().lingering(MOST).turning_after(256);
    for connection in 1..=100 {
        host.connect(connection, &live(&["a"]));
    }
    host.publish("1", &["a"]);
    (1..=100).for_each(|connection| host.read(connection));
    assert_eq!(host.publish("2", &["a"]), 0, "it lingers");
    clear(&mut host);
    host.wait(MOST);
    host.flush();
    host.wait(MOST);
    host.publish("3", &["a"]);
    host.wait(MOST);
    host.flush();
    for connection in 1..=100 {
        host.read(connection);
        let got = host.got(connection);
        assert_eq!((got.len(), &*got[0], &*got[2]), (3, "1", "3"), "{got:?}");
        assert!(got[1].starts_with("gap "), "{got:?}");
    }
}

#[test]
fn what_is_removed_before_it_is_committed_is_a_gap_for_who_waits() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.append(update("1", &["a"]));
    clear(&mut host);
    host.commit();
    let got = host.got(1);
    assert!(got.len() == 1 && got[0].starts_with("gap "), "{got:?}");
}

#[test]
fn who_comes_back_to_a_removed_history_is_told_of_a_gap_once() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.publish("2", &["a"]);
    clear(&mut host);
    host.connect(1, &after("1", &["a"]));
    host.connect(2, &live(&["a"]));
    host.publish("3", &["a"]);
    let got = host.got(1);
    assert!(got.len() == 2 && got[0].starts_with("gap ") && got[1] == "3", "{got:?}");
    assert_eq!(host.got(2), ["3"]);
}

#[test]
fn a_waiting_connection_is_given_restored_updates_behind_a_gap_if_some_were_gone() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.connect(2, &earliest(&["a"]));
    host.hub.remove_all(Kind::Publication, Sequence::new(7)).unwrap();
    restore(&mut host, 8);
    for connection in [1, 2] {
        host.read(connection);
    }
    restore(&mut host, 9);
    for connection in [1, 2] {
        let got = host.got(connection);
        assert!(got.len() == 3 && got[0].starts_with("gap "), "{got:?}");
        assert_eq!(got[1..], ["8", "9"]);
    }
    host.connect(3, &earliest(&["a"]));
    assert_eq!(host.got(3), ["8", "9"]);
    host.connect(4, &after("8", &["a"]));
    assert_eq!(host.got(4), ["9"]);
}

#[test]
fn a_waiting_connection_is_given_each_restored_update_if_none_was_gone() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    for number in 1..=3 {
        restore(&mut host, number);
        host.read(1);
    }
    assert_eq!(host.got(1), ["1", "2", "3"]);
}

#[test]
fn a_restored_closing_ends_the_readers_of_its_topic() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    restore(&mut host, 1);
    let (topic, reason) = ("a".parse().unwrap(), EndReason::Done);
    let closing = Restored::Closing(Closing { topic, reason, private: false });
    let stood = Stood { sequence: Sequence::new(2), accepted: host.now };
    assert_eq!(host.hub.restore(closing, stood), Ok(Sequence::new(2)));
    commit(&mut host, Sequence::new(2));
    host.read(1);
    assert!(host.stream(1).closed.is_some());
    assert_eq!(host.hub.log().closing_count(), 1);
}
