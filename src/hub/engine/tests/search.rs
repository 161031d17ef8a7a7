//! Which connections a full hub writes to, to find those whose clients are gone.

use std::time::Duration;

use super::{
    Host,
    host::{OPENING, id, live},
};
use crate::{
    base::{connection_id::ConnectionId, limits::MAX_SEARCHED},
    event_stream::comment::EMPTY,
};

const MOMENT: Duration = Duration::from_millis(1);

impl Host {
    fn search(&mut self, among: impl Fn(ConnectionId) -> bool) {
        let found = self.hub.search(among, self.now);
        self.carry_out(found);
    }
}

#[test]
fn those_who_wait_are_written_to_and_wait_on() {
    let mut host = Host::default().resting();
    for connection in [1, 2] {
        host.connect(connection, &live(&["a"]));
    }
    host.search(|_| true);
    for connection in [1, 2] {
        assert_eq!(host.bytes(connection), [OPENING, EMPTY].concat());
        host.read(connection);
    }
    host.publish("1", &["a"]);
    assert_eq!((host.got(1), host.got(2)), (vec!["1".to_owned()], vec!["1".to_owned()]));
}

#[test]
fn those_whose_end_makes_no_room_are_left_alone() {
    let mut host = Host::default();
    for connection in [1, 2] {
        host.connect(connection, &live(&["a"]));
    }
    host.search(|connection| connection == id(2));
    assert_eq!(host.bytes(1), OPENING);
    assert_eq!(host.bytes(2), [OPENING, EMPTY].concat());
}

#[test]
fn who_does_not_read_is_not_written_to_again() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.search(|_| true);
    host.search(|_| true);
    assert_eq!(host.bytes(1), [OPENING, EMPTY].concat());
}

#[test]
fn one_search_writes_to_a_bounded_number_and_the_next_goes_on_with_others() {
    let mut host = Host::default();
    let connections = 0..u8::MAX;
    for connection in connections.clone() {
        host.connect(connection, &live(&["a"]));
        host.wait(MOMENT);
    }
    let written = |host: &Host| connections.clone().filter(|at| host.bytes(*at) != OPENING).count();
    host.search(|_| true);
    assert_eq!(written(&host), MAX_SEARCHED);
    assert_eq!(host.bytes(0), [OPENING, EMPTY].concat(), "the longest silent are first");
    assert_eq!(host.bytes(254), OPENING);
    for connection in connections.clone() {
        host.read(connection);
    }
    host.search(|_| true);
    assert_eq!(written(&host), connections.len());
}
