//! A connection that has ended keeps its place while its stream has not taken all.

use millstream::web::Handler;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{get, open_with, subscribe, update};

/// A hub with one place.
fn with_one_place() -> Handler {
    Handler::in_memory(open_with(&[("MAX_CONNECTIONS", "1")]), ())
}

async fn status(hub: &Handler) -> u16 {
    hub.handle(&get("topic=books")).await.unwrap().status()
}

#[wasm_bindgen_test]
async fn the_place_of_a_reader_that_does_not_read_is_taken_until_it_reads_on() {
    let hub = with_one_place();
    let reader = subscribe(&hub).await.opened().await;
    let text = "x".repeat(5_000);
    hub.publish(&update("1", &text)).await.unwrap();
    assert_eq!(reader.text().await.unwrap(), format!("id: 1\ndata: {text}\n\n"));
    hub.registry().stop_all();
    assert_eq!((hub.registry().connection_count(), hub.leaving()), (0, 1));
    assert_eq!(status(&hub).await, 429);
    assert_eq!(reader.rest().await, ":\n:\n");
    assert_eq!(hub.leaving(), 0);
    assert_eq!(status(&hub).await, 200);
}

#[wasm_bindgen_test]
async fn the_place_of_a_reader_that_goes_away_is_free_at_once() {
    let hub = with_one_place();
    let reader = subscribe(&hub).await.opened().await;
    hub.publish(&update("1", &"x".repeat(5_000))).await.unwrap();
    reader.chunk().await.unwrap();
    hub.registry().stop_all();
    assert_eq!(hub.leaving(), 1);
    reader.cancel().await;
    assert_eq!(hub.leaving(), 0);
    assert_eq!(status(&hub).await, 200);
}

#[wasm_bindgen_test]
async fn a_stream_outlives_its_hub_by_no_more_than_its_last_chunk() {
    let hub = with_one_place();
    let reader = subscribe(&hub).await.opened().await;
    hub.publish(&update("1", &"x".repeat(5_000))).await.unwrap();
    reader.chunk().await.unwrap();
    drop(hub);
    assert_eq!(reader.rest().await, ":\n");
}
