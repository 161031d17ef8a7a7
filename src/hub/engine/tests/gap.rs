//! What a connection is told when updates are missing.

use super::{
    Host,
    host::{after, earliest, live, place, uncached},
    update,
};
use crate::hub::{close_reason::CloseReason, hub_events::HubEvents};

const TOO_SLOW: &str = r#"gap {"requested":null,"first":"5","missed":null}"#;

/// A host that keeps two updates, and has removed everything up to the newest two of `newest`.
fn publish_and_prune(host: &mut Host, numbers: std::ops::RangeInclusive<u32>) {
    for number in numbers {
        host.publish(&number.to_string(), &["a"]);
    }
    host.prune();
}

#[test]
fn an_unknown_id_is_a_gap_and_the_stream_is_live_from_then_on() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    let subscribed = host.subscribe(1, &after("gone", &["a"]));
    assert!(subscribed.is_registered);
    assert_eq!(subscribed.preceding.unwrap().as_str(), place(1, 1));
    host.registered(1);
    host.read(1);
    assert_eq!(host.got(1), [r#"gap {"requested":"gone","first":null,"missed":null}"#]);
    host.publish("2", &["a"]);
    assert_eq!(host.got(1)[1..], ["2"]);
}

#[test]
fn a_stream_behind_an_unknown_id_begins_with_the_gap_even_if_a_welcome_and_updates_are_there() {
    let mut host = Host::default();
    host.subscribe(1, &after("gone", &["a"]));
    host.publish("1", &["a"]);
    host.send_one(1, "welcome");
    host.registered(1);
    host.read(1);
    assert_eq!(
        host.got(1),
        [r#"gap {"requested":"gone","first":null,"missed":null}"#, "welcome", "1"]
    );
}

#[test]
fn the_id_of_a_gap_is_the_place_at_which_the_stream_goes_on() {
    let mut host = Host::keeping(2, 0);
    publish_and_prune(&mut host, 1..=3);
    let gap = |connection, behind, data| {
        format!("event: gap\nid: {}\ndata: {data}\n\n", place(connection, behind))
    };
    let told = |host: &Host| String::from_utf8(host.bytes(1)).unwrap();
    host.connect(1, &after("gone", &["a"]));
    let unknown = gap(1, 3, r#"{"requested":"gone","first":null,"missed":null}"#);
    assert_eq!(told(&host), format!(":\n{unknown}"));
    host.asleep(1);
    publish_and_prune(&mut host, 4..=9);
    host.read(1);
    let slow = gap(1, 7, r#"{"requested":null,"first":"8","missed":null}"#);
    let updates = "id: 8\ndata: 8\n\nid: 9\ndata: 9\n\n";
    assert_eq!(told(&host), format!(":\n{unknown}{slow}{updates}"));
}

#[test]
fn an_id_that_retention_removed_is_unknown() {
    let mut host = Host::keeping(2, 0);
    publish_and_prune(&mut host, 1..=6);
    host.connect(1, &after("3", &["a"]));
    assert_eq!(host.got(1), [r#"gap {"requested":"3","first":null,"missed":null}"#]);
}

#[test]
fn a_reader_that_slept_through_what_was_removed_is_told_and_goes_on() {
    let mut host = Host::keeping(2, 0);
    host.connect(1, &live(&["a"]));
    publish_and_prune(&mut host, 1..=6);
    host.read(1);
    assert_eq!(host.got(1), ["1", TOO_SLOW, "5", "6"]);
    host.publish("7", &["a"]);
    assert_eq!(host.got(1)[4..], ["7"]);
}

#[test]
fn a_replay_that_slept_through_what_was_removed_is_told_and_goes_on() {
    let mut host = Host::keeping(2, 0);
    publish_and_prune(&mut host, 1..=2);
    host.subscribe(1, &earliest(&["a"]));
    publish_and_prune(&mut host, 3..=6);
    host.read(1);
    // The replay was to end with 2: nothing of it is left, so that no update is to be named.
    assert_eq!(host.got(1), [r#"gap {"requested":null,"first":null,"missed":null}"#, "5", "6"]);
    assert_eq!(host.stream(1).times_registered, 1);
}

#[test]
fn what_is_sent_to_a_connection_alone_is_not_lost_in_a_gap() {
    let mut host = Host::keeping(2, 0);
    host.connect(1, &live(&["a"]));
    publish_and_prune(&mut host, 1..=6);
    host.send_one(1, "private");
    host.read(1);
    assert_eq!(host.got(1), ["1", "private", TOO_SLOW, "5", "6"]);
}

#[test]
fn a_gap_that_nothing_follows_names_nothing() {
    let mut host = Host::keeping(2, 0);
    host.connect(1, &live(&["a"]));
    host.send_all("wakes it");
    for number in 1..=6 {
        host.publish(&number.to_string(), &["b"]);
    }
    host.prune();
    host.read(1);
    assert_eq!(host.got(1), ["wakes it", r#"gap {"requested":null,"first":null,"missed":null}"#]);
}

#[test]
fn earliest_begins_with_the_oldest_that_is_held_and_is_no_gap() {
    let mut host = Host::keeping(2, 0);
    publish_and_prune(&mut host, 1..=6);
    host.connect(1, &earliest(&["a"]));
    assert_eq!(host.got(1), ["5", "6"]);
}

#[test]
fn what_is_not_committed_is_not_skipped_by_a_cursor_that_fell_behind() {
    let mut host = Host::keeping(2, 8);
    host.connect(1, &live(&["a"]));
    host.publish("1", &["a"]);
    for number in 2..=4 {
        host.append(update(&number.to_string(), &["a"]));
    }
    host.prune();
    host.connect(2, &earliest(&["a"]));
    host.commit();
    host.read(1);
    host.read(2);
    assert_eq!(host.got(1), ["1", "2", "3", "4"]);
    assert_eq!(host.got(2), ["1", "2", "3", "4"]);
}

#[test]
fn a_connection_that_is_closing_is_told_of_a_gap_before_its_end() {
    let mut host = Host::keeping(2, 0);
    host.connect(1, &live(&["a"]));
    publish_and_prune(&mut host, 1..=2);
    host.close(1, CloseReason::Stopped);
    publish_and_prune(&mut host, 3..=6);
    host.read(1);
    assert_eq!(host.got(1), ["1", r#"gap {"requested":null,"first":null,"missed":null}"#]);
    assert_eq!(host.stream(1).closed, Some(CloseReason::Stopped));
}

#[test]
fn an_update_that_cannot_be_read_is_a_gap_and_the_stream_goes_on() {
    let mut host = Host::keeping(u64::MAX, 0);
    for number in 1..=5 {
        host.publish(&number.to_string(), &["a"]);
    }
    host.prune();
    host.history.break_at(2);
    host.connect(1, &earliest(&["a"]));
    let gap = r#"gap {"requested":null,"first":"3","missed":null}"#;
    assert_eq!(host.got(1), ["1", gap, "3", "4", "5"]);
    assert_eq!(host.stream(1).times_registered, 1);
    host.connect(2, &after("2", &["a"]));
    assert_eq!(host.got(2)[..1], [r#"gap {"requested":"2","first":null,"missed":null}"#]);
}

#[test]
fn who_hides_the_events_of_the_hub_is_told_no_gap_and_no_place_and_gets_every_update() {
    let mut host = Host::keeping(2, 0);
    host.publish("1", &["a"]);
    let hidden = |request| uncached(request).with_hub_events(HubEvents::Hidden);
    host.connect(1, &hidden(live(&["a"])));
    host.asleep(1);
    publish_and_prune(&mut host, 2..=5);
    host.connect(2, &hidden(after("gone", &["a"])));
    host.connect(3, &hidden(after(&place(9, 1), &["a"])));
    host.read(1);
    host.publish("6", &["a"]);
    let updates = |ids: &[u8]| {
        let events = ids.iter().map(|id| format!("id: {id}\ndata: {id}\n\n"));
        [":\n".to_owned()].into_iter().chain(events).collect::<String>()
    };
    let got = [1, 2, 3].map(|connection| String::from_utf8(host.bytes(connection)).unwrap());
    assert_eq!(got, [updates(&[4, 5, 6]), updates(&[6]), updates(&[4, 5, 6])]);
}
