//! Connections that end because their rights have ended.

use super::{
    Host,
    host::{earliest, id, live},
};
use crate::{
    hub::{close_reason::CloseReason, subscribe_request::SubscribeRequest, whom::Whom},
    tokens::access::Access,
};

const NOBODY: [u8; 0] = [];

fn of(subscriber: &str) -> Access {
    Access::default().with_subscriber(subscriber.parse().ok())
}

/// A connection of this subscriber, live and waiting.
fn connect(host: &mut Host, connection: u8, subscriber: &str, request: &SubscribeRequest) {
    if host.subscribe_with(connection, request, &of(subscriber)).is_registered {
        host.registered(connection);
    }
    host.read(connection);
}

/// Ends these, and says which ended, in order.
fn disconnect(host: &mut Host, kind: &str, value: &str) -> Vec<u8> {
    let closed = host.hub.disconnect(&Whom::parse(kind, value).unwrap());
    assert!(closed.iter().all(|closed| closed.reason == CloseReason::Stopped));
    let mut ended: Vec<_> = closed.iter().map(|closed| closed.state).collect();
    ended.sort_unstable();
    host.end(closed);
    ended
}

#[test]
fn the_connections_of_a_subscriber_end_at_once_and_no_others() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    connect(&mut host, 1, "ada", &live(&["a"]));
    // One that has everything before it, and one whose hook has not run.
    host.subscribe_with(2, &earliest(&["a"]), &of("ada"));
    host.subscribe_with(3, &live(&["b"]), &of("ada"));
    for (connection, other) in [(4, "Ada"), (5, "ad"), (6, "adam"), (7, "")] {
        connect(&mut host, connection, other, &live(&["a"]));
    }
    assert_eq!(disconnect(&mut host, "subscriber", "ada"), [1, 2, 3]);
    assert_eq!(disconnect(&mut host, "subscriber", "ada"), NOBODY);
    assert_eq!(host.hub.registry().len(), 4);
    host.publish("2", &["a"]);
    assert_eq!((host.got(1), host.got(4)), (vec![], vec!["2".to_owned()]));
    // A name that comes back is a new connection.
    connect(&mut host, 8, "ada", &live(&["a"]));
    assert_eq!(disconnect(&mut host, "subscriber", "ada"), [8]);
}

#[test]
fn the_connections_end_that_ask_for_a_topic_by_any_selector() {
    let mut host = Host::default();
    let asked: [&[&str]; 7] =
        [&["a/1"], &["a/{b}"], &["*"], &["c", "a/1"], &["a"], &["a/{b}/d"], &["a/2"]];
    for (connection, asked) in (1..).zip(asked) {
        connect(&mut host, connection, "", &live(asked));
    }
    assert_eq!(disconnect(&mut host, "topic", "a/1"), [1, 2, 3, 4]);
    assert_eq!(disconnect(&mut host, "topic", "c"), NOBODY);
    assert_eq!(disconnect(&mut host, "topic", "a"), [5]);
}

#[test]
fn one_connection_ends_by_its_id() {
    let mut host = Host::default();
    for connection in 1..=2 {
        connect(&mut host, connection, "ada", &live(&["a"]));
    }
    assert_eq!(disconnect(&mut host, "connection", &id(1).to_string()), [1]);
    assert_eq!(disconnect(&mut host, "connection", &id(1).to_string()), NOBODY);
    assert_eq!(host.hub.registry().len(), 1);
}

#[test]
fn what_ends_leaves_its_memory_and_a_name_is_charged_to_the_memory() {
    let held_by = |name: &str| {
        let mut host = Host::default();
        connect(&mut host, 1, name, &live(&["a"]));
        let held = host.hub.registry().held();
        disconnect(&mut host, "topic", "a");
        assert_eq!(host.hub.registry().held().bytes(), 0, "{name:?}");
        held.bytes()
    };
    let (none, short, long) = (held_by(""), held_by("a"), held_by(&"a".repeat(101)));
    assert!(none < short && long == short + 100, "{none}, {short} and {long} bytes");
}
