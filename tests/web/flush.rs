//! Waiting until what was sent has gone.

use std::pin::pin;

use millstream::Event;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Application, hub_of, pending, publish, subscribe, within};

#[wasm_bindgen_test]
async fn a_flush_resolves_once_the_stream_has_taken_every_byte_and_not_before() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let connection = notes.connection();
    connection.send(&Event::new("queued")).unwrap();
    publish(&hub, &["1"]).await;
    let mut flush = pin!(connection.flush());
    assert!(pending(&mut flush).await, "nobody has read");
    assert_eq!(reader.text().await.unwrap(), "data: queued\n\nid: 1\ndata: 1\n\n");
    let _next = reader.read();
    within("the flush", flush).await;
}

#[wasm_bindgen_test]
async fn a_flush_of_one_that_has_taken_everything_resolves_at_once() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let _read = reader.read();
    publish(&hub, &["1"]).await;
    let _next = reader.read();
    within("the flush", notes.connection().flush()).await;
}

#[wasm_bindgen_test]
async fn a_flush_does_not_wait_for_what_is_sent_after_it() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let connection = notes.connection();
    connection.send(&Event::new("1")).unwrap();
    let mut flush = pin!(connection.flush());
    assert!(pending(&mut flush).await);
    assert_eq!(reader.text().await.unwrap(), "data: 1\n\n");
    connection.send(&Event::new("2")).unwrap();
    assert_eq!(reader.text().await.unwrap(), "data: 2\n\n");
    within("the flush", flush).await;
}

#[wasm_bindgen_test]
async fn a_flush_resolves_when_the_connection_ends() {
    let (hub, notes) = hub_of(Application::new());
    for end in ["stopped", "gone"] {
        let reader = subscribe(&hub).await.opened().await;
        let connection = notes.connection();
        connection.send(&Event::new("1")).unwrap();
        let mut flush = pin!(connection.flush());
        assert!(pending(&mut flush).await);
        match end {
            "stopped" => connection.stop().unwrap(),
            _ => reader.cancel().await,
        }
        within(end, flush).await;
        within("a flush of what has ended", connection.flush()).await;
    }
}

#[wasm_bindgen_test]
async fn many_may_wait_for_the_same_bytes() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let connection = notes.connection();
    connection.send(&Event::new("1")).unwrap();
    let mut flushes = pin!(futures::future::join(connection.flush(), connection.flush()));
    assert!(pending(&mut flushes).await);
    reader.text().await.unwrap();
    let _next = reader.read();
    within("both", flushes).await;
}
