//! A hub that is drained: everybody ends with everything, and comes back later.

use std::{collections::BTreeMap, time::Duration};

use super::{
    Host,
    host::{after, earliest, id, live},
};
use crate::{
    base::limits::{REMEMBER_DRAIN, USUAL_RETRY},
    event_stream::decoder::Decoder,
    hub::{close_reason::CloseReason, engine::subscribe::SubscribeError, subscriber::Subscriber},
    tokens::access::Access,
};

const WITHIN: Duration = Duration::from_secs(20);

/// The reconnection time that the connection was told.
fn retry(host: &Host, connection: u8) -> Option<Duration> {
    let mut decoder = Decoder::new();
    decoder.decode(&host.bytes(connection), |_| {}).unwrap();
    decoder.reconnection_time().map(Duration::from_millis)
}

#[test]
fn everybody_ends_with_everything_and_is_told_when_to_come_back() {
    let mut host = Host::default().lingering(Duration::from_millis(50));
    host.publish("1", &["a"]);
    (1..=100).for_each(|connection| host.connect(connection, &live(&["a"])));
    host.publish("2", &["a"]);
    (2..=100).for_each(|connection| host.read(connection));
    // One reads behind, one replays, and to the others this update lingers.
    host.publish("3", &["a"]);
    host.subscribe(101, &earliest(&["a"]));
    host.drain(WITHIN);
    for connection in 1..=101 {
        host.read(connection);
        let expected: &[_] = if connection == 101 { &["1", "2", "3"] } else { &["2", "3"] };
        assert_eq!(host.got(connection), expected, "to {connection}");
        assert_eq!(host.stream(connection).closed, Some(CloseReason::Drained));
    }
    assert_eq!(host.hub.registry().ended(CloseReason::Drained), 101);
}

#[test]
fn they_come_back_at_different_times_at_each_of_which_they_are_taken() {
    let mut host = Host::default();
    (1..=100).for_each(|connection| host.connect(connection, &live(&["a"])));
    host.drain(WITHIN);
    let times: BTreeMap<_, _> =
        (1..=100).filter_map(|connection| Some((retry(&host, connection)?, connection))).collect();
    assert_eq!(times.len(), 100);
    let (mut waited, mut taken) = (Duration::ZERO, 0);
    for (time, connection) in times {
        assert!(time <= WITHIN, "{time:?}");
        host.wait(time.saturating_sub(waited));
        waited = time;
        let again = connection + 100;
        let request = live(&["a"]);
        let subscribed = host.hub.subscribe(
            Subscriber {
                id: id(again),
                request: &request,
                access: &Access::default(),
                resumes: None,
            },
            again,
            host.now,
        );
        taken += usize::from(subscribed.is_ok());
    }
    assert_eq!(taken, 100);
}

#[test]
fn meanwhile_nobody_is_taken_and_updates_are() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.connect(1, &live(&["a"]));
    host.drain(WITHIN);
    host.publish("2", &["a"]);
    host.wait(WITHIN / 4);
    let request = after("1", &["a"]);
    let turned = host.hub.subscribe(
        Subscriber { id: id(2), request: &request, access: &Access::default(), resumes: None },
        2,
        host.now,
    );
    let Err(SubscribeError::Draining(retry)) = turned else { panic!("{turned:?}") };
    assert!(retry > WITHIN / 4 && retry <= WITHIN / 4 * 3, "{retry:?}");
    host.wait(WITHIN / 4);
    host.connect(2, &request);
    assert_eq!(host.got(2), ["2"]);
}

#[test]
fn who_comes_at_the_last_moment_is_not_told_to_hurry_ever_after() {
    let mut host = Host::default();
    host.drain(WITHIN);
    host.wait((WITHIN / 2).saturating_sub(Duration::from_millis(1)));
    let turned = host.hub.subscribe(
        Subscriber { id: id(0), request: &live(&["a"]), access: &Access::default(), resumes: None },
        0,
        host.now,
    );
    let Err(SubscribeError::Draining(retry)) = turned else { panic!("{turned:?}") };
    assert!(retry >= WITHIN / 512, "{retry:?}");
}

#[test]
fn who_comes_back_is_told_a_usual_time_again_for_a_day_also_by_the_next_life() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    assert_eq!(retry(&host, 1), None);
    host.drain(Duration::from_mins(5));
    let drained = host.now;
    host.wait(Duration::from_mins(5));
    host.connect(2, &live(&["a"]));
    let mut next = Host::default();
    next.hub = next.hub.with_drained(Some(drained));
    next.now = host.now;
    next.connect(3, &live(&["a"]));
    for (host, connection) in [(&host, 2), (&next, 3)] {
        let usual = USUAL_RETRY..=USUAL_RETRY * 2;
        assert!(retry(host, connection).is_some_and(|told| usual.contains(&told)));
    }
    next.wait(REMEMBER_DRAIN);
    next.connect(4, &live(&["a"]));
    assert_eq!(retry(&next, 4), None);
}

#[test]
fn who_does_not_read_on_is_left_and_who_has_come_back_is_not() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.publish("1", &["a"]);
    host.connect(2, &live(&["a"]));
    host.drain(WITHIN);
    host.wait(WITHIN);
    host.connect(3, &live(&["a"]));
    assert_eq!(host.hub.left_of_drain(), [id(1)]);
}

#[test]
fn a_drain_matters_once_there_is_a_connection_or_was_an_update() {
    let mut host = Host::default();
    assert!(!host.hub.drain_matters());
    host.connect(1, &live(&["a"]));
    assert!(host.hub.drain_matters());
    host.drain(WITHIN);
    host.read(1);
    assert!(!host.hub.drain_matters());
    host.publish("1", &["a"]);
    assert!(host.hub.drain_matters());
}
