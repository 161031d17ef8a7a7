//! The end of a connection: once, and with its reason.

use millstream::{Event, Heartbeat, UnknownConnection};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    AbortController, Application, Controllers, Reader, chunk_of, hub_of, publish, subscribe,
    with_signal, within,
};

#[wasm_bindgen_test]
async fn a_client_that_goes_away_ends_its_connection_once() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let mut other = subscribe(&hub).await.opened().await;
    let gone = notes.calls().len();
    reader.cancel().await;
    reader.cancel().await;
    assert_eq!(hub.registry().connection_count(), 1);
    publish(&hub, &["1"]).await;
    assert_eq!(other.data(1).await, ["1"]);
    hub.registry().send_all(&Event::new("2")).unwrap();
    assert_eq!(notes.calls().split_off(gone), ["closed reader: client gone"]);
}

#[wasm_bindgen_test]
async fn a_client_that_goes_away_while_it_waits_ends_its_connection() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    let read = reader.read();
    reader.cancel().await;
    within("the read", read).await.unwrap();
    assert_eq!(notes.closed(), ["closed reader: client gone"]);
}

#[wasm_bindgen_test]
async fn a_client_that_goes_away_before_its_first_read_ends_its_connection() {
    let (hub, notes) = hub_of(Application::new());
    subscribe(&hub).await.cancel().await;
    assert_eq!(notes.closed(), ["closed reader: client gone"]);
    let id = notes.connection().id();
    assert_eq!(hub.registry().stop_one(id), Err(UnknownConnection(id)));
}

#[wasm_bindgen_test]
async fn a_stopped_connection_is_not_ended_again_by_its_client() {
    let (hub, notes) = hub_of(Application::new());
    let reader = subscribe(&hub).await.opened().await;
    hub.registry().stop_one(notes.connection().id()).unwrap();
    assert_eq!(reader.rest().await, "");
    reader.cancel().await;
    assert_eq!(notes.closed(), ["closed reader: stopped"]);
}

#[wasm_bindgen_test]
async fn a_client_that_takes_nothing_for_two_heartbeats_is_too_slow() {
    let (hub, notes) = hub_of(Application::new());
    let stuck = subscribe(&hub).await.opened().await;
    let mut reader = subscribe(&hub).await;
    hub.registry().set_heartbeat(Heartbeat::every(Duration::from_millis(10)));
    while hub.registry().connection_count() == 2 {
        reader.chunk().await.unwrap();
    }
    assert_eq!(notes.closed(), ["closed reader: too slow"]);
    assert_eq!(stuck.rest().await, ": too slow\n");
    publish(&hub, &["1"]).await;
    assert_eq!(reader.data(1).await, ["1"]);
}

#[wasm_bindgen_test]
async fn a_stream_that_died_without_a_word_leaves_the_others_alone() {
    let (hub, notes) = hub_of(Application::new());
    let mut before = subscribe(&hub).await.opened().await;
    let controllers = Controllers::watch();
    let dead = subscribe(&hub).await.opened().await;
    controllers.stop();
    let mut after = subscribe(&hub).await.opened().await;
    let reads = (before.read(), dead.read(), after.read());
    for controller in controllers.seen().iter() {
        let controller = web_sys::ReadableStreamDefaultController::from(controller);
        controller.error_with_e(&"broken".into());
    }
    within("the error", reads.1).await.unwrap_err();
    assert_eq!(hub.registry().connection_count(), 3, "nobody could know yet");
    publish(&hub, &["1", "2"]).await;
    assert_eq!(notes.closed(), ["closed reader: client gone"]);
    assert_eq!(hub.registry().connection_count(), 2);
    for (reader, read) in [(&mut before, reads.0), (&mut after, reads.2)] {
        let read = within("the update", read).await.unwrap();
        let chunk = chunk_of(&read).unwrap();
        assert_eq!(chunk, b"id: 1\ndata: 1\n\n");
        assert_eq!(reader.data(1).await, ["2"]);
    }
}

#[wasm_bindgen_test]
async fn an_aborted_request_ends_its_connection() {
    let (hub, notes) = hub_of(Application::new());
    let abort = AbortController::new();
    let request = with_signal("topic=books", &abort.signal());
    let reader = Reader::of(&hub.handle(&request).await.unwrap()).opened().await;
    abort.abort();
    assert_eq!(notes.closed(), ["closed reader: client gone"]);
    assert_eq!(reader.rest().await, "");
    reader.cancel().await;
    assert_eq!(notes.closed().len(), 1);
}

#[wasm_bindgen_test]
async fn a_request_that_was_aborted_before_leaves_nothing_behind() {
    let (hub, notes) = hub_of(Application::new());
    let abort = AbortController::new();
    abort.abort();
    let request = with_signal("topic=books", &abort.signal());
    let response = hub.handle(&request).await.unwrap();
    assert_eq!(Reader::of(&response).rest().await, "");
    assert_eq!(notes.closed(), ["closed reader: client gone"]);
    assert_eq!(hub.registry().connection_count(), 0);
}
