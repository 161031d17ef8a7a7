//! One connection in the hands of the application.

use millstream::{
    Event, MAX_QUEUE_BYTES, MAX_QUEUE_EVENTS, QueueFull, SendError, UnknownConnection, web::Polled,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Application, chunk_of, hub_of, publish, subscribe, within};

#[wasm_bindgen_test]
async fn what_is_sent_to_one_reaches_it_alone_and_ahead_of_updates_it_has_not_taken() {
    let (hub, notes) = hub_of(Application::new());
    let mut other = subscribe(&hub).await.opened().await;
    let mut reader = subscribe(&hub).await.opened().await;
    publish(&hub, &["1"]).await;
    let event = Event::new("private").with_event_type("note".parse().unwrap());
    notes.connection().send(&event).unwrap();
    let received = reader.event().await.unwrap();
    assert_eq!((received.event_type.as_str(), received.data.as_str()), ("note", "private"));
    assert_eq!(reader.data(1).await, ["1"]);
    assert_eq!(other.data(1).await, ["1"]);
}

#[wasm_bindgen_test]
async fn a_read_that_waits_is_given_what_is_sent_as_it_stands() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let read = reader.read();
    notes.connection().send_encoded(*b"data: encoded\n\n").unwrap();
    let read = within("what was sent", read).await.unwrap();
    assert_eq!(chunk_of(&read).unwrap(), b"data: encoded\n\n");
}

#[wasm_bindgen_test]
async fn the_queue_is_counted_in_events_and_in_bytes() {
    let (hub, notes) = hub_of(Application::new());
    let mut reader = subscribe(&hub).await.opened().await;
    let connection = notes.connection();
    assert_eq!((connection.queue_len(), connection.queue_bytes()), (Ok(0), Ok(0)));
    connection.send(&Event::new("1")).unwrap();
    connection.send(&Event::new("22")).unwrap();
    let bytes = "data: 1\n\ndata: 22\n\n".len();
    assert_eq!((connection.queue_len(), connection.queue_bytes()), (Ok(2), Ok(bytes)));
    assert_eq!(reader.data(2).await, ["1", "22"]);
    assert_eq!((connection.queue_len(), connection.queue_bytes()), (Ok(0), Ok(0)));
}

#[wasm_bindgen_test]
async fn a_full_queue_refuses_the_event_and_keeps_the_connection() {
    let (hub, notes) = hub_of(Application::new());
    let mut reader = subscribe(&hub).await.opened().await;
    let connection = notes.connection();
    for _ in 0..MAX_QUEUE_EVENTS {
        connection.send(&Event::new("")).unwrap();
    }
    let bytes = MAX_QUEUE_EVENTS * "data: \n\n".len();
    let full = QueueFull { events: MAX_QUEUE_EVENTS, bytes, more: 4 };
    assert_eq!(connection.send_encoded(*b":x\n\n"), Err(SendError::QueueFull(full)));
    assert_eq!(reader.data(MAX_QUEUE_EVENTS).await.len(), MAX_QUEUE_EVENTS);
    let more = vec![b':'; MAX_QUEUE_BYTES + 1];
    let full = QueueFull { events: 0, bytes: 0, more: more.len() };
    assert_eq!(connection.send_encoded(more), Err(SendError::QueueFull(full)));
    connection.send(&Event::new("room again")).unwrap();
    assert_eq!(reader.data(1).await, ["room again"]);
    assert_eq!(notes.closed(), [""; 0]);
}

#[wasm_bindgen_test]
async fn stop_ends_it_at_once_and_drops_its_queue() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let connection = notes.connection();
    connection.send(&Event::new("dropped")).unwrap();
    publish(&hub, &["1"]).await;
    assert!(!connection.is_stopped());
    connection.stop().unwrap();
    assert!(connection.is_stopped());
    assert_eq!(notes.closed(), ["closed reader: stopped"]);
    assert_eq!(reader.rest().await, "");
    let id = connection.id();
    assert_eq!(connection.stop(), Err(UnknownConnection(id)));
    assert_eq!(connection.close(), Err(UnknownConnection(id)));
    assert_eq!(connection.queue_len(), Err(UnknownConnection(id)));
    let refused = connection.send(&Event::new("late")).unwrap_err();
    assert_eq!(refused, SendError::Unknown(UnknownConnection(id)));
    assert_eq!(refused.to_string(), format!("there is no connection {id}"));
}

#[wasm_bindgen_test]
async fn close_ends_it_behind_what_there_is() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let connection = notes.connection();
    connection.send(&Event::new("queued")).unwrap();
    publish(&hub, &["1"]).await;
    connection.close().unwrap();
    assert!(connection.is_stopped());
    publish(&hub, &["2"]).await;
    let late = connection.send(&Event::new("late"));
    assert_eq!(late, Err(SendError::Stopped(connection.id())));
    assert_eq!(notes.closed(), [""; 0], "it is still there");
    assert_eq!(reader.rest().await, "data: queued\n\nid: 1\ndata: 1\n\n");
    assert_eq!(notes.closed(), ["closed reader: stopped"]);
}

#[wasm_bindgen_test]
async fn close_ends_one_that_waits_at_once() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let read = reader.read();
    notes.connection().close().unwrap();
    let read = within("the end", read).await.unwrap();
    assert_eq!(chunk_of(&read), None);
    assert_eq!(notes.closed(), ["closed reader: stopped"]);
}

#[wasm_bindgen_test]
async fn an_immediate_poll_takes_nothing_from_a_read_that_waits() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let read = reader.read();
    assert_eq!(notes.connection().poll_data_immediate(), Polled::Nothing);
    publish(&hub, &["1"]).await;
    let read = within("the update", read).await.unwrap();
    assert_eq!(chunk_of(&read).unwrap(), b"id: 1\ndata: 1\n\n");
}
