//! What a hub gives up when its memory is full, in its order.

use super::{
    Host,
    host::{id, live},
};
use crate::{
    event_stream::event::Event,
    hub::{
        audiences::NoPlace, close_reason::CloseReason, connection::SendError,
        engine::subscribe::SubscribeError, memory::Memory, subscribe_request::SubscribeRequest,
        subscriber::Subscriber,
    },
    tokens::access::Access,
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
    let held = host.hub.registry().held().bytes();
    host.hub = host.hub.with_memory(Memory::of(held + bytes));
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

#[test]
fn then_a_connection_is_refused_and_leaves_nothing_until_there_is_room() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    let before = host.hub.registry().held();
    host.connect(2, &live(&["b{c}"]));
    let held = host.hub.registry().held();
    host.hub.remove(id(2), CloseReason::ClientGone);
    assert_eq!(host.hub.registry().held(), before);
    host.hub = host.hub.with_memory(Memory::of(held.bytes()));
    let subscribe = |host: &mut Host, connection, request: &SubscribeRequest| {
        let access = Access::default();
        host.hub
            .subscribe(
                Subscriber { id: id(connection), request, access: &access, resumes: None },
                connection,
                host.now,
            )
            .map(|_| ())
    };
    let wide = subscribe(&mut host, 2, &live(&["b{c,d}"]));
    assert!(matches!(wide, Err(SubscribeError::NoPlace(NoPlace::Memory))));
    assert_eq!(host.hub.registry().held(), before);
    subscribe(&mut host, 2, &live(&["b{c}"])).unwrap();
    let same = subscribe(&mut host, 3, &live(&["b{c}"]));
    assert!(matches!(same, Err(SubscribeError::NoPlace(NoPlace::Memory))));
    assert_eq!(host.hub.registry().held(), held);
}

#[test]
fn a_connection_that_the_runtime_has_not_let_go_of_is_charged() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.connect(2, &live(&["a"]));
    let held = host.hub.registry().held();
    host.hub = host.hub.with_memory(Memory::of(held.bytes()));
    host.hub.remove(id(2), CloseReason::TooSlow);
    host.hub.set_leaving(1);
    assert_eq!(host.hub.registry().held(), held);
    let (request, access) = (live(&["a"]), Access::default());
    let refused = host.hub.subscribe(
        Subscriber { id: id(3), request: &request, access: &access, resumes: None },
        3,
        host.now,
    );
    assert!(matches!(refused, Err(SubscribeError::NoPlace(NoPlace::Memory))));
    host.hub.set_leaving(0);
    host.connect(3, &request);
}
