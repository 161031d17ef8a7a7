//! All connections in the hands of the application.

use millstream::{
    Access, ConnectionId, Dialect, Event, MAX_QUEUE_BYTES, MAX_QUEUE_EVENTS, SendError,
    SubscribeRequest, Subscription, UnknownConnection, Whom,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Application, hub_of, pending, subscribe, subscribe_to};

#[wasm_bindgen_test]
async fn every_connection_has_an_id_of_its_own() {
    let (hub, _) = hub_of(Application::new());
    let registry = hub.registry();
    assert_eq!((registry.connection_count(), registry.connection_ids().len()), (0, 0));
    let mut readers = Vec::new();
    for _ in 0..20 {
        readers.push(subscribe(&hub).await);
    }
    let mut ids = registry.connection_ids();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((registry.connection_count(), ids.len()), (20, 20));
}

#[wasm_bindgen_test]
async fn a_broadcast_reaches_all_whatever_they_asked_for_and_is_not_in_the_history() {
    let (hub, _) = hub_of(Application::new());
    let mut waiting = subscribe(&hub).await.opened().await;
    let waits = pending(&mut waiting.read()).await;
    let mut reading = subscribe_to(&hub, "topic=films").await.opened().await;
    hub.registry().send_all(&Event::new("to all")).unwrap();
    hub.registry().send_all(&Event::new("again")).unwrap();
    assert!(waits);
    assert_eq!(waiting.data(1).await, ["again"], "the first was the pending read's");
    assert_eq!(reading.data(2).await, ["to all", "again"]);
    let late = subscribe_to(&hub, "topic=*&lastEventID=earliest").await.opened().await;
    assert!(pending(&mut late.read()).await);
}

#[wasm_bindgen_test]
async fn one_is_sent_to_by_its_id() {
    let (hub, notes) = hub_of(Application::new());
    let mut one = subscribe(&hub).await.opened().await;
    let id = notes.connection().id();
    let other = subscribe(&hub).await.opened().await;
    hub.registry().send_one(id, &Event::new("to one")).unwrap();
    assert_eq!(one.data(1).await, ["to one"]);
    assert!(pending(&mut other.read()).await);
}

#[wasm_bindgen_test]
async fn an_unknown_id_is_named() {
    let (hub, _) = hub_of(Application::new());
    let _reader = subscribe(&hub).await;
    let id = ConnectionId::from_random([7; 16]);
    let unknown = hub.registry().stop_one(id).unwrap_err();
    assert_eq!(unknown, UnknownConnection(id));
    assert_eq!(
        unknown.to_string(),
        "there is no connection urn:uuid:07070707-0707-4707-8707-070707070707"
    );
    let unknown = hub.registry().send_one(id, &Event::new("x")).unwrap_err();
    assert_eq!(unknown, SendError::Unknown(UnknownConnection(id)));
    assert_eq!(hub.registry().connection_count(), 1);
}

#[wasm_bindgen_test]
async fn stopping_one_leaves_the_others() {
    let (hub, notes) = hub_of(Application::new());
    let stopped = subscribe(&hub).await.opened().await;
    let id = notes.connection().id();
    let mut other = subscribe(&hub).await.opened().await;
    hub.registry().stop_one(id).unwrap();
    assert_eq!(stopped.rest().await, "");
    assert_eq!(hub.registry().stop_one(id), Err(UnknownConnection(id)));
    hub.registry().send_all(&Event::new("on")).unwrap();
    assert_eq!(other.data(1).await, ["on"]);
    assert_eq!(notes.closed(), ["closed reader: stopped"]);
}

#[wasm_bindgen_test]
async fn a_subscriber_and_a_topic_end_their_connections_and_no_others() {
    let (hub, notes) = hub_of(Application::new());
    let films = subscribe_to(&hub, "topic=films").await.opened().await;
    let books = SubscribeRequest::live(Dialect::V0, vec![Subscription::topic("books").unwrap()]);
    let of_ada = Access::default().with_subscriber("ada".parse().ok());
    let ada = hub.subscribe("ada".to_owned(), &books, &of_ada).unwrap();
    let mut other = subscribe(&hub).await.opened().await;
    let disconnect = |kind, value| hub.registry().disconnect(&Whom::parse(kind, value).unwrap());
    assert_eq!((disconnect("subscriber", "ada"), disconnect("subscriber", "ada")), (1, 0));
    assert!(ada.connection().is_stopped());
    assert_eq!((disconnect("topic", "films"), disconnect("topic", "films")), (1, 0));
    assert_eq!(films.rest().await, "");
    hub.registry().send_all(&Event::new("on")).unwrap();
    assert_eq!(other.data(1).await, ["on"]);
    assert_eq!(notes.closed(), ["closed ada: stopped", "closed reader: stopped"]);
}

#[wasm_bindgen_test]
async fn stopping_all_ends_each_once() {
    let (hub, notes) = hub_of(Application::new());
    let readers = [subscribe(&hub).await, subscribe(&hub).await, subscribe(&hub).await];
    hub.registry().stop_all();
    hub.registry().stop_all();
    for reader in readers {
        assert_eq!(reader.rest().await, "");
    }
    assert_eq!(notes.closed(), ["closed reader: stopped"; 3]);
    assert_eq!(hub.registry().connection_ids(), []);
    subscribe(&hub).await.opened().await;
}

#[wasm_bindgen_test]
async fn a_broadcast_that_finds_no_room_ends_the_connection_as_too_slow() {
    let (hub, notes) = hub_of(Application::new());
    let stuck = subscribe(&hub).await.opened().await;
    let mut reader = subscribe(&hub).await.opened().await;
    let mut received = Vec::new();
    for number in 0..=MAX_QUEUE_EVENTS {
        hub.registry().send_all(&Event::new(number.to_string())).unwrap();
        received.append(&mut reader.data(1).await);
    }
    let expected: Vec<_> = (0..=MAX_QUEUE_EVENTS).map(|number| number.to_string()).collect();
    assert_eq!(received, expected);
    assert_eq!(notes.closed(), ["closed reader: too slow"]);
    assert_eq!(stuck.rest().await, ": too slow\n", "it is to come back");
}

#[wasm_bindgen_test]
async fn a_broadcast_that_fits_no_queue_is_refused_and_ends_nobody() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let event = Event::new("x".repeat(MAX_QUEUE_BYTES));
    let refused = hub.registry().send_all(&event).unwrap_err();
    assert_eq!((refused.events, refused.bytes), (0, 0));
    assert!(refused.more > MAX_QUEUE_BYTES);
    assert!(pending(&mut reader.read()).await);
    assert_eq!(notes.closed(), [""; 0]);
}
