//! Who has a place, and until when.

use super::*;

#[test]
fn addresses_of_one_ipv6_network_count_as_one() {
    assert_eq!(network("2001:db8::1"), network("2001:db8::ffff"));
    assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
}

/// The form of most connections.
const EVENTS: ReadForm = ReadForm::EventStream;

/// More than the buffers of a socket take.
const MUCH: usize = TAKEN_AT_ONCE;

fn admissions(connections: u64, per_address: u64) -> Admissions {
    Admissions::new(ConnectionLimits { connections, per_address })
}

fn id(number: u8) -> ConnectionId {
    ConnectionId::from_random([number; 16])
}

#[test]
fn a_place_that_is_left_can_be_taken() {
    let mut admissions = admissions(2, 0);
    assert_eq!(admissions.enter(id(1), None, EVENTS), Ok(()));
    assert_eq!(admissions.enter(id(2), Some("a"), EVENTS), Ok(()));
    assert_eq!(admissions.enter(id(3), Some("b"), EVENTS), Err(TooManyConnections::OfHub(2)));
    assert!(admissions.let_go(id(1)));
    assert_eq!(admissions.enter(id(3), Some("b"), EVENTS), Ok(()));
}

#[test]
fn an_address_over_its_limit_keeps_nobody_else_out() {
    let mut admissions = admissions(0, 1);
    assert_eq!(admissions.enter(id(1), Some("a"), EVENTS), Ok(()));
    assert_eq!(admissions.enter(id(2), Some("a"), EVENTS), Err(TooManyConnections::OfAddress(1)));
    assert_eq!(admissions.enter(id(2), Some("b"), EVENTS), Ok(()));
    assert_eq!(admissions.enter(id(3), None, EVENTS), Ok(()));
    assert_eq!(admissions.enter(id(4), None, EVENTS), Ok(()));
    assert!(admissions.let_go(id(1)));
    assert_eq!(admissions.enter(id(5), Some("a"), EVENTS), Ok(()));
}

#[test]
fn an_address_without_connections_is_forgotten() {
    let mut admissions = admissions(0, 2);
    for number in 0..2 {
        assert_eq!(admissions.enter(id(number), Some("a"), EVENTS), Ok(()));
    }
    for number in 0..2 {
        assert!(admissions.let_go(id(number)));
    }
    assert!(admissions.by_address.is_empty());
}

#[test]
fn a_connection_that_has_ended_keeps_its_place_until_its_stream_is_let_go() {
    let mut admissions = admissions(1, 0);
    assert_eq!(admissions.enter(id(1), None, EVENTS), Ok(()));
    assert_eq!(admissions.end(id(1), CloseReason::Expired, MUCH), Parting::Say(b":\n"));
    assert_eq!(admissions.leaving(), 1);
    assert_eq!(admissions.enter(id(2), None, EVENTS), Err(TooManyConnections::OfHub(1)));
    assert!(admissions.let_go(id(1)), "its client went without reading on");
    assert_eq!(admissions.leaving(), 0);
    assert_eq!(admissions.enter(id(2), None, EVENTS), Ok(()));
}

#[test]
fn the_place_of_a_leaving_connection_counts_for_its_address() {
    let mut admissions = admissions(0, 1);
    assert_eq!(admissions.enter(id(1), Some("a"), EVENTS), Ok(()));
    admissions.end(id(1), CloseReason::Stopped, MUCH);
    assert_eq!(admissions.enter(id(2), Some("a"), EVENTS), Err(TooManyConnections::OfAddress(1)));
    assert_eq!(admissions.enter(id(2), Some("b"), EVENTS), Ok(()));
}

#[test]
fn a_stream_that_has_taken_all_is_told_why_at_its_end_and_its_place_is_free() {
    let mut admissions = admissions(1, 0);
    assert_eq!(admissions.enter(id(1), None, EVENTS), Ok(()));
    assert_eq!(admissions.end(id(1), CloseReason::TooSlow, MUCH), Parting::Say(b":\n"));
    for _ in 1..CHUNKS_AHEAD {
        assert_eq!(admissions.asks(id(1)), Parting::Say(b":\n"));
        assert_eq!(admissions.enter(id(2), None, EVENTS), Err(TooManyConnections::OfHub(1)));
    }
    assert_eq!(admissions.asks(id(1)), Parting::Close(b": too slow\n"));
    assert_eq!(admissions.enter(id(2), None, EVENTS), Ok(()));
    assert_eq!(admissions.asks(id(1)), Parting::Close(b""), "it may ask again");
}

