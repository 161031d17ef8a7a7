//! What is left when the hub has gone.

use std::rc::Rc;

use millstream::{Event, SendError, UnknownConnection, web::Polled};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Application, chunk_of, hub_of, pending, subscribe, within};

#[wasm_bindgen_test]
async fn a_connection_does_not_keep_its_hub_alive_and_says_that_it_has_ended() {
    let alive = Rc::new(());
    let held = Rc::clone(&alive);
    let (hub, notes) = hub_of(Application::new().on_registered(move |_| {
        let _ = &held;
        Ok(())
    }));
    let reader = subscribe(&hub).await;
    let connection = notes.connection();
    assert!(!connection.is_stopped());
    drop(hub);
    assert_eq!(Rc::strong_count(&alive), 1, "the hub and its hooks have gone");
    assert!(connection.is_stopped());
    assert!(connection.registry().is_none());
    assert_eq!(connection.with_state(String::len), None);
    assert_eq!(connection.poll_data(), Polled::Ended);
    assert_eq!(connection.poll_data_immediate(), Polled::Ended);
    let unknown = UnknownConnection(connection.id());
    assert_eq!(connection.send(&Event::new("x")), Err(SendError::Unknown(unknown)));
    assert_eq!(connection.stop(), Err(unknown));
    within("a flush of nothing", connection.flush()).await;
    drop(reader);
}

#[wasm_bindgen_test]
async fn a_hub_that_goes_ends_its_streams() {
    let (hub, notes) = hub_of(Application::new());
    let unread = subscribe(&hub).await;
    let waiting = subscribe(&hub).await.opened().await;
    let mut read = waiting.read();
    assert!(pending(&mut read).await);
    let clone = hub.clone();
    drop(hub);
    assert!(pending(&mut read).await, "a clone keeps it");
    drop(clone);
    assert_eq!(chunk_of(&within("the end", read).await.unwrap()), None);
    assert_eq!(unread.rest().await, "");
    unread.cancel().await;
    assert_eq!(notes.closed(), ["closed reader: stopped"; 2]);
}

#[wasm_bindgen_test]
async fn a_flush_does_not_outlive_the_hub() {
    let (hub, notes) = hub_of(Application::new());
    let _reader = subscribe(&hub).await.opened().await;
    let connection = notes.connection();
    connection.send(&Event::new("1")).unwrap();
    let mut flush = std::pin::pin!(connection.flush());
    assert!(pending(&mut flush).await);
    drop(hub);
    within("the flush", flush).await;
}
