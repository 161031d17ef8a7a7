//! What a hub gives up when its memory is full, in its order.

use super::{
    Host,
    host::{id, live},
};
use crate::{
    connection::{CloseReason, SendError},
    event::Event,
    memory::Memory,
};

const UPDATES: usize = 8 << 10;

/// A hub with connections 1, which has taken everything, and 2, which takes nothing, and with
/// memory for both and so many bytes more.
fn with_room_for(bytes: usize) -> Host {
    let mut host = Host::default();
    for connection in 1..=2 {
        host.connect(connection, &live(&["*"]));
    }
    host.publish("0", &["a"]);
    host.read(1);
    host.hub = host.hub.with_memory(Memory::of((8 << 10) + bytes));
    host
}

#[test]
fn updates_leave_memory_first_and_are_read_from_the_history_then() {
    let mut host = with_room_for(UPDATES);
    for number in 1..=200 {
        host.publish(&number.to_string(), &["a"]);
        host.read(1);
        host.prune();
    }
    let (all, pages) = (host.got(1), host.history.pages());
    host.read(2);
    assert_eq!(host.got(2), all);
    assert!(host.history.pages() > pages, "all of it was in memory");
}

#[test]
fn then_an_event_for_one_connection_is_refused() {
    let mut host = with_room_for(UPDATES);
    host.send_one(2, &"x".repeat(UPDATES - 100));
    let sent = host.hub.send_one(id(2), &Event::new("y".repeat(200)), host.now);
    assert_eq!(sent, Err(SendError::MemoryFull(208)));
    host.publish("1", &["a"]);
    host.read(2);
    assert_eq!(host.got(2).len(), 3);
    host.send_one(2, &"y".repeat(200));
}

#[test]
fn who_would_miss_an_event_for_all_is_closed_and_who_waits_is_given_it() {
    let mut host = with_room_for(UPDATES);
    host.send_one(2, &"x".repeat(UPDATES - 100));
    host.send_all(&"y".repeat(200));
    assert_eq!(host.stream(2).closed, Some(CloseReason::TooSlow));
    assert_eq!((host.got(1).len(), host.stream(1).closed), (2, None));
    assert_eq!(host.hub.registry().queue_bytes(), 0);
}