#[test]
fn a_stream_that_was_given_little_is_closed_with_its_connection() {
    let mut admissions = admissions(1, 0);
    assert_eq!(admissions.enter(id(1), None, EVENTS), Ok(()));
    let closed = Parting::Close(b": too slow\n");
    assert_eq!(admissions.end(id(1), CloseReason::TooSlow, TAKEN_AT_ONCE - 1), closed);
    assert_eq!(admissions.enter(id(2), None, EVENTS), Ok(()));
}

#[test]
fn a_client_that_is_gone_is_let_go_however_much_its_stream_was_given() {
    let mut admissions = admissions(1, 0);
    assert_eq!(admissions.enter(id(1), None, EVENTS), Ok(()));
    assert_eq!(admissions.end(id(1), CloseReason::ClientGone, usize::MAX), Parting::Close(b""));
    assert_eq!(admissions.enter(id(2), None, EVENTS), Ok(()));
}

#[test]
fn a_place_is_given_back_once() {
    let mut admissions = admissions(2, 0);
    assert_eq!(admissions.enter(id(1), None, EVENTS), Ok(()));
    assert_eq!(admissions.enter(id(2), None, EVENTS), Ok(()));
    admissions.end(id(1), CloseReason::Stopped, MUCH);
    assert!(admissions.let_go(id(1)));
    assert!(!admissions.let_go(id(1)));
    assert_eq!(admissions.end(id(1), CloseReason::ClientGone, MUCH), Parting::Close(b""));
    assert_eq!(admissions.enter(id(3), None, EVENTS), Ok(()));
    assert_eq!(admissions.enter(id(4), None, EVENTS), Err(TooManyConnections::OfHub(2)));
}

#[test]
fn who_takes_a_place_where_none_is_left_is_known() {
    let mut admissions = admissions(3, 1);
    assert_eq!(admissions.enter(id(1), Some("a"), EVENTS), Ok(()));
    assert_eq!(admissions.enter(id(2), None, EVENTS), Ok(()));
    let crowded =
        |admissions: &Admissions| [1, 2, 3].map(|number| admissions.is_crowded(id(number)));
    assert_eq!(crowded(&admissions), [true, false, false]);
    assert_eq!(admissions.enter(id(3), None, EVENTS), Ok(()));
    assert_eq!(crowded(&admissions), [true, true, true], "the hub is full");
}

#[test]
fn a_document_that_has_ended_is_given_nothing_but_white_space() {
    for reason in [CloseReason::Read, CloseReason::Expired, CloseReason::TooSlow] {
        let mut admissions = admissions(1, 0);
        assert_eq!(admissions.enter(id(1), None, ReadForm::Json), Ok(()));
        assert_eq!(admissions.end(id(1), reason, MUCH), Parting::Say(b"\n"));
        for _ in 1..CHUNKS_AHEAD {
            assert_eq!(admissions.asks(id(1)), Parting::Say(b"\n"));
        }
        assert_eq!(admissions.asks(id(1)), Parting::Close(b""));
        assert_eq!(admissions.enter(id(1), None, ReadForm::Json), Ok(()));
        assert_eq!(admissions.end(id(1), reason, 1), Parting::Close(b""));
    }
}

#[test]
fn places_count_until_they_are_free_and_the_leaving_ones_are_told_apart() {
    let mut admissions = admissions(9, 0);
    for number in 1..=3 {
        assert_eq!(admissions.enter(id(number), None, EVENTS), Ok(()));
    }
    let told = |admissions: &Admissions| {
        let mut figures = Figures::default();
        admissions.tell(&mut figures);
        ["connections.stream.leaving", "places.taken", "places.limit"].map(|name| figures.of(name))
    };
    assert_eq!(told(&admissions), [0, 3, 9]);
    admissions.end(id(1), CloseReason::Drained, MUCH);
    assert_eq!(told(&admissions), [1, 3, 9]);
    assert!(admissions.let_go(id(1)));
    assert_eq!(told(&admissions), [0, 2, 9]);
}
